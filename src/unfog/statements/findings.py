"""The room's findings: sentences whose numbers come from their figures, and rows for pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from unfog.model import Estimate, Figure, Finding, RowsRef, StepRef
from unfog.statements.demands import DemandRow
from unfog.statements.headlines import HeadlineConflict
from unfog.statements.quantities import Estimate as Published
from unfog.statements.relations import Conflict, Distortion, Match, Register
from unfog.statements.statement import Statement, Use
from unfog.statements.views import timeline

ROOM = "statements"
_METHOD = (
    "Statements come from the case's own logs and, where articles are given, from a tagger of source, cue and "
    "content; words of "
    "certainty by longest match against a lexicon; propositions by declared slots."
)
_POPULATION = "the statements that somebody recorded or that the given articles print; not all that was said"
_STEP = StepRef(name="ledger", sql="SELECT * FROM ledger ORDER BY statement_id")


def ledger(statements: Sequence[Statement], covered: int, standard: str) -> Finding:
    """Who said what, when, how surely."""
    named = {s.speaker.name for s in statements if s.speaker.name}
    dated = sorted(s.said_on for s in statements if s.said_on)
    worded = sum(
        any(t.use is Use.ASSERTED and t.cls in ("probability", "confidence") for t in s.certainty) for s in statements
    )
    unmapped = sum(not s.propositions for s in statements)
    unattributed = sum(not s.speaker.name for s in statements)
    review = sum(bool(s.review) for s in statements)
    when = f" between {dated[0]} and {dated[-1]}" if dated else ""
    caveats = [
        "A band is what the named yardstick gives for the word. For speakers who are not bound to that yardstick "
        "it only says how the "
        "word would read on it.",
        "'No evidence of X' is kept with its scope and is not a probability of zero; confidence terms get no number.",
    ]
    if covered:
        caveats.append(
            f"{covered} observations were left out because the words themselves are recorded for the same speaker "
            f"and day."
        )
    return _finding(
        "ledger",
        f"The ledger holds {_n(statements, 'statement')} by {_n(named, 'named speaker')}{when}; {worded} use a "
        f"word of probability or "
        f"confidence of their own, {unattributed} are left unattributed, and {unmapped} fit no declared proposition.",
        (
            _count("statements", len(statements), "statements"),
            _count("speakers", len(named), "speakers"),
            _count("with_probability_or_confidence", worded, "statements"),
            _count("unattributed", unattributed, "statements"),
            _count("unmapped", unmapped, "statements"),
            _count("for_review", review, "statements"),
        ),
        {"standard": standard, "rows": [row(s) for s in statements], "marks": timeline(statements)},
        statements,
        caveats=tuple(caveats),
    )


def row(s: Statement) -> dict[str, Any]:
    """A statement as a row for pages."""
    return {
        "id": s.id,
        "said_on": s.said_on,
        "precision": s.said_on_precision,
        "speaker": s.who,
        "role": s.speaker.role,
        "on_behalf_of": s.speaker.on_behalf_of,
        "side": s.speaker.side,
        "content": s.content,
        "kind": s.kind,
        "certainty": [
            {
                "term": t.term,
                "class": t.cls,
                "use": str(t.use),
                "bands": {k: list(v) for k, v in sorted(t.bands.items())},
            }
            for t in s.certainty
        ],
        "stance": str(s.stance),
        "stance_recorded": s.stance_recorded,
        "propositions": list(s.propositions),
        "scope": s.scope,
        "nested": s.nested,
        "resolution": s.speaker.resolution,
        "publisher": s.publisher,
        "url": s.url,
        "article": s.article,
        "review": list(s.review),
    }


def certainty(rows: Sequence[Register], standard: str) -> Finding | None:
    """How words of certainty changed within one claim."""
    if not rows:
        return None
    claims = {(r.proposition, r.scope) for r in rows}
    changed = [r for r in rows if r.change and r.change != "same word"]
    kinds = Counter("another register" if r.change.startswith("another register") else r.change for r in changed)
    firmer, softer = kinds["firmer"], kinds["softer"]
    return _finding(
        "certainty",
        f"On {_n(claims, 'claim')}, {_n(rows, 'statement')} carry a word of certainty; one side changed its word "
        f"{len(changed)} times "
        f"within one claim, {firmer} times to a firmer band, {softer} times to a softer one.",
        (
            _count("claims", len(claims), "claims"),
            _count("words", len(rows), "statements"),
            _count("changes", len(changed), "changes"),
            _count("firmer", firmer, "changes"),
            _count("softer", softer, "changes"),
            _count("another_register", kinds["another register"], "changes"),
        ),
        {"standard": standard, "rows": [r.model_dump(mode="json") for r in rows]},
        [],
        ids=sorted({r.statement for r in rows}),
        assumption="Only asserted words count, within one proposition, one scope and one side. Different claims "
        "are never compared.",
    )


def demands(rows: Sequence[DemandRow]) -> Finding | None:
    """What was asked for or promised, and where it stands."""
    if not rows:
        return None
    states = Counter(r.status for r in rows)
    return _finding(
        "demands",
        f"{_n(rows, 'demand or promise', 'demands and promises')}: {states['open']} open, {states['promised']} "
        f"answered by a promise, "
        f"{states['kept']} kept, {states['evaded']} evaded.",
        (
            _count("demands", len(rows), "demands"),
            *(_count(k, states[k], "demands") for k in ("open", "promised", "kept", "evaded")),
        ),
        {"rows": [r.model_dump(mode="json") for r in rows]},
        [],
        ids=sorted({r.statement for r in rows}),
        assumption="A status that no person declared was matched by words and is to be looked at; the row says which.",
    )


def contradictions(rows: Sequence[Conflict], mapped: Sequence[Statement]) -> Finding | None:
    """Statements that cannot both be true of one claim in one scope."""
    if not mapped:
        return None
    kinds = Counter(r.kind for r in rows)
    scopes: dict[str, set[str]] = {}
    for s in mapped:
        for p in s.propositions:
            scopes.setdefault(p, set()).add(s.scope)
    apart = sum(len(v) > 1 for v in scopes.values())
    within = kinds["contradiction"] + kinds["contradiction within a side"]
    return _finding(
        "contradictions",
        f"Within one proposition and one scope there are {_n(range(within), 'contradiction')} of a side with itself, "
        f"{_n(range(kinds['change of position']), 'change of position', 'changes of position')} and "
        f"{_n(range(kinds['dispute']), 'dispute')} between sides; {_n(range(apart), 'proposition')} "
        f"{'has' if apart == 1 else 'have'} statements of different scopes, which are not held against each other.",
        (
            _count("contradictions", within, "pairs"),
            _count("changes_of_position", kinds["change of position"], "pairs"),
            _count("disputes", kinds["dispute"], "pairs"),
            _count("propositions_with_scopes", apart, "propositions"),
        ),
        {"rows": [r.model_dump(mode="json") for r in rows]},
        [],
        ids=sorted({i for r in rows for i in (r.earlier, r.later)}),
        assumption="'No evidence of X' neither asserts nor denies X and takes no part.",
    )


def quantities(statements: Sequence[Statement], estimates: Mapping[str, Published]) -> Finding | None:
    """Figures in statements with the study they come from."""
    rows = []
    for s in statements:
        for q in s.quantities:
            origin = estimates.get(q.origin)
            rows.append(
                {
                    "statement": s.id, "said_on": s.said_on, "speaker": s.who, "figure": q.text,
                    "value": q.value, "high": q.high,
                    "unit": q.unit, "of": q.of, "qualifier": q.qualifier, "origin": q.origin,
                    "study": f"{origin.by}, {origin.on}" if origin else "",
                    "study_value": origin.value if origin else None,
                    "definition": origin.definition if origin else "", "steps": q.steps, "census": q.census,
                }
            )  # fmt: skip
    if not rows:
        return None
    linked = sum(bool(r["origin"]) for r in rows)
    return _finding(
        "quantities",
        f"{_n(rows, 'figure stands', 'figures stand')} in the statements; {linked} could be traced to an estimate "
        f"of the log that agrees in value and unit, "
        f"the others have no known origin here.",
        (_count("figures", len(rows), "figures"), _count("traced", linked, "figures")),
        {"rows": rows},
        [],
        ids=sorted({str(r["statement"]) for r in rows}),
        assumption="Value and unit must agree (a rounded figure only where the words say 'some' or 'about'); topic "
        "alone links nothing.",
    )


def distortions(rows: Sequence[Distortion], statements: Sequence[Statement]) -> Finding | None:
    """Reports of others' words that changed negation or scope."""
    if not rows:
        return None
    by_id = {s.id: s for s in statements}
    told = [
        {
            **r.model_dump(mode="json"),
            "by": by_id[r.statement].who,
            "said": by_id[r.statement].content,
            "original": by_id[r.reports].content,
        }
        for r in rows
    ]
    return _finding(
        "distortions",
        f"{_n(rows, 'statement')} {'reports' if len(rows) == 1 else 'report'} somebody's words with a negation or "
        f"a limiting word dropped "
        "or added; whether that matters is for a reader to say.",
        (_count("distortions", len(rows), "statements"),),
        {"rows": told},
        [],
        ids=sorted({i for r in rows for i in (r.statement, r.reports)}),
        assumption="The nearest earlier statement of the reported speaker in the ledger is the one that was meant.",
    )


