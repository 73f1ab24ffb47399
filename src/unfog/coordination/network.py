"""The whole pipeline on the layers of a case: pairs, fused edges, groups, their p-values, stability and roles."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from unfog.coordination.detect import SignalPairs
from unfog.coordination.fusion import Edges, best_match, called, fuse, groups, likely
from unfog.coordination.layers import Layer, candidates, pairs
from unfog.coordination.options import Options
from unfog.coordination.significance import MATCH, Ground, ground, log_p_group, shared_objects
from unfog.stats import log_bh, log_poisson_binomial_tail

Progress = Callable[[str, float], None]
THRESHOLDS = (0.01, 0.1)
SCALES = (0.5, 2.0)
FIRST = "first in the group"
FOLLOWS = "follows"
OUTSIDE = "outside the group"
LEADER_P = 0.05
LENIENT = 1e-4
"""On half of the objects groups are looked for with this p of a pair: to find needs no proof: the other half gives
it."""


@dataclass
class Group:
    """One group.

    Attributes:
        members: Account codes, ascending.
        signals: Layers that hold it together.
        ln_p: ln p on objects that it was not found on; None where neither half of the objects shows it.
        ln_q: ln q over the groups tested.
        stability: Mean Jaccard similarity with its best match over windows and thresholds.
        roles: Account code -> role.
        strength: Account code -> share of its possible edges inside the group that were found.
        objects: Objects on which members acted together, over all signals.
    """

    members: list[int]
    signals: list[int]
    ln_p: float | None = None
    ln_q: float | None = None
    stability: float = 0.0
    roles: dict[int, str] = field(default_factory=dict)
    strength: dict[int, float] = field(default_factory=dict)
    objects: int = 0


@dataclass
class Network:
    """What the pipeline gave: one result per layer, fused pairs, edges at the false-discovery rate, groups."""

    results: list[SignalPairs]
    fused: Edges
    edges: Edges
    groups: list[Group]
    grounds: list[Ground]
    tested: int = 0


def partition(
    layers: Sequence[Layer],
    n_accounts: int,
    o: Options,
    *,
    half: int | None = None,
    scale: float = 1.0,
    runs: int | None = None,
    lenient: bool = False,
) -> tuple[list[SignalPairs], Edges, list[list[int]]]:
    """Pairs, fused edges and groups of the layers, or of one half of their objects, or with other windows."""
    results = [pairs(x, o, None if half is None else x.half == half, scale) for x in layers]
    fused = fuse(candidates(results, o), len(layers), n_accounts)
    found = groups(
        likely(fused, LENIENT) if lenient else called(fused, o.q),
        min_group=o.min_group,
        runs=runs or o.consensus,
        resolution=o.resolution,
        seed=o.seed,
    )
    return results, fused, found


def network(layers: Sequence[Layer], n_accounts: int, o: Options, progress: Progress | None = None) -> Network:
    """Run everything: the groups of the case, tested on halves of its objects, with stability and roles."""
    tell = progress or (lambda _what, _share: None)
    tell("pairs", 0.0)
    results, fused, found = partition(layers, n_accounts, o)
    edges = called(fused, o.q)
    out = [Group(members, _signals(edges, members)) for members in found]
    grounds = [ground(x, None, o.prior_sharers) for x in layers]
    if out:
        tell("groups on halves of the objects", 0.4)
        _test(layers, n_accounts, o, out)
        tell("stability", 0.7)
        _stability(layers, n_accounts, o, fused, out)
        for g in out:
            _roles(g, grounds, edges)
    tell("groups", 1.0)
    return Network(results, fused, edges, out, grounds, len(out))


def _signals(e: Edges, members: Sequence[int]) -> list[int]:
    inside = np.isin(e.a, members) & np.isin(e.b, members)
    bits = int(np.bitwise_or.reduce(e.signals[inside])) if inside.any() else 0
    return [k for k in range(bits.bit_length()) if bits >> k & 1]


def _test(layers: Sequence[Layer], n_accounts: int, o: Options, out: list[Group]) -> None:
    """p of each group: its match on one half of the objects, tested on the other half, both ways."""
    found = []
    for half in (0, 1):
        results, _, part = partition(layers, n_accounts, o, half=half, runs=max(1, o.consensus // 4), lenient=True)
        for r in results:
            r.spool.close()
        found.append(part)
    grounds = [[ground(x, x.half == half, o.prior_sharers) for x in layers] for half in (0, 1)]
    for g in out:
        ln: list[float] = []
        for half in (0, 1):
            k, score = best_match(g.members, found[half])
            if score >= MATCH:
                ln.append(log_p_group(grounds[1 - half], found[half][k]))
        g.ln_p = min(0.0, min(ln) + np.log(2.0)) if ln else None
    tested = [g for g in out if g.ln_p is not None]
    ln_q = log_bh(np.array([g.ln_p for g in tested], np.float64), len(out)) if tested else np.zeros(0)
    for g, q in zip(tested, ln_q, strict=True):
        g.ln_q = float(q)


def _stability(layers: Sequence[Layer], n_accounts: int, o: Options, fused: Edges, out: list[Group]) -> None:
    """How alike the groups are at other thresholds and windows."""
    others = [
        groups(
            called(fused, q), min_group=o.min_group, runs=max(1, o.consensus // 4), resolution=o.resolution, seed=o.seed
        )
        for q in THRESHOLDS
    ]
    for scale in SCALES:
        results, _, part = partition(layers, n_accounts, o, scale=scale, runs=max(1, o.consensus // 4))
        for r in results:
            r.spool.close()
        others.append(part)
    for g in out:
        g.stability = float(np.mean([best_match(g.members, part)[1] for part in others]))


def _roles(g: Group, grounds: Sequence[Ground], edges: Edges) -> None:
    """Who acts first more often than chance among those present, and how well each is tied in."""
    chances: dict[int, list[float]] = {m: [] for m in g.members}
    firsts: dict[int, int] = dict.fromkeys(g.members, 0)
    g.objects = 0
    for k in g.signals:
        seen = shared_objects(grounds[k], g.members)
        g.objects += int((seen.close > 0).sum())
        for row, present in enumerate(seen.present):
            if seen.close[row] == 0:
                continue
            for account in present.tolist():
                chances[account].append(1.0 / len(present))
            if seen.leader[row] >= 0:
                firsts[int(seen.leader[row])] += 1
    inside = np.isin(edges.a, g.members) & np.isin(edges.b, g.members)
    degree = np.bincount(np.concatenate([edges.a[inside], edges.b[inside]]), minlength=max(g.members) + 1)
    for m in g.members:
        ln_p = log_poisson_binomial_tail(chances[m], firsts[m]) if chances[m] else 0.0
        g.roles[m] = FIRST if ln_p <= np.log(LEADER_P / len(g.members)) else FOLLOWS
        g.strength[m] = float(degree[m]) / (len(g.members) - 1)


def group_of(groups_: Sequence[Group], n_accounts: int) -> npt.NDArray[np.int32]:
    """Group number of each account, -1 for none."""
    out = np.full(n_accounts, -1, np.int32)
    for k, g in enumerate(groups_):
        out[g.members] = k
    return out
