"""A judgement as findings: what pages, charts and dossiers are made from."""

from __future__ import annotations

from typing import Any

from unfog.judgement.document import Answer, Judgement
from unfog.model import Basis, Estimate, Figure, Finding, Verdict

ROOM = "judgement"
METHOD = (
    "Prior odds times likelihood ratios over all worlds; dependent items are grouped by origin and derivation and "
    "shrunk by the prefix rule, argued items are discounted by grade and capped."
)
ASSUMPTION = (
    "The listed values are exhaustive, the priors' reference classes fit, and the correlation within a group is about "
    "the one assumed."
)


def findings(judgement: Judgement) -> tuple[Finding, ...]:
    """All findings of a judgement, in the order of its propositions, then the tables."""
    out = [_answer(judgement, a) for a in judgement.answers]
    out.append(_evidence(judgement))
    if judgement.through_time:
        out.append(_through_time(judgement))
    if judgement.next_best:
        out.append(_next_best(judgement))
    out.append(_circular(judgement))
    return tuple(out)


def _answer(j: Judgement, a: Answer) -> Finding:
    figures: list[Figure] = []
    argued = any(d.basis == "argued" for d in a.drivers)
    basis = Basis.ARGUED if argued else Basis.MEASURED
    if a.posterior:
        p = a.posterior
        hundred = Estimate(value=100 * p.value, low=100 * p.low, high=100 * p.high)
        figures.append(Figure(name="probability", value=hundred, unit="%", basis=basis))
    if a.prior:
        p = a.prior
        hundred = Estimate(value=100 * p.value, low=100 * p.low, high=100 * p.high)
        figures.append(Figure(name="prior", value=hundred, unit="%", basis=Basis.ARGUED))
    if a.log10_lr:
        figures.append(Figure(name="log10_lr", value=a.log10_lr, unit="log10 LR", basis=basis, note="; ".join(a.caps)))
    data: dict[str, Any] = a.model_dump(mode="json")
    data["standard"] = j.standard
    data["words"] = a.wording.model_dump(mode="json") if a.wording else None
    data["percent"] = 100 * a.posterior.value if a.posterior else None
    data["interval"] = [100 * a.posterior.low, 100 * a.posterior.high] if a.posterior else None
    data["leave_one_group_out"] = data["removals"]
    data["caps_that_bit"] = data["caps"]
    caveats = [f"Limit: {c}." for c in a.caps]
    if not argued and a.drivers:
        caveats.append("All evidence on this proposition is measured.")
    elif not any(d.basis == "measured" for d in a.drivers) and a.drivers:
        caveats.append("All evidence on this proposition is argued by persons; no calibrator stands behind it.")
    return Finding(
        id=f"judgement.answer.{a.proposition.lower()}",
        room=ROOM,
        kind="answer",
        sentence=a.sentence,
        figures=tuple(figures),
        verdict=a.verdict if a.status == "answered" else Verdict.CANNOT_TELL,
        method=METHOD,
        assumption=ASSUMPTION,
        evidence=tuple(d.id for d in a.drivers),
        caveats=tuple(caveats),
        data=data,
    )


def _count(name: str, n: int, unit: str) -> Figure:
    return Figure(name=name, value=Estimate.exact(float(n)), unit=unit)


def _evidence(j: Judgement) -> Finding:
    weighed = [e for e in j.evidence if not e.left_out]
    measured = sum(e.basis == "measured" for e in weighed)
    return Finding(
        id="judgement.evidence",
        room=ROOM,
        kind="evidence-table",
        sentence=(
            f"{len(weighed)} of {len(j.evidence)} items of evidence were weighed, in {len(j.groups)} groups: "
            f"{measured} measured and {len(weighed) - measured} argued."
        ),
        figures=(
            _count("weighed", len(weighed), "items"),
            _count("items", len(j.evidence), "items"),
            _count("groups", len(j.groups), "groups"),
            _count("measured", measured, "items"),
            _count("argued", len(weighed) - measured, "items"),
        ),
        method="Items that share an origin or are derived from one another form one group; identical ones are merged.",
        assumption="Origins are stated truthfully; an origin that nobody stated is not independent.",
        evidence=tuple(e.id for e in weighed),
        data={
            "rows": [e.model_dump(mode="json") for e in j.evidence],
            "groups": [g.model_dump(mode="json") for g in j.groups],
            "grade_table": j.grade_table,
            "rater_gaps": [g.model_dump(mode="json") for g in j.rater_gaps],
            "settings": j.settings,
        },
    )


def _through_time(j: Judgement) -> Finding:
    dates = sorted({p.date for points in j.through_time.values() for p in points})
    return Finding(
        id="judgement.through-time",
        room=ROOM,
        kind="through-time",
        sentence=f"Public evidence changed on {len(dates)} dates, from {dates[0]} to {dates[-1]}.",
        figures=(_count("dates", len(dates), "dates"),),
        method="The whole judgement again on each date on which an item became public, with only what was public then.",
        assumption="An item's date is when anyone could know it.",
        data={
            "points": {k: [p.model_dump(mode="json") for p in points] for k, points in j.through_time.items()},
            "standard": j.standard,
        },
    )


def _next_best(j: Judgement) -> Finding:
    best = j.next_best[0]
    proposition, bits = max(best.bits.items(), key=lambda kv: (kv[1], kv[0]), default=("", 0.0))
    return Finding(
        id="judgement.next-best",
        room=ROOM,
        kind="next-best",
        sentence=(
            f"Of {len(j.next_best)} items not yet collected, “{best.statement.rstrip('. ')}” would tell most "
            f"({bits:.2f} bits expected, on {proposition})."
        ),
        figures=(
            _count("uncollected", len(j.next_best), "items"),
            Figure(name="bits", value=Estimate.exact(bits), unit="bits", basis=Basis.ARGUED),
        ),
        method="Mutual information between the proposition and the item's outcome, given all evidence.",
        assumption="The outcome probabilities given for the item.",
        data={"rows": [n.model_dump(mode="json") for n in j.next_best]},
    )


def _circular(j: Judgement) -> Finding:
    n, items = len(j.circles), sum(len(c.items) for c in j.circles)
    told = (
        f"{items} items rest on {n} origins although they were published apart; each origin is counted once."
        if n
        else "No circular reporting was found among the items' stated origins."
    )
    return Finding(
        id="judgement.circular",
        room=ROOM,
        kind="circular-reporting",
        sentence=told,
        figures=(_count("origins", n, "origins"), _count("items", items, "items")),
        method="Each item's chain of derivation is followed to its first origin; items with one root are set together.",
        assumption="Only stated derivations are seen; an unstated common source stays hidden.",
        data={"circles": [c.model_dump(mode="json") for c in j.circles]},
    )
