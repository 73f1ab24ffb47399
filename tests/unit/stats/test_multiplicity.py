"""False-discovery rates, joined p-values and randomised p against values made by hand and against their own promise."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import special

from unfog.errors import InferenceError
from unfog.stats import (
    bh,
    brown,
    cauchy,
    effective_tests,
    fisher,
    log_bh,
    log_binomial_tail,
    mid_p,
    min_p,
    randomised_p,
    simes,
    uniforms,
)


def test_bh_by_hand() -> None:
    assert bh([0.04, 0.01, 0.03, 0.5]).tolist() == pytest.approx([0.04 * 4 / 3, 0.04, 0.04 * 4 / 3, 0.5])


def test_bh_with_unseen_tests_equals_bh_with_ones() -> None:
    seen = [0.0001, 0.01, 0.2]
    assert bh(seen, m=1000).tolist() == pytest.approx(bh([*seen, *[1.0] * 997])[:3].tolist())
    with pytest.raises(InferenceError, match="3 p-values were given for 2"):
        bh(seen, m=2)
    assert bh([], m=5).size == 0


def test_log_bh_goes_where_bh_underflows() -> None:
    p = np.array([1e-12, 0.3, 1e-5])
    assert np.exp(log_bh(np.log(p), m=10**6)) == pytest.approx(bh(p, m=10**6))
    assert log_bh([-2000.0], m=10**8)[0] == pytest.approx(-2000 + np.log(1e8))


def test_fisher_by_hand() -> None:
    x = -2 * (np.log(0.1) + np.log(0.2))
    assert fisher([0.1, 0.2]) == pytest.approx(np.exp(-x / 2) * (1 + x / 2))


def test_brown_is_fisher_without_correlation_and_weaker_with() -> None:
    p = [0.01, 0.02, 0.03]
    assert brown(p, 0.0) == pytest.approx(fisher(p))
    assert fisher(p) < brown(p, 0.3) < brown(p, 0.9)
    assert brown([0.01, 0.01], 1.0 - 1e-12) == pytest.approx(0.01, rel=0.02)  # a copy adds nothing


def test_simes_and_min_p_by_hand() -> None:
    assert simes([0.01, 0.02, 0.9]) == pytest.approx(0.03)
    assert min_p([0.01, 0.5, 0.7]) == pytest.approx(1 - 0.99**3)
    assert min_p([0.01, 0.5], effective=1.0) == pytest.approx(0.01)
    assert effective_tests(np.eye(4)) == 4.0


@pytest.mark.parametrize("rho", [0.0, 0.5, 0.9])
def test_joined_p_holds_its_level_under_dependence(rho: float) -> None:
    rng = np.random.default_rng(11)
    z = np.sqrt(rho) * rng.normal(size=(20_000, 1)) + np.sqrt(1 - rho) * rng.normal(size=(20_000, 4))
    p = special.ndtr(-z)
    for joined in (brown(p, rho), simes(p), min_p(p), cauchy(p)):
        assert (joined <= 0.05).mean() < 0.05 + 4 * np.sqrt(0.05 * 0.95 / 20_000) + 0.004


def test_randomised_p_is_uniform_where_the_plain_one_is_not() -> None:
    rng = np.random.default_rng(5)
    x = rng.binomial(6, 0.3, 40_000)
    at_least, above = np.exp(log_binomial_tail(x, 6, 0.3)), np.exp(log_binomial_tail(x + 1, 6, 0.3))
    p = randomised_p(at_least, above, rng.random(x.size))
    for level in (0.01, 0.05, 0.2, 0.5, 0.9):
        assert (p <= level).mean() == pytest.approx(level, abs=0.01)
    assert (at_least <= 0.05).mean() < 0.04
    assert mid_p(0.3, 0.1) == pytest.approx(0.2)


def test_uniforms_are_the_same_everywhere() -> None:
    u = uniforms(["reddit:a|hours", "reddit:b|hours", "ünïcode", "\ud800"])
    assert u[0] == 0.40575843886032914
    assert ((u > 0) & (u < 1)).all()
    assert u.tolist() == uniforms(["reddit:a|hours", "reddit:b|hours", "ünïcode", "\ud800"]).tolist()
    many = uniforms(str(i) for i in range(20_000))
    assert abs(many.mean() - 0.5) < 0.01