def matches(rows: Sequence[Match], statements: Sequence[Statement]) -> Finding | None:
    """The same words, or the same thing in other words, in two places."""
    if not rows:
        return None
    kinds = Counter(r.kind for r in rows)
    return _finding(
        "matches",
        f"{_n(range(kinds['same utterance']), 'pair')} of entries are the same utterance and "
        f"{_n(range(kinds['paraphrase']), 'pair')} a paraphrase of one speaker on one day.",
        (
            _count("same_utterance", kinds["same utterance"], "pairs"),
            _count("paraphrase", kinds["paraphrase"], "pairs"),
        ),
        {"rows": [r.model_dump(mode="json") for r in rows]},
        [],
        ids=sorted({i for r in rows for i in (r.first, r.second)}),
        assumption="A verbatim run of eight words is one utterance; a paraphrase shares speaker, day and six in "
        "ten content words.",
    )


def headlines(rows: Sequence[HeadlineConflict]) -> Finding | None:
    """Headlines that credit somebody else than the body does."""
    if not rows:
        return None
    return _finding(
        "headlines",
        f"{_n(rows, 'headline credits', 'headlines credit')} another speaker than the body of the article.",
        (_count("headlines", len(rows), "headlines"),),
        {"rows": [r.model_dump(mode="json") for r in rows]},
        [],
        ids=sorted({i for r in rows for i in r.statements}),
        assumption="The statement of the body that shares two content words or more with the headline is the one "
        "it tells.",
    )


def _finding(
    kind: str, sentence: str, figures: tuple[Figure, ...], data: dict[str, Any], statements: Sequence[Statement], *,
    ids: Sequence[str] = (), assumption: str = "", caveats: tuple[str, ...] = (),
) -> Finding:  # fmt: skip
    keys = sorted(ids or {s.id for s in statements})
    return Finding(
        id=f"{ROOM}.{kind}",
        room=ROOM,
        kind=kind,
        sentence=sentence,
        figures=figures,
        method=_METHOD,
        assumption=assumption or "What is recorded was said as printed.",
        population=_POPULATION,
        steps=(_STEP,),
        rows=(RowsRef(table="ledger", keys=tuple((k,) for k in keys), total=len(keys)),),
        caveats=caveats,
        data=data,
    )


def _count(name: str, value: int, unit: str) -> Figure:
    return Figure(name=name, value=Estimate.exact(value), unit=unit)


def _n(things: Any, one: str, many: str = "") -> str:
    n = len(things)
    return f"{n} {one if n == 1 else many or one + 's'}"
