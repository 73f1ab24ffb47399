"""What readers hear: how 5,174 people put probability phrases into numbers.

Derived figures of CAPphrase (Kucharski 2026, doi:10.5281/zenodo.18750055, CC BY 4.0): for each phrase, the share of
readers whose number lies below 0, 1 ... 101 %. No answer of any person is in here. ``python benchmarks/judgement.py
--readers PARQUET`` computes the file again from the published data.

The readers chose to take part in a quiz on the web; they are no sample of the public.
"""

from __future__ import annotations

import bisect
import json
from functools import cache
from importlib import resources

from pydantic import BaseModel, ConfigDict

SOURCE = "CAPphrase, A. J. Kucharski 2026, doi:10.5281/zenodo.18750055, CC BY 4.0"


class ReaderView(BaseModel):
    """How readers understood one phrase.

    Attributes:
        phrase: The phrase as it was shown.
        n: Number of readers.
        below: 102 shares: ``below[k]`` is the share (0 to 1) of readers whose number was less than k percent.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    phrase: str
    n: int
    below: tuple[float, ...]

    def hear_less_than(self, percent: float) -> float:
        """Share of readers, in percent, whose number is below this one.

        >>> round(readers("almost certain").hear_less_than(95), 1)
        30.4
        """
        return 100.0 * self.below[min(max(_ceil(percent), 0), 101)]

    def hear_within(self, low: float, high: float, *, high_closed: bool = True) -> float:
        """Share of readers, in percent, whose number lies from ``low`` to ``high``."""
        top = self.below[min(int(high) + 1, 101)] if high_closed else self.below[min(max(_ceil(high), 0), 101)]
        return 100.0 * (top - self.below[min(max(_ceil(low), 0), 101)])

    def hear_more_than(self, percent: float) -> float:
        """Share of readers, in percent, whose number is above this one."""
        return 100.0 * (1.0 - self.below[min(int(percent) + 1, 101)])

    def quantile(self, q: float) -> int:
        """The smallest whole percentage that at least the share q of readers does not exceed."""
        return bisect.bisect_left(self.below, q - 1e-9) - 1

    @property
    def median(self) -> int:
        """What the reader in the middle hears."""
        return self.quantile(0.5)


def _ceil(x: float) -> int:
    return -int(-x // 1)


@cache
def _table() -> dict[str, ReaderView]:
    raw = json.loads(resources.files("unfog.text").joinpath("data", "readers.json").read_text(encoding="utf-8"))
    return {
        phrase.casefold(): ReaderView(phrase=phrase, n=raw["n"], below=tuple(c / raw["n"] for c in counts))
        for phrase, counts in raw["below"].items()
    }


def readers(phrase: str) -> ReaderView | None:
    """How readers understood a phrase; None if it was not asked."""
    return _table().get(phrase.casefold().strip())


def reader_sentence(phrase: str, low: float, high: float, *, high_closed: bool = True) -> str:
    """One sentence on how a phrase will be heard, given the band that its standard means; empty if it was not asked.

    >>> reader_sentence("almost certain", 95, 100)
    'Of 5,174 readers, 70 % hear a number from 95 to 100 in “almost certain”; 30 % hear less.'
    """
    view = readers(phrase)
    if view is None:
        return ""
    within = view.hear_within(low, high, high_closed=high_closed)
    less, more = view.hear_less_than(low), 100.0 - within - view.hear_less_than(low)
    to = "to" if high_closed else "to below"
    told = f"Of {view.n:,} readers, {within:.0f} % hear a number from {low:g} {to} {high:g} in “{phrase}”"
    rest = [f"{x:.0f} % hear {w}" for x, w in ((less, "less"), (more, "more")) if x >= 0.5]
    return told + ("; " + ", ".join(rest) if rest else "") + "."


def reader_counts(rows: list[tuple[str, float]]) -> dict[str, list[int]]:
    """Derive the shipped table from (phrase, number) answers: per phrase, how many answers lie below 0, 1 ... 101."""
    answers: dict[str, list[float]] = {}
    for phrase, number in rows:
        answers.setdefault(phrase, []).append(number)
    return {
        phrase: [bisect.bisect_left(found, k) for k in range(102)]
        for phrase, found in sorted((p, sorted(xs)) for p, xs in answers.items())
    }
