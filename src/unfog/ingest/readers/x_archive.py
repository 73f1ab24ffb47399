"""X/Twitter's information-operations archive: tweets and users as CSV."""

from __future__ import annotations

from unfog.ingest.reader import Projection, Reader, Take, Time, always, listed, take, whole_number
from unfog.ingest.sample import Sample

_ID = take("tweetid")
_USER = take("userid", "user_screen_name", note="hashed by X for accounts with fewer than 5,000 followers")
_NONE = "CASE WHEN lower({}) IN ('absent', 'nan', '0') THEN NULL ELSE {} END"

POSTS = Projection(
    "posts",
    {
        "post_id": _ID,
        "account_id": _USER,
        "happened_at": Time(
            ("tweet_time",),
            zone="UTC",
            precision="minute",
            snowflake=("tweetid", "twitter"),
            note="published to the minute; tweetid gives milliseconds",
        ),
        "kind": take(
            sql="CASE WHEN uf_bool({is_retweet}) THEN 'repost' WHEN {quoted_tweet_tweetid} IS NOT NULL THEN 'quote' "
            "WHEN {in_reply_to_tweetid} IS NOT NULL THEN 'comment' ELSE 'post' END"
        ),
        "text": take("tweet_text", sql="uf_unescape({})"),
        "lang": take("tweet_language"),
        "repost_of": take("retweet_tweetid", sql=_NONE),
        "reply_to": take("in_reply_to_tweetid", sql=_NONE),
        "quote_of": take("quoted_tweet_tweetid", sql=_NONE),
        "urls": listed("urls", note="as expanded by X"),
        "hashtags": Take(("hashtags",), "coalesce(uf_lower_list(uf_list({})), uf_hashtags({tweet_text}))"),
        "mentions": Take(
            ("user_mentions",),
            "coalesce(uf_lower_list(uf_list({})), uf_mentions({tweet_text}))",
            "user ids as published, else handles out of the text",
        ),
        "client": take("tweet_client_name"),
    },
)
ENGAGEMENT = Projection(
    "engagement",
    {
        "post_id": _ID,
        "captured_at": Time((), required=False, note="not told; counts are of the day of publication by X"),
        "likes": whole_number("like_count"),
        "reposts": whole_number("retweet_count"),
        "replies": whole_number("reply_count"),
    },
    primary=False,
)
_ACCOUNT: dict[str, Take | Time] = {
    "account_id": _USER,
    "handle": take("user_screen_name"),
    "name": take("user_display_name"),
    "created_at": Time(("account_creation_date",), zone="UTC", required=False),
    "about": take("user_profile_description"),
    "lang": take("account_language"),
    "location": take("user_reported_location"),
    "followers": whole_number("follower_count"),
    "following": whole_number("following_count"),
    "suspended": always("true", note="every account of this archive was removed by X"),
}
AUTHORS = Projection("accounts", _ACCOUNT, primary=False)
USERS = Projection("accounts", _ACCOUNT)


def _tweets(sample: Sample) -> float:
    return 0.95 if sample.has("tweetid", "tweet_text", "tweet_time") else 0.0


def _users(sample: Sample) -> float:
    told = sample.has("userid", "account_creation_date", "follower_count") and not sample.any("tweetid")
    return 0.95 if told else 0.0


_CANNOT = (
    "the handle behind a hashed account",
    "when likes and retweets were counted",
    "posts deleted before X made the archive",
)
READERS = (
    Reader(
        name="x-archive",
        title="X/Twitter information-operations archive, tweets (CSV)",
        version="1",
        looks=_tweets,
        platform="twitter",
        projections=(POSTS, ENGAGEMENT, AUTHORS),
        cannot_tell=_CANNOT,
        source="Twitter Moderation Research Consortium, readme of the releases 2018-2022",
    ),
    Reader(
        name="x-archive-users",
        title="X/Twitter information-operations archive, users (CSV)",
        version="1",
        looks=_users,
        platform="twitter",
        projections=(USERS,),
        cannot_tell=_CANNOT[:1],
        source="Twitter Moderation Research Consortium, readme of the releases 2018-2022",
    ),
)
