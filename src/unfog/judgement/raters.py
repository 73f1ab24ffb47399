"""Two people rated each item before any sum was seen; here they are compared."""

from __future__ import annotations

from collections.abc import Sequence

from unfog.judgement.document import RaterGap
from unfog.judgement.items import Item
from unfog.judgement.worlds import Worlds

FACTOR = 1.0
"""A difference of this much, log10, is told: a factor of ten."""


def rater_names(items: Sequence[Item]) -> tuple[str, ...]:
    """Everybody who rated at least one weighed item."""
    return tuple(sorted({by for i in items if not i.left_out for by, _ in i.raters}))


def rater_gaps(items: Sequence[Item], worlds: Worlds) -> tuple[RaterGap, ...]:
    """Where raters differ by more than a factor of ten, or one says for and another against."""
    out = []
    for i in items:
        if i.left_out or len(i.raters) < 2:
            continue
        names = [""]
        for k in i.scope:
            names = [f"{n}+{v}" if n else v for n in names for v in worlds.variables[k].values]
        zero = _reference(i, names)
        for cell, value in enumerate(names):
            figures = {by: float(x[cell] - x[zero]) for by, x in i.raters}
            low, high = min(figures.values()), max(figures.values())
            against = low < -1e-9 and high > 1e-9
            if against or high - low > FACTOR:
                why = "opposite directions" if against else "more than a factor of ten apart"
                out.append(RaterGap(item=i.id, value=value, figures=figures, why=why))
    return tuple(out)


def _reference(i: Item, names: Sequence[str]) -> int:
    """The cell against which the ratings stand: the stated one, else the first that nobody rated."""
    if i.evidence.reference in names:
        return names.index(i.evidence.reference)
    rated = {value for r in i.evidence.ratings for value in (*r.log10_lr, *r.outcomes)}
    free = [k for k, name in enumerate(names) if name not in rated]
    return free[0] if free and rated & set(names) else int(abs(i.raw).argmin())
