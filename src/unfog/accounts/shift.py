"""Which offices would keep these hours: marginal likelihood over zones, shifts and weeks."""

from __future__ import annotations

from typing import Any

from unfog.accounts.clock import Times, no_times, one_moment
from unfog.accounts.compare import Population
from unfog.accounts.options import Options
from unfog.accounts.told import count, finding
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
    effective_number,
    first_of_day,
    shift_table,
)


def shift(population: Population, times: Times, options: Options) -> tuple[Finding | None, Evidence | None, Gap | None]:
    """Which offices would keep these hours: all zones and habits that the data cannot tell apart."""
    spec = population.set.spec
    if times.us.size == 0 or one_moment(times):
        return None, None, no_times(population, "shift", times)
    if times.assumed:
        return (
            None,
            None,
            Gap(
                id=f"accounts.shift.{spec.id}",
                room="accounts",
                sentence=f"Which office {spec.called} keep cannot be known: the clock of "
                f"{', '.join(times.assumed)} names no zone.",
                mend="Declare the zone of that source, or give ids that carry the time.",
            ),
        )
    first = first_of_day(times.us, times.account)
    effective = effective_number(times.us, times.account)
    table = shift_table(times.us[first], effective=effective)
    told = table.not_told_apart()
    names = [
        f"{habit} hours in {' / '.join(z for z, h, _ in told if h == habit)}"
        for habit in dict.fromkeys(h for _, h, _ in told)
    ]
    calendars = {c.name: round(float(v), 3) for c, v in zip(table.calendars, table.by_calendar(), strict=True)}
    weeks = sorted((c for c, v in calendars.items() if v >= -1), key=lambda c: (-calendars[c], c))
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
            f"told apart. The week fits {' or '.join(weeks)} best."
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
