from __future__ import annotations

from types import SimpleNamespace

import pytest

from unfog.errors import EvidenceError


def test_items_of_one_origin_are_one_group(kit: SimpleNamespace) -> None:
    j = kit.judge(
        kit.argued("a", {"yes": 0.5}, origin="Graphika"),
        kit.argued("b", {"yes": 0.5}, origin=" graphika "),
        kit.argued("c", {"yes": 0.5}, origin="Reddit"),
    )
    assert [(g.id, g.items) for g in j.groups] == [("Graphika", ("a", "b")), ("Reddit", ("c",))]


def test_items_from_the_same_rows_are_one_group(kit: SimpleNamespace) -> None:
    j = kit.judge(
        kit.measured("a", 0.5, origin="", derived_from=("rows:posts",)),
        kit.measured("b", 0.5, origin="", derived_from=("rows:posts", "rows:accounts")),
        kit.argued("c", {"yes": 0.5}, derived_from=["rows:accounts"], origin="x"),
    )
    assert [g.items for g in j.groups] == [("a", "b", "c")]


def test_an_item_left_out_still_ties_others(kit: SimpleNamespace) -> None:
    j = kit.judge(
        kit.argued("a", {"yes": 0.5}, origin="x"),
        kit.argued("b", {"yes": 0.5}, origin="y"),
        kit.argued("link", {"yes": 0.5}, origin="x", derived_from=["b"], grade="F6"),
    )
    assert [g.items for g in j.groups] == [("a", "b")]


def test_unstated_origins_are_one_group_and_not_independent(kit: SimpleNamespace) -> None:
    j = kit.judge(*[kit.argued(n, {"yes": 0.5}, origin="") for n in "abc"])
    assert [(g.id, g.items) for g in j.groups] == [("origin not stated", ("a", "b", "c"))]
    assert j.answer("Q").confidence.reliability.value == 0.0


def test_identical_items_are_merged(kit: SimpleNamespace) -> None:
    once = kit.argued("a", {"yes": 0.7}, origin="o", statement="They posted it first.")
    again = [kit.argued(f"b{k}", {"yes": 0.7}, origin="O", statement="they  posted it first.") for k in range(4)]
    one, five = kit.judge(once), kit.judge(once, *again)
    assert kit.percent(one) == pytest.approx(kit.percent(five), abs=1e-9)
    assert five.groups[0].items == ("a",)
    told = {e.id: e for e in five.evidence}
    assert told["a"].merged == ("b0", "b1", "b2", "b3")
    assert "merged into it" in told["b0"].left_out


def test_a_circle_of_derivation_is_refused_by_name(kit: SimpleNamespace) -> None:
    with pytest.raises(EvidenceError, match="derived from itself: a <- b <- c <- a"):
        kit.judge(
            kit.argued("a", {"yes": 0.5}, derived_from=["b"]),
            kit.argued("b", {"yes": 0.5}, derived_from=["c"]),
            kit.argued("c", {"yes": 0.5}, derived_from=["a"]),
        )


def test_circular_reporting_is_shown(kit: SimpleNamespace) -> None:
    root = kit.argued("root", {"yes": 0.5}, origin="DFRLab", sources=[("DFRLab", "u", "2019-06-22")])
    press = kit.argued(
        "press", {"yes": 0.5}, origin="", derived_from=["root"], sources=[("Guardian", "u", "2019-12-02")],
        corroborated_by=["root"], public_from="2020-01-02",
    )  # fmt: skip
    j = kit.judge(root, press)
    (circle,) = j.circles
    assert circle.origin == "DFRLab"
    assert circle.items == ("root", "press")
    assert circle.chain == ("press <- root",)
    assert circle.false_corroboration == (("press", "root"),)
    assert len(j.groups) == 1


def test_independent_items_are_no_circle(kit: SimpleNamespace) -> None:
    assert kit.judge(kit.argued("a", {"yes": 0.5}), kit.argued("b", {"yes": 0.5})).circles == ()
