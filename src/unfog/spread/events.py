"""The event in which something appears, wherever it is told: in a post, an article, an entry of the log, or all."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from unfog.model import Moment, Precision
from unfog.text.urls import canonical_url

UTC_OFFSET = "+00:00"
CONFIDENCE = {"high": 3, "medium": 2, "low": 1, "": 2}
HOWS = ("verbatim", "excerpt", "reworded", "translated", "image", "link", "reported")


def bare_id(post_id: str) -> str:
    """A platform's id without the type prefix that some exports add (Reddit's ``t3_``)."""
    return re.sub(r"^t[1-6]_", "", post_id.strip())


def platform_name(platform: str | None) -> str:
    """Platform in lower case, blanks made one."""
    return " ".join((platform or "unknown").lower().split())


def community_name(community: str | None) -> str:
    """Community as its platform spells it, without ``r/`` or ``@``, lower case."""
    return re.sub(r"^(?:/?r/|@)", "", (community or "").strip()).lower()


def actor_name(actor: str | None) -> str:
    """Actor without quotes, ``@``, ``u/`` and remarks in brackets, lower case."""
    plain = re.sub(r"\s*\([^)]*\)", "", actor or "").strip().strip("'\"‘’“”")
    return re.sub(r"^(?:@|/?u/)", "", plain).lower()


def iso(moment: datetime | None) -> str:
    """ISO 8601 with Z, microseconds only where there are any; empty for none."""
    if moment is None:
        return ""
    return moment.replace(tzinfo=None).isoformat(timespec="auto") + "Z"


def period_end(start: datetime, precision: str | None) -> datetime:
    """Last microsecond of the period that a coarse time stands for (times here are naive UTC)."""
    from datetime import UTC

    return Moment(start.replace(tzinfo=UTC), Precision(precision or "second")).end.replace(tzinfo=None)


@dataclass(slots=True)
class Event:
    """One appearance of a target.

    Attributes:
        target: Target of the case.
        doc_id: Document or text that was matched, else the target.
        platform: Platform, lower case.
        native_id: The platform's id, or the observation's id where there is none.
        start: Earliest time, naive UTC; None if unknown.
        end: Latest time.
        precision: Precision of the source.
        community: Community; empty where the platform has none.
        actor: Account or person as the source names it.
        role: One of ROLES.
        layer: One of LAYERS.
        how: One of HOWS.
        lang: ISO 639-1 or empty.
        found_by: text, link, own-comment, image, log.
        counts: Engagement as captured: likes, reposts, replies, views, audience, replies_before.
    """

    target: str
    doc_id: str
    platform: str
    native_id: str
    start: datetime | None
    end: datetime | None
    precision: str
    community: str
    actor: str
    role: str
    layer: str
    how: str
    lang: str = ""
    found_by: tuple[str, ...] = ()
    similarity: float | None = None
    doc_span: str | None = None
    post_span: str | None = None
    url: str = ""
    removed: bool = False
    kind: str = ""
    confidence: str = ""
    summary: str = ""
    conflict: str = ""
    observation_ids: tuple[str, ...] = ()
    post_keys: tuple[tuple[str, str], ...] = ()
    links_to: tuple[str, ...] = ()
    counts: dict[str, int] = field(default_factory=dict)
    captured_at: datetime | None = None
    public_from: datetime | None = None
    narrowed: str = ""
    attempt_id: str = ""

    @property
    def id(self) -> str:
        """Stable id: the same event of the same target has the same id in every run."""
        key = "\x1f".join((self.target, self.platform, self.native_id))
        return "ap-" + hashlib.md5(key.encode(), usedforsecurity=False).hexdigest()[:12]

    @property
    def place(self) -> str:
        """Platform and community as one name."""
        return f"{self.platform}/{self.community}" if self.community else self.platform

    @property
    def order(self) -> tuple[datetime, str, str]:
        """Sort key: earliest time (undated last), platform, id."""
        return (self.start or datetime.max, self.platform, self.native_id)

    @property
    def proven(self) -> bool:
        """Whether the thing itself was found in a post at hand, not only in somebody's word for it."""
        return bool(self.post_keys) and any(f != "log" for f in self.found_by)

    def shown(self) -> dict[str, Any]:
        """The row that a reader sees; JSON-safe."""
        return {
            "id": self.id,
            "target": self.target,
            "when": iso(self.start),
            "until": iso(self.end.replace(microsecond=0)) if self.end else "",
            "precision": self.precision,
            "platform": self.platform,
            "community": self.community,
            "who": self.actor,
            "role": self.role,
            "layer": self.layer,
            "how": self.how,
            "language": self.lang,
            "removed": self.removed,
            "found_by": "+".join(self.found_by),
            "observations": list(self.observation_ids),
            "narrowed": self.narrowed,
        }


