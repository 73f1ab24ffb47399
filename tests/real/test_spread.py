"""The reference case: what must come out of the archived posts and the observation log, and what must not."""

from __future__ import annotations

import html
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from unfog import spread
from unfog.engine import DuckEngine
from unfog.model import TABLES, StageResult, parse_moment

pytestmark = pytest.mark.real

SEED = "https://www.reddit.com/comments/dkxm37/"
TARGET = spread.Target(id="trade-papers", title="the set of trade papers", seeds=(SEED,))
OPTIONS = spread.Options(
    targets=(TARGET,),
    dated=(
        spread.Dated.model_validate(
            {"id": "K10", "from": "2019-11-27", "to": "2019-11-30", "because": "tells of the press conference"}
        ),
        spread.Dated.model_validate(
            {"id": "K11", "from": "2019-11-27", "to": "2019-11-30", "because": "tells of the press conference"}
        ),
    ),
)


AS_THEY_ARE = (
    "platform", "actor", "kind", "summary", "url", "community", "native_id", "target", "layer", "how", "role",
    "confidence", "conflict", "removed",
)  # fmt: skip


def naive(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)


def post_row(item: dict[str, Any], author: str, kind: str) -> dict[str, Any]:
    text = html.unescape(html.unescape(item.get("selftext") or item.get("body") or ""))
    gone = text in ("[removed]", "[deleted]")
    return {
        "platform": "reddit", "post_id": item["id"], "account_id": author, "happened_at": naive(item["created_utc"]),
        "happened_precision": "second", "kind": kind, "title": html.unescape(item.get("title") or "") or None,
        "text": None if gone or not text else text, "reply_to": item.get("parent_id"), "thread_id": item.get("link_id"),
        "urls": [item["url"]] if item.get("url") else [], "community": item["subreddit"],
        "permalink": "https://www.reddit.com" + item["permalink"] if item.get("permalink") else None,
        "removed": gone, "source_id": "a",
    }  # fmt: skip


def observation_row(row: dict[str, Any]) -> dict[str, Any]:
    moment = parse_moment(row["when"], row["precision"])
    known = parse_moment(row["public_from"]).end if row.get("public_from") else moment.end
    return {
        **{c: row.get(c) for c in AS_THEY_ARE},
        "observation_id": row["id"], "happened_at": moment.start.replace(tzinfo=None),
        "happened_end": moment.end.replace(tzinfo=None),
        "happened_precision": row["precision"], "lang": row.get("lang") or row.get("language"),
        "links_to": row["links_to"], "engagement": json.dumps(row["engagement"]) if "engagement" in row else None,
        "public_from": known.replace(tzinfo=None), "source_id": "log",
    }  # fmt: skip


def load(
    engine: DuckEngine, posts: list[dict[str, Any]], log: list[dict[str, Any]], counts: list[dict[str, Any]]
) -> None:
    rows = {"posts": posts, "observations": log, "engagement": counts}
    for name, table in TABLES.items():
        engine.put(name, pa.Table.from_pylist(rows.get(name, []), schema=table.arrow_schema()))


@pytest.fixture(scope="module")
def case(shared: Path, repo: Path) -> tuple[DuckEngine, StageResult, list[dict[str, Any]]]:
    archive = json.loads((shared / "data/02_reddit_uk_trade_leak/ecrows_author_activity.json").read_text())
    posts, counts = [], []
    for one in archive:
        for kind, key in (("post", "submissions"), ("comment", "comments")):
            for item in one[key]:
                posts.append(post_row(item, one["author"], kind))
                counts.append(
                    {
                        "platform": "reddit", "post_id": item["id"], "captured_at": naive(int(item["retrieved_on"])),
                        "likes": item["score"], "replies": item.get("num_comments"),
                        "audience": item.get("subreddit_subscribers"), "source_id": "a",
                    }
                )  # fmt: skip
    log = [observation_row(json.loads(line)) for line in (repo / "cases/uk-trade-leaks-2019/observations.jsonl").open()]
    engine = DuckEngine(memory="1GB", threads=1)
    load(engine, posts, log, counts)
    return engine, spread.investigate(engine, OPTIONS), posts


def finding(result: StageResult, kind: str) -> Any:
    return next(f for f in result.findings if f.kind == kind)


def by_observation(result: StageResult) -> dict[str, dict[str, Any]]:
    return {o: r for r in finding(result, "appearances").data["rows"] for o in r["observations"]}


def test_each_appearance_is_found_by_what_shows_it(case: Any) -> None:
    _, result, _ = case
    found = by_observation(result)
    assert found["R17"]["found_by"] == "text+log", "the first post, by its text"
    assert found["R18"]["found_by"] == "text+log", "the copy, by its title (its body is removed)"
    assert found["R21"]["found_by"] == "own-comment+log", "the image re-post, by the link in its author's comment"
    assert found["R22"]["found_by"] == found["R24"]["found_by"] == "link+log"
    assert found["R19"]["found_by"] == "log" and found["R19"]["removed"], "the German one, by the log only"


