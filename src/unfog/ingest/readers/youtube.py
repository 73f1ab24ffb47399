"""YouTube comments: the Data API's pages, yt-dlp's info.json, and the CSV of YouTube Data Tools."""

from __future__ import annotations

from unfog.ingest.reader import Part, Projection, Reader, Take, Time, always, take, whole_number
from unfog.ingest.sample import Sample

_PARTS = ("comment", "reply")
_TEXT = "coalesce({snippet.textOriginal}, uf_html_text({snippet.textDisplay}))"
_API = Projection(
    "posts",
    {
        "post_id": take("id"),
        "account_id": take("snippet.authorChannelId.value", "snippet.authorDisplayName"),
        "happened_at": Time(("snippet.publishedAt",), zone="UTC"),
        "kind": always("comment"),
        "text": Take(("snippet.textOriginal", "snippet.textDisplay"), _TEXT),
        "reply_to": take("snippet.parentId", "snippet.videoId"),
        "thread_id": take("snippet.videoId"),
        "urls": Take(("snippet.textOriginal",), f"uf_urls({_TEXT})"),
        "hashtags": Take(("snippet.textOriginal",), f"uf_hashtags({_TEXT})"),
        "community": take("snippet.channelId", note="the channel of the video"),
    },
    _PARTS,
)
_API_COUNTS = Projection(
    "engagement",
    {"post_id": take("id"), "captured_at": Time((), required=False), "likes": whole_number("snippet.likeCount")},
    _PARTS,
    primary=False,
)
_API_AUTHORS = Projection(
    "accounts",
    {
        "account_id": take("snippet.authorChannelId.value", "snippet.authorDisplayName"),
        "name": take("snippet.authorDisplayName"),
        "handle": take("snippet.authorDisplayName", sql="CASE WHEN starts_with({}, '@') THEN substr({}, 2) END"),
    },
    _PARTS,
    primary=False,
)

_DLP = Projection(
    "posts",
    {
        "post_id": take("id"),
        "account_id": take("author_id", "author"),
        "happened_at": Time(
            ("timestamp",), zone="UTC", note="yt-dlp works it out from 'two days ago': coarse for old comments"
        ),
        "kind": always("comment"),
        "text": take("text"),
        "reply_to": take("parent", sql="CASE WHEN {} = 'root' THEN {^id} ELSE {} END"),
        "thread_id": take("^id"),
        "urls": take("text", sql="uf_urls({})"),
        "hashtags": take("text", sql="uf_hashtags({})"),
        "community": take("^channel_id"),
    },
    ("comment",),
)
_DLP_COUNTS = Projection(
    "engagement",
    {
        "post_id": take("id"),
        "captured_at": Time(("^epoch",), zone="UTC", required=False),
        "likes": whole_number("like_count"),
    },
    ("comment",),
    primary=False,
)
_DLP_AUTHORS = Projection(
    "accounts",
    {"account_id": take("author_id", "author"), "handle": take("author", sql="ltrim({}, '@')")},
    ("comment",),
    primary=False,
)

_CSV = Projection(
    "posts",
    {
        "post_id": take("id", "commentId"),
        "account_id": take("authorChannelId", "authorName"),
        "happened_at": Time(("publishedAt",), zone="UTC"),
        "kind": always("comment"),
        "text": take("text"),
        "reply_to": take("isReplyTo", "videoId"),
        "thread_id": take("videoId"),
        "urls": take("text", sql="uf_urls({})"),
        "hashtags": take("text", sql="uf_hashtags({})"),
    },
)
_CSV_COUNTS = Projection(
    "engagement",
    {
        "post_id": take("id", "commentId"),
        "captured_at": Time((), required=False),
        "likes": whole_number("likeCount"),
        "replies": whole_number("replyCount"),
    },
    primary=False,
)
_CSV_AUTHORS = Projection(
    "accounts",
    {"account_id": take("authorChannelId", "authorName"), "name": take("authorName")},
    primary=False,
)


def _api(sample: Sample) -> float:
    first = sample.records[0] if sample.records else {}
    told = str(first.get("kind", "")) or sample.head[:600].decode("utf-8", "replace")
    return 0.95 if sample.is_json and "youtube#comment" in told else 0.0


def _api_parts(sample: Sample) -> tuple[Part, ...]:
    if sample.has("items"):
        return (
            Part("comment", "items[*].snippet.topLevelComment"),
            Part("reply", "items[*].replies.comments[*]"),
        )
    if sample.has("snippet") and b"topLevelComment" in sample.head:
        return Part("comment", "snippet.topLevelComment"), Part("reply", "replies.comments")
    return (Part("comment"),)


def _dlp(sample: Sample) -> float:
    return 0.95 if sample.is_json and sample.has("comments", "webpage_url", "extractor") else 0.0


def _csv(sample: Sample) -> float:
    return 0.95 if sample.is_table and sample.has("publishedAt", "text", "authorName", "likeCount") else 0.0


_CANNOT = ("deleted or held-back comments", "when likes were counted", "dislikes")
READERS = (
    Reader(
        name="youtube-api",
        title="YouTube Data API v3, comment threads and comments (JSON)",
        version="1",
        looks=_api,
        parts=_api_parts,
        platform="youtube",
        projections=(_API, _API_COUNTS, _API_AUTHORS),
        cannot_tell=(*_CANNOT, "replies beyond those on the page"),
        source="developers.google.com/youtube/v3/docs/commentThreads",
    ),
    Reader(
        name="youtube-dlp",
        title="YouTube comments in yt-dlp's info.json",
        version="1",
        looks=_dlp,
        parts=lambda sample: (Part("comment", "comments"),),
        platform="youtube",
        projections=(_DLP, _DLP_COUNTS, _DLP_AUTHORS),
        cannot_tell=(*_CANNOT, "the exact time of older comments"),
        source="github.com/yt-dlp/yt-dlp",
    ),
    Reader(
        name="youtube-tools",
        title="YouTube Data Tools, comments (CSV)",
        version="1",
        looks=_csv,
        platform="youtube",
        projections=(_CSV, _CSV_COUNTS, _CSV_AUTHORS),
        cannot_tell=_CANNOT,
        source="ytdt.digitalmethods.net",
    ),
)
