"""The tree of explicit spread: who answered, repeated, quoted or linked to what. Nothing in it is inferred."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from unfog.engine import Engine, Step
from unfog.spread.events import Event, actor_name, bare_id, iso, platform_name, same_event_keys
from unfog.spread.sources import Roles

REACTIONS = Step(
    "spread_reactions",
    """
    SELECT p.platform, p.post_id, p.account_id, p.happened_at, p.repost_of, p.reply_to, p.quote_of, p.thread_id
    FROM posts AS p INNER JOIN spread_parents AS w ON p.platform = w.platform AND (
      p.repost_of = w.post_id OR p.reply_to = w.post_id OR p.quote_of = w.post_id OR p.thread_id = w.post_id
    )
    """,
    grain="one row per post that answers, repeats or quotes an appearance, and appearance",
)

MOST_REPLIES = 200
"""Replies of one appearance drawn one by one; beyond that all replies of unknown accounts are one node with a count."""

KINDS = {"repost": "repost", "reply": "reply", "tweet": "repost", "quote": "quote", "upload": "upload"}


def explicit_tree(
    engine: Engine, events: Sequence[Event], logged: Sequence[dict[str, Any]], roles: Roles
) -> dict[str, Any]:
    """Nodes and edges between appearances and what refers to them.

    Args:
        engine: Holds posts.
        events: Appearances of one target.
        logged: All entries of the log, for those that point to appearances.
        roles: Who acts as what.

    Returns:
        ``nodes`` (id, label, when, platform, role, kind, n) and ``edges`` (from, to, kind), each sorted.
    """
    nodes: dict[str, dict[str, Any]] = {}
    edges: set[tuple[str, str, str]] = set()
    of_key: dict[str, str] = {}
    of_observation: dict[str, str] = {}
    for event in events:
        nodes[event.id] = _node(event)
        of_observation |= dict.fromkeys(event.observation_ids, event.id)
        for key in same_event_keys(event.platform, event.native_id, event.url):
            of_key.setdefault(key, event.id)
    _from_posts(engine, events, of_key, nodes, edges, roles)
    _from_log(logged, of_observation, of_key, nodes, edges, roles)
    return {
        "nodes": sorted(nodes.values(), key=lambda n: (n["when"] or "9", n["id"])),
        "edges": [{"from": a, "to": b, "kind": k} for a, b, k in sorted(edges) if a != b],
    }


def _node(event: Event) -> dict[str, Any]:
    return {
        "id": event.id, "label": event.place, "when": iso(event.start), "platform": event.platform,
        "who": actor_name(event.actor), "role": event.role, "kind": event.how, "n": 1,
    }  # fmt: skip


def _from_posts(
    engine: Engine, events: Sequence[Event], of_key: dict[str, str], nodes: dict[str, dict[str, Any]],
    edges: set[tuple[str, str, str]], roles: Roles,
) -> None:  # fmt: skip
    keys = sorted(
        {
            (p, form)
            for e in events
            for p, i in e.post_keys
            for form in (i, bare_id(i), "t3_" + bare_id(i), "t1_" + bare_id(i))
        }
    )
    if not keys:
        return
    parents = {
        "platform": pa.array([k[0] for k in keys], pa.string()),
        "post_id": pa.array([k[1] for k in keys], pa.string()),
    }
    engine.put("spread_parents", pa.table(parents))
    engine.run(REACTIONS)
    rows = engine.rows(f"SELECT DISTINCT * FROM {REACTIONS.name} ORDER BY platform, post_id")
    crowd: dict[str, int] = {}
    for row in rows:
        for column, kind in (
            ("repost_of", "repost"),
            ("quote_of", "quote"),
            ("reply_to", "reply"),
            ("thread_id", "reply"),
        ):
            parent = of_key.get(f"{row['platform']}:{bare_id(row[column] or '')}")
            if parent is None:
                continue
            own = of_key.get(f"{row['platform']}:{bare_id(row['post_id'])}")
            role = roles.of(row["platform"], row["account_id"] or "")
            if own is None and role == "unknown" and len(rows) > MOST_REPLIES:
                crowd[parent] = crowd.get(parent, 0) + 1
                break
            if own is None:
                own = f"{row['platform']}:{bare_id(row['post_id'])}"
                of_key[own] = own
                nodes[own] = {
                    "id": own, "label": kind, "when": iso(row["happened_at"]), "platform": row["platform"],
                    "who": actor_name(row["account_id"]), "role": role, "kind": kind, "n": 1,
                }  # fmt: skip
            if parent != own:
                edges.add((parent, own, kind))
            break
    for parent, n in crowd.items():
        name = f"{parent}.others"
        nodes[name] = {
            "id": name, "label": f"{n} reactions", "when": nodes[parent]["when"], "platform": nodes[parent]["platform"],
            "who": "", "role": "unknown", "kind": "reply", "n": n,
        }  # fmt: skip
        edges.add((parent, name, "reply"))
    for event in events:
        for link in event.links_to:
            if link.startswith("url:") and (parent := of_key.get(link.removeprefix("url:"))) and parent != event.id:
                edges.add((parent, event.id, "link"))


def _from_log(
    logged: Sequence[dict[str, Any]], of_observation: dict[str, str], of_key: dict[str, str],
    nodes: dict[str, dict[str, Any]], edges: set[tuple[str, str, str]], roles: Roles,
) -> None:  # fmt: skip
    hows = {e["id"]: e["kind"] for e in nodes.values()}
    for row in logged:
        pointed = [o for o in (row["links_to"] or ()) if o in of_observation]
        if not pointed:
            continue
        own = of_observation.get(row["observation_id"])
        if own is None:
            if row["kind"] != "reply":
                continue
            keys = same_event_keys(row["platform"] or "", row["native_id"] or "", row["url"] or "")
            own = next((of_key[k] for k in keys if k in of_key), f"log:{row['observation_id']}")
            nodes.setdefault(
                own,
                {
                    "id": own, "label": row["kind"], "when": iso(row["happened_at"]),
                    "platform": platform_name(row["platform"]), "who": actor_name(row["actor"]),
                    "role": roles.of(platform_name(row["platform"]), row["actor"] or "", row["role"] or ""),
                    "kind": row["kind"], "n": 1,
                },
            )  # fmt: skip
        how = hows.get(own, "")
        kind = {"link": "link", "reported": "report"}.get(how) or KINDS.get(row["kind"], "link")
        for parent in pointed:
            start, end = nodes[of_observation[parent]]["when"], nodes[own]["when"]
            if kind == "upload" or (start and end and start[:10] > end[:10]):
                continue
            if not any(a == of_observation[parent] and b == own for a, b, _ in edges):
                edges.add((of_observation[parent], own, kind))
