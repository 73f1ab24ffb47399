"""Time as evidence has it: a moment with its precision, and three clocks.

``happened_at`` is when the event took place, ``public_from`` when anyone could know it, ``obtained_at`` when this case
got it. A coarse date stands for a whole period; what happened "in October 2019" is only *known to have happened* at the
end of that month, so the end of the period is what "as of" compares with.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from unfog.errors import UsageError


class Precision(StrEnum):
    """How exactly a source tells the time; ordered from fine to coarse."""

    MICROSECOND = "microsecond"
    MILLISECOND = "millisecond"
    SECOND = "second"
    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    MONTH = "month"
    YEAR = "year"

    @property
    def seconds(self) -> float:
        """Length of the period in seconds (a month counts as 31 days, a year as 366)."""
        return _SECONDS[self]


_SECONDS = {
    Precision.MICROSECOND: 1e-6,
    Precision.MILLISECOND: 1e-3,
    Precision.SECOND: 1.0,
    Precision.MINUTE: 60.0,
    Precision.HOUR: 3600.0,
    Precision.DAY: 86400.0,
    Precision.MONTH: 31 * 86400.0,
    Precision.YEAR: 366 * 86400.0,
}

_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, order=True)
class Moment:
    """A point in time as far as its source tells it.

    Attributes:
        start: First instant of the period, UTC, timezone-aware.
        precision: Length of the period.
    """

    start: datetime
    precision: Precision

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.start.utcoffset() != timedelta(0):
            raise UsageError(f"a moment must be in UTC, got {self.start!r}")

    @property
    def end(self) -> datetime:
        """Last microsecond of the period: when the event has certainly happened."""
        s = self.start
        match self.precision:
            case Precision.MICROSECOND:
                return s
            case Precision.MILLISECOND:
                return s + timedelta(milliseconds=1) - _TICK
            case Precision.SECOND:
                return s + timedelta(seconds=1) - _TICK
            case Precision.MINUTE:
                return s + timedelta(minutes=1) - _TICK
            case Precision.HOUR:
                return s + timedelta(hours=1) - _TICK
            case Precision.DAY:
                return s + timedelta(days=1) - _TICK
            case Precision.MONTH:
                return s + timedelta(days=calendar.monthrange(s.year, s.month)[1]) - _TICK
            case Precision.YEAR:
                return s.replace(year=s.year + 1) - _TICK

    def __str__(self) -> str:
        s = self.start
        match self.precision:
            case Precision.YEAR:
                return f"{s:%Y}"
            case Precision.MONTH:
                return f"{s:%Y-%m}"
            case Precision.DAY:
                return f"{s:%Y-%m-%d}"
            case Precision.HOUR:
                return f"{s:%Y-%m-%d %H}h UTC"
            case Precision.MINUTE:
                return f"{s:%Y-%m-%d %H:%M} UTC"
            case Precision.SECOND:
                return f"{s:%Y-%m-%d %H:%M:%S} UTC"
            case _:
                return f"{s:%Y-%m-%d %H:%M:%S.%f} UTC"


_DATE = re.compile(r"^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$")


def parse_moment(text: str | date | datetime, precision: Precision | str | None = None) -> Moment:
    """Read an ISO 8601 date or time (``2019``, ``2019-10``, ``2019-10-21``, ``2019-10-21T08:50:34Z``).

    A clock time without zone is refused: silently assuming UTC is how hours go wrong.

    Args:
        text: The date or time. A ``datetime`` must be timezone-aware.
        precision: Overrides the precision that the text itself has, to make it coarser.

    Returns:
        The moment in UTC.

    Raises:
        UsageError: if the text is not such a date, or a clock time has no zone.
    """
    wanted = Precision(precision) if precision else None
    if isinstance(text, datetime):
        if text.tzinfo is None:
            raise UsageError(f"the time {text.isoformat()!r} has no zone; add Z or an offset")
        start = text.astimezone(UTC)
        found = Precision.MICROSECOND if start.microsecond else Precision.SECOND
        return _coarsened(start, found, wanted)
    if isinstance(text, date):
        return _coarsened(datetime(text.year, text.month, text.day, tzinfo=UTC), Precision.DAY, wanted)
    raw = text.strip()
    if match := _DATE.match(raw):
        year, month, day = match.groups()
        try:
            start = datetime(int(year), int(month or 1), int(day or 1), tzinfo=UTC)
        except ValueError as why:
            raise UsageError(f"{raw!r} is not a date: {why}") from None
        return _coarsened(start, Precision.DAY if day else Precision.MONTH if month else Precision.YEAR, wanted)
    try:
        start = datetime.fromisoformat(raw)
    except ValueError:
        raise UsageError(
            f"cannot read the date {raw!r}; write 2019, 2019-10, 2019-10-21 or 2019-10-21T08:50:34Z"
        ) from None
    if start.tzinfo is None:
        raise UsageError(f"the time {raw!r} has no zone; add Z or an offset such as +01:00")
    clock = re.split(r"[T ]", raw, maxsplit=1)[1]
    digits = re.sub(r"(Z|[+-]\d{2}:?\d{2})$", "", clock)
    if "." in digits:
        found = Precision.MILLISECOND if len(digits.split(".")[1]) <= 3 else Precision.MICROSECOND
    else:
        found = (Precision.HOUR, Precision.MINUTE, Precision.SECOND)[min(digits.count(":"), 2)]
    return _coarsened(start.astimezone(UTC), found, wanted)


def _coarsened(start: datetime, found: Precision, wanted: Precision | None) -> Moment:
    precision = found if wanted is None or wanted.seconds < found.seconds else wanted
    cut = {
        Precision.YEAR: {"month": 1, "day": 1, "hour": 0, "minute": 0, "second": 0, "microsecond": 0},
        Precision.MONTH: {"day": 1, "hour": 0, "minute": 0, "second": 0, "microsecond": 0},
        Precision.DAY: {"hour": 0, "minute": 0, "second": 0, "microsecond": 0},
        Precision.HOUR: {"minute": 0, "second": 0, "microsecond": 0},
        Precision.MINUTE: {"second": 0, "microsecond": 0},
        Precision.SECOND: {"microsecond": 0},
        Precision.MILLISECOND: {"microsecond": start.microsecond // 1000 * 1000},
        Precision.MICROSECOND: {},
    }[precision]
    return Moment(start.replace(**cut), precision)  # type: ignore[arg-type]


class Clock(StrEnum):
    """Which of the three times "as of" looks at."""

    PUBLIC = "public"
    OBTAINED = "obtained"

    @property
    def column(self) -> str:
        """The table column that this clock reads."""
        return {"public": "public_from", "obtained": "obtained_at"}[self.value]


@dataclass(frozen=True, slots=True)
class AsOf:
    """A date through which the world is looked at: nothing that came later is known.

    Attributes:
        at: Last instant that is known, UTC. A DATE means the end of that UTC day.
        clock: ``public`` asks what anyone could know, ``obtained`` what this case knew.
    """

    at: datetime
    clock: Clock = Clock.PUBLIC

    @classmethod
    def parse(cls, text: str, clock: str = "public") -> AsOf:
        """Read ``2019-12-02`` (the end of that UTC day) or an exact time with zone."""
        try:
            which = Clock(clock)
        except ValueError:
            raise UsageError(f'unknown clock {clock!r}; use "public" or "obtained"') from None
        return cls(parse_moment(text).end, which)

    def knows(self, moment: Moment | datetime | None) -> bool:
        """Whether something with this public (or obtained) time is known by then; undated things are not."""
        if moment is None:
            return False
        return (moment.end if isinstance(moment, Moment) else moment) <= self.at

    @property
    def label(self) -> str:
        """Name of the output folder: the date, with the clock where it is not the default."""
        whole_day = self.at.time() == time.max
        day = f"{self.at:%Y-%m-%d}" if whole_day else f"{self.at:%Y-%m-%dT%H%M%SZ}"
        return day if self.clock is Clock.PUBLIC else f"{day}-{self.clock.value}"
