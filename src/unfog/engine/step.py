"""A named SQL step: written once in DuckDB's dialect, run on any engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from unfog.engine.sql import Value, bind


@dataclass(frozen=True, slots=True)
class Step:
    """One SQL statement with a name.

    Write SQL that means the same on DuckDB and on Spark: no ``hash()`` (sample by ``md5``), no fractional ``epoch()``
    (use ``epoch_us``), no ``asof join``, no list slices; ``order by`` is given by the caller when a result is written.

    Attributes:
        name: ``verb_object``; also the name under which the result is known to later steps.
        sql: A SELECT in DuckDB's dialect; ``$name`` stands for a parameter, other relations by their names.
        grain: What one row of the result is.
        columns: Result columns as name -> DuckDB type (checked after the step ran, when given).
        partition_by: Columns by which a distributed engine should lay the input out.
        keep: Materialise the result (True) or leave it a view (False).
    """

    name: str
    sql: str
    grain: str
    columns: Mapping[str, str] = field(default_factory=dict)
    partition_by: tuple[str, ...] = ()
    keep: bool = True

    def bound(self, params: Mapping[str, Value] | None = None) -> str:
        """The SQL with its parameters put in, as it is run and as ``unfog why`` prints it."""
        return bind(self.sql.strip(), params or {})
