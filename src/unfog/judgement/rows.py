"""The tables of a judgement: variables before and after, every item with what was done to it, every group."""

from __future__ import annotations

import numpy as np

from unfog.judgement.combine import Floats, scale_to
from unfog.judgement.document import EvidenceRow, GroupRow, VariableRow
from unfog.judgement.items import Item
from unfog.judgement.state import Drawn, State
from unfog.model import Estimate


def estimate(value: float, draws: Floats) -> Estimate:
    """The central value with the 5 % and 95 % quantiles of the draws, widened to hold the value."""
    low, high = (float(x) for x in np.quantile(draws, [0.05, 0.95]))
    return Estimate(value=value, low=min(low, value), high=max(high, value))


def variable_rows(state: State, drawn: Drawn) -> tuple[VariableRow, ...]:
    """Every variable before and after the evidence."""
    out, row = [], len(state.asked)
    here = state.probabilities()
    for v in state.worlds.variables:
        prior, after = {}, {}
        for value in v.values:
            if v.has_prior:
                prior[value] = estimate(float(state.priors[row]), drawn.prior[:, row])
                after[value] = estimate(float(here[row]), drawn.posterior[:, row])
            row += 1
        out.append(
            VariableRow(
                id=v.id,
                question=v.question,
                has_prior=v.has_prior,
                prior=prior,
                posterior=after,
                reference=v.reference,
                reason=v.reason,
            )
        )
    return tuple(out)


def _cells(state: State, item: Item, logs: Floats) -> dict[str, float]:
    names = [""]
    for k in item.scope:
        names = [f"{n}+{v}" if n else v for n in names for v in state.worlds.variables[k].values]
    return {n: float(x) for n, x in zip(names, logs - logs.min(), strict=True)} if item.scope else {}


def evidence_rows(state: State) -> tuple[EvidenceRow, ...]:
    """Every known item: as it came, as it was used, or why it was left out."""
    kept = {i.id: (i, g) for g in state.groups for i in g.items}
    into = {m: i.id for i, _ in kept.values() for m in i.merged}
    rows = []
    for item in state.items:
        item, group = kept.get(item.id, (item, None))
        e = item.evidence
        span = float(item.logs[1].max() - item.logs[1].min())
        bit = bool(item.scope) and not item.left_out and span > item.cap + 1e-12
        factor = scale_to(item.cap, item.logs)[0] if not item.left_out else np.ones((3, 1))
        left_out = item.left_out or (f"says the same as {into[item.id]}, merged into it" if item.id in into else "")
        rows.append(
            EvidenceRow(
                id=item.id,
                statement=e.statement,
                kind=str(e.kind),
                basis="measured" if item.measured else "argued",
                variable="+".join(state.worlds.variables[k].id for k in item.scope),
                group=group.id if group else "",
                origin=e.origin,
                grade=str(e.grade),
                reliability=item.reliability,
                public_from=e.public_from,
                raw=_cells(state, item, item.raw),
                used={} if left_out else _cells(state, item, item.logs[1] * factor[1]),
                low={} if left_out else _cells(state, item, item.logs[0] * factor[0]),
                high={} if left_out else _cells(state, item, item.logs[2] * factor[2]),
                raters={by: _cells(state, item, x) for by, x in item.raters},
                calibrator=e.measured_by.calibrator if e.measured_by else "",
                is_bound=bool(e.measured_by and e.measured_by.is_bound),
                cap=item.cap_name,
                cap_bit=bit,
                left_out=left_out,
                notes=item.notes,
                merged=item.merged,
                sources=e.sources,
                caveats=e.caveats,
            )
        )
    return tuple(rows)


def group_rows(state: State) -> tuple[GroupRow, ...]:
    """Every dependence group with its support per value."""
    rows = []
    for g, group in enumerate(state.groups):
        support: dict[str, dict[str, float]] = {}
        bit, cap = False, ""
        for block, (whole, _, hit) in zip(state.engine.blocks, state.contributions, strict=True):
            if block.group != g:
                continue
            names = [""]
            for k in block.scope:
                names = [f"{n}+{v}" if n else v for n in names for v in state.worlds.variables[k].values]
            values = whole[0] - whole[0].min()
            support["+".join(state.worlds.variables[k].id for k in block.scope)] = {
                n: float(x) for n, x in zip(names, values, strict=True)
            }
            bit, cap = bit or bool(hit[0]), block.cap_name
        rows.append(
            GroupRow(
                id=group.id,
                items=tuple(i.id for i in group.items),
                ties=group.ties,
                kinds=tuple(sorted({str(i.evidence.kind) for i in group.items})),
                split_because=tuple(
                    f"{i.id}: {i.evidence.apart_because}" for i in group.items if i.evidence.apart_because
                ),
                support=support,
                cap=cap,
                cap_bit=bit,
            )
        )
    return tuple(rows)
