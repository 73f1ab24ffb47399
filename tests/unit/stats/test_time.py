"""Hours, shifts, bursts, change points and power on data whose answer is known."""

from __future__ import annotations

import itertools
from datetime import date

import numpy as np
import pytest

from unfog.errors import InferenceError, UsageError
from unfog.stats import (
    absence_log10_lr,
    best_window,
    change_points,
    circular,
    detection_power,
    dispersion_of,
    effective_number,
    effective_size,
    first_of_day,
    gaps_s,
    holidays,
    hour_profile,
    log_scan_tail,
    pacing,
    poisson_critical,
    rare_window,
    rescale,
    scan,
    shift_table,
    smallest_detectable,
    summer_time,
    weekday_profile,
)


def _utc(*times: str) -> np.ndarray:
    return np.array(times, dtype="datetime64[us]")


def _office(
    offset_h: float, days: int, seed: int, start: float = 9.0, length: float = 9.0, week: int = 5
) -> np.ndarray:
    """One unit on each of many working days, evenly within the shift of an office at a fixed offset."""
    rng = np.random.default_rng(seed)
    day = np.arange(17_897, 17_897 + days)  # 2019-01-01 is day 17,897, a Tuesday
    day = day[(day + 3) % 7 < week]
    hour = start + length * rng.random(day.size) - offset_h
    return ((day * 24 + hour) * 3_600_000_000).astype(np.int64)


def test_profiles_and_first_of_day() -> None:
    t = _utc("2019-10-21T08:50:34", "2019-10-21T12:09:26", "2019-10-22T08:00:00", "2019-10-27T23:59:59.999999")
    assert hour_profile(t)[[8, 12, 23]].tolist() == [2, 1, 1]
    assert weekday_profile(t).tolist() == [2, 1, 0, 0, 0, 0, 1]
    assert first_of_day(t, ["a", "a", "a", "b"]).tolist() == [0, 2, 3]
    assert best_window(hour_profile(t), 5) == (8, 3)
    with pytest.raises(InferenceError, match="no time"):
        hour_profile(np.array(["2019-01-01", "NaT"], dtype="datetime64[us]"))


def test_effective_number_takes_off_what_accounts_share_with_themselves() -> None:
    rng = np.random.default_rng(2)
    account = np.repeat(np.arange(30), 10)
    day = np.tile(np.arange(10), 30)
    habit = np.repeat(rng.random(30) * 24, 10)
    stubborn = ((day * 24 + habit) * 3.6e9).astype(np.int64)
    free = ((day * 24 + rng.random(300) * 24) * 3.6e9).astype(np.int64)
    assert effective_number(stubborn, account) < 45  # about one per account
    assert effective_number(free, account) > 200
    assert effective_size([1.0, 2.0], ["a", "b"]) == 2.0


def test_circular_mean_crosses_midnight() -> None:
    c = circular(_utc("2019-01-01T23:00:00", "2019-01-02T01:00:00"))
    assert min(c.mean_hour, 24 - c.mean_hour) == pytest.approx(0.0, abs=1e-6)
    rng = np.random.default_rng(8)
    p = [circular((rng.random(25) * 8.64e10).astype(np.int64)).p_uniform for _ in range(2000)]
    assert np.mean(np.array(p) <= 0.05) == pytest.approx(0.05, abs=0.015)


def test_pacing_is_explained_by_the_platform_first() -> None:
    account = ["a"] * 5 + ["b"]
    t = _utc(*[f"2019-01-01T09:{m:02d}:00" for m in (0, 11, 22, 34, 45)], "2019-01-01T09:01:00")
    g = gaps_s(t, account)
    assert g.tolist() == [660, 660, 720, 660]
    told = pacing(g, limit_s=600)
    assert told.explained
    assert (told.below_limit, told.at_limit) == (0, 4)
    assert not pacing([30.0, 40.0, 700.0], limit_s=600).explained
    assert not pacing(g).explained
    with pytest.raises(InferenceError, match="pacing"):
        pacing([])


