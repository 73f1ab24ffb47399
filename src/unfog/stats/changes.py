"""Change points in a series of counts, exactly: on the day they fall, not on a grid of five.

Optimal partitioning by dynamic programming with PELT's pruning (jump = 1) and a quasi-Poisson cost: a segment of counts
has one mean. The penalty is stated and printed.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from unfog.errors import InferenceError
from unfog.stats.arrays import Floats, vector


@dataclass(frozen=True, slots=True)
class Changes:
    """Segments of a series.

    Attributes:
        starts: First index of each segment; the first is 0, every later one is a change point.
        means: Mean of each segment.
        gains: Twice the log-likelihood lost if that change point were taken out (nan for the first).
        penalty: Cost of one change point, in the same unit.
        dispersion: Variance to mean within segments by which the cost was divided.
    """

    starts: tuple[int, ...]
    means: tuple[float, ...]
    gains: tuple[float, ...]
    penalty: float
    dispersion: float

    @property
    def points(self) -> tuple[int, ...]:
        """Indices at which something changes."""
        return self.starts[1:]


def change_points(
    counts: ArrayLike, penalty: float | None = None, min_size: int = 1, dispersion: float = 1.0
) -> Changes:
    """Best segmentation of counts into stretches with one mean each.

    Args:
        counts: Counts per equal period, shape (n,).
        penalty: Cost of one change in units of 2 ln likelihood; default 3 ln n (two parameters, and the search for the
            place: BIC-like for change points).
        min_size: Shortest segment, in periods.
        dispersion: Quasi-Poisson dispersion; above 1 if days vary more than Poisson, see :func:`dispersion_of`.

    Raises:
        InferenceError: for negative or missing counts.

    References:
        Jackson et al. 2005, doi:10.1109/LSP.2001.838216; Killick, Fearnhead & Eckley 2012,
        doi:10.1080/01621459.2012.737745; Zhang & Siegmund 2007, doi:10.1111/j.1541-0420.2006.00662.x.

    >>> change_points([0, 1, 0, 0, 1, 0, 30, 28, 33, 29]).points
    (6,)
    """
    y = vector(counts, "counts")
    n = y.size
    if n == 0 or (y < 0).any():
        raise InferenceError("a series of counts cannot be empty or negative")
    if dispersion <= 0 or min_size < 1:
        raise InferenceError("dispersion must be above 0 and min_size at least 1")
    beta = 3.0 * float(np.log(max(n, 2))) if penalty is None else float(penalty)
    total = np.concatenate([[0.0], np.cumsum(y)])

    def cost(start: np.ndarray[tuple[int, ...], np.dtype[np.int64]], end: int) -> Floats:
        s, m = total[end] - total[start], (end - start).astype(np.float64)
        return np.asarray(-2.0 * (special.xlogy(s, s) - special.xlogy(s, m) - s) / dispersion)

    best = np.full(n + 1, np.inf)
    best[0] = -beta
    last = np.zeros(n + 1, dtype=np.int64)
    alive = np.array([0], dtype=np.int64)
    for end in range(1, n + 1):
        ready = alive[end - alive >= min_size]
        if ready.size:
            value = best[ready] + cost(ready, end) + beta
            pick = int(value.argmin())
            best[end], last[end] = value[pick], ready[pick]
            # with a shortest segment a pruned start could still win a little later, so only jump = 1 prunes
            keep = ready if min_size > 1 else ready[value - beta <= best[end] + 1e-9]
            alive = np.concatenate([keep, alive[end - alive < min_size]])
        alive = np.append(alive, end)
    starts = []
    end = n
    while end > 0:
        starts.append(int(last[end]))
        end = int(last[end])
    starts.reverse()
    edges = np.array([*starts, n], dtype=np.int64)
    means = [float((total[b] - total[a]) / (b - a)) for a, b in itertools.pairwise(edges.tolist())]
    gains = [float("nan")]
    for i in range(1, edges.size - 1):
        a, b, c = edges[i - 1], edges[i], edges[i + 1]
        one = cost(np.array([a]), int(c))[0]
        gains.append(float(one - cost(np.array([a]), int(b))[0] - cost(np.array([b]), int(c))[0]))
    return Changes(tuple(starts), tuple(means), tuple(gains), beta, dispersion)


def dispersion_of(counts: ArrayLike, window: int = 7) -> float:
    """Variance to mean of counts around their running mean, at least 1: the quasi-Poisson dispersion of a series.

    Taken as the median over windows, so that a few changes of level do not count as noise.
    """
    y = vector(counts, "counts")
    if y.size < 2 * window:
        return 1.0
    blocks = y[: y.size // window * window].reshape(-1, window)
    mean = blocks.mean(axis=1)
    usable = mean > 0
    if not usable.any():
        return 1.0
    return float(max(1.0, np.median(blocks[usable].var(axis=1, ddof=1) / mean[usable])))
