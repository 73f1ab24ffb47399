"""Propositions of a case are recognised by slots: editable groups of words, one of each of which must be there.

A slot is plain data in ``case.toml``. No similarity model decides what a statement is about: a statement that fits no
slot is *unmapped*, and is listed for a person.
"""

from __future__ import annotations

import re
from functools import cached_property

from pydantic import BaseModel, ConfigDict, Field, field_validator

from unfog.statements.statement import Stance

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_NEGATOR = frozenset(
    [
        "no",
        "not",
        "never",
        "neither",
        "nor",
        "none",
        "nobody",
        "nothing",
        "without",
        "cannot",
        "didn't",
        "doesn't",
        "don't",
        "wasn't",
        "weren't",
        "isn't",
        "aren't",
        "haven't",
        "hasn't",
        "hadn't",
        "won't",
        "wouldn't",
        "couldn't",
        "can't",
    ]
)
_NEGATION_REACH = 6


class Slot(BaseModel):
    """How statements about one proposition are recognised.

    Attributes:
        proposition: Id of the proposition of the case.
        scope: Scope within it: statements are compared only within one scope. "" is the plain proposition.
        needs: Groups of terms; of each group one must occur. ``interfer*`` matches by prefix; several words match in
            order.
        without: Terms that must not occur.
        act: Terms of the act itself; a negator up to six words before one of them turns an assertion into a denial.
        said_from, said_to: Only statements of this period (ISO dates, inclusive).
        ids: Statements mapped by hand, by id; they need no words.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", ignored_types=(cached_property,))

    proposition: str
    scope: str = ""
    needs: tuple[tuple[str, ...], ...] = ()
    without: tuple[str, ...] = ()
    act: tuple[str, ...] = ()
    said_from: str = ""
    said_to: str = ""
    ids: tuple[str, ...] = Field(default=())

    @field_validator("said_from", "said_to", mode="before")
    @classmethod
    def _text(cls, value: object) -> str:
        return str(value)

    @cached_property
    def _patterns(self) -> tuple[list[re.Pattern[str]], list[re.Pattern[str]], list[re.Pattern[str]]]:
        return (
            [_any(group) for group in self.needs],
            [_any(self.without)] if self.without else [],
            [_any(self.act)] if self.act else [],
        )

    def fits(self, text: str, said_on: str) -> bool:
        """Whether the words (lower case, straight apostrophes) fit, for a statement of that date."""
        needs, without, _ = self._patterns
        if not needs:
            return False
        if (self.said_from and said_on < self.said_from) or (self.said_to and said_on[:10] > self.said_to):
            return False
        return all(p.search(text) for p in needs) and not any(p.search(text) for p in without)

    def negated(self, text: str) -> bool:
        """Whether every act term stands within six words after a negator."""
        acts = [m.start() for p in self._patterns[2] for m in p.finditer(text)]
        if not acts:
            return False
        words = [(m.start(), m.group().replace("’", "'")) for m in _WORD.finditer(text)]
        return all(
            any(w in _NEGATOR for s, w in words[max(0, _index(words, at) - _NEGATION_REACH) : _index(words, at)])
            for at in acts
        )


class Mapped(BaseModel):
    """Where a statement belongs."""

    model_config = ConfigDict(frozen=True)

    propositions: tuple[str, ...] = ()
    scope: str = ""
    negated: bool = False
    by_hand: bool = False


def map_statement(slots: tuple[Slot, ...], identifier: str, words: str, said_on: str) -> Mapped:
    """Map a statement to propositions.

    For each proposition the slot with the most groups wins, so that a narrower scope goes before a wider one.

    Args:
        slots: Declared slots, in order.
        identifier: Id of the statement.
        words: Its content, with the context in which it was said where that is known.
        said_on: ISO date.
    """
    text = words.lower().replace("’", "'")
    best: dict[str, Slot] = {}
    by_hand = False
    for slot in slots:
        hand = identifier in slot.ids
        if not hand and not slot.fits(text, said_on):
            continue
        by_hand |= hand
        held = best.get(slot.proposition)
        if held is None or hand or (identifier not in held.ids and len(slot.needs) > len(held.needs)):
            best[slot.proposition] = slot
    if not best:
        return Mapped()
    ordered = [best[p] for p in sorted(best)]
    scopes = sorted({s.scope for s in ordered if s.scope})
    return Mapped(
        propositions=tuple(s.proposition for s in ordered),
        scope="; ".join(scopes),
        negated=any(s.negated(text) for s in ordered),
        by_hand=by_hand,
    )


def polarity(stance: Stance) -> int:
    """+1 where the speaker holds the claim to be true, -1 where false, 0 where neither follows."""
    return {Stance.ASSERTS: 1, Stance.DENIES: -1}.get(stance, 0)


def _any(terms: tuple[str, ...]) -> re.Pattern[str]:
    parts = []
    for term in terms:
        words = term.lower().replace("’", "'").split()
        parts.append(r"\W+".join(re.escape(w[:-1]) + r"\w*" if w.endswith("*") else re.escape(w) for w in words))
    return re.compile(r"(?<!\w)(?:" + "|".join(parts) + r")(?!\w)")


def _index(words: list[tuple[int, str]], at: int) -> int:
    for i, (start, _) in enumerate(words):
        if start >= at:
            return i
    return len(words)
