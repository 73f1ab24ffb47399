"""Worlds: as large as asked, the same from the same seed, the answer complete, planted behaviour as declared."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from unfog import simulate
from unfog.errors import UsageError
from unfog.model import TABLES
from unfog.simulate.operations import STYLES


@pytest.mark.parametrize("scenario", list(simulate.SCENARIOS))
def test_every_scenario_gives_tables_that_fit_together(scenario: str) -> None:
    world = simulate.world(scenario, 3000, seed=5)
    assert abs(world.posts.num_rows - 3000) <= 60
    assert world.posts.schema == TABLES["posts"].arrow_schema()
    assert world.accounts.schema == TABLES["accounts"].arrow_schema()
    assert world.truth.schema == simulate.TRUTH
    world.posts.validate(full=True)
    ids = world.posts["post_id"]
    assert len(pc.unique(ids)) == len(ids)
    times = world.posts["happened_at"].to_numpy()
    assert np.all(np.diff(times).astype(np.int64) >= 0)
    known = set(world.truth["account_id"].to_pylist())
    assert set(world.posts["account_id"].to_pylist()) <= known
    assert known == set(world.accounts["account_id"].to_pylist())


def test_same_seed_same_world_other_seed_other_world() -> None:
    a, b, c = (simulate.world("mixed", 2000, seed=s) for s in (1, 1, 2))
    assert a.posts.equals(b.posts) and a.accounts.equals(b.accounts) and a.truth.equals(b.truth)
    assert not a.posts.equals(c.posts)


def test_written_world_is_the_world_in_memory(tmp_path: Path) -> None:
    world = simulate.world("fandom", 2000, seed=3)
    rows = simulate.write("fandom", 2000, 3, tmp_path)
    assert rows["posts"] == world.posts.num_rows
    written = pq.read_table(tmp_path / "posts.parquet").sort_by(
        [("happened_at", "ascending"), ("post_id", "ascending")]
    )
    assert written.equals(world.posts)
    simulate.write("fandom", 2000, 3, tmp_path, ndjson=True)
    lines = (tmp_path / "posts.ndjson").read_text(encoding="utf-8").splitlines()
    assert len(lines) == rows["posts"]
    assert json.loads(lines[0])["happened_at"].endswith("Z")


def test_blocks_make_one_world(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("unfog.simulate.worlds.BLOCK_ROWS", 1000)
    blocks = list(simulate.stream("synchronised", 3500, seed=1))
    assert len(blocks) == 4
    ids = [i for b in blocks for i in b["post_id"].to_pylist()]
    assert len(set(ids)) == len(ids)


def test_organic_world_holds_no_operator_and_mixed_holds_every_style() -> None:
    assert not any(simulate.world("organic", 1000, seed=1).truth["covert"].to_pylist())
    truth = simulate.world("mixed", 20_000, seed=1).truth.to_pylist()
    assert {r["style"] for r in truth if r["covert"]} == set(STYLES)


def test_single_use_accounts_post_at_most_once() -> None:
    world = simulate.world("single-use", 5000, seed=2)
    covert = {r["account_id"] for r in world.truth.to_pylist() if r["covert"]}
    posters = [a for a in world.posts["account_id"].to_pylist() if a in covert]
    assert len(covert) > 20
    assert len(posters) == len(set(posters)) == len(covert)


def test_organic_cascades_are_heavy_tailed_and_people_sleep() -> None:
    world = simulate.world("organic", 60_000, seed=4)
    reposts = world.posts.filter(pc.equal(world.posts["kind"], "repost"))
    counts = np.sort(pc.value_counts(reposts["repost_of"]).field("counts").to_numpy())
    assert counts[-1] > 50 * np.median(counts)
    hours = pc.hour(world.posts["happened_at"]).to_numpy()
    by_hour = np.bincount(hours, minlength=24)
    assert by_hour.max() > 1.5 * by_hour.min()


def test_wrong_words_are_refused_with_a_hint() -> None:
    with pytest.raises(UsageError, match="did you mean"):
        simulate.world("organik", 1000)
    with pytest.raises(UsageError, match="at least 200"):
        simulate.world("organic", 10)
