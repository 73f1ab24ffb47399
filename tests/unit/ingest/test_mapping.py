"""Tables in no known layout: a map may make posts, accounts, documents and articles of them, and loses no row."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any


def test_a_table_of_documents(read: Callable[..., Any], write: Callable[..., Path]) -> None:
    path = write("d.csv", "path,body\na/1.txt,One letter.\na/2.txt,Two letters.\na/3.txt,\n")
    got = read(path, map={"table": "documents", "columns": {"doc_id": "path", "text": "body"}})
    assert [(d["doc_id"], d["sha256"]) for d in got.rows("documents")] == [
        (f"a/{i}.txt", hashlib.sha256(t.encode()).hexdigest()) for i, t in ((1, "One letter."), (2, "Two letters."))
    ]
    assert got.reasons == ["no text (body is empty)"]


def test_documents_without_an_id_keep_their_count(read: Callable[..., Any], write: Callable[..., Path]) -> None:
    got = read(
        write("d.csv", "n,body\n1,same\n2,same\n3,other\n"), map={"table": "documents", "columns": {"text": "body"}}
    )
    assert (got.source.rows_kept, len(got.rows("documents"))) == (3, 3)


def test_a_table_of_articles_is_public_from_the_end_of_its_day(
    read: Callable[..., Any], write: Callable[..., Path]
) -> None:
    path = write("a.csv", 'page,out,body,paper\nhttps://x.example/1,"Oct 21, 2019",Ferry delayed,The Ferry\n')
    told = {
        "table": "articles",
        "columns": {"article_id": "page", "url": "page", "published": "out", "text": "body", "publisher": "paper"},
    }
    (article,) = read(path, map=told).rows("articles")
    assert (f"{article['published']}", article["published_precision"]) == ("2019-10-21 00:00:00", "day")
    assert f"{article['public_from']}" == "2019-10-21 23:59:59.999999"


def test_two_texts_under_one_id_are_both_kept(read: Callable[..., Any], write: Callable[..., Path]) -> None:
    path = write("d.csv", "id,body\n7,first\n7,second\n7,first\n")
    got = read(path, map={"table": "documents", "columns": {"doc_id": "id", "text": "body"}})
    assert (got.source.rows_kept, got.source.rows_duplicate) == (2, 1)
    assert {d["text"] for d in got.rows("documents")} == {"first", "second"}
