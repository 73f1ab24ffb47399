"""Worlds: the product of all variables' values, enumerated exactly, with prior probabilities as ranges."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from unfog.errors import EvidenceError
from unfog.judgement.variables import Proposition, Range, Variable, in_parental_order

Floats: TypeAlias = NDArray[np.float64]
Factor: TypeAlias = tuple[tuple[int, ...], Floats]
"""Some variables (columns, ascending) and an array of shape (their sizes ..., n_draws)."""

LN10 = math.log(10.0)


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

    def prior_factors(self, rng: np.random.Generator | None = None, draws: int = 1, *, end: str = "") -> list[Factor]:
        """Prior probabilities as factors over the variables that they concern.

        A variable without prior is taken as flat: its propositions are then reported as likelihood ratios only.

        Args:
            rng: Draws from the ranges; None gives the centre (one draw).
            draws: Number of draws.
            end: ``"variable=value:low"`` or ``:high`` pushes one value to that end of its range (for the tornado).
        """
        rows = draws if rng is not None else 1
        out: list[Factor] = []
        for v in in_parental_order(self.variables):
            at = self.position(v.id)
            if v.given:
                parent = self.position(v.given)
                tables = [_probabilities(v, v.prior_given[s], rng, rows, end).T for s in self.variables[parent].values]
                cube = np.stack(tables)
                out.append(((parent, at), cube) if parent < at else ((at, parent), cube.swapaxes(0, 1)))
            else:
                ranges = v.prior or {x: (1 / len(v.values), 1 / len(v.values)) for x in v.values}
                out.append(((at,), np.ascontiguousarray(_probabilities(v, ranges, rng, rows, end).T)))
        return out

    def likelihood_factor(self, scope: tuple[int, ...], log10: Floats) -> Factor:
        """A factor from log10 likelihoods of shape (n_draws, n_cells) over some variables; the largest is set to 1."""
        sizes = [len(self.variables[k].values) for k in scope]
        scaled = np.exp((log10 - log10.max(axis=1, keepdims=True)) * LN10)
        return scope, np.ascontiguousarray(scaled.T).reshape(*sizes, len(log10))

    def product(self, factors: Sequence[Factor]) -> Floats:
        """Multiply factors out over all worlds; shape (n_worlds, n_draws), not normalised."""
        sizes = [len(v.values) for v in self.variables]
        whole: Floats = np.ones((1,))
        for axis, size in enumerate(sizes):
            whole = whole[..., None, :]
            here = [f for f in factors if max(f[0]) == axis]
            small: Floats = np.ones((1,) * axis + (size, 1))
            for scope, values in here:
                shape = [sizes[k] if k in scope else 1 for k in range(axis + 1)]
                small = small * values.reshape(*shape, values.shape[-1])
            whole = whole * small
        return whole.reshape(len(self), whole.shape[-1])

    def sums(self, weight: Floats, variable: int) -> Floats:
        """Add up weights of shape (n_worlds, n_draws) per value of one variable; shape (n_values, n_draws)."""
        sizes = [len(v.values) for v in self.variables]
        before, after = math.prod(sizes[:variable]), math.prod(sizes[variable + 1 :])
        cube = weight.reshape(before, sizes[variable], after, weight.shape[1])
        out: Floats = cube.sum(axis=2).sum(axis=0)
        return out

    def prior(self, *, end: str = "") -> Floats:
        """Central prior probabilities of the worlds; shape (1, n_worlds)."""
        p = self.product(self.prior_factors(end=end)).T
        out: Floats = p / p.sum(axis=1, keepdims=True)
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
