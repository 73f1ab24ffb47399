"""Bluesky: feeds and searches, records of a repository, and the Jetstream, with reposts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from unfog.ingest.reader import Projection, Reader, Take, Time, take, whole_number
from unfog.ingest.sample import Sample

_POST, _REPOST = "app.bsky.feed.post", "app.bsky.feed.repost"


def unfold(top: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Flat records out of any of the layouts."""
    for key in ("feed", "posts", "records"):
        if isinstance(top.get(key), list):
            for item in top[key]:
                yield from _item(item)
            return
    yield from _item(top)


def _item(item: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    if isinstance(item.get("commit"), Mapping):
        yield _jetstream(item)
    elif isinstance(item.get("post"), Mapping):
        post = item["post"]
        yield _view(post)
        reason = item.get("reason")
        if isinstance(reason, Mapping) and str(reason.get("$type", "")).endswith("reasonRepost"):
            by = reason.get("by") or {}
            yield {
                "uri": reason.get("uri") or f"repost:{by.get('did')}:{post.get('uri')}",
                "did": by.get("did"),
                "handle": by.get("handle"),
                "name": by.get("displayName"),
                "kind": "repost",
                "createdAt": reason.get("indexedAt"),
                "repost_of": post.get("uri"),
                "text": (post.get("record") or {}).get("text"),
                **_facets(post.get("record") or {}),
            }
    elif isinstance(item.get("record"), Mapping):
        yield _view(item)
    elif isinstance(item.get("value"), Mapping):
        uri = str(item.get("uri", ""))
        yield {"uri": uri, "did": uri.removeprefix("at://").split("/")[0], **_record(item["value"])}
    else:
        yield item


def _view(post: Mapping[str, Any]) -> dict[str, Any]:
    author = post.get("author") or {}
    return {
        "uri": post.get("uri"),
        "did": author.get("did"),
        "handle": author.get("handle"),
        "name": author.get("displayName"),
        "account_created": author.get("createdAt"),
        "indexedAt": post.get("indexedAt"),
        "likes": post.get("likeCount"),
        "reposts": post.get("repostCount"),
        "replies": post.get("replyCount"),
        **_record(post.get("record") or {}),
    }


def _jetstream(event: Mapping[str, Any]) -> dict[str, Any]:
    commit = event["commit"]
    uri = f"at://{event.get('did')}/{commit.get('collection')}/{commit.get('rkey')}"
    base = {"uri": uri, "did": event.get("did"), "operation": commit.get("operation")}
    base["indexedAt"] = event.get("time_us")
    record = dict(commit.get("record") or {})
    record.setdefault("$type", commit.get("collection"))
    return {**base, **_record(record)}


def _record(record: Mapping[str, Any]) -> dict[str, Any]:
    kind = record.get("$type", _POST)
    if kind == _REPOST:
        subject = record.get("subject") or {}
        return {"kind": "repost", "createdAt": record.get("createdAt"), "repost_of": subject.get("uri")}
    if kind != _POST:
        return {"other": kind}
    reply = record.get("reply") or {}
    embed = record.get("embed") or {}
    inner = embed.get("record") or {}
    quote = inner.get("uri") or (inner.get("record") or {}).get("uri")
    return {
        "kind": "quote" if quote else "comment" if reply else "post",
        "text": record.get("text"),
        "createdAt": record.get("createdAt"),
        "lang": (record.get("langs") or [None])[0],
        "reply_to": (reply.get("parent") or {}).get("uri"),
        "thread": (reply.get("root") or {}).get("uri"),
        "quote_of": quote,
        **_facets(record),
    }


def _facets(record: Mapping[str, Any]) -> dict[str, Any]:
    links: list[str] = []
    tags: list[str] = list(record.get("tags") or [])
    mentions: list[str] = []
    for facet in record.get("facets") or []:
        for feature in facet.get("features") or []:
            links += [feature["uri"]] if "uri" in feature else []
            tags += [feature["tag"]] if "tag" in feature else []
            mentions += [feature["did"]] if "did" in feature else []
    embed = record.get("embed") or {}
    media = embed.get("media") or {}
    card = (embed.get("external") or media.get("external") or {}).get("uri")
    links += [card] if card and card not in links else []
    images = embed.get("images") or media.get("images") or []
    hashes = [((i.get("image") or {}).get("ref") or {}).get("$link") for i in images]
    return {"links": links, "tags": tags, "mentions": mentions, "images": [h for h in hashes if h]}


_POSTS = Projection(
    "posts",
    {
        "post_id": take("uri", note="the at:// address; of a repost its own, else repost:<who>:<what>"),
        "account_id": take("did"),
        "happened_at": Time(("createdAt", "indexedAt"), zone="UTC", note="createdAt is whatever the client wrote"),
        "kind": take("kind"),
        "text": take("text"),
        "lang": take("lang"),
        "repost_of": take("repost_of"),
        "reply_to": take("reply_to"),
        "quote_of": take("quote_of"),
        "thread_id": take("thread", sql="coalesce({}, CASE WHEN {kind} <> 'repost' THEN {uri} END)"),
        "urls": Take(("links",), "uf_list({})"),
        "hashtags": Take(("tags",), "uf_lower_list(uf_list({}))"),
        "mentions": Take(("mentions",), "uf_lower_list(uf_list({}))", "DIDs"),
        "media_hashes": Take(("images",), "uf_hashes(uf_list({}), 'cid')"),
    },
    where="{other} IS NULL AND coalesce({operation}, 'create') <> 'delete'",
)
_COUNTS = Projection(
    "engagement",
    {
        "post_id": take("uri"),
        "captured_at": Time((), required=False),
        "likes": whole_number("likes"),
        "reposts": whole_number("reposts"),
        "replies": whole_number("replies"),
    },
    primary=False,
)
_AUTHORS = Projection(
    "accounts",
    {
        "account_id": take("did"),
        "handle": take("handle"),
        "name": take("name"),
        "created_at": Time(("account_created",), zone="UTC", required=False),
    },
    primary=False,
)


def _looks(sample: Sample) -> float:
    if not sample.is_json:
        return 0.0
    if sample.has("did", "commit") or sample.has("uri", "cid", "author", "record"):
        return 1.0
    first = sample.records[0] if sample.records else {}
    text = sample.head[:4000]
    if sample.any("feed", "posts", "records", "post") and b"at://did:" in text:
        return 0.95
    return 0.95 if sample.has("uri", "value") and str(first.get("uri", "")).startswith("at://") else 0.0


READERS = (
    Reader(
        name="bluesky",
        title="Bluesky records (feeds, searches, repositories, Jetstream)",
        version="2",
        looks=_looks,
        unfold=unfold,
        platform="bluesky",
        projections=(_POSTS, _COUNTS, _AUTHORS),
        cannot_tell=(
            "the true time of a post: createdAt is written by the client",
            "when counts were read",
            "what a deleted record said",
            "handles, in repositories and the Jetstream",
        ),
        source="atproto.com/lexicons/app-bsky-feed",
    ),
)
