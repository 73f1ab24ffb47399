"""Profiles are the same on DuckDB and on Spark: identical keys and integers, floats to 1e-9, on a simulated world."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pytest

from unfog.accounts import profile_accounts
from unfog.accounts.forms import handle_form
from unfog.accounts.profiles import PICK_UNITS
from unfog.engine import DuckEngine, Engine
from unfog.simulate import world

pytestmark = pytest.mark.spark


@pytest.fixture(scope="module")
def spark() -> Iterator[Engine]:
    pytest.importorskip("pyspark")
    from unfog.engine.spark import SparkEngine

    with SparkEngine(memory="1g", threads=2) as engine:
        yield engine


HANDLES = (
    "жёлтый",
    "名前",
    "שלום",
    "e\u0301clair",
    "naïve",
    "MaryBrook",
    "Max_92831",
    "jack١٩",
    "👤",
    "",
    "a.b",
    "O'Brien",
)


def with_scripts(accounts: pa.Table) -> pa.Table:
    """The accounts and one more for each handle."""
    rows = [
        {
            "platform": "twitter",
            "account_id": f"script{i}",
            "handle": h,
            "following": i,
            "followers": 7,
            "source_id": "s",
        }
        for i, h in enumerate(HANDLES)
    ]
    return pa.concat_tables([accounts, pa.Table.from_pylist(rows, schema=accounts.schema)])


def profiled(engine: Engine, tables: Any) -> dict[str, list[dict[str, Any]]]:
    engine.put("posts", tables.posts)
    engine.put("accounts", with_scripts(tables.accounts))
    profile_accounts(engine)
    engine.run(PICK_UNITS)
    return {
        name: engine.rows(f"SELECT * FROM {name} ORDER BY platform, account_id")
        for name in ("profile_accounts", "pick_units")
    }


def test_duckdb_and_spark_agree(engine: DuckEngine, spark: Engine) -> None:
    tables = world("mixed", 1500, seed=5)
    one, two = profiled(engine, tables), profiled(spark, tables)
    forms = {r["handle"]: r["handle_form"] for r in two["profile_accounts"] if r["account_id"].startswith("script")}
    assert forms == {h: handle_form(h) for h in HANDLES}
    for name, rows in one.items():
        assert len(rows) == len(two[name]) > 0
        for a, b in zip(rows, two[name], strict=True):
            assert a.keys() == b.keys()
            for key, value in a.items():
                if isinstance(value, float):
                    assert b[key] == pytest.approx(value, abs=1e-9), (name, key)
                else:
                    assert b[key] == value, (name, key, a["account_id"])
