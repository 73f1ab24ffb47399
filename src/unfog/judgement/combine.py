"""How dependent items add up.

Support is counted per value, above the value that the item supports least, so that nothing hangs on the choice of a
reference value; with two values this is "supporting and opposing separately". Within a group, for each value: sort the
supports by strength and take the largest over j of (sum of the first j) / (1 + (j - 1) rho). A weak item added to a
strong one can then never lower the sum, and rho = 0 adds while rho = 1 takes the strongest alone.

A cap on a ratio scales all log ratios of the capped thing down together until the largest pairwise ratio meets it.
"""

from __future__ import annotations

from typing import TypeAlias

import numba
import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]

Z90 = 1.6448536269514722
"""Half of a 90 % interval in standard deviations."""


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _combine(
    low: Floats, middle: Floats, high: Floats, caps: Floats, use: NDArray[np.bool_], z: Floats, rho: float
) -> Floats:
    draws = z.shape[1]
    n, cells = middle.shape
    out = np.zeros((draws, cells))
    support = np.empty((n, cells))
    for d in range(draws):
        m = 0
        for i in range(n):
            if not use[i]:
                continue
            t = z[i, d] / 1.6448536269514722
            least = np.inf
            most = -np.inf
            for k in range(cells):
                width = high[i, k] - middle[i, k] if t > 0 else middle[i, k] - low[i, k]
                x = middle[i, k] + t * width
                support[m, k] = x
                least = min(least, x)
                most = max(most, x)
            span = most - least
            scale = caps[i] / span if span > caps[i] else 1.0
            for k in range(cells):
                support[m, k] = (support[m, k] - least) * scale
            m += 1
        for k in range(cells):
            for i in range(1, m):
                x = support[i, k]
                j = i - 1
                while j >= 0 and support[j, k] < x:
                    support[j + 1, k] = support[j, k]
                    j -= 1
                support[j + 1, k] = x
            total = 0.0
            best = 0.0
            for i in range(m):
                if support[i, k] <= 0.0:
                    break
                total += support[i, k]
                value = total / (1.0 + i * rho)
                best = max(best, value)
            out[d, k] = best
    return out


def combined(logs: Floats, caps: Floats, use: NDArray[np.bool_], z: Floats, rho: float) -> Floats:
    """Combine the items of one part of a group by the prefix rule.

    Args:
        logs: shape (n_items, 3, n_cells): log10 at the low, middle and high end of each item's 90 % interval.
        caps: shape (n_items,): largest log10 ratio of each item.
        use: shape (n_items,): which items take part.
        z: shape (n_items, n_draws): standard normal draws, one row per item; 0 is the middle.
        rho: Assumed correlation within the group.

    Returns:
        shape (n_draws, n_cells): log10 support, >= 0.

    >>> items = np.array([[[0, 1.0]] * 3, [[0, 0.9]] * 3, [[0.3, 0]] * 3])
    >>> combined(items, np.full(3, 9.0), np.ones(3, bool), np.zeros((3, 1)), 0.6).round(4).tolist()
    [[0.3, 1.1875]]
    """
    parts = (np.ascontiguousarray(logs[:, i, :], dtype=np.float64) for i in range(3))
    out: Floats = _combine(
        *parts, np.ascontiguousarray(caps, dtype=np.float64), use, np.ascontiguousarray(z), float(rho)
    )
    return out


def scale_to(cap: float, logs: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """Factor, per draw, that brings the largest pairwise log10 ratio down to the cap; and where it bit.

    Args:
        cap: Largest log10 ratio allowed.
        logs: shape (n_draws, n_cells).

    Returns:
        Factors of shape (n_draws, 1) and a mask of shape (n_draws,).
    """
    factor, bit = _scale(np.ascontiguousarray(logs), float(cap))
    return factor[:, None], bit


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _scale(logs: Floats, cap: float) -> tuple[Floats, NDArray[np.bool_]]:
    draws, cells = logs.shape
    factor = np.ones(draws)
    bit = np.zeros(draws, dtype=np.bool_)
    for d in range(draws):
        least = np.inf
        most = -np.inf
        for k in range(cells):
            least = min(least, logs[d, k])
            most = max(most, logs[d, k])
        if most - least > cap + 1e-12:
            factor[d] = cap / (most - least)
            bit[d] = True
    return factor, bit
