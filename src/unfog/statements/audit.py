"""The audit: a claim beside the public evidence of its day, without the speaker's own and all that derives from it.

For governments, platforms, parties and sceptics alike. The verdict is *within*, *beyond* or *short of* the public
evidence; a speaker may hold evidence that is not public, so "beyond" is no charge. What cannot be read as a
probability ("no evidence of", "reasonable confidence", "may") is *not comparable* and gets no verdict.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict

from unfog.model import Estimate, Figure, Finding, Gap, RowsRef, StageResult
from unfog.statements.propositions import polarity
from unfog.statements.statement import Statement, TermUse, Use

Judge = Callable[[frozenset[str], str], Mapping[str, Estimate]]
"""Gives, for a set of excluded parties and an as-of date, the probability (0 to 1) of each proposition."""

_STATED_AS_FACT = {"phia": (95.0, 100.0), "icd203": (95.0, 99.0)}
"""How an assertion without any word of certainty is read: as the top band. It is shown as such."""

Verdict = Literal["within", "beyond", "short", "not comparable"]


class AuditRow(BaseModel):
    """One claim of one proposition beside the evidence of its day. Probabilities in per cent."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    statement: str
    said_on: str
    speaker: str
    side: str
    proposition: str
    scope: str
    content: str
    said: str
    reading: str
    claim_low: float | None
    claim_high: float | None
    public_value: float | None
    public_low: float | None
    public_high: float | None
    excluded: tuple[str, ...]
    verdict: Verdict
    why: str


def audit(ledger: Sequence[Statement], judge: Judge, *, standard: str = "phia") -> StageResult:
    """Weigh each mapped, dated claim against the public evidence of its day.

    Args:
        ledger: Statements with propositions.
        judge: Called once per (excluded parties, date). Excluded are the speaker, the principal and the side: their own
            claims, and what derives from them, are no evidence for them.
        standard: Yardstick by which the words are read; for speakers other than governments this is only "if read so".

    Returns:
        One finding of kind ``audit``; a gap where nothing could be compared.
    """
    rows = [
        row
        for s in sorted(ledger, key=lambda s: (s.said_on, s.id))
        if s.propositions and s.said_on and not s.nested
        for row in _rows(s, judge, standard)
    ]
    if not rows:
        gap = Gap(
            id="statements.audit",
            room="statements",
            sentence="No claim could be held against the public evidence of its day: no dated statement is mapped to a "
            "proposition.",
            mend="declare [[statements.slots]] that map statements to the propositions of the case",
        )
        return StageResult(gaps=(gap,))
    counts = {v: sum(r.verdict == v for r in rows) for v in ("within", "beyond", "short", "not comparable")}
    names = {"within": "within", "beyond": "beyond", "short": "short of", "not comparable": "not comparable"}
    figures = tuple(Figure(name=v.replace(" ", "_"), value=Estimate.exact(n), unit="claims") for v, n in counts.items())
    compared = len(rows) - counts["not comparable"]
    told = ", ".join(f"{counts[v]} {names[v]} it" for v in ("within", "beyond", "short"))
    finding = Finding(
        id="statements.audit",
        room="statements",
        kind="audit",
        sentence=f"Of {len(rows)} claims, {compared} can be held against the public evidence of their day: {told}; "
        f"{counts['not comparable']} cannot be read as a probability.",
        figures=(Figure(name="claims", value=Estimate.exact(len(rows)), unit="claims"), *figures),
        method="The band of the claim's word on the named yardstick is compared with the 90 % interval that the "
        "evidence "
        "public on that day gives without the speaker, the principal and their side. Overlap is within; a claim "
        "wholly on "
        "the far side of the interval is beyond; one wholly on the near side is short.",
        assumption="The speaker uses the word as the yardstick does; an assertion without any word of certainty is "
        "read as the top band "
        "and marked so. A speaker may hold evidence that is not public.",
        population="statements of the ledger that are dated and mapped to a proposition",
        rows=(
            RowsRef(
                table="ledger",
                keys=tuple((i,) for i in sorted({r.statement for r in rows})),
                total=len({r.statement for r in rows}),
            ),
        ),
        data={"standard": standard, "rows": [r.model_dump(mode="json") for r in rows]},
    )
    return StageResult(findings=(finding,))


