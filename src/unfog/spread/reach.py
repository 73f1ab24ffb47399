"""Who carried it how far: reach by actor, engagement before and after, handover from operators to others.

Counts are as captured, never "at the time": a count read after the breakout holds reactions from before and after it.
Where the log tells an earlier count of the same post, the difference is known; where it does not, both extremes are
computed and the truth lies between.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from unfog.engine import Engine, Step
from unfog.spread.breakout import is_public
from unfog.spread.events import Event, actor_name, iso, not_following
from unfog.spread.options import Criteria
from unfog.stats.changes import change_points

CAPTURED = Step(
    "spread_engagement",
    """
    SELECT platform, post_id, likes, reposts, replies, views, audience, captured_at FROM (
      SELECT e.*, row_number() OVER (
        PARTITION BY e.platform, e.post_id ORDER BY e.captured_at DESC, e.replies DESC, e.likes DESC, e.source_id
      ) AS latest
      FROM engagement AS e INNER JOIN spread_wanted AS w ON e.platform || ':' || e.post_id = w.id
    ) WHERE latest = 1
    """,
    grain="one row per appearance: its latest counts",
)

BASELINE = Step(
    "spread_baseline",
    """
    SELECT p.platform, p.community, count(*) AS posts, median(coalesce(e.replies, 0) + coalesce(e.likes, 0)) AS usual
    FROM posts AS p INNER JOIN (
      SELECT platform, post_id, max(likes) AS likes, max(replies) AS replies FROM engagement GROUP BY platform, post_id
    ) AS e ON p.platform = e.platform AND p.post_id = e.post_id
    LEFT JOIN spread_wanted AS w ON p.platform || ':' || p.post_id = w.id
    WHERE w.id IS NULL AND p.community IS NOT NULL
    GROUP BY p.platform, p.community
    """,
    grain="one row per community: counts of its other posts",
)


def add_counts(engine: Engine, events: Sequence[Event]) -> dict[tuple[str, str], tuple[int, float]]:
    """Fill ``counts`` of proven events from ``engagement``; returns (platform, community) -> (other posts, median)."""
    keys = {key: e for e in events for key in e.post_keys}
    if not keys:
        return {}
    engine.put("spread_wanted", pa.table({"id": pa.array(sorted(f"{p}:{i}" for p, i in keys), pa.string())}))
    engine.run(CAPTURED)
    for row in engine.rows(f"SELECT * FROM {CAPTURED.name} ORDER BY platform, post_id"):
        event = keys[row["platform"], row["post_id"]]
        for name in ("likes", "reposts", "replies", "views", "audience"):
            if row[name] is not None:
                event.counts[name] = max(int(row[name]), event.counts.get(name, 0))
        event.captured_at = row["captured_at"]
    engine.run(BASELINE)
    found = engine.rows(f"SELECT * FROM {BASELINE.name} ORDER BY platform, community")
    return {(r["platform"], r["community"].lower()): (int(r["posts"]), float(r["usual"])) for r in found}


def reach_by_actor(events: Sequence[Event]) -> list[dict[str, Any]]:
    """One row per actor: appearances, places, audience of these places and engagement, as captured."""
    actors: dict[tuple[str, str], list[Event]] = {}
    for event in events:
        actors.setdefault((event.role, actor_name(event.actor)), []).append(event)
    rows = []
    for (role, name), mine in actors.items():
        audience: dict[str, int] = {}
        for event in mine:
            if "audience" in event.counts:
                audience[event.place] = max(event.counts["audience"], audience.get(event.place, 0))
        dated = sorted((e for e in mine if e.start is not None), key=lambda e: e.order)
        rows.append(
            {
                "who": name,
                "role": role,
                "appearances": len(mine),
                "platforms": sorted({e.platform for e in mine}),
                "places": sorted({e.place for e in mine}),
                "audience_as_captured": sum(audience.values()) if audience else None,
                "audience_known_for": len(audience),
                "replies": sum(e.counts.get("replies", 0) for e in mine),
                "likes": sum(e.counts.get("likes", 0) for e in mine),
                "engagement_known_for": sum(1 for e in mine if e.counts),
                "first": iso(dated[0].start) if dated else "",
                "last": iso(dated[-1].end) if dated else "",
            }
        )
    return sorted(
        rows, key=lambda r: (-int(r["audience_as_captured"] or 0), -int(r["appearances"]), r["who"], r["role"])
    )


@dataclass(frozen=True, slots=True)
class Split:
    """Replies before and after a moment, over the appearances that came before it.

    Attributes:
        before: Known to be before.
        after: Known to be after.
        unsplit: Counted later, without telling which.
        posts: Appearances with a count.
    """

    before: int
    after: int
    unsplit: int
    posts: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.before + self.after + self.unsplit

    @property
    def share_after(self) -> tuple[float, float] | None:
        """Smallest and largest share that came after; None without any reaction."""
        return (self.after / self.total, (self.after + self.unsplit) / self.total) if self.total else None


def split_replies(events: Sequence[Event], moment: datetime) -> Split:
    """Replies to appearances made before a moment, before and after it."""
    before = after = unsplit = posts = 0
    for event in events:
        if event.end is None or event.end >= moment or "replies" not in event.counts:
            continue
        posts += 1
        total = event.counts["replies"]
        if "replies_before" in event.counts:
            early = min(event.counts["replies_before"], total)
            before += early
            after += total - early
        elif event.captured_at is not None and event.captured_at < moment:
            before += total
        else:
            unsplit += total
    return Split(before, after, unsplit, posts)


@dataclass(frozen=True, slots=True)
class Handover:
    """From operators to others.

    Attributes:
        first: First public appearance by an operator.
        taken: First public appearance by somebody else, surely dated.
        hours: Hours between them, smallest and largest.
        before: (by operators, by others) until then.
        after: The same from then on.
    """

    first: Event
    taken: Event
    hours: tuple[float, float]
    before: tuple[int, int]
    after: tuple[int, int]


def find_handover(events: Sequence[Event], criteria: Criteria) -> Handover | None:
    """First time that somebody other than an operator carried it in public, after an operator did."""
    public = [e for e in events if is_public(e, criteria) and e.start is not None and e.end is not None]
    ours = sorted((e for e in public if e.role == "operator"), key=lambda e: e.order)
    if not ours or ours[0].start is None:
        return None
    others = [
        e for e in public
        if e.role in ("independent", "media", "public-figure", "authority") and e.confidence != "low"
        and e.end is not None and e.end >= ours[0].start
    ]  # fmt: skip
    if not others:
        return None
    rank = {"public-figure": 0, "authority": 0, "media": 1, "independent": 2}
    soonest = min(e.end.date() for e in others if e.end is not None)
    taken = min(
        not_following([e for e in others if e.end is not None and e.end.date() == soonest]),
        key=lambda e: (rank[e.role], e.order),
    )
    if taken.start is None or taken.end is None or ours[0].end is None:
        return None
    hours = (
        max(0.0, (taken.start - ours[0].end).total_seconds() / 3600),
        (taken.end - ours[0].start).total_seconds() / 3600,
    )
    split = datetime.combine(taken.start.date(), datetime.min.time())
    sides = {
        side: (
            sum(1 for e in public if e.role == "operator" and (e.start is not None and e.start < split) is early),
            sum(1 for e in others if (e.start is not None and e.start < split) is early),
        )
        for side, early in (("before", True), ("after", False))
    }
    return Handover(ours[0], taken, hours, sides["before"], sides["after"])


def daily(events: Sequence[Event]) -> tuple[list[date], list[int]]:
    """Appearances for each day between the first and the last, counted on the day where it is known."""
    known = sorted(e.start.date() for e in events if e.start and e.end and e.start.date() == e.end.date())
    if not known:
        return [], []
    days = [known[0] + timedelta(days=i) for i in range((known[-1] - known[0]).days + 1)]
    counts = np.bincount([(d - known[0]).days for d in known], minlength=len(days))
    return days, [int(c) for c in counts]


def changes(events: Sequence[Event], at_least: int = 10) -> list[dict[str, Any]]:
    """Days on which the number of appearances a day changed (exact search; penalty as in ``stats``)."""
    days, counts = daily(events)
    if len(days) < at_least or sum(counts) < at_least:
        return []
    found = change_points(counts)
    return [
        {
            "day": days[start].isoformat(),
            "a_day_before": round(found.means[i - 1], 4),
            "a_day_after": round(found.means[i], 4),
            "gain": round(found.gains[i], 2),
            "penalty": round(found.penalty, 2),
        }
        for i, start in enumerate(found.starts)
        if i > 0
    ]
