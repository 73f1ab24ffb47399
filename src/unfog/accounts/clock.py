"""Hours of a set: what its posts' clock says, and what may be asked of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unfog.accounts.compare import Draw, Population, Rank, rank_among, strongest_draw
from unfog.accounts.options import Options
from unfog.accounts.sets import MEMBERS
from unfog.accounts.told import beside, count, evidence_item, finding, percent, share, test_figures
from unfog.engine import Engine, literal
from unfog.model import (
    Basis,
    Estimate,
    Evidence,
    Figure,
    Finding,
    Gap,
    StepRef,
)
from unfog.stats import (
    best_window,
    circular,
    effective_number,
    first_of_day,
    hour_profile,
    weekday_profile,
)

DAY_US = 86_400_000_000
HOUR_US = 3_600_000_000
NO_UNIT = np.iinfo(np.int64).min


_ASSUMED = "SELECT source_id FROM sources WHERE notes LIKE '%read as UTC, assumed%' AND source_id IN "


@dataclass(frozen=True)
class Times:
    """Posts of a set whose clock is known.

    Attributes:
        us: Microseconds since 1970 UTC.
        account: platform:account_id.
        kind: post, comment ...
        coarse: Posts left out because their time is coarser than a minute, or missing.
        sql: Query that read them.
        assumed: Sources whose clock names no zone and was taken for UTC.
    """

    us: NDArray[np.int64]
    account: NDArray[Any]
    kind: NDArray[Any]
    coarse: int
    sql: str
    assumed: tuple[str, ...] = ()


def load_times(engine: Engine, set_id: str) -> Times:
    """Read the times of a set's posts; coarse and missing times are counted and left out."""
    base = (
        f"FROM posts p JOIN {MEMBERS} m ON m.platform = p.platform AND m.account_id = p.account_id "
        f"WHERE m.set_id = {literal(set_id)}"
    )
    fine = (
        "p.happened_at IS NOT NULL AND (p.happened_precision IS NULL OR p.happened_precision NOT IN "
        "('day', 'month', 'year', 'hour'))"
    )
    sql = (
        "SELECT epoch_us(p.happened_at) AS us, concat(p.platform, ':', p.account_id) AS account, "
        f"coalesce(p.kind, 'post') AS kind {base} AND {fine} ORDER BY us, account, p.post_id"
    )
    table = engine.query(sql)
    total = int(engine.scalar(f"SELECT count(*) {base}"))
    return Times(
        table.column("us").to_numpy(zero_copy_only=False).astype(np.int64),
        np.array(table.column("account").to_pylist(), dtype=object),
        np.array(table.column("kind").to_pylist(), dtype=object),
        total - table.num_rows,
        sql,
        tuple(
            r["source_id"] for r in engine.rows(_ASSUMED + f"(SELECT DISTINCT p.source_id {base}) ORDER BY source_id")
        ),
    )


def _clock(us: int) -> str:
    s = us // 1_000_000 % 86_400
    return f"{s // 3600:02d}:{s // 60 % 60:02d}:{s % 60:02d}"


def no_times(population: Population, kind: str, times: Times) -> Gap:
    """The gap that stands where a set has no post with a clock time."""
    told = f" ({times.coarse:,} posts have only a date)" if times.coarse else ""
    return Gap(
        id=f"accounts.{kind}.{population.set.spec.id}",
        room="accounts",
        sentence=f"The {kind} of {population.set.spec.called} cannot be known: no post with a clock time{told}.",
        mend="Give a source with clock times in UTC, or declare the zone of its clock.",
    )


