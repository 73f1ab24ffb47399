"""The argued items of the reference case through the engine, item by item, without any platform data."""

from __future__ import annotations

import math
import tomllib
from pathlib import Path

import pytest

from unfog.judgement import ContrastMap, Judgement, Proposition, Settings, Variable, evidence_from, weigh
from unfog.model import AsOf, Evidence

DATES = ("2019-10-21", "2019-12-02", "2019-12-06", "2020-07-16")


def load(folder: Path) -> tuple[list[Variable], list[Proposition], list[ContrastMap], list[Evidence]]:
    case = tomllib.loads((folder / "case.toml").read_text(encoding="utf-8"))
    items = tomllib.loads((folder / "evidence.toml").read_text(encoding="utf-8"))["evidence"]
    by_item: dict[str, list[dict[str, object]]] = {}
    for file in sorted((folder / "ratings").glob("*.toml")):
        sheet = tomllib.loads(file.read_text(encoding="utf-8"))
        for r in sheet["rating"]:
            logs = {value: math.log10(x) for value, x in r["lr"].items()}
            told = {"by": sheet["rater"], "on": str(sheet["on"]), "reason": r["reason"], "log10_lr": logs}
            by_item.setdefault(r["id"], []).append(told)
    return (
        [Variable(**v) for v in case["variables"]],
        [Proposition(**p) for p in case["propositions"]],
        [ContrastMap(**c) for c in case["contrasts"]],
        [evidence_from({**e, "ratings": by_item.get(e["id"], [])}) for e in items],
    )


@pytest.fixture(scope="module")
def judged(repo: Path) -> dict[str, Judgement]:
    variables, propositions, contrasts, evidence = load(repo / "cases" / "uk-trade-leaks-2019")
    settings = Settings(draws=1000)
    return {
        d: weigh(variables, propositions, contrasts, evidence, AsOf.parse(d), settings, through_time=False)
        for d in DATES
    }


def test_every_item_is_weighed_or_left_out_with_its_reason(judged: dict[str, Judgement]) -> None:
    for e in judged["2020-07-16"].evidence:
        assert bool(e.left_out) != bool(e.used), e.id


def test_items_are_read_by_two_raters(judged: dict[str, Judgement]) -> None:
    assert len(judged["2020-07-16"].raters) == 2


def test_a_state_is_never_named_as_director_without_evidence_on_direction(judged: dict[str, Judgement]) -> None:
    for j in judged.values():
        assert j.answer("P4").status == "cannot tell"


def test_open_sources_alone_never_reach_almost_certain(judged: dict[str, Judgement]) -> None:
    for date in ("2019-10-21", "2019-12-02"):
        for a in judged[date].answers:
            if a.proposition in {"P2", "P3", "G1"} and a.wording:
                assert "almost certain" not in a.wording.phrase


def test_public_traits_do_not_tell_the_operators_from_an_imitator(judged: dict[str, Judgement]) -> None:
    rows = {e.id: e for e in judged["2019-12-02"].evidence}
    for name in ("E02", "E03", "E04"):
        assert any("mimic gate" in n for n in rows[name].notes)
        assert rows[name].used["mimic"] >= rows[name].used["secondary-infektion"] - 1e-9


def test_graphikas_items_are_one_group_and_reported_as_one(judged: dict[str, Judgement]) -> None:
    j = judged["2019-12-02"]
    group = next(g for g in j.groups if "E02" in g.items)
    assert {"E01", "E02", "E03", "E04"} <= set(group.items)
    assert any({"E01", "E02", "E03", "E04"} <= set(c.items) for c in j.circles)


def test_the_governments_sentence_is_scored_as_the_conjunction_that_it_is(judged: dict[str, Judgement]) -> None:
    for date in ("2019-12-06", "2020-07-16"):
        j = judged[date]
        parts = [j.answer(p).posterior for p in ("P3", "P6")]
        whole = j.answer("G1").posterior
        assert whole is not None
        assert all(p is not None and whole.value <= p.value + 1e-9 for p in parts)


def test_what_cannot_be_judged_is_said(judged: dict[str, Judgement]) -> None:
    assert judged["2020-07-16"].answer("P7").status == "not assessable"
