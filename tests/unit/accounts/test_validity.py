"""P(p <= a) <= a: random sets of ordinary people are called no more often than promised, for every exact test."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from unfog.accounts import Options, clock, days, handles
from unfog.accounts.compare import (
    Columns,
    Population,
    _columns,
    random_draw,
    rank_among,
)
from unfog.accounts.forms import handle_form
from unfog.accounts.profiles import PICK_UNITS, profile_accounts
from unfog.engine import DuckEngine
from unfog.simulate import world
from unfog.stats import rescale, scan, uniforms

SETS = 160


@pytest.fixture(scope="module")
def organic(tmp_path_factory: pytest.TempPathFactory) -> Columns:
    w = world("organic", 8_000, seed=11)
    with DuckEngine(memory="1GB", threads=1, temp=tmp_path_factory.mktemp("spill")) as engine:
        engine.put("posts", w.posts)
        engine.put("accounts", w.accounts)
        profile_accounts(engine)
        engine.run(PICK_UNITS)
        sql = (
            "SELECT p.platform, p.account_id, p.handle, p.handles, p.created_at, p.posts, p.active_days, u.first_us, "
            "'' AS cohort FROM profile_accounts p LEFT JOIN pick_units u ON u.account_id = p.account_id "
            "AND u.platform = p.platform WHERE p.posts > 0 ORDER BY p.platform, p.account_id"
        )
        return _columns(engine, sql)


def _split(columns: Columns, seed: int) -> Population:
    rng = np.random.default_rng(seed)
    n = columns["posts"].size
    chosen = np.zeros(n, dtype=bool)
    chosen[rng.choice(n, 40, replace=False)] = True
    spec = SimpleNamespace(spec=SimpleNamespace(id=f"set{seed}"))
    cohorts = columns["cohort"][~chosen]
    inside = {k: v[chosen] for k, v in columns.items()}
    outside = {k: v[~chosen] for k, v in columns.items()}
    return Population(spec, inside, outside, "", cohorts, "community")  # type: ignore[arg-type]


def _holds(p: list[float]) -> None:
    values = np.array(p)
    for a in (0.01, 0.05, 0.2):
        assert (values <= a).mean() <= a + 2.6 * np.sqrt(a * (1 - a) / SETS), a


def test_single_use(organic: Columns) -> None:
    p = []
    for i in range(SETS):
        s = _split(organic, i)
        a, b = s.inside["active_days"], s.outside["active_days"]
        p.append(random_draw(int((a == 1).sum()), a.size, int((b == 1).sum()), b.size, f"{i}").p)
    _holds(p)
    assert np.mean(p) == pytest.approx(0.5, abs=0.05)  # randomised: uniform, not only valid


@pytest.mark.parametrize("test", ["hours", "weekdays"])
def test_rhythm(organic: Columns, test: str) -> None:
    p = []
    for i in range(SETS):
        s = _split(organic, 1000 + i)
        mine = clock._unit_hours(s.inside) if test == "hours" else days._unit_days(s.inside)
        compare: Any = clock._compare_hours if test == "hours" else days._compare_days
        p.append(compare(s, mine, Options())[0].p)
    _holds(p)


def test_creation(organic: Columns) -> None:
    p = []
    for i in range(SETS):
        s = _split(organic, 2000 + i)
        mine = s.inside["created_at"].astype(np.int64) / 1e6
        theirs = s.outside["created_at"].astype(np.int64) / 1e6
        p.append(scan(rescale(mine, theirs, uniforms(f"{i}{k}" for k in s.keys("inside"))), (0.01, 0.05, 0.2)).p)
    _holds(p)


def test_handles(organic: Columns) -> None:
    forms = np.array([handle_form(h) for h in organic["handle"]], dtype=object)
    p = []
    for i in range(SETS):
        rng = np.random.default_rng(3000 + i)
        chosen = np.zeros(forms.size, dtype=bool)
        chosen[rng.choice(forms.size, 40, replace=False)] = True
        p.append(handles._strongest(forms[chosen], forms[~chosen], f"set{i}")[0].p)
    _holds(p)


def test_cohort_rank_is_valid_among_exchangeable_sets_and_never_above_its_cap() -> None:
    rng = np.random.default_rng(4)
    ranks = [rank_among(v[0], v[1:]) for v in rng.random((2000, 20))]
    p = np.array([r.p for r in ranks if r is not None])
    for a in (0.05, 0.2, 0.5):
        assert (p <= a).mean() <= a + 0.03
    alone = rank_among(2.0, rng.random(20))
    assert alone is not None
    assert alone.p == pytest.approx(1 / 21)
    assert 0 < alone.log10_lr <= np.log10(21)
    assert rank_among(0.5, rng.random(2)) is None
