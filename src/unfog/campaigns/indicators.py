"""Which known campaigns share a domain, address, id, hash or handle with what was observed: a hash join, in seconds.

Both sides are brought into one form by the same SQL, so that a million observed indicators need no Python. A host
matches a known domain if it is that domain or lies at most three levels below it. A host that belongs to everybody
never matches; an address on it does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import pyarrow as pa

from unfog.campaigns.catalogue import Entry, was_public
from unfog.campaigns.shared_hosts import SHARED_HOSTS
from unfog.engine import Engine, Step

KNOWN: Final = "known_indicators"
MATCHES: Final = "indicator_matches"

_SCHEMA = pa.schema([("kind", pa.string()), ("value", pa.string()), ("ref", pa.string())])

_FANGED = """trim(value)"""
for _old, _new in (
    ("[.]", "."),
    ("(.)", "."),
    ("{.}", "."),
    ("[dot]", "."),
    ("[:]", ":"),
    ("[/]", "/"),
    ("[@]", "@"),
    ("[at]", "@"),
):
    _FANGED = f"replace({_FANGED}, '{_old}', '{_new}')"

_PARTS = """
WITH clean AS (
  SELECT ref, lower(kind) AS kind,
    CASE WHEN value LIKE '%[%' OR value LIKE '%(.)%' OR value LIKE '%{{.}}%' THEN {fanged} ELSE trim(value) END AS bare
  FROM {source} WHERE value IS NOT NULL AND length(value) BETWEEN 2 AND 4096
)
SELECT ref, kind, bare,
  CASE WHEN kind IN ('url', 'domain-name') THEN lower(regexp_extract(
    bare, '^(?:[a-zA-Z][a-zA-Z0-9+.*-]*://)?(?:(?:www|amp|mobile|m)[.])?([^/?#:]+)', 1)) END AS host,
  CASE WHEN kind = 'url' THEN rtrim(regexp_extract(CASE WHEN bare LIKE '%utm_%'
    THEN regexp_replace(bare, '[?&]utm_[^&#]*', '', 'g') ELSE bare END,
    '^(?:[a-zA-Z][a-zA-Z0-9+.*-]*://)?[^/?#]+([/?][^#]*)', 1), '/') END AS rest
FROM clean
"""
"""SQL: host and the rest of the address of each indicator, fanged."""


def _parts(name: str, source: str) -> Step:
    return Step(name, _PARTS.format(source=source, fanged=_FANGED), "one row per indicator", keep=True)


def _keys(parts: str, *, parents: bool) -> str:
    """SQL: rows (ref, match_on, key). Observed hosts also give the domains that they lie below."""
    whole = f"""
  SELECT ref, 'url' AS match_on, host || rest AS key FROM {parts}
    WHERE kind = 'url' AND host LIKE '%.%' AND rest <> ''
  UNION ALL
  SELECT ref, kind, CASE WHEN kind LIKE 'x-analytics%' THEN upper(bare) ELSE lower(bare) END FROM {parts}
    WHERE kind NOT IN ('url', 'domain-name')
  UNION ALL"""
    if not parents:
        return f"""
SELECT DISTINCT ref, match_on, key FROM ({whole}
  SELECT ref, 'host', host FROM {parts}
    WHERE (kind = 'domain-name' OR (kind = 'url' AND rest = '')) AND host LIKE '%.%'
      AND host NOT IN (SELECT host FROM shared_hosts)
)"""
    below = " UNION ALL ".join(
        f"SELECT ref, 'host', {host} FROM {parts} WHERE host LIKE '{'%.' * (n + 1)}%'"
        for n, host in enumerate(("host", _above("host"), _above(_above("host")), _above(_above(_above("host")))))
    )
    return f"{whole} {below}"


def _above(host: str) -> str:
    return f"substr({host}, strpos({host}, '.') + 1)"


def known_keys(engine: Engine, entries: Iterable[Entry], *, known: str = "") -> int:
    """Leave the indicators of entries in the engine as ``known_indicators(ref, match_on, key)``.

    Args:
        engine: Engine.
        entries: Catalogue.
        known: ISO date; indicators published later are left out. Empty: all.

    Returns:
        Number of distinct keys.
    """
    rows = [(i.kind, i.value, e.id) for e in entries for i in e.indicators if was_public(i.public_from, known)]
    return known_table(engine, _table(rows))


def known_table(engine: Engine, table: pa.Table) -> int:
    """The same for a table ``(kind, value, ref)`` of any size."""
    engine.put("shared_hosts", pa.table({"host": sorted(SHARED_HOSTS)}))
    engine.put("raw_known_indicators", table)
    engine.run(_parts("known_parts", "raw_known_indicators"))
    engine.run(Step(KNOWN, _keys("known_parts", parents=False), "one row per campaign and key"))
    return int(engine.scalar(f"SELECT count(*) FROM (SELECT DISTINCT match_on, key FROM {KNOWN})"))


_MATCH = f"""
WITH owners AS (SELECT match_on, key, count(*) AS owners FROM {KNOWN} GROUP BY match_on, key),
hits AS (
  SELECT o.match_on, o.key, o.owners, count(DISTINCT s.ref) AS refs, min(s.ref) AS example
  FROM observed_keys s JOIN owners o ON o.match_on = s.match_on AND o.key = s.key
  GROUP BY o.match_on, o.key, o.owners
)
SELECT k.ref AS campaign_id, k.match_on, k.key, h.owners, h.refs, h.example
FROM hits h JOIN {KNOWN} k ON k.match_on = h.match_on AND k.key = h.key
"""


def match(engine: Engine, observed: str) -> tuple[Step, ...]:
    """Join the relation ``observed(kind, value, ref)`` with the known keys into ``indicator_matches``.

    ``indicator_matches`` has one row per campaign and shared key: ``campaign_id, match_on, key, owners`` (campaigns
    that have this key: 1 is telling, many is not), ``refs`` (things observed with it) and an ``example``.

    Returns:
        The steps as run.
    """
    steps = (
        _parts("observed_parts", observed),
        Step("observed_keys", _keys("observed_parts", parents=True), "one row per thing observed and key", keep=False),
        Step(MATCHES, _MATCH, "one row per campaign and shared key"),
    )
    for step in steps:
        engine.run(step)
    return steps


def match_table(engine: Engine, entries: Sequence[Entry], observed: pa.Table, *, known: str = "") -> pa.Table:
    """Matches of a table ``(kind, value, ref)`` against entries, sorted; see :func:`match` for the columns."""
    known_keys(engine, entries, known=known)
    engine.put("observed_indicators", observed.select(["kind", "value", "ref"]))
    match(engine, "observed_indicators")
    return engine.query(f"SELECT * FROM {MATCHES} ORDER BY campaign_id, match_on, key")


def _table(rows: Iterable[tuple[str, str, str]]) -> pa.Table:
    kinds, values, refs = zip(*rows, strict=True) if (rows := list(rows)) else ((), (), ())
    return pa.table([pa.array(kinds, pa.string()), pa.array(values, pa.string()), pa.array(refs, pa.string())], _SCHEMA)


def indicator_table(rows: Iterable[tuple[str, str, str]]) -> pa.Table:
    """Rows ``(kind, value, ref)`` as the table that :func:`match_table` takes."""
    return _table(rows)
