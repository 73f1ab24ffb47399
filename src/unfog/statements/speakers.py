"""From the words that stand for a speaker to who it is. A wrong name costs more than none: what is not sure stays
unresolved.

Order of means: full name, spokesperson of a principal (who stays the speaker), honorific or surname known in this
article,
office on the day of the article, organisation, misprint of a known name, pronoun by salience. Pronouns: the most
salient person
before the cue in this or the three paragraphs before, of fitting gender; the speaker of the attribution before and the
subject of a sentence count more than a name in passing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from unfog.statements.actors import Actor, Registry, plain
from unfog.statements.statement import Speaker

_SPOKES = re.compile(r"\b(?:official |chief )?(spokes(?:man|woman|person|people|men)|press secretary)\b", re.IGNORECASE)
_PRONOUN = {"he": "m", "she": "f", "his": "m", "her": "f", "him": "m", "himself": "m", "herself": "f"}
_UNRESOLVED = frozenset(
    "they it we i you their its my our who which that those these this some many others both one people".split()  # noqa: SIM905
)
_HONORIFIC = re.compile(r"^(Mr|Mrs|Ms|Miss|Dr|Sir|Lord|Lady|Baroness|Dame|Sen|Rep|Gov|Gen|Prof|Senator|Professor|"
                        r"Congressman|"
                        r"Congresswoman|Governor|General|President|Minister|Secretary)\.?\s+(?=[A-Z])")  # fmt: skip
_HONORIFIC_INSIDE = re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Dr|Sir|Lord|Lady|Baroness)\.?\s+[A-Z][\w’'-]+$")
_GENDERED = {"mr": "m", "sir": "m", "lord": "m", "congressman": "m", "mrs": "f", "ms": "f", "miss": "f", "lady": "f",
             "baroness": "f", "dame": "f", "congresswoman": "f"}  # fmt: skip
_NAME = re.compile(
    r"\b[A-Z][\w’'-]*[a-z][\w’'-]*(?:\s+(?:[A-Z]\.|de|van|von|der|bin|al|el|O['’][A-Z]\w+|[A-Z][\w’'-]*[a-z][\w’'-]*)){1,3}"
)
_ROLE_WORDS = frozenset(
    [
        "secretary",
        "minister",
        "president",
        "prime",
        "chancellor",
        "leader",
        "mp",
        "mps",
        "senator",
        "representative",
        "congressman",
        "congresswoman",
        "governor",
        "mayor",
        "chair",
        "chairman",
        "chairwoman",
        "chief",
        "director",
        "general",
        "attorney",
        "home",
        "foreign",
        "defence",
        "defense",
        "shadow",
        "deputy",
        "vice",
        "party",
        "labour",
        "conservative",
        "tory",
        "democratic",
        "republican",
        "liberal",
        "democrat",
        "former",
        "then",
        "backbench",
        "professor",
        "dr",
        "mr",
        "mrs",
        "ms",
        "sir",
        "lord",
        "lady",
        "dame",
        "baroness",
        "judge",
        "justice",
        "officer",
        "executive",
        "head",
        "spokesman",
        "spokeswoman",
        "spokesperson",
        "editor",
        "correspondent",
        "political",
        "security",
        "ambassador",
        "commissioner",
        "sen",
        "rep",
        "gov",
        "gen",
        "prof",
        "miss",
        "security",
        "news",
        "itv",
        "bbc",
        "sky",
        "ukip",
        "snp",
        "gop",
        "us",
        "uk",
        "russian",
        "british",
        "american",
        "french",
        "german",
        "scottish",
        "ukrainian",
        "chinese",
        "state",
        "first",
        "culture",
        "trade",
        "international",
        "health",
    ]
)
_ORGANISATION = frozenset(
    [
        "party",
        "committee",
        "news",
        "government",
        "house",
        "ministry",
        "university",
        "institute",
        "office",
        "agency",
        "commission",
        "department",
        "court",
        "council",
        "service",
        "services",
        "times",
        "post",
        "embassy",
        "parliament",
        "congress",
        "senate",
        "union",
        "association",
        "press",
        "street",
        "journal",
        "group",
        "centre",
        "center",
        "foundation",
        "bank",
        "company",
        "corporation",
        "inc",
        "ltd",
        "army",
        "navy",
        "forces",
        "police",
        "society",
        "club",
        "school",
        "college",
        "campaign",
        "team",
        "twitter",
        "facebook",
        "reddit",
        "google",
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "kingdom",
        "states",
        "europe",
        "america",
        "russia",
        "britain",
        "england",
        "commons",
        "lords",
        "downing",
        "white",
        "act",
        "agreement",
        "treaty",
        "election",
        "general",
        "brexit",
        "today",
        "show",
        "league",
        "republic",
        "army",
    ]
)
_BRITISH = re.compile(
    r"\b(?:UK|Britain|British|MPs?|Commons|Whitehall|Downing|Tor(?:y|ies)|Labour|Westminster|Brexit|No\.? ?10)\b"
)
_HOME_GOVERNMENT = frozenset(["government", "ministers"])
_CALENDAR = frozenset(
    [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ]
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
        for m in _NAME.finditer(text, a, b):
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
                    cast.names[names[0]] = _GENDERED.get(m[1].lower(), "")
                places.append((m.start(), m.end(), names[0], k))
    for k, (a, b) in enumerate(paragraphs):
        for at, end, actor in _offices(text, a, b, registry, published):
            if not any(s < end and at < e for s, e, _, _ in places):
                cast.names.setdefault(actor.name, actor.gender)
                places.append((at, end, actor.name, k))
    for start, end, name, k in sorted(places):
        cast.mentions.append(Mention(start, name, cast.names[name], _weight(text, start, end, quoted), k))
    return cast


def person_in(phrase: str, registry: Registry) -> tuple[str, int] | None:
    """The person's name in a run of capitalised words, without role words before it, and where in the run it begins."""
    words = phrase.replace("’s", "").replace("'s", "").split()
    for start in range(len(words)):
        for end in range(len(words), start + 1, -1):
            actor = registry.named(" ".join(words[start:end]))
            if actor is not None and actor.person:
                return actor.name, len(" ".join(phrase.split()[:start])) + (1 if start else 0)
    start = 0
    while start < len(words) and words[start].lower().strip(".") in _ROLE_WORDS:
        start += 1
    rest = words[start:]
    if len(rest) < 2 or len(rest) > 3 or any(w.lower().strip(".") in _ORGANISATION | _ROLE_WORDS for w in rest):
        return None
    if rest[0].lower() in (
        "the",
        "a",
        "an",
        "in",
        "on",
        "at",
        "as",
        "if",
        "but",
        "and",
        "when",
        "after",
        "while",
        "for",
        "this",
    ):
        return None
    if registry.named(" ".join(rest)) is not None:
        return None
    return " ".join(rest), len(" ".join(phrase.split()[:start])) + (1 if start else 0)


