"""From an evidence item to numbers over the values of a variable, with every gate and discount that it passes.

Order: the rating or calibrator's figures; absence (only as far as the search would have found it); the mimic gate; the
Admiralty discount. The cap on the item is applied where items are combined, draw by draw. All arrays are log10 and have
the rows low, middle, high of the 90 % interval.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from unfog.errors import EvidenceError, UsageError, did_you_mean
from unfog.judgement.settings import Settings
from unfog.judgement.variables import ContrastMap
from unfog.judgement.worlds import Worlds
from unfog.model import CONTRASTS, AsOf, Evidence, Moment, parse_moment

Floats: TypeAlias = NDArray[np.float64]

INDEPENDENT_UNITS = frozenset(
    {"campaigns", "operations", "populations", "societies", "communities", "cohorts", "sources", "cases"}
)
"""Units of N that count for "never more than N + 1"; accounts and posts of one campaign are not independent."""


@dataclass(frozen=True)
class Item:
    """An evidence item, ready to be combined.

    Attributes:
        evidence: The item as it came.
        known_from: When it became public.
        scope: Columns of the variables it speaks to (one, or two for a pair).
        logs: shape (3, n_cells): log10 likelihood at the low, middle and high end; only differences matter.
        raw: shape (n_cells,): the middle before gates and discount.
        cap: Largest log10 ratio between two values.
        cap_name: What the cap is called when printed.
        reliability: Probability that the report is right, None where no grade applies.
        raters: Per rater, shape (n_cells,), through the same gates and discount.
        left_out: Why it weighs nothing; empty if it is weighed.
        notes: Gates, discounts and demotions that were applied.
        merged: Ids of identical items that were merged into this one.
    """

    evidence: Evidence
    known_from: Moment
    scope: tuple[int, ...]
    logs: Floats
    raw: Floats
    cap: float
    cap_name: str
    reliability: float | None = None
    raters: tuple[tuple[str, Floats], ...] = ()
    left_out: str = ""
    notes: tuple[str, ...] = ()
    merged: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """Id of the evidence item."""
        return self.evidence.id

    @property
    def measured(self) -> bool:
        """Whether a calibrator or bound stands behind it."""
        return self.evidence.is_measured


def evidence_from(raw: Mapping[str, Any]) -> Evidence:
    """Read one evidence item from a case file.

    Raises:
        EvidenceError: names the item and what is wrong with it (an unknown grade, an LR of 0 or infinity ...).
    """
    name = str(raw.get("id") or "evidence without id")
    try:
        return Evidence.model_validate(dict(raw))
    except ValidationError as why:
        told = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'item'}: {e['msg']}" for e in why.errors())
        raise EvidenceError(name, told) from None
    except (ValueError, TypeError) as why:
        raise EvidenceError(name, str(why)) from None


def known_items(
    evidence: Sequence[Evidence],
    worlds: Worlds,
    contrasts: Sequence[ContrastMap],
    settings: Settings,
    as_of: AsOf | None,
) -> list[Item]:
    """All items that were known, each resolved to numbers or left out with its reason; sorted by id.

    Raises:
        EvidenceError: for an undated item, a doubled id, an unknown variable, value or corroborating item.
    """
    ids: dict[str, Evidence] = {}
    dated: list[tuple[Evidence, Moment]] = []
    for e in evidence:
        if e.id in ids:
            raise EvidenceError(e.id, "two evidence items have this id")
        ids[e.id] = e
        dated.append((e, _moment(e.id, "public_from", e.public_from)))
    for e in evidence:
        for other in e.corroborated_by:
            if other not in ids:
                raise EvidenceError(e.id, f"corroborated_by names an unknown item {other!r}{did_you_mean(other, ids)}")
    known = {e.id: e for e, at in dated if as_of is None or as_of.knows(at)}
    maps = {c.contrast: c for c in contrasts}
    return sorted(
        (_resolve(e, at, worlds, maps, settings, known) for e, at in dated if e.id in known), key=lambda i: i.id
    )


def _moment(item: str, field: str, text: str) -> Moment:
    if not text:
        raise EvidenceError(item, f"{field} is missing; without a date it cannot be known what was known when")
    try:
        return parse_moment(text)
    except UsageError as why:
        raise EvidenceError(item, f"{field}: {why}") from None


def _resolve(
    e: Evidence,
    at: Moment,
    worlds: Worlds,
    maps: Mapping[str, ContrastMap],
    settings: Settings,
    known: Mapping[str, Evidence],
) -> Item:
    if e.variable:
        scope = _scope(e, worlds)
    elif e.contrast:
        if e.contrast not in maps:
            return _left_out(e, at, f"the case maps no variable to the contrast “{e.contrast}”")
        scope = (worlds.position(maps[e.contrast].variable),)
    else:
        raise EvidenceError(e.id, "names neither a variable nor a contrast")
    cells = _cell_names(worlds, scope)
    mapped = maps.get(e.contrast) if not e.variable else None
    logs, raters, why = _figures(e, cells, mapped, settings)
    item = Item(e, at, scope, logs, logs[1].copy(), 0.0, "", raters=raters, left_out=why)
    if not why and e.selected_on_trait:
        item = replace(item, left_out="the trait chose the set, so it says nothing about the set (likelihood ratio 1)")
    if not item.left_out:
        item = _absence(item)
    if not item.left_out:
        item = _mimic_gate(item, worlds, maps.get("mimic"))
        item = _discount(item, settings, known)
        cap, name = _cap(item, settings)
        item = replace(item, cap=cap, cap_name=name)
    return item


def _left_out(e: Evidence, at: Moment, why: str) -> Item:
    return Item(e, at, (), np.zeros((3, 1)), np.zeros(1), 0.0, "", left_out=why)


def _scope(e: Evidence, worlds: Worlds) -> tuple[int, ...]:
    names = [v.id for v in worlds.variables]
    parts = e.variable.split("+")
    for part in parts:
        if part not in names:
            raise EvidenceError(e.id, f"unknown variable {part!r}{did_you_mean(part, names)}")
    if len(parts) > 2 or len(set(parts)) != len(parts):
        raise EvidenceError(e.id, f"variable {e.variable!r} is neither one variable nor a pair of two")
    return tuple(names.index(p) for p in parts)


def _cell_names(worlds: Worlds, scope: tuple[int, ...]) -> list[str]:
    names = [""]
    for at in scope:
        names = [f"{n}+{v}" if n else v for n in names for v in worlds.variables[at].values]
    return names


def _figures(
    e: Evidence, cells: list[str], mapped: ContrastMap | None, settings: Settings
) -> tuple[Floats, tuple[tuple[str, Floats], ...], str]:
    nothing = np.zeros((3, len(cells)))
    if e.reference and mapped is None and e.reference not in cells:
        raise EvidenceError(e.id, f"unknown reference value {e.reference!r}{did_you_mean(e.reference, cells)}")
    if e.measured_by is not None:
        if not e.likelihoods:
            return nothing, (), "measured, but without a likelihood ratio"
        rows = [
            _spread(e, {x.value: getattr(x.log10_lr, end) for x in e.likelihoods}, cells, mapped)
            for end in ("low", "value", "high")
        ]
        return np.stack(rows), (), ""
    if not e.ratings:
        told = "no calibrator and no rater stands behind its likelihood ratio" if e.likelihoods else "not yet rated"
        return nothing, (), told
    rated = [(r.by, _spread(e, r.log10_lr or _from_outcomes(e, r.outcomes), cells, mapped)) for r in e.ratings]
    stack = np.stack([x for _, x in rated])
    middle = np.median(stack, axis=0)
    moved = np.abs(stack).max(axis=0) > 0
    low = np.minimum(stack.min(axis=0), middle - settings.rater_spread * moved)
    high = np.maximum(stack.max(axis=0), middle + settings.rater_spread * moved)
    return np.stack([low, middle, high]), tuple(rated), ""


def _from_outcomes(e: Evidence, outcomes: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """log10 probability of what was observed under each value; a vague rival has spread its probability thin."""
    if not e.observed:
        raise EvidenceError(e.id, "outcome probabilities are given, but not which outcome was observed")
    logs: dict[str, float] = {}
    for value, told in outcomes.items():
        if e.observed not in told:
            raise EvidenceError(
                e.id, f"under {value!r} no probability is given for the observed outcome {e.observed!r}"
            )
        logs[value] = math.log10(told[e.observed])
    base = logs.get(e.reference, 0.0)
    if e.reference and e.reference not in logs:
        raise EvidenceError(e.id, f"no outcome probabilities are given for the reference value {e.reference!r}")
    return {value: x - base for value, x in logs.items()}


def _spread(e: Evidence, told: Mapping[str, float], cells: list[str], mapped: ContrastMap | None) -> Floats:
    out = np.zeros(len(cells))
    if mapped is None:
        for value, x in told.items():
            if value not in cells:
                raise EvidenceError(
                    e.id, f"unknown value {value!r}{did_you_mean(value, cells)}; {e.variable} has {', '.join(cells)}"
                )
            out[cells.index(value)] = x
        return out
    contrast = CONTRASTS[mapped.contrast]
    ratio = 0.0
    for value, x in told.items():
        if value in ("one", contrast.one):
            ratio += x
        elif value in ("other", contrast.other):
            ratio -= x
        else:
            raise EvidenceError(e.id, f'on the contrast {contrast.id!r} the value is "one" or "other", not {value!r}')
    rest = {"other": 0.0, "one": ratio, "between": ratio / 2}[mapped.rest if mapped.other else "other"]
    for k, cell in enumerate(cells):
        out[k] = ratio if cell in mapped.one else 0.0 if cell in mapped.other else rest
    return out


def _through(item: Item, change: Any, *notes: str) -> Item:
    """Apply one change of a (n, cells) array to the figures and to every rater's figures alike."""
    return replace(
        item,
        logs=change(item.logs),
        raters=tuple((by, change(x[None, :])[0]) for by, x in item.raters),
        notes=(*item.notes, *notes),
    )


