"""Zones of an article: headline, byline, date, caption, related link, body. By the look of a paragraph, never by
its topic.

A caption or link in the middle of a running quotation must neither end it nor be taken for it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Zone(StrEnum):
    """What a paragraph is."""

    HEADLINE = "headline"
    BYLINE = "byline"
    CAPTION = "caption"
    RELATED = "related"
    BODY = "body"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph in code points of the stored text."""

    start: int
    end: int
    zone: Zone


_PARAGRAPH = re.compile(r"[^\n]*\S[^\n]*")
_BYLINE = re.compile(
    r"^(?:by\s+[A-Z][\w.'’-]+(?:\s+[A-Z][\w.'’-]+){0,4}(?:\s*[,|].*)?$|written "
    r"by\b|(?:posted|published|updated|last updated)(?:\s+on)?\s*:?"
    r"|\d{1,2}(?:st|nd|rd|th)?\s+(?:January|February|March|April|May|June|July|August|September|October|November|December)\s+\d{4}\s*$"
    r"|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day,?\s+\d{1,2}\b.{0,30}$)",
    re.IGNORECASE,
)
_CREDIT = re.compile(
    r"(?:\bcredit\s*:|\b(?:image|photo|picture|photograph|pic)s?\s*(?:caption|credit|by|:)|getty images|\(AP "
    r"Photo|/PA\b|/AP\b|/Reuters\b"
    r"|\b(?:PA|AP|AFP|Reuters)\)?\s*$|^video (?:report )?by\b|^watch\b\s*:|^video\s*:)",
    re.IGNORECASE,
)
_RELATED = re.compile(
    r"^(?:read (?:more|also|next)|more on this|related|see also|excl(?:usive)?\b|sign up|subscribe|follow us|share "
    r"this)",
    re.IGNORECASE,
)
_STOPS = ".?!:;,…"
_MARKS = "\"”’')]»"


def zones(text: str, title: str = "") -> list[Paragraph]:
    """Paragraphs of a text with their zones.

    Args:
        text: The stored text.
        title: Headline where the source gives it apart from the text.
    """
    spans = [(m.start(), m.end()) for m in _PARAGRAPH.finditer(text)]
    parts = [text[a:b].strip() for a, b in spans]
    stopless = [_stopless(p) for p in parts]
    # where most paragraphs lack a stop (a transcript, a list) its lack tells nothing
    meaningful = sum(stopless) <= 0.65 * max(1, len(parts))
    out = []
    for i, (part, (a, b)) in enumerate(zip(parts, spans, strict=True)):
        zone = _zone(part, i, stopless, title, meaningful=meaningful)
        out.append(Paragraph(a, b, zone))
    return out


def _zone(part: str, i: int, stopless: list[bool], title: str, *, meaningful: bool) -> Zone:
    words = len(part.split())
    if (title and _plain(part) == _plain(title)) or (i == 0 and words <= 30 and stopless[0] and len(stopless) > 1):
        return Zone.HEADLINE
    if _BYLINE.match(part) and words <= 15:
        return Zone.BYLINE
    if _CREDIT.search(part) and words <= 60 and (stopless[i] or _CREDIT.match(part)):
        return Zone.CAPTION
    if _RELATED.match(part) and words <= 30:
        return Zone.RELATED
    if not meaningful or not stopless[i] or words > 50 or _speech(part):
        return Zone.BODY
    beside = (i > 0 and stopless[i - 1] and i - 1 > 0) or (i + 1 < len(stopless) and stopless[i + 1])
    return Zone.RELATED if words <= 16 and beside else Zone.CAPTION


def _stopless(part: str) -> bool:
    bare = part.rstrip(_MARKS + " ")
    return bool(bare) and bare[-1] not in _STOPS


def _speech(part: str) -> bool:
    """A paragraph with double quotation marks is speech, even where its final stop is missing."""
    return part[0] in '"“' or part.count('"') >= 2 or ("“" in part and "”" in part)


def _plain(text: str) -> str:
    return re.sub(r"\W+", " ", text).strip().lower()
