"""The stage: tables in, ledger and findings out."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import pyarrow as pa
from pydantic import BaseModel, ConfigDict, Field, field_validator

from unfog.engine import Engine
from unfog.errors import UsageError, did_you_mean
from unfog.model import TABLES, Gap, StageResult
from unfog.statements import findings as tell
from unfog.statements import records
from unfog.statements.demands import Answer, demand_rows
from unfog.statements.extraction import extract_table
from unfog.statements.headlines import headline_conflicts
from unfog.statements.propositions import Slot, map_statement
from unfog.statements.quantities import Estimate, find_quantities, link_quantities
from unfog.statements.relations import conflicts, distortions, matches, registers
from unfog.statements.stance import demands_of, recorded_stance, stance_of
from unfog.statements.statement import Stance, Statement, Use
from unfog.statements.uses import certainty_of
from unfog.text.yardstick import STANDARDS

Progress = Callable[[str, float], None]
_QUOTED = re.compile(r"[\"“][^\"”]+[\"”]|(?<!\w)['‘][^'‘’]+['’](?!\w)")


class Options(BaseModel):
    """Section ``[statements]`` of ``case.toml``.

    Attributes:
        files: JSONL statement logs of the case (format ``statement-log``); read by ingest into the table
            ``statements``.
        standard: Yardstick whose bands stand beside each word.
        tagger: Which tagger reads the articles: crf (always there), neural (needs its weight folder), both
            (disagreement flags a statement for review).
        observed: Take observations of kind ``statement`` into the ledger where the words themselves are not recorded.
        unattributed: Keep statements of articles whose speaker could not be told.
        slots: How statements are mapped to propositions.
        answers: What became of demands and promises, declared by a person.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    files: tuple[str, ...] = Field(default=(), description="JSONL statement logs of the case")
    standard: str = Field(default="phia", description="Yardstick whose bands stand beside each word of certainty")
    tagger: Literal["crf", "neural", "both"] = Field(default="crf", description="Which tagger reads the articles")
    observed: bool = Field(
        default=True, description="Take observations of kind 'statement' where the words are not recorded"
    )
    unattributed: bool = Field(default=True, description="Keep statements whose speaker could not be told")
    slots: tuple[Slot, ...] = Field(default=(), description="How statements are mapped to propositions")
    answers: tuple[Answer, ...] = Field(default=(), description="What became of demands and promises")

    @field_validator("standard")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in STANDARDS:
            raise ValueError(
                f"unknown yardstick {value!r}{did_you_mean(value, STANDARDS)}; one of {', '.join(STANDARDS)}"
            )
        return value


@dataclass(slots=True)
class Ledger:
    """All statements known on the as-of date, in order of time, with what was left out and why."""

    statements: list[Statement]
    covered: int = 0
    estimates: dict[str, Estimate] = field(default_factory=dict)
    events: list[tuple[str, str, str]] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    horizon: str = ""


def investigate(engine: Engine, options: Options, *, progress: Progress | None = None) -> StageResult:
    """Build the ledger and what follows from it.

    Args:
        engine: Holds ``statements``, ``observations`` and ``articles``, already filtered by as-of; any may be empty.
        options: Section ``[statements]``.
        progress: Called with what is done and the share, 0 to 1.

    Returns:
        Findings of kinds ledger, certainty, demands, contradictions, quantities, distortions and matches; table
        ``ledger``.
    """
    say = progress or (lambda _what, _share: None)
    ledger = build_ledger(engine, options, progress=say)
    say("relations", 0.9)
    engine.put("ledger", ledger_table(ledger.statements))
    result = list(ledger.gaps)
    statements = ledger.statements
    if not statements:
        return StageResult(gaps=tuple(result), tables=("ledger",))
    known = {s.id for s in statements} | {i for i, _, _ in ledger.events} | set(ledger.estimates)
    mapped = [s for s in statements if s.propositions]
    if not mapped:
        result.append(
            Gap(
                id="statements.unmapped",
                room="statements",
                sentence="No statement is mapped to a proposition, so no claims can be compared: neither words of "
                "certainty "
                "nor contradictions.",
                mend="declare [[statements.slots]] with the words by which each proposition is recognised",
            )
        )
    found = [
        tell.ledger(statements, ledger.covered, options.standard),
        tell.certainty(registers(mapped), options.standard),
        tell.demands(demand_rows(statements, _known_answers(options, ledger.horizon), known, ledger.events)),
        tell.contradictions(conflicts(mapped), mapped),
        tell.quantities(statements, ledger.estimates),
        tell.headlines(headline_conflicts(statements)),
        tell.distortions(distortions(statements), statements),
        tell.matches(matches(statements), statements),
    ]
    say("done", 1.0)
    return StageResult(findings=tuple(f for f in found if f is not None), gaps=tuple(result), tables=("ledger",))


