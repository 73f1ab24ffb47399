"""Offices: who held the one that some words name, on the day of the article."""

from __future__ import annotations

import re
from datetime import date

from unfog.statements.actors import Actor, Registry

_OFFICE_ALIAS = {
    "pm": "prime minister", "leader of the labour party": "labour leader",
    "tory leader": "conservative leader", "opposition leader": "leader of the opposition",
    "mp for islington north": "islington north mp", "us president": "president", "labour party leader": "labour leader",
}  # fmt: skip
_COUNTRY = {
    "russian": "Russia", "british": "UK", "uk": "UK", "us": "US", "u.s.": "US", "american": "US", "french": "France",
    "german": "Germany", "scottish": "Scotland", "scotland's": "Scotland",
}  # fmt: skip


def office_holder(low: str, registry: Registry, on: date | None, here: dict[str, str]) -> Actor | None:
    """Who held the office that the words name, on that day; "former" and "then" look back, and only to one who is sure.

    Args:
        low: The words in lower case, without article.
        registry: Known actors.
        on: Date of the article; without it nobody is resolved by office.
        here: Names that stand in the article.
    """
    if on is None:
        return None
    words = re.sub(r"^(?:the\s+)", "", low)
    past = bool(re.match(r"(?:then|former|ex-?|previous)\b", words))
    words = re.sub(r"^(?:then|former|ex-?|previous)[\s-]+", "", words)
    country, office = _country(words)
    office = _OFFICE_ALIAS.get(office, office)
    if office in ("leader", "party leader"):
        # which party is told by who stands in the article
        held = [(a, o) for a in registry.actors for o in a.offices if o.office.endswith(" leader") and a.name in here]
    elif office in registry.offices():
        held = registry.holders(office, country)
    else:
        return None
    if not past:
        now = [a for a, o in held if o.holds(on)]
        if len(now) > 1 and not country:
            local = [a for a in now if a.name in here]
            now = local or [a for a, o in held if o.holds(on) and o.of == "UK"]
        return now[0] if len(now) == 1 else None
    gone = [a for a, o in held if o.end is not None and o.end <= on]
    named = [a for a in dict.fromkeys(gone) if a.name in here]
    return named[0] if len(named) == 1 else None


def _country(words: str) -> tuple[str, str]:
    first, _, rest = words.partition(" ")
    return (_COUNTRY[first], rest) if first in _COUNTRY and rest else ("", words)


def offices_in(text: str, a: int, b: int, registry: Registry, published: date | None) -> list[tuple[int, int, Actor]]:
    """Offices named in a paragraph with their holder on the day: "the Prime Minister"."""
    if published is None:
        return []
    out = []
    for m in re.finditer(
        r"\b[Tt]he\s+((?:Prime|Foreign|Home|Culture|Shadow|shadow|Labour|Tory|Conservative|prime|foreign|home|president|President)(?:\s+[\w-]+){0,2})",
        text[a:b],
    ):
        words = m[1].split()
        for n in range(len(words), 0, -1):
            if holder := office_holder(" ".join(words[:n]).lower(), registry, published, {}):
                end = a + m.start(1) + len(" ".join(words[:n]))
                out.append((a + m.start(), end, holder))
                break
    return out
