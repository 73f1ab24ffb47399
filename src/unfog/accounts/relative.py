"""Behaviour relative to a platform's ordinary accounts: what makes two platforms comparable without any label there.

A gap of one minute is quick on one platform and slow on another, and a thin account has a narrow day everywhere. So
each value becomes its place among the ordinary accounts *of the same platform* that posted about as much.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from unfog.accounts.features import Features
from unfog.errors import InferenceError

LEAST = 20


def relative_features(features: Features, ordinary: NDArray[np.bool_], neighbours: int = 200) -> Features:
    """Place (0 to 1, ties halved) of every value among ordinary accounts of about the same number of posts.

    An account is never compared with itself. NaN stays NaN, and stands where fewer than 20 neighbours have the value.

    Args:
        features: Accounts of one platform.
        ordinary: Comparison population among them, shape (n,).
        neighbours: Ordinary accounts nearest in number of posts.

    Raises:
        InferenceError: with fewer than 20 ordinary accounts.
    """
    reference = np.flatnonzero(ordinary)
    if reference.size < LEAST:
        raise InferenceError(f"{reference.size} ordinary accounts are no comparison population; at least 20 are needed")
    reference = reference[np.argsort(features.posts[reference], kind="stable")]
    k = min(neighbours, reference.size)
    middle = np.searchsorted(features.posts[reference], features.posts)
    first = np.clip(middle - k // 2, 0, reference.size - k)
    values = np.full(features.values.shape, np.nan)
    for i, own in enumerate(features.values):
        near = reference[first[i] : first[i] + k]
        beside = features.values[near[near != i]]
        n = (~np.isnan(beside)).sum(axis=0)
        place = ((beside < own).sum(axis=0) + 0.5 * (beside == own).sum(axis=0)) / np.maximum(n, 1)
        values[i] = np.where(np.isnan(own) | (n < LEAST), np.nan, place)
    return replace(features, values=values)
