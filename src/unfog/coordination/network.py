"""The whole pipeline on the layers of a case: pairs, fused edges, groups, their p-values, stability and roles."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from unfog.coordination.detect import SignalPairs
from unfog.coordination.fusion import Edges, best_match, called, fuse, groups, strongest
from unfog.coordination.halves import Proposal, confirmed, merge, proposals
from unfog.coordination.layers import Layer, candidates, pairs
from unfog.coordination.options import Options
from unfog.coordination.significance import Ground, Shared, ground, log_p_close, shared_objects
from unfog.stats import log_poisson_binomial_tail

Progress = Callable[[str, float], None]
THRESHOLDS = (0.01, 0.1)
SCALES = (0.5, 2.0)
FIRST = "first in the group"
FOLLOWS = "follows"
OUTSIDE = "outside the group"
LEADER_P = 0.05
WEAK = 0.1
"""On half of the objects groups are looked for with all pairs that meet once or more and have this p: to find needs no
proof, the other half gives it."""
MOST_EDGES = 300_000
"""The strongest weak edges, if there are more."""
SIGNAL_P = 0.05
"""A signal holds a group together if its members are closer in it with at most this p."""


@dataclass
class Group:
    """One group.

    Attributes:
        members: Account codes, ascending.
        signals: Layers that hold it together.
        ln_p: ln p on objects that it was not found on; None where neither half of the objects shows it.
        ln_q: ln q over all groups proposed on either half.
        by_pairs: Whether any pair of it was called by itself.
        stability: Mean Jaccard similarity with its best match over windows and thresholds.
        roles: Account code -> role.
        strength: Account code -> share of the other members that it meets within the window.
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
    by_pairs: bool = True


@dataclass
class Network:
    """What the pipeline gave: one result per layer, fused pairs, edges at the false-discovery rate, groups."""

    results: list[SignalPairs]
    fused: Edges
    edges: Edges
    groups: list[Group]
    grounds: list[Ground]


def partition(
    layers: Sequence[Layer], n_accounts: int, o: Options, *, scale: float = 1.0, runs: int | None = None
) -> tuple[list[SignalPairs], Edges, list[list[int]]]:
    """Pairs, fused edges and groups of the layers, perhaps with other windows."""
    results = [pairs(x, o, None, scale) for x in layers]
    fused = fuse(candidates(results, max(2, o.min_shared)), len(layers), n_accounts)
    return results, fused, _cluster(called(fused, o.q), o, runs or o.consensus)


def propose(layers: Sequence[Layer], n_accounts: int, o: Options, half: int) -> list[list[int]]:
    """Groups of weak edges on one half of the objects."""
    weak = o.model_copy(update={"min_shared": 1, "min_actions": 1})
    results = [pairs(x, weak, x.half == half) for x in layers]
    fused = fuse(candidates(results, 1, WEAK), len(layers), n_accounts)
    for r in results:
        r.spool.close()
    return _cluster(strongest(fused, MOST_EDGES), o, max(1, o.consensus // 4))


def _cluster(e: Edges, o: Options, runs: int) -> list[list[int]]:
    return groups(e, min_group=o.min_group, runs=runs, resolution=o.resolution, seed=o.seed)


def network(layers: Sequence[Layer], n_accounts: int, o: Options, progress: Progress | None = None) -> Network:
    """Run everything: the groups of the case, tested on halves of its objects, with stability and roles.

    Groups come two ways: from pairs that are certain by themselves, and from weak ties on one half of the objects
    that are confirmed as a whole on the other half. What overlaps is one group.
    """
    tell = progress or (lambda _what, _share: None)
    tell("pairs", 0.0)
    results, fused, by_pairs = partition(layers, n_accounts, o)
    edges = called(fused, o.q)
    tell("groups on halves of the objects", 0.3)
    found = [propose(layers, n_accounts, o, half) for half in (0, 1)]
    grounds = [[ground(x, x.half == half, o.prior_sharers) for x in layers] for half in (0, 1)]
    listed = proposals(found, grounds, o.q)
    whole = [ground(x, None, o.prior_sharers) for x in layers]
    out = [_group(m, listed, edges, whole) for m in merge([*by_pairs, *confirmed(listed, o.min_group)])]
    if out:
        tell("stability", 0.8)
        _stability(layers, n_accounts, o, fused, found, out)
    tell("groups", 1.0)
    return Network(results, fused, edges, out, whole)


def _group(members: list[int], listed: Sequence[Proposal], edges: Edges, grounds: Sequence[Ground]) -> Group:
    """A group with its p on objects it was not found on, its signals, roles and ties."""
    seen = [shared_objects(g, members) for g in grounds]
    signals = [
        k
        for k, (g, s) in enumerate(zip(grounds, seen, strict=True))
        if (s.close > 0).sum() >= 2 and log_p_close(g, s.close, s.expected, s.first) <= np.log(SIGNAL_P)
    ] or [int(np.argmax([(s.close > 0).sum() for s in seen]))]
    same = [p for p in listed if p.matches(members)]
    inside = np.isin(edges.a, members) & np.isin(edges.b, members)
    group = Group(
        members,
        signals,
        ln_p=min(0.0, min(p.ln_p for p in same) + np.log(2.0)) if same else None,
        ln_q=min(p.ln_q for p in same) if same else None,
        by_pairs=bool(inside.any()),
        objects=sum(int((seen[k].close > 0).sum()) for k in signals),
    )
    _roles(group, [seen[k] for k in signals], [grounds[k].window for k in signals])
    return group


def _stability(
    layers: Sequence[Layer], n_accounts: int, o: Options, fused: Edges, halves: list[list[list[int]]], out: list[Group]
) -> None:
    """How alike the groups are at other thresholds and windows; one found as a whole, on the two halves."""
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
        g.stability = float(np.mean([best_match(g.members, part)[1] for part in (others if g.by_pairs else halves)]))


def _roles(g: Group, seen: Sequence[Shared], windows: Sequence[int]) -> None:
    """Who acts first more often than chance among those present, and how many of the others each one meets."""
    chances: dict[int, list[float]] = {m: [] for m in g.members}
    firsts: dict[int, int] = dict.fromkeys(g.members, 0)
    met: dict[int, set[int]] = {m: set() for m in g.members}
    for objects, window in zip(seen, windows, strict=True):
        for row, (present, times) in enumerate(zip(objects.present, objects.times, strict=True)):
            if objects.close[row] == 0:
                continue
            for account, time in zip(present.tolist(), times.tolist(), strict=True):
                chances[account].append(1.0 / len(present))
                met[account].update(present[np.abs(times - time) <= window].tolist())
            if objects.leader[row] >= 0:
                firsts[int(objects.leader[row])] += 1
    for m in g.members:
        ln_p = log_poisson_binomial_tail(chances[m], firsts[m]) if chances[m] else 0.0
        g.roles[m] = FIRST if ln_p <= np.log(LEADER_P / len(g.members)) else FOLLOWS
        g.strength[m] = float(len(met[m] - {m})) / (len(g.members) - 1)
