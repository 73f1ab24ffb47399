"""Findings of the room: sentences whose numbers come from figures, and evidence on the contrast *control*."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import pyarrow as pa

from unfog.coordination.breadth import BREADTH
from unfog.coordination.explain import STEPS, Explanation
from unfog.coordination.layers import Layer
from unfog.coordination.network import FIRST, Group, Network
from unfog.coordination.options import Options
from unfog.coordination.power import GOAL, Power
from unfog.engine import Engine
from unfog.model import Estimate, Evidence, Figure, Finding, Gap, Kind, MeasuredBy, RowsRef, StepRef, Verdict
from unfog.model.finding import Basis
from unfog.stats import p_value_bound, wilson

LN10 = math.log(10.0)
METHOD = (
    "Pairs that act on one object within the window are tested against three chance models (content, burst, tempo); q "
    "is Benjamini-Hochberg on the largest of the three over all possible pairs; signals and windows are joined by the "
    "Cauchy combination. Groups are Leiden communities by consensus, of pairs that are certain by themselves and of "
    "weak ties on one half of the objects; each is tested on the half of the objects it was not found on."
)
ASSUMPTION = (
    "Strangers on the same object show how close in time people act by themselves; collection did "
    "not favour pairs that "
    "act together. Acting together is not being inauthentic, and says nothing of who is behind it."
)


def write(
    engine: Engine, found: Network, ids: Sequence[str], layers: Sequence[Layer], accounts: pa.Array,
    explanations: Sequence[Explanation], whole: dict[str, Any], cells: Sequence[dict[str, Any]],
    powers: Sequence[Power], o: Options, posts: int,
) -> tuple[list[Finding], list[Evidence], list[Gap]]:  # fmt: skip
    """Findings, evidence and gaps."""
    population = _population(engine, posts, len(accounts))
    steps = tuple(
        StepRef(name=x.columns.step.name, sql=x.columns.step.bound(), rows=len(x.columns.time)) for x in layers
    )
    findings = [_groups(engine, found, ids, layers, accounts, explanations, o, population, steps)]
    findings.append(_breadth(found, whole, cells, powers, population))
    gaps: list[Gap] = []
    if powers:
        findings.append(_power(powers, o, population, steps))
    if explanations:
        findings.append(_explanations(explanations, ids, population))
    coarse = max((x.coarse for x in layers), default=0)
    if coarse:
        gaps.append(
            Gap(
                id="coordination.coarse",
                room="coordination",
                sentence=(
                    f"{coarse} posts tell the time more coarsely than the window; whether they fell together is not "
                    "known."
                ),
                mend="Posts with exact times.",
            )
        )
    if all(p.actions == 0 for p in powers) and powers:
        gaps.append(
            Gap(
                id="coordination.power",
                room="coordination",
                sentence=(
                    "With these posts no planted operation would have been found reliably: that none was seen says "
                    "nothing."
                ),
                mend="More posts of the same places and time, ordinary accounts included, as a baseline.",
            )
        )
    return findings, _evidence(found.groups, ids, layers), gaps


def _population(engine: Engine, posts: int, accounts: int) -> str:
    told = engine.rows("SELECT DISTINCT population FROM sources WHERE population IS NOT NULL ORDER BY population")
    text = "; ".join(str(r["population"]) for r in told)
    return f"{posts} dated posts; {accounts} accounts share at least one kind of object" + (f"; {text}" if text else "")


def _count(name: str, value: float, unit: str, note: str = "") -> Figure:
    return Figure(name=name, value=Estimate.exact(float(value)), unit=unit, note=note)


def _groups(
    engine: Engine, found: Network, ids: Sequence[str], layers: Sequence[Layer], accounts: pa.Array,
    explanations: Sequence[Explanation], o: Options, population: str, steps: tuple[StepRef, ...],
) -> Finding:  # fmt: skip
    n = len(found.groups)
    members = sum(len(g.members) for g in found.groups)
    explained = len({e.group_id for e in explanations})
    confirmed = sum(g.ln_q is not None and g.ln_q <= math.log(o.q) for g in found.groups)
    figures = [
        _count("groups", n, "groups"),
        _count("accounts_in_groups", members, "accounts"),
        _count("confirmed", confirmed, "groups", "p on objects that they were not found on, q <= the rate below"),
        _count("edges", len(found.edges.a), "pairs"),
        _count("possible_pairs", len(accounts) * (len(accounts) - 1) // 2, "pairs"),
        _count("false_discovery_rate", o.q, "share"),
    ]
    if n:
        sentence = (
            f"{members} accounts act together more than chance explains, in {n} group{'s' if n > 1 else ''}; "
            f"{confirmed} of them {'are' if confirmed != 1 else 'is'} confirmed on objects that they were not found on"
            + (
                f", and {explained} {'have' if explained != 1 else 'has'} an ordinary explanation."
                if explained
                else "."
            )
        )
    else:
        sentence = (
            f"No group of accounts acts together more than popularity, activity, bursts and daily rhythm explain, at a "
            f"false-discovery rate of {o.q:g}."
        )
    by_id: dict[str, list[str]] = {}
    for e in explanations:
        by_id.setdefault(e.group_id, []).append(e.kind)
    rows = [
        {
            "group_id": i,
            "size": len(g.members),
            "signals": sorted({layers[k].signal.name for k in g.signals}),
            "shared_objects": g.objects,
            "log10_p": None if g.ln_p is None else g.ln_p / LN10,
            "log10_lr": None if g.ln_p is None else float(p_value_bound(0.0, log10_p=min(g.ln_p, 0.0) / LN10)),
            "basis": "bound",
            "stability": g.stability,
            "first": sum(r == FIRST for r in g.roles.values()),
            "explanations": sorted(by_id.get(i, [])),
        }
        for g, i in zip(found.groups, ids, strict=True)
    ]
    signals = [
        {
            "signal": x.signal.name,
            "window_s": x.window_s,
            "actions": len(x.columns.time),
            "pairs_that_meet": r.tally.pairs,
            "strata": x.strata,
        }
        for x, r in zip(layers, found.results, strict=True)
    ]
    return Finding(
        id="coordination.groups",
        room="coordination",
        kind="groups",
        sentence=sentence,
        figures=tuple(figures),
        verdict=Verdict.COORDINATED if confirmed else Verdict.CANNOT_TELL if n else Verdict.DESCRIPTIVE,
        method=METHOD,
        assumption=ASSUMPTION,
        population=population,
        steps=steps,
        rows=(
            RowsRef(table="group_stats", keys=tuple((i,) for i in ids[:50]), total=n),
            RowsRef(table="co_actions", total=int(engine.scalar("SELECT count(*) FROM co_actions"))),
        ),
        caveats=(
            "A fandom with push notifications, a newsroom or a scheduler acts together in the same way; see "
            "explanations.",
            "Accounts that act only once cannot be seen by pairs; see the room accounts.",
        ),
        data={"groups": rows, "signals": signals},
    )


def _breadth(
    found: Network, whole: dict[str, Any], cells: Sequence[dict[str, Any]], powers: Sequence[Power], population: str
) -> Finding:
    n, k = int(whole["accounts"]), int(whole["in_groups"])
    low, high = wilson(k, n)
    share = Estimate(value=k / n, low=float(low), high=float(high))
    best = [p for p in powers if p.actions]
    seen = ""
    if best:
        p = min(best, key=lambda p: (p.size * p.actions, p.size, p.signal))
        seen = (
            f" An operation of {p.size} accounts with {p.actions} joint actions ({p.signal}, within "
            f"{p.window_s:g} s) would have been "
            "found with a "
            f"power of {GOAL:.0%} or more."
        )
    elif powers:
        seen = " No planted operation would have been found with a power of 80% by these data."
    places = f"{whole['group_platforms']} of {whole['platforms']} platforms"
    if whole["topics"]:
        places += f" and {whole['group_topics']} of {whole['topics']} communities"
    start = (
        f"{k} of {n} active accounts are in groups that act together, on {places}."
        if k
        else f"None of {n} active accounts is in a group that acts together: no evidence of a broad operation "
        "of this kind."
    )
    figures = [
        _count("active_accounts", n, "accounts"),
        _count("accounts_in_groups", k, "accounts"),
        Figure(name="share_in_groups", value=share, unit="share", basis=Basis.MEASURED, note="Wilson interval"),
        _count("platforms", whole["group_platforms"], "platforms"),
        _count("communities", whole["group_topics"], "communities"),
    ]
    if best:
        figures += [
            _count("detectable_size", p.size, "accounts"),
            _count("detectable_actions", p.actions, "joint actions"),
            Figure(
                name="power",
                value=Estimate(value=p.power, low=min(p.low, p.power), high=max(p.high, p.power)),
                unit="share",
                basis=Basis.MEASURED,
                note=f"{p.repeats} operations planted",
            ),
        ]
    return Finding(
        id="coordination.breadth",
        room="coordination",
        kind="breadth",
        sentence=start + seen,
        figures=tuple(figures),
        verdict=Verdict.COORDINATED if k and any(g.ln_q is not None for g in found.groups) else Verdict.DESCRIPTIVE,
        method=(
            "Accounts in groups against active accounts, by platform, community and month; power from "
            "planted operations."
        ),
        assumption=(
            "The posts at hand are a fair part of what was posted there; single-use accounts are not seen by pairs."
        ),
        population=population,
        steps=(StepRef(name=BREADTH.name, sql=BREADTH.bound(), rows=len(cells)),),
        derived_from=("coordination.groups", *(("coordination.power",) if powers else ())),
        data={"cells": list(cells)},
    )


def _power(powers: Sequence[Power], o: Options, population: str, steps: tuple[StepRef, ...]) -> Finding:
    parts = []
    figures = []
    for p in powers:
        ends = {"low": min(p.low, p.power), "high": max(p.high, p.power)}
        figures.append(
            Figure(
                name=f"power_{p.signal}_{p.window_s:g}s_{p.size}",
                value=Estimate(value=p.power, **ends),
                unit="share",
                basis=Basis.MEASURED,
                note=f"{p.repeats} planted operations of {p.size} accounts with {p.actions or p.most} joint actions",
            )
        )
    for name, window in dict.fromkeys((p.signal, p.window_s) for p in powers):
        here = [p for p in powers if (p.signal, p.window_s) == (name, window)]
        where = f"by {name} within {window:g} s "
        able = [f"{p.size} accounts from {p.actions} joint actions on" for p in here if p.actions]
        most = f"none, up to {max(p.size for p in here)} accounts with {max(p.most for p in here)} joint actions"
        parts.append(where + (", ".join(able) or most))
    figures.append(_count("goal", GOAL, "share"))
    return Finding(
        id="coordination.power",
        room="coordination",
        kind="power",
        sentence=(
            f"Planted operations that would have been found with a power of {GOAL:.0%} or more: {'; '.join(parts)}."
        ),
        figures=tuple(figures),
        method=(
            "Operations of known size and intensity, with ordinary activity as cover, planted into the "
            "case's own posts and "
            f"looked for at q <= {o.q:g} beside everything else that is there."
        ),
        assumption=(
            "A real operation works at least as closely in time as a planted one: within the window, take-up 0.7."
        ),
        population=population,
        steps=steps,
        data={"rows": [asdict(p) for p in powers]},
    )


def _explanations(explanations: Sequence[Explanation], ids: Sequence[str], population: str) -> Finding:
    explained = len({e.group_id for e in explanations})
    kinds = sorted({e.kind for e in explanations})
    return Finding(
        id="coordination.explanations",
        room="coordination",
        kind="explanations",
        sentence=(
            f"An ordinary explanation fits {explained} of {len(ids)} groups ({', '.join(kinds)}); it is told "
            "beside the "
            "group and changes no p-value."
        ),
        figures=(_count("explained", explained, "groups"), _count("groups", len(ids), "groups")),
        method=(
            "Share of outsiders on the same objects, of one author, one site, one hashtag, scheduling "
            "software, full minutes."
        ),
        assumption=(
            "An explanation that fits need not be the true one: an operation can use a scheduler or ride on news."
        ),
        population=population,
        steps=tuple(StepRef(name=s.name, sql=s.bound()) for s in STEPS),
        derived_from=("coordination.groups",),
        data={
            "rows": [
                {"group_id": e.group_id, "explanation": e.kind, "evidence": e.evidence, "share": e.share}
                for e in explanations
            ]
        },
    )


def _evidence(groups: Sequence[Group], ids: Sequence[str], layers: Sequence[Layer]) -> list[Evidence]:
    out = []
    for g, i in zip(groups, ids, strict=True):
        if g.ln_p is None:
            continue
        top = float(p_value_bound(0.0, log10_p=min(g.ln_p, 0.0) / LN10))
        names = ", ".join(sorted({layers[k].signal.name for k in g.signals}))
        out.append(
            Evidence.on_contrast(
                "control",
                Estimate(value=top, low=0.0, high=top),
                id=f"coordination-{i}",
                statement=f"{len(g.members)} accounts of group {i} act together on {g.objects} objects ({names}).",
                kind=Kind.BEHAVIOURAL,
                measured_by=MeasuredBy(
                    calibrator="p-value bound 1/(-e p ln p), Hoeffding bound on the other half of the objects",
                    is_bound=True,
                    note="No calibrator with both classes exists for these data: this is the most it can be worth.",
                ),
                origin="the posts of this case",
                derived_from=("coordination.groups",),
                spoofing_cost="low",
                selected_by="found by acting together on one half of the objects, tested on the other half",
                caveats=("One controller is not the only reason to act together: see the explanations of the group.",),
            )
        )
    return out
