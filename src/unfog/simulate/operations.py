"""Covert operations in seven styles. Their accounts are new to the society; each group is one operation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from unfog.simulate.cascades import Period
from unfog.simulate.rows import NONE, REPOST, Rows, join, make
from unfog.simulate.society import HOUR

I64 = npt.NDArray[np.int64]
SECOND = 1_000_000

STYLES = ("synchronised", "jittered", "diluted", "rotating", "single-use", "cross-platform", "paraphrasing")


@dataclass(frozen=True)
class Plan:
    """What one operation does.

    Attributes:
        style: One of ``STYLES``.
        size: Accounts.
        actions: Joint actions.
        spread_s: Joint actions fall into this many seconds (jittered: twenty times as many).
        take_up: Share of the accounts that join in each action.
        topic: Topic that it works in.
    """

    style: str
    size: int
    actions: int
    spread_s: float = 45.0
    take_up: float = 0.7
    topic: int = 0


def plan_for(style: str, rows: int, topic: int = 0) -> Plan:
    """An operation of about ``rows`` rows: from 5 accounts with 8 joint actions to 20 accounts with 40."""
    if style == "single-use":
        return Plan(style, size=int(np.clip(rows // 3, 6, 120)), actions=int(np.clip(rows // 30, 3, 12)), topic=topic)
    for size, actions in ((20, 40), (12, 25), (8, 15)):
        if 0.7 * size * actions <= rows:
            return Plan(style, size, actions, topic=topic)
    return Plan(style, 5, 8, topic=topic)


def operate(
    plan: Plan, first_account: int, period: Period, rng: np.random.Generator, base: int, popular: tuple[I64, I64, I64]
) -> Rows:
    """Rows of one operation.

    Args:
        plan: What it does.
        first_account: Its accounts are ``first_account .. first_account + plan.size - 1``.
        period: When.
        rng: Source of randomness.
        base: First number for its posts, links and texts.
        popular: Posts, authors and times of ordinary reposts to hide in (style diluted), from popular cascades.
    """
    member = np.arange(plan.size)
    takes = rng.random((plan.actions, plan.size)) < plan.take_up
    if plan.style == "rotating":
        third = max(3, plan.size // 3)
        takes = np.stack(
            [np.isin(member, rng.choice(plan.size, min(third, plan.size), replace=False)) for _ in range(plan.actions)]
        )
    if plan.style == "single-use":
        takes = np.zeros((plan.actions, plan.size), bool)
        takes[rng.integers(0, plan.actions, plan.size), member] = True
    index, who = np.nonzero(takes)
    m = len(index)
    start = np.sort(_office_hours(period, plan.actions, rng))
    spread = plan.spread_s * {"jittered": 20.0, "single-use": 80.0, "paraphrasing": 4.0}.get(plan.style, 1.0)
    when = start[index] + (rng.random(m) * spread * SECOND).astype(np.int64)
    account = first_account + who
    number = base + 10**6 + np.arange(m)
    kind_of = index % 3
    match plan.style:
        case "diluted" if len(popular[0]):
            pick = rng.integers(0, len(popular[0]), plan.actions)
            when = popular[2][pick][index] + (rng.random(m) * spread * SECOND).astype(np.int64)
            joint = make(
                number,
                account,
                when,
                kind=REPOST,
                ref=popular[0][pick][index],
                author=popular[1][pick][index],
                topic=plan.topic,
            )
        case "paraphrasing":
            joint = make(number, account, when, text=base + index, variant=who + 1, topic=plan.topic)
        case "single-use":
            joint = make(number, account, when, link=base + index, text=base + index, variant=who % 3, topic=plan.topic)
        case "cross-platform":
            joint = make(
                number,
                account,
                when,
                link=np.where(kind_of != 1, base + index, NONE),
                text=np.where(kind_of != 0, base + index, number),
                media=np.where(kind_of == 2, base + index, NONE),
                topic=plan.topic,
            )
        case _:
            repost = kind_of == 0
            joint = make(
                number,
                account,
                when,
                kind=np.where(repost, REPOST, 0),
                ref=np.where(repost, base + index, NONE),
                link=np.where(kind_of == 1, base + index, NONE),
                text=np.where(kind_of == 2, base + index, number),
                topic=plan.topic,
            )
    parts = [joint]
    if plan.style in ("diluted", "jittered") and len(popular[0]):
        cover = rng.integers(0, len(popular[0]), 2 * m)
        hider = first_account + rng.integers(0, plan.size, 2 * m)
        times = popular[2][cover] + (rng.exponential(1800, 2 * m) * SECOND).astype(np.int64)
        _, once = np.unique(cover * plan.size + hider, return_index=True)
        noise = make(
            base + 2 * 10**6 + np.arange(2 * m), hider, times, kind=REPOST, ref=popular[0][cover],
            author=popular[1][cover], topic=plan.topic,
        )  # fmt: skip
        parts.append(noise.take(np.sort(once)))
    return join(parts)


def _office_hours(period: Period, n: int, rng: np.random.Generator) -> I64:
    """Times between 6 and 15 UTC on any day of the period (a nine-hour shift at UTC+3)."""
    days = max(1, (period.end - period.start) // (24 * HOUR))
    return period.start + rng.integers(0, days, n) * 24 * HOUR + 6 * HOUR + (rng.random(n) * 9 * HOUR).astype(np.int64)
