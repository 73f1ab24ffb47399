"""The command line as a whole: every verb is there, explains itself, and fails in words."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from unfog.cli.app import VERBS, app, load_verbs

DESIGNED = {
    "demo", "doctor", "words", "new", "check", "run", "why", "report", "verify", "ingest", "search", "detect",
    "accounts", "census", "trace", "link", "statements", "audit", "weigh", "lint", "export", "serve", "simulate",
    "evaluate", "forget",
}  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def _all() -> None:
    load_verbs([])


def unfog(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "unfog.cli", *words], capture_output=True, text=True, check=False)


def test_the_verbs_are_those_of_the_design() -> None:
    assert set(VERBS) == DESIGNED
    assert {c.name or c.callback.__name__ for c in app.registered_commands} == DESIGNED


@pytest.mark.parametrize("verb", sorted(DESIGNED))
def test_every_verb_explains_itself_with_an_example(verb: str) -> None:
    found = CliRunner().invoke(app, [verb, "--help"])
    assert found.exit_code == 0
    assert "Example" in found.output or "example" in found.output, verb
    assert f"unfog {verb}" in found.output
    if verb != "serve":
        assert "--json" in found.output, verb


def test_a_new_case_is_checked_and_found_fit(tmp_path: Path) -> None:
    made = unfog("new", str(tmp_path / "c"), "--json")
    assert made.returncode == 0
    assert Path(json.loads(made.stdout)["case"]).is_file()
    checked = unfog("check", str(tmp_path / "c"), "--json")
    assert checked.returncode == 0
    assert json.loads(checked.stdout)["ok"] is True
    (tmp_path / "c" / "observations.jsonl").unlink()
    checked = unfog("check", str(tmp_path / "c"), "--json")
    assert checked.returncode == 1
    assert "observations.jsonl" in json.loads(checked.stdout)["problem"]


@pytest.mark.parametrize(
    "words",
    [
        ("run", "no-such-case"),
        ("why", "no-such-case", "x"),
        ("run", "cases/uk-trade-leaks-2019", "--as-of", "soon", "--out", "OUT"),
        ("evaluate", "juggling", "--data", "."),
        ("fly",),
        ("run",),
        (
            "detect",
            "no-such-file.csv",
            "--format",
            "coortweet",
            "--signal",
            "object",
            "--window",
            "60s",
            "--out",
            "OUT",
        ),
    ],
)
def test_what_cannot_be_done_is_said_in_words_with_exit_2(words: tuple[str, ...], tmp_path: Path, repo: Path) -> None:
    told = [str(tmp_path) if w == "OUT" else str(repo / w) if w.startswith("cases/") else w for w in words]
    found = unfog(*told)
    assert found.returncode == 2, found.stderr
    assert found.stderr.strip()
    assert "Traceback" not in found.stderr
    assert not found.stdout.strip()
