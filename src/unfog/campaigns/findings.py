"""Links in plain words: findings, evidence items and rows of the table ``links``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from unfog.campaigns.catalogue import was_public
from unfog.campaigns.kinds import KINDS
from unfog.campaigns.link import Link
from unfog.campaigns.observe import ObservedSet
from unfog.campaigns.options import Options
from unfog.campaigns.told import best_sentence, caveats_of, sentence_of, waterfall
from unfog.model import (
    Basis,
    Estimate,
    Evidence,
    Figure,
    Finding,
    Kind,
    MeasuredBy,
    RowsRef,
    StepRef,
    Verdict,
)

METHOD = (
    "Each trait of the set is compared with what the catalogue says of the campaign. P(seen | same operator) is "
    "counted over campaigns that were described twice, P(seen | unrelated) over the other entries of the catalogue, "
    "benign controls among them, both under Jeffreys' prior. A trait on which two codings differ is left out. Traits "
    "of one kind of evidence are one dependence group. No ratio exceeds N + 1 for N campaigns behind it, nor what "
    "coding can tell, and the ends of the interval keep to that too."
)
ASSUMPTION = (
    "The campaigns of the catalogue stand for those that could be unrelated to this one; they were chosen by hand. "
    "What was coded is right. A campaign shows a trait again as often as the few that were described twice."
)
STRUCTURAL = "structural bound: what was public before the act can be copied"


def finding_of(link: Link, seen: ObservedSet, steps: tuple[StepRef, ...], act: str, known: str) -> Finding:
    """Finding ``campaigns.link.ID`` with its waterfall."""
    total, mimic = link.log10_lr["all"], link.mimic["all"]
    basis = Basis.MEASURED if link.weighed else Basis.BOUND
    cap = "; ".join(sorted({p.cap for p in link.weighed if p.cap}))
    figures = [
        Figure(name="traits weighed", value=Estimate.exact(len(link.weighed)), unit="traits"),
        Figure(name="same operator : unrelated", value=total, unit="log10 LR", basis=basis, note=cap),
        Figure(name="same operator : mimic", value=mimic, unit="log10 LR", basis=Basis.BOUND, note=STRUCTURAL),
    ]
    verdict = Verdict.ATTRIBUTABLE if link.verdict == "linked" else Verdict.CANNOT_TELL
    if link.verdict == "unrelated":
        verdict = Verdict.DESCRIPTIVE
    rows = [o.rows for o in seen.traits.values() if o.rows.total]
    return Finding(
        id=f"campaigns.link.{link.entry.id.replace('.', '-')}",
        room="campaigns",
        kind="link",
        sentence=sentence_of(link),
        figures=tuple(figures),
        verdict=verdict,
        method=METHOD,
        assumption=ASSUMPTION,
        population=(
            f"{seen.n_accounts} accounts of the set: {seen.n_posts} posts and {seen.n_log} acts in the observation log"
        ),
        selected_by=seen.selected_by,
        public_from=seen.known_from,
        steps=steps,
        rows=tuple(sorted({(r.table, r.keys): r for r in rows}.values(), key=lambda r: (r.table, r.keys))),
        evidence=(),
        caveats=(*link.entry.caveats, *caveats_of(link, seen.selected_by)),
        data={
            "campaign": link.entry.id,
            "klass": link.entry.klass.value,
            "operator": link.entry.operator,
            "sponsor": link.entry.sponsor,
            "act": act,
            "verdict": link.verdict,
            "waterfall": waterfall(link),
            "attributions": [
                {
                    "by": a.by,
                    "role": a.role,
                    "to": a.to,
                    "words": a.words,
                    "certainty": a.certainty,
                    "date": a.date,
                    "later": f"{a.reversed_by} {a.reversed_on}: {a.reversed_to}"
                    if _reversal_known(a.reversed_on, known)
                    else "",
                }
                for a in link.entry.attributions
                if was_public(a.date, known)
            ],
        },
    )


def _reversal_known(date: str, known: str) -> bool:
    return bool(date) and was_public(date, known)


def open_set_finding(links: Sequence[Link], seen: ObservedSet, steps: tuple[StepRef, ...], known: str) -> Finding:
    """Finding ``campaigns.catalogue``: the whole catalogue in a table."""
    n_linked = sum(x.verdict == "linked" for x in links)
    table = [
        {
            "campaign": x.entry.id,
            "class": x.entry.klass.value,
            "verdict": x.verdict,
            "log10_lr": round(x.log10_lr["all"].value, 3) if x.weighed else None,
            "low": round(x.log10_lr["all"].low, 3) if x.weighed else None,
            "high": round(x.log10_lr["all"].high, 3) if x.weighed else None,
            "log10_lr_mimic": round(x.mimic["all"].value, 3) if x.weighed else None,
            "traits": len(x.weighed),
        }
        for x in links
    ]
    return Finding(
        id="campaigns.catalogue",
        room="campaigns",
        kind="catalogue",
        sentence=best_sentence(links),
        figures=(
            Figure(name="entries", value=Estimate.exact(len(links)), unit="campaigns"),
            Figure(name="linked", value=Estimate.exact(n_linked), unit="campaigns"),
            Figure(name="weighed", value=Estimate.exact(sum(bool(x.weighed) for x in links)), unit="campaigns"),
        ),
        verdict=Verdict.DESCRIPTIVE if n_linked else Verdict.CANNOT_TELL,
        method=METHOD,
        assumption=ASSUMPTION,
        population=f"{seen.n_accounts} accounts; {len(links)} entries known by {known or 'today'}",
        selected_by=seen.selected_by,
        public_from=seen.known_from,
        steps=steps,
        rows=(RowsRef(table="links", keys=tuple((x.entry.id,) for x in links), total=len(links)),),
        data={"rows": table},
    )


def evidence_of(link: Link, seen: ObservedSet, options: Options, act: str, sets: Sequence[str] = ()) -> list[Evidence]:
    """Evidence on the contrasts ``operator`` and ``mimic``, one item of each per kind of evidence.

    All items share one origin. They name the argued items that speak of the same traits and the sets whose accounts
    they are about, as the room accounts does, so that the judgement puts all of them into one dependence group.
    """
    items = []
    name = link.entry.name
    for kind in Kind:
        parts = [p for p in link.weighed if KINDS[p.kind].kind is kind]
        if not parts:
            continue
        same_as = tuple(sorted({i for p in parts for i in options.same_as.get(p.kind, ())}))
        traits = ", ".join(f"{p.kind} {p.outcome}" for p in parts)
        n_same, n_other = min(p.same.of for p in parts), min(p.unrelated.of for p in parts)
        common: dict[str, Any] = {
            "kind": kind,
            "origin": options.origin,
            "derived_from": (*same_as, *(f"set:{s}" for s in sets)),
            "grade": "B2",
            "public_from": seen.known_from or act,
            "trait_public_from": "",
            "act_at": act,
            "spoofing_cost": max((p.spoofing_cost for p in parts), key=("", "low", "medium", "high").index),
            "selected_by": seen.selected_by,
            "caveats": caveats_of(link, seen.selected_by),
        }
        counted: dict[str, Any] = {"version": "1", "n_same": n_same, "n_different": n_other, "unit": "campaigns"}
        calibrator = MeasuredBy(
            calibrator="counts of repeats and of commonness, Jeffreys' prior",
            note=f"capped at N + 1; traits: {traits}",
            **counted,
        )
        bound = MeasuredBy(
            calibrator=STRUCTURAL, is_bound=True, note="argued, not measured: no labelled imitation exists", **counted
        )
        told = f"Compared with an imitator of {name} who knew what was public by {act}: {traits}."
        for contrast, lr, statement, by in (
            ("operator", link.log10_lr, f"Compared with {name}: {traits}.", calibrator),
            ("mimic", link.mimic, told, bound),
        ):
            id_ = f"campaigns.{link.entry.id}.{kind.value}.{contrast}"
            items.append(
                Evidence.on_contrast(contrast, lr[kind.value], id=id_, statement=statement, measured_by=by, **common)
            )
    return items


def row_of(link: Link) -> dict[str, Any]:
    """Row of the table ``links``."""
    total, weighed = link.log10_lr["all"], bool(link.weighed)
    return {
        "campaign_id": link.entry.id,
        "log10_lr_unrelated": total.value if weighed else None,
        "log10_lr_unrelated_low": total.low if weighed else None,
        "log10_lr_unrelated_high": total.high if weighed else None,
        "log10_lr_mimic": link.mimic["all"].value if weighed else None,
        "verdict": link.verdict,
        "traits": json.dumps(waterfall(link), ensure_ascii=False, sort_keys=True),
    }
