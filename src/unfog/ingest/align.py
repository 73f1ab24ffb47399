"""Two exports of the same posts must agree on the time. Where one of them has a clock whose zone was only documented or
assumed, the other decides; where both are sure of themselves, the difference is told and nothing is changed.

Rule: among the posts that a source shares with a more trusted one (at least 5), if at least 95 % differ by one and the
same multiple of 15 minutes, the whole source is shifted by it. Anything else is only noted.
"""

from __future__ import annotations

from unfog.engine import DuckEngine, literal

_ENOUGH = 5
_AGREE = 0.95
_ASSUMED = 2
"""Ranks from here on are clocks whose zone the file itself does not show (see clock.read_clock)."""
_QUARTER_US = 900_000_000


def align_clocks(engine: DuckEngine, relation: str) -> dict[str, list[str]]:
    """Shift sources whose clock is found to be in another zone.

    Args:
        engine: Holds ``relation`` with columns platform, post_id, source_id, happened_at, public_from, rank.
        relation: A view or table of all posts of all sources; replaced by one with shifted times where needed.

    Returns:
        Notes per source.
    """
    pairs = engine.rows(
        f"""SELECT low, high, low_rank, count(*) AS n, mode(quarters) AS quarters,
                   count(*) FILTER (us <> 0) AS differing,
                   count(*) FILTER (quarters = usual) AS agreeing, max(abs(us)) AS most
            FROM (SELECT *, mode(quarters) OVER (PARTITION BY low, high) AS usual FROM
                  (SELECT a.source_id AS low, b.source_id AS high, a.rank AS low_rank,
                          epoch_us(a.happened_at) - epoch_us(b.happened_at) AS us,
                          CAST(round((epoch_us(a.happened_at) - epoch_us(b.happened_at)) / {_QUARTER_US}) AS BIGINT) AS quarters
                   FROM {relation} a JOIN {relation} b ON a.platform = b.platform AND a.post_id = b.post_id
                   WHERE a.source_id <> b.source_id AND a.happened_at IS NOT NULL AND b.happened_at IS NOT NULL
                     AND (a.rank > b.rank OR (a.rank = b.rank AND a.ord > b.ord))))
            GROUP BY low, high, low_rank ORDER BY low, high"""
    )
    notes: dict[str, list[str]] = {}
    shifts: dict[str, int] = {}
    for p in pairs:
        if p["most"] < 60_000_000:
            continue
        same = p["quarters"] != 0 and p["n"] >= _ENOUGH and p["agreeing"] >= _AGREE * p["n"]
        if same and p["low_rank"] >= _ASSUMED and p["low"] not in shifts:
            shifts[p["low"]] = p["quarters"]
            notes.setdefault(p["low"], []).append(
                f"happened_at: shifted by {_spelled(-p['quarters'])}, because {p['agreeing']:,} of {p['n']:,} posts that "
                f"{p['high']} holds too show its clock to be in another zone"
            )
        elif p["differing"]:
            notes.setdefault(p["low"], []).append(
                f"happened_at: {p['differing']:,} of {p['n']:,} posts have another time in {p['high']} (by up to "
                f"{p['most'] / 3_600_000_000:.2f} h), whose clock is taken"
            )
    if shifts:
        _shift(engine, relation, shifts)
    return notes


def _spelled(quarters: int) -> str:
    hours, rest = divmod(abs(quarters), 4)
    return f"{'+' if quarters > 0 else '-'}{hours}:{15 * rest:02d} h"


def _shift(engine: DuckEngine, relation: str, shifts: dict[str, int]) -> None:
    cases = " ".join(f"WHEN {literal(s)} THEN {900 * q}" for s, q in sorted(shifts.items()))
    back = f"to_seconds(CASE source_id {cases} ELSE 0 END)"
    own = "public_from BETWEEN happened_at AND happened_at + INTERVAL 1 HOUR"
    engine.execute(
        f"CREATE OR REPLACE TABLE ingest_shifted AS SELECT * REPLACE (happened_at - {back} AS happened_at, "
        f"CASE WHEN {own} THEN public_from - {back} ELSE public_from END AS public_from) FROM {relation}",
        "shift clocks",
    )
    engine.drop(relation)
    engine.execute(f"CREATE TABLE {relation} AS SELECT * FROM ingest_shifted", "shift clocks")
    engine.drop("ingest_shifted")
