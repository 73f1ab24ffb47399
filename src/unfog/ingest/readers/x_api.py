"""X/Twitter API: v1.1 tweets, and v2 tweets as pages with expansions or flattened, one or a page per line."""

from __future__ import annotations

from collections.abc import Mapping

from unfog.ingest.reader import Part, Projection, Reader, Take, Time, take, whole_number
from unfog.ingest.sample import Sample

_OLD = "retweeted_status.extended_tweet", "retweeted_status", "extended_tweet"
_ID1 = take("id_str", "id")


def _old(*names: str) -> tuple[str, ...]:
    """A field in the places where v1.1 hides it: the retweeted post is complete where the retweet is cut off."""
    return tuple(f"{place}.{n}" for n in names for place in _OLD) + names


_V1 = Projection(
    "posts",
    {
        "post_id": _ID1,
        "account_id": take("user.id_str", "user.id"),
        "happened_at": Time(("created_at",), zone="UTC", snowflake=("id_str", "twitter")),
        "kind": take(
            sql="CASE WHEN {retweeted_status.id_str} IS NOT NULL THEN 'repost' "
            "WHEN {quoted_status_id_str} IS NOT NULL THEN 'quote' "
            "WHEN {in_reply_to_status_id_str} IS NOT NULL THEN 'comment' ELSE 'post' END"
        ),
        "text": take(
            "retweeted_status.extended_tweet.full_text",
            "retweeted_status.full_text",
            "retweeted_status.text",
            "extended_tweet.full_text",
            "full_text",
            "text",
            sql="uf_unescape({})",
            note="of a retweet: the whole text of the post it repeats",
        ),
        "lang": take("lang"),
        "repost_of": take("retweeted_status.id_str"),
        "reply_to": take("in_reply_to_status_id_str"),
        "quote_of": take("quoted_status_id_str"),
        "urls": Take(
            _old("entities.urls[*].expanded_url"), "uf_list({})", "expanded once by X; a shortener behind t.co stays"
        ),
        "hashtags": Take(_old("entities.hashtags[*].text"), "uf_lower_list(uf_list({}))"),
        "mentions": Take(("entities.user_mentions[*].screen_name",), "uf_lower_list(uf_list({}))"),
        "client": take("source", sql="uf_html_text({})"),
    },
)
_V1_COUNTS = Projection(
    "engagement",
    {
        "post_id": _ID1,
        "captured_at": Time((), required=False),
        "likes": whole_number("favorite_count"),
        "reposts": whole_number("retweet_count", note="of a retweet: retweets of the post it repeats"),
        "replies": whole_number("reply_count"),
        "audience": whole_number("user.followers_count"),
    },
    primary=False,
)
_V1_AUTHOR = Projection(
    "accounts",
    {
        "account_id": take("user.id_str", "user.id"),
        "handle": take("user.screen_name"),
        "name": take("user.name"),
        "created_at": Time(("user.created_at",), zone="UTC", required=False),
        "about": take("user.description"),
        "location": take("user.location"),
        "lang": take("user.lang"),
        "followers": whole_number("user.followers_count"),
        "following": whole_number("user.friends_count"),
        "posts_total": whole_number("user.statuses_count"),
    },
    primary=False,
)

