"""Who got it from whom: dependence groups, merged duplicates, circles, and reports that only seem to agree.

Items that share an origin, or are derived from one another or from the same rows, are one group, without anyone having
to say so. Items whose origin nobody stated are one group too: independence has to be shown. Splitting needs a written
reason (``apart_because``), and the parts stay under the one cap of the group they came from.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from unfog.errors import EvidenceError
from unfog.judgement.items import Item
from unfog.stats import Forest

NOT_STATED = "origin not stated"


@dataclass(frozen=True)
class Group:
    """Items that count as dependent.

    Attributes:
        id: Name of the group: its origin, or the first of what its items share.
        items: Weighed items, sorted by id, identical ones merged.
        parts: Index of the part that each item is in; all 0 unless someone split the group with a reason.
        ties: What ties the items: ``origin:...``, ``from:...``.
    """

    id: str
    items: tuple[Item, ...]
    parts: tuple[int, ...]
    ties: tuple[str, ...]

    @property
    def independent(self) -> bool:
        """Whether somebody stated where it comes from."""
        return NOT_STATED not in self.ties


@dataclass(frozen=True)
class Circle:
    """Reports that seem to agree and rest on one origin.

    Attributes:
        origin: The common root.
        items: Ids, in the order of publication.
        publishers: Who printed it.
        chain: Who took it from whom, ``later <- earlier``.
        false_corroboration: (item, item that it names as corroboration though both rest on one origin).
    """

    origin: str
    items: tuple[str, ...]
    publishers: tuple[str, ...]
    chain: tuple[str, ...]
    false_corroboration: tuple[tuple[str, str], ...]


def check_no_cycle(items: Iterable[Item]) -> None:
    """Refuse evidence that is derived from itself.

    Raises:
        EvidenceError: names the items of the circle.
    """
    graph = {i.id: i.evidence.derived_from for i in items}
    state: dict[str, int] = {}
    for root in sorted(graph):
        trail: list[tuple[str, int]] = [(root, 0)]
        while trail:
            node, at = trail.pop()
            if at == 0:
                if state.get(node) == 2:
                    continue
                state[node] = 1
            if at < len(graph[node]):
                trail.append((node, at + 1))
                nxt = graph[node][at]
                if nxt in graph:
                    if state.get(nxt) == 1:
                        path = [n for n, _ in trail]
                        raise EvidenceError(nxt, "derived from itself: " + " <- ".join([*path[path.index(nxt) :], nxt]))
                    trail.append((nxt, 0))
            else:
                state[node] = 2


def _ties(item: Item, is_source: frozenset[str]) -> list[str]:
    e = item.evidence
    ties = [f"from:{x}" for x in e.derived_from]
    if e.origin.strip():
        ties.append(f"origin:{e.origin.strip().casefold()}")
    if not ties and item.id not in is_source:
        ties.append(NOT_STATED)
    return [*ties, f"from:{item.id}"]


def groups_of(items: Sequence[Item]) -> tuple[Group, ...]:
    """Put items into dependence groups; items that are left out tie others together but weigh nothing."""
    check_no_cycle(items)
    forest = Forest[str]()
    is_source = frozenset(x for i in items for x in i.evidence.derived_from)
    for item in items:
        first, *more = _ties(item, is_source)
        for tie in more:
            forest.tie(first, tie)
    members: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        members[forest.find(f"from:{item.id}")].append(item)
    groups = [_group(sorted(found, key=lambda i: i.id), is_source) for found in members.values()]
    named = sorted((g for g in groups if g.items), key=lambda g: g.id)
    taken: dict[str, int] = {}
    out: list[Group] = []
    for g in named:
        n = taken[g.id] = taken.get(g.id, 0) + 1
        out.append(replace(g, id=f"{g.id} ({n})") if n > 1 else g)
    return tuple(out)


def _group(found: list[Item], is_source: frozenset[str]) -> Group:
    ties = sorted({t for i in found for t in _ties(i, is_source)} - {f"from:{i.id}" for i in found})
    weighed = merged([i for i in found if not i.left_out])
    parts, own = [], 0
    for i in weighed:
        if i.evidence.apart_because.strip():
            own += 1
        parts.append(own if i.evidence.apart_because.strip() else 0)
    spelled = sorted({i.evidence.origin.strip() for i in found if i.evidence.origin.strip()})
    origins = sorted({o.casefold(): o for o in reversed(spelled)}.values(), key=str.casefold)
    if origins:
        name = origins[0] if len(origins) == 1 else " + ".join(origins[:3]) + (" ..." if len(origins) > 3 else "")
    elif NOT_STATED in ties:
        name = NOT_STATED
    else:
        name = next((t.removeprefix("from:") for t in ties), found[0].id)
    return Group(name, tuple(weighed), tuple(parts), tuple(ties))


def merged(items: Sequence[Item]) -> list[Item]:
    """Merge items of one origin that say the same about the same variable: repeating it never makes it truer."""
    by_content: dict[tuple[object, ...], list[Item]] = defaultdict(list)
    for i in items:
        e = i.evidence
        said = " ".join(e.statement.casefold().split())
        by_content[(i.scope, e.origin.strip().casefold(), said, e.absence)].append(i)
    out: list[Item] = []
    for same in by_content.values():
        first = min(same, key=lambda i: (i.known_from.end, i.id))
        if len(same) > 1:
            logs = np.mean([i.logs for i in same], axis=0) if _differ(same) else first.logs
            rest = tuple(sorted(i.id for i in same if i is not first))
            first = replace(first, logs=logs, cap=min(i.cap for i in same), merged=rest)
        out.append(first)
    return sorted(out, key=lambda i: i.id)


def _differ(same: Sequence[Item]) -> bool:
    return any(not np.array_equal(i.logs, same[0].logs) for i in same[1:])


def circles(items: Sequence[Item]) -> tuple[Circle, ...]:
    """Where several published items rest on one origin: circular reporting, shown so that nobody counts it twice."""
    by_id = {i.id: i for i in items}
    root = {i.id: _root(i, by_id) for i in items}
    members: dict[str, list[Item]] = defaultdict(list)
    for i in items:
        members[root[i.id]].append(i)
    out = []
    for origin, found in sorted(members.items()):
        false = sorted(
            (i.id, other)
            for i in found
            for other in i.evidence.corroborated_by
            if other in by_id and root[other] == origin
        )
        publishers = sorted({s[0] for i in found for s in i.evidence.sources})
        chain = sorted(f"{i.id} <- {x}" for i in found for x in i.evidence.derived_from if x in by_id)
        if origin and len(found) > 1 and (false or chain or len(publishers) > 1):
            ordered = sorted(found, key=lambda i: (i.known_from.end, i.id))
            out.append(Circle(origin, tuple(i.id for i in ordered), tuple(publishers), tuple(chain), tuple(false)))
    return tuple(out)


def _root(item: Item, by_id: dict[str, Item]) -> str:
    """The origin at the end of the chain of derivation (the first one where an item is derived from several)."""
    seen = {item.id}
    while True:
        earlier = sorted(x for x in item.evidence.derived_from if x in by_id and x not in seen)
        if not earlier:
            return item.evidence.origin.strip()
        item = by_id[earlier[0]]
        seen.add(item.id)
