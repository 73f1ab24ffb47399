"""The truth of time: what clock a column shows is found out from the column itself, written down, and never assumed
silently.

Rules, in this order:

1. A number is unix time; its size tells the unit (below 1e11 seconds, 1e14 milli-, 1e17 microseconds, else nano-).
2. A clock time with an offset or a named US zone is converted by it.
3. A clock time without zone is read in the zone that the caller names, else the one that the format documents, else
   UTC, and the note then says *assumed*.
4. Where ids carry the time (X/Twitter snowflakes: 41 bits of milliseconds since 2010-11-04 01:42:54.657 UTC, shifted by
   22; Mastodon: unix milliseconds shifted by 16), the clock is checked against them: the zone that agrees is taken, and
   the id's own milliseconds replace the clock.
5. A column whose readings all end in ``:00`` (at least 5) is minute-rounded, all in ``:00:00`` hour-rounded, and so on.
"""

from __future__ import annotations

from dataclasses import dataclass

from unfog.engine import DuckEngine, literal
from unfog.ingest.raw import FIELDS
from unfog.ingest.reader import Time, coalesced, field_sql
from unfog.model import Precision

TWITTER_EPOCH_MS = 1_288_834_974_657
_ZONES = (
    "UTC", "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "Europe/London",
    "Europe/Berlin", "Europe/Athens", "Europe/Moscow", "Asia/Kolkata", "Asia/Shanghai", "Asia/Tokyo",
    "Australia/Sydney",
)  # fmt: skip
_ENOUGH = 5
_AGREE = 0.95
_NAIVE = ("iso", "iso-minute", "date", "slash", "slash-minute", "slash-date")


@dataclass(frozen=True, slots=True)
class ClockReading:
    """How a time column is read.

    Attributes:
        value: SQL of the raw cell (text, trimmed, null where empty).
        instant: SQL of the instant (TIMESTAMP in UTC, null where unreadable).
        precision: SQL of the precision's name.
        rank: Trust of this clock against another file's: smaller is better.
        notes: What was found, in words.
        table: Relation with one row per raw row (``row``, and the three above as columns), to be joined.
    """

    value: str
    instant: str
    precision: str
    rank: int
    notes: tuple[str, ...]
    table: str = ""


def read_clock(
    engine: DuckEngine, time: Time, condition: str, zone: str | None, name: str = "clock", nth: int = 0
) -> ClockReading:
    """Find out what clock a time column shows.

    Args:
        engine: Holds ``ingest_fields``; then also ``ingest_time_<nth>``.
        time: The column's declaration.
        condition: SQL for the rows that matter.
        zone: IANA zone that the caller names for clock times without one.
        name: How notes call the column.
        nth: Number of the clock among those of one projection.
    """
    notes: list[str] = []
    shapes = _look(engine, time, condition)
    day_first = _day_first(engine, shapes, notes)
    snow = _snowflake(engine, time, notes)
    naive = any(s in shapes for s in _NAIVE)
    chosen, told, rank = zone or time.zone or "UTC", "named by the case", 2
    if not zone:
        told, rank = ("documented by the format", 2) if time.zone else ("assumed, since nothing says otherwise", 3)
    if not naive:
        rank = 1
    elif snow:
        agreed = _zone_by_id(engine, shapes, day_first)
        if agreed:
            chosen, told = agreed, "which agrees with the times inside the ids"
        else:
            notes.append(
                f"{name}: no zone agrees with the times inside the ids, so the ids are taken where there is one"
            )
    table = f"ingest_time_{nth}"
    instant = _instant(shapes, chosen, day_first)
    engine.drop(table)
    engine.execute(
        f'CREATE TABLE {table} AS SELECT row, v AS "time v {nth}", {instant} AS "time at {nth}", shape, snow FROM {_LOOK}',
        "read clock",
    )
    if shapes:
        notes += _describe(engine, name, shapes, chosen, told if naive else "")
    rounded, precision = _precision(engine, table, nth, shapes, time)
    notes += [f"{name}: {r}" for r in rounded]
    at = f'"time at {nth}"'
    if snow:
        at = f"coalesce({table}.snow, {at})"
        precision = f"CASE WHEN {table}.snow IS NOT NULL THEN 'millisecond' ELSE {precision} END"
        rank = 0
    engine.drop(_LOOK)
    return ClockReading(f'"time v {nth}"', at, precision, rank, tuple(notes), table)


_LOOK = "ingest_look"


