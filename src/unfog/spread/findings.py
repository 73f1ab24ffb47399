"""Sentences about what was found. Every number in a sentence stands in its figures."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from unfog.model import Estimate, Figure, Finding, InputRef, RowsRef, StepRef
from unfog.spread.attempts import Attempt
from unfog.spread.breakout import NAMES, Step
from unfog.spread.events import Event
from unfog.spread.ledger import earlier_disclosure, earliest
from unfog.spread.reach import Handover, Split

SOURCE_BREAKOUT = "Nimmo 2020, The Breakout Scale (Brookings)"


def slug(text: str) -> str:
    """Part of a finding's id."""
    return re.sub(r"[^a-z0-9_-]+", "-", text.lower()).strip("-") or "x"


def day(moment: datetime | None) -> str:
    """``21 October 2019``."""
    return f"{moment.day} {moment:%B %Y}" if moment else "an unknown day"


def many(n: int, thing: str) -> str:
    """``1 actor``, ``3 actors``; of "platform or other stage" both nouns."""
    return f"{n} {thing}" if n == 1 else f"{n} " + " or ".join(f"{t}s" for t in thing.split(" or "))


def clock(event: Event) -> str:
    """Time of an event as exactly as its source tells it."""
    if event.start is None:
        return "an unknown day"
    if event.precision in ("second", "millisecond", "microsecond"):
        return f"{day(event.start)}, {event.start:%H:%M:%S} UTC"
    if event.precision == "minute":
        return f"{day(event.start)}, {event.start:%H:%M} UTC"
    return f"{event.start:%B %Y}" if event.precision == "month" else day(event.start)


def count(name: str, value: float, unit: str, note: str = "") -> Figure:
    """A counted figure."""
    return Figure(name=name, value=Estimate.exact(float(value)), unit=unit, note=note)


@dataclass(frozen=True, slots=True)
class Ground:
    """What all findings of a target share."""

    target: str
    title: str
    population: str
    inputs: tuple[InputRef, ...]
    steps: tuple[StepRef, ...]
    searched: int

    def finding(self, kind: str, sentence: str, *, method: str, assumption: str, **more: Any) -> Finding:
        """A finding of this target with the shared ground filled in."""
        sentence = sentence[0].upper() + sentence[1:]
        return Finding(
            id=f"spread.{kind}.{slug(self.target)}", room="spread", kind=kind, sentence=sentence, method=method,
            assumption=assumption, population=self.population, inputs=self.inputs, steps=self.steps, **more,
        )  # fmt: skip

    def rows(self, events: Sequence[Event]) -> tuple[RowsRef, ...]:
        """The appearances behind a finding."""
        keys = tuple(sorted((e.id,) for e in events))
        return (RowsRef(table="appearances", keys=keys[:500], total=len(keys)),)


def first_seen(ground: Ground, events: Sequence[Event], rows: list[dict[str, Any]]) -> Finding:
    """First-seen ledger."""
    first = earliest(events, "document") or min(events, key=lambda e: e.order)
    told = "the post itself is at hand" if first.proven else "as the log says"
    sentence = f"{ground.title} was first seen on {clock(first)} in {first.place} ({told})."
    figures = [count("layers", len(rows), "layers"), count("texts searched", ground.searched, "posts and articles")]
    if (earlier := earlier_disclosure(events)) is not None:
        disclosure, _, days = earlier
        by = f" by {disclosure.actor}" if disclosure.role in ("media", "public-figure", "authority") else ""
        sentence += (
            f" That is the first post found, not the first disclosure: something of it was told{by} on "
            f"{day(disclosure.start)}, {days} days earlier."
        )
        figures.append(count("days from disclosure to first post", days, "days"))
    gone = sum(int(r["removed_appearances"]) for r in rows)
    if gone:
        sentence += f" {gone} of its appearances {'was' if gone == 1 else 'were'} already removed when captured."
        figures.append(count("removed appearances", gone, "appearances"))
    return ground.finding(
        "first-seen", sentence, figures=tuple(figures), rows=ground.rows(events),
        method="Earliest appearance of each layer among posts and articles (proven) and in the log (claimed); "
        "an interval is as wide as the source tells the time.",
        assumption="Nothing earlier was missed: a first-seen time is an upper limit.",
        caveats=(
            f"Searched: {rows[0]['searched']}.",
            "The first post, the first surviving post and the first disclosure are three different things.",
        ),
        data={"rows": rows},
    )  # fmt: skip


