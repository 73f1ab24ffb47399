"""What an answer carries: words, confidence, sensitivity, time; and what is not answered."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest

from unfog.errors import EvidenceError
from unfog.judgement import Proposition, Settings, Uncollected, Variable, findings
from unfog.text.lint_findings import lint_findings
from unfog.text.yardstick import yardstick

ORIGIN = Variable(
    id="origin",
    values=("here", "there"),
    exhaustive_because="either",
    prior={"here": (0.2, 0.4), "there": (0.6, 0.8)},
    reference="r",
    reason="x",
)
DIRECTION = Variable(
    id="direction",
    values=("state", "none"),
    exhaustive_because="either",
    given="origin",
    prior_given={
        "here": {"state": (0.5, 0.7), "none": (0.3, 0.5)},
        "there": {"state": (0.0, 0.1), "none": (0.9, 1.0)},
    },
    reference="r",
    reason="x",
    names_state=True,
)
P_ORIGIN = Proposition(id="O", says="It came from here", when={"origin": ("here",)})
P_STATE = Proposition(id="S", says="A state directed it", when={"direction": ("state",)})
P_BOTH = Proposition(id="B", says="A state directed it from here", when={"origin": ("here",), "direction": ("state",)})


def test_conditional_priors_and_conjunctions_by_hand(kit: SimpleNamespace) -> None:
    # centres: here 0.3; state given here 0.6, given there 0.05
    told = kit.argued("e", {"state": 0.0, "none": 0.0}, variable="direction")
    j = kit.judge(told, variables=(ORIGIN, DIRECTION), propositions=(P_ORIGIN, P_STATE, P_BOTH))
    assert kit.percent(j, "O") == pytest.approx(30.0)
    assert kit.percent(j, "B") == pytest.approx(100 * 0.3 * 0.6)
    assert kit.percent(j, "S") == pytest.approx(100 * (0.3 * 0.6 + 0.7 * 0.05))


def test_evidence_on_a_child_moves_its_parent(kit: SimpleNamespace) -> None:
    j = kit.judge(
        kit.argued("e", {"state": 1.0}, variable="direction"),
        variables=(ORIGIN, DIRECTION),
        propositions=(P_ORIGIN, P_STATE, P_BOTH),
    )
    here, there = 0.3 * (0.6 * 9.1 + 0.4), 0.7 * (0.05 * 9.1 + 0.95)
    assert kit.percent(j, "O") == pytest.approx(100 * here / (here + there))


def test_a_state_is_not_named_from_the_prior_alone(kit: SimpleNamespace) -> None:
    j = kit.judge(
        kit.argued("e", {"here": 1.0}, variable="origin"),
        variables=(ORIGIN, DIRECTION),
        propositions=(P_ORIGIN, P_STATE, P_BOTH),
    )
    assert [a.status for a in j.answers] == ["answered", "cannot tell", "cannot tell"]
    assert j.answer("S").posterior is None
    assert "nothing in the evidence speaks to direction" in j.answer("S").sentence


def test_not_assessable_is_a_result(kit: SimpleNamespace) -> None:
    p = Proposition(id="P7", says="The posts changed the result", not_assessable="no measurement exists")
    (a,) = kit.judge(propositions=(p,)).answers
    assert (a.status, a.posterior) == ("not assessable", None)
    assert a.sentence == "Not assessable: The posts changed the result: no measurement exists."


def test_without_a_prior_only_ratios_and_the_curve(kit: SimpleNamespace) -> None:
    bare = kit.TWO.model_copy(update={"prior": {}, "reference": "", "reason": ""})
    j = kit.judge(kit.argued("e", {"yes": 1.0}), variables=(bare,), propositions=(kit.YES,))
    (a,) = j.answers
    assert a.status == "ratios"
    assert a.posterior is None and a.wording is None
    assert a.log10_lr.value == pytest.approx(math.log10(9.1))
    assert "likelihood ratio of 9.1" in a.sentence
    half = min(a.prior_curve, key=lambda row: abs(row[0] - 0.5))
    assert half[2] == pytest.approx(9.1 / 10.1)
    assert not any("%" in f.sentence.replace("90 % interval", "") for f in findings(j) if f.kind == "answer")


def test_prior_curve_and_where_words_begin(kit: SimpleNamespace) -> None:
    a = kit.judge(kit.argued("e", {"yes": 1.0})).answer("Q")
    for prior, low, middle, high in a.prior_curve:
        odds = prior / (1 - prior) * 9.1
        assert middle == pytest.approx(odds / (1 + odds))
        assert low <= middle <= high
    begins = {w.word: w.prior_needed for w in a.word_begins}
    assert begins["almost certain"] == pytest.approx(100 * (19 / 9.1) / (1 + 19 / 9.1))


def test_intervals_span_priors_and_ratings(kit: SimpleNamespace) -> None:
    s = Settings(draws=4000, time_draws=100)
    item = kit.argued("e", {}, raters=[{"yes": 0.2}, {"yes": 0.8}])
    p = kit.judge(item, settings=s).answer("Q").posterior
    # the item's 90 % interval spans the raters: log10 0.2 to 0.8 before the discount
    ends = [0.1 + 0.9 * 10**x for x in (0.2, 0.8)]
    low, high = (x / (1 + x) for x in ends)
    assert p.low == pytest.approx(low, abs=0.01)
    assert p.high == pytest.approx(high, abs=0.01)


def test_leave_one_group_out_tornado_and_flips(kit: SimpleNamespace) -> None:
    big, small = kit.argued("big", {"yes": 1.0}), kit.argued("small", {"yes": 0.3})
    j = kit.judge(big, small)
    a = j.answer("Q")
    only_small = kit.percent(kit.judge(small))
    assert a.removals[0].group == "origin of big"
    assert a.removals[0].percent == pytest.approx(only_small)
    assert [r.move for r in a.removals] == sorted((r.move for r in a.removals), key=lambda m: -abs(m))
    assert {f.kind for f in a.flips} >= {"log10_lr", "prior", "group"}
    word = yardstick("phia").word_at(kit.percent(j)).term
    for f in a.flips:
        assert f.word != word
        if f.kind == "prior":
            odds = f.at / (100 - f.at) * 10**a.log10_lr.value
            edge = 100 * odds / (1 + odds)
            near = {yardstick("phia").word_at(max(edge + d, 0)).term for d in (-1e-3, 1e-3)}
            assert len(near) == 2  # a word begins exactly there
    assert all(b.low <= kit.percent(j) + 1e-6 or b.kind == "rater" for b in a.tornado)


def test_rho_is_shown_from_three_to_nine(kit: SimpleNamespace) -> None:
    a = kit.judge(*[kit.argued(n, {"yes": 0.5}, origin="o") for n in "abc"]).answer("Q")
    assert list(a.rho_shown) == ["0.3", "0.6", "0.9"]
    assert a.rho_shown["0.3"] > a.rho_shown["0.6"] > a.rho_shown["0.9"]


class TestConfidence:
    def good(self, kit: SimpleNamespace, name: str, kind: str, lr: float = 0.6) -> object:
        return kit.argued(name, {"yes": lr}, kind=kind, archived=True, grade="A2")

    def test_high_needs_two_kinds(self, kit: SimpleNamespace) -> None:
        kinds = ["technical", "behavioural", "technical", "behavioural", "technical"]
        two = kit.judge(*[self.good(kit, f"e{k}", kind) for k, kind in enumerate(kinds)]).answer("Q").confidence
        one = kit.judge(*[self.good(kit, f"e{k}", "technical") for k in range(5)]).answer("Q").confidence
        assert two.level == "high"
        assert one.level == "moderate"
        assert "two of the three kinds" in one.gates[0]

    def test_a_binding_gate_is_said(self, kit: SimpleNamespace) -> None:
        a = kit.judge(*[self.good(kit, f"e{k}", "technical") for k in range(5)]).answer("Q")
        assert "two of the three kinds" in a.confidence_sentence
        poor = kit.judge(kit.argued("e", {"yes": 0.5})).answer("Q")
        assert "gate" not in poor.confidence_sentence and ";" not in poor.confidence_sentence

    def test_one_carrying_group_cannot_be_high(self, kit: SimpleNamespace) -> None:
        items = [self.good(kit, "big", "technical", 1.0), self.good(kit, "b", "behavioural", 0.2)]
        c = kit.judge(*items).answer("Q").confidence
        assert c.carrying == "origin of big"
        assert c.level != "high"

    def test_reliability_is_the_share_from_archived_a_or_b(self, kit: SimpleNamespace) -> None:
        kept = kit.argued("a", {"yes": 0.5}, archived=True)
        loose = kit.argued("b", {"yes": 0.5})
        poor = kit.argued("c", {"yes": -0.5}, archived=True, grade="C2")
        c = kit.judge(kept, loose, poor).answer("Q").confidence
        a_or_b, as_c = (math.log10(1 - r + r * 10**0.5) for r in (0.9, 0.65))
        assert c.reliability.value == pytest.approx(a_or_b / (2 * a_or_b + as_c))

    def test_gates_bind_confidence_and_not_the_word(self, kit: SimpleNamespace) -> None:
        a = kit.judge(*[self.good(kit, f"e{k}", "technical", 1.0) for k in range(5)]).answer("Q")
        assert a.confidence.level != "high"
        assert a.wording.word == "almost certain"

    def test_nothing_said_is_low(self, kit: SimpleNamespace) -> None:
        assert kit.judge().answer("Q").confidence.level == "low"

    def test_likelihood_and_confidence_never_share_a_sentence(self, kit: SimpleNamespace) -> None:
        a = kit.judge(self.good(kit, "a", "technical")).answer("Q")
        assert "confidence" not in a.sentence
        assert "%" not in a.confidence_sentence and "likely" not in a.confidence_sentence


def test_through_time(kit: SimpleNamespace) -> None:
    items = [
        kit.argued("a", {"yes": 0.5}, public_from="2019-10-21"),
        kit.argued("b", {"yes": 0.5}, public_from="2019-12"),  # known at the end of the month
        kit.argued("c", {"yes": -0.5}, public_from="2020-07-16"),
    ]
    j = kit.judge(*items)
    points = j.through_time["Q"]
    assert [(p.date, p.new) for p in points] == [("2019-10-21", ("a",)), ("2019-12-31", ("b",)), ("2020-07-16", ("c",))]
    for p in points:
        assert p.percent == pytest.approx(kit.percent(kit.judge(*items, as_of=p.date)), abs=1e-7)


def test_as_of_does_not_see_later_items(kit: SimpleNamespace) -> None:
    early = kit.argued("a", {"yes": 0.5}, public_from="2019-10-21")
    late = kit.argued("b", {"yes": 0.5}, public_from="2019-12")
    then = kit.judge(early, late, as_of="2019-12-30")
    assert [e.id for e in then.evidence] == ["a"]
    assert kit.percent(then) == pytest.approx(kit.percent(kit.judge(early)))


def test_a_measured_item_without_a_date_counts_from_the_as_of_date(kit: SimpleNamespace) -> None:
    early = kit.argued("a", {"yes": 0.5}, public_from="2019-10-21")
    bare = kit.measured("m", 0.5, public_from="")
    j = kit.judge(early, bare, as_of="2019-12-02")
    assert [(p.date, p.new) for p in j.through_time["Q"]] == [("2019-10-21", ("a",)), ("2019-12-02", ("m",))]
    assert "not dated by its room" in j.evidence[1].caveats[-1]
    with pytest.raises(EvidenceError, match="m: public_from is missing"):
        kit.judge(early, bare)
    with pytest.raises(EvidenceError, match="x: public_from is missing"):
        kit.judge(kit.argued("x", {"yes": 0.5}, public_from=""), as_of="2019-12-02")


def test_expected_information_gain_by_hand(kit: SimpleNamespace) -> None:
    sure = {"yes": {"+": 1.0, "-": 0.0}, "no": {"+": 0.0, "-": 1.0}}
    half = {"yes": {"+": 0.75, "-": 0.25}, "no": {"+": 0.25, "-": 0.75}}
    none = {"yes": {"+": 0.5, "-": 0.5}, "no": {"+": 0.5, "-": 0.5}}
    asked = [Uncollected(id=f"U{k}", statement="s", variable="q", outcomes=o) for k, o in enumerate((none, half, sure))]
    j = kit.judge(uncollected=asked)
    bits = {n.id: n.bits["Q"] for n in j.next_best}
    assert [n.id for n in j.next_best] == ["U2", "U1", "U0"]
    assert bits["U2"] == pytest.approx(1.0)
    assert bits["U1"] == pytest.approx(1 - (-(0.75 * math.log2(0.75) + 0.25 * math.log2(0.25))))
    assert bits["U0"] == 0.0


def test_findings_are_of_the_promised_kinds_and_lint_clean(kit: SimpleNamespace) -> None:
    j = kit.judge(
        kit.argued("a", {"yes": 0.5}),
        kit.measured("m", 0.7),
        uncollected=[
            Uncollected(
                id="U",
                statement="Ask",
                variable="q",
                outcomes={"yes": {"+": 0.9, "-": 0.1}, "no": {"+": 0.1, "-": 0.9}},
            )
        ],
    )
    found = findings(j)
    assert [f.id for f in found] == [
        "judgement.answer.q",
        "judgement.answer.p1",
        "judgement.evidence",
        "judgement.through-time",
        "judgement.next-best",
        "judgement.circular",
    ]
    assert lint_findings({"standard": "phia", "findings": [f.model_dump(mode="json") for f in found]}) == ()
    data = found[0].data
    assert {d["basis"] for d in data["drivers"]} == {"measured", "argued"}
    assert data["percent"] == pytest.approx(kit.percent(j))
    assert data["words"]["word"]


def test_deterministic_and_independent_of_order(kit: SimpleNamespace) -> None:
    items = [kit.argued(n, {"yes": 0.1 * k - 0.3}, origin="abc"[k % 3]) for k, n in enumerate("abcdefgh")]
    first = kit.judge(*items, variables=(kit.TWO, kit.FOUR)).model_dump_json(by_alias=True)
    rng = np.random.default_rng(1)
    for _ in range(3):
        mixed = [items[k] for k in rng.permutation(len(items))]
        assert kit.judge(*mixed).model_dump_json(by_alias=True) == first


def test_document_round_trips(kit: SimpleNamespace) -> None:
    j = kit.judge(kit.argued("a", {"yes": 0.5}))
    again = type(j).model_validate_json(j.model_dump_json(by_alias=True))
    assert again == j
    assert j.model_dump(by_alias=True)["schema"] == "unfog.judgement/1"
