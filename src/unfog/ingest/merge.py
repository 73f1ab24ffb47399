"""Parts to tables: the same whatever the order in which files were named.

Sources are put in the order of (path, hash). A post met in several sources becomes one row: its time comes from the
source with the most trustworthy clock, every other column from the first source (in the same order of trust) that has
it, and ``post_sources`` keeps all of them. ``rows_kept`` counts records that were new in that order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from unfog.engine import DuckEngine, identifier, literal
from unfog.ingest.align import align_clocks
from unfog.ingest.parts import Part, part_tables
from unfog.model import TABLES, Table

_EARLIEST = ("public_from", "obtained_at")
_TIMES = ("happened_at", "happened_precision")


@dataclass(frozen=True, slots=True)
class Piece:
    """A source with its finished part."""

    source_id: str
    folder: Path
    part: Part


def merge(engine: DuckEngine, pieces: Sequence[Piece]) -> tuple[dict[str, tuple[int, int]], dict[str, list[str]]]:
    """Make the merged relations ``ingest_<table>`` and count.

    Args:
        pieces: In the order of sources.

    Returns:
        Source -> (rows kept, rows duplicate), and source -> notes on its clock.
    """
    notes: dict[str, list[str]] = {}
    counts = {p.source_id: [0, 0] for p in pieces}
    for name in part_tables():
        table = TABLES[name]
        _union(engine, table, pieces)
        if not any(name in p.part.files for p in pieces):
            _empty(engine, table)
            continue
        if name in ("documents", "articles", "observations", "statements"):
            _distinct_ids(engine, table)
        twice = _met_twice(engine, table)
        _count(engine, table, counts, twice)
        if name == "posts":
            if len(pieces) > 1:
                notes = align_clocks(engine, "ingest_all_posts")
            engine.drop("ingest_post_sources")
            engine.execute(
                "CREATE TABLE ingest_post_sources AS SELECT DISTINCT platform, post_id, source_id FROM ingest_all_posts",
                "keep all sources of a post",
            )
        _merge_table(engine, table, twice)
    _fill_public(engine)
    _rejects(engine, pieces)
    return {s: (c[0], c[1]) for s, c in counts.items()}, notes


def _rows_of(engine: DuckEngine, pieces: Sequence[Piece], table: str, columns: str, where: str = "") -> list[str]:
    """SELECTs of one table's rows, one for each source that has some."""
    selects = []
    for at, piece in enumerate(pieces):
        if table in piece.part.files:
            engine.read_spools(f"ingest_in_{at}_{table}", [piece.folder / f for f in piece.part.files[table]])
            source = f"{literal(piece.source_id)} AS source_id, {at} AS ord"
            selects.append(f"SELECT {columns}, {source} FROM ingest_in_{at}_{table}{where}")
    return selects


def _union(engine: DuckEngine, table: Table, pieces: Sequence[Piece]) -> None:
    columns = ", ".join(identifier(n) for n in table.names if n != "source_id")
    selects = _rows_of(engine, pieces, table.name, f"{columns}, row, rank, record", " WHERE refused IS NULL")
    name = f"ingest_all_{table.name}"
    engine.drop(name)
    if not selects:
        engine.execute(
            f"CREATE TABLE {name} ({table.ddl()}, row BIGINT, rank INTEGER, record BOOLEAN, ord INTEGER)", "no rows"
        )
        return
    engine.execute(f"CREATE VIEW {name} AS " + " UNION ALL ".join(selects), f"all {table.name}")


def _empty(engine: DuckEngine, table: Table) -> None:
    kind = "TABLE" if table.name == "accounts" else "VIEW"
    names = ", ".join(identifier(n) for n in table.names)
    engine.drop(f"ingest_{table.name}")
    engine.execute(f"CREATE {kind} ingest_{table.name} AS SELECT {names} FROM ingest_all_{table.name}", "no rows")
    if table.name == "posts":
        engine.drop("ingest_post_sources")
        engine.execute(f"CREATE TABLE ingest_post_sources ({TABLES['post_sources'].ddl()})", "no rows")


def _met_twice(engine: DuckEngine, table: Table) -> bool:
    """Whether any key is met twice; if so, ``ingest_twice`` holds these keys."""
    key = ", ".join(identifier(k) for k in table.key)
    engine.drop("ingest_twice")
    engine.execute(
        f"CREATE TABLE ingest_twice AS SELECT {key} FROM ingest_all_{table.name} GROUP BY {key} HAVING count(*) > 1",
        "met twice",
    )
    return bool(engine.scalar("SELECT count(*) FROM ingest_twice"))


def _count(engine: DuckEngine, table: Table, counts: dict[str, list[int]], twice: bool) -> None:
    """A record is kept where its key is met first, in the order of sources; all others are duplicates."""
    key = ", ".join(identifier(k) for k in table.key)
    first = f"row_number() OVER (PARTITION BY {key} ORDER BY ord, row) = 1" if twice else "TRUE"
    rows = engine.rows(
        f"SELECT source_id, count(*) AS n, count(*) FILTER (first) AS kept FROM (SELECT source_id, {first} AS first "
        f"FROM ingest_all_{table.name} WHERE record) GROUP BY 1 ORDER BY 1"
    )
    for r in rows:
        counts[r["source_id"]][0] += r["kept"]
        counts[r["source_id"]][1] += r["n"] - r["kept"]


