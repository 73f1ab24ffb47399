from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from unfog.errors import UsageError
from unfog.model import AsOf, Clock, Moment, Precision, parse_moment


@pytest.mark.parametrize(
    ("text", "precision", "start", "end"),
    [
        ("2019", Precision.YEAR, "2019-01-01T00:00:00", "2019-12-31T23:59:59.999999"),
        ("2020-02", Precision.MONTH, "2020-02-01T00:00:00", "2020-02-29T23:59:59.999999"),
        ("2019-10-21", Precision.DAY, "2019-10-21T00:00:00", "2019-10-21T23:59:59.999999"),
        ("2019-10-21T08:50Z", Precision.MINUTE, "2019-10-21T08:50:00", "2019-10-21T08:50:59.999999"),
        ("2019-10-21T08:50:34Z", Precision.SECOND, "2019-10-21T08:50:34", "2019-10-21T08:50:34.999999"),
        ("2019-10-21T08:50:34.250Z", Precision.MILLISECOND, "2019-10-21T08:50:34.25", "2019-10-21T08:50:34.250999"),
        ("2019-10-21T09:50:34+01:00", Precision.SECOND, "2019-10-21T08:50:34", "2019-10-21T08:50:34.999999"),
    ],
)
def test_a_date_ends_its_period(text: str, precision: Precision, start: str, end: str) -> None:
    moment = parse_moment(text)
    assert moment.precision is precision
    assert moment.start == datetime.fromisoformat(start).replace(tzinfo=UTC)
    assert moment.end == datetime.fromisoformat(end).replace(tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "soon", "2019-13", "2019-02-30", "21/10/2019", "2019-10-21T08:50:34", "2019-W43"])
def test_what_is_no_date_or_has_no_zone_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_moment(text)


def test_precision_can_be_made_coarser_never_finer() -> None:
    assert parse_moment("2019-10-21T08:50:34Z", "day") == parse_moment("2019-10-21")
    assert parse_moment("2019-10", "second").precision is Precision.MONTH


def test_datetimes_and_dates_are_read_too() -> None:
    assert parse_moment(date(2019, 10, 21)) == parse_moment("2019-10-21")
    local = datetime(2019, 10, 21, 10, 50, 34, tzinfo=timezone(timedelta(hours=2)))
    assert parse_moment(local).start == datetime(2019, 10, 21, 8, 50, 34, tzinfo=UTC)
    with pytest.raises(UsageError, match="zone"):
        parse_moment(datetime(2019, 10, 21))


def test_a_moment_outside_utc_cannot_be_built() -> None:
    with pytest.raises(UsageError):
        Moment(datetime(2019, 1, 1, tzinfo=timezone(timedelta(hours=1))), Precision.DAY)


def test_as_of_a_date_means_the_end_of_that_day() -> None:
    as_of = AsOf.parse("2019-12-02")
    assert as_of.knows(parse_moment("2019-12-02T23:59:59Z"))
    assert not as_of.knows(parse_moment("2019-12-03"))
    assert not as_of.knows(parse_moment("2019-12")), "a month is known at its end"
    assert not as_of.knows(None)
    assert as_of.label == "2019-12-02"
    assert AsOf.parse("2019-12-02", "obtained").label == "2019-12-02-obtained"
    assert AsOf.parse("2019-12-02T10:00:00Z").label == "2019-12-02T100000Z"
    assert Clock.OBTAINED.column == "obtained_at"
    with pytest.raises(UsageError, match="clock"):
        AsOf.parse("2019-12-02", "wall")
