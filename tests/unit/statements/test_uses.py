from __future__ import annotations

import pytest

from unfog.statements import Use, certainty_of


def uses(text: str, **more: bool) -> dict[str, Use]:
    return {t.term: t.use for t in certainty_of(text, **more)}


def test_asserted_with_bands_of_every_standard() -> None:
    (term,) = certainty_of("it is almost certain that they did", standard="phia")
    assert term.use is Use.ASSERTED
    assert (term.low, term.high, term.standard) == (95, 100, "phia")
    assert set(term.bands) >= {"phia", "icd203"}


def test_reasonable_confidence_gets_no_number() -> None:
    (term,) = certainty_of("we know with reasonable confidence of it")[1:] or certainty_of("with reasonable confidence")
    assert term.cls == "confidence"
    assert term.low is None
    assert term.bands == {}


def test_no_evidence_is_absence_and_no_number() -> None:
    (term,) = certainty_of("there is no evidence of a broad campaign")
    assert (term.cls, term.low, term.bands) == ("absence", None, {})


def test_mentioned_by_an_opponent() -> None:
    text = "It is time to move on from the phrase 'highly likely.' Now it is 'almost certainly.'"
    assert set(uses(text).values()) == {Use.MENTIONED}


def test_a_scare_quote_in_indirect_speech_is_the_speakers_own() -> None:
    assert uses('it was "highly likely" that they were behind it', direct=False) == {"highly likely": Use.ASSERTED}


def test_nested() -> None:
    assert uses("the ministry had admitted there was no evidence of it")["no evidence"] is Use.NESTED


def test_the_speakers_own_institution_is_not_nested() -> None:
    assert uses("the Government has concluded that it is almost certain")["almost certain"] is Use.ASSERTED


def test_negated() -> None:
    assert uses("it is not at all highly likely that they came")["highly likely"] is Use.NEGATED


@pytest.mark.parametrize("text", ["it is almost impossible to understand", "likely voters were asked"])
def test_false_friends(text: str) -> None:
    assert certainty_of(text) == ()


def test_longest_match_wins() -> None:
    assert list(uses("it is almost certainly not so")) == ["almost certainly not"]
    assert list(uses("it is highly likely")) == ["highly likely"]


def test_offsets_are_those_of_the_stored_text() -> None:
    stored = "He said: it’s highly likely."
    (term,) = certainty_of(stored[9:], offset=9)
    assert stored[slice(*term.span)] == "highly likely"
