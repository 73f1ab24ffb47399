from __future__ import annotations

import doctest
import importlib
import pkgutil

from unfog import judgement


def test_the_public_face_is_what_it_says() -> None:
    assert sorted(judgement.__all__, key=str.casefold) == sorted(judgement.__all__, key=str.casefold)
    for name in judgement.__all__:
        assert getattr(judgement, name) is not None


def test_examples_in_docstrings_run() -> None:
    for module in pkgutil.iter_modules(judgement.__path__, "unfog.judgement."):
        assert doctest.testmod(importlib.import_module(module.name)).failed == 0
