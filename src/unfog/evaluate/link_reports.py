"""(b) Reports of different reporters: do those on one operation share indicators, and those on different ones not?

Training on reports published before a date, test on later ones. The unit is the operation. Reports that copy one
another are one reporter and never make a pair: that would measure copying.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from unfog.campaigns import Entry, importers
from unfog.campaigns.counts import Count, log10_ratio
from unfog.campaigns.shared_hosts import is_shared
from unfog.evaluate.sheet import Evaluation
from unfog.stats import cllr, cllr_cal, misleading, tippett
from unfog.text import domain_of, refang

CUT = "2024-01-01"
FEWEST = 5
"""Fewer operations than this with two reporters: not calibratable."""

_BASE = "09_campaign_knowledge_base"
_UNCLEAR = frozenset({frozenset({"storm-1516", "copycop"}), frozenset({"pravda-rt-mirrors", "portal-kombat"})})
"""Operations that some reporters take for one; their pairs are neither same nor different."""


@dataclass(frozen=True, slots=True)
class Report:
    """One reporter's indicators of one operation.

    Attributes:
        operation: Operation, as the reporter or a later one names it.
        reporter: Who published it.
        date: ISO date.
        keys: Domains and addresses that are not everybody's.
    """

    operation: str
    reporter: str
    date: str
    keys: frozenset[str]


def keys_of(entry: Entry) -> frozenset[str]:
    """Registrable domains, addresses on shared hosts, and other indicators of an entry."""
    out = set()
    for i in entry.indicators:
        if i.kind in ("domain-name", "url"):
            host = domain_of(i.value, private=True)
            if host and not is_shared(host):
                out.add(host)
            elif i.kind == "url" and i.value.rstrip("/").count("/") >= 3:
                out.add(refang(i.value).split("://", 1)[-1].removeprefix("www.").rstrip("/").casefold())
        elif i.kind != "x-outlet":
            out.add(f"{i.kind}:{i.value}")
    return frozenset(out)


def reports(data: Path) -> list[Report]:
    """All reports at hand, each with the operation that it is on; empty ones are left out."""
    base = data / _BASE
    found: list[Report] = []

    def add(operation: str, reporter: str, entries: Iterable[Entry], date: str = "") -> None:
        for e in entries:
            if keys := keys_of(e):
                found.append(Report(operation, reporter, date or e.known_from, keys))

    for path in sorted((base / "meta_threat_research/indicators/csv").rglob("*.csv")):
        networks = importers.read_meta(path).entries
        if path.name.startswith("2022_09"):
            for e in networks:
                is_china = "china" in e.name.casefold() or "petition" in e.name.casefold()
                add("meta-2022-china" if is_china else "doppelganger", "Meta 2022", [e])
        elif "Doppelganger" in path.name:
            add("doppelganger", "Meta 2023", networks)
        elif "Spamouflage" in path.name:
            add("spamouflage", "Meta 2023", networks)
        else:
            for e in networks:
                add(e.id, "Meta", [e])
    for path in sorted((base / "viginum").rglob("*_full.json")):
        for e in importers.read_stix(path).entries:
            add({"rrn": "doppelganger"}.get(e.id, e.id), "VIGINUM", [e])
    for name, operation, column in (
        ("NDD_RRN.csv", "doppelganger", "domain name"),
        ("Portal-Kombat-domains.csv", "portal-kombat", "domain"),
    ):
        for path in sorted((base / "viginum").rglob(f"*{name}")):
            date = "2023-07-31" if operation == "doppelganger" else "2024-12-27"
            got = importers.read_domain_list(path, name=operation, public_from=date, column=column)
            add(operation, "VIGINUM", got.entries)
    m82 = {
        "InfoRos.js": "inforos",
        "Storm1516.js": "storm-1516",
        "Copycop.js": "copycop",
        "Baybridge.js": "baybridge",
        "laundromat.js": "pravda-rt-mirrors",
        "Pravda.js": "portal-kombat",
        "Doppelganger.js": "doppelganger",
    }
    for e in importers.read_domain_list(
        base / "m82_dima_operation_domains.csv",
        name="",
        public_from="2025-03-01",
        column="domain",
        group_by="database_file",
    ).entries:
        file = next((f for f in m82 if f.casefold() == e.name.casefold()), "")
        if file:  # the lists that M82 took from VIGINUM are VIGINUM's reports, already here
            add(
                m82[file],
                {"Pravda.js": "DFRLab, CheckFirst", "Doppelganger.js": "Qurium, US DoJ"}.get(file, "M82"),
                [e],
            )
    got = importers.read_domain_list(
        base / "sekoia_doppelganger_observables.csv",
        name="doppelganger",
        public_from="2024-06-01",
        column="Observable (not an IOC!)",
    )
    add("doppelganger", "Sekoia", got.entries)
    for e in importers.read_sites_of_concern(
        base / "asd_laundromat_sites_of_concern.csv", public_from="2024-04-01"
    ).entries:
        if e.id.endswith("pink-slime"):
            add("metric-media", "ASD Laundromat", [e])
    sites = data / "08_metric_media_sites" / "sites.csv"
    if sites.is_file():
        got = importers.read_domain_list(sites, name="metric-media", public_from="2020-07-01", column="domain")
        add("metric-media", "MassMove", got.entries)
    return _merged(found)


def _merged(found: Sequence[Report]) -> list[Report]:
    by: dict[tuple[str, str], list[Report]] = defaultdict(list)
    for r in found:
        by[r.operation, r.reporter].append(r)
    return [
        Report(op, who, min(r.date for r in rs), frozenset().union(*(r.keys for r in rs)))
        for (op, who), rs in sorted(by.items())
    ]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two reports by different reporters."""

    a: Report
    b: Report
    same: bool
    shared: int

    @property
    def cluster(self) -> str:
        """The operation of a same pair, both operations of a different one."""
        return self.a.operation if self.same else f"{self.a.operation} | {self.b.operation}"


