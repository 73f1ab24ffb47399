"""How good likelihood ratios are: Cllr and its parts, devPAV, ECE, Tippett, reliability, misleading evidence.

All take log10 LRs of shape (n,) with their truth (True = same). 0 is perfect, 1 is as good as no evidence, above 1 is
worse than none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from unfog.errors import InferenceError
from unfog.stats.arrays import LN10, Floats, floats, probabilities, two_classes
from unfog.stats.calibrate import Pav, fit_pav
from unfog.stats.intervals import wilson

_LN2 = float(np.log(2.0))


def _bits(x: Floats) -> Floats:
    """log2(1 + 10^x) without overflow."""
    return np.asarray(np.logaddexp(0.0, x * LN10) / _LN2)


def cllr(log10_lr: ArrayLike, same: ArrayLike) -> float:
    """Log-likelihood-ratio cost: half of mean log2(1 + 1/LR) over "same" plus half of mean log2(1 + LR) over the rest.

    Infinite when an LR of 0 or infinity points the wrong way.

    References:
        Brummer & du Preez 2006, doi:10.1016/j.csl.2005.08.001.

    >>> cllr([0.0, 0.0], [True, False])
    1.0
    """
    x, y = two_classes(log10_lr, same, "likelihood ratios")
    return float(0.5 * (_bits(-x[y]).mean() + _bits(x[~y]).mean()))


def cllr_min(log10_lr: ArrayLike, same: ArrayLike) -> float:
    """Cllr after the best possible (PAV) recalibration: what is lost by poor *discrimination*.

    >>> cllr_min([-1, 1], [False, True])
    0.0
    """
    x, y = two_classes(log10_lr, same, "likelihood ratios")
    return cllr(fit_pav(x, y).log10_lr(x), y)


def cllr_cal(log10_lr: ArrayLike, same: ArrayLike) -> float:
    """Cllr - Cllr_min: what is lost by poor *calibration*."""
    return cllr(log10_lr, same) - cllr_min(log10_lr, same)


def devpav(log10_lr: ArrayLike, same: ArrayLike) -> float:
    """Mean absolute distance between the PAV line and the identity, in log10, over the range where PAV is finite.

    NaN if the classes do not overlap at all (nothing can be said); infinite if an LR of 0 or infinity is contradicted.

    References:
        Vergeer, Alberink, Sjerps & Ypma 2021, doi:10.1016/j.forsciint.2021.110722.
    """
    x, y = two_classes(log10_lr, same, "likelihood ratios")
    if np.isposinf(x[~y]).any() or np.isneginf(x[y]).any():
        return float("inf")
    pav = fit_pav(x, y)
    at = np.unique(x[np.isfinite(x)])
    line = pav.log10_lr(at)
    keep = np.isfinite(line)
    at, line = at[keep], line[keep]
    if at.size == 0:
        return float("nan")
    gap = line - at
    if at.size == 1:
        return float(abs(gap[0]))
    a, b, width = gap[:-1], gap[1:], np.diff(at)
    cross = a * b < 0
    with np.errstate(divide="ignore", invalid="ignore"):
        crossed = (a * a + b * b) / (2.0 * (np.abs(a) + np.abs(b)))
    area = np.where(cross, crossed, (np.abs(a) + np.abs(b)) / 2.0) * width
    return float(area.sum() / (at[-1] - at[0]))


@dataclass(frozen=True, slots=True)
class EceCurve:
    """Empirical cross-entropy over priors, in bits.

    Attributes:
        log10_prior_odds: Prior odds, shape (k,).
        system: Entropy left with these LRs.
        perfect: Entropy left after PAV (best calibration).
        neutral: Entropy of the prior alone (LR 1).
    """

    log10_prior_odds: Floats
    system: Floats
    perfect: Floats
    neutral: Floats


def ece_curve(log10_lr: ArrayLike, same: ArrayLike, log10_prior_odds: ArrayLike | None = None) -> EceCurve:
    """Empirical cross-entropy curve; at prior odds 1 it equals Cllr (and Cllr_min).

    References:
        Ramos, Gonzalez-Rodriguez, Zadora & Aitken 2013, doi:10.1111/1556-4029.12233.
    """
    x, y = two_classes(log10_lr, same, "likelihood ratios")
    odds = np.linspace(-3, 3, 121) if log10_prior_odds is None else np.atleast_1d(floats(log10_prior_odds))
    best = fit_pav(x, y).log10_lr(x)
    prior = special.expit(odds * LN10)

    def entropy(v: Floats) -> Floats:
        one = _bits(-(v[y][None, :] + odds[:, None])).mean(axis=1)
        two = _bits(v[~y][None, :] + odds[:, None]).mean(axis=1)
        return np.asarray(prior * one + (1 - prior) * two)

    return EceCurve(odds, entropy(x), entropy(best), entropy(np.zeros_like(x)))


@dataclass(frozen=True, slots=True)
class Tippett:
    """Share of LRs above each value, for either class."""

    log10_lr: Floats
    same: Floats
    different: Floats


def tippett(log10_lr: ArrayLike, same: ArrayLike) -> Tippett:
    """Tippett plot data: P(LR >= x | same) and P(LR >= x | different) at every observed value."""
    x, y = two_classes(log10_lr, same, "likelihood ratios")
    at = np.unique(x)
    a, b = np.sort(x[y]), np.sort(x[~y])
    return Tippett(
        at, 1.0 - np.searchsorted(a, at, side="left") / a.size, 1.0 - np.searchsorted(b, at, side="left") / b.size
    )


@dataclass(frozen=True, slots=True)
class Misleading:
    """Rates of misleading evidence with the counts behind them."""

    rate_different: float
    rate_same: float
    n_different: int
    n_same: int
    hits_different: int
    hits_same: int


def misleading(log10_lr: ArrayLike, same: ArrayLike, beyond: float = 0.0) -> Misleading:
    """Share of "different" with log10 LR > ``beyond``, and of "same" with log10 LR < -``beyond``."""
    x, y = two_classes(log10_lr, same, "likelihood ratios")
    bad_d, bad_s = int((x[~y] > beyond).sum()), int((x[y] < -beyond).sum())
    n_d, n_s = int((~y).sum()), int(y.sum())
    return Misleading(bad_d / n_d, bad_s / n_s, n_d, n_s, bad_d, bad_s)


@dataclass(frozen=True, slots=True)
class Reliability:
    """Reliability diagram: of statements made with about this probability, how many were true?

    Attributes:
        said: Mean probability stated in each bin, shape (k,).
        true: Share that came true.
        low: Lower end of the 90 % Wilson interval of that share.
        high: Upper end.
        n: Statements in each bin.
        brier: Mean squared error over all statements.
    """

    said: Floats
    true: Floats
    low: Floats
    high: Floats
    n: Floats
    brier: float


def reliability(said: ArrayLike, came_true: ArrayLike, edges: ArrayLike | None = None) -> Reliability:
    """Reliability diagram data of stated probabilities.

    Args:
        said: Probabilities of shape (n,).
        came_true: Outcomes of shape (n,).
        edges: Bin edges from 0 to 1; default ten equal bins. Empty bins are left out.
    """
    p = np.atleast_1d(probabilities(said, "stated probabilities"))
    t = np.atleast_1d(np.asarray(came_true, dtype=bool))
    if p.shape != t.shape or p.size == 0:
        raise InferenceError(f"as many outcomes as probabilities are needed, got {t.shape} for {p.shape}")
    cuts = np.linspace(0, 1, 11) if edges is None else np.asarray(edges, dtype=np.float64)
    place = np.clip(np.searchsorted(cuts, p, side="right") - 1, 0, cuts.size - 2)
    n = np.bincount(place, minlength=cuts.size - 1).astype(np.float64)
    keep = n > 0
    hits = np.bincount(place, weights=t, minlength=cuts.size - 1)[keep]
    mean = np.bincount(place, weights=p, minlength=cuts.size - 1)[keep] / n[keep]
    low, high = wilson(hits, n[keep])
    return Reliability(mean, hits / n[keep], floats(low), floats(high), n[keep], float(((p - t) ** 2).mean()))


@dataclass(frozen=True, slots=True)
class Validity:
    """The figures of a set of LRs on one sheet."""

    cllr: float
    cllr_min: float
    cllr_cal: float
    devpav: float
    misleading_1: Misleading
    misleading_10: Misleading
    pav: Pav


def validity(log10_lr: ArrayLike, same: ArrayLike) -> Validity:
    """All figures at once."""
    x, y = two_classes(log10_lr, same, "likelihood ratios")
    pav = fit_pav(x, y)
    total, least = cllr(x, y), cllr(pav.log10_lr(x), y)
    return Validity(total, least, total - least, devpav(x, y), misleading(x, y), misleading(x, y, 1.0), pav)
