"""The room's public call: groups, breadth, power and explanations of a case, as findings."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from unfog.coordination import report
from unfog.coordination.breadth import breadth
from unfog.coordination.data import check_window, choose_strata
from unfog.coordination.detect import known_signals, probability, put_pairs
from unfog.coordination.explain import Explanation, explain
from unfog.coordination.layers import Layer, load
from unfog.coordination.network import OUTSIDE, Group, Network, network
from unfog.coordination.options import Options
from unfog.coordination.power import Power, measure
from unfog.coordination.signals import signal
from unfog.engine import Engine
from unfog.errors import UsageError
from unfog.model import TABLES, Gap, StageResult
from unfog.stats import p_value_bound

Progress = Callable[[str, float], None]
LN10 = math.log(10.0)
LEAST_POSTS = 2


def investigate(engine: Engine, options: Options, *, progress: Progress | None = None) -> StageResult:
    """Search the posts of a case for coordination.

    Leaves the relations ``pairs``, ``groups``, ``group_stats`` and ``co_actions`` in the engine.

    Args:
        engine: Holds ``posts`` (and the other tables), already filtered by as-of.
        options: Settings of the room.
        progress: Called with what is being done and the share done.

    Returns:
        Findings of the kinds groups, breadth, power and explanations; evidence on the contrast *control*; gaps.
    """
    tell = progress or (lambda _what, _share: None)
    posts = int(engine.scalar("SELECT count(*) FROM posts WHERE happened_at IS NOT NULL"))
    gaps: list[Gap] = []
    names = known_signals(engine, options.signals) if posts >= LEAST_POSTS else ()
    layers: list[Layer] = []
    accounts = pa.array([], pa.string())
    if names:
        layers, accounts = _load(engine, names, options, gaps, lambda w, s: tell(w, 0.25 * s))
    found = network(layers, len(accounts), options, lambda w, s: tell(w, 0.25 + 0.4 * s))
    ids = [f"g{k + 1:03d}" for k in range(len(found.groups))]
    put_pairs(engine, found.results)
    explanations, outside = explain(engine, found.groups, ids, layers, found.grounds, accounts)
    put_groups(engine, found.groups, ids, accounts, layers, explanations, outside)
    put_co_actions(engine, found, ids, layers, accounts)
    if not layers:
        gaps.append(_nothing(posts))
        return StageResult(gaps=tuple(gaps), tables=("pairs", "groups", "group_stats", "co_actions"))
    tell("breadth", 0.7)
    whole, cells = breadth(engine)
    powers: list[Power] = []
    if options.power and len(accounts) >= 2:
        tell("planting operations", 0.75)
        powers = measure(layers, len(accounts), found.fused.ln_p, options)
    findings, evidence, more = report.write(
        engine, found, ids, layers, accounts, explanations, whole, cells, powers, options, posts
    )
    for r in found.results:
        r.spool.close()
    tell("coordination", 1.0)
    return StageResult(
        findings=tuple(findings),
        evidence=tuple(evidence),
        gaps=(*gaps, *more),
        tables=("pairs", "groups", "group_stats", "co_actions"),
    )


def _load(
    engine: Engine, names: Sequence[str], o: Options, gaps: list[Gap], progress: Progress
) -> tuple[list[Layer], pa.Array]:
    """Read the signals; one whose window the data cannot resolve becomes a gap instead of an error."""
    strata = choose_strata(engine, o.strata)
    usable: list[str] = []
    for name in names:
        try:
            check_window(engine, o.windows.get(name, signal(name).window_s))
            usable.append(name)
        except UsageError as why:
            gaps.append(
                Gap(
                    id=f"coordination.window.{name}",
                    room="coordination",
                    sentence=f"The signal {name} could not be used: {why}.",
                    mend="Give the signal a longer window in [coordination.windows], or posts with exact times.",
                )
            )
    return load(engine, usable, o, strata, progress) if usable else ([], pa.array([], pa.string()))


def _nothing(posts: int) -> Gap:
    return Gap(
        id="coordination.signals",
        room="coordination",
        sentence=(
            f"Coordination cannot be looked for: the {posts} dated posts at hand hold no object that two "
            "accounts could share."
        ),
        mend="Add posts of several accounts with times, and with links, texts, reposts, replies or media.",
    )


def put_groups(
    engine: Engine, groups: Sequence[Group], ids: Sequence[str], accounts: pa.Array, layers: Sequence[Layer],
    explanations: Sequence[Explanation], outside: dict[str, tuple[str, str, float]],
) -> None:  # fmt: skip
    """Make the relations ``groups`` and ``group_stats``."""
    rows: list[dict[str, Any]] = []
    stats: list[dict[str, Any]] = []
    for g, group_id in zip(groups, ids, strict=True):
        for m in g.members:
            platform, account = accounts[m].as_py().split(":", 1)
            rows.append(
                {
                    "group_id": group_id, "platform": platform, "account_id": account,
                    "role": g.roles.get(m, ""), "strength": g.strength.get(m),
                }
            )  # fmt: skip
        if group_id in outside:
            platform, account, share = outside[group_id]
            rows.append(
                {
                    "group_id": group_id, "platform": platform, "account_id": account, "role": OUTSIDE,
                    "strength": share,
                }
            )  # fmt: skip
        told = sorted((e for e in explanations if e.group_id == group_id), key=lambda e: e.kind)
        stats.append(
            {
                "group_id": group_id,
                "size": len(g.members),
                "signals": sorted({layers[k].signal.name for k in g.signals}),
                "p_group": None if g.ln_p is None else float(probability(np.array([g.ln_p]))[0]),
                "log10_lr": None if g.ln_p is None else bound(g.ln_p),
                "stability": g.stability,
                "explanation": "; ".join(f"{e.kind}: {e.evidence}" for e in told) or None,
            }
        )
    engine.put("groups", pa.Table.from_pylist(rows, schema=TABLES["groups"].arrow_schema()))
    engine.put("group_stats", pa.Table.from_pylist(stats, schema=TABLES["group_stats"].arrow_schema()))


def bound(ln_p: float) -> float:
    """Largest log10 likelihood ratio that a p-value can be worth."""
    return float(p_value_bound(0.0, log10_p=min(ln_p, 0.0) / LN10))


CO_ACTIONS = pa.schema(
    [
        ("group_id", pa.string()), ("signal", pa.string()), ("object", pa.string()), ("account", pa.string()),
        ("happened_at", pa.timestamp("us")), ("members", pa.int64()),
    ]
)  # fmt: skip
"""The evidence behind the edges: one row per action of a member on an object that members share within the window."""


def put_co_actions(
    engine: Engine, found: Network, ids: Sequence[str], layers: Sequence[Layer], accounts: pa.Array
) -> None:
    """Make the relation ``co_actions``."""
    tables: list[pa.Table] = []
    for g, group_id in zip(found.groups, ids, strict=True):
        for k in g.signals:
            c = layers[k].columns
            rows = np.flatnonzero(np.isin(c.account, g.members))
            rows = rows[np.lexsort((c.account[rows], c.time[rows], c.object[rows]))]
            o, t, a = c.object[rows], c.time[rows], c.account[rows]
            window = round(layers[k].window_s * 1_000_000)
            after = (
                np.r_[(o[1:] == o[:-1]) & (t[1:] - t[:-1] <= window) & (a[1:] != a[:-1]), False] if len(o) else o > 0
            )
            near = after | np.r_[False, after[:-1]] if len(o) else after
            count = np.bincount(o[near], minlength=int(o.max()) + 1)[o[near]] if near.any() else o[near]
            n = int(near.sum())
            if n:
                tables.append(
                    pa.table(
                        [
                            pa.repeat(group_id, n), pa.repeat(layers[k].signal.name, n),
                            c.objects.take(pa.array(o[near])),
                            accounts.take(pa.array(a[near])), pa.array(t[near]).cast(pa.timestamp("us")),
                            pa.array(count.astype(np.int64)),
                        ],
                        schema=CO_ACTIONS,
                    )
                )  # fmt: skip
    engine.put("co_actions", pa.concat_tables(tables) if tables else CO_ACTIONS.empty_table())
