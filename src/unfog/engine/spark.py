"""Apache Spark behind the door: the same named steps, transpiled by sqlglot from DuckDB's dialect.

What SQL may say so that both engines agree is told in :mod:`unfog.engine.step`. The session runs in UTC. Rows leave as
Arrow; a written file is one file, so results for people, not raw tables, are what should be written here.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa
import pyarrow.parquet as pq

from unfog.engine.door import Handle
from unfog.engine.sql import Value, bind, identifier
from unfog.engine.step import Step
from unfog.errors import EngineError, UsageError

_TYPES = {
    "string": "VARCHAR", "bigint": "BIGINT", "int": "INTEGER", "double": "DOUBLE", "boolean": "BOOLEAN",
    "timestamp": "TIMESTAMP", "timestamp_ntz": "TIMESTAMP", "array<string>": "VARCHAR[]", "date": "DATE",
}  # fmt: skip

_LISTS = frozenset({"urls", "hashtags", "mentions", "media_hashes"})
"""Columns that are lists: their ``len`` is a size, not a length of text."""


class SparkEngine:
    """A local or given Spark session.

    Args:
        memory: Memory of the driver, such as ``4g`` or ``4GB`` (only when the session is made here).
        threads: Local threads; default all.
        session: An existing session; it is not stopped by :meth:`close`.

    Raises:
        UsageError: if pyspark or sqlglot is not installed.
    """

    kind = "spark"

    def __init__(self, memory: str = "4GB", threads: int | None = None, session: Any = None) -> None:
        try:
            self._sqlglot = importlib.import_module("sqlglot")
            sql = importlib.import_module("pyspark.sql")
        except ImportError as why:
            raise UsageError(f"the Spark engine needs pyspark and sqlglot: pip install 'unfog[spark]' ({why})") from why
        self.memory = memory
        self._own = session is None
        self._names: dict[str, Any] = {}
        self._spark = session or (
            sql.SparkSession.builder.master(f"local[{threads or '*'}]")
            .appName("unfog")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.shuffle.partitions", str(threads or 8))
            .config("spark.driver.memory", memory.strip().upper().rstrip("B").lower())
            .config("spark.sql.execution.arrow.pyspark.enabled", "true")
            .getOrCreate()
        )
        self._spark.sparkContext.setLogLevel("OFF")
        self._spark.conf.set("spark.sql.session.timeZone", "UTC")
        self._spark.conf.set("spark.sql.timestampType", "TIMESTAMP_NTZ")

    def dialect(self, sql: str) -> str:
        """The same statement in Spark's dialect.

        Three functions that sqlglot leaves as they are, or gives another meaning, are spelled here: ``epoch_us``,
        ``len`` of a list and ``regexp_replace`` with the flag g.
        """
        exp = self._sqlglot.exp

        def spell(node: Any) -> Any:
            name = node.name.lower() if isinstance(node, exp.Anonymous) else ""
            if name == "epoch_us":
                ltz = exp.Anonymous(this="TO_TIMESTAMP_LTZ", expressions=node.expressions)
                return exp.Anonymous(this="UNIX_MICROS", expressions=[ltz])
            if isinstance(node, exp.Length) and node.this.name in _LISTS:
                return exp.Anonymous(this="SIZE", expressions=[node.this])
            if isinstance(node, exp.RegexpReplace):
                return exp.Anonymous(
                    this="REGEXP_REPLACE", expressions=[node.this, node.expression, node.args.get("replacement")]
                )
            return node

        try:
            return str(self._sqlglot.parse_one(sql, read="duckdb").transform(spell).sql(dialect="spark"))
        except self._sqlglot.errors.SqlglotError as why:
            raise EngineError("transpile", sql, str(why)) from why

    def run(self, step: Step, /, **params: Value) -> Handle:
        """Run a step; its result is then known by ``step.name`` (kept in memory and on disk if the step says so)."""
        sql = step.bound(params)
        frame = self._frame(sql, step.name)
        if step.keep:
            frame = frame.persist()
        self._remember(step.name, frame)
        if step.columns:
            found = dict(self.columns(step.name))
            if found != dict(step.columns):
                raise EngineError(step.name, sql, f"result columns are {found}, declared were {dict(step.columns)}")
        return Handle(step.name, sql)

    def _frame(self, sql: str, what: str) -> Any:
        text = self.dialect(sql)
        try:
            return self._spark.sql(text)
        except Exception as why:  # the errors of the JVM have no common Python class
            raise EngineError(what, text, str(why)) from why

    def _remember(self, name: str, frame: Any) -> None:
        self.drop(name)
        frame.createOrReplaceTempView(name)
        self._names[name] = frame

    def query(self, sql: str, /, **params: Value) -> pa.Table:
        """Rows of a SELECT as an Arrow table."""
        frame = self._frame(bind(sql, params), "query")
        try:
            table: pa.Table = frame.toArrow()
        except Exception as why:
            raise EngineError("query", sql, str(why)) from why
        return table

    def batches(self, sql: str, /, rows: int = 262_144, **params: Value) -> Iterator[pa.RecordBatch]:
        """Rows of a SELECT in Arrow batches."""
        yield from self.query(sql, **params).to_batches(rows)

    def rows(self, sql: str, /, **params: Value) -> list[dict[str, Any]]:
        """Rows of a SELECT as dicts."""
        return list(self.query(sql, **params).to_pylist())

    def scalar(self, sql: str, /, **params: Value) -> Any:
        """The single value of a SELECT."""
        table = self.query(sql, **params)
        if table.num_rows != 1 or table.num_columns != 1:
            raise EngineError("scalar", sql, f"expected one value, got {table.num_rows} x {table.num_columns}")
        return table.column(0)[0].as_py()

    def put(self, name: str, table: pa.Table | pa.RecordBatchReader) -> Handle:
        """Make an Arrow table known by a name."""
        whole = table.read_all() if isinstance(table, pa.RecordBatchReader) else table
        self._remember(name, self._spark.createDataFrame(whole))
        return Handle(name)

    def read_parquet(self, name: str, paths: Sequence[Path | str]) -> Handle:
        """Make Parquet files known by a name, without reading them yet."""
        frame = self._spark.read.option("mergeSchema", "true").parquet(*(str(p) for p in paths))
        self._remember(name, frame)
        return Handle(name)

    def write_parquet(self, relation: str, path: Path, order_by: Sequence[str]) -> int:
        """Write a relation, sorted, as one Parquet file; it appears whole or not at all."""
        table = self._sorted(relation, order_by)
        part = path.with_name(path.name + ".part")
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(table, part, compression="zstd", row_group_size=122_880)
        part.replace(path)
        return int(table.num_rows)

    def write_csv(self, relation: str, path: Path, order_by: Sequence[str]) -> int:
        """Write a relation, sorted, as CSV with a header; it appears whole or not at all."""
        csv = importlib.import_module("pyarrow.csv")
        table = self._sorted(relation, order_by)
        part = path.with_name(path.name + ".part")
        path.parent.mkdir(parents=True, exist_ok=True)
        csv.write_csv(table, part)
        part.replace(path)
        return int(table.num_rows)

    def _sorted(self, relation: str, order_by: Sequence[str]) -> pa.Table:
        order = ", ".join(f"{identifier(c)} NULLS FIRST" for c in order_by)
        return self.query(f"SELECT * FROM {identifier(relation)}" + (f" ORDER BY {order}" if order else ""))

    def has(self, name: str) -> bool:
        """Whether a relation of that name is known."""
        return name in self._names

    def columns(self, relation: str) -> Mapping[str, str]:
        """Column names and DuckDB types of a relation."""
        if relation not in self._names:
            raise EngineError(f"describe {relation}", "", "no relation of that name is known")
        return {name: _TYPES.get(kind, kind.upper()) for name, kind in self._names[relation].dtypes}

    def drop(self, name: str) -> None:
        """Forget a relation."""
        frame = self._names.pop(name, None)
        if frame is not None:
            frame.unpersist()
            self._spark.catalog.dropTempView(name)

    def close(self) -> None:
        """Forget everything; stop the session if it was made here."""
        for name in list(self._names):
            self.drop(name)
        if self._own:
            self._spark.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, why: BaseException | None, tb: TracebackType | None) -> None:
        self.close()