def appearances(ground: Ground, events: Sequence[Event]) -> Finding:
    """All appearances by platform and day."""
    by: dict[tuple[str, str], int] = {}
    for event in events:
        if event.start is not None:
            key = (event.platform, event.start.date().isoformat())
            by[key] = by.get(key, 0) + 1
    days = [{"platform": p, "day": d, "count": by[p, d]} for p, d in sorted(by, key=lambda x: (x[1], x[0]))]
    proven = sum(1 for e in events if e.proven)
    platforms = len({e.platform for e in events})
    return ground.finding(
        "appearances",
        f"{ground.title} has {many(len(events), 'known appearance')} on {many(platforms, 'platform or other stage')}: "
        f"{proven} proven by posts at hand, {len(events) - proven} known from the log only.",
        figures=(
            count("appearances", len(events), "appearances"), count("platforms", platforms, "platforms"),
            count("proven", proven, "appearances"), count("from the log only", len(events) - proven, "appearances"),
            count("texts searched", ground.searched, "posts and articles"),
        ),
        method="Shared runs of words with exact alignment, links by canonical address, image hashes, a link in the "
        "author's own first comment, and the observation log; the same event is counted once (native id or permalink).",
        assumption="The log's entries say truly what they are appearances of; translations are found by the log only.",
        rows=ground.rows(events),
        data={
            "rows": [e.shown() for e in events],
            "by_platform_day": days,
            "by_how": _tally(e.how for e in events),
            "by_layer": _tally(e.layer for e in events),
        },
    )  # fmt: skip


def _tally(words: Any) -> list[dict[str, Any]]:
    found: dict[str, int] = {}
    for word in words:
        found[word] = found.get(word, 0) + 1
    return [{"value": k, "count": n} for k, n in sorted(found.items(), key=lambda x: (-x[1], x[0]))]


def attempts(
    ground: Ground, found: Sequence[Attempt], coarse: Sequence[Event], side: str, pause_h: float,
    baseline: list[dict[str, Any]], steps: Sequence[Step],
) -> Finding:  # fmt: skip
    """Attempts with their traction, beside the day on which the highest Breakout category was reached."""
    rows = [a.shown() for a in found]
    dots = [e.shown() | {"attempt": n} for n, a in enumerate(found, 1) for e in a.events]
    leaps = sum(1 for a in found if a.leap)
    last = max((a.end for a in found), default=None)
    sentence = (
        f"{side} put {ground.title} out in {len(found)} attempt{'s' if len(found) != 1 else ''} between "
        f"{day(found[0].start)} and {day(last)}"
        + (f", {leaps} of them with a leap into another language" if leaps else "")
        + "."
    )
    figures = [count("attempts", len(found), "attempts"), count("pause", pause_h, "h", "declared, not found")]
    if leaps:
        figures.append(count("language leaps", leaps, "attempts"))
    if coarse:
        sentence += (
            f" {len(coarse)} more appearance{'s are' if len(coarse) > 1 else ' is'} dated too coarsely to be placed."
        )
        figures.append(count("too coarse", len(coarse), "appearances"))
    return ground.finding(
        "attempts", sentence, figures=tuple(figures), rows=ground.rows([e for a in found for e in a.events]),
        method=f"Appearances of one side with no more than {pause_h:g} hours between them are one attempt; a language "
        "not used before is a leap.",
        assumption="Roles are those of the case, its log and its labels.",
        caveats=("Engagement is as captured, never at the time; what is not in the data was not counted as zero.",),
        data={
            "rows": rows, "too_coarse": [e.shown() for e in coarse], "baseline": baseline, "appearances": dots,
            "breakout": reached(steps),
        },
    )  # fmt: skip


def _first_top(steps: Sequence[Step]) -> Step:
    """The step that first surely stands at the highest category, or at 5 where a person judged 6."""
    top = max(s.low for s in steps)
    return next(s for s in steps if s.low in (min(top, 5), top))


