"""What a reader is: a small declaration of which fields of a format become which columns of our tables.

A reader names *fields* (column names, or dotted paths into JSON such as ``user.screen_name``, ``tags[*].name``), never
files or bytes; so the same declaration reads the format as NDJSON, JSON, CSV or Parquet, packed or not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from unfog.engine import identifier
from unfog.errors import UsageError
from unfog.ingest.files import Opened
from unfog.ingest.sample import Sample
from unfog.ingest.spec import FileSpec
from unfog.model import TABLES

_SLOT = re.compile(r"\{((?![0-9]+,?[0-9]*\})[^{}]*)\}")
"""``{}`` or ``{field}``; ``{6,}`` belongs to a regular expression."""


@dataclass(frozen=True, slots=True)
class Take:
    """How one column is made.

    Attributes:
        fields: Source fields; the first that is not empty wins.
        sql: SQL around it: ``{}`` is the value, ``{name}`` another field by its own name (null where empty).
        note: What a reader of the field map should know.
    """

    fields: tuple[str, ...]
    sql: str = "{}"
    note: str = ""

    @property
    def all_fields(self) -> tuple[str, ...]:
        """Every field that is looked at."""
        named = tuple(m for m in _SLOT.findall(self.sql) if m)
        return tuple(dict.fromkeys((*self.fields, *named)))

    def expression(self) -> str:
        """The SQL over the table of fields."""
        value = coalesced(self.fields)
        return _SLOT.sub(lambda m: field_sql(m[1]) if m[1] else value, self.sql)


def field_sql(name: str) -> str:
    """A field; loading made it null where its cell is empty or blank."""
    return identifier("f:" + name)


def coalesced(fields: tuple[str, ...]) -> str:
    """The first of some fields that is not empty."""
    if not fields:
        return "NULL"
    parts = [field_sql(f) for f in fields]
    return parts[0] if len(parts) == 1 else f"coalesce({', '.join(parts)})"


def take(*fields: str, sql: str = "{}", note: str = "") -> Take:
    """The first of ``fields`` that is not empty, as text."""
    return Take(fields, sql, note)


def whole_number(*fields: str, note: str = "") -> Take:
    """A count; what is not a number is null."""
    return Take(fields, "uf_int({})", note)


def yes_no(*fields: str, note: str = "") -> Take:
    """True for true, 1, yes, t; false for false, 0, no, f; else null."""
    return Take(fields, "uf_bool({})", note)


def listed(*fields: str, note: str = "") -> Take:
    """A list: JSON, Python-like, or separated by commas, semicolons or spaces; an empty cell is no list."""
    return Take(fields, "uf_list({})", note)


def always(value: str, note: str = "") -> Take:
    """The same value in every row."""
    return Take((), "'" + value.replace("'", "''") + "'", note)


@dataclass(frozen=True, slots=True)
class Time:
    """Where the time of a row stands and what the format documents about its clock.

    Attributes:
        fields: Source fields; the first that is not empty wins.
        zone: IANA zone that the format documents for clock times without one; "" if it documents none.
        precision: Precision that the format documents where it is coarser than its digits; "" if none.
        snowflake: Field with an id that carries the time (X/Twitter or Mastodon), and which kind it is.
        required: A row without a readable time is rejected.
        note: For the field map.
    """

    fields: tuple[str, ...]
    zone: str = ""
    precision: str = ""
    snowflake: tuple[str, str] | None = None
    required: bool = True
    note: str = ""

    @property
    def all_fields(self) -> tuple[str, ...]:
        """Every field that is looked at."""
        return (*self.fields, *((self.snowflake[0],) if self.snowflake else ()))


@dataclass(frozen=True, slots=True)
class Part:
    """A kind of record inside a file: ``path`` leads to it from the top of a line, ``""`` is the line itself."""

    name: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class Projection:
    """How records become rows of one table.

    Attributes:
        table: Name of the table.
        columns: Column -> how it is made. Times are :class:`Time`.
        parts: Kinds of record that it reads; empty for all.
        where: SQL condition over fields (``{name}``) for a record to give a row here.
        primary: This row is what the record *is*; it is counted as kept or duplicate. Others (an author's account, the
            counts of a post) come along with it.
        made_key: Where the format has no id: the columns whose values, with a running number among equals, make one.
    """

    table: str
    columns: Mapping[str, Take | Time]
    parts: tuple[str, ...] = ()
    where: str = ""
    primary: bool = True
    made_key: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        known = TABLES[self.table].names
        for name in self.columns:
            if name not in known and name not in ("captured_at",):
                raise UsageError(f"table {self.table} has no column {name!r}")

    @property
    def all_fields(self) -> tuple[str, ...]:
        """Every field that is looked at."""
        named = tuple(m for m in _SLOT.findall(self.where) if m)
        return tuple(dict.fromkeys((*(f for t in self.columns.values() for f in t.all_fields), *named)))

    def condition(self) -> str:
        """SQL for which records give a row."""
        said = _SLOT.sub(lambda m: field_sql(m[1]), self.where)
        if self.parts:
            among = f"part IN ({', '.join(chr(39) + p + chr(39) for p in self.parts)})"
            return f"({among}) AND ({said})" if said else among
        return said or "TRUE"


@dataclass(frozen=True, slots=True)
class Row:
    """A row that a Python reader made."""

    table: str
    values: Mapping[str, Any]
    primary: bool = True


@dataclass(frozen=True, slots=True)
class Refused:
    """A raw row that a Python reader refused."""

    reason: str
    excerpt: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """One raw row as a Python reader met it: what it gave, or why it was refused."""

    rows: tuple[Row, ...] = ()
    refused: Refused | None = None
    note: str = ""


RowReader = Callable[[Opened, FileSpec], Iterator[Record]]


Unfold = Callable[[Mapping[str, Any]], Iterator[Mapping[str, Any]]]
"""Turns one JSON record that nests others (threads, pages, facets) into flat records; what SQL cannot do."""


@dataclass(frozen=True, slots=True)
class Reader:
    """One format.

    Attributes:
        name: As in ``--format``.
        title: What it is, for people.
        version: Changes whenever the same bytes could give other rows.
        looks: How sure it is that a sample is of this format: 0 not, 1 sure.
        projections: The field map; empty where ``rows`` reads in Python.
        parts: Kinds of record, given the sample.
        rows: Reads row by row in Python, for what SQL cannot read.
        unfold: Flattens nested JSON records in Python before the projections run.
        platform: Platform of all rows; "" where rows or the caller say it.
        cannot_tell: What the format cannot tell, each a sentence.
        source: Where the format is described.
    """

    name: str
    title: str
    version: str
    looks: Callable[[Sample], float]
    projections: tuple[Projection, ...] = ()
    parts: Callable[[Sample], tuple[Part, ...]] = field(default=lambda sample: (Part("record"),))
    rows: RowReader | None = None
    unfold: Unfold | None = None
    platform: str = ""
    cannot_tell: tuple[str, ...] = ()
    source: str = ""
    note: Callable[[Sample], tuple[str, ...]] = field(default=lambda sample: ())

    @property
    def all_fields(self) -> tuple[str, ...]:
        """Every field that any projection looks at."""
        return tuple(dict.fromkeys(f for p in self.projections for f in p.all_fields))
