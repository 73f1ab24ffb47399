"""One behaviour on DuckDB, in the kernel and on Spark: identical keys and counts, floats to 1e-9, on random data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from unfog.coordination.chance import baseline
from unfog.coordination.signals import SIGNALS, actions_sql
from unfog.coordination.steps import STEPS
from unfog.engine import DuckEngine, Engine
from unfog.engine.kernels import arrange, join_pairs, profile, tally
from unfog.simulate import world

WINDOW = 7_000_000


@pytest.fixture(scope="module")
def spark() -> Iterator[Engine]:
    pytest.importorskip("pyspark")
    from unfog.engine.spark import SparkEngine

    with SparkEngine(memory="1g", threads=2) as engine:
        yield engine


def random_actions(seed: int, n: int = 1500) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    account = np.minimum(rng.geometric(0.05, n) - 1, 59)
    object_ = np.minimum((rng.pareto(0.8, n) * 3).astype(int), 79)
    time = rng.integers(0, 400, n) * 1_000_000 + rng.choice([0, 0, 0, 250_000], n)
    return account.astype(np.int32), object_.astype(np.int32), time.astype(np.int64)


def by_sql(engine: Engine, account: np.ndarray, object_: np.ndarray, time: np.ndarray) -> dict[str, Any]:
    engine.put(
        "actions",
        pa.table(
            {
                "account": [f"x:{a:03d}" for a in account],
                "object": [f"o{o}" for o in object_],
                "t_us": pa.array(time, pa.int64()),
            }
        ),
    )
    for step in STEPS:
        engine.run(step, **({"window_us": WINDOW} if "$window_us" in step.sql else {}))
    return {
        "pairs": {
            (r["account_a"], r["account_b"]): (
                r["shared_objects"], r["co_actions"], r["first_us"], r["last_us"], r["common_objects"],
            )
            for r in engine.rows(
                "SELECT p.account_a AS account_a, p.account_b AS account_b, shared_objects, co_actions, "
                "first_us, last_us, "
                "common_objects FROM pairs_co_actions p JOIN pairs_common c ON c.account_a = p.account_a "
                "AND c.account_b = p.account_b"
            )
        },
        "burst": {
            (r["account_a"], r["account_b"]): r["expect_burst"]
            for r in engine.rows("SELECT * FROM pairs_expected_burst")
        },
        "accounts": {
            r["account"]: (r["actions"], r["objects"], r["exposure"])
            for r in engine.rows("SELECT * FROM profile_accounts")
        },
        "objects": {
            r["object"]: (r["actions"], r["accounts"], r["close"]) for r in engine.rows("SELECT * FROM profile_objects")
        },
    }  # fmt: skip


def by_kernel(account: np.ndarray, object_: np.ndarray, time: np.ndarray, visits: int) -> dict[str, Any]:
    a = arrange(account, object_, time, WINDOW, n_accounts=int(account.max()) + 1)
    p = profile(a)
    base = baseline(a, p, tally(a), rhythm=False)
    pairs: dict[tuple[str, str], Any] = {}
    burst: dict[tuple[str, str], float] = {}
    for c in join_pairs(a, p, base, visits=visits):
        for k in range(len(c)):
            key = (f"x:{c.a[k]:03d}", f"x:{c.b[k]:03d}")
            pairs[key] = tuple(int(v[k]) for v in (c.shared, c.meetings, c.first, c.last, c.common))
            burst[key] = float(c.expect_burst[k])
    present = np.unique(account)
    degree = np.diff(p.unit_start)
    return {
        "pairs": pairs,
        "burst": burst,
        "accounts": {f"x:{u:03d}": (int(p.actions[u]), int(degree[u]), int(p.exposure[u])) for u in present},
        "objects": {
            f"o{o}": (int(p.unit_actions[o]), int(p.unit_accounts[o]), int(p.unit_close[o])) for o in np.unique(object_)
        },
    }


def same(x: dict[str, Any], y: dict[str, Any]) -> None:
    assert x["pairs"] == y["pairs"]
    assert x["accounts"] == y["accounts"]
    assert x["objects"] == y["objects"]
    assert x["burst"].keys() == y["burst"].keys()
    for key, value in x["burst"].items():
        assert value == pytest.approx(y["burst"][key], abs=1e-9, rel=1e-9)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("visits", [6_000_000, 50])
def test_kernel_is_the_twin_of_duckdb(engine: DuckEngine, seed: int, visits: int) -> None:
    data = random_actions(seed)
    found = by_sql(engine, *data)
    assert len(found["pairs"]) > 100
    same(found, by_kernel(*data, visits))


@pytest.mark.spark
@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_spark_gives_what_duckdb_and_the_kernel_give(engine: DuckEngine, spark: Engine, seed: int) -> None:
    data = random_actions(seed)
    found = by_sql(spark, *data)
    same(found, by_sql(engine, *data))
    same(found, by_kernel(*data, 6_000_000))


@pytest.mark.spark
@pytest.mark.slow
@pytest.mark.parametrize("name", [n for n, s in SIGNALS.items() if not s.prepared])
def test_every_signal_gives_the_same_actions_on_spark(engine: DuckEngine, spark: Engine, name: str) -> None:
    posts = world("mixed", 1000, seed=4).posts
    for e in (engine, spark):
        e.put("posts", posts)
    sql = actions_sql(SIGNALS[name], window_s=600.0, strata="community", distinct=True)
    there, here = (
        sorted(tuple(r.values()) for r in e.rows(f"SELECT account, object, t_us, stratum FROM ({sql}) q"))
        for e in (spark, engine)
    )
    assert there == here
    assert here or name == "object"
