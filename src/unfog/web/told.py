"""What several pages share: findings of a room with links to their proof, gaps, times and numbers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from markupsafe import Markup

from unfog.model import Finding
from unfog.report.page import finding as drawn
from unfog.report.sections import SECTIONS
from unfog.report.shown import join, show
from unfog.web.view import Ask, link


def of_rooms(ask: Ask, rooms: Iterable[str]) -> list[Finding]:
    """Findings of these rooms in the order of the report."""
    wanted = set(rooms)
    order = {pair: i for i, pair in enumerate(pair for s in SECTIONS for pair in s.takes)}
    found = [f for f in ask.desk.findings.findings if f.room in wanted]
    return sorted(found, key=lambda f: (order.get((f.room, f.kind), len(order)), f.id))


def findings(ask: Ask, found: list[Finding]) -> Markup:
    """Findings with a link to everything behind each."""
    parts = []
    for f in found:
        parts.append(drawn(f))
        parts.append(
            Markup('<p class="note">{}</p>').format(link(ask.url("why", f.id), "everything behind this, and reviews"))
        )
    return join(parts) if parts else Markup("<p>No finding of this kind was made.</p>")


def data(found: list[Finding]) -> list[dict[str, Any]]:
    """Findings as JSON."""
    return [f.model_dump(mode="json") for f in found]


def gaps(ask: Ask, rooms: Iterable[str]) -> Markup:
    """What these rooms could not know."""
    wanted = set(rooms)
    told = [
        Markup("<li>{}{}</li>").format(
            show(g.sentence), Markup('<span class="mend">{}</span>').format(show(g.mend)) if g.mend else ""
        )
        for g in ask.desk.findings.gaps
        if g.room in wanted
    ]
    return Markup('<h2>What is not known</h2><ul class="gaps">{}</ul>').format(join(told)) if told else Markup("")


def when(r: dict[str, Any]) -> str:
    """A time as exact as its source."""
    text = str(r.get("happened_at") or "")
    cut = {"year": 4, "month": 7, "day": 10, "hour": 13, "minute": 16}.get(str(r.get("happened_precision")), 19)
    return text[:cut]


def num(x: object) -> str:
    """A number in three digits, or a dash."""
    return f"{x:.3g}" if isinstance(x, int | float) else "–"
