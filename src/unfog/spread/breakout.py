"""Breakout category by day, as an interval, with its criterion and by whose hand.

Categories (Nimmo, "The Breakout Scale", Brookings, September 2020):

1. one platform, no spread beyond the community where it was inserted
2. several platforms without such spread, or one platform with it
3. several platforms with spread in several communities
4. mainstream media carry it
5. politicians, celebrities or other public figures carry it
6. it leads to a policy response, another concrete action, or a call for violence

Rules. Where an operator puts it is an *insertion point* and is no spread, however many there are. Spread is an
appearance by somebody else in another community. The lower bound counts what is surely dated by that day and not of low
confidence; an unknown actor carries it nowhere. The upper bound counts whatever may have happened by then: coarse
dates at their start, roles unknown as independent, weak sources, and several insertion communities as several
communities. Categories are "reached by that day": they do not fall again. Category 6 is never computed, it is judged by
a person (``breakout.actions``). It fails where appearances are missing: a category is a lower limit of what happened.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from unfog.spread.events import CONFIDENCE, Event, not_following
from unfog.spread.options import Criteria

NAMES = {
    0: "nothing seen",
    1: "one platform, no spread beyond the insertion points",
    2: "several platforms without spread beyond the insertion points, or one platform with it",
    3: "several platforms and communities",
    4: "mainstream media",
    5: "public figures",
    6: "policy response or other concrete action",
}
FIGURES = ("public-figure", "authority")
OTHERS = ("independent", "media", "public-figure", "authority")


@dataclass(frozen=True, slots=True)
class Step:
    """Days on which the bounds are the same.

    Attributes:
        first: First day.
        last: Last day.
        low: Category surely reached.
        high: Category possibly reached.
        by_whom: Who carried it to the lower bound.
        possibly: Who may have carried it to the upper bound, where that is higher.
        events: Ids of the appearances that set the lower bound.
    """

    first: date
    last: date
    low: int
    high: int
    by_whom: str
    possibly: str
    events: tuple[str, ...]

    def shown(self) -> dict[str, Any]:
        """The row that a reader sees."""
        return {
            "from": self.first.isoformat(),
            "to": self.last.isoformat(),
            "low": self.low,
            "high": self.high,
            "criterion": NAMES[self.low],
            "by_whom": self.by_whom,
            "possibly": "" if self.high == self.low else f"{NAMES[self.high]}: {self.possibly}",
            "appearances": list(self.events),
        }


def is_public(event: Event, criteria: Criteria) -> bool:
    """Whether an appearance counts: of a counted layer, and in a public place."""
    return event.layer in criteria.layers and event.platform not in criteria.private and event.kind != "contact"


def category(
    events: Sequence[Event], insertion: set[str], communities: dict[str, str], *, generous: bool
) -> tuple[int, list[Event]]:
    """Category of a set of appearances, and the ones that set it.

    Args:
        events: Appearances by then.
        insertion: Places where operators put it.
        communities: place -> community, where the case makes several one.
        generous: Upper bound: unknown actors are somebody else, several insertion communities are several.
    """
    if not events:
        return 0, []
    if figures := [e for e in events if e.role in FIGURES]:
        return 5, figures
    if media := [e for e in events if e.role == "media"]:
        return 4, media
    others = OTHERS + (("unknown",) if generous else ())
    platforms = {e.platform for e in events}
    spread = [e for e in events if e.role in others and e.place not in insertion]
    places = {communities.get(e.place, e.place) for e in spread}
    if spread and len(platforms) > 1 and len(places) > 1:
        return 3, spread
    everywhere = {communities.get(e.place, e.place) for e in events}
    if spread or len(platforms) > 1 or (generous and len(everywhere) > 1):
        return 2, spread or list(events)
    return 1, list(events)


def by_day(
    events: Sequence[Event], criteria: Criteria, communities: dict[str, str], until: date | None = None
) -> list[Step]:
    """Bounds for each day from the first insertion on, equal days joined.

    Args:
        events: Appearances of one target.
        criteria: What counts.
        communities: place -> community.
        until: Last day to tell; default the day of the last dated appearance.
    """
    counted = [e for e in events if is_public(e, criteria) and e.start is not None and e.end is not None]
    inserted = [e for e in counted if e.role in ("operator", "unknown")] or counted
    if not inserted:
        return []
    begin = min(e.start for e in inserted if e.start is not None).date()
    counted = [e for e in counted if e.end is not None and e.end.date() >= begin]
    insertion = {e.place for e in counted if e.role == "operator"}
    actions = {a.id: a for a in criteria.actions}
    acts = [(e, actions[o]) for e in events for o in e.observation_ids if o in actions]
    last = max(
        [e.end.date() for e in (*counted, *(e for e, _ in acts)) if e.end is not None] + ([until] if until else [])
    )
    days: list[tuple[date, int, int, str, str, tuple[str, ...]]] = []
    changes = {begin, last + timedelta(days=1)}
    for event in (*counted, *(e for e, _ in acts)):
        if event.start is not None and event.end is not None:
            changes |= {max(begin, event.start.date()), event.end.date()}
    ordered = sorted(d for d in changes if d <= last)
    for day in ordered:
        sure = [
            e for e in counted
            if e.end is not None and e.end.date() <= day and CONFIDENCE.get(e.confidence, 2) > 1
        ]  # fmt: skip
        maybe = [e for e in counted if e.start is not None and e.start.date() <= day]
        low, low_events = category(sure, insertion, communities, generous=False)
        high, high_events = category(maybe, insertion, communities, generous=True)
        for event, action in acts:
            if event.end is not None and action.certain and event.end.date() <= day:
                low, low_events = 6, [event]
            if event.start is not None and event.start.date() <= day:
                high, high_events = 6, [event]
        high = max(high, low)
        days.append((day, low, high, _names(low_events), _names(high_events), tuple(sorted(e.id for e in low_events))))
    steps: list[Step] = []
    for i, (day, low, high, who, possibly, ids) in enumerate(days):
        to = ordered[i + 1] - timedelta(days=1) if i + 1 < len(ordered) else last
        if steps and (steps[-1].low, steps[-1].high) == (low, high):
            steps[-1] = Step(steps[-1].first, to, low, high, steps[-1].by_whom, steps[-1].possibly, steps[-1].events)
        else:
            steps.append(Step(day, to, low, high, who, possibly, ids))
    return steps


def _names(events: Sequence[Event]) -> str:
    """Who carried it: public actors by name, operators and private accounts as a count."""
    earliest = min((e.end.date() for e in events if e.end is not None), default=None)
    first = sorted(not_following([e for e in events if e.end and e.end.date() == earliest]), key=lambda e: e.order)
    public = list(dict.fromkeys(e.actor for e in first if e.role in (*FIGURES, "media")))
    figures = list(dict.fromkeys(e.actor for e in first if e.role in FIGURES))
    if public:
        shown = figures or public
        more = len(shown) - 3
        return ", ".join(shown[:3]) + (f" and {more} more" if more > 0 else "")
    roles = [
        ("operator", "operators"),
        ("independent", "independent accounts"),
        ("unknown", "accounts of unknown role"),
    ]
    parts = [name for role, name in roles if any(e.role == role for e in first)]
    return " and ".join(parts)
