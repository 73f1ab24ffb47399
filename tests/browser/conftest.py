"""A real Chromium (the system's), a real server, and axe-core; each skips with a reason where it is absent."""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import uvicorn

from unfog.web import create_app

TOKEN = "browser-token-0123456789"
REPO = Path(__file__).parents[2]
ARGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@dataclass(frozen=True)
class Site:
    address: str
    case: Path
    world: ModuleType

    @property
    def entry(self) -> str:
        return f"{self.address}/?token={TOKEN}"


@pytest.fixture(scope="session")
def world() -> ModuleType:
    name = "unfog_test_world"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, REPO / "tests" / "unit" / "web" / "world.py")
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, world: ModuleType) -> Iterator[Site]:
    case = world.make_world(tmp_path_factory.mktemp("site"))
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    app = create_app(case / "out", token=TOKEN, case=case)
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    for _ in range(200):
        if server.started:
            break
        time.sleep(0.05)
    yield Site(f"http://127.0.0.1:{port}", case, world)
    server.should_exit = True
    thread.join(timeout=10)


@pytest.fixture(scope="session")
def chromium() -> str:
    found = os.environ.get("UNFOG_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not found:
        pytest.skip("Chromium is not installed; set UNFOG_CHROMIUM or install it (.ci/run does)")
    return found


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Any]:
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with sync_api.sync_playwright() as p:
        one = p.chromium.launch(executable_path=chromium, args=ARGS)
        yield one
        one.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A page on which any request to another machine, and any script error, fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    one = context.new_page()
    one.set_default_timeout(120_000)  # a loaded machine is slow, not wrong
    away: list[str] = []
    errors: list[str] = []
    one.on(
        "request", lambda r: None if r.url.startswith(("http://127.0.0.1", "file:", "data:")) else away.append(r.url)
    )
    one.on("pageerror", lambda e: errors.append(str(e)))
    one.on("dialog", lambda d: errors.append(f"dialog {d.message}"))
    yield one
    context.close()
    assert not away, f"requests left the machine: {away}"
    assert not errors, errors


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Source of axe-core (MPL-2.0): from UNFOG_AXE, or by npm; it is not part of this repository."""
    given = os.environ.get("UNFOG_AXE")
    if given:
        return Path(given).read_text(encoding="utf-8")
    if not shutil.which("npm"):
        pytest.skip("axe-core is not at hand: set UNFOG_AXE to axe.min.js, or install npm")
    folder = tmp_path_factory.mktemp("axe")
    done = subprocess.run(
        ["npm", "pack", "--silent", "axe-core@4.14.1"], cwd=folder, capture_output=True, text=True, timeout=120
    )
    packed = sorted(folder.glob("axe-core-*.tgz"))
    if done.returncode or not packed:
        pytest.skip(f"axe-core could not be fetched by npm: {done.stderr[-200:]}")
    shutil.unpack_archive(packed[0], folder)
    return (folder / "package" / "axe.min.js").read_text(encoding="utf-8")
