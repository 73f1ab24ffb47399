"""``unfog link``: one document with --json, files in --out, errors as messages."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

CASE = "cases/uk-trade-leaks-2019"


def unfog(repo: Path, *args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "unfog.cli", *args], capture_output=True, text=True, cwd=repo, check=False
    )


@pytest.mark.slow
def test_link_prints_one_document_and_writes_tables(repo: Path, tmp_path: Path) -> None:
    ran = unfog(repo, "link", CASE, "--as-of", "2019-12-02", "--out", str(tmp_path), "--json")
    assert ran.returncode == 0, ran.stderr
    document = json.loads(ran.stdout)
    ids = [f["id"] for f in document["as_of"]["2019-12-02"]["findings"]]
    assert "campaigns.link.secondary-infektion" in ids and ids == sorted(ids)
    assert (tmp_path / "2019-12-02" / "links.parquet").is_file()


@pytest.mark.slow
def test_a_missing_catalogue_is_a_message(repo: Path, tmp_path: Path) -> None:
    ran = unfog(repo, "link", CASE, "--catalogue", str(tmp_path / "none"), "--out", str(tmp_path))
    assert ran.returncode == 2 and "catalogue folder" in ran.stderr and "Traceback" not in ran.stderr
