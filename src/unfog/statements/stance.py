"""Stance by rules: the class of the cue, then the words of the content. Every rule names the words that made it fire.

There is no corpus with gold stance for this use, so the rules are hand-written and their reach is told, not measured.
"""

from __future__ import annotations

import re
from typing import Literal

from unfog.statements.statement import Demand, Stance

_EVIDENCE = r"(?:evidence|proof|facts?|data|report|documents?|assessment|details|truth|names|list)"

_REFUSES = re.compile(
    r"\b(?:no comment|(?:declin|refus)\w+ to (?:comment|say|answer|discuss|disclose|be drawn|give|confirm)"
    r"|(?:not|n't|inappropriate to|unable to) (?:be )?(?:comment|discuss)(?:ing)?\b|inappropriate to comment"
    r"|would not (?:comment|say|be drawn|confirm|discuss))"
)
_DEMANDS_EVIDENCE = re.compile(
    rf"\b(?:need(?:s|ed)?(?: to (?:see|be|have))?,? [\"“‘']?(?:much )?(?:more|further|some|hard|the)\s+{_EVIDENCE}"
    rf"|(?:show|produce|present|publish|release|disclose) (?:us |me |the |any |some |more |its |their |your "
    rf")*{_EVIDENCE}"
    r"|(?:let|then) (?:us )?see the (?:evidence|proof|facts)"
    r"|where(?:'s| is| are) the (?:evidence|proof|facts)"
    r"|(?:must|should|needs? to|ought to|has to)(?: now)? be (?:made public|published|released|disclosed)"
    r"|(?:must|should) (?:now )?(?:publish|release|disclose)"
    r"|right to know|need to (?:know|get to the bottom)|want to get to the bottom"
    rf"|why (?:on earth )?(?:did|has|have|is|was|won't)\b.{{0,60}}\b(?:sit on|publish|release|delay|withh|report))"
)
_PROMISES = re.compile(
    r"\b(?:(?:will|shall|'ll) (?:be )?(?:publish|release|provide|present|set out|report back|respond|disclose|share)\w*"
    r"|(?:will|shall|'ll|going to) (?:finally )?(?:appoint|investigat|look into|examin)\w*"
    r"|(?:promis|pledg|vow|undertak|commit)\w* to\b)"
)
_DENIES = re.compile(
    r"\b(?:den(?:y|ies|ied|ying)|reject(?:s|ed|ing)?|refut(?:e|es|ed|ing)|(?:do|does|did) not "
    r"accept|(?:don't|doesn't) accept"
    r"|nonsense|bogus|rubbish|untrue|not true|simply false|is false|are false|incorrect|baseless|groundless"
    r"|unfounded|in no way|no truth|not a shred of truth|absurd|had nothing to do|nothing to do with"
    r"|(?:russia|moscow|we|he|she|they|i) (?:did not|didn't|have not|haven't|has not|hasn't|never|do not|don't) "
    r"(?:interfer|meddl|hack|leak|spread|do\b|run|take part|involve)\w*)"
)
_NO_EVIDENCE = re.compile(
    r"(?:\b|(?=n't))(?:(?:absolutely |in fact )?no (?:\w+ ){0,2}(?:evidence|proof|sign|indication)|little evidence"
    r"|not a sausage"
    r"|(?:not|n't|never) (?:yet )?(?:seen|seen or sought|found|find|identified|identify|received|been shown)\b.{0,30}"
    r"|(?:without|lack of|absence of|insufficient) (?:any )?(?:evidence|proof)|no smoking gun|nothing in this report)"
)
_ABSENCE_OBJECT = re.compile(
    r"\b(?:evidence|proof|sign|indication|accounts|interference|sausage|smoking gun|report|activity)"
)
_DEFLECTS = re.compile(
    r"\b(?:(?:divert|distract|deflect)\w* (?:attention )?from|distraction|desperation|conspiracy theor\w+|witch[- ]hunt"
    r"|smokescreen|dead cat|tip of the iceberg of lies|the real (?:issue|question|story)|what about|instead "
    r"of|look at what)"
)
_UNDER_NEGATION = re.compile(r"\b(?:not|nobody|no one|no-one|neither|never|n't)\b(?:\s+\S+){0,9}\s*$")
"""\"Nobody denied\", \"does not mean these stories are false\": a denial under a negator is none."""
_QUESTION = re.compile(r"\?\s*[”\"']?\s*$")

