"""Spread: where it went, who carried it, when it broke out and by whose hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from markupsafe import Markup

from unfog.model import Finding
from unfog.report import charts
from unfog.report.data import Row, folded, generic, pick, plain_table, real, rows
from unfog.report.shown import visible


def _first_seen(f: Finding) -> Markup:
    found = rows(f.data, "rows")
    lead = [
        "layer",
        "status",
        "proven",
        "claimed",
        "earliest",
        "when",
        "who",
        "where",
        "removed",
        "removed_appearances",
    ]
    names = [c for c in lead if any(c in r for r in found)]
    rest = plain_table(found, "Everything about the first appearances")
    return plain_table(found, "First seen, layer by layer", names) + folded("All columns", rest)


def _appearances(f: Finding) -> Markup:
    found: list[Row] = []
    for key in ("by_platform_day", "days", "rows", "by_day", "by_platform"):
        found = rows(f.data, key)
        if found:
            break
    dots = []
    for r in found:
        day, count = pick(r, "day", "date", "happened_on"), real(pick(r, "count", "n", "appearances", "posts"))
        if day and count is not None:
            dots.append(
                {"date": str(day)[:10], "platform": pick(r, "platform", "community", default="unknown"), "count": count}
            )
    picture = Markup("")
    if dots:
        total = sum(d["count"] for d in dots)
        first, last = min(d["date"] for d in dots), max(d["date"] for d in dots)
        platforms = len({d["platform"] for d in dots})
        alt = f"Dots: {total:.0f} appearances on {platforms} platforms from {first} to {last}; the table has every day."
        picture = charts.dots_by_day(dots, alt=alt)
    if not picture:
        return generic(f.data, "Appearances")
    return picture + folded("The appearances as tables", generic(f.data, "Appearances"))


def _attempts(f: Finding) -> Markup:
    return plain_table(rows(f.data, "rows", "attempts"), "Attempts") + generic(
        f.data, "Attempts", skip=["rows", "attempts"]
    )


def _breakout(f: Finding) -> Markup:
    days = [
        r for r in rows(f.data, "days", "rows") if pick(r, "from") and real(pick(r, "high", "category")) is not None
    ]
    if not days:
        return Markup("")
    bars: list[dict[str, Any]] = []
    for r in days:
        high = real(pick(r, "high", "category")) or 0.0
        low = real(pick(r, "low", "category")) or 0.0
        start = str(pick(r, "from"))
        bars.append(
            {
                "from": start,
                "to": str(pick(r, "to", default=start)),
                "low": low,
                "high": high,
                "by_whom": visible(pick(r, "by_whom", "who", default="unknown")),
            }
        )
    top = max(b["high"] for b in bars)
    span = f"from {bars[0]['from']} to {bars[-1]['to']}"
    alt = f"Steps: Breakout category {span}; highest {top:.0f} of 6. The table has each step."
    return charts.steps_by_day(bars, alt=alt, y_title="Breakout category") + plain_table(
        days, "Breakout by day, and by whom", ["from", "to", "low", "high", "by_whom", "criterion", "possibly"]
    )


KINDS: dict[str, Callable[[Finding], Markup]] = {
    "first-seen": _first_seen,
    "appearances": _appearances,
    "attempts": _attempts,
    "breakout": _breakout,
}
