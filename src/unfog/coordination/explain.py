"""Ordinary explanations of a group. They annotate; they never change a p-value, and several may fit at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from unfog.coordination.layers import Layer
from unfog.coordination.network import Group
from unfog.coordination.significance import Ground, shared_objects
from unfog.engine import Engine, Step

MICRO = 1_000_000
CROWD_S = 600
MOST = 0.8
HALF = 0.5
FEWEST_OBJECTS = 3
SCHEDULERS = "(scheduler|buffer|hootsuite|dlvr|ifttt|tweetdeck|twitterfeed|sprinklr|socialflow|zapier|autopost|feed)"

MEMBER_POSTS = Step(
    "profile_group_posts",
    f"""
    SELECT m.group_id AS group_id, count(*) AS posts, count(DISTINCT m.account) AS accounts,
      count(CASE WHEN len(p.urls) > 0 THEN 1 END) AS with_link,
      count(CASE WHEN regexp_matches(lower(coalesce(p.client, '')), '{SCHEDULERS}') THEN 1 END) AS by_machine,
      count(p.client) AS with_client,
      count(CASE WHEN epoch_us(p.happened_at) % 60000000 = 0 THEN 1 END) AS on_the_minute
    FROM group_members m JOIN posts p ON p.platform = m.platform AND p.account_id = m.account_id
    GROUP BY m.group_id
    """,
    "one row per group",
)
AUTHORS = Step(
    "profile_group_authors",
    """
    SELECT m.group_id AS group_id, o.platform AS platform, o.account_id AS author, count(*) AS reposts,
      count(DISTINCT p.repost_of) AS objects
    FROM group_members m
    JOIN posts p ON p.platform = m.platform AND p.account_id = m.account_id
    JOIN posts o ON o.platform = p.platform AND o.post_id = p.repost_of
    GROUP BY m.group_id, o.platform, o.account_id
    """,
    "one row per group and author that it reposts",
)
TAGS = Step(
    "profile_group_tags",
    """
    SELECT m.group_id AS group_id, lower(x.tag) AS tag, count(DISTINCT x.post_id) AS posts
    FROM group_members m
    JOIN (SELECT platform, account_id, post_id, unnest(hashtags) AS tag FROM posts WHERE hashtags IS NOT NULL) x
      ON x.platform = m.platform AND x.account_id = m.account_id
    GROUP BY m.group_id, lower(x.tag)
    """,
    "one row per group and hashtag",
)
HOSTS = Step(
    "profile_group_hosts",
    r"""
    SELECT m.group_id AS group_id,
      regexp_extract(lower(x.url), '^(?:[a-z][a-z0-9+.-]*://)?(?:[^/@]*@)?(?:www\.)?([^/:?#]+)', 1) AS host,
      count(DISTINCT x.post_id) AS posts
    FROM group_members m
    JOIN (SELECT platform, account_id, post_id, unnest(urls) AS url FROM posts WHERE urls IS NOT NULL) x
      ON x.platform = m.platform AND x.account_id = m.account_id
    GROUP BY 1, 2
    """,
    "one row per group and host",
)
STEPS = (MEMBER_POSTS, AUTHORS, TAGS, HOSTS)


@dataclass(frozen=True)
class Explanation:
    """One ordinary explanation that fits a group.

    Attributes:
        group_id: The group.
        kind: share button, newsroom, scheduler, breaking news, fandom or declared campaign.
        evidence: What speaks for it, in one clause with its numbers.
        share: The share behind it.
    """

    group_id: str
    kind: str
    evidence: str
    share: float


def explain(
    engine: Engine, groups: Sequence[Group], ids: Sequence[str], layers: Sequence[Layer], grounds: Sequence[Ground],
    accounts: pa.Array,
) -> tuple[list[Explanation], dict[str, tuple[str, str, float]]]:  # fmt: skip
    """Look for ordinary explanations of every group.

    Returns:
        The explanations that fit, by group; and for each group the author outside it that it mainly reposts
        (platform, account_id, share of the group's reposts), where there is one.
    """
    put_members(engine, groups, ids, accounts)
    for step in STEPS:
        engine.run(step)
    out: list[Explanation] = []
    posts = {r["group_id"]: r for r in engine.rows("SELECT * FROM profile_group_posts ORDER BY group_id")}
    outside: dict[str, tuple[str, str, float]] = {}
    for g, group_id in zip(groups, ids, strict=True):
        crowd = _crowd(g, layers, grounds)
        out += [Explanation(group_id, *c) for c in crowd]
        if group_id in posts:
            out += _machine(group_id, posts[group_id])
        author = _author(engine, group_id, g, accounts)
        if author is not None:
            platform, name, share, objects, inside = author
            if not inside:
                outside[group_id] = (platform, name, share)
            if share >= MOST and objects >= FEWEST_OBJECTS:
                text = f"{share:.0%} of its reposts repeat one author ({objects} posts)"
                out.append(Explanation(group_id, "fandom", text, share))
        out += _places(engine, group_id, posts.get(group_id))
    return out, outside


def put_members(engine: Engine, groups: Sequence[Group], ids: Sequence[str], accounts: pa.Array) -> None:
    """Make the relation ``group_members`` (group_id, platform, account_id, account)."""
    rows = [
        {"group_id": i, "platform": name.split(":", 1)[0], "account_id": name.split(":", 1)[1], "account": name}
        for g, i in zip(groups, ids, strict=True)
        for name in (accounts[m].as_py() for m in g.members)
    ]
    schema = pa.schema([(c, pa.string()) for c in ("group_id", "platform", "account_id", "account")])
    engine.put("group_members", pa.Table.from_pylist(rows, schema=schema))


def _crowd(g: Group, layers: Sequence[Layer], grounds: Sequence[Ground]) -> list[tuple[str, str, float]]:
    """Outsiders on the objects that members act on together: soon after (news), or at any time (template)."""
    soon, total, texts, spread = 0, 0, 0, 0
    for k in g.signals:
        name = layers[k].signal.name
        if name not in ("repost", "link", "text", "near-text", "object", "media"):
            continue
        seen = shared_objects(grounds[k], g.members)
        ground = grounds[k]
        for row in np.flatnonzero(seen.close > 0).tolist():
            at = np.searchsorted(ground.unit, [seen.unit[row], seen.unit[row] + 1])
            others = ~np.isin(ground.account[at[0] : at[1]], g.members)
            who, when = ground.account[at[0] : at[1]][others], ground.time[at[0] : at[1]][others]
            near = np.abs(when - seen.first[row]) <= CROWD_S * MICRO
            total += 1
            soon += len(np.unique(who[near])) >= seen.members[row]
            if name in ("text", "near-text", "link"):
                texts += 1
                spread += len(np.unique(who)) >= max(5, int(seen.members[row]))
    out = []
    if total >= FEWEST_OBJECTS and soon >= HALF * total:
        text = f"on {soon} of {total} shared objects as many others acted within {CROWD_S // 60} minutes"
        out.append(("breaking news", text, soon / total))
    elif texts >= 1 and spread >= HALF * texts:
        text = f"{spread} of {texts} shared texts or links are also spread by five or more accounts outside the group"
        out.append(("share button or template", text, spread / texts))
    return out


def _machine(group_id: str, row: dict[str, int]) -> list[Explanation]:
    by_machine = row["by_machine"] / row["with_client"] if row["with_client"] else 0.0
    on_minute = row["on_the_minute"] / row["posts"]
    if by_machine >= HALF:
        text = f"{by_machine:.0%} of its {row['posts']} posts were sent by scheduling or feed software"
        return [Explanation(group_id, "scheduler", text, by_machine)]
    if on_minute >= HALF and row["posts"] >= 10:
        text = f"{on_minute:.0%} of its {row['posts']} posts lie on a full minute"
        return [Explanation(group_id, "scheduler", text, on_minute)]
    return []


def _author(engine: Engine, group_id: str, g: Group, accounts: pa.Array) -> tuple[str, str, float, int, bool] | None:
    rows = engine.rows(
        "SELECT platform, author, reposts, objects FROM profile_group_authors WHERE group_id = $g "
        "ORDER BY reposts DESC, platform, author",
        g=group_id,
    )
    total = sum(r["reposts"] for r in rows)
    if not rows or total < FEWEST_OBJECTS or rows[0]["reposts"] < HALF * total:
        return None
    top = rows[0]
    names = {accounts[m].as_py() for m in g.members}
    inside = f"{top['platform']}:{top['author']}" in names
    return top["platform"], top["author"], top["reposts"] / total, top["objects"], inside


def _places(engine: Engine, group_id: str, posts: dict[str, int] | None) -> list[Explanation]:
    out: list[Explanation] = []
    if posts is None or not posts["posts"]:
        return out
    hosts = engine.rows(
        "SELECT host, posts FROM profile_group_hosts WHERE group_id = $g ORDER BY posts DESC, host LIMIT 1", g=group_id
    )
    linked = posts["with_link"] / posts["posts"]
    if hosts and linked >= MOST and hosts[0]["posts"] >= MOST * posts["with_link"] and hosts[0]["posts"] >= 5:
        text = (
            f"{linked:.0%} of its posts carry a link and {hosts[0]['posts']} of {posts['with_link']} lead to one site"
        )
        out.append(Explanation(group_id, "mirrors or newsroom", text, hosts[0]["posts"] / posts["with_link"]))
    elif linked >= MOST and posts["with_client"] and posts["by_machine"] >= HALF * posts["with_client"]:
        text = f"{linked:.0%} of its posts carry a link and most were sent by feed software"
        out.append(Explanation(group_id, "mirrors or newsroom", text, linked))
    tags = engine.rows(
        "SELECT t.tag AS tag, t.posts AS posts, (SELECT count(DISTINCT x.account) FROM (SELECT platform || ':' || "
        "account_id AS account, unnest(hashtags) AS h FROM posts WHERE hashtags IS NOT NULL) x "
        "WHERE lower(x.h) = t.tag) AS users FROM profile_group_tags t WHERE t.group_id = $g ORDER BY "
        "t.posts DESC, t.tag LIMIT 1",
        g=group_id,
    )
    if tags and tags[0]["posts"] >= MOST * posts["posts"] and tags[0]["users"] >= 10 + posts["accounts"]:
        text = (
            f"{tags[0]['posts']} of its {posts['posts']} posts carry one hashtag, which {tags[0]['users']} accounts use"
        )
        out.append(Explanation(group_id, "declared campaign", text, tags[0]["posts"] / posts["posts"]))
    return out
