"""One article: tagged spans to statements with speaker, date, words of certainty, stance and figures."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import date
from typing import Literal

from unfog.statements.actors import Registry
from unfog.statements.carrying import announces, carries_on, opens
from unfog.statements.cast import cast_of
from unfog.statements.contents import Found, contents
from unfog.statements.dates import Said, when_said
from unfog.statements.headlines import headline_statement
from unfog.statements.labels import role
from unfog.statements.lexicon import STATEMENT_VERBS
from unfog.statements.linker import Linked, link
from unfog.statements.mentions import dashed, participle_subject, source_chars, widened
from unfog.statements.places import READ, Places
from unfog.statements.prepared import Prepared
from unfog.statements.quantities import find_quantities
from unfog.statements.speakers import resolve
from unfog.statements.stance import demands_of, stance_of
from unfog.statements.statement import Cue, Span, Speaker, Statement
from unfog.statements.tagger import Tagger
from unfog.statements.uses import certainty_of
from unfog.statements.zones import Paragraph, Zone


class ArticleReader:
    """Reads one prepared article; what is common to its statements is computed once."""

    def __init__(
        self, text: str, article: str, title: str, published: date | None, standard: str, actors: Registry,
        prepared: Prepared, paragraphs: list[Paragraph],
    ) -> None:  # fmt: skip
        self.text, self.article, self.title, self.published = text, article, title, published
        self.standard, self.actors, self.p, self.paragraphs = standard, actors, prepared, paragraphs
        self.at = Places(text, prepared, paragraphs)
        read = [i for i, p in enumerate(paragraphs) if p.zone in READ]
        self.order = {i: k for k, i in enumerate(read)}
        quoted = [self.at.chars(q.start, q.end) for q in prepared.quotations]
        self.announced: dict[int, Linked] = {}
        self.cast = cast_of(text, [(paragraphs[i].start, paragraphs[i].end) for i in read], actors, published, quoted)

    def read(self, main: Tagger, second: Tagger | None, *, only_statements: bool) -> list[Statement]:
        """Statements in order of place.

        Args:
            main: The tagger that is believed.
            second: A tagger whose disagreement flags a statement, or none.
            only_statements: Leave out attributions without quotation whose cue is no verb of saying.
        """
        tagged = main.tag(self.p)
        other = set(_content_tokens(second.tag(self.p).tags)) if second else None
        linked = link(tagged, self.p, share_subject=True)
        self.announced = {
            self.at.paragraph(one.cue[0]): one
            for one in linked
            if one.cue and one.source and announces(one.cue[0], self.at)
        }
        out: list[Statement] = []
        chains: dict[int, tuple[Speaker, Said]] = {}
        last: tuple[int, Speaker, Said, Found] | None = None
        for f in contents(linked, self.at):
            paragraph = self.at.paragraph(f.content[0][0])
            zone = self.paragraphs[paragraph].zone
            if zone not in READ:
                continue
            speaker, cue = self._speaker(f, paragraph)
            said = self._when(f)
            root = self.at.chain(f.content)
            if f.linked.cue is None and f.linked.source is None:
                speaker, said = self._carry(f, paragraph, root, chains, last) or (speaker, said)
            if root is not None and (speaker.name or speaker.mention):
                chains[root] = (speaker, said)
            if zone is Zone.BODY and (speaker.name or speaker.mention):
                last = (paragraph, speaker, said, f)
            statement = self._statement(f, speaker, cue, said, zone, main.name, other)
            if only_statements and not self._is_statement(f, statement):
                continue
            out.append(statement)
        heading = headline_statement(self.text, self.paragraphs, self.title, self.actors, self.article)
        if heading is not None and not any(s.zone == "headline" and s.speaker.name for s in out):
            out = [s for s in out if s.zone != "headline"]
            out.insert(0, self._finished(heading))
        return out

    def _carry(
        self, f: Found, paragraph: int, root: int | None, chains: dict[int, tuple[Speaker, Said]],
        last: tuple[int, Speaker, Said, Found] | None,
    ) -> tuple[Speaker, Said] | None:  # fmt: skip
        """The speaker of a quotation without a cue, by what runs on from before; None where nothing is sure."""
        if root is not None and root in chains:
            speaker, said = chains[root]
            return _carried(speaker, "continued quotation"), said
        one = self.announced.get(self.at.body_before(paragraph))
        if one is not None and opens(f, paragraph, self.at):
            announced = Found(one, f.content)
            speaker, _ = self._speaker(announced, self.at.body_before(paragraph))
            return _carried(speaker, "announced by the paragraph before"), self._when(announced)
        if last is not None and carries_on(last[0], last[3], f, paragraph, self.at):
            return _carried(last[1], "quotation after the same speaker"), last[2]
        return None

    def _speaker(self, f: Found, paragraph: int) -> tuple[Speaker, Cue]:
        one = f.linked
        cue = Cue()
        if one.cue:
            a, b = self.at.chars(*one.cue)
            cue = Cue(text=self.text[a:b], span=(a, b))
        source = one.source
        if source is None and one.cue:
            source = dashed(one.cue[0], self.at) or participle_subject(one.cue, self.cast, self.at)
        if source is None:
            return Speaker(), cue
        if one.cue and source[0] < one.cue[0] and self._agentless(one.cue, cue.text):
            return Speaker(), cue
        a, b = source_chars(widened(source, self.at), self.at)
        sentence = self.p.sents[self.at.sentence(source[0])][0]
        speaker = resolve(
            self.text[a:b],
            a,
            self.order.get(paragraph, 0),
            self.cast,
            sentence_start=self.p.tokens.spans[sentence][0],
            text=self.text,
        )
        return speaker.model_copy(update={"mention_span": (a, b)}), cue

    def _agentless(self, cue: tuple[int, int], words: str) -> bool:
        """ "X was heavily criticised", "X left amid claims that": the subject before is not who says it."""
        lower = self.p.tokens.lower
        noun = next((i for i in range(*cue) if lower[i] in _SAYINGS), 0)
        return (noun > 0 and lower[noun - 1] in _PREPOSITIONS) or (
            _PASSIVE.search(words) is not None and re.search(r"\bas\b", words) is None
        )

    def _statement(
        self, f: Found, speaker: Speaker, cue: Cue, said: Said, zone: Zone, tagged_by: str, other: set[int] | None
    ) -> Statement:
        spans = tuple(self.at.chars(a, b) for a, b in f.content)
        tokens = [i for a, b in f.content for i in range(a, b)]
        quoted = sum(self.p.states[i] > 0 for i in tokens) / len(tokens)
        kind: Literal["direct", "indirect", "mixed"] = (
            "direct" if quoted > 0.95 else "mixed" if quoted > 0.05 else "indirect"
        )
        content = " … ".join(self.text[a:b].strip() for a, b in spans)
        review = []
        if not speaker.name:
            review.append("speaker not resolved" if speaker.mention else "unattributed")
        if f.linked.borrowed:
            review.append(_BORROWED[f.linked.borrowed])
        if other is not None and len(other & set(tokens)) < 0.5 * len(tokens):
            review.append("the two taggers disagree")
        nested = self._nested(content, speaker)
        if nested:
            review.append("reports somebody else's words")
        certainty = tuple(
            t
            for a, b in spans
            for t in certainty_of(self.text[a:b], standard=self.standard, direct=kind == "direct", offset=a)
        )
        stance = stance_of(content, cue.text)
        return Statement(
            id=_identity(self.article, self.text, spans),
            article=self.article,
            span=spans,
            speaker=speaker,
            cue=cue,
            content=content,
            kind=kind,
            said_on=said.on,
            said_on_precision=said.precision,
            certainty=certainty,
            stance=stance,
            quantities=tuple(q for a, b in spans for q in find_quantities(self.text[a:b], a)),
            demands=demands_of(content, stance),
            nested=nested,
            zone=str(zone),
            tagger=tagged_by,
            review=tuple(review),
        )

    def _finished(self, s: Statement) -> Statement:
        """Certainty, stance and figures of a statement that a rule read from the headline."""
        offset = s.span[0][0] if s.span else 0
        stance = stance_of(s.content, s.cue.text)
        on = self.published.isoformat() if self.published else ""
        return s.model_copy(
            update={
                "certainty": certainty_of(s.content, standard=self.standard, direct=False, offset=offset),
                "stance": stance,
                "demands": demands_of(s.content, stance),
                "quantities": find_quantities(s.content, offset),
                "said_on": on,
                "said_on_precision": "published" if on else "",
            }
        )

    def _when(self, f: Found) -> Said:
        spans = [self.at.chars(a, b) for a, b in f.content]
        anchor = f.linked.cue[0] if f.linked.cue else f.content[0][0]
        a, b = self.p.sents[self.at.sentence(anchor)]
        start, end = self.at.chars(a, b)
        known = [r for r in (f.linked.cue, f.linked.source) if r]
        if known and min(x for x, _ in spans) < self.at.chars(*known[0])[0]:
            end = min(end, max(self.at.chars(*r)[1] for r in known) + 60)
        elif known:
            end = min(end, max(min(x for x, _ in spans), max(self.at.chars(*r)[1] for r in known)))
        around = list(self.text[start:end])
        for x, y in spans:
            for k in range(max(x, start), min(y, end)):
                around[k - start] = " "
        context = "".join(around)
        said = when_said(_SUBORDINATE.sub("", context), self.published)
        if said.precision == "before" and said.words.lower() == "then":
            # "After X in 2018, then minister Y said": the clause is what "then" points to
            clause = when_said(context, self.published)
            said = clause if clause.precision in ("day", "month", "year") and clause.on < said.on else said
        return said

    def _nested(self, content: str, speaker: Speaker) -> str:
        match = _INNER.search(content.replace("’", "'"))
        if match is None:
            return ""
        actor = self.actors.named(match["subject"])
        if (
            actor is not None
            and actor.name not in (speaker.name, speaker.on_behalf_of)
            and actor.side != (speaker.side or "-")
        ):
            return actor.name
        names = [n for n in self.cast.names if match["subject"].split()[-1] == n.split()[-1] and n != speaker.name]
        return names[0] if len(names) == 1 else ""

    def _is_statement(self, f: Found, s: Statement) -> bool:
        if s.kind != "indirect" or s.zone == "headline" or f.linked.cue is None:
            return True
        return any(w in STATEMENT_VERBS for w in re.findall(r"[a-z]+", s.cue.text.lower()))


_BORROWED = {"conjoined": "subject shared with the cue before", "faint": "the source was not surely tagged"}
_SUBORDINATE = re.compile(
    r"^\s*(?:After|Before|Following|When|While|Since|As|Although|Though|Because)\b[^,]*(?:,[^,]*\bwhen\b[^,]*)?,"
)
"""A date in a leading clause is that of the clause."""
_SAYINGS = frozenset(
    ["claims", "allegations", "accusations", "reports", "suggestions", "speculation", "rumours", "rumors", "calls",
     "warnings", "complaints", "criticism", "demands", "fears", "concerns"]
)  # fmt: skip
_PREPOSITIONS = frozenset(["amid", "after", "over", "despite", "following", "on", "of", "with", "about", "from", "by"])
_PASSIVE = re.compile(r"\b(?:was|were|been|being|is|are)\s+(?:\w+ly\s+)?\w+(?:ed|told|said)\b", re.IGNORECASE)
_INNER = re.compile(
    r"(?:^|\b(?:that|while|but|and)\s+|[,;]\s+)[\"“]?(?P<subject>(?:[Tt]he\s+)?[A-Z][\w'.-]*(?:\s+[A-Z][\w'.-]*){0,4}),?\s+"
    r"(?:(?:has|had|have|recently|also|then|already|now|correctly)\s+){0,3}"
    r"(?:said|says|admitted|admits|claimed|claims|told|stated|conceded|insisted|denied|confirmed|announced)\b"
)


def _carried(speaker: Speaker, how: str) -> Speaker:
    return speaker.model_copy(update={"resolution": how}) if speaker.name else speaker


def _content_tokens(tags: Sequence[str]) -> list[int]:
    return [i for i, t in enumerate(tags) if role(t) == "content"]


def _identity(article: str, text: str, spans: tuple[Span, ...]) -> str:
    """Stable id: article (or hash of its text) and place."""
    of = article or hashlib.sha256(text.encode()).hexdigest()[:12]
    digest = hashlib.sha256(f"{of}|{spans}".encode()).hexdigest()[:10]
    return f"{of}#{digest}" if article else f"st-{digest}"
