"""(c) Networks of sites: same operator or not, by shared ids and by names built alike, one operator left out
at a time.
"""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from unfog.campaigns import importers
from unfog.campaigns.counts import Count, log10_ratio
from unfog.campaigns.names import Ordinary
from unfog.campaigns.networks import site_groups
from unfog.campaigns.shared_hosts import is_shared
from unfog.engine import DuckEngine
from unfog.evaluate.link_reports import FEWEST, add_validity, reports
from unfog.evaluate.sheet import Evaluation
from unfog.stats import bounded, fit_logistic, n_plus_one
from unfog.text import domain_of

PER_OPERATOR = 200
"""Pairs drawn for each operator, so that a network of 6,000 sites weighs no more than one of 30."""

NETWORK = 20
"""Known sites of a network that a further site is compared with."""

_BASE = "09_campaign_knowledge_base"


def operators(data: Path) -> tuple[dict[str, list[str]], list[str]]:
    """Operator -> domains, and domains of ordinary news sites."""
    found: dict[str, set[str]] = defaultdict(set)
    wanted = {
        "doppelganger",
        "portal-kombat",
        "copycop",
        "storm-1516",
        "inforos",
        "pravda-rt-mirrors",
        "baybridge",
        "metric-media",
    }
    for r in reports(data):
        if r.operation in wanted:
            found[r.operation] |= {
                d for k in r.keys if "/" not in k and ":" not in k and (d := domain_of(k, private=True))
            }
    ordinary: set[str] = set()
    for e in importers.read_sites_of_concern(
        data / _BASE / "asd_laundromat_sites_of_concern.csv", public_from="2024-04-01"
    ).entries:
        if "wikidata" in e.id:
            ordinary = {d for i in e.indicators if (d := domain_of(i.value, private=True)) and not is_shared(d)}
    owned = set().union(*found.values()) if found else set()
    return {k: sorted(v) for k, v in sorted(found.items()) if len(v) >= 20}, sorted(ordinary - owned)


def measure(data: Path, sheet: Evaluation) -> dict[str, Any]:
    """Add the figures of (c) to the sheet; returns the counts of shared ids that ship with the package."""
    own, ordinary = operators(data)
    rng = np.random.default_rng(7)
    half = len(ordinary) // 2
    known, unseen_news = ordinary[::2][:half], ordinary[1::2][:half]
    common = Ordinary.of(known)
    names = sorted(own)
    for together in (1, 5):
        scores, same, group = _drawn(own, unseen_news, together, common, rng)
        lr = np.zeros(scores.size)
        for op in names:  # one operator left out at a time: neither its sites nor its pairs are seen in training
            test = np.array([g.split(" | ")[0] == op for g in group])
            calibrator = fit_logistic(scores[~test], same[~test])
            lr[test] = bounded(calibrator, n_plus_one(len(names) - 1, len(names) - 1, "operators")).log10_lr(
                scores[test]
            )
        ok = len(names) >= FEWEST
        what = "one site" if together == 1 else f"{together} sites together"
        add_validity(
            sheet,
            f"(c) names, {what} : network of {NETWORK}",
            lr,
            same,
            group,
            len(names),
            len(names) + 1,
            "one operator left out at a time",
            "" if ok else "not calibratable",
            ok,
        )
        mm = np.array([g.startswith("metric-media") for g in group])
        if mm.any():
            add_validity(
                sheet,
                f"(c) names, {what} : Metric Media",
                lr[mm],
                same[mm],
                group[mm],
                1,
                len(names),
                "Metric Media unseen in training",
                "one operator: no interval",
                False,
            )
    sheet.tables["c_operators"] = [{"operator": k, "sites": len(v)} for k, v in own.items()]
    sheet.notes.append(
        f"(c) {len(ordinary)} ordinary news sites (Wikidata), half to say how common a name is, half for pairs"
    )
    return _ids(data, sheet)


