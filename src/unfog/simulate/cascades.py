"""The ordinary background: heavy-tailed cascades that start in circles, spread through topics and wait for sleepers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from unfog.simulate.rows import NONE, POST, REPLY, REPOST, Rows, join, make
from unfog.simulate.society import DAY, HOUR, Society, draw, live

I64 = npt.NDArray[np.int64]

BLOCK = 10**10
"""Numbers of posts, links and texts of one block lie in [block * BLOCK, (block + 1) * BLOCK)."""
TOP_SHARE = 0.02
STOCK_PHRASES = 200


@dataclass(frozen=True)
class Period:
    """The time that a world covers, microseconds since 1970."""

    start: int
    end: int


@dataclass(frozen=True)
class Cascades:
    """Objects and who takes part: arrays of shape (objects,) and, for the last three, (actions,)."""

    author: I64
    topic: I64
    birth: I64
    size: I64
    index: I64
    account: I64
    time: I64


def cascades(
    society: Society,
    actions: int,
    period: Period,
    rng: np.random.Generator,
    *,
    median_delay_s: float = 1800.0,
    shape: float = 1.05,
    largest: int | None = None,
) -> Cascades:
    """Draw cascades until they hold about ``actions`` actions.

    Sizes are Pareto (shape 1.05); 45 % of the takers come from one to three circles, 40 % from the topic, the rest from
    anywhere, each in proportion to activity; delays are lognormal with a heavy tail and an own pace per object; no
    account takes part twice.
    """
    top = largest or max(20, int(actions * TOP_SHARE))
    sizes: list[npt.NDArray[np.int64]] = []
    left = actions
    while left > 0:
        drawn = np.minimum(np.floor(rng.pareto(shape, max(64, left // 3)) + 1), top).astype(np.int64)
        drawn = drawn[: int(np.searchsorted(np.cumsum(drawn), left)) + 1]
        sizes.append(drawn)
        left -= int(drawn.sum())
    size = np.concatenate(sizes) if sizes else np.zeros(0, np.int64)
    objects = len(size)
    n = society.n
    author = draw(society, np.zeros(objects, np.int64), np.full(objects, n), rng.random(objects))
    topic = society.topic[author]
    birth = live(society, author, _uniform_times(period, objects, rng), rng)
    pace = rng.lognormal(0.0, 0.7, objects)
    index = np.repeat(np.arange(objects), size)
    m = len(index)
    home = society.circle[author][index]
    circles = len(society.circle_start) - 1
    away = np.minimum(home + (rng.random(m) ** 2 * 3).astype(np.int64), circles - 1)
    kind = rng.random(m)
    low = np.where(kind < 0.45, society.circle_start[away], np.where(kind < 0.85, society.topic_start[topic][index], 0))
    high = np.where(
        kind < 0.45, society.circle_start[away + 1], np.where(kind < 0.85, society.topic_start[topic + 1][index], n)
    )
    account = draw(society, low, np.maximum(high, low + 1), rng.random(m))
    delay = rng.lognormal(np.log(median_delay_s), 1.5, m) * pace[index]
    late = rng.random(m) < 0.12
    delay[late] *= (rng.pareto(1.1, int(late.sum())) + 1).clip(1, 200)
    wanted = birth[index] + (delay.clip(1, 20 * 86400) * 1e6).astype(np.int64)
    time = live(society, account, wanted, rng)
    _, first = np.unique(index * n + account, return_index=True)
    keep = np.sort(first[account[first] != author[index[first]]])
    return Cascades(author, topic, birth, size, index[keep], account[keep], time[keep])


def _uniform_times(period: Period, n: int, rng: np.random.Generator) -> I64:
    return rng.integers(period.start, max(period.end, period.start + 1), n)


def background(
    society: Society,
    posts: int,
    period: Period,
    rng: np.random.Generator,
    block: int = 0,
    largest: int | None = None,
) -> Rows:
    """About ``posts`` ordinary rows: half reposts with their originals, the rest links, replies and plain texts.

    The number is exact if at least one plain text fits in. Post numbers start at ``block * BLOCK``.
    """
    base = block * BLOCK
    shared = cascades(society, int(posts * 0.38), period, rng, largest=largest)
    originals = len(shared.size)
    number = base + np.arange(originals)
    has_media = rng.random(originals) < 0.15
    parts = [
        make(
            number,
            shared.author,
            shared.birth,
            text=number,
            topic=shared.topic,
            media=np.where(has_media, number, NONE),
        ),
        make(
            base + 10**9 + np.arange(len(shared.index)),
            shared.account,
            shared.time,
            kind=REPOST,
            ref=number[shared.index],
            author=shared.author[shared.index],
            topic=shared.topic[shared.index],
        ),
    ]
    linked = cascades(society, int(posts * 0.2), period, rng, median_delay_s=7200.0, largest=largest)
    m = len(linked.index)
    link = base + linked.index
    headline = rng.random(m) < 0.3
    own = base + 2 * 10**9 + np.arange(m)
    parts.append(
        make(
            own,
            linked.account,
            linked.time,
            link=link,
            text=np.where(headline, base + 6 * 10**9 + linked.index, own),
            topic=linked.topic[linked.index],
        )
    )
    m = int(posts * 0.1)
    if originals and m:
        target = (
            shared.index[rng.integers(0, max(1, len(shared.index)), m)]
            if len(shared.index)
            else rng.integers(0, originals, m)
        )
        who = draw(
            society,
            society.topic_start[shared.topic[target]],
            society.topic_start[shared.topic[target] + 1],
            rng.random(m),
        )
        wanted = shared.birth[target] + (rng.lognormal(np.log(2400), 1.6, m).clip(1, 10 * 86400) * 1e6).astype(np.int64)
        own = base + 3 * 10**9 + np.arange(m)
        parts.append(
            make(
                own,
                who,
                live(society, who, wanted, rng),
                kind=REPLY,
                ref=number[target],
                author=shared.author[target],
                text=own,
                topic=shared.topic[target],
            )
        )
    m = max(0, posts - sum(len(p) for p in parts))
    who = draw(society, np.zeros(m, np.int64), np.full(m, society.n), rng.random(m))
    own = base + 4 * 10**9 + np.arange(m)
    stock = rng.random(m) < 0.05
    text = np.where(stock, 5 * 10**9 + rng.integers(0, STOCK_PHRASES, m), own)
    when = live(society, who, _uniform_times(period, m, rng), rng)
    parts.append(make(own, who, when, text=text, topic=np.where(stock, 0, society.topic[who])))
    rows = join(parts)
    return rows if len(rows) <= posts else rows.take(np.sort(rng.choice(len(rows), posts, replace=False)))


def period_for(posts: int) -> Period:
    """One week up to 200,000 posts, growing with the square root to 50 days at 10 million."""
    days = 7 if posts <= 200_000 else int(7 * (posts / 200_000) ** 0.5)
    start = 1_573_000_000_000_000 // DAY * DAY
    return Period(start, start + days * DAY - HOUR)


__all__ = ["BLOCK", "POST", "Cascades", "Period", "background", "cascades", "period_for"]
