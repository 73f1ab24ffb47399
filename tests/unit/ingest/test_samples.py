"""Every format: its hand-made sample is recognised by content and gives exactly the rows that it should."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from unfog.ingest import READERS

T = datetime(2019, 10, 21, 8, 50, 34)
PAPERS = "https://example.org/papers"

# file, format, rows read, kept, duplicate, rejected, {table: rows}
COUNTS: list[tuple[str, str, tuple[int, int, int, int], dict[str, int]]] = [
    ("reddit-pushshift.ndjson", "reddit-pushshift", (9, 5, 1, 3), {"posts": 5, "engagement": 5, "accounts": 2}),
    ("reddit-pushshift-authors.json", "reddit-pushshift", (4, 4, 0, 0), {"posts": 2, "accounts": 2}),
    ("reddit-json.json", "reddit-json", (4, 3, 0, 1), {"posts": 3, "engagement": 3, "accounts": 2}),
    ("x-archive.csv", "x-archive", (3, 2, 0, 1), {"posts": 2, "engagement": 2, "accounts": 2}),
    ("x-archive-users.csv", "x-archive-users", (2, 2, 0, 0), {"posts": 0, "accounts": 2}),
    ("x-v1.jsonl", "x-v1", (2, 2, 0, 0), {"posts": 2, "engagement": 1, "accounts": 2}),
    ("x-v2.json", "x-v2", (5, 4, 1, 0), {"posts": 2, "engagement": 1, "accounts": 2}),
    ("ira-538.csv", "ira-538", (2, 2, 0, 0), {"posts": 2, "accounts": 1, "labels": 1}),
    ("bluesky.json", "bluesky", (3, 3, 0, 0), {"posts": 3, "engagement": 1, "accounts": 2}),
    ("bluesky-jetstream.jsonl", "bluesky", (3, 1, 0, 2), {"posts": 1, "accounts": 1}),
    ("mastodon.json", "mastodon", (2, 2, 0, 0), {"posts": 2, "engagement": 1, "accounts": 2}),
    ("mastodon-outbox.json", "mastodon-outbox", (3, 2, 0, 1), {"posts": 2, "engagement": 0, "accounts": 1}),
    ("telegram-export.json", "telegram-export", (3, 2, 0, 1), {"posts": 2, "accounts": 1}),
    ("telegram-export-2019.json", "telegram-export", (1, 1, 0, 0), {"posts": 1, "accounts": 1}),
    ("youtube-api.json", "youtube-api", (2, 2, 0, 0), {"posts": 2, "engagement": 2, "accounts": 2}),
    ("youtube-dlp.info.json", "youtube-dlp", (2, 2, 0, 0), {"posts": 2, "engagement": 1, "accounts": 2}),
    ("youtube-tools.csv", "youtube-tools", (2, 2, 0, 0), {"posts": 2, "engagement": 2, "accounts": 2}),
    ("crowdtangle.csv", "crowdtangle", (2, 2, 0, 0), {"posts": 2, "engagement": 2, "accounts": 1}),
    ("meta-content-library.csv", "meta-content-library", (2, 2, 0, 0), {"posts": 2, "engagement": 2, "accounts": 2}),
    ("4cat.csv", "4cat", (2, 2, 0, 0), {"posts": 2, "engagement": 2, "accounts": 2}),
    ("auto-archiver.csv", "auto-archiver", (2, 1, 0, 1), {"articles": 1}),
    ("web-archive.warc.gz", "web-archive", (3, 1, 0, 2), {"articles": 1}),
    ("web-archive.wacz", "web-archive", (3, 1, 0, 2), {"articles": 1}),
    ("mail.eml", "mail", (1, 1, 0, 0), {"posts": 1, "accounts": 1}),
    ("mail.mbox", "mail", (3, 2, 0, 1), {"posts": 2, "accounts": 2}),
    ("observation-log.jsonl", "observation-log", (5, 3, 0, 2), {"observations": 3}),
    ("observation-log.csv", "observation-log", (2, 1, 0, 1), {"observations": 1}),
    ("observation-log.xlsx", "observation-log", (2, 2, 0, 0), {"observations": 2}),
    ("statement-log.jsonl", "statement-log", (4, 2, 0, 2), {"statements": 2}),
    ("article.html", "article", (1, 1, 0, 0), {"articles": 1}),
    ("article.txt", "article", (1, 1, 0, 0), {"articles": 1}),
    ("document.pdf", "document", (1, 1, 0, 0), {"documents": 1}),
    ("document.docx", "document", (1, 1, 0, 0), {"documents": 1}),
]


@pytest.mark.parametrize(("name", "format_", "counts", "tables"), COUNTS, ids=[c[0] for c in COUNTS])
def test_sample(
    read: Callable[..., Any], name: str, format_: str, counts: tuple[int, int, int, int], tables: dict[str, int]
) -> None:
    got = read(name)
    s = got.source
    assert s.format == format_
    assert (s.rows_read, s.rows_kept, s.rows_duplicate, s.rows_rejected) == counts
    assert s.rows_read == s.rows_kept + s.rows_duplicate + s.rows_rejected
    assert {t: got.result.rows[t] for t in tables} == tables
    assert len(got.rows("rejects")) == s.rows_rejected
    assert all(r["reason"] and r["row"] >= 1 for r in got.rows("rejects"))
    assert "cannot tell" in s.notes


def test_coortweet_needs_a_platform_or_takes_any(read: Callable[..., Any]) -> None:
    got = read("coortweet.csv", platform="Twitter")
    assert (got.source.rows_read, got.source.rows_kept) == (4, 4)
    posts = got.rows("posts")
    assert {p["platform"] for p in posts} == {"twitter"}
    assert {p["post_id"]: p["object_id"] for p in posts} == {
        "p1@obj1": "obj1",
        "p2@obj1": "obj1",
        "p1@obj2": "obj2",
        "p9": None,
    }


def test_every_reader_has_a_sample_here_or_in_the_real_data() -> None:
    sampled = {c[1] for c in COUNTS} | {"coortweet"}
    real = {"reddit-frame", "reddit-suspicious-comments", "reddit-users", "reddit-account-list", "ira-538-authors"}
    assert set(READERS) - sampled - real == set()


ANYWHERE: list[tuple[str, str, dict[str, Any]]] = [
    ("reddit-pushshift.ndjson", "aaa001", {"happened_at": T, "happened_precision": "second", "title": "Harbour papers & more", "urls": ["https://example.org/papers?a=1&b=2"], "text": None, "removed": False, "community": "testpolitics", "thread_id": "aaa001", "permalink": "https://www.reddit.com/r/testpolitics/comments/aaa001/harbour_papers/"}),
    ("reddit-pushshift.ndjson", "aaa002", {"urls": ["https://example.org/a_b", "https://example.net/c"], "text": "See https://example.org/a\\_b and (https://example.net/c). 1 > 0"}),
    ("reddit-pushshift.ndjson", "ccc001", {"kind": "comment", "text": None, "removed": True, "reply_to": "aaa001", "thread_id": "aaa001"}),
    ("reddit-pushshift.ndjson", "ccc002", {"text": "I read it <twice>", "reply_to": "ccc001"}),
    ("reddit-json.json", "ddd002", {"text": "Thanks", "reply_to": "ddd001", "thread_id": "bbb001"}),
    ("x-archive.csv", "1186203107697098769", {"happened_at": T.replace(microsecond=120000), "happened_precision": "millisecond", "urls": ["https://example.org/papers?x=1,2"], "hashtags": ["harbour"]}),
    ("x-archive.csv", "1186253154132426769", {"kind": "repost", "repost_of": "1186203107697098769", "urls": None, "mentions": ["hash001"]}),
    ("x-v1.jsonl", "1186253154132426769", {"kind": "repost", "text": "Cut off text & more #Harbour https://t.co/x", "urls": [PAPERS], "hashtags": ["harbour"], "mentions": ["invented1"], "account_id": "43"}),
    ("x-v1.jsonl", "1186203107697098769", {"client": "TestClient", "urls": [PAPERS]}),
    ("x-v2.json", "1186253154132426769", {"kind": "repost", "repost_of": "1186203107697098769"}),
    ("x-v2.json", "1186203107697098769", {"text": "Look & see #Harbour", "urls": [PAPERS], "hashtags": ["harbour"]}),
    ("bluesky.json", "repost:did:plc:invented2:at://did:plc:invented1/app.bsky.feed.post/3kaaa", {"kind": "repost", "repost_of": "at://did:plc:invented1/app.bsky.feed.post/3kaaa", "account_id": "did:plc:invented2"}),
    ("bluesky.json", "at://did:plc:invented1/app.bsky.feed.post/3kaaa", {"urls": [PAPERS], "hashtags": ["harbour"], "lang": "en", "media_hashes": ["cid:bafkimg"], "happened_precision": "millisecond"}),
    ("mastodon.json", "https://masto.test/users/one/statuses/111700000000000001", {"text": "Harbour & papers #Harbour\nsee example.org", "urls": ["https://example.org/papers?a=1&b=2"], "community": "masto.test"}),
    ("mastodon.json", "https://masto.test/users/two/statuses/111700000000000002/activity", {"kind": "repost", "text": "Harbour", "hashtags": ["harbour"]}),
    ("telegram-export.json", "1234567890/2", {"text": "Papers here #Harbour", "urls": [PAPERS], "hashtags": ["harbour"], "happened_at": datetime(2024, 1, 2, 3, 4, 5)}),
    ("telegram-export.json", "1234567890/3", {"kind": "repost", "repost_of": "from:Other channel", "reply_to": "1234567890/2"}),
    ("youtube-api.json", "Ugx1.r1", {"text": "No 'it'", "reply_to": "Ugx1", "thread_id": "vid001"}),
    ("youtube-api.json", "Ugx1", {"text": "See https://example.org & think #harbour", "reply_to": "vid001", "hashtags": ["harbour"]}),
    ("youtube-dlp.info.json", "Ugx1", {"reply_to": "vid001", "thread_id": "vid001", "community": "UCchan"}),
    ("youtube-tools.csv", "Ugx1.r1", {"reply_to": "Ugx1"}),
    ("crowdtangle.csv", "400500600700", {"happened_at": T, "platform": "facebook", "urls": [PAPERS]}),
    ("crowdtangle.csv", "400500600701", {"happened_at": datetime(2020, 1, 21, 9, 50, 34), "urls": None}),
    ("meta-content-library.csv", "9001", {"platform": "facebook", "urls": [PAPERS], "hashtags": ["harbour"]}),
    ("meta-content-library.csv", "9002", {"platform": "instagram", "urls": None}),
    ("4cat.csv", "ccc001", {"platform": "reddit", "kind": "comment", "thread_id": "aaa001", "text": 'answer, with "quotes"', "urls": None}),
    ("ira-538.csv", "1186203107697098769", {"happened_at": T.replace(microsecond=120000), "urls": ["https://t.co/x", PAPERS], "kind": "post"}),
    ("mail.eml", "m1@example.org", {"account_id": "one@example.org", "title": "Harbour – papers", "happened_at": T, "mentions": ["two@example.net", "three@example.net"], "media_hashes": ["sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"]}),
    ("mail.mbox", "m1@example.org", {"text": "From here on it is quoted.", "happened_at": T}),
    ("mail.mbox", "m2@example.net", {"reply_to": "m1@example.org", "thread_id": "m1@example.org"}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "post", "expected"), ANYWHERE, ids=[f"{a[0]}:{a[1][-20:]}" for a in ANYWHERE])
def test_fields_of_a_post(read: Callable[..., Any], name: str, post: str, expected: dict[str, Any]) -> None:
    found = {p["post_id"]: p for p in read(name).rows("posts")}
    assert {k: found[post][k] for k in expected} == expected


def test_half_a_surrogate_pair_is_mended_not_lost(read: Callable[..., Any]) -> None:
    got = read("reddit-pushshift.ndjson")
    text = {p["post_id"]: p["text"] for p in got.rows("posts")}["ccc003"]
    assert text.startswith("half a pair ") and text.endswith(" here") and "\ud83d" not in text
    assert "half of a surrogate pair" in got.source.notes


def test_counts_are_as_captured(read: Callable[..., Any]) -> None:
    counts = {e["post_id"]: e for e in read("reddit-pushshift.ndjson").rows("engagement")}
    assert counts["aaa001"]["likes"] == 7
    assert counts["aaa001"]["audience"] == 1200
    assert counts["aaa001"]["captured_at"] == datetime(2019, 10, 21, 8, 51, 40)
    assert counts["ccc003"]["captured_at"] is None


def test_an_account_without_posts_is_an_account(read: Callable[..., Any]) -> None:
    got = read("reddit-pushshift-authors.json")
    assert {a["account_id"] for a in got.rows("accounts")} == {"quiet_heron", "never_posted"}


def test_a_local_clock_is_said_to_be_assumed_and_can_be_named(read: Callable[..., Any]) -> None:
    assumed = read("telegram-export-2019.json")
    assert "read as UTC, assumed" in assumed.source.notes
    named = read("telegram-export-2019.json", out="named", zone="Europe/Berlin")
    assert named.rows("posts")[0]["happened_at"] == T
    assert "Europe/Berlin, named by the case" in named.source.notes


def test_a_document_of_images_names_ocr(read: Callable[..., Any]) -> None:
    from unfog.errors import FormatError

    with pytest.raises(FormatError, match="OCR"):
        read("document-scan.pdf")


def test_document_text(read: Callable[..., Any]) -> None:
    assert "Minutes of the second meeting" in read("document.pdf").rows("documents")[0]["text"]
    docx = read("document.docx", out="docx").rows("documents")[0]
    assert docx["text"] == "Minutes of the second meeting.\nitem\tcost\nEnd."
    assert docx["title"] == "Harbour papers"
    txt = read("document.txt", out="txt", format="document").rows("documents")[0]
    assert len(txt["pages"]) == 2


def test_article_offsets_are_code_points_of_the_stored_text(read: Callable[..., Any], samples: Path) -> None:
    article = read("article.txt").rows("articles")[0]
    assert article["title"] == "Papers appear"
    assert article["published"] == datetime(2019, 12, 2)
    assert article["public_from"] == datetime(2019, 12, 2, 23, 59, 59, 999999)
    assert article["text"].split("\n")[1][:17] == "“Almost certain”,"
    assert article["text"].index("ship") == article["text"].index("\U0001f6a2") + 2
    assert "\r" not in article["text"]


def test_html_article(read: Callable[..., Any]) -> None:
    article = read("article.html").rows("articles")[0]
    assert "nobody looked at them for five weeks" in article["text"]
    assert "Imprint" not in article["text"] and "<p>" not in article["text"]
    assert article["published"] == datetime(2019, 12, 2, 18, 30)
    assert article["publisher"] == "Test Gazette" and article["lang"] == "en"


def test_an_archived_page_was_public_when_it_was_captured(read: Callable[..., Any]) -> None:
    page = read("web-archive.warc.gz").rows("articles")[0]
    assert page["url"] == "https://gazette.test/papers"
    assert page["public_from"] == datetime(2019, 12, 3, 9, 0, 0, 999999)


def test_observations(read: Callable[..., Any]) -> None:
    rows = {o["observation_id"]: o for o in read("observation-log.jsonl").rows("observations")}
    assert rows["T01"]["public_from"] == datetime(2019, 10, 21, 8, 50, 34, 999999)
    assert rows["T01"]["community"] == "testpolitics" and rows["T01"]["lang"] == "en"
    assert rows["T02"]["happened_end"] == datetime(2019, 10, 31, 23, 59, 59, 999999)
    assert rows["T02"]["public_from"] == datetime(2019, 12, 6, 23, 59, 59, 999999)
    assert rows["T02"]["links_to"] == ["T01"]
    assert rows["T05"]["value"] == 2752


def test_spreadsheet_cells_are_never_computed(read: Callable[..., Any]) -> None:
    rows = {o["observation_id"]: o for o in read("observation-log.xlsx").rows("observations")}
    assert rows["W01"]["summary"] == "=1+1 is no summary"
    assert rows["W01"]["happened_precision"] == "day"