def reached(steps: Sequence[Step]) -> dict[str, Any]:
    """Day, category and name of the highest category surely reached; empty where there is none."""
    if not steps or not (first := _first_top(steps)).low:
        return {}
    return {"day": first.first.isoformat(), "category": first.low, "name": NAMES[first.low]}


def breakout(ground: Ground, steps: Sequence[Step], events: Sequence[Event]) -> Finding:
    """Breakout category by day."""
    first_top = _first_top(steps)
    figures = [
        count("days told", (steps[-1].last - steps[0].first).days + 1, "days"),
        Figure(name="category before", value=Estimate.exact(0), unit="Breakout category"),
    ]
    before = [s for s in steps if s.last < first_top.first]
    sentence = ""
    if before:
        low, high = before[-1].low, max(s.high for s in before)
        figures[1] = Figure(
            name="category before", value=Estimate(value=low, low=low, high=high), unit="Breakout category",
            note="surely reached to possibly reached",
        )  # fmt: skip
        reach = f"{low}" if low == high else f"{low} (at most {high})"
        sentence = (
            f"Until {day(_at(before[-1].last))} {ground.title} stood at Breakout category {reach}: {NAMES[low]}. "
        )
    figures.append(
        Figure(name="category reached", value=Estimate(value=first_top.low, low=first_top.low, high=first_top.high),
               unit="Breakout category")
    )  # fmt: skip
    sentence += (
        f"On {day(_at(first_top.first))} it {'reached' if before else 'stood at'} category {first_top.low} "
        f"({NAMES[first_top.low]}), carried by {first_top.by_whom}."
    )
    later = [s for s in steps if s.first > first_top.first and s.high > first_top.high]
    if later:
        sentence += f" From {day(_at(later[0].first))} category {later[0].high} is arguable ({NAMES[later[0].high]})."
        figures.append(count("arguable later", later[0].high, "Breakout category"))
    named = {i for s in steps for i in s.events}
    return ground.finding(
        "breakout", sentence, figures=tuple(figures), rows=ground.rows([e for e in events if e.id in named]),
        method=f"Categories of {SOURCE_BREAKOUT}; insertion points are no spread; lower bound from what is surely "
        "dated, of known role and not of low confidence, upper bound from all that may have happened.",
        assumption="Communities are as declared; categories are reached, they do not fall again.",
        caveats=(
            "A category can rise for reasons that have nothing to do with the operators: see by whom.",
            "It says how far it went, not what effect it had.",
        ),
        data={"days": [s.shown() for s in steps], "names": {str(k): v for k, v in NAMES.items()}},
    )  # fmt: skip


def _at(value: Any) -> datetime:
    return datetime(value.year, value.month, value.day)


def handover(ground: Ground, found: Handover) -> Finding:
    """Who took it over from the operators."""
    who = found.taken.actor if found.taken.role != "independent" else "an independent account"
    low, high = found.hours[0] / 24, found.hours[1] / 24
    whole = Estimate(value=round(low), low=min(round(low), low), high=max(round(low), high))
    return ground.finding(
        "handover",
        f"{who} was the first other than the operators to carry {ground.title} in public, on {clock(found.taken)}, "
        f"{whole.value:.0f} days after the operators' first post. Until then operators made {found.before[0]} of "
        f"{sum(found.before)} public appearances, from that day on {found.after[0]} of {sum(found.after)}.",
        figures=(
            Figure(name="days to handover", unit="days", note="as wide as the sources tell the times", value=whole),
            count("operators before", found.before[0], "appearances"),
            count("all before", sum(found.before), "appearances"),
            count("operators after", found.after[0], "appearances"),
            count("all after", sum(found.after), "appearances"),
        ),
        method="First surely dated public appearance by somebody who is no operator, after the first by an operator.",
        assumption="Roles are those of the case, its log and its labels; what is not in the data is not counted.",
        rows=ground.rows([found.first, found.taken]),
        data={"first": found.first.shown(), "taken_over": found.taken.shown(), "by": found.taken.role},
    )  # fmt: skip


