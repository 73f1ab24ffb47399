"""Rows of cells in Python: CSV files that are not sound, and spreadsheets."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa

from unfog.errors import FormatError, LimitError
from unfog.ingest.files import Opened
from unfog.ingest.limits import Limits

_BATCH = 8192


@dataclass(slots=True)
class Cells:
    """A header and a stream of rows; a row is its cells, or the reason why it cannot be read."""

    header: list[str]
    rows: Iterator[list[str] | str]
    notes: list[str] = field(default_factory=list)


def csv_rows(path: Path, delimiter: str, limits: Limits) -> Cells:
    """Rows of a sound UTF-8 CSV file. Blank lines are not rows; a lone carriage return is no end of line."""
    rows = _csv(path, delimiter, limits)
    header: list[str] = []
    for first in rows:
        if isinstance(first, list):
            header = first
            break
    return Cells(header, rows)


def _csv(path: Path, delimiter: str, limits: Limits) -> Iterator[list[str] | str]:
    csv.field_size_limit(limits.cell_bytes)
    with path.open(encoding="utf-8", errors="replace", newline="\n") as handle:
        reader = csv.reader(handle, delimiter=delimiter)
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as why:
                told = f"not a CSV row: {why}"
                yield told + (" [limit: cell_bytes]" if "field limit" in str(why) else "")
                continue
            if cells:
                yield cells


def cell_batches(cells: Cells, wanted: Sequence[int], limits: Limits) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
    """Arrow batches of row, bad, excerpt and the wanted cells as text."""
    schema = pa.schema(
        [("row", pa.int64()), ("bad", pa.string()), ("excerpt", pa.string()), *((f"c{i}", pa.string()) for i in wanted)]
    )
    return schema, _batches(cells, wanted, limits, schema)


def _batches(cells: Cells, wanted: Sequence[int], limits: Limits, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    width = len(cells.header)
    pending: list[tuple[object, ...]] = []
    size = 0
    for number, row in enumerate(cells.rows, start=1):
        bad: str | None = None
        excerpt: str | None = None
        picked: list[str | None] = [None] * len(wanted)
        if isinstance(row, str):
            bad = row
        elif len(row) < width or any(row[width:]):
            bad = f"{len(row)} cells where the header names {width}"
            excerpt = ",".join(row)[: limits.excerpt_chars]
        else:
            picked = [row[i] for i in wanted]
            size += sum(len(c or "") for c in picked)
        pending.append((number, bad, excerpt, *picked))
        if len(pending) >= _BATCH or size > 16_000_000:
            yield _batch(pending, schema)
            pending, size = [], 0
    if pending:
        yield _batch(pending, schema)


def _batch(rows: list[tuple[object, ...]], schema: pa.Schema) -> pa.RecordBatch:
    columns = list(zip(*rows, strict=True))
    return pa.RecordBatch.from_arrays(
        [pa.array(c, t) for c, t in zip(columns, schema.types, strict=True)], schema=schema
    )


def check_box(source: Opened, limits: Limits) -> None:
    """Refuse a ZIP-based document whose parts would unpack beyond the limit, before any is unpacked."""
    try:
        with zipfile.ZipFile(source.path) as box:
            members = box.infolist()
    except (zipfile.BadZipFile, OSError) as why:
        raise FormatError(f"{source.shown} is damaged: {why}") from None
    total = sum(m.file_size for m in members)
    if len(members) > limits.archive_members:
        raise LimitError(f"{source.shown} holds {len(members):,} parts", limit="archive_members")
    if total > limits.xml_bytes:
        raise LimitError(
            f"{source.shown} unpacks to {total:,} bytes, allowed are {limits.xml_bytes:,}", limit="xml_bytes"
        )
    if total > 1 << 22 and total > limits.expansion_ratio * max(source.size, 1):
        raise LimitError(
            f"{source.shown} unpacks to more than {limits.expansion_ratio} times its size", limit="expansion_ratio"
        )


def xlsx_rows(source: Opened, limits: Limits) -> Cells:
    """Rows of the first sheet. Formulas are never computed: the value that was stored with them is read."""
    import openpyxl

    check_box(source, limits)
    try:
        book = openpyxl.load_workbook(source.path, read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        rows = sheet.iter_rows(values_only=True)
        header = [_cell(c) for c in next(rows, ())]
    except Exception as why:
        raise FormatError(
            f"{source.shown} is a spreadsheet that cannot be read: {why}; save it again as XLSX"
        ) from None
    while header and not header[-1]:
        header.pop()
    if len(header) > limits.columns:
        raise LimitError(f"{source.shown} has {len(header):,} columns", limit="columns")
    note = (
        [f"sheet {sheet.title!r} was read, {len(book.worksheets) - 1} others not"] if len(book.worksheets) > 1 else []
    )
    return Cells(header, _sheet(rows, len(header), source, limits), note)


def _sheet(rows: Iterator[tuple[object, ...]], width: int, source: Opened, limits: Limits) -> Iterator[list[str] | str]:
    blank = seen = 0
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except Exception as why:
            yield f"the sheet breaks off here: {why}"
            return
        seen += 1
        if seen > limits.sheet_rows:
            raise LimitError(f"{source.shown} has more than {limits.sheet_rows:,} rows", limit="sheet_rows")
        cells = [_cell(c) for c in row[:width]]
        if not any(cells):
            blank += 1
            continue
        yield cells + [""] * (width - len(cells))


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case datetime():
            midnight = (value.hour, value.minute, value.second, value.microsecond) == (0, 0, 0, 0)
            return f"{value:%Y-%m-%d}" if midnight else value.isoformat(sep=" ")
        case date():
            return value.isoformat()
        case float() if value.is_integer() and abs(value) < 9e15:
            return str(int(value))
        case _:
            return str(value).replace("\x00", "\ufffd")
