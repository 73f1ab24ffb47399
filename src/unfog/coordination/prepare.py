"""Mappings that SQL cannot make: canonical addresses and clusters of near-duplicate texts, one row per distinct
value."""

from __future__ import annotations

import pyarrow as pa

from unfog.coordination.neartext import cluster
from unfog.coordination.signals import Signal
from unfog.engine import Engine
from unfog.text.urls import canonical_url

MAPPING = pa.schema([("raw", pa.string()), ("object", pa.string())])


def prepare(engine: Engine, signal: Signal) -> None:
    """Make the mapping table that a signal needs, unless it is there already."""
    if not signal.prepared:
        return
    name = f"prepared_{signal.prepared.replace('-', '_')}"
    if engine.has(name):
        return
    if signal.prepared == "link":
        values = engine.query(
            "SELECT DISTINCT x AS raw FROM (SELECT unnest(urls) AS x FROM posts WHERE urls IS NOT NULL) u "
            "WHERE trim(coalesce(x, '')) <> '' ORDER BY raw"
        )["raw"].to_pylist()
        table = pa.table({"raw": values, "object": [canonical_url(v) for v in values]}, schema=MAPPING)
    else:
        values = engine.query(
            f"SELECT DISTINCT p.text AS raw FROM posts p WHERE {signal.where} AND trim(p.text) <> '' ORDER BY raw"
        )["raw"].to_pylist()
        table = pa.table({"raw": values, "object": cluster(values)}, schema=MAPPING)
    engine.put(name, table)
