"""Which language a text is in, or that it cannot be told.

py3langid 0.4 (Lui & Baldwin 2012, https://aclanthology.org/P12-3005/; 140 languages, model inside the wheel and not a
pickle) gives a probability normalised over its languages; it is sure of itself on three words of anything. So short
texts and low probabilities give ``und`` ("undetermined"): *different language* is only said of two determined ones.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from unfog.text.normalise import fold
from unfog.text.urls import find_urls

LONE_FROM = 0x0E00
"""From this code point on most scripts are written without spaces or with a syllable a character."""


class Language(NamedTuple):
    """ISO 639-1 code or ``und``, and the model's probability for it."""

    code: str
    probability: float


@cache
def _model() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def detect_language(text: str, *, at_least: float = 0.6, letters: int = 16) -> Language:
    """Language of a text, links left out.

    Args:
        text: The text.
        at_least: Smallest probability that is believed.
        letters: Fewest letters (without blanks) that are judged; a character that is a word by itself counts twice.
    """
    for url in reversed(find_urls(text)):
        text = text[: url.start] + " " + text[url.end :]
    plain = fold(text).replace(" ", "")
    if len(plain) + sum(1 for c in plain if ord(c) >= LONE_FROM) < letters:
        return Language("und", 0.0)
    code, probability = _model().classify(text)
    return Language(str(code), float(probability)) if probability >= at_least else Language("und", float(probability))
