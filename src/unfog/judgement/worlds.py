"""Worlds: the product of all variables' values, enumerated exactly, with prior probabilities as ranges."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from unfog.errors import EvidenceError
from unfog.judgement.variables import Proposition, Range, Variable, in_parental_order

Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True)
class Worlds:
    """All combinations of values.

    Attributes:
        variables: In the order of the case.
        index: shape (n_worlds, n_variables): which value each variable has in each world.
    """

    variables: tuple[Variable, ...]
    index: NDArray[np.int32]

    @classmethod
    def of(cls, variables: tuple[Variable, ...], limit: int) -> Worlds:
        """Enumerate the worlds.

        Raises:
            EvidenceError: if there are more than ``limit``.
        """
        if not variables:
            raise EvidenceError("variables", "the case declares no variable; there is nothing to judge")
        sizes = [len(v.values) for v in variables]
        total = math.prod(sizes)
        if total > limit:
            raise EvidenceError(
                "variables", f"{total:,} worlds ({' x '.join(map(str, sizes))}) are more than max_worlds = {limit:,}"
            )
        grid = np.indices(sizes, dtype=np.int32).reshape(len(sizes), total).T
        return cls(variables, np.ascontiguousarray(grid))

    def __len__(self) -> int:
        return int(self.index.shape[0])

    def position(self, name: str) -> int:
        """Column of a variable."""
        return next(i for i, v in enumerate(self.variables) if v.id == name)

    def true_in(self, proposition: Proposition) -> NDArray[np.bool_]:
        """Which worlds make a proposition true; shape (n_worlds,)."""
        held = np.ones(len(self), dtype=bool)
        for name, values in proposition.when.items():
            at = self.position(name)
            wanted = [self.variables[at].values.index(x) for x in values]
            held &= np.isin(self.index[:, at], wanted)
        return held

    def cells(self, scope: tuple[int, ...]) -> NDArray[np.int64]:
        """For each world, the number of its cell in the product of some variables (last varies fastest)."""
        cell = np.zeros(len(self), dtype=np.int64)
        for at in scope:
            cell = cell * len(self.variables[at].values) + self.index[:, at]
        return cell

    def prior(self, rng: np.random.Generator | None = None, draws: int = 1, *, end: str = "") -> Floats:
        """Prior probabilities of the worlds; shape (draws, n_worlds), rows sum to one.

        A variable without prior is taken as flat: its propositions are then reported as likelihood ratios only.

        Args:
            rng: Draws from the ranges; None gives the centre (one row).
            draws: Number of rows.
            end: ``"variable=value:low"`` or ``:high`` pushes one value to that end of its range (for the tornado).
        """
        rows = draws if rng is not None else 1
        log_p = np.zeros((rows, len(self)))
        for v in in_parental_order(self.variables):
            at = self.position(v.id)
            if v.given:
                parent = self.position(v.given)
                for k, state in enumerate(self.variables[parent].values):
                    table = _probabilities(v, v.prior_given[state], rng, rows, end)
                    here = np.flatnonzero(self.index[:, parent] == k)
                    log_p[:, here] += _log(table)[:, self.index[here, at]]
            else:
                ranges = v.prior or {x: (1 / len(v.values), 1 / len(v.values)) for x in v.values}
                log_p += _log(_probabilities(v, ranges, rng, rows, end))[:, self.index[:, at]]
        p = np.exp(log_p)
        out: Floats = p / p.sum(axis=1, keepdims=True)
        return out


def _log(p: Floats) -> Floats:
    with np.errstate(divide="ignore"):
        out: Floats = np.log(p)
    return out


def _probabilities(
    v: Variable, ranges: Mapping[str, Range], rng: np.random.Generator | None, rows: int, end: str
) -> Floats:
    low = np.array([ranges[x][0] for x in v.values])
    high = np.array([ranges[x][1] for x in v.values])
    if rng is None:
        p = centre(low, high)[None, :]
    else:
        p = onto_simplex(low + rng.random((rows, len(low))) * (high - low), low, high)
    name, _, side = end.partition(":")
    variable, _, value = name.partition("=")
    if variable == v.id and value in v.values:
        k = v.values.index(value)
        low, high = low.copy(), high.copy()
        wanted = (high if side == "high" else low)[k]
        room = np.delete(high, k).sum(), np.delete(low, k).sum()
        low[k] = high[k] = min(max(wanted, 1.0 - room[0]), 1.0 - room[1])
        p = np.repeat(centre(low, high)[None, :], rows, axis=0)
    return p


def centre(low: Floats, high: Floats) -> Floats:
    """The prior in the middle: low + t (high - low) with the one t that makes it sum to one.

    >>> centre(np.array([0.1, 0.5]), np.array([0.3, 0.9])).round(4).tolist()
    [0.2333, 0.7667]
    """
    width = float((high - low).sum())
    t = (1.0 - float(low.sum())) / width if width > 0 else 0.0
    p = low + min(max(t, 0.0), 1.0) * (high - low)
    out: Floats = p / p.sum()
    return out


def onto_simplex(p: Floats, low: Floats, high: Floats) -> Floats:
    """Move rows that do not sum to one towards their lower or upper ends until they do; they stay within the ranges."""
    total = p.sum(axis=1, keepdims=True)
    down = np.clip((1.0 - low.sum()) / np.maximum(total - low.sum(), 1e-300), 0.0, 1.0)
    up = np.clip((1.0 - total) / np.maximum(high.sum() - total, 1e-300), 0.0, 1.0)
    moved = np.where(total > 1.0, low + down * (p - low), p + up * (high - p))
    out: Floats = moved / moved.sum(axis=1, keepdims=True)
    return out
