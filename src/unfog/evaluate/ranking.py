"""Figures of a ranking: average precision, and recall at a precision."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from unfog.stats import Interval, cluster_bootstrap

F64 = NDArray[np.float64]
Truth = NDArray[np.bool_]


def average_precision(same: Truth, score: F64) -> float:
    """Mean precision over the accounts of the first class, in order of the score."""
    y = same[np.argsort(-score, kind="stable")].astype(np.float64)
    return float((np.cumsum(y) / np.arange(1, y.size + 1) * y).sum() / max(y.sum(), 1.0))


def recall_at(same: Truth, score: F64, precision: float = 0.90) -> float:
    """Largest recall at which precision is still reached."""
    y = same[np.argsort(-score, kind="stable")].astype(np.float64)
    hits = np.cumsum(y)
    good = hits / np.arange(1, y.size + 1) >= precision
    return float(hits[good].max(initial=0.0) / max(y.sum(), 1.0))


def spread_over(figure: Callable[[Truth, F64], float], same: Truth, score: F64) -> Interval:
    """90 % interval of a figure, by drawing accounts with replacement."""
    return cluster_bootstrap(np.arange(same.size), lambda i: figure(same[i], score[i]), draws=300, seed=1)
