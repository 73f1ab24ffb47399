"""Views of the ledger: the article with highlights, and the timeline by actor and certainty."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from unfog.statements.statement import Span, Statement, Use

_CERTAINTY = ("probability", "confidence", "absence")


def highlighted(text: str, statements: Sequence[Statement]) -> str:
    """The article as an HTML fragment: sources, cues, contents and words of certainty marked, everything else escaped.

    Marks are ``<mark class="content|source|cue|certainty" data-statement="ID" title="...">``; a place that two marks
    claim keeps the inner one. The page brings its own style sheet and needs no script.
    """
    marks: list[tuple[Span, int, str, str, str]] = []
    for s in statements:
        for span in s.span:
            marks.append((span, 0, "content", s.id, f"{s.who}, {s.said_on or 'undated'}: {s.stance}"))
        if s.speaker.mention_span and s.speaker.mention:
            marks.append((s.speaker.mention_span, 1, "source", s.id, s.who))
        if s.cue.span:
            marks.append((s.cue.span, 1, "cue", s.id, str(s.stance)))
        marks += [(t.span, 2, "certainty", s.id, f"{t.term} ({t.cls}), {t.use}") for t in s.certainty]
    owner: list[int] = [-1] * len(text)
    for k, ((a, b), depth, *_rest) in sorted(enumerate(marks), key=lambda m: (m[1][1], m[1][0], m[0])):
        del depth
        for i in range(max(0, a), min(len(text), b)):
            owner[i] = k
    out: list[str] = []
    i = 0
    while i < len(text):
        j = i
        while j < len(text) and owner[j] == owner[i]:
            j += 1
        piece = escape(text[i:j])
        if owner[i] >= 0:
            _, _, kind, identifier, title = marks[owner[i]]
            piece = (
                f'<mark class="{kind}" data-statement="{escape(identifier, quote=True)}" '
                f'title="{escape(title, quote=True)}">{piece}</mark>'
            )
        out.append(piece)
        i = j
    body = "".join(out).replace("\n", "<br>\n")
    return f'<article class="statements">{body}</article>'


def timeline(statements: Sequence[Statement]) -> list[dict[str, Any]]:
    """Marks for a timeline by actor and certainty, and for the chart of probability through time.

    One row per dated statement that is mapped to a proposition or carries an asserted word of probability, confidence
    or absence: date, label, who, side, the word and its band.
    """
    out = []
    for s in sorted(statements, key=lambda s: (s.said_on, s.id)):
        words = [t for t in s.certainty if t.use is Use.ASSERTED and t.cls in _CERTAINTY]
        if not s.said_on or not (s.propositions or words):
            continue
        first = words[0] if words else None
        out.append(
            {
                "date": s.said_on,
                "statement": s.id,
                "speaker": s.who,
                "side": s.speaker.side,
                "stance": str(s.stance),
                "propositions": list(s.propositions),
                "scope": s.scope,
                "certainty": first.text if first else "",
                "class": first.cls if first else "",
                "low": first.low if first else None,
                "high": first.high if first else None,
                "content": s.content,
            }
        )
    return out
