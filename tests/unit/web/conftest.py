from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from starlette.testclient import TestClient

from unfog.web import create_app

TOKEN = "test-token-0123456789"


def _load() -> ModuleType:
    name = "unfog_test_world"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name("world.py"))
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


@pytest.fixture(scope="session")
def world() -> ModuleType:
    return _load()


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = _load().make_world(tmp_path_factory.mktemp("world"))
    return folder


@pytest.fixture
def client(case: Path) -> Iterator[TestClient]:
    app = create_app(case / "out", token=TOKEN, case=case)
    with TestClient(app, base_url="http://127.0.0.1:8765") as c:
        assert c.get("/", params={"token": TOKEN}).status_code == 200
        yield c
