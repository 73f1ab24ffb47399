"""The evidence item: how probable something observed is under each answer to a question.

Investigators emit items on a *named contrast*; the case maps contrasts to its variables; ``judgement`` alone turns them
into likelihoods. An item is *measured* (a calibrator with its error) or *argued* (persons, reasons, dates), never both.
"""

from __future__ import annotations

import math
from enum import StrEnum
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from unfog.model.number import Estimate


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Kind(StrEnum):
    """Pamment & Smith's three kinds of attribution evidence (Hybrid CoE, 2022)."""

    TECHNICAL = "technical"
    BEHAVIOURAL = "behavioural"
    CONTEXTUAL = "contextual"


class Contrast(_Document):
    """A named pair of answers that a finding speaks to, independent of any case's variables."""

    id: str
    one: str
    other: str
    doc: str


CONTRASTS: dict[str, Contrast] = {
    c.id: c
    for c in (
        Contrast(id="control", one="one controller", other="independent", doc="Are these accounts run by one hand?"),
        Contrast(
            id="operator", one="same operator", other="unrelated", doc="Is this the operation we have seen before?"
        ),
        Contrast(id="mimic", one="same operator", other="mimic", doc="The same operation, or somebody imitating it?"),
        Contrast(id="shift", one="declared shift and zone", other="elsewhere", doc="Do the hours fit this office?"),
        Contrast(
            id="inauthentic", one="made for the purpose", other="ordinary accounts", doc="Are they what they claim?"
        ),
        Contrast(id="authentic", one="genuine", other="altered or forged", doc="Is the document what it claims to be?"),
        Contrast(id="amplified", one="pushed by operators", other="spread by itself", doc="Who made it travel?"),
    )
}


class Grade(_Document):
    """Admiralty grade of source (A-F) and item (1-6); F and 6 mean *missing*, not "middling"."""

    source: Literal["A", "B", "C", "D", "E", "F"] = "F"
    item: Literal[1, 2, 3, 4, 5, 6] = 6

    @field_validator("source", mode="before")
    @classmethod
    def _letter(cls, v: object) -> object:
        return v.upper() if isinstance(v, str) else v

    @classmethod
    def parse(cls, text: str) -> Grade:
        """Read ``B2``."""
        return cls.model_validate({"source": text[:1], "item": int(text[1:])}) if len(text) == 2 else cls()

    def __str__(self) -> str:
        return f"{self.source}{self.item}"


