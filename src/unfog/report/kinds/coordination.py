"""Coordination: groups, breadth, what the data could have shown, and ordinary explanations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from markupsafe import Markup

from unfog.model import Finding
from unfog.report import charts
from unfog.report.data import cell, folded, generic, pick, plain_table, real, rows
from unfog.report.numbers import duration, number
from unfog.report.shown import show, table


def _groups(f: Finding) -> Markup:
    found = rows(f.data, "rows", "groups")
    bars = []
    for r in found[:20]:
        lr = real(pick(r, "log10_lr"))
        if lr is not None:
            low, high = real(pick(r, "log10_lr_low", "low")), real(pick(r, "log10_lr_high", "high"))
            bars.append(
                {
                    "label": f"group {pick(r, 'group_id', 'id', default='?')}, {pick(r, 'size', default='?')} accounts",
                    "value": lr,
                    "low": lr if low is None else min(low, lr),
                    "high": lr if high is None else max(high, lr),
                    "basis": str(pick(r, "basis", default="measured")),
                }
            )
    alt = f"Points: log10 LR of {len(bars)} groups, one controller against independent; see the table."
    picture = (
        charts.intervals(bars, x_title="log10 LR, one controller : independent", alt=alt, signed=True)
        if len(bars) > 1
        else Markup("")
    )
    looked = rows(f.data, "signals")
    body = [
        [show(r.get("signal")), _window(r.get("window_s")), cell(r.get("actions")), cell(r.get("pairs_that_meet"))]
        for r in looked
    ]
    tab = table(
        ["trace", "within", "posts looked at", "pairs that meet"], body, caption="What was looked for", numeric=(2, 3)
    )
    rest = generic(f.data, "Groups", skip=["rows", "groups", "signals"])
    return picture + plain_table(found, "Groups") + folded(f"What was looked for: {len(looked)} traces", tab) + rest


def _window(x: Any) -> str:
    seconds = real(x)
    return "any time" if seconds is None or seconds <= 0 else duration(seconds)


def _breadth(f: Finding) -> Markup:
    cells = rows(f.data, "cells")
    months: dict[str, list[float]] = {}
    for r in cells:
        n, all_ = real(r.get("posts_of_groups")), real(r.get("posts"))
        if n is not None and all_ is not None:
            had = months.setdefault(str(r.get("month") or "?"), [0.0, 0.0])
            had[0] += n
            had[1] += all_
    picture = Markup("")
    if len(months) > 1 and any(n for n, _ in months.values()):
        bars = [{"m": m, "share": 100 * n / all_ if all_ else 0.0} for m, (n, all_) in sorted(months.items())]
        top = max(bars, key=lambda b: float(str(b["share"])))
        alt = f"Columns: share of posts by accounts in groups, month by month; most in {top['m']}."
        picture = charts.columns(
            bars, "m", "share", x_title="month", y_title="% of posts by accounts in groups", alt=alt
        )
    inner = plain_table(cells, "Month, platform and topic, one by one", limit=200)
    return picture + folded(f"Month by month and place by place: {len(cells)} cells", inner)


def _power(f: Finding) -> Markup:
    """A matrix: for each trace and size of operation, the fewest joint actions that would have been found."""
    found = [r for r in rows(f.data, "rows") if "size" in r and "signal" in r]
    if not found:
        return Markup("")
    sizes = sorted({int(real(r["size"]) or 0) for r in found})
    traces = list(dict.fromkeys((str(r["signal"]), real(r.get("window_s"))) for r in found))
    at = {(str(r["signal"]), real(r.get("window_s")), int(real(r["size"]) or 0)): r for r in found}
    body = []
    for signal, window in traces:
        line: list[Any] = [show(signal), _window(window)]
        for size in sizes:
            r = at.get((signal, window, size))
            enough = real(r.get("actions")) if r else None
            line.append(
                "–"
                if r is None
                else f"from {number(enough)}"
                if enough
                else f"not up to {number(real(r.get('most')) or 0)}"
            )
        body.append(line)
    head = ["trace", "within", *(f"{n} accounts" for n in sizes)]
    tab = table(head, body, caption="Joint actions from which an operation of this size would have been found")
    return tab + folded("Power, one by one", plain_table(found, "Planted operations"))


def _explanations(f: Finding) -> Markup:
    return plain_table(rows(f.data, "rows"), "Ordinary explanations that fit")


KINDS: dict[str, Callable[[Finding], Markup]] = {
    "groups": _groups, "group": _groups, "breadth": _breadth, "power": _power, "explanations": _explanations,
}  # fmt: skip
