"""What statements are to each other. Comparisons are made within one proposition *and* one scope, and nowhere else.

- *register*: how one side's words of certainty on one claim changed; between classes (probability, confidence ...)
  there is no order, so a change is then only "another register".
- *contradiction*: the same side asserts and denies one claim; *dispute*: two sides do. "No evidence of X" does neither.
- *distortion*: a statement reports another one and drops or adds a negation or a word that limits its scope.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence, Set
from typing import Any

from pydantic import BaseModel, ConfigDict

from unfog.statements.propositions import polarity
from unfog.statements.statement import Statement, TermUse, Use

_REGISTER_CLASSES = ("probability", "confidence", "belief", "absence")


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Register(_Row):
    """One word of certainty on one claim by one side, with what changed since the word before it."""

    proposition: str
    scope: str
    side: str
    said_on: str
    speaker: str
    statement: str
    term: str
    cls: str
    low: float | None
    high: float | None
    change: str = ""
    since: str = ""


class Conflict(_Row):
    """Two statements that cannot both be true of one claim in one scope."""

    kind: str
    proposition: str
    scope: str
    earlier: str
    earlier_on: str
    earlier_who: str
    later: str
    later_on: str
    later_who: str


class Distortion(_Row):
    """A report of somebody's words that differs from them in negation or scope."""

    statement: str
    reports: str
    reported_who: str
    dropped: tuple[str, ...]
    added: tuple[str, ...]
    how: str


class Match(_Row):
    """The same words, or the same thing in other words, in two places."""

    kind: str
    first: str
    second: str
    containment: float


def registers(statements: Iterable[Statement]) -> list[Register]:
    """Words of certainty per claim and side in order of time; only asserted uses count."""
    by_claim: dict[tuple[str, str, str], list[tuple[Statement, TermUse]]] = defaultdict(list)
    for s in sorted(statements, key=lambda s: (s.said_on, s.id)):
        strongest = _leading(s.certainty)
        if strongest is None or not s.said_on:
            continue
        for p in s.propositions:
            by_claim[p, s.scope, s.speaker.side or s.who].append((s, strongest))
    out = []
    for (proposition, scope, side), uses in sorted(by_claim.items()):
        before: tuple[Statement, TermUse] | None = None
        for s, term in uses:
            change = _change(before[1], term) if before else ""
            out.append(
                Register(
                    proposition=proposition, scope=scope, side=side, said_on=s.said_on, speaker=s.who, statement=s.id,
                    term=term.term, cls=term.cls, low=term.low, high=term.high, change=change,
                    since=before[0].id if before else "",
                )
            )  # fmt: skip
            before = (s, term)
    return out


def _leading(terms: Sequence[TermUse]) -> TermUse | None:
    asserted = [t for t in terms if t.use is Use.ASSERTED and t.cls in _REGISTER_CLASSES]
    return min(asserted, key=lambda t: (_REGISTER_CLASSES.index(t.cls), t.span), default=None)


def _change(before: TermUse, now: TermUse) -> str:
    if before.term == now.term:
        return "same word"
    if before.cls != now.cls:
        return f"another register: {before.cls} to {now.cls}"
    if before.low is None or now.low is None or before.high is None or now.high is None:
        return "other word, no order between them"
    if now.low >= before.high:
        return "firmer"
    if now.high <= before.low:
        return "softer"
    return "other word, bands overlap"


def conflicts(statements: Iterable[Statement]) -> list[Conflict]:
    """Assertions and denials of one claim in one scope; nested reports and unmapped statements take no part."""
    by_claim: dict[tuple[str, str], list[Statement]] = defaultdict(list)
    for s in statements:
        if polarity(s.stance) and not s.nested:
            for p in s.propositions:
                by_claim[p, s.scope].append(s)
    out = []
    for (proposition, scope), group in sorted(by_claim.items()):
        ordered = sorted(group, key=lambda s: (s.said_on, s.id))
        for i, a in enumerate(ordered):
            for b in ordered[i + 1 :]:
                if polarity(a.stance) == polarity(b.stance):
                    continue
                same_speaker = a.who == b.who and a.speaker.name != ""
                same_side = bool(a.speaker.side) and a.speaker.side == b.speaker.side
                kind = (
                    "change of position" if same_speaker else "contradiction within a side" if same_side else "dispute"
                )
                if same_speaker and a.said_on and a.said_on == b.said_on:
                    kind = "contradiction"
                out.append(
                    Conflict(
                        kind=kind, proposition=proposition, scope=scope, earlier=a.id, earlier_on=a.said_on,
                        earlier_who=a.who, later=b.id, later_on=b.said_on, later_who=b.who,
                    )
                )  # fmt: skip
    return out


