"""Many tests: false-discovery rate over all *possible* tests, joined p-values with their dependence, randomised p.

Combining rules and when they hold:

========  =======================  =====================================================================
Fisher    ``fisher``               independent tests; strong if several are small
Brown     ``brown``                correlated tests: Fisher's sum against a scaled chi-square
Simes     ``simes``                any positive dependence; strong if one or few are small
min-p     ``min_p``                smallest p with Sidak's correction for the effective number of tests
Cauchy    ``cauchy``               any dependence, exact in the tail; needs no correlations
========  =======================  =====================================================================
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from unfog.errors import InferenceError
from unfog.stats.arrays import Floats, back, floats, probabilities
from unfog.stats.tails import log_gamma_upper


def bh(p: ArrayLike, m: int | None = None) -> Floats:
    """Benjamini-Hochberg q-values over ``m`` possible tests, of which only some p are given.

    Tests that are not given count with p = 1: with M = N(N-1)/2 possible pairs of which a few co-acted, pass
    ``m=M`` and only the pairs seen. The given ones must be the m' smallest, or the rest must be 1, or q is too small.

    Args:
        p: p-values of shape (n,).
        m: Number of possible tests, >= n; default n.

    Returns:
        q-values of shape (n,): smallest false-discovery rate at which the test is called.

    Raises:
        InferenceError: if m < n.

    References:
        Benjamini & Hochberg 1995, doi:10.1111/j.2517-6161.1995.tb02031.x.

    >>> [float(q) for q in bh([0.01, 0.02, 0.03])]
    [0.03, 0.03, 0.03]
    >>> [float(q) for q in bh([0.01, 0.02, 0.03], m=6)]
    [0.06, 0.06, 0.06]
    """
    values = probabilities(np.atleast_1d(floats(p)), "p-values")
    n = values.size
    total = n if m is None else m
    if total < n:
        raise InferenceError(f"{n} p-values were given for {total} possible tests")
    if n == 0:
        return values
    order = np.argsort(values, kind="stable")
    q = values[order] * total / np.arange(1, n + 1)
    q = np.minimum(np.minimum.accumulate(q[::-1])[::-1], 1.0)
    out = np.empty(n)
    out[order] = q
    return out


def log_bh(ln_p: ArrayLike, m: int | None = None) -> Floats:
    """The same in natural logarithms, for p-values below 1e-308: returns ln q."""
    values = np.atleast_1d(floats(ln_p))
    n = values.size
    total = n if m is None else m
    if total < n or (values > 0).any():
        raise InferenceError(f"{n} values of ln p for {total} possible tests, none above 0, were expected")
    if n == 0:
        return values
    order = np.argsort(values, kind="stable")
    q = values[order] + np.log(total) - np.log(np.arange(1, n + 1))
    q = np.minimum(np.minimum.accumulate(q[::-1])[::-1], 0.0)
    out = np.empty(n)
    out[order] = q
    return out


def fisher(p: ArrayLike, axis: int = -1) -> Any:
    """p-value of independent tests together: P(chi2 with 2k degrees >= -2 sum ln p).

    >>> round(fisher([0.05, 0.05]), 6)
    0.017479
    """
    values = probabilities(p, "p-values")
    with np.errstate(divide="ignore"):
        half = -np.log(values).sum(axis=axis)
    return back(np.asarray(np.exp(log_gamma_upper(float(values.shape[axis]), half))))


def brown(p: ArrayLike, correlation: ArrayLike, axis: int = -1) -> Any:
    """p-value of correlated tests together: Fisher's sum against a scaled chi-square that has its mean and variance.

    Args:
        p: p-values; tests along ``axis``.
        correlation: Correlation of the underlying normal statistics: one number in [0, 1) for all pairs, or a matrix
            of shape (k, k). Negative entries count as 0, which is on the safe side.
        axis: Axis of the tests.

    References:
        Brown 1975, doi:10.2307/2529826; covariance polynomial: Kost & McDermott 2002,
        doi:10.1016/S0167-7152(02)00310-3.
    """
    values = probabilities(p, "p-values")
    k = values.shape[axis]
    r = floats(correlation)
    matrix = np.full((k, k), float(r)) if r.ndim == 0 else r
    if matrix.shape != (k, k):
        raise InferenceError(f"the correlation of {k} tests must be one number or {k} x {k}, got {matrix.shape}")
    rho = np.clip(matrix[~np.eye(k, dtype=bool)], 0.0, 1.0)
    variance = 4.0 * k + float(np.sum(rho * (3.263 + rho * (0.710 + rho * 0.027))))
    scale = variance / (4.0 * k)
    with np.errstate(divide="ignore"):
        half = -np.log(values).sum(axis=axis) / scale
    return back(np.asarray(np.exp(log_gamma_upper(k / scale, half))))


def simes(p: ArrayLike, axis: int = -1) -> Any:
    """p-value of tests under any positive dependence: min over i of k p_(i) / i.

    References:
        Simes 1986, doi:10.1093/biomet/73.3.751; Sarkar 1998, doi:10.1214/aos/1028144846.

    >>> simes([0.01, 0.04, 0.5])
    0.03
    """
    values = np.sort(probabilities(p, "p-values"), axis=axis)
    k = values.shape[axis]
    shape = [1] * values.ndim
    shape[axis] = k
    ranks = np.arange(1, k + 1).reshape(shape)
    return back(np.asarray(np.minimum((values * k / ranks).min(axis=axis), 1.0)))


def min_p(p: ArrayLike, effective: float | None = None, axis: int = -1) -> Any:
    """p-value of the smallest of k p-values: 1 - (1 - min p)^e with e effective tests (Sidak).

    Args:
        p: p-values.
        effective: Effective number of tests (see :func:`effective_tests`); default k, valid for positive dependence.
        axis: Axis of the tests.

    >>> round(min_p([0.01, 0.5]), 4)
    0.0199
    """
    values = probabilities(p, "p-values")
    e = float(values.shape[axis]) if effective is None else effective
    if not 1.0 <= e <= values.shape[axis]:
        raise InferenceError(f"the effective number of {values.shape[axis]} tests cannot be {e}")
    with np.errstate(divide="ignore"):
        return back(np.asarray(-np.expm1(e * np.log1p(-values.min(axis=axis)))))


def cauchy(p: ArrayLike, axis: int = -1) -> Any:
    """p-value of tests under arbitrary dependence (Cauchy combination); exact as p goes to 0.

    References:
        Liu & Xie 2020, doi:10.1080/01621459.2018.1554485.
    """
    values = probabilities(p, "p-values")
    tiny = values < 1e-15
    safe = np.where(tiny, 0.5, np.minimum(values, 1.0 - 1e-15))
    t = np.where(tiny, 1.0 / (np.maximum(values, 1e-308) * np.pi), np.tan((0.5 - safe) * np.pi)).mean(axis=axis)
    with np.errstate(divide="ignore"):
        upper = np.where(t > 1e15, 1.0 / (np.maximum(t, 1.0) * np.pi), 0.5 - np.arctan(t) / np.pi)
    return back(np.asarray(np.clip(upper, 0.0, 1.0)))


def effective_tests(correlation: ArrayLike) -> float:
    """Effective number of tests from the eigenvalues of their correlation matrix.

    References:
        Li & Ji 2005, doi:10.1038/sj.hdy.6800717.

    >>> effective_tests([[1, 0], [0, 1]]), effective_tests([[1, 1], [1, 1]])
    (2.0, 1.0)
    """
    r = np.atleast_2d(floats(correlation))
    values = np.round(np.abs(np.linalg.eigvalsh(r)), 10)
    return float(np.clip(np.sum((values >= 1.0) + (values - np.floor(values))), 1.0, r.shape[0]))


def uniforms(keys: Iterable[str]) -> Floats:
    """A number in (0, 1) per key, the same on every machine: from the MD5 of the key.

    Randomised tests draw from here, so that the same case gives the same p.
    """
    digests = [hashlib.md5(k.encode("utf-8", "surrogatepass"), usedforsecurity=False).digest()[:8] for k in keys]
    return np.array([(int.from_bytes(d, "big") >> 12) for d in digests], dtype=np.float64) / 2.0**52 + 2.0**-53


def randomised_p(p_at_least: ArrayLike, p_above: ArrayLike, u: ArrayLike) -> Any:
    """p-value of a discrete test that is exactly uniform under the null: P(X > x) + u P(X = x).

    Args:
        p_at_least: P(X >= x).
        p_above: P(X > x).
        u: Uniform numbers, from :func:`uniforms` of the test's key.

    >>> randomised_p(0.3, 0.1, 0.5)
    0.2
    """
    upper, above = probabilities(p_at_least, "P(X >= x)"), probabilities(p_above, "P(X > x)")
    if (above > upper * (1 + 1e-9)).any():
        raise InferenceError("P(X > x) cannot exceed P(X >= x)")
    return back(np.asarray(np.minimum(above + probabilities(u, "u") * np.maximum(upper - above, 0.0), 1.0)))


def mid_p(p_at_least: ArrayLike, p_above: ArrayLike) -> Any:
    """The mid-p value P(X > x) + P(X = x) / 2: for display; not guaranteed valid as the randomised one is."""
    return randomised_p(p_at_least, p_above, 0.5)


def normal_upper(z: ArrayLike) -> Any:
    """P(Z >= z) of the standard normal."""
    return back(np.asarray(special.ndtr(-floats(z))))
