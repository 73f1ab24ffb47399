"""All appearances of all targets: by text, by link, by image, and by the log; the same event is told once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from unfog.engine import Engine, Step
from unfog.engine.kernels.gram_join import GramRule
from unfog.model import Gap, StepRef
from unfog.spread.events import Event, bare_id, community_name, merge, same_event_keys
from unfog.spread.match import Match
from unfog.spread.options import Options
from unfog.spread.sources import (
    HAYSTACK,
    Roles,
    Wanted,
    event_of_observation,
    event_of_post,
    narrowed,
    post_keys,
    posts_by_id,
    read_roles,
    wanted,
)
from unfog.spread.tracing import trace
from unfog.text.language import detect_language
from unfog.text.urls import canonical_urls

Progress = Callable[[str, float], None]

LINKS = Step(
    "spread_links",
    """
    SELECT platform || ':' || post_id AS id, concat_ws(' ', text, array_to_string(urls, ' ')) AS links
    FROM posts WHERE text IS NOT NULL OR urls IS NOT NULL
    """,
    grain="one row per post that may hold a link",
    keep=False,
)

LOGGED = Step(
    "spread_logged",
    "SELECT * FROM observations WHERE target IS NOT NULL",
    grain="one row per entry of the log that is an appearance",
    keep=False,
)

IMAGES = Step(
    "spread_images",
    """
    SELECT id, hash FROM (
      SELECT platform || ':' || post_id AS id, unnest(media_hashes) AS hash FROM posts WHERE media_hashes IS NOT NULL
    )
    """,
    grain="one row per post and hash of an image",
    keep=False,
)

ROUNDS = 6
"""Most times that links to links are followed; what is left after that is told as a gap."""


AS_IT_STANDS = GramRule(rare_up_to=255, common_from=256, needles_from=1e9, least=3.0)
"""For passages that the case names itself: nothing in them counts as common property."""

PHRASES = GramRule(k=3, reach=1, rare_up_to=255, common_from=256, needles_from=1e9, least=2.0)
"""The same for short phrases."""


@dataclass(slots=True)
class Gathered:
    """Appearances and how they were searched for."""

    events: list[Event]
    wanted: list[Wanted]
    searched: int
    gaps: list[Gap] = field(default_factory=list)
    steps: list[StepRef] = field(default_factory=list)
    common: dict[str, float] = field(default_factory=dict)

    def of(self, target: str) -> list[Event]:
        """Events of one target in order of time."""
        return sorted((e for e in self.events if e.target == target), key=lambda e: e.order)


def gather(engine: Engine, options: Options, progress: Progress | None = None) -> Gathered:
    """Find all appearances.

    Args:
        engine: Holds posts, articles, documents, observations and labels, already as of the date asked for.
        options: What to look for.
        progress: Called with a message and the share done.
    """
    steps = [StepRef(name=s.name, sql=engine.run(s).sql) for s in (HAYSTACK, LINKS, IMAGES, LOGGED)]
    searched = int(engine.scalar(f"SELECT count(*) FROM {HAYSTACK.name}"))
    roles = read_roles(engine, options)
    wants = [wanted(engine, t) for t in options.targets]
    result = Gathered([], wants, searched, steps=steps)
    events = _by_text(engine, options, wants, roles, result, progress)
    events += _by_image(engine, wants, roles)
    events += _by_log(engine, options, roles)
    _at_hand(engine, events)
    events = _merged(events)
    for _ in range(ROUNDS):
        new = _by_link(engine, options, wants, events, roles)
        if not new:
            break
        events = _merged([*events, *new])
    else:
        result.gaps.append(
            Gap(
                id="spread.links", room="spread", sentence=f"Links were followed {ROUNDS} steps deep and went on.",
                mend="run again with the last pages as seeds",
            )
        )  # fmt: skip
    _languages(engine, events)
    result.events = sorted(events, key=lambda e: (e.target, *e.order))
    return result


def _by_text(
    engine: Engine, options: Options, wants: list[Wanted], roles: Roles, result: Gathered, progress: Progress | None
) -> list[Event]:
    texts = f"SELECT id, text FROM {HAYSTACK.name}"
    matches: list[tuple[Match, str]] = []
    given = [n for w in wants for n in w.needles]
    excerpts = [n for n in given if "|excerpt|" in n.id]
    for needles, rule in (([n for n in given if n not in excerpts], None), (excerpts, AS_IT_STANDS)):
        if not needles:
            continue
        traced = trace(
            engine, needles, texts, min_words=options.min_words, min_weight=options.min_weight, rule=rule,
            total=result.searched, progress=progress,
        )  # fmt: skip
        result.common |= traced.common
        matches += [(m, "") for m in traced.matches]
        for short in traced.too_short:
            result.gaps.append(
                Gap(
                    id=f"spread.short.{short.replace('|', '-')}", room="spread",
                    sentence=f"The text {short} has fewer than four words and cannot be found by its words.",
                    mend="give a longer passage, or list it under narratives",
                )
            )  # fmt: skip
    phrases = [p for w in wants for p in w.phrases]
    if phrases:
        traced = trace(engine, phrases, texts, min_words=options.narrative_words, min_weight=2.5, rule=PHRASES)
        matches += [(m, "narrative") for m in traced.matches if m.coverage >= 0.99 and m.similarity >= 0.99]
    doc_of = {k: v for w in wants for k, v in w.doc_of.items()}
    rows = posts_by_id(engine, (m.text_id for m, _ in matches))
    best: dict[tuple[str, str], Event] = {}
    for match, layer in matches:
        row = rows.get(match.text_id) or _article(engine, match.text_id)
        if row is None:
            continue
        target, own_layer, _ = match.needle.split("|")
        event = event_of_post(row, target, doc_of[match.needle], layer or own_layer, match.how, "text", roles)
        event.similarity, event.doc_span, event.post_span = match.similarity, match.doc_span, match.post_span
        key = (target, match.text_id)
        kept = best.get(key)
        rank = ("document", "excerpt", "narrative").index
        if kept is None or (rank(event.layer), -match.coverage) < (rank(kept.layer), -(kept.similarity or 0)):
            best[key] = event
    return list(best.values())


def _article(engine: Engine, text_id: str) -> dict[str, Any] | None:
    if not text_id.startswith("article:"):
        return None
    rows = engine.rows("SELECT * FROM articles WHERE article_id = $id", id=text_id.removeprefix("article:"))
    if not rows:
        return None
    a = rows[0]
    return {
        "platform": "article", "post_id": a["article_id"], "account_id": a["publisher"], "happened_at": a["published"],
        "happened_precision": a["published_precision"] or "day", "public_from": a["public_from"], "kind": "article",
        "title": a["title"], "text": a["text"], "lang": a["lang"], "community": None, "permalink": a["url"],
        "removed": False,
    }  # fmt: skip


def _by_image(engine: Engine, wants: list[Wanted], roles: Roles) -> list[Event]:
    events = []
    for want in wants:
        if not want.media:
            continue
        hits = engine.rows(
            f"SELECT DISTINCT id FROM {IMAGES.name} WHERE hash IN (SELECT unnest($h))", h=sorted(want.media)
        )
        for row in posts_by_id(engine, (h["id"] for h in hits)).values():
            events.append(event_of_post(row, want.target.id, want.target.id, "document", "image", "image", roles))
    return events


def _by_log(engine: Engine, options: Options, roles: Roles) -> list[Event]:
    known = {t.id: t.id for t in options.targets} | {d: t.id for t in options.targets for d in t.documents}
    dates = narrowed(options)
    events = []
    for row in engine.rows(f"SELECT * FROM {LOGGED.name} ORDER BY observation_id"):
        if row["target"] in known:
            event = event_of_observation(row, roles, dates)
            event.target = known[row["target"]]
            events.append(event)
    return events


def _at_hand(engine: Engine, events: list[Event]) -> None:
    """Tell logged events whose post is among the rows (if only its title, its body being removed) which one it is."""
    logged = [e for e in events if not e.post_keys and e.native_id not in e.observation_ids]
    forms = {
        f"{e.platform}:{form}": e for e in logged for form in (e.native_id, f"t3_{e.native_id}", f"t1_{e.native_id}")
    }
    for key, row in posts_by_id(engine, forms).items():
        event = forms[key]
        event.post_keys = ((row["platform"], row["post_id"]),)
        event.community = community_name(row["community"]) or event.community
        event.removed = event.removed or bool(row["removed"])


def _key(canonical: str) -> str:
    """The most telling part of a canonical address, to look for before parsing."""
    return max(re.split(r"[/?=&]", canonical), key=len)


def _by_link(engine: Engine, options: Options, wants: list[Wanted], events: list[Event], roles: Roles) -> list[Event]:
    """Posts that link to a known copy or appearance, and posts whose author adds such a link in a comment at once."""
    known: dict[str, set[str]] = {}
    for want in wants:
        for link in want.links:
            known.setdefault(link, set()).add(want.target.id)
    have: set[tuple[str, str]] = set()
    for event in events:
        if event.proven:
            have |= {(event.target, f"{p}:{i}") for p, i in event.post_keys}
        if event.layer != "disclosure" and event.how != "reported":
            for key in same_event_keys(event.platform, "", event.url) + same_event_keys(*_made_url(event)):
                if "/" in key:
                    known.setdefault(key, set()).add(event.target)
    if not known:
        return []
    pattern = "|".join(sorted({re.escape(_key(k)) for k in known}))
    ids: dict[str, set[str]] = {}
    for batch in engine.batches(f"SELECT id, links FROM {LINKS.name}"):
        hit = batch.filter(pc.fill_null(pc.match_substring_regex(batch.column(1), pattern, ignore_case=True), False))
        for post_id, links in zip(hit.column(0).to_pylist(), hit.column(1).to_pylist(), strict=True):
            for url in canonical_urls(links):
                for target in known.get(url, ()):
                    ids.setdefault(post_id, set()).add(f"{target}\x1f{url}")
    new: list[Event] = []
    rows = posts_by_id(engine, ids)
    for post_id, found in sorted(ids.items()):
        row = rows[post_id]
        own = set(post_keys(row))
        for target in sorted({f.split("\x1f")[0] for f in found if f.split("\x1f")[1] not in own}):
            if (target, post_id) not in have:
                have.add((target, post_id))
                event = event_of_post(row, target, target, "document", "link", "link", roles)
                event.links_to = tuple(sorted("url:" + f.split("\x1f")[1] for f in found))
                new.append(event)
    new += _own_comments(engine, options, [*events, *new], have, roles)
    return new


def _made_url(event: Event) -> tuple[str, str, str]:
    if event.platform == "reddit" and event.native_id and not event.url and event.post_keys:
        return event.platform, "", f"https://reddit.com/comments/{event.native_id}"
    return event.platform, "", ""


def _own_comments(
    engine: Engine, options: Options, events: Iterable[Event], have: set[tuple[str, str]], roles: Roles
) -> list[Event]:
    links = [e for e in events if e.how == "link" and e.post_keys]
    children = posts_by_id(engine, (f"{p}:{i}" for e in links for p, i in e.post_keys))
    parents: dict[str, tuple[Event, dict[str, Any]]] = {}
    for event in links:
        for platform, post_id in event.post_keys:
            row = children.get(f"{platform}:{post_id}")
            if row and row["reply_to"]:
                for form in {row["reply_to"], bare_id(row["reply_to"]), "t3_" + bare_id(row["reply_to"])}:
                    parents[f"{platform}:{form}"] = (event, row)
    new = []
    for key, parent in posts_by_id(engine, parents).items():
        event, child = parents[key]
        same = parent["account_id"] == child["account_id"]
        if not same or parent["happened_at"] is None or child["happened_at"] is None:
            continue
        lag = child["happened_at"] - parent["happened_at"]
        if timedelta(0) <= lag <= timedelta(hours=options.own_comment_h) and (event.target, key) not in have:
            have.add((event.target, key))
            new.append(event_of_post(parent, event.target, event.target, "document", "link", "own-comment", roles))
    return new


def _merged(events: list[Event]) -> list[Event]:
    """One event for each event: the same target and a shared native id or permalink."""
    by_key: dict[tuple[str, str], int] = {}
    kept: list[Event | None] = []
    for event in sorted(events, key=lambda e: (not e.proven, e.target, e.native_id, e.found_by)):
        keys = {(event.target, k) for k in same_event_keys(event.platform, event.native_id, event.url)}
        at = next((by_key[k] for k in sorted(keys) if k in by_key), None)
        if at is None:
            at = len(kept)
            kept.append(replace(event))
        else:
            before = kept[at]
            if before is not None:
                kept[at] = merge(before, event)
        for key in keys:
            by_key.setdefault(key, at)
    return [e for e in kept if e is not None]


def _languages(engine: Engine, events: list[Event]) -> None:
    unknown = [e for e in events if not e.lang and e.post_keys]
    rows = posts_by_id(engine, (f"{p}:{i}" for e in unknown for p, i in e.post_keys))
    for event in unknown:
        for platform, post_id in event.post_keys:
            row = rows.get(f"{platform}:{post_id}")
            if row:
                found = detect_language(" ".join(t for t in (row["title"], row["text"]) if t))
                event.lang = "" if found.code == "und" else found.code


def appearances_table(events: Iterable[Event]) -> pa.Table:
    """The table ``appearances`` (see model.tables), sorted by its key."""
    from unfog.model import TABLES

    rows = [
        {
            "appearance_id": e.id, "platform": e.platform, "post_id": e.native_id, "happened_at": e.start,
            "precision": e.precision, "community": e.community or None, "account_id": e.actor or None, "how": e.how,
            "similarity": e.similarity, "doc_id": e.doc_id, "target": e.target, "layer": e.layer, "role": e.role,
            "lang": e.lang or None, "found_by": "+".join(e.found_by), "observation_ids": list(e.observation_ids),
            "doc_span": e.doc_span, "post_span": e.post_span, "attempt_id": e.attempt_id or None,
        }
        for e in events
    ]  # fmt: skip
    return pa.Table.from_pylist(
        sorted(rows, key=lambda r: str(r["appearance_id"])), schema=TABLES["appearances"].arrow_schema()
    )
