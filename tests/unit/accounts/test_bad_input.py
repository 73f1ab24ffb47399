"""Bad input, a test each: no creation time, local clocks, one-post sets, equal timestamps, handles in every script."""

from __future__ import annotations

import importlib.util
import random
from pathlib import Path
from typing import Any

import pytest

from unfog.accounts import Options, SetSpec, investigate, profile_accounts
from unfog.engine import DuckEngine
from unfog.ingest import FileSpec, ingest
from unfog.model import StageResult
from unfog.text.lint_findings import lint_finding

_spec = importlib.util.spec_from_file_location("accounts_rows", Path(__file__).with_name("conftest.py"))
assert _spec and _spec.loader
_rows = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_rows)
post = _rows.post

SCRIPTS = (
    "жёлтый", "名前です", "שלום", "مرحبا", "नमस्ते", "ไทย", "ελληνικά", "한국어", "naïve", "e\u0301clair", "👤👤", "", "x" * 300,
    "O'Brien", '"; DROP TABLE posts; --', "a\u202eb", "tab\there", "%_", "\\", "Ⅷ",
)  # fmt: skip


def ours(members: tuple[str, ...], **more: Any) -> Options:
    spec = SetSpec.model_validate({"id": "ours", "title": "the set", "members": members, **more})
    return Options(sets=(spec,), groups=False)


def run(make: Any, posts: list[dict[str, Any]], accounts: list[dict[str, Any]]) -> StageResult:
    members = tuple(sorted(a["account_id"] for a in accounts if a["account_id"].startswith("op")))
    return investigate(make(posts=posts, accounts=accounts), ours(members, selected_by="the forum"))


def of(told: StageResult, kind: str) -> Any:
    return next(f for f in told.findings if f.kind == kind)


def test_days_and_midnights_have_no_hour_and_missing_registration_is_a_gap(make: Any) -> None:
    coarse = [post(i, f"op{i % 6}", "2019-01-07T00:00:00", happened_precision="day") for i in range(12)]
    accounts = [
        {"platform": "forum", "account_id": f"op{i}", "handle": h}
        for i, h in enumerate(["名前", "a", "б", "👤👤", "", "x" * 300])
    ]
    told = run(make, coarse, accounts)
    gaps = {g.id for g in told.gaps}
    assert {"accounts.hours.ours", "accounts.creation.ours", "accounts.shift.ours"} <= gaps
    midnight = [post(i, f"op{i % 6}", f"2019-01-{1 + i:02d}T00:00:00") for i in range(12)]
    assert "accounts.hours.ours" in {g.id for g in run(make, midnight, accounts).gaps}


def test_one_post_sets_equal_times_and_undated_posts(make: Any) -> None:
    one = run(
        make, [post(1, "op1", "2019-01-07T09:00:00")], [{"platform": "forum", "account_id": "op1", "handle": "op1"}]
    )
    assert of(one, "single-use").figure("with_posts").value.value == 1
    assert "accounts.pacing.ours" in {g.id for g in one.gaps}
    same = [post(i, "op1", "2019-01-07T09:00:00") for i in range(4)]
    told = run(make, same, [{"platform": "forum", "account_id": "op1", "handle": "op1"}])
    assert of(told, "pacing").figure("equal_times").value.value == 3
    undated = run(make, [post(1, "op1", None)], [{"platform": "forum", "account_id": "op1", "handle": "op1"}])
    assert "accounts.single-use.ours" in {g.id for g in undated.gaps}


def test_all_posts_at_one_moment_have_no_rhythm(make: Any) -> None:
    posts = [post(i, f"op{i % 6}", "2019-01-07T09:17:00") for i in range(30)]
    accounts = [{"platform": "forum", "account_id": f"op{i}", "handle": f"op{i}"} for i in range(6)]
    told = run(make, posts, accounts)
    assert {"accounts.hours.ours", "accounts.shift.ours"} <= {g.id for g in told.gaps}
    assert of(told, "single-use").figure("one_day").value.value == 6


def test_accounts_made_in_one_second_are_counted_and_do_not_break_the_scan(make: Any) -> None:
    from datetime import datetime

    same = datetime(2019, 1, 1, 12)
    accounts = [{"platform": "forum", "account_id": f"op{i}", "handle": f"op{i}", "created_at": same} for i in range(8)]
    accounts += [{"platform": "forum", "account_id": f"p{i}", "handle": f"p{i}", "created_at": same} for i in range(80)]
    posts = [post(i, a["account_id"], "2019-02-01T09:00:00") for i, a in enumerate(accounts)]
    found = of(run(make, posts, accounts), "creation")
    assert found.figure("same_second").value.value == 7
    assert found.figure("p_random_draw").value.value > 0.01  # everybody was made then: no burst of this set


def test_handles_in_every_script_and_hostile_ones(make: Any) -> None:
    rng = random.Random(4)
    accounts = [{"platform": "forum", "account_id": f"op{i:02d}", "handle": h} for i, h in enumerate(SCRIPTS)]
    accounts += [
        {"platform": "forum", "account_id": f"p{i}", "handle": "".join(rng.sample("abcdefgh", 6))} for i in range(80)
    ]
    posts = [post(i, a["account_id"], "2019-02-01T09:00:00", community="c") for i, a in enumerate(accounts)]
    told = run(make, posts, accounts)
    found = of(told, "handles")
    assert sum(found.data["forms"].values()) == len(SCRIPTS)
    assert found.data["forms"]["other-script"] >= 9
    for f in told.findings:
        assert lint_finding(f.model_dump(mode="json")) == ()


def test_members_named_in_every_script_are_found_by_handle(make: Any) -> None:
    named = tuple(h for h in SCRIPTS if h)
    accounts = [{"platform": "forum", "account_id": f"n{i}", "handle": h} for i, h in enumerate(named)]
    posts = [post(i, a["account_id"], "2019-02-01T09:00:00") for i, a in enumerate(accounts)]
    told = investigate(make(posts=posts, accounts=accounts), ours(named))
    assert of(told, "single-use").figure("with_posts").value.value == len(named)


CSV = "post_id,author,time,text\n" + "".join(
    f"p{i},op{i % 6},2019-{1 + i % 9:02d}-{1 + i % 27:02d} {6 + i % 8:02d}:{i % 60:02d}:{(7 * i) % 60:02d},word {i}\n"
    for i in range(60)
)
COLUMNS = {"columns": {"post_id": "post_id", "account_id": "author", "happened_at": "time", "text": "text"}}


@pytest.mark.parametrize("zone", [None, "America/New_York"])
def test_a_local_clock_is_refused_for_shifts_or_converted_by_the_stated_zone(zone: str | None, tmp_path: Path) -> None:
    (tmp_path / "posts.csv").write_text(CSV)
    with DuckEngine(memory="1GB", threads=1, temp=tmp_path / "spill") as engine:
        spec = FileSpec(path=Path("posts.csv"), format="table", map=COLUMNS | {"platform": "forum"}, zone=zone)
        ingest([spec], engine, tmp_path / "out", root=tmp_path)
        told = investigate(engine, ours(tuple(f"op{i}" for i in range(6))))
        profile_accounts(engine)
        first = engine.scalar("SELECT min(extract(hour FROM happened_at)) FROM posts")
    caveats = " ".join(of(told, "hours").caveats)
    if zone is None:
        assert "accounts.shift.ours" in {g.id for g in told.gaps}
        assert "names no zone" in caveats
        assert first == 6
    else:
        assert of(told, "shift").figure("account_days").value.value > 0
        assert "names no zone" not in caveats
        assert first >= 10  # New York is four or five hours behind
