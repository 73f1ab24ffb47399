"""Rows of cells in Python: CSV files that are not sound, and spreadsheets."""

from __future__ import annotations

import csv
import re
import zipfile
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TextIO

import pyarrow as pa

from unfog.errors import FormatError, LimitError
from unfog.ingest.files import Opened
from unfog.ingest.limits import Limits

_BATCH = 8192
_AGAIN = 64_000_000
"""Characters of a file that may be read again behind quotation marks that are not closed."""


@dataclass(frozen=True, slots=True)
class Amiss:
    """A row that cannot be read: why, and how it begins."""

    reason: str
    excerpt: str = ""


@dataclass(slots=True)
class Cells:
    """A header and a stream of rows; a row is its cells, or why it cannot be read."""

    header: list[str]
    rows: Iterator[list[str] | Amiss]
    notes: list[str] = field(default_factory=list)


def csv_rows(path: Path, delimiter: str, limits: Limits) -> Cells:
    """Rows of a sound UTF-8 CSV file. Blank lines are not rows; a lone carriage return is no end of line.

    A quotation mark that is never closed would swallow every row behind it. A row over several lines that has not as
    many cells as the header is therefore refused for its first line alone, and the lines behind it are read anew.
    """
    rows = _csv(path, delimiter, limits)
    header: list[str] = []
    for first in rows:
        if isinstance(first, list):
            header = first
            break
    return Cells(header, rows)


class _Lines:
    """Lines of a file that remembers which it gave, and takes some back."""

    def __init__(self, handle: TextIO) -> None:
        self.handle, self.back, self.given = handle, deque[str](), list[str]()

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self.back.popleft() if self.back else next(self.handle)
        self.given.append(line)
        return line


def _csv(path: Path, delimiter: str, limits: Limits) -> Iterator[list[str] | Amiss]:
    csv.field_size_limit(limits.cell_bytes)
    width, budget = 0, _AGAIN
    with path.open(encoding="utf-8", errors="replace", newline="\n") as handle:
        lines = _Lines(handle)
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        while True:
            lines.given.clear()
            told, cells = "", list[str]()
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as why:
                told = f"not a CSV row: {why}" + (" [limit: cell_bytes]" if "field limit" in str(why) else "")
            amiss = told or (width and cells and amiss_of(cells, width))
            if amiss and len(lines.given) > 1 and budget > 0:
                first, *rest = lines.given
                budget -= sum(map(len, rest))
                lines.back.extendleft(reversed(rest))
                reader = csv.reader(lines, delimiter=delimiter, strict=True)
                yield Amiss("a quotation mark in this line is not closed", first.rstrip()[: limits.excerpt_chars])
            elif told:
                yield Amiss(told)
            elif cells:
                width = width or len(cells)
                yield cells


def amiss_of(row: Sequence[str], width: int) -> str:
    """Why a row has not the cells that the header names, or nothing; empty cells at its end do no harm."""
    if len(row) < width or any(row[width:]):
        return f"{len(row)} cells where the header names {width}"
    return ""


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
        if isinstance(row, Amiss):
            bad, excerpt = row.reason, row.excerpt
        elif amiss := amiss_of(row, width):
            bad = amiss
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


_CODED = re.compile(
    rb"""<\?xml[^>]*\bencoding\s*=\s*["'](?!utf-?8|utf-?16|us-ascii|iso-8859-1|windows-1252)""", re.IGNORECASE
)
_TRAPS = tuple(w.encode(c) for w in ("<!DOCTYPE", "<!ENTITY") for c in ("utf-8", "utf-16-le", "utf-16-be"))


def no_entities(source: Opened) -> None:
    """XML of an Office file never needs a DOCTYPE; one that has it is a bomb or a trap, wherever in the part it stands.

    Raises:
        FormatError: it has one, or is in a coding that could hide one.
    """
    with zipfile.ZipFile(source.path) as box:
        for member in box.infolist():
            if not member.filename.lower().endswith((".xml", ".rels")):
                continue
            with box.open(member) as part:
                before = b""
                while piece := part.read(1 << 20):
                    seen = before + piece
                    if any(t in seen for t in _TRAPS) or (not before and _CODED.search(seen[:400])):
                        raise FormatError(
                            f"{source.shown} declares XML entities in {member.filename!r}; a real Office file never does"
                        )
                    before = seen[-32:]


def xlsx_rows(source: Opened, limits: Limits) -> Cells:
    """Rows of the first sheet. Formulas are never computed: the value that was stored with them is read."""
    import openpyxl

    check_box(source, limits)
    try:
        no_entities(source)
        book = openpyxl.load_workbook(source.path, read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        rows = sheet.iter_rows(values_only=True)
        header = [_cell(c) for c in next(rows, ())]
    except FormatError:
        raise
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


def _sheet(
    rows: Iterator[tuple[object, ...]], width: int, source: Opened, limits: Limits
) -> Iterator[list[str] | Amiss]:
    blank = seen = 0
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except Exception as why:
            yield Amiss(f"the sheet breaks off here: {why}")
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