def test_neighbouring_zones_and_the_early_riser_are_not_told_apart() -> None:
    table = shift_table(_office(3.0, 90, 1))
    told = table.not_told_apart()
    names = {(zone, habit) for zone, habit, _ in told}
    assert ("UTC+3", "office") in names
    assert ("UTC+2", "office") in names
    assert any(habit == "early" and zone.startswith(("UTC+1", "Britain")) for zone, habit in names)
    assert not any(zone in ("UTC-5", "UTC+9") for zone, _ in names)
    assert told == sorted(told, key=lambda c: (-c[2], c[0], c[1]))


def test_the_true_office_gains_and_the_far_side_loses() -> None:
    table = shift_table(_office(-5.0, 120, 4))
    zone = dict(zip([z.name for z in table.zones], table.by_zone(), strict=True))
    assert zone["UTC-5"] > -1
    assert zone["UTC+3"] < -5
    week = dict(zip([c.name for c in table.calendars], table.by_calendar(), strict=True))
    assert week["Monday to Friday"] == 0.0
    assert week["every day"] < -3
    assert table.log10_lr(lambda z, s, c: z.offset_min == -300) > 0.3
    with pytest.raises(InferenceError, match="at least one cell"):
        table.log10_lr(lambda z, s, c: False)


def test_tempering_and_spread_hours_give_weak_answers() -> None:
    t = _office(3.0, 90, 1)
    strong, weak = shift_table(t), shift_table(t, effective=5.0)
    far = [z.name for z in strong.zones].index("UTC-8")
    assert weak.by_zone()[far] > strong.by_zone()[far] + 3
    rng = np.random.default_rng(3)
    any_hour = (rng.random(60) * 60 * 8.64e10).astype(np.int64) + 17_897 * 86_400_000_000
    assert len({z for z, _, _ in shift_table(any_hour).not_told_apart()}) > 10


def test_summer_time_changes_on_the_right_hour() -> None:
    def s(text: str) -> np.ndarray:
        return np.array([text], dtype="datetime64[s]").astype(np.int64)

    assert not summer_time(s("2019-03-31T00:59:59"), "eu")[0]
    assert summer_time(s("2019-03-31T01:00:00"), "eu")[0]
    assert not summer_time(s("2019-10-27T01:00:00"), "eu")[0]
    assert not summer_time(s("2019-03-10T06:59:59"), "us", -5 * 3600)[0]
    assert summer_time(s("2019-03-10T07:00:00"), "us", -5 * 3600)[0]
    assert not summer_time(s("2019-11-03T06:00:00"), "us", -5 * 3600)[0]
    with pytest.raises(UsageError, match="summer-time rule"):
        summer_time(s("2019-01-01"), "au")


def test_holidays() -> None:
    gb = holidays("GB", [2016])
    assert {date(2016, 3, 25), date(2016, 3, 28), date(2016, 5, 2), date(2016, 5, 30), date(2016, 8, 29)} <= gb
    us = holidays("US", [2019])
    assert {date(2019, 1, 21), date(2019, 5, 27), date(2019, 9, 2), date(2019, 11, 28)} <= us
    assert date(2019, 12, 25) not in holidays("RU", [2019])
    with pytest.raises(UsageError, match="no public holidays"):
        holidays("XX", [2019])


def test_scan_is_exact_for_two_and_valid_for_more() -> None:
    assert np.exp(log_scan_tail(2, 3, 0.1)) == pytest.approx(1 - 0.8**3)
    # more than half of the points: Wallenstein and Neff is an equality; 4 of 5 within 0.2 by direct integration
    rng = np.random.default_rng(6)
    x = np.sort(rng.random((200_000, 5)), axis=1)
    seen = (x[:, 3:] - x[:, :2] <= 0.2).any(axis=1).mean()
    assert np.exp(log_scan_tail(4, 5, 0.2)) == pytest.approx(seen, rel=0.05)