def pairs_of(found: Sequence[Report]) -> list[Pair]:
    """Pairs of reports of different reporters; shared keys that a third operation has too do not count."""
    owners: dict[str, set[str]] = defaultdict(set)
    for r in found:
        for k in r.keys:
            owners[k].add(r.operation)
    out = []
    for a, b in itertools.combinations(found, 2):
        same = a.operation == b.operation
        if (same and a.reporter == b.reporter) or frozenset({a.operation, b.operation}) in _UNCLEAR:
            continue
        shared = sum(len(owners[k]) <= (1 if same else 2) for k in a.keys & b.keys)
        out.append(Pair(a, b, same, shared))
    return out


def counts_of(pairs: Sequence[Pair]) -> tuple[Count, Count]:
    """Operations whose reports share an indicator (same), and operations that share one with another (unrelated)."""
    same: dict[str, bool] = {}
    other: dict[str, bool] = {}
    for p in pairs:
        if p.same:
            same[p.a.operation] = same.get(p.a.operation, False) or p.shared > 0
        else:
            for op in (p.a.operation, p.b.operation):
                other[op] = other.get(op, False) or p.shared > 0
    return (
        Count(sum(same.values()), len(same), tuple(sorted(k for k, v in same.items() if v))),
        Count(sum(other.values()), len(other), tuple(sorted(k for k, v in other.items() if v))),
    )


def measure(data: Path, sheet: Evaluation) -> dict[str, Any]:
    """Add the figures of (b) to the sheet; returns the counts that ship with the package."""
    found = reports(data)
    everything = pairs_of(found)
    early = [p for p in everything if max(p.a.date, p.b.date) < CUT]
    late = [p for p in everything if max(p.a.date, p.b.date) >= CUT]
    same, other = counts_of(early)
    shows, rule_shows = log10_ratio(same, other)
    misses, rule_misses = log10_ratio(same, other, miss=True)
    lr = np.array([shows.value if p.shared else misses.value for p in late])
    truth = np.array([p.same for p in late])
    groups = np.array([p.cluster for p in late])
    n_same, n_other = len({p.cluster for p in late if p.same}), len({p.cluster for p in late if not p.same})
    calibratable = min(same.of, n_same) >= FEWEST
    note = (
        ""
        if calibratable
        else f"not calibratable: {same.of} operations with two reporters in training, {n_same} in test; LR capped"
    )
    split = f"trained on reports before {CUT}, tested on later ones"
    sheet.add(
        "(b) training: operations whose independent reports share an indicator",
        same.rate,
        n=same.of,
        unit="operations",
        split=split,
        note=f"{same.hits} of {same.of}",
    )
    sheet.add(
        "(b) training: operations that share one with another operation",
        other.rate,
        n=other.of,
        unit="operations",
        split=split,
        note=f"{other.hits} of {other.of}: {', '.join(other.who[:6])}",
    )
    sheet.add(
        "(b) log10 LR of a shared indicator",
        shows.value,
        low=shows.low,
        high=shows.high,
        n=same.of,
        unit="operations",
        note=rule_shows,
    )
    sheet.add(
        "(b) log10 LR of none shared",
        misses.value,
        low=misses.low,
        high=misses.high,
        n=same.of,
        unit="operations",
        note=rule_misses,
    )
    if truth.any() and not truth.all():
        add_validity(sheet, "(b) later reports", lr, truth, groups, n_same, n_other, split, note, calibratable)
    hits = [p.shared > 0 for p in late if p.same]
    sheet.add(
        "(b) same operation, later report shares an indicator",
        float(np.mean(hits)) if hits else None,
        n=n_same,
        unit="operations",
        split=split,
        note=f"{sum(hits)} of {len(hits)} pairs of reports",
    )
    wrong = [p for p in late if not p.same and p.shared]
    sheet.add(
        "(b) different operations that share an exclusive indicator",
        len(wrong) / max(1, sum(not p.same for p in late)),
        n=n_other,
        unit="pairs of operations",
        split=split,
        note="; ".join(sorted({p.cluster for p in wrong})[:5]),
    )
    sheet.tables["b_pairs"] = [
        {
            "a": p.a.operation,
            "reporter_a": p.a.reporter,
            "b": p.b.operation,
            "reporter_b": p.b.reporter,
            "same": p.same,
            "shared": p.shared,
            "later": max(p.a.date, p.b.date) >= CUT,
        }
        for p in everything
        if p.same or p.shared
    ]
    all_same, all_other = counts_of(everything)
    return {"same": [all_same.hits, all_same.of], "unrelated": [all_other.hits, all_other.of]}


