"""Calibrators and their figures: by hand, and as `lir` 1.3.1 (Netherlands Forensic Institute) gave them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import special

from unfog.errors import InferenceError
from unfog.stats import (
    Bounds,
    bounded,
    cllr,
    cllr_cal,
    cllr_min,
    devpav,
    ece_curve,
    elub,
    fit_kde,
    fit_logistic,
    fit_pav,
    misleading,
    n_plus_one,
    p_value_bound,
    reliability,
    tippett,
    validity,
)


def _normal_scores(n_same: int, n_different: int, distance: float, scale: float) -> tuple[np.ndarray, np.ndarray]:
    """Quantiles of two normals: no random numbers, so that any program can be given the same scores."""
    a = special.ndtri((np.arange(n_same) + 0.5) / n_same) + distance / 2
    b = special.ndtri((np.arange(n_different) + 0.5) / n_different) - distance / 2
    return np.round(np.concatenate([a, b]) * scale, 2), np.r_[np.ones(n_same, bool), np.zeros(n_different, bool)]


def test_cllr_by_hand() -> None:
    value = 0.5 * (math.log2(1 + 1 / 10) + math.log2(1 + 0.1))
    assert cllr([1.0, -1.0], [True, False]) == pytest.approx(value)
    assert cllr([0.0] * 4, [True, True, False, False]) == 1.0
    assert cllr([-math.inf, 1.0], [True, False]) == math.inf
    assert cllr([400.0, -400.0], [True, False]) == pytest.approx(0.0)


def test_pav_by_hand_is_class_balanced() -> None:
    # blocks: {1}: only different; {2,3}: one of each; {4,5}: two same
    pav = fit_pav([1, 2, 3, 4, 5], [False, True, False, True, True])
    assert pav.values.tolist() == [-math.inf, pytest.approx(math.log10((1 / 3) / (1 / 2))), math.inf]
    # the answer does not move when one class is collected three times over
    x, y = [1, 2, 3, 4, 5, 2, 4, 5, 2, 4, 5], [False, True, False, True, True, True, True, True, True, True, True]
    assert fit_pav(x, y).values.tolist() == pytest.approx(pav.values.tolist())


def test_pav_between_and_outside_its_blocks() -> None:
    pav = fit_pav([0, 1, 10, 11, 20, 21], [False, True, False, True, False, True])
    assert pav.log10_lr([-5.0, 0.0])[0] == pav.log10_lr([0.0])[0]
    line = pav.log10_lr(np.linspace(-1, 22, 200))
    assert (line[1:] >= line[:-1] - 1e-12).all()


LIR = [
    # (n_same, n_different, distance, scale), then Cllr, Cllr_min, devPAV, ELUB low and high by lir 1.3.1
    ((30, 50, 1.0, 1.0), (0.96631, 0.79043, 0.49754, -0.37, 0.42)),
    ((200, 300, 2.0, 0.5), (0.56233, 0.50193, 0.33765, -1.20, 1.26)),
    ((40, 40, 0.3, 2.0), (2.35635, 0.95960, 1.95017, -0.08, 0.08)),
    ((500, 60, 3.0, 1.2), (0.23695, 0.21020, 0.09028, -2.24, 1.55)),
]


@pytest.mark.parametrize(("make", "expected"), LIR)
def test_figures_are_those_of_lir(
    make: tuple[int, int, float, float], expected: tuple[float, float, float, float, float]
) -> None:
    x, y = _normal_scores(*make)
    assert cllr(x, y) == pytest.approx(expected[0], abs=1e-5)
    assert cllr_min(x, y) == pytest.approx(expected[1], abs=1e-5)
    assert devpav(x, y) == pytest.approx(expected[2], abs=1e-5)
    bounds = elub(x, y)
    assert (bounds.low, bounds.high) == pytest.approx(expected[3:], abs=0.0101)  # lir's own step is 0.01


def test_parts_add_up_and_a_perfect_system_is_zero() -> None:
    x, y = _normal_scores(50, 70, 1.5, 1.0)
    assert cllr_min(x, y) + cllr_cal(x, y) == pytest.approx(cllr(x, y))
    assert 0 < cllr_min(x, y) <= cllr(x, y)
    assert cllr_min([-1.0, 1.0], [False, True]) == 0.0
    sheet = validity(x, y)
    assert (sheet.cllr, sheet.devpav) == (cllr(x, y), devpav(x, y))


def test_devpav_by_hand() -> None:
    # PAV of every block is 0 (one of each class), so the distance from the identity is |x|: mean over [-1, 1] is 1/2
    assert devpav([-1.0, -1.0, 1.0, 1.0], [True, False, True, False]) == pytest.approx(0.5)
    assert math.isnan(devpav([-1.0, 1.0], [False, True]))
    assert devpav([math.inf, 0.0, 0.0], [False, True, False]) == math.inf


def test_logistic_recovers_the_true_line() -> None:
    # two unit normals a distance d apart: ln LR = d x
    x, y = _normal_scores(4000, 2000, 2.0, 1.0)
    fit = fit_logistic(x, y, ridge=0.0)
    assert fit.slope == pytest.approx(2.0 / math.log(10), rel=0.02)
    assert fit.intercept == pytest.approx(0.0, abs=0.02)
    assert math.isfinite(fit_logistic([0, 1, 2, 3], [False, False, True, True]).slope)  # no overlap, still finite
    with pytest.raises(InferenceError, match="all scores are equal"):
        fit_logistic([1.0, 1.0], [True, False])


def test_kde_is_near_the_truth_in_the_middle() -> None:
    x, y = _normal_scores(2000, 2000, 2.0, 1.0)
    lr = fit_kde(x, y).log10_lr([-0.5, 0.0, 0.5])
    assert lr == pytest.approx(np.array([-1.0, 0.0, 1.0]) / math.log(10), abs=0.05)


def test_bounds_bite_and_say_so() -> None:
    tight = n_plus_one(9, 99)
    assert (tight.low, tight.high) == (-1.0, 2.0)
    x, y = _normal_scores(40, 40, 3.0, 1.0)
    wrapped = bounded(fit_pav(x, y), elub(x, y), Bounds(-0.5, 9.0, "declared"))
    lr = wrapped.log10_lr(x)
    assert np.isfinite(lr).all()
    assert lr.min() == -0.5
    assert "ELUB on 40 same, 40 different" in wrapped.name
    assert tight.bites([3.0, 0.0]).tolist() == [True, False]


def test_elub_shrinks_for_a_system_that_is_worse_than_nothing() -> None:
    bounds = elub([-2.0] * 10 + [2.0] * 10, [True] * 10 + [False] * 10)
    assert (bounds.low, bounds.high) == (0.0, 0.0)


def test_ece_meets_cllr_at_even_odds() -> None:
    x, y = _normal_scores(60, 40, 1.5, 0.7)
    curve = ece_curve(x, y, [-1.0, 0.0, 1.0])
    assert curve.system[1] == pytest.approx(cllr(x, y))
    assert curve.perfect[1] == pytest.approx(cllr_min(x, y))
    assert curve.neutral[1] == pytest.approx(1.0)
    assert (curve.perfect <= curve.neutral + 1e-12).all()


def test_tippett_and_misleading_by_hand() -> None:
    t = tippett([1.0, 2.0, -1.0, 0.5], [True, True, False, False])
    assert t.log10_lr.tolist() == [-1.0, 0.5, 1.0, 2.0]
    assert t.same.tolist() == [1.0, 1.0, 1.0, 0.5]
    assert t.different.tolist() == [1.0, 0.5, 0.0, 0.0]
    m = misleading([1.0, -2.0, -1.0, 0.5], [True, True, False, False])
    assert (m.rate_different, m.rate_same, m.hits_different) == (0.5, 0.5, 1)
    assert misleading([1.0, -2.0, -1.0, 0.5], [True, True, False, False], beyond=1.0).rate_different == 0.0


def test_reliability_by_hand() -> None:
    r = reliability([0.95, 0.96, 0.05, 1.0], [True, False, False, True])
    assert r.n.tolist() == [1.0, 3.0]
    assert r.true.tolist() == pytest.approx([0.0, 2 / 3])
    assert r.brier == pytest.approx((0.05**2 + 0.96**2 + 0.05**2) / 4)


def test_p_value_bound_by_hand() -> None:
    assert 10 ** p_value_bound(0.01) == pytest.approx(1 / (-math.e * 0.01 * math.log(0.01)))
    assert p_value_bound(0.9) == 0.0
    assert p_value_bound(1 / math.e) == pytest.approx(0.0)
    assert p_value_bound(0.0, log10_p=-1000.0) == pytest.approx(1000 - math.log10(math.e * 1000 * math.log(10)))
    with pytest.raises(InferenceError, match="does not exist"):
        p_value_bound(0.0)


def test_one_class_is_not_calibratable() -> None:
    for f in (cllr, fit_pav, fit_logistic, fit_kde, elub, devpav):
        with pytest.raises(InferenceError, match="not calibratable with these data"):
            f([1.0, 2.0], [True, True])
