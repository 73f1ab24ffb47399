"""What stands in a file or in its name never steers a terminal."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from unfog.cli.app import main, printable

ROW = {"id": "a", "author": "ana", "subreddit": "s", "created_utc": 1571647834, "title": "t", "selftext": "x"}


def test_control_characters_and_turns_of_direction_are_spelled_out() -> None:
    assert printable("a\x1b[2J\x07b\u202egnp\x9bc\td\n") == "a\\x1b[2J\\x07b\\u202egnp\\x9bc\td\n"
    assert printable("مرحبا, 日本語, é") == "مرحبا, 日本語, é"


@pytest.mark.parametrize(
    "name", ["esc\x1b[31m\x1b]0;owned\x07.ndjson", "[bold red].ndjson", "a\nb.ndjson", "x\u202egnp.ndjson"]
)
def test_a_name_of_a_file_is_only_a_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    path = tmp_path / name
    path.write_text(json.dumps(ROW) + "\n")
    monkeypatch.setenv("FORCE_COLOR", "1")
    for file in (path, tmp_path / ("no" + name)):
        monkeypatch.setattr(sys, "argv", ["unfog", "ingest", str(file), "--out", str(tmp_path / "out")])
        with pytest.raises(SystemExit) as end:
            main()
        told = capsys.readouterr()
        assert end.value.code == (0 if file == path else 2)
        for bad in ("\x1b[31m", "\x1b]0;", "\x07", "\u202e"):
            assert bad not in told.out + told.err
