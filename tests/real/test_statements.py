"""The reference statements, the two seed articles and the CRF on its test months."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from unfog.engine import DuckEngine
from unfog.evaluate.statements import evaluate
from unfog.ingest import FileSpec, ingest
from unfog.model import TABLES
from unfog.statements import Options, Reading, Slot, Stance, Statement, Use, extract, headline_conflicts, investigate

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def leak(shared: Path) -> Reading:
    return extract(
        (shared / "seeds" / "000_414cf60a5c85c3ea.txt").read_text(encoding="utf-8"),
        article="000",
        published=date(2020, 7, 16),
    )


@pytest.fixture(scope="module")
def evidence(shared: Path) -> Reading:
    return extract(
        (shared / "seeds" / "004_499a0f2e51d3bcb4.txt").read_text(encoding="utf-8"),
        article="004",
        published=date(2017, 11, 15),
    )


def one(reading: Reading, words: str) -> Statement:
    (found,) = [s for s in reading.statements if words in s.content]
    return found


@pytest.mark.parametrize(
    ("words", "name", "principal"),
    [
        ("On the basis of extensive analysis", "Dominic Raab", ""),
        ("Sensitive Government documents", "Dominic Raab", ""),
        ("It is, and will always be", "Dominic Raab", ""),
        ("ongoing criminal investigation", "Dominic Raab", ""),
        ("danger of a Trump trade deal", "Jeremy Corbyn", ""),
        ("The Tories want to distract", "Jeremy Corbyn", ""),
        ("were \"genuine\"", "Jeremy Corbyn", ""),
        ("The reported actions", "Lisa Nandy", ""),
        ("long-overdue Russia report", "Lisa Nandy", ""),
        ("no evidence of full-scale interference", "Maria Zakharova", ""),
        ("foggy and contradictory", "Spokesperson for Russian Embassy in London", "Russian Embassy in London"),
        ("it was \"highly likely\" Russia", "Theresa May", ""),
        ("has correctly decided", "Maria Zakharova", ""),
        ("bestowed a new pearl", "Maria Zakharova", ""),
        ("nonsense", "Spokesperson for Boris Johnson", "Boris Johnson"),
    ],
)  # fmt: skip
def test_quotations_of_the_leak_article(leak: Reading, words: str, name: str, principal: str) -> None:
    s = one(leak, words)
    assert s.speaker.name == name
    if principal:
        assert s.speaker.on_behalf_of == principal


def test_nobody_is_guessed_for_the_orphan(leak: Reading) -> None:
    s = one(leak, "We're in a position now")
    assert (s.speaker.name, s.speaker.mention) == ("", "")


def test_mentioned_and_nested_words_are_nobodys_judgement(leak: Reading) -> None:
    assert {t.use for t in one(leak, "bestowed a new pearl").certainty} == {Use.MENTIONED}
    assert one(leak, "no evidence of full-scale").certainty[0].use is Use.NESTED


@pytest.mark.parametrize(
    ("words", "name", "principal"),
    [
        ("There are all manner of threats", "Spokesperson for Jeremy Corbyn", "Jeremy Corbyn"),
        ("I think we need to see more evidence", "Spokesperson for Jeremy Corbyn", "Jeremy Corbyn"),
        ("there has been tension on both sides", "Spokesperson for Jeremy Corbyn", "Jeremy Corbyn"),
        ("a danger to world peace", "Jeremy Corbyn", ""),
        ("undermine our institutions", "Theresa May", ""),
        ("he had not seen any evidence", "Boris Johnson", ""),
        ("after months of delay", "Theresa May", ""),
    ],
)
def test_quotations_of_the_evidence_article(evidence: Reading, words: str, name: str, principal: str) -> None:
    s = one(evidence, words)
    assert (s.speaker.name, s.speaker.on_behalf_of) == (name, principal)


def test_headline_against_body_and_the_figure(evidence: Reading) -> None:
    (conflict,) = headline_conflicts(evidence.statements)
    assert conflict.on_behalf_of == "Jeremy Corbyn"
    (q,) = [q for s in evidence.statements for q in s.quantities]
    assert (q.value, q.unit, q.of) == (150000, "accounts", "fake Twitter based in Russia")


def test_reference_statements(shared: Path, tmp_path: Path) -> None:
    slots = (
        Slot(proposition="skripal", needs=(("poison*", "skripal"),)),
        Slot(proposition="2019", needs=(("russia*",), ("interfer*",), ("2019", "general election"))),
        Slot(
            proposition="2019",
            scope="broad",
            needs=(("russia*",), ("broad spectrum",), ("campaign",), ("general election",)),
        ),
    )
    with DuckEngine(memory="1GB", temp=tmp_path / "spill") as engine:
        result = ingest(
            [FileSpec(path=shared / "cases" / "statements.jsonl", format="statement-log")],
            engine,
            tmp_path,
            root=tmp_path,
        )
        assert result.rows["statements"] == 83
        for name in TABLES:
            if name in result.files:
                engine.read_parquet(name, [result.files[name]])
        found = {f.kind: f for f in investigate(engine, Options(slots=slots)).findings}
    assert found["ledger"].figure("statements").value.value == 83
    rows = {r["id"]: r for r in found["ledger"].data["rows"]}
    assert rows["S060"]["on_behalf_of"] == "Russian MFA"
    assert {c["use"] for c in rows["S060"]["certainty"]} == {"mentioned"}
    assert rows["S061"]["certainty"] == []  # "almost impossible to understand"
    assert [c["class"] for c in rows["S059"]["certainty"]] == ["confidence"]
    assert rows["S058"]["stance"] == str(Stance.ABSENCE)
    assert all("S058" not in (r["earlier"], r["later"]) for r in found["contradictions"].data["rows"])


def test_the_crf_keeps_its_floors_on_the_test_months(shared: Path) -> None:
    measured = {m.name.removeprefix("crf: "): m for m in evaluate(shared / "data", taggers=["crf"]).measures}
    missed = [name for name, m in measured.items() if m.met is False]
    assert set(missed) <= {"statement verbs: precision"}
    assert measured["statement verbs: precision"].value >= 0.865
