"""What an importer gives: entries, techniques, and every row that it could not use with its reason."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

from unfog.campaigns.catalogue import Entry, EntryIndicator
from unfog.errors import FormatError, LimitError, SourceMissing, UsageError
from unfog.model import parse_moment
from unfog.text import find_indicators, refang

MAX_BYTES = 256 * 2**20
"""Largest file that an importer reads."""

_CELL = 1_000_000
_BARE = re.compile(r"(?<![\w/.@:-])((?:[a-z0-9-]{1,63}\.){1,6}[a-z]{2,24}/[^\s<>\"',;]+)", re.I)
"""``twitter.com/name`` without a scheme: an address, not the domain of a platform."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row or object that could not be used.

    Attributes:
        where: Row number (from 1) or object id.
        reason: Why.
        excerpt: Its first characters.
    """

    where: str
    reason: str
    excerpt: str = ""


@dataclass(slots=True)
class Imported:
    """What was read from a file.

    Attributes:
        entries: Campaigns with their attributions and indicators.
        techniques: Technique id -> name (DISARM frameworks).
        parents: Technique id -> id of the technique that it is a part of.
        rows: Rows of plain tables (cases, coded campaigns), as read.
        rejects: What could not be used.
        notes: What the importer assumed.
    """

    entries: list[Entry] = field(default_factory=list)
    techniques: dict[str, str] = field(default_factory=dict)
    parents: dict[str, str] = field(default_factory=dict)
    rows: list[dict[str, str]] = field(default_factory=list)
    rejects: list[Rejected] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def reject(self, where: str, reason: str, what: object = "") -> None:
        """Note something that could not be used."""
        self.rejects.append(Rejected(where, reason, str(what)[:160]))


def read_bytes(path: Path) -> bytes:
    """Bytes of a file, within the limit.

    Raises:
        SourceMissing: if it is not there. LimitError: if it is larger than the limit.
    """
    if not path.is_file():
        raise SourceMissing(f"{path} is not there")
    if (size := path.stat().st_size) > MAX_BYTES:
        raise LimitError(f"{path.name} has {size} bytes, more than {MAX_BYTES}", limit="importers.max_bytes")
    return path.read_bytes()


def read_json(path: Path) -> Any:
    """A JSON document.

    Raises:
        FormatError: if the bytes are not JSON, or nested beyond reason.
    """
    try:
        return json.loads(read_bytes(path).decode("utf-8-sig"))
    except UnicodeDecodeError as why:
        raise FormatError(f"{path.name} is not UTF-8 at byte {why.start}") from None
    except RecursionError:
        raise FormatError(f"{path.name} is nested too deeply to be a report") from None
    except json.JSONDecodeError as why:
        raise FormatError(f"{path.name} is not JSON: {why.msg} in line {why.lineno}") from None


def read_csv(path: Path, needed: Iterable[str], into: Imported) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows of a CSV file with their numbers; UTF-8, or Windows-1252 where it is not (noted).

    Column names are stripped and compared without case. Rows with more cells than columns are rejected.

    Raises:
        FormatError: if a needed column is missing.
    """
    raw = read_bytes(path)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", errors="replace")
        into.notes.append(f"{path.name} is not UTF-8; read as Windows-1252")
    csv.field_size_limit(_CELL)
    reader = csv.reader(StringIO(text.replace("\x00", ""), newline=""))
    try:
        header = [h.strip().casefold() for h in next(reader)]
    except StopIteration:
        raise FormatError(f"{path.name} is empty; expected a header with {', '.join(needed)}") from None
    missing = [n for n in needed if n.casefold() not in header]
    if missing:
        raise FormatError(f"{path.name} has no column {', '.join(map(repr, missing))}; it has {', '.join(header)}")
    at = 1
    while True:
        at += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as why:
            into.reject(str(at), f"not a CSV row: {why}")
            continue
        if len(cells) > len(header) and any(c.strip() for c in cells[len(header) :]):
            into.reject(str(at), f"{len(cells)} cells for {len(header)} columns", cells)
            continue
        yield at, {h: (cells[i].strip() if i < len(cells) else "") for i, h in enumerate(header)}


def slug(text: str) -> str:
    """A name as an id: lower case, digits and dashes.

    >>> slug("Q1_2023_ Georgia-based_CIB_network")
    'q1-2023-georgia-based-cib-network'
    """
    return re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")[:110] or "unnamed"


def day(text: str) -> str:
    """An ISO date from the forms met in reports (ISO, d/m/Y), empty where it is none.

    >>> day("10/03/2022")
    '2022-03-10'
    """
    text = text.strip()
    if m := re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", text):
        text = f"{m[3]}-{int(m[2]):02d}-{int(m[1]):02d}"
    try:
        return str(parse_moment(text[:10]))
    except UsageError:
        return ""


def indicators_in(text: str, public_from: str, source: str) -> list[EntryIndicator]:
    """Technical indicators in a cell of a report, defanged or not, each once."""
    plain = _BARE.sub(r"https://\1", refang(text[:20_000]))
    found = dict.fromkeys((i.kind, i.value) for i in find_indicators(plain))
    return [EntryIndicator(kind=k, value=v, public_from=public_from, source=source) for k, v in found]
