"""Laws that links keep whatever the numbers: bounds, monotony, symmetry, order, and agreement with plain Python."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unfog.campaigns import Entry, EntryIndicator, Klass
from unfog.campaigns.counts import Count, log10_ratio
from unfog.campaigns.indicators import indicator_table, match_table
from unfog.campaigns.link import Part, together
from unfog.campaigns.profile import Profile, likeness
from unfog.campaigns.techniques import jaccard
from unfog.engine import DuckEngine
from unfog.model import Estimate

counts = st.integers(0, 40).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))).map(lambda t: Count(*t))


@given(counts, counts, st.booleans())
@settings(max_examples=60, deadline=None)
def test_a_ratio_of_counts_never_leaves_n_plus_1_and_holds_its_value(same: Count, other: Count, miss: bool) -> None:
    lr, _ = log10_ratio(same, other, miss=miss)
    assert -math.log10(same.of + 1) - 1e-9 <= lr.low <= lr.value <= lr.high <= math.log10(other.of + 1) + 1e-9


@given(st.integers(1, 30), st.integers(0, 29), counts)
@settings(max_examples=40, deadline=None)
def test_met_more_often_is_worth_more_and_commoner_is_worth_less(of: int, hits: int, other: Count) -> None:
    hits = min(hits, of - 1)
    less, more = (log10_ratio(Count(h, of), other)[0].value for h in (hits, hits + 1))
    assert more >= less - 1e-12
    rare, common = (log10_ratio(Count(hits, of), Count(h, of))[0].value for h in (hits, hits + 1))
    assert common <= rare + 1e-12


values = st.lists(st.floats(-2, 2, allow_nan=False), min_size=1, max_size=5)
KINDS = ("documents", "account-use", "translations", "retry", "names")


def parts(numbers: list[float]) -> list[Part]:
    return [Part(k, "shows", "", log10_lr=Estimate.exact(v)) for k, v in zip(KINDS, numbers, strict=False)]


@given(values, st.floats(0, 1))
@settings(max_examples=80, deadline=None)
def test_the_sum_is_between_strongest_alone_and_all_and_order_does_not_matter(numbers: list[float], rho: float) -> None:
    total = together(parts(numbers), rho)["all"].value
    for_, against = [v for v in numbers if v > 0], [-v for v in numbers if v < 0]
    low = max(for_, default=0.0) - sum(against)
    high = sum(for_) - max(against, default=0.0)
    assert low - 1e-9 <= total <= high + 1e-9
    assert together(parts(numbers[::-1]), rho)["all"].value == pytest.approx(total)


@given(values, st.floats(0.0, 1.0), st.floats(0.01, 2.0))
@settings(max_examples=40, deadline=None)
def test_adding_support_never_lowers(numbers: list[float], rho: float, more: float) -> None:
    before = together(parts(numbers[:4]), rho)["all"].value
    after = together(parts([*numbers[:4], more]), rho)["all"].value
    assert after >= before - 1e-9


shares = st.lists(st.floats(0.0, 1.0), min_size=6, max_size=6).filter(lambda v: sum(v) > 0.1)


@given(shares, shares)
@settings(max_examples=40, deadline=None)
def test_likeness_is_symmetric_and_one_with_itself(a: list[float], b: list[float]) -> None:
    p, q = (Profile(100, 20, {k: np.array(v) / sum(v) for k in ("hour", "days")}) for v in (a, b))
    one, two = likeness(p, q), likeness(q, p)
    assert one is not None and two is not None
    assert one == pytest.approx(two) and -1e-9 <= one <= 1 + 1e-9
    assert likeness(p, p) == pytest.approx(1.0)


codes = st.frozensets(st.sampled_from([f"T00{i:02d}.00{j}" for i in range(6) for j in range(3)]), max_size=8)


@given(codes, codes)
def test_overlap_is_symmetric_between_0_and_1(a: frozenset[str], b: frozenset[str]) -> None:
    for level in ("exact", "parent"):
        assert 0 <= jaccard(a, b, level) == jaccard(b, a, level) <= 1
    assert not a or jaccard(a, a) == 1


label = st.text("abcdefghij", min_size=1, max_size=6)
hosts = st.lists(label, min_size=1, max_size=3).map(lambda ls: ".".join([*ls, "org"]))


@given(st.lists(hosts, max_size=8), st.lists(hosts, max_size=12))
@settings(max_examples=25, deadline=None)
def test_the_join_agrees_with_plain_python(known: list[str], seen: list[str]) -> None:
    entries = [
        Entry(
            id=f"e{i}", name="x", klass=Klass.COVERT, known_from="2020",
            indicators=(EntryIndicator(kind="domain-name", value=h, public_from="2020"),),
        )
        for i, h in enumerate(known)
    ]  # fmt: skip
    with DuckEngine(memory="500MB", threads=1) as engine:
        table = match_table(engine, entries, indicator_table([("domain-name", h, str(i)) for i, h in enumerate(seen)]))
    found = {(r["campaign_id"], r["key"]) for r in table.to_pylist()}

    def bare(h: str) -> str:
        head, _, rest = h.partition(".")
        return rest if head in ("www", "m", "amp", "mobile") else h

    wanted = {
        (f"e{i}", bare(k))
        for i, k in enumerate(known)
        for s in seen
        if bare(s) == bare(k) or bare(s).endswith("." + bare(k))
        if bare(k).count(".") and bare(k).count(".") >= bare(s).count(".") - 3
    }
    assert found == wanted
