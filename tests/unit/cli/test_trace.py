"""``unfog trace`` as a person calls it: what it finds in any script, and what it says of files that it cannot read."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from unfog.cli.app import main

SAMPLES = Path(__file__).parents[2] / "data" / "ingest"
ENGLISH = (
    "The island council will sell the old ferry, close the northern pier in autumn and lend the money to the bakery, "
    "and no clerk may refuse a citizen who asks in writing to see the ledger of the harbour."
)
ARABIC = "الاجتماع الذي عقدته لجنة الميناء قرر فتح الأرشيف لكل مواطن يطلب ذلك كتابة دون أن يرفض أي موظف هذا الطلب بغير سبب واضح"
HEBREW = (
    "ועדת הנמל החליטה לפתוח את הארכיון לכל אזרח שיבקש זאת בכתב ואף פקיד לא יסרב לבקשה כזאת בלי לתת סיבה במילים פשוטות"
)
CHINESE = "港口委员会于五月九日开会决定向所有书面申请的公民开放档案馆任何职员不得无故拒绝此类请求并须以通俗文字说明理由"
JAPANESE = "港湾委員会は五月九日に会合を開き書面で求めるすべての市民に文書館を公開することを決定したいかなる職員も理由なく拒否できない"


Trace = Callable[..., tuple[int, str, list[dict[str, Any]]]]


@pytest.fixture
def unfog(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    """The command line itself: exit code, and what was printed on both streams."""

    def call(*words: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["unfog", *words])
        with pytest.raises(SystemExit) as end:
            main()
        told = capsys.readouterr()
        assert isinstance(end.value.code, int)
        return end.value.code, told.out + told.err

    return call


@pytest.fixture
def traced(unfog: Callable[..., tuple[int, str]], tmp_path: Path) -> Trace:
    """Trace a document in some posts: exit code, what was printed, the appearances."""

    def call(document: Path, posts: list[str], *more: str) -> tuple[int, str, list[dict[str, Any]]]:
        rows = [{"platform": "forum", "post_id": f"p{i}", "text": t} for i, t in enumerate(posts)]
        pq.write_table(pa.Table.from_pylist(rows), tmp_path / "posts.parquet")
        out = tmp_path / "out"
        code, told = unfog(
            "trace",
            str(document),
            "--in",
            str(tmp_path / "posts.parquet"),
            "--format",
            "posts",
            "--out",
            str(out),
            *more,
        )
        found = out / "appearances.parquet"
        return code, told, pq.read_table(found).to_pylist() if found.exists() else []

    return call


@pytest.mark.parametrize("text", [ENGLISH, ARABIC, HEBREW, CHINESE, JAPANESE])
def test_a_document_in_any_script_is_found_with_its_spans(traced: Trace, tmp_path: Path, text: str) -> None:
    (tmp_path / "paper.txt").write_text(f"{text}\n", encoding="utf-8")
    posts = [f"🙂 {text} !", "nothing of the kind", f"> {text[len(text) // 3 :]}"]
    code, _, rows = traced(tmp_path / "paper.txt", posts, "--json")
    assert code == 0
    assert {(r["post_id"], r["how"]) for r in rows} == {("p0", "verbatim"), ("p2", "excerpt")}
    for row in rows:
        (ours,), (theirs,) = json.loads(row["doc_span"]), json.loads(row["post_span"])
        assert text[slice(*ours)] == posts[int(row["post_id"][1:])][slice(*theirs)] != ""


@pytest.mark.parametrize("name", ["document.pdf", "document.docx"])
def test_pdf_and_docx_are_followed_in_an_export(
    unfog: Callable[..., tuple[int, str]], tmp_path: Path, name: str
) -> None:
    code, told = unfog("trace", str(SAMPLES / name), "--in", str(SAMPLES / "reddit-pushshift.ndjson"),
                       "--out", str(tmp_path), "--json")  # fmt: skip
    assert code == 0
    assert json.loads(told)["appearances"] == 0
    assert "no proof" in " ".join(json.loads(told)["gaps"])


def locked_pdf(path: Path) -> Path:
    good = (SAMPLES / "document.pdf").read_bytes()
    mark = b"trailer\n<< "
    assert mark in good
    key = b"/Encrypt << /Filter /Standard /V 1 /R 2 /O <" + b"41" * 32 + b"> /U <" + b"42" * 32 + b"> /P -4 >> "
    path.write_bytes(good.replace(mark, mark + key + b"/ID [<00><00>] "))
    return path


def test_unreadable_documents_are_refused_with_a_mend(traced: Trace, tmp_path: Path) -> None:
    blank = tmp_path / "blank.txt"
    blank.write_text(" \n\t\n", encoding="utf-8")
    empty = tmp_path / "empty.txt"
    empty.touch()
    long = tmp_path / "long.txt"
    with long.open("wb") as file:
        file.truncate(300 << 20)
    for document, mend in (
        (locked_pdf(tmp_path / "locked.pdf"), "save a copy without"),
        (SAMPLES / "document-scan.pdf", "OCR"),
        (blank, "no text"),
        (empty, "empty"),
        (long, "document_bytes"),
        (tmp_path / "missing.txt", "there is no file"),
    ):
        code, told, rows = traced(document, [ENGLISH])
        assert (code, rows) == (2, []), document.name
        assert mend in told and document.name in told, (document.name, told)


def test_a_document_of_three_words_is_told_as_a_gap(traced: Trace, tmp_path: Path) -> None:
    (tmp_path / "short.txt").write_text("Sell the ferry", encoding="utf-8")
    code, told, rows = traced(tmp_path / "short.txt", [ENGLISH])
    assert (code, rows) == (0, [])
    assert "Not known" in told and "short" in told


def test_a_document_is_compared_with_the_official_one(traced: Trace, tmp_path: Path) -> None:
    (tmp_path / "leak.txt").write_text(ENGLISH.replace("bakery", "brewery"), encoding="utf-8")
    (tmp_path / "official.txt").write_text(ENGLISH, encoding="utf-8")
    code, told, rows = traced(tmp_path / "leak.txt", [ENGLISH], "--against", str(tmp_path / "official.txt"))
    assert code == 0 and [r["how"] for r in rows] == ["verbatim"]
    assert "altered" in told
