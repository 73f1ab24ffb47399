"""Words of certainty with their *use*: the lexicon tells that "almost certain" stands there, this tells whose it is.

- mentioned: in single marks inside quoted speech, or after "the phrase", "the word", "a replacement for" ...:
  talked about, not used;
- nested: after a verb of saying with another subject inside the same sentence: somebody else's word;
- negated: after a negator, for words of probability, confidence and belief ("no evidence" is an own class, not a
  negation);
- authorial: outside any attribution: the writer's own;
- asserted: all others.

Fails where a speaker reports somebody without a verb of saying, and on irony.
"""

from __future__ import annotations

import re

from unfog.statements.statement import TermUse, Use
from unfog.text.certainty import Certainty, band_of, certainty_words
from unfog.text.yardstick import STANDARDS

_MENTION = re.compile(
    r"\b(?:phrase|words?|term|terms|wording|expression|formula|label|so-called|replacement for|instead "
    r"of|replaced|move on from|"
    r"used to say|now it is|now it's)\b[^.?!]{0,24}$",
    re.IGNORECASE,
)
_NEGATED = re.compile(
    r"\b(?:not|no longer|never|hardly|isn't|aren't|wasn't|weren't|don't|doesn't|didn't)(?:\s+\w+){0,2}\s*$",
    re.IGNORECASE,
)
_SPEECH = re.compile(
    r"\b(?P<subject>[\w’'.-]+)\s+(?:(?:has|had|have|also|recently|then|already|now|correctly)\s+){0,3}"
    r"(?P<verb>said|says|admitted|admits|claimed|claims|told|stated|states|conceded|insisted|insists|announced|argued|argues)\b",
    re.IGNORECASE,
)
_OWN = frozenset(["i", "we", "i've", "we've", "it", "there", "as", "and", "that", "you"])
_SENTENCE_END = re.compile(r"[.?!][”\"’']?\s")
_FALSE_FRIEND = re.compile(r"^almost impossible$", re.IGNORECASE)
_TO_VERB = re.compile(r"^\s+(?:for\s+\w+\s+)?to\s+\w+")
_NEGATABLE = frozenset({"probability", "confidence", "belief"})
_NOTES = {
    "confidence": "a confidence term: not a probability, no number",
    "absence": "not a probability of zero; keep its scope",
    "hedge": "a hedge: no number",
}


def certainty_of(
    content: str, *, standard: str = "phia", direct: bool = True, offset: int = 0, authorial: bool = False
) -> tuple[TermUse, ...]:
    """Words of certainty of a statement's content.

    Args:
        content: The words, with or without their outer quotation marks.
        standard: Yardstick for ``low`` and ``high``.
        direct: The whole content is speech, so that single marks in it are marks inside speech.
        offset: Where the content begins in the stored text; added to the spans.
        authorial: The words stand outside any attribution.
    """
    out = []
    for hit in certainty_words(content):
        if _FALSE_FRIEND.match(hit.text) and _TO_VERB.match(content[hit.end :]):
            continue  # "almost impossible to understand" is a complaint, not a probability
        bands = {s: b for s in STANDARDS if (b := band_of(hit.term, s)) is not None}
        low, high = bands.get(standard, (None, None))
        out.append(
            TermUse(
                term=hit.term,
                text=hit.text,
                cls=hit.cls,
                span=(offset + hit.start, offset + hit.end),
                use=Use.AUTHORIAL if authorial else _use(content, hit, direct=direct),
                standard=standard if low is not None else "",
                low=low,
                high=high,
                bands=bands,
                note="" if bands else _NOTES.get(hit.cls, ""),
            )
        )
    return tuple(out)


def _use(content: str, hit: Certainty, *, direct: bool) -> Use:
    before = content[: hit.start]
    cut = max((m.end() for m in _SENTENCE_END.finditer(before)), default=0)
    sentence = before[cut:].replace("’", "'")
    if _in_single_marks(content, hit.start, hit.end) and (direct or _inside_double(content, hit.start)):
        return Use.MENTIONED
    if _MENTION.search(sentence.replace("‘", "'")) and _marked(content, hit.start, hit.end):
        return Use.MENTIONED
    if any(m["subject"].lower() not in _OWN for m in _SPEECH.finditer(sentence)):
        return Use.NESTED
    if hit.cls in _NEGATABLE and _NEGATED.search(sentence):
        return Use.NEGATED
    return Use.ASSERTED


def _in_single_marks(text: str, start: int, end: int) -> bool:
    """Whether the term stands in a short stretch of single quotation marks (apostrophes do not count)."""
    left = re.search(r"(?:^|[\s(\[“\"—–-])(['‘])[^'‘’\n]{0,40}$", text[:start])
    right = re.match(r"[^'‘’\n]{0,40}?[,.]?['’](?:\W|$)", text[end:])
    return bool(left and right)


def _inside_double(text: str, at: int) -> bool:
    opened = text.count("“", 0, at) - text.count("”", 0, at)
    return opened > 0 or text.count('"', 0, at) % 2 == 1


def _marked(text: str, start: int, end: int) -> bool:
    """Whether any quotation mark stands close on both sides."""
    return bool(re.search(r"[\"“'‘][^\"“”]{0,24}$", text[:start]) and re.match(r"[^\"“”]{0,24}?[\"”'’]", text[end:]))