def test_nothing_is_invented(case: Any) -> None:
    """0 false among the 207 archived items: every appearance that the posts gave is one that the log knows."""
    engine, result, posts = case
    assert len(posts) == 207
    rows = finding(result, "appearances").data["rows"]
    by_machine = [r for r in rows if r["found_by"] != "log"]
    assert len(by_machine) == 5
    assert all(r["observations"] for r in by_machine)
    logged = {r["observations"][0] for r in rows}
    assert len(rows) == len(logged), "one event is told once"
    assert engine.scalar("SELECT count(*) FROM appearances") == len(rows)


def test_first_post_is_not_first_disclosure(case: Any) -> None:
    _, result, _ = case
    rows = {r["layer"]: r for r in finding(result, "first-seen").data["rows"]}
    assert rows["document"]["proven"] == "2019-10-21T08:50:34Z" and rows["document"]["where"] == "reddit/wikileaks"
    assert rows["disclosure"]["claimed"].startswith("2019-07-10T") and rows["disclosure"]["proven"] == ""
    assert rows["narrative"]["removed"]
    assert finding(result, "first-seen").figure("days from disclosure to first post").value.value == 103


def test_breakout_is_an_interval_by_day_and_says_by_whom(case: Any) -> None:
    _, result, _ = case
    days = finding(result, "breakout").data["days"]
    assert [(d["from"], d["to"], d["low"], d["high"]) for d in days] == [
        ("2019-10-21", "2019-10-22", 1, 2),
        ("2019-10-23", "2019-11-26", 2, 2),
        ("2019-11-27", "2020-07-16", 5, 5),
    ]
    assert days[-1]["by_whom"] == "Jeremy Corbyn (Labour leader)"
    assert days[0]["by_whom"] == "operators", "no private account is named"


def test_attempts_retry_and_leap_into_german(case: Any) -> None:
    _, result, _ = case
    rows = finding(result, "attempts").data["rows"]
    assert [r["start"][:10] for r in rows] == ["2019-10-21", "2019-10-23", "2019-10-25", "2019-11-11"]
    assert [r["n"] for r in rows] == [2, 5, 2, 1]
    assert [r["language_leap"] for r in rows] == [[], ["de"], [], []]
    assert [r["retry"] for r in rows] == [False, True, True, True]


def test_handover_and_engagement(case: Any) -> None:
    _, result, _ = case
    handover = finding(result, "handover")
    assert (
        handover.data["taken_over"]["observations"] == ["K01"] and handover.figure("days to handover").value.value == 37
    )
    assert (handover.figure("operators before").value.value, handover.figure("operators after").value.value) == (11, 0)
    share = finding(result, "engagement").figure("share after").value
    assert 0.9 < share.low <= share.high < 0.99


def test_explicit_tree_holds_only_what_is_said(case: Any) -> None:
    _, result, _ = case
    data = finding(result, "explicit-tree").data
    nodes = {n["id"]: n for n in data["nodes"]}
    assert all(e["from"] in nodes and e["to"] in nodes for e in data["edges"])
    found = {o: r["id"] for o, r in by_observation(result).items()}
    edges = {(e["from"], e["to"]): e["kind"] for e in data["edges"]}
    assert edges[found["R17"], found["R18"]] == "repost"
    assert edges[found["R18"], found["R24"]] == "link"
    assert edges[found["R21"], found["R22"]] == "reply"


def test_the_answer_is_the_same_twice(case: Any) -> None:
    engine, result, _ = case
    assert spread.investigate(engine, OPTIONS).model_dump_json() == result.model_dump_json()


def test_without_the_archive_the_log_alone_still_tells_it(case: Any, repo: Path) -> None:
    lines = (repo / "cases/uk-trade-leaks-2019/observations.jsonl").read_text().splitlines()
    with DuckEngine(memory="1GB", threads=1) as engine:
        load(engine, [], [observation_row(json.loads(line)) for line in lines], [])
        result = spread.investigate(engine, OPTIONS)
    assert any(g.id == "spread.lost.trade-papers" for g in result.gaps)
    assert finding(result, "breakout").data["days"][-1]["from"] == "2019-11-27"
    assert finding(result, "first-seen").data["rows"][1]["proven"] == ""


def test_as_of_the_day_before_the_press_conference_nothing_had_broken_out(case: Any, repo: Path) -> None:
    lines = (repo / "cases/uk-trade-leaks-2019/observations.jsonl").read_text().splitlines()
    log = [observation_row(json.loads(line)) for line in lines]
    with DuckEngine(memory="1GB", threads=1) as engine:
        load(engine, [], [r for r in log if r["public_from"] < datetime(2019, 11, 27)], [])
        days = finding(spread.investigate(engine, OPTIONS), "breakout").data["days"]
    assert max(d["high"] for d in days) == 2