LIMITERS = (
    "successful", "successfully", "broad spectrum", "broad-spectrum", "full-scale", "full scale", "large-scale",
    "widespread",
    "significant", "direct", "conclusive", "clear", "proven", "attempted", "sought", "some", "any", "possible",
    "possibly",
    "likely", "alleged", "reported", "suspected", "largely", "mostly", "partly", "in the united kingdom", "in the uk",
)  # fmt: skip
"""Words that limit a claim; a report that drops or adds one has changed it. Compared as stems."""
_NEGATION = re.compile(r"\b(?:no|not|never|nothing|none|without|neither|nor)\b|n['’]t\b", re.I)
_CONTENT_WORD = re.compile(r"[^\W\d_]{4,}")
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
        "into",
        "what",
        "when",
        "also",
        "said",
        "says",
        "will",
        "than",
        "then",
        "them",
        "some",
        "more",
        "most",
        "over",
        "only",
        "very",
        "such",
        "other",
        "these",
        "those",
        "being",
        "could",
        "should",
        "does",
    ]
)


def distortions(statements: Sequence[Statement]) -> list[Distortion]:
    """Reports of earlier statements that drop or add a negation or a limiting word.

    A statement with ``nested`` set to a speaker is compared with that speaker's (or principal's) earlier statements
    that share a proposition or at least two content words with it; the nearest in words is taken.
    """
    out = []
    for s in sorted(statements, key=lambda s: (s.said_on, s.id)):
        if not s.nested:
            continue
        mine = _stems(s.content)
        candidates = [
            (len(mine & _stems(o.content)), o)
            for o in statements
            if o.id != s.id
            and not o.nested
            and _named(s.nested, o)
            and (not o.said_on or not s.said_on or o.said_on <= s.said_on)
        ]
        candidates = [(n + 2 * bool(set(s.propositions) & set(o.propositions)), o) for n, o in candidates]
        candidates = [(n, o) for n, o in candidates if n >= 2]
        if not candidates:
            continue
        _, original = max(candidates, key=lambda c: (c[0], c[1].said_on, c[1].id))
        dropped = tuple(w for w in LIMITERS if _has(original.content, w) and not _has(s.content, w))
        added = tuple(w for w in LIMITERS if _has(s.content, w) and not _has(original.content, w))
        negation = bool(_NEGATION.search(original.content)) != bool(_NEGATION.search(s.content))
        if dropped or added or negation:
            how = "; ".join(
                part
                for part in (
                    "a negation was dropped or added" if negation else "",
                    f"dropped: {', '.join(dropped)}" if dropped else "",
                    f"added: {', '.join(added)}" if added else "",
                )
                if part
            )
            out.append(
                Distortion(
                    statement=s.id,
                    reports=original.id,
                    reported_who=original.who,
                    dropped=dropped,
                    added=added,
                    how=how,
                )
            )
    return out


def matches(statements: Sequence[Statement], *, words: int = 8, share: float = 0.6) -> list[Match]:
    """Same utterance (a verbatim run of eight words, or one contained whole) and paraphrase, across articles.

    A paraphrase needs the same speaker, the same day and at least ``share`` of the content words of the shorter one.
    """
    out = []
    tokens = {s.id: _CONTENT.findall(s.content.lower()) for s in statements}
    grams: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for i, s in enumerate(statements):
        t = tokens[s.id]
        for k in range(max(0, len(t) - words + 1)):
            grams[tuple(t[k : k + words])].append(i)
    pairs = {(a, b) for group in grams.values() for a in group for b in group if a < b}
    for i, a in enumerate(statements):
        for j in range(i + 1, len(statements)):
            b = statements[j]
            same_person = bool(a.speaker.name) and a.speaker.name == b.speaker.name and a.said_on[:10] == b.said_on[:10]
            if (i, j) not in pairs and not same_person:
                continue
            if a.article and a.article == b.article and _overlap(a, b):
                continue
            contained = _containment(tokens[a.id], tokens[b.id])
            if (i, j) in pairs:
                out.append(Match(kind="same utterance", first=a.id, second=b.id, containment=round(contained, 3)))
            elif same_person and (kept := _containment_set(_stems(a.content), _stems(b.content))) >= share:
                out.append(Match(kind="paraphrase", first=a.id, second=b.id, containment=round(kept, 3)))
    return out


_CONTENT = re.compile(r"[^\W_]+")


def _containment(a: list[str], b: list[str]) -> float:
    """Share of the shorter one's three-word runs that the other has."""

    def runs(t: list[str]) -> set[tuple[str, ...]]:
        return {tuple(t[i : i + 3]) for i in range(max(1, len(t) - 2))}

    return _containment_set(runs(a), runs(b))


def _containment_set(a: Set[Any], b: Set[Any]) -> float:
    small = min(len(a), len(b))
    return len(a & b) / small if small else 0.0


def _overlap(a: Statement, b: Statement) -> bool:
    return any(x < d and c < y for x, y in a.span for c, d in b.span)


def _stems(text: str) -> set[str]:
    return {w.lower()[:7] for w in _CONTENT_WORD.findall(text) if w.lower() not in _STOP}


def _has(text: str, phrase: str) -> bool:
    plain = text.lower().replace("-", " ")
    stem = phrase.replace("-", " ")
    return re.search(rf"\b{re.escape(stem)}", plain) is not None


def _named(name: str, s: Statement) -> bool:
    wanted = name.lower()
    return wanted in (s.speaker.name.lower(), s.speaker.on_behalf_of.lower(), s.speaker.side.lower()) or (
        bool(s.speaker.name) and s.speaker.name.lower() in wanted
    )
