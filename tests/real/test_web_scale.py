"""A case with a million posts and 5,000 grouped accounts: every page is paginated and answers; times are printed."""

from __future__ import annotations

import importlib.util
import sys
import time
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from unfog.web import create_app

pytestmark = pytest.mark.slow
TOKEN = "scale-token"


def test_pages_of_a_large_case_are_small(tmp_path: Path) -> None:
    source = Path(__file__).parents[1] / "unit" / "web" / "world.py"
    spec = importlib.util.spec_from_file_location("scale_world", source)
    assert spec is not None and spec.loader is not None
    world = importlib.util.module_from_spec(spec)
    sys.modules["scale_world"] = world
    spec.loader.exec_module(world)
    case = world.make_world(tmp_path, posts=1_000_000, grouped=5_000, case=False)
    times: dict[str, float] = {}
    with TestClient(create_app(case / "out", token=TOKEN), base_url="http://127.0.0.1") as client:
        client.get("/", params={"token": TOKEN})
        for address in world.addresses():
            client.get(address)
            begun = time.perf_counter()
            page = client.get(address)
            times[address] = time.perf_counter() - begun
            assert page.status_code == 200, address
            assert len(page.content) < 3_000_000, (address, len(page.content))
        groups = client.get(f"/{world.LABEL}/groups.json").json()["groups"]
        assert groups["total"] == 100 and len(groups["rows"]) == 50
    for address, seconds in sorted(times.items(), key=lambda t: -t[1]):
        print(f"{seconds:6.2f} s  {address}")  # noqa: T201