_TWEET = ("tweet", "included")
_TIME2 = Time(("created_at",), zone="UTC", snowflake=("id", "twitter"))
_V2 = Projection(
    "posts",
    {
        "post_id": take("id"),
        "account_id": take("author_id", "author.id"),
        "happened_at": _TIME2,
        "kind": take(
            "referenced_tweets",
            sql="CASE WHEN uf_ref({}, 'retweeted') IS NOT NULL THEN 'repost' WHEN uf_ref({}, 'quoted') IS NOT NULL "
            "THEN 'quote' WHEN uf_ref({}, 'replied_to') IS NOT NULL THEN 'comment' ELSE 'post' END",
        ),
        "text": take("note_tweet.text", "text", sql="uf_unescape({})", note="a retweet's own text is cut off by X"),
        "lang": take("lang"),
        "repost_of": take("referenced_tweets", sql="uf_ref({}, 'retweeted')"),
        "reply_to": take("referenced_tweets", sql="uf_ref({}, 'replied_to')"),
        "quote_of": take("referenced_tweets", sql="uf_ref({}, 'quoted')"),
        "thread_id": take("conversation_id"),
        "urls": Take(
            ("entities.urls[*].unwound_url",), "coalesce(uf_list({}), uf_list({entities.urls[*].expanded_url}))"
        ),
        "hashtags": Take(("entities.hashtags[*].tag",), "uf_lower_list(uf_list({}))"),
        "mentions": Take(("entities.mentions[*].username",), "uf_lower_list(uf_list({}))"),
        "media_hashes": take(
            "attachments.media_keys",
            sql="uf_hashes(uf_list({}), 'x-media-key')",
            note="X's own keys of media, no hashes",
        ),
        "client": take("source"),
    },
    _TWEET,
)
_V2_COUNTS = Projection(
    "engagement",
    {
        "post_id": take("id"),
        "captured_at": Time(
            ("__twarc.retrieved_at", "^__twarc.retrieved_at"),
            zone="UTC",
            required=False,
            note="only where twarc wrote it",
        ),
        "likes": whole_number("public_metrics.like_count"),
        "reposts": whole_number("public_metrics.retweet_count"),
        "replies": whole_number("public_metrics.reply_count"),
        "views": whole_number("public_metrics.impression_count"),
        "audience": whole_number("author.public_metrics.followers_count"),
    },
    _TWEET,
    primary=False,
)


def _user(prefix: str) -> Mapping[str, Take | Time]:
    return {
        "account_id": take(prefix + "id"),
        "handle": take(prefix + "username"),
        "name": take(prefix + "name"),
        "created_at": Time((prefix + "created_at",), zone="UTC", required=False),
        "about": take(prefix + "description"),
        "location": take(prefix + "location"),
        "followers": whole_number(prefix + "public_metrics.followers_count"),
        "following": whole_number(prefix + "public_metrics.following_count"),
        "posts_total": whole_number(prefix + "public_metrics.tweet_count"),
    }


_V2_USERS = Projection("accounts", _user(""), ("user",))
_V2_AUTHORS = Projection("accounts", _user("author."), _TWEET, primary=False)
_V2_IDS = Projection("accounts", {"account_id": take("author_id", "author.id")}, _TWEET, primary=False)


def _is_v1(sample: Sample) -> float:
    return 0.95 if sample.is_json and sample.has("created_at", "user") and sample.any("id_str") else 0.0


def _is_page(sample: Sample) -> bool:
    first = sample.records[0] if sample.records else {}
    data = first.get("data")
    tweet = data[0] if isinstance(data, list) and data else data
    if isinstance(tweet, Mapping):
        return "text" in tweet and "id" in tweet
    return data is None and sample.has("data", "includes")


def _is_v2(sample: Sample) -> float:
    if not sample.is_json:
        return 0.0
    if sample.has("data") and sample.any("includes", "meta", "matching_rules", "__twarc") and _is_page(sample):
        return 0.95
    return 0.9 if sample.has("id", "text", "author_id") and not sample.any("user", "tweet_id") else 0.0


def _parts(sample: Sample) -> tuple[Part, ...]:
    if sample.has("data") and not sample.has("text"):
        return Part("tweet", "data"), Part("included", "includes.tweets"), Part("user", "includes.users")
    return (Part("tweet"),)


READERS = (
    Reader(
        name="x-v1",
        title="X/Twitter API v1.1 tweets (JSON)",
        version="1",
        looks=_is_v1,
        platform="twitter",
        projections=(_V1, _V1_COUNTS, _V1_AUTHOR),
        cannot_tell=("when the counts were read", "the conversation that a reply belongs to", "views"),
        source="developer.x.com, v1.1 tweet object",
    ),
    Reader(
        name="x-v2",
        title="X/Twitter API v2 tweets (JSON pages with expansions, or flattened)",
        version="1",
        looks=_is_v2,
        parts=_parts,
        platform="twitter",
        projections=(_V2, _V2_USERS, _V2_COUNTS, _V2_AUTHORS, _V2_IDS),
        cannot_tell=(
            "when the counts were read, unless twarc wrote it",
            "the whole text of a retweet, unless the post it repeats is included",
        ),
        source="developer.x.com, v2 tweet object",
    ),
)
