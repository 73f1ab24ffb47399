"""Reddit in tables: submissions and comments whose times are text, the platform's own comment records, account lists."""

from __future__ import annotations

from unfog.ingest.reader import Projection, Reader, Time, always, take, whole_number, yes_no
from unfog.ingest.readers.pushshift import body, fullname, gone
from unfog.ingest.sample import Sample

_WHEN = Time(("created",), zone="UTC", note="text with its offset")
_LABEL = take("source_dir", note="the folder that the collector sorted the account into")

_SUBMISSIONS = Projection(
    "posts",
    {
        "post_id": take(
            "full_link",
            sql="regexp_extract({}, '/comments/([0-9a-z]+)', 1)",
            note="taken out of the address; there is no id column",
        ),
        "account_id": take("author"),
        "happened_at": _WHEN,
        "kind": always("post"),
        "title": take("title", sql="uf_unescape({})"),
        "text": body("selftext"),
        "thread_id": take("full_link", sql="regexp_extract({}, '/comments/([0-9a-z]+)', 1)"),
        "urls": take(
            "url",
            sql="uf_join_lists(CASE WHEN {url} IS NULL OR starts_with(coalesce({domain}, ''), 'self.') OR {url} = {full_link} "
            "THEN NULL ELSE [uf_unescape({url})] END, uf_md_urls({selftext}))",
        ),
        "community": take("subreddit"),
        "permalink": take("full_link"),
        "removed": gone("selftext"),
    },
    where="{full_link} IS NOT NULL AND {body} IS NULL",
)

_COMMENTS = Projection(
    "posts",
    {
        "post_id": take("id"),
        "account_id": take("author"),
        "happened_at": _WHEN,
        "kind": always("comment"),
        "text": body("body"),
        "reply_to": fullname("parent_id"),
        "thread_id": take(
            "parent_id",
            sql="CASE WHEN starts_with({}, 't3_') THEN substr({}, 4) END",
            note="only where the comment answers the post itself",
        ),
        "urls": take("body", sql="uf_md_urls({})"),
        "community": take("subreddit"),
        "removed": gone("body"),
    },
    where="{full_link} IS NULL",
)

_AUTHOR = Projection("accounts", {"account_id": take("author"), "handle": take("author")}, primary=False)
_AUTHOR_LABEL = Projection(
    "labels", {"account_id": take("author"), "label": _LABEL, "by": always("collector's folder")}, primary=False
)

_OFFICIAL = Projection(
    "posts",
    {
        "post_id": take("id", "name", "fullname", sql="regexp_replace({}, '^t[0-9]_', '')"),
        "account_id": take("author.name"),
        "happened_at": Time(("created_utc",), zone="UTC"),
        "kind": always("comment"),
        "text": body("body"),
        "reply_to": fullname("parent_id"),
        "thread_id": fullname("link_id"),
        "urls": take("body", sql="uf_md_urls({})"),
        "community": take("subreddit.display_name_prefixed", sql="regexp_replace({}, '^r/', '')"),
        "permalink": take(
            "permalink", sql="CASE WHEN starts_with({}, '/') THEN 'https://www.reddit.com' || {} ELSE {} END"
        ),
        "removed": gone("body"),
    },
)
_OFFICIAL_COUNTS = Projection(
    "engagement",
    {
        "post_id": take("id"),
        "captured_at": Time((), required=False),
        "likes": whole_number("score"),
        "replies": whole_number("num_comments", note="comments of the whole thread"),
    },
    primary=False,
)
_OFFICIAL_AUTHOR = Projection(
    "accounts", {"account_id": take("author.name"), "handle": take("author.name")}, primary=False
)

_USERS = Projection(
    "accounts",
    {
        "account_id": take("name"),
        "handle": take("name"),
        "created_at": Time(("created_utc",), zone="UTC", required=False),
        "karma": take(
            "link_karma", sql="uf_int({link_karma}) + uf_int({comment_karma})", note="link and comment karma together"
        ),
        "suspended": yes_no("is_suspended"),
    },
)

_LIST = Projection(
    "accounts",
    {
        "account_id": take("author"),
        "handle": take("author"),
        "posts_total": take(
            "n_submissions_in_file",
            sql="uf_int({n_submissions_in_file}) + uf_int({n_comments_in_file})",
            note="in the collector's file, not on the platform",
        ),
    },
)
_LIST_LABEL = Projection(
    "labels", {"account_id": take("author"), "label": _LABEL, "by": always("collector's folder")}, primary=False
)


def _frame(sample: Sample) -> float:
    told = sample.has("author", "created", "subreddit") and not sample.any("created_utc")
    return 0.9 if told and (sample.has("full_link", "title") or sample.has("body", "id", "parent_id")) else 0.0


def _records(sample: Sample) -> float:
    return 0.95 if sample.has("author.name", "body", "created_utc", "link_id") else 0.0


def _users(sample: Sample) -> float:
    return 0.9 if sample.has("name", "created_utc", "link_karma", "comment_karma") else 0.0


def _list(sample: Sample) -> float:
    return 0.9 if sample.has("author", "n_submissions_in_file", "n_comments_in_file") else 0.0


READERS = (
    Reader(
        name="reddit-frame",
        title="Reddit, a table of submissions or comments with times as text (psaw data frames)",
        version="1",
        looks=_frame,
        platform="reddit",
        projections=(_SUBMISSIONS, _COMMENTS, _AUTHOR, _AUTHOR_LABEL),
        cannot_tell=("scores and numbers of comments", "when the row was captured"),
        source="psaw, github.com/dmarx/psaw",
    ),
    Reader(
        name="reddit-suspicious-comments",
        title="Reddit, comments of listed accounts in the platform's own field names (praw data frame)",
        version="1",
        looks=_records,
        platform="reddit",
        projections=(_OFFICIAL, _OFFICIAL_COUNTS, _OFFICIAL_AUTHOR),
        cannot_tell=("when the row was captured", "audience of the subreddit"),
        source="github.com/ALCC01/reddit-suspicious-accounts",
    ),
    Reader(
        name="reddit-users",
        title="Reddit, a table of accounts (praw redditors)",
        version="1",
        looks=_users,
        platform="reddit",
        projections=(_USERS,),
        cannot_tell=("when the karma was read",),
        source="Reddit API, /user/about",
    ),
    Reader(
        name="reddit-account-list",
        title="Reddit, a list of accounts with the collector's folder and counts",
        version="1",
        looks=_list,
        platform="reddit",
        projections=(_LIST, _LIST_LABEL),
        cannot_tell=("registration dates",),
    ),
)
