"""A first look at a file: its container, its column names or keys, and a few records. Detection reads nothing else."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from unfog.errors import FormatError
from unfog.ingest.cells import xlsx_rows
from unfog.ingest.files import LOOK, Mender, Opened, head, packing_of
from unfog.ingest.limits import Limits
from unfog.ingest.parquet import parquet_columns


class Container(StrEnum):
    """How bytes are laid out, apart from what they say."""

    NDJSON = "ndjson"
    JSON_ARRAY = "json-array"
    JSON = "json"
    CSV = "csv"
    PARQUET = "parquet"
    XLSX = "xlsx"
    DOCX = "docx"
    PDF = "pdf"
    HTML = "html"
    WARC = "warc"
    WACZ = "wacz"
    MBOX = "mbox"
    EML = "eml"
    TEXT = "text"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Sample:
    """What detection sees.

    Attributes:
        container: Layout of the bytes.
        columns: Column names (tables) or keys of the first records (JSON), in order, each once.
        records: Up to 20 first records.
        delimiter: Of a CSV file.
        ending: Last ending of the file name, in lower case, without packing endings.
    """

    container: Container
    columns: tuple[str, ...] = ()
    records: tuple[Mapping[str, object], ...] = ()
    delimiter: str = ","
    ending: str = ""
    head: bytes = field(default=b"", repr=False)

    def has(self, *names: str) -> bool:
        """Whether all these columns or keys occur."""
        return set(names) <= set(self.columns)

    def any(self, *names: str) -> bool:
        """Whether one of these columns or keys occurs."""
        return bool(set(names) & set(self.columns))

    @property
    def is_json(self) -> bool:
        """Records are JSON objects."""
        return self.container in (Container.NDJSON, Container.JSON_ARRAY, Container.JSON)

    @property
    def is_table(self) -> bool:
        """Records are rows of named columns."""
        return self.container in (Container.CSV, Container.PARQUET, Container.XLSX)


def take_sample(source: Opened, limits: Limits) -> Sample:
    """Look at the first bytes of a file."""
    data = _first_record(source, limits, head(source, limits))
    name = source.member or source.path.name
    endings = [e for e in name.lower().split(".")[1:] if e not in ("gz", "zst", "bz2", "xz", "zip")]
    ending = endings[-1] if endings else ""
    if source.packing != "none" and (inner := packing_of(data)) != "none":
        raise FormatError(f"{source.shown} holds {inner} inside {source.packing}; unpack it once and read the result")
    if data.startswith(b"PAR1"):
        return Sample(Container.PARQUET, parquet_columns(source, limits), ending=ending, head=data)
    if data.startswith(b"PK\x03\x04"):
        return _boxed(source, ending, data, limits)
    if data.lstrip()[:5] == b"%PDF-":
        return Sample(Container.PDF, ending=ending, head=data)
    if data.startswith(b"WARC/"):
        return Sample(Container.WARC, ending=ending, head=data)
    text = Mender().mend(data, last=len(data) < LOOK).decode("utf-8", "replace")
    return _textual(text, ending, data)


def _first_record(source: Opened, limits: Limits, data: bytes) -> bytes:
    """The first bytes, or more of them where a file starts with a record on one line that is longer."""
    if data.lstrip()[:1] != b"{" or b"\n" in data.strip():
        return data
    more = head(source, limits, limits.line_bytes)
    end = more.find(b"\n", len(data))
    return more[: end + 1] if end > 0 else data


def _boxed(source: Opened, ending: str, data: bytes, limits: Limits) -> Sample:
    try:
        with zipfile.ZipFile(source.path) as box:
            names = set(box.namelist())
    except (zipfile.BadZipFile, OSError, NotImplementedError) as why:
        raise FormatError(f"{source.shown} starts like a ZIP file but cannot be read: {why}") from None
    if "datapackage.json" in names:
        return Sample(Container.WACZ, ending=ending, head=data)
    if any(n.startswith("word/") for n in names):
        return Sample(Container.DOCX, ending=ending, head=data)
    if any(n.startswith("xl/") for n in names):
        return Sample(Container.XLSX, tuple(xlsx_rows(source, limits).header), ending=ending, head=data)
    raise FormatError(f"{source.shown} is an Office file but neither DOCX nor XLSX; save it as one of these")


_EML = re.compile(r"^(?:[A-Za-z][A-Za-z0-9-]*:[^\n]*\n(?:[ \t][^\n]*\n)*){3,}", re.ASCII)
_EML_KEYS = ("from", "date", "subject", "message-id", "received", "to", "mime-version")


def _textual(text: str, ending: str, data: bytes) -> Sample:
    start = text.lstrip()
    if start.startswith(("{", "[")):
        found = _json(start, ending, data)
        if found:
            return found
    if text.startswith("From ") and re.search(r"^(From|Date|Subject):", text, re.MULTILINE):
        return Sample(Container.MBOX, ending=ending, head=data)
    plain = text.replace("\r\n", "\n")
    if (match := _EML.match(plain)) and sum(
        bool(re.search(rf"^{k}:", match[0], re.MULTILINE | re.IGNORECASE)) for k in _EML_KEYS
    ) >= 3:
        return Sample(Container.EML, ending=ending, head=data)
    if re.match(
        r"(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|article)\b", start, re.I | re.S
    ):
        return Sample(Container.HTML, ending=ending, head=data)
    if ending in ("html", "htm", "xhtml") and "<" in start:
        return Sample(Container.HTML, ending=ending, head=data)
    if ending not in ("txt", "md", "text") and (table := _csv(text, ending, data)):
        return table
    if start:
        return Sample(Container.TEXT, ending=ending, head=data)
    return Sample(
        Container.CSV
        if ending in ("csv", "tsv")
        else Container.NDJSON
        if ending in ("jsonl", "ndjson")
        else Container.TEXT,
        ending=ending,
        head=data,
    )


def _json(start: str, ending: str, data: bytes) -> Sample | None:
    lines = [line for line in start.split("\n")[:40] if line.strip()]
    records = [r for r in (_object(line) for line in lines[:20]) if r is not None]
    steady = bool(records) and (_object(lines[0]) is not None or 2 * len(records) >= len(lines[:20]))
    if start[0] == "{" and steady:
        return Sample(Container.NDJSON, _keys(records), tuple(records), ending=ending, head=data)
    if start[0] == "{" and ending in ("jsonl", "ndjson"):
        return Sample(Container.NDJSON, ending=ending, head=data)
    if start[0] == "[":
        elements = _first_elements(start)
        if elements or re.match(r"\[\s*[\]{]", start):
            return Sample(Container.JSON_ARRAY, _keys(elements), tuple(elements), ending=ending, head=data)
        return None
    if not re.match(r'\{\s*["}]', start):
        return None
    return Sample(Container.JSON, _outline(start), _partial(start), ending=ending, head=data)


def _object(line: str) -> Mapping[str, object] | None:
    try:
        value = json.loads(line, strict=False)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _first_elements(text: str) -> list[Mapping[str, object]]:
    decode = json.JSONDecoder(strict=False).raw_decode
    at = 1
    found: list[Mapping[str, object]] = []
    while len(found) < 20:
        match = re.compile(r"[\s,]*").match(text, at)
        at = match.end() if match else at
        try:
            value, at = decode(text, at)
        except (ValueError, RecursionError):
            break
        if isinstance(value, dict):
            found.append(value)
    if not found and (match := re.match(r"\[\s*(\{)", text)):
        keys = _outline(text[match.start(1) :])
        return [dict.fromkeys(keys)] if keys else []
    return found


def _outline(text: str) -> tuple[str, ...]:
    """Keys of the outermost object of a JSON text, as far as the text goes."""
    keys: list[str] = []
    depth = 0
    for token in re.finditer(r'"((?:[^"\\]|\\.)*)"(\s*:)?|[\[{]|[\]}]', text, re.DOTALL):
        mark = token[0]
        if mark in "[{":
            depth += 1
        elif mark in "]}":
            depth -= 1
        elif depth == 1 and token[2] and token[1] not in keys:
            keys.append(token[1])
    return tuple(keys)


def _partial(text: str) -> tuple[Mapping[str, object], ...]:
    value = _object(text)
    return (value,) if value is not None else ()


def _keys(records: list[Mapping[str, object]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(k for r in records for k in r))


def _csv(text: str, ending: str, data: bytes) -> Sample | None:
    first = text.split("\n", 1)[0].rstrip("\r")
    counts = {d: first.count(d) for d in (",", "\t", ";", "|")}
    delimiter = "\t" if ending == "tsv" else max(counts, key=lambda d: counts[d])
    if not counts[delimiter] and ending not in ("csv", "tsv"):
        return None
    records: list[list[str]] = []
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            if cells:
                records.append(cells)
            if len(records) > 20:
                break
    except csv.Error:
        pass
    if not records:
        return None
    header = [c.strip() for c in records[0]]
    steady = sum(len(r) == len(header) for r in records[1:])
    if ending not in ("csv", "tsv") and (not steady or any(not h or len(h) > 80 for h in header)):
        return None
    rows = tuple(dict(zip(header, r, strict=False)) for r in records[1:])
    return Sample(Container.CSV, tuple(header), rows, delimiter, ending, data)
