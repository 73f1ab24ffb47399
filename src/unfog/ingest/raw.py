"""Raw rows in bulk: any container becomes one relation of text fields, ``ingest_fields``, spooled to disk.

Its columns are ``row`` (from 1), ``part`` (kind of record), ``bad`` (why the row cannot be used, or null), ``excerpt``
and one text column per field that the reader asked for; a field that the file lacks is null throughout.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from unfog.engine import DuckEngine, identifier, literal, quoted_path
from unfog.errors import DataError, EngineError, FormatError, LimitError
from unfog.ingest.cells import cell_batches, csv_rows, xlsx_rows
from unfog.ingest.files import Mender, Opened, unpacked
from unfog.ingest.jsonsplit import document_batch, element_batches, mended_line, unfolded
from unfog.ingest.limits import Limits
from unfog.ingest.lines import LINES, line_batches
from unfog.ingest.reader import Part, Unfold, field_sql
from unfog.ingest.sample import Container, Sample

FIELDS = "ingest_fields"
READ = "ingest_fields_read"
MENDED = "ingest_fields_mended"
_SECOND_LOOK = 1 << 20
_OBJECT = "starts_with(ltrim(left(%s, 200), ' ' || chr(9) || chr(10) || chr(13)), '{')"

_NUL = r"regexp_replace(%s, '((?:^|[^\\])(?:\\\\)*)\\u0000', '\1\\ufffd', 'g')"
_NO_NUL = f"CASE WHEN contains(line, '\\u0000') THEN {_NUL % (_NUL % 'line')} ELSE line END"
"""An escaped NUL is none; twice, since two in a row share the character between them."""


@dataclass(slots=True)
class Loaded:
    """What loading found out besides the rows."""

    notes: list[str] = field(default_factory=list)
    columns: tuple[str, ...] = ()


class _Stream:
    """A stream of batches for the engine that remembers the error that ended it (the engine only sees its text)."""

    def __init__(self, schema: pa.Schema, batches: Iterator[pa.RecordBatch]) -> None:
        self.failed: DataError | None = None
        self.reader = pa.RecordBatchReader.from_batches(schema, self._guarded(batches))

    def _guarded(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        try:
            yield from batches
        except DataError as why:
            self.failed = why
            raise


def _put(engine: DuckEngine, schema: pa.Schema, batches: Iterator[pa.RecordBatch], sql: str, name: str = READ) -> None:
    stream = _Stream(schema, batches)
    try:
        engine.spool(name, sql, arrow=stream.reader)
    except EngineError:
        if stream.failed is not None:
            raise stream.failed from None
        raise


def forget_fields(engine: DuckEngine) -> None:
    """Drop what loading left in the engine."""
    for name in (FIELDS, READ, MENDED):
        engine.drop(name)


def load(
    engine: DuckEngine,
    source: Opened,
    sample: Sample,
    parts: Sequence[Part],
    fields: Sequence[str],
    limits: Limits,
    unfold: Unfold | None = None,
) -> Loaded:
    """Read a file into the table ``ingest_fields``.

    Raises:
        FormatError: the container cannot be read. LimitError: a limit on the file bit.
    """
    forget_fields(engine)
    match sample.container:
        case Container.NDJSON | Container.JSON_ARRAY | Container.JSON:
            loaded = _load_json(engine, source, sample.container, parts, fields, limits, unfold)
        case Container.CSV:
            loaded = _load_csv(engine, source, sample, fields, limits)
        case Container.XLSX:
            loaded = _load_cells(engine, xlsx_rows(source, limits), fields, limits)
        case Container.PARQUET:
            loaded = _load_parquet(engine, source, fields, limits)
        case other:
            raise FormatError(f"{source.shown} is {other}, which has no rows of fields; name another format")
    mended = f" WHERE row NOT IN (SELECT row FROM {MENDED}) UNION ALL SELECT * FROM {MENDED}"
    engine.execute(f"CREATE VIEW {FIELDS} AS SELECT * FROM {READ}{mended if engine.has(MENDED) else ''}", "fields")
    return loaded


# -- JSON --------------------------------------------------------------------------------------------------------------


def json_path(name: str) -> str:
    """A dotted field as a JSON path: ``user.tags[*].name`` gives ``$."user"."tags"[*]."name"``."""
    steps = []
    for step in name.split("."):
        star = step.endswith("[*]")
        key = step.removesuffix("[*]").replace('"', "")
        steps.append(f'."{key}"' + ("[*]" if star else ""))
    return "$" + "".join(steps)


def _picks(source: str, fields: Sequence[str]) -> str:
    """SELECT items for fields of one JSON column: plain ones in one pass, lists one by one."""
    plain = [f for f in fields if "[*]" not in f]
    items = [
        f"nullif(CAST(to_json(json_extract_string({source}, {literal(json_path(f))})) AS VARCHAR), '[]')"
        for f in fields
        if "[*]" in f
    ]
    paths = ", ".join(literal(json_path(f)) for f in plain)
    first = [f"json_extract_string({source}, [{paths}]) AS picked"] if plain else ["NULL AS picked"]
    lists = [
        f"{sql} AS {identifier('list ' + f)}" for sql, f in zip(items, [f for f in fields if "[*]" in f], strict=True)
    ]
    return ", ".join(first + lists)


def _found(path: str) -> str:
    """The records that a path leads to: the elements of an array, or the one object that stands there."""
    spelled = literal(json_path(path))
    if "[*]" in path:
        return f"json_extract(line, {spelled})"
    every = literal(json_path(path + "[*]"))
    return (
        f"CASE json_type(line, {spelled}) WHEN 'ARRAY' THEN json_extract(line, {every}) "
        f"WHEN 'OBJECT' THEN [json_extract(line, {spelled})] ELSE [] END"
    )


def _fields_sql(parts: Sequence[Part], fields: Sequence[str]) -> str:
    own = [f for f in fields if not f.startswith("^")]
    above = [f[1:] for f in fields if f.startswith("^")]
    plain = [f for f in own if "[*]" not in f]
    columns = [
        f"uf_some(picked[{plain.index(f) + 1}]) AS {field_sql(f)}"
        if f in plain
        else f"{identifier('list ' + f)} AS {field_sql(f)}"
        for f in own
    ]
    columns += [f"uf_some(above[{above.index(f) + 1}]) AS {field_sql('^' + f)}" for f in above]
    tail = "".join(f", {c}" for c in columns)
    checked = (
        "SELECT line_no, line, coalesce(bad, CASE WHEN line IS NULL THEN 'empty line' WHEN NOT json_valid(line) "
        f"THEN 'not JSON' WHEN NOT {_OBJECT % 'line'} THEN 'not a JSON object' END) AS bad "
        f"FROM (SELECT line_no, {_NO_NUL} AS line, bad FROM __arrow__)"
    )
    excerpt = "CASE WHEN bad IS NOT NULL THEN rtrim(line, chr(13) || chr(10)) END"
    up = ""
    if above:
        paths = ", ".join(literal(json_path(f)) for f in above)
        up = f", CASE WHEN bad IS NULL THEN json_extract_string(line, [{paths}]) END AS above"
    if len(parts) == 1 and not parts[0].path:
        inner = f"SELECT line_no AS row, {literal(parts[0].name)} AS part, bad, {excerpt} AS excerpt{up}, CASE WHEN bad IS NULL THEN line END AS j FROM ({checked})"
    else:
        lists = []
        for part in parts:
            if part.path:
                lists.append(
                    f"list_transform({_found(part.path)}, "
                    f"lambda e: {{'part': {literal(part.name)}, 'j': CAST(e AS VARCHAR)}})"
                )
            else:
                lists.append(f"[{{'part': {literal(part.name)}, 'j': line}}]")
        joined = lists[0]
        for more in lists[1:]:
            joined = f"list_concat({joined}, {more})"
        inner = (
            "SELECT row_number() OVER () AS row, r.part AS part, bad, excerpt"
            + (", above" if above else "")
            + f", r.j AS j FROM (SELECT bad, {excerpt} AS excerpt{up}, unnest(CASE WHEN bad IS NULL THEN {joined} "
            f"ELSE [{{'part': 'bad', 'j': NULL}}] END) AS r FROM ({checked}))"
        )
    return (
        f"SELECT row, part, CASE WHEN bad IS NULL AND NOT {_OBJECT % 'j'} THEN 'not a JSON object' ELSE bad END AS bad, "
        f"excerpt{tail} FROM (SELECT *, {_picks('j', own)} FROM ({inner}))"
    )


def _load_json(
    engine: DuckEngine,
    source: Opened,
    container: Container,
    parts: Sequence[Part],
    fields: Sequence[str],
    limits: Limits,
    unfold: Unfold | None,
) -> Loaded:
    mender = Mender()
    batches: Iterator[pa.RecordBatch]
    if container is Container.NDJSON:
        batches = line_batches(source, limits, mender)
    elif container is Container.JSON_ARRAY:
        batches = element_batches(source, limits, mender)
    else:
        batches = iter([document_batch(source, limits, mender)])
    if unfold is not None:
        batches = unfolded(batches, unfold)
    sql = _fields_sql(parts, fields)
    _put(engine, LINES, batches, sql)
    loaded = Loaded(mender.notes())
    if len(parts) == 1 and not parts[0].path:
        loaded.notes += _second_look(engine, sql)
    return loaded


def _second_look(engine: DuckEngine, sql: str) -> list[str]:
    """Lines that the engine refuses but Python reads: lone surrogates, NaN. They are mended and read again."""
    mended: list[tuple[int, str]] = []
    for batch in engine.batches(
        f"SELECT row, excerpt FROM {READ} WHERE bad = 'not JSON' AND length(excerpt) < {_SECOND_LOOK} ORDER BY row",
        rows=2048,
    ):
        for row, line in zip(batch.column(0).to_pylist(), batch.column(1).to_pylist(), strict=True):
            if (again := mended_line(line)) is not None:
                mended.append((row, again))
    if not mended:
        return []
    table = pa.table(
        {"line_no": [r for r, _ in mended], "line": [t for _, t in mended], "bad": pa.nulls(len(mended), pa.string())},
        schema=LINES,
    )
    _put(engine, LINES, iter(table.to_batches()), sql, MENDED)
    return [f"{len(mended):,} lines held half of a surrogate pair or NaN and were mended"]


# -- tables ------------------------------------------------------------------------------------------------------------


def _columns_of(names: Sequence[str], fields: Sequence[str]) -> dict[str, int]:
    """Which column gives which field: the same name, else the same apart from case and outer spaces."""
    exact = {n: i for i, n in reversed(list(enumerate(names)))}
    loose = {n.strip().lower(): i for i, n in reversed(list(enumerate(names)))}
    found = {}
    for f in fields:
        at = exact.get(f, loose.get(f.strip().lower()))
        if at is not None:
            found[f] = at
    return found


def _select_fields(names: Sequence[str], fields: Sequence[str], spell: Callable[[int], str]) -> str:
    at = _columns_of(names, fields)
    return "".join(
        f", {f'uf_some({spell(at[f])})' if f in at else 'CAST(NULL AS VARCHAR)'} AS {field_sql(f)}" for f in fields
    )


def _check_columns(source: Opened, names: Sequence[str], limits: Limits) -> None:
    if len(names) > limits.columns:
        raise LimitError(f"{source.shown} has {len(names):,} columns, allowed are {limits.columns:,}", limit="columns")


def _load_csv(engine: DuckEngine, source: Opened, sample: Sample, fields: Sequence[str], limits: Limits) -> Loaded:
    """DuckDB reads a sound file in bulk; where it finds a row amiss, Python reads it row by row and refuses that row."""
    _check_columns(source, sample.columns, limits)
    with tempfile.TemporaryDirectory(prefix="unfog-csv-") as folder:
        path, notes = _sound_copy(source, limits, Path(folder))
        names = csv_rows(path, sample.delimiter, limits).header
        _check_columns(source, names, limits)
        if names:
            columns = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(len(names)))
            tail = _select_fields(names, fields, lambda i: f"c{i}")
            sql = (
                f"SELECT row_number() OVER () AS row, 'record' AS part, CAST(NULL AS VARCHAR) AS bad, CAST(NULL AS VARCHAR) AS excerpt{tail} "
                f"FROM read_csv({quoted_path(path)}, columns = {{{columns}}}, auto_detect = false, header = true, "
                f"delim = {literal(sample.delimiter)}, quote = '\"', escape = '\"', strict_mode = true, null_padding = false, "
                f"max_line_size = {limits.cell_bytes})"
            )
            try:
                engine.spool(READ, sql)
                return Loaded(notes, tuple(names))
            except EngineError:
                pass
        loaded = _load_cells(engine, csv_rows(path, sample.delimiter, limits), fields, limits)
    return Loaded(notes + loaded.notes, loaded.columns)


def _sound_copy(source: Opened, limits: Limits, folder: Path) -> tuple[Path, list[str]]:
    """The file itself if it is plain, sound UTF-8; otherwise an unpacked and mended copy."""
    mender = Mender()
    if source.packing == "none":
        sound = True
        for data in unpacked(source, limits):
            sound = sound and mender.mend(data) is not None and not mender.notes()
            if not sound:
                break
        mender.mend(b"", last=True)
        with source.path.open("rb") as handle:
            marked = handle.read(3) == b"\xef\xbb\xbf"
        if sound and not mender.notes() and not marked:
            return source.path, []
        mender = Mender()
    copy = folder / "sound.csv"
    with copy.open("wb") as out:
        for data in unpacked(source, limits):
            out.write(mender.mend(data))
        out.write(mender.mend(b"", last=True))
    return copy, mender.notes()


def _load_cells(engine: DuckEngine, rows: object, fields: Sequence[str], limits: Limits) -> Loaded:
    from unfog.ingest.cells import Cells

    if not isinstance(rows, Cells):
        raise TypeError("rows must be Cells")
    at = _columns_of(rows.header, fields)
    wanted = sorted(set(at.values()))
    schema, batches = cell_batches(rows, wanted, limits)
    tail = _select_fields(rows.header, fields, lambda i: f"c{i}")
    sql = f"SELECT row, 'record' AS part, bad, excerpt{tail} FROM __arrow__"
    _put(engine, schema, batches, sql)
    return Loaded(list(rows.notes), tuple(rows.header))


def _load_parquet(engine: DuckEngine, source: Opened, fields: Sequence[str], limits: Limits) -> Loaded:
    try:
        engine.read_parquet("ingest_parquet", [source.path])
        types = dict(engine.columns("ingest_parquet"))
        _check_columns(source, list(types), limits)
        names = list(types)
        tail = _select_fields(names, fields, lambda i: _as_text(identifier(names[i]), types[names[i]]))
        engine.spool(
            READ,
            f"SELECT file_row_number + 1 AS row, 'record' AS part, CAST(NULL AS VARCHAR) AS bad, "
            f"CAST(NULL AS VARCHAR) AS excerpt{tail} FROM read_parquet({quoted_path(source.path)}, file_row_number = true)",
        )
    except EngineError as why:
        if "No space left" in why.engine_message:
            raise
        raise FormatError(f"{source.shown} is Parquet but cannot be read: {_first_line(why.engine_message)}") from None
    finally:
        engine.drop("ingest_parquet")
    return Loaded([], tuple(names))


def _as_text(column: str, kind: str) -> str:
    """A typed column as the text that the projections read."""
    if kind in ("VARCHAR", "JSON"):
        text = f"CAST({column} AS VARCHAR)"
        return f"CASE WHEN contains({text}, chr(0)) THEN replace({text}, chr(0), '\ufffd') ELSE {text} END"
    if kind == "TIMESTAMP WITH TIME ZONE":
        return f"strftime(make_timestamp(epoch_us({column})), '%Y-%m-%dT%H:%M:%S.%fZ')"
    if kind in ("DOUBLE", "FLOAT"):
        whole = f"{column} = floor({column}) AND abs({column}) < 9e15"
        return f"CASE WHEN {whole} THEN CAST(CAST({column} AS BIGINT) AS VARCHAR) ELSE CAST({column} AS VARCHAR) END"
    if kind == "BLOB":
        return f"hex({column})"
    if kind.endswith("[]") or kind.startswith(("STRUCT", "MAP")):
        return f"CAST(to_json({column}) AS VARCHAR)"
    return f"CAST({column} AS VARCHAR)"


def _first_line(text: str) -> str:
    return json.dumps(text.strip().splitlines()[0][:200], ensure_ascii=False) if text.strip() else "no reason given"
