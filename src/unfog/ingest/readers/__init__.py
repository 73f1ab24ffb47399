"""The readers, one file per format, in one register by name."""

from __future__ import annotations

from collections.abc import Mapping

from unfog.ingest.reader import Reader
from unfog.ingest.readers import (
    article,
    coortweet,
    document,
    observation,
    pushshift,
    reddit_tables,
    statement,
    troll_tweets,
)

_ALL: tuple[Reader, ...] = (
    *pushshift.READERS,
    *reddit_tables.READERS,
    *troll_tweets.READERS,
    *coortweet.READERS,
    *observation.READERS,
    *article.READERS,
    *document.READERS,
    *statement.READERS,
)

READERS: Mapping[str, Reader] = {r.name: r for r in _ALL}
"""Every reader by the name that ``--format`` takes."""
