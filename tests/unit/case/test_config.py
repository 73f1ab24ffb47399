from __future__ import annotations

from pathlib import Path

import pytest

from unfog.case import load_case, new_case, open_case
from unfog.case.reference import shipped_case
from unfog.errors import CaseError, EvidenceError, SourceMissing, UsageError


@pytest.fixture
def case(tmp_path: Path) -> Path:
    return new_case(tmp_path / "my case").parent


def edit(case: Path, old: str, new: str) -> Path:
    path = case / "case.toml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    return case


def test_a_new_case_is_fit_to_run(case: Path) -> None:
    opened = open_case(case)
    assert opened.file.case.name == "my-case"
    assert len(opened.argued[0].ratings) == 2
    with pytest.raises(UsageError, match="not empty"):
        new_case(case)


def test_the_shipped_case_is_fit_to_run_without_its_data() -> None:
    opened = open_case(shipped_case())
    assert len(opened.argued) == 37
    assert all(len(e.ratings) == 2 for e in opened.argued)
    assert "single use" in opened.gaps[0].sentence
    with pytest.raises(UsageError, match="uk-trade-leaks-2019"):
        shipped_case("no-such-case")


@pytest.mark.parametrize(
    ("old", "new", "path", "says"),
    [
        ('memory = "4GB"', 'memry = "4GB"', "engine.memry", 'did you mean "memory"'),
        ("[report]", "[reprot]", "reprot", 'did you mean "report"'),
        ("schema = 1", "schema = 2", "schema", "1"),
        ("schema = 1", "", "schema", "missing"),
        ('kind = "duckdb"', 'kind = "oracle"', "engine.kind", "duckdb"),
        ("seed = 7", "seed = -1", "case.seed", "0"),
        ("period = { from = ", "period = { from = 'soon', xfrom = ", "case.period.from", "soon"),
        ("organic = [0.5, 0.9]", "organic = [0.96, 0.99]", "variables[0]", "sum"),
        ("organic = [0.5, 0.9]", "organik = [0.5, 0.9]", "variables[0]", "organik"),
        ('when = { operator = ["one-group"] }', 'when = { operator = ["two-groups"] }', "", "two-groups"),
        ('id = "operator"', 'id = "operator"\nquestoin = "x"', "variables[0].questoin", 'did you mean "question"'),
    ],
)
def test_what_is_wrong_is_named_with_its_path(case: Path, old: str, new: str, path: str, says: str) -> None:
    with pytest.raises(CaseError) as caught:
        load_case(edit(case, old, new))
    assert path in str(caught.value)
    assert says in str(caught.value)
    assert "case.toml" in str(caught.value)


def test_a_file_that_is_not_there_is_named(case: Path) -> None:
    (case / "observations.jsonl").unlink()
    with pytest.raises(SourceMissing, match=r"observations\[0\].path.*observations\.jsonl"):
        open_case(case)


def test_a_rating_of_zero_names_its_item(case: Path) -> None:
    path = case / "ratings" / "first.toml"
    path.write_text(path.read_text().replace("one-group = 2.0", "one-group = 0.0"))
    with pytest.raises(EvidenceError, match="E1"):
        open_case(case)


def test_no_case_and_no_toml(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="unfog new"):
        load_case(tmp_path)
    (tmp_path / "case.toml").write_text("[case\n")
    with pytest.raises(CaseError, match="line 1"):
        load_case(tmp_path)
    (tmp_path / "case.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(CaseError, match="UTF-8"):
        load_case(tmp_path)
    with pytest.raises(CaseError, match="--data"):
        open_case(shipped_case(), tmp_path / "not-there")