def _rows(s: Statement, judge: Judge, standard: str) -> list[AuditRow]:
    excluded = frozenset(p for p in (s.speaker.name, s.speaker.on_behalf_of, s.speaker.side) if p)
    claim, said, reading = _claim(s, standard)
    public = judge(excluded, s.said_on)
    out = []
    for proposition in s.propositions:
        estimate = public.get(proposition)
        verdict: Verdict
        verdict, why = _verdict(claim, estimate, positive=polarity(s.stance) >= 0)
        if s.scope and claim is not None:
            verdict, why = "not comparable", "the claim has a scope that the proposition has not"
        low, high = claim or (None, None)
        out.append(
            AuditRow(
                statement=s.id, said_on=s.said_on, speaker=s.who, side=s.speaker.side,
                proposition=proposition, scope=s.scope,
                content=s.content, said=said, reading=reading, claim_low=low, claim_high=high,
                public_value=_percent(estimate.value) if estimate else None,
                public_low=_percent(estimate.low) if estimate else None,
                public_high=_percent(estimate.high) if estimate else None,
                excluded=tuple(sorted(excluded)), verdict=verdict, why=why,
            )
        )  # fmt: skip
    return out


def _claim(s: Statement, standard: str) -> tuple[tuple[float, float] | None, str, str]:
    """The claim as a range of the proposition's probability in per cent, the word, and how it was read."""
    sign = polarity(s.stance)
    if sign == 0:
        return None, str(s.stance), "neither asserts nor denies the claim"
    asserted = [t for t in s.certainty if t.use is Use.ASSERTED]
    banded = [t for t in asserted if t.cls == "probability" and standard in t.bands]
    if banded:
        word = _narrowest(banded, standard)
        low, high = word.bands[standard]
        return ((low, high) if sign > 0 else (100 - high, 100 - low)), word.text, f"the band of {standard.upper()}"
    unbanded = [t for t in asserted if t.cls in ("probability", "confidence", "hedge", "belief", "hearsay", "absence")]
    if unbanded:
        return None, unbanded[0].text, f"{standard.upper()} gives no band for this word ({unbanded[0].cls})"
    if s.certainty_recorded:
        told = ", ".join(f"“{w}”" for w in s.certainty_recorded)
        return (
            None,
            s.certainty_recorded[0],
            f"the log reads {told} as words of certainty, and {standard.upper()} has none of them",
        )
    low, high = _STATED_AS_FACT.get(standard, (95.0, 100.0))
    return (
        ((low, high) if sign > 0 else (100 - high, 100 - low)),
        "no word of certainty",
        "stated as fact, read as the top band",
    )


def _narrowest(terms: Sequence[TermUse], standard: str) -> TermUse:
    return min(terms, key=lambda t: (t.bands[standard][1] - t.bands[standard][0], t.span))


def _verdict(claim: tuple[float, float] | None, public: Estimate | None, *, positive: bool) -> tuple[Verdict, str]:
    if claim is None:
        return "not comparable", "the words give no probability"
    if public is None:
        return "not comparable", "the proposition was not judged on that day"
    low, high = _percent(public.low), _percent(public.high)
    if claim[0] > high:
        return (
            ("beyond", "surer than the public evidence")
            if positive
            else ("short", "less sure of the denial than the public evidence")
        )
    if claim[1] < low:
        return (
            ("short", "less sure than the public evidence")
            if positive
            else ("beyond", "surer of the denial than the public evidence")
        )
    return "within", "the ranges overlap"


def _percent(share: float) -> float:
    return round(100 * share, 1)
