"""The making of findings: figures with their intervals, plain sentences, evidence items with their bounds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from unfog.accounts.compare import Draw, Population, Rank
from unfog.accounts.options import Kind
from unfog.model import (
    CONTRASTS,
    Basis,
    Estimate,
    Evidence,
    Figure,
    Finding,
    Likelihood,
    MeasuredBy,
    RowsRef,
    StepRef,
    Verdict,
)
from unfog.model import Kind as EvidenceKind
from unfog.stats import wilson

ROOM = "accounts"
SHOWN_ROWS = 200


def count(name: str, value: float, unit: str, note: str = "") -> Figure:
    """A counted figure."""
    return Figure(name=name, value=Estimate.exact(float(value)), unit=unit, note=note)


def share(name: str, hits: int, n: int, note: str = "") -> Figure:
    """A share with its 90 % Wilson interval."""
    low, high = wilson(hits, n)
    return Figure(
        name=name, value=Estimate(value=hits / n, low=low, high=high), unit="share", basis=Basis.MEASURED, note=note
    )


def p_figure(name: str, p: float, note: str) -> Figure:
    """A p-value as a figure."""
    return Figure(name=name, value=Estimate.exact(p), unit="p", basis=Basis.MEASURED, note=note)


def plural(n: int, one: str, many: str = "") -> str:
    """``1 account``, ``2 accounts``."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def percent(x: float) -> str:
    """A share as a percentage, without pretending to more digits than it has."""
    v = 100.0 * x
    return f"{v:.0f} %" if v >= 10 or v == 0 else f"{v:.1f} %"


def test_figures(draw: Draw | None, rank: Rank | None) -> list[Figure]:
    """Figures of the two comparisons: as a random draw, and among organic cohorts."""
    out: list[Figure] = []
    if draw is not None:
        out.append(
            Figure(
                name="p_random_draw",
                value=Estimate.exact(draw.p),
                unit="p",
                basis=Basis.MEASURED,
                note=f"exact, randomised; log10 P = {draw.log10_p:.1f}; {draw.tries} tried",
            )
        )
        out += [count("tested_accounts", draw.n, "accounts"), share("tested_share", draw.hits, draw.n)]
        out.append(count("comparison_accounts", draw.n_out, "accounts"))
        if draw.n_out:
            out.append(share("comparison_share", draw.hits_out, draw.n_out))
    if rank is not None:
        out += [
            count("cohorts", rank.cohorts, "cohorts"),
            count("cohorts_at_least", rank.at_least, "cohorts", "as extreme as the set, or more"),
            Figure(
                name="log10_lr_bound",
                value=Estimate(value=rank.log10_lr, low=0.0, high=max(rank.log10_lr, 0.0)),
                unit="log10 LR",
                basis=Basis.BOUND,
                note=f"1/(-e p ln p) at p = {rank.p:.3g}, never above N + 1 for N = {rank.cohorts} cohorts",
            ),
        ]
    return out


def beside(draw: Draw | None, rank: Rank | None, population: Population, kind: Kind) -> str:
    """Sentence about the comparison, or about its absence."""
    if not population.compared or draw is None:
        return " No comparison population: this is a description, without a likelihood ratio."
    text = f" In the comparison population it is {percent(draw.hits_out / draw.n_out)} of {draw.n_out:,}"
    if rank is None:
        return text + "; too few organic cohorts for a likelihood ratio."
    text += (
        f"; of {rank.cohorts:,} organic cohorts {rank.at_least:,} {'is' if rank.at_least == 1 else 'are'} as extreme"
    )
    if kind in population.set.spec.selected_on:
        return text + ". The trait chose the set, so it weighs nothing (LR 1)."
    return text + f", which allows a likelihood ratio of at most {10**rank.log10_lr:.2g}."


def finding(
    population: Population,
    kind: str,
    sentence: str,
    figures: Sequence[Figure],
    *,
    method: str,
    assumption: str,
    verdict: Verdict = Verdict.DESCRIPTIVE,
    data: dict[str, Any] | None = None,
    caveats: Sequence[str] = (),
    steps: Sequence[StepRef] = (),
    evidence: Sequence[str] = (),
) -> Finding:
    """A finding of this room, with what all of them share: set, population, selection, rows and steps."""
    s = population.set
    keys = tuple(zip(population.inside["platform"].tolist(), population.inside["account_id"].tolist(), strict=True))
    notes = list(caveats)
    if s.spec.selected_by:
        notes.append(
            f"The set was chosen by {s.spec.selected_by}; the figures describe it and do not prove who ran it."
        )
    if s.missing:
        notes.append(f"{len(s.missing)} declared accounts are in no table and are left out.")
    described = s.population or "accounts in these tables"
    return Finding(
        id=f"accounts.{kind}.{s.spec.id}",
        room=ROOM,
        kind=kind,
        sentence=sentence,
        figures=tuple(figures),
        verdict=verdict,
        method=method,
        assumption=assumption,
        population=f"{described}; compared with {population.described}" if population.compared else described,
        selected_by=s.spec.selected_by,
        public_from=s.public_from,
        steps=(*population.steps, *steps),
        rows=(RowsRef(table="accounts", keys=keys[:SHOWN_ROWS], total=len(keys)),),
        evidence=tuple(evidence),
        caveats=tuple(notes),
        data=data or {},
    )


def evidence_item(
    population: Population, kind: Kind, contrast: str, statement: str, rank: Rank | None
) -> Evidence | None:
    """Evidence with a bound from organic cohorts; None where no cohort allows one or it would be worth nothing."""
    if rank is None or not math.isfinite(rank.log10_lr) or rank.log10_lr <= 0:
        return None
    s = population.set
    return Evidence(
        id=f"accounts.{kind}.{s.spec.id}",
        statement=statement,
        kind=EvidenceKind.BEHAVIOURAL,
        contrast=contrast,
        reference=CONTRASTS[contrast].other,
        likelihoods=(Likelihood(value="one", log10_lr=Estimate(value=rank.log10_lr, low=0.0, high=rank.log10_lr)),),
        measured_by=MeasuredBy(
            calibrator="rank among organic cohorts",
            version="1",
            n_different=rank.cohorts,
            unit=f"organic cohorts ({population.cohort_kind})",
            is_bound=True,
            note=f"p = {rank.p:.3g}; bound 1/(-e p ln p), never above N + 1",
        ),
        origin=f"unfog accounts, set {s.spec.id}",
        derived_from=(f"set:{s.spec.id}",),
        public_from=s.public_from,
        selected_by=s.spec.selected_by,
        selected_on_trait=kind in s.spec.selected_on,
        archived=True,
        spoofing_cost="low",
        caveats=("A bound, not a calibrated likelihood ratio: no set of known operations stands behind it.",),
    )
