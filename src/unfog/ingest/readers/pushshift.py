"""Reddit as Pushshift archived it: one JSON object per submission or comment, or a list per author."""

from __future__ import annotations

from unfog.ingest.reader import Part, Projection, Reader, Take, Time, always, take, whole_number
from unfog.ingest.sample import Sample

_AUTHOR = take("author", note="the handle; Pushshift's author_fullname is kept in accounts.about as id where given")
_GONE = "('[removed]', '[deleted]', '[removed by reddit]')"


def body(field: str) -> Take:
    """A body: entities resolved; null where it was removed or is empty."""
    return take(
        field,
        sql=f"CASE WHEN strlen({{}}) > 24 THEN uf_unescape({{}}) WHEN lower(trim({{}})) IN {_GONE} THEN NULL ELSE uf_unescape({{}}) END",
    )


def gone(field: str) -> Take:
    """Whether a body was removed before capture."""
    return take(
        field, sql=f"CASE WHEN strlen({{}}) > 24 THEN FALSE ELSE coalesce(lower(trim({{}})) IN {_GONE}, FALSE) END"
    )


def fullname(field: str) -> Take:
    """A Reddit id without its kind (``t3_``)."""
    return take(field, sql="regexp_replace({}, '^t[0-9]_', '')")


_SELF_LINK = "uf_bool({is_self}) OR starts_with(coalesce({domain}, ''), 'self.')"
_LINK = f"CASE WHEN {{url}} IS NULL OR ({_SELF_LINK}) THEN NULL ELSE [uf_unescape({{url}})] END"
_WHEN = Time(
    ("created_utc", "created"),
    zone="UTC",
    note="created_utc wins over created, which older Reddit clients shifted by hours",
)
_ID = take("id", "name", sql="regexp_replace({}, '^t[0-9]_', '')", note="base 36, without t1_ or t3_")

SUBMISSIONS = Projection(
    "posts",
    {
        "post_id": _ID,
        "account_id": _AUTHOR,
        "happened_at": _WHEN,
        "kind": always("post"),
        "title": take("title", sql="uf_unescape({})"),
        "text": body("selftext"),
        "thread_id": _ID,
        "quote_of": take(
            "crosspost_parent", sql="regexp_replace({}, '^t[0-9]_', '')", note="the post that a crosspost repeats"
        ),
        "urls": take(
            "url",
            sql=f"uf_join_lists({_LINK}, uf_md_urls({{selftext}}))",
            note="the link of a link post, then links in the text; a self post's own address is no link",
        ),
        "community": take("subreddit"),
        "permalink": take(
            "permalink", sql="CASE WHEN starts_with({}, '/') THEN 'https://www.reddit.com' || {} ELSE {} END"
        ),
        "removed": gone("selftext"),
    },
    ("submission",),
)

COMMENTS = Projection(
    "posts",
    {
        "post_id": _ID,
        "account_id": _AUTHOR,
        "happened_at": _WHEN,
        "kind": always("comment"),
        "text": body("body"),
        "reply_to": fullname("parent_id"),
        "thread_id": fullname("link_id"),
        "urls": take("body", sql="uf_md_urls({})"),
        "community": take("subreddit"),
        "permalink": take(
            "permalink", sql="CASE WHEN starts_with({}, '/') THEN 'https://www.reddit.com' || {} ELSE {} END"
        ),
        "removed": gone("body"),
    },
    ("comment",),
)

ENGAGEMENT = Projection(
    "engagement",
    {
        "post_id": _ID,
        "captured_at": Time(
            ("retrieved_on", "retrieved_utc"),
            zone="UTC",
            required=False,
            note="when Pushshift read the item, often seconds after posting",
        ),
        "likes": whole_number("score", note="Reddit's score, fuzzed by Reddit"),
        "replies": whole_number("num_comments"),
        "audience": whole_number("subreddit_subscribers", note="subscribers of the subreddit at capture"),
    },
    ("submission", "comment"),
    primary=False,
)

AUTHORS = Projection(
    "accounts",
    {
        "account_id": _AUTHOR,
        "handle": take("author"),
        "created_at": Time(("author_created_utc",), zone="UTC", required=False),
    },
    ("submission", "comment"),
    primary=False,
)

LISTED = Projection(
    "accounts",
    {"account_id": _AUTHOR, "handle": take("author")},
    ("author",),
)


def looks(sample: Sample) -> float:
    """Sure of Pushshift's own key names."""
    if nested(sample):
        return 1.0
    if sample.has("author", "created_utc", "subreddit") and sample.any("selftext", "body", "title"):
        return 0.9 if not sample.any("author.name", "kind") else 0.0
    return 0.0


def nested(sample: Sample) -> bool:
    """The list of ``{author, submissions, comments}``."""
    return (
        sample.has("author")
        and sample.any("submissions", "comments")
        and sample.is_json
        and not sample.any("created_utc")
    )


def parts(sample: Sample) -> tuple[Part, ...]:
    """One record per item, and one per author where the file lists authors."""
    if nested(sample):
        return Part("author"), Part("submission", "submissions"), Part("comment", "comments")
    return (Part("record"),)


def _both(projection: Projection, parts_: tuple[str, ...], where: str = "") -> Projection:
    return Projection(projection.table, projection.columns, parts_, where, projection.primary)


_IS_COMMENT = "({body} IS NOT NULL OR {parent_id} IS NOT NULL)"
READERS = (
    Reader(
        name="reddit-pushshift",
        title="Reddit, Pushshift records",
        version="1",
        looks=looks,
        parts=parts,
        platform="reddit",
        projections=(
            Projection(
                "posts", SUBMISSIONS.columns, (), f"part = 'submission' OR (part = 'record' AND NOT {_IS_COMMENT})"
            ),
            Projection("posts", COMMENTS.columns, (), f"part = 'comment' OR (part = 'record' AND {_IS_COMMENT})"),
            LISTED,
            _both(ENGAGEMENT, ("submission", "comment", "record")),
            _both(AUTHORS, ("submission", "comment", "record")),
        ),
        cannot_tell=(
            "who voted, and when",
            "what a text said before an edit or removal, unless it was captured earlier",
            "the registration date of most accounts",
        ),
        source="Baumgartner et al. 2020, The Pushshift Reddit Dataset, doi:10.1609/icwsm.v14i1.7347",
    ),
)
