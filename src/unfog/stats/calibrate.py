"""From scores to likelihood ratios: pool-adjacent-violators, logistic, kernel density, and the bounds that data allow.

Every calibrator is *class-balanced*: it estimates P(score | same) / P(score | different), whatever share of either
class was collected. Each is a frozen object with ``log10_lr(scores)``; :func:`bounded` wraps one in named bounds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from unfog.errors import InferenceError
from unfog.stats.arrays import LN10, Bools, Floats, floats, two_classes, vector


class Calibrator(Protocol):
    """Anything that turns scores into log10 likelihood ratios."""

    @property
    def name(self) -> str:
        """Name for findings, with what it was fitted on."""
        ...

    def log10_lr(self, scores: ArrayLike) -> Floats:
        """log10 likelihood ratios of scores, shape (n,)."""
        ...


@dataclass(frozen=True, slots=True)
class Bounds:
    """Largest log10 LR that the data behind a calibrator allow, either way.

    Attributes:
        low: Lower bound, <= 0.
        high: Upper bound, >= 0.
        rule: Which rule gave it, with its counts; printed where it bites.
    """

    low: float
    high: float
    rule: str

    def clip(self, log10_lr: ArrayLike) -> Floats:
        """The values forced within the bounds."""
        return np.clip(floats(log10_lr), self.low, self.high)

    def bites(self, log10_lr: ArrayLike) -> Bools:
        """Where a value was outside the bounds."""
        v = floats(log10_lr)
        return np.asarray((v < self.low) | (v > self.high))


@dataclass(frozen=True, slots=True)
class Pav:
    """Isotonic (pool-adjacent-violators) calibrator: a rising staircase, linear in log LR between its steps.

    Attributes:
        left: Smallest score of each block, rising.
        right: Largest score of each block.
        values: log10 LR of each block; the outer blocks may be infinite, so wrap it in bounds before use.
        n_same: Scores of the first class.
        n_different: Scores of the second class.
    """

    left: Floats
    right: Floats
    values: Floats
    n_same: int
    n_different: int

    @property
    def name(self) -> str:
        """Name with its counts."""
        return f"PAV on {self.n_same} same, {self.n_different} different"

    def log10_lr(self, scores: ArrayLike) -> Floats:
        """log10 LR of scores; between blocks the value is interpolated (towards an infinite block it stays finite)."""
        x = vector(scores, "scores")
        finite = np.where(np.isinf(self.values), np.nan, self.values)
        block = np.clip(np.searchsorted(self.left, x, side="right") - 1, 0, self.left.size - 1)
        inside = (x >= self.left[block]) & (x <= self.right[block])
        after = np.minimum(block + 1, self.left.size - 1)
        gap = self.left[after] - self.right[block]
        with np.errstate(divide="ignore", invalid="ignore"):
            t = np.clip((x - self.right[block]) / gap, 0.0, 1.0)
        a, b = finite[block], finite[after]
        between = np.where(np.isnan(a), b, np.where(np.isnan(b), a, a + (b - a) * np.where(np.isnan(t), 0.0, t)))
        both = np.where(np.isnan(between), 0.0, between)  # between -inf and +inf: nothing is known
        out = np.where(inside, self.values[block], both)
        out = np.where(x < self.left[0], self.values[0], out)
        return np.asarray(np.where(x > self.right[-1], self.values[-1], out))


def fit_pav(scores: ArrayLike, same: ArrayLike) -> Pav:
    """Fit a class-balanced isotonic calibrator.

    Args:
        scores: Scores of shape (n,); higher = more like "same".
        same: Truth of shape (n,).

    Raises:
        InferenceError: if a class is empty.

    References:
        Brummer & du Preez 2006, doi:10.1016/j.csl.2005.08.001.

    >>> p = fit_pav([1, 2, 3, 4], [False, True, False, True])
    >>> [float(v) for v in p.values]
    [-inf, 0.0, inf]
    """
    x, y = two_classes(scores, same)
    n1, n2 = int(y.sum()), int((~y).sum())
    edges, place = np.unique(x, return_inverse=True)
    up = np.bincount(place, weights=y, minlength=edges.size) / n1
    down = np.bincount(place, weights=~y, minlength=edges.size) / n2
    blocks: list[tuple[float, float, float, float]] = []
    for score, a, b in zip(edges.tolist(), up.tolist(), down.tolist(), strict=True):
        low, high, s, d = score, score, a, b
        # cross-multiplied so that empty classes need no division: previous ratio >= this ratio
        while blocks and blocks[-1][2] * d >= s * blocks[-1][3]:
            lo, _, ps, pd = blocks.pop()
            low, s, d = lo, s + ps, d + pd
        blocks.append((low, high, s, d))
    table = np.array(blocks)
    with np.errstate(divide="ignore"):
        values = np.log10(table[:, 2]) - np.log10(table[:, 3])
    return Pav(table[:, 0], table[:, 1], values, n1, n2)


@dataclass(frozen=True, slots=True)
class Logistic:
    """Straight line in log LR: log10 LR = intercept + slope x score."""

    intercept: float
    slope: float
    n_same: int
    n_different: int
    ridge: float

    @property
    def name(self) -> str:
        """Name with its counts and coefficients."""
        return (
            f"logistic ({self.intercept:.3g} + {self.slope:.3g} x) on {self.n_same} same, {self.n_different} different"
        )

    def log10_lr(self, scores: ArrayLike) -> Floats:
        """log10 LR of scores."""
        return np.asarray(self.intercept + self.slope * vector(scores, "scores"))


def fit_logistic(scores: ArrayLike, same: ArrayLike, ridge: float = 1.0) -> Logistic:
    """Fit a class-balanced logistic calibrator by Newton's method.

    Args:
        scores: Scores of shape (n,).
        same: Truth of shape (n,).
        ridge: Precision of a normal prior on the slope of the standardised score, in units of one observation; above 0
            the slope stays finite when the classes do not overlap.

    Raises:
        InferenceError: if a class is empty, or all scores are equal.

    References:
        Morrison 2013, doi:10.1080/00450618.2012.733025.
    """
    x, y = two_classes(scores, same)
    spread = float(x.std())
    if spread == 0.0:
        raise InferenceError("all scores are equal: they calibrate to LR 1 and tell nothing")
    centre = float(x.mean())
    z = (x - centre) / spread
    n = x.size
    w = np.where(y, n / (2.0 * y.sum()), n / (2.0 * (~y).sum()))
    beta = np.zeros(2)
    design = np.column_stack([np.ones(n), z])
    penalty = np.diag([0.0, ridge])
    for _ in range(100):
        p = special.expit(design @ beta)
        gradient = design.T @ (w * (y - p)) - penalty @ beta
        curvature = (design * (w * p * (1 - p))[:, None]).T @ design + penalty + 1e-12 * np.eye(2)
        step = np.linalg.solve(curvature, gradient)
        beta = beta + step * min(1.0, 5.0 / max(float(np.abs(step).max()), 1e-300))
        if float(np.abs(step).max()) < 1e-10:
            break
    slope = float(beta[1] / spread / LN10)
    return Logistic(float(beta[0] / LN10 - slope * centre), slope, int(y.sum()), int((~y).sum()), ridge)


@dataclass(frozen=True, slots=True)
class Kde:
    """Ratio of two Gaussian kernel densities.

    Attributes:
        same: Scores of the first class.
        different: Scores of the second class.
        width_same: Kernel standard deviation.
        width_different: Kernel standard deviation.
    """

    same: Floats
    different: Floats
    width_same: float
    width_different: float

    @property
    def name(self) -> str:
        """Name with its counts."""
        return f"kernel density on {self.same.size} same, {self.different.size} different"

    def log10_lr(self, scores: ArrayLike) -> Floats:
        """log10 LR of scores; far from all data it grows without limit, so wrap it in bounds."""
        x = vector(scores, "scores")
        a = _log_density(x, self.same, self.width_same)
        b = _log_density(x, self.different, self.width_different)
        return np.asarray((a - b) / LN10)


def fit_kde(scores: ArrayLike, same: ArrayLike, width: float | None = None) -> Kde:
    """Fit two Gaussian kernel densities; the width is Silverman's rule unless given.

    References:
        Silverman 1986, equation 3.31.
    """
    x, y = two_classes(scores, same)
    a, b = x[y], x[~y]
    return Kde(a, b, width or _silverman(a, x), width or _silverman(b, x))


def _silverman(v: Floats, pooled: Floats) -> float:
    q1, q3 = np.quantile(v, [0.25, 0.75])
    spread = [s for s in (float(v.std(ddof=1)) if v.size > 1 else 0.0, float(q3 - q1) / 1.34) if s > 0]
    scale = min(spread) if spread else float(pooled.std()) or 1.0
    return float(0.9 * scale * v.size**-0.2)


def _log_density(x: Floats, data: Floats, width: float) -> Floats:
    out = np.empty(x.size)
    for i in range(0, x.size, 1024):
        z = (x[i : i + 1024, None] - data[None, :]) / width
        out[i : i + 1024] = special.logsumexp(-0.5 * z * z, axis=1)
    return np.asarray(out - np.log(data.size * width * np.sqrt(2 * np.pi)))


@dataclass(frozen=True, slots=True)
class Bounded:
    """A calibrator within bounds."""

    inner: Calibrator
    bounds: Bounds

    @property
    def name(self) -> str:
        """Name of the calibrator with its bounds."""
        b = self.bounds
        return f"{self.inner.name}, bounded to [{b.low:.2f}, {b.high:.2f}] ({b.rule})"

    def log10_lr(self, scores: ArrayLike) -> Floats:
        """log10 LR of scores within the bounds."""
        return self.bounds.clip(self.inner.log10_lr(scores))


def bounded(calibrator: Calibrator, *bounds: Bounds) -> Bounded:
    """Wrap a calibrator in the tightest of several bounds."""
    if not bounds:
        raise InferenceError("a bounded calibrator needs at least one bound")
    rule = "; ".join(b.rule for b in bounds)
    return Bounded(calibrator, Bounds(max(b.low for b in bounds), min(b.high for b in bounds), rule))


def n_plus_one(n_same: int, n_different: int, unit: str = "campaigns") -> Bounds:
    """Size bound: with N independent non-matching units behind it, no LR may exceed N + 1 (nor fall below 1/(N + 1)).

    Args:
        n_same: Independent units of the first class (campaigns or populations, never accounts of one campaign).
        n_different: Independent units of the second class.
        unit: What they are.

    >>> n_plus_one(9, 99).high
    2.0
    """
    if n_same < 0 or n_different < 0:
        raise InferenceError("numbers of units cannot be negative")
    rule = f"N+1 on {n_same} same, {n_different} different {unit}"
    return Bounds(-float(np.log10(n_same + 1)), float(np.log10(n_different + 1)), rule)


def elub(log10_lr: ArrayLike, same: ArrayLike, misleading: int = 1, step: float = 0.01) -> Bounds:
    """Empirical lower and upper bounds: beyond them, acting on the LRs costs more than acting on no evidence at all.

    For each threshold t the expected cost of deciding by "LR > t" when that is the optimal threshold is
    P(LR <= t | same) + t P(LR > t | different), with ``misleading`` extra errors added to each class. Without evidence
    the cost is min(1, t). The bounds are the range around LR 1 in which the LRs cost no more.

    Args:
        log10_lr: log10 LRs of shape (n,).
        same: Truth of shape (n,).
        misleading: Extra misleading cases added to each class (1, as published).
        step: Step of ln t.

    References:
        Vergeer, van Es, de Jongh, Alberink & Stoel 2016, doi:10.1016/j.scijus.2016.06.003.
    """
    x, y = two_classes(log10_lr, same, "likelihood ratios")
    ln = np.clip(x * LN10, -60.0, 60.0)
    half = int(np.ceil((np.abs(ln).max() + np.log(x.size + 1.0)) / step)) + 2
    t = np.arange(-half, half + 1) * step
    a, b = np.sort(ln[y]), np.sort(ln[~y])
    miss = (np.searchsorted(a, t, side="right") + misleading) / (a.size + misleading)
    alarm = (b.size - np.searchsorted(b, t, side="right") + misleading) / (b.size + misleading)
    worse = np.log(miss + np.exp(t) * alarm) > np.minimum(0.0, t) + 1e-12
    low = np.max(t[(t <= 0) & worse] + step, initial=t[0])
    high = np.min(t[(t >= 0) & worse] - step, initial=t[-1])
    rule = f"ELUB on {a.size} same, {b.size} different"
    return Bounds(float(min(low, 0.0) / LN10), float(max(high, 0.0) / LN10), rule)
