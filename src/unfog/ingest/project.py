"""Fields to rows: runs a reader's projections, refuses what cannot be used, and counts everything."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from unfog.engine import DuckEngine, identifier, literal
from unfog.errors import UsageError
from unfog.ingest.clock import ClockReading, read_clock
from unfog.ingest.forget import REASON, Veil
from unfog.ingest.limits import Limits
from unfog.ingest.raw import FIELDS
from unfog.ingest.reader import Projection, Reader, Take, field_sql
from unfog.ingest.spec import FileSpec
from unfog.model import TABLES

_PERIOD = (
    "CASE {p} WHEN 'microsecond' THEN INTERVAL 0 SECOND WHEN 'millisecond' THEN INTERVAL 999 MICROSECOND "
    "WHEN 'second' THEN INTERVAL 999999 MICROSECOND WHEN 'minute' THEN INTERVAL 59999999 MICROSECOND "
    "WHEN 'hour' THEN INTERVAL 3599999999 MICROSECOND ELSE INTERVAL 86399999999 MICROSECOND END"
)
_PRECISION_OF = {
    "happened_at": "happened_precision",
    "created_at": "created_precision",
    "published": "published_precision",
}


@dataclass(slots=True)
class Projected:
    """What one file gave: files of rows in ``folder`` and relations ``ingest_part_<table>`` over them, and its notes.

    Each file holds the columns of its table and four more: ``row`` (number of the raw row), ``rank`` (trust of its
    clock), ``record`` (whether it is a record's main row) and ``refused`` (why it is no row of the table, or null).
    """

    folder: Path
    rows_read: int = 0
    notes: list[str] = field(default_factory=list)
    veil: Veil = field(default_factory=Veil)
    files: dict[str, list[str]] = field(default_factory=dict)

    @property
    def tables(self) -> tuple[str, ...]:
        """Tables that it gave rows of."""
        return tuple(self.files)

    def release(self, engine: DuckEngine) -> None:
        """Drop everything that one file left in the engine."""
        for table, files in self.files.items():
            for name in (part_relation(table), *(f"{part_relation(table)}-{at}" for at in range(len(files)))):
                engine.drop(name)
        engine.drop("ingest_refused")


ALONG = "row, 9 AS rank, FALSE AS record, CAST(NULL AS VARCHAR) AS refused"
"""The four more columns of rows that come along with a record."""
_KEYLESS = "ingest_keyless"
_FEW = "ingest_few"


def part_relation(table: str) -> str:
    """Name of the relation that holds one file's rows of a table."""
    return f"ingest_part_{table}"


def project(engine: DuckEngine, reader: Reader, spec: FileSpec, folder: Path, veil: Veil) -> Projected:
    """Run all projections of a reader over ``ingest_fields``, into files in a folder."""
    done, limits = Projected(folder, veil=veil), spec.limits
    done.rows_read = int(engine.scalar(f"SELECT count(*) FROM {FIELDS}"))
    engine.drop("ingest_refused")
    engine.execute(
        f"CREATE TABLE ingest_refused AS SELECT row, bad AS reason, left(excerpt, {limits.excerpt_chars}) AS excerpt "
        f"FROM {FIELDS} WHERE bad IS NOT NULL",
        "collect unreadable rows",
    )
    for projection in reader.projections:
        if projection.primary:
            _primary(engine, reader, projection, spec, limits, done)
    primaries = " OR ".join(f"({p.condition()})" for p in reader.projections if p.primary)
    unknown = f"SELECT row FROM {FIELDS} WHERE bad IS NULL AND NOT coalesce(({primaries}), FALSE)"
    _refuse(
        engine, f"SELECT row, 'a record of no kind that this format knows' AS refused FROM ({unknown})", reader, limits
    )
    for projection in reader.projections:
        if not projection.primary:
            _along(engine, reader, projection, spec, done)
    done.notes = list(dict.fromkeys(done.notes))
    return done


def _primary(
    engine: DuckEngine, reader: Reader, p: Projection, spec: FileSpec, limits: Limits, done: Projected
) -> None:
    select, clocks, reasons = _select(engine, reader, p, spec, done)
    if done.veil.hashes and "account_id" in TABLES[p.table].names:
        select = _veiled(engine, select, done.veil)
    rank = min((c.rank for c in clocks), default=9)
    rows = (
        f"SELECT {_names(p.table)}, row, {rank} AS rank, TRUE AS record, {_reason(reasons)} AS refused FROM ({select})"
    )
    kept = add_rows(engine, p.table, _keyed(engine, rows, p) if p.made_key else rows, done)
    engine.drop(_KEYLESS)
    _refuse(engine, f"SELECT row, refused FROM {identifier(kept)} WHERE refused IS NOT NULL", reader, limits)


def _refuse(engine: DuckEngine, rows: str, reader: Reader, limits: Limits) -> None:
    """Put rows (``row``, ``refused``) to the rejects, with what they hold; the fields are only read if there are any."""
    engine.execute(f"CREATE TABLE {_FEW} AS {rows}", "look for refused rows")
    if engine.scalar(f"SELECT count(*) FROM {_FEW}"):
        engine.execute(
            f"INSERT INTO ingest_refused SELECT row, refused, {_excerpt(reader, limits)} "
            f"FROM {_FEW} JOIN {FIELDS} USING (row)",
            "collect refused rows",
        )
    engine.drop(_FEW)


def _veiled(engine: DuckEngine, select: str, veil: Veil) -> str:
    """Refuse what forgotten accounts wrote, without keeping any of it; returns the SELECT of all others' rows."""
    hidden = f"coalesce({veil.sql('platform', 'account_id')}, FALSE)"
    engine.execute(
        f"INSERT INTO ingest_refused SELECT row, {literal(REASON)}, NULL FROM ({select}) WHERE {hidden}", "forget"
    )
    return f"SELECT * FROM ({select}) WHERE NOT {hidden}"


def _along(engine: DuckEngine, reader: Reader, p: Projection, spec: FileSpec, done: Projected) -> None:
    select, _, _ = _select(engine, reader, p, spec, done)
    keys = " AND ".join(
        f"{identifier(c.name)} IS NOT NULL" for c in TABLES[p.table].columns if c.required and c.name != "source_id"
    )
    some = [c for c in p.columns if c not in TABLES[p.table].key and c != "public_from"]
    told = " OR ".join(f"{identifier(c)} IS NOT NULL" for c in some if c != "captured_at") or "TRUE"
    rows = f"SELECT * FROM ({select}) WHERE {keys} AND row NOT IN (SELECT row FROM ingest_refused)"
    if p.table == "accounts":
        values = ", ".join(
            "max(row) AS row"
            if c == "row"
            else f"min({c}) AS {c}"
            if c == "public_from"
            else f"{c}"
            if c in ("platform", "account_id")
            else f"arg_max({identifier(c)}, row) AS {identifier(c)}"
            for c in ("row", *TABLES[p.table].names)
        )
        rows = f"SELECT {values} FROM ({rows}) GROUP BY platform, account_id"
    else:
        rows = f"SELECT * FROM ({rows}) WHERE {told}"
    add_rows(engine, p.table, f"SELECT {_names(p.table)}, {ALONG} FROM ({rows})", done)


def _names(table: str) -> str:
    return ", ".join(identifier(n) for n in TABLES[table].names)


def add_rows(engine: DuckEngine, table: str, select: str, done: Projected) -> str:
    """Add the rows of a SELECT to what a file gave; returns the name of the relation over these rows, refused ones too."""
    own, path = next_file(table, done)
    engine.spool(own, select, path)
    show_rows(engine, table, done)
    return own


def next_file(table: str, done: Projected) -> tuple[str, Path]:
    """A further file for rows of a table, and the name of the relation over it."""
    files = done.files.setdefault(table, [])
    files.append(f"{table}-{len(files)}.arrow")
    return f"{part_relation(table)}-{len(files) - 1}", done.folder / files[-1]


def show_rows(engine: DuckEngine, table: str, done: Projected) -> None:
    """Make the rows of a table, from all its files, known by one name."""
    name = part_relation(table)
    every = (
        f"SELECT * FROM {identifier(f'{name}-{at}')} WHERE refused IS NULL" for at in range(len(done.files[table]))
    )
    engine.drop(name)
    engine.execute(f"CREATE VIEW {identifier(name)} AS {' UNION ALL '.join(every)}", f"part {table}")


def _select(
    engine: DuckEngine, reader: Reader, p: Projection, spec: FileSpec, done: Projected
) -> tuple[str, list[ClockReading], list[tuple[str, str]]]:
    """The SELECT of a projection over ``ingest_fields``, its clocks, and (condition, reason) for refusing a row."""
    table = TABLES[p.table]
    exprs: dict[str, str] = {}
    clocks: list[ClockReading] = []
    reasons: list[tuple[str, str]] = []
    for column, how in p.columns.items():
        if isinstance(how, Take):
            exprs[column] = how.expression()
            continue
        clock = read_clock(engine, how, p.condition(), spec.zone, column, len(clocks))
        clocks.append(clock)
        done.notes += clock.notes
        exprs[column] = clock.instant
        if column in _PRECISION_OF and _PRECISION_OF[column] in table.names:
            exprs[_PRECISION_OF[column]] = f"CASE WHEN {clock.instant} IS NOT NULL THEN {clock.precision} END"
        if how.required:
            reasons.append(
                (
                    f"{identifier(column)} IS NULL AND raw_{column} IS NOT NULL",
                    f"unreadable time in {' or '.join(how.fields)}",
                )
            )
            reasons.append((f"{identifier(column)} IS NULL", f"no time in {' or '.join(how.fields)}"))
            exprs[f"raw_{column}"] = clock.value
    if "platform" not in p.columns:
        exprs["platform"] = literal(_platform(reader, spec)) if "platform" in table.names else "NULL"
    else:
        fallback = literal(spec.platform or reader.platform or None)
        exprs["platform"] = f"lower(coalesce({exprs['platform']}, {fallback}))"
    _fill_times(exprs, p, spec)
    items = ["row"]
    for c in table.columns:
        items.append(f"CAST({exprs.get(c.name, 'NULL')} AS {c.type}) AS {identifier(c.name)}")
    items += [f"{exprs[e]} AS {e}" for e in exprs if e.startswith("raw_")]
    for c in table.columns:
        if (
            c.required
            and c.name != "source_id"
            and (c.name != "platform" or "platform" in p.columns)
            and not (p.made_key and c.name == table.key[-1])
        ):
            how_ = p.columns.get(c.name)
            told = " or ".join(how_.fields) if how_ is not None and how_.fields else c.name
            reasons.insert(
                0,
                (
                    f"{identifier(c.name)} IS NULL OR trim({identifier(c.name)}) = ''"
                    if c.type == "VARCHAR"
                    else f"{identifier(c.name)} IS NULL",
                    f"no {c.name} ({told} is empty)",
                ),
            )
    cells = "".join(f", {c.cells}" for c in clocks)
    rows = f"SELECT *{cells} FROM {FIELDS} WHERE bad IS NULL AND ({p.condition()})"
    return f"SELECT {', '.join(items)} FROM ({rows})", clocks, reasons


def _platform(reader: Reader, spec: FileSpec) -> str:
    name = spec.platform or reader.platform
    if not name:
        raise UsageError(f'{spec.path}: format {reader.name} does not say the platform; give platform = "..."')
    return name.lower()


def _fill_times(exprs: dict[str, str], p: Projection, spec: FileSpec) -> None:
    """``public_from`` and ``obtained_at``: what the case declares, else what the rows themselves tell."""
    names = TABLES[p.table].names
    if "public_from" in names:
        declared: datetime | None = spec.public_moment
        if declared is not None:
            exprs["public_from"] = literal(declared)
        elif "public_from" not in exprs:
            if p.table == "posts" and "happened_at" in exprs:
                period = _PERIOD.format(p=f"({exprs['happened_precision']})")
                exprs["public_from"] = f"({exprs['happened_at']}) + {period}"
            elif p.table == "articles" and "published" in exprs:
                exprs["public_from"] = (
                    f"({exprs['published']}) + {_PERIOD.format(p='(' + exprs['published_precision'] + ')')}"
                )
            elif "created_at" in exprs:
                period = _PERIOD.format(p=f"({exprs['created_precision']})")
                exprs["public_from"] = f"({exprs['created_at']}) + {period}"
    if "obtained_at" in names and spec.obtained_moment is not None:
        exprs["obtained_at"] = literal(spec.obtained_moment)


def _reason(reasons: list[tuple[str, str]]) -> str:
    if not reasons:
        return "CAST(NULL AS VARCHAR)"
    return "CASE " + " ".join(f"WHEN {c} THEN {literal(t)}" for c, t in reasons) + " END"


def _keyed(engine: DuckEngine, rows: str, p: Projection) -> str:
    """Ids for a format without: a hash of some columns, and a running number among rows that agree in all of them."""
    key = identifier(TABLES[p.table].key[-1])
    said = ", ".join(f"coalesce(CAST({identifier(c)} AS VARCHAR), '')" for c in p.made_key)
    engine.spool(_KEYLESS, f"SELECT *, md5(concat_ws(chr(31), {said})) AS digest FROM ({rows})")
    nth = "row_number() OVER (PARTITION BY digest ORDER BY row)"
    made = "'h:' || left(digest, 24) || CASE WHEN nth > 1 THEN '-' || nth ELSE '' END"
    ids = f"SELECT row, {made} AS id FROM (SELECT row, digest, {nth} AS nth FROM {_KEYLESS} WHERE refused IS NULL)"
    return f"SELECT t.* EXCLUDE (digest) REPLACE (k.id AS {key}) FROM {_KEYLESS} t LEFT JOIN ({ids}) k ON k.row = t.row"


def _excerpt(reader: Reader, limits: Limits) -> str:
    shown = [field_sql(f) for f in reader.all_fields[:12]]
    joined = ", ".join(f"left({f}, {limits.excerpt_chars})" for f in shown) or "''"
    return f"left(concat_ws(' | ', {joined}), {limits.excerpt_chars})"
