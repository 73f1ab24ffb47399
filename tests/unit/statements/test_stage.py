from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pyarrow as pa
import pytest
from pydantic import ValidationError

from unfog import statements
from unfog.engine import DuckEngine
from unfog.model import TABLES, Estimate, Finding, StageResult
from unfog.statements import Answer, Options, Slot, audit, build_ledger, investigate

WIDE = Slot(proposition="P1", needs=(("northland*",), ("interfer*",)), act=("interfer*",))
BROAD = Slot(proposition="P1", scope="broad", needs=(("northland*",), ("interfer*", "campaign"), ("broad spectrum",)))
EARLIER = Slot(proposition="P0", needs=(("northland*",), ("poison*",)))
OPTIONS = Options(slots=(WIDE, BROAD, EARLIER))


def statement(identifier: str, day: str, speaker: str, quote: str, **more: Any) -> dict[str, Any]:
    on = datetime.fromisoformat(day)
    base = {"statement_id": identifier, "said_on": on, "said_on_precision": "day", "speaker": speaker, "quote": quote}
    return {**base, "side": speaker, "public_from": on, "source_id": "log", **more}


ROWS = [
    statement("s1", "2018-03-12", "Hale", "It is highly likely that Northland was behind the poisoning", side="gov"),
    statement(
        "s2", "2020-07-16", "Rook", "it is almost certain that Northland sought to interfere in the vote", side="gov"
    ),
    statement("s3", "2020-07-16", "Rook", "there is no evidence of a broad spectrum Northland campaign", side="gov"),
    statement("s4", "2020-07-17", "Ivo", "Northland did not interfere, this is nonsense", side="northland"),
    statement(
        "s5", "2020-07-18", "Ivo", "Rook said there was no evidence that Northland did interfere", side="northland"
    ),
    statement("s6", "2020-07-19", "Lund", "the report on this must now be published", side="opposition"),
    statement(
        "s7", "2020-07-20", "Rook", "with reasonable confidence, Northland did interfere in the vote", side="gov"
    ),
]


def offer(engine: DuckEngine, tables: Mapping[str, list[dict[str, Any]]]) -> None:
    for name, table in TABLES.items():
        engine.put(name, pa.Table.from_pylist(tables.get(name, []), schema=table.arrow_schema()))


def by_kind(result: StageResult) -> dict[str, Finding]:
    return {f.kind: f for f in result.findings}


@pytest.fixture
def result(engine: DuckEngine) -> StageResult:
    offer(engine, {"statements": ROWS})
    return investigate(engine, OPTIONS)


def test_public_face_is_sorted_and_there() -> None:
    assert list(statements.__all__) == sorted(statements.__all__)
    assert all(hasattr(statements, name) for name in statements.__all__)


def test_empty_tables_give_a_gap_and_no_finding(engine: DuckEngine) -> None:
    offer(engine, {})
    result = investigate(engine, Options())
    assert result.findings == ()
    assert "nothing can be said" in result.gaps[0].sentence
    assert engine.scalar("SELECT count(*) FROM ledger") == 0


def test_the_ledger_is_left_in_the_engine(engine: DuckEngine, result: StageResult) -> None:
    assert result.tables == ("ledger",)
    assert engine.scalar("SELECT count(*) FROM ledger") == len(ROWS)
    assert by_kind(result)["ledger"].figure("statements").value == Estimate.exact(len(ROWS))


def test_different_claims_are_never_compared(result: StageResult) -> None:
    rows = by_kind(result)["certainty"].data["rows"]
    claims = {r["statement"]: (r["proposition"], r["scope"]) for r in rows}
    assert claims["s1"] != claims["s2"]
    assert not any(r["statement"] == "s2" and r["since"] == "s1" for r in rows)


def test_a_change_between_probability_and_confidence_has_no_direction(result: StageResult) -> None:
    (row,) = [r for r in by_kind(result)["certainty"].data["rows"] if r["statement"] == "s7"]
    assert row["change"] == "another register: probability to confidence"
    assert row["low"] is None


