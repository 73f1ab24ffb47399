"""Who lives in a simulated world: accounts with activity, topics, circles of acquaintances, time zones and rhythms.

None of these is what the chance models assume: activity is lognormal, sharing is clustered in hidden circles inside the
topics, people sleep, and they act in sessions.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from unfog.simulate.words import uniform

I64 = npt.NDArray[np.int64]
F64 = npt.NDArray[np.float64]

HOUR = 3_600_000_000
DAY = 24 * HOUR
ZONES = np.array([-8, -5, 0, 1, 2, 3, 5, 9], dtype=np.int64)
ZONE_SHARE = np.array([0.1, 0.2, 0.25, 0.15, 0.1, 0.05, 0.1, 0.05])
AWAKE = np.array(
    [0.08, 0.04, 0.03, 0.03, 0.05, 0.15, 0.4, 0.7, 0.85, 0.8, 0.75, 0.8, 0.9, 0.85, 0.75, 0.75, 0.8, 0.9, 1.0, 1.0, 1.0,
     0.95, 0.7, 0.3]
)  # fmt: skip
"""Chance of being reachable by local hour."""


@dataclass(frozen=True)
class Society:
    """The ordinary accounts of a world. Arrays of shape (n,) by account unless said otherwise.

    Attributes:
        n: Number of ordinary accounts; they are numbered 0 .. n-1, sorted by circle.
        cumulative: shape (n+1,), running sum of activity, for drawing accounts by activity.
        circle: Circle of each account.
        circle_start: shape (circles+1,), first account of each circle.
        topic: Topic of each account (a circle lies in one topic).
        topic_start: shape (topics+1,), first account of each topic.
        zone: Offset from UTC in hours.
        period: Time between two sessions, microseconds.
        phase: Phase of the sessions, microseconds.
    """

    n: int
    cumulative: F64
    circle: I64
    circle_start: I64
    topic: I64
    topic_start: I64
    zone: I64
    period: I64
    phase: I64

    @property
    def topics(self) -> int:
        """Number of topics."""
        return len(self.topic_start) - 1


def found(n: int, rng: np.random.Generator, *, activity_sigma: float = 1.5) -> Society:
    """Make a society of ``n`` accounts."""
    sizes: list[int] = []
    while sum(sizes) < n:
        sizes.append(int(rng.integers(15, 120)))
    circle_start = np.minimum(np.concatenate(([0], np.cumsum(sizes))), n).astype(np.int64)
    circles = len(sizes)
    circle = np.repeat(np.arange(circles), np.diff(circle_start))
    topics = int(np.clip(n // 400, 2, 24))
    share = rng.dirichlet(np.full(topics, 1.2))
    edges = np.round(np.concatenate(([0.0], np.cumsum(share))) * circles).astype(np.int64)
    edges[-1] = circles
    topic_of_circle = np.searchsorted(edges, np.arange(circles), side="right") - 1
    topic = topic_of_circle[circle]
    topic_start = np.searchsorted(topic, np.arange(topics + 1)).astype(np.int64)
    activity = rng.lognormal(0.0, activity_sigma, n)
    home = rng.choice(len(ZONES), topics, p=ZONE_SHARE)
    zone = np.where(rng.random(n) < 0.7, ZONES[home[topic]], ZONES[rng.choice(len(ZONES), n, p=ZONE_SHARE)])
    period = (rng.lognormal(np.log(2.0), 0.6, n).clip(0.25, 12) * HOUR).astype(np.int64)
    return Society(
        n=n,
        cumulative=np.concatenate(([0.0], np.cumsum(activity))),
        circle=circle,
        circle_start=circle_start,
        topic=topic,
        topic_start=topic_start,
        zone=zone,
        period=period,
        phase=(rng.random(n) * period).astype(np.int64),
    )


def draw(society: Society, low: I64, high: I64, u: F64) -> I64:
    """Draw accounts from the ranges [low, high) in proportion to their activity; ``u`` holds uniform numbers."""
    c = society.cumulative
    point = c[low] + u * (c[high] - c[low])
    return np.clip(np.searchsorted(c, point, side="right") - 1, low, high - 1).astype(np.int64)


def live(society: Society, account: I64, wanted: I64, rng: np.random.Generator, at_once: float = 0.4) -> I64:
    """When accounts really act, given when they would like to: they sleep, and most act in sessions.

    Args:
        society: The society.
        account: shape (n,), who.
        wanted: shape (n,), microseconds since 1970.
        rng: Source of randomness.
        at_once: share of actions that do not wait for the next session (notifications).

    Returns:
        Times of shape (n,), never earlier than wanted.
    """
    period, phase = society.period[account], society.phase[account]
    session = -((phase - wanted) // period) + 1
    jitter = (uniform(account * 100_003 + session, 21) * 0.3 * period).astype(np.int64)
    in_session = session * period + phase + jitter + (rng.exponential(90e6, len(account))).astype(np.int64)
    t = np.where(rng.random(len(account)) < at_once, wanted, np.maximum(in_session, wanted))
    local = (t // HOUR + society.zone[account]) % 24
    asleep = rng.random(len(account)) > AWAKE[local]
    until_morning = (31 - local) % 24
    wake = t + until_morning * HOUR + (rng.exponential(1.2, len(account)) * HOUR).astype(np.int64)
    return np.where(asleep, wake, t)
