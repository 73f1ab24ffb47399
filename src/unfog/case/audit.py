"""The wiring of the audit: every dated claim beside what the evidence of that day says without its speaker."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache

from unfog import judgement, statements
from unfog.case.config import CaseFile
from unfog.engine import Engine
from unfog.model import AsOf, Estimate, Evidence, StageResult

_DRAWS = 2_000


def audit_claims(file: CaseFile, engine: Engine, evidence: Sequence[Evidence]) -> StageResult:
    """Hold the claims of the ledger against the public evidence of their day.

    A party's own claims are no evidence for that party: items whose ``statement_by`` or ``origin`` is an excluded party
    are left out, and so is everything that derives from them.

    Args:
        file: The case.
        engine: Holds the tables that the ledger is made from.
        evidence: All items of the case, argued and measured.

    Returns:
        The finding of kind ``audit``, or a gap that says why there is none.
    """
    ledger = statements.build_ledger(engine, file.statements).statements
    return statements.audit(ledger, _judge(file, evidence), standard=file.report.standard)


def _judge(file: CaseFile, evidence: Sequence[Evidence]) -> Callable[[frozenset[str], str], Mapping[str, Estimate]]:
    settings = file.judgement.model_copy(update={"draws": min(_DRAWS, file.judgement.draws)})

    @cache
    def of_items(ids: frozenset[str], day: str) -> dict[str, Estimate]:
        items = [_alone(e, ids) for e in evidence if e.id in ids]
        weighed = judgement.weigh(
            file.variables, file.propositions, file.contrasts, items, AsOf.parse(day), settings, through_time=False
        )
        return {a.proposition: a.posterior for a in weighed.answers if a.posterior is not None}

    def judge(excluded: frozenset[str], day: str) -> Mapping[str, Estimate]:
        return of_items(frozenset(e.id for e in without(evidence, excluded)), day)

    return judge


def _alone(item: Evidence, ids: frozenset[str]) -> Evidence:
    """The item without edges to items that are left out; a "1" that loses its corroboration becomes a "2"."""
    kept = tuple(i for i in item.corroborated_by if i in ids)
    grade = item.grade.model_copy(update={"item": 2}) if item.grade.item == 1 and not kept else item.grade
    return item.model_copy(update={"corroborated_by": kept, "grade": grade})


def without(evidence: Sequence[Evidence], parties: frozenset[str]) -> list[Evidence]:
    """The items that neither come from one of the parties nor derive from an item that does."""
    out = {e.id for e in evidence if e.statement_by in parties or e.origin in parties}
    grown = True
    while grown:
        more = {e.id for e in evidence if e.id not in out and out & set(e.derived_from)}
        grown = bool(more)
        out |= more
    return [e for e in evidence if e.id not in out]
