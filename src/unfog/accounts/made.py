"""Creation: accounts made in bursts, by registration time or, where ids grow with time, by the nearness of ids."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from unfog.accounts.clock import Times
from unfog.accounts.compare import Columns, Population, Rank, rank_among
from unfog.accounts.options import Options
from unfog.accounts.told import count, evidence_item, finding, p_figure, percent, plural, share, test_figures
from unfog.model import Evidence, Figure, Finding, Gap
from unfog.stats import Scan, largest_in_window, rescale, scan, uniforms

HOUR_S, DAY_S, WEEK_S = 3600.0, 86_400.0, 604_800.0
_WIDTHS = (0.01, 0.05, 0.2)
CROWDED = 5
GROWING = frozenset({"twitter", "telegram", "vk", "mastodon"})
"""Platforms whose decimal account ids grow with time."""


def creation(
    population: Population, _times: Times, options: Options
) -> tuple[Finding | None, Evidence | None, Gap | None]:
    """Bursts of registrations, on the clock of the comparison population's own registrations."""
    spec = population.set.spec
    made = _seconds(population.inside["created_at"])
    listed = int(population.inside["created_at"].size)
    if made.size < 2:
        if by_ids := _by_ids(population, options):
            return *by_ids, None
        gap = Gap(
            id=f"accounts.creation.{spec.id}",
            room="accounts",
            sentence=f"Whether {spec.called} were made together cannot be known: registration times are at hand for "
            f"{made.size} of {plural(listed, 'account')}.",
            mend="Give a table of accounts with registration times (created_at), or numeric account ids with a "
            "comparison population on a platform whose ids grow with time.",
        )
        return None, None, gap
    ordered = np.sort(made)
    in_hour, in_day, in_week = (largest_in_window(made, w)[0] for w in (HOUR_S, DAY_S, WEEK_S))
    clock_hours = np.bincount(np.unique(made // HOUR_S, return_inverse=True)[1])
    crowded = int(clock_hours[clock_hours >= CROWDED].sum())
    figures = [
        count("accounts", listed, "accounts"),
        count("with_creation_time", made.size, "accounts"),
        count("most_in_an_hour", in_hour, "accounts"),
        count("most_in_a_day", in_day, "accounts"),
        count("most_in_a_week", in_week, "accounts"),
        share("in_crowded_hours", crowded, int(made.size), f"in clock hours with {CROWDED} or more registrations"),
        count("median_gap", float(np.median(np.diff(ordered))), "s", "between successive registrations"),
        count("same_second", int(made.size - np.unique(made).size), "accounts"),
    ]
    sentence = (
        f"For {made.size:,} of {spec.called} a registration time is known; of these, {in_day:,} were made within one "
        f"day and {in_hour:,} within one hour; {percent(crowded / made.size)} lie in crowded clock hours."
    )
    rank: Rank | None = None
    theirs = _seconds(population.outside["created_at"]) if population.compared else np.array([])
    compared = theirs.size >= options.min_comparison and made.size >= options.min_accounts
    if compared:
        keys = [f"{k}|creation" for k, t in zip(population.keys("inside"), _known(population), strict=True) if t]
        found = scan(rescale(made, theirs, uniforms(keys)), _WIDTHS)
        figures.append(_scanned(found, "clock"))
        figures.append(count("comparison_accounts", theirs.size, "accounts"))
        created = population.outside["created_at"]
        second = np.where(np.isnat(created), np.nan, created.astype("datetime64[us]").astype(np.float64) / 1e6)
        rank = rank_among(in_day / made.size, _concentration(second, population, options, DAY_S))
        figures += test_figures(None, rank)
        sentence += _beside(rank, population, "registration times")
    else:
        sentence += " No comparison population with registration times: a description, without a likelihood ratio."
    item = evidence_item(population, "creation", "control", sentence, rank)
    told = finding(
        population,
        "creation",
        sentence,
        figures,
        method="Largest number of registrations in an hour, a day, a week. Against the comparison population: scan "
        "statistic (Wallenstein and Neff) on the share of the population registered before, so that its own waves "
        "count as ordinary. Weight: rank of the share made in one day among organic cohorts.",
        assumption="Registration times are the platform's own; a campaign that brings many ordinary people at once "
        "makes a burst too.",
        data={
            "by_day": _by_day(ordered),
            "first": _iso(ordered[0]),
            "last": _iso(ordered[-1]),
        },
        evidence=(item.id,) if item else (),
    )
    return told, item, None


def id_number(platform: str, account_id: str) -> float:
    """Place of an account id in the order of registration; NaN where the platform or the id tells none.

    Twitter counted up and later used ids that begin with the millisecond; Telegram, VK and Mastodon grow as well;
    Reddit counts in base 36 (``t2_`` and the number).

    >>> id_number("reddit", "t2_z"), id_number("twitter", "12")
    (35.0, 12.0)
    """
    try:
        if platform in GROWING and account_id.isascii() and account_id.isdigit():
            return float(int(account_id))
        if platform == "reddit" and account_id.startswith("t2_"):
            return float(int(account_id[3:], 36))
    except ValueError:
        return math.nan
    return math.nan


def _ids(columns: Columns) -> NDArray[np.float64]:
    pairs = zip(columns["platform"], columns["account_id"], strict=True)
    return np.array([id_number(p, a) for p, a in pairs], dtype=np.float64)


def _by_ids(population: Population, options: Options) -> tuple[Finding, Evidence | None] | None:
    """Nearness of ids where registration times are unknown; None where ids tell no order, or too few do."""
    mine, theirs = _ids(population.inside), _ids(population.outside)
    here, there = ~np.isnan(mine), ~np.isnan(theirs)
    if int(here.sum()) < options.min_accounts or int(there.sum()) < options.min_comparison:
        return None
    spec = population.set.spec
    keys = [f"{k}|ids" for k, known in zip(population.keys("inside"), here, strict=True) if known]
    place = rescale(mine[here], theirs[there], uniforms(keys))
    found = scan(place, _WIDTHS)
    n = place.size
    near = _nearest(mine[here], theirs[there])
    cohorts, base = population.cohorts[there], theirs[there]
    members = [cohorts == c for c in np.unique(cohorts[cohorts != ""].astype(str)).tolist()]
    shares = [_nearest(base[m], base[~m]) / m.sum() for m in members if m.sum() >= options.min_cohort]
    rank = rank_among(near / n, np.array(shares))
    sentence = (
        f"Registration times are not known, but ids on {population.inside['platform'][0]} grow with time: of {n:,} "
        f"accounts of {spec.called} {near:,} lie within one hundredth of the comparison population's ids."
    ) + _beside(rank, population, "ids in an order")
    item = evidence_item(population, "creation", "control", sentence, rank)
    told = finding(
        population,
        "creation",
        sentence,
        [
            count("accounts", mine.size, "accounts"),
            count("with_id_in_order", n, "accounts"),
            share("within_one_hundredth", near, n, "narrowest hundredth of the comparison population's ids"),
            count("in_one_hundredth", near, "accounts"),
            _scanned(found, "ids"),
            count("comparison_accounts", int(there.sum()), "accounts"),
            *test_figures(None, rank),
        ],
        method="Account ids in the order in which the platform gave them, on the clock of the comparison population's "
        "ids; scan statistic (Wallenstein and Neff). Weight: rank of the largest share within one hundredth among "
        "organic cohorts.",
        assumption="Ids of this platform grow with time; a collection that prefers young or old accounts bunches them "
        "too.",
        data={"by": "ids"},
        evidence=(item.id,) if item else (),
    )
    return told, item


def _scanned(found: Scan, on: str) -> Figure:
    log10_p = found.log_p / math.log(10)
    told = f"scan over {found.windows} windows on the population's {on}; log10 p = {log10_p:.1f}"
    return p_figure("p_random_draw", found.p, told)


def _nearest(ids: NDArray[np.float64], others: NDArray[np.float64]) -> int:
    """Most ids within one hundredth of the others' ids."""
    return largest_in_window(np.searchsorted(np.sort(others), ids) / others.size, _WIDTHS[0])[0]


def _known(population: Population) -> NDArray[np.bool_]:
    return np.asarray(~np.isnat(population.inside["created_at"]))


def _seconds(created: NDArray[np.datetime64]) -> NDArray[np.float64]:
    known = created[~np.isnat(created)]
    return np.asarray(known.astype("datetime64[us]").astype(np.int64) / 1e6)


def _iso(second: float) -> str:
    return str(np.datetime64(int(second), "s")) + "Z"


def _by_day(ordered: NDArray[np.float64]) -> dict[str, int]:
    days, n = np.unique((ordered // DAY_S).astype(np.int64), return_counts=True)
    return {str(np.datetime64(int(d), "D")): int(k) for d, k in zip(days, n, strict=True)}


def _concentration(
    when: NDArray[np.float64], population: Population, options: Options, width: float
) -> NDArray[np.float64]:
    """Largest share of each organic cohort within a window of ``width``; ``when`` is NaN where unknown."""
    cohorts, values = population.cohorts, []
    usable = ~np.isnan(when) & (cohorts != "")
    for name in np.unique(cohorts[usable].astype(str)).tolist():
        here = when[usable & (cohorts == name)]
        if here.size >= options.min_cohort:
            values.append(largest_in_window(here, width)[0] / here.size)
    return np.array(values)


def _beside(rank: Rank | None, population: Population, what: str) -> str:
    if rank is None:
        return f" There are too few organic cohorts with {what} for a likelihood ratio."
    verb = "is" if rank.at_least == 1 else "are"
    text = f" Of {rank.cohorts:,} organic cohorts {rank.at_least:,} {verb} as concentrated"
    if "creation" in population.set.spec.selected_on:
        return text + ". The trait chose the set, so it weighs nothing (LR 1)."
    return text + f", which allows a likelihood ratio of at most {10**rank.log10_lr:.2g}."
