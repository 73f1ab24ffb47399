"""Demands and promises with their status on the as-of date: open, promised, kept, evaded.

A status that a person declared (with the statement or observation that shows it) goes first. Otherwise later statements
are matched by what is asked for and by shared words, and the row says so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict, field_validator

from unfog.statements.statement import Stance, Statement

_DONE = re.compile(
    r"\b(?:(?:was|were|has been|have been|is|are|been) (?:now |finally )?(?:published|released|made "
    r"public|provided|disclosed)"
    r"|publish(?:es|ed) (?:the|its|their|a)|releas(?:es|ed) (?:the|its|their|a))",
    re.I,
)
_WORD = re.compile(r"[^\W\d_]{4,}")
_STOP = frozenset(
    [
        "that",
        "this",
        "with",
        "from",
        "have",
        "been",
        "were",
        "they",
        "their",
        "which",
        "there",
        "would",
        "about",
        "what",
        "when",
        "also",
        "said",
        "says",
        "will",
    ]
)


class Answer(BaseModel):
    """What became of a demand or promise, declared by a person.

    Attributes:
        demand: Id of the statement that demands or promises.
        status: promised, kept or evaded.
        on: ISO date; it counts from then on only.
        by: Id of the statement or observation that shows it.
        reason: Why it is read so.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    demand: str
    status: Literal["promised", "kept", "evaded"]
    on: str
    by: str = ""
    reason: str

    @field_validator("on", mode="before")
    @classmethod
    def _text(cls, value: object) -> str:
        return str(value)


class DemandRow(BaseModel):
    """One demand or promise and where it stands."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    statement: str
    said_on: str
    speaker: str
    side: str
    act: str
    what: str
    content: str
    propositions: tuple[str, ...]
    status: str
    on: str = ""
    by: str = ""
    how: str = ""


def demand_rows(
    statements: Sequence[Statement],
    answers: Sequence[Answer],
    known_ids: set[str],
    events: Sequence[tuple[str, str, str]] = (),
) -> list[DemandRow]:
    """Every demand and promise with its status.

    Args:
        statements: The ledger as known on the as-of date.
        answers: Declared answers; one whose ``by`` is not known on this date does not count yet.
        known_ids: Ids of statements and observations known on this date.
        events: (id, ISO date, words) of observations, in which a publication may be told.
    """
    out = []
    for s in sorted(statements, key=lambda s: (s.said_on, s.id)):
        for demand in s.demands:
            status, on, by, how = _declared(s, answers, known_ids) or _matched(
                s, demand.what, demand.act, statements, events
            )
            out.append(
                DemandRow(
                    statement=s.id, said_on=s.said_on, speaker=s.who, side=s.speaker.side, act=demand.act,
                    what=demand.what,
                    content=s.content, propositions=s.propositions, status=status, on=on, by=by, how=how,
                )
            )  # fmt: skip
    return out


def _declared(s: Statement, answers: Sequence[Answer], known: set[str]) -> tuple[str, str, str, str] | None:
    mine = [a for a in answers if a.demand == s.id and (not a.by or a.by in known)]
    if not mine:
        return None
    last = max(mine, key=lambda a: (a.on, ("promised", "evaded", "kept").index(a.status)))
    return last.status, last.on, last.by, f"declared: {last.reason}"


def _matched(
    s: Statement, what: str, act: str, statements: Sequence[Statement], events: Sequence[tuple[str, str, str]]
) -> tuple[str, str, str, str]:
    mine = _stems(s.content)
    later = [o for o in statements if o.id != s.id and o.said_on > s.said_on and _near(s, o, mine)]
    found: list[tuple[str, str, str, str]] = []
    for o in later:
        if _DONE.search(o.content) and _names(what, o.content):
            found.append(("kept", o.said_on, o.id, "matched by words: look at it"))
        elif act == "demanded" and o.who != s.who and o.speaker.side != s.speaker.side:
            if o.stance is Stance.PROMISES and _names(what, o.content):
                found.append(("promised", o.said_on, o.id, "matched by words: look at it"))
            elif o.stance is Stance.REFUSES:
                found.append(("evaded", o.said_on, o.id, "refused to answer; matched by words: look at it"))
    for identifier, on, words in events:
        if on > s.said_on and _DONE.search(words) and _names(what, words) and len(mine & _stems(words)) >= 2:
            found.append(("kept", on, identifier, "matched by words: look at it"))
    if not found:
        return "open", "", "", ""
    rank = {"kept": 2, "promised": 1, "evaded": 0}
    return max(found, key=lambda f: (rank[f[0]], f[1], f[2]))


def _near(s: Statement, o: Statement, mine: set[str]) -> bool:
    return bool(set(s.propositions) & set(o.propositions)) or len(mine & _stems(o.content)) >= 3


def _names(what: str, words: str) -> bool:
    stem = {
        "evidence": r"evidence|proof|facts|data|assessment",
        "publication": r"publish|releas|public",
        "answer": r"answer|explain",
    }
    return re.search(stem.get(what, re.escape(what)), words, re.I) is not None


def _stems(text: str) -> set[str]:
    return {w.lower()[:7] for w in _WORD.findall(text) if w.lower() not in _STOP}
