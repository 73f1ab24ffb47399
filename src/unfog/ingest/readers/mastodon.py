"""Mastodon statuses, as any instance's API gives them."""

from __future__ import annotations

from unfog.ingest.reader import Projection, Reader, Take, Time, take, whole_number
from unfog.ingest.sample import Sample

_ID = take("uri", "id", note="the address that is the same on every instance")
_WHO = take("account.url", "account.acct", note="the profile's address")
_TEXT = "uf_html_text(coalesce({reblog.content}, {content}))"
_POSTS = Projection(
    "posts",
    {
        "post_id": _ID,
        "account_id": _WHO,
        "happened_at": Time(("created_at",), zone="UTC"),
        "kind": take(
            sql="CASE WHEN {reblog.uri} IS NOT NULL THEN 'repost' WHEN {quote.quoted_status.uri} IS NOT NULL THEN 'quote' "
            "WHEN {in_reply_to_id} IS NOT NULL THEN 'comment' ELSE 'post' END"
        ),
        "title": take("spoiler_text", note="content warning"),
        "text": Take(("content",), _TEXT, "HTML taken off; of a boost the text of the post it repeats"),
        "lang": take("language"),
        "repost_of": take("reblog.uri"),
        "reply_to": take(
            "in_reply_to_id", sql="'local:' || {}", note="an id of the instance that was asked, not an address"
        ),
        "quote_of": take("quote.quoted_status.uri"),
        "urls": Take(
            ("content",),
            r"nullif(list_distinct(list_filter(list_transform(regexp_extract_all(coalesce({reblog.content}, {content}), "
            r"'<a [^>]*>'), lambda e: CASE WHEN regexp_matches(e, 'class=.[^>]*(mention|hashtag)') THEN NULL ELSE "
            r"uf_unescape(regexp_extract(e, 'href=.(https?://[^ >]*?)[\x22\x27]', 1)) END), lambda e: e <> '')), [])",
        ),
        "hashtags": Take(("tags[*].name",), "uf_lower_list(coalesce(uf_list({reblog.tags[*].name}), uf_list({})))"),
        "mentions": Take(("mentions[*].acct",), "uf_lower_list(uf_list({}))"),
        "media_hashes": Take(
            ("media_attachments[*].blurhash",),
            "nullif(list_transform(json_extract_string(TRY_CAST({} AS JSON), '$[*]'), lambda e: 'blurhash:' || e), [])",
        ),
        "community": take("account.url", sql="uf_host({})", note="the author's instance"),
        "permalink": take("url"),
        "client": take("application.name"),
    },
)
_COUNTS = Projection(
    "engagement",
    {
        "post_id": _ID,
        "captured_at": Time((), required=False),
        "likes": whole_number("favourites_count"),
        "reposts": whole_number("reblogs_count"),
        "replies": whole_number("replies_count"),
        "audience": whole_number("account.followers_count"),
    },
    primary=False,
)
_AUTHORS = Projection(
    "accounts",
    {
        "account_id": _WHO,
        "handle": take("account.acct"),
        "name": take("account.display_name"),
        "created_at": Time(("account.created_at",), zone="UTC", required=False, note="Mastodon gives the day only"),
        "about": take("account.note", sql="uf_html_text({})"),
        "followers": whole_number("account.followers_count"),
        "following": whole_number("account.following_count"),
        "posts_total": whole_number("account.statuses_count"),
        "suspended": take("account.suspended", sql="uf_bool({})"),
    },
    primary=False,
)


def _looks(sample: Sample) -> float:
    return 0.95 if sample.is_json and sample.has("uri", "content", "account", "created_at") else 0.0


READERS = (
    Reader(
        name="mastodon",
        title="Mastodon statuses (JSON)",
        version="1",
        looks=_looks,
        platform="mastodon",
        projections=(_POSTS, _COUNTS, _AUTHORS),
        cannot_tell=(
            "counts on other instances",
            "when the counts were read",
            "which post a reply answers, across instances",
        ),
        source="docs.joinmastodon.org/entities/Status",
    ),
)
