from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from unfog.engine import DuckEngine, Engine, Step
from unfog.errors import EngineError, UsageError

POSTS = pa.table({"account": ["b", "a", "a", None], "n": [1, 2, 3, 4]})


def test_the_embedded_engine_is_an_engine(engine: DuckEngine) -> None:
    assert isinstance(engine, Engine)


def test_a_step_is_known_by_its_name_and_runs_again(engine: DuckEngine) -> None:
    engine.put("posts", POSTS)
    step = Step("count_posts", "SELECT account, count(*) AS n FROM posts WHERE n >= $least GROUP BY ALL", "per account")
    handle = engine.run(step, least=2)
    assert handle.name == "count_posts"
    assert ">= 2" in handle.sql
    assert engine.rows("SELECT * FROM count_posts ORDER BY n DESC, account") == [
        {"account": "a", "n": 2},
        {"account": None, "n": 1},
    ]
    engine.run(step, least=4)
    assert engine.scalar("SELECT count(*) FROM count_posts") == 1


def test_a_failing_step_tells_its_name_and_sql(engine: DuckEngine) -> None:
    with pytest.raises(EngineError) as caught:
        engine.run(Step("broken", "SELECT nothing_here FROM nowhere", "x"))
    assert caught.value.step == "broken"
    assert "nowhere" in caught.value.sql
    assert "nowhere" in str(caught.value)


def test_declared_columns_are_checked(engine: DuckEngine) -> None:
    with pytest.raises(EngineError, match="declared"):
        engine.run(Step("s", "SELECT 1 AS n", "one row", columns={"n": "VARCHAR"}))


def test_written_files_are_whole_sorted_and_identical(engine: DuckEngine, tmp_path: Path) -> None:
    engine.put("posts", POSTS)
    one, two = tmp_path / "a" / "one.parquet", tmp_path / "two.parquet"
    assert engine.write_parquet("posts", one, ["account", "n"]) == 4
    engine.put("shuffled", POSTS.take([3, 0, 2, 1]))
    engine.write_parquet("shuffled", two, ["account", "n"])
    assert one.read_bytes() == two.read_bytes()
    assert not list(tmp_path.rglob("*.part"))
    engine.write_csv("posts", tmp_path / "p.csv", ["n"])
    assert (tmp_path / "p.csv").read_text().splitlines()[:2] == ["account,n", "b,1"]


def test_a_failed_write_leaves_nothing(engine: DuckEngine, tmp_path: Path) -> None:
    with pytest.raises(EngineError):
        engine.write_parquet("not_there", tmp_path / "x.parquet", ["a"])
    assert list(tmp_path.glob("x*")) == []


def test_views_over_files_tables_and_dropping(engine: DuckEngine, tmp_path: Path) -> None:
    engine.put("posts", POSTS)
    engine.write_parquet("posts", tmp_path / "p.parquet", ["n"])
    engine.read_parquet("again", [tmp_path / "p.parquet"])
    assert engine.columns("again") == {"account": "VARCHAR", "n": "BIGINT"}
    engine.put("again", POSTS)
    engine.drop("again")
    engine.drop("again")
    assert not engine.has("again")
    assert sum(b.num_rows for b in engine.batches("SELECT * FROM posts WHERE n > $n", n=1)) == 3


def test_settings_are_checked(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="4GB"):
        DuckEngine(memory="lots")


def test_nothing_is_fetched(engine: DuckEngine) -> None:
    with pytest.raises(EngineError):
        engine.query("SELECT * FROM read_csv('https://example.org/x.csv')")
