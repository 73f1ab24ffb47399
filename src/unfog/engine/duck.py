"""DuckDB behind the door: embedded, columnar, spills to disk instead of crashing."""

from __future__ import annotations

import contextlib
import itertools
import os
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb
import pyarrow as pa

from unfog.engine.door import Handle
from unfog.engine.ranges import FEW_ROWS, KEYS, PLAIN, Size, cuts, range_sql, text_bytes
from unfog.engine.scratch import Scratch
from unfog.engine.spool import BATCH_ROWS, ahead, even, read_spools, scatter, whole_spool, write_spool
from unfog.engine.sql import Value, bind, identifier, literal, quoted_path
from unfog.engine.step import Step
from unfog.errors import EngineError, UsageError

_MEMORY = re.compile(r"^\d+(\.\d+)?\s*(KB|MB|GB|TB|KiB|MiB|GiB|TiB)$", re.IGNORECASE)


class DuckEngine:
    """One in-process DuckDB connection with a memory limit that is kept and a spill folder that is removed.

    Args:
        memory: Limit such as ``4GB``; beyond it DuckDB spills to ``temp``.
        threads: Threads; default all cores.
        temp: Folder for spilling; default a fresh temporary folder, removed by :meth:`close`, after a kill by the next
            engine.
        database: File for the database; default in memory.

    The connection reads and writes local files only: no extension is loaded or installed, nothing is fetched.
    """

    kind = "duckdb"

    def __init__(
        self,
        memory: str = "4GB",
        threads: int | None = None,
        temp: Path | None = None,
        database: Path | None = None,
    ) -> None:
        if not _MEMORY.match(memory.strip()):
            raise UsageError(f"memory = {memory!r} is not a size; write for example 4GB or 800MB")
        self.memory = memory
        self._scratch = Scratch(temp)
        self._con = duckdb.connect(str(database) if database else ":memory:")
        self._spools: dict[str, Path | None] = {}
        self._count = itertools.count()
        settings: dict[str, Value] = {
            "memory_limit": memory,
            "temp_directory": str(self._scratch.path),
            "TimeZone": "UTC",
            "autoinstall_known_extensions": False,
            "preserve_insertion_order": True,
            "enable_progress_bar": False,
            "arrow_large_buffer_size": False,
        }
        for name, value in settings.items():
            self._con.execute(f"SET {name} = {literal(value)}")
        self._con.execute(f"SET threads = {threads or os.cpu_count() or 1}")

    # -- running ---------------------------------------------------------------------------------------------------

    def run(self, step: Step, /, **params: Value) -> Handle:
        """Run a step; its result is then known by ``step.name``."""
        sql = step.bound(params)
        what = "TABLE" if step.keep else "VIEW"
        self.drop(step.name)
        self._execute(f"CREATE {what} {identifier(step.name)} AS {sql}", step.name)
        if step.columns:
            found = dict(self.columns(step.name))
            if found != dict(step.columns):
                raise EngineError(step.name, sql, f"result columns are {found}, declared were {dict(step.columns)}")
        return Handle(step.name, sql)

    def query(self, sql: str, /, **params: Value) -> pa.Table:
        """Rows of a SELECT as an Arrow table."""
        return self._relation(bind(sql, params), "query").to_arrow_table()

    def batches(self, sql: str, /, rows: int = 262_144, **params: Value) -> Iterator[pa.RecordBatch]:
        """Rows of a SELECT as a stream of Arrow batches."""
        reader: Iterator[pa.RecordBatch] = self._relation(bind(sql, params), "batches").to_arrow_reader(rows)
        yield from reader

    def rows(self, sql: str, /, **params: Value) -> list[dict[str, Any]]:
        """Rows of a SELECT as dicts."""
        return list(self.query(sql, **params).to_pylist())

    def scalar(self, sql: str, /, **params: Value) -> Any:
        """The single value of a SELECT."""
        table = self.query(sql, **params)
        if table.num_rows != 1 or table.num_columns != 1:
            raise EngineError("scalar", sql, f"expected one value, got {table.num_rows} x {table.num_columns}")
        return table.column(0)[0].as_py()

    def execute(self, sql: str, what: str = "statement") -> None:
        """Run a statement that gives no rows (readers use this; rooms run steps)."""
        self._execute(sql, what)

    def _execute(self, sql: str, what: str) -> duckdb.DuckDBPyConnection:
        try:
            return self._con.execute(sql)
        except duckdb.Error as why:
            raise EngineError(what, sql, str(why)) from why

    def _relation(self, sql: str, what: str) -> Any:
        try:
            return self._con.sql(sql)
        except duckdb.Error as why:
            raise EngineError(what, sql, str(why)) from why

    # -- relations -------------------------------------------------------------------------------------------------

    def put(self, name: str, table: pa.Table | pa.RecordBatchReader) -> Handle:
        """Make an Arrow table known by a name (copied)."""
        self.drop(name)
        self._con.register("__arrow__", table)
        try:
            self._execute(f"CREATE TABLE {identifier(name)} AS SELECT * FROM __arrow__", f"put {name}")
        finally:
            self._con.unregister("__arrow__")
        return Handle(name)

    def spool(self, name: str, sql: str, path: Path | None = None, arrow: pa.RecordBatchReader | None = None) -> Handle:
        """Make the rows of a SELECT known by a name, on disk instead of in memory.

        Args:
            name: Of the relation.
            sql: The SELECT; ``__arrow__`` in it is ``arrow``.
            path: File to write; default one of the engine's own, removed with the relation.
            arrow: One-pass stream of batches, never materialised.

        Raises:
            EngineError: the SELECT failed. OSError: the file could not be written.
        """
        self.drop(name)
        file = path or self._scratch.folder() / f"{name}-{next(self._count)}.arrow"
        if arrow is not None:
            self._con.register("__arrow__", arrow)
        try:
            with self._relation(sql, f"spool {name}").to_arrow_reader(BATCH_ROWS) as rows:
                write_spool(file, rows.schema, rows)
        except BaseException as why:
            file.unlink(missing_ok=True)
            if isinstance(why, (duckdb.Error, pa.ArrowException)) or (isinstance(why, OSError) and why.errno is None):
                raise EngineError(f"spool {name}", sql, str(why)) from why  # Arrow tells the engine's errors as its own
            raise
        finally:
            if arrow is not None:
                self._con.unregister("__arrow__")
        self.read_spools(name, [file])
        self._spools[name] = file if path is None else None
        return Handle(name, sql)

    def read_spools(self, name: str, paths: Sequence[Path]) -> Handle:
        """Make files that :meth:`spool` wrote known by a name, without reading them yet."""
        self.drop(name)
        self._con.register(name, read_spools(paths))
        self._spools[name] = None
        return Handle(name)

    def read_parquet(self, name: str, paths: Sequence[Path | str]) -> Handle:
        """Make Parquet files known by a name, without reading them yet."""
        self.drop(name)
        files = "[" + ", ".join(quoted_path(p) for p in paths) + "]"
        sql = f"SELECT * FROM read_parquet({files}, union_by_name = true)"
        self._execute(f"CREATE VIEW {identifier(name)} AS {sql}", f"read {name}")
        return Handle(name, sql)

    def has(self, name: str) -> bool:
        """Whether a relation of that name is known."""
        sql = f"SELECT count(*) FROM information_schema.tables WHERE table_name = {literal(name)}"
        return bool(self.scalar(sql))

    def columns(self, relation: str) -> Mapping[str, str]:
        """Column names and DuckDB types of a relation."""
        described = self._execute(f"DESCRIBE {identifier(relation)}", f"describe {relation}").fetchall()
        return {row[0]: row[1] for row in described}

    def drop(self, name: str) -> None:
        """Forget a relation."""
        if name in self._spools:
            self._con.unregister(name)
            if (own := self._spools.pop(name)) is not None:
                own.unlink(missing_ok=True)
            return
        try:
            self._con.execute(f"DROP TABLE IF EXISTS {identifier(name)}")
        except duckdb.CatalogException:  # a view stands under that name
            self._execute(f"DROP VIEW IF EXISTS {identifier(name)}", f"drop {name}")

    # -- files -----------------------------------------------------------------------------------------------------

    def write_parquet(self, relation: str, path: Path, order_by: Sequence[str]) -> int:
        """Write a relation, sorted, as Parquet; the file appears whole or not at all.

        Its bytes do not depend on the memory, nor on whether the rows were sorted all at once.
        """
        return self._copy(relation, path, order_by, "FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {rows}")

    def write_csv(self, relation: str, path: Path, order_by: Sequence[str]) -> int:
        """Write a relation, sorted, as CSV with a header; the file appears whole or not at all."""
        return self._copy(relation, path, order_by, "FORMAT csv, HEADER true")

    def _copy(self, relation: str, path: Path, order_by: Sequence[str], options: str) -> int:
        order = ", ".join(f"{identifier(c)} NULLS FIRST" for c in order_by)
        select = f"SELECT * FROM {identifier(relation)}"
        part = path.with_name(path.name + ".part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            size = self._size(relation, order_by)
            copy = f"COPY ({{}}) TO {quoted_path(part)} ({options.format(rows=size.group_rows)})"
            if cut := self._cuts(relation, order_by, order, size):
                written = self._copy_by_range(copy, select, order_by, order, cut, size)
            else:
                copy = copy.format(select + (f" ORDER BY {order}" if order else ""))
                written = self._execute(copy, f"write {path.name}").fetchall()[0][0]
            part.replace(path)
        finally:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)
        return int(written)

    def _size(self, relation: str, order_by: Sequence[str]) -> Size:
        """Rows and bytes of a relation that may be too large to sort at once; nothing of a small one."""
        name, columns = identifier(relation), dict(self.columns(relation))
        plain = set(columns.values()) <= PLAIN and {columns.get(c) for c in order_by} <= KEYS
        if not order_by or not plain or int(self.scalar(f"SELECT count(*) FROM {name}")) <= FEW_ROWS:
            return Size()
        seen = self.rows(f"SELECT count(*) AS rows, sum({text_bytes(columns)}) AS bytes FROM {name}")[0]
        return Size(seen["rows"], int(seen["bytes"] or 0))

    def _cuts(self, relation: str, order_by: Sequence[str], order: str, size: Size) -> list[tuple[Any, ...]]:
        """Keys that cut a relation into ranges which sort within memory; none where it does so as a whole."""
        if size.ranges <= 2:
            return []
        keys = ", ".join(identifier(c) for c in order_by)
        sample = f"SELECT {keys} FROM {identifier(relation)} WHERE hash({keys}) % {size.sampled} = 0 ORDER BY {order}"
        return cuts([tuple(row.values()) for row in self.query(sample).to_pylist()], size.ranges)

    def _copy_by_range(
        self, copy: str, select: str, order_by: Sequence[str], order: str, cut: Sequence[tuple[Any, ...]], size: Size
    ) -> int:
        """The same file as one sorted COPY, to the byte: rows are dealt out to ranges of the key, then sorted there."""
        with tempfile.TemporaryDirectory(dir=self._scratch.folder()) as folder, self._con.cursor() as other:
            files = [Path(folder) / f"{at}.arrow" for at in range(len(cut) + 1)]
            sql = f"SELECT *, {range_sql(order_by, cut)} AS range_number FROM ({select})"
            with self._relation(sql, "sort").to_arrow_reader(BATCH_ROWS) as rows:
                schema = pa.schema(list(rows.schema)[:-1])
                scatter(files, schema, rows)

            def sorted_range(file: Path) -> pa.Table:
                other.register("__range__", whole_spool(file))
                file.unlink()
                return other.sql(f"SELECT * FROM __range__ ORDER BY {order}").to_arrow_table()

            batches = even(ahead(map(sorted_range, files)), size.group_rows)
            self._con.register("__sorted__", pa.RecordBatchReader.from_batches(schema, batches))
            try:
                copied = self._execute(copy.format("SELECT * FROM __sorted__"), "write in ranges").fetchall()
            finally:
                self._con.unregister("__sorted__")
            return int(copied[0][0])

    def close(self) -> None:
        """Close the connection and remove the spill folder."""
        self._con.close()
        self._scratch.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, why: BaseException | None, tb: TracebackType | None) -> None:
        self.close()
