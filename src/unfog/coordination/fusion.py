"""Fusion of signals into one network, and its groups.

The signals of a pair depend on each other (one post has a link and a text), so their p-values are joined by the Cauchy
combination (Liu & Xie 2020, doi:10.1080/01621459.2018.1554485), which holds in the tail under any dependence: for small
p it is K / sum(1 / p) over the K signals looked at; a signal in which the pair does not meet adds nothing. q-values are
Benjamini-Hochberg over all possible pairs of all accounts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import graspologic_native as native
import numpy as np
import numpy.typing as npt

from unfog.coordination.layers import Candidates
from unfog.stats import Forest, log_bh

I32 = npt.NDArray[np.int32]
F64 = npt.NDArray[np.float64]

LARGEST_WEIGHT = 30.0


@dataclass(frozen=True)
class Edges:
    """Pairs over all signals; arrays of shape (n,).

    Attributes:
        a: Smaller account code.
        b: Larger account code.
        ln_p: Joined ln p.
        ln_q: ln q over all possible pairs.
        shared: Shared objects, summed over signals.
        signals: Bit k is set if the pair meets in signal k.
    """

    a: I32
    b: I32
    ln_p: F64
    ln_q: F64
    shared: npt.NDArray[np.int64]
    signals: npt.NDArray[np.int64]


def fuse(c: Candidates, n_signals: int, n_accounts: int) -> Edges:
    """Join the signals of each pair."""
    key = c.a.astype(np.int64) * max(n_accounts, 1) + c.b
    pair, index = np.unique(key, return_inverse=True)
    n = len(pair)
    smallest = np.zeros(n)
    np.minimum.at(smallest, index, c.ln_p)
    total = np.bincount(index, weights=np.exp(np.maximum(smallest[index] - c.ln_p, -700.0)), minlength=n)
    ln_p = np.minimum(np.log(max(n_signals, 1)) + smallest - np.log(np.maximum(total, 1e-300)), 0.0)
    shared = np.bincount(index, weights=c.shared, minlength=n).astype(np.int64)
    bits = np.zeros(n, np.int64)
    np.bitwise_or.at(bits, index, np.int64(1) << c.layer.astype(np.int64))
    possible = max(n_accounts * (n_accounts - 1) // 2, n)
    a = (pair // max(n_accounts, 1)).astype(np.int32)
    b = (pair % max(n_accounts, 1)).astype(np.int32)
    return Edges(a, b, ln_p, log_bh(ln_p, possible), shared, bits)


def called(e: Edges, q: float) -> Edges:
    """The edges at a false-discovery rate."""
    return _where(e, e.ln_q <= np.log(q))


def strongest(e: Edges, most: int) -> Edges:
    """The edges with the smallest joined p, at most so many; ties at the end are left out together."""
    if len(e.a) <= most:
        return e
    return _where(e, e.ln_p < np.partition(e.ln_p, most)[most])


def _where(e: Edges, ok: npt.NDArray[np.bool_]) -> Edges:
    return Edges(e.a[ok], e.b[ok], e.ln_p[ok], e.ln_q[ok], e.shared[ok], e.signals[ok])


def groups(e: Edges, *, min_group: int = 3, runs: int = 20, resolution: float = 1.0, seed: int = 7) -> list[list[int]]:
    """Groups by consensus of seeded Leiden runs (Traag et al. 2019, doi:10.1038/s41598-019-41695-z).

    Edges count by -log10 p, at most 30. Two accounts stay together along an edge that at least half of the runs keep
    inside one community; the components of what remains are the groups.

    Returns:
        Lists of account codes, ascending; the largest group first.
    """
    if not len(e.a):
        return []
    weight = np.minimum(-e.ln_p / np.log(10.0), LARGEST_WEIGHT).clip(0.1)
    names = [str(v) for v in range(int(max(e.a.max(), e.b.max())) + 1)]
    triples = [(names[a], names[b], float(w)) for a, b, w in zip(e.a.tolist(), e.b.tolist(), weight, strict=True)]
    together = np.zeros(len(e.a), np.int64)
    for run in range(runs):
        _, part = native.leiden(triples, resolution=resolution, iterations=2, seed=seed + run)
        community = np.full(len(names), -1, np.int64)
        for account, number in part.items():
            community[int(account)] = number
        together += community[e.a] == community[e.b]
    stay = 2 * together >= runs
    return components(e.a[stay], e.b[stay], min_group)


def components(a: Sequence[int] | I32, b: Sequence[int] | I32, least: int) -> list[list[int]]:
    """Connected components with at least ``least`` nodes, the largest first, ties by first node."""
    forest = Forest[int]()
    for u, v in zip(map(int, a), map(int, b), strict=True):
        forest.tie(u, v)
    return sorted((g for g in forest.groups() if len(g) >= least), key=lambda g: (-len(g), g[0]))


def jaccard(x: Sequence[int], y: Sequence[int]) -> float:
    """Size of the intersection over that of the union."""
    sx, sy = set(x), set(y)
    return len(sx & sy) / len(sx | sy) if sx or sy else 0.0


def best_match(group: Sequence[int], others: Sequence[Sequence[int]]) -> tuple[int, float]:
    """Number and Jaccard similarity of the most similar other group (-1 and 0 where there is none)."""
    scores = [jaccard(group, o) for o in others]
    if not scores:
        return -1, 0.0
    k = int(np.argmax(scores))
    return k, scores[k]
