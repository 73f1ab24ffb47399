"""CooRTweet's prepared table: who shared which object when, on any platform."""

from __future__ import annotations

from unfog.ingest.reader import Projection, Reader, Time, take
from unfog.ingest.sample import Sample

_POSTS = Projection(
    "posts",
    {
        "post_id": take(
            "content_id",
            sql="{} || coalesce('@' || {object_id}, '')",
            note="content_id@object_id: one row per post and object",
        ),
        "account_id": take("account_id"),
        "happened_at": Time(("timestamp_share",), zone="UTC", note="unix seconds, maybe with a fraction"),
        "object_id": take(
            "object_id", note="link, hashtag, image hash, reposted id ...: whatever the table was made for"
        ),
    },
)
_ACCOUNTS = Projection("accounts", {"account_id": take("account_id")}, primary=False)


def _looks(sample: Sample) -> float:
    return 1.0 if sample.has("object_id", "account_id", "content_id", "timestamp_share") else 0.0


READERS = (
    Reader(
        name="coortweet",
        title="CooRTweet input table (object_id, account_id, content_id, timestamp_share)",
        version="1",
        looks=_looks,
        platform="any",
        projections=(_POSTS, _ACCOUNTS),
        cannot_tell=("texts", "what kind of object was shared", "the platform, unless the caller names it"),
        source="Righetti & Balluff 2025, CooRTweet, github.com/nicolarighetti/CooRTweet",
    ),
)
