from __future__ import annotations

import pytest

from unfog.text.certainty import band_of, certainty_words, lexicon
from unfog.text.yardstick import STANDARDS


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("it is almost certain that", ["almost certain"]),
        ("almost certainly not", ["almost certainly not"]),
        ("highly likely, or merely likely", ["highly likely", "likely"]),
        ("very unlikely", ["very unlikely"]),
        ("It is unlikely", ["unlikely"]),
        ("likely voters in swing seats", []),
        ("not likely", ["unlikely"]),
        ("with reasonable confidence", ["reasonable confidence"]),
        ("with high confidence", ["high confidence"]),
        ("we haven’t seen any evidence", ["no evidence"]),
        ("there is no convincing evidence of", ["no evidence"]),
        ("produce the facts", ["need more evidence"]),
        ("they may have been hacked", ["possible"]),
        ("allegedly leaked", ["alleged"]),
        ("a probable cause hearing", []),
        ("We assess that", ["assessed"]),
        ("a realistic possibility", ["realistic possibility"]),
    ],
)
def test_longest_match_wins(text: str, terms: list[str]) -> None:
    assert [w.term for w in certainty_words(text)] == terms


def test_offsets_are_those_of_the_text_as_given() -> None:
    text = "“We haven’t seen any evidence,” he said; it’s almost certain."
    for w in certainty_words(text):
        assert text[w.start : w.end] == w.text
    assert [w.text for w in certainty_words(text)][-1] == "almost certain"


def test_only_words_of_likelihood_have_bands() -> None:
    for entry in lexicon():
        for standard in STANDARDS:
            if entry.cls != "probability":
                assert band_of(entry.term, standard) is None


@pytest.mark.parametrize(
    ("term", "standard", "band"),
    [
        ("almost certain", "phia", (95, 100)),
        ("almost certain", "icd203", (95, 99)),
        ("almost certain", "nato", None),
        ("highly likely", "nato", (90, 100)),
        ("highly likely", "icd203", None),
        ("even chance", "icd203", (45, 55)),
        ("almost certainly not", "kent", (2, 12)),
        ("virtually certain", "ipcc", (99, 100)),
        ("certain", "phia", None),
        ("reasonable confidence", "phia", None),
        ("no such word", "phia", None),
    ],
)
def test_bands(term: str, standard: str, band: tuple[float, float] | None) -> None:
    assert band_of(term, standard) == band


def test_a_long_hostile_text_is_read_in_one_pass() -> None:
    assert len(certainty_words("call for " + "a" * 20000 + " not almost certain" * 500)) == 500
