"""``unfog search`` as a person calls it: from files to hits, as of a date, with odd queries."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from unfog.cli.app import main

BODIES = {
    "a1": "The council said that it don’t sell the old ferry, and the ﬁling proves it.",
    "a2": "Ferry for sale! The old boat goes to the bak-\nery of the island.",
    "a3": "Die alte FÄHRE wird verkauft; groß war der Streit über die Fähre.",
    "a4": "لجنة الميناء قرر فتح الأرشيف لكل مواطن",
    "a5": "nothing of the kind",
}
Door = Callable[..., tuple[int, str, str]]


@pytest.fixture
def unfog(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Door:
    def call(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["unfog", *words])
        with pytest.raises(SystemExit) as end:
            main()
        told = capsys.readouterr()
        return int(end.value.code or 0), told.out, told.err

    return call


@pytest.fixture
def folder(unfog: Door, tmp_path: Path) -> Path:
    case = tmp_path / "c"
    assert unfog("new", str(case))[0] == 0
    rows = [
        {"created_utc": 1767225600 + 86_400 * n, "id": key, "author": f"writer{n}", "title": "", "selftext": body,
         "subreddit": "ferries", "permalink": f"/r/ferries/comments/{key}/x/"}
        for n, (key, body) in enumerate(BODIES.items())
    ]  # fmt: skip
    posts = tmp_path / "posts.ndjson"
    posts.write_text("".join(json.dumps(r) + "\n" for r in rows), encoding="utf-8")
    code, _, told = unfog("search", str(case), "ferry")
    assert code == 2 and "run `unfog run` first" in told
    code, _, told = unfog("ingest", str(posts), str(case / "observations.jsonl"), "--out", str(case / "out" / "ingest"))
    assert code == 0, told
    return case


def hits(unfog: Door, folder: Path, query: str, *more: str) -> list[dict[str, Any]]:
    code, out, err = unfog("search", str(folder), query, "--json", *more)
    assert code == 0, err
    document = json.loads(out)
    assert document["total"] == len(document["hits"])
    return list(document["hits"])


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("ferry", {"a1", "a2"}),
        ("old ferry", {"a1", "a2"}),
        ('"old ferry"', {"a1"}),
        ("don't", {"a1"}),
        ("filing", {"a1"}),
        ("bakery", {"a2"}),
        ("fahre GROSS", {"a3"}),
        ("الميناء", {"a4"}),
        ('"flown away"', set()),
        ("replace line", {"O1"}),
    ],
)
def test_words_are_found_however_they_are_spelt(unfog: Door, folder: Path, query: str, found: set[str]) -> None:
    got = hits(unfog, folder, query)
    assert {h["id"].rpartition(":")[2].removeprefix("t3_") for h in got} == found
    for hit in got:
        begin, end = hit["span"]
        assert 0 <= begin < end and hit["excerpt"]


def test_nothing_is_found_before_it_was_public(unfog: Door, folder: Path) -> None:
    assert hits(unfog, folder, "ferry", "--as-of", "2025-12-31") == []
    assert len(hits(unfog, folder, "ferry", "--as-of", "2026-01-01")) == 1


def test_a_query_without_words_is_wrong_usage(unfog: Door, folder: Path) -> None:
    code, out, err = unfog("search", str(folder), "!?")
    assert (code, out) == (2, "") and "no word" in err