def _absence(item: Item) -> Item:
    e = item.evidence
    if not e.absence:
        return item
    if e.search_power is None:
        return replace(item, left_out="says that something was not found, but not what the search could have found")
    q = e.search_power

    def seen(x: Floats) -> Floats:
        out: Floats = np.log10((1.0 - q) + q * 10.0 ** (x - x.max(axis=1, keepdims=True)))
        return out

    return _through(item, seen, f"absence: counts only as far as the search would have found it (power {q:.2f})")


def _mimic_gate(item: Item, worlds: Worlds, gate: ContrastMap | None) -> Item:
    e = item.evidence
    if gate is None or not e.trait_public_from or (item.measured and e.contrast == "mimic"):
        return item
    at = worlds.position(gate.variable)
    if at not in item.scope:
        return item
    public = _moment(e.id, "trait_public_from", e.trait_public_from)
    if e.act_at and _moment(e.id, "act_at", e.act_at).start <= public.end:
        return item
    axis = item.scope.index(at)
    values = worlds.variables[at].values
    same = [values.index(x) for x in gate.one]
    mimic = [values.index(x) for x in gate.other]
    shape = [len(worlds.variables[k].values) for k in item.scope]

    def raised(x: Floats) -> Floats:
        cube = np.moveaxis(x.reshape(len(x), *shape), axis + 1, -1).copy()
        best = cube[..., same].max(axis=-1)
        for k in mimic:
            cube[..., k] = np.maximum(cube[..., k], best)
        return np.moveaxis(cube, -1, axis + 1).reshape(x.shape)

    if np.allclose(raised(item.logs), item.logs):
        return item
    act = f"before the act ({e.act_at})" if e.act_at else "(the date of the act is not given)"
    note = f"mimic gate: the trait was public from {e.trait_public_from}, {act}; an imitator could show it as well"
    return _through(item, raised, note)


