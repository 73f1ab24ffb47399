"""How broad is it? Accounts in groups against accounts that are active, by platform, topic and month."""

from __future__ import annotations

from typing import Any

from unfog.engine import Engine, Step
from unfog.stats import wilson

BREADTH = Step(
    "profile_breadth",
    """
    SELECT p.platform AS platform, coalesce(p.community, '') AS topic, strftime(p.happened_at, '%Y-%m') AS month,
      count(*) AS posts, count(DISTINCT p.platform || ':' || p.account_id) AS accounts,
      count(DISTINCT CASE WHEN m.account IS NOT NULL THEN p.platform || ':' || p.account_id END) AS in_groups,
      count(CASE WHEN m.account IS NOT NULL THEN 1 END) AS posts_of_groups,
      count(DISTINCT m.group_id) AS groups_active
    FROM posts p LEFT JOIN group_members m ON m.platform = p.platform AND m.account_id = p.account_id
    WHERE p.happened_at IS NOT NULL
    GROUP BY 1, 2, 3
    """,
    "one row per platform, topic and month",
)
MOST_CELLS = 200


def breadth(engine: Engine) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Shares of accounts in groups: over all, and by cell with 90 % Wilson intervals (largest cells, at most 200).

    Needs the relation ``group_members``; leaves ``profile_breadth``.
    """
    engine.run(BREADTH)
    whole = engine.rows(
        "SELECT count(*) AS posts, count(DISTINCT p.platform || ':' || p.account_id) AS accounts, "
        "count(DISTINCT CASE WHEN m.account IS NOT NULL THEN p.platform || ':' || p.account_id END) AS in_groups, "
        "count(DISTINCT p.platform) AS platforms, count(DISTINCT p.community) AS topics, "
        "count(DISTINCT CASE WHEN m.account IS NOT NULL THEN p.platform END) AS group_platforms, "
        "count(DISTINCT CASE WHEN m.account IS NOT NULL THEN p.community END) AS group_topics "
        "FROM posts p LEFT JOIN group_members m ON m.platform = p.platform AND m.account_id = p.account_id "
        "WHERE p.happened_at IS NOT NULL"
    )[0]
    cells = engine.rows(
        "SELECT platform, topic, month, posts, accounts, in_groups, posts_of_groups, groups_active "
        f"FROM profile_breadth ORDER BY in_groups DESC, accounts DESC, platform, topic, month LIMIT {MOST_CELLS}"
    )
    for cell in cells:
        low, high = wilson(cell["in_groups"], cell["accounts"])
        cell["share"] = cell["in_groups"] / cell["accounts"]
        cell["low"], cell["high"] = float(low), float(high)
    return whole, cells
