"""Boosted trees, small and whole: binned features, logistic loss, missing values as their own side, JSON in and out.

Written here so that a score can be read, stored as text and re-run anywhere; no pickle, no further dependency.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy import special

from unfog.errors import InferenceError

F64 = NDArray[np.float64]
I32 = NDArray[np.int32]


@dataclass(frozen=True)
class Boosted:
    """A sum of trees.

    Attributes:
        edges: Bin edges of each feature.
        base: Starting log-odds (natural).
        feature: Feature of each node, -1 for a leaf; shape (trees, nodes).
        cut: Bin at or below which a row goes left.
        value: Value of each leaf.
        depth: Depth of the trees; node i has children 2i + 1 and 2i + 2.
        gain: Total gain of each feature: what the score looks at.
    """

    edges: tuple[F64, ...]
    base: float
    feature: I32
    cut: I32
    value: F64
    depth: int
    gain: F64

    def log_odds(self, x: F64) -> F64:
        """Natural log-odds of rows, shape (n,)."""
        return np.asarray(self.base + _predict(binned(x, self.edges), self.feature, self.cut, self.value, self.depth))

    def document(self) -> dict[str, Any]:
        """The model as plain numbers for JSON."""
        return {
            "edges": [e.tolist() for e in self.edges], "base": self.base, "feature": self.feature.tolist(),
            "cut": self.cut.tolist(), "value": self.value.tolist(), "depth": self.depth, "gain": self.gain.tolist(),
        }  # fmt: skip

    @classmethod
    def read(cls, d: dict[str, Any]) -> Boosted:
        """The model from its document."""
        return cls(
            tuple(np.array(e, dtype=np.float64) for e in d["edges"]), float(d["base"]),
            np.array(d["feature"], dtype=np.int32), np.array(d["cut"], dtype=np.int32),
            np.array(d["value"], dtype=np.float64), int(d["depth"]), np.array(d["gain"], dtype=np.float64),
        )  # fmt: skip


def binned(x: F64, edges: tuple[F64, ...]) -> I32:
    """Bin numbers from 1; 0 is missing."""
    out = np.zeros(x.shape, dtype=np.int32)
    for j, e in enumerate(edges):
        known = ~np.isnan(x[:, j])
        out[known, j] = 1 + np.searchsorted(e, x[known, j], side="left")
    return out


def fit_boosted(
    x: F64,
    same: NDArray[np.bool_],
    *,
    trees: int = 200,
    depth: int = 4,
    rate: float = 0.06,
    l2: float = 2.0,
    least: int = 6,
    sample: float = 0.7,
    columns: float = 0.5,
    bins: int = 48,
    balanced: bool = False,
    seed: int = 7,
) -> Boosted:
    """Fit boosted trees with logistic loss.

    Args:
        x: Features, shape (n, m); NaN is missing.
        same: Truth, shape (n,).
        trees: Number of trees.
        depth: Depth of each tree.
        rate: Learning rate.
        l2: Ridge on leaf values, in units of the curvature of one row.
        least: Fewest rows in a leaf.
        sample: Share of rows per tree.
        columns: Share of features per tree.
        bins: Quantile bins per feature.
        balanced: Weigh both classes alike.
        seed: Seed of sampling.

    References:
        Friedman 2001, doi:10.1214/aos/1013203451; Friedman 2002, doi:10.1016/S0167-9473(01)00065-2.
    """
    y = np.asarray(same, dtype=np.float64)
    if y.min(initial=1.0) == y.max(initial=0.0) or x.shape[0] != y.size:
        raise InferenceError("a score needs labelled accounts of both classes")
    quantiles = np.linspace(0, 1, bins + 1)[1:-1]
    edges = []
    for j in range(x.shape[1]):
        known = x[~np.isnan(x[:, j]), j]
        edges.append(np.unique(np.quantile(known, quantiles)) if known.size else np.zeros(0))
    codes = binned(x, tuple(edges))
    weight = np.where(y > 0, y.size / (2 * y.sum()), y.size / (2 * (y.size - y.sum()))) if balanced else np.ones(y.size)
    share = float((weight * y).sum() / weight.sum())
    base = float(special.logit(share))
    rng = np.random.default_rng(seed)
    nodes = 2 ** (depth + 1) - 1
    feature = np.full((trees, nodes), -1, dtype=np.int32)
    cut = np.zeros((trees, nodes), dtype=np.int32)
    value = np.zeros((trees, nodes))
    gain = np.zeros(x.shape[1])
    score = np.full(y.size, base)
    take = max(1, int(columns * x.shape[1]))
    for t in range(trees):
        p = special.expit(score)
        g, h = weight * (y - p), weight * p * (1 - p)
        rows = np.flatnonzero(rng.random(y.size) < sample)
        cols = np.sort(rng.choice(x.shape[1], take, replace=False)).astype(np.int32)
        _grow(codes, g, h, rows, cols, depth, l2, least, bins + 2, feature[t], cut[t], value[t], gain)
        value[t] *= rate
        score += _predict(codes, feature[t : t + 1], cut[t : t + 1], value[t : t + 1], depth)
    return Boosted(tuple(edges), base, feature, cut, value, depth, gain)


@njit(cache=True)
def _grow(codes, g, h, rows, cols, depth, l2, least, bins, feature, cut, value, gain):  # type: ignore[no-untyped-def]
    """Grow one tree level by level; one pass over the rows per column and level."""
    node = np.zeros(rows.size, dtype=np.int64)
    for level in range(depth + 1):
        first, wide = 2**level - 1, 2**level
        n, sg, sh = np.zeros(wide), np.zeros(wide), np.zeros(wide)
        for i in range(rows.size):
            k = node[i] - first
            if k >= 0:
                n[k] += 1
                sg[k] += g[rows[i]]
                sh[k] += h[rows[i]]
        for k in range(wide):
            if n[k] > 0:
                value[first + k] = sg[k] / (sh[k] + l2)
        if level == depth:
            break
        best = np.full(wide, 1e-9)
        at = np.full(wide, -1)
        where = np.full(wide, -1)
        for c in cols:
            hist = np.zeros((wide, bins, 3))
            for i in range(rows.size):
                k = node[i] - first
                if k >= 0 and n[k] >= 2 * least:
                    b = codes[rows[i], c]
                    hist[k, b, 0] += g[rows[i]]
                    hist[k, b, 1] += h[rows[i]]
                    hist[k, b, 2] += 1
            for k in range(wide):
                if n[k] < 2 * least:
                    continue
                whole = sg[k] * sg[k] / (sh[k] + l2)
                lg, lh, ln = 0.0, 0.0, 0.0
                for b in range(bins - 1):
                    lg += hist[k, b, 0]
                    lh += hist[k, b, 1]
                    ln += hist[k, b, 2]
                    if ln < least or n[k] - ln < least:
                        continue
                    score = lg * lg / (lh + l2) + (sg[k] - lg) ** 2 / (sh[k] - lh + l2) - whole
                    if score > best[k]:
                        best[k], at[k], where[k] = score, c, b
        for k in range(wide):
            if at[k] >= 0:
                feature[first + k], cut[first + k] = at[k], where[k]
                gain[at[k]] += best[k]
        for i in range(rows.size):
            k = node[i] - first
            if k >= 0:
                if at[k] >= 0:
                    node[i] = 2 * node[i] + 1 if codes[rows[i], at[k]] <= where[k] else 2 * node[i] + 2
                else:
                    node[i] = -1


@njit(cache=True)
def _predict(codes, feature, cut, value, depth):  # type: ignore[no-untyped-def]
    out = np.zeros(codes.shape[0])
    for i in range(codes.shape[0]):
        for t in range(feature.shape[0]):
            k = 0
            while feature[t, k] >= 0:
                k = 2 * k + 1 if codes[i, feature[t, k]] <= cut[t, k] else 2 * k + 2
            out[i] += value[t, k]
    return out
