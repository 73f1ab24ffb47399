"""Names of persons: which capitalised words are one, and where in a run of such words it begins.

A run of two or three capitalised words is a person unless one of them tells an organisation, a place or a role.
"""

from __future__ import annotations

import re

from unfog.statements.actors import Registry

NAME = re.compile(
    r"\b[A-Z][\w’'-]*[a-z][\w’'-]*(?:\s+(?:[A-Z]\.|de|van|von|der|bin|al|el|O['’][A-Z]\w+|[A-Z][\w’'-]*[a-z][\w’'-]*)){1,3}"
)

ROLE_WORDS = frozenset(
    [
        "secretary", "minister", "president", "prime", "chancellor", "leader", "mp", "mps", "senator",
        "representative", "congressman", "congresswoman", "governor", "mayor", "chair", "chairman", "chairwoman",
        "chief", "director", "general", "attorney", "home", "foreign", "defence", "defense", "shadow", "deputy",
        "vice", "party", "labour", "conservative", "tory", "democratic", "republican", "liberal", "democrat",
        "former", "then", "backbench", "professor", "dr", "mr", "mrs", "ms", "sir", "lord", "lady", "dame",
        "baroness", "judge", "justice", "officer", "executive", "head", "spokesman", "spokeswoman", "spokesperson",
        "editor", "correspondent", "political", "security", "ambassador", "commissioner", "sen", "rep", "gov", "gen",
        "prof", "miss", "news", "itv", "bbc", "sky", "ukip", "snp", "gop", "us", "uk", "russian", "british",
        "american", "french", "german", "scottish", "ukrainian", "chinese", "state", "first", "culture", "trade",
        "international", "health",
    ]
)  # fmt: skip
CALENDAR = frozenset(
    [
        "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "january", "february", "march",
        "april", "may", "june", "july", "august", "september", "october", "november", "december",
    ]
)  # fmt: skip
_ORGANISATION = CALENDAR | frozenset(
    [
        "party", "committee", "news", "government", "house", "ministry", "university", "institute", "office",
        "agency", "commission", "department", "court", "council", "service", "services", "times", "post", "embassy",
        "parliament", "congress", "senate", "union", "association", "press", "street", "journal", "group", "centre",
        "center", "foundation", "bank", "company", "corporation", "inc", "ltd", "army", "navy", "forces", "police",
        "society", "club", "school", "college", "campaign", "team", "twitter", "facebook", "reddit", "google",
        "kingdom", "states", "europe", "america", "russia", "britain", "england", "commons", "lords", "downing",
        "white", "act", "agreement", "treaty", "election", "general", "brexit", "today", "show", "league", "republic",
    ]
)  # fmt: skip
_NO_FIRST_NAME = frozenset(
    ["the", "a", "an", "in", "on", "at", "as", "if", "but", "and", "when", "after", "while", "for", "this"]
)


def person_in(phrase: str, registry: Registry) -> tuple[str, int] | None:
    """The person's name in a run of capitalised words, without role words before it, and where in the run it begins."""
    words = phrase.replace("’s", "").replace("'s", "").split()
    for start in range(len(words)):
        for end in range(len(words), start + 1, -1):
            actor = registry.named(" ".join(words[start:end]))
            if actor is not None and actor.person:
                return actor.name, len(" ".join(phrase.split()[:start])) + (1 if start else 0)
    start = 0
    while start < len(words) and words[start].lower().strip(".") in ROLE_WORDS:
        start += 1
    rest = words[start:]
    if len(rest) < 2 or len(rest) > 3 or any(w.lower().strip(".") in _ORGANISATION | ROLE_WORDS for w in rest):
        return None
    if rest[0].lower() in _NO_FIRST_NAME or registry.named(" ".join(rest)) is not None:
        return None
    return " ".join(rest), len(" ".join(phrase.split()[:start])) + (1 if start else 0)