def _drawn(
    own: dict[str, list[str]],
    news: list[str],
    together: int,
    common: Ordinary,
    rng: np.random.Generator,
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Anchored scores of sites against networks: of the same operator, of others, of ordinary news; truth; cluster."""
    scores, truth, who = [], [], []
    ordinary = [[s] for s in news]
    for op, sites in own.items():
        for _ in range(PER_OPERATOR):
            picked = [sites[int(i)] for i in rng.choice(len(sites), min(NETWORK + together, len(sites)), replace=False)]
            network = picked[together:]
            rival = ordinary if rng.random() < 0.5 else [v for k, v in own.items() if k != op]
            other = rival[int(rng.integers(len(rival)))] if rival is not ordinary else news
            strangers = [other[int(i)] for i in rng.choice(len(other), together, replace=len(other) < together)]
            for sample, same in ((picked[:together], True), (strangers, False)):
                scores.append(common.anchored(sample, network))
                truth.append(same)
                who.append(op if same else f"{op} | others")
    return np.array(scores), np.array(truth), np.array(who)


def _ids(data: Path, sheet: Evaluation) -> dict[str, Any]:
    rows = site_addresses(data)
    by: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for site, op, ip in rows:
        by[op][ip].append(site)
    owners: dict[str, set[str]] = defaultdict(set)
    for _, op, ip in rows:
        owners[ip].add(op)
    same = Count(sum(any(len(s) > 1 for s in ips.values()) for ips in by.values()), len(by))
    other = Count(sum(any(len(owners[ip]) > 1 for ip in ips) for ips in by.values()), len(by))
    lr, rule = log10_ratio(same, other)
    sheet.add(
        "(c) log10 LR of a shared address",
        lr.value,
        low=lr.low,
        high=lr.high,
        n=len(by),
        unit="operators",
        note=f"not calibratable: {len(by)} operators with addresses; {rule}",
    )
    for op, ips in sorted(by.items()):
        n = sum(len(s) for s in ips.values())
        share = sum(len(s) * (len(s) - 1) for s in ips.values()) / max(1, n * (n - 1))
        sheet.add(f"(c) pairs of {op} sites on one address", share, n=n, unit="sites", note=f"{len(ips)} addresses")
    table = pa.table(
        {
            "site": [s for s, _, _ in rows],
            "kind": ["ip"] * len(rows),
            "value": [i for _, _, i in rows],
            "owner": [""] * len(rows),
        }
    )
    with DuckEngine(memory="1GB") as engine:
        groups = site_groups(engine, table, at_least=-9.0)
    op_of = {s: o for s, o, _ in rows}
    mixed = sum(len({op_of[s] for s in g.sites}) > 1 for g in groups)
    sheet.add(
        "(c) groups by shared address that mix operators",
        mixed / max(1, len(groups)),
        n=len(groups),
        unit="groups",
        note=(
            f"{sum(len(g.sites) for g in groups)} of {len(rows)} sites grouped; largest "
            f"{len(groups[0].sites) if groups else 0}"
        ),
    )
    return {"ip": {"same": [same.hits, same.of], "unrelated": [other.hits, other.of]}}


def site_addresses(data: Path) -> list[tuple[str, str, str]]:
    """(site, operator, address) of sites whose operator is known."""
    out: list[tuple[str, str, str]] = []
    path = data / "08_metric_media_sites" / "sites.csv"
    if path.is_file():
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if row["awsOrigin"] and row["siteOperator"]:
                    out.append((row["domain"], "metric-media", row["awsOrigin"]))
    for path in sorted((data / _BASE / "viginum").rglob("*Portal*_full.json")):
        out += [(s, "portal-kombat", ip) for s, ip in _stix_addresses(path)]
    return sorted(set(out))


def _stix_addresses(path: Path) -> list[tuple[str, str]]:
    objects = {o["id"]: o for o in json.loads(path.read_text(encoding="utf-8"))["objects"]}
    return [
        (objects[o["source_ref"]]["name"], objects[o["target_ref"]]["value"])
        for o in objects.values()
        if o["type"] == "relationship"
        and o["target_ref"].startswith("ipv4-addr")
        and o["source_ref"].startswith("channel")
    ]
