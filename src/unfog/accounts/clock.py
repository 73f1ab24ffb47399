"""Hours, weekdays, shifts and pacing of a set: first the platform's mechanics, then the clock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unfog.accounts.compare import Population, Rank, by_cohort, random_draw, rank_among
from unfog.accounts.options import Options
from unfog.accounts.sets import MEMBERS
from unfog.accounts.told import beside, count, evidence_item, finding, percent, plural, share, test_figures
from unfog.engine import Engine, literal
from unfog.model import (
    CONTRASTS,
    Basis,
    Estimate,
    Evidence,
    Figure,
    Finding,
    Gap,
    Likelihood,
    MeasuredBy,
    StepRef,
    Verdict,
)
from unfog.model import Kind as EvidenceKind
from unfog.stats import (
    CALENDARS,
    SHIFTS,
    ZONES,
    best_window,
    circular,
    effective_number,
    first_of_day,
    gaps_s,
    hour_profile,
    pacing,
    shift_table,
    weekday_profile,
)

DAY_US = 86_400_000_000
HOUR_US = 3_600_000_000
NO_UNIT = np.iinfo(np.int64).min
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True)
class Times:
    """Posts of a set whose clock is known.

    Attributes:
        us: Microseconds since 1970 UTC.
        account: platform:account_id.
        kind: post, comment ...
        coarse: Posts left out because their time is coarser than a minute, or missing.
        sql: Query that read them.
    """

    us: NDArray[np.int64]
    account: NDArray[Any]
    kind: NDArray[Any]
    coarse: int
    sql: str


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
    )


def _clock(us: int) -> str:
    s = us // 1_000_000 % 86_400
    return f"{s // 3600:02d}:{s // 60 % 60:02d}:{s % 60:02d}"


def _no_times(population: Population, kind: str, times: Times) -> Gap:
    told = f" ({times.coarse:,} posts have only a date)" if times.coarse else ""
    return Gap(
        id=f"accounts.{kind}.{population.set.spec.id}",
        room="accounts",
        sentence=f"The {kind} of {population.set.spec.called} cannot be known: no post with a clock time{told}.",
        mend="Give a source with clock times in UTC, or declare the zone of its clock.",
    )


def _one_moment(times: Times) -> bool:
    """All times on one minute of the day: a clock that was never read (midnight of a date, an export's own time)."""
    return times.us.size >= 5 and np.unique(times.us % DAY_US // 60_000_000).size == 1


def hours(population: Population, times: Times, options: Options) -> tuple[Finding | None, Evidence | None, Gap | None]:
    """Hours of the day: counts, the span, the busiest window, and how organic cohorts compare."""
    spec = population.set.spec
    if times.us.size == 0 or _one_moment(times):
        return None, None, _no_times(population, "hours", times)
    profile = hour_profile(times.us)
    first = first_of_day(times.us, times.account)
    effective = effective_number(times.us, times.account)
    unit_hours = hour_profile(times.us[first])
    start, held = best_window(unit_hours, options.window_h)
    by_clock = np.sort(times.us % DAY_US)
    wrap = _quiet_after(by_clock)
    spot = circular(times.us[first], independent=effective)
    draw = rank = None
    mine = _unit_hours(population.inside)
    if population.compared and int((mine >= 0).sum()) >= options.min_accounts:
        draw, rank = _compare_hours(population, mine, options)
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
        f"All {times.us.size:,} posts of {spec.called} fall between {_clock(wrap[0])} and {_clock(wrap[1])} UTC; "
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
            "account_day_hours": unit_hours.tolist(),
            "earliest": _clock(wrap[0]),
            "latest": _clock(wrap[1]),
            "mean_hour": round(spot.mean_hour, 2),
            "resultant": round(spot.resultant, 4),
            "active_days": int(np.unique(times.us // DAY_US).size),
        },
        caveats=(
            *((f"{times.coarse:,} posts without a clock time are left out.",) if times.coarse else ()),
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


def _unit_hours(columns: dict[str, NDArray[Any]]) -> NDArray[np.int64]:
    us = columns["first_us"]
    return np.where(us == NO_UNIT, -1, us % DAY_US // HOUR_US).astype(np.int64)


def _compare_hours(population: Population, mine: NDArray[np.int64], options: Options) -> tuple[Any, Rank | None]:
    theirs = _unit_hours(population.outside)
    mine, usable = mine[mine >= 0], theirs >= 0
    width, best = options.window_h, None
    for start in range(24):
        inside, outside = (mine - start) % 24 < width, ((theirs - start) % 24 < width) & usable
        key = f"{population.set.spec.id}|hours|{start}"
        draw = random_draw(int(inside.sum()), mine.size, int(outside.sum()), int(usable.sum()), key, tries=24)
        if best is None or draw.log10_p < best.log10_p:
            best = draw
    held = best_window(np.bincount(mine, minlength=24), width)[1] / mine.size
    cohorts = population.cohorts
    values = []
    for name in np.unique(cohorts[usable & (cohorts != "")].astype(str)).tolist():
        here = theirs[usable & (cohorts == name)]
        if here.size >= options.min_cohort:
            values.append(best_window(np.bincount(here, minlength=24), width)[1] / here.size)
    return best, rank_among(held, np.array(values))


def weekdays(
    population: Population, times: Times, options: Options
) -> tuple[Finding | None, Evidence | None, Gap | None]:
    """Weekdays in UTC: days without any post, and how rarely the set posts on them beside others."""
    spec = population.set.spec
    if times.us.size == 0:
        return None, None, _no_times(population, "weekdays", times)
    profile = weekday_profile(times.us)
    empty = [WEEKDAYS[i] for i in range(7) if profile[i] == 0]
    weekend = int(profile[5] + profile[6])
    draw = rank = None
    chosen = "weekend"
    mine = _unit_days(population.inside)
    if population.compared and int((mine >= 0).sum()) >= options.min_accounts:
        draw, rank, chosen = _compare_days(population, mine, options)
    figures = [
        count("posts", times.us.size, "posts"),
        share("weekend_share", weekend, int(times.us.size)),
        count("sundays", int(profile[6]), "posts"),
        count("saturdays", int(profile[5]), "posts"),
        *test_figures(draw, rank),
    ]
    free = " and ".join(empty)
    sentence = (
        f"Of {times.us.size:,} posts of {spec.called} {percent(weekend / times.us.size)} fall on a Saturday or Sunday"
        + (f", none on a {free}." if empty else ".")
    )
    if draw is not None:
        sentence += f" One post day per account, {percent(draw.hits / draw.n)} of {draw.n:,} are not on a {chosen} day."
    sentence += beside(draw, rank, population, "weekdays")
    item = evidence_item(population, "weekdays", "control", sentence, rank)
    told = finding(
        population,
        "weekdays",
        sentence,
        figures,
        method="Posts by UTC weekday. Test: one day per account, how many avoid Saturday and Sunday, Sunday, or Friday "
        "and Saturday (three tried, Bonferroni); hypergeometric tail, randomised. Weight: rank among cohorts.",
        assumption="Weekdays are those of UTC; near midnight a local day may differ.",
        data={"weekdays": profile.tolist(), "hours": hour_profile(times.us).tolist(), "empty": empty},
        steps=(StepRef(name="times_of_set", sql=times.sql, rows=int(times.us.size)),),
        evidence=(item.id,) if item else (),
    )
    return told, item, None


_FREE = {"weekend": (5, 6), "Sunday": (6,), "Friday or Saturday": (4, 5)}


def _unit_days(columns: dict[str, NDArray[Any]]) -> NDArray[np.int64]:
    us = columns["first_us"]
    return np.where(us == NO_UNIT, -1, (us // DAY_US + 3) % 7).astype(np.int64)


def _compare_days(population: Population, mine: NDArray[np.int64], options: Options) -> tuple[Any, Rank | None, str]:
    theirs = _unit_days(population.outside)
    mine, usable = mine[mine >= 0], theirs >= 0
    best, chosen = None, ""
    for name, free in _FREE.items():
        inside, outside = ~np.isin(mine, free), ~np.isin(theirs, free) & usable
        key = f"{population.set.spec.id}|weekdays|{name}"
        draw = random_draw(int(inside.sum()), mine.size, int(outside.sum()), int(usable.sum()), key, tries=len(_FREE))
        if best is None or draw.log10_p < best.log10_p:
            best, chosen = draw, name
    assert best is not None  # noqa: S101  (the table of free days is not empty)
    values = by_cohort(~np.isin(theirs, _FREE[chosen]), usable, population.cohorts, options.min_cohort)
    return best, rank_among(best.hits / best.n, values), chosen


def pace(population: Population, times: Times, options: Options) -> tuple[Finding | None, Evidence | None, Gap | None]:
    """Gaps between submissions of one account within a sitting, with the platform's rate limit as first explanation."""
    spec = population.set.spec
    kept = times.kind == "post" if (times.kind == "post").any() else np.ones(times.us.size, dtype=bool)
    gaps = gaps_s(times.us[kept], times.account[kept], options.sitting_s) if times.us.size else np.array([])
    if gaps.size == 0:
        return (
            None,
            None,
            Gap(
                id=f"accounts.pacing.{spec.id}",
                room="accounts",
                sentence=f"The pacing of {spec.called} cannot be known: no account posted twice within a sitting.",
                mend="Give more posts of these accounts.",
            ),
        )
    platforms = sorted(set(population.inside["platform"].tolist()))
    limit = options.rate_limits.get(platforms[0]) if len(platforms) == 1 else None
    told = pacing(gaps, limit)
    equal = int((gaps == 0).sum())
    figures = [
        count("gaps", told.n, "gaps"),
        count("smallest_gap", told.minimum_s, "s"),
        count("first_quartile", told.quartiles_s[0], "s"),
        count("median_gap", told.quartiles_s[1], "s"),
        count("third_quartile", told.quartiles_s[2], "s"),
        count("equal_times", equal, "gaps"),
    ]
    sentence = (
        f"Between submissions of one account within a sitting {spec.called} leave at least "
        f"{told.minimum_s / 60:.2f} minutes, {told.quartiles_s[1] / 60:.1f} in the median of {plural(told.n, 'gap')}."
    )
    if limit:
        figures += [
            count("platform_limit", limit, "s", f"declared for {platforms[0]}"),
            count("below_limit", told.below_limit, "gaps"),
            count("just_above_limit", told.at_limit, "gaps", "from the limit to half above it"),
        ]
        sentence += (
            f" {platforms[0].capitalize()} makes new accounts wait {limit / 60:.0f} minutes, which explains this pace: "
            "it carries no weight."
            if told.explained
            else f" The platform's limit of {limit / 60:.0f} minutes does not explain this pace."
        )
    minutes = np.floor(gaps / 60.0).astype(np.int64)
    finished = finding(
        population,
        "pacing",
        sentence,
        figures,
        method="Gaps between successive submissions (comments apart) of one account, up to the length of a sitting; "
        "explained if at most one in a hundred is below the platform's limit and half lie up to half above it.",
        assumption="The declared limit held for these accounts at the time; limits loosen as accounts gain standing.",
        data={
            "explained_by_platform": told.explained,
            "by_minute": {str(m): int((minutes == m).sum()) for m in np.unique(minutes).tolist()},
        },
        steps=(StepRef(name="times_of_set", sql=times.sql, rows=int(times.us.size)),),
    )
    return finished, None, None


def shift(population: Population, times: Times, options: Options) -> tuple[Finding | None, Evidence | None, Gap | None]:
    """Which offices would keep these hours: all zones and habits that the data cannot tell apart."""
    spec = population.set.spec
    if times.us.size == 0 or _one_moment(times):
        return None, None, _no_times(population, "shift", times)
    first = first_of_day(times.us, times.account)
    effective = effective_number(times.us, times.account)
    table = shift_table(times.us[first], effective=effective)
    told = table.not_told_apart()
    names = [
        f"{habit} hours in {' / '.join(z for z, h, _ in told if h == habit)}"
        for habit in dict.fromkeys(h for _, h, _ in told)
    ]
    calendars = {c.name: round(float(v), 3) for c, v in zip(table.calendars, table.by_calendar(), strict=True)}
    best_week = min(calendars, key=lambda c: (-calendars[c], c))
    patterns = len(table.by_zone_and_habit())
    wide = len({z for z, _, _ in told}) > len(ZONES) // 2
    figures = [
        count("account_days", first.size, "account-days"),
        Figure(name="independent_posts", value=Estimate.exact(round(effective, 1)), unit="posts", basis=Basis.MEASURED),
        count("not_told_apart", len(told), "patterns", "zone and habit within a factor of ten of the best"),
        count("patterns", patterns, "patterns"),
    ]
    if wide:
        sentence = (
            f"The hours of {spec.called} tell nothing about a time zone: {len(told):,} of {patterns:,} patterns fit."
        )
    else:
        shown = ", ".join(names[:-1]) + (" or " if len(names) > 1 else "") + names[-1]
        sentence = (
            f"The hours of {spec.called} fit {shown}; these {len(told):,} of {patterns:,} patterns cannot be "
            f"told apart. The week fits {best_week} best."
        )
    item = None
    data: dict[str, Any] = {
        "not_told_apart": [{"zone": z, "habit": h, "log10_relative": round(v, 3)} for z, h, v in told],
        "zones": {z.name: round(float(v), 3) for z, v in zip(table.zones, table.by_zone(), strict=True)},
        "calendars": calendars,
        "grid": {"zones": len(ZONES), "shifts": len(SHIFTS), "calendars": len(CALENDARS)},
    }
    declared = options.declared_shift
    if declared is not None:
        known = {z.name for z in ZONES}
        zones = [z for z in declared.zones if z in known]
        if zones:
            low, value = sorted(
                (
                    table.log10_lr(lambda z, s, _c: z.name in zones and s.habit in declared.habits),
                    shift_table(times.us[first], effective=max(1.0, effective / 2)).log10_lr(
                        lambda z, s, _c: z.name in zones and s.habit in declared.habits
                    ),
                ),
                key=abs,
            )
            estimate = Estimate(value=value, low=min(low, value, 0.0), high=max(low, value, 0.0))
            figures.append(
                Figure(
                    name="log10_lr_declared",
                    value=estimate,
                    unit="log10 LR",
                    basis=Basis.BOUND,
                    note=f"{', '.join(zones)} ({', '.join(declared.habits)}) : the rest of the grid",
                )
            )
            item = _shift_evidence(population, estimate, zones, sentence)
    told_finding = finding(
        population,
        "shift",
        sentence,
        figures,
        verdict=Verdict.CANNOT_TELL if wide else Verdict.DESCRIPTIVE,
        method="Marginal likelihood of the first post of every account-day over a declared grid of zones, shifts and "
        "weeks; shares inside shift and week integrated out; tempered to the number of independent posts. All patterns "
        "within a factor of ten of the best are named.",
        assumption="Within a shift the first post of a day is equally likely at any time; weights are declared "
        "(an office day begins at 8, 9 or 10 with weight 0.8, an early riser has 0.11).",
        data=data,
        caveats=("Hours are chosen by whoever posts, and may be scheduled to look like another country's.",),
        steps=(StepRef(name="times_of_set", sql=times.sql, rows=int(times.us.size)),),
        evidence=(item.id,) if item else (),
    )
    return told_finding, item, None


def _shift_evidence(population: Population, estimate: Estimate, zones: list[str], sentence: str) -> Evidence:
    s = population.set
    return Evidence(
        id=f"accounts.shift.{s.spec.id}",
        statement=sentence,
        kind=EvidenceKind.BEHAVIOURAL,
        contrast="shift",
        reference=CONTRASTS["shift"].other,
        likelihoods=(Likelihood(value="one", log10_lr=estimate),),
        measured_by=MeasuredBy(
            calibrator="marginal likelihood over declared zones, shifts and weeks",
            version="1",
            n_different=len(ZONES) - len(zones),
            unit="zones",
            is_bound=True,
            note="the grid and its weights are declared, not calibrated on known offices",
        ),
        origin=f"unfog accounts, set {s.spec.id}",
        derived_from=(f"set:{s.spec.id}",),
        public_from=s.public_from,
        selected_by=s.spec.selected_by,
        selected_on_trait="shift" in s.spec.selected_on or "hours" in s.spec.selected_on,
        archived=True,
        spoofing_cost="low",
    )
