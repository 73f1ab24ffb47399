"""Statements: who said what, how surely, with which figures, and against which evidence of its day."""

from __future__ import annotations

from collections.abc import Callable

from markupsafe import Markup

from unfog.model import Finding
from unfog.report.data import generic, plain_table, rows


def _rows(caption: str) -> Callable[[Finding], Markup]:
    def draw(f: Finding) -> Markup:
        return plain_table(rows(f.data, "rows"), caption, limit=100) + generic(f.data, caption, skip=["rows"])

    return draw


KINDS: dict[str, Callable[[Finding], Markup]] = {
    "ledger": _rows("Who said what"),
    "certainty": _rows("Words of certainty"),
    "demands": _rows("Open demands"),
    "contradictions": _rows("Contradictions"),
    "quantities": _rows("Figures and where they come from"),
    "audit": _rows("Claims beside the public evidence of their day"),
}