def resolve(mention: str, at: int, paragraph: int, cast: Cast, *, sentence_start: int = 0, text: str = "") -> Speaker:
    """Who the words of a source stand for.

    Args:
        mention: The source as printed.
        at: Its offset.
        paragraph: Index of its paragraph among those read.
        cast: The persons of the article; resolved speakers are added to it.
        sentence_start: Offset of the sentence, for relative pronouns.
        text: The stored text.
    """
    speaker, gender = _resolve(mention, at, paragraph, cast, sentence_start, text)
    if speaker.name and not speaker.side and (actor := cast.registry.named(speaker.name)):
        speaker = speaker.model_copy(update={"side": actor.side})
    if speaker.name:
        cast.spoken.append(Spoken(at, speaker, gender, paragraph))
    return speaker


def _resolve(mention: str, at: int, paragraph: int, cast: Cast, sentence_start: int, text: str) -> tuple[Speaker, str]:
    words = mention.strip(" ,—–-:")
    low = plain(words)
    if low in _PRONOUN:
        return _pronoun(words, _PRONOUN[low], at, paragraph, cast)
    if low in ("who", "which"):
        before = [m for m in cast.mentions if sentence_start <= m.at < at]
        if low == "who" and before and len(text[before[-1].at : at]) < 120:
            return _named(words, before[-1].name, cast, "relative pronoun"), before[-1].gender
        return Speaker(mention=words), ""
    if not low or low in _UNRESOLVED:
        return Speaker(mention=words), ""
    if _SPOKES.search(words):
        return _spokesperson(words, cast), ""
    return _direct(words, low, cast)


