"""Words: what makes texts, addresses and indicators comparable, and what the yardsticks of probability say."""

from unfog.text.indicators import Indicator, defang, find_indicators, refang
from unfog.text.language import Language, detect_language
from unfog.text.normalise import fold, words
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

__all__ = [
    "FoundUrl",
    "Indicator",
    "Language",
    "canonical_url",
    "canonical_urls",
    "defang",
    "detect_language",
    "domain_of",
    "find_indicators",
    "find_urls",
    "fold",
    "host_of",
    "is_file",
    "is_shortener",
    "refang",
    "words",
]