def _discount(item: Item, settings: Settings, known: Mapping[str, Evidence]) -> Item:
    e = item.evidence
    digit = e.grade.item
    notes: list[str] = []
    if digit == 1 and not any(
        other in known and known[other].origin and known[other].origin.casefold() != e.origin.casefold()
        for other in e.corroborated_by
    ):
        digit = 2
        notes.append("grade 1 needs a corroborating item of another origin; none is known, so it counts as 2")
    parts = [p for p in (settings.grades.source(e.grade.source), settings.grades.item(digit)) if p is not None]
    if not parts:
        if item.measured:
            return replace(item, notes=(*item.notes, *notes))
        if settings.ungraded is None:
            return replace(
                item, left_out=f"not graded ({e.grade}: missing, which is not the same as middling)", notes=tuple(notes)
            )
        parts = [settings.ungraded]
        notes.append(f"not graded ({e.grade}); taken at {settings.ungraded:.2f} by the case's own setting")
    elif len(parts) == 1 and not item.measured:
        notes.append(f"grade {e.grade}: one axis is missing, the other alone is used")
    r = min(parts)

    def discounted(x: Floats) -> Floats:
        support = x - x.min(axis=1, keepdims=True)
        out: Floats = np.log10((1.0 - r) + r * 10.0 ** np.minimum(support, 300.0))
        return out

    return replace(_through(item, discounted, *notes), reliability=r)


def _cap(item: Item, settings: Settings) -> tuple[float, str]:
    by = item.evidence.measured_by
    if by is None:
        return math.log10(settings.caps.item), f"argued item: at most {settings.caps.item:g}"
    counts = [n for n in (by.n_different, by.n_same) if n is not None]
    if item.evidence.contrast and not item.evidence.variable:
        one = ("one", CONTRASTS[item.evidence.contrast].one)
        ratio = sum(x.log10_lr.value * (1 if x.value in one else -1) for x in item.evidence.likelihoods)
        wanted = by.n_different if ratio >= 0 else by.n_same
        counts = [wanted] if wanted is not None else []
    if not counts or not INDEPENDENT_UNITS & set(by.unit.casefold().split()):
        limit = settings.caps.measured_without_n
        why = (
            "no number of independent campaigns stated"
            if not counts
            else f"{by.unit} of one campaign are not independent"
        )
        return math.log10(limit), f"measured, {why}: at most {limit:g}"
    n = min(counts)
    return math.log10(n + 1), f"measured on {n} independent {by.unit}: at most {n + 1}"
