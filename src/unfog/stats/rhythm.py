"""When accounts act: hours, weekdays, gaps, and how many independent posts that is.

Posts of one account come in sittings: twenty posts ten minutes apart tell about the clock as much as one. So hours are
weighed per account and day (the first post of the day), and what dependence is left within accounts is measured and
taken off (:func:`effective_number`). Platform mechanics come first: gaps just above a rate limit are the platform's.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from unfog.errors import InferenceError
from unfog.stats.arrays import Bools, Floats, Ints

DAY = 86_400_000_000
HOUR = 3_600_000_000


def microseconds(t: ArrayLike) -> Ints:
    """Times as microseconds since 1970 UTC: from integers or ``datetime64``.

    Raises:
        InferenceError: if a time is missing (NaT).
    """
    a = np.atleast_1d(np.asarray(t))
    if np.issubdtype(a.dtype, np.datetime64):
        if np.isnat(a).any():
            raise InferenceError(f"{int(np.isnat(a).sum())} posts have no time; leave them out and say so")
        a = a.astype("datetime64[us]")
    return np.asarray(a.astype(np.int64))


def hour_profile(t: ArrayLike) -> Ints:
    """Posts in each hour of the UTC day, shape (24,)."""
    return np.bincount((microseconds(t) % DAY) // HOUR, minlength=24).astype(np.int64)


def weekday_profile(t: ArrayLike) -> Ints:
    """Posts on each weekday in UTC, Monday first, shape (7,)."""
    return np.bincount((microseconds(t) // DAY + 3) % 7, minlength=7).astype(np.int64)


def first_of_day(t: ArrayLike, account: ArrayLike) -> Ints:
    """Index of the first post of each account on each UTC day, in time order: the units of every hours test."""
    us = microseconds(t)
    code = np.unique(np.asarray(account), return_inverse=True)[1]
    order = np.lexsort((us, code))
    day = us[order] // DAY
    new = np.ones(us.size, dtype=bool)
    new[1:] = (code[order][1:] != code[order][:-1]) | (day[1:] != day[:-1])
    picked = order[new]
    return np.asarray(picked[np.argsort(us[picked], kind="stable")])


@dataclass(frozen=True, slots=True)
class Circular:
    """Direction and spread of hours.

    Attributes:
        mean_hour: Circular mean, 0 to 24.
        resultant: Mean resultant length, 0 (spread over the day) to 1 (one moment).
        p_uniform: p of Rayleigh's test against a uniform day, for the number of independent posts.
        n: Number of independent posts used.
    """

    mean_hour: float
    resultant: float
    p_uniform: float
    n: float


def circular(t: ArrayLike, independent: float | None = None) -> Circular:
    """Circular mean and Rayleigh's test of posting times.

    Args:
        t: Times.
        independent: Effective number of independent posts; default the number of times.

    References:
        Mardia & Jupp 2000, "Directional Statistics"; p by Wilkie 1983, doi:10.2307/2347954.
    """
    us = microseconds(t)
    if us.size == 0:
        raise InferenceError("no times: nothing to say about hours")
    angle = (us % DAY) / DAY * 2 * np.pi
    z = np.exp(1j * angle).mean()
    r = float(abs(z))
    n = float(us.size) if independent is None else float(independent)
    k = n * r
    p = float(np.exp(min(0.0, np.sqrt(1 + 4 * n + 4 * (n * n - k * k)) - (1 + 2 * n))))
    return Circular(float(np.angle(z) / (2 * np.pi) * 24 % 24), r, p, n)


def effective_number(t: ArrayLike, account: ArrayLike) -> float:
    """Number of independent posts: first posts of account-days, less what accounts have in common with themselves.

    n / (1 + (m - 1) rho) with rho the intra-account correlation (analysis of variance) of the hour as a point on the
    circle, m the mean number of days per account weighted by size.

    References:
        Kish 1965, "Survey Sampling"; Donner 1986, doi:10.2307/1403259.
    """
    us = microseconds(t)
    acc = np.asarray(account)
    first = first_of_day(us, acc)
    angle = (us[first] % DAY) / DAY * 2 * np.pi
    return effective_size(np.column_stack([np.cos(angle), np.sin(angle)]), acc[first])


def effective_size(values: ArrayLike, cluster: ArrayLike) -> float:
    """Effective number of independent rows among rows in clusters, by intra-cluster correlation of ``values``.

    Args:
        values: Shape (n,) or (n, d).
        cluster: Cluster of each row.
    """
    v = np.asarray(values, dtype=np.float64)
    v = v[:, None] if v.ndim == 1 else v
    code = np.unique(np.asarray(cluster), return_inverse=True)[1]
    n, size = v.shape[0], np.bincount(code).astype(np.float64)
    k = size.size
    if n <= k or k < 2:
        return float(k) if n > k else float(n)
    means = np.stack([np.bincount(code, weights=v[:, d]) / size for d in range(v.shape[1])], axis=1)
    between = float((size[:, None] * (means - v.mean(axis=0)) ** 2).sum()) / (k - 1)
    within = float(((v - means[code]) ** 2).sum()) / (n - k)
    m0 = (n - float((size**2).sum()) / n) / (k - 1)
    total = between + (m0 - 1) * within
    rho = 0.0 if total <= 0 else float(np.clip((between - within) / total, 0.0, 1.0))
    mean_size = float((size**2).sum()) / n
    return float(max(n / (1.0 + (mean_size - 1.0) * rho), 1.0))


def gaps_s(t: ArrayLike, account: ArrayLike, within_s: float = 3600.0) -> Floats:
    """Seconds between successive posts of one account within a sitting: gaps above ``within_s`` are pauses, left out.

    Pass posts of one kind: platforms limit submissions and comments separately.
    """
    us = microseconds(t)
    code = np.unique(np.asarray(account), return_inverse=True)[1]
    order = np.lexsort((us, code))
    step = np.diff(us[order]) / 1e6
    return np.asarray(step[(np.diff(code[order]) == 0) & (step <= within_s)])


@dataclass(frozen=True, slots=True)
class Pacing:
    """Gaps between posts beside the platform's own limit.

    Attributes:
        n: Gaps counted.
        minimum_s: Smallest gap.
        quartiles_s: First quartile, median, third quartile.
        limit_s: The platform's limit, where one is declared.
        below_limit: Gaps shorter than the limit (the limit did not bind these).
        at_limit: Gaps from the limit to half above it: what a person who posts as fast as allowed leaves behind.
        explained: True if no gap is below the limit and at least half lie just above: the platform set the pace.
    """

    n: int
    minimum_s: float
    quartiles_s: tuple[float, float, float]
    limit_s: float | None
    below_limit: int
    at_limit: int
    explained: bool


def pacing(gaps: ArrayLike, limit_s: float | None = None) -> Pacing:
    """Describe gaps, with the platform's rate limit as the first explanation.

    Raises:
        InferenceError: without any gap.
    """
    g = np.asarray(gaps, dtype=np.float64)
    if g.size == 0:
        raise InferenceError("no two posts of one account: nothing to say about pacing")
    q1, q2, q3 = (float(q) for q in np.quantile(g, [0.25, 0.5, 0.75]))
    below = int((g < limit_s).sum()) if limit_s else 0
    near = int(((g >= limit_s) & (g < 1.5 * limit_s)).sum()) if limit_s else 0
    told = bool(limit_s) and below <= 0.01 * g.size and near >= 0.5 * g.size
    return Pacing(int(g.size), float(g.min()), (q1, q2, q3), limit_s, below, near, told)


def best_window(hours: ArrayLike, width: int) -> tuple[int, int]:
    """Start hour and count of the circular window of ``width`` hours that holds most; the earliest where several do."""
    h = np.asarray(hours, dtype=np.int64)
    sums = np.array([h[(np.arange(width) + s) % 24].sum() for s in range(24)])
    return int(sums.argmax()), int(sums.max())


def looks_local(t: ArrayLike, precision_s: float = 1.0) -> Bools:
    """Times that sit exactly on midnight: the mark of a date read as a time (no hour may be drawn from them)."""
    us = microseconds(t)
    return np.asarray((us % DAY == 0) & (precision_s < 3600.0))
