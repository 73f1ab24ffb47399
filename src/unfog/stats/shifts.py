"""Which office would keep these hours? Marginal likelihood over a declared grid of zones, shifts and calendars.

For each unit (the first post of an account on a day) the model says: with probability s it falls into the shift,
evenly, else anywhere in the rest of the day; with probability w on a working day of the calendar, else on a day off.
s and w are not known and are integrated over beta distributions, in closed form. The answer is the *whole* table: cells
within a factor of ten of the best are not told apart, and are all printed. "UTC+2, UTC+3 or an early riser in Britain"
is a result.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from unfog.errors import InferenceError
from unfog.stats.arrays import LN10, Floats
from unfog.stats.holidays import holidays, summer_time
from unfog.stats.rhythm import microseconds


@dataclass(frozen=True, slots=True)
class Zone:
    """A clock: standard offset from UTC in minutes and summer-time rule (``none``, ``eu``, ``us``), with its weight."""

    name: str
    offset_min: int
    summer: str = "none"
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Shift:
    """Local working hours: start in hours after midnight, length in hours; ``habit``: office, early, late, night."""

    name: str
    start: float
    length: float
    habit: str
    weight: float


@dataclass(frozen=True, slots=True)
class Calendar:
    """Days of work: weekdays (Monday is 0) and a country whose public holidays are free (empty: none)."""

    name: str
    workdays: tuple[int, ...]
    country: str = ""
    weight: float = 1.0


def _zones() -> tuple[Zone, ...]:
    plain = [Zone(f"UTC{h:+d}" if h else "UTC", h * 60) for h in range(-11, 14)]
    half = [Zone("Iran (fixed)", 210, weight=0.5), Zone("India", 330)]
    europe = ("Britain", "Central Europe", "Eastern Europe")
    eu = [Zone(f"{name} (EU summer time)", h * 60, "eu") for h, name in enumerate(europe)]
    us = [Zone(f"US {n}", h * 60, "us") for h, n in ((-5, "East"), (-6, "Central"), (-7, "Mountain"), (-8, "Pacific"))]
    return (*plain, *half, *eu, *us)


ZONES = _zones()
_STARTS: dict[str, dict[int, float]] = {
    "office": {8: 0.30, 9: 0.35, 10: 0.15},
    "early": {5: 0.015, 6: 0.035, 7: 0.06},
    "late": dict.fromkeys(range(11, 18), 0.012),
    "night": dict.fromkeys((18, 19, 20, 21, 22, 23, 0, 1, 2, 3, 4), 0.001),
}
_LENGTHS = {5: 0.15, 8: 0.35, 9: 0.35, 11: 0.15}


def _shifts() -> tuple[Shift, ...]:
    return tuple(
        Shift(f"{start} to {(start + length) % 24}", start, length, habit, w * share)
        for habit, starts in _STARTS.items()
        for start, w in starts.items()
        for length, share in _LENGTHS.items()
    )


SHIFTS = _shifts()
"""Every start with every length, so that no zone has a shift that its neighbour lacks; an office day begins at 8, 9 or
10 with weight 0.8. Declared, not measured: printed with every result, replaced by the caller where better is known."""
CALENDARS: tuple[Calendar, ...] = (
    Calendar("every day", (0, 1, 2, 3, 4, 5, 6)),
    Calendar("Monday to Friday", (0, 1, 2, 3, 4)),
    Calendar("Monday to Saturday", (0, 1, 2, 3, 4, 5)),
    Calendar("Sunday to Thursday", (6, 0, 1, 2, 3)),
)
IN_SHIFT = (4.0, 1.0)
"""Beta prior of the share of units inside the shift: mean 0.8."""
ON_WORKDAY = (19.0, 1.0)
"""Beta prior of the share of units on working days: mean 0.95."""


@dataclass(frozen=True, slots=True)
class ShiftTable:
    """log10 marginal likelihood of every cell.

    Attributes:
        zones: Zones, first axis.
        shifts: Shifts, second axis.
        calendars: Calendars, third axis.
        log10_ml: log10 P(times | cell), shape (zones, shifts, calendars).
        log10_weight: log10 prior weight of each cell, same shape, summing to 1.
        units: Number of units.
        effective: Number of independent units that the likelihood was tempered to.
    """

    zones: tuple[Zone, ...]
    shifts: tuple[Shift, ...]
    calendars: tuple[Calendar, ...]
    log10_ml: Floats
    log10_weight: Floats
    units: int
    effective: float

    def by_zone(self) -> Floats:
        """log10 marginal likelihood of each zone relative to the best, over shifts and calendars, shape (zones,)."""
        return self._marginal((1, 2))

    def by_calendar(self) -> Floats:
        """The same for calendars."""
        return self._marginal((0, 1))

    def by_zone_and_habit(self) -> dict[tuple[str, str], float]:
        """log10 posterior mass of each (zone, habit) relative to the largest: what a reader is told."""
        joint = (self.log10_ml + self.log10_weight) * LN10
        out: dict[tuple[str, str], float] = {}
        for i, z in enumerate(self.zones):
            for habit in dict.fromkeys(s.habit for s in self.shifts):
                j = [n for n, s in enumerate(self.shifts) if s.habit == habit]
                out[z.name, habit] = float(special.logsumexp(joint[i][j]) / LN10)
        top = max(out.values())
        return {k: v - top for k, v in out.items()}

    def not_told_apart(self, factor: float = 10.0) -> list[tuple[str, str, float]]:
        """(zone, habit, log10 relative mass) of all that lie within ``factor`` of the best, best first."""
        cells = [(z, h, v) for (z, h), v in self.by_zone_and_habit().items() if v >= -np.log10(factor)]
        return sorted(cells, key=lambda c: (-c[2], c[0], c[1]))

    def log10_lr(
        self, one: Callable[[Zone, Shift, Calendar], bool], other: Callable[[Zone, Shift, Calendar], bool] | None = None
    ) -> float:
        """log10 likelihood ratio between two sets of cells (default: all cells that are not in the first).

        Raises:
            InferenceError: if either set is empty.
        """
        a = np.array([[[one(z, s, c) for c in self.calendars] for s in self.shifts] for z in self.zones])
        b = (
            ~a
            if other is None
            else np.array([[[other(z, s, c) for c in self.calendars] for s in self.shifts] for z in self.zones])
        )
        if not a.any() or not b.any():
            raise InferenceError("both sides of a shift contrast need at least one cell of the declared grid")
        w, ml = self.log10_weight * LN10, self.log10_ml * LN10

        def mean(mask: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> float:
            return float(special.logsumexp((ml + w)[mask]) - special.logsumexp(w[mask]))

        return (mean(a) - mean(b)) / LN10

    def _marginal(self, axes: tuple[int, ...]) -> Floats:
        joint = (self.log10_ml + self.log10_weight) * LN10
        mass = special.logsumexp(joint, axis=axes) - special.logsumexp(self.log10_weight * LN10, axis=axes)
        return np.asarray((mass - mass.max()) / LN10)


def shift_table(
    t: ArrayLike,
    *,
    effective: float | None = None,
    zones: Sequence[Zone] = ZONES,
    shifts: Sequence[Shift] = SHIFTS,
    calendars: Sequence[Calendar] = CALENDARS,
    period: tuple[date, date] | None = None,
) -> ShiftTable:
    """Marginal likelihood of times under every zone, shift and calendar of a declared grid.

    Args:
        t: Times of the *units* (see :func:`unfog.stats.rhythm.first_of_day`), UTC.
        effective: Number of independent units; the likelihood is tempered by effective / n, so that dependent posts
            cannot pile up. Default: all units count.
        zones: Clocks to compare.
        shifts: Working hours to compare; their weights are the prior.
        calendars: Weeks to compare.
        period: First and last day on which units could have been seen; default the days of the data.

    Raises:
        InferenceError: without any unit.

    Notes:
        The assumption: within a shift, the first post of a day is equally likely at any time. Where people post at the
        start of the day, earlier zones gain; that is why neighbouring zones are never told apart by hours alone.
    """
    us = microseconds(t)
    n = us.size
    if n == 0:
        raise InferenceError("no times: nothing to say about shifts")
    temper = 1.0 if effective is None else float(np.clip(effective / n, 1.0 / n, 1.0))
    sec = us // 1_000_000
    out = np.zeros((len(zones), len(shifts), len(calendars)))
    off_days = {c.name: _free_days(c, sec, period) for c in calendars}
    for i, z in enumerate(zones):
        local = sec + z.offset_min * 60 + 3600 * summer_time(sec, z.summer, z.offset_min * 60)
        hour = (local % 86_400) / 3600.0
        day = local // 86_400
        for j, s in enumerate(shifts):
            inside = float((((hour - s.start) % 24.0) < s.length).sum())
            hours = _two_part(inside, n - inside, s.length, 24.0 - s.length, *IN_SHIFT)
            for k, c in enumerate(calendars):
                free, work_n, free_n = off_days[c.name]
                off = float(np.isin(day, free).sum()) if free_n else 0.0
                days = _two_part(n - off, off, work_n, free_n, *ON_WORKDAY) if free_n else -n * np.log(work_n)
                out[i, j, k] = temper * (hours + days) / LN10
    weight = np.array([[[z.weight * s.weight * c.weight for c in calendars] for s in shifts] for z in zones])
    return ShiftTable(
        tuple(zones), tuple(shifts), tuple(calendars), out, np.log10(weight / weight.sum()), int(n), n * temper
    )


def _two_part(inside: float, outside: float, wide_in: float, wide_out: float, a: float, b: float) -> float:
    """ln of the integral over s of prod(s / wide_in) prod((1 - s) / wide_out) under Beta(a, b)."""
    return float(
        special.betaln(a + inside, b + outside)
        - special.betaln(a, b)
        - inside * np.log(wide_in)
        - outside * np.log(wide_out)
    )


def _free_days(
    c: Calendar, sec: np.ndarray[tuple[int, ...], np.dtype[np.int64]], period: tuple[date, date] | None
) -> tuple[np.ndarray[tuple[int, ...], np.dtype[np.int64]], float, float]:
    """Days off as day numbers, with how many working days and days off the period has."""
    zero = date(1970, 1, 1)
    first = (period[0] - zero).days if period else int(sec.min() // 86_400)
    last = (period[1] - zero).days if period else int(sec.max() // 86_400)
    first, last = min(first, int(sec.min() // 86_400)) - 1, max(last, int(sec.max() // 86_400)) + 1
    days = np.arange(first, last + 1, dtype=np.int64)
    off = ~np.isin((days + 3) % 7, np.array(c.workdays))
    if c.country:
        years = range((zero + timedelta(first)).year, (zero + timedelta(last)).year + 1)
        off |= np.isin(days, np.array([(d - zero).days for d in holidays(c.country, years)]))
    return days[off], float((~off).sum()), float(off.sum())
