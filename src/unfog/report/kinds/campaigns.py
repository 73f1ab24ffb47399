"""Campaigns: how each trait adds to or takes from the case for a known operation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from markupsafe import Markup

from unfog.model import Finding
from unfog.report import charts
from unfog.report.data import Row, cell, folded, generic, pick, plain_table, real, rows
from unfog.report.numbers import value
from unfog.report.shown import show, table


def _part(r: Row) -> float | None:
    return real(pick(r, "log10_lr", "value", "part", "log10_lr_unrelated", "applied"))


def _name(r: Row) -> str:
    return str(pick(r, "trait", "label", "name", "id", default="?")).replace("-", " ")


def _link(f: Finding) -> Markup:
    found = rows(f.data, "waterfall", "rows", "traits")
    key = next((k for k in ("waterfall", "rows", "traits") if rows(f.data, k)), "")
    bars: list[dict[str, Any]] = [{"label": _name(r), "value": p} for r in found if (p := _part(r)) is not None]
    picture = Markup("")
    if bars:
        total = sum(b["value"] for b in bars)
        alt = f"Waterfall: {len(bars)} traits add up to a log10 LR of {total:+.2f}; the table has each part."
        picture = charts.waterfall(bars, x_title="log10 LR, same operator : unrelated", alt=alt)
    weighed = [
        [_name(r), show(r.get("seen") or "–", 300), value(p, "log10 LR"), cell(r.get("same")), cell(r.get("unrelated"))]
        for r in found
        if (p := _part(r)) is not None
    ]
    silent = [
        [_name(r), show(r.get("seen") or "–", 300), cell(r.get("why_no_weight"))] for r in found if _part(r) is None
    ]
    head = ["trait", "what was seen", "log10 LR", "in campaigns of the same hand", "in others"]
    tab = table(head, weighed, caption="What each trait is worth", numeric=(2,))
    none = table(["trait", "what was seen", "why it has no weight"], silent, caption="Looked at, without weight")
    said = rows(f.data, "attributions")
    who = plain_table(
        said, "What others have said of this operation, with their words", ["date", "by", "words", "to", "certainty"]
    )
    rest = generic(f.data, "Link", skip=[key, "attributions", "campaign", "verdict"])
    return (
        picture + tab + folded(f"{len(silent)} traits without weight, and why", none)
        + folded("Who attributed it to whom", who)
        + folded("Everything else", rest + plain_table(found, "Trait by trait"))
    )  # fmt: skip


def _catalogue(f: Finding) -> Markup:
    found = rows(f.data, "rows")
    bars = [
        {
            "label": str(pick(r, "campaign", "name", default="?")),
            "value": v,
            "low": _or(r.get("low"), v),
            "high": _or(r.get("high"), v),
        }
        for r in found
        if (v := real(r.get("log10_lr"))) is not None
    ]
    alt = f"Points: log10 LR of this case against each of {len(bars)} known operations, with 90 % intervals."
    picture = (
        charts.intervals(bars, x_title="log10 LR, same operator : unrelated", alt=alt, signed=True)
        if len(bars) > 1
        else Markup("")
    )
    return picture + folded(f"All {len(found)} as a table", plain_table(found, "Known operations"))


def _or(x: Any, v: float) -> float:
    found = real(x)
    return v if found is None else found


KINDS: dict[str, Callable[[Finding], Markup]] = {"link": _link, "catalogue": _catalogue}