def one_moment(times: Times) -> bool:
    """All times on one minute of the day: a clock that was never read (midnight of a date, an export's own time)."""
    return times.us.size >= 5 and np.unique(times.us % DAY_US // 60_000_000).size == 1


def hours(population: Population, times: Times, options: Options) -> tuple[Finding | None, Evidence | None, Gap | None]:
    """Hours of the day: counts, the span, the busiest window, and how organic cohorts compare."""
    spec = population.set.spec
    if times.us.size == 0 or one_moment(times):
        return None, None, no_times(population, "hours", times)
    profile = hour_profile(times.us)
    first = first_of_day(times.us, times.account)
    effective = effective_number(times.us, times.account)
    account_days = hour_profile(times.us[first])
    start, held = best_window(account_days, options.window_h)
    by_clock = np.sort(times.us % DAY_US)
    wrap = _quiet_after(by_clock)
    spot = circular(times.us[first], independent=effective)
    draw = rank = None
    mine = unit_hours(population.inside)
    if population.compared and int((mine >= 0).sum()) >= options.min_accounts:
        draw, rank = compare_hours(population, mine, options)
    figures = [
        count("posts", times.us.size, "posts"),
        count("account_days", first.size, "account-days", "first post of an account on a day: the units of the test"),
        Figure(
            name="independent_posts",
            value=Estimate.exact(round(effective, 1)),
            unit="posts",
            basis=Basis.MEASURED,
            note="account-days less what accounts have in common with themselves (intra-account correlation)",
        ),
        share("in_busiest_window", held, int(first.size), f"{options.window_h} h from {start:02d}:00 UTC"),
        count("window_h", options.window_h, "h"),
        count("empty_hours", int((profile == 0).sum()), "hours"),
        *test_figures(draw, rank),
    ]
    sentence = (
        f"{'The only post' if times.us.size == 1 else f'All {times.us.size:,} posts'} of {spec.called} "
        f"{'falls' if times.us.size == 1 else 'fall'} between {_clock(wrap[0])} and {_clock(wrap[1])} UTC; "
        f"{int((profile == 0).sum())} hours of the day are empty."
    )
    if draw is not None:
        sentence += (
            f" One post day per account, {percent(draw.hits / draw.n)} of {draw.n:,} lie in the busiest "
            f"{options.window_h} hours." + beside(draw, rank, population, "hours")
        )
    else:
        sentence += beside(draw, rank, population, "hours")
    item = evidence_item(population, "hours", "control", sentence, rank)
    told = finding(
        population,
        "hours",
        sentence,
        figures,
        method="Posts by UTC hour. Units are first posts of account-days; for the test one day per account, chosen by "
        "hash. Busiest window: hypergeometric tail over 24 starts (Bonferroni), randomised. Weight: cohort rank.",
        assumption="The clock of the source is UTC as declared; people of one country or habit also keep common hours.",
        data={
            "hours": profile.tolist(),
            "weekdays": weekday_profile(times.us).tolist(),
            "account_day_hours": account_days.tolist(),
            "earliest": _clock(wrap[0]),
            "latest": _clock(wrap[1]),
            "mean_hour": round(spot.mean_hour, 2),
            "resultant": round(spot.resultant, 4),
            "active_days": int(np.unique(times.us // DAY_US).size),
        },
        caveats=(
            *((f"{times.coarse:,} posts without a clock time are left out.",) if times.coarse else ()),
            *(
                (f"The clock of {', '.join(times.assumed)} names no zone; it was taken for UTC.",)
                if times.assumed
                else ()
            ),
            "Hours are easy to fake and easy to share: a scheduler, a country or a job gives the same picture.",
        ),
        steps=(StepRef(name="times_of_set", sql=times.sql, rows=int(times.us.size)),),
        evidence=(item.id,) if item else (),
    )
    return told, item, None


def _quiet_after(by_clock: NDArray[np.int64]) -> tuple[int, int]:
    """Start and end of the day of posts: the largest empty stretch of the clock is the night."""
    gaps = np.diff(np.append(by_clock, by_clock[0] + DAY_US))
    cut = int(gaps.argmax())
    return int(by_clock[(cut + 1) % by_clock.size]), int(by_clock[cut])


def unit_hours(columns: dict[str, NDArray[Any]]) -> NDArray[np.int64]:
    """Hour of each account's unit (one of its days, chosen by hash); -1 where it has none."""
    us = columns["first_us"]
    return np.where(us == NO_UNIT, -1, us % DAY_US // HOUR_US).astype(np.int64)


def compare_hours(population: Population, mine: NDArray[np.int64], options: Options) -> tuple[Draw, Rank | None]:
    """The busiest window beside the comparison population, and the set's rank among cohorts."""
    theirs = unit_hours(population.outside)
    mine, usable = mine[mine >= 0], theirs >= 0
    width = options.window_h
    windows = [
        (str(s), int(((mine - s) % 24 < width).sum()), int((((theirs - s) % 24 < width) & usable).sum()))
        for s in range(24)
    ]
    best, _ = strongest_draw(windows, mine.size, int(usable.sum()), f"{population.set.spec.id}|hours")
    held = best_window(np.bincount(mine, minlength=24), width)[1] / mine.size
    cohorts = population.cohorts
    values = []
    for name in np.unique(cohorts[usable & (cohorts != "")].astype(str)).tolist():
        here = theirs[usable & (cohorts == name)]
        if here.size >= options.min_cohort:
            values.append(best_window(np.bincount(here, minlength=24), width)[1] / here.size)
    return best, rank_among(held, np.array(values))
