"""What a search could have found: "no evidence of X" counts only times the power to detect X."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from unfog.errors import InferenceError
from unfog.stats.arrays import back, floats, probabilities
from unfog.stats.tails import log_binomial_tail, log_poisson_tail


def detection_power(units: ArrayLike, found_each: ArrayLike, at_least: int = 1) -> Any:
    """Probability that a search finds at least ``at_least`` of ``units`` items that are there.

    Args:
        units: Items that would be there (posts, accounts ...).
        found_each: Probability that one of them is found (share archived x share searched x recall of the matcher).
        at_least: Finds that count as a detection.

    >>> round(detection_power(10, 0.2), 4)
    0.8926
    """
    return back(np.exp(floats(log_binomial_tail(at_least, floats(units), probabilities(found_each, "found_each")))))


def absence_log10_lr(power: ArrayLike, false_alarm: ArrayLike = 0.0) -> Any:
    """log10 LR of *not* finding something: (1 - power) : (1 - false alarm rate), never above 0.

    Power 0 gives 0 (the search tells nothing); power 1 is refused, because no search is perfect.

    Raises:
        InferenceError: if power is 1.
    """
    p, f = probabilities(power, "power"), probabilities(false_alarm, "false_alarm")
    if (p >= 1.0).any():
        raise InferenceError("a search with power 1 does not exist; state what it would have missed")
    return back(np.asarray(np.minimum(np.log10(1.0 - p) - np.log10(1.0 - f), 0.0)))


def smallest_detectable(power_at: Callable[[int], float], target: float = 0.8, largest: int = 1_000_000) -> int | None:
    """Smallest integer size at which a rising power function reaches the target; None if it never does.

    >>> smallest_detectable(lambda n: detection_power(n, 0.2), 0.8)
    8
    """
    if not 0 < target < 1:
        raise InferenceError(f"a target power lies between 0 and 1, got {target}")
    high = 1
    while power_at(high) < target:
        high *= 2
        if high > largest:
            return None
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if power_at(middle) >= target else (middle, high)
    return high


def poisson_critical(mean: float, alpha: float) -> int:
    """Smallest count k with P(Poisson(mean) >= k) <= alpha: what a pair, a group or a day must reach to be called.

    >>> poisson_critical(0.1, 0.01)
    2
    """
    if mean < 0 or not 0 < alpha < 1:
        raise InferenceError("a critical count needs mean >= 0 and 0 < alpha < 1")
    low, high = 0, 1
    while log_poisson_tail(high, mean) > np.log(alpha):
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if log_poisson_tail(middle, mean) <= np.log(alpha) else (middle, high)
    return high
