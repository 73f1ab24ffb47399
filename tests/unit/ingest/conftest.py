"""Reading a file in a test: samples lie in tests/data/ingest, others are made on the spot."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from unfog.engine import DuckEngine
from unfog.ingest import FileSpec, IngestResult, ingest

SAMPLES = Path(__file__).resolve().parents[2] / "data" / "ingest"


class Read:
    """The outcome of one ingest, with its tables as lists of dicts."""

    def __init__(self, engine: DuckEngine, result: IngestResult) -> None:
        self.engine = engine
        self.result = result
        self.source = result.sources[0] if result.sources else None

    def rows(self, table: str) -> list[dict[str, Any]]:
        return self.engine.rows(f'SELECT * FROM "{table}"')

    @property
    def reasons(self) -> list[str]:
        return [r["reason"] for r in self.rows("rejects")]


@pytest.fixture
def samples() -> Path:
    return SAMPLES


@pytest.fixture
def read(engine: DuckEngine, tmp_path: Path) -> Callable[..., Read]:
    def call(*paths: Path | str, out: str = "out", **spec: Any) -> Read:
        files = [FileSpec(path=SAMPLES / p if isinstance(p, str) else p, **spec) for p in paths]
        return Read(engine, ingest(files, engine, tmp_path / out, root=tmp_path))

    return call


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str | bytes], Path]:
    def call(name: str, data: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return path

    return call
