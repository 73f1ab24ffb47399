"""What a case declares: questions with their answers, statements to be judged, and how contrasts map to them."""

from __future__ import annotations

from typing import Literal, Self, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, model_validator

from unfog.errors import EvidenceError, did_you_mean
from unfog.model import CONTRASTS, Verdict

Range: TypeAlias = tuple[float, float]


class _Declared(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Variable(_Declared):
    """A question with exhaustive answers, and what was held of them before this case's evidence.

    Attributes:
        id: Name; ``+`` is kept for pairs.
        question: The question in plain words.
        values: The answers; one of them is ``other`` unless ``exhaustive_because`` says why none is needed.
        exhaustive_because: Why the values are exhaustive without an *other*.
        prior: value -> [low, high], probabilities. Empty: no prior is declared, and only likelihood ratios are printed.
        given: Another variable on whose value the prior depends (origin -> direction).
        prior_given: value of that variable -> value -> [low, high].
        reference: The reference class that the prior was counted or argued from; required with a prior.
        reason: Why this class and these ranges; required with a prior.
        names_state: True where an answer names a state; it is then named only if evidence speaks to this variable.
    """

    id: str = Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]*$")
    question: str = ""
    values: tuple[str, ...] = Field(min_length=2)
    exhaustive_because: str = ""
    prior: dict[str, Range] = Field(default_factory=dict)
    given: str = ""
    prior_given: dict[str, dict[str, Range]] = Field(default_factory=dict)
    reference: str = ""
    reason: str = ""
    names_state: bool = False

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if len(set(self.values)) != len(self.values):
            raise ValueError(f"variable {self.id}: a value is listed twice")
        if "other" not in self.values and not self.exhaustive_because:
            raise ValueError(
                f'variable {self.id}: no value "other"; add it, or say in exhaustive_because why nothing else can be'
            )
        if bool(self.given) != bool(self.prior_given):
            raise ValueError(f"variable {self.id}: given and prior_given belong together")
        if self.prior and self.prior_given:
            raise ValueError(f"variable {self.id}: give prior or prior_given, not both")
        if self.has_prior and not (self.reference and self.reason):
            raise ValueError(f"variable {self.id}: a prior needs its reference class (reference) and a reason")
        for where, ranges in [("prior", self.prior), *((f"prior_given.{k}", r) for k, r in self.prior_given.items())]:
            if ranges:
                self._check(where, ranges)
        return self

    def _check(self, where: str, ranges: dict[str, Range]) -> None:
        for value in ranges:
            if value not in self.values:
                raise ValueError(
                    f"variable {self.id}: {where} names an unknown value {value!r}{did_you_mean(value, self.values)}"
                )
        for value in self.values:
            if value not in ranges:
                raise ValueError(f"variable {self.id}: {where} says nothing of {value!r}")
            low, high = ranges[value]
            if not 0.0 <= low <= high <= 1.0 or high == 0.0:
                raise ValueError(
                    f"variable {self.id}: {where}.{value} = [{low}, {high}] is no range of probabilities above 0"
                )
        lows, highs = (sum(r[i] for r in ranges.values()) for i in (0, 1))
        if lows > 1.0 + 1e-9 or highs < 1.0 - 1e-9:
            raise ValueError(
                f"variable {self.id}: {where} cannot sum to one: "
                f"the lower ends sum to {lows:.4g}, the upper to {highs:.4g}"
            )

    @property
    def has_prior(self) -> bool:
        """Whether a prior was declared."""
        return bool(self.prior or self.prior_given)


class Proposition(_Declared):
    """A statement that is true in some worlds.

    Attributes:
        id: Short name, such as ``P2``.
        says: The statement, a full clause in plain words.
        when: variable -> the values under which it is true; several variables are a conjunction.
        not_assessable: Why it cannot be judged with these data; then no probability is given.
        verdict: Which of the three verdicts it would be, if any.
        note: What a reader should know.
    """

    id: str = Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]*$")
    says: str
    when: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    not_assessable: str = ""
    verdict: Verdict = Verdict.DESCRIPTIVE
    note: str = ""

    @model_validator(mode="after")
    def _says_when(self) -> Self:
        if bool(self.when) == bool(self.not_assessable):
            raise ValueError(
                f"proposition {self.id}: give either when (the values that make it true) or not_assessable"
            )
        for variable, values in self.when.items():
            if not values:
                raise ValueError(f"proposition {self.id}: when.{variable} names no value")
        return self


