"""``judgement.json``: the whole of a judgement, deterministic, without wall clock."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from unfog.model import Estimate, Verdict
from unfog.text.writer import Wording

Level: TypeAlias = Literal["low", "moderate", "high"]


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Driver(_Document):
    """An evidence item's own weight on a proposition, had it been alone."""

    id: str
    statement: str
    basis: Literal["measured", "argued"]
    log10_lr: float
    low: float
    high: float
    group: str


class Part(_Document):
    """One of the three parts of confidence: its figure and the level that the cut-offs give it."""

    value: float
    level: Level
    meaning: str


class Confidence(_Document):
    """Computed, never typed in.

    Attributes:
        level: The lowest of the three parts, lowered further where a gate binds.
        reliability: Share of |log LR| from independent, archived, A-B sources.
        range: Spread of the posterior over priors, dependence settings and raters, in probability.
        responsiveness: Largest move of the posterior when one group goes, in probability.
        gates: Gates that bind, in words.
        kinds: Kinds of evidence that speak to the proposition.
        carrying: A group that alone carries the result, if there is one.
    """

    level: Level
    reliability: Part
    range: Part
    responsiveness: Part
    gates: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    carrying: str = ""


class Removal(_Document):
    """The answer had one group not been there."""

    group: str
    percent: float
    move: float
    log10_lr: float
    word: str


class Bar(_Document):
    """One bar of the tornado: the answer with one input at the ends of its range."""

    what: str
    kind: Literal["group", "prior", "rho", "rater"]
    low: float
    high: float


class Flip(_Document):
    """What would have to be otherwise for another word to be due."""

    what: str
    kind: Literal["prior", "group", "groups", "rho", "log10_lr"]
    at: float | None
    word: str


class WordBegins(_Document):
    """The prior from which a word of the yardstick is due, evidence as it is (percent)."""

    word: str
    edge: float
    prior_needed: float


class Answer(_Document):
    """What can be said of one proposition.

    Attributes:
        proposition: Its id.
        says: The statement.
        status: ``answered``; ``ratios`` (no prior declared: likelihood ratios only); ``cannot tell`` (a state would be
            named although nothing speaks to its variable); ``not assessable`` (declared, with reason).
        verdict: Which of the three verdicts it would be, if any; only of an answered proposition.
        reason: Why it is not answered, where it is not.
        sentence: The sentence of likelihood.
        confidence_sentence: The sentence of confidence.
        wording: Words and numbers as printed.
        readers: How readers hear the word, where it was asked of them.
        posterior: Probability with its 90 % interval.
        prior: Probability before the evidence, with the span of the draws.
        log10_lr: log10 of posterior odds over prior odds.
        prior_curve: [prior, low, middle, high], all probabilities.
        word_begins: Where each word begins along that curve.
        drivers: Items by weight.
        confidence: Level and parts.
        caps: Caps that bit.
        flips: What would change the word.
        removals: Leave-one-group-out.
        tornado: Inputs by the span they open.
        rho_shown: rho -> probability.
        raters: rater -> probability had only this rater's figures been used.
    """

    proposition: str
    says: str
    status: Literal["answered", "ratios", "cannot tell", "not assessable"]
    verdict: Verdict = Verdict.DESCRIPTIVE
    reason: str = ""
    sentence: str
    confidence_sentence: str = ""
    wording: Wording | None = None
    readers: str = ""
    posterior: Estimate | None = None
    prior: Estimate | None = None
    log10_lr: Estimate | None = None
    prior_curve: tuple[tuple[float, float, float, float], ...] = ()
    word_begins: tuple[WordBegins, ...] = ()
    drivers: tuple[Driver, ...] = ()
    confidence: Confidence | None = None
    caps: tuple[str, ...] = ()
    flips: tuple[Flip, ...] = ()
    removals: tuple[Removal, ...] = ()
    tornado: tuple[Bar, ...] = ()
    rho_shown: dict[str, float] = Field(default_factory=dict)
    raters: dict[str, float] = Field(default_factory=dict)


class EvidenceRow(_Document):
    """How one item went into the sum."""

    id: str
    statement: str
    kind: str
    basis: Literal["measured", "argued"]
    variable: str
    group: str
    origin: str
    grade: str
    reliability: float | None
    public_from: str
    raw: dict[str, float]
    used: dict[str, float]
    low: dict[str, float]
    high: dict[str, float]
    raters: dict[str, dict[str, float]]
    calibrator: str
    is_bound: bool
    cap: str
    cap_bit: bool
    left_out: str
    notes: tuple[str, ...]
    merged: tuple[str, ...]
    sources: tuple[tuple[str, str, str], ...]
    caveats: tuple[str, ...]


class GroupRow(_Document):
    """A dependence group."""

    id: str
    items: tuple[str, ...]
    ties: tuple[str, ...]
    kinds: tuple[str, ...]
    split_because: tuple[str, ...]
    support: dict[str, dict[str, float]]
    cap: str
    cap_bit: bool


class CircleRow(_Document):
    """Circular reporting: reports that seem to agree and rest on one origin."""

    origin: str
    items: tuple[str, ...]
    publishers: tuple[str, ...]
    chain: tuple[str, ...]
    false_corroboration: tuple[tuple[str, str], ...]


class Point(_Document):
    """The answer on one date on which public evidence changed."""

    date: str
    percent: float
    low: float
    high: float
    log10_lr: float
    new: tuple[str, ...]


class NextBest(_Document):
    """What an item that has not been collected would be worth: expected information gain, in bits."""

    id: str
    statement: str
    bits: dict[str, float]
    outcomes: dict[str, dict[str, float]]


class RaterGap(_Document):
    """Where raters disagree by more than a factor of ten, or about the direction."""

    item: str
    value: str
    figures: dict[str, float]
    why: str


class VariableRow(_Document):
    """A variable before and after."""

    id: str
    question: str
    has_prior: bool
    prior: dict[str, Estimate]
    posterior: dict[str, Estimate]
    reference: str
    reason: str


class Judgement(_Document):
    """All of it."""

    schema_: Literal["unfog.judgement/1"] = Field(default="unfog.judgement/1", alias="schema")
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)
    as_of: str
    clock: str
    standard: str
    settings: dict[str, Any]
    grade_table: dict[str, float | None]
    n_worlds: int
    variables: tuple[VariableRow, ...]
    answers: tuple[Answer, ...]
    evidence: tuple[EvidenceRow, ...]
    groups: tuple[GroupRow, ...]
    circles: tuple[CircleRow, ...]
    through_time: dict[str, tuple[Point, ...]] = Field(default_factory=dict)
    next_best: tuple[NextBest, ...] = ()
    rater_gaps: tuple[RaterGap, ...] = ()
    raters: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    central: dict[str, Any] = Field(default_factory=dict)
    """Everything that the probabilities are computed from, so that anyone can compute them again (see recipe)."""

    def answer(self, proposition: str) -> Answer:
        """The answer on a proposition; KeyError if it was not asked."""
        for a in self.answers:
            if a.proposition == proposition:
                return a
        raise KeyError(f"no proposition {proposition!r}; there are {', '.join(a.proposition for a in self.answers)}")
