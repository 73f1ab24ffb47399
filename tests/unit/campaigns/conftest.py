"""Small worlds for the campaigns room: an engine with every table, filled with hand-made rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import pyarrow as pa
import pytest

from unfog.campaigns import Entry, Trait
from unfog.campaigns.catalogue import Klass
from unfog.engine import DuckEngine
from unfog.model import TABLES

type_rows = Sequence[dict[str, Any]]


def put(engine: DuckEngine, name: str, rows: type_rows = ()) -> None:
    schema = TABLES[name].arrow_schema()
    full = [{f.name: r.get(f.name, "x" if not f.nullable else None) for f in schema} for r in rows]
    engine.put(name, pa.Table.from_pylist(full, schema=pa.schema([f.with_nullable(True) for f in schema])))


@pytest.fixture
def world(engine: DuckEngine) -> Callable[..., DuckEngine]:
    """``world(observations=[...], posts=[...], labels=[...])`` fills the named tables; all others stay empty."""

    def fill(**tables: type_rows) -> DuckEngine:
        for name in TABLES:
            put(engine, name, tables.get(name, ()))
        return engine

    return fill


def _observation(id_: str, when: str, actor: str, platform: str, **more: Any) -> dict[str, Any]:
    at = datetime.fromisoformat(when)
    row = {
        "observation_id": id_,
        "happened_at": at,
        "happened_precision": "second",
        "actor": actor,
        "platform": platform,
        "kind": "post",
        "summary": "made up",
        "role": "operator",
        "target": "paper",
        "lang": "en",
        "public_from": at,
    }
    return {**row, **more}


def _entry(id_: str, public: str = "2018-01-01", klass: Klass = Klass.COVERT, **traits: str | tuple[str, ...]) -> Entry:
    """An entry with one trait per keyword (underscores are dashes)."""
    made = tuple(
        Trait(kind=k.replace("_", "-"), value=(v,) if isinstance(v, str) else v, public_from=public)
        for k, v in traits.items()
    )
    return Entry(id=id_, name=id_.title(), klass=klass, known_from=public, traits=made)


@pytest.fixture
def observation() -> Callable[..., dict[str, Any]]:
    """``observation(id, when, actor, platform, **more)``: a row of the log by an operator, carrying "paper"."""
    return _observation


@pytest.fixture
def entry() -> Callable[..., Entry]:
    """``entry(id, public, klass, kind=value)``: an entry with one trait per keyword."""
    return _entry
