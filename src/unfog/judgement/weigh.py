"""Weigh: from declared questions and evidence to a judgement."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time
from typing import Any

import numpy as np

from unfog.judgement.combine import Floats
from unfog.judgement.confidence import confidence
from unfog.judgement.document import (
    Answer,
    CircleRow,
    Confidence,
    Driver,
    Judgement,
    Point,
)
from unfog.judgement.groups import circles
from unfog.judgement.items import known_items
from unfog.judgement.nextbest import Uncollected, next_best
from unfog.judgement.raters import rater_gaps, rater_names
from unfog.judgement.recipe import recipe
from unfog.judgement.rows import estimate, evidence_rows, group_rows, variable_rows
from unfog.judgement.sensitivity import Tornado, flips, prior_curve, removals, word_begins
from unfog.judgement.settings import Settings
from unfog.judgement.state import Drawn, State, log_odds
from unfog.judgement.variables import ContrastMap, Proposition, Variable, check_declared
from unfog.judgement.worlds import Worlds
from unfog.model import AsOf, Clock, Estimate, Evidence
from unfog.text.reader import reader_sentence
from unfog.text.writer import clause, confidence_sentence, likelihood_sentence, wording
from unfog.text.yardstick import Yardstick, yardstick

MAX_DRIVERS = 25


def weigh(
    variables: Sequence[Variable],
    propositions: Sequence[Proposition],
    contrasts: Sequence[ContrastMap],
    evidence: Sequence[Evidence],
    as_of: AsOf | None,
    settings: Settings,
    *,
    uncollected: Sequence[Uncollected] = (),
    through_time: bool = True,
) -> Judgement:
    """Weigh what was known at a date.

    Args:
        variables: The case's questions, with priors.
        propositions: The statements to be judged.
        contrasts: How the rooms' contrasts read in this case.
        evidence: All items; those not public by ``as_of`` are not looked at.
        as_of: The date; None knows everything.
        settings: Settings, printed with the result.
        uncollected: Items that could still be collected, for the expected information gain.
        through_time: Whether to weigh again on every date on which public evidence changed.

    Returns:
        The judgement; a pure function of the arguments, whatever their order.

    Raises:
        EvidenceError: names the variable, proposition or evidence item that makes no sense.
    """
    variables, propositions, contrasts = tuple(variables), tuple(propositions), tuple(contrasts)
    check_declared(variables, propositions, contrasts)
    evidence = _dated(evidence, as_of)
    worlds = Worlds.of(variables, settings.max_worlds)
    scale = yardstick(settings.standard)
    items = known_items(evidence, worlds, contrasts, settings, as_of)
    state = State.of(worlds, items, settings, propositions)
    drawn = state.drawn(settings.draws)
    raters = {name: other.probabilities() for name in rater_names(items) if (other := state.by_rater(name)) is not None}
    tornado = Tornado(state, raters)
    alone = state.item_alone()
    answers = []
    for p in propositions:
        if not p.when:
            told = f"Not assessable: {p.says.rstrip('. ')}: {p.not_assessable}"
            answers.append(
                Answer(
                    proposition=p.id,
                    says=p.says,
                    status="not assessable",
                    reason=p.not_assessable,
                    sentence=told.rstrip(". ") + ".",
                )
            )
            continue
        answers.append(_answer(p, state, drawn, raters, tornado, alone, scale))
    curve: dict[str, tuple[Point, ...]] = {}
    if through_time:
        curve = _through_time(evidence, worlds, contrasts, settings, state, drawn, as_of)
    document = Judgement(
        as_of=as_of.label if as_of else "",
        clock=(as_of.clock if as_of else Clock.PUBLIC).value,
        standard=settings.standard,
        settings=settings.model_dump(mode="json", by_alias=True),
        grade_table=settings.grades.table(),
        n_worlds=len(worlds),
        variables=variable_rows(state, drawn),
        answers=tuple(answers),
        evidence=evidence_rows(state),
        groups=group_rows(state),
        circles=tuple(CircleRow(**vars(c)) for c in circles(items)),
        through_time=curve,
        next_best=next_best(state, uncollected),
        rater_gaps=rater_gaps(items, worlds),
        raters=tuple(raters),
        notes=_notes(state),
        central=recipe(state),
    )
    dumped = document.model_dump(by_alias=True)
    return Judgement.model_validate(_rounded(dumped) | {"central": dumped["central"]})


def _dated(evidence: Sequence[Evidence], as_of: AsOf | None) -> tuple[Evidence, ...]:
    """Give measured items that carry no date the as-of date: they were computed from rows that were known by then.

    An argued item without a date stays without one and is refused.
    """
    if as_of is None:
        return tuple(evidence)
    day = f"{as_of.at:%Y-%m-%d}" if as_of.at.time() == time.max else as_of.at.isoformat()
    note = f"not dated by its room; counted from the as-of date {day}"
    return tuple(
        e.model_copy(update={"public_from": day, "caveats": (*e.caveats, note)})
        if e.is_measured and not e.public_from
        else e
        for e in evidence
    )


def _rounded(x: Any) -> Any:
    """All floats to twelve significant digits: beyond that a sum depends on the machine that made it."""
    if isinstance(x, float):
        return float(f"{x:.12g}") + 0.0
    if isinstance(x, dict):
        return {k: _rounded(v) for k, v in x.items()}
    if isinstance(x, (list, tuple)):
        return [_rounded(v) for v in x]
    return x


def _answer(
    p: Proposition,
    state: State,
    drawn: Drawn,
    raters: dict[str, Floats],
    tornado: Tornado,
    alone: dict[str, Floats],
    scale: Yardstick,
) -> Answer:
    row = [a.id for a in state.asked].index(p.id)
    here = float(state.probabilities()[row])
    prior = float(state.priors[row])
    posterior = estimate(here, drawn.posterior[:, row])
    lr = float(log_odds(np.array([here]))[0] - log_odds(np.array([prior]))[0])
    ratio = estimate(lr, drawn.log10_lr()[:, row])
    flat = sorted(v.id for v in _behind(p, state) if not v.has_prior)
    unspoken = _unnamed_state(p, state)
    group_of = {i.id: g.id for g in state.groups for i in g.items}
    drivers = tuple(
        Driver(
            id=i.id,
            statement=i.evidence.statement,
            basis="measured" if i.measured else "argued",
            log10_lr=float(alone[i.id][1, row]),
            low=float(alone[i.id][0, row]),
            high=float(alone[i.id][2, row]),
            group=group_of[i.id],
        )
        for g in state.groups
        for i in g.items
        if np.abs(alone[i.id][:, row]).max() > 1e-9
    )
    drivers = tuple(sorted(drivers, key=lambda d: (-abs(d.log10_lr), d.id))[:MAX_DRIVERS])
    spread = _spread(posterior, [x[row] for x in tornado.rho.values()], [x[row] for x in raters.values()])
    sure: Confidence = confidence(state, row, spread, state.settings.cuts, alone)
    ratios = Answer(
        proposition=p.id,
        says=p.says,
        status="ratios",
        sentence="",
        log10_lr=ratio,
        prior_curve=prior_curve(ratio.low, ratio.value, ratio.high),
        word_begins=word_begins(scale, lr),
        drivers=drivers,
        caps=_caps(state, row),
    )
    if unspoken:
        told = f"Cannot tell whether {clause(p.says)}: nothing in the evidence speaks to {', '.join(unspoken)} itself."
        why = "no evidence on " + ", ".join(unspoken)
        return ratios.model_copy(update={"status": "cannot tell", "reason": why, "sentence": told})
    if flat:
        told = (
            f"No prior is declared for {', '.join(flat)}, so no probability is given. For the statement that "
            f"{clause(p.says)}, the evidence is worth a likelihood ratio of {_ratio_text(ratio)}."
        )
        return ratios.model_copy(update={"reason": "no prior declared for " + ", ".join(flat), "sentence": told})
    words = wording(scale, 100 * posterior.value, 100 * posterior.low, 100 * posterior.high)
    said = likelihood_sentence(scale, p.says, 100 * posterior.value, 100 * posterior.low, 100 * posterior.high)
    return ratios.model_copy(
        update={
            "status": "answered",
            "verdict": p.verdict,
            "sentence": said,
            "confidence_sentence": confidence_sentence(sure.level, _why(sure)),
            "wording": words,
            "readers": _readers(scale, words.word),
            "posterior": posterior,
            "prior": estimate(prior, drawn.prior[:, row]),
            "confidence": sure,
            "flips": flips(state, row, here, lr, scale),
            "removals": removals(state, row, here, scale),
            "tornado": tornado.of(row),
            "rho_shown": {f"{r:g}": float(x[row]) for r, x in tornado.rho.items()},
            "raters": {name: float(x[row]) for name, x in raters.items()},
        }
    )


def _readers(scale: Yardstick, word: str) -> str:
    band = scale.band(word)
    return reader_sentence(word, band.low, band.high, high_closed=band.high_closed) if band else ""


def _spread(posterior: Estimate, *more: list[float]) -> float:
    every = [posterior.low, posterior.high, *(float(x) for xs in more for x in xs)]
    return max(every) - min(every)


def _behind(p: Proposition, state: State) -> list[Variable]:
    """The proposition's variables and those that their priors depend on."""
    by_id = {v.id: v for v in state.worlds.variables}
    found: dict[str, Variable] = {}
    waiting = list(p.when)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = by_id[name]
            waiting += [by_id[name].given] if by_id[name].given else []
    return list(found.values())


