"""The verbs report, verify, export and serve, as a shell calls them."""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import ModuleType

import pytest


def _world() -> ModuleType:
    spec = importlib.util.spec_from_file_location("paper_world", Path(__file__).parents[1] / "web" / "world.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = _world().make_world(tmp_path_factory.mktemp("paper"), posts=60, grouped=10)
    return folder


def unfog(*words: str | Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("unfog")), *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An as-of folder with a real judgement."""
    spec = importlib.util.spec_from_file_location("paper_result", Path(__file__).parents[1] / "report" / "conftest.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["paper_result"] = module
    spec.loader.exec_module(module)
    folder: Path = module.make_result(tmp_path_factory.mktemp("finished")).folder
    return folder


def test_report_dossier_verify(finished: Path, tmp_path: Path) -> None:
    page = unfog("report", finished, "--out", tmp_path / "page", "--json")
    assert page.returncode == 0, page.stderr
    assert Path(json.loads(page.stdout)["page"]).is_file()
    done = unfog("report", finished, "--dossier", "--by", "Ana", "--out", tmp_path / "bag", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["profile"] == "public" and (finished.parent / "secret.key").stat().st_mode & 0o077 == 0
    good = unfog("verify", tmp_path / "bag", "--root", told["root"], "--json")
    assert good.returncode == 0 and json.loads(good.stdout)["ok"], good.stdout
    (tmp_path / "bag" / "data" / "index.html").write_text("x", encoding="utf-8")
    bad = unfog("verify", tmp_path / "bag", "--json")
    assert bad.returncode == 1 and any("index.html" in f for f in json.loads(bad.stdout)["faults"])
    assert unfog("verify", tmp_path / "bag", "--public-key", "ab" * 32).returncode == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["verify", "nowhere"], "not a folder"),
        (["report", "nowhere", "--out", "x"], "does not exist"),
        (["report", "{case}", "--dossier", "--out", "{tmp}/a"], "--by"),
        (["report", "{case}", "--as-of", "1999-01-01", "--out", "{tmp}/a"], "2031-03-14"),
        (["report", "{case}", "--dossier", "--by", "A", "--profile", "open", "--out", "{tmp}/a"], "unknown profile"),
        (["export", "{case}", "--to", "sticks", "--out", "{tmp}/a"], "did you mean"),
        (["serve", "nowhere"], "not a folder"),
    ],
)
def test_wrong_words_are_told(words: list[str], said: str, case: Path, tmp_path: Path) -> None:
    done = unfog(*(w.format(case=case, tmp=tmp_path) for w in words))
    assert done.returncode == 2
    assert said in " ".join(done.stderr.split()) and "Traceback" not in done.stderr


def test_serve_answers_this_machine_with_the_token_only(case: Path) -> None:
    command = [str(Path(sys.executable).with_name("unfog")), "serve", str(case), "--port", "0", "--json"]
    env = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=env) as server:
        assert server.stdout is not None
        lines = [server.stdout.readline() for _ in range(3)]
        address = json.loads("".join(lines))["address"]
        assert address.startswith("http://127.0.0.1:")
        try:
            with pytest.raises(urllib.error.HTTPError, match="403"):
                _get(address.split("?")[0])
            assert "token" in address
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(timeout=20)


def _get(address: str) -> int:
    for _ in range(100):
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                return int(answer.status)
        except urllib.error.HTTPError:
            raise
        except urllib.error.URLError:
            time.sleep(0.1)
    raise AssertionError("the server did not come up")
