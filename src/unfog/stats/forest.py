"""Connected components by union-find (Tarjan 1975, doi:10.1145/321879.321884), with the smallest member as the root."""

from __future__ import annotations

from typing import Generic, TypeVar

K = TypeVar("K", int, str)


class Forest(Generic[K]):
    """Things tied to one another, directly or through others.

    >>> forest = Forest[str]()
    >>> for a, b in (("b", "c"), ("d", "e"), ("a", "c")):
    ...     forest.tie(a, b)
    >>> forest.find("c"), forest.groups()
    ('a', [['a', 'b', 'c'], ['d', 'e']])
    """

    def __init__(self) -> None:
        self._parent: dict[K, K] = {}

    def find(self, x: K) -> K:
        """Smallest member of the component of ``x``, which is its own if nothing tied it."""
        parent = self._parent
        parent.setdefault(x, x)
        while parent[x] != x:
            parent[x] = parent[parent[x]]
            x = parent[x]
        return x

    def tie(self, a: K, b: K) -> None:
        """Put two things into one component."""
        a, b = self.find(a), self.find(b)
        if a != b:
            self._parent[max(a, b)] = min(a, b)

    def groups(self) -> list[list[K]]:
        """Components, members sorted, in the order of their smallest members."""
        found: dict[K, list[K]] = {}
        for x in sorted(self._parent):
            found.setdefault(self.find(x), []).append(x)
        return list(found.values())
