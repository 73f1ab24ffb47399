"""Everyone in one article: persons named, how salient each place is, and the speakers resolved so far."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from unfog.statements.actors import Registry
from unfog.statements.names import NAME, person_in
from unfog.statements.offices import offices_in
from unfog.statements.statement import Speaker

GENDERED = {"mr": "m", "sir": "m", "lord": "m", "congressman": "m", "mrs": "f", "ms": "f", "miss": "f", "lady": "f",
             "baroness": "f", "dame": "f", "congresswoman": "f"}  # fmt: skip
_BRITISH = re.compile(
    r"\b(?:UK|Britain|British|MPs?|Commons|Whitehall|Downing|Tor(?:y|ies)|Labour|Westminster|Brexit|No\.? ?10)\b"
)


@dataclass(slots=True)
class Mention:
    """A person named in the article.

    Attributes:
        at: Offset of the name.
        name: Full name as resolved in the article.
        gender: m, f or "".
        weight: How salient the place is: subject 1, other .5, inside quotation marks .2, possessive .3.
        paragraph: Index of the paragraph.
    """

    at: int
    name: str
    gender: str
    weight: float
    paragraph: int


@dataclass(slots=True)
class Spoken:
    """A speaker that was already resolved, for pronouns and "the spokesman" after it."""

    at: int
    speaker: Speaker
    gender: str
    paragraph: int


@dataclass(slots=True)
class Cast:
    """Everyone in one article.

    Attributes:
        registry: Known actors.
        published: Date of the article.
        names: Full name -> gender, of everyone whose full name stands in the article.
        british: British politics is spoken of, so that a bare "the Government" is that of the UK.
        mentions: Persons in order of place.
        spoken: Speakers resolved so far, in order of place.
    """

    registry: Registry
    published: date | None
    names: dict[str, str] = field(default_factory=dict)
    british: bool = False
    mentions: list[Mention] = field(default_factory=list)
    spoken: list[Spoken] = field(default_factory=list)

    def by_surname(self, surname: str) -> list[str]:
        """Full names of this article with that surname."""
        low = surname.lower()
        return [n for n in self.names if n.split()[-1].lower() == low]


def cast_of(
    text: str,
    paragraphs: Sequence[tuple[int, int]],
    registry: Registry,
    published: date | None,
    quoted: Sequence[tuple[int, int]],
) -> Cast:
    """Read the persons of an article.

    Args:
        text: The stored text.
        paragraphs: [start, end) of the paragraphs that are read (no captions, no related links).
        registry: Known actors.
        published: Date of the article.
        quoted: [start, end) of quotations, in which names are less salient.
    """
    cast = Cast(registry, published, british=len(_BRITISH.findall(text[:20_000])) >= 2)
    places: list[tuple[int, int, str, int]] = []
    for k, (a, b) in enumerate(paragraphs):
        for m in NAME.finditer(text, a, b):
            if found := person_in(m.group(), registry):
                name, offset = found
                cast.names.setdefault(name, _gender(name, registry))
                places.append((m.start() + offset, m.end(), name, k))
    surnames = {n.split()[-1] for n in cast.names} | {
        a.name.split()[-1] for a in registry.actors if a.person and len(registry.surname(a.surname)) == 1
    }
    single = re.compile(
        r"\b(?:(Mr|Mrs|Ms|Miss|Sir|Lord|Dr)\.?\s+)?("
        + "|".join(sorted(map(re.escape, surnames), key=len, reverse=True))
        + r")\b"
    )
    covered = [(s, e) for s, e, _, _ in places]
    for k, (a, b) in enumerate(paragraphs):
        if not surnames:
            break
        for m in single.finditer(text, a, b):
            if any(s < m.end() and m.start() < e for s, e in covered):
                continue
            names = cast.by_surname(m[2])
            if not names and (known := registry.surname(m[2])) and len(known) == 1 and m[1]:
                names = [known[0].name]
                cast.names.setdefault(names[0], known[0].gender)
            if len(names) == 1:
                if m[1] and not cast.names[names[0]]:
                    cast.names[names[0]] = GENDERED.get(m[1].lower(), "")
                places.append((m.start(), m.end(), names[0], k))
    for k, (a, b) in enumerate(paragraphs):
        for at, end, actor in offices_in(text, a, b, registry, published):
            if not any(s < end and at < e for s, e, _, _ in places):
                cast.names.setdefault(actor.name, actor.gender)
                places.append((at, end, actor.name, k))
    for start, end, name, k in sorted(places):
        cast.mentions.append(Mention(start, name, cast.names[name], _weight(text, start, end, quoted), k))
    return cast


def _gender(name: str, registry: Registry) -> str:
    actor = registry.named(name)
    return actor.gender if actor else ""


def _weight(text: str, start: int, end: int, quoted: Sequence[tuple[int, int]]) -> float:
    if any(a <= start < b for a, b in quoted):
        return 0.2
    after = text[end : end + 40]
    if re.match(r"['’]s\b", after):
        return 0.3
    before = text[max(0, start - 60) : start]
    begins = not before.strip() or re.search(r"(?:^|[.!?”\"\n]\s*|,\s+)(?:[A-Z]?[\w’'-]+\s+){0,4}$", before) is not None
    verb = re.match(
        r"\s+(?:(?:has|had|have|also|then|later|previously)\s+)*[a-z]+(?:ed|s|d|id|ke|me|rote|ent|old)\b", after
    )
    in_passing = (
        re.search(r"\b(?:from|of|with|by|to|about|over|against|for)\s+(?:[A-Z]?\w+\s+){0,2}$", before) is not None
    )
    if in_passing:
        return 0.4
    return 1.0 if verb or begins else 0.5
