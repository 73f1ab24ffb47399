"""What must hold for any numbers: monotone tails, valid intervals, rising calibrators, order that does not matter."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from unfog.stats import (
    bh,
    change_points,
    cllr,
    cllr_min,
    clopper_pearson,
    elub,
    first_of_day,
    fit_pav,
    log_binomial_tail,
    log_hypergeometric_tail,
    log_poisson_tail,
    shift_table,
    simes,
    wilson,
)

P = st.floats(0.0, 1.0, allow_nan=False)
SCORES = st.lists(
    st.tuples(st.integers(-5000, 5000).map(lambda i: i / 1000), st.booleans()), min_size=2, max_size=60
).filter(lambda rows: len({truth for _, truth in rows}) == 2)


@given(st.integers(0, 2000), st.floats(0, 1000, allow_nan=False))
def test_poisson_tail_falls_with_k_and_rises_with_the_mean(k: int, mean: float) -> None:
    a = log_poisson_tail(k, mean)
    assert a <= 1e-12
    assert log_poisson_tail(k + 1, mean) <= a + 1e-12
    assert log_poisson_tail(k, mean + 1.0) >= a - 1e-9


@given(st.integers(0, 60), st.integers(1, 60), P)
def test_binomial_tails_are_probabilities(k: int, n: int, p: float) -> None:
    ln = log_binomial_tail(k, n, p)
    assert ln <= 1e-12
    assert log_binomial_tail(k + 1, n, p) <= ln + 1e-12


@given(st.integers(1, 80), st.data())
def test_hypergeometric_is_symmetric(population: int, data: st.DataObject) -> None:
    a, b = data.draw(st.integers(0, population)), data.draw(st.integers(0, population))
    k = data.draw(st.integers(0, population))
    one, two = log_hypergeometric_tail(k, population, a, b), log_hypergeometric_tail(k, population, b, a)
    assert (one == two == -np.inf) or abs(one - two) < 1e-9


@given(st.lists(P, min_size=1, max_size=50), st.integers(0, 1000))
def test_bh_is_ordered_and_more_tests_never_help(p: list[float], more: int) -> None:
    q, wide = bh(p), bh(p, m=len(p) + more)
    assert (q >= np.array(p) - 1e-12).all()
    assert (wide >= q - 1e-12).all()
    order = np.argsort(p, kind="stable")
    assert (np.diff(q[order]) >= -1e-12).all()


@given(st.lists(P, min_size=1, max_size=20), st.randoms(use_true_random=False))
def test_order_of_tests_does_not_matter(p: list[float], random: object) -> None:
    shuffled = list(p)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert simes(p) == simes(shuffled)
    assert simes(p) >= min(p) - 1e-15


@given(st.integers(1, 500), st.data())
def test_intervals_hold_their_value(n: int, data: st.DataObject) -> None:
    x = data.draw(st.integers(0, n))
    for interval in (wilson, clopper_pearson):
        low, high = interval(x, n)
        assert 0 <= low <= x / n + 1e-12
        assert x / n - 1e-12 <= high <= 1


@given(SCORES)
def test_pav_rises_and_recalibrating_never_costs(rows: list[tuple[float, bool]]) -> None:
    x, y = np.array([r[0] for r in rows]), np.array([r[1] for r in rows])
    line = fit_pav(x, y).log10_lr(np.sort(x))
    assert (line[1:] >= line[:-1]).all()
    assert cllr_min(x, y) <= min(cllr(x, y), 1.0) + 1e-9
    assert abs(cllr_min(x, y) - cllr_min(2 * x + 1, y)) < 1e-9  # only the order counts


@given(SCORES)
def test_bounds_hold_lr_one(rows: list[tuple[float, bool]]) -> None:
    x, y = np.array([r[0] for r in rows]), np.array([r[1] for r in rows])
    b = elub(x, y)
    assert b.low <= 0.0 <= b.high
    assert b.high <= np.log10((~y).sum() + 1) + 0.02
    assert b.low >= -np.log10(y.sum() + 1) - 0.02


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=40), st.randoms(use_true_random=False))
def test_order_of_posts_does_not_matter(seconds: list[int], random: object) -> None:
    t = np.array(seconds, dtype=np.int64) * 1_000_000
    account = np.array([s % 5 for s in seconds])
    index = list(range(len(seconds)))
    random.shuffle(index)  # type: ignore[attr-defined]
    a, b = first_of_day(t, account), first_of_day(t[index], account[index])
    assert sorted(t[a].tolist()) == sorted(t[index][b].tolist())
    assert np.allclose(shift_table(t[a]).log10_ml, shift_table(t[index][b]).log10_ml)


@given(st.lists(st.integers(0, 50), min_size=1, max_size=60), st.integers(1, 4))
def test_segments_cover_the_series(counts: list[int], size: int) -> None:
    found = change_points(counts, min_size=size)
    edges = [*found.starts, len(counts)]
    assert edges[0] == 0
    lengths = np.diff(edges)
    assert lengths.sum() == len(counts)
    assert len(counts) < size or (lengths >= size).all()
