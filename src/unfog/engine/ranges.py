"""Ranges of a key, so that a relation too large to sort at once is sorted range by range.

A sort that spills packs rows, writes them and reads them again, and may still ask for more memory than it was given.
Rows dealt out to ranges first (:func:`unfog.engine.spool.scatter`) are sorted in memory, one range after the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from unfog.engine.sql import Value, identifier, literal

RANGE_BYTES = 8 << 20
"""Bytes of text in one range."""
MOST_RANGES = 256
"""One file each is open while rows are dealt out; beyond 2 GiB of text ranges grow."""
SAMPLED = 64
"""Keys looked at for each range."""
FEW_ROWS = 1000
"""A relation of so few rows is sorted at once, unmeasured."""
GROUP_ROWS = 122_880
"""Rows of a row group, at most."""
GROUP_BYTES = 16 << 20
"""Bytes of text in a row group, about: long texts come in smaller groups."""
PLAIN = frozenset({"VARCHAR", "BIGINT", "INTEGER", "DOUBLE", "BOOLEAN", "TIMESTAMP", "DATE", "VARCHAR[]"})
"""Types that come back from Arrow as they went."""
KEYS = frozenset({"VARCHAR", "BIGINT", "INTEGER", "TIMESTAMP", "DATE"})


@dataclass(frozen=True, slots=True)
class Size:
    """Rows and bytes of text of a relation; zero if they were not counted because they are few.

    Whatever follows from it follows from the rows alone, so that the same rows give the same file.
    """

    rows: int = 0
    bytes: int = 0

    @property
    def ranges(self) -> int:
        """Ranges that the relation is sorted in."""
        return min(MOST_RANGES, -(-self.bytes // RANGE_BYTES))

    @property
    def sampled(self) -> int:
        """One key in so many is looked at for cutting."""
        return max(1, self.rows // (self.ranges * SAMPLED))

    @property
    def group_rows(self) -> int:
        """Rows of a row group: a multiple of 8,192 where that many fit, else of 32."""
        if not self.bytes:
            return GROUP_ROWS
        fit = GROUP_BYTES * self.rows // self.bytes
        step = 8192 if fit >= 8192 else 32
        return min(GROUP_ROWS, max(step, fit // step * step))


def text_bytes(columns: dict[str, str]) -> str:
    """SQL for the bytes of text in a row."""
    lengths = [f"coalesce(strlen({identifier(c)}), 0)" for c, kind in columns.items() if kind == "VARCHAR"]
    return " + ".join(lengths) or "0"


def cuts(keys: Sequence[tuple[Any, ...]], ranges: int) -> list[tuple[Any, ...]]:
    """Keys that cut a sorted sample of keys into ranges of about the same number of rows.

    Args:
        keys: Sorted; a key with a null cuts nowhere.
        ranges: Ranges wanted; there may come fewer.
    """
    whole = [k for k in keys if None not in k]
    return list(dict.fromkeys(whole[len(whole) * at // ranges] for at in range(1, ranges) if whole))


def range_sql(columns: Sequence[str], cut: Sequence[Sequence[Value]]) -> str:
    """SQL for the number of the range that a row falls into: nested, so that a row is compared log2(n) times."""

    def number(low: int, high: int) -> str:
        if low == high:
            return str(low)
        middle = (low + high) // 2
        return (
            f"CASE WHEN {_before(columns, cut[middle])} THEN {number(low, middle)} ELSE {number(middle + 1, high)} END"
        )

    return number(0, len(cut))


def _before(columns: Sequence[str], cut: Sequence[Value]) -> str:
    """SQL for a key that comes before another, nulls first."""
    (first, *rest), (value, *values) = columns, cut
    less = f"coalesce({identifier(first)} < {literal(value)}, TRUE)"
    if not rest:
        return less
    return f"({less} OR ({identifier(first)} = {literal(value)} AND {_before(rest, values)}))"
