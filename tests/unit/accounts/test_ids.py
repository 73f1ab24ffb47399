"""Creation by account ids where registration times are unknown, and behaviour relative to a platform."""

from __future__ import annotations

import importlib.util
import math
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from unfog.accounts import Options, SetSpec, account_features, investigate
from unfog.accounts.made import id_number
from unfog.accounts.relative import relative_features
from unfog.errors import InferenceError
from unfog.text.lint_findings import lint_finding

_spec = importlib.util.spec_from_file_location("accounts_rows", Path(__file__).with_name("conftest.py"))
assert _spec and _spec.loader
_rows = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_rows)
post = _rows.post


def _crowd(rng: random.Random, close: bool) -> tuple[list[dict[str, Any]], tuple[str, ...]]:
    ids = rng.sample(range(10**6, 3 * 10**9), 400)
    first = 1_500_000_000
    listed = [first + rng.randrange(40_000) for _ in range(30)] if close else rng.sample(range(10**6, 3 * 10**9), 30)
    posts = [
        post(i, str(a), f"2019-01-{1 + i % 28:02d}T09:00:00", platform="twitter", community=f"c{i % 12}")
        for i, a in enumerate(ids + listed)
    ]
    return posts, tuple(map(str, listed))


def _creation(make: Any, close: bool) -> Any:
    posts, listed = _crowd(random.Random(3), close)
    ours = SetSpec.model_validate({"id": "ours", "title": "the set", "members": listed, "selected_by": "a list"})
    return investigate(make(posts=posts), Options(sets=(ours,), groups=False, tests=("creation",)))


def test_ids_given_one_after_another_are_a_burst(make: Any) -> None:
    told = _creation(make, close=True)
    (found,) = told.findings
    assert found.figure("within_one_hundredth").value.value == 1
    assert found.figure("p_random_draw").value.value < 1e-6
    (item,) = told.evidence
    assert 0 < item.likelihoods[0].log10_lr.value <= math.log10(13)
    assert item.selected_by == "a list"
    assert lint_finding(found.model_dump(mode="json")) == ()


def test_scattered_ids_are_none(make: Any) -> None:
    (found,) = _creation(make, close=False).findings
    assert found.figure("p_random_draw").value.value > 0.05


def test_ids_that_tell_no_order() -> None:
    assert id_number("reddit", "t2_z919g") == int("z919g", 36)
    assert id_number("twitter", "813407000000000000") == 813407000000000000
    for platform, account in (
        ("twitter", "jack"),
        ("reddit", "123"),
        ("forum", "12"),
        ("reddit", "t2_!"),
        ("vk", "١٢"),
    ):
        assert math.isnan(id_number(platform, account)), account


def test_handles_are_no_ids_and_leave_a_gap(make: Any) -> None:
    posts = [post(i, f"name{i}", "2019-01-01T09:00:00", platform="twitter") for i in range(80)]
    ours = SetSpec.model_validate({"id": "ours", "members": tuple(f"name{i}" for i in range(10))})
    told = investigate(make(posts=posts), Options(sets=(ours,), groups=False, tests=("creation",)))
    assert [g.id for g in told.gaps] == ["accounts.creation.ours"]
    assert told.findings == ()


def test_relative_values_do_not_know_the_platforms_units(make: Any) -> None:
    """The same people on a platform where everything takes ten times as long stand at the same places."""
    rng = random.Random(1)
    posts = []
    for i in range(60):
        for k in range(4 + i % 3):
            minute = sum(rng.randrange(1, 50) for _ in range(k))
            posts.append((f"u{i:02d}", minute))

    def world(scale: int) -> Any:
        rows = [
            post(n, a, f"2019-01-{1 + (m * scale) // 1440:02d}T{(m * scale) // 60 % 24:02d}:{(m * scale) % 60:02d}:00")
            for n, (a, m) in enumerate(posts)
        ]
        f = account_features(make(posts=rows)).only(("gap_q50", "gap_q95"))
        return relative_features(f, np.arange(60) >= 10)

    one, two = world(1), world(10)
    assert one.values == pytest.approx(two.values, abs=0.05, nan_ok=True)
    assert 0 <= np.nanmin(one.values) <= np.nanmax(one.values) <= 1
    with pytest.raises(InferenceError, match="at least 20"):
        relative_features(one, np.arange(60) < 5)
