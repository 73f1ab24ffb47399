"""Each rule against a figure worked out by hand; the same figures stand in docs/explanation/judgement.md."""

from __future__ import annotations

import math
from types import SimpleNamespace

import pytest

from unfog.judgement import Caps, Settings
from unfog.model import MeasuredBy


def near(x: float) -> object:
    return pytest.approx(x, abs=1e-6)


def test_no_evidence_gives_the_prior_back(kit: SimpleNamespace) -> None:
    assert kit.percent(kit.judge()) == near(50.0)


def test_admiralty_discount(kit: SimpleNamespace) -> None:
    # LR 10 from a B2 source (0.85): 0.15 + 0.85 x 10 = 8.65; odds 8.65 : 1
    j = kit.judge(kit.argued("e", {"yes": 1.0}, grade="B2"))
    assert kit.percent(j) == near(100 * 8.65 / 9.65)


def test_discount_treats_for_and_against_alike(kit: SimpleNamespace) -> None:
    j = kit.judge(kit.argued("e", {"yes": -1.0}, grade="B2"))
    assert kit.percent(j) == near(100 * 1 / 9.65)


def test_the_lower_of_two_grades_counts_and_not_their_product(kit: SimpleNamespace) -> None:
    j = kit.judge(kit.argued("e", {"yes": 1.0}, grade="A4"))  # 0.40, not 0.95 x 0.40
    assert kit.percent(j) == near(100 * 4.6 / 5.6)


def test_one_missing_axis_leaves_the_other(kit: SimpleNamespace) -> None:
    j = kit.judge(kit.argued("e", {"yes": 1.0}, grade="F2"))
    assert kit.percent(j) == near(100 * 9.1 / 10.1)


def test_f6_is_missing_and_weighs_nothing(kit: SimpleNamespace) -> None:
    j = kit.judge(kit.argued("e", {"yes": 1.0}, grade="F6"))
    assert kit.percent(j) == near(50.0)
    assert "missing" in j.evidence[0].left_out


def test_grade_one_needs_another_origin(kit: SimpleNamespace) -> None:
    alone = kit.judge(kit.argued("e", {"yes": 1.0}, grade="A1"))
    assert kit.percent(alone) == near(100 * 9.1 / 10.1)  # counted as 2: 0.90
    assert any("corroborating" in n for n in alone.evidence[0].notes)
    # with a corroborating item of another origin: min(0.95, 0.98) = 0.95
    seen = kit.argued("s", {"yes": 0.0, "no": 0.0}, origin="elsewhere")
    backed = kit.judge(kit.argued("e", {"yes": 1.0}, grade="A1", corroborated_by=["s"]), seen)
    assert kit.percent(backed) == near(100 * 9.55 / 10.55)
    # the same origin does not corroborate
    echo = kit.argued("s", {"yes": 0.0, "no": 0.0}, origin="ORIGIN of e")
    assert kit.percent(kit.judge(kit.argued("e", {"yes": 1.0}, grade="A1", corroborated_by=["s"]), echo)) == near(
        100 * 9.1 / 10.1
    )


def test_prefix_rule_within_a_group(kit: SimpleNamespace) -> None:
    # two items of LR 9.1, one origin: 2 x 0.959041 / 1.6 = 1.198802 -> LR 15.8053
    two = [kit.argued(n, {"yes": 1.0}, origin="o") for n in "ab"]
    lr = 10 ** (2 * math.log10(9.1) / 1.6)
    assert lr == pytest.approx(15.8053, abs=1e-4)
    assert kit.percent(kit.judge(*two)) == near(100 * lr / (1 + lr))


def test_a_weak_item_does_not_water_down_a_strong_one(kit: SimpleNamespace) -> None:
    strong = kit.argued("a", {"yes": 1.0}, origin="o")
    weak = kit.argued("b", {"yes": 0.05}, origin="o")
    assert kit.percent(kit.judge(strong, weak)) == near(kit.percent(kit.judge(strong)))


