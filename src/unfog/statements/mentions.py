"""The words that stand for a speaker: the tagged source, widened where the tagger cut a noun phrase or a name."""

from __future__ import annotations

from bisect import bisect_left

from unfog.statements.cast import Cast
from unfog.statements.places import Places, Range
from unfog.statements.statement import Span

_NOUN_ROLES = frozenset(
    [
        "leader", "spokesman", "spokeswoman", "spokesperson", "minister", "secretary", "mp", "senator", "chairman",
        "chair",
    ]
)  # fmt: skip
_BEFORE_ROLE = frozenset(["the", "then", "former", "a", "shadow", "deputy"])
_PRONOUNS = frozenset(["he", "she", "they", "it", "we", "i", "who", "which"])


def widened(source: Range, places: Places) -> tuple[int, int]:
    """The source with the words of its own noun phrase that the tagger left out: "the then X | leader"."""
    a, b = source
    words, lower = places.p.tokens.words, places.p.tokens.lower
    first, last = places.p.sents[places.sentence(a)]
    if lower[b - 1] in _PRONOUNS:
        return source
    while b < last and lower[b] in _NOUN_ROLES:
        b += 1
    if b > source[1]:
        while a > first and (lower[a - 1] in _BEFORE_ROLE or words[a - 1][0].isupper()):
            a -= 1
    return a, b


def dashed(cue: int, places: Places) -> Range | None:
    """``Name – what it is – said``: the name, for a cue whose source was not found."""
    first, _ = places.p.sents[places.sentence(cue)]
    words = places.p.tokens.words
    dashes = [i for i in range(first, cue) if words[i] in ("–", "—", "--")]
    if len(dashes) < 2 or dashes[-1] != cue - 1:
        return None
    b = a = dashes[-2]
    while a > first and words[a - 1][0].isupper():
        a -= 1
    return (a, b) if a < b else None


def source_chars(source: Range, places: Places) -> Span:
    """The source, without a leading adverbial and widened over a broken name ("th eRussian embassy")."""
    a, b = places.chars(*source)
    while a > 0 and places.text[a - 1].isalnum():
        a -= 1
    return a, b


def participle_subject(cue: Range, cast: Cast, places: Places) -> Range | None:
    """``Name did this, accusing them of that``: the one person who is subject of the sentence before a participle."""
    words, starts = places.p.tokens.words, places.p.tokens.starts
    if cue[0] == 0 or words[cue[0] - 1] != "," or not words[cue[0]].endswith("ing"):
        return None
    first, last = places.p.sents[places.sentence(cue[0])]
    subjects = [m for m in cast.mentions if starts[first] <= m.at < starts[cue[0]] and m.weight >= 1.0]
    if len({m.name for m in subjects}) != 1:
        return None
    a = b = bisect_left(starts, subjects[-1].at)
    while b < last and words[b][0].isupper():
        b += 1
    return (a, b) if a < b else None
