"""Formats that Python reads: their rows become the same relations that projections make."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Self

import pyarrow as pa

from unfog.engine import DuckEngine
from unfog.engine.spool import BATCH_ROWS, open_spool
from unfog.errors import FormatError, UnfogError
from unfog.ingest.files import Opened
from unfog.ingest.forget import REASON, Veil
from unfog.ingest.project import Projected, next_file, show_rows
from unfog.ingest.reader import Reader, Record, Row
from unfog.ingest.spec import FileSpec
from unfog.model import TABLES

_BATCH_CHARS = 4 << 20
_MORE = (
    pa.field("row", pa.int64()),
    pa.field("rank", pa.int32()),
    pa.field("record", pa.bool_()),
    pa.field("refused", pa.string()),
)
_REFUSED = pa.schema([("row", pa.int64()), ("reason", pa.string()), ("excerpt", pa.string())])


def read_rowwise(
    engine: DuckEngine, reader: Reader, source: Opened, spec: FileSpec, folder: Path, veil: Veil
) -> Projected:
    """Run a Python reader over a file, into files in a folder."""
    done = Projected(folder, veil=veil)
    found: dict[str, _Rows] = {}
    refused: list[dict[str, Any]] = []
    with contextlib.ExitStack() as files:
        for record in _guarded(reader, source, spec):
            if record.note:
                done.notes.append(record.note)
            if record.refused is None and not record.rows:
                continue
            number = done.rows_read = done.rows_read + 1
            if record.refused is not None:
                excerpt = _clean(record.refused.excerpt)[: spec.limits.excerpt_chars]
                refused.append({"row": number, "reason": record.refused.reason, "excerpt": excerpt})
                continue
            if veil and any(
                veil.hides(_platform_of(r, spec), r.values.get("account_id")) for r in record.rows if r.primary
            ):
                refused.append({"row": number, "reason": REASON, "excerpt": None})
                continue
            for row in record.rows:
                values = _filled(row.table, row.values, spec)
                extra = {"row": number, "rank": 1 if row.primary else 9, "record": row.primary}
                if row.table not in found:
                    found[row.table] = files.enter_context(_Rows(row.table, done))
                found[row.table].add({**values, **extra})
    done.notes = list(dict.fromkeys(done.notes))
    engine.put("ingest_refused", pa.Table.from_pylist(refused, schema=_REFUSED))
    for table, rows in found.items():
        engine.read_spools(rows.name, [rows.path])
        show_rows(engine, table, done)
    return done


class _Rows:
    """Rows of one table on their way to a file, a batch at a time."""

    def __init__(self, table: str, done: Projected) -> None:
        self.name, self.path = next_file(table, done)
        fields = [f.with_nullable(True) for f in TABLES[table].arrow_schema()]
        self._schema = pa.schema([*fields, *_MORE])
        self._rows: list[dict[str, Any]] = []
        self._chars = 0

    def __enter__(self) -> Self:
        self._file = open_spool(self.path, self._schema)
        return self

    def add(self, row: dict[str, Any]) -> None:
        """One more row."""
        self._rows.append(row)
        self._chars += sum(len(v) for v in row.values() if isinstance(v, str))
        if len(self._rows) >= BATCH_ROWS or self._chars >= _BATCH_CHARS:
            self._write()

    def _write(self) -> None:
        self._file.write_batch(pa.RecordBatch.from_pylist(self._rows, schema=self._schema))
        self._rows, self._chars = [], 0

    def __exit__(self, *_: object) -> None:
        with contextlib.closing(self._file):
            self._write()


def _platform_of(row: Row, spec: FileSpec) -> str:
    return str(row.values.get("platform") or spec.platform or "")


def _guarded(reader: Reader, source: Opened, spec: FileSpec) -> Iterator[Record]:
    """Whatever a parsing library stumbles over in a hostile file is said of the file, never shown as a traceback."""
    if reader.rows is None:
        raise TypeError(f"{reader.name} has no row reader")
    try:
        yield from reader.rows(source, spec)
    except (UnfogError, GeneratorExit):
        raise
    except Exception as why:
        raise FormatError(
            f"{source.shown} cannot be read as {reader.name}: {type(why).__name__} {str(why)[:200]}; check the file"
        ) from why


def _filled(table: str, values: Mapping[str, Any], spec: FileSpec) -> dict[str, Any]:
    names = TABLES[table].names
    row = {k: _clean(v) if isinstance(v, str) else v for k, v in values.items()}
    if "platform" in names and spec.platform and not row.get("platform"):
        row["platform"] = spec.platform.lower()
    if "public_from" in names and spec.public_moment is not None:
        row["public_from"] = spec.public_moment.replace(tzinfo=None)
    if "obtained_at" in names and spec.obtained_moment is not None:
        row["obtained_at"] = spec.obtained_moment.replace(tzinfo=None)
    return row


def _clean(text: str) -> str:
    """Text that Arrow and SQL can hold: no lone surrogates, no NUL."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "\ufffd")
