"""From the words that stand for a speaker to who it is. A wrong name costs more than none: what is not sure stays
unresolved.

Order of means: full name, spokesperson of a principal (who stays the speaker), honorific or surname known in this
article, office on the day of the article, organisation, misprint of a known name, pronoun by salience. Pronouns: the
most salient person before the cue in this or the three paragraphs before, of fitting gender; the speaker of the
attribution before and the subject of a sentence count more than a name in passing.
"""

from __future__ import annotations

import re

from unfog.statements.actors import Actor, plain
from unfog.statements.cast import GENDERED, Cast, Spoken
from unfog.statements.names import CALENDAR, NAME, ROLE_WORDS, person_in
from unfog.statements.offices import office_holder
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

_HOME_GOVERNMENT = frozenset(["government", "ministers"])


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
    found = [
        (m, p)
        for m in NAME.finditer(words)
        if (p := person_in(m.group(), registry)) is not None and not _anothers(words, m.start() + p[1], m.end())
    ]
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
        gender = GENDERED.get(match[1].lower(), "") if match else ""
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


def _anothers(words: str, start: int, end: int) -> bool:
    """Whether a name only tells whose the speaker is: "the crews of Anna Hale", "Anna Hale's crews"."""
    of = re.search(r"[a-z]\s+(?:of|for|to|from|with|by|against|about)\s+(?:(?:Mr|Mrs|Ms|Dr)\.?\s+)?$", words[:start])
    return of is not None or re.search(r"['’]s?\s+\w", words[end - 2 :][:5]) is not None


def _spokesperson(words: str, cast: Cast) -> Speaker:
    """A spokesperson is an actor of their own, with a principal. A bare "the spokesman" is the one met before."""
    match = _SPOKES.search(words)
    if match is None:
        return Speaker(mention=words)
    before, after = words[: match.start()].strip(" ,"), words[match.end() :].strip(" ,")
    own = next((p[0] for m in NAME.finditer(after) if (p := person_in(m.group(), cast.registry))), "")
    if not own and not before.lower().endswith(("'s", "’s")):
        own = next((p[0] for m in NAME.finditer(before) if (p := person_in(m.group(), cast.registry))), "")
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
        if s.at < at and paragraph - s.paragraph <= 2 and s.gender in ("", gender) and s.speaker.name in cast.names:
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


def _is_organisation(words: str) -> bool:
    bare = _article_free(words)
    if all(w.lower().strip(".,") in ROLE_WORDS for w in bare.split()):
        return False  # an office whose holder is not known here: "Prime Minister" in an undated article
    named = all(
        w[0].isupper() or not w[0].isalpha() or w in ("of", "and", "for", "the", "on", "in") for w in bare.split()
    )
    return bool(bare) and bare[0].isupper() and named and len(bare.split()) <= 6 and plain(bare) not in CALENDAR


def _article_free(words: str) -> str:
    return re.sub(r"^(?:the|a|an)\s+", "", words.strip(" ,"), flags=re.IGNORECASE)
