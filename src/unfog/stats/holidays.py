"""Public holidays that fall on a known day, and the summer-time rules of the EU and the US. Rules, not tables of years.

Only nation-wide days off with a rule that held in the years named are here; moved bridge days are not, so "posts on a
public holiday" is counted on the day itself. Extend :data:`CALENDARS` with a source.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

import numpy as np

from unfog.errors import UsageError
from unfog.stats.arrays import Bools, Ints

_FIXED: dict[str, tuple[tuple[int, int], ...]] = {
    # Labour Code of the Russian Federation, article 112 (wording in force since 2013)
    "RU": (*((1, d) for d in range(1, 9)), (2, 23), (3, 8), (5, 1), (5, 9), (6, 12), (11, 4)),
    # England and Wales: Banking and Financial Dealings Act 1971, schedule 1, and proclamations
    "GB": ((1, 1), (12, 25), (12, 26)),
    "DE": ((1, 1), (5, 1), (10, 3), (12, 25), (12, 26)),
    "FR": ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)),
    # 5 U.S.C. 6103 (Juneteenth since 2021)
    "US": ((1, 1), (7, 4), (11, 11), (12, 25)),
    "CN": ((1, 1), (5, 1), (10, 1), (10, 2), (10, 3)),
}  # fmt: skip
_EASTER: dict[str, tuple[int, ...]] = {"GB": (-2, 1), "DE": (-2, 1, 39, 50), "FR": (1, 39, 50)}

CALENDARS = tuple(sorted(_FIXED))
"""Countries whose public holidays are known here."""


def easter(year: int) -> date:
    """Easter Sunday of the western churches (Gauss's rule in the form of Meeus, Jones and Butcher).

    >>> easter(2019)
    datetime.date(2019, 4, 21)
    """
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def holidays(country: str, years: Iterable[int]) -> frozenset[date]:
    """Public holidays of a country in some years.

    Raises:
        UsageError: if the country is not in :data:`CALENDARS`.
    """
    if country not in _FIXED:
        raise UsageError(f"no public holidays are known for {country!r}; known are {', '.join(CALENDARS)}")
    days: set[date] = set()
    for year in years:
        days.update(date(year, m, d) for m, d in _FIXED[country])
        days.update(easter(year) + timedelta(n) for n in _EASTER.get(country, ()))
        if country == "GB":
            days.update((_nth(year, 5, 0, 1), _nth(year, 5, 0, -1), _nth(year, 8, 0, -1)))
        if country == "US":
            days.update((_nth(year, 1, 0, 3), _nth(year, 2, 0, 3), _nth(year, 5, 0, -1)))
            days.update((_nth(year, 9, 0, 1), _nth(year, 10, 0, 2), _nth(year, 11, 3, 4)))
            if year >= 2021:
                days.add(date(year, 6, 19))
    return frozenset(days)


def _nth(year: int, month: int, weekday: int, n: int) -> date:
    """The n-th given weekday of a month (Monday is 0; n = -1 is the last)."""
    if n > 0:
        first = date(year, month, 1)
        return first + timedelta((weekday - first.weekday()) % 7 + 7 * (n - 1))
    last = date(year + month // 12, month % 12 + 1, 1) - timedelta(1)
    return last - timedelta((last.weekday() - weekday) % 7)


def summer_time(seconds: Ints, rule: str, standard_offset_s: int = 0) -> Bools:
    """Whether summer time holds at UTC times (whole seconds since 1970) under a rule: ``none``, ``eu`` or ``us``.

    The EU changes at 01:00 UTC on the last Sundays of March and October (Directive 2000/84/EC); the US at 02:00 local
    time on the second Sunday of March and the first of November (Energy Policy Act of 2005).
    """
    t = np.asarray(seconds, dtype=np.int64)
    out = np.zeros(t.shape, dtype=bool)
    if rule == "none" or t.size == 0:
        return out
    if rule not in ("eu", "us"):
        raise UsageError(f'unknown summer-time rule {rule!r}; use "none", "eu" or "us"')
    year = t.astype("datetime64[s]").astype("datetime64[Y]").astype(np.int64) + 1970
    for y in np.unique(year).tolist():
        if rule == "eu":
            start, end = _at(_nth(y, 3, 6, -1)) + 3600, _at(_nth(y, 10, 6, -1)) + 3600
        else:
            start = _at(_nth(y, 3, 6, 2)) + 7200 - standard_offset_s
            end = _at(_nth(y, 11, 6, 1)) + 3600 - standard_offset_s
        here = year == y
        out |= here & (t >= start) & (t < end)
    return out


def _at(day: date) -> int:
    return int((datetime(day.year, day.month, day.day) - datetime(1970, 1, 1)).total_seconds())
