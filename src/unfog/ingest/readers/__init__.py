"""The readers, one file per format, in one register by name."""

from __future__ import annotations

from collections.abc import Mapping

from unfog.ingest.reader import Reader
from unfog.ingest.readers import (
    article,
    auto_archiver,
    bluesky,
    coortweet,
    document,
    fourcat,
    mail,
    mastodon,
    meta,
    observation,
    pushshift,
    reddit_json,
    reddit_tables,
    statement,
    telegram,
    troll_tweets,
    warc,
    x_api,
    x_archive,
    youtube,
)

_ALL: tuple[Reader, ...] = (
    *pushshift.READERS,
    *reddit_json.READERS,
    *reddit_tables.READERS,
    *x_archive.READERS,
    *x_api.READERS,
    *troll_tweets.READERS,
    *bluesky.READERS,
    *mastodon.READERS,
    *telegram.READERS,
    *youtube.READERS,
    *meta.READERS,
    *fourcat.READERS,
    *coortweet.READERS,
    *auto_archiver.READERS,
    *warc.READERS,
    *mail.READERS,
    *observation.READERS,
    *article.READERS,
    *document.READERS,
    *statement.READERS,
)

READERS: Mapping[str, Reader] = {r.name: r for r in _ALL}
"""Every reader by the name that ``--format`` takes."""
