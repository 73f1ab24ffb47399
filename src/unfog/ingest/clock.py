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
        cells: SELECT items over ``ingest_fields`` that the expressions below use.
        value: SQL of the raw cell (text, trimmed, null where empty).
        instant: SQL of the instant (TIMESTAMP in UTC, null where unreadable).
        precision: SQL of the precision's name.
        rank: Trust of this clock against another file's: smaller is better.
        notes: What was found, in words.
    """

    cells: str

    value: str
    instant: str
    precision: str
    rank: int
    notes: tuple[str, ...]


def read_clock(
    engine: DuckEngine, time: Time, condition: str, zone: str | None, name: str = "clock", nth: int = 0
) -> ClockReading:
    """Find out what clock a time column shows.

    Args:
        engine: Holds ``ingest_fields``.
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
        agreed = _zone_by_id(engine, shapes, day_first, snow)
        if agreed:
            chosen, told = agreed, "which agrees with the times inside the ids"
        else:
            notes.append(
                f"{name}: no zone agrees with the times inside the ids, so the ids are taken where there is one"
            )
    if shapes:
        notes += _describe(engine, name, shapes, chosen, told if naive else "")
    rounded, precision = _precision(engine, shapes, _instant(shapes, chosen, day_first), time)
    notes += [f"{name}: {r}" for r in rounded]
    engine.drop(_LOOK)

    v, shape, id_ = f'"time v {nth}"', f'"time shape {nth}"', f'"time id {nth}"'
    value, id_value = _cells(time)
    cells = f"{value} AS {v}" + (f", uf_shape({value}) AS {shape}" if len(shapes) > 1 else "")
    instant = _instant(shapes, chosen, day_first, v, shape)
    told_precision = _precision_sql(precision, shapes, shape)
    if snow:
        cells += f", {id_value} AS {id_}"
        inside = _id_time(snow, id_)[1]
        instant = f"coalesce({inside}, {instant})"
        told_precision = f"CASE WHEN {inside} IS NOT NULL THEN 'millisecond' ELSE {told_precision} END"
        rank = 0
    return ClockReading(cells, v, instant, told_precision, rank, tuple(notes))


_LOOK = "ingest_look"


def _cells(time: Time) -> tuple[str, str]:
    """SQL of the cell that shows the time, and of the id that may hold it."""
    value = f"trim({coalesced(time.fields)})" if time.fields else "CAST(NULL AS VARCHAR)"
    return value, f"trim({field_sql(time.snowflake[0])})" if time.snowflake else "CAST(NULL AS VARCHAR)"


