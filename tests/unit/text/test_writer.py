from __future__ import annotations

import pytest

from unfog.text.lint import lint_text
from unfog.text.writer import clause, confidence_sentence, likelihood_sentence, percent_text, wording
from unfog.text.yardstick import yardstick, yardsticks


def say(standard: str, p: float, low: float, high: float) -> str:
    return likelihood_sentence(yardstick(standard), "The papers are genuine.", p, low, high)


@pytest.mark.parametrize(
    ("standard", "figures", "sentence"),
    [
        ("phia", (97, 95, 99), "It is almost certain (97 %; 90 % interval 95 to 99 %) that the papers are genuine."),
        ("phia", (84, 70, 88), "It is likely to highly likely (84 %; 90 % interval 70 to 88 %) that the papers are genuine."),
        ("phia", (3, 1, 5), "There is a remote chance (3 %; 90 % interval 1 to 5 %) that the papers are genuine."),
        (
            "phia", (92, 82, 94),
            "It is highly likely (92 %; 90 % interval 82 to 94 %; between bands, the weaker word is used) that the papers "
            "are genuine.",
        ),
        (
            "phia", (45, 30, 60),
            "The chance lies between “unlikely” and “likely” (45 %; 90 % interval 30 to 60 %) that the papers are genuine.",
        ),
        (
            "phia", (14, 4, 32),
            "The chance lies between “remote chance” and “unlikely” (14 %; 90 % interval 4 to 32 %) that the papers are "
            "genuine.",
        ),
        ("icd203", (50, 46, 54), "There is a roughly even chance (50 %; 90 % interval 46 to 54 %) that the papers are genuine."),
        ("icd203", (3, 1, 4), "There is almost no chance (3 %; 90 % interval 1 to 4 %) that the papers are genuine."),
    ],
)  # fmt: skip
def test_sentences(standard: str, figures: tuple[float, float, float], sentence: str) -> None:
    assert say(standard, *figures) == sentence


def test_every_sentence_passes_our_own_linter() -> None:
    for scale in yardsticks():
        for p in (0.05, 1, 3, 7, 15, 22, 30, 38, 45, 50, 52, 60, 70, 78, 85, 92, 96, 99.5, 99.99):
            for width in (0.0, 5.0, 25.0):
                low, high = max(p - width, 0.0), min(p + width, 100.0)
                sentence = likelihood_sentence(scale, "The papers are genuine", p, low, high)
                found = [q for q in lint_text(sentence, scale.id, whole=False) if q.level == "error"]
                assert not found, (scale.id, p, width, sentence, found)


def test_numbers_never_reach_certainty() -> None:
    assert [percent_text(x) for x in (0, 0.04, 0.5, 1, 50.4, 99, 99.4, 99.96, 100)] == [
        "less than 0.1", "less than 0.1", "0.5", "1", "50", "99", "99.4", "more than 99.9", "more than 99.9",
    ]  # fmt: skip


def test_words_are_those_of_the_exact_values() -> None:
    w = wording(yardstick("phia"), 94.9, 94.9, 94.9)
    assert (w.percent, w.word, w.between) == ("95", "highly likely", True)


def test_confidence_sentence_has_no_likelihood() -> None:
    assert confidence_sentence("low", "one group carries it") == "Analytic confidence is low: one group carries it."


def test_clause() -> None:
    assert clause("The papers are genuine.") == "the papers are genuine"
    assert clause("Reddit was right") == "Reddit was right"
