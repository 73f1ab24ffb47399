"""What to collect next: the expected information gain of an item that nobody has yet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

import numpy as np
from pydantic import BaseModel, ConfigDict, model_validator

from unfog.errors import EvidenceError, did_you_mean
from unfog.judgement.combine import Floats
from unfog.judgement.document import NextBest
from unfog.judgement.state import State


class Uncollected(BaseModel):
    """An item that could be collected, with how probable each outcome is under each value.

    Attributes:
        id: Name.
        statement: What would be asked for, of whom.
        variable: The variable that it speaks to.
        outcomes: value -> outcome -> probability; every value of the variable, each summing to one.
        reason: Why these probabilities.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    statement: str
    variable: str
    outcomes: dict[str, dict[str, float]]
    reason: str = ""

    @model_validator(mode="after")
    def _sums(self) -> Self:
        for value, told in self.outcomes.items():
            if any(p < 0.0 for p in told.values()) or abs(sum(told.values()) - 1.0) > 1e-6:
                raise ValueError(f"{self.id}: the outcomes under {value!r} must be probabilities that sum to one")
        return self


def next_best(state: State, uncollected: Sequence[Uncollected]) -> tuple[NextBest, ...]:
    """Expected information gain (bits) of each item on each proposition; the most telling item first.

    The gain is the mutual information between "the proposition is true" and the item's outcome, given all evidence. An
    outcome that is already all but certain is worth nothing, however strong it would be.

    Raises:
        EvidenceError: if an item names an unknown variable or forgets a value.
    """
    totals, _ = state.engine.totals(state.sums)
    world = state.engine.posterior(state.prior, totals)[0]
    rows = []
    for item in sorted(uncollected, key=lambda u: u.id):
        names = [v.id for v in state.worlds.variables]
        if item.variable not in names:
            raise EvidenceError(item.id, f"unknown variable {item.variable!r}{did_you_mean(item.variable, names)}")
        at = state.worlds.position(item.variable)
        values = state.worlds.variables[at].values
        for value in (*item.outcomes, *values):
            if value not in values or value not in item.outcomes:
                raise EvidenceError(
                    item.id, f"outcomes must name exactly the values {', '.join(values)}; see {value!r}"
                )
        seen = sorted({o for told in item.outcomes.values() for o in told})
        chance = np.array([[item.outcomes[v].get(o, 0.0) for o in seen] for v in values])[state.worlds.index[:, at]]
        bits: dict[str, float] = {}
        after: dict[str, dict[str, float]] = {}
        for row, p in enumerate(state.asked):
            held = state.masks[:, row]
            joint = np.stack([(world * held) @ chance, (world * (1 - held)) @ chance])
            bits[p.id] = _information(joint)
            after[p.id] = {
                o: float(joint[0, k] / joint[:, k].sum()) for k, o in enumerate(seen) if joint[:, k].sum() > 0
            }
        rows.append(NextBest(id=item.id, statement=item.statement, bits=bits, outcomes=after))
    return tuple(sorted(rows, key=lambda r: (-max(r.bits.values(), default=0.0), r.id)))


def _information(joint: Floats) -> float:
    """Mutual information in bits of a table of joint probabilities."""
    outer = joint.sum(axis=1, keepdims=True) * joint.sum(axis=0, keepdims=True)
    here = joint > 0
    bits = float((joint[here] * np.log2(joint[here] / outer[here])).sum())
    return bits if bits > 1e-9 else 0.0
