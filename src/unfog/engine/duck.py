"""DuckDB behind the door: embedded, columnar, spills to disk instead of crashing."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb
import pyarrow as pa

from unfog.engine.door import Handle
from unfog.engine.sql import Value, bind, identifier, literal, quoted_path
from unfog.engine.step import Step
from unfog.errors import EngineError, UsageError

_MEMORY = re.compile(r"^\d+(\.\d+)?\s*(KB|MB|GB|TB|KiB|MiB|GiB|TiB)$", re.IGNORECASE)
ROW_GROUP = 122_880


class DuckEngine:
    """One in-process DuckDB connection with a memory limit that is kept and a spill folder that is removed.

    Args:
        memory: Limit such as ``4GB``; beyond it DuckDB spills to ``temp``.
        threads: Threads; default all cores.
        temp: Folder for spilling; default a fresh temporary folder, removed by :meth:`close`.
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
        self._own_temp = temp is None
        self._temp = temp or Path(tempfile.mkdtemp(prefix="unfog-spill-"))
        self._con = duckdb.connect(str(database) if database else ":memory:")
        settings: dict[str, Value] = {
            "memory_limit": memory,
            "temp_directory": str(self._temp),
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

    def put_from(self, name: str, batches: pa.RecordBatchReader, sql: str, *, append: bool = False) -> Handle:
        """Make the result of a SELECT over a one-pass stream of Arrow batches, named ``__arrow__`` in it, a table.

        The stream itself is never materialised. ``append`` adds the rows to a table that is already there.
        """
        self._con.register("__arrow__", batches)
        try:
            if append:
                self._execute(f"INSERT INTO {identifier(name)} {sql}", f"append to {name}")
            else:
                self.drop(name)
                self._execute(f"CREATE TABLE {identifier(name)} AS {sql}", f"put {name}")
        finally:
            self._con.unregister("__arrow__")
        return Handle(name, sql)

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
        try:
            self._con.execute(f"DROP TABLE IF EXISTS {identifier(name)}")
        except duckdb.CatalogException:  # a view stands under that name
            self._execute(f"DROP VIEW IF EXISTS {identifier(name)}", f"drop {name}")

    # -- files -----------------------------------------------------------------------------------------------------

    def write_parquet(self, relation: str, path: Path, order_by: Sequence[str]) -> int:
        """Write a relation, sorted, as Parquet; the file appears whole or not at all."""
        options = f"FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP}"
        return self._copy(relation, path, order_by, options)

    def write_csv(self, relation: str, path: Path, order_by: Sequence[str]) -> int:
        """Write a relation, sorted, as CSV with a header; the file appears whole or not at all."""
        return self._copy(relation, path, order_by, "FORMAT csv, HEADER true")

    def _copy(self, relation: str, path: Path, order_by: Sequence[str], options: str) -> int:
        order = ", ".join(f"{identifier(c)} NULLS FIRST" for c in order_by)
        part = path.with_name(path.name + ".part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            select = f"SELECT * FROM {identifier(relation)}" + (f" ORDER BY {order}" if order else "")
            copy = f"COPY ({select}) TO {quoted_path(part)} ({options})"
            written = self._execute(copy, f"write {path.name}").fetchall()[0][0]
            part.replace(path)
        finally:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)
        return int(written)

    def close(self) -> None:
        """Close the connection and remove the spill folder."""
        self._con.close()
        if self._own_temp:
            shutil.rmtree(self._temp, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, why: BaseException | None, tb: TracebackType | None) -> None:
        self.close()
