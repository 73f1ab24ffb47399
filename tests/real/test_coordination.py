"""Organic sets: who is called among people who are not known to coordinate; the case whose data cannot show it."""

from __future__ import annotations

from pathlib import Path

import pytest

from unfog.coordination import Options, detect, investigate
from unfog.engine import DuckEngine
from unfog.evaluate.coordination import _posts
from unfog.ingest import FileSpec, ingest

pytestmark = pytest.mark.real


def test_nobody_is_called_by_text_among_brexit_tweets(shared: Path, engine: DuckEngine) -> None:
    path = shared / "data" / "04_twitter_organic_controls" / "brexit_2016_mar_jun.parquet"
    columns = {
        "platform": "'twitter'", "happened_precision": "'second'", "source_id": "'real'", "post_id": "tweet_id",
        "account_id": "user_id", "text": "text",
        "happened_at": "make_timestamp(((CAST(tweet_id AS BIGINT) >> 22) + 1288834974657) * 1000)",
    }  # fmt: skip
    _posts(engine, path, columns)
    (found,) = detect(engine, ["text"], window_s=60.0)
    assert found.data.actions.n_accounts > 20_000
    assert engine.scalar("SELECT count(*) FROM pairs WHERE q_value <= 0.05") == 0


def test_the_reference_case_says_what_it_could_have_seen(shared: Path, engine: DuckEngine, tmp_path: Path) -> None:
    folder = shared / "data" / "02_reddit_uk_trade_leak"
    ingest([FileSpec(path=folder / "JuanCanham_author_activity.json")], engine, tmp_path, root=folder)
    result = investigate(engine, Options(power_repeats=5))
    by_kind = {f.kind: f for f in result.findings}
    assert by_kind["groups"].figure("groups").value.value == 0
    assert "power" in by_kind and "no evidence of a broad operation" in by_kind["breadth"].sentence
    smallest = [r for r in by_kind["power"].data["rows"] if 0 < r["actions"] <= 10]
    assert not smallest