def _look(engine: DuckEngine, time: Time, condition: str) -> dict[str, int]:
    """Cells and their notation, once; returns how often each notation occurs."""
    value, id_ = _cells(time)
    engine.spool(
        _LOOK,
        f"SELECT v, uf_shape(v) AS shape, id FROM (SELECT {value} AS v, {id_} AS id FROM {FIELDS} "
        f"WHERE bad IS NULL AND ({condition}))",
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


def _instant(shapes: dict[str, int], zone: str, day_first: bool, v: str = "v", shape: str = "shape") -> str:
    """SQL of the instant of a cell with its notation (which nobody asks for where all cells share one)."""

    def zoned(stamp: str) -> str:
        return stamp if zone == "UTC" else f"uf_in_zone({stamp}, {literal(zone)})"

    slash = f"uf_{'day' if day_first else 'month'}_first({v})"
    plain = f"coalesce(TRY_CAST(replace({v}, ',', '.') AS TIMESTAMP), uf_named({v}))"
    with_z = f"regexp_replace(replace({v}, ',', '.'), ' ?(UTC|GMT|z|Z)$', '+00:00')"
    ways = {
        "number": f"uf_from_number({v})",
        "date": f"coalesce(TRY_CAST({v} AS TIMESTAMP), uf_named({v}))",
        "iso-zone": f"coalesce(make_timestamp(epoch_us(TRY_CAST({with_z} AS TIMESTAMPTZ))), uf_named_zone({v}))",
        "us-zone": f"TRY_CAST(left({v}, length({v}) - 4) AS TIMESTAMP) + to_hours(uf_us_offset({v}))",
        "iso": zoned(plain),
        "iso-minute": zoned(plain),
        "twitter": f"make_timestamp(epoch_us(try_strptime({v}, '%a %b %d %H:%M:%S %z %Y')))",
        "slash": zoned(slash),
        "slash-minute": zoned(slash),
        "slash-date": slash,
    }
    cases = [f"WHEN '{s}' THEN {ways[s]}" for s in sorted(shapes) if s in ways]
    if not cases:
        return "CAST(NULL AS TIMESTAMP)"
    if set(shapes) == {"number"}:
        return ways["number"]
    only = next(iter(shapes))
    return f"uf_moment(epoch_us({ways[only] if len(shapes) == 1 else f'CASE {shape} {chr(32).join(cases)} END'}))"


def _id_time(kind: str, id_: str) -> tuple[str, str]:
    """SQL of an id's digits as a number (null where it is none), and of the time inside (null where it carries none)."""
    n = f"CASE WHEN regexp_matches({id_}, '^[0-9]{{11,19}}$') THEN TRY_CAST({id_} AS BIGINT) END"
    floor, ms = 1 << 50, f"(({n}) >> 16)"
    if kind == "twitter":
        floor, ms = 30_000_000_000, f"(({n}) >> 22) + {TWITTER_EPOCH_MS}"
    return n, f"CASE WHEN ({n}) > {floor} THEN uf_moment(({ms}) * 1000) END"


def _snowflake(engine: DuckEngine, time: Time, notes: list[str]) -> str:
    """The kind of ids that carry the time, or nothing."""
    if time.snowflake is None:
        return ""
    n, inside = _id_time(time.snowflake[1], "id")
    seen = engine.rows(
        "SELECT count(*) FILTER (moment IS NOT NULL) AS n, count(*) FILTER (moment IS NOT NULL AND n % 1000000 = 0) AS rounded, "
        f"count(*) FILTER (e) AS e FROM (SELECT {n} AS n, {inside} AS moment, regexp_matches(id, '[0-9][eE]\\+') AS e "
        f"FROM {_LOOK})"
    )[0]
    if seen["e"]:
        notes.append(f"{seen['e']:,} ids were written as 1.2E+18 by a spreadsheet: their last digits are lost")
    if not seen["n"]:
        return ""
    if seen["rounded"] > seen["n"] / 2:
        notes.append(
            f"{seen['rounded']:,} ids end in six zeros (rounded by a spreadsheet), so the time inside them is not used"
        )
        return ""
    notes.append(f"{seen['n']:,} ids carry their own time to the millisecond (UTC), which is used")
    return time.snowflake[1]


def _zone_by_id(engine: DuckEngine, shapes: dict[str, int], day_first: bool, kind: str) -> str | None:
    """The zone in which at least 95 % of the clock times lie within 90 s of the time inside their id."""
    shares = []
    for at, zone in enumerate(_ZONES):
        near = f"abs(epoch_us({_instant(shapes, zone, day_first)}) - epoch_us(snow)) <= 90000000"
        shares.append(f"avg(CASE WHEN {near} THEN 1.0 ELSE 0.0 END) AS z{at}")
    ids = f"SELECT v, shape, {_id_time(kind, 'id')[1]} AS snow FROM {_LOOK}"
    found = engine.rows(f"SELECT {', '.join(shares)} FROM ({ids}) WHERE snow IS NOT NULL AND shape IS NOT NULL")[0]
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


def _precision(engine: DuckEngine, shapes: dict[str, int], instant: str, time: Time) -> tuple[list[str], Precision]:
    """What was found of rounding, in words, and the precision of cells that show a time of day."""
    seen = engine.rows(
        f"SELECT count(us) AS n, count(*) FILTER (us % 1000 <> 0) AS micro, count(*) FILTER (us % 1000000 <> 0) AS sub, "
        f"count(*) FILTER (us % 60000000 <> 0) AS sec, count(*) FILTER (us % 3600000000 <> 0) AS min, "
        f"count(*) FILTER (us % 86400000000 <> 0) AS day FROM (SELECT epoch_us({instant}) AS us FROM {_LOOK} "
        f"WHERE coalesce(shape, '') NOT IN ('date', 'slash-date'))"
    )[0]
    n = seen["n"]
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
    return said, found


def _precision_sql(precision: Precision, shapes: dict[str, int], shape: str) -> str:
    """SQL of the precision of a cell: its own notation may be coarser than the column."""
    own: dict[str, str] = {s: "day" for s in ("date", "slash-date") if s in shapes}
    if precision.seconds < 60:
        own |= {s: "minute" for s in ("iso-minute", "slash-minute") if s in shapes}
    if len(shapes) == 1:
        return f"'{own.get(next(iter(shapes)), precision.value)}'"
    whens = " ".join(f"WHEN '{s}' THEN '{p}'" for s, p in own.items())
    return f"CASE {shape} {whens} ELSE '{precision.value}' END" if own else f"'{precision.value}'"
