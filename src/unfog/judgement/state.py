"""One state of knowledge: the engine, its prior, and the propositions as rows of a mask; figures are asked of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from unfog.judgement.combine import Floats
from unfog.judgement.engine import Contribution, Engine, Sums
from unfog.judgement.groups import Group, groups_of
from unfog.judgement.items import Item
from unfog.judgement.settings import Settings
from unfog.judgement.variables import Proposition
from unfog.judgement.worlds import Factor, Worlds

TINY = 1e-300
ITEMS_CHUNK = 5_000_000
"""Items x draws held in memory at once."""
WORLDS_CHUNK = 200_000
"""Worlds x draws held in memory at once: what fits a processor's cache."""


@dataclass(frozen=True)
class Drawn:
    """Draws of everything asked: posterior and prior probability, each of shape (n_draws, n_rows)."""

    posterior: Floats
    prior: Floats

    def log10_lr(self) -> Floats:
        """log10 of posterior odds over prior odds, draw by draw."""
        return log_odds(self.posterior) - log_odds(self.prior)


def log_odds(p: Floats) -> Floats:
    """log10 odds, finite: probabilities are held 1e-15 away from 0 and 1."""
    q = np.clip(p, 1e-15, 1.0 - 1e-15)
    out: Floats = np.log10(q / (1.0 - q))
    return out


def from_log_odds(x: Floats) -> Floats:
    """Probability of log10 odds."""
    out: Floats = 1.0 / (1.0 + 10.0 ** (-np.clip(x, -300.0, 300.0)))
    return out