def engagement(
    ground: Ground, split: Split, moment: datetime, changes: list[dict[str, Any]], events: Sequence[Event]
) -> Finding:
    """Observed engagement before and after."""
    share = split.share_after
    if share is None:
        sentence = f"No reaction to {ground.title} from before or after {day(moment)} is recorded."
        figures: tuple[Figure, ...] = (count("posts with counts", split.posts, "posts"),)
    else:
        low, high = share
        span = (
            f"{100 * low:.0f} %"
            if round(low, 2) == round(high, 2)
            else f"between {100 * low:.0f} and {100 * high:.0f} %"
        )
        sentence = (
            f"{span} of the {split.total} recorded replies to the posts made before {day(moment)} came "
            f"from that day on; {split.before} are known to have come before."
        )
        figures = (
            count("replies", split.total, "replies"), count("before", split.before, "replies"),
            count("after", split.after, "replies"), count("not told apart", split.unsplit, "replies"),
            Figure(name="share after", value=Estimate(value=low, low=low, high=high), unit="share",
                   note="bounds, not a sampling interval: replies counted later are all before or all after"),
            count("posts with counts", split.posts, "posts"),
        )  # fmt: skip
    return ground.finding(
        "engagement", sentence, figures=figures, rows=ground.rows(events),
        method="Replies as captured, parted where the log tells an earlier count of the same post.",
        assumption="Counts are complete where they are given; votes and views leave no trace here.",
        data={"moment": moment.date().isoformat(), "change_points": changes},
    )  # fmt: skip


def tree(ground: Ground, data: dict[str, Any]) -> Finding:
    """Explicit spread."""
    kinds: dict[str, int] = {}
    for edge in data["edges"]:
        kinds[edge["kind"]] = kinds.get(edge["kind"], 0) + 1
    parts = ", ".join(f"{n} {k}{'s' if n != 1 else ''}".replace("replys", "replies") for k, n in sorted(kinds.items()))
    return ground.finding(
        "explicit-tree",
        f"{len(data['edges'])} explicit references tie {len(data['nodes'])} posts and reports of {ground.title}"
        + (f": {parts}." if parts else "."),
        figures=(
            count("references", len(data["edges"]), "references"),
            count("nodes", len(data["nodes"]), "posts and reports"),
            *(count(k, n, "references") for k, n in sorted(kinds.items())),
        ),
        method="Reposts, replies, quotes, links and reports that the posts or the log name; nothing is inferred.",
        assumption="A reference tells what its author saw, not all that he saw.",
        data=data,
    )  # fmt: skip


def reach(ground: Ground, rows: list[dict[str, Any]]) -> Finding:
    """Reach by actor."""
    roles: dict[str, int] = {}
    for row in rows:
        roles[row["role"]] = roles.get(row["role"], 0) + 1
    known = [r for r in rows if r["audience_as_captured"]]
    operators = [r for r in known if r["role"] == "operator"]
    replies = sum(r["replies"] for r in operators)
    sentence = f"{many(len(rows), 'actor')} carried {ground.title}" + (
        f", {roles['operator']} of them operators." if roles.get("operator") else "."
    )
    figures = [count("actors", len(rows), "actors"), count("operators", roles.get("operator", 0), "actors")]
    if operators:
        audience = max(r["audience_as_captured"] for r in operators)
        sentence += (
            f" The places where one operator put it had {audience:,} members at most when captured; all their posts "
            f"together had {replies:,} replies: the size of a place is not the number of people who saw it."
        )
        figures += [
            count("largest audience of one operator", audience, "members"),
            count("replies to operators", replies, "replies"),
        ]
    return ground.finding(
        "reach-by-actor", sentence, figures=tuple(figures),
        method="Members of the places (each place once an actor) and reactions, as captured.",
        assumption="Membership is an upper limit of who could have seen it.",
        data={"rows": rows},
    )  # fmt: skip


def conflicts(ground: Ground, rows: list[dict[str, Any]]) -> Finding:
    """Contradictions side by side."""
    unresolved = sum(1 for r in rows if not r["resolution"] or str(r["resolution"]).startswith("unresolved"))
    return ground.finding(
        "conflicts",
        f"Sources contradict each other in {len(rows)} points about {ground.title}; {unresolved} of them "
        f"without a resolution on file; all values are kept.",
        figures=(count("conflicts", len(rows), "points"), count("unresolved", unresolved, "points")),
        method="Contradictions that the log and the case name, side by side.",
        assumption="",
        data={"rows": rows},
    )  # fmt: skip
