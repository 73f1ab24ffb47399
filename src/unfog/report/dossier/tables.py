"""Tables for readers without a database: JSON Lines and CSV with their row counts and column sums."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

Row = Mapping[str, Any]
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def rows_of(path: Path) -> Iterator[dict[str, Any]]:
    """Rows of a Parquet file in their order, with times as ISO text."""
    file = pq.ParquetFile(path)
    for batch in file.iter_batches(batch_size=20_000):
        for row in batch.to_pylist():
            yield {k: plain(v) for k, v in row.items()}


def plain(value: Any) -> Any:
    """A value as JSON holds it; what is not finite becomes null."""
    if isinstance(value, datetime):
        return value.isoformat() + ("" if value.tzinfo else "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, list):
        return [plain(v) for v in value]
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    return value


class Tally:
    """Counts rows and sums numeric columns of a stream, exactly to the last bit that a float holds (Shewchuk 1997)."""

    def __init__(self) -> None:
        self.rows = 0
        self._sums: dict[str, list[float]] = {}
        self._mixed: set[str] = set()

    def add(self, row: Row) -> None:
        """Take one row."""
        self.rows += 1
        for name, value in row.items():
            if isinstance(value, bool) or not isinstance(value, int | float | None):
                self._mixed.add(name)
            elif value is not None:
                self._grow(self._sums.setdefault(name, []), float(value))

    @staticmethod
    def _grow(partials: list[float], x: float) -> None:
        kept = 0
        for y in partials:
            if abs(x) < abs(y):
                x, y = y, x
            high = x + y
            low = y - (high - x)
            if low:
                partials[kept] = low
                kept += 1
            x = high
        partials[kept:] = [x]

    def sums(self) -> dict[str, float]:
        """Sum of every column that holds nothing but numbers."""
        return {name: math.fsum(p) for name, p in sorted(self._sums.items()) if name not in self._mixed}


def jsonl(rows: Iterable[Row], tally: Tally, change: Callable[[Row], Row] | None = None) -> Iterator[bytes]:
    """JSON Lines of the rows, one by one; ``tally`` counts them as they pass."""
    for row in rows:
        shown = change(row) if change else row
        tally.add(shown)
        yield json.dumps(shown, ensure_ascii=False, sort_keys=True, allow_nan=False).encode() + b"\n"


def cell(value: Any) -> str:
    """A CSV cell that no spreadsheet takes for a formula (OWASP, CSV injection): such texts get an apostrophe."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    text = text.replace("\x00", "\ufffd")
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text


def csv_lines(rows: Iterable[Row]) -> Iterator[str]:
    """Rows as CSV (RFC 4180, UTF-8, line feeds), one by one, formulas neutralised."""
    line = io.StringIO()
    writer = csv.writer(line, lineterminator="\n")
    for n, row in enumerate(rows):
        if n == 0:
            writer.writerow([cell(k) for k in row])
        writer.writerow([cell(v) for v in row.values()])
        yield line.getvalue()
        line.seek(0)
        line.truncate()