def add_validity(
    sheet: Evaluation,
    name: str,
    lr: np.ndarray[Any, Any],
    truth: np.ndarray[Any, Any],
    groups: np.ndarray[Any, Any],
    n_same: int,
    n_other: int,
    split: str,
    note: str,
    calibratable: bool,
) -> None:
    """Cllr, Cllr_cal and misleading evidence with a bootstrap over operations, and the data of the Tippett plot."""
    figures = {"Cllr": cllr, "Cllr_cal": cllr_cal}
    for label, f in figures.items():
        low, high = _bootstrap(lambda i, f=f: f(lr[i], truth[i]), truth, groups)
        target = {"Cllr": "< 0.7", "Cllr_cal": "< 0.1"}[label]
        value = f(lr, truth)
        met = (value < 0.7 if label == "Cllr" else value < 0.1) if calibratable else None
        sheet.add(
            f"{name}: {label}",
            value,
            low=low,
            high=high,
            n=n_same,
            unit=f"operations (against {n_other})",
            split=split,
            target=target,
            met=met,
            note=note,
        )
    bad = misleading(lr, truth, 1.0)
    sheet.add(
        f"{name}: misleading LR > 10",
        bad.rate_different,
        n=n_other,
        unit="clusters of different pairs",
        split=split,
        target="< 2 %",
        met=bad.rate_different < 0.02 if calibratable else None,
        note=f"{bad.hits_different} of {bad.n_different} pairs",
    )
    curve = tippett(lr, truth)
    sheet.tables.setdefault("tippett", []).extend(
        {"set": name, "log10_lr": round(float(x), 4), "same": round(float(p), 5), "different": round(float(q), 5)}
        for x, p, q in zip(curve.log10_lr, curve.same, curve.different, strict=True)
    )
    sheet.tables.setdefault("tippett_told", []).append(
        {
            "set": name,
            "told": f"{int(truth.sum())} same pairs of {n_same} operation{'' if n_same == 1 else 's'}, "
            f"{int((~truth).sum())} different of {n_other}; "
            f"Cllr {cllr(lr, truth):.2f}, Cllr_cal {cllr_cal(lr, truth):.2f}, LR > 10 misleading {bad.hits_different}"
            + ("" if calibratable else "; not calibratable"),
        }
    )


def _bootstrap(
    f: Any, truth: np.ndarray[Any, Any], groups: np.ndarray[Any, Any], draws: int = 500
) -> tuple[float | None, float | None]:
    """90 % interval over resampled operations; None where fewer than three operations are on the same side."""
    if len(set(groups[truth])) < 3:
        return None, None
    rng = np.random.default_rng(7)
    same, other = np.unique(groups[truth]), np.unique(groups[~truth])
    where = {g: np.flatnonzero(groups == g) for g in np.unique(groups)}
    values = []
    for _ in range(draws):
        picked = np.concatenate([where[g] for g in (*rng.choice(same, same.size), *rng.choice(other, other.size))])
        values.append(f(picked))
    return float(np.quantile(values, 0.05)), float(np.quantile(values, 0.95))
