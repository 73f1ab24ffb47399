"""Rows of a world before they are written: plain arrays, and how they become a table of posts."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from unfog.model import TABLES
from unfog.simulate.words import addresses, hashtags, texts

I64 = npt.NDArray[np.int64]
POST, REPOST, REPLY = 0, 1, 2
KINDS = pa.array(["post", "repost", "comment"])
CLIENTS = pa.array(["web", "android", "iphone", "scheduler"])
PLATFORMS = pa.array(["twitter", "telegram", "facebook", "reddit"])
NONE = -1


@dataclass(frozen=True)
class Rows:
    """Actions of a world; every field has shape (n,); -1 means none.

    Attributes:
        post: Number of the post.
        account: Number of the account.
        time: Microseconds since 1970, UTC.
        kind: POST, REPOST or REPLY.
        ref: Post that is reposted or answered.
        author: Account that wrote ``ref`` (mentioned in replies).
        link: Link in the post.
        text: Text of the post; rows with one number have one text.
        variant: 0, or the number of a paraphrase of the text.
        media: Picture in the post.
        topic: Topic of the post.
    """

    post: I64
    account: I64
    time: I64
    kind: I64
    ref: I64
    author: I64
    link: I64
    text: I64
    variant: I64
    media: I64
    topic: I64

    def __len__(self) -> int:
        return len(self.post)

    def take(self, index: npt.NDArray[np.integer] | npt.NDArray[np.bool_]) -> Rows:
        """The rows at these positions."""
        return Rows(**{f.name: getattr(self, f.name)[index] for f in fields(Rows)})


def make(post: I64, account: I64, time: I64, **more: I64 | int) -> Rows:
    """Rows with ``-1`` (and kind POST, variant 0, topic 0) wherever nothing is given."""
    n = len(post)
    defaults = {"kind": POST, "variant": 0, "topic": 0}
    columns: dict[str, I64] = {"post": post, "account": account, "time": time}
    for f in fields(Rows)[3:]:
        value = more.get(f.name, defaults.get(f.name, NONE))
        columns[f.name] = np.broadcast_to(np.asarray(value, dtype=np.int64), (n,)).copy()
    return Rows(**columns)


def join(parts: list[Rows]) -> Rows:
    """All rows of several parts, by time (ties by number of the post)."""
    whole = Rows(**{f.name: np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(Rows)})
    return whole.take(np.lexsort((whole.post, whole.time)))


def _names(prefix: str, number: I64) -> pa.Array:
    named = pc.binary_join_element_wise(prefix, pc.cast(pa.array(number), pa.string()), "")
    return pc.if_else(pa.array(number < 0), pa.scalar(None, pa.string()), named)


def _single(values: pa.Array, present: npt.NDArray[np.bool_]) -> pa.Array:
    offsets = np.concatenate(([0], np.cumsum(present))).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), values.filter(pa.array(present)))


def table(rows: Rows, platform: I64, client: I64, handle: pa.Array, source: str) -> pa.Table:
    """Rows as a table of posts (see ``unfog.model.TABLES``).

    Args:
        rows: The rows.
        platform: Platform of every account, by account number.
        client: Client of every account, by account number.
        handle: Handle of every account, by account number.
        source: ``source_id`` of every row.
    """
    schema = TABLES["posts"].arrow_schema()
    n = len(rows)
    seconds = rows.time // 1_000_000 * 1_000_000
    when = pa.array(seconds).cast(pa.timestamp("us"))
    mentioned = rows.kind == REPLY
    whom = handle.take(pa.array(np.where(rows.author < 0, 0, rows.author)))
    text_id = np.where(rows.kind == REPOST, NONE, rows.text)
    columns: dict[str, pa.Array] = {
        "platform": PLATFORMS.take(pa.array(platform[rows.account])),
        "post_id": _names("p", rows.post),
        "account_id": _names("u", rows.account),
        "happened_at": when,
        "happened_precision": pa.repeat("second", n),
        "public_from": when,
        "obtained_at": pa.nulls(n, pa.timestamp("us")),
        "kind": KINDS.take(pa.array(rows.kind)),
        "text": texts(text_id, rows.topic, rows.variant),
        "lang": pa.repeat("en", n),
        "repost_of": _names("p", np.where(rows.kind == REPOST, rows.ref, NONE)),
        "reply_to": _names("p", np.where(rows.kind == REPLY, rows.ref, NONE)),
        "thread_id": _names("p", np.where(rows.kind == REPLY, rows.ref, NONE)),
        "urls": _single(addresses(np.maximum(rows.link, 0), rows.account), rows.link >= 0),
        "hashtags": hashtags(text_id, rows.topic),
        "mentions": _single(whom, mentioned & (rows.author >= 0)),
        "media_hashes": _single(_names("phash:", np.where(rows.media < 0, 0, rows.media)), rows.media >= 0),
        "community": _names("topic-", rows.topic),
        "client": CLIENTS.take(pa.array(client[rows.account])),
        "removed": pa.array(np.zeros(n, dtype=bool)),
        "source_id": pa.repeat(source, n),
    }
    arrays = [_fit(columns.get(f.name), f, n) for f in schema]
    return pa.Table.from_arrays(arrays, schema=schema)


def _fit(column: pa.Array | None, field: pa.Field, n: int) -> pa.Array:
    return pa.nulls(n, field.type) if column is None else column.cast(field.type)