@dataclass(frozen=True)
class State:
    """Everything known at one date.

    Attributes:
        worlds: The worlds.
        items: All known items, also those that weigh nothing.
        engine: The engine over the weighed ones.
        settings: Settings.
        asked: Propositions that can be asked (those with ``when``).
    """

    worlds: Worlds
    items: tuple[Item, ...]
    engine: Engine
    settings: Settings
    asked: tuple[Proposition, ...]

    @classmethod
    def of(
        cls, worlds: Worlds, items: Sequence[Item], settings: Settings, propositions: Sequence[Proposition]
    ) -> State:
        """Group the items and build the engine."""
        engine = Engine.of(worlds, groups_of(items), settings)
        return cls(worlds, tuple(items), engine, settings, tuple(p for p in propositions if p.when))

    @property
    def groups(self) -> tuple[Group, ...]:
        """Dependence groups."""
        return self.engine.groups

    @cached_property
    def masks(self) -> Floats:
        """shape (n_worlds, n_asked + all values of all variables): indicator of each thing that is reported."""
        rows: list[NDArray[np.bool_]] = [self.worlds.true_in(p) for p in self.asked]
        for at, v in enumerate(self.worlds.variables):
            rows += [self.worlds.index[:, at] == k for k in range(len(v.values))]
        return np.stack(rows, axis=1).astype(np.float64)

    @cached_property
    def prior(self) -> Floats:
        """Central prior over worlds; shape (1, n_worlds)."""
        return self.worlds.prior()

    @cached_property
    def contributions(self) -> list[Contribution]:
        """Per block, at the centre."""
        return self.engine.contributions(self.engine.centre(), self.settings.rho)

    @cached_property
    def sums(self) -> Sums:
        """All groups together, at the centre."""
        return self.engine.sums(self.contributions)

    def probabilities(self, sums: Sums | None = None, prior: Floats | None = None) -> Floats:
        """Posterior of everything in ``masks`` at the centre, or for other sums or another prior; shape (n_rows,)."""
        totals, _ = self.engine.totals(self.sums if sums is None else sums)
        return self._read(self.engine.posterior(self.prior if prior is None else prior, totals)[0])

    @cached_property
    def priors(self) -> Floats:
        """Prior probability of everything in ``masks``; shape (n_rows,)."""
        return self._read(self.prior[0])

    def at_rho(self, rho: float) -> Floats:
        """Posterior of everything in ``masks`` under another assumed correlation."""
        return self.probabilities(self.engine.sums(self.engine.contributions(self.engine.centre(), rho)))

    def drawn(self, n: int) -> Drawn:
        """Posterior and prior of everything in ``masks``, n times, over the ranges of priors and of the items."""
        normal = np.random.default_rng(self.settings.seed)
        flat = np.random.default_rng(self.settings.seed + 1)
        after, before = [], []
        outer = max(1, min(n, ITEMS_CHUNK // max(self.engine.n_items, 1)))
        inner = max(1, min(n, WORLDS_CHUNK // max(len(self.worlds), 1)))
        for start in range(0, n, outer):
            rows = min(outer, n - start)
            prior = self.worlds.prior_factors(flat, rows)
            z = normal.standard_normal((self.engine.n_items, rows))
            totals, _ = self.engine.totals(self.engine.sums(self.engine.contributions(z, self.settings.rho)))
            likelihood = self.engine.likelihood_factors(totals)
            for at in range(0, rows, inner):
                part = slice(at, min(at + inner, rows))
                now = [_slice(f, part) for f in prior]
                after.append(self._asked_of(now + [_slice(f, part) for f in likelihood], part.stop - part.start))
                before.append(self._asked_of(now, part.stop - part.start))
        return Drawn(np.concatenate(after), np.concatenate(before))

    def _asked_of(self, factors: list[Factor], rows: int) -> Floats:
        """Probability of everything in ``masks`` draw by draw, without a matrix product (no threads, same bits)."""
        weight = self.worlds.product(factors)
        values = [self.worlds.sums(weight, at) for at in range(len(self.worlds.variables))]
        out = []
        for k, p in enumerate(self.asked):
            if len(p.when) == 1:
                name, wanted = next(iter(p.when.items()))
                at = self.worlds.position(name)
                rows_of = [self.worlds.variables[at].values.index(x) for x in dict.fromkeys(wanted)]
                out.append(values[at][rows_of].sum(axis=0))
            else:
                out.append(weight[self.masks[:, k] > 0].sum(axis=0))
        table = np.concatenate([np.stack(out) if out else np.zeros((0, weight.shape[1])), *values])
        shares: Floats = (table / values[0].sum(axis=0)).T
        return np.broadcast_to(shares, (rows, shares.shape[1]))

    def _read(self, world: Floats) -> Floats:
        """Probability of everything in ``masks``, for one distribution over worlds of shape (n_worlds,)."""
        out: Floats = (self.masks * world[:, None]).sum(axis=0)
        return out

    @cached_property
    def alone(self) -> Floats:
        """log10 LR of each group had it been the only one; shape (n_groups, n_rows)."""
        base = log_odds(self.priors)
        rows = [
            log_odds(self.probabilities(self.engine.sums(self.contributions, only=g))) - base
            for g in range(len(self.groups))
        ]
        return np.stack(rows) if rows else np.zeros((0, self.masks.shape[1]))

    @cached_property
    def removed(self) -> Floats:
        """Posterior of everything had each group in turn not been there; shape (n_groups, n_rows)."""
        rows = [
            self.probabilities(self.engine.without(self.sums, self.contributions, g)) for g in range(len(self.groups))
        ]
        return np.stack(rows) if rows else np.zeros((0, self.masks.shape[1]))

    def pushed(self, group: int, t: float) -> Floats:
        """Posterior of everything with all of a group's items at one end of their intervals (t = -1.645 or 1.645)."""
        z = np.full((self.engine.n_items, 1), t)
        changed = [
            block.support(z, self.settings.rho) if block.group == group else old
            for block, old in zip(self.engine.blocks, self.contributions, strict=True)
        ]
        return self.probabilities(self.engine.sums(changed))

    def without_groups(self, gone: Sequence[int]) -> Floats:
        """Posterior of everything with several groups gone."""
        sums = self.sums
        for g in gone:
            sums = self.engine.without(sums, self.contributions, g)
        return self.probabilities(sums)

    def by_rater(self, rater: str) -> State | None:
        """The state had only this rater's figures been used; items that the rater did not rate keep the merged ones."""
        changed = [
            replace(i, logs=np.repeat(dict(i.raters)[rater][None, :], 3, axis=0)) if rater in dict(i.raters) else i
            for i in self.items
        ]
        if not any(rater in dict(i.raters) and not i.left_out for i in self.items):
            return None
        return State.of(self.worlds, changed, self.settings, self.asked)

    def item_alone(self) -> dict[str, Floats]:
        """Per weighed item: log10 LR at the low, middle and high end on each row, alone; shape (3, n_rows)."""
        out: dict[str, Floats] = {}
        joint: dict[tuple[int, ...], tuple[Floats, Floats]] = {}
        for block in self.engine.blocks:
            for item in block.items:
                if item.scope not in joint:
                    joint[item.scope] = self._joint(item.scope)
                with_, without = joint[item.scope]
                support = item.logs - item.logs.min(axis=1, keepdims=True)
                span = support.max(axis=1, keepdims=True)
                support = support * np.minimum(1.0, item.cap / np.maximum(span, TINY))
                lift = 10.0**support
                three = np.log10((lift[:, :, None] * with_).sum(axis=1) / (lift[:, :, None] * without).sum(axis=1))
                out[item.id] = np.stack([three.min(axis=0), three[1], three.max(axis=0)])
        return out

    def _joint(self, scope: tuple[int, ...]) -> tuple[Floats, Floats]:
        """p(cell | row true) and p(cell | row false) under the central prior; each (n_cells, n_rows)."""
        cell = self.worlds.cells(scope)
        n = int(cell.max()) + 1
        true = np.zeros((n, self.masks.shape[1]))
        np.add.at(true, cell, self.prior[0][:, None] * self.masks)
        false = np.zeros_like(true)
        np.add.at(false, cell, self.prior[0][:, None] * (1.0 - self.masks))
        return true / np.maximum(true.sum(axis=0), TINY), false / np.maximum(false.sum(axis=0), TINY)


def _slice(factor: Factor, rows: slice) -> Factor:
    """The factor for some of the draws; a factor that is the same in all draws stays as it is."""
    scope, values = factor
    return scope, values if values.shape[-1] == 1 else values[..., rows]
