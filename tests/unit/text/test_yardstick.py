from __future__ import annotations

import pytest

from unfog.errors import UsageError
from unfog.text.yardstick import STANDARDS, yardstick, yardsticks


def test_every_standard_says_what_it_is() -> None:
    for scale in yardsticks():
        assert scale.id in STANDARDS
        assert scale.edition and scale.source and scale.gap and scale.edge
        assert [b.low for b in scale.bands] == sorted(b.low for b in scale.bands)
        assert all(b.low < b.high for b in scale.bands)


@pytest.mark.parametrize(
    ("standard", "percent", "word"),
    [
        ("phia", 97, "almost certain"), ("phia", 95, "almost certain"), ("phia", 84, "highly likely"),
        ("phia", 60, "likely"), ("phia", 45, "realistic possibility"), ("phia", 30, "unlikely"),
        ("phia", 15, "highly unlikely"), ("phia", 2, "remote chance"), ("phia", 0, "remote chance"),
        ("icd203", 50, "roughly even chance"), ("icd203", 97, "almost certain"), ("icd203", 70, "likely"),
        ("nato", 99, "highly likely"), ("nato", 50, "even chance"), ("nato", 5, "highly unlikely"),
        ("ipcc", 99.5, "virtually certain"), ("ipcc", 96, "extremely likely"), ("ipcc", 92, "very likely"),
        ("ipcc", 70, "likely"), ("ipcc", 50, "about as likely as not"), ("ipcc", 0.5, "exceptionally unlikely"),
        ("efsa", 99.5, "almost certain"), ("efsa", 97, "extremely likely"), ("efsa", 0.5, "almost impossible"),
        ("kent", 93, "almost certain"), ("kent", 7, "almost certainly not"),
    ],
)  # fmt: skip
def test_words(standard: str, percent: float, word: str) -> None:
    found = yardstick(standard).word_at(percent)
    assert (found.term, found.between) == (word, False)


@pytest.mark.parametrize(
    ("percent", "weaker"),
    [
        (7, "highly unlikely"), (22, "unlikely"), (37, "realistic possibility"), (50, "realistic possibility"),
        (52, "realistic possibility"), (78, "likely"), (92, "highly likely"), (94.9, "highly likely"),
    ],
)  # fmt: skip
def test_between_bands_the_weaker_word(percent: float, weaker: str) -> None:
    found = yardstick("phia").word_at(percent)
    assert (found.term, found.between) == (weaker, True)


def test_phia_leaves_24_whole_percentages_and_50_without_a_word() -> None:
    gaps = [k for k in range(101) if yardstick("phia").word_at(k).between]
    assert gaps == [*range(6, 10), *range(21, 25), *range(36, 40), 50, *range(51, 55), *range(76, 80), *range(91, 95)]


@pytest.mark.parametrize(
    ("standard", "percent", "weaker"),
    [
        ("icd203", 5, "very unlikely"), ("icd203", 20, "unlikely"), ("icd203", 45, "roughly even chance"),
        ("icd203", 55, "roughly even chance"), ("icd203", 80, "likely"), ("icd203", 95, "very likely"),
        ("nato", 90, "likely"), ("nato", 10, "unlikely"), ("ipcc", 90, "likely"), ("ipcc", 66, "about as likely as not"),
        ("efsa", 99, "extremely likely"),
    ],
)  # fmt: skip
def test_on_a_shared_edge_the_weaker_word(standard: str, percent: float, weaker: str) -> None:
    assert yardstick(standard).word_at(percent).term == weaker


def test_beyond_the_last_band_it_is_marked() -> None:
    found = yardstick("icd203").word_at(99.7)
    assert (found.term, found.between) == ("almost certain", True)


def test_no_standard_ever_rounds_towards_certainty() -> None:
    for scale in yardsticks():
        for tenth in range(1001):
            p = tenth / 10
            word = scale.word_at(p)
            if word.between:
                assert word.low <= 100 - p or word.low <= p  # a real band
                inside = min(abs(word.low - 50), abs(word.high - 50))
                beyond = p < 1 or p > 99 or p < 2
                assert inside <= abs(p - 50) or word.low <= 50 <= word.high or beyond


def test_unknown_standard_is_named() -> None:
    with pytest.raises(UsageError, match='did you mean "phia"'):
        yardstick("phai")
    with pytest.raises(UsageError, match="between 0 and 100"):
        yardstick("phia").word_at(101)
