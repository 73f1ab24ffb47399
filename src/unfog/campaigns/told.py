"""What may be said of a link: its waterfall, its sentence and what a fair reader should be told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from unfog.campaigns.link import Link, Part
from unfog.model import Estimate


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


def caveats_of(link: Link, selected_by: str = "") -> tuple[str, ...]:
    """What limits a link: the mimic, where sites were looked for, who chose the accounts, circles and small counts."""
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
            f"Met again in descriptions that were recognised by that very trait: {', '.join(circular)}. What finds a "
            "campaign can hardly fail to be met in it, so a departure may be weighed too heavily."
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
