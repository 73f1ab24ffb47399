"""`unfog ingest` and `unfog forget` as a person calls them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

SAMPLES = Path(__file__).resolve().parents[2] / "data" / "ingest"


def unfog(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "unfog.cli", *words], capture_output=True, text=True, cwd=cwd)


def test_ingest_prints_one_document(tmp_path: Path) -> None:
    done = unfog("ingest", str(SAMPLES / "x-v2.json"), "--out", "o", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["rows"]["posts"] == 2 and told["sources"][0]["format"] == "x-v2"
    assert (tmp_path / "o" / "posts.parquet").is_file()


def test_ingest_with_a_map(tmp_path: Path) -> None:
    done = unfog(
        "ingest", str(SAMPLES / "table.csv"), "--map", str(SAMPLES / "table.map.toml"), "--out", "o", cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    assert "2 rows read, 2 kept" in done.stdout and "Europe/Berlin" in done.stdout


def test_wrong_use_is_told_without_a_traceback(tmp_path: Path) -> None:
    for words in (
        ("ingest", "nothing.csv", "--out", "o"),
        ("ingest", "--out", "o"),
        ("ingest", str(SAMPLES / "table.csv"), "--out", "o"),
        ("ingest", str(SAMPLES / "x-v2.json"), "--out", "o", "--public-from", "soon"),
        ("forget", ".", "--by", "A", "--account", "reddit:a"),
        ("forget", "."),
        ("nosuch",),
    ):
        done = unfog(*words, cwd=tmp_path)
        assert done.returncode == 2, words
        assert "Traceback" not in done.stderr and done.stderr.strip(), words
