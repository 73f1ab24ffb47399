from __future__ import annotations

import pytest

from unfog.text.reader import reader_counts, reader_sentence, readers


def test_the_published_percentages() -> None:
    view = readers("Realistic possibility")
    assert view is not None
    assert view.n == 5174
    assert view.hear_within(40, 50) == pytest.approx(17.5, abs=0.05)
    assert view.hear_within(40, 50, high_closed=False) == pytest.approx(10.8, abs=0.05)
    assert view.hear_more_than(50) == pytest.approx(64.0, abs=0.05)
    assert (view.quantile(0.05), view.median, view.quantile(0.95)) == (20, 60, 85)


def test_thirty_percent_hear_less_than_95() -> None:
    view = readers("almost certain")
    assert view is not None
    assert view.hear_less_than(95) == pytest.approx(30.4, abs=0.05)
    assert "30 % hear less" in reader_sentence("almost certain", 95, 100)


def test_a_phrase_that_was_not_asked() -> None:
    assert readers("beyond doubt") is None
    assert reader_sentence("beyond doubt", 0, 1) == ""


def test_shares_by_hand() -> None:
    counts = reader_counts([("x", 10.0), ("x", 20.0), ("x", 20.0), ("x", 30.0)])["x"]
    assert len(counts) == 102
    assert (counts[10], counts[11], counts[20], counts[21], counts[101]) == (0, 1, 1, 3, 4)