def same_event_keys(platform: str, native_id: str, url: str) -> list[str]:
    """Keys under which one event is recognised in another source: native id and canonical permalink."""
    keys = []
    if native_id:
        keys.append(f"{platform_name(platform)}:{bare_id(native_id)}")
    if url and (canonical := canonical_url(url)) and "/" in canonical:
        keys.append(canonical)
        if m := re.match(r"^reddit\.com/comments/\w+(?:/_/(\w+))?$", canonical):
            keys.append("reddit:" + (m[1] or canonical.rsplit("/", 1)[-1]))
    return keys


_COUNTS = (
    ("replies_before", re.compile(r"^(?:comments?|replies)_before")),
    ("replies", re.compile(r"^(?:comments?|replies)(?:_at|$)")),
    ("likes", re.compile(r"^(?:likes?|score|upvotes?|favou?rites?)(?:_|$)")),
    ("reposts", re.compile(r"^(?:reposts?|retweets?|shares?)(?:_|$)")),
    ("views", re.compile(r"^(?:views?|impressions?)(?:_|$)")),
    ("audience", re.compile(r"^(?:\w+_)?(?:subscribers|members|followers|audience)(?:_|$)")),
)


def counts_of(engagement: str | Mapping[str, Any] | None) -> dict[str, int]:
    """Counts in a log's engagement column under one name each; what is not a number or not known is left out.

    >>> counts_of('{"comments_before_press_conference": 5, "comments_at_archive_time": 325, "note": "x"}')
    {'replies_before': 5, 'replies': 325}
    """
    if not engagement:
        return {}
    try:
        given = json.loads(engagement) if isinstance(engagement, str) else engagement
    except ValueError:
        return {}
    found: dict[str, int] = {}
    for key, value in given.items() if isinstance(given, dict) else ():
        if isinstance(value, bool) or not isinstance(value, int | float):
            continue
        name = next((n for n, pattern in _COUNTS if pattern.match(str(key).lower())), None)
        if name:
            found[name] = max(int(value), found.get(name, 0))
    return found


def merge(one: Event, other: Event) -> Event:
    """One event out of two tellings. A person's classification (log), the finer time and the matched spans stand."""
    post, log = (one, other) if any(f != "log" for f in one.found_by) else (other, one)
    finer = post if _length(post) <= _length(log) else log
    post.start, post.end, post.precision = finer.start, finer.end, finer.precision
    post.layer, post.how = log.layer or post.layer, log.how or post.how
    if post.role in ("unknown", "") or log.role == "operator":
        post.role = log.role if log.role not in ("", "unknown") else post.role
    post.lang = log.lang or post.lang
    post.community = post.community or log.community
    post.removed = post.removed or log.removed
    post.found_by = tuple(dict.fromkeys((*post.found_by, *log.found_by)))
    post.observation_ids = tuple(dict.fromkeys((*post.observation_ids, *log.observation_ids)))
    post.post_keys = tuple(dict.fromkeys((*post.post_keys, *log.post_keys)))
    post.links_to = tuple(dict.fromkeys((*post.links_to, *log.links_to)))
    post.counts = {k: max(post.counts.get(k, 0), log.counts.get(k, 0)) for k in sorted({*post.counts, *log.counts})}
    post.summary = post.summary or log.summary
    post.conflict = post.conflict or log.conflict
    post.confidence = log.confidence or post.confidence
    post.kind = log.kind or post.kind
    post.narrowed = post.narrowed or log.narrowed
    known = [p for p in (post.public_from, log.public_from) if p is not None]
    post.public_from = min(known) if known else None
    return post


def not_following(events: Sequence[Event]) -> list[Event]:
    """Those of some events that do not themselves point to another of them: who began, not who answered."""
    ids = {o: e.id for e in events for o in e.observation_ids}
    return [e for e in events if not any(ids.get(o, e.id) != e.id for o in e.links_to)] or list(events)


def _length(event: Event) -> timedelta:
    if event.start is None or event.end is None:
        return timedelta.max
    return event.end - event.start