def build_ledger(engine: Engine, options: Options, *, progress: Progress | None = None) -> Ledger:
    """The statements of records, observations and articles, with certainty, stance, mapping and figures."""
    stated = _rows(engine, "statements", "statement_id")
    recorded = records.from_rows(stated)
    observations = _rows(engine, "observations", "observation_id")
    observed: list[Statement] = []
    covered = 0
    if options.observed:
        observed, covered = records.from_observations([o for o in observations if o["kind"] == "statement"], recorded)
    gaps: list[Gap] = []
    articles = _rows(engine, "articles", "article_id")
    taken: list[Statement] = []
    if articles:
        taken, gaps = extract_table(articles, tagger=options.tagger, standard=options.standard, progress=progress)
        if not options.unattributed:
            taken = [s for s in taken if s.speaker.name]
    if not recorded and not observed and not taken:
        gaps.append(
            Gap(
                id="statements.none",
                room="statements",
                sentence="The ledger is empty: no statement log, no observation of kind 'statement' and no article "
                "is known on "
                "this date, so nothing can be said about who claimed what and how surely.",
                mend="name a JSONL statement log in [statements] files, or articles in [[articles]]",
            )
        )
    estimates = records.estimates([o for o in observations if o["kind"] == "estimate"])
    names = sorted({s.speaker.name for s in (*recorded, *observed, *taken) if s.speaker.name})
    whole = [_completed(s, options, estimates, names) for s in (*recorded, *observed, *taken)]
    whole.sort(key=lambda s: (s.said_on, s.id))
    events = [
        (o["observation_id"], records.iso(o["happened_at"], o["happened_precision"])[0], o["summary"])
        for o in observations
        if o["kind"] != "estimate"
    ]
    public = [r["public_from"].isoformat()[:10] for r in (*stated, *observations, *articles) if r["public_from"]]
    return Ledger(
        whole, covered, estimates, events, gaps, max(public, default=max((s.said_on for s in whole), default=""))
    )


def _known_answers(options: Options, horizon: str) -> tuple[Answer, ...]:
    """Answers that the tables reach to; a later one is not known on the as-of date."""
    return tuple(a for a in options.answers if a.on <= horizon)


def _completed(s: Statement, options: Options, estimates: dict[str, Estimate], names: Sequence[str]) -> Statement:
    """Certainty, mapping, stance, demands and linked figures of one statement."""
    by_hand = s.propositions
    mapped = map_statement(options.slots, s.id, s.content, s.said_on)
    others = [n for n in names if not records.same_house(n, s.speaker)]
    nested = s.nested or records.nested_speaker(s.content, others)
    certainty = s.certainty or certainty_of(s.content, standard=options.standard, direct=s.kind == "direct")
    if s.origin == "observation":
        certainty = tuple(
            t if _quoted(s.content, t.span[0]) else t.model_copy(update={"use": Use.AUTHORIAL}) for t in certainty
        )
    computed = stance_of(s.content, s.cue.text, negated_claim=mapped.negated)
    recorded = recorded_stance(s.stance_recorded) if s.stance_recorded else None
    # a stance that the log words in its own way is not taken for an assertion of the claim
    stance = recorded or (Stance.OTHER if s.stance_recorded and computed is Stance.ASSERTS else computed)
    review = list(s.review)
    if recorded and recorded is not computed and {recorded, computed} == {Stance.ASSERTS, Stance.DENIES}:
        review.append(f"the log says {recorded}, the rules say {computed}")
    quantities = s.quantities or find_quantities(s.content)
    return s.model_copy(
        update={
            "certainty": certainty,
            "stance": stance,
            "propositions": by_hand or mapped.propositions,
            "scope": s.scope or mapped.scope,
            "nested": nested,
            "quantities": link_quantities(quantities, estimates, s.said_on, s.speaker.name, s.content),
            "demands": s.demands or demands_of(s.content, stance),
            "review": tuple(review),
        }
    )


def _quoted(words: str, at: int) -> bool:
    """Whether a place in a log's own words stands in quotation marks, so that the word is the speaker's."""
    return any(m.start() < at < m.end() for m in _QUOTED.finditer(words))


def ledger_table(statements: Sequence[Statement]) -> pa.Table:
    """The ledger as the table ``ledger``."""
    rows = [
        {
            "statement_id": s.id,
            "said_on": s.said_on or None,
            "said_on_precision": s.said_on_precision or None,
            "speaker": s.who,
            "resolution": s.speaker.resolution,
            "role": s.speaker.role or None,
            "on_behalf_of": s.speaker.on_behalf_of or None,
            "side": s.speaker.side or None,
            "kind": s.kind,
            "content": s.content,
            "cue": s.cue.text or None,
            "stance": str(s.stance),
            "propositions": list(s.propositions),
            "scope": s.scope or None,
            "certainty": _json([t.model_dump(mode="json") for t in s.certainty]),
            "quantities": _json([q.model_dump(mode="json") for q in s.quantities]),
            "article_id": s.article or None,
            "span": _json([list(p) for p in s.span]),
            "publisher": s.publisher or None,
            "url": s.url or None,
            "tagger": s.tagger or None,
            "review": list(s.review),
        }
        for s in statements
    ]
    return pa.Table.from_pylist(rows, schema=TABLES["ledger"].arrow_schema())


def _rows(engine: Engine, table: str, key: str) -> list[dict[str, Any]]:
    if not engine.has(table):
        raise UsageError(f"the table {table!r} is not known to the engine; every table must be there, possibly empty")
    return engine.rows(f"SELECT * FROM {table} ORDER BY {key}")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
