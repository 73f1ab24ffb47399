# ruff: noqa: E501
"""The order of the page: which findings stand where. Every finding stands somewhere, exactly once."""

from __future__ import annotations

from dataclasses import dataclass

from unfog.model import Finding


@dataclass(frozen=True, slots=True)
class Section:
    """One section of the report.

    Attributes:
        id: HTML id and address.
        title: Heading.
        lead: What the section answers, in one sentence.
        takes: (room, kind) pairs, in order; kind ``*`` takes what is left of a room.
    """

    id: str
    title: str
    lead: str
    takes: tuple[tuple[str, str], ...]


SECTIONS: tuple[Section, ...] = (
    Section(
        "through-time",
        "Probability through time",
        "What the evidence public on each day allowed anyone to say, with the public statements of the time marked on it.",
        (("judgement", "through-time"),),
    ),
    Section(
        "spread",
        "Where it went, and by whose hand",
        "First seen, appearances, attempts and the day it broke out. First post, first surviving post and first disclosure are different things.",
        (
            ("spread", "first-seen"),
            ("spread", "breakout"),
            ("spread", "appearances"),
            ("spread", "attempts"),
            ("spread", "handover"),
            ("spread", "engagement"),
            ("spread", "reach-by-actor"),
            ("spread", "explicit-tree"),
            ("spread", "conflicts"),
            ("spread", "*"),
        ),
    ),
    Section(
        "groups",
        "Which accounts act together",
        "More than chance, news bursts and fandom explain, or not. Acting together is not yet being false, and neither names an author.",
        (
            ("coordination", "groups"),
            ("coordination", "breadth"),
            ("coordination", "power"),
            ("coordination", "explanations"),
            ("coordination", "*"),
        ),
    ),
    Section(
        "sets",
        "Sets of accounts",
        "What sets of accounts have in common and how many there are, definition by definition. No single account is labelled.",
        (
            ("accounts", "hours"),
            ("accounts", "single-use"),
            ("accounts", "pacing"),
            ("accounts", "creation"),
            ("accounts", "handles"),
            ("accounts", "census"),
            ("accounts", "*"),
        ),
    ),
    Section(
        "campaigns",
        "Have we seen this operation before?",
        "A likelihood ratio against each known operation, and against somebody imitating it; or that one cannot tell.",
        (("campaigns", "link"), ("campaigns", "*")),
    ),
    Section(
        "statements",
        "Who said what, and how surely",
        "Public statements with their words of certainty, their figures, and the evidence that was public on their day.",
        (
            ("statements", "ledger"),
            ("statements", "certainty"),
            ("statements", "audit"),
            ("statements", "contradictions"),
            ("statements", "quantities"),
            ("statements", "demands"),
            ("statements", "*"),
        ),
    ),
    Section(
        "evidence",
        "The evidence",
        "Measured items come from a calibrator with its known error; argued items from named raters with their reasons. They never look alike.",
        (("judgement", "evidence-table"), ("judgement", "circular-reporting")),
    ),
    Section(
        "reasoning",
        "How each answer was reached",
        "For each proposition: what it would be for another starting belief, what drives it, and what would turn it.",
        (("judgement", "answer"),),
    ),
    Section(
        "next",
        "What would change the answer",
        "The next piece of evidence that would move these probabilities most.",
        (("judgement", "next-best"), ("judgement", "*")),
    ),
)

TITLES: dict[tuple[str, str], str] = {
    ("judgement", "through-time"): "Day by day",
    ("judgement", "evidence-table"): "Every item and its weight",
    ("judgement", "circular-reporting"): "Reports that rest on one origin",
    ("judgement", "next-best"): "What to collect next",
    ("spread", "first-seen"): "First seen",
    ("spread", "breakout"): "How far it went",
    ("spread", "appearances"): "Where it appeared",
    ("spread", "attempts"): "Attempts",
    ("spread", "handover"): "From whose hand to whose",
    ("spread", "engagement"): "What response it had",
    ("spread", "reach-by-actor"): "Who carried it",
    ("spread", "explicit-tree"): "What refers to what",
    ("spread", "conflicts"): "Where sources differ",
    ("spread", "document-comparison"): "The papers beside the reference",
    ("coordination", "breadth"): "How broad it is",
    ("coordination", "power"): "What these data could have shown",
    ("coordination", "explanations"): "Ordinary explanations",
    ("accounts", "hours"): "Hours of posting",
    ("accounts", "weekdays"): "Days of the week",
    ("accounts", "shift"): "Which working day fits",
    ("accounts", "pacing"): "Pauses between posts",
    ("accounts", "creation"): "Registration",
    ("accounts", "handles"): "Names",
    ("accounts", "single-use"): "Accounts used once",
    ("accounts", "census"): "How many, by which definition",
    ("campaigns", "link"): "Compared with",
    ("campaigns", "catalogue"): "All known operations",
    ("statements", "ledger"): "The ledger",
    ("statements", "certainty"): "Words of certainty",
    ("statements", "audit"): "Claims beside the evidence of their day",
    ("statements", "demands"): "Demands and promises",
}
"""(room, kind) -> heading; a kind without one is headed by its name."""


def title_of(f: Finding) -> str:
    """Heading of a finding."""
    return TITLES.get((f.room, f.kind), f.kind.replace("-", " ").capitalize())


OTHER = Section("other", "Further findings", "What no other section takes.", ())


def arranged(findings: tuple[Finding, ...]) -> list[tuple[Section, list[Finding]]]:
    """Sections with their findings, in order; empty sections are left out; unknown rooms come last."""
    left = sorted(findings, key=lambda f: f.id)
    wants = {(room, kind) for s in SECTIONS for room, kind in s.takes}
    out: list[tuple[Section, list[Finding]]] = []
    for section in SECTIONS:
        mine: list[Finding] = []
        for room, kind in section.takes:
            for f in left:
                exact = f.room == room and f.kind == kind
                rest = kind == "*" and f.room == room and (f.room, f.kind) not in wants
                if exact or rest:
                    mine.append(f)
        if mine:
            out.append((section, mine))
    placed = {f.id for _, found in out for f in found}
    rest_of_all = [f for f in left if f.id not in placed]
    return [*out, (OTHER, rest_of_all)] if rest_of_all else out
