"""What the room reads: texts to look for, posts by id, the observation log, labels and roles."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa

from unfog.engine import Engine, Step
from unfog.model import parse_moment
from unfog.spread.events import (
    Event,
    actor_name,
    bare_id,
    community_name,
    counts_of,
    period_end,
    platform_name,
    same_event_keys,
)
from unfog.spread.match import Needle
from unfog.spread.options import Dated, Options, Target
from unfog.text.urls import canonical_url, canonical_urls, is_file

HAYSTACK = Step(
    "spread_texts",
    """
    SELECT platform || ':' || post_id AS id, concat_ws(chr(10), title, text) AS text
    FROM posts WHERE title IS NOT NULL OR text IS NOT NULL
    UNION ALL
    SELECT 'article:' || article_id AS id, concat_ws(chr(10), title, text) AS text FROM articles
    """,
    grain="one row per post or article with words",
    keep=False,
)

POSTS_BY_ID = Step(
    "spread_posts",
    """
    SELECT p.platform || ':' || p.post_id AS id, p.platform, p.post_id, p.account_id, p.happened_at,
           p.happened_precision, p.public_from, p.kind, p.title, p.text, p.lang, p.repost_of, p.reply_to, p.quote_of,
           p.thread_id, p.urls, p.media_hashes, p.community, p.permalink, p.removed
    FROM posts AS p INNER JOIN spread_wanted AS w ON p.platform || ':' || p.post_id = w.id
    """,
    grain="one row per wanted post",
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What one target is looked for by.

    Attributes:
        target: The target.
        needles: Texts with ids ``target|layer|number``.
        phrases: Short phrases, found as they stand.
        links: Canonical addresses of copies.
        media: Hashes of images.
        seeds: ``platform:post_id`` of seed posts that were found.
        lost: Seeds that are not among the posts.
        doc_of: Needle id -> document id or target id.
    """

    target: Target
    needles: tuple[Needle, ...]
    phrases: tuple[Needle, ...]
    links: frozenset[str]
    media: frozenset[str]
    seeds: tuple[str, ...]
    lost: tuple[str, ...]
    doc_of: dict[str, str]


