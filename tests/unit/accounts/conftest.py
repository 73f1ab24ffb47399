"""Small hand-made worlds: an engine with tables, from plain rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from unfog.engine import DuckEngine
from unfog.model import TABLES

Make = Callable[..., DuckEngine]


def rows_to_table(name: str, rows: list[dict[str, Any]]) -> pa.Table:
    schema = TABLES[name].arrow_schema()
    filled = [{c: r.get(c, "s" if c == "source_id" else None) for c in schema.names} for r in rows]
    return pa.Table.from_pylist(filled, schema=schema)


def post(n: int, account: str, at: str | None, platform: str = "forum", **more: Any) -> dict[str, Any]:
    when = None if at is None else datetime.fromisoformat(at)
    return {
        "platform": platform, "post_id": f"{platform}{n}", "account_id": account, "happened_at": when,
        "happened_precision": "second", "public_from": when, "kind": "post", **more,
    }  # fmt: skip


def _maker(folder: Path) -> Iterator[Make]:
    opened: list[DuckEngine] = []

    def build(**tables: list[dict[str, Any]]) -> DuckEngine:
        engine = DuckEngine(memory="1GB", threads=1, temp=folder / f"spill{len(opened)}")
        opened.append(engine)
        for name in ("posts", "accounts", "labels", "groups", "sources"):
            engine.put(name, rows_to_table(name, tables.get(name, [])))
        return engine

    yield build
    for engine in opened:
        engine.close()


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    yield from _maker(tmp_path)


@pytest.fixture(scope="module")
def make_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Make]:
    yield from _maker(tmp_path_factory.mktemp("engines"))
