"""A number under an explicit definition; refusals; the shipped case."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from unfog.accounts import Census, Options, investigate, load_definitions, profile_accounts, take_census
from unfog.accounts.census import REFUSED
from unfog.errors import CaseError, SourceMissing, UsageError

_spec = importlib.util.spec_from_file_location("accounts_rows", Path(__file__).with_name("conftest.py"))
assert _spec and _spec.loader
_rows = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_rows)
post = _rows.post


def world() -> dict[str, list[dict[str, Any]]]:
    posts = [
        post(1, "a", "2016-06-23T23:59:59", text="BREXIT now", lang="en"),
        post(2, "a", "2016-06-24T00:00:00", text="brexit", lang="en"),
        post(3, "b", "2016-06-20T10:00:00", title="On #Brexit", lang="ru"),
        post(4, "c", "2016-06-20T10:00:00", text="weather", hashtags=["brexit"], lang="en"),
        post(5, "d", "2016-06-20T10:00:00", text="weather", lang="en"),
    ]
    accounts = [
        {"platform": "forum", "account_id": i, "handle": i, "location": where}
        for i, where in zip("abcde", ("Moscow", "London", None, "москва", ""), strict=True)
    ]
    labels = [{"platform": "forum", "account_id": i, "label": "listed", "by": "x"} for i in "ab"]
    return {"posts": posts, "accounts": accounts, "labels": labels}


def counted(make: Any, tables: dict[str, Any], **definition: Any) -> dict[str, Any]:
    engine = make(**tables)
    profile_accounts(engine)
    take_census(engine, Census.model_validate({"definitions": [{"id": "d", **definition}]}))
    (row,) = engine.rows("SELECT * FROM census WHERE computed = 'computed'")
    return row


@pytest.mark.parametrize(
    ("definition", "value"),
    [
        ({"topic": "brexit"}, 3),
        ({"topic": "#brexit"}, 2),
        ({"topic": "brexit", "unit": "posts"}, 4),
        ({"topic": "brexit", "unit": "posts", "period": {"from": "2016-06-01", "to": "2016-06-23"}}, 3),
        ({"topic": "brexit", "list": "labelled listed"}, 2),
        ({"topic": "brexit", "language": "^ru$"}, 1),
        ({"place": "moscow|москва"}, 2),
        ({"list": "labelled listed"}, 2),
        ({"behaviour": {"posts": (2, None)}}, 1),
        ({"behaviour": {"posts": (0, 0)}}, 1),
        ({}, 5),
    ],
)
def test_every_part_of_a_definition(make: Any, definition: dict[str, Any], value: int) -> None:
    assert counted(make, world(), **definition)["value"] == value


def test_a_grid_is_every_combination(make: Any) -> None:
    engine = make(**world())
    profile_accounts(engine)
    grid = {
        "id": "g",
        "axes": [
            {"part": "topic", "values": {"word": "brexit", "tag": "#brexit"}},
            {"part": "unit", "values": {"accounts": "accounts", "posts": "posts"}},
        ],
    }
    (found,), _ = take_census(engine, Census.model_validate({"grids": [grid]}))
    values = {r["definition_id"]: r["value"] for r in found.data["rows"]}
    assert values == {"g.word.accounts": 3, "g.word.posts": 4, "g.tag.accounts": 2, "g.tag.posts": 2}
    assert len(found.steps) == 4


def test_a_classifier_without_measured_errors_gives_no_number(make: Any) -> None:
    row = counted(make, world(), classifier={"label": "listed"})
    assert row["value"] is None
    assert (row["low"], row["high"]) == (0, 5)
    assert REFUSED in row["not_measured"]
    elsewhere = {
        "label": "listed",
        "sensitivity": [90, 100],
        "specificity": [990, 1000],
        "measured_on": "another forum",
    }
    assert counted(make, world(), classifier=elsewhere, population="this forum")["value"] is None


def test_a_classifier_measured_here_is_corrected(make: Any) -> None:
    tables = world()
    tables["posts"] += [post(100 + i, f"n{i}", "2016-06-20T10:00:00", text="x") for i in range(195)]
    measured = {"label": "listed", "sensitivity": [80, 100], "specificity": [990, 1000], "measured_on": "this forum"}
    row = counted(make, tables, classifier=measured, population="this forum")
    assert row["low"] == 0  # two called of two hundred are what false positives alone give
    assert row["value"] == pytest.approx(0.0, abs=1.0)
    assert row["high"] < 10


def test_published_figures_stand_beside_and_say_what_they_are_not(make: Any) -> None:
    observed = [
        {"observation_id": "B1", "kind": "estimate", "summary": "s", "actor": "A study", "value": 156252.0, "unit": "accounts",
         "definition": "said to be Russian", "period": "two months"},
        {"observation_id": "O1", "kind": "post", "summary": "no estimate"},
    ]  # fmt: skip
    engine = make(**world())
    engine.put("observations", _rows.rows_to_table("observations", observed))
    profile_accounts(engine)
    asked = {"published": [{"id": "B1", "not_measured": "control"}, {"id": "B9", "not_measured": "?"}]}
    (found,), gaps = take_census(engine, Census.model_validate(asked))
    (row,) = found.data["rows"]
    assert (row["definition_id"], row["value"], row["origin"], row["not_measured"]) == (
        "B1",
        156252.0,
        "A study",
        "control",
    )
    assert [g.id for g in gaps] == ["accounts.census.no-figure"]


def test_investigate_takes_the_census_of_the_case(make: Any) -> None:
    told = investigate(
        make(**world()), Options.model_validate({"census": {"definitions": [{"id": "d", "topic": "brexit"}]}})
    )
    assert "census" in told.tables
    assert next(f for f in told.findings if f.kind == "census").figure("d").value.value == 3


def test_bad_definitions_are_refused_with_their_path(make: Any, tmp_path: Path) -> None:
    file = tmp_path / "d.toml"
    for text, said in (
        ("[[definitions]]\nid = 'a'\ntopc = 'x'\n", "definitions.0.topc"),
        ("[[definitions]]\nid = 'a'\ntopic = '('\n", "regular expression"),
        ("[[definitions]]\nid = 'a'\nperiod = { from = 2016-02-01, to = 2016-01-01 }\n", "before it begins"),
        ("= 3", "not TOML"),
        ("[accounts]\n", "no census"),
    ):
        file.write_text(text)
        with pytest.raises(CaseError, match=said):
            load_definitions(file)
    with pytest.raises(SourceMissing):
        load_definitions(tmp_path / "none.toml")
    with pytest.raises(CaseError, match="share the id"):
        Census.model_validate({"definitions": [{"id": "a"}, {"id": "a"}]}).all_definitions()
    with pytest.raises(UsageError, match="no column 'post'"):
        counted(make, world(), behaviour={"post": (1, None)})


def test_the_shipped_case_is_a_census(repo: Path) -> None:
    asked = load_definitions(repo / "cases" / "brexit-referendum-2016" / "case.toml")
    assert len(asked.all_definitions()) == 24
    assert all(p.not_measured for p in asked.published)
    import json

    lines = (repo / "cases" / "brexit-referendum-2016" / "observations.jsonl").read_text().splitlines()
    values = {json.loads(x)["value"] for x in lines}
    assert {49, 84, 105, 154, 419, 156252, 109, 833, 499, 3313} <= values
    assert {p.id for p in asked.published} <= {json.loads(x)["id"] for x in lines}