def test_absence_of_a_broad_campaign_contradicts_nothing(result: StageResult) -> None:
    rows = by_kind(result)["contradictions"].data["rows"]
    assert all("s3" not in (r["earlier"], r["later"]) for r in rows)
    assert {(r["earlier"], r["later"], r["kind"]) for r in rows} == {("s2", "s4", "dispute"), ("s4", "s7", "dispute")}


def test_distortion_drops_the_limiting_word(engine: DuckEngine) -> None:
    offer(engine, {"statements": [ROWS[2], ROWS[4]]})
    rows = by_kind(investigate(engine, Options(slots=(WIDE.model_copy(update={"scope": "broad"}), BROAD))))[
        "distortions"
    ].data["rows"]
    assert rows[0]["reports"] == "s3"
    assert "broad spectrum" in rows[0]["dropped"]


def test_demands_are_open_until_answered(engine: DuckEngine) -> None:
    offer(engine, {"statements": ROWS[:-1]})
    answer = Answer(demand="s6", status="kept", on="2020-07-21", reason="it came out")
    early = by_kind(investigate(engine, Options(answers=(answer,))))["demands"].data["rows"]
    assert [r["status"] for r in early] == ["open"]
    later = statement("s9", "2020-07-22", "Lund", "we will read it carefully and slowly")
    offer(engine, {"statements": [*ROWS, later]})
    (row,) = by_kind(investigate(engine, Options(answers=(answer,))))["demands"].data["rows"]
    assert (row["status"], row["on"]) == ("kept", "2020-07-21")


def test_an_observation_gives_way_to_recorded_words(engine: DuckEngine) -> None:
    seen = {
        "observation_id": "o1", "happened_at": datetime(2020, 7, 16), "happened_precision": "day", "actor": "Rook (minister)",
        "kind": "statement", "summary": "Calls it almost certain.", "source_id": "log",
    }  # fmt: skip
    other = {
        **seen,
        "observation_id": "o2",
        "actor": "Berg (chair)",
        "summary": "Finds it likely; says 'highly likely' herself.",
    }
    offer(engine, {"statements": ROWS, "observations": [seen, other]})
    ledger = build_ledger(engine, OPTIONS)
    assert ledger.covered == 1
    (row,) = [s for s in ledger.statements if s.origin == "observation"]
    assert (row.speaker.name, row.speaker.role) == ("Berg", "chair")
    assert [(t.text, str(t.use)) for t in row.certainty] == [("likely", "authorial"), ("highly likely", "asserted")]


def test_articles_enter_the_ledger(engine: DuckEngine) -> None:
    text = 'Port minister Anna Hale said on Thursday: "It is highly likely that Northland did interfere in the vote."\n\nIt rained.'
    row = {
        "article_id": "a1",
        "text": text,
        "title": None,
        "published": datetime(2020, 7, 16),
        "sha256": "0",
        "source_id": "x",
    }
    german = {
        **row,
        "article_id": "a2",
        "text": "Der Minister sagte am Donnerstag, das sei alles sehr wahrscheinlich gewesen.",
    }
    offer(engine, {"articles": [row, german]})
    result = investigate(engine, OPTIONS)
    (s,) = by_kind(result)["ledger"].data["rows"]
    assert (s["speaker"], s["propositions"], s["article"]) == ("Anna Hale", ["P1"], "a1")
    assert any("not supported" in g.sentence for g in result.gaps)


