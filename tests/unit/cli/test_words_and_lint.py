from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from unfog.cli.lint import lint
from unfog.cli.words import words
from unfog.errors import FormatError, SourceMissing, UsageError

RUN = CliRunner()
APP = typer.Typer()
APP.command()(words)
APP.command()(lint)


def test_words_of_a_standard() -> None:
    result = RUN.invoke(APP, ["words", "--standard", "phia", "--json"])
    assert result.exit_code == 0
    told = json.loads(result.stdout)
    assert [b["term"] for b in told["bands"]][-1] == "almost certain"
    assert told["edition"] and "CAPphrase" in told["readers_source"]


def test_words_of_a_term_and_of_a_number() -> None:
    told = json.loads(RUN.invoke(APP, ["words", "realistic possibility", "--json"]).stdout)
    assert told["bands"]["phia"]["low"] == 40 and told["bands"]["nato"] is None
    assert told["readers"]["within"]["phia"] == pytest.approx(10.8, abs=0.05)
    told = json.loads(RUN.invoke(APP, ["words", "92", "--json"]).stdout)
    assert told["words"]["phia"] == {
        "term": "highly likely", "form": "adjective", "between": True, "low": 80.0, "high": 90.0,
    }  # fmt: skip
    assert "30 % hear less" in RUN.invoke(APP, ["words", "almost certain"]).stdout


def test_an_unknown_word_is_wrong_usage() -> None:
    result = RUN.invoke(APP, ["words", "almost certian"])
    assert isinstance(result.exception, UsageError)
    assert 'did you mean "almost certain"' in str(result.exception)


def test_lint_exit_codes(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.txt", tmp_path / "bad.txt"
    good.write_text("As of 16 July 2020 it is almost certain (96 %) that they did.")
    bad.write_text("It is almost certain.")
    assert RUN.invoke(APP, ["lint", str(good), "--standard", "phia"]).exit_code == 0
    result = RUN.invoke(APP, ["lint", str(bad)])
    assert result.exit_code == 1
    assert "[number-missing]" in result.stdout
    log = json.loads(RUN.invoke(APP, ["lint", str(bad), "--sarif"]).stdout)
    assert log["runs"][0]["results"]


def test_lint_of_findings(tmp_path: Path) -> None:
    file = tmp_path / "findings.json"
    file.write_text(json.dumps({"findings": [{"id": "a.b", "sentence": "There were 5.", "figures": []}]}))
    told = json.loads(RUN.invoke(APP, ["lint", str(file), "--json"]).stdout)
    assert [p["rule"] for p in told["problems"]] == ["number-unresolved"]


def test_lint_of_unusable_files(tmp_path: Path) -> None:
    assert isinstance(RUN.invoke(APP, ["lint", str(tmp_path / "none.txt")]).exception, SourceMissing)
    latin = tmp_path / "latin.txt"
    latin.write_bytes(b"caf\xe9")
    assert isinstance(RUN.invoke(APP, ["lint", str(latin)]).exception, FormatError)
    broken = tmp_path / "broken.json"
    broken.write_text("{")
    assert isinstance(RUN.invoke(APP, ["lint", str(broken)]).exception, FormatError)
