"""Statements: who said what, how surely, with which figures, and against which evidence of its day."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from markupsafe import Markup

from unfog.model import Finding
from unfog.report.data import cell, folded, generic, plain_table, rows
from unfog.report.shown import join, show, table


def _rows(caption: str) -> Callable[[Finding], Markup]:
    def draw(f: Finding) -> Markup:
        return plain_table(rows(f.data, "rows"), caption, limit=100) + generic(f.data, caption, skip=["rows"])

    return draw


def _ledger(f: Finding) -> Markup:
    found = rows(f.data, "rows")
    body = []
    for r in found:
        who = Markup("{}").format(show(r.get("speaker") or "unattributed", 120))
        if r.get("on_behalf_of") or r.get("role"):
            who += Markup('<span class="fnote">{}</span>').format(show(r.get("on_behalf_of") or r.get("role"), 120))
        said = Markup("{}").format(show(r.get("content") or "", 500))
        about = ", ".join(str(p) for p in r.get("propositions") or [])
        body.append(
            [
                cell(str(r.get("said_on") or "undated")),
                who,
                said,
                _words(r.get("certainty")),
                cell(r.get("stance")),
                show(about or "–"),
            ]
        )
    head = ["said on", "speaker", "said", "words of certainty", "stance", "speaks to"]
    tab = table(head, body, caption="Who said what", limit=100)
    return tab + folded("All columns", plain_table(found, "The ledger with all columns", limit=100))


def _words(certainty: Any) -> Markup:
    """Words of certainty with their class and use (asserted, reported, denied ...)."""
    if not isinstance(certainty, list | tuple):
        return cell(certainty)
    told = [
        Markup('“{}”<span class="fnote">{}, {}</span>').format(
            show(t.get("term")), show(t.get("class")), show(t.get("use"))
        )
        for t in certainty
        if isinstance(t, Mapping)
    ]
    return join(told) if told else cell(None)


KINDS: dict[str, Callable[[Finding], Markup]] = {
    "ledger": _ledger,
    "certainty": _rows("Words of certainty"),
    "demands": _rows("Open demands"),
    "contradictions": _rows("Contradictions"),
    "quantities": _rows("Figures and where they come from"),
    "audit": _rows("Claims beside the public evidence of their day"),
}
