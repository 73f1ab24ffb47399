"""The room as a case calls it: empty input gives a gap, worlds give findings with figures, evidence and tables."""

from __future__ import annotations

import inspect
from pathlib import Path

import pyarrow as pa
import pytest

import unfog.coordination as room
from unfog.coordination import Options, estimate_window, investigate, parse_window
from unfog.coordination.data import Columns
from unfog.engine import DuckEngine, Step
from unfog.errors import InferenceError, UsageError
from unfog.model import TABLES, StageResult, Verdict
from unfog.simulate import world

FAST = Options(scales=(1.0,), consensus=4, power_repeats=5, signals=("repost", "link", "text"))


def tables(engine: DuckEngine, posts: pa.Table | None = None) -> None:
    for name, table in TABLES.items():
        engine.put(name, table.arrow_schema().empty_table())
    if posts is not None:
        engine.put("posts", posts)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> tuple[StageResult, dict[str, list[dict[str, object]]]]:
    with DuckEngine(memory="1GB") as engine:
        tables(engine, world("synchronised", 20_000, seed=9).posts)
        result = investigate(engine, FAST)
        out = tmp_path_factory.mktemp("out")
        rows = {}
        for name in result.tables:
            rows[name] = engine.rows(f"SELECT * FROM {name}")
            if name in TABLES:
                engine.write_parquet(name, Path(out) / f"{name}.parquet", TABLES[name].key)
    return result, rows


def test_nothing_at_hand_is_a_gap_and_never_an_error(engine: DuckEngine) -> None:
    tables(engine)
    result = investigate(engine, Options())
    assert not result.findings and not result.evidence
    assert "cannot be looked for" in result.gaps[0].sentence and result.gaps[0].mend
    for name in ("pairs", "groups", "group_stats"):
        assert engine.scalar(f"SELECT count(*) FROM {name}") == 0
        assert tuple(engine.columns(name)) == TABLES[name].names


def test_one_account_gives_a_result_without_groups(engine: DuckEngine) -> None:
    posts = world("organic", 300, seed=1).posts
    one = posts.slice(0, 20).set_column(2, posts.schema.field(2), pa.array(["me"] * 20))
    tables(engine, one)
    result = investigate(engine, FAST)
    assert all(f.figure("groups").value.value == 0 for f in result.findings if f.kind == "groups")


def test_groups_breadth_and_power_are_told(found: tuple[StageResult, dict[str, list[dict[str, object]]]]) -> None:
    result, rows = found
    by_kind = {f.kind: f for f in result.findings}
    assert {"groups", "breadth", "power"} <= set(by_kind)
    groups = by_kind["groups"]
    assert groups.figure("groups").value.value == len(rows["group_stats"]) > 0
    assert groups.verdict in (Verdict.COORDINATED, Verdict.CANNOT_TELL)
    assert all(f.method and f.population for f in result.findings)
    assert groups.steps and all("SELECT" in s.sql for s in groups.steps)
    assert {r["role"] for r in rows["groups"]} <= {"first in the group", "follows", "outside the group"}
    assert rows["co_actions"]
    share = by_kind["breadth"].figure("share_in_groups").value
    assert 0 < share.low < share.value < share.high < 1


def test_evidence_is_a_bound_from_group_statistics(
    found: tuple[StageResult, dict[str, list[dict[str, object]]]],
) -> None:
    result, rows = found
    tested = [r for r in rows["group_stats"] if r["p_group"] is not None]
    assert len(result.evidence) == len(tested)
    for item in result.evidence:
        assert item.contrast == "control" and item.measured_by is not None and item.measured_by.is_bound
        assert item.likelihoods[0].log10_lr.low == 0.0


def test_the_same_input_gives_the_same_findings() -> None:
    out = []
    for threads in (1, 2):
        with DuckEngine(memory="1GB", threads=threads) as engine:
            tables(engine, world("mixed", 4000, seed=2).posts)
            out.append(investigate(engine, FAST).model_dump_json())
    assert out[0] == out[1]


def test_every_member_of_the_public_face_is_tested_and_there() -> None:
    public = {
        n for n, v in vars(room).items() if not n.startswith("_") and not inspect.ismodule(v) and n != "annotations"
    }
    assert set(room.__all__) <= public
    assert room.__all__ == sorted(room.__all__, key=lambda n: (not n.isupper(), n[0].islower(), n))


@pytest.mark.parametrize(
    ("text", "seconds"), [("60s", 60), ("5min", 300), ("1h", 3600), ("90", 90), ("250ms", 0.25), ("1.5 h", 5400)]
)
def test_windows_are_read(text: str, seconds: float) -> None:
    assert parse_window(text) == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["0s", "-3s", "soon", "", "5 parsecs"])
def test_nonsense_windows_are_refused(text: str) -> None:
    with pytest.raises(UsageError, match="window"):
        parse_window(text)


def columns(rows: list[tuple[int, int, float]]) -> Columns:
    import numpy as np

    account, object_, time = (np.array(x) for x in zip(*rows, strict=True))
    return Columns(
        account.astype(np.int32), object_.astype(np.int32), (time * 1e6).astype(np.int64), np.zeros(0, np.int32),
        pa.array([str(k) for k in range(99)]), pa.array([str(k) for k in range(99)]), 1, Step("a", "SELECT 1", "row"),
    )  # fmt: skip


def test_a_window_is_estimated_from_the_fastest_objects() -> None:
    slow = [(k % 5, o, 5000.0 * k) for o in range(36) for k in range(5)]
    fast = [(k, 40 + o, 7.0 * k) for o in range(4) for k in range(5)]
    assert estimate_window(columns(slow + fast)) == pytest.approx(14.0)
    with pytest.raises(InferenceError, match="objects have two sharers"):
        estimate_window(columns(fast))
