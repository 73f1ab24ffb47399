"""Bellingcat's auto-archiver: the sheet of archived links, as CSV or XLSX. Each archived page becomes an article."""

from __future__ import annotations

from unfog.ingest.reader import Projection, Reader, Time, take
from unfog.ingest.sample import Sample

_ARTICLES = Projection(
    "articles",
    {
        "article_id": take("link", "url", sql="'archived-' || left(md5(trim({})), 16)"),
        "url": take("link", "url"),
        "publisher": take("link", "url", sql="uf_host(trim({}))"),
        "title": take("upload title", "title"),
        "published": Time(
            ("upload timestamp", "timestamp"), zone="UTC", required=False, note="of the post, as the archiver read it"
        ),
        "text": take("text content", "content", "upload title", "title"),
        "sha256": take(
            "hash",
            sql="lower(regexp_replace({}, '^sha-?(256|3-512):?', '', 'i'))",
            note="of the archived media, as auto-archiver wrote it",
        ),
    },
)


def _looks(sample: Sample) -> float:
    names = {c.strip().lower() for c in sample.columns}
    return 0.95 if {"archive status", "archive location", "hash"} <= names and names & {"link", "url"} else 0.0


READERS = (
    Reader(
        name="auto-archiver",
        title="auto-archiver sheet (CSV, XLSX)",
        version="1",
        looks=_looks,
        platform="web",
        projections=(_ARTICLES,),
        cannot_tell=("the account behind a post", "what failed to be archived (refused here, with the row)"),
        source="github.com/bellingcat/auto-archiver",
    ),
)
