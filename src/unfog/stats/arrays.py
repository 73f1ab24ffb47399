"""Types and checks that the numbers share: float arrays, a probability that is one, a class that is not empty."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from unfog.errors import InferenceError

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
Bools: TypeAlias = NDArray[np.bool_]

LN10 = float(np.log(10.0))


def floats(x: ArrayLike) -> Floats:
    """The values as a float64 array (a scalar becomes an array of no dimension)."""
    return np.asarray(x, dtype=np.float64)


def vector(x: ArrayLike, name: str) -> Floats:
    """The values as a float64 array of one dimension without NaN.

    Raises:
        InferenceError: if there is a NaN, or more than one dimension.
    """
    a = np.atleast_1d(floats(x))
    if a.ndim != 1:
        raise InferenceError(f"{name} must be one row of numbers, got shape {a.shape}")
    if np.isnan(a).any():
        raise InferenceError(f"{name} holds {int(np.isnan(a).sum())} NaN among {a.size} values; leave unknown ones out")
    return a


def probabilities(x: ArrayLike, name: str) -> Floats:
    """The values as float64, each within [0, 1].

    Raises:
        InferenceError: naming the first value that is not a probability.
    """
    a = floats(x)
    bad = ~((a >= 0.0) & (a <= 1.0))
    if bad.any():
        raise InferenceError(f"{name} must lie between 0 and 1, got {np.atleast_1d(a)[np.atleast_1d(bad)][0]}")
    return a


def two_classes(values: ArrayLike, same: ArrayLike, name: str = "scores") -> tuple[Floats, Bools]:
    """Values with their truth (True = same / H1, False = different / H2); both classes must be there.

    Raises:
        InferenceError: if the lengths differ or one class is empty ("not calibratable with these data").
    """
    v = np.atleast_1d(floats(values))
    s = np.atleast_1d(np.asarray(same, dtype=bool))
    if v.ndim != 1 or v.shape != s.shape:
        raise InferenceError(f"{name} and their truth must be two rows of one length, got {v.shape} and {s.shape}")
    if np.isnan(v).any():
        raise InferenceError(f"{name} hold {int(np.isnan(v).sum())} NaN; leave unknown ones out")
    if not s.any() or s.all():
        raise InferenceError(
            f"not calibratable with these data: {int(s.sum())} of {s.size} {name} belong to the first class; "
            "both classes need at least one"
        )
    return v, s


def back(x: Floats) -> Any:
    """A plain float for a result without dimension, else the array."""
    return float(x) if x.ndim == 0 else x
