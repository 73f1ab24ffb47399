"""The audit of dependencies fails on a known vulnerability, and only on that."""

from __future__ import annotations

import json
import runpy
from pathlib import Path
from typing import Any

import pytest

SOUND = {"name": "a", "version": "1", "vulns": []}
HIT = {"name": "b", "version": "2", "vulns": [{"id": "PYSEC-1", "fix_versions": ["3"], "aliases": []}]}
SKIPPED = {"name": "c", "skip_reason": "Dependency not found on PyPI and could not be audited: c (4)"}


@pytest.mark.parametrize(
    ("packages", "code", "words"),
    [
        ([SOUND], 0, "no known vulnerability in 1 of 1"),
        ([SOUND, SKIPPED], 0, "1 could not be looked up: c"),
        ([SOUND, HIT], 1, "b 2: PYSEC-1, fixed in 3"),
        ([HIT, SKIPPED], 1, "1 known vulnerabilities"),
        ([SKIPPED], 0, "NOT AUDITED"),
    ],
)
def test_verdict(repo: Path, packages: list[dict[str, Any]], code: int, words: str) -> None:
    verdict = runpy.run_path(str(repo / ".ci" / "audit.py"))["verdict"]
    got = verdict(json.dumps({"dependencies": packages, "fixes": []}), "")
    assert got[0] == code and words in got[1]


def test_a_service_that_does_not_answer_is_told_and_is_no_failure(repo: Path) -> None:
    verdict = runpy.run_path(str(repo / ".ci" / "audit.py"))["verdict"]
    assert verdict("", "Traceback ...\nConnectionError: no route") == (
        0,
        "NOT AUDITED: the advisory service cannot be asked from this machine (ConnectionError: no route)",
    )


def test_ci_audits(repo: Path) -> None:
    assert "make audit" in (repo / ".ci" / "run").read_text(encoding="utf-8")
