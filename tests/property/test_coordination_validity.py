"""Validity of the chance models in organic worlds that they do not assume: P(p <= alpha) <= alpha.

Two populations: all possible pairs, and (for tempo, which conditions on it) pairs that have an object in common. The
time-shift permutation is the oracle: every account's clock is moved by a random lag far longer than the window,
which keeps rhythm, objects and cascades and destroys closeness.
"""

from __future__ import annotations

from functools import cache
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unfog.coordination import Options, detect
from unfog.coordination.chance import baseline, closeness, log_p
from unfog.coordination.layers import load
from unfog.coordination.network import network
from unfog.coordination.significance import log_hoeffding
from unfog.engine import DuckEngine
from unfog.engine.kernels import Actions, arrange, join_pairs, profile, tally
from unfog.simulate import world

ALPHAS = (0.05, 0.01, 0.001)
MINUTE = 60_000_000


@cache
def organic(signal: str, seed: int, posts: int = 15_000) -> tuple[Actions, np.ndarray, np.ndarray, np.ndarray]:
    """Actions of an organic world in one signal, laid out and as read (account, object, time)."""
    with DuckEngine(memory="1GB") as engine:
        engine.put("posts", world("organic", posts, seed).posts)
        layers, _ = load(engine, (signal,), Options(scales=(1.0,)), "none")
    c = layers[0].columns
    n = len(c.accounts)
    return arrange(c.account, c.object, c.time, 10 * MINUTE, n_accounts=n), c.account, c.object, c.time


def ln_p(a: Actions) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    p = profile(a)
    base = baseline(a, p, tally(a))
    parts = [log_p(c) for c in join_pairs(a, p, base)]
    content, burst, tempo = (np.concatenate([x[k] for x in parts]) for k in range(3))
    return content, burst, tempo


def common_pairs(a: Actions) -> int:
    p = profile(a)
    members: dict[int, list[int]] = {}
    for u in range(a.n_accounts):
        for o in p.unit_list[p.unit_start[u] : p.unit_start[u + 1]].tolist():
            members.setdefault(o, []).append(u)
    return len({pair for m in members.values() for pair in combinations(m, 2)})


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("signal", ["repost", "link", "hashtags"])
def test_every_model_is_valid_over_all_possible_pairs(signal: str, seed: int) -> None:
    a, _, _, _ = organic(signal, seed)
    content, burst, tempo = ln_p(a)
    possible = a.n_accounts * (a.n_accounts - 1) / 2
    assert len(content) > 100
    for alpha in ALPHAS:
        for name, values in (("content", content), ("burst", burst), ("tempo", tempo)):
            assert (values <= np.log(alpha)).sum() <= alpha * possible, (name, alpha)


@pytest.mark.parametrize("signal", ["repost", "link"])
def test_tempo_is_valid_among_pairs_that_share_an_object(signal: str) -> None:
    a, _, _, _ = organic(signal, 1)
    _, _, tempo = ln_p(a)
    sharing = common_pairs(a)
    assert sharing > 1000
    for alpha in ALPHAS:
        assert (tempo <= np.log(alpha)).sum() <= alpha * sharing + 3 * np.sqrt(alpha * sharing), alpha


def test_the_time_shift_oracle_meets_no_less_often_than_the_tempo_model_expects_of_strangers() -> None:
    """Expected meetings under the model, summed over pairs, cover what is left after clocks are shifted."""
    a, account, object_, time = organic("repost", 3)
    p = profile(a)
    expected = sum(float(c.expect_tempo.sum()) for c in join_pairs(a, p, baseline(a, p, tally(a))))
    rng = np.random.default_rng(5)
    kept = {(int(u), int(v)) for c in join_pairs(a, p, baseline(a, p, tally(a))) for u, v in zip(c.a, c.b, strict=True)}
    met = 0
    rounds = 10
    for _ in range(rounds):
        lag = rng.integers(-200 * MINUTE, 200 * MINUTE, a.n_accounts)
        b = arrange(account, object_, time + lag[account], 10 * MINUTE, n_accounts=a.n_accounts)
        q = profile(b)
        for c in join_pairs(b, q, baseline(b, q, tally(b))):
            met += sum(int(s) for u, v, s in zip(c.a, c.b, c.shared, strict=True) if (int(u), int(v)) in kept)
    assert met / rounds <= expected


def test_no_group_in_organic_worlds() -> None:
    o = Options(scales=(1.0, 10.0), consensus=4)
    for seed in (4, 5):
        with DuckEngine(memory="1GB") as engine:
            engine.put("posts", world("organic", 15_000, seed).posts)
            layers, accounts = load(engine, ("repost", "link", "text", "hashtags"), o, "community")
            found = network(layers, len(accounts), o)
        assert sum(len(g.members) for g in found.groups) <= 0.001 * len(accounts)


