"""Words: what makes texts, addresses and indicators comparable, and what the yardsticks of probability say."""

from unfog.text.certainty import Certainty, band_of, certainty_words
from unfog.text.indicators import Indicator, defang, find_indicators, refang
from unfog.text.language import Language, detect_language
from unfog.text.lint import Problem, lint_text
from unfog.text.lint_findings import lint_finding, lint_findings
from unfog.text.normalise import fold, words
from unfog.text.reader import ReaderView, reader_sentence, readers
from unfog.text.urls import (
    FoundUrl,
    canonical_url,
    canonical_urls,
    domain_of,
    find_urls,
    host_of,
    is_file,
    is_shortener,
)
from unfog.text.writer import Wording, confidence_sentence, likelihood_sentence, wording
from unfog.text.yardstick import STANDARDS, Yardstick, yardstick, yardsticks

__all__ = [
    "STANDARDS",
    "Certainty",
    "FoundUrl",
    "Indicator",
    "Language",
    "Problem",
    "ReaderView",
    "Wording",
    "Yardstick",
    "band_of",
    "canonical_url",
    "canonical_urls",
    "certainty_words",
    "confidence_sentence",
    "defang",
    "detect_language",
    "domain_of",
    "find_indicators",
    "find_urls",
    "fold",
    "host_of",
    "is_file",
    "is_shortener",
    "likelihood_sentence",
    "lint_finding",
    "lint_findings",
    "lint_text",
    "reader_sentence",
    "readers",
    "refang",
    "wording",
    "words",
    "yardstick",
    "yardsticks",
]
