"""Attempts, Breakout, first seen, handover: rules on hand-made events."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from unfog import spread
from unfog.spread import reach
from unfog.spread.attempts import find_attempts
from unfog.spread.breakout import by_day
from unfog.spread.events import Event, actor_name, counts_of, merge, not_following, period_end, same_event_keys
from unfog.spread.ledger import earlier_disclosure, first_seen
from unfog.spread.options import Action, Criteria

T0 = datetime(2021, 3, 1, 9, 0)


def event(
    day: float, *, platform: str = "reddit", community: str = "a", role: str = "operator", precision: str = "second",
    layer: str = "document", how: str = "link", lang: str = "en", actor: str = "x", confidence: str = "high",
    found_by: str = "text", links_to: tuple[str, ...] = (), observation: str = "", **more: object,
) -> Event:  # fmt: skip
    start = T0 + timedelta(days=day)
    if precision != "second":
        start = start.replace(hour=0, day=1 if precision == "month" else start.day)
    made = Event(
        target="t", doc_id="t", platform=platform, native_id=observation or f"{platform}{day}{community}{role}",
        start=start, end=period_end(start, precision), precision=precision, community=community, actor=actor, role=role,
        layer=layer, how=how, lang=lang, found_by=(found_by,), confidence=confidence, links_to=links_to,
        observation_ids=(observation,) if observation else (), post_keys=((platform, "1"),) if found_by == "text" else (),
    )  # fmt: skip
    for name, value in more.items():
        setattr(made, name, value)
    return made


def bounds(events: list[Event], criteria: Criteria | None = None) -> list[tuple[str, int, int]]:
    return [(s.first.isoformat(), s.low, s.high) for s in by_day(events, criteria or Criteria(), {})]


def test_insertion_points_are_no_spread_however_many() -> None:
    assert bounds([event(0), event(1, community="b"), event(2, community="c")])[-1][1:] == (1, 2)
    assert bounds([event(0), event(1, platform="twitter", community="")])[-1][1:] == (2, 2)


@pytest.mark.parametrize(
    ("others", "low"),
    [
        ([event(2, community="b", role="independent")], 2),
        ([event(2, community="a", role="independent")], 1),
        ([event(2, community="b", role="independent"), event(3, platform="vk", community="", role="independent")], 3),
        ([event(2, platform="web", community="", role="media")], 4),
        ([event(2, platform="web", role="media"), event(3, platform="tv", role="public-figure")], 5),
        ([event(2, community="b", role="unknown")], 1),
    ],
)
def test_categories(others: list[Event], low: int) -> None:
    assert bounds([event(0), *others])[-1][1] == low


def test_bounds_part_where_the_day_or_the_source_is_unsure() -> None:
    coarse = event(20, platform="web", role="media", precision="month")
    assert bounds([event(0), coarse]) == [("2021-03-01", 1, 4), ("2021-03-31", 4, 4)]
    weak = event(5, platform="tv", role="public-figure", confidence="low")
    assert bounds([event(0), weak])[-1][1:] == (2 - 1, 5)


def test_category_six_is_judged_never_computed() -> None:
    said = event(9, platform="parliament", role="authority", observation="L1", found_by="log")
    assert bounds([event(0), said])[-1][1:] == (5, 5)
    arguable = Criteria(actions=(Action(id="L1", because="an inquiry was opened", certain=False),))
    assert bounds([event(0), said], arguable)[-1][1:] == (5, 6)
    certain = Criteria(actions=(Action(id="L1", because="an inquiry was opened"),))
    assert bounds([event(0), said], certain)[-1][1:] == (6, 6)


def test_an_earlier_disclosure_and_private_channels_do_not_count() -> None:
    before = event(-90, platform="web", role="media", layer="disclosure")
    mail = event(3, platform="e-mail", role="independent", community="")
    assert bounds([before, event(0), mail]) == [("2021-03-01", 1, 1)]
    assert bounds([]) == []


def test_by_whom_is_who_began_not_who_answered() -> None:
    first = event(4, platform="tv", role="public-figure", actor="A", observation="K1", found_by="log")
    reply = event(
        4, platform="web", role="public-figure", actor="B", observation="K2", found_by="log", links_to=("K1",)
    )
    steps = by_day([event(0), first, reply], Criteria(), {})
    assert steps[-1].by_whom == "A" and steps[0].by_whom == "operators"
    assert [e.actor for e in not_following([first, reply])] == ["A"]


def test_attempts_part_at_the_pause_and_tell_leaps() -> None:
    events = [event(0), event(0.5), event(3, lang="de"), event(3.2), event(10, precision="month")]
    attempts, coarse = find_attempts("t", events, 24)
    assert [len(a.events) for a in attempts] == [2, 2] and len(coarse) == 1
    assert attempts[1].retry and attempts[1].leap == ("de",) and attempts[0].leap == ()
    assert [e.attempt_id for e in events] == ["t-1", "t-1", "t-2", "t-2", ""]
    assert find_attempts("t", events, 24 * 30)[0][0].shown()["n"] == 4
    assert find_attempts("t", [], 24) == ([], [])


def test_a_day_without_clock_time_joins_by_its_whole_width() -> None:
    attempts, _ = find_attempts("t", [event(0), event(1, precision="day"), event(2.4)], 24)
    assert len(attempts) == 1


def test_first_seen_keeps_proven_and_claimed_apart() -> None:
    told = event(-3, found_by="log", observation="P1", precision="day")
    gone = event(-1, removed=True)
    rows = first_seen([told, gone, event(2)], "all")
    assert rows[0]["proven"] == "2021-02-28T09:00:00Z" and rows[0]["claimed"].startswith("2021-02-26T00:00:00Z/")
    assert rows[0]["first_with_body"].startswith("2021-02-26") and rows[0]["removed_appearances"] == 1
    disclosure = event(-100, layer="disclosure", found_by="log", role="media")
    found = earlier_disclosure([disclosure, gone])
    assert found is not None and found[2] == 99
    assert earlier_disclosure([gone, event(5, layer="disclosure")]) is None


def test_handover_and_replies_before_and_after() -> None:
    ours = event(0, counts={"replies": 100, "replies_before": 4})
    later = event(1, counts={"replies": 10})
    taken = event(8, platform="tv", role="public-figure", found_by="log", observation="K")
    found = reach.find_handover([ours, later, taken], Criteria())
    assert found is not None and found.taken is taken and found.before == (2, 0) and found.after == (0, 1)
    split = reach.split_replies([ours, later, taken], T0 + timedelta(days=8))
    assert (split.before, split.after, split.unsplit) == (4, 96, 10)
    assert split.share_after == (96 / 110, 106 / 110)
    assert reach.find_handover([taken], Criteria()) is None


def test_change_points_need_enough_days() -> None:
    quiet = [event(d, community=f"c{d}") for d in range(0, 20, 5)]
    burst = [event(20 + h / 48, community=f"b{h}") for h in range(24)]
    assert reach.changes(quiet) == []
    assert [c["day"] for c in reach.changes([*quiet, *burst])][-1] == date(2021, 3, 21).isoformat()


def test_two_tellings_of_one_event_are_one() -> None:
    assert set(same_event_keys("Reddit", "t3_abc12", "")) == {"reddit:abc12"}
    assert "reddit:abc12" in same_event_keys("", "", "https://www.reddit.com/r/x/comments/abc12/slug/")
    log = event(0, found_by="log", observation="R1", precision="day", how="translated", lang="de", role="operator")
    post = event(0, role="unknown", how="excerpt", lang="")
    one = merge(post, log)
    assert (one.how, one.lang, one.role, one.precision) == ("translated", "de", "operator", "second")
    assert one.found_by == ("text", "log") and one.observation_ids == ("R1",)


@pytest.mark.parametrize(
    ("given", "counts"),
    [
        (
            '{"comments_before_press_conference": 5, "comments_at_archive_time": 325}',
            {"replies_before": 5, "replies": 325},
        ),
        (
            '{"subreddit_subscribers": 10, "score_at_capture": 2, "note": "x", "flag": true}',
            {"audience": 10, "likes": 2},
        ),
        ("not json", {}),
        (None, {}),
        ("[1]", {}),
    ],
)
def test_counts_of_a_log(given: str | None, counts: dict[str, int]) -> None:
    assert counts_of(given) == counts


def test_names_of_actors() -> None:
    assert actor_name("@Some.Name (a remark)") == actor_name("'some.name'") == "some.name"
    assert actor_name("u/abc") == "abc" and actor_name(None) == ""


def test_the_public_face() -> None:
    assert all(hasattr(spread, name) for name in spread.__all__) and spread.__all__ == sorted(spread.__all__)