def test_a_synchronised_operation_is_found_and_nobody_else() -> None:
    w = world("synchronised", 40_000, seed=6)
    covert = {f"{r['platform']}:{r['account_id']}" for r in w.truth.to_pylist() if r["covert"]}
    o = Options(scales=(1.0,), consensus=4)
    with DuckEngine(memory="1GB") as engine:
        engine.put("posts", w.posts)
        layers, accounts = load(engine, ("repost", "link", "text"), o, "none")
        found = network(layers, len(accounts), o)
    called = {accounts[m].as_py() for g in found.groups for m in g.members}
    assert called <= covert
    assert len(called) >= 0.6 * len(covert)
    assert any(g.ln_p is not None and g.ln_p < np.log(0.01) for g in found.groups)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 40))
def test_chunked_is_whole_and_order_of_rows_does_not_matter(seed: int, visits: int) -> None:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 200))
    account = rng.integers(0, 12, n).astype(np.int32)
    object_ = rng.integers(0, 8, n).astype(np.int32)
    time = rng.integers(0, 100, n).astype(np.int64) * 1_000_000
    out = []
    for order, size in ((np.arange(n), 10**6), (rng.permutation(n), visits)):
        a = arrange(account[order], object_[order], time[order], 9_000_000, n_accounts=12)
        p = profile(a)
        chunks = list(join_pairs(a, p, baseline(a, p, tally(a)), visits=size))
        fields = ("a", "b", "shared", "meetings", "first", "last", "common", "expect_tempo", "expect_burst")
        out.append([np.concatenate([getattr(c, f) for c in chunks]) for f in fields])
    for x, y in zip(*out, strict=True):
        np.testing.assert_allclose(x, y, rtol=1e-12)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0.001, 0.6), min_size=1, max_size=8), st.integers(0, 1000))
def test_hoeffding_bound_is_never_below_the_exact_tail_of_coins(means: list[float], seed: int) -> None:
    """For independent coins the bound must cover the exact Poisson-binomial tail."""
    from unfog.stats import log_poisson_binomial_tail

    q = np.array(means)
    k = int(np.random.default_rng(seed).integers(0, len(q) + 1))
    values = np.zeros(len(q))
    values[:k] = 1.0
    assert log_hoeffding(values, q) >= log_poisson_binomial_tail(q, k) - 1e-9


def test_a_group_cannot_set_its_own_baseline() -> None:
    """Strangers who share objects slowly set the tempo, however many objects a fast group has for itself."""
    rng = np.random.default_rng(0)
    account, object_, time = [], [], []
    for o in range(200):  # four strangers each, hours apart, every one of them once
        account += [10 + 4 * o + k for k in range(4)]
        object_ += [o] * 4
        time += rng.integers(0, 86_400, 4).tolist()
    for o in range(200, 600):  # a group of four within seconds
        account += [0, 1, 2, 3]
        object_ += [o] * 4
        time += (rng.integers(0, 86_400) + rng.integers(0, 20, 4)).tolist()
    a = arrange(
        np.array(account, np.int32), np.array(object_, np.int32), np.array(time, np.int64) * 1_000_000, MINUTE,
        n_accounts=max(account) + 1,
    )  # fmt: skip
    assert closeness(profile(a), tally(a))[200:].max() < 0.02


def test_q_values_are_those_of_all_pairs_over_all_possible_pairs() -> None:
    """What is below the minima counts in the false-discovery rate: q is the same whatever is written."""
    from unfog.stats import bh

    with DuckEngine(memory="1GB") as engine:
        engine.put("posts", world("mixed", 5000, seed=8).posts)
        results = {}
        for least in (1, 2):
            r = detect(engine, ["repost"], options=Options(min_shared=least))[0]
            results[least] = engine.rows(
                "SELECT account_a, account_b, greatest(p_content, p_burst, p_tempo) AS p, q_value FROM pairs "
                "ORDER BY account_a, account_b"
            )
    q = bh(np.array([x["p"] for x in results[1]]), r.possible)
    np.testing.assert_allclose(q, [x["q_value"] for x in results[1]], rtol=1e-9)
    whole = {(x["account_a"], x["account_b"]): x["q_value"] for x in results[1]}
    assert len(results[2]) > 10
    for x in results[2]:
        assert x["q_value"] == pytest.approx(whole[x["account_a"], x["account_b"]], rel=1e-9)