def _merge_table(engine: DuckEngine, table: Table, twice: bool) -> None:
    everything, merged = f"ingest_all_{table.name}", f"ingest_{table.name}"
    same = " AND ".join(f"a.{identifier(k)} IS NOT DISTINCT FROM d.{identifier(k)}" for k in table.key)
    names = ", ".join(f"a.{identifier(n)}" for n in table.names)
    engine.drop(merged)
    kind = "TABLE" if table.name == "accounts" else "VIEW"
    if not twice:
        engine.execute(f"CREATE {kind} {merged} AS SELECT {names} FROM {everything} a", f"merge {table.name}")
        return
    items = []
    for c in table.columns:
        n = identifier(c.name)
        if c.name in table.key:
            items.append(f"a.{n}")
        elif c.name == "source_id":
            items.append(f"first(a.{n} ORDER BY ord, row) AS {n}")
        elif c.name in _EARLIEST:
            items.append(f"min(a.{n}) AS {n}")
        elif c.name == "removed":
            items.append(f"bool_and(a.{n}) AS {n}")
        elif c.name in _TIMES:
            items.append(f"first(a.{n} ORDER BY rank, ord, row) FILTER (a.happened_at IS NOT NULL) AS {n}")
        elif table.name == "engagement":
            items.append(f"max(a.{n}) AS {n}")
        elif table.name == "accounts":
            items.append(f"first(a.{n} ORDER BY record DESC, row DESC) FILTER (a.{n} IS NOT NULL) AS {n}")
        else:
            items.append(f"first(a.{n} ORDER BY rank, ord, row) FILTER (a.{n} IS NOT NULL) AS {n}")
    once = f"ingest_once_{table.name}"
    engine.drop(once)
    engine.execute(
        f"CREATE TABLE {once} AS SELECT {', '.join(items)} FROM {everything} a WHERE EXISTS "
        f"(SELECT 1 FROM ingest_twice d WHERE {same}) GROUP BY {', '.join('a.' + identifier(k) for k in table.key)}",
        f"merge {table.name}",
    )
    engine.execute(
        f"CREATE {kind} {merged} AS SELECT {names} FROM {everything} a WHERE NOT EXISTS "
        f"(SELECT 1 FROM {once} d WHERE {same}) UNION ALL SELECT * FROM {once}",
        f"merge {table.name}",
    )


def _distinct_ids(engine: DuckEngine, table: Table) -> None:
    """Two files may use one id for two things; the later one is then called ``id@source``, so that nothing is lost."""
    name, key = f"ingest_all_{table.name}", identifier(table.key[0])
    told = {
        "documents": "sha256",
        "articles": "sha256",
        "observations": "md5(concat_ws(chr(31), happened_at, kind, actor, summary))",
        "statements": "md5(concat_ws(chr(31), said_on, speaker, quote))",
    }
    names = ", ".join(f"{identifier(n)}" for n in table.names if n != table.key[0])
    engine.execute(
        f"CREATE OR REPLACE TABLE ingest_named AS SELECT *, {told[table.name]} AS content FROM {name}", "look at ids"
    )
    engine.drop(name)
    engine.execute(
        f"CREATE TABLE {name} AS SELECT CASE WHEN content = first_content THEN {key} "
        f"ELSE {key} || '@' || source_id || CASE WHEN ord = first_ord THEN '#' || row ELSE '' END END AS {key}, {names}, ord, row, rank, record "
        f"FROM (SELECT *, first_value(content) OVER w AS first_content, first_value(ord) OVER w AS first_ord FROM ingest_named "
        f"WINDOW w AS (PARTITION BY {key} ORDER BY ord, row))",
        "tell ids apart",
    )
    engine.drop("ingest_named")


def _fill_public(engine: DuckEngine) -> None:
    """An account that nobody dated was public at the latest when its first post was."""
    engine.drop("ingest_undated")
    engine.execute("ALTER TABLE ingest_accounts RENAME TO ingest_undated", "date accounts")
    engine.execute(
        "CREATE TABLE ingest_accounts AS SELECT a.* REPLACE (coalesce(a.public_from, f.at) AS public_from) "
        "FROM ingest_undated a LEFT JOIN (SELECT platform, account_id, min(public_from) AS at FROM ingest_posts "
        "GROUP BY platform, account_id) f ON f.platform = a.platform AND f.account_id = a.account_id",
        "date accounts",
    )
    engine.drop("ingest_undated")


def _rejects(engine: DuckEngine, pieces: Sequence[Piece]) -> None:
    engine.drop("ingest_rejects")
    selects = _rows_of(engine, pieces, "rejects", "row, reason, excerpt")
    body = " UNION ALL ".join(selects)
    if selects:
        engine.execute(
            f"CREATE TABLE ingest_rejects AS SELECT source_id, row, reason, excerpt FROM ({body})", "all rejects"
        )
    else:
        engine.execute(f"CREATE TABLE ingest_rejects ({TABLES['rejects'].ddl()})", "no rejects")


def forget_merged(engine: DuckEngine, pieces: Sequence[Piece]) -> None:
    """Drop everything that merging left in the engine."""
    for at, piece in enumerate(pieces):
        for name in piece.part.files:
            engine.drop(f"ingest_in_{at}_{name}")
    for name in (*part_tables(), "sources", "post_sources", "rejects"):
        for prefix in ("ingest_", "ingest_once_", "ingest_all_"):
            engine.drop(prefix + name)
    engine.drop("ingest_twice")
