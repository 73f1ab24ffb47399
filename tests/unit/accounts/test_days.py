"""Weekdays and public holidays: known answers, and no more false alarms than promised."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np

from unfog.accounts.days import free_days

DAY = 86_400_000_000


def _us(days: list[date]) -> np.ndarray:
    return np.array([(d - date(1970, 1, 1)).days * DAY + 9 * 3_600_000_000 for d in days], dtype=np.int64)


def test_an_office_that_keeps_german_holidays_is_found() -> None:
    from unfog.stats import holidays

    free = holidays("DE", range(2017, 2020))
    days = [date(2017, 1, 2) + timedelta(i) for i in range(1000)]
    first = free_days(_us([d for d in days if d.weekday() < 5 and d not in free]))[0]
    assert first["country"] == "DE"
    assert first["with_posts"] == 0
    assert first["p"] < 0.02
    assert first["expected"] > 10


def test_too_short_a_span_says_nothing() -> None:
    assert free_days(_us([date(2019, 1, 1) + timedelta(i) for i in range(60)])) == []
    assert free_days(np.zeros(0, dtype=np.int64)) == []


def test_false_alarms_with_runs_of_days() -> None:
    """Sets post in runs of days; the shifted calendar keeps the runs, so p stays honest (all countries, no choice)."""
    rng = np.random.default_rng(5)
    p = []
    for _ in range(150):
        start = datetime(2012, 1, 1) + timedelta(days=int(rng.integers(0, 700)))
        days = [start + timedelta(days=int(b) + j) for b in rng.integers(0, 900, 40) for j in range(4)]
        p += [f["p"] for f in free_days(_us([d.date() for d in days]))]
    for a in (0.05, 0.1, 0.2):
        assert np.mean(np.array(p) <= a) <= a + 0.03
