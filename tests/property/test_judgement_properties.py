"""Properties that must hold for any evidence: order, duplication, support, splitting, coherence, knowledge, scale."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from unfog.judgement import Caps, Judgement, Proposition, Settings, Variable, evidence_from, weigh
from unfog.judgement.items import known_items
from unfog.judgement.state import State
from unfog.judgement.worlds import Worlds
from unfog.model import AsOf, Evidence

EXACT = Settings(rater_spread=0.0, draws=100, time_draws=100)
UNCAPPED = EXACT.model_copy(update={"caps": Caps(item=1e12, group=1e12, overall=1e12, measured_without_n=1e12)})
VALUES = ("a", "b", "c", "other")
WHO = Variable(id="who", values=VALUES, prior=dict.fromkeys(VALUES, (0.1, 0.5)), reference="r", reason="x")
TWO = Variable(
    id="two",
    values=("yes", "no"),
    exhaustive_because="x",
    prior={"yes": (0.1, 0.4), "no": (0.6, 0.9)},
    reference="r",
    reason="x",
)
CHILD = Variable(
    id="child", values=("x", "other"), given="who", reference="r", reason="x",
    prior_given={v: {"x": (0.1, 0.6), "other": (0.4, 0.9)} for v in VALUES},
)  # fmt: skip
VARIABLES = (WHO, TWO, CHILD)
WORLDS = Worlds.of(VARIABLES, 1000)
PROPOSITIONS = (
    *(Proposition(id=v, says=v, when={"who": (v,)}) for v in VALUES),
    Proposition(id="ab", says="ab", when={"who": ("a", "b")}),
    Proposition(id="yes", says="yes", when={"two": ("yes",)}),
    Proposition(id="x", says="x", when={"child": ("x",)}),
    Proposition(id="a_and_x", says="ax", when={"who": ("a",), "child": ("x",)}),
    Proposition(id="a_and_x_and_yes", says="axy", when={"who": ("a",), "child": ("x",), "two": ("yes",)}),
)
FAST = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])

log10 = st.floats(min_value=-1.5, max_value=1.5).map(lambda x: round(x, 3))


@st.composite
def item(draw: Any, name: str) -> Evidence:
    variable = draw(st.sampled_from(["who", "two", "child", "who+two"]))
    cells = {
        "who": list(VALUES), "two": ["yes", "no"], "child": ["x", "other"],
        "who+two": [f"{v}+{w}" for v in VALUES for w in ("yes", "no")],
    }[variable]  # fmt: skip
    rated = draw(st.dictionaries(st.sampled_from(cells), log10, min_size=1, max_size=3))
    return make(name, variable, rated, draw(st.sampled_from("opqr")), draw(st.sampled_from(["A2", "B2", "C3", "F3"])),
                draw(st.integers(1, 9)))  # fmt: skip


def make(
    name: str, variable: str, rated: dict[str, float], origin: str, grade: str = "A2", day: int = 1, **more: Any
) -> Evidence:
    return evidence_from(
        {
            "id": name,
            "statement": f"statement {name}",
            "kind": "technical",
            "variable": variable,
            "origin": origin,
            "grade": grade,
            "public_from": f"2020-01-0{day}",
            "ratings": [{"by": "r", "on": "2020-01-01", "reason": "t", "log10_lr": rated}],
        }
        | more
    )


items = st.integers(0, 6).flatmap(lambda n: st.tuples(*(item(f"e{k}") for k in range(n))))


def judge(evidence: tuple[Evidence, ...], as_of: str = "", how: Settings = EXACT) -> Judgement:
    """The whole document."""
    date = AsOf.parse(as_of) if as_of else None
    return weigh(VARIABLES, PROPOSITIONS, (), evidence, date, how, through_time=False)


def odds(evidence: tuple[Evidence, ...], as_of: str = "", how: Settings = EXACT) -> dict[str, float]:
    """The probabilities alone: what ``judge`` computes them from, without words and sensitivity."""
    date = AsOf.parse(as_of) if as_of else None
    state = State.of(WORLDS, known_items(evidence, WORLDS, (), how, date), how, PROPOSITIONS)
    return dict(zip([q.id for q in PROPOSITIONS], state.probabilities(), strict=False))


def log10_lr(evidence: tuple[Evidence, ...], name: str, how: Settings = EXACT) -> float:
    after, before = odds(evidence, how=how)[name], odds((), how=how)[name]
    return math.log10(after / (1 - after)) - math.log10(before / (1 - before))


@settings(max_examples=4, deadline=None)
@given(items, st.randoms(use_true_random=False))
def test_order_of_items_does_not_matter_to_the_byte(evidence: tuple[Evidence, ...], random: Any) -> None:
    mixed = list(evidence)
    random.shuffle(mixed)
    assert judge(tuple(mixed)).model_dump_json() == judge(evidence).model_dump_json()


@FAST
@given(items, st.randoms(use_true_random=False))
def test_order_of_items_does_not_matter(evidence: tuple[Evidence, ...], random: Any) -> None:
    mixed = list(evidence)
    random.shuffle(mixed)
    assert odds(tuple(mixed)) == odds(evidence)


@FAST
@given(items.filter(len), st.integers(1, 4))
def test_repeating_an_item_moves_nothing(evidence: tuple[Evidence, ...], times: int) -> None:
    first = evidence[0]
    again = tuple(first.model_copy(update={"id": f"again{k}"}) for k in range(times))
    assert odds((*evidence, *again)) == pytest.approx(odds(evidence), abs=1e-9)


@FAST
@given(items, st.sampled_from(VALUES), st.floats(0.0, 2.0), st.sampled_from("opqrz"))
def test_support_for_one_value_never_lowers_it(
    evidence: tuple[Evidence, ...], value: str, lr: float, origin: str
) -> None:
    more = make("new", "who", {value: lr}, origin)
    assume(not any("+" in e.variable for e in evidence))  # caps of tied variables are tested without caps below
    assert odds((*evidence, more))[value] >= odds(evidence)[value] - 1e-9


@FAST
@given(items, st.floats(0.0, 2.0), st.sampled_from("opqrz"))
def test_support_for_several_values_never_lowers_their_union(
    evidence: tuple[Evidence, ...], lr: float, origin: str
) -> None:
    more = make("new", "who", {"a": lr, "b": lr}, origin)
    assert odds((*evidence, more), how=UNCAPPED)["ab"] >= odds(evidence, how=UNCAPPED)["ab"] - 1e-9


@FAST
@given(st.lists(log10, min_size=1, max_size=6), log10, st.sampled_from("op"))
def test_with_two_values_support_never_lowers_whatever_the_caps(old: list[float], new: float, origin: str) -> None:
    evidence = tuple(make(f"e{k}", "two", {"yes": x}, "o") for k, x in enumerate(old))
    change = odds((*evidence, make("new", "two", {"yes": new}, origin)))["yes"] - odds(evidence)["yes"]
    assert change >= -1e-9 if new >= 0 else change <= 1e-9


@FAST
@given(st.lists(st.floats(0.0, 2.0), min_size=1, max_size=8), st.lists(st.booleans(), min_size=8, max_size=8))
def test_splitting_a_group_never_gains_beyond_its_cap(lrs: list[float], apart: list[bool]) -> None:
    evidence = tuple(
        make(f"e{k}", "two", {"yes": x}, "o", apart_because="a reason" if apart[k] else "") for k, x in enumerate(lrs)
    )
    assert log10_lr(evidence, "yes") <= 2.0 + 1e-9


@FAST
@given(items)
def test_no_argued_evidence_passes_the_overall_cap(evidence: tuple[Evidence, ...]) -> None:
    alone = tuple(e for e in evidence if e.variable == "two")
    assert abs(log10_lr(alone, "yes")) <= 3.0 + 1e-9


@settings(max_examples=5, deadline=None)
@given(items)
def test_values_sum_to_one_and_conjunctions_cohere(evidence: tuple[Evidence, ...]) -> None:
    j = judge(evidence)

    def p(j: Judgement, name: str) -> float:
        found = j.answer(name).posterior
        assert found is not None
        return found.value

    assert sum(p(j, v) for v in VALUES) == pytest.approx(1.0, abs=1e-9)
    assert p(j, "ab") == pytest.approx(p(j, "a") + p(j, "b"), abs=1e-9)
    assert p(j, "a_and_x") <= min(p(j, "a"), p(j, "x")) + 1e-12
    assert p(j, "a_and_x_and_yes") <= min(p(j, "a_and_x"), p(j, "yes")) + 1e-12
    for a in j.answers:
        assert a.posterior is not None
        assert 0.0 <= a.posterior.low <= a.posterior.value <= a.posterior.high <= 1.0


@FAST
@given(items, st.integers(1, 9), st.integers(1, 9))
def test_knowledge_only_grows(evidence: tuple[Evidence, ...], first: int, second: int) -> None:
    early, late = (f"2020-01-0{d}" for d in sorted((first, second)))
    seen = {d: {i.id for i in known_items(evidence, WORLDS, (), EXACT, AsOf.parse(d))} for d in (early, late)}
    assert seen[early] <= seen[late]
    known = tuple(e for e in evidence if e.public_from <= late)
    assert seen[late] == {e.id for e in known}
    assert odds(evidence, late) == odds(known)


@FAST
@given(items, log10)
def test_only_ratios_matter(evidence: tuple[Evidence, ...], shift: float) -> None:
    """Adding one number to all of an item's figures (another reference value) changes nothing."""
    moved = []
    for e in evidence:
        cells = {
            "who": list(VALUES), "two": ["yes", "no"], "child": ["x", "other"],
            "who+two": [f"{v}+{w}" for v in VALUES for w in ("yes", "no")],
        }[e.variable]  # fmt: skip
        rating = e.ratings[0]
        told = {c: rating.log10_lr.get(c, 0.0) + shift for c in cells}
        moved.append(e.model_copy(update={"ratings": (rating.model_copy(update={"log10_lr": told}),)}))
    assert odds(tuple(moved)) == pytest.approx(odds(evidence), abs=1e-9)


@FAST
@given(items)
def test_without_evidence_the_prior_and_with_rho_one_the_strongest(evidence: tuple[Evidence, ...]) -> None:
    all_one = EXACT.model_copy(update={"rho": 1.0})
    same = tuple(
        e.model_copy(update={"origin": "o", "id": e.id, "statement": e.statement})
        for e in evidence
        if e.variable == "two"
    )
    assume(same)
    told = known_items(same, WORLDS, (), all_one, None)
    used = [i.logs[1] * min(1.0, i.cap / max(float(np.ptp(i.logs[1])), 1e-9)) for i in told]
    best = np.max([x - x.min() for x in used], axis=0)
    assert log10_lr(same, "yes", all_one) == pytest.approx(best[0] - best[1], abs=1e-8)
