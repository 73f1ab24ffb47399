"""What any engine can do. Rooms see this, never DuckDB or Spark themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import pyarrow as pa

from unfog.engine.sql import Value
from unfog.engine.step import Step


@dataclass(frozen=True, slots=True)
class Handle:
    """A relation that lives in the engine: its name and how it came to be. Never the rows themselves."""

    name: str
    sql: str = ""


@runtime_checkable
class Engine(Protocol):
    """The door. One connection, named relations, SQL in DuckDB's dialect.

    Order of rows is undefined unless asked for with ``order_by``; whatever is written for people is always ordered.
    """

    kind: str

    def run(self, step: Step, /, **params: Value) -> Handle:
        """Run a step; its result is then known by ``step.name``. Raises EngineError with step, SQL and message."""
        ...

    def query(self, sql: str, /, **params: Value) -> pa.Table:
        """Rows of a SELECT as an Arrow table (for small results)."""
        ...

    def batches(self, sql: str, /, rows: int = 262_144, **params: Value) -> Iterator[pa.RecordBatch]:
        """Rows of a SELECT as a stream of Arrow batches (for large results, in bounded memory)."""
        ...

    def rows(self, sql: str, /, **params: Value) -> list[dict[str, Any]]:
        """Rows of a SELECT as dicts."""
        ...

    def scalar(self, sql: str, /, **params: Value) -> Any:
        """The single value of a SELECT."""
        ...

    def put(self, name: str, table: pa.Table | pa.RecordBatchReader) -> Handle:
        """Make an Arrow table known by a name (copied into the engine)."""
        ...

    def read_parquet(self, name: str, paths: Sequence[Path | str]) -> Handle:
        """Make Parquet files known by a name, without reading them yet."""
        ...

    def write_parquet(self, relation: str, path: Path, order_by: Sequence[str]) -> int:
        """Write a relation, sorted, as deterministic Parquet (whole file or nothing). Returns the number of rows."""
        ...

    def write_csv(self, relation: str, path: Path, order_by: Sequence[str]) -> int:
        """Write a relation, sorted, as CSV (whole file or nothing). Returns the number of rows."""
        ...

    def has(self, name: str) -> bool:
        """Whether a relation of that name is known."""
        ...

    def columns(self, relation: str) -> Mapping[str, str]:
        """Column names and DuckDB types of a relation."""
        ...

    def drop(self, name: str) -> None:
        """Forget a relation; nothing happens if it is not known."""
        ...

    def close(self) -> None:
        """Release everything, temporary files included."""
        ...
