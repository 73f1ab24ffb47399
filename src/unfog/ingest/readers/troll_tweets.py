"""Tweets of the Internet Research Agency as Clemson and FiveThirtyEight published them, and their list of authors."""

from __future__ import annotations

from unfog.ingest.reader import Projection, Reader, Take, Time, always, take, whole_number
from unfog.ingest.sample import Sample

_TEXT = Take(("content",), "uf_unescape({})")
_WHEN = Time(
    ("publish_date",), zone="UTC", precision="minute", snowflake=("tweet_id", "twitter"),
    note="Social Studio rounded it to the minute; versions with tweet_id give milliseconds",
)  # fmt: skip
_POST: dict[str, Take | Time] = {
    "account_id": take("author_id", "author", note="the handle; tables re-cut per author call it author_id"),
    "happened_at": _WHEN,
    "kind": take(
        sql="CASE WHEN uf_bool({retweet}) OR upper({post_type}) = 'RETWEET' THEN 'repost' WHEN upper({post_type}) = 'QUOTE_TWEET' THEN 'quote' ELSE 'post' END"
    ),
    "text": _TEXT,
    "lang": take("language", note="a name such as English, as published"),
    "urls": take(
        "content",
        sql="uf_join_lists(uf_join_lists(uf_urls(uf_unescape({})), uf_list({tco1_step1})), uf_list({tco2_step1}))",
        note="t.co links unless the file has the expanded ones",
    ),
    "hashtags": take("content", sql="uf_hashtags({})"),
    "mentions": take("content", sql="uf_mentions({})"),
    "permalink": take("article_url"),
}
_TWEETS = Projection(
    "posts",
    _POST,
    where="{tweet_id} IS NULL",
    made_key=("account_id", "happened_at", "kind", "text"),
)
_TWEETS_ID = Projection("posts", {"post_id": take("tweet_id"), **_POST}, where="{tweet_id} IS NOT NULL")
_AUTHOR = Projection(
    "accounts",
    {
        "account_id": take("author_id", "author"),
        "handle": take("author", "author_id"),
        "location": take("region", note="where Social Studio placed the account"),
        "followers": whole_number("followers"),
        "following": whole_number("following"),
        "posts_total": whole_number("updates", note="the account's number of tweets and likes at harvest"),
    },
    primary=False,
)
_CATEGORY = Projection(
    "labels",
    {
        "account_id": take("author_id", "author"),
        "label": take("account_category"),
        "by": always("Linvill and Warren (Clemson)"),
    },
    primary=False,
)

_AUTHORS = Projection(
    "accounts",
    {
        "account_id": take("author_id"),
        "handle": take("author"),
        "followers": take("followers_maximum", sql="uf_int({})", note="the largest seen"),
        "following": take("following_maximum", sql="uf_int({})", note="the largest seen"),
        "posts_total": take("tweet_count", sql="uf_int({})", note="tweets in the published set"),
    },
)


def _tweets(sample: Sample) -> float:
    if sample.has("publish_date", "content", "post_type") and sample.any("author_id", "author"):
        return 0.9
    return 0.0


def _authors(sample: Sample) -> float:
    return 0.9 if sample.has("author_id", "external_author_id", "account_category", "tweet_count") else 0.0


READERS = (
    Reader(
        name="ira-538",
        title="FiveThirtyEight / Clemson IRA tweets (CSV or Parquet)",
        version="1",
        looks=_tweets,
        platform="twitter",
        projections=(_TWEETS, _TWEETS_ID, _AUTHOR, _CATEGORY),
        cannot_tell=(
            "seconds, unless there is a tweet_id",
            "which post a retweet repeats: the retweeted id and 'RT @user' are missing",
            "where t.co links lead, unless the file has the expanded ones",
            "likes, replies and retweet counts",
        ),
        source="Linvill & Warren 2020, doi:10.1080/10584609.2020.1718257; github.com/fivethirtyeight/russian-troll-tweets",
    ),
    Reader(
        name="ira-538-authors",
        title="FiveThirtyEight / Clemson IRA list of authors with hand-coded categories",
        version="1",
        looks=_authors,
        platform="twitter",
        projections=(_AUTHORS, _CATEGORY),
        cannot_tell=("registration dates", "when followers were counted"),
        source="Linvill & Warren 2020, doi:10.1080/10584609.2020.1718257",
    ),
)
