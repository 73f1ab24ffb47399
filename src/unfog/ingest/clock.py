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
    """

    value: str
    instant: str
    precision: str
    rank: int
    notes: tuple[str, ...]


def read_clock(engine: DuckEngine, time: Time, condition: str, zone: str | None, name: str = "clock") -> ClockReading:
    """Find out what clock a time column shows.

    Args:
        engine: Holds ``ingest_fields``.
        time: The column's declaration.
        condition: SQL for the rows that matter.
        zone: IANA zone that the caller names for clock times without one.
        name: How notes call the column.
    """
    value = f"trim({coalesced(time.fields)})" if time.fields else "CAST(NULL AS VARCHAR)"
    rows = f"FROM {FIELDS} WHERE bad IS NULL AND ({condition})"
    shapes = {
        r["shape"]: r["n"]
        for r in engine.rows(f"SELECT uf_shape({value}) AS shape, count(*) AS n {rows} GROUP BY 1 ORDER BY 1")
        if r["shape"] is not None
    }
    notes: list[str] = []
    day_first = _day_first(engine, value, rows, shapes, notes)
    chosen, told, rank = zone or time.zone or "UTC", "named by the case", 2
    if not zone:
        told, rank = ("documented by the format", 2) if time.zone else ("assumed, since nothing says otherwise", 3)
    snow = _snowflake(engine, time, rows, notes)
    naive = any(s in shapes for s in _NAIVE if s != "date" and s != "slash-date")
    if snow and naive:
        agreed = _zone_by_id(engine, value, shapes, day_first, snow, rows)
        if agreed:
            chosen, told, rank = agreed, "which agrees with the times inside the ids", 1
        else:
            notes.append(
                f"{name}: no zone makes it agree with the times inside the ids; the ids are taken where there is one"
            )
    instant = _instant(value, shapes, chosen, day_first)
    if shapes:
        notes += _describe(engine, name, shapes, value, rows, chosen, told if naive else "")
    if not naive:
        rank = 1
    rounded, precision = _precision(engine, instant, value, rows, shapes, time)
    notes += [f"{name}: {r}" for r in rounded]
    if snow:
        instant = f"coalesce({snow}, {instant})"
        precision = f"CASE WHEN {snow} IS NOT NULL THEN 'millisecond' ELSE {precision} END"
        rank = 0
    return ClockReading(value, instant, precision, rank, tuple(notes))


def _day_first(engine: DuckEngine, value: str, rows: str, shapes: dict[str, int], notes: list[str]) -> bool:
    if not any(s.startswith("slash") for s in shapes):
        return False
    parts = rf"regexp_extract({value}, '^(\d{{1,2}})/(\d{{1,2}})/', %d)"
    seen = engine.rows(
        f"SELECT max(TRY_CAST({parts % 1} AS INTEGER)) AS a, max(TRY_CAST({parts % 2} AS INTEGER)) AS b "
        f"{rows} AND uf_shape({value}) LIKE 'slash%'"
    )[0]
    day_first = (seen["a"] or 0) > 12 and (seen["b"] or 0) <= 12
    if day_first:
        notes.append("dates with slashes are day/month/year (a first number above 12 occurs)")
    elif (seen["b"] or 0) > 12:
        notes.append("dates with slashes are month/day/year (a second number above 12 occurs)")
    else:
        notes.append("dates with slashes are read as month/day/year: assumed, no number above 12 decides it")
    return day_first


def _instant(value: str, shapes: dict[str, int], zone: str, day_first: bool) -> str:
    def zoned(stamp: str) -> str:
        return stamp if zone == "UTC" else f"uf_in_zone({stamp}, {literal(zone)})"

    slash = f"uf_{'day' if day_first else 'month'}_first({value})"
    plain = f"TRY_CAST(replace({value}, ',', '.') AS TIMESTAMP)"
    with_z = rf"regexp_replace(replace({value}, ',', '.'), ' ?(UTC|GMT|z|Z)$', '+00:00')"
    ways = {
        "number": f"uf_from_number({value})",
        "date": f"TRY_CAST({value} AS TIMESTAMP)",
        "iso-zone": f"make_timestamp(epoch_us(TRY_CAST({with_z} AS TIMESTAMPTZ)))",
        "us-zone": f"TRY_CAST(left({value}, length({value}) - 4) AS TIMESTAMP) + to_hours(uf_us_offset({value}))",
        "iso": zoned(plain),
        "iso-minute": zoned(plain),
        "twitter": f"make_timestamp(epoch_us(try_strptime({value}, '%a %b %d %H:%M:%S %z %Y')))",
        "slash": zoned(slash),
        "slash-minute": zoned(slash),
        "slash-date": slash,
    }
    cases = [f"WHEN '{s}' THEN {ways[s]}" for s in sorted(shapes) if s in ways]
    if not cases:
        return "CAST(NULL AS TIMESTAMP)"
    return f"uf_moment(epoch_us(CASE uf_shape({value}) {' '.join(cases)} END))"


def _snowflake(engine: DuckEngine, time: Time, rows: str, notes: list[str]) -> str | None:
    """SQL of the time inside the ids, or None where the ids carry none."""
    if time.snowflake is None:
        return None
    column, kind = time.snowflake
    digits = f"CASE WHEN regexp_matches(trim({field_sql(column)}), '^[0-9]{{11,19}}$') THEN TRY_CAST(trim({field_sql(column)}) AS BIGINT) END"
    ms = f"(({digits}) >> 22) + {TWITTER_EPOCH_MS}" if kind == "twitter" else f"(({digits}) >> 16)"
    floor = 30_000_000_000 if kind == "twitter" else 1 << 50
    sql = f"CASE WHEN ({digits}) > {floor} THEN uf_moment(({ms}) * 1000) END"
    seen = engine.rows(
        f"SELECT count({sql}) AS n, count(*) FILTER ({digits} % 1000000 = 0) AS rounded, "
        f"count(*) FILTER (regexp_matches({field_sql(column)}, '[0-9][eE]\\+')) AS e {rows}"
    )[0]
    if seen["e"]:
        notes.append(f"{seen['e']:,} ids were written as 1.2E+18 by a spreadsheet: their last digits are lost")
    if not seen["n"]:
        return None
    if seen["rounded"] > seen["n"] / 2:
        notes.append(
            f"{seen['rounded']:,} ids end in six zeros (rounded by a spreadsheet); the time inside them is not used"
        )
        return None
    notes.append(f"{seen['n']:,} ids carry their own time to the millisecond (UTC); it is used")
    return sql


def _zone_by_id(
    engine: DuckEngine, value: str, shapes: dict[str, int], day_first: bool, snow: str, rows: str
) -> str | None:
    shares = []
    for zone in _ZONES:
        instant = _instant(value, shapes, zone, day_first)
        near = f"abs(epoch_us({instant}) - epoch_us({snow})) <= 90000000"
        shares.append(f"avg(CASE WHEN {instant} IS NULL OR {snow} IS NULL THEN NULL WHEN {near} THEN 1.0 ELSE 0.0 END)")
    found = engine.rows(f"SELECT {', '.join(f'{s} AS z{i}' for i, s in enumerate(shares))} {rows}")[0]
    best = max(range(len(_ZONES)), key=lambda i: ((found[f"z{i}"] or 0.0), -i))
    return _ZONES[best] if (found[f"z{best}"] or 0.0) >= _AGREE else None


def _describe(
    engine: DuckEngine, name: str, shapes: dict[str, int], value: str, rows: str, zone: str, told: str
) -> list[str]:
    said = []
    if "number" in shapes:
        units = engine.rows(
            f"SELECT CASE WHEN abs(n) < 1e11 THEN 'seconds' WHEN abs(n) < 1e14 THEN 'milliseconds' WHEN abs(n) < 1e17 "
            f"THEN 'microseconds' ELSE 'nanoseconds' END AS unit, count(*) AS k FROM (SELECT TRY_CAST({value} AS DOUBLE) AS n "
            f"{rows} AND uf_shape({value}) = 'number') GROUP BY 1 ORDER BY 2 DESC, 1"
        )
        said.append(f"{name}: unix {' and '.join(u['unit'] for u in units)}, UTC by definition")
        if len(units) > 1:
            said.append(
                f"{name}: units differ from row to row: " + ", ".join(f"{u['k']:,} in {u['unit']}" for u in units)
            )
    if "iso-zone" in shapes or "twitter" in shapes:
        said.append(f"{name}: times carry their zone")
    if "us-zone" in shapes:
        said.append(f"{name}: times carry a named US zone (EST, EDT ...), converted to UTC")
    if told:
        said.append(f"{name}: clock times without zone are read as {zone}, {told}")
    if shapes.get("unknown"):
        said.append(f"{name}: {shapes['unknown']:,} cells are in no known notation")
    return said


def _precision(
    engine: DuckEngine, instant: str, value: str, rows: str, shapes: dict[str, int], time: Time
) -> tuple[list[str], str]:
    seen = engine.rows(
        f"SELECT count(t) AS n, count(*) FILTER (us % 1000 <> 0) AS micro, count(*) FILTER (us % 1000000 <> 0) AS sub, "
        f"count(*) FILTER (us % 60000000 <> 0) AS sec, count(*) FILTER (us % 3600000000 <> 0) AS min, "
        f"count(*) FILTER (us % 86400000000 <> 0) AS day FROM (SELECT t, epoch_us(t) AS us FROM (SELECT {instant} AS t "
        f"{rows} AND coalesce(uf_shape({value}), '') NOT IN ('date', 'slash-date')))"
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
    sql = f"'{found.value}'"
    whens = []
    if "date" in shapes or "slash-date" in shapes:
        whens.append("WHEN 'date' THEN 'day' WHEN 'slash-date' THEN 'day'")
    if minutes and found.seconds < 60:
        whens.append("WHEN 'iso-minute' THEN 'minute' WHEN 'slash-minute' THEN 'minute'")
    return said, f"CASE uf_shape({value}) {' '.join(whens)} ELSE {sql} END" if whens else sql
