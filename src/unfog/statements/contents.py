"""Which stretches of an article are one attribution's content: tagged spans against the quotation marks."""

from __future__ import annotations

from dataclasses import dataclass

from unfog.statements.linker import Linked
from unfog.statements.places import MIN_QUOTE_WORDS, Places, Range


@dataclass(slots=True)
class Found:
    """An attribution on its way to a statement."""

    linked: Linked
    content: list[Range]


def contents(linked: list[Linked], places: Places) -> list[Found]:
    """Attributions with their whole quotations, and quotations of some length that no attribution covers."""
    found = [f for one in linked if one.content for f in _whole_quotes(one, places)]
    found += _uncovered_quotes(found, places)
    return sorted(_joined(found, places), key=lambda f: f.content[0])


def _whole_quotes(one: Linked, places: Places) -> list[Found]:
    """A content that covers half of a quotation in its sentence gets the whole of it."""
    content = []
    for a, b in one.content:
        for q in places.p.quotations:
            if q.start < b and a < q.end:
                inside = min(b, q.end) - max(a, q.start)
                if inside >= 0.5 * (q.end - q.start) or (inside >= 0.5 * (b - a) and b - a >= 3):
                    a, b = min(a, q.start), max(b, q.end)
        content.append((a, b))
    whole = merged(content)
    if one.cue is None:
        return [Found(one, whole)]
    # what stands in another paragraph is not this cue's by the cue alone: a running quotation decides, or nothing
    home = places.paragraph(one.cue[0])
    own = [r for r in whole if places.paragraph(r[0]) == home]
    away = [r for r in whole if places.paragraph(r[0]) != home]
    out = [Found(one, own)] if own else []
    return out + [Found(Linked(content=[r]), [r]) for r in away]


def _uncovered_quotes(found: list[Found], places: Places) -> list[Found]:
    """Quotations of some length that no attribution covers become statements without a cue."""
    covered = {i for f in found for a, b in f.content for i in range(a, b)}
    taken = {i for f in found for r in (f.linked.source, f.linked.cue) if r for i in range(*r)}
    out = []
    for q in places.p.quotations:
        words = [i for i in range(q.start, q.end) if places.p.tokens.words[i][0].isalnum()]
        if q.single or len(words) < MIN_QUOTE_WORDS + 1 or any(i in taken for i in words):
            continue
        if sum(i in covered for i in words) < 0.3 * len(words):
            out.append(Found(Linked(content=[(q.start, q.end)]), [(q.start, q.end)]))
    return out


def _joined(found: list[Found], places: Places) -> list[Found]:
    """A stretch without cue joins the attribution with a cue that touches the same quotation in its paragraph."""
    out: list[Found] = []
    by_place: dict[tuple[int, int], Found] = {}
    for f in sorted(found, key=lambda f: (f.linked.cue is None, f.content[0])):
        quotation = places.quotation(f.content[0][0])
        key = (quotation, places.paragraph(f.content[0][0])) if quotation is not None else None
        if f.linked.cue is None and key is not None and key in by_place:
            by_place[key].content = merged([*by_place[key].content, *f.content])
            continue
        for a, b in f.content:
            for k, q in enumerate(places.p.quotations):
                if q.start < b and a < q.end:
                    by_place.setdefault((k, places.paragraph(q.start)), f)
        out.append(f)
    return out


def merged(ranges: list[Range]) -> list[Range]:
    """Ranges that touch or overlap as one."""
    out: list[Range] = []
    for a, b in sorted(ranges):
        if out and a <= out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], b))
        else:
            out.append((a, b))
    return out
