"""Spread is the same on DuckDB and on Spark: every named step row by row, passages, and the whole stage."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

from unfog import spread
from unfog.engine import DuckEngine, Engine, Step
from unfog.model import TABLES
from unfog.simulate import world
from unfog.spread import gather, reach, sources, tree

pytestmark = pytest.mark.spark

PAPER = "The island council will sell the old ferry, close the northern pier and lend the money to the bakery of Anna."
STEPS = (
    sources.HAYSTACK, sources.POSTS_BY_ID, gather.LINKS, gather.LOGGED, gather.IMAGES, tree.REACTIONS, reach.CAPTURED,
    reach.BASELINE,
)  # fmt: skip


@pytest.fixture(scope="module")
def spark() -> Iterator[Engine]:
    pytest.importorskip("pyspark")
    from unfog.engine.spark import SparkEngine

    with SparkEngine(memory="1g", threads=2) as engine:
        yield engine


def fill(engine: Engine) -> None:
    """A simulated world whose posts carry texts, links, images, answers and counts; one paper goes round in it."""
    rows = world("mixed", 400, seed=3).posts.to_pylist()
    for i, row in enumerate(rows):
        row["text"] = f"{row['text'] or ''} {PAPER if i % 40 == 0 else ''}"
        row["title"] = None if i % 3 else f"Title {i}"
        row["permalink"] = f"https://forum.example/t/{i}"
        row["urls"] = [f"https://forum.example/t/{i - 1}"] if i % 41 == 1 else row["urls"]
        row["media_hashes"] = ["a", f"b{i % 5}"] if i % 7 == 0 else None
        row["reply_to"] = rows[i - 1]["post_id"] if i % 40 in (1, 2) else None
        row["community"] = f"c{i % 4}"
    counts = [
        {"platform": r["platform"], "post_id": r["post_id"], "captured_at": datetime(2024, 1, 1) + timedelta(days=k),
         "likes": i % 11 + k, "replies": i % 3, "reposts": None, "views": None, "source_id": "s"}
        for i, r in enumerate(rows) for k in range(i % 3)
    ]  # fmt: skip
    log = [
        {"observation_id": f"o{n}", "happened_at": datetime(2023, 5, n + 1), "happened_precision": "day",
         "platform": "tv", "summary": "held up", "target": "paper" if n else None, "layer": "document",
         "how": "reported", "source_id": "s"}
        for n in range(3)
    ]  # fmt: skip
    tables: dict[str, list[dict[str, Any]]] = {
        "posts": rows, "engagement": counts, "observations": log,
        "articles": [{"article_id": "a1", "title": "On ferries", "text": f"They wrote: {PAPER}", "sha256": "1", "source_id": "s"}],
        "documents": [{"doc_id": "paper", "text": PAPER, "sha256": "0", "source_id": "s"}],
    }  # fmt: skip
    for name, table in TABLES.items():
        engine.put(name, pa.Table.from_pylist(tables.get(name, []), schema=table.arrow_schema()))
    wanted = [r for i, r in enumerate(rows) if i % 40 == 0]
    engine.put("spread_wanted", pa.table({"id": [f"{r['platform']}:{r['post_id']}" for r in wanted]}))
    engine.put(
        "spread_parents",
        pa.table({"platform": [r["platform"] for r in wanted], "post_id": [r["post_id"] for r in wanted]}),
    )


def sorted_rows(engine: Engine, sql: str) -> list[str]:
    return sorted(repr(sorted(row.items())) for row in engine.rows(sql))


@pytest.mark.parametrize("step", STEPS, ids=lambda s: s.name)
def test_every_step_gives_the_same_rows(engine: DuckEngine, spark: Engine, step: Step) -> None:
    found = []
    for one in (engine, spark):
        fill(one)
        one.run(step)
        found.append(sorted_rows(one, f"SELECT * FROM {step.name}"))
    assert found[0] == found[1] != []


def test_the_whole_stage_gives_the_same_findings(engine: DuckEngine, spark: Engine) -> None:
    options = spread.Options(targets=(spread.Target(id="paper", documents=("paper",)),))
    results, appearances = [], []
    for one in (engine, spark):
        fill(one)
        result = spread.investigate(one, options)
        results.append([(f.id, f.sentence, f.figures) for f in result.findings])
        appearances.append(sorted_rows(one, "SELECT * FROM appearances"))
    assert len(appearances[0]) > 10
    assert appearances[0] == appearances[1]
    assert results[0] == results[1]
