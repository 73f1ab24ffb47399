from __future__ import annotations

import doctest
import importlib

import pytest

from unfog import text


def test_the_public_face_is_complete() -> None:
    assert sorted(set(text.__all__)) == sorted(text.__all__)
    for name in text.__all__:
        assert getattr(text, name) is not None


@pytest.mark.parametrize("module", ["certainty", "reader", "writer", "yardstick"])
def test_examples_in_docstrings_run(module: str) -> None:
    result = doctest.testmod(importlib.import_module(f"unfog.text.{module}"))
    assert result.attempted > 0
    assert result.failed == 0
