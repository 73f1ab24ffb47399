"""A number that never travels without its interval."""

from __future__ import annotations

import math
from typing import Self

from pydantic import BaseModel, ConfigDict, model_validator

INTERVAL_LEVEL = 0.90
"""The one interval level of the whole system: every interval shown or stored is a 90 % interval."""


class Estimate(BaseModel):
    """A value with its 90 % interval; an interval that does not hold its value cannot be built.

    Attributes:
        value: The central value, in the unit of whoever holds the estimate (log10 LR, share, count ...).
        low: Lower end of the 90 % interval, ``low <= value``.
        high: Upper end of the 90 % interval, ``value <= high``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: float
    low: float
    high: float

    @model_validator(mode="after")
    def _holds_its_value(self) -> Self:
        if not all(math.isfinite(x) for x in (self.value, self.low, self.high)):
            raise ValueError(f"an estimate must be finite, got {self.value} [{self.low}, {self.high}]")
        if not self.low <= self.value <= self.high:
            raise ValueError(f"the interval [{self.low}, {self.high}] does not hold its value {self.value}")
        return self

    @classmethod
    def exact(cls, value: float) -> Estimate:
        """An estimate without spread: a count, a definition."""
        return cls(value=value, low=value, high=value)

    def __neg__(self) -> Estimate:
        return Estimate(value=-self.value, low=-self.high, high=-self.low)

    def clipped(self, low: float, high: float) -> Estimate:
        """The same estimate with all three numbers forced into [low, high]."""
        return Estimate(
            value=min(max(self.value, low), high),
            low=min(max(self.low, low), high),
            high=min(max(self.high, low), high),
        )
