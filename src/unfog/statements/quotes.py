"""The quote automaton: which words stand in quotation marks, and which quotations run on over paragraphs.

It never raises. Straight marks are read by their surroundings, curly marks by their shape, and a mark that fits neither
is left alone. A paragraph that opens with a mark while the quotation before it is unclosed continues that quotation
(the printing custom of news agencies), also across a caption that the page put in between.
"""

from __future__ import annotations

from dataclasses import dataclass

from unfog.statements.tokens import Tokens

OUTSIDE, OPENING, INSIDE, CLOSING = 0, 1, 2, 3
"""State of a token towards quotation marks."""

_OPEN = {"“", "``", "„", "«"}
_CLOSE = {"”", "»"}
_STRAIGHT = {'"', "''", "＂"}
_SINGLE_OPEN = {"‘"}
_SINGLE = {"'", "’"}
_MIN_SINGLE_WORDS = 3


@dataclass(frozen=True, slots=True)
class Quotation:
    """A stretch of quoted tokens inside one paragraph, marks included.

    Attributes:
        start, end: Token range [start, end).
        closed: Whether a closing mark was found.
        continues: Index of the quotation that this one carries on, or -1.
        single: Marked by single quotation marks.
    """

    start: int
    end: int
    closed: bool
    continues: int = -1
    single: bool = False


def quote(
    tokens: Tokens, paras: list[tuple[int, int]], skip: set[int] | None = None
) -> tuple[list[int], list[Quotation]]:
    """Run the automaton.

    Args:
        tokens: The text.
        paras: Token ranges of its paragraphs.
        skip: Indices of paragraphs that interrupt the text (captions, related links): they neither continue an open
            quotation nor end it.

    Returns:
        The state of every token, and the quotations in order.
    """
    states = [OUTSIDE] * len(tokens)
    found: list[Quotation] = []
    carry = -1  # index of the unclosed quotation that the next paragraph may continue
    for k, (a, b) in enumerate(paras):
        if skip and k in skip:
            _paragraph(tokens, a, b, states, found, -1)
            continue
        carry = _paragraph(tokens, a, b, states, found, carry)
    return states, found


def _paragraph(tokens: Tokens, a: int, b: int, states: list[int], found: list[Quotation], carry: int) -> int:
    """Mark one paragraph; returns the index of a quotation left open at its end, else -1."""
    words = tokens.words
    first = a
    opened_at = -1
    continues = -1
    had_double = False
    for i in range(a, b):
        word = words[i]
        kind = _role(tokens, i, a, b) if word in _OPEN or word in _CLOSE or word in _STRAIGHT else ""
        if kind:
            had_double = True
        if opened_at < 0:
            if kind in ("open", "either"):
                opened_at, continues = i, (carry if i == first else -1)
                states[i] = OPENING
            elif kind == "close" and carry >= 0 and _untouched(states, a, i):
                # the paragraph carries the quotation on without a mark of its own
                for j in range(a, i):
                    states[j] = INSIDE
                states[i] = CLOSING
                found.append(Quotation(a, i + 1, True, carry))
            carry = -1 if kind else carry
        elif kind == "close" or (kind == "either" and i > opened_at + 1):
            states[i] = CLOSING
            found.append(Quotation(opened_at, i + 1, True, continues))
            opened_at = -1
        else:
            states[i] = INSIDE
    if opened_at >= 0:
        found.append(Quotation(opened_at, b, False, continues))
        return len(found) - 1
    if not had_double:
        _singles(tokens, a, b, states, found)
    return -1


def _untouched(states: list[int], a: int, i: int) -> bool:
    return all(s == OUTSIDE for s in states[a:i])


def _role(tokens: Tokens, i: int, a: int, b: int) -> str:
    """What the mark at i can be: open, close or either."""
    word, (start, end), text = tokens.words[i], tokens.spans[i], tokens.text
    before = text[start - 1] if start > 0 else " "
    after = text[end] if end < len(text) else " "
    space_before = before.isspace() or before in "([—–-"
    space_after = after.isspace() or after in ".,;:!?)]—–-"
    if word in _OPEN:
        # a curly mark of the wrong shape, glued to the word before it and not to the one after
        return "close" if not space_before and space_after else "open"
    if word in _CLOSE:
        return "open" if i == a and not after.isspace() else "close"
    if i == a:
        return "open"
    if i == b - 1:
        return "close"
    if space_before and not space_after:
        return "open"
    if space_after and not space_before:
        return "close"
    return "either"


def _singles(tokens: Tokens, a: int, b: int, states: list[int], found: list[Quotation]) -> None:
    """Single quotation marks where no double ones stand: headlines, and publishers who print them so."""
    words, spans, text = tokens.words, tokens.spans, tokens.text
    opened = -1
    for i in range(a, b):
        word = words[i]
        if word not in _SINGLE and word not in _SINGLE_OPEN:
            continue
        start, end = spans[i]
        left = text[start - 1] if start > 0 else " "
        right = text[end] if end < len(text) else " "
        opens = (left.isspace() or left in "([—–:") and not right.isspace()
        closes = not left.isspace() and not right.isalnum()
        if opened < 0 and opens and (word in _SINGLE_OPEN or word == "'"):
            opened = i
        elif opened >= 0 and closes and word not in _SINGLE_OPEN:
            if sum(w[0].isalnum() for w in words[opened + 1 : i]) >= _MIN_SINGLE_WORDS:
                states[opened], states[i] = OPENING, CLOSING
                for j in range(opened + 1, i):
                    states[j] = INSIDE
                found.append(Quotation(opened, i + 1, True, -1, True))
            opened = -1
