"""Shared fixtures: where the real data lies, and an engine for a test."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from unfog.engine import DuckEngine

REPO = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def repo() -> Path:
    return REPO


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder of real data beside the project; a test that needs it skips with a reason where it is absent."""
    folder = Path(os.environ.get("UNFOG_SHARED", REPO.parent / "shared"))
    if not (folder / "data").is_dir():
        pytest.skip(f"real data not found at {folder}; set UNFOG_SHARED to run this test")
    return folder


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[DuckEngine]:
    with DuckEngine(memory="1GB", threads=2, temp=tmp_path / "spill") as e:
        yield e
