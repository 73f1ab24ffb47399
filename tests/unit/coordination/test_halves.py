"""Groups that no pair gives away: found on one half of the objects, confirmed on the other, and nobody else with
them."""

from __future__ import annotations

import numpy as np
import pytest

from unfog.coordination import Options, detect, rank_accounts
from unfog.coordination.halves import Proposal, confirmed, merge, proposals
from unfog.coordination.layers import load
from unfog.coordination.network import network
from unfog.coordination.significance import Ground, log_p_group, log_p_member
from unfog.engine import DuckEngine
from unfog.simulate import world

MICRO = 1_000_000
SIGNALS = ("repost", "link", "text", "any-content")


def ground(rows: list[tuple[int, int, int]], accounts: int, window: int = 60, close: float = 0.05) -> Ground:
    """Rows (account, unit, second); every unit has the same closeness of strangers, every hour is alike."""
    account, unit, time = (np.array(x) for x in zip(*rows, strict=True))
    return Ground(
        np.full(int(unit.max()) + 1, close), np.full((accounts, 24), 1 / 24, np.float32), 1 / 24,
        account.astype(np.int32), unit.astype(np.int32), time.astype(np.int64) * MICRO, window * MICRO,
    )  # fmt: skip


def turns(objects: int, pool: int, at_once: int, seed: int, first_unit: int = 0) -> list[tuple[int, int, int]]:
    """A pool of which a few act on each object within a minute."""
    rng = np.random.default_rng(seed)
    return [
        (int(m), first_unit + o, o * 10_000 + int(rng.integers(0, 50)))
        for o in range(objects)
        for m in rng.choice(pool, at_once, replace=False)
    ]


def test_a_pool_that_takes_turns_is_confirmed_as_a_whole() -> None:
    pool = list(range(12))
    halves = [[ground(turns(12, 12, 4, half), 20)] for half in (0, 1)]
    found = proposals([[pool], []], halves, q=0.05)
    assert found[0].ln_q <= np.log(1e-6)
    assert confirmed(found, 3) and set(confirmed(found, 3)[0]) <= set(pool)


def test_one_busy_hour_confirms_nothing() -> None:
    rows = [(m, o, o * 60 + m) for o in range(20) for m in range(5)]
    halves = [[ground(rows, 5, close=1e-6)], [ground(rows, 5, close=1e-6)]]
    (found,) = proposals([[[0, 1, 2, 3, 4]], []], halves, q=0.05)
    assert found.ln_q <= np.log(0.05) and not found.stands and confirmed([found], 3) == []


def test_a_stranger_in_a_proposal_is_dropped() -> None:
    rows = turns(15, 8, 5, 3) + [(19, o, o * 10_000 + 5_000) for o in range(15)]
    halves = [[ground(turns(15, 8, 5, 2), 20)], [ground(rows, 20)]]
    (found,) = proposals([[[*range(8), 19]], []], halves, q=0.05)
    assert 19 in found.members and 19 not in found.kept and len(found.kept) >= 6


def test_accounts_that_share_slowly_are_not_confirmed() -> None:
    rng = np.random.default_rng(5)
    rows = [(m, o, int(rng.integers(0, 100_000))) for o in range(40) for m in range(6)]
    g = [ground(rows, 6)]
    assert log_p_group(g, range(6)) > np.log(0.05)
    assert (log_p_member(g, range(6)) > np.log(0.001)).all()


def test_objects_of_one_hour_are_one_observation() -> None:
    apart = [(m, o, o * 10_000 + m) for o in range(6) for m in range(3)]
    together = [(m, o, o * 100 + m) for o in range(6) for m in range(3)]
    assert log_p_group([ground(apart, 3)], range(3)) == pytest.approx(6 * log_p_group([ground(together, 3)], range(3)))


def test_overlapping_groups_are_one_and_others_stay_apart() -> None:
    assert merge([[1, 2, 3], [3, 4, 5], [2, 3, 9], [10, 11, 12]]) == [[1, 2, 3, 9], [3, 4, 5], [10, 11, 12]]
    assert merge([[1, 2], [4, 5], [1, 2, 4, 5]]) == [[1, 2, 4, 5]]
    assert merge([]) == []


def test_a_proposal_with_too_few_tied_members_confirms_nothing() -> None:
    weak = Proposal(0, [1, 2, 3], -30.0, -29.0, [1, 2], True)
    assert confirmed([weak], 3) == [] and weak.matches([1, 2, 3]) and not weak.matches([7, 8, 9])


@pytest.mark.parametrize("name", ["organic", "breaking-news"])
def test_nobody_is_called_among_ordinary_people(name: str) -> None:
    with DuckEngine(memory="1GB") as engine:
        engine.put("posts", world(name, 12_000, seed=31).posts)
        layers, accounts = load(engine, SIGNALS, Options(), "none")
        assert network(layers, len(accounts), Options()).groups == []


def test_rotating_accounts_are_found_without_any_certain_pair_and_without_anybody_else() -> None:
    w = world("rotating", 20_000, seed=32)
    covert = {f"{r['platform']}:{r['account_id']}" for r in w.truth.to_pylist() if r["covert"]}
    with DuckEngine(memory="1GB") as engine:
        engine.put("posts", w.posts)
        layers, accounts = load(engine, SIGNALS, Options(), "none")
        found = network(layers, len(accounts), Options())
    names = accounts.to_pylist()
    called = {names[m] for g in found.groups for m in g.members}
    assert len(called & covert) >= 0.25 * len(covert) and called <= covert
    assert all(g.ln_p is not None for g in found.groups if not g.by_pairs)
    assert all(0 < x <= 1 for g in found.groups for x in g.strength.values())


def test_ranking_puts_intense_accounts_before_merely_prolific_ones() -> None:
    w = world("synchronised", 12_000, seed=33)
    covert = {f"{r['platform']}:{r['account_id']}" for r in w.truth.to_pylist() if r["covert"]}
    with DuckEngine(memory="1GB") as engine:
        engine.put("posts", w.posts)
        results = detect(engine, ["repost", "link", "text"], window_s=60.0, options=Options(min_shared=1))
        ranked = rank_accounts(results)
        for r in results:
            r.spool.close()
    names = ranked["account"].to_pylist()
    assert len(names) == len(set(names)) and set(names[: len(covert) // 2]) <= covert
    score = ranked["score"].to_pylist()
    assert score == sorted(score, reverse=True)
