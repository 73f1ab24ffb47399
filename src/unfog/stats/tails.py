"""Upper tails of counts without a floor: natural logarithm of P(X >= k), right down to p = 1e-300 and far below.

A permutation test cannot give less than 1/(draws + 1); these are sums of the exact terms, carried in log space, so
that a false-discovery rate over 10^8 possible pairs can still be passed. All functions return **ln p**; ``np.exp`` of
it is the p-value (0 below about 1e-308, so keep the logarithm). All but the Poisson-binomial are vectorised.

Accuracy: relative error of p below 1e-10 (tested against exact rational arithmetic down to 1e-300).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from unfog.errors import InferenceError
from unfog.stats.arrays import Floats, back, floats, probabilities

_TINY = 1e-280
_STEPS = 100_000


def log_poisson_tail(k: ArrayLike, mean: ArrayLike) -> Any:
    """ln P(X >= k) for X ~ Poisson(mean).

    Args:
        k: Counts (k <= 0 gives p = 1).
        mean: Expected counts, >= 0. With mean 0 and k > 0 the result is -inf.

    Returns:
        ln p, broadcast shape.

    >>> round(float(np.exp(log_poisson_tail(2, 0.1))), 12)
    0.00467884016
    """
    kk, mu = np.broadcast_arrays(np.ceil(floats(k)), floats(mean))
    if (mu < 0).any() or np.isnan(mu).any():
        raise InferenceError("an expected count cannot be negative or NaN")
    return back(log_gamma_lower(np.maximum(kk, 0.0), mu))


def log_gamma_lower(a: ArrayLike, x: ArrayLike) -> Floats:
    """ln of the regularised lower incomplete gamma function P(a, x), accurate where it underflows; P(0, x) = 1."""
    aa, xx = np.broadcast_arrays(floats(a), floats(x))
    with np.errstate(divide="ignore"):
        plain = np.where(aa > 0, special.gammainc(np.maximum(aa, 1e-300), xx), 1.0)
        out = np.asarray(np.log(plain))
    deep = (aa > 0) & (xx > 0) & (plain < _TINY)
    if deep.any():
        d, y = aa[deep], xx[deep]
        total = np.ones_like(d)
        term = np.ones_like(d)
        for j in range(1, _STEPS):  # P(a,x) = x^a e^-x / Gamma(a+1) * sum x^j / ((a+1)...(a+j))
            term = term * (y / (d + j))
            total += term
            if (term < 1e-17 * total).all():
                break
        out[deep] = -_poisson_deviance(d, y) - _stirling_error(d) - 0.5 * np.log(2 * np.pi * d) + np.log(total)
    out[(aa > 0) & (xx == 0)] = -np.inf
    return out


def log_gamma_upper(a: ArrayLike, x: ArrayLike) -> Floats:
    """ln of the regularised upper incomplete gamma function Q(a, x), accurate where it underflows."""
    aa, xx = np.broadcast_arrays(floats(a), floats(x))
    plain = np.asarray(special.gammaincc(aa, xx))
    with np.errstate(divide="ignore"):
        out = np.asarray(np.log(plain))
    deep = (plain < _TINY) & np.isfinite(xx)
    if deep.any():  # Legendre's continued fraction by the modified Lentz method (Numerical Recipes 6.2)
        d, y = aa[deep], xx[deep]
        b = y + 1.0 - d
        c = np.full_like(d, 1e300)
        e = 1.0 / b
        h = e.copy()
        for i in range(1, _STEPS):
            an = -i * (i - d)
            b = b + 2.0
            e = 1.0 / np.where(np.abs(an * e + b) < 1e-300, 1e-300, an * e + b)
            c = np.where(np.abs(b + an / c) < 1e-300, 1e-300, b + an / c)
            step = e * c
            h = h * step
            if (np.abs(step - 1.0) < 1e-16).all():
                break
        out[deep] = -y + d * np.log(y) - special.gammaln(d) + np.log(h)
    return out


def log_binomial_tail(k: ArrayLike, n: ArrayLike, p: ArrayLike) -> Any:
    """ln P(X >= k) for X ~ Binomial(n, p).

    >>> round(float(np.exp(log_binomial_tail(3, 4, 0.5))), 12)
    0.3125
    """
    kk, nn, pp = np.broadcast_arrays(np.ceil(floats(k)), floats(n), probabilities(p, "p"))
    kk = np.maximum(kk, 0.0)
    inside = (kk >= 1) & (kk <= nn) & (pp > 0) & (pp < 1)
    out = np.where((kk <= 0) | ((pp >= 1) & (kk <= nn)), 0.0, -np.inf)
    if inside.any():
        a, m, q = kk[inside], nn[inside], pp[inside]
        plain = special.betainc(a, m - a + 1.0, q)
        with np.errstate(divide="ignore"):
            part = np.log(plain)
        deep = plain < _TINY
        if deep.any():
            part[deep] = _log_series(a[deep], m[deep], q[deep])
        out = np.array(out)
        out[inside] = part
    return back(np.asarray(out))


def _log_series(k: Floats, n: Floats, p: Floats) -> Floats:
    """ln of sum_{j>=k} C(n,j) p^j (1-p)^(n-j) by the ratio of neighbours, for k above the mean."""
    odds = p / (1.0 - p)
    total = np.ones_like(k)
    term = np.ones_like(k)
    for j in range(_STEPS):
        term = term * odds * np.maximum(n - k - j, 0.0) / (k + j + 1.0)
        total += term
        if (term <= 1e-17 * total).all():
            break
    return np.asarray(log_binomial_mass(k, n, p) + np.log(total))


def log_hypergeometric_tail(k: ArrayLike, population: ArrayLike, marked: ArrayLike, drawn: ArrayLike) -> Any:
    """ln P(X >= k) for the number of marked among ``drawn`` without replacement out of ``population``.

    The degree-corrected content null: account u acted on ``marked`` of ``population`` objects, v on ``drawn``; how
    surprising are k objects in common? Objects are taken as exchangeable, so use it within popularity strata.

    References:
        Tumminello et al. 2011, doi:10.1371/journal.pone.0017994.

    >>> round(float(np.exp(log_hypergeometric_tail(2, 10, 3, 4))), 12)
    0.333333333333
    """
    k_, big, m, d = np.broadcast_arrays(np.ceil(floats(k)), floats(population), floats(marked), floats(drawn))
    if ((m > big) | (d > big) | (m < 0) | (d < 0)).any():
        raise InferenceError("marked and drawn cannot be negative or exceed the population")
    low, high = np.maximum(0.0, m + d - big), np.minimum(m, d)
    out = np.where(k_ <= low, 0.0, -np.inf)
    inside = (k_ > low) & (k_ <= high)
    if not inside.any():
        return back(np.asarray(out))
    kk, n, a, b = k_[inside], big[inside], m[inside], d[inside]
    mean = a * b / n
    upper = kk > mean
    start = np.where(upper, kk, kk - 1.0)
    total = np.ones_like(kk)
    term = np.ones_like(kk)
    x = start.copy()
    for _ in range(_STEPS):  # walk away from the mean: up for the upper tail, down for the lower one
        with np.errstate(divide="ignore", invalid="ignore"):  # the side that is not walked may divide by 0
            up = (a - x) * (b - x) / ((x + 1.0) * (n - a - b + x + 1.0))
            down = x * (n - a - b + x) / ((a - x + 1.0) * (b - x + 1.0))
        term = term * np.maximum(np.where(upper, up, down), 0.0)
        total += term
        x = np.where(upper, x + 1.0, x - 1.0)
        if (term <= 1e-17 * total).all():
            break
    tail = _log_hypergeometric_mass(start, n, a, b) + np.log(total)
    out = np.array(out)
    out[inside] = np.where(upper, tail, np.log1p(-np.exp(np.where(upper, -1.0, np.minimum(tail, 0.0)))))
    return back(out)


def log_poisson_binomial_tail(probs: ArrayLike, k: int) -> float:
    """ln P(X >= k) for a sum of independent events with probabilities ``probs`` (Poisson-binomial), exactly.

    The sum is tilted so that its mean lies at k before it is convolved, so no term underflows at any depth.
    Cost is O(n^2) for n events that are neither certain nor impossible.

    Args:
        probs: Probabilities of shape (n,).
        k: Count.

    References:
        Chen & Liu 1997, Statistica Sinica 7:875-892; tilting as in Esscher 1932.

    >>> round(float(np.exp(log_poisson_binomial_tail([0.5, 0.5, 0.5, 0.5], 3))), 12)
    0.3125
    """
    p = probabilities(np.atleast_1d(floats(probs)), "probs").ravel()
    sure = int((p >= 1.0).sum())
    p = p[(p > 0.0) & (p < 1.0)]
    need = k - sure
    if need <= 0:
        return 0.0
    if need > p.size:
        return -np.inf
    ln_odds = special.logit(p)
    tilt = 0.0
    if need > p.sum():
        lo, hi = 0.0, float(-ln_odds.min() + 60.0)
        goal = min(need, p.size - 0.5)
        for _ in range(80):
            tilt = (lo + hi) / 2.0
            lo, hi = (tilt, hi) if special.expit(ln_odds + tilt).sum() < goal else (lo, tilt)
    q = special.expit(ln_odds + tilt)
    mass = np.zeros(p.size + 1)
    mass[0] = 1.0
    for i, qi in enumerate(q):
        mass[1 : i + 2] = mass[1 : i + 2] * (1.0 - qi) + mass[: i + 1] * qi
        mass[0] *= 1.0 - qi
    # exact: P(X = j) = tilted mass * exp(-tilt j) * prod(1 - p + p e^tilt); ln of the factor = log1p(p (e^tilt - 1))
    scale = float(np.sum(np.logaddexp(np.log1p(-p), np.log(p) + tilt)))
    j = np.arange(need, p.size + 1)
    with np.errstate(divide="ignore"):
        terms = np.log(mass[need:]) - tilt * j
    if tilt == 0.0 and need <= p.sum():
        return (
            float(np.log1p(-min(mass[:need].sum(), 1.0)))
            if mass[:need].sum() < 0.5
            else float(np.log(mass[need:].sum()))
        )
    return float(min(special.logsumexp(terms) + scale, 0.0))


def log_binomial_mass(k: ArrayLike, n: ArrayLike, p: ArrayLike) -> Floats:
    """ln P(X = k) for a binomial, by Loader's saddle-point expansion (relative error about 1e-14 for any n).

    References:
        Loader 2000, "Fast and accurate computation of binomial probabilities".
    """
    x, m, q = np.broadcast_arrays(floats(k), floats(n), floats(p))
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        ends = np.where(x == 0, m * np.log1p(-q), m * np.log(q))
        middle = (
            _stirling_error(m)
            - _stirling_error(x)
            - _stirling_error(m - x)
            - _poisson_deviance(x, m * q)
            - _poisson_deviance(m - x, m * (1.0 - q))
            + 0.5 * np.log(m / (2 * np.pi * x * (m - x)))
        )
    out = np.where((x == 0) | (x == m), ends, middle)
    out = np.where((q == 0) | (q == 1), np.where(x == m * q, 0.0, -np.inf), out)
    return np.asarray(np.where(m == 0, np.where(x == 0, 0.0, -np.inf), out))


def _log_hypergeometric_mass(x: Floats, n: Floats, marked: Floats, drawn: Floats) -> Floats:
    p = drawn / n
    return (
        log_binomial_mass(x, marked, p) + log_binomial_mass(drawn - x, n - marked, p) - log_binomial_mass(drawn, n, p)
    )


def _stirling_error(n: ArrayLike) -> Floats:
    """ln n! - ln(sqrt(2 pi n) (n/e)^n), to full precision."""
    m = floats(n)
    small = np.where(m < 16, m, 1.0)
    exact = special.gammaln(small + 1.0) - 0.5 * np.log(2 * np.pi * np.where(small > 0, small, 1.0))
    exact = exact - np.where(small > 0, small * np.log(np.where(small > 0, small, 1.0)) - small, 0.0)
    big = np.where(m < 16, 16.0, m)
    s = 1.0 / (big * big)
    series = (1 / 12 - s * (1 / 360 - s * (1 / 1260 - s * (1 / 1680 - s * (1 / 1188 - s * 691 / 360360))))) / big
    return np.asarray(np.where(m < 16, exact, series))


def _poisson_deviance(x: ArrayLike, mean: ArrayLike) -> Floats:
    """x ln(x/mean) + mean - x without cancellation near x = mean."""
    a, mu = np.broadcast_arrays(floats(x), floats(mean))
    near = np.abs(a - mu) < 0.1 * (a + mu)
    v = np.where(near, (a - mu) / np.where(a + mu > 0, a + mu, 1.0), 0.0)
    total = (a - mu) * v
    term = 2.0 * a * v
    for j in range(1, 200):
        term = term * v * v
        step = term / (2 * j + 1)
        total = total + step
        if (np.abs(step) <= 1e-18 * np.abs(total)).all():
            break
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        far = np.where(a > 0, a * (np.log(np.where(a > 0, a, 1.0)) - np.log(mu)), 0.0) + mu - a
    return np.asarray(np.where(near, total, far))
