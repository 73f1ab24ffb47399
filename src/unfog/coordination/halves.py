"""Groups found on one half of the objects and tested on the other: nothing is dipped twice, and no pair need be
certain.

A pool of accounts that takes turns meets pairwise too seldom for any pair to be called. Its members are still tied to
each other by many weak edges: on one half of the objects the weak edges *propose* groups, on the other half each
proposal is *tested* as a whole, once, and Benjamini-Hochberg is taken over all proposals of both halves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from unfog.coordination.fusion import jaccard
from unfog.coordination.significance import Ground, episodes_together, log_p_group, log_p_member
from unfog.stats import log_bh

MEMBER_P = 0.05
"""A member of a proposal stays if its own closeness to the others, on the other half, has a p of at most this."""
LEAST_EPISODES = 3
"""What is left of a proposal must act together in at least so many different hours of the other half."""
MATCH = 0.3
"""A proposal stands for a group if the Jaccard similarity of the memberships is at least this."""
OVERLAP = 0.5
"""Groups that share this much of the smaller one are one group."""


@dataclass(frozen=True)
class Proposal:
    """A group found on one half.

    Attributes:
        half: Half of the objects it was found on.
        members: Account codes, ascending.
        ln_p: ln p on the other half.
        ln_q: ln q over all proposals.
        kept: Members that are tied to the others on the other half too.
        stands: Whether the kept members by themselves reach the false-discovery rate over the number of proposals,
            and act together in several different hours.
    """

    half: int
    members: list[int]
    ln_p: float
    ln_q: float
    kept: list[int]
    stands: bool

    def matches(self, group: Sequence[int]) -> bool:
        """Whether this is that group, found on one half."""
        return max(jaccard(self.members, group), jaccard(self.kept, group)) >= MATCH


def proposals(found: Sequence[Sequence[list[int]]], grounds: Sequence[Sequence[Ground]], q: float) -> list[Proposal]:
    """Test what was found on each half on the other one.

    Args:
        found: Groups by half.
        grounds: By half, what the test needs of every layer.
        q: False-discovery rate; members are only looked at where a proposal reaches it.
    """
    listed = [(half, members) for half in (0, 1) for members in found[half]]
    if not listed:
        return []
    ln_p = np.array([log_p_group(grounds[1 - half], members) for half, members in listed])
    out = []
    for (half, members), p, ln_q in zip(listed, ln_p.tolist(), log_bh(ln_p, len(listed)).tolist(), strict=True):
        other = grounds[1 - half]
        tied = log_p_member(other, members) if ln_q <= np.log(q) else np.zeros(len(members))
        kept = [m for m, x in zip(members, tied.tolist(), strict=True) if x <= np.log(MEMBER_P)]
        stands = (
            len(kept) >= 2
            and log_p_group(other, kept) <= np.log(q / len(listed))
            and episodes_together(other, kept) >= LEAST_EPISODES
        )
        out.append(Proposal(half, members, p, ln_q, kept, stands))
    return out


def confirmed(listed: Sequence[Proposal], least: int) -> list[list[int]]:
    """The kept members of the proposals that stand, where enough of them are left."""
    return [p.kept for p in listed if p.stands and len(p.kept) >= least]


def merge(groups: Sequence[list[int]]) -> list[list[int]]:
    """Join groups that share at least half of the smaller one with each other; the largest first."""
    pool: list[set[int]] = []
    for group in groups:
        new = set(group)
        while True:
            near = [g for g in pool if len(g & new) >= OVERLAP * min(len(g), len(new))]
            if not near:
                break
            new.update(*near)
            pool = [g for g in pool if not any(g is x for x in near)]
        pool.append(new)
    return sorted((sorted(g) for g in pool), key=lambda g: (-len(g), g[0]))
