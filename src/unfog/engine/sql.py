"""Safe spelling of values and names in SQL. Everything that is not written in a step's own text comes through here."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

from unfog.errors import UsageError

Value = str | int | float | bool | datetime | date | None | Sequence[str]


def literal(value: Value) -> str:
    """Spell a value as a SQL literal that DuckDB and Spark both read.

    Times are spelled as naive UTC timestamps. Raises UsageError for NaN, infinity or a type that SQL cannot hold.
    """
    match value:
        case None:
            return "NULL"
        case bool():
            return "TRUE" if value else "FALSE"
        case int():
            return str(value)
        case float():
            if not math.isfinite(value):
                raise UsageError(f"{value} cannot be a parameter of a step")
            return repr(value) if "e" in repr(value) else repr(value) + "e0"  # without an exponent SQL reads a decimal
        case datetime():
            naive = value.replace(tzinfo=None)
            return f"TIMESTAMP '{naive:%Y-%m-%d %H:%M:%S.%f}'"
        case date():
            return f"DATE '{value:%Y-%m-%d}'"
        case str():
            if "\x00" in value:
                raise UsageError("a text with a NUL character cannot be a parameter of a step")
            return "'" + value.replace("'", "''") + "'"
        case _:
            return "[" + ", ".join(literal(v) for v in value) + "]"


def identifier(name: str) -> str:
    """Quote a table or column name, whatever characters it has."""
    if "\x00" in name or not name:
        raise UsageError(f"{name!r} cannot be a name in SQL")
    return '"' + name.replace('"', '""') + '"'


def quoted_path(path: Path | str) -> str:
    """A file path as a SQL string literal."""
    return literal(str(path))


_PARAM = re.compile(r"(?<![\w$])\$([a-z_][a-z0-9_]*)")


def bind(sql: str, params: Mapping[str, Value]) -> str:
    """Replace ``$name`` by literals. Every parameter must be used and every ``$name`` must be given.

    Raises:
        UsageError: naming the parameter that is missing or unused.
    """
    used: set[str] = set()

    def put(match: re.Match[str]) -> str:
        name = match[1]
        if name not in params:
            raise UsageError(f"the step needs a value for ${name}")
        used.add(name)
        return literal(params[name])

    bound = _PARAM.sub(put, sql)
    if unused := set(params) - used:
        raise UsageError(f"the step does not use ${', $'.join(sorted(unused))}")
    return bound
