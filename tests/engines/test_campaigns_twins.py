"""Campaigns are the same on DuckDB and on Spark: the join of indicators, and the steps that look at the set."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pyarrow as pa
import pytest

from unfog.campaigns import acts, habits, indicators, stage
from unfog.engine import DuckEngine, Engine
from unfog.model import TABLES
from unfog.simulate import world

pytestmark = pytest.mark.spark

KNOWN = [
    ("domain-name", "bad[.]example.com", "one"),
    ("domain-name", "bad.example.com", "two"),
    ("url", "hxxps://www[.]forum.example/t/3?utm_source=x&id=1#end", "one"),
    ("url", "https://medium.com/@writer/story-1", "two"),
    ("domain-name", "medium.com", "two"),
    ("x-analytics-id", "ua-1234", "one"),
    ("x-media", "AbC", "one"),
    ("x-handle", "Écho", "two"),
    ("domain-name", "пример.example", "two"),
    ("domain-name", "x", "two"),
]
SEEN = [
    ("url", "hxxp://sub(.)bad{.}example(.)com/a", "1"),
    ("domain-name", "bad.example.com.evil.net", "2"),
    ("url", "https://m.forum.example/t/3?id=1", "3"),
    ("url", "forum.example/t/3", "4"),
    ("url", "https://MEDIUM.com/@writer/story-1/", "5"),
    ("url", "https://medium.com/@other/story", "6"),
    ("x-analytics-id", "UA-1234", "7"),
    ("x-media", "abc", "8"),
    ("x-handle", "écho", "9"),
    ("url", "http://www.пример.example/путь?q=1&utm_medium=y", "10"),
    ("url", "not an address '; DROP TABLE posts; --", "11"),
    ("url", "http://a.b.c.bad.example.com:8080/", "12"),
    ("domain-name", "", "13"),
]
STEPS = (acts.posts_step(()), acts.ACCOUNT_LIVES, acts.SET_HOSTS, *habits.STEPS, stage.OBSERVED_INDICATORS)


@pytest.fixture(scope="module")
def spark() -> Iterator[Engine]:
    pytest.importorskip("pyspark")
    from unfog.engine.spark import SparkEngine

    with SparkEngine(memory="1g", threads=2) as engine:
        yield engine


def joined(engine: Engine) -> list[dict[str, Any]]:
    indicators.known_table(engine, indicators.indicator_table(KNOWN))
    engine.put("observed_indicators", indicators.indicator_table(SEEN))
    indicators.match(engine, "observed_indicators")
    return engine.rows(f"SELECT * FROM {indicators.MATCHES} ORDER BY campaign_id, match_on, key")


def test_the_join_agrees(engine: DuckEngine, spark: Engine) -> None:
    here, there = joined(engine), joined(spark)
    assert here == there
    found = {(r["campaign_id"], r["key"]): r["refs"] for r in here}
    assert found["one", "bad.example.com"] == found["two", "bad.example.com"] == 2
    assert ("two", "medium.com") not in found and found["two", "medium.com/@writer/story-1"] == 1
    assert {"x-analytics-id", "x-media", "x-handle", "url"} <= {r["match_on"] for r in here}


def looked_at(engine: Engine) -> dict[str, list[str]]:
    rows = world("mixed", 400, seed=3).posts.to_pylist()
    for i, row in enumerate(rows):
        row["urls"] = (
            [f"https://www.site{i % 7}.example/t/{i}", "http://ßtrasse.example"] if i % 5 == 0 else row["urls"]
        )
        row["media_hashes"] = [f"h{i % 9}"] if i % 11 == 0 else None
        row["text"] = (
            f"{row['text'] or ''}\n Wir haben — «genug» davon, sagte Ömer Çelik gestern in Köln! Yes? " + "x" * i
        )
    who = sorted({(r["platform"], r["account_id"]) for r in rows})[::3]
    labels = [{"platform": p, "account_id": a, "label": "set", "by": "me", "source_id": "s"} for p, a in who]
    accounts = [
        {"platform": p, "account_id": a, "source_id": "s", "created_at": datetime(2019, 1 + i % 12, 1 + i % 28)}
        for i, (p, a) in enumerate(who) if i % 4
    ]  # fmt: skip
    counts = [
        {"platform": r["platform"], "post_id": r["post_id"], "captured_at": datetime(2021, 1, 1 + i % 2), "source_id": "s",
         "likes": i if i % 3 else None, "replies": 2 * i if i % 7 else None}
        for i, r in enumerate(rows)
    ]  # fmt: skip
    given = {"posts": rows, "labels": labels, "accounts": accounts, "engagement": counts}
    for name, table in given.items():
        engine.put(name, pa.Table.from_pylist(table, schema=TABLES[name].arrow_schema()))
    for step in STEPS:
        engine.run(step)
    return {s.name: sorted(map(str, engine.rows(f"SELECT * FROM {s.name}"))) for s in STEPS}


def test_the_set_looks_the_same(engine: DuckEngine, spark: Engine) -> None:
    here, there = looked_at(engine), looked_at(spark)
    for name, rows in here.items():
        assert rows and rows == there[name], name
