"""The stage on small hand-made tables: gaps instead of exceptions, comparison, search."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

from unfog import spread
from unfog.engine import DuckEngine
from unfog.errors import UsageError
from unfog.model import TABLES
from unfog.text.alignment import compare

PAPER = (
    "The island council will sell the old ferry, close the northern pier in autumn and lend the money to the bakery."
)


def fill(engine: DuckEngine, **rows: list[dict[str, Any]]) -> None:
    for name, table in TABLES.items():
        engine.put(name, pa.Table.from_pylist(rows.get(name, []), schema=table.arrow_schema()))


def post(n: int, text: str, **more: Any) -> dict[str, Any]:
    return {
        "platform": "forum", "post_id": f"p{n}", "account_id": f"acc{n}", "happened_at": datetime(2022, 1, 1) + timedelta(days=n),
        "happened_precision": "second", "text": text, "source_id": "s", "permalink": f"https://forum.example/t/post{n:04d}",
    } | more  # fmt: skip


def document(name: str, text: str) -> dict[str, Any]:
    return {"doc_id": name, "text": text, "sha256": "0", "source_id": "s"}


def test_empty_tables_give_gaps_and_no_exception(engine: DuckEngine) -> None:
    fill(engine)
    assert [g.id for g in spread.investigate(engine, spread.Options()).gaps] == ["spread.no-target"]
    target = spread.Target(id="t", documents=("missing",), seeds=("https://forum.example/t/9",))
    result = spread.investigate(engine, spread.Options(targets=(target,)))
    assert {g.id for g in result.gaps} == {"spread.lost.t", "spread.unseen.t"} and result.findings == ()
    assert engine.scalar("SELECT count(*) FROM appearances") == 0


def test_links_are_followed_and_an_own_comment_counts_for_its_post(engine: DuckEngine) -> None:
    posts = [
        post(1, f"Leaked: {PAPER}"),
        post(2, "look at https://www.forum.example/t/post0001?utm_source=x"),
        post(3, "a picture", account_id="me"),
        post(3, "see https://forum.example/t/post0002", post_id="c3", reply_to="p3", account_id="me", permalink=None)
        | {"happened_at": datetime(2022, 1, 4, 0, 5)},
        post(5, "nothing of the kind"),
    ]
    fill(engine, posts=posts, documents=[document("paper", PAPER)])
    target = spread.Target(id="t", documents=("paper",))
    result = spread.investigate(engine, spread.Options(targets=(target,), operators=("forum:acc1",)))
    rows = engine.rows("SELECT post_id, how, found_by, role FROM appearances ORDER BY post_id")
    assert {(r["post_id"], r["found_by"]) for r in rows} == {
        ("p1", "text"), ("p2", "link"), ("c3", "link"), ("p3", "own-comment"),
    }  # fmt: skip
    assert next(r for r in rows if r["post_id"] == "p1")["role"] == "operator"
    tree = next(f for f in result.findings if f.kind == "explicit-tree").data["edges"]
    assert sorted(e["kind"] for e in tree) == ["link", "link", "reply"]
    for finding in result.findings:
        assert finding.method and finding.population and finding.steps


def test_named_passages_and_phrases_are_found_as_they_stand(engine: DuckEngine) -> None:
    posts = [post(i, f"{'abcdefghijklmnopqrstuvwxyz'[i % 26] * 5} sell the old ferry now {i}") for i in range(40)]
    fill(engine, posts=posts)
    target = spread.Target(id="t", narratives=("sell the old ferry",))
    spread.investigate(engine, spread.Options(targets=(target,), narrative_words=4))
    assert engine.scalar("SELECT count(*) FROM appearances WHERE layer = 'narrative'") == 40


def test_documents_are_compared(engine: DuckEngine) -> None:
    fill(engine, documents=[document("leak", PAPER), document("official", PAPER.replace("the bakery", "████████"))])
    pair = spread.Against(document="leak", reference="official")
    (finding,) = spread.investigate(engine, spread.Options(comparisons=(pair,))).findings
    assert finding.kind == "document-comparison" and finding.figure("redacted").value.value == 2
    assert finding.data["rows"][0]["kind"] == "redacted"
    start, end = finding.data["rows"][0]["span"]
    assert PAPER[start:end] == "the bakery"
    gone = spread.investigate(engine, spread.Options(comparisons=(spread.Against(document="x", reference="leak"),)))
    assert gone.gaps[0].id == "spread.comparison.x"


@pytest.mark.parametrize(
    ("a", "b", "kinds"),
    [
        ("", "", []),
        ("one two three", "one two three", ["same"]),
        ("", "one", ["added"]),
        ("one", "", ["missing"]),
        ("a b c d e f g h", "a b c x e f g h", ["same", "altered", "same"]),
        ("a b c d", "a b c d e f", ["same", "added"]),
    ],
)
def test_alignment(a: str, b: str, kinds: list[str]) -> None:
    result = compare(a, b)
    assert [s.kind for s in result.stretches] == kinds
    assert sum(s.a_words for s in result.stretches) == result.a_words == len(a.split())
    assert sum(s.b_words for s in result.stretches) == result.b_words == len(b.split())


def test_search_folds_and_keeps_phrases_together(engine: DuckEngine) -> None:
    fill(engine, posts=[post(1, "Die FÄHRE wird verkauft"), post(2, "verkauft wird die Bäckerei")],
         observations=[{"observation_id": "o1", "summary": "the fahre is sold", "source_id": "s"}])  # fmt: skip
    hits, total = spread.search(engine, "fähre")
    assert total == 2 and {h.id for h in hits} == {"forum:p1", "o1"}
    hits, _ = spread.search(engine, '"wird die"')
    assert [h.id for h in hits] == ["forum:p2"] and hits[0].excerpt[hits[0].span[0] :].startswith("wird die")
    with pytest.raises(UsageError, match="no word"):
        spread.search(engine, "…!")
