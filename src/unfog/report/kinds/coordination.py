"""Coordination: groups, breadth, what the data could have shown, and ordinary explanations."""

from __future__ import annotations

from collections.abc import Callable

from markupsafe import Markup

from unfog.model import Finding
from unfog.report import charts
from unfog.report.data import generic, pick, plain_table, real, rows


def _groups(f: Finding) -> Markup:
    found = rows(f.data, "rows", "groups")
    bars = []
    for r in found[:20]:
        lr = real(pick(r, "log10_lr"))
        if lr is not None:
            low, high = real(pick(r, "log10_lr_low", "low")), real(pick(r, "log10_lr_high", "high"))
            bars.append(
                {
                    "label": f"group {pick(r, 'group_id', 'id', default='?')}",
                    "value": lr,
                    "low": lr if low is None else min(low, lr),
                    "high": lr if high is None else max(high, lr),
                    "basis": str(pick(r, "basis", default="measured")),
                }
            )
    picture = Markup("")
    if len(bars) > 1:
        alt = f"Points: log10 LR of {len(bars)} groups, one controller against independent; see the table."
        picture = charts.intervals(bars, x_title="log10 LR, one controller : independent", alt=alt, signed=True)
    return picture + plain_table(found, "Groups") + generic(f.data, "Groups", skip=["rows", "groups"])


KINDS: dict[str, Callable[[Finding], Markup]] = {"groups": _groups, "group": _groups}
