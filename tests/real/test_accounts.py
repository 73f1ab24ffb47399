"""The 61 accounts that Reddit banned: what was counted by hand in ../shared/cases comes out exactly."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from unfog.accounts import DeclaredShift, Options, SetSpec, investigate, load_definitions, take_census
from unfog.engine import DuckEngine
from unfog.ingest import FileSpec, ingest
from unfog.model import TABLES, Finding, StageResult

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def told(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> StageResult:
    with DuckEngine(memory="1GB", threads=2) as engine:
        spec = FileSpec(
            path=Path("ecrows_author_activity.json"),
            format="reddit-pushshift",
            population="every archived item of the 61 banned accounts",
            public_from="2019-12-06T21:13:38Z",
        )
        folder = shared / "data" / "02_reddit_uk_trade_leak"
        ingest([spec], engine, tmp_path_factory.mktemp("tables"), root=folder)
        banned = SetSpec.model_validate(
            {
                "id": "banned",
                "title": "the accounts that Reddit banned",
                "from": "accounts of source ecrows_author_activity",
                "selected_by": "Reddit",
                "public_from": "2019-12-06T21:13:38Z",
            }
        )
        options = Options(sets=(banned,), declared_shift=DeclaredShift(zones=("UTC+3",)))
        return investigate(engine, options)


def _finding(told: StageResult, kind: str) -> Finding:
    return next(f for f in told.findings if f.id == f"accounts.{kind}.banned")


def _value(finding: Finding, name: str) -> float:
    return finding.figure(name).value.value


def test_all_carry_selection_and_date(told: StageResult) -> None:
    assert {f.kind for f in told.findings} >= {"hours", "weekdays", "pacing", "single-use", "shift"}
    for f in told.findings:
        assert f.selected_by == "Reddit"
        assert f.public_from.startswith("2019-12-06T21:13:38")
        assert f.steps
        assert f.rows[0].total == 61


def test_single_use(told: StageResult) -> None:
    f = _finding(told, "single-use")
    assert (_value(f, "accounts"), _value(f, "with_posts"), _value(f, "one_day")) == (61, 49, 46)
    assert _value(f, "at_most_one_title") == 45
    assert _value(f, "median_posts") == 3
    (gregoratior,) = [r for r in f.data["not_single_use"] if r["account_id"] == "gregoratior"]
    assert (gregoratior["posts"], gregoratior["active_days"]) == (20, 13)
    assert 55 < gregoratior["span_days"] < 65


def test_hours_and_weekdays(told: StageResult, shared: Path) -> None:
    stats = json.loads((shared / "cases" / "uk-trade-leaks-2019" / "derived_stats.json").read_text())
    hours = _finding(told, "hours").data
    assert {str(h): n for h, n in enumerate(hours["hours"]) if n} == stats["hour_utc_histogram"]
    assert hours["weekdays"] == list(stats["weekday"].values())
    assert (hours["earliest"], hours["latest"]) == ("06:41:27", "14:22:08")
    assert hours["active_days"] == stats["active_days"]
    assert _value(_finding(told, "weekdays"), "sundays") == 0
    assert "none on a Sunday" in _finding(told, "weekdays").sentence


def test_pacing_is_the_platforms(told: StageResult, shared: Path) -> None:
    stats = json.loads((shared / "cases" / "uk-trade-leaks-2019" / "derived_stats.json").read_text())
    f, gaps = _finding(told, "pacing"), stats["same_account_gaps_minutes"]
    assert _value(f, "gaps") == gaps["n"]
    assert _value(f, "smallest_gap") / 60 == pytest.approx(gaps["min"], abs=0.01)
    assert _value(f, "median_gap") / 60 == pytest.approx(gaps["median"], abs=0.05)
    assert _value(f, "third_quartile") / 60 == pytest.approx(gaps["q3"], abs=0.05)
    assert f.data["explained_by_platform"] is True
    assert not [e for e in told.evidence if ".pacing." in e.id]


def test_shift_names_all_that_cannot_be_told_apart(told: StageResult) -> None:
    f = _finding(told, "shift")
    cells = {(c["zone"], c["habit"]) for c in f.data["not_told_apart"]}
    assert {("UTC+2", "office"), ("UTC+3", "office"), ("Britain (EU summer time)", "early")} <= cells
    assert not any(z in ("UTC-5", "UTC+8") for z, _ in cells)
    lr = f.figure("log10_lr_declared").value
    assert 0.3 < lr.value < 2.0  # neither zero nor absurd
    (item,) = [e for e in told.evidence if e.contrast == "shift"]
    assert item.selected_by == "Reddit"


def test_without_a_comparison_population_there_is_no_weight(told: StageResult) -> None:
    assert "No comparison population" in _finding(told, "single-use").sentence
    assert [e.contrast for e in told.evidence] == ["shift"]


def test_census_counts_less_than_the_whole_list_on_the_part_at_hand(shared: Path, repo: Path, tmp_path: Path) -> None:
    tweets = shared / "data" / "03_twitter_ira_538" / "tweets.parquet"
    with DuckEngine(memory="1GB", threads=2, temp=tmp_path) as engine:
        engine.read_parquet("raw_tweets", [tweets])
        engine.execute(
            "CREATE TABLE posts AS SELECT 'twitter' AS platform, author_id AS account_id, NULL AS title, content AS text, "
            "NULL AS lang, strptime(publish_date, '%Y-%m-%d %H:%M:%S') AS happened_at, CAST([] AS VARCHAR[]) AS hashtags "
            "FROM raw_tweets WHERE lower(content) LIKE '%brexit%'",
            "posts",
        )
        for name in ("accounts", "labels", "observations"):
            engine.put(name, TABLES[name].arrow_schema().empty_table())
        take_census(engine, load_definitions(repo / "cases" / "brexit-referendum-2016" / "case.toml"))
        found = {
            r["definition_id"]: r["value"]
            for r in engine.rows("SELECT definition_id, value FROM census WHERE computed = 'computed'")
        }
    assert (found["ira.accounts.brexit.regulated"], found["ira.tweets.brexit.regulated"]) == (46, 370)
    assert found["ira.accounts.brexit.regulated"] < 109
    assert found["ira.tweets.brexit.regulated"] < 833
    assert (found["ira.accounts.brexit.all"], found["ira.tweets.brexit.all"]) == (172, 1131)