def _unnamed_state(p: Proposition, state: State) -> list[str]:
    spoken = {state.worlds.variables[k].id for g in state.groups for i in g.items for k in i.scope}
    named = {v.id for v in state.worlds.variables if v.names_state}
    return sorted(x for x in p.when if x in named and x not in spoken)


def _caps(state: State, row: int) -> tuple[str, ...]:
    """Caps that bit on the way to this answer, in words."""
    told: list[str] = []
    for block, (_, _, bit) in zip(state.engine.blocks, state.contributions, strict=True):
        if abs(state.alone[block.group, row]) < 1e-9:
            continue
        for item, logs, cap in zip(block.items, block.logs, block.caps, strict=True):
            if logs[1].max() - logs[1].min() > cap + 1e-12:
                told.append(f"{item.id}: {item.cap_name}")
            if item.evidence.measured_by and item.evidence.measured_by.is_bound:
                told.append(f"{item.id}: a bound; it is worth at most this")
        if bit[0]:
            told.append(f"{state.groups[block.group].id}: {block.cap_name}")
    _, bits = state.engine.totals(state.sums)
    for scope, bit in zip(state.engine.wholes, bits, strict=True):
        if bit[0]:
            names = "+".join(state.worlds.variables[k].id for k in scope)
            told.append(f"{names}: argued evidence overall: at most {state.settings.caps.overall:g}")
    return tuple(told)


