"""The link: counts, caps, the mimic gate, own data, abstaining, and the rule of the judgement."""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from unfog.campaigns import Entry, Observed
from unfog.campaigns.counts import Count, commonness, log10_ratio, reliability
from unfog.campaigns.link import Match, Part, compare, link, together
from unfog.campaigns.told import caveats_of, sentence_of
from unfog.model import Estimate

room = importlib.import_module("unfog.campaigns.link")
Make = Callable[..., Entry]


def seen(**traits: str | tuple[str, ...]) -> dict[str, Observed]:
    out = {}
    for k, v in traits.items():
        kind = k.replace("_", "-")
        out[kind] = Observed(kind, frozenset((v,) if isinstance(v, str) else v), "seen", "log", 3)
    return out


def background(entry: Make, n: int = 9, **traits: Any) -> list[Entry]:
    return [entry(f"other-{i}", documents="genuine", account_use="cultivated", **traits) for i in range(n)]


@pytest.fixture
def met_again(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Say how often traits were met again, instead of what ships."""

    def say(**counts: tuple[int, int]) -> None:
        table = {k.replace("_", "-"): Count(*v) for k, v in counts.items()}
        monkeypatch.setattr(room, "reliability", lambda kind, known="": table.get(kind, Count(0, 0)))

    return say


def part(parts: Sequence[Part], kind: str) -> Part:
    return next(p for p in parts if p.kind == kind)


def test_ratio_of_counts_is_that_of_the_posterior_means_within_n_plus_1() -> None:
    lr, cap = log10_ratio(Count(3, 3), Count(4, 9))
    assert lr.value == pytest.approx(math.log10((3.5 / 4) / (4.5 / 10)))
    assert not cap and lr.low < lr.value < lr.high
    high, rule = log10_ratio(Count(50, 50), Count(0, 9))
    assert high.value == pytest.approx(1.0) and "N+1" in rule
    low, _ = log10_ratio(Count(1, 1), Count(0, 99), miss=True)
    assert low.value == pytest.approx(-math.log10(2))


def test_more_campaigns_make_the_interval_narrower() -> None:
    wide, _ = log10_ratio(Count(3, 4), Count(3, 6))
    narrow, _ = log10_ratio(Count(300, 400), Count(300, 600))
    assert narrow.high - narrow.low < (wide.high - wide.low) / 5


def test_commonness_counts_operations_not_entries_and_leaves_its_own_out(entry: Make) -> None:
    own, part_of_own = entry("own", documents="forged"), entry("own-2", documents="forged")
    part_of_own = part_of_own.model_copy(update={"part_of": "own"})
    a, b = entry("a", documents="forged"), entry("b", documents="none")
    twin = entry("a-2", documents="forged").model_copy(update={"part_of": "a"})
    uncoded, later = entry("c"), entry("d", public="2021-01-01", documents="forged")
    count = commonness("documents", ["forged"], own, [own, part_of_own, a, twin, b, uncoded, later], "2020-01-01")
    assert (count.hits, count.of, count.who) == (1, 2, ("a",))


def test_shared_hosts_make_no_site_rare(entry: Make) -> None:
    own, other = entry("own", sites=("reddit.com", "tiny.example")), entry("o", sites="reddit.com")
    assert commonness("sites", own.traits[0].value, own, [own, other]).hits == 0
    parts = compare(own, [own, other], seen(sites=("reddit.com", "twitter.com")), act="2020-01-01")
    assert part(parts, "sites").outcome == "cannot compare"


def test_what_shows_supports_what_departs_opposes_and_the_rest_is_silent(
    entry: Make, met_again: Callable[..., None]
) -> None:
    met_again(documents=(3, 4), account_use=(3, 4))
    own = entry("own", documents="forged", account_use="single-use")
    entries = [own, *background(entry)]
    shows = compare(own, entries, seen(documents="forged", account_use=("single-use", "bulk")), act="2017-01-01")
    assert part(shows, "documents").outcome == "shows" and part(shows, "documents").log10_lr.value > 0
    assert part(shows, "account-use").outcome == "cannot compare" and not part(shows, "account-use").weighed
    departs = compare(own, entries, seen(documents="genuine"), act="2017-01-01")
    assert part(departs, "documents").outcome == "departs" and part(departs, "documents").log10_lr.value < 0
    assert part(departs, "account-use").why_not == "the tables do not tell it of this set"


def test_mimic_gate(entry: Make, met_again: Callable[..., None]) -> None:
    met_again(documents=(3, 4))
    own = entry("own", public="2019-06-22", documents="forged")
    entries = [own, *background(entry)]

    def mimic(word: str, act: str) -> Part:
        return part(compare(own, entries, seen(documents=word), act=act), "documents")

    public = mimic("forged", "2019-10-21")
    assert public.before_act and public.mimic == Estimate.exact(0.0) and public.log10_lr.value > 0
    secret = mimic("forged", "2019-06-21")
    assert not secret.before_act and secret.mimic == secret.log10_lr
    departs = mimic("genuine", "2019-10-21")
    assert departs.log10_lr.value < departs.mimic.value < 0.0 == departs.mimic.high


def test_an_earlier_description_that_tells_as_much_opens_the_gate(entry: Make, met_again: Callable[..., None]) -> None:
    met_again(documents=(3, 4))
    own = entry("own", public="2018-01-01", documents="forged")
    late = own.traits[0].model_copy(update={"public_from": "2021-01-01"})
    own = own.model_copy(update={"traits": (*own.traits, late)})
    assert part(
        compare(own, [own, *background(entry)], seen(documents="forged"), act="2019-01-01"), "documents"
    ).before_act


def test_a_trait_computed_from_the_cases_own_posts_says_nothing(entry: Make, met_again: Callable[..., None]) -> None:
    met_again(documents=(3, 4))
    own = entry("own", documents="forged")
    own = own.model_copy(
        update={"traits": (own.traits[0].model_copy(update={"computed_from": "someone/their-posts"}),)}
    )
    entries = [own, *background(entry)]
    blind = part(compare(own, entries, seen(documents="forged"), act="", own_data=("someone",)), "documents")
    assert not blind.weighed and "these very posts" in blind.why_not
    assert part(compare(own, entries, seen(documents="forged"), act="", own_data=("other",)), "documents").weighed


def test_without_repeats_or_background_it_is_not_calibratable(entry: Make, met_again: Callable[..., None]) -> None:
    own = entry("own", documents="forged", translations="yes")
    met_again(documents=(1, 1))
    only = compare(own, [own], seen(documents="forged", translations="yes"), act="")
    assert "no other campaign" in part(only, "documents").why_not
    assert (
        "described twice"
        in part(compare(own, [own, *background(entry)], seen(translations="yes"), act=""), "translations").why_not
    )
    assert link(own, only).verdict == "not calibratable"


def test_reliability_counts_a_campaign_once_and_only_what_was_public() -> None:
    assert reliability("account-use", "2019-12-02").of == 1
    later = reliability("account-use")
    assert later.of == 5 and later.hits == 3
    assert reliability("languages") == Count(0, 0)


def parts_of(*values: float) -> tuple[Part, ...]:
    kinds = ("documents", "account-use", "translations", "retry", "names")
    made = [Estimate(value=v, low=v - 0.2, high=v + 0.2) for v in values]
    return tuple(
        Part(
            k,
            "shows" if e.value > 0 else "departs",
            "",
            log10_lr=e,
            mimic=Estimate.exact(0.0),
            same=Count(5, 5),
            unrelated=Count(0, 9),
        )
        for k, e in zip(kinds, made, strict=False)
    )


def test_one_kind_of_evidence_is_one_group_and_duplicates_do_not_move_it_much() -> None:
    assert together(parts_of(1.0), 0.6)["all"].value == pytest.approx(1.0)
    assert together(parts_of(1.0, 1.0), 0.6)["all"].value == pytest.approx(2.0 / 1.6)
    assert together(parts_of(1.0, 1.0), 1.0)["all"].value == pytest.approx(1.0)
    both = together(parts_of(1.0, -0.5), 0.6)
    assert both["all"].value == pytest.approx(0.5) and set(both) == {"behavioural", "all"}
    technical = Part("indicators", "shows", "", log10_lr=Estimate.exact(0.8), same=Count(5, 5), unrelated=Count(0, 9))
    assert together((*parts_of(1.0), technical), 0.6)["all"].value == pytest.approx(1.8)


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        ((1.5, 1.5, 1.5), "linked"),
        ((-1.5, -1.5, -1.5), "unrelated"),
        ((0.5, 0.2, -0.4), "cannot tell"),
        ((3.0, 3.0), "cannot tell"),
        ((), "not calibratable"),
    ],
)
def test_verdicts(entry: Make, values: tuple[float, ...], verdict: str) -> None:
    assert link(entry("own"), parts_of(*values)).verdict == verdict


def test_a_link_says_what_is_left_without_each_trait(entry: Make) -> None:
    found = link(entry("own"), parts_of(0.9, -0.3, -0.3))
    assert found.without["documents"].value == pytest.approx(-0.6 / 1.6)
    assert found.without["account-use"].value == pytest.approx(0.6)
    assert "without documents the ratio would be 1/2.4" in sentence_of(found)
    assert not link(entry("own"), parts_of(0.9)).without
    against, for_ = caveats_of(found)[-1].split(" and against it ")
    assert "at most 10" in against and "at most 6:" in for_


def test_shared_indicators_are_technical_and_only_exclusive_ones_count(entry: Make) -> None:
    own = entry("own")
    counted = (Count(3, 3), Count(0, 20))
    (alone,) = compare(own, [own], {}, act="", match=Match((("host", "x.example", 1),), *counted))
    assert alone.weighed and alone.log10_lr.value == pytest.approx(math.log10(21))
    (shared,) = compare(own, [own], {}, act="", match=Match((("host", "x.example", 4),), *counted))
    assert not shared.weighed and "several" in shared.why_not
    (uncounted,) = compare(own, [own], {}, act="", match=Match((("host", "x.example", 1),), Count(0, 0), Count(0, 0)))
    assert not uncounted.weighed


def test_seeing_a_trait_never_opposes_and_missing_it_never_supports() -> None:
    common = Count(9, 10)
    shows, _ = log10_ratio(Count(1, 1), common)
    departs, _ = log10_ratio(Count(1, 1), common, miss=True)
    assert shows.value == shows.low == 0.0 <= shows.high
    assert departs.value == departs.high == 0.0 >= departs.low


def test_account_use_and_lead_account_count_once_unless_the_lead_is_the_exception(
    entry: Make, met_again: Callable[..., None]
) -> None:
    met_again(account_use=(3, 4), lead_account=(3, 4))
    own = entry("own", account_use="single-use", lead_account="single-use")
    entries = [own, *[entry(f"o{i}", account_use="bulk", lead_account="bulk") for i in range(9)]]
    once = compare(own, entries, seen(account_use="single-use", lead_account="single-use"), act="")
    assert part(once, "account-use").weighed and not part(once, "lead-account").weighed
    assert part(once, "lead-account").log10_lr.value == 0.0
    exception = compare(own, entries, seen(account_use="single-use", lead_account="cultivated"), act="")
    assert part(exception, "account-use").log10_lr.value > 0 > part(exception, "lead-account").log10_lr.value
