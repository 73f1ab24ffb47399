"""How a set behaves, as distributions that mean the same on every platform, and how alike two sets are.

A profile holds the hours (UTC) and weekdays of posts, the posts and active days of each account, the pauses between an
account's posts, and the shapes of handles. Words and links are left out: they tell the topic, and topics are shared by
people who have nothing to do with one another.

Likeness is one minus the Jensen-Shannon distance (Lin 1991, doi:10.1109/18.61115), averaged over the parts that both
profiles have. It is a score, not a likelihood ratio: only a calibrator with labelled campaigns makes it one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unfog.engine import Engine, Step

Floats = NDArray[np.float64]
PARTS: Mapping[str, int] = {"hour": 24, "weekday": 7, "posts": 8, "days": 8, "pause": 9, "handle": 6}
"""Parts of a profile with the number of bins of each."""

MIN_POSTS = 100
"""Fewer posts than this give no hours, weekdays or pauses."""
MIN_ACCOUNTS = 10
"""Fewer accounts than this give no account-level part."""


@dataclass(frozen=True, slots=True)
class Profile:
    """Distributions of one set.

    Attributes:
        n_posts: Posts behind it.
        n_accounts: Accounts behind it.
        parts: Part -> shares, each summing to one; parts that the data cannot tell are left out.
    """

    n_posts: int
    n_accounts: int
    parts: Mapping[str, Floats]


_SQL = {
    "hour": "SELECT CAST(extract('hour' FROM happened_at) AS INTEGER) AS bin, count(*) AS n FROM {s} GROUP BY bin",
    "weekday": """
SELECT CAST(extract('isodow' FROM happened_at) AS INTEGER) - 1 AS bin, count(*) AS n FROM {s} GROUP BY bin""",
    "posts": """
SELECT least(7, CAST(floor(log2(k)) AS INTEGER)) AS bin, count(*) AS n
FROM (SELECT account_id, count(*) AS k FROM {s} GROUP BY account_id) GROUP BY bin""",
    "days": """
SELECT least(7, CAST(floor(log2(k)) AS INTEGER)) AS bin, count(*) AS n
FROM (SELECT account_id, count(DISTINCT CAST(happened_at AS DATE)) AS k FROM {s} GROUP BY account_id) GROUP BY bin""",
    "pause": """
SELECT least(8, greatest(0, CAST(floor(log10(greatest(gap, 1)) * 1.5) AS INTEGER))) AS bin, count(*) AS n FROM (
  SELECT date_diff('second', lag(happened_at) OVER (PARTITION BY account_id ORDER BY happened_at), happened_at) AS gap
  FROM {s}) WHERE gap IS NOT NULL GROUP BY bin""",
    "handle": """
SELECT CASE WHEN regexp_matches(account_id, '^[A-Za-z]+[0-9]{{5,}}$') THEN 0
  WHEN regexp_matches(account_id, '[0-9]{{2,}}$') THEN 1 WHEN regexp_matches(account_id, '[_.-]') THEN 2
  WHEN regexp_matches(account_id, '^[A-Z]?[a-z]+$') THEN 3
  WHEN regexp_matches(account_id, '^[A-Z][a-z]+[A-Z][a-z]+$') THEN 4 ELSE 5 END AS bin, count(*) AS n
FROM (SELECT DISTINCT account_id FROM {s}) GROUP BY bin""",
}


def profile(engine: Engine, relation: str, *, handles: bool = True, accounts: bool = True) -> Profile:
    """Profile of a relation with ``account_id`` and ``happened_at``.

    Args:
        engine: Engine.
        relation: Name of the relation.
        handles: Whether ``account_id`` is a handle that its owner chose.
        accounts: Whether posts can be told by account.
    """
    sql = f"SELECT account_id, happened_at FROM {relation} WHERE happened_at IS NOT NULL"
    engine.run(Step("profile_posts", sql, "one row per post"))
    n_posts = int(engine.scalar("SELECT count(*) FROM profile_posts"))
    n_accounts = int(engine.scalar("SELECT count(DISTINCT account_id) FROM profile_posts"))
    parts: dict[str, Floats] = {}
    for part, bins in PARTS.items():
        of_accounts = part in ("posts", "days", "handle")
        if (of_accounts and (not accounts or n_accounts < MIN_ACCOUNTS)) or (part == "handle" and not handles):
            continue
        if (part == "pause" and not accounts) or (not of_accounts and n_posts < MIN_POSTS):
            continue
        shares = _shares(engine.rows(_SQL[part].format(s="profile_posts")), bins)
        if shares is not None:
            parts[part] = shares
    return Profile(n_posts, n_accounts, parts)


def _shares(rows: list[dict[str, Any]], bins: int) -> Floats | None:
    count = np.zeros(bins)
    for r in rows:
        count[int(r["bin"])] += float(r["n"])
    return count / count.sum() if count.sum() else None


def likeness(a: Profile, b: Profile, parts: tuple[str, ...] = tuple(PARTS)) -> float | None:
    """Mean likeness over the parts that both have, 0 to 1; None if there are fewer than two such parts.

    Symmetric; a profile with itself gives 1.
    """
    both = [p for p in parts if p in a.parts and p in b.parts]
    if len(both) < 2:
        return None
    return float(np.mean([1.0 - _distance(a.parts[p], b.parts[p]) for p in both]))


def _distance(p: Floats, q: Floats) -> float:
    m = (p + q) / 2.0
    with np.errstate(divide="ignore", invalid="ignore"):
        left = np.where((p > 0) & (m > 0), p * np.log2(p / m), 0.0).sum()
        right = np.where((q > 0) & (m > 0), q * np.log2(q / m), 0.0).sum()
    return float(np.sqrt(max(0.0, (left + right) / 2.0)))
