"""Which sites share an operator: shared technical ids as likelihood ratios in tiers (names built alike: ``names``).

A shared id is worth what its kind is worth, never more than the operators that it was counted on allow, and nothing
where many sites of different owners have it (a parking address, a content network).

Tiers replace words such as "conclusive": each prints its likelihood ratio and the number of operators behind it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from unfog.campaigns.counts import Count, log10_ratio
from unfog.engine import Engine, Step
from unfog.model import Estimate
from unfog.stats import Forest

TECHNICAL = frozenset({"ip", "analytics-id", "verification-id", "certificate", "account"})
"""Kinds of site ids that a network is built from."""

_MOST_OWNERS = 2
"""An id of more registrants than this, where the owners are known, tells nothing about an operator."""


@lru_cache(maxsize=1)
def id_counts() -> Mapping[str, tuple[Count, Count]]:
    """Kind of id -> (operators whose sites share it, different operators that share it): ``site_counts.json``."""
    document: Any = json.loads((Path(__file__).parent / "site_counts.json").read_text(encoding="utf-8"))
    return {k: (Count(*v["same"]), Count(*v["unrelated"])) for k, v in document["kinds"].items()}


@dataclass(frozen=True, slots=True)
class Tier:
    """What sharing one kind of id is worth.

    Attributes:
        kind: Kind of id.
        log10_lr: Same operator : different.
        n_operators: Independent operators behind it.
        note: Cap, or why no ratio is given.
    """

    kind: str
    log10_lr: Estimate
    n_operators: int
    note: str


def tiers() -> tuple[Tier, ...]:
    """All kinds of ids, strongest first; kinds that nobody has counted have LR 1 and say so."""
    out = []
    counted = id_counts()
    for kind in sorted(TECHNICAL):
        same, other = counted.get(kind, (Count(0, 0), Count(0, 0)))
        if same.of == 0 or other.of == 0:
            note = "not calibratable: no labelled operators with this kind of id"
            out.append(Tier(kind, Estimate.exact(0.0), 0, note))
        else:
            lr, rule = log10_ratio(same, other)
            out.append(Tier(kind, lr, min(same.of, other.of), rule))
    return tuple(sorted(out, key=lambda t: (-t.log10_lr.value, t.kind)))


SHARED_IDS = Step(
    "site_shared_ids",
    """
WITH own AS (SELECT DISTINCT site, kind, value, owner FROM site_ids),
common AS (
  SELECT kind, value, count(*) AS sites, count(DISTINCT CASE WHEN owner <> '' THEN owner END) AS owners
  FROM own GROUP BY kind, value HAVING count(*) > 1
)
SELECT o.site, o.kind, o.value, c.sites, c.owners FROM own o
JOIN common c ON c.kind = o.kind AND c.value = o.value
""",
    "one row per site and id that another site has too",
)


@dataclass(frozen=True, slots=True)
class SiteGroup:
    """Sites tied together by ids.

    Attributes:
        sites: Domains, sorted.
        ids: (kind, value, sites that have it), sorted.
        log10_lr: Of the weakest tie that the group needs to hold together.
        dropped: Ids that were not used, since several owners have them.
    """

    sites: tuple[str, ...]
    ids: tuple[tuple[str, str, int], ...]
    log10_lr: Estimate
    dropped: tuple[str, ...] = ()


def site_groups(engine: Engine, site_ids: pa.Table, *, at_least: float = 0.3) -> tuple[SiteGroup, ...]:
    """Groups of sites that share an operator, as far as their ids tell.

    Linear in the number of (site, id) rows: sites are tied to ids, never to each other one by one.

    Args:
        engine: Engine.
        site_ids: Columns ``site, kind, value, owner`` (registrant where known, else empty).
        at_least: Smallest log10 LR of a tie.

    Returns:
        Groups of two sites or more, largest first.
    """
    engine.put("site_ids", site_ids)
    engine.run(SHARED_IDS)
    worth = {t.kind: t.log10_lr for t in tiers()}
    rows = engine.rows(f"SELECT * FROM {SHARED_IDS.name} ORDER BY kind, value, site")
    forest = Forest[str]()
    used: dict[tuple[str, str], int] = {}
    dropped = sorted({f"{r['kind']} {r['value']}" for r in rows if int(r["owners"]) > _MOST_OWNERS})
    for r in rows:
        kind = str(r["kind"])
        lr = worth.get(kind)
        if lr is None or lr.value < at_least or int(r["owners"]) > _MOST_OWNERS:
            continue
        tie = f"\x00{kind}\x00{r['value']}"
        used[kind, str(r["value"])] = int(r["sites"])
        forest.tie(tie, str(r["site"]))
    out = []
    for found in forest.groups():
        sites = sorted(x for x in found if not x.startswith("\x00"))
        ids = sorted((k, v, used[k, v]) for _, k, v in (x.split("\x00") for x in found if x.startswith("\x00")))
        if len(sites) > 1:
            weakest = min((worth[k] for k, _, _ in ids), key=lambda e: e.value)
            out.append(SiteGroup(tuple(sites), tuple(ids), weakest, tuple(dropped)))
    return tuple(sorted(out, key=lambda g: (-len(g.sites), g.sites)))
