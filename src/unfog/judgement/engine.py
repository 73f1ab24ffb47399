"""The sum over all groups: log10 likelihood of everything known, for every world, at the centre or draw by draw."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from unfog.judgement.combine import Floats, combined, scale_to
from unfog.judgement.groups import Group
from unfog.judgement.items import Item
from unfog.judgement.settings import Settings
from unfog.judgement.worlds import Factor, Worlds

Contribution: TypeAlias = tuple[Floats, Floats | None, NDArray[np.bool_]]
Sums: TypeAlias = tuple[list[Floats], list[Floats]]


@dataclass(frozen=True)
class Block:
    """The items of one group that speak to one set of variables, lifted to the cells of that set.

    Attributes:
        group: Index of the group.
        scope: Columns of the variables.
        items: The items.
        logs: shape (n_items, 3, n_cells).
        caps: shape (n_items,).
        measured: shape (n_items,).
        parts: shape (n_items,): parts of a group that somebody split with a reason.
        cap: log10 cap on the whole block.
        cap_name: What it is called when printed.
        at: Positions of its items in the draws.
    """

    group: int
    scope: tuple[int, ...]
    items: tuple[Item, ...]
    logs: Floats
    caps: Floats
    measured: NDArray[np.bool_]
    parts: NDArray[np.int64]
    cap: float
    cap_name: str
    at: NDArray[np.int64]

    def support(self, z: Floats, rho: float) -> Contribution:
        """(all, measured items alone or None without any, where the group's cap bit); (n_draws, n_cells) each."""
        mine = z[self.at]
        whole = self._sum(np.ones(len(self.items), dtype=bool), mine, rho)
        proven = None
        if self.measured.all():
            proven = whole
        elif self.measured.any():
            proven = self._sum(self.measured, mine, rho)
        factor, bit = scale_to(self.cap, whole)
        if bit.any():
            proven = None if proven is None else proven * factor
            whole = whole * factor
        return whole, proven, bit

    def _sum(self, use: NDArray[np.bool_], z: Floats, rho: float) -> Floats:
        parts = [combined(self.logs, self.caps, use & (self.parts == k), z, rho) for k in np.unique(self.parts)]
        out: Floats = parts[0] if len(parts) == 1 else np.sum(parts, axis=0)
        return out


@dataclass
class Engine:
    """Everything that is needed to weigh one state of knowledge again and again.

    Attributes:
        worlds: The worlds.
        groups: Dependence groups of weighed items.
        settings: Settings of the judgement.
        blocks: Blocks in the order of the groups.
        wholes: Sets of variables that pair evidence ties together; the overall cap is applied per set.
        n_items: Number of weighed items (columns of the draws).
    """

    worlds: Worlds
    groups: tuple[Group, ...]
    settings: Settings
    blocks: list[Block] = field(default_factory=list)
    wholes: list[tuple[int, ...]] = field(default_factory=list)
    n_items: int = 0

    @classmethod
    def of(cls, worlds: Worlds, groups: Sequence[Group], settings: Settings) -> Engine:
        """Sort the items into blocks."""
        engine = cls(worlds, tuple(groups), settings)
        count = 0
        for g, group in enumerate(groups):
            for scope in _unions([i.scope for i in group.items]):
                here = [k for k, i in enumerate(group.items) if set(i.scope) <= set(scope)]
                items = tuple(group.items[k] for k in here)
                measured = np.array([i.measured for i in items])
                cap, name = _group_cap(items, settings)
                engine.blocks.append(
                    Block(
                        group=g,
                        scope=scope,
                        items=items,
                        logs=np.stack([engine.lift(i.logs, i.scope, scope) for i in items]),
                        caps=np.array([i.cap for i in items]),
                        measured=measured,
                        parts=np.array([group.parts[k] for k in here]),
                        cap=cap,
                        cap_name=name,
                        at=np.arange(count, count + len(items)),
                    )
                )
                count += len(items)
        engine.n_items = count
        engine.wholes = cls.scopes_of(engine.blocks)
        return engine

    @staticmethod
    def scopes_of(blocks: Sequence[Block]) -> list[tuple[int, ...]]:
        """Sets of variables that the blocks tie together."""
        return _unions([b.scope for b in blocks])

    def lift(self, logs: Floats, scope: tuple[int, ...], onto: tuple[int, ...]) -> Floats:
        """Spread figures over a set of variables' cells onto the cells of a larger set; last axis is cells."""
        if scope == onto:
            return logs
        sizes = [len(self.worlds.variables[k].values) for k in onto]
        grid = np.indices(sizes).reshape(len(sizes), -1)
        cell = np.zeros(grid.shape[1], dtype=np.int64)
        for k in scope:
            cell = cell * len(self.worlds.variables[k].values) + grid[onto.index(k)]
        out: Floats = logs[..., cell]
        return out

    def centre(self) -> Floats:
        """Draws that stand at the middle of every item; shape (n_items, 1)."""
        return np.zeros((self.n_items, 1))

    def contributions(self, z: Floats, rho: float) -> list[Contribution]:
        """Per block: its support, the part that measured items alone carry, and where the group's cap bit."""
        return [b.support(z, rho) for b in self.blocks]

    def sums(self, contributions: Sequence[Contribution], *, only: int | None = None) -> Sums:
        """Add up all groups (or only one) per set of tied variables, measured and argued support apart."""
        rows = contributions[0][0].shape[0] if contributions else 1
        proven, argued = [], []
        for scope in self.wholes:
            cells = math.prod(len(self.worlds.variables[k].values) for k in scope)
            proven.append(np.zeros((rows, cells)))
            argued.append(np.zeros((rows, cells)))
        for block, (whole, alone, _) in zip(self.blocks, contributions, strict=True):
            if only is not None and block.group != only:
                continue
            at = self._whole_of(block)
            if alone is not whole:
                rest = whole if alone is None else whole - alone
                argued[at] += self.lift(rest, block.scope, self.wholes[at])
            if alone is not None:
                proven[at] += self.lift(alone, block.scope, self.wholes[at])
        return proven, argued

    def without(self, sums: Sums, contributions: Sequence[Contribution], group: int) -> Sums:
        """The sums as they would be had a group not been there."""
        proven, argued = [x.copy() for x in sums[0]], [x.copy() for x in sums[1]]
        for block, (whole, alone, _) in zip(self.blocks, contributions, strict=True):
            if block.group == group:
                at = self._whole_of(block)
                rest = whole if alone is None else whole - alone
                argued[at] -= self.lift(rest, block.scope, self.wholes[at])
                if alone is not None:
                    proven[at] -= self.lift(alone, block.scope, self.wholes[at])
        return proven, argued

    def _whole_of(self, block: Block) -> int:
        return next(k for k, scope in enumerate(self.wholes) if set(block.scope) <= set(scope))

    def totals(self, sums: Sums) -> tuple[list[Floats], list[NDArray[np.bool_]]]:
        """Per set of tied variables: total log10 likelihood over its cells, and where the overall cap bit."""
        out, bits = [], []
        for proven, argued in zip(*sums, strict=True):
            factor, bit = scale_to(math.log10(self.settings.caps.overall), argued)
            out.append(proven + argued * factor)
            bits.append(bit)
        return out, bits

    def likelihood_factors(self, totals: Sequence[Floats]) -> list[Factor]:
        """Totals as factors over the worlds."""
        return [self.worlds.likelihood_factor(s, t) for s, t in zip(self.wholes, totals, strict=True)]

    def posterior(self, prior: Floats, totals: Sequence[Floats]) -> Floats:
        """Posterior over the worlds at the centre; prior of shape (1, n_worlds), totals of one draw."""
        weight = prior * self.worlds.product(self.likelihood_factors(totals)).T
        out: Floats = weight / weight.sum(axis=1, keepdims=True)
        return out


def _unions(scopes: Sequence[tuple[int, ...]]) -> list[tuple[int, ...]]:
    """Merge sets of variables that overlap; sorted."""
    merged: list[set[int]] = []
    for scope in scopes:
        now = set(scope)
        for other in [m for m in merged if m & now]:
            now |= other
            merged.remove(other)
        merged.append(now)
    return sorted(tuple(sorted(m)) for m in merged)


def _group_cap(items: Sequence[Item], settings: Settings) -> tuple[float, str]:
    argued = math.log10(settings.caps.group) if any(not i.measured for i in items) else 0.0
    proven = max((i.cap for i in items if i.measured), default=0.0)
    if argued >= proven:
        return argued, f"group with argued items: at most {settings.caps.group:g}"
    return proven, f"group with measured items: at most {10**proven:.0f}"