def test_support_and_opposition_in_a_group_are_counted_apart(kit: SimpleNamespace) -> None:
    # 1.198802 for, 0.959041 against
    items = [kit.argued(n, {"yes": 1.0}, origin="o") for n in "ab"] + [kit.argued("c", {"yes": -1.0}, origin="o")]
    log = 2 * math.log10(9.1) / 1.6 - math.log10(9.1)
    assert kit.percent(kit.judge(*items)) == near(100 * 10**log / (1 + 10**log))


def test_two_origins_add_up(kit: SimpleNamespace) -> None:
    items = [kit.argued(n, {"yes": 1.0}) for n in "ab"]
    assert kit.percent(kit.judge(*items)) == near(100 * 9.1**2 / (1 + 9.1**2))


def test_caps(kit: SimpleNamespace) -> None:
    # an argued item: 90.1 -> 10
    j = kit.judge(kit.argued("e", {"yes": 2.0}))
    assert kit.percent(j) == near(100 * 10 / 11)
    assert j.answer("Q").caps == ("e: argued item: at most 10",)
    # a group without assumed dependence: 10^6 -> 100
    loose = Settings(rho=0.0, rater_spread=0.0, draws=200, time_draws=100)
    group = kit.judge(*[kit.argued(f"e{k}", {"yes": 2.0}, origin="o") for k in range(6)], settings=loose)
    assert kit.percent(group) == near(100 * 100 / 101)
    # five groups: 10^5 -> 1,000
    overall = kit.judge(*[kit.argued(f"e{k}", {"yes": 2.0}) for k in range(5)])
    assert kit.percent(overall) == near(100 * 1000 / 1001)
    assert "q: argued evidence overall: at most 1000" in overall.answer("Q").caps


def test_a_split_group_stays_under_the_cap_of_the_whole(kit: SimpleNamespace) -> None:
    split = [
        kit.argued(f"e{k}", {"yes": 2.0}, origin="o", apart_because="another desk of the same house") for k in range(6)
    ]
    j = kit.judge(*split)
    assert kit.percent(j) == near(100 * 100 / 101)
    assert len(j.groups) == 1
    assert len(j.groups[0].split_because) == 6


def test_measured_items_are_capped_by_their_number_of_campaigns(kit: SimpleNamespace) -> None:
    by = MeasuredBy(calibrator="c", n_same=999, n_different=24)
    assert kit.percent(kit.judge(kit.measured("m", 3.0, measured_by=by))) == near(100 * 25 / 26)
    against = MeasuredBy(calibrator="c", n_same=9, n_different=999)
    assert kit.percent(kit.judge(kit.measured("m", -3.0, measured_by=against))) == near(100 * 1 / 11)
    cohorts = MeasuredBy(calibrator="c", n_different=24, unit="organic cohorts (by month)", is_bound=True)
    bound = kit.judge(kit.measured("m", 3.0, measured_by=cohorts))
    assert kit.percent(bound) == near(100 * 25 / 26)
    assert "m: a bound; it is worth at most this" in bound.answer("Q").caps
    accounts = MeasuredBy(calibrator="c", n_same=999, n_different=999, unit="accounts")
    assert kit.percent(kit.judge(kit.measured("m", 3.0, measured_by=accounts))) == near(100 * 10 / 11)


def test_measured_items_are_not_under_the_argued_cap(kit: SimpleNamespace) -> None:
    j = kit.judge(*[kit.measured(f"m{k}", 2.5) for k in range(2)])
    assert kit.percent(j) == near(100 * 1e5 / (1 + 1e5))


def test_cap_settings_are_used(kit: SimpleNamespace) -> None:
    s = Settings(caps=Caps(item=3.0), rater_spread=0.0, draws=200, time_draws=100)
    assert kit.percent(kit.judge(kit.argued("e", {"yes": 1.0}), settings=s)) == near(75.0)


def test_selected_by_the_trait_weighs_nothing(kit: SimpleNamespace) -> None:
    j = kit.judge(kit.measured("m", 2.0, selected_on_trait=True, selected_by="Reddit"))
    assert kit.percent(j) == near(50.0)
    assert "chose the set" in j.evidence[0].left_out


