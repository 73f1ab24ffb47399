"""Campaigns: how each trait adds to or takes from the case for a known operation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from markupsafe import Markup

from unfog.model import Finding
from unfog.report import charts
from unfog.report.data import generic, pick, plain_table, real, rows


def _link(f: Finding) -> Markup:
    found = rows(f.data, "waterfall", "rows", "traits")
    key = next((k for k in ("waterfall", "rows", "traits") if rows(f.data, k)), "")
    bars: list[dict[str, Any]] = []
    for r in found:
        part = real(pick(r, "log10_lr", "value", "part", "log10_lr_unrelated", "applied"))
        if part is not None:
            bars.append({"label": str(pick(r, "trait", "label", "name", "id", default="?")), "value": part})
    picture = Markup("")
    if bars:
        total = sum(b["value"] for b in bars)
        alt = f"Waterfall: {len(bars)} traits add up to a log10 LR of {total:+.2f}; the table has each part."
        picture = charts.waterfall(bars, x_title="log10 LR, same operator : unrelated", alt=alt)
    return picture + plain_table(found, "Trait by trait") + generic(f.data, "Link", skip=[key])


KINDS: dict[str, Callable[[Finding], Markup]] = {"link": _link}