_CUE_STANCE: tuple[tuple[re.Pattern[str], Stance], ...] = (
    (re.compile(r"\b(?:declin|refus)\w+|\bno comment|\bwould not\b"), Stance.REFUSES),
    (
        re.compile(r"\b(?:den(?:y|ies|ied|ying)|reject\w*|dismiss\w*|refut\w+|rebuff\w*|disput\w+|rubbish\w+)\b"),
        Stance.DENIES,
    ),
    (
        re.compile(r"\b(?:demand\w*|urg(?:e|es|ed|ing)|call(?:s|ed|ing)? (?:on|for)|insist\w* there need)"),
        Stance.DEMANDS_ACTION,
    ),
    (re.compile(r"\b(?:promis\w+|pledg\w+|vow\w*|undertook|commit\w+)\b"), Stance.PROMISES),
    (re.compile(r"\b(?:ask|asks|asked|asking|wonder\w*|question(?:s|ed|ing)?)\b"), Stance.ASKS),
)

_RECORDED: tuple[tuple[str, Stance], ...] = (
    ("no comment", Stance.REFUSES),
    ("refuses", Stance.REFUSES),
    ("withholds", Stance.OTHER),
    ("asks for report", Stance.DEMANDS_EVIDENCE),
    ("demands evidence", Stance.DEMANDS_EVIDENCE),
    ("demands", Stance.DEMANDS_ACTION),
    ("promises", Stance.PROMISES),
    ("no evidence", Stance.ABSENCE),
    ("little evidence", Stance.ABSENCE),
    ("limits claim", Stance.ABSENCE),
    ("denies knowledge", Stance.ABSENCE),
    ("denies", Stance.DENIES),
    ("rejects", Stance.DENIES),
    ("dismisses", Stance.DENIES),
    ("deflects", Stance.DEFLECTS),
    ("asks", Stance.ASKS),
    ("asserts", Stance.ASSERTS),
    ("attributes", Stance.ASSERTS),
    ("suspects", Stance.ASSERTS),
    ("attempts", Stance.ASSERTS),
)


def recorded_stance(text: str) -> Stance | None:
    """The stance that the author of a log wrote, where its words are known; None if they are not."""
    plain = text.lower().strip()
    for words, stance in _RECORDED:
        if plain.startswith(words):
            return stance
    return None


def stance_of(content: str, cue: str = "", *, negated_claim: bool = False) -> Stance:
    """What a statement does with its claim.

    Args:
        content: The words said.
        cue: The words that attribute them, "" for a recorded statement.
        negated_claim: The slot that mapped it found its act under a negator.
    """
    text = content.lower().replace("’", "'")
    verb = cue.lower().replace("’", "'")
    by_cue = next((stance for pattern, stance in _CUE_STANCE if pattern.search(verb)), None)
    if by_cue is Stance.REFUSES or _REFUSES.search(text):
        return Stance.REFUSES
    if _DEMANDS_EVIDENCE.search(text):
        return Stance.DEMANDS_EVIDENCE
    if by_cue is Stance.DEMANDS_ACTION:
        return Stance.DEMANDS_EVIDENCE if re.search(_EVIDENCE, text) else Stance.DEMANDS_ACTION
    if by_cue is Stance.PROMISES or _PROMISES.search(text):
        return Stance.PROMISES
    if by_cue is Stance.DENIES:
        return Stance.DENIES
    if (found := _NO_EVIDENCE.search(text)) and _ABSENCE_OBJECT.search(text, found.start()):
        return Stance.ABSENCE
    if any(not _UNDER_NEGATION.search(text[: m.start()]) for m in _DENIES.finditer(text)):
        return Stance.DENIES
    if _DEFLECTS.search(text):
        return Stance.DEFLECTS
    if by_cue is Stance.ASKS or _QUESTION.search(text):
        return Stance.ASKS
    return Stance.DENIES if negated_claim else Stance.ASSERTS


_WHAT = (
    ("report", re.compile(r"\breports?\b")),
    ("evidence", re.compile(r"\b(?:evidence|proof|facts?|data|bottom of)\b")),
    ("inquiry", re.compile(r"\b(?:inquiry|investigat\w+|probe)\b")),
    ("publication", re.compile(r"\b(?:publish\w*|publication|made public|releas\w+|disclos\w+)\b")),
    ("answer", re.compile(r"\b(?:answer|explain|explanation|know|come to the house|why)\b")),
)


def demands_of(content: str, stance: Stance) -> tuple[Demand, ...]:
    """What is asked for or promised, by the words of the content; empty for other stances."""
    if stance not in (Stance.DEMANDS_EVIDENCE, Stance.PROMISES):
        return ()
    text = content.lower().replace("’", "'")
    found = [what for what, pattern in _WHAT if pattern.search(text)]
    act: Literal["demanded", "promised"] = "promised" if stance is Stance.PROMISES else "demanded"
    return tuple(Demand(what=w, act=act) for w in (found[:1] or ["action"])) if act == "demanded" or found else ()
