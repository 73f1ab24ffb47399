"""4CAT's CSV: the same core columns whatever the platform."""

from __future__ import annotations

from unfog.ingest.reader import Projection, Reader, Take, Time, take, whole_number
from unfog.ingest.sample import Sample

_PLATFORM = take(
    sql="CASE WHEN {subreddit} IS NOT NULL THEN 'reddit' WHEN {retweet_count} IS NOT NULL OR {is_retweet} IS NOT NULL THEN 'twitter' "
    "WHEN {board} IS NOT NULL OR {country_code} IS NOT NULL THEN '4chan' WHEN {chat} IS NOT NULL OR {author_forwarded_from_name} IS NOT NULL THEN 'telegram' "
    "WHEN {tiktok_url} IS NOT NULL THEN 'tiktok' WHEN {num_media} IS NOT NULL THEN 'instagram' END",
    note="told by a platform's own columns, else by the caller",
)
_WHO = take("author_id", "author")
_FROM = "coalesce({author_forwarded_from_id}, {author_forwarded_from_username}, {author_forwarded_from_name})"
_POSTS = Projection(
    "posts",
    {
        "platform": _PLATFORM,
        "post_id": take("id"),
        "account_id": _WHO,
        "happened_at": Time(("unix_timestamp", "timestamp"), zone="UTC", note="4CAT writes UTC"),
        "kind": take(
            sql=f"CASE WHEN uf_bool({{is_retweet}}) OR {_FROM} IS NOT NULL THEN 'repost' WHEN {{chat}} IS NOT NULL THEN 'message' "
            "WHEN uf_bool({is_quote_tweet}) THEN 'quote' WHEN {thread_id} <> {id} THEN 'comment' ELSE 'post' END"
        ),
        "title": take("subject"),
        "text": take("body"),
        "lang": take("language", "language_guess"),
        "thread_id": take("thread_id", sql="CASE WHEN {chat} IS NULL THEN {} END", note="of Telegram it is the chat"),
        "repost_of": take(
            "retweeted_id", "retweet_id", sql=f"coalesce({{}}, 'from:' || {_FROM})", note="of Telegram the origin only"
        ),
        "urls": Take(
            ("urls", "links", "entities_linked"),
            "uf_join_lists(uf_join_lists(uf_list({}), CASE WHEN {subreddit} IS NOT NULL AND {url} IS NOT NULL THEN [{url}] END), uf_urls({body}))",
            "the address of a Reddit post is what it links to, elsewhere the post's own",
        ),
        "hashtags": Take(("hashtags", "tags"), "coalesce(uf_lower_list(uf_list({})), uf_hashtags({body}))"),
        "mentions": Take(
            ("mentions", "entities_mentioned", "usertags"), "coalesce(uf_lower_list(uf_list({})), uf_mentions({body}))"
        ),
        "community": take("subreddit", "board", "chat"),
        "permalink": take(
            "post_url",
            "tweet_url",
            "tiktok_url",
            "link",
            sql="coalesce({}, CASE WHEN {subreddit} IS NULL THEN {url} END)",
        ),
    },
)
_COUNTS = Projection(
    "engagement",
    {
        "platform": _PLATFORM,
        "post_id": take("id"),
        "captured_at": Time(("collected_at", "timestamp_collected"), zone="UTC", required=False),
        "likes": whole_number("score", "like_count", "likes", "num_likes"),
        "reposts": whole_number("retweet_count", "shares", "forwards", "reposts"),
        "replies": whole_number("num_comments", "reply_count", "comments"),
        "views": whole_number("views", "impression_count", "plays"),
    },
    primary=False,
)
_AUTHORS = Projection(
    "accounts",
    {
        "platform": _PLATFORM,
        "account_id": _WHO,
        "handle": take("author_username", "author"),
        "name": take("author_fullname", "author_full", "author_name"),
    },
    primary=False,
)


def _looks(sample: Sample) -> float:
    return 0.9 if sample.is_table and sample.has("id", "thread_id", "timestamp", "body", "author") else 0.0


READERS = (
    Reader(
        name="4cat",
        title="4CAT (CSV)",
        version="2",
        looks=_looks,
        projections=(_POSTS, _COUNTS, _AUTHORS),
        cannot_tell=(
            "the platform, unless its own columns are there",
            "names that 4CAT was told to pseudonymise",
            "when most counts were read",
        ),
        source="Peeters & Hagen 2022, doi:10.5117/CCR2022.2.007.HAGE",
    ),
)