class Rating(_Document):
    """One person's likelihood ratios for one item, made before any sum was seen.

    Attributes:
        by: Who rated.
        on: ISO date of the rating.
        log10_lr: value of the variable -> log10 likelihood ratio against the item's reference value.
        reason: Why, in a sentence or two.
        outcomes: Instead of ``log10_lr``: value of the variable -> outcome -> probability (each sums to one); the item
            says in ``observed`` which outcome came. A rival that "predicts anything" thereby pays for its vagueness.
    """

    by: str
    on: str
    reason: str
    log10_lr: dict[str, float] = Field(default_factory=dict)
    outcomes: dict[str, dict[str, float]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _finite(self) -> Self:
        for value, lr in self.log10_lr.items():
            if not math.isfinite(lr):
                raise ValueError(f"rating by {self.by}: the LR for {value!r} is {lr}; 0 and infinity are no evidence")
        for value, told in self.outcomes.items():
            if any(not 0.0 < p <= 1.0 for p in told.values()) or abs(sum(told.values()) - 1.0) > 1e-6:
                raise ValueError(
                    f"rating by {self.by}: the outcomes under {value!r} must be probabilities above 0 that sum to one"
                )
        if bool(self.outcomes) == bool(self.log10_lr):
            raise ValueError(f"rating by {self.by}: give either log10_lr or outcomes")
        return self


class MeasuredBy(_Document):
    """The calibrator or bound that a measured LR comes from."""

    calibrator: str
    version: str = ""
    n_same: int | None = None
    n_different: int | None = None
    unit: str = "campaigns"
    is_bound: bool = False
    note: str = ""


class Likelihood(_Document):
    """How probable the item is under one value, as log10 LR against the reference value, with its 90 % interval."""

    value: str
    log10_lr: Estimate


class Evidence(_Document):
    """One piece of evidence.

    Attributes:
        id: Unique in the case.
        statement: What was observed, in one sentence.
        kind: technical, behavioural or contextual.
        contrast: Named contrast (for items that a room emits), see ``CONTRASTS``.
        variable: Variable of the case that it speaks to (for argued items, or after mapping); ``a+b`` names a pair,
            whose values are written ``x+y``.
        reference: The value of the variable against which the LRs stand (log10 LR 0 there).
        likelihoods: One per value that differs from the reference; values left out count as the reference. An item on
            a contrast has one, with ``value="one"``: log10 of p(item | one) / p(item | other), see ``on_contrast``.
        measured_by: Where measured.
        ratings: Where argued: at least one rating; the merged figure is the median, its interval spans the raters.
        origin: Who first produced the information. Items with one origin fall into one dependence group.
        derived_from: Ids of items, findings or rows that it was made from; shared ones make one group.
        apart_because: Written reason to split it from the group it would fall into.
        grade: Admiralty grade; F or 6 is missing.
        corroborated_by: Ids of items of *another* origin that say the same; a "1" needs one.
        archived: Whether the original is kept with a hash.
        public_from: ISO date or time from which the item is public.
        trait_public_from: ISO date from which the trait could be imitated (the mimic gate).
        act_at: ISO date of the act that shows the trait.
        spoofing_cost: low, medium or high.
        selected_by: Who chose the set that shows the trait; where the trait chose the set, LR = 1.
        selected_on_trait: True if the trait itself was what the set was chosen by.
        absence: The item says that something was *not* found.
        search_power: For absence: probability that the search would have found it if it were there.
        observed: The outcome that came, where ratings give outcome probabilities.
        statement_by: Party whose own claim this is (left out when that party's claim is audited).
        sources: (publisher, url, date).
        caveats: What weakens it.
    """

    id: str
    statement: str
    kind: Kind
    contrast: str = ""
    variable: str = ""
    reference: str = ""
    likelihoods: tuple[Likelihood, ...] = ()
    measured_by: MeasuredBy | None = None
    ratings: tuple[Rating, ...] = ()
    origin: str = ""
    derived_from: tuple[str, ...] = ()
    apart_because: str = ""
    grade: Grade = Field(default_factory=Grade)
    corroborated_by: tuple[str, ...] = ()
    archived: bool = False
    public_from: str = ""
    trait_public_from: str = ""
    act_at: str = ""
    spoofing_cost: Literal["", "low", "medium", "high"] = ""
    selected_by: str = ""
    selected_on_trait: bool = False
    absence: bool = False
    search_power: float | None = Field(default=None, ge=0.0, le=1.0)
    observed: str = ""
    statement_by: str = ""
    sources: tuple[tuple[str, str, str], ...] = ()
    caveats: tuple[str, ...] = ()

    @field_validator("grade", mode="before")
    @classmethod
    def _short_grade(cls, v: object) -> object:
        return Grade.parse(v) if isinstance(v, str) else v

    @model_validator(mode="after")
    def _measured_or_argued(self) -> Self:
        if self.measured_by is not None and self.ratings:
            raise ValueError(f"{self.id}: an item is measured or argued, never both")
        if self.contrast and self.contrast not in CONTRASTS:
            raise ValueError(f"{self.id}: unknown contrast {self.contrast!r}; one of {', '.join(CONTRASTS)}")
        return self

    @classmethod
    def on_contrast(cls, contrast: str, log10_lr: Estimate, **fields: Any) -> Evidence:
        """An item that a room emits: ``log10_lr`` is for the contrast's first answer against its second."""
        return cls(contrast=contrast, likelihoods=(Likelihood(value="one", log10_lr=log10_lr),), **fields)

    @property
    def is_measured(self) -> bool:
        """True if a calibrator or bound stands behind it, False if persons argued it."""
        return self.measured_by is not None
