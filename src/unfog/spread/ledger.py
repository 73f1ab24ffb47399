"""First seen, layer by layer: what is proven, what is claimed, and what was searched.

*Proven*: the post itself is among the rows. *Claimed*: somebody wrote that it was there. Both are intervals as wide as
their source tells the time. The first post, the first post whose body is still at hand and the first disclosure are
three different things, and all are told. A first-seen time is an upper limit: an earlier appearance may not have been
searched, or may be gone.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from unfog.spread.events import Event, iso
from unfog.spread.options import LAYERS


def _first(events: Sequence[Event]) -> Event | None:
    dated = [e for e in events if e.start is not None and e.end is not None]
    return min(dated, key=lambda e: (e.end, e.start, e.native_id), default=None)


def _interval(event: Event | None) -> str:
    if event is None or event.start is None or event.end is None:
        return ""
    if event.precision in ("microsecond", "millisecond", "second"):
        return iso(event.start.replace(microsecond=0))
    return f"{iso(event.start)}/{iso(event.end.replace(microsecond=0))}"


def first_seen(events: Sequence[Event], searched: str) -> list[dict[str, Any]]:
    """One row for each layer that appeared.

    Args:
        events: Appearances of one target.
        searched: What was searched, in words.

    Returns:
        Rows with ISO times; an interval is written ``start/end`` (ISO 8601-1:2019, 5.5).
    """
    rows = []
    for layer in LAYERS:
        mine = [e for e in events if e.layer == layer]
        if not mine:
            continue
        first = _first(mine)
        proven = _first([e for e in mine if e.proven])
        claimed = _first([e for e in mine if not e.proven])
        with_body = _first([e for e in mine if not e.removed])
        undated = sum(1 for e in mine if e.start is None)
        rows.append(
            {
                "layer": layer,
                "proven": _interval(proven),
                "claimed": _interval(claimed),
                "precision": first.precision if first else "",
                "who": first.actor if first else "",
                "role": first.role if first else "",
                "where": first.place if first else "",
                "how": first.how if first else "",
                "removed": first.removed if first else False,
                "first_with_body": _interval(with_body),
                "first_with_body_where": with_body.place if with_body else "",
                "appearances": len(mine),
                "proven_appearances": sum(1 for e in mine if e.proven),
                "removed_appearances": sum(1 for e in mine if e.removed),
                "undated": undated,
                "searched": searched,
                "appearance": first.id if first else "",
            }
        )
    return rows


def earliest(events: Sequence[Event], layer: str) -> Event | None:
    """The earliest dated appearance of a layer."""
    return _first([e for e in events if e.layer == layer])


def earlier_disclosure(events: Sequence[Event]) -> tuple[Event, Event, int] | None:
    """(disclosure, first appearance of the thing itself, whole days between), where a disclosure came first."""
    told = earliest(events, "disclosure")
    thing = _first([e for e in events if e.layer in ("document", "excerpt")])
    if told is None or thing is None or told.end is None or thing.start is None or told.start is None:
        return None
    return (told, thing, (thing.start.date() - told.start.date()).days) if told.end < thing.start else None


def span_of(events: Sequence[Event]) -> tuple[datetime, datetime] | None:
    """First and last dated moment."""
    starts = [e.start for e in events if e.start is not None]
    ends = [e.end for e in events if e.end is not None]
    return (min(starts), max(ends)) if starts and ends else None
