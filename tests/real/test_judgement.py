"""Readers and forecasts on the published data."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from unfog.evaluate.judgement_readers import diagrams, folder, forecasts, reader_check

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def words(shared: Path) -> Path:
    return folder(shared / "data")


def test_readers_percentages_are_reproduced_to_a_tenth_of_a_point(words: Path) -> None:
    rows = reader_check(words)
    assert len(rows) == 13
    for row in rows:
        assert row["worst_difference"] <= 0.1, row
        assert row["shipped_equals_data"], row


def test_forecasting_sets_give_reliability_diagrams(words: Path) -> None:
    found = diagrams(words)
    assert set(found) == {
        "PredictionBook",
        "FiveThirtyEight governors",
        "FiveThirtyEight MLB",
        "FiveThirtyEight NBA",
        "Good Judgment Project, year 1",
    }
    raw = forecasts(words)
    for name, diagram in found.items():
        said, true = raw[name]
        assert diagram.n.sum() == len(said) == len(true)
        assert diagram.brier == pytest.approx(float(((said - true) ** 2).mean()))
        assert np.all((diagram.low <= diagram.true) & (diagram.true <= diagram.high))
    # people who say 90 % or more are right less often than that; a known finding that the diagram must show
    book = found["PredictionBook"]
    assert book.high[-1] < book.said[-1]
