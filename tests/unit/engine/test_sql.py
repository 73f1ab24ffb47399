from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unfog.engine import DuckEngine, Step, identifier, literal
from unfog.engine.sql import bind
from unfog.errors import UsageError

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"))


@pytest.fixture(scope="module")
def duck():
    with DuckEngine(memory="256MB", threads=1) as e:
        yield e


@given(TEXT)
def test_any_text_comes_back_from_a_literal(duck, text: str) -> None:
    assert duck.scalar(f"SELECT {literal(text)}") == text


@given(TEXT.filter(bool))
def test_any_name_can_be_a_column(duck, name: str) -> None:
    assert duck.query(f"SELECT 1 AS {identifier(name)}").column_names == [name]


@given(st.one_of(st.integers(-(2**62), 2**62), st.floats(allow_nan=False, allow_infinity=False), st.booleans()))
def test_numbers_come_back(duck, value) -> None:
    assert duck.scalar(f"SELECT {literal(value)}") == pytest.approx(value)


def test_times_lists_and_null() -> None:
    assert literal(datetime(2019, 10, 21, 8, 50, 34, 5, tzinfo=UTC)) == "TIMESTAMP '2019-10-21 08:50:34.000005'"
    assert literal(["a", "b'c"]) == "['a', 'b''c']"
    assert literal(None) == "NULL"
    for bad in (float("nan"), float("inf"), "a\x00b"):
        with pytest.raises(UsageError):
            literal(bad)


def test_parameters_are_all_given_and_all_used() -> None:
    assert bind("SELECT $a, $b_1", {"a": 1, "b_1": "x'"}) == "SELECT 1, 'x'''"
    with pytest.raises(UsageError, match=r"\$b"):
        bind("SELECT $a, $b", {"a": 1})
    with pytest.raises(UsageError, match="does not use"):
        bind("SELECT $a", {"a": 1, "c": 2})
    assert Step("s", "SELECT 1", "one row").bound() == "SELECT 1"
