"""Probabilities, odds and likelihood ratios, all in log10.

log10 is used inside and outside, because a factor of ten is what a reader can hold in the head. Nothing here overflows:
``probability(400)`` is 1.0, ``log10_odds(0)`` is minus infinity, and ``log10_not(x)`` keeps ``1 - p`` when p is near 1.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from unfog.errors import InferenceError
from unfog.stats.arrays import LN10, back, floats, probabilities


def log10_odds(p: ArrayLike) -> Any:
    """log10 odds of a probability: log10(p / (1 - p)).

    Args:
        p: Probability or array of probabilities.

    Returns:
        log10 odds of the same shape; 0 gives -inf, 1 gives inf.

    >>> log10_odds(0.5)
    0.0
    >>> round(log10_odds(0.95), 4)
    1.2788
    """
    return back(np.asarray(special.logit(probabilities(p, "a probability")) / LN10))


def probability(log10_odds_: ArrayLike) -> Any:
    """Probability of log10 odds (inverse of :func:`log10_odds`).

    >>> probability(0.0)
    0.5
    """
    return back(np.asarray(special.expit(floats(log10_odds_) * LN10)))


def posterior(prior: ArrayLike, log10_lr: ArrayLike) -> Any:
    """Probability after a likelihood ratio: posterior odds = prior odds x LR.

    >>> round(posterior(0.05, np.log10(361)), 6)
    0.95
    """
    return probability(floats(log10_odds(prior)) + floats(log10_lr))


def lr_needed(prior: ArrayLike, target: ArrayLike = 0.95) -> Any:
    """log10 LR that carries a prior to a target probability.

    >>> [round(10 ** lr_needed(p)) for p in (0.5, 0.1, 0.05, 0.01)]
    [19, 171, 361, 1881]
    """
    return back(np.asarray(floats(log10_odds(target)) - floats(log10_odds(prior))))


def p_value_bound(p: ArrayLike, *, log10_p: ArrayLike | None = None) -> Any:
    """Largest log10 likelihood ratio that a p-value can be worth: log10(1 / (-e p ln p)).

    A *bound*, not a likelihood ratio: no alternative in a wide class makes the observed p more probable than that.
    For p >= 1/e the bound is 1 (log10: 0).

    Args:
        p: p-values. Values that underflow to 0 need ``log10_p``.
        log10_p: log10 of the same p-values, used instead of ``p`` where given.

    Returns:
        log10 bound, >= 0, of the same shape.

    Raises:
        InferenceError: if p is 0 and no ``log10_p`` is given (a p-value of zero does not exist).

    References:
        Sellke, Bayarri & Berger 2001, doi:10.1198/000313001300339950; Vovk 1993,
        doi:10.1111/j.2517-6161.1993.tb01904.x.

    >>> round(10 ** p_value_bound(0.05), 3)
    2.456
    """
    if log10_p is None:
        values = probabilities(p, "a p-value")
        if (values == 0).any():
            raise InferenceError("a p-value of 0 does not exist; give log10_p from a tail in log space")
        ln_p = np.log(values)
    else:
        ln_p = floats(log10_p) * LN10
        if (ln_p > 0).any() or np.isnan(ln_p).any():
            raise InferenceError("log10 of a p-value cannot be above 0 or NaN")
    with np.errstate(divide="ignore", invalid="ignore"):
        bound = -(1.0 + ln_p + np.log(-ln_p)) / LN10
    return back(np.asarray(np.where(ln_p < -1.0, bound, 0.0)))
