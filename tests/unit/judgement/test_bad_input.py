"""Every piece of nonsense is refused in a message that names it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import ValidationError

from unfog.errors import EvidenceError
from unfog.judgement import ContrastMap, Proposition, Settings, Uncollected, Variable, evidence_from, weigh


def variable(**more: Any) -> Variable:
    fields: dict[str, Any] = {
        "id": "v",
        "values": ("a", "other"),
        "prior": {"a": (0.1, 0.3), "other": (0.7, 0.9)},
        "reference": "r",
        "reason": "x",
    }
    return Variable(**(fields | more))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"prior": {"a": (0.1, 0.2), "other": (0.1, 0.2)}}, "v: prior cannot sum to one"),
        ({"prior": {"a": (0.6, 0.7), "other": (0.6, 0.9)}}, "cannot sum to one"),
        ({"prior": {"a": (0.3, 0.1), "other": (0.7, 0.9)}}, "prior.a"),
        ({"prior": {"a": (0.1, 0.3)}}, "says nothing of 'other'"),
        ({"prior": {"a": (0.1, 0.3), "othr": (0.7, 0.9)}}, 'did you mean "other"'),
        ({"reason": ""}, "reference class"),
        ({"values": ("a", "b"), "prior": {}}, 'no value "other"'),
        ({"values": ("a", "a", "other")}, "listed twice"),
        ({"given": "w"}, "belong together"),
    ],
)
def test_variables(change: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        variable(**change)


@pytest.mark.parametrize("lr", [float("inf"), float("-inf"), float("nan")])
def test_lr_of_zero_or_infinity_names_the_item(lr: float) -> None:
    with pytest.raises(EvidenceError, match=r"E7: .*no evidence"):
        evidence_from(
            {"id": "E7", "statement": "s", "kind": "technical", "variable": "q",
             "ratings": [{"by": "r", "on": "2020-01-01", "reason": "x", "log10_lr": {"yes": lr}}]}
        )  # fmt: skip


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("grade", "G2", "grade"),
        ("grade", "A9", "grade"),
        ("kind", "magic", "kind"),
        ("search_power", 1.5, "search_power"),
    ],
)
def test_unknown_fields_name_the_item(field: str, value: object, told: str) -> None:
    raw = {"id": "E7", "statement": "s", "kind": "technical", "variable": "q", field: value}
    with pytest.raises(EvidenceError, match=rf"E7: .*{told}") as caught:
        evidence_from(raw)
    assert caught.value.item == "E7"


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"public_from": ""}, "e: public_from is missing"),
        ({"public_from": "soon"}, "e: public_from: cannot read"),
        ({"variable": "qq"}, "e: unknown variable 'qq'"),
        ({"variable": "q+who+q"}, "e: "),
        ({"reference": "maybe"}, "e: unknown reference"),
        ({"corroborated_by": ["nobody"]}, "e: corroborated_by names an unknown item"),
        ({"variable": ""}, "e: names neither"),
    ],
)
def test_items_are_named(kit: SimpleNamespace, more: dict[str, Any], told: str) -> None:
    with pytest.raises(EvidenceError, match=told):
        kit.judge(kit.argued("e", {"yes": 0.5}, **more))


def test_unknown_value_is_named_with_the_nearest(kit: SimpleNamespace) -> None:
    with pytest.raises(EvidenceError, match=r'e: unknown value .yess. .did you mean "yes"'):
        kit.judge(kit.argued("e", {"yess": 0.5}))


def test_doubled_ids(kit: SimpleNamespace) -> None:
    with pytest.raises(EvidenceError, match="two evidence items"):
        kit.judge(kit.argued("e", {"yes": 0.5}), kit.argued("e", {"yes": 0.5}))


def test_observed_outcome_must_be_told(kit: SimpleNamespace) -> None:
    rating = {"by": "r", "on": "2020-01-01", "reason": "x", "outcomes": {"yes": {"a": 0.5, "b": 0.5}}}
    base = {"id": "E1", "statement": "s", "kind": "technical", "variable": "q", "public_from": "2020", "grade": "A2"}
    with pytest.raises(EvidenceError, match=r"E1: .*which outcome"):
        kit.judge(evidence_from(base | {"ratings": [rating]}))
    with pytest.raises(EvidenceError, match=r"E1: .*no probability"):
        kit.judge(evidence_from(base | {"ratings": [rating], "observed": "c"}))
    with pytest.raises(EvidenceError, match=r"E1: .*sum to one"):
        evidence_from(base | {"ratings": [rating | {"outcomes": {"yes": {"a": 0.5, "b": 0.6}}}]})


def test_declarations(kit: SimpleNamespace) -> None:
    v = variable()
    says = Proposition(id="P", says="x", when={"v": ("a",)})
    for props, maps, told in [
        ((Proposition(id="P", says="x", when={"w": ("a",)}),), (), "P: when.w: unknown variable"),
        ((Proposition(id="P", says="x", when={"v": ("b",)}),), (), "has no value 'b'"),
        ((says, says), (), "P: two propositions"),
        ((), (ContrastMap(contrast="control", variable="v", one=("x",)),), "contrast control"),
        ((), (ContrastMap(contrast="control", variable="v", one=("a",)),) * 2, "mapped twice"),
    ]:
        with pytest.raises(EvidenceError, match=told):
            weigh([v], props, maps, [], None, kit.EXACT)
    with pytest.raises(EvidenceError, match="two variables"):
        weigh([v, v], [], [], [], None, kit.EXACT)
    with pytest.raises(EvidenceError, match="nothing to judge"):
        weigh([], [], [], [], None, kit.EXACT)


def test_circle_of_conditional_priors(kit: SimpleNamespace) -> None:
    given = {x: {"a": (0.1, 0.3), "other": (0.7, 0.9)} for x in ("a", "other")}
    v = variable(prior={}, given="w", prior_given=given)
    w = variable(id="w", prior={}, given="v", prior_given=given)
    with pytest.raises(EvidenceError, match="form a circle"):
        weigh([v, w], [], [], [], None, kit.EXACT)


def test_too_many_worlds(kit: SimpleNamespace) -> None:
    many = [variable(id=f"v{k}") for k in range(8)]
    with pytest.raises(EvidenceError, match="256 worlds"):
        weigh(many, [], [], [], None, Settings(max_worlds=200))


def test_uncollected_must_name_every_value(kit: SimpleNamespace) -> None:
    u = Uncollected(id="U1", statement="ask", variable="q", outcomes={"yes": {"x": 1.0}})
    with pytest.raises(EvidenceError, match="U1: outcomes must name exactly"):
        kit.judge(uncollected=[u])
