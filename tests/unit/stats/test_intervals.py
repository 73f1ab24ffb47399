"""Intervals: values by hand, coverage by exact enumeration, refusal of nonsense."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import special

from unfog.errors import InferenceError
from unfog.stats import (
    clopper_pearson,
    cluster_bootstrap,
    jeffreys,
    log10_odds,
    lr_needed,
    poisson_interval,
    posterior,
    probability,
    rogan_gladen,
    rule_of_three,
    wilson,
)


def test_by_hand() -> None:
    assert clopper_pearson(0, 10)[1] == pytest.approx(1 - 0.05 ** (1 / 10))
    assert clopper_pearson(10, 10)[0] == pytest.approx(0.05 ** (1 / 10))
    assert rule_of_three(1000) == pytest.approx(3 / 1000, rel=0.01)
    assert jeffreys(0, 5)[0] == 0.0
    assert wilson(5, 10) == pytest.approx((0.26927, 0.73073), abs=1e-5)
    assert poisson_interval(0) == pytest.approx((0.0, -np.log(0.05)))


@pytest.mark.parametrize("share", [0.02, 0.1, 0.5, 0.9])
def test_coverage_by_enumeration(share: float) -> None:
    n = 60
    x = np.arange(n + 1)
    mass = np.exp(
        special.gammaln(n + 1) - special.gammaln(x + 1) - special.gammaln(n - x + 1)
        + x * np.log(share) + (n - x) * np.log(1 - share)
    )  # fmt: skip
    for interval, least in ((clopper_pearson, 0.90), (wilson, 0.86), (jeffreys, 0.85)):
        low, high = interval(x, n)
        assert mass[(low <= share) & (share <= high)].sum() >= least


def test_rogan_gladen_includes_zero_when_false_positives_explain_all() -> None:
    found = rogan_gladen(30, 1000, (90, 100), (970, 1000))
    assert (found.value, found.low) == (0.0, 0.0)
    sure = rogan_gladen(300, 1000, (90, 100), (970, 1000))
    assert sure.value == pytest.approx((0.3 + 0.97 - 1) / (0.9 + 0.97 - 1))
    assert sure.low < sure.value < sure.high
    perfect = rogan_gladen(200, 1000, (100_000, 100_000), (100_000, 100_000))
    assert (perfect.low, perfect.high) == pytest.approx(jeffreys(200, 1000), abs=0.002)


def test_rogan_gladen_refuses_a_classifier_that_tells_nothing() -> None:
    with pytest.raises(InferenceError, match="tells nothing"):
        rogan_gladen(10, 100, (50, 100), (50, 100))


def test_cluster_bootstrap_is_wider_than_rows_and_repeats_itself() -> None:
    rng = np.random.default_rng(1)
    cluster = np.repeat(np.arange(20), 50)
    value = rng.normal(size=20)[cluster] + 0.1 * rng.normal(size=1000)
    by_cluster = cluster_bootstrap(cluster, lambda i: float(value[i].mean()), draws=400, seed=4)
    by_row = cluster_bootstrap(np.arange(1000), lambda i: float(value[i].mean()), draws=400, seed=4)
    assert by_cluster.high - by_cluster.low > 3 * (by_row.high - by_row.low)
    assert by_cluster == cluster_bootstrap(cluster, lambda i: float(value[i].mean()), draws=400, seed=4)
    with pytest.raises(InferenceError, match="at least two"):
        cluster_bootstrap([1, 1], lambda i: 0.0)


def test_odds() -> None:
    assert probability(log10_odds(0.3)) == pytest.approx(0.3)
    assert probability(400.0) == 1.0
    assert [round(10 ** lr_needed(p)) for p in (0.5, 0.1, 0.05, 0.01)] == [19, 171, 361, 1881]
    assert posterior(0.5, 1.0) == pytest.approx(10 / 11)
    with pytest.raises(InferenceError, match="between 0 and 1"):
        log10_odds(1.2)


def test_impossible_counts_are_refused() -> None:
    for f in (wilson, jeffreys, clopper_pearson):
        with pytest.raises(InferenceError, match="n > 0"):
            f(1, 0)
        with pytest.raises(InferenceError):
            f(3, 2)