def _why(c: Confidence) -> str:
    """The three parts, and a gate where it is the gate that binds."""
    parts = {name: getattr(c, name).level for name in ("reliability", "range", "responsiveness")}
    told = ", ".join(f"{name} {level}" for name, level in parts.items())
    bound = set(parts.values()) == {"high"} and c.level != "high"
    return told + ("; " + "; ".join(c.gates) if bound else "")


def _ratio_text(x: Estimate) -> str:
    return f"{10**x.value:.3g} (log10 {x.value:+.2f}; 90 % interval {x.low:+.2f} to {x.high:+.2f})"


def _through_time(
    evidence: Sequence[Evidence],
    worlds: Worlds,
    contrasts: Sequence[ContrastMap],
    settings: Settings,
    last: State,
    last_drawn: Drawn,
    as_of: AsOf | None,
) -> dict[str, tuple[Point, ...]]:
    """The answers on every date on which public evidence changed."""
    days = sorted({i.known_from.end.date() for i in last.items})
    points: dict[str, list[Point]] = {p.id: [] for p in last.asked}
    for day in days:
        then = AsOf(datetime.combine(day, time.max, tzinfo=UTC), as_of.clock if as_of else Clock.PUBLIC)
        new = tuple(sorted(i.id for i in last.items if i.known_from.end.date() == day))
        if day == days[-1]:
            state, drawn = last, last_drawn
        else:
            known = known_items(evidence, worlds, contrasts, settings, then)
            state = State.of(worlds, known, settings, last.asked)
            drawn = state.drawn(settings.time_draws)
        here = state.probabilities()
        for row, p in enumerate(last.asked):
            if _unnamed_state(p, state) or any(not v.has_prior for v in _behind(p, state)):
                continue
            x = estimate(float(here[row]), drawn.posterior[:, row])
            lr = float((log_odds(here) - log_odds(state.priors))[row])
            points[p.id].append(
                Point(
                    date=day.isoformat(),
                    percent=100 * x.value,
                    low=100 * x.low,
                    high=100 * x.high,
                    log10_lr=lr,
                    new=new,
                )
            )
    return {name: tuple(found) for name, found in points.items() if found}


def _notes(state: State) -> tuple[str, ...]:
    out = [f"{i.id}: {note}" for i in state.items for note in i.notes]
    out += [f"{i.id}: left out: {i.left_out}" for i in state.items if i.left_out]
    return tuple(out)
