"""P(p <= a) <= a: random sets of ordinary people are called no more often than promised, for every exact test."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from unfog.accounts.compare import Columns, Population, rank_among, rank_strongest, strongest_draw
from unfog.evaluate.accounts_validity import EXACT, organic_columns, random_set_p

SETS = 160


@pytest.fixture(scope="module")
def organic() -> Columns:
    return organic_columns(8_000)


@pytest.mark.parametrize("kind", EXACT)
def test_random_sets_are_called_no_more_often_than_promised(organic: Columns, kind: str) -> None:
    p = random_set_p(kind, organic, SETS, seed=1)
    for a in (0.01, 0.05, 0.2):
        assert (p <= a).mean() <= a + 2.6 * np.sqrt(a * (1 - a) / SETS), a


def test_randomised_p_is_uniform_and_not_only_valid(organic: Columns) -> None:
    p = random_set_p("single-use", organic, 600)
    assert p.mean() == pytest.approx(0.5, abs=0.035)
    assert (p <= 0.2).mean() == pytest.approx(0.2, abs=0.045)


def test_the_strongest_of_several_draws_by_hand() -> None:
    draw, name = strongest_draw([("a", 1, 5), ("b", 4, 1), ("c", 0, 0)], 5, 10, "k")
    assert (name, draw.hits, draw.hits_out, draw.tries) == ("b", 4, 1, 3)
    tail = (5 * 10 + 1) / 3003  # 4 or 5 of the 5 marked among 5 drawn of 15
    assert 10**draw.log10_p == pytest.approx(3 * tail)
    assert draw.p <= 3 * tail


def test_cohorts_may_choose_their_strongest_trait_too() -> None:
    """Sets like the cohorts rank evenly although each is judged by the trait that suits it best."""
    rng, p = np.random.default_rng(6), []
    spec = SimpleNamespace(spec=SimpleNamespace(id="s"))
    for _ in range(300):
        traits = rng.integers(0, 9, 20 * 21)[:, None] == np.arange(9)
        cohorts = np.repeat([f"c{i:02d}" for i in range(20)], 20).astype(object)
        population = Population(spec, {}, {}, "", cohorts, "")  # type: ignore[arg-type]
        rank = rank_strongest(traits[400:], traits[:400], np.ones(400, bool), population, 10)
        assert rank is not None
        p.append(rank.p)
    for a in (0.05, 0.1, 0.3):
        assert (np.array(p) <= a).mean() <= a + 0.04


def test_cohort_rank_is_valid_among_exchangeable_sets_and_never_above_its_cap() -> None:
    rng = np.random.default_rng(4)
    ranks = [rank_among(v[0], v[1:]) for v in rng.random((2000, 20))]
    p = np.array([r.p for r in ranks if r is not None])
    for a in (0.05, 0.2, 0.5):
        assert (p <= a).mean() <= a + 0.03
    alone = rank_among(2.0, rng.random(20))
    assert alone is not None
    assert alone.p == pytest.approx(1 / 21)
    assert 0 < alone.log10_lr <= np.log10(21)
    assert rank_among(0.5, rng.random(2)) is None
