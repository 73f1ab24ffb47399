"""``unfog evaluate link``: how good are links? (a) sets, (b) reports, (c) sites, (d) techniques, (e) the open set.

The unit is the campaign, never the account. Every figure prints the number of campaigns behind it; where it is too
small the sheet says "not calibratable" and the likelihood ratios are capped at N + 1.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np

from unfog.campaigns import Entry, importers, load_catalogue
from unfog.campaigns.acts import Observed
from unfog.campaigns.catalogue import Trait
from unfog.campaigns.counts import repeats
from unfog.campaigns.kinds import KINDS
from unfog.campaigns.link import compare, link
from unfog.campaigns.techniques import learn
from unfog.errors import SourceMissing
from unfog.evaluate import link_codings, link_readings, link_reports, link_sets, link_sites
from unfog.evaluate.link_plot import tippett_svg
from unfog.evaluate.sheet import Evaluation

_BASE = "09_campaign_knowledge_base"
_IRA_PAGES = ("I00072", "I00074", "I00125")
_CODED_TWICE = (
    ("ghostwriter", "I00065"),
    ("macron-leaks", "I00104"),
    ("internet-research-agency", "I00074"),
    ("internet-research-agency", "I00125"),
    ("internet-research-agency", "I00072"),
)
"""Catalogue entry and DISARM page on the same operation, coded apart. Spamouflage is left out: its codes were
copied.
"""


def evaluate(
    data: Path, out: Path | None = None, *, progress: Callable[[str, float], None] | None = None
) -> Evaluation:
    """Measure everything that the data at hand allow.

    Args:
        data: Folder with the numbered data sets.
        out: Folder for ``link.json`` and the counts that ship with the package.
        progress: Called with a word and the share done.

    Raises:
        SourceMissing: if the folder is not there.
    """
    if not data.is_dir():
        raise SourceMissing(f"the data folder {data} is not there; give the folder with the numbered data sets")
    tell = progress or (lambda _word, _share: None)
    sheet = Evaluation(room="link", data=data.name)
    counts: dict[str, Any] = {}
    tell("sets", 0.0)
    link_sets.measure(data, sheet)
    link_sets.measure_domains(data, sheet)
    if (data / _BASE).is_dir():
        tell("reports", 0.4)
        counts["indicators"] = link_reports.measure(data, sheet)
        tell("sites", 0.6)
        counts["sites"] = link_sites.measure(data, sheet)
        tell("techniques", 0.9)
        counts["techniques"] = techniques(data, sheet)
    else:
        sheet.notes.append(f"(b), (c) and (d) need {_BASE}, which is not there")
    open_set(sheet)
    link_codings.measure_codings(sheet)
    tell("readings", 0.95)
    link_readings.measure(data, sheet)
    link_readings.measure_rare_sites(data, sheet)
    counts["outside"] = link_codings.outside_counts(data, sheet)
    tell("done", 1.0)
    if out is not None:
        sheet.write(out)
        draw(sheet, out)
        (out / "counts.json").write_text(json.dumps(counts, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return sheet


def draw(sheet: Evaluation, out: Path) -> list[Path]:
    """Write a Tippett plot for each set of pairs."""
    made = []
    for one in sheet.tables.get("tippett_told", []):
        rows = [r for r in sheet.tables["tippett"] if r["set"] == one["set"]]
        slug = re.sub(r"[^a-z0-9]+", "-", str(one["set"]).lower()).strip("-")
        made.append(out / f"tippett-{slug}.svg")
        made[-1].write_text(tippett_svg(str(one["set"]), rows, str(one["told"])) + "\n", encoding="utf-8")
    return made


def incident_codes(data: Path) -> dict[str, list[str]]:
    """DISARM incident pages that carry technique codes: id -> ids."""
    found: dict[str, list[str]] = {}
    with (data / _BASE / "disarm" / "incident_pages.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            page = json.loads(line)
            name = re.search(r"(I\d{5})", page["path"])
            codes = sorted(set(re.findall(r"T\d{4}(?:\.\d{3})?", page["markdown"])))
            if name and codes:
                found[name[1]] = codes
    return found


def techniques(data: Path, sheet: Evaluation) -> dict[str, Any]:
    """(d) Overlap of DISARM techniques between coded incidents, by level."""
    incidents = incident_codes(data)
    own = {e.id: _codes(e) for e in load_catalogue()}
    same: list[tuple[str, Iterable[str], Iterable[str]]]
    same = [("internet-research-agency", incidents[a], incidents[b]) for a, b in itertools.combinations(_IRA_PAGES, 2)]
    same += [(entry, own[entry], incidents[page]) for entry, page in _CODED_TWICE if page in incidents]
    viginum = [
        e for p in sorted((data / _BASE / "viginum").rglob("*_full.json")) for e in importers.read_stix(p).entries
    ]
    same += [("doppelganger", own["doppelganger"], _codes(e)) for e in viginum if e.id == "rrn" and _codes(e)]
    twins = [frozenset(p) for p in itertools.combinations(_IRA_PAGES, 2)]
    learned = learn(incidents, same, twins)
    for level in ("exact", "parent"):
        q = learned[level]["percentiles"]
        values = [v for _, v in learned[level]["same"]]
        sheet.add(
            f"(d) Jaccard of different incidents, {level} techniques: 95th percentile",
            q[95],
            n=learned["incidents"],
            unit="incidents",
            note=f"median {q[50]:.2f}; {learned[level]['pairs']} pairs",
        )
        above = float(np.mean([np.mean(np.asarray(q) >= v) for v in values])) if values else None
        sheet.add(
            f"(d) one operation coded twice, {level} techniques: median Jaccard",
            float(np.median(values)) if values else None,
            n=learned[level]["operations"],
            unit="operations",
            note=f"not calibratable; on average {100 * (above or 0):.0f} % of unrelated pairs overlap at least as much",
        )
    return learned


def _codes(entry: Entry) -> tuple[str, ...]:
    trait = entry.trait("disarm")
    return trait.value if trait else ()


def open_set(sheet: Evaluation) -> None:
    """(e) Leave each campaign out and compare it with all others: what nobody described must come out unknown.

    And the second descriptions (``repeats.json``) against the whole catalogue: is the right campaign the highest?
    """
    entries = load_catalogue()
    wrong, values = 0, []
    for e in entries:
        rest = tuple(x for x in entries if x.id != e.id)
        links = [link(x, compare(x, rest, _as_observed(e.traits), act="", known="")) for x in rest]
        wrong += any(x.verdict == "linked" for x in links)
        values += [(x.log10_lr["all"].value, e.id, x.entry.id) for x in links if x.weighed]
    sheet.add(
        "(e) campaigns left out that are linked to another entry",
        wrong / len(entries),
        n=len(entries),
        unit="campaigns",
        target="< 2 %",
        met=wrong / len(entries) < 0.02,
        split="one campaign left out at a time",
        note=f"{wrong} of {len(entries)}",
    )
    over = [v for v in values if v[0] > 1.0]
    best = max(values)
    sheet.add(
        "(e) different campaigns: misleading LR > 10",
        len(over) / len(values),
        n=len(entries),
        unit="campaigns",
        target="< 2 %",
        met=len(over) / len(values) < 0.02,
        split="one campaign left out at a time",
        note=f"{len(over)} of {len(values)} comparisons; highest LR {10 ** best[0]:.0f}, {best[1]} : {best[2]}",
    )
    ranks, lrs = [], []
    for name in sorted({str(r["campaign"]) for r in repeats()}):
        again = {str(r["kind"]): bool(r["again"]) for r in repeats() if r["campaign"] == name}
        own = next(e for e in entries if e.id == name)
        seen = _as_observed(t for t in own.traits if again.get(t.kind))
        if len(seen) < 3:
            continue
        worth = {x.id: link(x, compare(x, entries, seen, act="", known="")).log10_lr["all"].value for x in entries}
        lrs.append(worth[name])
        ranks.append(1 + sum(v > worth[name] for k, v in worth.items() if k != name))
    sheet.add(
        "(e) second descriptions whose own campaign is the highest",
        float(np.mean([r == 1 for r in ranks])) if ranks else None,
        n=len(ranks),
        unit="campaigns",
        note=f"ranks {ranks}; log10 LR {[round(v, 2) for v in lrs]}; the same rows gave the reliability, "
        "so this is not independent",
    )


def _as_observed(traits: Iterable[Trait]) -> dict[str, Observed]:
    latest: dict[str, Trait] = {}
    for t in traits:
        if t.kind not in latest or t.public_from > latest[t.kind].public_from:
            latest[t.kind] = t
    return {
        k: Observed(k, frozenset(t.value), "from the catalogue", "catalogue", 1)
        for k, t in latest.items()
        if KINDS[k].compare in ("word", "rare-sites", "techniques")
    }
