"""Headlines: who is credited with what, and whether the body credits somebody else."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict

from unfog.statements.actors import Registry
from unfog.statements.statement import Cue, Speaker, Statement
from unfog.statements.zones import Paragraph, Zone

_COLON = re.compile(r"^(?P<who>[A-Z][\w.'’-]+(?:\s+[A-Z][\w.'’-]+){0,3}):\s+(?P<what>.{8,})$")
_SAYS = re.compile(
    r"^(?P<what>.{8,}?),\s+(?P<cue>says|said|claims|warns|admits|insists|reveals)\s+(?P<who>[A-Z][\w.'’-]+(?:\s+[A-Z][\w.'’-]+){0,4})$"
)
_WORD = re.compile(r"[^\W\d_]{4,}")
_STOP = frozenset(
    ["that", "this", "with", "from", "have", "been", "were", "they", "says", "said", "will", "into", "over"]
)


class HeadlineConflict(BaseModel):
    """A headline that credits one speaker with what the body credits another."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    article: str
    statements: tuple[str, str]
    headline: str
    headline_speaker: str
    body: str
    body_speaker: str
    on_behalf_of: str
    how: str


def headline_statement(
    text: str, paragraphs: Sequence[Paragraph], title: str, actors: Registry, article: str
) -> Statement | None:
    """``Name: what`` or ``what, says Name``; None where the headline credits nobody by these forms."""
    for p in paragraphs:
        if p.zone is not Zone.HEADLINE:
            continue
        line = text[p.start : p.end].strip()
        match = _COLON.match(line) or _SAYS.match(line)
        if match is None:
            continue
        actor = actors.named(match["who"])
        cue = match.groupdict().get("cue") or ""
        at = p.start + (len(text[p.start : p.end]) - len(text[p.start : p.end].lstrip()))
        start, end = at + match.start("what"), at + match.end("what")
        who = (at + match.start("who"), at + match.end("who"))
        return Statement(
            id=f"{article or 'article'}#headline",
            article=article,
            span=((start, end),),
            speaker=Speaker(
                mention=match["who"],
                mention_span=who,
                name=actor.name if actor else match["who"],
                side=actor.side if actor else "",
                resolution="headline",
            ),
            cue=Cue(text=cue),
            content=match["what"],
            kind="indirect",
            zone=str(Zone.HEADLINE),
            tagger="headline rule",
        )
    return None


def headline_conflicts(statements: Sequence[Statement]) -> list[HeadlineConflict]:
    """Headlines whose nearest statement in the body (two shared content words at least) has another speaker."""
    out = []
    for head in statements:
        if head.zone != "headline" or not head.speaker.name:
            continue
        mine = _stems(head.content)
        body = [
            (len(mine & _stems(s.content)), s)
            for s in statements
            if s.article == head.article and s.zone == "body" and s.speaker.name
        ]
        near = [(n, s) for n, s in body if n >= 2]
        if not near or any(s.speaker.name == head.speaker.name for _, s in near):
            continue
        _, s = max(near, key=lambda f: (f[1].speaker.on_behalf_of == head.speaker.name, f[0], f[1].id))
        spokes = s.speaker.on_behalf_of == head.speaker.name
        out.append(
            HeadlineConflict(
                article=head.article,
                statements=(head.id, s.id),
                headline=head.content,
                headline_speaker=head.speaker.name,
                body=s.content,
                body_speaker=s.who,
                on_behalf_of=s.speaker.on_behalf_of,
                how="the headline credits the principal, the body the spokesperson" if spokes else "other speakers",
            )
        )
    return out


def _stems(text: str) -> set[str]:
    return {w.lower()[:6] for w in _WORD.findall(text) if w.lower() not in _STOP}
