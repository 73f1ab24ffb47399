"""(f) Do two codings of the catalogue agree? (g) Do words that tables tell agree with those of reports?

Both codings were made in this project from one set of sheets: two readings of the same facts, not two institutions.
DFRLab's codes come from another house; two of its coders read each campaign (their README tells how).
"""

from __future__ import annotations

import calendar
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from unfog.campaigns import importers, load_catalogue
from unfog.campaigns.catalogue.load import second_coding
from unfog.campaigns.counts import known_repeats, repeats
from unfog.campaigns.kinds import KINDS
from unfog.evaluate.sheet import Evaluation

_DFRLAB = Path("09_campaign_knowledge_base") / "dfrlab_dichotomies_of_disinformation.csv"
_MAY_BE = {
    "1": "spamouflage",
    "23": "internet-research-agency",
    "26": "internet-research-agency",
    "29": "dcleaks-guccifer2",
    "34": "internet-research-agency",
    "53": "secondary-infektion",
}
"""Campaigns of DFRLab's list (serial number) that are, or may be, an entry of the catalogue: no background for it."""
_REFERENCE = "2019-12-02"
_MONTHS = list(calendar.month_name)


def kappa(pairs: Sequence[tuple[str, str]]) -> float | None:
    """Cohen's kappa of two codings (doi:10.1177/001316446002000104); None where chance alone agrees on everything.

    >>> kappa([("a", "a"), ("a", "b"), ("b", "b"), ("b", "b")])
    0.5
    """
    if not pairs:
        return None
    n = len(pairs)
    one, two = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    chance = sum(one[w] * two[w] for w in one) / (n * n)
    return None if chance == 1.0 else (sum(a == b for a, b in pairs) / n - chance) / (1.0 - chance)


def measure_codings(sheet: Evaluation) -> None:
    """Add agreement by kind, over traits and over repeats, to the sheet."""
    blind = {(r["campaign"], r["kind"]): tuple(sorted(r["value"])) for r in second_coding()["rows"]}
    first = {(e.id, t.kind): t for e in load_catalogue() for t in e.traits if not t.computed_from}
    table = []
    both: list[tuple[str, str]] = []
    for kind in sorted({k for _, k in blind}):
        own = {c: tuple(sorted(t.value)) for (c, k), t in first.items() if k == kind}
        other = {c: w for (c, k), w in blind.items() if k == kind}
        pairs = [(own[c], other[c]) for c in sorted(own.keys() & other.keys())]
        both += [("+".join(a), "+".join(b)) for a, b in pairs]
        one = kappa([("+".join(a), "+".join(b)) for a, b in pairs])
        table.append(
            {
                "kind": kind,
                "coded_by_both": len(pairs),
                "same_words": sum(a == b for a, b in pairs),
                "share_a_word": sum(bool(set(a) & set(b)) for a, b in pairs),
                "kappa": None if one is None else round(one, 3),
                "first_only": ", ".join(sorted(own.keys() - other.keys())),
                "weighed": sum(not first[c, kind].dispute for c in own),
            }
        )
    sheet.tables["f_codings"] = table
    shared, told = sum(r["share_a_word"] for r in table), sum(r["coded_by_both"] for r in table)
    either = len({k for k in first if k[1] in {r["kind"] for r in table}} | set(blind))
    sheet.add(
        "(f) two codings of the catalogue: Cohen's kappa, exact words, all kinds together",
        kappa(both),
        n=len({c for c, _ in blind}),
        unit="campaigns",
        note=f"{sum(a == b for a, b in both)} of {told} alike, {shared} share a word; both codings are ours",
    )
    sheet.add(
        "(f) traits coded once of which the other coder finds that the sources do not tell them",
        (either - told) / either,
        n=either,
        unit="traits",
        note="; ".join(f"{r['kind']} {len(r['first_only'].split(', ')) if r['first_only'] else 0}" for r in table)
        + "; none of these is weighed",
    )
    rows = [r for r in repeats() if r["second"] is not None]
    early = {k: [bool(r.get("by_trait")) for r in known_repeats(k, _REFERENCE)] for k in KINDS}
    free = [k for k, by in early.items() if by and not all(by)]
    sheet.add(
        "(f) what was met again: share of rows on which two codings agree",
        sum(r["second"] == r["again"] for r in rows) / len(rows),
        n=len({r["campaign"] for r in rows}),
        unit="campaigns",
        note=f"{len(rows)} rows; {sum(r['second'] is None for r in repeats())} more that the sources do not tell are "
        f"left out; of {sum(bool(r.get('by_trait')) for r in repeats())} the later description was recognised by it; "
        f"by {_REFERENCE} {sum(map(bool, early.values()))} kinds were met again, without such rows {', '.join(free)}",
    )


def outside_counts(data: Path, sheet: Evaluation) -> dict[str, Any]:
    """Words of DFRLab's coding by month of report: the part of the background that others coded. Counts only."""
    if not (data / _DFRLAB).is_file():
        sheet.notes.append("the background that others coded cannot be counted: DFRLab's list is not there")
        return {}
    counted: Counter[tuple[str, str, str]] = Counter()
    languages: list[int] = []
    for row in importers.read_dfrlab(data / _DFRLAB).rows:
        month = row.get("month_of_report", "")
        found = _languages(row["content_language"].split(","))
        if not found or not month or month not in _MONTHS:
            continue
        languages.append(len(found))
        word = "one" if len(found) == 1 else "few" if len(found) < 5 else "many"
        when = f"{int(row['year_of_report'])}-{_MONTHS.index(month):02d}"
        counted[when, word, _MAY_BE.get(row["serial_number"], "")] += 1
    sheet.add(
        "(f) campaigns coded by DFRLab that write in five languages or more",
        sum(n >= 5 for n in languages) / len(languages),
        n=len(languages),
        unit="campaigns",
        note="coded by two people of another house from its own articles; background of language-count",
    )
    rows = [{"month": m, "word": w, "of": of, "n": n} for (m, w, of), n in sorted(counted.items())]
    return {
        "doc": "Campaigns that others coded, by month of report, word and the entry of the catalogue that they may be "
        "the same as. Counts only.",
        "source": "DFRLab, Dichotomies of Disinformation, d3aa0b7: two coders, differences settled by a third",
        "counts": {"language-count": rows},
    }


def _languages(cells: Iterable[str]) -> set[str]:
    """Languages as told, a dialect with its language: two words for one language would make "few" of "one"."""
    told = {c.strip().casefold() for c in cells if c.strip()}
    return {t.removeprefix("western ") for t in told}