def _look(engine: DuckEngine, time: Time, condition: str) -> dict[str, int]:
    """Cells, their notation and the times inside the ids, once; returns how often each notation occurs."""
    value = f"trim({coalesced(time.fields)})" if time.fields else "CAST(NULL AS VARCHAR)"
    snow = f"trim({field_sql(time.snowflake[0])})" if time.snowflake else "CAST(NULL AS VARCHAR)"
    engine.drop(_LOOK)
    engine.execute(
        f"CREATE TABLE {_LOOK} AS SELECT row, v, uf_shape(v) AS shape, id, CAST(NULL AS TIMESTAMP) AS snow "
        f"FROM (SELECT row, {value} AS v, {snow} AS id FROM {FIELDS} WHERE bad IS NULL AND ({condition}))",
        "look at clock",
    )
    rows = engine.rows(f"SELECT shape, count(*) AS n FROM {_LOOK} WHERE shape IS NOT NULL GROUP BY 1 ORDER BY 1")
    return {r["shape"]: r["n"] for r in rows}


def _day_first(engine: DuckEngine, shapes: dict[str, int], notes: list[str]) -> bool:
    if not any(s.startswith("slash") for s in shapes):
        return False
    parts = r"TRY_CAST(regexp_extract(v, '^(\d{1,2})/(\d{1,2})/', %d) AS INTEGER)"
    seen = engine.rows(
        f"SELECT max({parts % 1}) AS a, max({parts % 2}) AS b FROM {_LOOK} WHERE starts_with(shape, 'slash')"
    )[0]
    if (seen["a"] or 0) > 12 and (seen["b"] or 0) <= 12:
        notes.append("dates with slashes are day/month/year (a first number above 12 occurs)")
        return True
    if (seen["b"] or 0) > 12:
        notes.append("dates with slashes are month/day/year (a second number above 12 occurs)")
    else:
        notes.append("dates with slashes are read as month/day/year: assumed, no number above 12 decides it")
    return False


def _instant(shapes: dict[str, int], zone: str, day_first: bool) -> str:
    """SQL of the instant of a cell ``v`` with its notation ``shape``."""

    def zoned(stamp: str) -> str:
        return stamp if zone == "UTC" else f"uf_in_zone({stamp}, {literal(zone)})"

    slash = f"uf_{'day' if day_first else 'month'}_first(v)"
    plain = "coalesce(TRY_CAST(replace(v, ',', '.') AS TIMESTAMP), uf_named(v))"
    with_z = "regexp_replace(replace(v, ',', '.'), ' ?(UTC|GMT|z|Z)$', '+00:00')"
    ways = {
        "number": "uf_from_number(v)",
        "date": "coalesce(TRY_CAST(v AS TIMESTAMP), uf_named(v))",
        "iso-zone": f"coalesce(make_timestamp(epoch_us(TRY_CAST({with_z} AS TIMESTAMPTZ))), uf_named_zone(v))",
        "us-zone": "TRY_CAST(left(v, length(v) - 4) AS TIMESTAMP) + to_hours(uf_us_offset(v))",
        "iso": zoned(plain),
        "iso-minute": zoned(plain),
        "twitter": "make_timestamp(epoch_us(try_strptime(v, '%a %b %d %H:%M:%S %z %Y')))",
        "slash": zoned(slash),
        "slash-minute": zoned(slash),
        "slash-date": slash,
    }
    cases = [f"WHEN '{s}' THEN {ways[s]}" for s in sorted(shapes) if s in ways]
    if not cases:
        return "CAST(NULL AS TIMESTAMP)"
    return f"uf_moment(epoch_us(CASE shape {' '.join(cases)} END))"


def _snowflake(engine: DuckEngine, time: Time, notes: list[str]) -> bool:
    """Fill ``snow`` with the time inside the ids; False where they carry none."""
    if time.snowflake is None:
        return False
    digits = "CASE WHEN regexp_matches(id, '^[0-9]{11,19}$') THEN TRY_CAST(id AS BIGINT) END"
    twitter = time.snowflake[1] == "twitter"
    floor = 30_000_000_000 if twitter else 1 << 50
    ms = f"(n >> 22) + {TWITTER_EPOCH_MS}" if twitter else "(n >> 16)"
    seen = engine.rows(
        f"SELECT count(*) FILTER (n > {floor} AND uf_moment(({ms}) * 1000) IS NOT NULL) AS n, "
        f"count(*) FILTER (n > {floor} AND n % 1000000 = 0) AS rounded, count(*) FILTER (e) AS e "
        rf"FROM (SELECT {digits} AS n, regexp_matches(id, '[0-9][eE]\+') AS e FROM {_LOOK})"
    )[0]
    if seen["e"]:
        notes.append(f"{seen['e']:,} ids were written as 1.2E+18 by a spreadsheet: their last digits are lost")
    if not seen["n"]:
        return False
    if seen["rounded"] > seen["n"] / 2:
        notes.append(
            f"{seen['rounded']:,} ids end in six zeros (rounded by a spreadsheet), so the time inside them is not used"
        )
        return False
    engine.execute(
        f"CREATE OR REPLACE TABLE {_LOOK} AS SELECT row, v, shape, id, CASE WHEN n > {floor} "
        f"THEN uf_moment(({ms}) * 1000) END AS snow FROM (SELECT *, {digits} AS n FROM {_LOOK})",
        "times inside ids",
    )
    notes.append(f"{seen['n']:,} ids carry their own time to the millisecond (UTC), which is used")
    return True


