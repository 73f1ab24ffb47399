"""Which sites share an operator: shared technical ids, and names that are built alike, as likelihood ratios in tiers.

A shared id is worth what its kind is worth, never more than the operators that it was counted on allow, and nothing
where
many sites of different owners have it (a parking address, a content network). Names built alike are weak evidence that
works without any technical trace: how often the fourgrams of a domain's label occur in a network and in ordinary sites.

Tiers replace words such as "conclusive": each prints its likelihood ratio and the number of operators behind it.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from unfog.campaigns.counts import Count, log10_ratio
from unfog.engine import Engine, Step
from unfog.errors import InferenceError
from unfog.model import Estimate
from unfog.stats import Logistic, bounded, fit_logistic, n_plus_one
from unfog.text import domain_of

GRAM = 4
TECHNICAL = frozenset({"ip", "analytics-id", "verification-id", "certificate", "account"})
"""Kinds of site ids that a network is built from."""

_MOST_OWNERS = 2
"""An id of more registrants than this, where the owners are known, tells nothing about an operator."""


@dataclass(frozen=True, slots=True)
class NameModel:
    """How common each fourgram is in ordinary domain names, and what a score against a network is worth.

    Attributes:
        common: Fourgram -> share of ordinary sites that have it.
        unseen: Share taken for a fourgram that no ordinary site has.
        calibrator: Score -> log10 LR.
        n_operators: Operators that it was fitted on.
        n_ordinary: Ordinary sites behind the shares.
    """

    common: Mapping[str, float]
    unseen: float
    calibrator: Logistic
    n_operators: int
    n_ordinary: int

    def log10_lr(self, site: str, network: Iterable[str]) -> float:
        """log10 LR of a site against a network, same operator : different, within N + 1."""
        within = bounded(self.calibrator, n_plus_one(self.n_operators, self.n_operators, "operators"))
        return float(within.log10_lr([name_score(site, network, self.common, self.unseen)])[0])


def grams(domain: str) -> frozenset[str]:
    """Fourgrams of a domain's own label, its ends marked, and its ending.

    >>> sorted(grams("ab-news.com"))
    ['.com', '^abn', 'abne', 'bnew', 'ews$', 'news']
    """
    whole = domain_of(domain, private=True) or domain.lower()
    label, _, ending = whole.partition(".")
    marked = f"^{''.join(c for c in label if c.isalnum())}$"
    return frozenset(marked[i : i + GRAM] for i in range(max(1, len(marked) - GRAM + 1))) | {f".{ending}"}


def commonness(ordinary: Iterable[str]) -> tuple[dict[str, float], float]:
    """Share of ordinary sites that have each fourgram, and the share taken for one never met.

    Raises:
        InferenceError: if there is no ordinary site.
    """
    names = sorted(set(ordinary))
    if not names:
        raise InferenceError("how common a name's parts are needs ordinary sites to compare with, got none")
    count = Counter(g for n in names for g in grams(n))
    return {g: (k + 0.5) / (len(names) + 1) for g, k in sorted(count.items())}, 0.5 / (len(names) + 1)


def name_score(site: str, network: Iterable[str], common: Mapping[str, float], unseen: float) -> float:
    """How much better a site's name fits a network's way of naming than that of ordinary sites.

    Mean over its fourgrams of log10 (share in the network, shrunk towards the ordinary share) / (ordinary share).
    The site
    itself never counts as part of the network. 0: no better; the order of the network does not matter.
    """
    whole = domain_of(site, private=True) or site.lower()
    members = sorted({m for m in network if (domain_of(m, private=True) or m.lower()) != whole})
    count = Counter(g for m in members for g in grams(m))
    own = grams(site)
    total = 0.0
    for g in own:
        p = common.get(g, unseen)
        total += math.log10((count[g] + _SHRINK * p) / (len(members) + _SHRINK) / p)
    return total / len(own)


_SHRINK = 5.0
"""Sites that the ordinary share weighs as much as."""


def fit_names(
    pairs: Sequence[tuple[str, Sequence[str]]], same: Sequence[bool], ordinary: Iterable[str], n_operators: int
) -> NameModel:
    """Fit the worth of a name score on sites and networks of known operators.

    Args:
        pairs: A site, and sites of one network.
        same: Whether the network's operator runs the site.
        ordinary: Domains of ordinary sites.
        n_operators: Operators behind the same pairs: the unit of the cap.
    """
    ordinary = sorted(set(ordinary))
    common, unseen = commonness(ordinary)
    scores = [name_score(a, b, common, unseen) for a, b in pairs]
    return NameModel(common, unseen, fit_logistic(scores, list(same)), n_operators, len(ordinary))


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
    parent: dict[str, str] = {}

    def find(x: str) -> str:
        parent.setdefault(x, x)
        while parent[x] != x:
            parent[x] = parent[parent[x]]
            x = parent[x]
        return x

    used: dict[tuple[str, str], int] = {}
    dropped = sorted({f"{r['kind']} {r['value']}" for r in rows if int(r["owners"]) > _MOST_OWNERS})
    for r in rows:
        kind = str(r["kind"])
        lr = worth.get(kind)
        if lr is None or lr.value < at_least or int(r["owners"]) > _MOST_OWNERS:
            continue
        tie = f"\x00{kind}\x00{r['value']}"
        used[kind, str(r["value"])] = int(r["sites"])
        a, b = find(tie), find(str(r["site"]))
        if a != b:
            parent[max(a, b)] = min(a, b)
    members: dict[str, list[str]] = {}
    for x in parent:
        members.setdefault(find(x), []).append(x)
    out = []
    for found in members.values():
        sites = sorted(x for x in found if not x.startswith("\x00"))
        ids = sorted((k, v, used[k, v]) for _, k, v in (x.split("\x00") for x in found if x.startswith("\x00")))
        if len(sites) > 1:
            weakest = min((worth[k] for k, _, _ in ids), key=lambda e: e.value)
            out.append(SiteGroup(tuple(sites), tuple(ids), weakest, tuple(dropped)))
    return tuple(sorted(out, key=lambda g: (-len(g.sites), g.sites)))
