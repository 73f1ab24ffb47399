"""``unfog accounts`` and ``unfog census`` as an outside check calls them."""

from __future__ import annotations

import importlib
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from unfog.cli.app import app
from unfog.errors import CaseError, SourceMissing, UsageError

for _verb in ("accounts", "census"):
    importlib.import_module(f"unfog.cli.{_verb}")

run = CliRunner().invoke
PUSHSHIFT = {"subreddit": "x", "selftext": "", "domain": "self.x", "num_comments": 0, "score": 1}


@pytest.fixture
def posts(tmp_path: Path) -> Path:
    file = tmp_path / "posts.ndjson"
    rows = [
        {**PUSHSHIFT, "id": f"p{i}", "author": f"Author{i % 6}", "created_utc": 1571648400 + 700 * i, "title": f"Brexit {i}",
         "full_link": f"https://www.reddit.com/r/x/comments/p{i}/t/", "url": f"https://www.reddit.com/r/x/comments/p{i}/t/"}
        for i in range(24)
    ]  # fmt: skip
    file.write_text("\n".join(json.dumps(r) for r in rows) + "\n")
    return file


def test_accounts_writes_findings_and_profiles(posts: Path, tmp_path: Path) -> None:
    listed = tmp_path / "set.txt"
    listed.write_text("Author1\nAuthor2\n# a remark\nNobody\n")
    out = tmp_path / "out"
    done = run(
        app, ["accounts", str(posts), "--format", "reddit-pushshift", "--set", str(listed), "--out", str(out), "--json"]
    )
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["profiles"] == 6
    assert any(f["id"] == "accounts.single-use.listed" for f in told["findings"])
    assert {p.name for p in out.iterdir()} == {"findings.json", "profiles.parquet", "set_members.parquet"}


def test_a_list_without_accounts_is_refused(posts: Path, tmp_path: Path) -> None:
    listed = tmp_path / "set.txt"
    listed.write_text("# nobody\n")
    done = run(app, ["accounts", str(posts), "--set", str(listed), "--out", str(tmp_path / "o")])
    assert isinstance(done.exception, UsageError)
    assert "names no account" in str(done.exception)


def test_census_counts_and_draws(posts: Path, tmp_path: Path) -> None:
    definitions = tmp_path / "d.toml"
    definitions.write_text(
        '[[definitions]]\nid = "b"\ntopic = "brexit 1"\n[[definitions]]\nid = "p"\nunit = "posts"\ntopic = "brexit"\n'
    )
    out = tmp_path / "out"
    done = run(app, ["census", str(posts), "--definitions", str(definitions), "--out", str(out), "--json"])
    assert done.exit_code == 0, done.output
    assert {r["definition_id"]: r["value"] for r in json.loads(done.stdout)["rows"]} == {"b": 6, "p": 24}
    assert (out / "census.svg").read_text().startswith("<svg")
    assert (out / "census.csv").read_text().count("\n") == 3


def test_wrong_use_is_told(posts: Path, tmp_path: Path) -> None:
    out = ["--out", str(tmp_path / "o")]
    assert isinstance(run(app, ["census", str(posts), *out]).exception, UsageError)
    assert isinstance(run(app, ["census", str(tmp_path), *out]).exception, UsageError)
    assert isinstance(run(app, ["accounts", str(tmp_path / "none"), *out]).exception, SourceMissing)
    bad = tmp_path / "s.toml"
    bad.write_text("[[sets]]\nid = 'a'\n")
    why = run(app, ["accounts", str(posts), "--set", str(bad), *out]).exception
    assert isinstance(why, CaseError)
    assert "sets.0" in str(why)
