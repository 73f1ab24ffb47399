"""Tables for readers without a database: JSON Lines and CSV with their row counts and column sums."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Callable, Iterator, Mapping
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


def jsonl(
    rows: Iterator[dict[str, Any]], change: Callable[[Row], Row] | None = None
) -> tuple[bytes, int, dict[str, float]]:
    """JSON Lines of the rows, with the number of rows and the exact sum of every numeric column."""
    out = io.BytesIO()
    columns: dict[str, list[float]] = {}
    mixed: set[str] = set()
    n = 0
    for row in rows:
        shown = change(row) if change else row
        out.write(json.dumps(shown, ensure_ascii=False, sort_keys=True, allow_nan=False).encode() + b"\n")
        n += 1
        for name, value in shown.items():
            if isinstance(value, bool) or not isinstance(value, int | float | None):
                mixed.add(name)
            elif value is not None:
                columns.setdefault(name, []).append(float(value))
    sums = {name: math.fsum(values) for name, values in sorted(columns.items()) if name not in mixed}
    return out.getvalue(), n, sums


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


def csv_text(rows: Iterator[dict[str, Any]], change: Callable[[Row], Row] | None = None) -> str:
    """Rows as CSV (RFC 4180, UTF-8, line feeds), formulas neutralised."""
    out = io.StringIO()
    writer: Any = None
    for row in rows:
        shown = change(row) if change else row
        if writer is None:
            writer = csv.writer(out, lineterminator="\n")
            writer.writerow([cell(k) for k in shown])
        writer.writerow([cell(v) for v in shown.values()])
    return out.getvalue()
