"""Days of a set: weekdays and public holidays without posts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unfog.accounts.clock import DAY_US, NO_UNIT, Times, no_times
from unfog.accounts.compare import Draw, Population, Rank, rank_strongest, strongest_draw
from unfog.accounts.options import Options
from unfog.accounts.told import beside, count, evidence_item, finding, p_figure, percent, plural, share, test_figures
from unfog.model import Evidence, Finding, Gap, StepRef
from unfog.stats import hour_profile, weekday_profile
from unfog.stats.holidays import CALENDARS as COUNTRIES
from unfog.stats.holidays import holidays

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
ENOUGH = 20
"""Posts from which a weekday without any is worth a word."""


def weekdays(
    population: Population, times: Times, options: Options
) -> tuple[Finding | None, Evidence | None, Gap | None]:
    """Weekdays in UTC: days without any post, and how rarely the set posts on them beside others."""
    spec = population.set.spec
    if times.us.size == 0:
        return None, None, no_times(population, "weekdays", times)
    profile = weekday_profile(times.us)
    empty = [WEEKDAYS[i] for i in range(7) if profile[i] == 0 and times.us.size >= ENOUGH]
    weekend = int(profile[5] + profile[6])
    draw = rank = None
    chosen = "weekend"
    mine = unit_days(population.inside)
    if population.compared and int((mine >= 0).sum()) >= options.min_accounts:
        draw, rank, chosen = compare_days(population, mine, options)
    free = free_days(times.us)
    figures = [
        count("posts", times.us.size, "posts"),
        share("weekend_share", weekend, int(times.us.size)),
        count("sundays", int(profile[6]), "posts"),
        count("saturdays", int(profile[5]), "posts"),
        *test_figures(draw, rank),
    ]
    sentence = (
        f"Of {plural(times.us.size, 'post')} of {spec.called} {percent(weekend / times.us.size)} fall on a Saturday or "
        "Sunday" + (f", none on a {' and '.join(empty)}." if empty else ".")
    )
    if draw is not None:
        sentence += f" One post day per account, {percent(draw.hits / draw.n)} of {draw.n:,} are not on a {chosen} day."
    sentence += beside(draw, rank, population, "weekdays")
    if free:
        kept, tried = free[0], len(free)
        figures += [
            count(
                "holidays", kept["holidays"], "days", f"public holidays of {kept['country']} in the span of the posts"
            ),
            count("holidays_with_posts", kept["with_posts"], "days"),
            p_figure(
                "p_holidays", min(1.0, kept["p"] * tried), f"calendar shifted by whole weeks; {tried} countries tried"
            ),
            count("countries", tried, "countries"),
        ]
        if kept["p"] * tried <= 0.05:
            sentence += (
                f" Posts fall on {kept['with_posts']:,} of {kept['holidays']:,} public holidays of {kept['country']}, "
                "fewer than on the same weekdays of other weeks."
            )
    item = evidence_item(population, "weekdays", "control", sentence, rank)
    told = finding(
        population,
        "weekdays",
        sentence,
        figures,
        method="Posts by UTC weekday. Test: one day per account, how many avoid Saturday and Sunday, Sunday, or Friday "
        "and Saturday (three tried, Bonferroni); hypergeometric tail, randomised. Weight: rank among cohorts. "
        "Holidays: active days on public holidays, against the same calendar shifted by every number of whole weeks.",
        assumption="Weekdays are those of UTC; near midnight a local day may differ. Holidays are those that a rule "
        "gives; moved bridge days are not known.",
        data={
            "weekdays": profile.tolist(),
            "hours": hour_profile(times.us).tolist(),
            "empty": empty,
            "public_holidays": free,
        },
        steps=(StepRef(name="times_of_set", sql=times.sql, rows=int(times.us.size)),),
        evidence=(item.id,) if item else (),
    )
    return told, item, None


def free_days(us: NDArray[np.int64], least: int = 3) -> list[dict[str, Any]]:
    """How rarely a set posts on public holidays, country by country, the most avoided first.

    The calendar of holidays is laid over the active days at every shift of whole weeks, around the end: that keeps the
    weekday of each holiday, and the runs of days in which a set posts; p is the share of shifts (none included) with as
    few hits.

    Args:
        us: Times of posts, microseconds since 1970 UTC.
        least: Fewest holidays within the span that are worth a test.

    Returns:
        Per country: ``country``, ``holidays`` in the span, those ``with_posts``, ``expected`` over all shifts, ``p``.
    """
    day = np.unique(us // DAY_US)
    weeks = int(day[-1] - day[0]) // 7 + 1 if day.size else 0
    if weeks < 20:
        return []
    active = np.zeros(7 * weeks, dtype=bool)
    active[day - day[0]] = True
    first = date(1970, 1, 1) + timedelta(int(day[0]))
    years = range(first.year, (first + timedelta(7 * weeks)).year + 1)
    found = []
    for country in COUNTRIES:
        inside = [i for d in holidays(country, years) if 0 <= (i := (d - first).days) <= day[-1] - day[0]]
        if len(inside) < least:
            continue
        moved = (np.array(inside)[None, :] + 7 * np.arange(weeks)[:, None]) % active.size
        hits = active[moved].sum(axis=1)
        found.append(
            {
                "country": country, "holidays": len(inside), "with_posts": int(hits[0]),
                "expected": round(float(hits.mean()), 2), "p": float((hits <= hits[0]).mean()),
            }
        )  # fmt: skip
    return sorted(found, key=lambda f: (f["p"], f["with_posts"] - f["expected"], f["country"]))


_FREE = {"weekend": (5, 6), "Sunday": (6,), "Friday or Saturday": (4, 5)}


def unit_days(columns: dict[str, NDArray[Any]]) -> NDArray[np.int64]:
    """Weekday of each account's unit, Monday is 0; -1 where it has none."""
    us = columns["first_us"]
    return np.where(us == NO_UNIT, -1, (us // DAY_US + 3) % 7).astype(np.int64)


def compare_days(population: Population, mine: NDArray[np.int64], options: Options) -> tuple[Draw, Rank | None, str]:
    """The days most avoided beside the comparison population, the rank among cohorts, their name."""
    theirs = unit_days(population.outside)
    mine, usable = mine[mine >= 0], theirs >= 0
    here, there = (np.stack([~np.isin(d, free) for free in _FREE.values()], axis=1) for d in (mine, theirs))
    avoided = list(zip(_FREE, here.sum(axis=0).tolist(), there[usable].sum(axis=0).tolist(), strict=True))
    best, chosen = strongest_draw(avoided, mine.size, int(usable.sum()), f"{population.set.spec.id}|weekdays")
    return best, rank_strongest(here, there, usable, population, options.min_cohort), chosen
