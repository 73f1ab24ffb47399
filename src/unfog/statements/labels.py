"""Labels that the CRF learns: role, beginning or inside, and on which side of its cue a token stands.

A linear chain remembers one label back. So the label says more than the role: a source stands before (``<``) or after
(``>``) its cue; a content before it, after it, or in another sentence (``=``); and a token outside that has parts of
one attribution on both sides is ``M`` and not ``O``. What comes out are B-/I-/O tags again, a side behind the role.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

BETWEEN = "M"
"""A token of no role between two parts of one attribution in one sentence."""
SIDES = "<>="


def placed(bio: Sequence[str], labels: Sequence[tuple[str, int]], sents: Sequence[tuple[int, int]]) -> list[str]:
    """Labels with places from B-/I-/O tags.

    Args:
        bio: Tag of each token.
        labels: Role and number of the attribution of each token, ("O", -1) outside.
        sents: Token ranges of the sentences.
    """
    starts = [a for a, _ in sents]
    cues: dict[int, int] = {}
    for i, (role, number) in enumerate(labels):
        if role == "cue":
            cues.setdefault(number, i)
    out = list(bio)
    for i, (role, number) in enumerate(labels):
        cue = cues.get(number)
        if role == "source":
            out[i] += "<" if cue is None or i < cue else ">"
        elif role == "content":
            away = cue is None or bisect_right(starts, i) != bisect_right(starts, cue)
            out[i] += "=" if away else "<" if cue is not None and i < cue else ">"
    for a, b in sents:
        first: dict[int, int] = {}
        last: dict[int, int] = {}
        for i in range(a, b):
            if (number := labels[i][1]) >= 0:
                first.setdefault(number, i)
                last[number] = i
        for number in first:
            for i in range(first[number], last[number]):
                if out[i] == "O":
                    out[i] = BETWEEN
    return out


def tags_of(placed_labels: Sequence[str]) -> list[str]:
    """B-/I-/O tags with their side; a role that begins without B- gets one."""
    out: list[str] = []
    for label in placed_labels:
        tag = "O" if label == BETWEEN else label
        if tag[0] == "I" and (not out or role(out[-1]) != role(tag)):
            tag = "B" + tag[1:]
        out.append(tag)
    return out


def role(tag: str) -> str:
    """The role of a tag without its side; empty outside."""
    return tag[2:].rstrip(SIDES)


def side(tag: str) -> str:
    """``<``, ``>``, ``=`` or nothing."""
    return tag[-1] if tag[-1] in SIDES else ""
