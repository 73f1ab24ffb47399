"""The truth of time: zones, units, ids that carry time, rounded clocks, two exports that disagree."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

MAP = {"post_id": "id", "account_id": "who", "happened_at": "t", "text": "text"}
START = datetime(2019, 10, 21, 8, 50, 34, tzinfo=UTC)


def table(times: list[str], ids: list[str] | None = None) -> str:
    lines = ["id,who,t,text"]
    lines += [f'{(ids or [])[i] if ids else i},ana,"{t}",x' for i, t in enumerate(times)]
    return "\n".join(lines) + "\n"


def snowflake(at: datetime) -> str:
    return str((int(at.timestamp() * 1000) - 1288834974657) << 22)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("1571647834", START),
        ("1571647834.0", START),
        ("1571647834.25", START + timedelta(milliseconds=250)),
        ("1571647834000", START),
        ("1571647834000123", START + timedelta(microseconds=123)),
        ("1571647834000123456", START + timedelta(microseconds=123)),
        ("1.571647834E9", START),
        ("2019-10-21T08:50:34Z", START),
        ("2019-10-21T10:50:34+02:00", START),
        ("2019-10-21T10:50:34+0200", START),
        ("2019-10-21 08:50:34 UTC", START),
        ("2019-10-21T08:50:34.5Z", START + timedelta(milliseconds=500)),
        ("2019-10-21 04:50:34 EDT", START),
        ("2019-12-21 03:50:34 EST", datetime(2019, 12, 21, 8, 50, 34, tzinfo=UTC)),
        ("Mon Oct 21 08:50:34 +0000 2019", START),
        ("Mon Oct 21 10:50:34 +0200 2019", START),
        ("2019-10-21 08:50:34", START),
        ("2019-10-21 08:50", START.replace(second=0)),
        ("10/21/2019 8:50", START.replace(second=0)),
        ("21/10/2019 8:50", START.replace(second=0)),
        ("10/21/2019 8:50:34 AM", START),
        ("2019-10-21", START.replace(hour=0, minute=0, second=0)),
        ("Oct 21, 2019", START.replace(hour=0, minute=0, second=0)),
        ("21 October 2019", START.replace(hour=0, minute=0, second=0)),
        ("21.10.2019", START.replace(hour=0, minute=0, second=0)),
        ("2019/10/21 08:50:34", START),
        ("21.10.2019 08:50:34", START),
        ("Oct 21, 2019 at 8:50 AM", START.replace(second=0)),
        ("Oct 21, 2019, 8:50:34AM", START),
        ("Mon, 21 Oct 2019 10:50:34 +0200", START),
        ("Mon, 21 Oct 2019 08:50:34 GMT", START),
    ],
)
def test_notations(read: Callable[..., Any], write: Callable[..., Path], cell: str, expected: datetime) -> None:
    got = read(write("t.csv", table([cell])), map=MAP)
    assert got.rows("posts")[0]["happened_at"].replace(tzinfo=UTC) == expected


@pytest.mark.parametrize(
    "cell",
    [
        "soon",
        "2019-13-45",
        "0",
        "-1",
        "99999999999999999999999",
        "2019-02-30 10:00:00",
        "1e400",
        "Okt 21, 2019",
        "31.02.2019",
        "0000-01-01",
        "99999-01-01T00:00:00Z",
        "-0044-03-15",
        "20191021",
        "253402300800",
    ],
)
def test_an_unreadable_time_is_a_reject(read: Callable[..., Any], write: Callable[..., Path], cell: str) -> None:
    got = read(write("t.csv", table([cell, "1571647834"])), map=MAP)
    assert got.reasons == ["unreadable time in t"]
    assert got.source.rows_kept == 1


def test_a_day_told_by_the_name_of_its_month_is_a_day(read: Callable[..., Any], write: Callable[..., Path]) -> None:
    got = read(write("t.csv", table(["Feb 25, 2020", "March 1, 2020"])), map=MAP)
    assert {p["happened_precision"] for p in got.rows("posts")} == {"day"}
    assert "read as UTC, assumed" in got.source.notes


def test_a_clock_without_zone_is_noted_as_assumed(read: Callable[..., Any], write: Callable[..., Path]) -> None:
    assert "read as UTC, assumed" in read(write("t.csv", table(["2019-10-21 08:50:34"])), map=MAP).source.notes


def test_a_named_zone_is_used_through_summer_and_winter(read: Callable[..., Any], write: Callable[..., Path]) -> None:
    path = write("t.csv", table(["2019-07-01 12:00:01", "2019-12-01 12:00:01"]))
    hours = [p["happened_at"].hour for p in read(path, map=MAP, zone="Europe/London").rows("posts")]
    assert hours == [11, 12]


@pytest.mark.parametrize("zone", ["America/New_York", "Europe/Moscow", "UTC"])
def test_ids_that_carry_time_find_the_zone(read: Callable[..., Any], write: Callable[..., Path], zone: str) -> None:
    moments = [START + timedelta(days=9 * i, milliseconds=371) for i in range(20)]
    clock = [f"{m.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}" for m in moments]
    told = {"columns": MAP, "snowflake": "twitter"}
    got = read(write("t.csv", table(clock, [snowflake(m) for m in moments])), map=told)
    assert f"read as {zone}, which agrees with the times inside the ids" in got.source.notes
    assert sorted(p["happened_at"].replace(tzinfo=UTC) for p in got.rows("posts")) == moments
    assert {p["happened_precision"] for p in got.rows("posts")} == {"millisecond"}


def test_ids_rounded_by_a_spreadsheet_carry_no_time(read: Callable[..., Any], write: Callable[..., Path]) -> None:
    ids = [str(int(snowflake(START)) // 10**12 * 10**12 + i * 10**12) for i in range(6)]
    got = read(write("t.csv", table(["2019-10-21 08:50:34"] * 6, ids)), map={"columns": MAP, "snowflake": "twitter"})
    assert "rounded by a spreadsheet" in got.source.notes
    assert {p["happened_precision"] for p in got.rows("posts")} == {"second"}


@pytest.mark.parametrize(
    ("step", "precision"),
    [
        (timedelta(minutes=7), "minute"),
        (timedelta(hours=5), "hour"),
        (timedelta(days=3), "day"),
        (timedelta(seconds=11), "second"),
    ],
)
def test_rounded_clocks(read: Callable[..., Any], write: Callable[..., Path], step: timedelta, precision: str) -> None:
    start = datetime(2019, 10, 21)
    got = read(write("t.csv", table([f"{start + i * step:%Y-%m-%d %H:%M:%S}" for i in range(12)])), map=MAP)
    assert {p["happened_precision"] for p in got.rows("posts")} == {precision}
    assert (f"{precision}-rounded" in got.source.notes) == (precision != "second")


def test_units_that_differ_from_row_to_row_are_told(read: Callable[..., Any], write: Callable[..., Path]) -> None:
    notes = read(write("t.csv", table(["1571647834", "1571647834000"])), map=MAP).source.notes
    assert "units differ from row to row: 1 in milliseconds, 1 in seconds" in notes


def pushshift(hours: int, text: str) -> str:
    rows = []
    for i in range(8):
        at = START + timedelta(minutes=13 * i, hours=hours)
        rows.append(
            {
                "id": f"p{i}",
                "author": "ana",
                "subreddit": "s",
                "created_utc": int(at.timestamp()),
                "title": "t",
                "selftext": text,
            }
        )
    return "".join(json.dumps(r) + "\n" for r in rows)


def local_table(hours: int) -> str:
    return table(
        [f"{START + timedelta(minutes=13 * i, hours=hours):%Y-%m-%d %H:%M:%S}" for i in range(8)],
        [f"p{i}" for i in range(8)],
    )


def test_an_export_in_another_zone_is_shifted_and_said_so(
    engine: Any, tmp_path: Path, write: Callable[..., Path]
) -> None:
    from unfog.ingest import FileSpec, ingest

    sure = FileSpec(path=write("sure.ndjson", pushshift(0, "a")))
    local = FileSpec(path=write("a-local.csv", local_table(2)), map={"columns": MAP, "platform": "reddit"})
    results = [
        ingest(order, engine, tmp_path / f"o{i}", root=tmp_path)
        for i, order in enumerate(([sure, local], [local, sure]))
    ]
    posts = engine.rows("SELECT post_id, happened_at FROM posts ORDER BY happened_at")
    assert [p["happened_at"].replace(tzinfo=UTC) for p in posts] == [
        START + timedelta(minutes=13 * i) for i in range(8)
    ]
    notes = {s.path: s.notes for s in results[0].sources}
    assert "shifted by -2:00 h" in notes["a-local.csv"] and "shifted" not in notes["sure.ndjson"]
    assert [s.model_dump() for s in results[0].sources] == [s.model_dump() for s in results[1].sources]
    for name, path in results[0].files.items():
        assert path.read_bytes() == results[1].files[name].read_bytes(), name


def test_two_sure_clocks_that_disagree_are_told_not_changed(
    read: Callable[..., Any], write: Callable[..., Path]
) -> None:
    got = read(write("a.ndjson", pushshift(0, "a")), write("b.ndjson", pushshift(1, "b")))
    notes = {s.path: s.notes for s in got.result.sources}
    assert "8 of 8 posts have another time in a-" in notes["b.ndjson"]
    assert min(p["happened_at"] for p in got.rows("posts")).replace(tzinfo=UTC) == START