def posts_by_id(engine: Engine, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Posts by ``platform:post_id``."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    engine.put("spread_wanted", pa.table({"id": pa.array(wanted, pa.string())}))
    engine.run(POSTS_BY_ID)
    return {r["id"]: r for r in engine.rows(f"SELECT * FROM {POSTS_BY_ID.name} ORDER BY id")}


def post_keys(row: dict[str, Any]) -> list[str]:
    """Keys under which other sources may tell of this post."""
    return same_event_keys(row["platform"], row["post_id"], row["permalink"] or "")


def find_seeds(engine: Engine, seeds: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """Seeds (permalink or ``platform:post_id``) as ids of posts, and those that are not there."""
    found: dict[str, str] = {}
    lost: list[str] = []
    for seed in seeds:
        keys = set(same_event_keys("", "", seed)) if "/" in seed else {seed.lower()}
        ids = sorted({re.split(r"[:/]", k)[-1] for k in keys})
        rows = engine.rows(
            "SELECT platform, post_id, permalink FROM posts WHERE post_id IN (SELECT unnest($ids)) OR "
            "regexp_replace(post_id, '^t[1-6]_', '') IN (SELECT unnest($ids)) OR "
            "(permalink IS NOT NULL AND contains(permalink, $last)) ORDER BY platform, post_id",
            ids=ids,
            last=ids[0] if len(ids[0]) > 4 else seed,
        )
        hits = [r for r in rows if keys & {*post_keys(r), f"{r['platform']}:{r['post_id']}".lower()}]
        if hits:
            found[seed] = f"{hits[0]['platform']}:{hits[0]['post_id']}"
        else:
            lost.append(seed)
    return found, lost


def wanted(engine: Engine, target: Target) -> Wanted:
    """Everything a target is looked for by, from its documents, passages, seeds and links."""
    needles: list[Needle] = []
    doc_of: dict[str, str] = {}
    links = {c for link in target.links if (c := canonical_url(link))}
    media = set(target.media)
    lost: list[str] = []

    def add(layer: str, text: str, doc: str) -> None:
        needle = Needle(f"{target.id}|{layer}|{len(needles)}", text)
        needles.append(needle)
        doc_of[needle.id] = doc

    for doc in target.documents:
        rows = engine.rows("SELECT text FROM documents WHERE doc_id = $doc", doc=doc)
        if rows and (rows[0]["text"] or "").strip():
            add("document", rows[0]["text"], doc)
        else:
            lost.append(doc)
    for text in target.excerpts:
        add("excerpt", text, target.id)
    found, missing = find_seeds(engine, target.seeds)
    lost += missing
    for seed in target.seeds:
        if "/" in seed and (canonical := canonical_url(seed)):
            links.add(canonical)
    for row in posts_by_id(engine, found.values()).values():
        text = "\n".join(t for t in (row["title"], row["text"]) if t)
        add("document", text, target.id)
        own = {k for k in post_keys(row) if "/" in k}
        links |= own | {u for u in canonical_urls(row["text"], row["urls"]) if is_file(u)}
        media |= set(row["media_hashes"] or ())
    phrases = tuple(Needle(f"{target.id}|narrative|{i}", t) for i, t in enumerate(target.narratives))
    doc_of |= {p.id: target.id for p in phrases}
    return Wanted(
        target, tuple(needles), phrases, frozenset(links), frozenset(media), tuple(found.values()), tuple(lost), doc_of
    )


@dataclass(frozen=True, slots=True)
class Roles:
    """Who acts as what: by the case, by its list of operators, by the log, by labels, in this order."""

    given: dict[str, str]
    operators: frozenset[str]
    labelled: frozenset[str]

    def of(self, platform: str, actor: str, logged: str = "") -> str:
        """Role of an account or person."""
        name = actor_name(actor)
        keys = (f"{platform}:{actor}".lower(), f"{platform}:{name}", name)
        for key in keys:
            if key in self.given:
                return self.given[key]
        if any(k in self.operators for k in keys):
            return "operator"
        if logged and logged != "unknown":
            return logged
        return "operator" if any(k in self.labelled for k in keys[:2]) else (logged or "unknown")


def read_roles(engine: Engine, options: Options) -> Roles:
    """Roles from the options and, where they say ``labels``, from the labels known at the as-of date."""
    labelled: set[str] = set()
    if "labels" in options.operators:
        rows = engine.rows(
            "SELECT l.platform, l.account_id, a.handle FROM labels AS l "
            "LEFT JOIN accounts AS a ON l.platform = a.platform AND l.account_id = a.account_id"
        )
        labelled = {f"{r['platform']}:{n}".lower() for r in rows for n in (r["account_id"], r["handle"]) if n}
    named = {o.lower() for o in options.operators if o != "labels"}
    return Roles(
        {k.lower(): v for k, v in options.roles.items()}, frozenset(named | {actor_name(n) for n in named}),
        frozenset(labelled),
    )  # fmt: skip


def narrowed(options: Options) -> dict[str, Dated]:
    """Narrowed dates by observation id or ``platform:post_id``."""
    return {d.id: d for d in options.dated}


def event_of_post(
    row: dict[str, Any], target: str, doc_id: str, layer: str, how: str, found_by: str, roles: Roles
) -> Event:
    """An appearance as a post tells it."""
    start: datetime | None = row["happened_at"]
    precision = row["happened_precision"] or "second"
    return Event(
        target=target,
        doc_id=doc_id,
        platform=platform_name(row["platform"]),
        native_id=bare_id(row["post_id"]),
        start=start,
        end=period_end(start, precision) if start else None,
        precision=precision,
        community=community_name(row["community"]),
        actor=row["account_id"] or "",
        role=roles.of(platform_name(row["platform"]), row["account_id"] or ""),
        layer=layer,
        how=how,
        lang=row["lang"] or "",
        found_by=(found_by,),
        url=row["permalink"] or "",
        removed=bool(row["removed"]),
        kind=row["kind"] or "",
        post_keys=((row["platform"], row["post_id"]),),
        public_from=row["public_from"] or start,
    )


def event_of_observation(row: dict[str, Any], roles: Roles, dates: dict[str, Dated]) -> Event:
    """An appearance as the log tells it."""
    start, end, why = row["happened_at"], row["happened_end"], ""
    precision = row["happened_precision"] or "day"
    if start is not None:
        end = max(end or start, period_end(start, precision))
    if (told := dates.get(row["observation_id"])) is not None:
        start = parse_moment(told.from_).start.replace(tzinfo=None)
        end, why = parse_moment(told.to).end.replace(tzinfo=None), told.because
    platform = platform_name(row["platform"])
    return Event(
        target=row["target"],
        doc_id=row["target"],
        platform=platform,
        native_id=bare_id(row["native_id"] or "") or row["observation_id"],
        start=start,
        end=end,
        precision=precision,
        community=community_name(row["community"]),
        actor=row["actor"] or "",
        role=roles.of(platform, row["actor"] or "", row["role"] or ""),
        layer=row["layer"] or "narrative",
        how=row["how"] or "reported",
        lang=row["lang"] or "",
        found_by=("log",),
        url=row["url"] or "",
        removed=bool(row.get("removed")),
        kind=row["kind"] or "",
        confidence=row["confidence"] or "",
        summary=row["summary"] or "",
        conflict=row["conflict"] or "",
        observation_ids=(row["observation_id"],),
        links_to=tuple(row["links_to"] or ()),
        counts=counts_of(row["engagement"]),
        public_from=row["public_from"] or end,
        narrowed=why,
    )
