"""Intervals for shares and counts: Wilson, Jeffreys, Clopper-Pearson, rule of three, Rogan-Gladen, cluster bootstrap.

All give the 90 % level by default, the one level of the whole system, and return ``(low, high)`` or an
:class:`Interval` with the value inside.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from unfog.errors import InferenceError
from unfog.stats.arrays import Floats, Ints, back, floats

LEVEL = 0.90


@dataclass(frozen=True, slots=True)
class Interval:
    """A value with its interval.

    Attributes:
        value: Central value (the estimate itself, or a posterior median where ``method`` says so).
        low: Lower end.
        high: Upper end.
        method: How it was made.
    """

    value: float
    low: float
    high: float
    method: str = ""


def _counts(hits: ArrayLike, n: ArrayLike) -> tuple[Floats, Floats]:
    x, m = np.broadcast_arrays(floats(hits), floats(n))
    if (m <= 0).any() or (x < 0).any() or (x > m).any():
        raise InferenceError("a share needs n > 0 and 0 <= hits <= n")
    return x, m


def _tail(level: float) -> float:
    if not 0 < level < 1:
        raise InferenceError(f"an interval level lies between 0 and 1, got {level}")
    return (1.0 - level) / 2.0


def wilson(hits: ArrayLike, n: ArrayLike, level: float = LEVEL) -> tuple[Any, Any]:
    """Wilson score interval of a share (doi:10.1080/01621459.1927.10502953); the default for display.

    >>> [round(x, 4) for x in wilson(46, 49)]
    [0.8564, 0.9753]
    """
    x, m = _counts(hits, n)
    z = float(special.ndtri(1.0 - _tail(level)))
    p = x / m
    centre = (p + z * z / (2 * m)) / (1 + z * z / m)
    half = z / (1 + z * z / m) * np.sqrt(p * (1 - p) / m + z * z / (4 * m * m))
    low = np.where(x == 0, 0.0, np.maximum(centre - half, 0.0))
    high = np.where(x == m, 1.0, np.minimum(centre + half, 1.0))
    return back(np.asarray(low)), back(np.asarray(high))


def jeffreys(hits: ArrayLike, n: ArrayLike, level: float = LEVEL) -> tuple[Any, Any]:
    """Jeffreys interval: quantiles of Beta(hits + 1/2, misses + 1/2); 0 and 1 where hits are none or all.

    References:
        Brown, Cai & DasGupta 2001, doi:10.1214/ss/1009213286.
    """
    x, m = _counts(hits, n)
    t = _tail(level)
    low = np.where(x == 0, 0.0, special.betaincinv(x + 0.5, m - x + 0.5, t))
    high = np.where(x == m, 1.0, special.betaincinv(x + 0.5, m - x + 0.5, 1 - t))
    return back(np.asarray(low)), back(np.asarray(high))


def clopper_pearson(hits: ArrayLike, n: ArrayLike, level: float = LEVEL) -> tuple[Any, Any]:
    """Clopper-Pearson interval (doi:10.1093/biomet/26.4.404): never covers less than the level; for guarantees.

    >>> [round(x, 4) for x in clopper_pearson(0, 10)]
    [0.0, 0.2589]
    """
    x, m = _counts(hits, n)
    t = _tail(level)
    low = np.where(x == 0, 0.0, special.betaincinv(np.maximum(x, 0.5), m - x + 1, t))
    high = np.where(x == m, 1.0, special.betaincinv(x + 1, np.maximum(m - x, 0.5), 1 - t))
    return back(np.asarray(low)), back(np.asarray(high))


def poisson_interval(count: ArrayLike, level: float = LEVEL) -> tuple[Any, Any]:
    """Exact (Garwood) interval of a Poisson mean from one count (doi:10.2307/2333958)."""
    x = floats(count)
    t = _tail(level)
    low = np.where(x > 0, special.gammaincinv(np.maximum(x, 1e-300), t), 0.0)
    return back(np.asarray(low)), back(np.asarray(special.gammaincinv(x + 1, 1 - t)))


def rule_of_three(n: ArrayLike, level: float = 0.95) -> Any:
    """Upper bound of a rate when none was seen in n: 1 - (1 - level)^(1/n), about 3/n at 95 %.

    >>> round(rule_of_three(100), 4)
    0.0295
    """
    m = floats(n)
    if (m <= 0).any():
        raise InferenceError("the rule of three needs n > 0")
    return back(np.asarray(-np.expm1(np.log1p(-level) / m)))


def rogan_gladen(
    positives: int,
    n: int,
    sensitivity: tuple[int, int],
    specificity: tuple[int, int],
    level: float = LEVEL,
    grid: int = 64,
) -> Interval:
    """Share truly positive when a classifier that errs called ``positives`` of ``n``.

    Rogan-Gladen: (apparent + sp - 1) / (se + sp - 1). The interval is Bayesian: uniform prior on the true share,
    Jeffreys posteriors of sensitivity and specificity from counts *measured on this population*, integrated on a fixed
    grid (no random draws). It includes 0 where the false positives alone can explain what was called.

    Args:
        positives: Units that were called.
        n: Units examined.
        sensitivity: (called, truly positive units tested).
        specificity: (not called, truly negative units tested).
        level: Level of the interval.
        grid: Quantile points for sensitivity and for specificity.

    Returns:
        Value = Rogan-Gladen estimate clipped to the interval; interval = highest posterior density.

    Raises:
        InferenceError: if the classifier is no better than chance (se + sp <= 1), or counts make no sense.

    References:
        Rogan & Gladen 1978, doi:10.1093/oxfordjournals.aje.a112510; Joseph, Gyorkos & Coupal 1995,
        doi:10.1093/oxfordjournals.aje.a117428.
    """
    _counts(positives, n)
    (a, na), (b, nb) = sensitivity, specificity
    _counts(a, na)
    _counts(b, nb)
    se, sp = a / na, b / nb
    if se + sp <= 1.0:
        raise InferenceError(f"sensitivity {se:.3g} + specificity {sp:.3g} <= 1: the classifier tells nothing here")
    u = (np.arange(grid) + 0.5) / grid
    ses = special.betaincinv(a + 0.5, na - a + 0.5, u)[:, None, None]
    sps = special.betaincinv(b + 0.5, nb - b + 0.5, u)[None, :, None]
    share = (np.arange(2000) + 0.5) / 2000
    called = np.clip(ses * share + (1 - sps) * (1 - share), 1e-300, 1 - 1e-16)
    ln = positives * np.log(called) + (n - positives) * np.log1p(-called)
    density = np.exp(ln - ln.max()).sum(axis=(0, 1))
    density /= density.sum()
    order = np.argsort(-density, kind="stable")
    inside = order[: int(np.searchsorted(np.cumsum(density[order]), level)) + 1]
    low, high = float(share[inside].min() - 0.00025), float(share[inside].max() + 0.00025)
    low = 0.0 if low < 0.0005 else low
    value = (positives / n + sp - 1.0) / (se + sp - 1.0)
    return Interval(float(np.clip(value, low, high)), low, high, "Rogan-Gladen, highest posterior density")


def cluster_bootstrap(
    clusters: Sequence[Hashable] | np.ndarray[Any, Any],
    statistic: Callable[[Ints], float],
    draws: int = 2000,
    seed: int = 0,
    level: float = LEVEL,
) -> Interval:
    """Percentile interval by drawing whole clusters (campaigns, accounts ...) with replacement.

    Rows within a cluster depend on each other; drawing rows would make the interval too narrow.

    Args:
        clusters: Cluster of each row, shape (n,).
        statistic: Takes row indices (with repeats) and gives a number; NaN draws are left out.
        draws: Number of draws.
        seed: Seed.
        level: Level of the interval.

    Returns:
        Value on all rows, with the percentile interval, widened to hold the value.

    Raises:
        InferenceError: with fewer than two clusters: no spread can be told from one.

    References:
        Davison & Hinkley 1997, section 3.8; Field & Welsh 2007, doi:10.1111/j.1467-9868.2007.00593.x.
    """
    names = {c: i for i, c in enumerate(dict.fromkeys(np.asarray(clusters).tolist()))}
    code = np.array([names[c] for c in np.asarray(clusters).tolist()], dtype=np.int64)
    if len(names) < 2:
        raise InferenceError(f"{len(names)} cluster: an interval over clusters needs at least two")
    order = np.argsort(code, kind="stable")
    ends = np.searchsorted(code[order], np.arange(len(names) + 1))
    rows = [order[ends[i] : ends[i + 1]] for i in range(len(names))]
    rng = np.random.default_rng(seed)
    value = float(statistic(np.arange(code.size)))
    found = np.empty(draws)
    for d in range(draws):
        pick = rng.integers(0, len(names), len(names))
        found[d] = statistic(np.concatenate([rows[i] for i in pick]))
    found = found[np.isfinite(found)]
    if found.size < draws / 2:
        raise InferenceError(f"only {found.size} of {draws} bootstrap draws gave a number; too few clusters per class")
    low, high = np.quantile(found, [_tail(level), 1 - _tail(level)])
    text = f"cluster bootstrap, {len(names)} clusters, {draws} draws, seed {seed}"
    return Interval(value, float(min(low, value)), float(max(high, value)), text)
