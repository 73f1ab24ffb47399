"""`unfog forget --expired`: the day that the case names, wherever it names it, and not a day earlier."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from unfog.cli.app import main


def verb(monkeypatch: pytest.MonkeyPatch, *words: str) -> object:
    monkeypatch.setattr(sys, "argv", ["unfog", *words])
    with pytest.raises(SystemExit) as end:
        main()
    return end.value.code


@pytest.mark.parametrize("line", ['[privacy]\nretain_until = "2020-12-31"\n', ""], ids=["privacy", "case"])
def test_a_past_day_deletes_what_was_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], line: str
) -> None:
    case = tmp_path / "mine"
    assert verb(monkeypatch, "new", str(case)) == 0
    config = case / "case.toml"
    text = config.read_text(encoding="utf-8")
    assert verb(monkeypatch, "forget", str(case), "--expired", "--by", "A. Officer") == 2
    assert "names no day; add retain_until" in capsys.readouterr().err
    told = line or "seed = 7\n"
    config.write_text(
        text + line if line else text.replace(told, told + 'retention = "2020-12-31"\n'), encoding="utf-8"
    )
    originals = case / "out" / "ingest" / "originals"
    originals.mkdir(parents=True)
    (originals / "ab").write_text("kept")
    (case / "out" / "findings.json").write_text("{}")
    later = config.read_text(encoding="utf-8").replace("2020-12-31", "2999-12-31")
    now = config.read_text(encoding="utf-8")
    config.write_text(later, encoding="utf-8")
    assert verb(monkeypatch, "forget", str(case), "--expired", "--by", "A. Officer") == 2
    assert (originals / "ab").is_file()
    config.write_text(now, encoding="utf-8")
    assert verb(monkeypatch, "forget", str(case), "--expired", "--by", "A. Officer") == 0
    assert not (originals / "ab").exists() and not (case / "out" / "findings.json").exists()
    assert "A. Officer" in (case / "custody.jsonl").read_text(encoding="utf-8")
