"""Mastodon statuses, as any instance's API gives them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from unfog.ingest.reader import Projection, Reader, Take, Time, take, whole_number
from unfog.ingest.sample import Sample

_ID = take("uri", "id", note="the address that is the same on every instance")
_WHO = take("account.url", "account.acct", note="the profile's address")
_TEXT = "uf_html_text(coalesce({reblog.content}, {content}))"
_LINKS = (
    r"nullif(list_distinct(list_filter(list_transform(regexp_extract_all({}, "
    r"'<a [^>]*>'), lambda e: CASE WHEN regexp_matches(e, 'class=.[^>]*(mention|hashtag)') THEN NULL ELSE "
    r"uf_unescape(regexp_extract(e, 'href=.(https?://[^ >]*?)[\x22\x27]', 1)) END), lambda e: e <> '')), [])"
)
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
            _LINKS.replace("{}", "coalesce({reblog.content}, {content})"),
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


def unfold(top: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Activities of an outbox: what was written (Create) and what was boosted (Announce)."""
    for item in top.get("orderedItems") or []:
        if not isinstance(item, Mapping):
            yield {"uf_bad": str(item)[:100]}
            continue
        inner = item.get("object")
        told = {"type": item.get("type"), "actor": item.get("actor"), "published": item.get("published")}
        if item.get("type") == "Announce":
            yield {**told, "id": item.get("id"), "boosted": inner.get("id") if isinstance(inner, Mapping) else inner}
        elif isinstance(inner, Mapping):
            tags = [t for t in inner.get("tag") or [] if isinstance(t, Mapping)]
            yield {
                **told,
                **{k: inner.get(k) for k in ("id", "content", "summary", "inReplyTo", "url")},
                "tags": [t.get("name") for t in tags if t.get("type") == "Hashtag"],
                "mentions": [t.get("name") for t in tags if t.get("type") == "Mention"],
            }
        else:
            yield told


_OUTBOX = Projection(
    "posts",
    {
        "post_id": take("id"),
        "account_id": take("actor", note="the profile's address"),
        "happened_at": Time(("published",), zone="UTC"),
        "kind": take(
            sql="CASE WHEN {boosted} IS NOT NULL THEN 'repost' WHEN {inReplyTo} IS NOT NULL THEN 'comment' ELSE 'post' END"
        ),
        "title": take("summary", note="content warning"),
        "text": take("content", sql="uf_html_text({})", note="HTML taken off; a boost has none"),
        "repost_of": take("boosted"),
        "reply_to": take("inReplyTo"),
        "urls": take("content", sql=_LINKS),
        "hashtags": Take(("tags",), "uf_lower_list(uf_list({}))"),
        "mentions": Take(("mentions",), "uf_lower_list(uf_list({}))"),
        "community": take("actor", sql="uf_host({})", note="the author's instance"),
        "permalink": take("url"),
    },
    where="{type} IN ('Create', 'Announce')",
)
_ACTORS = Projection("accounts", {"account_id": take("actor")}, primary=False)


def _looks(sample: Sample) -> float:
    return 0.95 if sample.is_json and sample.has("uri", "content", "account", "created_at") else 0.0


def _looks_outbox(sample: Sample) -> float:
    return 0.95 if sample.is_json and sample.has("orderedItems", "@context") else 0.0


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
    Reader(
        name="mastodon-outbox",
        title="Mastodon, an account's own archive (outbox.json)",
        version="1",
        looks=_looks_outbox,
        unfold=unfold,
        platform="mastodon",
        projections=(_OUTBOX, _ACTORS),
        cannot_tell=(
            "counts of any kind",
            "what a boosted post said",
            "direct messages, where the archive leaves them out",
        ),
        source="ActivityStreams 2.0, w3.org/TR/activitystreams-vocabulary",
    ),
)