def _direct(words: str, low: str, cast: Cast) -> tuple[Speaker, str]:
    """Names, offices and organisations."""
    registry = cast.registry
    if low in _HOME_GOVERNMENT and not cast.british:
        return Speaker(mention=words, resolution="unnamed"), ""
    if (actor := registry.named(words)) is not None:
        return _actor(words, actor, cast, "full name" if actor.person else "organisation"), actor.gender
    if holder := office_holder(low, registry, cast.published, cast.names):
        return holder_speaker(words, holder), holder.gender
    found = [(m, p) for m in _NAME.finditer(words) if (p := person_in(m.group(), registry)) is not None]
    if found:
        name = found[0][1][0]
        known = registry.named(name)
        role = _role(words, name)
        if known is not None:
            speaker = _actor(words, known, cast, "full name")
            return (speaker.model_copy(update={"role": role}) if role else speaker), known.gender
        return Speaker(mention=words, name=name, role=role, resolution="full name"), cast.names.get(name, "")
    inner = _HONORIFIC_INSIDE.search(words)
    words = inner[0] if inner else words  # "Commons statement Mr X": the words before the honorific are not the name's
    match = _HONORIFIC.match(words)
    surname = re.sub(r"['’]s$", "", words[match.end() :] if match else words).strip(" ,")
    if re.fullmatch(r"[A-Z][\w’'-]+", surname):
        names = cast.by_surname(surname)
        gender = _GENDERED.get(match[1].lower(), "") if match else ""
        fitting = [n for n in names if not gender or cast.names[n] in ("", gender)]
        if len(fitting) == 1:
            how = "honorific and surname" if match else "surname"
            return _named(words, fitting[0], cast, how), cast.names[fitting[0]]
        known_here = registry.surname(surname)
        if not names and len(known_here) == 1 and match:
            return _actor(words, known_here[0], cast, "honorific and surname"), known_here[0].gender
    if (actor := registry.near(words)) is not None:
        return _actor(words, actor, cast, "misprint of a known name"), actor.gender
    if _is_organisation(words):
        return Speaker(mention=words, name=_article_free(words), resolution="organisation as printed"), ""
    return Speaker(mention=words, resolution="unnamed"), ""


def _spokesperson(words: str, cast: Cast) -> Speaker:
    """A spokesperson is an actor of their own, with a principal. A bare "the spokesman" is the one met before."""
    match = _SPOKES.search(words)
    if match is None:
        return Speaker(mention=words)
    before, after = words[: match.start()].strip(" ,"), words[match.end() :].strip(" ,")
    own = next((p[0] for m in _NAME.finditer(after) if (p := person_in(m.group(), cast.registry))), "")
    if not own and not before.lower().endswith(("'s", "’s")):
        own = next((p[0] for m in _NAME.finditer(before) if (p := person_in(m.group(), cast.registry))), "")
        if own:
            before = ""
    principal = ""
    if for_ := re.match(r"(?:for|of|from|at)\s+(.+)", after, re.IGNORECASE):
        principal = for_[1]
    elif before and plain(before) not in ("a", "the", "his", "her", "its", "their", "another", "one", ""):
        principal = re.sub(r"['’]s?$", "", before)
    principal = re.sub(r",.*$", "", principal).strip()
    if not principal and not own:
        earlier = [s for s in cast.spoken if s.speaker.on_behalf_of]
        if plain(before) in ("the", "") and earlier:
            return earlier[-1].speaker.model_copy(update={"mention": words, "resolution": "spokesperson met before"})
        return Speaker(mention=words, resolution="unnamed spokesperson")
    on_behalf = _principal(principal, cast)
    name = own or f"Spokesperson for {on_behalf}"
    side = ""
    for candidate in (own, on_behalf):
        actor = cast.registry.named(candidate) if candidate else None
        side = side or (actor.side if actor else "")
    known = cast.registry.named(own) if own else None
    if not on_behalf and known is not None:
        on_behalf = known.side
    return Speaker(
        mention=words,
        name=name,
        role=words if not own else _role(words, own),
        on_behalf_of=on_behalf,
        side=side,
        resolution="spokesperson",
    )


def _principal(words: str, cast: Cast) -> str:
    """The principal's name: an actor, the holder of an office, the last full name in a fused run, else as printed."""
    if not words:
        return ""
    if (actor := cast.registry.named(words)) is not None:
        return actor.name
    if holder := office_holder(plain(words), cast.registry, cast.published, cast.names):
        return holder.name
    tokens = words.split()
    for start in range(1, len(tokens)):
        actor = cast.registry.named(" ".join(tokens[start:]))
        if actor is not None:
            return actor.name
    if (actor := cast.registry.near(words)) is not None:
        return actor.name
    names = cast.by_surname(tokens[-1])
    if len(names) == 1 and (len(tokens) == 1 or _HONORIFIC.match(words)):
        return names[0]
    return _article_free(words)


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


_OFFICE_ALIAS = {
    "pm": "prime minister", "leader of the labour party": "labour leader",
    "tory leader": "conservative leader", "opposition leader": "leader of the opposition",
    "mp for islington north": "islington north mp", "us president": "president", "labour party leader": "labour leader",
}  # fmt: skip
_COUNTRY = {
    "russian": "Russia", "british": "UK", "uk": "UK", "us": "US", "u.s.": "US", "american": "US", "french": "France",
    "german": "Germany", "scottish": "Scotland", "scotland's": "Scotland",
}  # fmt: skip


