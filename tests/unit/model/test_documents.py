from __future__ import annotations

import math

import pytest
from pydantic import ValidationError

from unfog.model import TABLES, Estimate, Evidence, Figure, Finding, Findings, Grade, MeasuredBy, Rating


def test_an_interval_holds_its_value() -> None:
    with pytest.raises(ValidationError, match="does not hold"):
        Estimate(value=2, low=0, high=1)
    with pytest.raises(ValidationError, match="finite"):
        Estimate(value=math.inf, low=0, high=math.inf)
    assert -Estimate(value=1, low=0, high=3) == Estimate(value=-1, low=-3, high=0)
    assert Estimate(value=5, low=1, high=9).clipped(2, 6) == Estimate(value=5, low=2, high=6)


def test_grades_f_and_6_are_missing_by_default() -> None:
    assert str(Grade()) == "F6"
    assert str(Grade.parse("b2")) == "B2"
    with pytest.raises(ValidationError):
        Grade.parse("G2")
    with pytest.raises(ValidationError):
        Grade.parse("A7")


def test_an_item_is_measured_or_argued_never_both() -> None:
    rating = Rating(by="a", on="2026-01-01", log10_lr={"x": 0.3}, reason="because")
    with pytest.raises(ValidationError, match="never both"):
        Evidence(id="E", statement="s", kind="technical", ratings=(rating,), measured_by=MeasuredBy(calibrator="c"))
    with pytest.raises(ValidationError, match="unknown contrast"):
        Evidence(id="E", statement="s", kind="technical", contrast="guilt")
    with pytest.raises(ValidationError):
        Rating(by="a", on="2026-01-01", log10_lr={"x": math.inf}, reason="r")


def test_a_finding_names_its_figures_apart_and_its_id_has_a_form() -> None:
    two = (Figure(name="n", value=Estimate.exact(1), unit="posts"),) * 2
    with pytest.raises(ValidationError, match="share a name"):
        Finding(id="spread.x", room="spread", kind="x", sentence="s", method="m", figures=two)
    with pytest.raises(ValidationError):
        Finding(id="No Such Form", room="spread", kind="x", sentence="s", method="m")


def test_findings_survive_a_round_trip_under_their_schema_name() -> None:
    document = Findings(case="c", title="t", as_of="2019-12-02", unfog="0")
    text = document.model_dump_json(by_alias=True)
    assert '"schema":"unfog.findings/1"' in text
    assert Findings.model_validate_json(text) == document


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_every_table_can_be_built_and_has_its_key(table) -> None:
    names = table.names
    assert len(set(names)) == len(names)
    assert set(table.key) <= set(names)
    assert [f.name for f in table.arrow_schema()] == list(names)
    schema = table.json_schema()
    assert set(schema["properties"]) == set(names)
    assert all(c.doc for c in table.columns)
