"""Telegram Desktop's JSON export of one chat or of a whole account."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from unfog.ingest.reader import Projection, Reader, Take, Time, take, whole_number, yes_no
from unfog.ingest.sample import Sample


def unfold(top: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Every message with the chat it stands in."""
    lists = [top[k].get("list") for k in ("chats", "left_chats") if isinstance(top.get(k), Mapping)]
    chats = [chat for found in lists if isinstance(found, list) for chat in found]
    for chat in chats if lists else [top]:
        for message in chat.get("messages") or []:
            if not isinstance(message, Mapping):
                yield {"uf_bad": str(message)[:100]}
                continue
            text, links = _text(message)
            kept = {k: v for k, v in message.items() if not isinstance(v, (list, dict))}
            yield {
                **kept,
                "chat_id": str(chat.get("id", "")),
                "chat": chat.get("name"),
                "chat_type": chat.get("type"),
                "plain": text,
                "links": links,
                "reactions": sum(int(r.get("count") or 0) for r in message.get("reactions") or []) or None,
            }


def _text(message: Mapping[str, Any]) -> tuple[str, list[str]]:
    """The text, and the addresses behind its words."""
    raw = message.get("text_entities") or message.get("text") or ""
    pieces = raw if isinstance(raw, list) else [raw]
    text, links = [], []
    for piece in pieces:
        if isinstance(piece, Mapping):
            text.append(str(piece.get("text", "")))
            if piece.get("href"):
                links.append(str(piece["href"]))
        else:
            text.append(str(piece))
    return "".join(text), links


_ID = take("id", sql="{chat_id} || '/' || {}", note="chat id/message id")
_WHO = take(
    "from_id",
    "actor_id",
    sql="coalesce({}, CASE WHEN starts_with({chat_type}, 'private') THEN NULL ELSE 'chat' || {chat_id} END)",
    note="a channel posts as itself",
)
_POSTS = Projection(
    "posts",
    {
        "post_id": _ID,
        "account_id": _WHO,
        "happened_at": Time(
            ("date_unixtime", "date"), note="exports before 2022 give only the exporter's local clock: name its zone"
        ),
        "kind": take(
            "forwarded_from",
            "forwarded_from_id",
            sql="CASE WHEN {} IS NOT NULL THEN 'repost' WHEN {reply_to_message_id} IS NOT NULL THEN 'comment' ELSE 'message' END",
        ),
        "text": take("plain"),
        "repost_of": take(
            "forwarded_from_id",
            "forwarded_from",
            sql="'from:' || {}",
            note="the origin only (its id where the export gives it, else its name); there is no id of the message",
        ),
        "reply_to": take("reply_to_message_id", sql="{chat_id} || '/' || {}"),
        "urls": Take(("links",), "uf_join_lists(uf_list({}), uf_urls({plain}))"),
        "hashtags": Take(("plain",), "uf_hashtags({})"),
        "mentions": Take(("plain",), "uf_mentions({})"),
        "community": take("chat"),
        "client": take("via_bot"),
    },
    where="coalesce({type}, 'message') = 'message' AND {uf_bad} IS NULL",
)
_COUNTS = Projection(
    "engagement",
    {
        "post_id": _ID,
        "captured_at": Time((), required=False),
        "likes": whole_number("reactions", note="all reactions together"),
        "views": whole_number("views"),
    },
    where="coalesce({type}, 'message') = 'message'",
    primary=False,
)
_AUTHORS = Projection(
    "accounts",
    {"account_id": _WHO, "name": take("from", "actor"), "suspended": yes_no("suspended")},
    where="coalesce({type}, 'message') = 'message'",
    primary=False,
)


def _looks(sample: Sample) -> float:
    if sample.is_json and sample.has("messages", "type", "name"):
        return 0.95
    return 0.9 if sample.is_json and sample.has("chats", "about") else 0.0


READERS = (
    Reader(
        name="telegram-export",
        title="Telegram Desktop export (result.json)",
        version="2",
        looks=_looks,
        unfold=unfold,
        platform="telegram",
        projections=(_POSTS, _COUNTS, _AUTHORS),
        cannot_tell=(
            "which message a forward repeats",
            "deleted messages and earlier versions of edited ones",
            "the zone of the clock, in exports before 2022",
            "service messages (joins, pins) are refused, as they are no posts",
        ),
        source="telegram.org/blog/export-and-more",
    ),
)
