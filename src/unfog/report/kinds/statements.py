"""Statements: who said what, how surely, with which figures, and against which evidence of its day."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from markupsafe import Markup

from unfog.model import Finding
from unfog.report.data import Row, cell, folded, plain_table, real, rows
from unfog.report.numbers import percent
from unfog.report.shown import join, show, table
from unfog.report.timeline import timeline


def _rows(caption: str, columns: dict[str, str]) -> Callable[[Finding], Markup]:
    """A drawing of the rows in these columns (key -> head), with all columns behind a line to click."""

    def draw(f: Finding) -> Markup:
        found = rows(f.data, "rows")
        names = {k: h for k, h in columns.items() if any(r.get(k) not in (None, "", [], {}) for r in found)}
        if not names:
            return plain_table(found, caption, limit=100)
        body = [[cell(r.get(k)) for k in names] for r in found]
        tab = table(list(names.values()), body, caption=caption, limit=100)
        return tab + folded("All columns", plain_table(found, f"{caption}, all columns", limit=100))

    return draw


def _between(r: Row, low: str, high: str) -> Markup:
    a, b = real(r.get(low)), real(r.get(high))
    return cell(None) if a is None or b is None else Markup("{} to {}").format(percent(a / 100), percent(b / 100))


def _audit(f: Finding) -> Markup:
    """Claims that could be weighed first; those that give no probability behind a line to click."""
    found = rows(f.data, "rows")
    if not any("verdict" in r for r in found):
        return plain_table(found, "Claims")

    def line(r: Row) -> list[Any]:
        return [
            cell(r.get("said_on")), show(r.get("speaker") or "–"),
            Markup("“{}”").format(show(r.get("content") or "", 400)),
            show(r.get("proposition") or "–"), _between(r, "claim_low", "claim_high"),
            _between(r, "public_low", "public_high"),
            show(r.get("verdict") or "–"),
        ]  # fmt: skip

    weighed = [r for r in found if r.get("verdict") != "not comparable"]
    head = ["said on", "speaker", "claim", "speaks to", "the words mean", "public evidence of the day", "verdict"]
    tab = table(head, [line(r) for r in weighed], caption="Claims beside the public evidence of their day")
    rest = [
        [cell(r.get("said_on")), show(r.get("speaker") or "–"),
            Markup("“{}”").format(show(r.get("content") or "", 400)),
         show(r.get("why") or r.get("reading") or "–")] for r in found if r not in weighed
    ]  # fmt: skip
    none = table(
        ["said on", "speaker", "claim", "why not"], rest, caption="Claims that cannot be read as a probability"
    )
    return tab + folded(f"{len(rest)} claims that cannot be read as a probability", none)


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
    mapped = [line for line, r in zip(body, found, strict=True) if r.get("propositions") or r.get("certainty")]
    few = table(head, mapped, caption="Statements that speak to a proposition, or use a word of certainty", limit=100)
    return (
        timeline(rows(f.data, "marks"))
        + few
        + folded(
            f"All {len(found)} statements",
            table(head, body, caption="Who said what", limit=300)
            + plain_table(found, "The ledger with all columns", limit=100),
        )
    )


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
    "audit": _audit,
    "certainty": _rows("Words of certainty, in the order in which they were used", {
        "said_on": "said on", "speaker": "speaker", "term": "word", "proposition": "speaks to",
        "scope": "scope", "change": "change"}),
    "demands": _rows("Demands and promises", {
        "said_on": "said on", "speaker": "speaker", "what": "asked for", "content": "in these words",
        "status": "status", "how": "how"}),
    "contradictions": _rows("Contradictions", {}),
    "quantities": _rows("Figures and where they come from", {}),
}  # fmt: skip