def test_an_article_is_read_once_for_ledger_and_audit(engine: DuckEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    from unfog.statements import extraction

    read: list[str] = []
    whole = extraction.extract
    monkeypatch.setattr(extraction, "extract", lambda text, **how: read.append(text) or whole(text, **how))
    extraction._read_once.cache_clear()
    text = "Port minister Anna Hale said on Thursday that Northland did interfere in the vote of the last winter."
    row = {"article_id": "once", "text": text, "published": datetime(2020, 7, 16), "sha256": "0", "source_id": "x"}
    offer(engine, {"articles": [row]})
    investigate(engine, OPTIONS)
    ledger = build_ledger(engine, OPTIONS).statements
    assert read == [text]
    offer(engine, {"articles": [{**row, "published": datetime(2020, 7, 25)}]})
    assert build_ledger(engine, OPTIONS).statements[0].said_on != ledger[0].said_on


def test_findings_are_the_same_every_time(engine: DuckEngine) -> None:
    offer(engine, {"statements": ROWS})
    first = investigate(engine, OPTIONS).model_dump_json()
    offer(engine, {"statements": ROWS[::-1]})
    assert investigate(engine, OPTIONS).model_dump_json() == first


def test_options_refuse_unknown_keys_and_yardsticks() -> None:
    with pytest.raises(ValidationError, match="slotz"):
        Options.model_validate({"slotz": []})
    with pytest.raises(ValidationError, match="unknown yardstick"):
        Options(standard="phiaa")


def judged(low: float, value: float, high: float) -> Any:
    calls: list[tuple[frozenset[str], str]] = []

    def judge(excluded: frozenset[str], day: str) -> dict[str, Estimate]:
        calls.append((excluded, day))
        return {"P1": Estimate(value=value, low=low, high=high)}

    judge.calls = calls  # type: ignore[attr-defined]
    return judge


@pytest.mark.parametrize(
    ("low", "high", "assertion", "denial"),
    [(0.30, 0.70, "beyond", "beyond"), (0.80, 0.97, "within", "beyond"), (0.0, 0.04, "beyond", "within")],
)
def test_audit_verdicts(engine: DuckEngine, low: float, high: float, assertion: str, denial: str) -> None:
    offer(engine, {"statements": ROWS})
    (finding,) = audit(build_ledger(engine, OPTIONS).statements, judged(low, (low + high) / 2, high)).findings
    verdicts = {r["statement"]: r["verdict"] for r in finding.data["rows"] if r["proposition"] == "P1"}
    assert verdicts["s2"] == assertion
    assert verdicts["s4"] == denial
    assert verdicts["s3"] == "not comparable"  # absence
    assert verdicts["s7"] == "not comparable"  # a confidence term


def test_a_hedged_claim_can_fall_short(engine: DuckEngine) -> None:
    row = statement("s1", "2020-07-16", "Rook", "it is unlikely that Northland sought to interfere", stance="asserts")
    offer(engine, {"statements": [row]})
    (finding,) = audit(build_ledger(engine, OPTIONS).statements, judged(0.8, 0.9, 0.95)).findings
    assert [r["verdict"] for r in finding.data["rows"]] == ["short"]


def test_the_speakers_own_party_is_left_out_and_the_day_is_asked(engine: DuckEngine) -> None:
    offer(engine, {"statements": [ROWS[1]]})
    judge = judged(0.1, 0.2, 0.3)
    audit(build_ledger(engine, OPTIONS).statements, judge)
    assert judge.calls == [(frozenset({"Rook", "gov"}), "2020-07-16")]


def test_an_unqualified_assertion_is_read_as_the_top_band_and_marked(engine: DuckEngine) -> None:
    offer(engine, {"statements": [statement("s1", "2020-07-16", "Rook", "Northland sought to interfere in the vote")]})
    (finding,) = audit(build_ledger(engine, OPTIONS).statements, judged(0.1, 0.2, 0.3)).findings
    (row,) = finding.data["rows"]
    assert (row["claim_low"], row["reading"]) == (95.0, "stated as fact, read as the top band")


def test_nothing_mapped_is_a_gap(engine: DuckEngine) -> None:
    offer(engine, {"statements": ROWS})
    result = audit(build_ledger(engine, Options()).statements, judged(0.1, 0.2, 0.3))
    assert result.findings == ()
    assert "slots" in result.gaps[0].mend
