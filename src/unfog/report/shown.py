"""What may be shown: every word that comes from outside passes through here before it reaches a page.

Texts in findings come from posts, handles, titles and file names of people who may wish the reader ill. They are
escaped, cut at a length, stripped of control characters, and direction overrides are made visible instead of obeyed
(Unicode TR 36, section 2.3: bidirectional text spoofing). Web addresses are defanged so that nobody visits one by
accident.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

from markupsafe import Markup, escape

from unfog.report import spoof

LIMIT = 4_000
"""Characters of one text that a page shows; the rest is counted, not shown."""

_BIDI = {0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)}
_INVISIBLE = {0x00AD, 0x180E, 0x200B, 0x2060, 0xFEFF, *range(0xE0000, 0xE0080)}
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_SCHEME = re.compile(r"\b(h)(tt)(ps?)(://)", re.IGNORECASE)
_OTHER_SCHEME = re.compile(r"\b(javascript|data|vbscript|file|ftp)(:)(?=\S)", re.IGNORECASE)
_HOST_DOT = re.compile(r"(?<=://)([^\s/?#]+)")


def visible(text: object, limit: int = LIMIT) -> str:
    """Plain text that is safe to look at: bounded, without controls, overrides and mixed scripts spelled out."""
    raw = str(text)
    rest = len(raw) - limit
    raw = raw[:limit]
    told = _CONTROL.sub("\ufffd", raw) if raw.isascii() else spoof.marked("".join(map(_seen, raw)))
    return told + f" … ({rest:,} more characters)" if rest > 0 else told


@functools.lru_cache(maxsize=8192)
def _seen(char: str) -> str:
    code = ord(char)
    if code in _BIDI or code in _INVISIBLE:
        return f"⟦U+{code:04X}⟧"
    if char in "\n\t":
        return char
    return "\ufffd" if unicodedata.category(char) in {"Cc", "Cs", "Co", "Cn"} else char


def defanged(text: str) -> str:
    """Web addresses spelled so that no program follows them: ``hxxps://example[.]org/path``."""
    text = _SCHEME.sub(lambda m: f"{m[1]}xx{m[3]}{m[4]}", text)
    text = _OTHER_SCHEME.sub(r"\1[:]", text)
    return _HOST_DOT.sub(lambda m: m[1].replace("[.]", ".").replace(".", "[.]"), text)


def show(text: object, limit: int = LIMIT) -> Markup:
    """Escaped, defanged and bounded: the only way in which a foreign text enters a page."""
    return escape(defanged(visible(text, limit)))


def handle(text: object, limit: int = 300) -> Markup:
    """A name of an account: as :func:`show`, and what it reads like where other letters pass for plain ones."""
    like = spoof.passes_for(str(text)[:limit])
    return show(text, limit) + (show(f"⟦reads like {like}⟧") if like else Markup(""))


def lines(text: object) -> Markup:
    """The same, keeping line breaks as text (for SQL and quotations inside ``pre``)."""
    return escape(visible(text, 20_000))


def join(parts: Iterable[Markup | str], between: str = "") -> Markup:
    """Join pieces; those that are not Markup are escaped."""
    return Markup(escape(between)).join(parts)  # noqa: S704 - escaped in the same expression


def slug(text: str) -> str:
    """An HTML id for a finding or gap id: stable, without surprises."""
    return re.sub(r"[^a-z0-9_-]+", "-", text.lower()).strip("-") or "item"


def table(
    head: Sequence[str],
    rows: Sequence[Sequence[Any]],
    *,
    caption: str,
    numeric: Iterable[int] = (),
    limit: int = 200,
    classes: str = "",
) -> Markup:
    """An HTML table with a caption, header cells and its own scroll area; long ones say how many rows are left out."""
    if not rows:
        return Markup("")
    right = set(numeric)
    head_html = join(
        Markup('<th scope="col"{}>{}</th>').format(Markup(' class="n"') if i in right else "", show(h))
        for i, h in enumerate(head)
    )
    body: list[Markup] = []
    for row in rows[:limit]:
        cells = []
        for i, cell in enumerate(row):
            inner = cell if isinstance(cell, Markup) else show("" if cell is None else cell)
            tag = "th" if i == 0 else "td"
            scope = Markup(' scope="row"') if i == 0 else ""
            cells.append(
                Markup("<{0}{1}{2}>{3}</{0}>").format(tag, scope, Markup(' class="n"') if i in right else "", inner)
            )
        body.append(Markup("<tr>{}</tr>").format(join(cells)))
    left = len(rows) - limit
    more = (
        Markup('<p class="more">{} further rows stand in the finding and its table.</p>').format(f"{left:,}")
        if left > 0
        else ""
    )
    return Markup(
        '<div class="scroll" role="region" tabindex="0" aria-label="{}"><table class="{}"><caption>{}</caption>'
        "<thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>{}"
    ).format(show(caption), classes, show(caption), head_html, join(body), more)
