"""Confidence is computed from three figures by published cut-offs; nobody types it in, and it never touches the word.

The three parts are those of Friedman & Zeckhauser (Assessing Uncertainty in Intelligence, 2012; Analytic Confidence and
Political Decision-Making, 2018): reliability of the evidence, range of reasonable opinion, responsiveness to new
information. The cut-offs are this project's and are printed with every judgement.
"""

from __future__ import annotations

import numpy as np

from unfog.judgement.combine import Floats
from unfog.judgement.document import Confidence, Level, Part
from unfog.judgement.items import Item
from unfog.judgement.settings import ConfidenceCuts
from unfog.judgement.state import State

SPEAKS = 0.05
"""A group speaks to a proposition if its own log10 LR is at least this far from 0."""


def confidence(
    state: State, row: int, spread: float, cuts: ConfidenceCuts, items_alone: dict[str, Floats]
) -> Confidence:
    """Confidence in the answer on one row.

    Args:
        state: What is known.
        row: Row of the proposition.
        spread: Width, in probability, of the answer over priors, dependence settings and raters.
        cuts: Cut-offs.
        items_alone: log10 LR of each item alone, see ``State.item_alone``.
    """
    weights = np.abs(state.alone[:, row]) if len(state.groups) else np.zeros(0)
    total = float(weights.sum())
    good = 0.0
    kinds: set[str] = set()
    for g, group in enumerate(state.groups):
        sizes = {i.id: abs(float(items_alone[i.id][1, row])) for i in group.items}
        all_of_it = sum(sizes.values())
        if all_of_it > 0 and group.independent:
            good += float(weights[g]) * sum(sizes[i.id] for i in group.items if _sound(i)) / all_of_it
        if weights[g] >= SPEAKS:
            kinds |= {str(i.evidence.kind) for i in group.items if sizes[i.id] >= SPEAKS}
    reliability = good / total if total > 0 else 0.0
    here = float(state.probabilities()[row])
    moves = np.abs(state.removed[:, row] - here) if len(state.groups) else np.zeros(0)
    move = float(moves.max(initial=0.0))
    parts = {
        "reliability": _level(reliability, cuts.reliability, rising=True),
        "range": _level(spread, cuts.range, rising=False),
        "responsiveness": _level(move, cuts.responsiveness, rising=False),
    }
    order: tuple[Level, ...] = ("low", "moderate", "high")
    level: Level = min(parts.values(), key=order.index)
    gates: list[str] = []
    carrying = _carrying(state, row, weights, here, cuts.carrying_share)
    if len(kinds) < 2:
        told = f"only {next(iter(kinds))}" if kinds else "none"
        gates.append(f"two of the three kinds of evidence are needed for high; here: {told}")
    if carrying:
        gates.append(f"one group carries the result ({carrying}); then confidence cannot be high")
    if total == 0.0:
        gates.append("no evidence speaks to this proposition")
        level = "low"
    if gates and level == "high":
        level = "moderate"
    return Confidence(
        level=level,
        reliability=Part(
            value=reliability,
            level=parts["reliability"],
            meaning="share of |log LR| that comes from independent, archived sources graded A or B, or is measured",
        ),
        range=Part(
            value=spread,
            level=parts["range"],
            meaning="width in probability over priors, dependence settings and raters",
        ),
        responsiveness=Part(
            value=move, level=parts["responsiveness"], meaning="largest move in probability when one group goes"
        ),
        gates=tuple(gates),
        kinds=tuple(sorted(kinds)),
        carrying=carrying,
    )


def _sound(item: Item) -> bool:
    """Whether an item counts as reliable: archived and graded A or B; measured items are kept with their rows."""
    grade = item.evidence.grade.source
    if item.measured:
        return grade in "ABF"
    return item.evidence.archived and grade in "AB"


def _level(value: float, cuts: tuple[float, float], *, rising: bool) -> Level:
    moderate, high = cuts
    if rising:
        return "high" if value >= high else "moderate" if value >= moderate else "low"
    return "high" if value <= high else "moderate" if value <= moderate else "low"


def _carrying(state: State, row: int, weights: Floats, here: float, share: float) -> str:
    """The group without which the answer would change sides, or that holds more than its share of the weight."""
    if not len(weights) or weights.sum() <= 0:
        return ""
    for g in np.argsort(-weights, kind="stable"):
        crosses = (state.removed[g, row] >= 0.5) != (here >= 0.5)
        if crosses or weights[g] > share * weights.sum():
            return state.groups[int(g)].id
    return ""
