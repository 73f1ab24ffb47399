"""Every folder of ../shared/data that holds posts: the counts of its PROVENANCE are reproduced.

What is read and what is stated stands in benchmarks/folders.toml; ``benchmarks/folders.py`` does the same with the verb.
"""

from __future__ import annotations

import re
import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from unfog.engine import DuckEngine
from unfog.ingest import FileSpec, IngestResult, ingest

pytestmark = pytest.mark.real
X = {"post_id": "tweet_id", "account_id": "user_id", "happened_at": "time", "text": "text", "hashtags": "hashtags"}
TOLD = tomllib.loads((Path(__file__).parents[2] / "benchmarks" / "folders.toml").read_text(encoding="utf-8"))["file"]


def read(engine: DuckEngine, tmp_path: Path, shared: Path, *paths: str, **spec: Any) -> IngestResult:
    return ingest([FileSpec(path=Path("data") / p, **spec) for p in paths], engine, tmp_path / "out", root=shared)


@pytest.mark.parametrize("told", TOLD, ids=lambda t: Path(t["paths"][0]).name + (" and more" if t["paths"][1:] else ""))
def test_what_provenance_states(engine: DuckEngine, tmp_path: Path, shared: Path, told: dict[str, Any]) -> None:
    provenance = (shared / "data" / Path(told["paths"][0]).parts[0] / "PROVENANCE.md").read_text(encoding="utf-8")
    result = read(engine, tmp_path, shared, *told["paths"], map=told.get("map"), platform=told.get("platform"))
    for s in result.sources:
        assert s.rows_read == s.rows_kept + s.rows_duplicate + s.rows_rejected > 0
    for phrase, sql in told.get("stated", {}).items():
        assert phrase in provenance
        assert engine.scalar(sql) == int(re.findall(r"\d[\d,]*", phrase)[0].replace(",", "")), phrase


def test_the_leak_accounts(engine: DuckEngine, tmp_path: Path, shared: Path) -> None:
    names = (
        "02_reddit_uk_trade_leak/JuanCanham_author_activity.json",
        "02_reddit_uk_trade_leak/ecrows_author_activity.json",
    )
    result = read(engine, tmp_path, shared, *names)
    kinds = {r["kind"]: r["n"] for r in engine.rows("SELECT kind, count(*) AS n FROM posts GROUP BY kind")}
    assert kinds == {"post": 192, "comment": 15}
    assert engine.scalar("SELECT count(DISTINCT account_id) FROM accounts") == 61
    assert engine.scalar("SELECT count(DISTINCT account_id) FROM posts") == 49
    assert engine.scalar("SELECT count(*) FROM post_sources") == 414
    assert engine.scalar("SELECT count(*) FROM posts WHERE removed") == 65
    first = engine.rows(
        "SELECT happened_at FROM posts WHERE community IN ('WikiLeaks', 'worldpolitics') AND account_id = 'gregoratior' ORDER BY 1 LIMIT 2"
    )
    assert [f["happened_at"] for f in first] == [datetime(2019, 10, 21, 8, 50, 34), datetime(2019, 10, 21, 12, 9, 26)]
    assert [(s.rows_kept, s.rows_duplicate, s.rows_rejected) for s in result.sources] == [(268, 0, 0), (61, 207, 0)]
    assert not any("another time" in s.notes or "shifted" in s.notes for s in result.sources), (
        "the two files agree to the second"
    )


def test_reddit_ira_and_others(engine: DuckEngine, tmp_path: Path, shared: Path) -> None:
    names = [
        f"01_reddit_ira_vs_normal/{n}"
        for n in (
            "submissions.parquet",
            "comments.parquet",
            "ira944_comments_alcc01.parquet",
            "ira944_users_alcc01.parquet",
            "accounts.csv",
        )
    ]
    result = read(engine, tmp_path, shared, *names)
    counts = {s.path.split("/")[-1]: s.rows_read for s in result.sources}
    assert counts == {
        "submissions.parquet": 372727,
        "comments.parquet": 158383,
        "ira944_comments_alcc01.parquet": 4651,
        "ira944_users_alcc01.parquet": 488,
        "accounts.csv": 1144,
    }
    assert result.rows_rejected == 0
    assert engine.scalar("SELECT min(happened_at) FROM posts WHERE NOT starts_with(source_id, 'ira944')") >= datetime(
        2015, 6, 16
    )
    assert engine.scalar("SELECT count(*) FROM posts WHERE list_contains(urls, '')") == 0


def test_ira_tweets(engine: DuckEngine, tmp_path: Path, shared: Path) -> None:
    result = read(engine, tmp_path, shared, "03_twitter_ira_538/tweets.parquet", "03_twitter_ira_538/authors.csv")
    assert result.rows["posts"] == 382_132 and result.rows_rejected == 0
    assert engine.scalar("SELECT count(DISTINCT account_id) FROM posts") == 934
    assert engine.scalar("SELECT count(*) FROM posts WHERE happened_precision <> 'minute'") == 0
    assert "minute-rounded: all 382,132 readings" in next(s.notes for s in result.sources if "tweets" in s.path)


def test_a_us_eastern_clock_is_found(engine: DuckEngine, tmp_path: Path, shared: Path) -> None:
    result = read(
        engine,
        tmp_path,
        shared,
        "04_twitter_organic_controls/brexit_2016_mar_jun.parquet",
        map={"columns": X, "snowflake": "twitter", "platform": "twitter"},
    )
    assert result.rows["posts"] == 84_709
    assert "read as America/New_York, which agrees with the times inside the ids" in result.sources[0].notes


@pytest.mark.parametrize(("case", "n"), [("uk-trade-leaks-2019", 90), ("brexit-referendum-2016", 32)])
def test_observation_logs(engine: DuckEngine, tmp_path: Path, shared: Path, case: str, n: int) -> None:
    result = ingest([FileSpec(path=Path(f"cases/{case}/observations.jsonl"))], engine, tmp_path / "out", root=shared)
    assert result.rows["observations"] == n and result.rows_rejected == 0
