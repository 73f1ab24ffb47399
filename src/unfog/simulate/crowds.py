"""Crowds that act together in the open: what a chance model must not mistake for a covert operation.

Each function returns rows and the accounts that belong to the crowd.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from unfog.simulate.cascades import Period
from unfog.simulate.rows import NONE, REPOST, Rows, join, make
from unfog.simulate.society import DAY, HOUR, Society, draw, live

I64 = npt.NDArray[np.int64]
SECOND = 1_000_000


def _choose(society: Society, n: int, rng: np.random.Generator) -> I64:
    drawn = np.unique(draw(society, np.zeros(4 * n, np.int64), np.full(4 * n, society.n), rng.random(4 * n)))
    return np.sort(rng.permutation(drawn)[: min(n, len(drawn))])


def fandom(society: Society, rows: int, period: Period, rng: np.random.Generator, base: int) -> tuple[Rows, I64, I64]:
    """Fans of one star: push notifications (a third reacts, median 40 s), schedulers (one in twenty), late ones.

    Returns:
        Rows, fans, and the fans who use a scheduler.
    """
    fans = _choose(society, int(np.clip(rows / 18, 8, 500)), rng)
    star = int(fans[0])
    fans = fans[1:]
    n_posts = max(4, int(rows / (0.5 * len(fans) + 1)))
    birth = np.sort(rng.integers(period.start, period.end, n_posts))
    number = base + np.arange(n_posts)
    takes = rng.random((n_posts, len(fans))) < 0.5
    index, fan = np.nonzero(takes)
    m = len(index)
    push = rng.random(len(fans)) < 0.33
    scheduler = rng.random(len(fans)) < 0.05
    quick = push[fan] & (rng.random(m) < 0.6)
    delay = np.where(quick, rng.lognormal(np.log(40), 0.8, m), rng.lognormal(np.log(420), 1.3, m))
    wanted = birth[index] + (delay * SECOND).astype(np.int64)
    account = fans[fan]
    when = np.where(quick, wanted, live(society, account, wanted, rng, at_once=0.7))
    slot = 10 * 60 * SECOND
    when = np.where(scheduler[fan], -(-wanted // slot) * slot, when)
    topic = int(society.topic[star])
    original = make(number, np.full(n_posts, star), birth, text=number, topic=topic, media=number)
    shared = make(base + 10**6 + np.arange(m), account, when, kind=REPOST, ref=number[index], author=star, topic=topic)
    return join([original, shared]), np.concatenate(([star], fans)), fans[scheduler]


def protest(society: Society, rows: int, period: Period, rng: np.random.Generator, base: int) -> tuple[Rows, I64]:
    """A protest: three evening waves in which many people share a few calls, links and one declared slogan."""
    people = _choose(society, int(np.clip(rows / 4, 10, 5000)), rng)
    days = rng.choice(max(1, (period.end - period.start) // DAY), 3)
    wave = rng.integers(0, 3, rows)
    account = people[rng.integers(0, len(people), rows)]
    start = period.start + days[wave] * DAY + 18 * HOUR
    when = start + (rng.gamma(2.0, 0.6, rows) * HOUR).astype(np.int64)
    calls = 12
    link = np.where(rng.random(rows) < 0.5, base + rng.integers(0, calls, rows), NONE)
    slogan = rng.random(rows) < 0.25
    number = base + 10**6 + np.arange(rows)
    text = np.where(slogan, base, number)
    topic = int(np.bincount(society.topic[people]).argmax())
    return join([make(number, account, when, link=link, text=text, topic=topic)]), people


def breaking_news(society: Society, rows: int, period: Period, rng: np.random.Generator, base: int) -> tuple[Rows, I64]:
    """Breaking news: three events; reports of ten outlets are shared by thousands within minutes, alerts first."""
    events = rng.integers(period.start, period.end, 3)
    which = rng.integers(0, 3, rows)
    account = draw(society, np.zeros(rows, np.int64), np.full(rows, society.n), rng.random(rows))
    alert = rng.random(rows) < 0.4
    delay = np.where(alert, rng.lognormal(np.log(150), 0.8, rows), rng.lognormal(np.log(1500), 1.2, rows))
    when = events[which] + (delay * SECOND).astype(np.int64)
    link = base + which * 10 + (10 * rng.random(rows) ** 2).astype(np.int64)
    number = base + 10**6 + np.arange(rows)
    text = np.where(rng.random(rows) < 0.4, base + 10**5 + link, number)
    _, first = np.unique(link * society.n + account, return_index=True)
    news = make(number, account, when, link=link, text=text, topic=society.topic[account]).take(np.sort(first))
    return join([news]), np.unique(account)


def newsroom(society: Society, rows: int, period: Period, rng: np.random.Generator, base: int) -> tuple[Rows, I64]:
    """Outlets of one publisher: mirrors that post every wire story with one headline within two minutes by machine."""
    outlets = _choose(society, int(np.clip(rows / 25, 4, 15)), rng)
    stories = max(3, rows // len(outlets))
    birth = np.sort(rng.integers(period.start, period.end, stories))
    index = np.repeat(np.arange(stories), len(outlets))
    m = len(index)
    account = np.tile(outlets, stories)
    when = birth[index] + rng.integers(0, 120, m) * SECOND
    number = base + 10**6 + np.arange(m)
    rows_ = make(number, account, when, link=base + index, text=base + index, topic=int(society.topic[outlets[0]]))
    return join([rows_]), outlets


def share_button(society: Society, rows: int, period: Period, rng: np.random.Generator, base: int) -> tuple[Rows, I64]:
    """A share button: one template text and link, pressed by different people at their own times, more on day one."""
    people = _choose(society, max(5, int(rows * 0.9)), rng)
    account = np.concatenate([people, people[rng.integers(0, len(people), max(0, rows - len(people)))]])[:rows]
    m = len(account)
    delay = (rng.exponential(1.2, m) * DAY).astype(np.int64)
    when = live(society, account, np.minimum(period.start + DAY + delay, period.end), rng)
    number = base + 10**6 + np.arange(m)
    return join([make(number, account, when, link=base, text=base, topic=society.topic[account])]), np.unique(people)
