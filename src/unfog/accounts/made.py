"""Creation: accounts made in bursts, by registration time or, where ids grow with time, by the nearness of ids."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from unfog.accounts.clock import Times
from unfog.accounts.compare import Population, Rank, rank_among
from unfog.accounts.options import Options
from unfog.accounts.told import count, evidence_item, finding, p_figure, percent, plural, share, test_figures
from unfog.model import Evidence, Finding, Gap
from unfog.stats import largest_in_window, rescale, scan, uniforms

HOUR_S, DAY_S, WEEK_S = 3600.0, 86_400.0, 604_800.0
_WIDTHS = (0.01, 0.05, 0.2)
CROWDED = 5


def creation(
    population: Population, _times: Times, options: Options
) -> tuple[Finding | None, Evidence | None, Gap | None]:
    """Bursts of registrations, on the clock of the comparison population's own registrations."""
    spec = population.set.spec
    made = _seconds(population.inside["created_at"])
    listed = int(population.inside["created_at"].size)
    if made.size < 2:
        gap = Gap(
            id=f"accounts.creation.{spec.id}",
            room="accounts",
            sentence=f"Whether {spec.called} were made together cannot be known: registration times are at hand for "
            f"{made.size} of {plural(listed, 'account')}.",
            mend="Give a table of accounts with registration times (created_at).",
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
        f"Of {made.size:,} accounts of {spec.called} with a known registration time, {in_day:,} were made within "
        f"one day and {in_hour:,} within one hour; {percent(crowded / made.size)} lie in crowded clock hours."
    )
    rank: Rank | None = None
    theirs = _seconds(population.outside["created_at"]) if population.compared else np.array([])
    compared = theirs.size >= options.min_comparison and made.size >= options.min_accounts
    if compared:
        keys = [f"{k}|creation" for k, t in zip(population.keys("inside"), _known(population), strict=True) if t]
        found = scan(rescale(made, theirs, uniforms(keys)), _WIDTHS)
        figures.append(
            p_figure("p_random_draw", found.p, f"scan over {found.windows} windows on the population's clock")
        )
        figures.append(count("comparison_accounts", theirs.size, "accounts"))
        rank = rank_among(in_day / made.size, _cohort_values(population, options))
        figures += test_figures(None, rank)
        sentence += _beside(rank, population)
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


def _cohort_values(population: Population, options: Options) -> NDArray[np.float64]:
    created, cohorts = population.outside["created_at"], population.cohorts
    usable = ~np.isnat(created) & (cohorts != "")
    values = []
    for name in np.unique(cohorts[usable].astype(str)).tolist():
        here = _seconds(created[usable & (cohorts == name)])
        if here.size >= options.min_cohort:
            values.append(largest_in_window(here, DAY_S)[0] / here.size)
    return np.array(values)


def _beside(rank: Rank | None, population: Population) -> str:
    if rank is None:
        return " There are too few organic cohorts with registration times for a likelihood ratio."
    verb = "is" if rank.at_least == 1 else "are"
    text = f" Of {rank.cohorts:,} organic cohorts {rank.at_least:,} {verb} as concentrated"
    if "creation" in population.set.spec.selected_on:
        return text + ". The trait chose the set, so it weighs nothing (LR 1)."
    return text + f", which allows a likelihood ratio of at most {10**rank.log10_lr:.2g}."