class ContrastMap(_Declared):
    """How a room's named contrast reads in this case.

    Attributes:
        contrast: Id of the contrast, see ``unfog.model.CONTRASTS``.
        variable: The variable that it speaks to.
        one: Values that stand for the contrast's first answer.
        other: Values that stand for its second; empty means all the rest.
        rest: Where values named in neither stand: with ``other`` (as much unlike it), with ``one``, or ``between``
            (half the log ratio: the contrast says nothing of them).
    """

    contrast: str
    variable: str
    one: tuple[str, ...] = Field(min_length=1)
    other: tuple[str, ...] = ()
    rest: Literal["other", "one", "between"] = "other"

    @model_validator(mode="after")
    def _known(self) -> Self:
        if self.contrast not in CONTRASTS:
            raise ValueError(f"unknown contrast {self.contrast!r}{did_you_mean(self.contrast, CONTRASTS)}")
        if set(self.one) & set(self.other):
            raise ValueError(f"contrast {self.contrast}: a value stands on both sides")
        return self


def check_declared(
    variables: tuple[Variable, ...], propositions: tuple[Proposition, ...], contrasts: tuple[ContrastMap, ...]
) -> None:
    """Check what needs more than one of them at a time.

    Raises:
        EvidenceError: names the variable, proposition or contrast that is wrong.
    """
    known = {v.id: v for v in variables}
    if len(known) != len(variables):
        twice = sorted({v.id for v in variables if sum(w.id == v.id for w in variables) > 1})
        raise EvidenceError(twice[0], "two variables have this id")
    for v in variables:
        if not v.given:
            continue
        if v.given not in known:
            raise EvidenceError(v.id, f"given names an unknown variable {v.given!r}{did_you_mean(v.given, known)}")
        parent = known[v.given]
        for missing in (set(parent.values) - set(v.prior_given)) or set():
            raise EvidenceError(v.id, f"prior_given says nothing of {parent.id} = {missing!r}")
        for unknown in sorted(set(v.prior_given) - set(parent.values)):
            raise EvidenceError(v.id, f"prior_given names an unknown value {unknown!r} of {parent.id}")
    in_parental_order(variables)
    seen: set[str] = set()
    for p in propositions:
        if p.id in seen:
            raise EvidenceError(p.id, "two propositions have this id")
        seen.add(p.id)
        for name, values in p.when.items():
            _check_values(p.id, f"when.{name}", name, values, known)
    maps: set[str] = set()
    for c in contrasts:
        if c.contrast in maps:
            raise EvidenceError(c.contrast, "this contrast is mapped twice; evidence would count double")
        maps.add(c.contrast)
        _check_values(f"contrast {c.contrast}", "one/other", c.variable, (*c.one, *c.other), known)


def _check_values(item: str, where: str, name: str, values: tuple[str, ...], known: dict[str, Variable]) -> None:
    if name not in known:
        raise EvidenceError(item, f"{where}: unknown variable {name!r}{did_you_mean(name, known)}")
    for value in values:
        if value not in known[name].values:
            raise EvidenceError(
                item,
                f"{where}: {name} has no value {value!r}{did_you_mean(value, known[name].values)}; "
                f"it has {', '.join(known[name].values)}",
            )


def in_parental_order(variables: tuple[Variable, ...]) -> tuple[Variable, ...]:
    """The variables with every parent before its children.

    Raises:
        EvidenceError: if conditional priors form a circle.
    """
    placed: list[Variable] = []
    waiting = list(variables)
    while waiting:
        ready = [v for v in waiting if not v.given or any(p.id == v.given for p in placed)]
        if not ready:
            raise EvidenceError(waiting[0].id, "conditional priors form a circle: " + ", ".join(v.id for v in waiting))
        placed += ready
        waiting = [v for v in waiting if v not in ready]
    return tuple(placed)