def _zone_by_id(engine: DuckEngine, shapes: dict[str, int], day_first: bool) -> str | None:
    """The zone in which at least 95 % of the clock times lie within 90 s of the time inside their id."""
    shares = []
    for at, zone in enumerate(_ZONES):
        near = f"abs(epoch_us({_instant(shapes, zone, day_first)}) - epoch_us(snow)) <= 90000000"
        shares.append(f"avg(CASE WHEN {near} THEN 1.0 ELSE 0.0 END) AS z{at}")
    found = engine.rows(f"SELECT {', '.join(shares)} FROM {_LOOK} WHERE snow IS NOT NULL AND shape IS NOT NULL")[0]
    best = max(range(len(_ZONES)), key=lambda i: ((found[f"z{i}"] or 0.0), -i))
    return _ZONES[best] if (found[f"z{best}"] or 0.0) >= _AGREE else None


def _describe(engine: DuckEngine, name: str, shapes: dict[str, int], zone: str, told: str) -> list[str]:
    said = []
    if "number" in shapes:
        units = engine.rows(
            "SELECT CASE WHEN abs(n) < 1e11 THEN 'seconds' WHEN abs(n) < 1e14 THEN 'milliseconds' WHEN abs(n) < 1e17 "
            "THEN 'microseconds' ELSE 'nanoseconds' END AS unit, count(*) AS k FROM (SELECT TRY_CAST(v AS DOUBLE) AS n "
            f"FROM {_LOOK} WHERE shape = 'number') GROUP BY 1 ORDER BY 2 DESC, 1"
        )
        said.append(f"{name}: unix {' and '.join(u['unit'] for u in units)}, UTC by definition")
        if len(units) > 1:
            told_units = ", ".join(f"{u['k']:,} in {u['unit']}" for u in units)
            said.append(f"{name}: units differ from row to row: {told_units}")
    if "iso-zone" in shapes or "twitter" in shapes:
        said.append(f"{name}: times carry their zone")
    if "us-zone" in shapes:
        said.append(f"{name}: times carry a named US zone (EST, EDT ...), converted to UTC")
    if told:
        said.append(f"{name}: clock times without zone are read as {zone}, {told}")
    if shapes.get("unknown"):
        said.append(f"{name}: {shapes['unknown']:,} cells are in no known notation")
    return said


def _precision(engine: DuckEngine, table: str, nth: int, shapes: dict[str, int], time: Time) -> tuple[list[str], str]:
    seen = engine.rows(
        f"SELECT count(us) AS n, count(*) FILTER (us % 1000 <> 0) AS micro, count(*) FILTER (us % 1000000 <> 0) AS sub, "
        f"count(*) FILTER (us % 60000000 <> 0) AS sec, count(*) FILTER (us % 3600000000 <> 0) AS min, "
        f'count(*) FILTER (us % 86400000000 <> 0) AS day FROM (SELECT epoch_us("time at {nth}") AS us FROM {table} '
        f"WHERE coalesce(shape, '') NOT IN ('date', 'slash-date'))"
    )[0]
    n = seen["n"]
    minutes = any(s in shapes for s in ("iso-minute", "slash-minute"))
    found, said = Precision.SECOND, []
    if seen["micro"]:
        found = Precision.MICROSECOND
    elif seen["sub"]:
        found = Precision.MILLISECOND
    elif (
        n and not seen["sec"] and (n >= _ENOUGH or set(shapes) <= {"iso-minute", "slash-minute", "date", "slash-date"})
    ):
        found = Precision.MINUTE
        if n >= _ENOUGH and not seen["min"]:
            found = Precision.HOUR if seen["day"] else Precision.DAY
        said.append(f"{found.value}-rounded: all {n:,} readings are whole {found.value}s")
    if time.precision and Precision(time.precision).seconds > found.seconds:
        found = Precision(time.precision)
        said.append(f"{found.value} precision, as the format documents")
    whens = []
    if "date" in shapes or "slash-date" in shapes:
        whens.append("WHEN 'date' THEN 'day' WHEN 'slash-date' THEN 'day'")
    if minutes and found.seconds < 60:
        whens.append("WHEN 'iso-minute' THEN 'minute' WHEN 'slash-minute' THEN 'minute'")
    return said, f"CASE {table}.shape {' '.join(whens)} ELSE '{found.value}' END" if whens else f"'{found.value}'"
