"""The public face: every name is there, documented, and its doctest runs."""

from __future__ import annotations

import doctest
import importlib

import pytest

import unfog.stats as stats

MODULES = (
    "arrays", "odds", "tails", "multiplicity", "intervals", "calibrate", "validity", "holidays", "rhythm", "shifts",
    "scan", "changes", "power",
)  # fmt: skip


def test_every_name_exists_and_every_function_is_documented() -> None:
    assert len(stats.__all__) == len(set(stats.__all__))
    for name in stats.__all__:
        thing = getattr(stats, name)
        if callable(thing):
            assert thing.__doc__, name
            assert name.startswith(("log_", "bh")) or name in (stats.__doc__ or "") or name[0].isupper(), name


@pytest.mark.parametrize("module", MODULES)
def test_examples_in_docstrings(module: str) -> None:
    assert doctest.testmod(importlib.import_module(f"unfog.stats.{module}")).failed == 0
