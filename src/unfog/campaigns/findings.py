"""Links in plain words: findings, evidence items and rows of the table ``links``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from unfog.campaigns.catalogue import was_public
from unfog.campaigns.kinds import KINDS
from unfog.campaigns.link import Link, Part
from unfog.campaigns.observe import ObservedSet
from unfog.campaigns.options import Options
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
    "counted over "
    "campaigns that were described twice, P(seen | unrelated) over the other entries of the catalogue, benign "
    "controls among "
    "them, both under Jeffreys' prior. Traits of one kind of evidence are one dependence group. No ratio "
    "exceeds N + 1 for N "
    "campaigns behind it, and the ends of the interval keep to that too."
)
ASSUMPTION = (
    "The campaigns of the catalogue stand for those that could be unrelated to this one; they were chosen by "
    "hand. What a "
    "person coded is right. A campaign shows a trait again as often as the few that were described twice."
)
STRUCTURAL = "structural bound: what was public before the act can be copied"


def _ratio(log10_lr: float) -> str:
    lr = 10**log10_lr
    return f"{lr:.2g}" if lr >= 1 else f"1/{1 / lr:.2g}"


def _span(e: Estimate) -> str:
    return f"{_ratio(e.low)} to {_ratio(e.high)}"


def waterfall(link: Link) -> list[dict[str, Any]]:
    """Rows of the waterfall: each trait with its part, its counts and why it has no weight where it has none."""
    rows = []
    for p in link.parts:
        rows.append(
            {
                "trait": p.kind,
                "outcome": p.outcome,
                "log10_lr": round(p.log10_lr.value, 4) if p.weighed else None,
                "low": round(p.log10_lr.low, 4) if p.weighed else None,
                "high": round(p.log10_lr.high, 4) if p.weighed else None,
                "log10_lr_mimic": round(p.mimic.value, 4) if p.weighed else None,
                "same": f"{p.same.hits} of {p.same.of} campaigns described twice" if p.same.of else "",
                "unrelated": f"{p.unrelated.hits} of {p.unrelated.of} other campaigns" if p.unrelated.of else "",
                "public_from": p.public_from,
                "could_be_copied": p.before_act,
                "spoofing_cost": p.spoofing_cost,
                "cap": p.cap,
                "why_no_weight": p.why_not,
                "seen": p.says,
            }
        )
    shrunk = link.log10_lr["all"].value - sum(p.log10_lr.value for p in link.weighed)
    if link.weighed and abs(shrunk) > 1e-9:
        rows.append(_adjustment("dependence", "traits of one kind are one group: their sum is shrunk", shrunk))
    return rows


def _adjustment(name: str, says: str, value: float) -> dict[str, Any]:
    empty = dict.fromkeys(
        (
            "low",
            "high",
            "log10_lr_mimic",
            "same",
            "unrelated",
            "public_from",
            "could_be_copied",
            "spoofing_cost",
            "cap",
            "why_no_weight",
        )
    )
    return {"trait": name, "outcome": "adjustment", "log10_lr": round(value, 4), **empty, "seen": says}


def _traits(parts: Sequence[Part], outcome: str) -> str:
    own = [p for p in parts if p.weighed and p.outcome == outcome]
    return ", ".join(f"{p.kind} ({', '.join(p.met[:3])})" if p.met else p.kind for p in own)


def _times(log10_lr: float) -> str:
    lr = 10 ** abs(log10_lr)
    if lr < 1.05:
        return "about as probable"
    return f"{lr:.2g} times {'as probable' if log10_lr > 0 else 'less probable'}"


def sentence_of(link: Link) -> str:
    """What may be said of one campaign."""
    total, mimic = link.log10_lr["all"], link.mimic["all"]
    name = link.entry.name
    if not link.weighed:
        return f"Whether this is {name} is not calibratable with what is known: {link.why}."
    head = (
        f"What was seen is {_times(total.value)} if the operators are those of {name} than if they are unrelated to it "
        f"(likelihood ratio {_ratio(total.value)}, 90 % interval {_span(total)}), from {len(link.weighed)} traits"
    )
    if 10 ** abs(total.value) < 1.05 or total.value > 0:
        head = head.replace(" than if they are", " as if they are")
    for_, against = _traits(link.parts, "shows"), _traits(link.parts, "departs")
    told = "; ".join(t for t in (f"for it: {for_}" if for_ else "", f"against it: {against}" if against else "") if t)
    top = max(link.weighed, key=lambda p: (abs(p.log10_lr.value), p.kind))
    left = link.without
    told += f"; without {top.kind} the ratio would be {_ratio(left[top.kind].value)}" if left else ""
    apart = (
        f"Against somebody who imitates it the ratio is {_ratio(mimic.value)} ({_span(mimic)}), "
        "argued from what was public and not measured"
    )
    end = {"linked": "Linked", "unrelated": "Unrelated"}.get(link.verdict, "Cannot tell")
    return f"{head} ({told}). {apart}. {end}: {link.why}."


def best_sentence(links: Sequence[Link]) -> str:
    """What may be said of the whole catalogue."""
    linked = [x for x in links if x.verdict == "linked"]
    compared = [x for x in links if x.weighed]
    if linked:
        return (
            f"Of {len(links)} entries of the catalogue {len(linked)} {'is' if len(linked) == 1 else 'are'} linked: "
            f"{', '.join(x.entry.name for x in linked)}."
        )
    if not compared:
        return f"None of the {len(links)} entries of the catalogue can be compared with this set."
    return (
        f"None of the {len(links)} entries of the catalogue is linked to this set; {len(compared)} could be "
        f"weighed. An "
        "operation that nobody has described would look like this too."
    )


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
        caveats=(*link.entry.caveats, *_caveats(link, seen.selected_by)),
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


def _caveats(link: Link, selected_by: str = "") -> tuple[str, ...]:
    told = [
        "No labelled imitation of a campaign exists, so the ratio against a mimic is argued and cannot be calibrated."
    ]
    if not link.weighed:
        return tuple(told)
    if any(p.kind == "sites" for p in link.weighed):
        told.append(
            "Who knows the campaign looks on its sites first: a shared site that was found so is worth less than one "
            "met in a search of all sites."
        )
    if selected_by:
        told.append(
            f"The accounts were chosen by {selected_by}; if one of these traits chose them, it says nothing of them."
        )
    if circular := sorted({p.kind for p in link.weighed if p.circular}):
        told.append(
            f"That {', '.join(circular)} was met again rests on descriptions that were recognised by that very trait: "
            "it could hardly fail to be met, so a departure may be weighed too heavily."
        )
    n = min(min(p.same.of, p.unrelated.of) for p in link.weighed)
    if n < 10:
        told.append(
            f"A trait's count rests on as few as {n} campaign{'' if n == 1 else 's'}; the interval and the cap say so."
        )
    for_, against = max(p.unrelated.of for p in link.weighed) + 1, max(p.same.of for p in link.weighed) + 1
    if against < for_:
        told.append(
            f"Counts this small let one trait speak for the campaign by at most {for_} and against it by at most "
            f"{against}: more campaigns are known than were described twice, so what departs is undervalued."
        )
    return tuple(told)


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
            "caveats": _caveats(link, seen.selected_by),
        }
        calibrator = MeasuredBy(
            calibrator="counts of repeats and of commonness, Jeffreys' prior",
            version="1",
            n_same=n_same,
            n_different=n_other,
            unit="campaigns",
            note=f"capped at N + 1; traits: {traits}",
        )
        bound = MeasuredBy(
            calibrator=STRUCTURAL,
            version="1",
            n_same=n_same,
            n_different=n_other,
            unit="campaigns",
            is_bound=True,
            note="argued, not measured: no labelled imitation exists",
        )
        items.append(
            Evidence.on_contrast(
                "operator",
                link.log10_lr[kind.value],
                id=f"campaigns.{link.entry.id}.{kind.value}.operator",
                statement=f"Compared with {name}: {traits}.",
                measured_by=calibrator,
                **common,
            )
        )
        items.append(
            Evidence.on_contrast(
                "mimic",
                link.mimic[kind.value],
                id=f"campaigns.{link.entry.id}.{kind.value}.mimic",
                statement=f"Compared with an imitator of {name} who knew what was public by {act}: {traits}.",
                measured_by=bound,
                **common,
            )
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
