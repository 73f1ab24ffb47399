"""Forgetting an account: gone from everything computed, refused and counted afterwards, and a tombstone stays."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from unfog.engine import DuckEngine
from unfog.errors import IntegrityError, UsageError
from unfog.ingest import FileSpec, check_custody, forget_account, forget_case, ingest

POSTS = [
    {"id": f"p{i}", "author": who, "subreddit": "s", "created_utc": 1571647834 + i, "title": "t", "selftext": "words"}
    for i, who in enumerate(["ana", "ben", "ana", "cy"])
]


def made(tmp_path: Path, engine: DuckEngine) -> tuple[Path, Path]:
    case = tmp_path / "case"
    case.mkdir()
    source = case / "posts.ndjson"
    source.write_text("".join(json.dumps(p) + "\n" for p in POSTS))
    again(case, engine)
    return case, source


def again(case: Path, engine: DuckEngine) -> None:
    ingest(
        [FileSpec(path=Path("posts.ndjson"))],
        engine,
        case / "out" / "ingest",
        root=case,
        originals=case / "out" / "ingest" / "originals",
    )


def test_a_forgotten_account_does_not_come_back(tmp_path: Path, engine: DuckEngine) -> None:
    case, source = made(tmp_path, engine)
    done = forget_account(case, case / "out", "reddit:ana", by="A. Officer", reason="request", sources=[source])
    assert done.rows["posts"] == 2 and done.rows["accounts"] == 1
    assert done.still == (str(source),)
    assert not list((case / "out" / "ingest").glob("*.parquet"))
    assert not list((case / "out" / "ingest" / "originals").iterdir())
    again(case, engine)
    assert {p["account_id"] for p in engine.rows("SELECT * FROM posts")} == {"ben", "cy"}
    assert {a["account_id"] for a in engine.rows("SELECT * FROM accounts")} == {"ben", "cy"}
    rejects = engine.rows("SELECT * FROM rejects")
    assert len(rejects) == 2 and all(r["reason"].startswith("forgotten") and r["excerpt"] is None for r in rejects)
    for path in case.rglob("*"):
        if path.is_file() and path != source and "originals" not in path.parts:
            assert b"ana" not in path.read_bytes().replace(b"analy", b""), path


def test_the_custody_log_is_chained(tmp_path: Path, engine: DuckEngine) -> None:
    case, _ = made(tmp_path, engine)
    forget_account(case, case / "out", "reddit:ana", by="A. Officer", reason="request")
    forget_account(case, case / "out", "reddit:ben", by="A. Officer", reason="request")
    assert check_custody(case) == 2
    log = case / "custody.jsonl"
    log.write_text(log.read_text().replace("A. Officer", "B. Officer", 1))
    with pytest.raises(IntegrityError, match="entry 2"):
        check_custody(case)


def test_an_expired_case_keeps_only_its_custody_log(tmp_path: Path, engine: DuckEngine) -> None:
    case, source = made(tmp_path, engine)
    done = forget_case(case, case / "out", by="A. Officer", reason="retention", sources=[source])
    assert not (case / "out").exists()
    assert done.still == (str(source),)
    entry = json.loads((case / "custody.jsonl").read_text())
    assert entry["event"] == "expired" and len(entry["tombstones"]) == 1


@pytest.mark.parametrize(
    ("account", "by", "words"), [("ana", "A", "platform:id"), ("reddit:ana", " ", "name of whoever")]
)
def test_wrong_use(tmp_path: Path, account: str, by: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        forget_account(tmp_path, tmp_path / "out", account, by=by, reason="")
