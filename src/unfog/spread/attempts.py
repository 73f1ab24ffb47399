"""Attempts: clusters of appearances by the same side, with a pause around them.

Two appearances belong to one attempt if no more than ``pause_h`` hours lie between the end of the one and the start of
the other, times taken as wide as their source tells them. Appearances that are dated to a month or a year belong to no
attempt (they would join everything) and are counted apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from unfog.spread.events import Event, actor_name, iso

WIDEST = timedelta(days=2)
"""Widest time of an appearance that can be placed in an attempt."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt.

    Attributes:
        id: Target and number.
        events: Its appearances in order of time.
        retry: It follows an earlier attempt of the same side.
        leap: Languages that no earlier attempt used.
        new_platforms: Platforms that no earlier attempt used.
        pause_h: Hours since the attempt before; None for the first.
    """

    id: str
    events: tuple[Event, ...]
    retry: bool
    leap: tuple[str, ...]
    new_platforms: tuple[str, ...]
    pause_h: float | None

    @property
    def start(self) -> datetime:
        """Earliest time."""
        return min(e.start for e in self.events if e.start is not None)

    @property
    def end(self) -> datetime:
        """Latest time."""
        return max(e.end for e in self.events if e.end is not None)

    def counts(self) -> dict[str, int]:
        """Engagement as captured, summed over the appearances that have any."""
        total: dict[str, int] = {}
        for event in self.events:
            for name, value in event.counts.items():
                if name != "audience":
                    total[name] = total.get(name, 0) + value
        return dict(sorted(total.items()))

    def shown(self) -> dict[str, Any]:
        """The row that a reader sees."""
        return {
            "attempt": self.id,
            "start": iso(self.start),
            "end": iso(self.end.replace(microsecond=0)),
            "n": len(self.events),
            "actors": sorted({actor_name(e.actor) for e in self.events}),
            "platforms": list(dict.fromkeys(e.platform for e in self.events)),
            "communities": sorted({e.place for e in self.events if e.community}),
            "languages": sorted({e.lang for e in self.events if e.lang}),
            "hours_since_last": None if self.pause_h is None else round(self.pause_h, 1),
            "retry": self.retry,
            "language_leap": list(self.leap),
            "new_platforms": list(self.new_platforms),
            "engagement_as_captured": self.counts(),
            "engagement_known_for": sum(1 for e in self.events if e.counts),
        }


def find_attempts(target: str, events: Sequence[Event], pause_h: float) -> tuple[list[Attempt], list[Event]]:
    """Cluster appearances into attempts.

    Args:
        target: Name for the ids.
        events: Appearances of one side.
        pause_h: Hours without an appearance that part two attempts.

    Returns:
        The attempts in order of time, and the appearances too coarsely dated to be placed. Sets ``attempt_id``.
    """
    placed = [e for e in events if e.start is not None and e.end is not None and e.end - e.start <= WIDEST]
    coarse = [e for e in events if e not in placed]
    attempts: list[Attempt] = []
    cluster: list[Event] = []
    until: datetime | None = None

    def close() -> None:
        if not cluster:
            return
        before = [e for a in attempts for e in a.events]
        gap = (cluster[0].start - attempts[-1].end).total_seconds() / 3600 if attempts and cluster[0].start else None
        attempts.append(
            Attempt(
                id=f"{target}-{len(attempts) + 1}",
                events=tuple(cluster),
                retry=bool(attempts),
                leap=tuple(sorted({e.lang for e in cluster if e.lang} - {e.lang for e in before})) if before else (),
                new_platforms=tuple(sorted({e.platform for e in cluster} - {e.platform for e in before}))
                if before
                else (),
                pause_h=gap,
            )
        )
        for event in cluster:
            event.attempt_id = attempts[-1].id
        cluster.clear()

    for event in sorted(placed, key=lambda e: e.order):
        if event.start is None or event.end is None:
            continue
        if until is not None and event.start - until > timedelta(hours=pause_h):
            close()
            until = None
        cluster.append(event)
        until = event.end if until is None else max(until, event.end)
    close()
    return attempts, coarse
