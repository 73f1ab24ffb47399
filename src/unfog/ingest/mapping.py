"""``--map``: which column of an unknown table is which column of ours. What is left over is listed, never dropped silently."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from unfog.engine import literal
from unfog.errors import FormatError, UsageError, did_you_mean
from unfog.ingest.files import locate
from unfog.ingest.reader import Projection, Reader, Take, Time
from unfog.ingest.sample import Sample
from unfog.ingest.spec import FileSpec
from unfog.model import TABLES

_TABLES = ("posts", "accounts", "engagement", "labels", "documents", "articles")
_MADE = {
    "posts": ("account_id", "happened_at", "title", "text", "object_id", "permalink"),
    "documents": ("title", "text"),
    "articles": ("url", "publisher", "published", "title", "text"),
}
"""Columns that an id is made of where the map names none."""
_KEYS = ("table", "platform", "zone", "columns", "ignore", "snowflake", "unescape")

SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "post_id": ("post_id", "tweet_id", "tweetid", "id", "id_str", "status_id", "content_id", "message_id", "comment_id", "item_id"),
    "account_id": ("account_id", "user_id", "userid", "author_id", "author", "user", "username", "screen_name", "sender_id", "channel_id", "account", "from_id", "screenname"),
    "happened_at": ("happened_at", "created_at", "created_utc", "timestamp", "timestamp_share", "time", "date", "datetime", "published_at", "publish_date", "tweet_time", "created", "posted_at"),
    "text": ("text", "body", "content", "message", "tweet_text", "full_text", "selftext", "caption", "description"),
    "title": ("title", "headline"),
    "urls": ("urls", "url", "link", "links", "expanded_url"),
    "hashtags": ("hashtags", "tags"),
    "mentions": ("mentions", "user_mentions"),
    "object_id": ("object_id", "object"),
    "repost_of": ("repost_of", "retweet_tweetid", "retweeted_status_id", "retweet_id", "repost_id"),
    "reply_to": ("reply_to", "in_reply_to_tweetid", "in_reply_to_status_id", "parent_id"),
    "community": ("community", "subreddit", "group", "channel", "page", "page_name"),
    "lang": ("lang", "language", "tweet_language"),
    "permalink": ("permalink", "full_link", "post_url", "tweet_url"),
}  # fmt: skip


def read_map(spec: FileSpec, root: Path) -> dict[str, Any] | None:
    """The map of a file as a plain document, or None.

    Raises:
        UsageError: the map has an unknown key or column. FormatError: the map file cannot be read.
    """
    if spec.map is None:
        return None
    if isinstance(spec.map, dict):
        told = dict(spec.map)
    else:
        path, shown = locate(spec.map, root)
        try:
            text = path.read_text(encoding="utf-8")
            told = json.loads(text) if path.suffix.lower() == ".json" else tomllib.loads(text)
        except (OSError, ValueError) as why:
            raise FormatError(f"the map {shown} cannot be read: {why}") from None
    if "columns" not in told:
        told = {"columns": told}
    for key in told:
        if key not in _KEYS:
            raise UsageError(f"map: unknown key {key!r}{did_you_mean(key, _KEYS)}; known are {', '.join(_KEYS)}")
    table = told.get("table", "posts")
    if table not in _TABLES:
        raise UsageError(f"map: table = {table!r}; a map can give {', '.join(_TABLES)}")
    if not isinstance(told["columns"], dict):
        raise UsageError('map: columns must be a table of target = "source column"')
    known = TABLES[table].names
    for target, origin in told["columns"].items():
        if target not in known or target == "source_id":
            raise UsageError(f"map: {table} has no column {target!r}{did_you_mean(target, known)}")
        if not isinstance(origin, str) and not (isinstance(origin, list) and all(isinstance(o, str) for o in origin)):
            raise UsageError(f"map: columns.{target} must be the name of a source column, or a list of names")
    return told


def mapped_reader(told: Mapping[str, Any], sample: Sample, spec: FileSpec) -> Reader:
    """A reader for one mapped table. Its notes list the columns that nothing was made of.

    Raises:
        UsageError: the map names a column that the file lacks.
    """
    table = TABLES[told.get("table", "posts")]
    columns: dict[str, Take | Time] = {}
    used: list[str] = []
    for target, origin in told["columns"].items():
        if isinstance(origin, str) and (joined := _joined(origin, sample)) is not None:
            columns[target] = joined
            used += joined.all_fields
            continue
        fields = (origin,) if isinstance(origin, str) else tuple(origin)
        for f in fields:
            top = f.split(".")[0].removesuffix("[*]")
            if sample.columns and f not in sample.columns and top not in sample.columns and not _loosely(f, sample):
                raise UsageError(
                    f"map: the file has no column {f!r}{did_you_mean(f, sample.columns)}; it has {', '.join(sample.columns[:40])}"
                )
        used += fields
        columns[target] = _how(table.column(target).type, target, fields, told)
    if "sha256" in table.names and isinstance(text := columns.get("text"), Take):
        columns["sha256"] = Take(text.fields, f"sha256({text.sql})", "of the text: the row is no file of its own")
    projections = [Projection(table.name, columns, made_key=_made_key(table.name, columns))]
    if table.name == "posts" and "account_id" in columns:
        shared = {c: how for c, how in columns.items() if c in ("platform", "account_id")}
        projections.append(Projection("accounts", shared, primary=False))
    ignored = [*used, *told.get("ignore", [])]
    tops = {u.split(".")[0].removesuffix("[*]") for u in ignored} | set(ignored)
    left = [c for c in sample.columns if c not in tops]
    note = (f"columns that nothing was made of: {', '.join(left)}",) if left else ()
    platform = str(told.get("platform", "")) or spec.platform or ("web" if "platform" not in columns else "")
    return Reader(
        name="table", title="A table with a map", version="1", looks=lambda s: 0.0, projections=tuple(projections),
        platform=platform, note=lambda s: note,
    )  # fmt: skip


def _joined(origin: str, sample: Sample) -> Take | None:
    """``"{channel}/{id}"``: several columns joined with text between them; null where one of them is empty."""
    names = re.findall(r"\{([^{}]+)\}", origin)
    if not names or origin in sample.columns or not all(n in sample.columns or _loosely(n, sample) for n in names):
        return None
    pieces = re.split(r"(\{[^{}]+\})", origin)
    spelled = [p if p.startswith("{") else literal(p) for p in pieces if p]
    return Take((), " || ".join(spelled))


def _loosely(name: str, sample: Sample) -> bool:
    return name.strip().lower() in {c.strip().lower() for c in sample.columns}


def _how(kind: str, target: str, fields: tuple[str, ...], told: Mapping[str, Any]) -> Take | Time:
    if kind == "TIMESTAMP":
        snow = told.get("snowflake")
        origin = told["columns"].get("post_id")
        pair = (origin, str(snow)) if snow and isinstance(origin, str) and target == "happened_at" else None
        return Time(fields, zone=str(told.get("zone", "")), snowflake=pair, required=target == "happened_at")
    if kind == "VARCHAR[]":
        lower = target in ("hashtags", "mentions")
        return Take(fields, "uf_lower_list(uf_list({}))" if lower else "uf_list({})")
    if kind == "BIGINT":
        return Take(fields, "uf_int({})")
    if kind == "BOOLEAN":
        return Take(fields, "uf_bool({})")
    if target in ("text", "title") and told.get("unescape"):
        return Take(fields, "uf_unescape({})")
    return Take(fields)


def _made_key(table: str, columns: Mapping[str, object]) -> tuple[str, ...]:
    if table not in _MADE or TABLES[table].key[-1] in columns:
        return ()
    return tuple(c for c in _MADE[table] if c in columns)


def propose(sample: Sample) -> dict[str, str]:
    """A map for a table whose columns have telling names; each source column is used once."""
    lower = {c.strip().lower(): c for c in sample.columns}
    found: dict[str, str] = {}
    for target, words in SYNONYMS.items():
        for word in words:
            if word in lower and lower[word] not in found.values():
                found[target] = lower[word]
                break
    return found


def proposal_text(sample: Sample) -> str:
    """The proposal as a map file, with the columns that it leaves out."""
    found = propose(sample)
    left = [c for c in sample.columns if c not in found.values()]
    lines = ["# map.toml", "[columns]", *(f"{t} = {json.dumps(c, ensure_ascii=False)}" for t, c in found.items())]
    if left:
        lines.append(f"# not used: {', '.join(left[:60])}")
    return "\n".join(lines)
