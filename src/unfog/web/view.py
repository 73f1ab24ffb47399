"""A page before it is written: a title, a body for people, and the same as data for programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from markupsafe import Markup

from unfog.report.shown import show, table
from unfog.web.desk import PAGE, Desk


@dataclass(frozen=True, slots=True)
class View:
    """One page.

    Attributes:
        title: Heading.
        body: HTML.
        data: The same content, JSON-safe; what the ``.json`` twin gives.
        here: Which tab is lit.
        refresh: Seconds after which the browser asks again; 0 never.
        message: A line above the content.
        status: HTTP status.
    """

    title: str
    body: Markup
    data: Mapping[str, Any] = field(default_factory=dict)
    here: str = ""
    refresh: int = 0
    message: str = ""
    status: int = 200


@dataclass(frozen=True, slots=True)
class Ask:
    """What a page is asked.

    Attributes:
        desk: The result.
        label: As-of label, first part of the address.
        path: Further parts of the address.
        query: What stands after the question mark.
        viewer: Name that the viewer gave; decides which ratings may be seen.
        token: What forms carry.
    """

    desk: Desk
    label: str
    path: Mapping[str, str]
    query: Mapping[str, str]
    viewer: str = ""
    token: str = ""

    def url(self, *parts: str, **query: str) -> str:
        """Address of a page of this result."""
        told = "/".join(quote(p, safe="") for p in (self.label, *parts))
        return f"/{told}" + (f"?{urlencode(query)}" if query else "")

    def page(self) -> int:
        """Number of the page of a long table, from 1."""
        raw = self.query.get("page", "1")
        return max(1, min(int(raw), 1_000_000)) if raw.isascii() and raw.isdigit() else 1


def link(href: str, text: object) -> Markup:
    """A link to a page of this server; the address is made by :meth:`Ask.url`."""
    return Markup('<a href="{}">{}</a>').format(href, show(text, 300))


def paged(
    ask: Ask,
    sql: str,
    head: Sequence[str],
    row: Any,
    *,
    caption: str,
    order: str,
    numeric: Sequence[int] = (),
    **params: Any,
) -> tuple[Markup, dict[str, Any]]:
    """A table that is read page by page: HTML with a pager, and the page's rows as data.

    Args:
        ask: The request.
        sql: A SELECT without order and limit.
        head: Column heads.
        row: Function from a row to its cells.
        caption: What the table shows.
        order: ``ORDER BY`` columns.
        numeric: Columns that are set right.
        **params: Values of the SELECT's parameters.
    """
    total = ask.desk.count(f"SELECT count(*) FROM ({sql}) AS t", **params)
    pages = max(1, -(-total // PAGE))
    number = min(ask.page(), pages)
    found = ask.desk.rows(
        f"SELECT * FROM ({sql}) AS t ORDER BY {order} LIMIT {PAGE} OFFSET {(number - 1) * PAGE}", **params
    )
    body = table(head, [row(r) for r in found], caption=f"{caption} ({total:,})", numeric=numeric, limit=PAGE)
    rest = {k: v for k, v in ask.query.items() if k != "page"}
    parts = []
    for there, name in ((number - 1, "earlier rows"), (number + 1, "further rows")):
        if 1 <= there <= pages:
            parts.append(Markup('<a href="?{}">{}</a>').format(urlencode({**rest, "page": there}), name))
    pager = Markup('<nav class="pager" aria-label="{}"><span>page {} of {}</span>{}</nav>').format(
        f"Pages of {caption}", f"{number:,}", f"{pages:,}", Markup(" ").join(parts)
    )
    return body + (pager if pages > 1 else Markup("")), {"total": total, "page": number, "pages": pages, "rows": found}
