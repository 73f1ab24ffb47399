"""Bursts: is the largest number of events within a window more than chance leaves behind? Without simulation.

The events are put on the clock of a *comparison population* first (:func:`rescale`): a window that holds one per cent
of all accounts ever created is one per cent wide, whatever the season. On that clock the events are uniform under the
null.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from unfog.errors import InferenceError
from unfog.stats.arrays import Floats, vector
from unfog.stats.tails import log_binomial_mass, log_binomial_tail, log_poisson_tail


def largest_in_window(x: ArrayLike, width: float) -> tuple[int, int]:
    """Largest number of points within a closed window, and the index (in sorted order) at which it begins.

    >>> largest_in_window([0.0, 1.0, 1.5, 1.9, 9.0], 1.0)
    (3, 1)
    """
    v = np.sort(vector(x, "points"))
    if v.size == 0:
        return 0, 0
    counts = np.searchsorted(v, v + width, side="right") - np.arange(v.size)
    return int(counts.max()), int(counts.argmax())


def log_scan_tail(k: int, n: int, width: float) -> float:
    """ln P(some window of ``width`` holds >= k of n uniform points on [0, 1]).

    Exact for k = 2 and for k > n/2 with width <= 1/2 (in the last case the formula is an equality); elsewhere the
    approximation by Wallenstein and Neff, which errs upward (larger p) where p is not small.

    References:
        Wallenstein & Neff 1987, doi:10.1002/sim.4780060212; Naus 1965, doi:10.1080/01621459.1965.10480812;
        Glaz, Naus & Wallenstein 2001, "Scan Statistics".

    >>> round(float(np.exp(log_scan_tail(2, 2, 0.1))), 6)  # 1 - (1 - w)^2
    0.19
    """
    if not width > 0:
        raise InferenceError(f"a scan window must be wider than 0, got {width}")
    if k <= 1 or width >= 1:
        return 0.0 if k <= n else -np.inf
    if k > n:
        return -np.inf
    if k == 2:
        spare = 1.0 - (n - 1) * width
        return float(np.log(-np.expm1(n * np.log(spare)))) if spare > 0 else 0.0
    b = float(log_binomial_mass(k, n, width))
    g = float(log_binomial_tail(k, n, width))
    slope = k / width - n - 1.0
    if slope <= 0:
        return 0.0
    return float(min(0.0, np.logaddexp(np.log(slope) + b, np.log(2.0) + g)))


def rescale(x: ArrayLike, population: ArrayLike, u: ArrayLike | None = None) -> Floats:
    """Put points on the clock of a population: share of the population that lies before each, within (0, 1).

    The clock counts points and population together: under the null the points are a random draw without replacement
    from all places, which is less bunched than uniform points, so that a scan on this clock errs on the safe side.

    Args:
        x: Points.
        population: Values of the comparison population (without the points themselves), shape (m,).
        u: Uniform numbers, one per point, that break ties with the population. Default 1/2.

    Returns:
        Values of shape of x: place among points and population, divided by their number.

    Raises:
        InferenceError: with fewer than 20 values: that is no clock.
    """
    v, base = vector(x, "points"), np.sort(vector(population, "population"))
    if base.size < 20:
        raise InferenceError(f"{base.size} values are no comparison population for a clock; at least 20 are needed")
    place = np.full(v.size, 0.5) if u is None else vector(u, "u")
    left = np.searchsorted(base, v, side="left")
    right = np.searchsorted(base, v, side="right")
    before = left + np.minimum(np.floor(place * (right - left + 1)), right - left)
    order = np.lexsort((place, before))
    out = np.empty(v.size)
    out[order] = (before[order] + np.arange(v.size) + 0.5) / (base.size + v.size)
    return out


@dataclass(frozen=True, slots=True)
class Scan:
    """Result of a scan for bursts.

    Attributes:
        p: p-value over all windows tried (Sidak), never below what the population can tell.
        log_p: ln of it.
        width: Window (as share of the population's clock) with the smallest p.
        count: Events in it.
        n: Events in all.
        start: Index of the first event of the burst, in sorted order.
        windows: Number of windows tried.
    """

    p: float
    log_p: float
    width: float
    count: int
    n: int
    start: int
    windows: int


def scan(x: ArrayLike, widths: ArrayLike) -> Scan:
    """Scan points in [0, 1] for the most surprising burst over several window widths.

    The smallest p over widths is corrected by Sidak for their number, which is valid because the scans are positively
    dependent.
    """
    v, w = vector(x, "points"), np.unique(vector(widths, "widths"))
    if v.size == 0 or w.size == 0:
        raise InferenceError("a scan needs points and window widths")
    found = []
    for width in w.tolist():
        count, start = largest_in_window(v, width)
        found.append((log_scan_tail(count, v.size, width), width, count, start))
    ln, width, count, start = min(found)
    total = float(np.log(-np.expm1(w.size * np.log1p(-np.exp(ln))))) if -30 < ln < 0 else ln + float(np.log(w.size))
    total = min(total, 0.0)
    return Scan(float(np.exp(total)), total, width, count, int(v.size), start, int(w.size))


def rare_window(counts: ArrayLike, expected: ArrayLike) -> Floats:
    """ln P(X >= count) of Poisson counts in fixed windows against what was expected in each (daily, hourly series)."""
    c, e = vector(counts, "counts"), vector(expected, "expected")
    return np.asarray(log_poisson_tail(c, e))