def test_absence_counts_only_as_far_as_the_search_reached(kit: SimpleNamespace) -> None:
    # not found; were the answer yes, finding nothing would be 0.01 as probable. Power 0.5: 0.5 + 0.5 x 0.01 = 0.505
    item = kit.measured("m", -2.0, absence=True, search_power=0.5)
    assert kit.percent(kit.judge(item)) == near(100 * 0.505 / 1.505)
    blind = kit.judge(kit.measured("m", -2.0, absence=True))
    assert kit.percent(blind) == near(50.0)
    assert "could have found" in blind.evidence[0].left_out
    assert kit.percent(kit.judge(kit.measured("m", -2.0, absence=True, search_power=0.0))) == near(50.0)


def test_a_vague_rival_pays(kit: SimpleNamespace) -> None:
    # "yes" said hit at 0.8; "no" could live with anything: 0.25 each. LR 3.2, graded A2: 0.1 + 0.9 x 3.2 = 2.98
    told = {"yes": {"hit": 0.8, "a": 0.1, "b": 0.05, "c": 0.05}, "no": {"hit": 0.25, "a": 0.25, "b": 0.25, "c": 0.25}}
    item = kit.argued("e", {}, raters=[]).model_dump() | {
        "observed": "hit",
        "ratings": [{"by": "r", "on": "2020-01-01", "reason": "t", "outcomes": told}],
    }
    from unfog.judgement import evidence_from

    assert kit.percent(kit.judge(evidence_from(item))) == near(100 * 2.98 / 3.98)


def test_mimic_gate(kit: SimpleNamespace) -> None:
    lr = {"same": 1.0}
    item = kit.argued("e", lr, variable="who", reference="alone", act_at="2019-10-21")
    fresh = kit.judge(item)
    public = kit.judge(item.model_copy(update={"trait_public_from": "2019-06-22"}))
    later = kit.judge(item.model_copy(update={"trait_public_from": "2019-12-02"}))
    assert kit.percent(later, "P1") == near(kit.percent(fresh, "P1"))
    post = {v: e.value for v, e in public.variables[1].posterior.items()}
    prior = {v: e.value for v, e in public.variables[1].prior.items()}
    assert post["same"] / post["mimic"] == near(prior["same"] / prior["mimic"])  # LR 1 against an imitator
    assert post["same"] / post["alone"] == near(9.1 * prior["same"] / prior["alone"])  # all of it against the rest
    assert any("mimic gate" in n for n in public.evidence[0].notes)


def test_mimic_gate_lets_measured_mimic_evidence_through(kit: SimpleNamespace) -> None:
    item = kit.measured("m", 1.0, contrast="mimic", trait_public_from="2019-06-22", act_at="2019-10-21")
    j = kit.judge(item)
    post = {v: e.value for v, e in j.variables[1].posterior.items()}
    prior = {v: e.value for v, e in j.variables[1].prior.items()}
    assert post["same"] / post["mimic"] == pytest.approx(10 * prior["same"] / prior["mimic"])


def test_raters_are_merged_by_their_median(kit: SimpleNamespace) -> None:
    j = kit.judge(kit.argued("e", {}, raters=[{"yes": 0.2}, {"yes": 0.6}], grade="A2"))
    lr = 0.1 + 0.9 * 10**0.4
    assert kit.percent(j) == near(100 * lr / (1 + lr))
    assert set(j.answer("Q").raters) == {"r0", "r1"}
    assert j.answer("Q").raters["r0"] < j.answer("Q").raters["r1"]


def test_raters_far_apart_are_told(kit: SimpleNamespace) -> None:
    j = kit.judge(kit.argued("e", {}, raters=[{"yes": -0.3}, {"yes": 0.3}]))
    assert [(g.item, g.value, g.why) for g in j.rater_gaps] == [("e", "yes", "opposite directions")]


def test_pair_of_variables(kit: SimpleNamespace) -> None:
    item = kit.argued("e", {"yes+same": 1.0}, variable="q+who", reference="no+alone")
    j = kit.judge(item)
    prior = {v: e.value for v, e in j.variables[1].prior.items()}["same"]
    # only the worlds with both answers gain 9.1
    same = (0.5 * prior * 9.1 + 0.5 * prior) / (1 - 0.5 * prior + 0.5 * prior * 9.1)
    assert kit.percent(j, "P1") == near(100 * same)
