"""Words of certainty in running text: what kind each is, where it stands, and which band a named standard gives it.

Likelihood, confidence, absence of evidence, demands, hearsay and belief are kept apart: only words of likelihood have
bands, and a standard that does not have a word gives none. "Reasonable confidence" is in no yardstick and is not a
number; "no evidence of X" is not a probability of zero.

The lexicon (``text/data/certainty.json``) is English and written by hand; longest match wins.
"""

from __future__ import annotations

import bisect
import json
import re
from functools import cache
from importlib import resources
from typing import Literal

from pydantic import BaseModel, ConfigDict

from unfog.text.yardstick import yardstick

CertaintyClass = Literal["probability", "confidence", "hedge", "absence", "demand", "hearsay", "belief"]


class Entry(BaseModel):
    """One entry of the lexicon.

    Attributes:
        term: The word that all its forms are reported as.
        cls: What it is; only ``probability`` words can have bands.
        patterns: Regular expressions, used case-insensitively.
        read_as: standard -> that standard's own term, where it is worded otherwise.
        note: What a user should know.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    term: str
    cls: CertaintyClass
    patterns: tuple[str, ...]
    read_as: dict[str, str] = {}
    note: str = ""


class Certainty(BaseModel):
    """A word of certainty where it stands.

    Attributes:
        term: The lexicon's term.
        cls: What it is.
        text: The words as written.
        start: Offset of the first code point.
        end: Offset after the last.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    term: str
    cls: CertaintyClass
    text: str
    start: int
    end: int


@cache
def lexicon() -> tuple[Entry, ...]:
    """All entries."""
    raw = resources.files("unfog.text").joinpath("data", "certainty.json").read_text(encoding="utf-8")
    return tuple(Entry.model_validate(e) for e in json.loads(raw))


@cache
def _compiled() -> tuple[tuple[Entry, re.Pattern[str]], ...]:
    return tuple((e, re.compile("|".join(f"(?:{p})" for p in e.patterns), re.IGNORECASE)) for e in lexicon())


_STRAIGHT = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "\u00a0": " ", "‑": "-"})
"""One character for one: offsets stay those of the text as given."""


def certainty_words(text: str) -> tuple[Certainty, ...]:
    """All words of certainty of a text, in order, not overlapping; the longest match wins.

    >>> [(c.term, c.cls) for c in certainty_words("It is almost certain; we haven’t seen any evidence of success.")]
    [('almost certain', 'probability'), ('no evidence', 'absence')]
    """
    plain = text.translate(_STRAIGHT)
    found = [
        (m.start(), m.end(), rank, entry)
        for rank, (entry, pattern) in enumerate(_compiled())
        for m in pattern.finditer(plain)
        if m.end() > m.start()
    ]
    taken: list[tuple[int, int]] = []
    out: list[Certainty] = []
    for start, end, _, entry in sorted(found, key=lambda f: (-(f[1] - f[0]), f[0], f[2])):
        at = bisect.bisect_left(taken, (start, end))
        free_before = at == 0 or taken[at - 1][1] <= start
        free_after = at == len(taken) or taken[at][0] >= end
        if free_before and free_after:
            taken.insert(at, (start, end))
            out.append(Certainty(term=entry.term, cls=entry.cls, text=text[start:end], start=start, end=end))
    return tuple(sorted(out, key=lambda c: c.start))


def band_of(term: str, standard: str) -> tuple[float, float] | None:
    """The band (percent) that a standard gives to a term of the lexicon; None where it has no such word.

    >>> band_of("almost certain", "phia"), band_of("almost certain", "nato")
    ((95.0, 100.0), None)
    """
    entry = next((e for e in lexicon() if e.term == term), None)
    if entry is None or entry.cls != "probability":
        return None
    scale = yardstick(standard)
    own = entry.read_as.get(standard)
    for name in (own,) if own else (term, *_SAME.get(term, ())):
        band = scale.band(name)
        if band is not None:
            return band.low, band.high
    return None


_SAME = {
    "likely": ("probable",),
    "even chance": ("roughly even chance", "chances about even", "about as likely as not"),
    "unlikely": ("probably not",),
    "remote chance": ("almost no chance",),
    "almost no chance": ("almost impossible",),
}
"""Other spellings of one word in the standards' own tables."""
