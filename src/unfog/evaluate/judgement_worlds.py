"""Simulated investigations with a known truth: what the judgement, two rivals and an oracle make of the same evidence.

Every item is a reading x ~ N(m[value], 1) whose mean under each value the analyst knows. Readings of one origin are
about one trait (nearly the same means) and their noise is correlated by rho, so their log likelihood ratios are; the
analyst does not know rho, the oracle does. The prior is the one that the truth is drawn from, except in the world that
says otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from unfog.judgement import Proposition, Settings, Variable
from unfog.judgement.items import known_items
from unfog.judgement.state import State
from unfog.judgement.worlds import Worlds
from unfog.model import Estimate, Evidence, Grade, Kind, Likelihood, MeasuredBy, Rating

Floats: TypeAlias = NDArray[np.float64]

VALUES = ("a", "b", "c", "other")
PRIOR = np.array([0.4, 0.3, 0.2, 0.1])
ORIGINS = ((6, 2, 1), (5, 3, 2), (4, 3, 2, 1), (7, 2, 1))
"""Items per origin: nine or ten items in three or four origins, as uneven as cases are (the reference case has groups
of 15, 7, 3 and 2, and seven single items)."""
SPREAD = 0.9
"""Standard deviation of a trait's mean between values, in units of an item's noise."""
LIKENESS = 0.1
"""Standard deviation of an item's means around those of its origin's trait."""


@dataclass(frozen=True)
class Investigation:
    """One simulated case.

    Attributes:
        truth: Index of the true value.
        logs: shape (n_items, n_values): log10 likelihood of each reading under each value, as the analyst has it.
        origins: Origin of each item.
        statements: What each item says; identical statements of one origin are the same report.
        joint: shape (n_values,): log10 likelihood of all readings together, as the oracle has it.
        fit: shape (n_items, n_values): density relative to the mode, as someone rates consistency in an ACH matrix.
    """

    truth: int
    logs: Floats
    origins: tuple[str, ...]
    statements: tuple[str, ...]
    joint: Floats
    fit: Floats


@dataclass(frozen=True)
class World:
    """A kind of investigation.

    Attributes:
        name: What it is called in the sheet.
        make: Draws one investigation.
        fair: Whether any rule could win it; the others are reported apart.
        dependent: Whether naive adding is wrong in it.
    """

    name: str
    make: Callable[[np.random.Generator], Investigation]
    fair: bool = True
    dependent: bool = True


def _readings(
    rng: np.random.Generator, truth: int, sizes: tuple[int, ...], rho: float, *, alike: bool = True
) -> Investigation:
    logs, origins, fits, joint = [], [], [], np.zeros(len(VALUES))
    for g, k in enumerate(sizes):
        means = SPREAD * rng.standard_normal((1 if alike else k, len(VALUES)))
        means = means + LIKENESS * rng.standard_normal((k, len(VALUES)))
        noise = np.sqrt(rho) * rng.standard_normal() + np.sqrt(1 - rho) * rng.standard_normal(k)
        x = means[:, truth] + noise
        z = x[:, None] - means
        inverse = np.linalg.inv((1 - rho) * np.eye(k) + rho) if k > 1 else np.eye(1)
        joint += -0.5 * np.einsum("iv,ij,jv->v", z, inverse, z) / np.log(10)
        logs.append(-0.5 * z**2 / np.log(10))
        fits.append(np.exp(-0.5 * z**2))
        origins += [f"origin {g}"] * k
    statements = tuple(f"reading {i}" for i in range(len(origins)))
    return Investigation(truth, np.concatenate(logs), tuple(origins), statements, joint, np.concatenate(fits))


def correlated(
    rho: float, sizes: tuple[tuple[int, ...], ...] = ORIGINS, *, alike: bool = True
) -> Callable[..., Investigation]:
    """Readings of one origin share noise with this correlation, and are about one trait unless ``alike`` is False."""

    def make(rng: np.random.Generator) -> Investigation:
        truth = int(rng.choice(len(VALUES), p=PRIOR))
        return _readings(rng, truth, sizes[rng.integers(len(sizes))], rho, alike=alike)

    return make


def re_reported(rng: np.random.Generator) -> Investigation:
    """Two of eight independent readings come back four times each: twice word for word, twice reworded."""
    truth = int(rng.choice(len(VALUES), p=PRIOR))
    base = _readings(rng, truth, (1,) * 8, 0.0)
    rows, origins, statements = list(range(8)), list(base.origins), list(base.statements)
    for item in rng.choice(8, 2, replace=False):
        for copy in range(4):
            rows.append(int(item))
            origins.append(base.origins[item])
            statements.append(base.statements[item] if copy < 2 else f"{base.statements[item]}, told again {copy}")
    return Investigation(truth, base.logs[rows], tuple(origins), tuple(statements), base.joint, base.fit[rows])


def vague_rival(rng: np.random.Generator) -> Investigation:
    """Eight items with four outcomes; “other” could live with any of them (0.25 each), the rest predict something."""
    truth = int(rng.choice(len(VALUES), p=PRIOR))
    told = np.maximum(rng.dirichlet(np.full(4, 0.6), size=(8, len(VALUES))), 0.02)
    told /= told.sum(axis=2, keepdims=True)
    told[:, -1, :] = 0.25
    seen = np.array([rng.choice(4, p=told[i, truth]) for i in range(8)])
    p = told[np.arange(8), :, seen]
    logs = np.log10(p)
    names = tuple(f"item {i}" for i in range(8))
    return Investigation(truth, logs, tuple(f"origin {i}" for i in range(8)), names, logs.sum(axis=0), p)


def poisoned(rng: np.random.Generator) -> Investigation:
    """One origin of three is a fabrication: its readings are made up to fit one false value."""
    truth = int(rng.choice(len(VALUES), p=PRIOR))
    sizes = (4, 3, 1)
    honest = _readings(rng, truth, sizes, 0.3)
    lie = int(rng.choice([v for v in range(len(VALUES)) if v != truth]))
    forged = _readings(rng, lie, sizes, 0.3)
    logs, fit = honest.logs.copy(), honest.fit.copy()
    logs[:4], fit[:4] = forged.logs[:4], forged.fit[:4]
    return Investigation(truth, logs, honest.origins, honest.statements, honest.joint, fit)


def wrong_prior(rng: np.random.Generator) -> Investigation:
    """The truth is “other” ten times as often, in odds, as the prior says."""
    odds = 10 * PRIOR[-1] / (1 - PRIOR[-1])
    real = PRIOR * (1 - odds / (1 + odds)) / (1 - PRIOR[-1])
    real[-1] = odds / (1 + odds)
    truth = int(rng.choice(len(VALUES), p=real))
    return _readings(rng, truth, ORIGINS[rng.integers(len(ORIGINS))], 0.3)


WORLDS = (
    World("rho 0", correlated(0.0), dependent=False),
    World("rho 0.3", correlated(0.3)),
    World("rho 0.6", correlated(0.6)),
    World("rho 0.9", correlated(0.9)),
    World("re-reported items", re_reported),
    World("vague rival", vague_rival, dependent=False),
    World("one origin, unlike traits, rho 0.6", correlated(0.6, alike=False), fair=False),
    World("one origin for everything, rho 0.9", correlated(0.9, ((8,),)), fair=False),
    World("poisoned source", poisoned, fair=False),
    World("prior wrong by ten", wrong_prior, fair=False),
)


# --- those who judge --------------------------------------------------------------------------------------------------

_VARIABLE = Variable(
    id="who",
    values=VALUES,
    prior={v: (float(p), float(p)) for v, p in zip(VALUES, PRIOR, strict=True)},
    reference="the distribution that the truth is drawn from",
    reason="simulation",
)
_PROPOSITIONS = tuple(Proposition(id=f"is-{v}", says=f"It is {v}", when={"who": (v,)}) for v in VALUES)
_SPACE = Worlds.of((_VARIABLE,), 10)
MEASURED = Settings(rater_spread=0.0)
"""Items with a calibrator behind them: no grade, no argued cap; dependence alone is tested."""


def _measured(inv: Investigation) -> Iterator[Evidence]:
    by = MeasuredBy(calibrator="simulated", n_same=10**6, n_different=10**6)
    for i, row in enumerate(inv.logs):
        told = tuple(
            Likelihood(value=v, log10_lr=Estimate.exact(float(x - row[0]))) for v, x in zip(VALUES, row, strict=True)
        )
        yield Evidence(
            id=f"e{i}",
            statement=inv.statements[i],
            kind=Kind.BEHAVIOURAL,
            variable="who",
            likelihoods=told,
            measured_by=by,
            origin=inv.origins[i],
            public_from="2020-01-01",
        )


def _argued(inv: Investigation, ratings: Floats) -> Iterator[Evidence]:
    """Items rated by persons; graded A2; the default caps."""
    for i in range(len(inv.logs)):
        yield Evidence(
            id=f"e{i}",
            statement=inv.statements[i],
            kind=Kind.BEHAVIOURAL,
            variable="who",
            ratings=tuple(
                Rating(
                    by=f"r{r}",
                    on="2020-01-01",
                    reason="simulated",
                    log10_lr={v: float(x) for v, x in zip(VALUES, ratings[r, i], strict=True)},
                )
                for r in range(len(ratings))
            ),
            origin=inv.origins[i],
            grade=Grade(source="A", item=2),
            public_from="2020-01-01",
        )


def rated(inv: Investigation, rng: np.random.Generator) -> Floats:
    """Two raters, each off by a factor of two (one standard deviation); a repeated item is rated alike.

    Returns:
        shape (2, n_items, n_values): log10 likelihood ratios against the first value.
    """
    noise = {name: np.log10(2.0) * rng.standard_normal((2, len(VALUES))) for name in dict.fromkeys(inv.statements)}
    stack = np.stack([row - row[0] + noise[s] for row, s in zip(inv.logs, inv.statements, strict=True)], axis=1)
    out: Floats = stack
    return out


def engine_answer(evidence: Iterator[Evidence], settings: Settings) -> Floats:
    """Posterior of every value by the judgement room, from evidence items to groups to the sum."""
    items = known_items(list(evidence), _SPACE, (), settings, None)
    state = State.of(_SPACE, items, settings, _PROPOSITIONS)
    return state.probabilities()[: len(VALUES)]


def naive_bayes(logs: Floats) -> Floats:
    """Every item counted in full."""
    return bayes(logs.sum(axis=0))


def bayes(joint: Floats) -> Floats:
    """Posterior from a joint log10 likelihood."""
    w = PRIOR * 10.0 ** (joint - joint.max())
    out: Floats = w / w.sum()
    return out


def ach_scores(fit: Floats) -> Floats:
    """Inconsistency counts as common software has them: 1 for inconsistent, 2 for very inconsistent, nothing else.

    An item is rated inconsistent with a value under which it was improbable (below 0.12 of the best possible, very
    below 0.05); as in Burton's open-source ACH, consistency counts for nothing.
    """
    counts: Floats = np.where(fit < 0.05, 2.0, np.where(fit < 0.12, 1.0, 0.0)).sum(axis=0)
    return counts


@dataclass
class Outcome:
    """What each judge said in one world.

    Attributes:
        truth: shape (n,).
        said: judge -> posterior of every value, shape (n, n_values).
        inconsistency: shape (n, n_values): ACH's scores.
    """

    truth: NDArray[np.int64]
    said: dict[str, Floats] = field(default_factory=dict)
    inconsistency: Floats = field(default_factory=lambda: np.zeros((0, 0)))


def run(world: World, n: int, seed: int, *, argued: bool = False) -> Outcome:
    """Draw n investigations of a world and let everyone judge them.

    Args:
        world: The world.
        n: Investigations.
        seed: Seed.
        argued: Judge them as argued items (two noisy raters, grade A2, default caps) instead of measured ones.
    """
    rng = np.random.default_rng(seed)
    truth, ach = np.empty(n, dtype=np.int64), np.empty((n, len(VALUES)))
    said = {name: np.empty((n, len(VALUES))) for name in ("unfog", "naive Bayes", "oracle")}
    for k in range(n):
        inv = world.make(rng)
        truth[k] = inv.truth
        if argued:
            ratings = rated(inv, rng)
            said["unfog"][k] = engine_answer(_argued(inv, ratings), Settings())
            said["naive Bayes"][k] = naive_bayes(ratings.mean(axis=0))
        else:
            said["unfog"][k] = engine_answer(_measured(inv), MEASURED)
            said["naive Bayes"][k] = naive_bayes(inv.logs)
        said["oracle"][k] = bayes(inv.joint)
        ach[k] = ach_scores(inv.fit)
    return Outcome(truth, said, ach)
