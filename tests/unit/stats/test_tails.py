"""Tails against exact rational arithmetic, down to p = 1e-300 and below."""

from __future__ import annotations

import math
from decimal import Decimal, getcontext
from fractions import Fraction
from math import comb

import numpy as np
import pytest

from unfog.errors import InferenceError
from unfog.stats import (
    log_binomial_tail,
    log_hypergeometric_tail,
    log_poisson_binomial_tail,
    log_poisson_tail,
)


def _ln(x: Fraction) -> float:
    return math.log(x.numerator) - math.log(x.denominator)


@pytest.mark.parametrize(
    ("n", "k", "p"),
    [
        (10, 3, (1, 3)),
        (400, 300, (1, 10)),
        (2000, 400, (1, 50)),
        (50, 50, (1, 100)),
        (5000, 260, (1, 20)),
        (9, 1, (1, 9)),
    ],
)
def test_binomial_is_exact(n: int, k: int, p: tuple[int, int]) -> None:
    q = Fraction(*p)
    exact = sum((comb(n, j) * q**j * (1 - q) ** (n - j) for j in range(k, n + 1)), Fraction(0))
    assert log_binomial_tail(k, n, p[0] / p[1]) == pytest.approx(_ln(exact), rel=1e-12, abs=1e-10)


@pytest.mark.parametrize(
    ("population", "marked", "drawn", "k"),
    [(10, 3, 4, 2), (1000, 100, 80, 60), (5000, 400, 300, 200), (5000, 400, 300, 20), (100, 90, 90, 82), (20, 5, 5, 0)],
)
def test_hypergeometric_is_exact(population: int, marked: int, drawn: int, k: int) -> None:
    ways = sum(comb(marked, j) * comb(population - marked, drawn - j) for j in range(k, min(marked, drawn) + 1))
    exact = _ln(Fraction(ways, comb(population, drawn)))
    assert log_hypergeometric_tail(k, population, marked, drawn) == pytest.approx(exact, rel=1e-12, abs=1e-10)


@pytest.mark.parametrize(("k", "mean"), [(200, (1, 10)), (500, (5, 1)), (3, (2, 1)), (1000, (100, 1)), (150, (100, 1))])
def test_poisson_is_exact_where_p_underflows(k: int, mean: tuple[int, int]) -> None:
    getcontext().prec = 60
    mu = Decimal(mean[0]) / Decimal(mean[1])
    term, total = Decimal(1), Decimal(1)
    for j in range(1, 3000):
        term *= mu / (k + j)
        total += term
    exact = float((mu**k * (-mu).exp() / Decimal(math.factorial(k)) * total).ln())
    assert log_poisson_tail(k, mean[0] / mean[1]) == pytest.approx(exact, rel=1e-12, abs=1e-10)


def test_poisson_binomial_is_exact_at_every_depth() -> None:
    probs = [Fraction(i % 7 + 1, 100) for i in range(40)]
    mass = [Fraction(1)]
    for p in probs:
        mass = [
            (mass[i] * (1 - p) if i < len(mass) else Fraction(0)) + (mass[i - 1] * p if i else Fraction(0))
            for i in range(len(mass) + 1)
        ]
    for k in (0, 1, 2, 3, 5, 10, 20, 39, 40):
        exact = sum(mass[k:], Fraction(0))
        assert log_poisson_binomial_tail([float(p) for p in probs], k) == pytest.approx(
            _ln(exact), rel=1e-12, abs=1e-10
        )
    assert log_poisson_binomial_tail([0.5] * 3, 4) == -math.inf
    assert log_poisson_binomial_tail([1.0, 1.0, 0.0], 2) == 0.0


def test_no_floor_and_no_gap_between_the_two_ways_of_counting() -> None:
    k = np.arange(1, 400)
    ln = log_poisson_tail(k, 1.5)
    assert ln[-1] < np.log(1e-300)
    steps = np.diff(ln)
    assert (steps < 0).all()
    assert (np.diff(steps) < 1e-9).all()  # the log-tail is concave, also where the formula changes


def test_edges() -> None:
    assert log_poisson_tail(0, 0.0) == 0.0
    assert log_poisson_tail(1, 0.0) == -math.inf
    assert log_binomial_tail(0, 5, 0.0) == 0.0
    assert log_binomial_tail(6, 5, 0.5) == -math.inf
    assert log_binomial_tail(5, 5, 1.0) == 0.0
    assert log_hypergeometric_tail(4, 10, 3, 4) == -math.inf
    with pytest.raises(InferenceError, match="negative"):
        log_poisson_tail(1, -0.1)
    with pytest.raises(InferenceError, match="exceed"):
        log_hypergeometric_tail(1, 5, 6, 2)


def test_vectorised_as_one_by_one() -> None:
    k, mu = np.array([1, 5, 300]), np.array([0.5, 9.0, 2.0])
    assert log_poisson_tail(k, mu).tolist() == [log_poisson_tail(int(a), float(b)) for a, b in zip(k, mu, strict=True)]
