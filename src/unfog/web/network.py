"""A group's network as one SVG, drawn on the server: accounts on a circle, an edge for each pair, thicker with more."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from unfog.report import palette as c
from unfog.report.shown import show

SHOWN = 60
"""Accounts that are drawn; of a larger group the strongest are shown, and the page says how many there are."""

_SIZE, _R = 700.0, 250.0
_EDGE = Markup(
    '<line x1="{}" y1="{}" x2="{}" y2="{}" stroke="{}" stroke-width="{}" stroke-opacity="0.45"><title>{}</title></line>'
)
_NODE = Markup('<circle cx="{}" cy="{}" r="5" fill="{}" stroke="{}" stroke-width="1.5"><title>{}</title></circle>')
_LABEL = Markup('<text x="{}" y="{}" text-anchor="{}">{}</text>')


def draw(members: Sequence[str], edges: Sequence[Mapping[str, Any]], *, alt: str) -> Markup:
    """The network of a group.

    Args:
        members: Accounts as ``platform:account_id``, strongest first.
        edges: Rows with account_a, account_b, shared_objects, signal.
        alt: Text alternative; the table beneath holds every edge.
    """
    shown = list(members)[:SHOWN]
    if len(shown) < 2:
        return Markup("")
    at = {m: 2 * math.pi * i / len(shown) - math.pi / 2 for i, m in enumerate(sorted(shown))}
    parts: list[Markup] = []
    most = max((float(e.get("shared_objects") or 1) for e in edges), default=1.0)
    for e in edges:
        a, b = str(e["account_a"]), str(e["account_b"])
        if a not in at or b not in at:
            continue
        (x1, y1), (x2, y2) = _xy(at[a]), _xy(at[b])
        n = float(e.get("shared_objects") or 1)
        told = f"{a} and {b}: {n:.0f} shared, {e.get('signal')}"
        width = f"{1 + 4 * n / most:.1f}"
        parts.append(_EDGE.format(f"{x1:.1f}", f"{y1:.1f}", f"{x2:.1f}", f"{y2:.1f}", c.BLUE, width, show(told, 300)))
    for name, angle in at.items():
        x, y = _xy(angle)
        parts.append(_NODE.format(f"{x:.1f}", f"{y:.1f}", c.BLUE, c.PAPER, show(name, 200)))
        lx, ly = _xy(angle, _R + 14)
        anchor = "start" if math.cos(angle) > 0.1 else "end" if math.cos(angle) < -0.1 else "middle"
        parts.append(_LABEL.format(f"{lx:.1f}", f"{ly + 4:.1f}", anchor, show(name.split(":", 1)[-1], 18)))
    head = Markup('<svg class="net" viewBox="0 0 {0} {0}" role="img" aria-label="{1}">').format(
        f"{_SIZE:.0f}", show(alt)
    )
    return head + Markup("").join(parts) + Markup("</svg>")


def _xy(angle: float, r: float = _R) -> tuple[float, float]:
    return _SIZE / 2 + r * math.cos(angle), _SIZE / 2 + r * math.sin(angle)
