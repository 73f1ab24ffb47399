"""The room's one call: sets in, findings, evidence, gaps and tables out."""

from __future__ import annotations

from collections.abc import Callable

from unfog.accounts import clock, days, handles, made, pace, shift, usage
from unfog.accounts.census import take_census
from unfog.accounts.compare import Population, load_population
from unfog.accounts.likeness import likeness
from unfog.accounts.options import Options
from unfog.accounts.profiles import PICK_UNITS, profile_accounts
from unfog.accounts.sets import build_sets
from unfog.engine import Engine
from unfog.model import TABLES, Evidence, Finding, Gap, StageResult

Progress = Callable[[str, float], None]
Test = Callable[[Population, clock.Times, Options], tuple[Finding | None, Evidence | None, Gap | None]]

_TESTS: dict[str, Test] = {
    "single-use": usage.single_use,
    "hours": clock.hours,
    "weekdays": days.weekdays,
    "pacing": pace.pace,
    "shift": shift.shift,
    "creation": made.creation,
    "handles": handles.handles,
}


def investigate(engine: Engine, options: Options, *, progress: Progress | None = None) -> StageResult:
    """Examine every set of accounts: hours, weekdays, pacing, single use, creation, handles, shift.

    Leaves ``profile_accounts`` (one row per account) and ``set_members`` (one row per set and account) in the engine.

    Args:
        engine: Holds every table of the model under its name, already filtered by "as of".
        options: Section ``[accounts]`` of the case.
        progress: Called with a message and the share done.

    Returns:
        Findings and evidence per set and test; gaps where something cannot be known.
    """
    tell = progress or (lambda _what, _share: None)
    for name in ("posts", "accounts", "labels", "groups", "sources", "observations"):
        if not engine.has(name):
            engine.put(name, TABLES[name].arrow_schema().empty_table())
    tell("profiles", 0.0)
    profile_accounts(engine)
    engine.run(PICK_UNITS)
    sets = build_sets(engine, options)
    findings: list[Finding] = []
    evidence: list[Evidence] = []
    gaps: list[Gap] = []
    if not sets and options.census is None:
        gaps.append(
            Gap(
                id="accounts.no-sets",
                room="accounts",
                sentence="Whether accounts are what they claim to be cannot be asked: no set of accounts is declared, "
                "labelled or found.",
                mend="Declare [[accounts.sets]], give a label to a source, or let coordination find groups.",
            )
        )
    for i, account_set in enumerate(sets):
        tell(f"set {account_set.spec.id}", 0.2 + 0.8 * i / len(sets))
        if account_set.size == 0:
            gaps.append(
                Gap(
                    id=f"accounts.empty.{account_set.spec.id}",
                    room="accounts",
                    sentence=f"Nothing can be said of {account_set.spec.called}: no table has an account of it.",
                    mend="Check the names, the platform and the date as of which the case is run.",
                )
            )
            continue
        population = load_population(engine, account_set, options)
        times = clock.load_times(engine, account_set.spec.id)
        for kind in options.tests:
            found, item, gap = _TESTS[kind](population, times, options)
            findings += [found] if found else []
            evidence += [item] if item else []
            gaps += [gap] if gap else []
    if options.likeness is not None:
        tell("likeness", 0.9)
        ordered, wanting = likeness(engine, sets, options.likeness)
        findings += ordered
        gaps += wanting
    tables = ["profile_accounts", "set_members"]
    if options.census is not None:
        tell("census", 0.95)
        counted, wanting = take_census(engine, options.census)
        findings += counted
        gaps += wanting
        tables.append("census")
    tell("done", 1.0)
    return StageResult(
        findings=tuple(sorted(findings, key=lambda f: f.id)),
        evidence=tuple(sorted(evidence, key=lambda e: e.id)),
        gaps=tuple(sorted(gaps, key=lambda g: g.id)),
        tables=tuple(tables),
    )