def test_scan_holds_its_level_on_uniform_points() -> None:
    rng = np.random.default_rng(9)
    p = np.array([scan(rng.random(40), [0.001, 0.01, 0.05]).p for _ in range(3000)])
    assert (p <= 0.05).mean() <= 0.06
    assert (p <= 0.01).mean() <= 0.015


def test_scan_finds_a_burst_and_names_it() -> None:
    rng = np.random.default_rng(10)
    x = np.concatenate([rng.random(80), 0.4 + 0.0005 * rng.random(12)])
    found = scan(x, [0.001, 0.01, 0.1])
    assert found.p < 1e-12
    assert found.count >= 12
    assert found.width == 0.001


def test_the_populations_clock_takes_out_its_seasons() -> None:
    rng = np.random.default_rng(12)

    def draw(n: int) -> np.ndarray:  # nearly all accounts were made in one hot week
        return np.where(rng.random(n) < 0.8, 100 + rng.random(n) * 7, rng.random(n) * 1000)

    population = draw(5000)
    p = [scan(rescale(draw(40), population, rng.random(40)), [0.01, 0.05]).p for _ in range(400)]
    assert np.mean(np.array(p) <= 0.05) <= 0.09
    with pytest.raises(InferenceError, match="at least 20"):
        rescale([1.0], [1.0, 2.0])


def test_change_point_on_the_very_day() -> None:
    rng = np.random.default_rng(13)
    hits = 0
    for _ in range(100):
        y = np.concatenate([rng.poisson(1.0, 37), rng.poisson(40.0, 15)])
        found = change_points(y)
        hits += found.points == (37,)
    assert hits >= 97


def test_change_points_are_optimal_by_brute_force() -> None:
    rng = np.random.default_rng(14)
    y = rng.poisson([2] * 5 + [9] * 4 + [1] * 4).astype(float)

    def cost(part: np.ndarray) -> float:
        s = part.sum()
        return float(-2 * (s * np.log(s / part.size) - s)) if s > 0 else 0.0

    best = min(
        sum(cost(y[a:b]) for a, b in zip((0, *cuts), (*cuts, y.size), strict=True)) + 5.0 * len(cuts)
        for n in range(4)
        for cuts in itertools.combinations(range(1, y.size), n)
    )
    found = change_points(y, penalty=5.0)
    edges = [*found.starts, y.size]
    mine = sum(cost(y[a:b]) for a, b in itertools.pairwise(edges)) + 5.0 * len(found.points)
    assert mine == pytest.approx(best)
    assert all(g > 5.0 for g in found.gains[1:])


def test_flat_series_and_shortest_segment() -> None:
    assert change_points([3] * 50).points == ()
    assert change_points([0] * 10).means == (0.0,)
    spike = [1] * 20 + [60] + [1] * 20
    assert change_points(spike).points == (20, 21)
    assert all(
        b - a >= 3
        for a, b in zip(change_points(spike, min_size=3).starts, change_points(spike, min_size=3).points, strict=False)
    )
    with pytest.raises(InferenceError, match="negative"):
        change_points([1, -1])
    rng = np.random.default_rng(1)
    assert dispersion_of(rng.poisson(20, 700)) == pytest.approx(1.0, abs=0.3)
    assert dispersion_of(rng.negative_binomial(2, 0.1, 700)) > 4


def test_power_of_a_search() -> None:
    assert detection_power(10, 0.2) == pytest.approx(1 - 0.8**10)
    assert smallest_detectable(lambda n: detection_power(n, 0.2)) == 8
    assert smallest_detectable(lambda n: 0.1, largest=100) is None
    assert absence_log10_lr(0.9) == pytest.approx(-1.0)
    assert absence_log10_lr(0.0) == 0.0
    assert poisson_critical(0.1, 0.01) == 2
    assert rare_window([0, 5], [1.0, 0.1])[1] < np.log(1e-6)
    with pytest.raises(InferenceError, match="power 1"):
        absence_log10_lr(1.0)
