"""Site networks, technique overlap and behaviour profiles."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest

from unfog.campaigns import techniques
from unfog.campaigns.names import Ordinary, fit_names, grams
from unfog.campaigns.networks import site_groups, tiers
from unfog.campaigns.profile import Profile, likeness, profile
from unfog.engine import DuckEngine
from unfog.errors import InferenceError

ORDINARY = [f"{w}post.example" for w in ("morning", "evening", "river", "hill", "lake", "wood", "stone", "field")]
NETWORK = [f"{w}-today-news.com" for w in ("alton", "brent", "corby", "derby", "ely", "fleet", "goole")]


def test_a_name_built_like_the_network_scores_higher_than_a_stranger() -> None:
    ordinary = Ordinary.of(ORDINARY)
    inside = ordinary.score("hull-today-news.com", NETWORK)
    assert inside > ordinary.score("riverpost.example", NETWORK) > -1
    assert inside == pytest.approx(ordinary.score("hull-today-news.com", NETWORK[::-1]))
    assert ordinary.score(NETWORK[0], NETWORK) == pytest.approx(ordinary.score(NETWORK[0], NETWORK[1:]))
    assert ordinary.score("hull.example", []) == pytest.approx(0.0)
    assert "^hul" in grams("www.hull.com")
    with pytest.raises(InferenceError):
        Ordinary.of([])


def test_a_score_is_held_against_the_networks_own_sites() -> None:
    ordinary = Ordinary.of(ORDINARY)
    inside, stranger = (ordinary.anchored([s], NETWORK) for s in ("hull-today-news.com", "riverpost.example"))
    assert inside > 0.5 and stranger < -0.5
    assert ordinary.anchored([NETWORK[0]], NETWORK) == pytest.approx(ordinary.anchored([NETWORK[0]], NETWORK[1:]))
    mixed = [*NETWORK[:4], "xyzzy.net", "quux.org", "plugh.info"]  # a network that takes any name tells less
    assert abs(ordinary.anchored(["hull-today-news.com"], mixed)) < inside
    for sites, network in ((["a.com"], NETWORK[:1]), ([], NETWORK)):
        with pytest.raises(InferenceError):
            ordinary.anchored(sites, network)


def test_name_model_stays_within_its_operators() -> None:
    pairs = [([s], NETWORK) for s in NETWORK] + [([s], NETWORK) for s in ORDINARY]
    same = [True] * len(NETWORK) + [False] * len(ORDINARY)
    model = fit_names(pairs, same, Ordinary.of(ORDINARY), n_operators=3)
    assert 0 < model.log10_lr(["hull-today-news.com"], NETWORK) <= np.log10(4) + 1e-9
    assert model.log10_lr(["riverpost.example"], NETWORK) < 0


def test_tiers_print_their_operators_and_uncounted_kinds_have_no_weight() -> None:
    found = {t.kind: t for t in tiers()}
    assert found["ip"].n_operators == 2 and 0 < found["ip"].log10_lr.value <= np.log10(3) + 1e-9
    assert found["analytics-id"].log10_lr.value == 0 and "not calibratable" in found["analytics-id"].note


def ids(*rows: tuple[str, str, str, str]) -> pa.Table:
    return pa.table({k: [r[i] for r in rows] for i, k in enumerate(("site", "kind", "value", "owner"))})


def test_groups_follow_ids_and_parking_addresses_do_not_tie(engine: DuckEngine) -> None:
    rows = [
        ("a", "ip", "1.1.1.1", ""),
        ("b", "ip", "1.1.1.1", ""),
        ("b", "ip", "2.2.2.2", ""),
        ("c", "ip", "2.2.2.2", ""),
        ("d", "ip", "3.3.3.3", ""),
        *((f"p{i}", "ip", "9.9.9.9", f"owner{i}") for i in range(4)),
    ]
    groups = site_groups(engine, ids(*rows))
    assert [g.sites for g in groups] == [("a", "b", "c")]
    assert groups[0].dropped == ("ip 9.9.9.9",) and groups[0].ids == (("ip", "1.1.1.1", 2), ("ip", "2.2.2.2", 2))
    assert site_groups(engine, ids(*rows), at_least=9.0) == ()
    assert site_groups(engine, ids(("a", "css", "x", ""), ("b", "css", "x", ""))) == ()


def test_many_sites_on_one_id_stay_linear(engine: DuckEngine) -> None:
    n = 20_000
    table = pa.table(
        {"site": [f"s{i}" for i in range(n)], "kind": ["ip"] * n, "value": ["1.1.1.1"] * n, "owner": [""] * n}
    )
    (group,) = site_groups(engine, table)
    assert len(group.sites) == n


def test_technique_overlap_is_learned_by_level() -> None:
    coded = {"a": ["T0001.001", "T0002"], "b": ["T0001.002", "T0003"], "c": ["T0009"], "empty": []}
    got = techniques.learn(coded, [("op", ["T0001.001"], ["T0001.001", "T0002"])], [frozenset({"a", "c"})])
    assert got["incidents"] == 3 and got["exact"]["pairs"] == 2
    assert got["exact"]["percentiles"][100] == 0.0 and got["parent"]["percentiles"][100] == pytest.approx(
        1 / 3, abs=1e-4
    )
    assert got["exact"]["same"] == [["op", 0.5]]


def test_shipped_overlap_is_the_measured_one_and_says_it_is_weak() -> None:
    d = techniques.learned()
    assert d["incidents"] == 62
    assert d["exact"]["percentiles"][95] == pytest.approx(0.20, abs=0.005)
    assert d["parent"]["percentiles"][95] == pytest.approx(0.667, abs=0.005)
    told = techniques.overlap_bound(frozenset({"T0115"}), frozenset({"T0115", "T0116"}))
    assert "no likelihood ratio is given" in told and "at most" in told
    assert techniques.tail(0.0, "exact") == 1.0 and 0 < techniques.tail(1.0, "exact") < 0.05


def posts(engine: DuckEngine, hour: int, n_accounts: int = 20, handle: str = "name{}") -> Profile:
    start = datetime(2020, 1, 6)
    rows = [
        (handle.format(chr(97 + a)), start + timedelta(days=d, hours=hour, minutes=a))
        for a in range(n_accounts)
        for d in range(10)
    ]
    engine.put(
        "some_posts",
        pa.table(
            {"account_id": [r[0] for r in rows], "happened_at": pa.array([r[1] for r in rows], pa.timestamp("us"))}
        ),
    )
    return profile(engine, "some_posts")


def test_profiles_are_alike_when_behaviour_is(engine: DuckEngine) -> None:
    one, same, other = posts(engine, 9), posts(engine, 9), posts(engine, 21, handle="x{}99")
    assert likeness(one, same) == pytest.approx(1.0)
    a, b = likeness(one, other), likeness(other, one)
    assert a is not None and a == b and a < 0.8
    assert all(p.sum() == pytest.approx(1.0) for p in one.parts.values()) and set(one.parts) == {
        "hour",
        "weekday",
        "posts",
        "days",
        "pause",
        "handle",
    }


def test_small_or_anonymous_sets_have_fewer_parts(engine: DuckEngine) -> None:
    tiny = posts(engine, 9, n_accounts=3)
    assert not tiny.parts and likeness(tiny, posts(engine, 9)) is None
    engine.put("some_posts", pa.table({"account_id": ["a"], "happened_at": pa.array([None], pa.timestamp("us"))}))
    assert profile(engine, "some_posts").n_posts == 0
