"""Where accounts post and what they link to, as a second opinion beside behaviour: logistic regression on places.

Tokens are community and host names, weighted by sublinear tf-idf; fitted in the dual (one coefficient per training
account), so that a vocabulary of any size costs nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from unfog.errors import InferenceError

F64 = NDArray[np.float64]


@dataclass(frozen=True)
class Places:
    """Linear model over tokens.

    Attributes:
        vocabulary: Token -> column.
        idf: Weight of each column.
        weights: Coefficient of each column.
        intercept: Natural log-odds of an account without any known token.
    """

    vocabulary: dict[str, int]
    idf: F64
    weights: F64
    intercept: float

    def log_odds(self, documents: Sequence[Sequence[str]]) -> F64:
        """Natural log-odds of accounts, each a list of tokens."""
        return np.asarray(self.intercept + _matrix(documents, self.vocabulary, self.idf) @ self.weights)


def _matrix(documents: Sequence[Sequence[str]], vocabulary: dict[str, int], idf: F64) -> F64:
    out = np.zeros((len(documents), len(vocabulary)))
    for i, tokens in enumerate(documents):
        known = [vocabulary[t] for t in tokens if t in vocabulary]
        if known:
            column, n = np.unique(np.array(known), return_counts=True)
            row = (1.0 + np.log(n)) * idf[column]
            out[i, column] = row / np.sqrt((row**2).sum())
    return out


def fit_places(documents: Sequence[Sequence[str]], same: NDArray[np.bool_], c: float = 10.0, least: int = 2) -> Places:
    """Fit class-balanced ridge logistic regression by Newton's method in the dual.

    Args:
        documents: Tokens of each account.
        same: Truth, shape (n,).
        c: Inverse strength of the ridge.
        least: Fewest accounts that a token must occur in.
    """
    y = np.asarray(same, dtype=np.float64)
    if not 0 < y.sum() < y.size:
        raise InferenceError("a score needs labelled accounts of both classes")
    seen: dict[str, int] = {}
    for tokens in documents:
        for t in set(tokens):
            seen[t] = seen.get(t, 0) + 1
    vocabulary = {t: i for i, t in enumerate(sorted(t for t, k in seen.items() if k >= least))}
    idf = np.array([np.log((1 + y.size) / (1 + seen[t])) + 1.0 for t in vocabulary])
    x = _matrix(documents, vocabulary, idf)
    kernel = x @ x.T
    weight = c * np.where(y > 0, y.size / (2 * y.sum()), y.size / (2 * (y.size - y.sum())))
    alpha, intercept = np.zeros(y.size), 0.0
    for _ in range(30):  # w = x' alpha; stationarity: alpha = weight (y - p)
        p = special.expit(kernel @ alpha + intercept)
        r = weight * p * (1 - p) + 1e-9
        z = kernel @ alpha + intercept + weight * (y - p) / r
        system = np.zeros((y.size + 1, y.size + 1))
        system[:-1, :-1] = kernel + np.diag(1.0 / r)
        system[:-1, -1] = system[-1, :-1] = 1.0
        solved = np.linalg.solve(system, np.append(z, 0.0))
        moved = float(np.abs(solved[:-1] - alpha).max())
        alpha, intercept = solved[:-1], float(solved[-1])
        if moved < 1e-6 * max(1.0, float(np.abs(alpha).max())):
            break
    return Places(vocabulary, idf, x.T @ alpha, intercept)
