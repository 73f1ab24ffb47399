"""Whose a quotation without a cue is: what runs on from before, or nobody's."""

from __future__ import annotations

from unfog.statements.contents import Found
from unfog.statements.places import Places
from unfog.statements.zones import Zone


def carries_on(before: int, f_before: Found, f: Found, paragraph: int, places: Places) -> bool:
    """Whether a wholly quoted paragraph without cue goes on with the speaker of the paragraph before it.

    Only after a paragraph whose last sentence holds that speaker's own quotation of some length: otherwise the
    quotation stays unattributed.
    """
    if places.paragraphs[paragraph].zone is not Zone.BODY:
        return False
    same = before == paragraph
    if not same and places.body_before(paragraph) != before:
        return False
    a, b = places.p.paras[paragraph] if paragraph < len(places.p.paras) else (0, 0)
    if not same and sum(s > 0 for s in places.p.states[a:b]) < 0.9 * (b - a):
        return False
    ends = [q for q in places.p.quotations if any(q.start < y and x < q.end for x, y in f_before.content)]
    long_enough = [q for q in ends if q.end - q.start >= 8]
    if not long_enough:
        return False
    if same:
        return True
    last_sentence = places.sentence(places.p.paras[before][1] - 1)
    cue = f_before.linked.cue
    return places.sentence(long_enough[-1].end - 1) == last_sentence or (
        cue is not None and places.sentence(cue[0]) == last_sentence
    )


def announces(token: int, places: Places) -> bool:
    """Whether the paragraph of a cue ends with a colon after it: "Mr X said:"."""
    p = places.paragraphs[places.paragraph(token)]
    _, b = places.p.sents[places.sentence(token)]
    return places.text[p.start : p.end].rstrip().endswith(":") and places.p.tokens.spans[b - 1][1] >= p.start + len(
        places.text[p.start : p.end].rstrip()
    )


def opens(f: Found, paragraph: int, places: Places) -> bool:
    """Whether the content is a quotation at the start of its paragraph."""
    return (
        places.p.states[f.content[0][0]] > 0
        and places.p.tokens.spans[f.content[0][0]][0] <= places.paragraphs[paragraph].start + 2
    )
