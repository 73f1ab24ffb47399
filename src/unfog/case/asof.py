"""The as-of filter: every room sees only what was known by the date, through views of the same names."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa

from unfog.engine import Engine, Step, literal
from unfog.model import TABLES, AsOf

INGEST_TABLES = (
    "posts", "engagement", "accounts", "labels", "documents", "articles", "observations", "statements",
    "sources", "post_sources", "rejects",
)  # fmt: skip
"""Tables that the ingest stage gives."""

_BY_POST = frozenset({"engagement", "post_sources"})
_ALWAYS = frozenset({"sources", "rejects"})


def offer(engine: Engine, files: Mapping[str, Path], as_of: AsOf) -> None:
    """Make the ingest tables known as they looked by a date.

    ``name__all`` holds everything; ``name`` holds what was known. Engagement and post sources follow their post;
    ``sources`` and ``rejects`` describe the files of the case itself and are never filtered. Tables that rooms make are
    offered empty until their room has run. ``as_of`` has one row, the date itself, for knowledge that is in no table.

    Args:
        engine: Engine of this as-of run.
        files: Table name -> Parquet file written by ingest; a missing one is offered empty.
        as_of: The date and clock.
    """
    engine.put("as_of", pa.table({"at": [as_of.at.replace(tzinfo=None)], "clock": [as_of.clock.value]}))
    for name in INGEST_TABLES:
        whole = f"{name}__all"
        if name in files:
            engine.read_parquet(whole, [files[name]])
        else:
            engine.put(whole, pa.Table.from_pylist([], schema=TABLES[name].arrow_schema()))
        engine.run(Step(name, _filtered(name, whole, as_of), TABLES[name].grain, keep=False))
    for name in TABLES.keys() - set(INGEST_TABLES):
        engine.put(name, pa.Table.from_pylist([], schema=TABLES[name].arrow_schema()))


def _filtered(name: str, whole: str, as_of: AsOf) -> str:
    columns = TABLES[name].names
    known = f"{as_of.clock.column} <= {literal(as_of.at)}"
    if name in _ALWAYS:
        return f"SELECT * FROM {whole}"
    if name in _BY_POST:
        posts = "posts__all"
        return (
            f"SELECT t.* FROM {whole} t SEMI JOIN (SELECT platform, post_id FROM {posts} WHERE {known}) p "
            "ON t.platform = p.platform AND t.post_id = p.post_id"
        )
    if as_of.clock.column in columns:
        return f"SELECT * FROM {whole} WHERE {known}"
    return f"SELECT * FROM {whole}"
