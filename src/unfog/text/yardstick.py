"""Words of probability by a named standard: a data file of bands, plus what to do in a gap and on an edge.

A standard is a JSON file in ``text/data/yardsticks`` with its edition and source;
``word_at`` never rounds towards certainty: between two bands, and on an edge that two bands share, the weaker word (the
one nearer to 50 %) is used, and a gap is marked.
"""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Literal

from pydantic import BaseModel, ConfigDict

from unfog.errors import UsageError, did_you_mean

STANDARDS = ("phia", "icd203", "nato", "ipcc", "efsa", "kent")
"""Ids of the standards that ship with unfog."""


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Band(_Document):
    """One word and the percentages it covers.

    Attributes:
        term: The word as the standard prints it, in lower case.
        low: Lower edge, percent.
        high: Upper edge, percent.
        form: How it stands in a sentence: "it is *likely* that", "there is a *remote chance* that".
        also: Other words that the standard gives for the same band.
        low_closed: Whether the lower edge belongs to the band.
        high_closed: Whether the upper edge belongs to it.
    """

    term: str
    low: float
    high: float
    form: Literal["adjective", "noun", "adverb"] = "adjective"
    also: tuple[str, ...] = ()
    low_closed: bool = True
    high_closed: bool = True

    def holds(self, percent: float) -> bool:
        """Whether the percentage lies in the band, its edges as the standard has them."""
        above = percent >= self.low if self.low_closed else percent > self.low
        below = percent <= self.high if self.high_closed else percent < self.high
        return above and below

    @property
    def distance(self) -> float:
        """How far the band's nearer edge lies from 50 %; the weaker of two words has the smaller distance."""
        return 0.0 if self.low <= 50.0 <= self.high else min(abs(self.low - 50.0), abs(self.high - 50.0))


class Word(_Document):
    """The word for one percentage.

    Attributes:
        term: The word.
        form: How it stands in a sentence.
        between: True where no band holds the percentage and the weaker neighbour was taken.
        low: The band's lower edge, percent.
        high: The band's upper edge, percent.
    """

    term: str
    form: str
    between: bool
    low: float
    high: float


class Yardstick(_Document):
    """A named standard.

    Attributes:
        id: Short name used in case files: ``phia``, ``icd203``, ``nato``, ``ipcc``, ``efsa``, ``kent``.
        title: Full name.
        edition: Which edition the figures are from.
        source: Where the figures were taken from.
        disjoint: False where bands are nested (IPCC).
        gap: What the standard leaves unnamed and what is done there.
        edge: What is done where two bands share an edge.
        note: What a user should know.
        bands: From low to high.
    """

    id: str
    title: str
    edition: str
    source: str
    disjoint: bool
    gap: str
    edge: str
    note: str
    bands: tuple[Band, ...]

    def word_at(self, percent: float) -> Word:
        """The word for a percentage (0 to 100); in a gap or on a shared edge the weaker one.

        >>> yardstick("phia").word_at(96).term
        'almost certain'
        >>> w = yardstick("phia").word_at(92); (w.term, w.between)
        ('highly likely', True)
        """
        if not 0.0 <= percent <= 100.0:
            raise UsageError(f"a probability lies between 0 and 100 %, got {percent}")
        holding = [b for b in self.bands if b.holds(percent)]
        if holding:
            inner = [b for b in holding if not self._on_strong_edge(b, percent)] or holding
            band = min(inner, key=lambda b: (b.high - b.low, b.distance))
            return Word(term=band.term, form=band.form, between=False, low=band.low, high=band.high)
        below = [b for b in self.bands if b.high <= percent]
        above = [b for b in self.bands if b.low >= percent]
        near = ([max(below, key=lambda b: b.high)] if below else []) + (
            [min(above, key=lambda b: b.low)] if above else []
        )
        band = min(near, key=lambda b: b.distance)
        return Word(term=band.term, form=band.form, between=True, low=band.low, high=band.high)

    @staticmethod
    def _on_strong_edge(band: Band, percent: float) -> bool:
        """Whether the percentage is the edge of the band that is nearer to 50 (where the weaker word is due)."""
        return (percent == band.low and band.low > 50.0) or (percent == band.high and band.high < 50.0)

    def span(self, low: float, high: float) -> tuple[Word, Word]:
        """The words at the two ends of an interval; equal where one word covers it."""
        return self.word_at(low), self.word_at(high)

    def edges(self) -> tuple[tuple[str, float], ...]:
        """Where each word begins, seen from 50 %: (term, percent); for words below 50 the upper edge."""
        return tuple((b.term, b.low if b.low >= 50.0 or b.high > 50.0 else b.high) for b in self.bands)

    def band(self, term: str) -> Band | None:
        """The band of a word or of one of its synonyms; None if the standard does not have it."""
        wanted = term.casefold().strip()
        for b in self.bands:
            if wanted == b.term or wanted in b.also:
                return b
        return None


@cache
def yardstick(standard: str) -> Yardstick:
    """The standard of that id.

    Raises:
        UsageError: if there is no such standard; names the nearest.
    """
    if standard not in STANDARDS:
        raise UsageError(
            f"unknown yardstick {standard!r}{did_you_mean(standard, STANDARDS)}; one of {', '.join(STANDARDS)}"
        )
    raw = resources.files("unfog.text").joinpath("data", "yardsticks", f"{standard}.json").read_text(encoding="utf-8")
    return Yardstick.model_validate(json.loads(raw))


def yardsticks() -> tuple[Yardstick, ...]:
    """All standards that ship, in a fixed order."""
    return tuple(yardstick(s) for s in STANDARDS)
