"""How much shared DISARM techniques tell: learned from coded incidents, and it is little.

``disarm_overlap.json`` holds the distribution of the overlap between *different* coded incidents, by level of the
techniques. The other class, one operation coded twice, has so few operations that no likelihood ratio can be
calibrated; the share of unrelated pairs with at least this overlap is given instead, and a bound on what it could be
worth.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from unfog.stats import p_value_bound

LEVELS = ("exact", "parent")


def parent(code: str) -> str:
    """Technique of a sub-technique.

    >>> parent("T0089.001")
    'T0089'
    """
    return code.split(".", 1)[0]


def jaccard(a: frozenset[str], b: frozenset[str], level: str = "exact") -> float:
    """Overlap of two sets of technique ids at a level, 0 to 1; 0 where both are empty."""
    if level == "parent":
        a, b = frozenset(map(parent, a)), frozenset(map(parent, b))
    return len(a & b) / len(a | b) if a | b else 0.0


def learn(
    incidents: Mapping[str, Iterable[str]],
    same: Sequence[tuple[str, Iterable[str], Iterable[str]]],
    twins: Sequence[frozenset[str]] = (),
) -> dict[str, Any]:
    """Distribution of the overlap between coded incidents.

    Args:
        incidents: Incident id -> technique ids; incidents without codes are left out.
        same: (operation, ids of one coding, ids of another coding of the same operation).
        twins: Pairs of incidents that code one operation; they are not counted as different.

    Returns:
        JSON-safe document: per level the percentiles over different pairs, and the overlaps of same pairs.
    """
    coded = {k: frozenset(v) for k, v in sorted(incidents.items()) if v}
    apart = [(a, b) for a, b in itertools.combinations(coded, 2) if frozenset((a, b)) not in set(twins)]
    out: dict[str, Any] = {"incidents": len(coded), "codes_median": float(np.median([len(v) for v in coded.values()]))}
    for level in LEVELS:
        pairs = [jaccard(coded[a], coded[b], level) for a, b in apart]
        own = [[op, round(jaccard(frozenset(a), frozenset(b), level), 4)] for op, a, b in same]
        out[level] = {
            "pairs": len(pairs),
            "percentiles": [round(float(q), 4) for q in np.quantile(pairs, np.linspace(0, 1, 101))],
            "same": own,
            "operations": len({op for op, _ in own}),
        }
    return out


@lru_cache(maxsize=1)
def learned() -> Mapping[str, Any]:
    """The distribution that ships with the package, with its source."""
    document: Mapping[str, Any] = json.loads(
        (Path(__file__).parent / "disarm_overlap.json").read_text(encoding="utf-8")
    )
    return document


def tail(overlap: float, level: str) -> float:
    """Share of unrelated pairs of incidents with at least this overlap: a p-value, never below 1 / (pairs + 1)."""
    own = learned()[level]
    percentiles = np.asarray(own["percentiles"])
    above = float((percentiles >= overlap - 1e-9).sum()) / percentiles.size
    return max(above, 1.0 / (float(own["pairs"]) + 1.0))


def overlap_bound(a: frozenset[str], b: frozenset[str]) -> str:
    """What the overlap of two coded sets allows to say, in words."""
    told = []
    for level in LEVELS:
        j = jaccard(a, b, level)
        p = tail(j, level)
        told.append(
            f"overlap {j:.2f} on {level} techniques, reached by {100 * p:.0f} % of unrelated pairs "
            f"(worth at most {10 ** float(p_value_bound(p)):.1f} : 1)"
        )
    n = learned()["parent"]["operations"]
    return f"{'; '.join(told)}; only {n} operations are coded twice, so no likelihood ratio is given"
