"""A set beside its comparison population: who is compared, exact tests, and organic cohorts that set the weight.

Two different questions are kept apart.

*Is the set a random draw from the population?* answered exactly: one unit per account, hypergeometric tail, randomised
so that P(p <= a) = a under the null. Such a p can be tiny, because no real set is a random draw.

*Do organic sets look like this?* answered by cohorts: the comparison population falls apart into communities (or into
the sharers of other objects) that share no account, each of which is one organic set. The set's rank among N cohorts
gives p = (1 + number at least as extreme) / (N + 1), and only this p gives weight: a bound 1 / (-e p ln p), never above
N + 1.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unfog.accounts.options import Options
from unfog.accounts.sets import MEMBERS, AccountSet, who
from unfog.engine import Engine, Step, literal
from unfog.model import StepRef
from unfog.stats import log_hypergeometric_tail, p_value_bound, randomised_p, uniforms

Columns = dict[str, NDArray[Any]]

_WANTED = (
    "platform", "account_id", "handle", "handles", "created_at", "posts", "clocked", "active_days", "titles",
    "first_at", "last_at", "replies", "equal_times",
)  # fmt: skip


@dataclass(frozen=True)
class Population:
    """One set and its comparison population, as columns (one row per account).

    Attributes:
        set: The set.
        inside: Columns of the set's accounts.
        outside: Columns of the comparison accounts; empty if there is no comparison population.
        described: What the comparison population is, or why there is none.
        cohorts: Cohort name of each comparison account; empty where it has none.
        cohort_kind: What a cohort is.
        steps: SQL that found them.
    """

    set: AccountSet
    inside: Columns
    outside: Columns
    described: str
    cohorts: NDArray[Any]
    cohort_kind: str
    steps: tuple[StepRef, ...] = field(default=())

    @cached_property
    def compared(self) -> bool:
        """Whether there is a comparison population."""
        return int(self.outside["posts"].size) > 0

    def keys(self, side: str) -> list[str]:
        """platform:account_id of each account of a side, for hashing."""
        c = self.inside if side == "inside" else self.outside
        return [f"{p}:{a}" for p, a in zip(c["platform"], c["account_id"], strict=True)]


def load_population(engine: Engine, account_set: AccountSet, options: Options) -> Population:
    """Read the columns of a set and of its comparison population. Needs ``profile_accounts`` and ``pick_units``."""
    spec = account_set.spec
    columns = ", ".join(f"p.{c}" for c in _WANTED)
    member = f"SELECT platform, account_id FROM {MEMBERS} WHERE set_id = {literal(spec.id)}"
    inside_sql = (
        f"SELECT {columns}, u.first_us FROM profile_accounts p JOIN ({member}) AS m "
        "ON m.platform = p.platform AND m.account_id = p.account_id "
        "LEFT JOIN pick_units u ON u.platform = p.platform AND u.account_id = p.account_id "
        "ORDER BY p.platform, p.account_id"
    )
    inside = read_columns(engine, inside_sql)
    steps = [StepRef(name="members_of_set", sql=account_set.sql, rows=account_set.size)]
    nobody = {k: v[:0] for k, v in inside.items()}
    none = np.array([], dtype=object)
    if spec.comparison == "none":
        why = "the case declares that there is no comparison population"
        return Population(account_set, inside, nobody, why, none, "", tuple(steps))
    cohort, joined, cohort_kind = "'' AS cohort", "", "community"
    if spec.comparison == "everyone else" and spec.from_.startswith("sharers of"):
        engine.run(comparable_sharers(spec.from_, account_set.size))
        base = (
            "SELECT c.platform, c.account_id FROM comparable_sharers c "
            f"LEFT JOIN ({member}) AS m ON m.platform = c.platform AND m.account_id = c.account_id "
            "WHERE m.account_id IS NULL"
        )
        cohort, cohort_kind = "h.cohort", "sharers of one object"
        joined = "LEFT JOIN comparable_sharers h ON h.platform = p.platform AND h.account_id = p.account_id "
        described = "those who shared other things that about as many accounts shared"
    elif spec.comparison == "everyone else":
        others = f"SELECT platform, account_id FROM {MEMBERS}"
        platforms = sorted(set(inside["platform"].tolist()))
        listed = ", ".join(literal(p) for p in platforms) or "''"
        base = (
            f"SELECT p.platform, p.account_id FROM profile_accounts p LEFT JOIN ({others}) AS o "
            "ON o.platform = p.platform AND o.account_id = p.account_id "
            f"WHERE o.account_id IS NULL AND p.platform IN ({listed})"
        )
        described = f"all other accounts on {' and '.join(platforms) or 'the platform'} in these tables"
    else:
        base = (
            f"SELECT w.platform, w.account_id FROM ({who(spec.comparison)}) AS w LEFT JOIN ({member}) AS m "
            "ON m.platform = w.platform AND m.account_id = w.account_id WHERE m.account_id IS NULL"
        )
        described = spec.comparison
    outside_sql = (
        f"SELECT {columns}, u.first_us, {cohort} FROM profile_accounts p JOIN ({base}) AS b "
        "ON b.platform = p.platform AND b.account_id = p.account_id "
        "LEFT JOIN pick_units u ON u.platform = p.platform AND u.account_id = p.account_id "
        f"{joined}"
        "WHERE p.posts > 0 ORDER BY p.platform, p.account_id"
    )
    outside = read_columns(engine, outside_sql)
    cohorts = outside.pop("cohort")
    if outside["posts"].size < options.min_comparison:
        why = (
            f"{described}: {outside['posts'].size} accounts with posts are fewer than the {options.min_comparison} "
            "that a comparison needs"
        )
        return Population(account_set, inside, nobody, why, none, "", tuple(steps))
    if not joined:
        cohorts = _communities(engine, base, outside, options.min_cohort)
    steps.append(StepRef(name="comparison_population", sql=base, rows=int(outside["posts"].size)))
    return Population(account_set, inside, outside, described, cohorts, cohort_kind, tuple(steps))


def _communities(engine: Engine, base: str, outside: Columns, least: int) -> NDArray[Any]:
    """Cohort of each comparison account: disjoint communities, the smallest that is large enough first.

    An account posts in many communities but stands in one cohort, so that cohorts share no account.
    """
    rows = engine.query(
        "SELECT DISTINCT p.platform, p.account_id, p.community FROM posts p "
        f"JOIN ({base}) AS b ON b.platform = p.platform AND b.account_id = p.account_id "
        "WHERE p.community IS NOT NULL ORDER BY p.platform, p.account_id, p.community"
    )
    place = {k: i for i, k in enumerate(zip(outside["platform"], outside["account_id"], strict=True))}
    members: dict[str, list[int]] = {}
    for platform, account, community in zip(*(rows.column(i).to_pylist() for i in range(3)), strict=True):
        at = place.get((platform, account))
        if at is not None:
            members.setdefault(community, []).append(at)
    out = np.full(len(place), "", dtype=object)
    for community in sorted(members, key=lambda c: (len(members[c]), c)):
        free = [i for i in members[community] if not out[i]]
        if len(free) >= least:
            out[free] = community
    return out


def comparable_sharers(expression: str, size: int) -> Step:
    """Step that finds sharers of comparable things: objects that a third to three times as many accounts shared.

    An account that shared several is put with one of them, chosen by hash.
    """
    hashtag = expression.removeprefix("sharers of").strip().startswith("#")
    one = "coalesce(object_id, repost_of, urls[1])"
    objects = (
        "SELECT platform, account_id, unnest(hashtags) AS object FROM posts WHERE hashtags IS NOT NULL"
        if hashtag
        else f"SELECT platform, account_id, {one} AS object FROM posts"
    )
    return Step(
        "comparable_sharers",
        f"""
        SELECT platform, account_id, object AS cohort
        FROM (
          SELECT s.platform, s.account_id, s.object, row_number() OVER (
            PARTITION BY s.platform, s.account_id ORDER BY md5(concat(s.object, ':', s.account_id)), s.object) AS k
          FROM (SELECT DISTINCT platform, account_id, object FROM ({objects}) AS o WHERE object IS NOT NULL) AS s
          JOIN (
            SELECT object FROM (SELECT DISTINCT platform, account_id, object FROM ({objects}) AS o2) AS d
            WHERE object IS NOT NULL
            GROUP BY object HAVING count(*) BETWEEN {max(2, size // 3)} AND {3 * size}
          ) AS n ON n.object = s.object
        ) AS ranked
        WHERE k = 1
        """,
        "one row per account that shared a comparable thing",
    )


def read_columns(engine: Engine, sql: str) -> Columns:
    """Rows of a query as columns: null times NaT, null text empty, null numbers 0, null units the least integer."""
    table = engine.query(sql)
    out: Columns = {}
    for name in table.column_names:
        column = table.column(name)
        if str(column.type).startswith("timestamp"):
            values = column.to_numpy(zero_copy_only=False).astype("datetime64[us]")
        elif str(column.type) in ("string", "large_string"):
            values = np.array(["" if v is None else v for v in column.to_pylist()], dtype=object)
        else:
            values = np.array([0 if v is None else int(v) for v in column.to_pylist()], dtype=np.int64)
            if name == "first_us":
                missing = np.array([v is None for v in column.to_pylist()], dtype=bool)
                values[missing] = np.iinfo(np.int64).min
        out[name] = values
    return out


@dataclass(frozen=True, slots=True)
class Draw:
    """Result of the exact test that the set is a random draw from set and comparison together.

    Attributes:
        hits: Accounts of the set with the trait.
        n: Accounts of the set.
        hits_out: Comparison accounts with the trait.
        n_out: Comparison accounts.
        p: Randomised p-value.
        log10_p: log10 of P(X >= hits), for display of very small p.
        tries: Number of traits of which this is the strongest (Bonferroni is in p).
    """

    hits: int
    n: int
    hits_out: int
    n_out: int
    p: float
    log10_p: float
    tries: int = 1


def random_draw(hits: int, n: int, hits_out: int, n_out: int, key: str) -> Draw:
    """Exact, randomised test that ``hits`` of ``n`` is no more than a draw without replacement gives.

    Args:
        hits: Accounts of the set with the trait.
        n: Accounts of the set.
        hits_out: Comparison accounts with the trait.
        n_out: Comparison accounts.
        key: Names the test; its hash gives the random number, so that the result repeats itself.
    """
    return strongest_draw([("", hits, hits_out)], n, n_out, key)[0]


def strongest_draw(traits: Sequence[tuple[str, int, int]], n: int, n_out: int, key: str) -> tuple[Draw, str]:
    """The trait that stands out most of several, and its name; p is multiplied by their number (Bonferroni).

    Args:
        traits: Name of the trait, accounts of the set with it, comparison accounts with it.
        n: Accounts of the set.
        n_out: Comparison accounts.
        key: As above; the name of the trait is added.
    """
    hits, hits_out = np.array([t[1] for t in traits]), np.array([t[2] for t in traits])
    tails = log_hypergeometric_tail(np.stack([hits, hits + 1]), n + n_out, hits + hits_out, n)
    best = int(np.argmin(tails[0]))
    name, k, m = traits[best]
    u = float(uniforms([f"{key}|{name}" if name else key])[0])
    at_least, above = np.minimum(np.exp(tails[:, best]), 1.0)
    p = float(randomised_p(at_least, above, u))
    log10_p = min(0.0, float(tails[0, best]) / math.log(10) + math.log10(len(traits)))
    return Draw(k, n, m, n_out, min(1.0, p * len(traits)), log10_p, len(traits)), name


@dataclass(frozen=True, slots=True)
class Rank:
    """Where the set stands among organic cohorts.

    Attributes:
        cohorts: Number of cohorts.
        at_least: Cohorts at least as extreme.
        p: (1 + at_least) / (cohorts + 1).
        log10_lr: Bound on the likelihood ratio, capped at cohorts + 1.
        median: Median of the statistic over cohorts.
        high: 95th percentile over cohorts.
    """

    cohorts: int
    at_least: int
    p: float
    log10_lr: float
    median: float
    high: float


def rank_among(value: float, cohorts: NDArray[Any]) -> Rank | None:
    """Rank a set's statistic among those of organic cohorts (larger is more extreme); None with fewer than three."""
    c = np.asarray(cohorts, dtype=np.float64)
    if c.size < 3:
        return None
    at_least = int((c >= value - 1e-12).sum())
    p = (1 + at_least) / (c.size + 1)
    bound = min(float(p_value_bound(p)), math.log10(c.size + 1))
    return Rank(int(c.size), at_least, p, bound, float(np.median(c)), float(np.quantile(c, 0.95)))


def rank_strongest(
    mine: NDArray[np.bool_], theirs: NDArray[np.bool_], usable: NDArray[np.bool_], population: Population, least: int
) -> Rank | None:
    """Rank of the largest excess over several traits; every cohort may choose its strongest trait, as the set may.

    Args:
        mine: Traits of the set's accounts, shape (n, traits).
        theirs: Traits of the comparison accounts, shape (m, traits).
        usable: Comparison accounts whose traits are known, shape (m,).
        population: Gives the cohorts.
        least: Smallest cohort.
    """
    base = (theirs[usable].sum(axis=0) + 0.5) / (usable.sum() + 1.0)
    spread = np.sqrt(base * (1.0 - base))
    cohorts = population.cohorts
    values = []
    for name in np.unique(cohorts[usable & (cohorts != "")].astype(str)).tolist():
        here = theirs[usable & (cohorts == name)]
        if here.shape[0] >= least:
            values.append(float(((here.mean(axis=0) - base) / spread).max()))
    return rank_among(float(((mine.mean(axis=0) - base) / spread).max()), np.array(values))


def by_cohort(trait: NDArray[Any], usable: NDArray[Any], cohorts: NDArray[Any], least: int) -> NDArray[Any]:
    """Share of accounts with a trait in each cohort of at least ``least`` usable accounts, sorted by cohort name."""
    keep = usable & (cohorts != "")
    if not keep.any():
        return np.array([])
    _, code = np.unique(cohorts[keep].astype(str), return_inverse=True)
    n = np.bincount(code)
    k = np.bincount(code, weights=trait[keep].astype(np.float64))
    return np.asarray((k / np.maximum(n, 1))[n >= least])
