"""Every number of a judgement that is not evidence: printed with it, changed only in the case file."""

from __future__ import annotations

import math
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from unfog.text.yardstick import STANDARDS


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Grades(_Section):
    """Admiralty grades as probabilities that the report is right; F and 6 are missing and have none.

    A policy of this project, printed with every judgement, not a measurement. The smaller of the two is used and not
    their product: graders put source and item on the diagonal (87 % of 1,400 reports, Baker 1968), so the axes are not
    two independent pieces of news.
    """

    A: float = Field(default=0.95, ge=0.0, le=1.0)
    B: float = Field(default=0.85, ge=0.0, le=1.0)
    C: float = Field(default=0.65, ge=0.0, le=1.0)
    D: float = Field(default=0.40, ge=0.0, le=1.0)
    E: float = Field(default=0.15, ge=0.0, le=1.0)
    one: float = Field(default=0.98, ge=0.0, le=1.0, alias="1")
    two: float = Field(default=0.90, ge=0.0, le=1.0, alias="2")
    three: float = Field(default=0.65, ge=0.0, le=1.0, alias="3")
    four: float = Field(default=0.40, ge=0.0, le=1.0, alias="4")
    five: float = Field(default=0.15, ge=0.0, le=1.0, alias="5")

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    def source(self, letter: str) -> float | None:
        """Probability behind a source letter; None for F."""
        return {"A": self.A, "B": self.B, "C": self.C, "D": self.D, "E": self.E}.get(letter)

    def item(self, digit: int) -> float | None:
        """Probability behind an item number; None for 6."""
        return {1: self.one, 2: self.two, 3: self.three, 4: self.four, 5: self.five}.get(digit)

    def table(self) -> dict[str, float | None]:
        """The whole table as printed."""
        letters: dict[str, float | None] = {k: self.source(k) for k in "ABCDEF"}
        return letters | {str(k): self.item(k) for k in range(1, 7)}


class Caps(_Section):
    """Largest pairwise likelihood ratios (not logs) that argued evidence may reach."""

    item: float = Field(default=10.0, ge=1.0)
    group: float = Field(default=100.0, ge=1.0)
    overall: float = Field(default=1000.0, ge=1.0)
    measured_without_n: float = Field(
        default=10.0, ge=1.0, description="for a measured item that does not say how many campaigns stand behind it"
    )


class ConfidenceCuts(_Section):
    """Cut-offs of the three parts of confidence: (moderate, high)."""

    reliability: tuple[float, float] = (0.40, 0.70)
    range: tuple[float, float] = (0.35, 0.15)
    responsiveness: tuple[float, float] = (0.25, 0.10)
    carrying_share: float = Field(default=0.5, gt=0.0, le=1.0)


class Settings(_Section):
    """The ``[judgement]`` section of ``case.toml``.

    Attributes:
        standard: Yardstick of the words.
        rho: Assumed correlation within a dependence group. 0.6 kept statements of "at least 95 %" right 96.7 to 99.4 %
            of the time in simulations whatever the true value, see docs/explanation/judgement.md.
        rho_shown: Values for which the judgement is shown again.
        caps: Caps on argued evidence.
        grades: Admiralty table.
        cuts: Cut-offs of confidence.
        rater_spread: Least half-width, log10, of an argued likelihood ratio's 90 % interval: a factor of two.
        ungraded: Argued items whose grade is missing on both axes: left out (default), or taken at this probability.
        draws: Draws of priors and ratings behind the interval.
        time_draws: Draws behind each point of the curve through time.
        seed: Seed of the draws.
        max_worlds: More worlds than this are refused.
    """

    standard: str = "phia"
    rho: float = Field(default=0.6, ge=0.0, le=1.0)
    rho_shown: tuple[float, ...] = (0.3, 0.6, 0.9)
    caps: Caps = Field(default_factory=Caps)
    grades: Grades = Field(default_factory=Grades)
    cuts: ConfidenceCuts = Field(default_factory=ConfidenceCuts)
    rater_spread: float = Field(default=math.log10(2.0), ge=0.0)
    ungraded: float | None = Field(default=None, gt=0.0, le=1.0)
    draws: int = Field(default=10_000, ge=100, le=1_000_000)
    time_draws: int = Field(default=1_000, ge=100, le=1_000_000)
    seed: int = 7
    max_worlds: int = Field(default=100_000, ge=2, le=1_000_000)

    @model_validator(mode="after")
    def _known(self) -> Self:
        if self.standard not in STANDARDS:
            raise ValueError(f"unknown yardstick {self.standard!r}; one of {', '.join(STANDARDS)}")
        if any(not 0.0 <= r <= 1.0 for r in self.rho_shown):
            raise ValueError("rho_shown: correlations lie between 0 and 1")
        return self