def _country(words: str) -> tuple[str, str]:
    first, _, rest = words.partition(" ")
    return (_COUNTRY[first], rest) if first in _COUNTRY and rest else ("", words)


def holder_speaker(words: str, holder: Actor) -> Speaker:
    """An office-holder as speaker; the role is the office as the article calls it."""
    return Speaker(
        mention=words, name=holder.name, role=_article_free(words), side=holder.side, resolution="office on the day"
    )


def _pronoun(words: str, gender: str, at: int, paragraph: int, cast: Cast) -> tuple[Speaker, str]:
    """The most salient person before: recency by paragraph, subject before name in passing, the last speaker first."""
    scores: dict[str, float] = {}
    for m in cast.mentions:
        if m.at >= at or paragraph - m.paragraph > 3 or m.gender not in ("", gender):
            continue
        distance = paragraph - m.paragraph
        value = m.weight / (1.0 + distance) + 0.15 * (m.gender == gender) - (at - m.at) / 20_000
        scores[m.name] = max(scores.get(m.name, 0.0), value)
    for s in cast.spoken:
        # a speaker of this or the last two paragraphs is what "he added" goes back to
        if s.at < at and paragraph - s.paragraph <= 2 and s.gender in ("", gender) and _is_person(s.speaker.name, cast):
            bonus = 0.5 / (1.0 + paragraph - s.paragraph)
            scores[s.speaker.name] = scores.get(s.speaker.name, 0.3) + bonus
    if not scores:
        return Speaker(mention=words), ""
    ranked = sorted(scores.items(), key=lambda kv: (-kv[1], kv[0]))
    best, value = ranked[0]
    known = [n for n, _ in ranked if cast.names.get(n) == gender]
    if not cast.names.get(best) and known:
        return Speaker(mention=words), ""  # a name of unknown gender outranks one that fits: not sure
    if len(ranked) > 1 and value - ranked[1][1] < 0.05:
        return Speaker(mention=words), ""
    return _named(words, best, cast, "pronoun"), gender


def _is_person(name: str, cast: Cast) -> bool:
    return name in cast.names


def _named(words: str, name: str, cast: Cast, how: str) -> Speaker:
    actor = cast.registry.named(name)
    if actor is not None:
        return _actor(words, actor, cast, how)
    return Speaker(mention=words, name=name, resolution=how)


def _actor(words: str, actor: Actor, cast: Cast, how: str) -> Speaker:
    return Speaker(
        mention=words, name=actor.name, role=actor.office_on(cast.published), side=actor.side, resolution=how
    )


def _role(words: str, name: str) -> str:
    """What stands beside a name in its mention: the role."""
    surname = name.split()[-1]
    at = max(words.find(surname), words.find(surname.replace("'", "’")))
    if at < 0:
        return ""
    before, after = words[:at], words[at + len(surname) :]
    for part in name.split()[:-1]:
        before = re.sub(rf"\b{re.escape(part)}\b", " ", before)
    before = re.sub(r"\b[A-Z]\.", " ", before).strip(" ,")
    beside = re.match(r"\s*,\s*([^,]{2,80})", after)
    rest = before if before and len(before.split()) <= 10 else beside[1] if beside else ""
    rest = re.sub(r"\s+", " ", rest).strip(" ,—–-:'’")
    rest = re.sub(r"^(?:the|a|an|mr|mrs|ms|and|but)\s+", "", rest, flags=re.IGNORECASE)
    return "" if plain(rest) in ("", "the", "mr", "mrs", "ms", "and", "but", "a") or len(rest) > 120 else rest


def _gender(name: str, registry: Registry) -> str:
    actor = registry.named(name)
    return actor.gender if actor else ""


def _is_organisation(words: str) -> bool:
    bare = _article_free(words)
    if all(w.lower().strip(".,") in _ROLE_WORDS for w in bare.split()):
        return False  # an office whose holder is not known here: "Prime Minister" in an undated article
    named = all(
        w[0].isupper() or not w[0].isalpha() or w in ("of", "and", "for", "the", "on", "in") for w in bare.split()
    )
    return bool(bare) and bare[0].isupper() and named and len(bare.split()) <= 6 and plain(bare) not in _CALENDAR


def _article_free(words: str) -> str:
    return re.sub(r"^(?:the|a|an)\s+", "", words.strip(" ,"), flags=re.IGNORECASE)


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


def _offices(text: str, a: int, b: int, registry: Registry, published: date | None) -> list[tuple[int, int, Actor]]:
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
