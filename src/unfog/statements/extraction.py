"""Articles to statements: zones, quotations, tagger, linker, speakers, dates, certainty, figures."""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from unfog.model import Gap
from unfog.statements.actors import Registry, registry
from unfog.statements.cast import Cast, cast_of
from unfog.statements.dates import Said, when_said
from unfog.statements.evaluation import spans_of
from unfog.statements.headlines import headline_statement
from unfog.statements.lexicon import STATEMENT_VERBS
from unfog.statements.linker import Linked, link
from unfog.statements.prepared import Prepared, prepare
from unfog.statements.quantities import find_quantities
from unfog.statements.quotes import Quotation
from unfog.statements.speakers import resolve
from unfog.statements.stance import demands_of, stance_of
from unfog.statements.statement import Cue, Span, Speaker, Statement, TermUse
from unfog.statements.tagger import Tagger, tagger
from unfog.statements.uses import certainty_of
from unfog.statements.zones import Paragraph, Zone, zones
from unfog.text.language import detect_language

Progress = Callable[[str, float], None]
LONGEST_TEXT = 400_000
"""Code points of one article that are read; a longer text is no article. The rest is left out and told."""
_MIN_QUOTE_WORDS = 4
_READ = (Zone.BODY, Zone.HEADLINE, Zone.CAPTION)


@dataclass(slots=True)
class Reading:
    """What one article gave.

    Attributes:
        statements: In order of place.
        paragraphs: Zones.
        authorial: Words of certainty outside any attribution: the writer's own.
        problems: What could not be read, in words.
    """

    statements: list[Statement] = field(default_factory=list)
    paragraphs: list[Paragraph] = field(default_factory=list)
    authorial: tuple[TermUse, ...] = ()
    problems: list[str] = field(default_factory=list)


def extract(
    text: str,
    *,
    article: str = "",
    title: str = "",
    published: date | None = None,
    tagger_name: Literal["rules", "crf", "neural", "both"] = "crf",
    standard: str = "phia",
    actors: Registry | None = None,
    language: str | None = None,
    only_statements: bool = True,
) -> Reading:
    """Statements of one article.

    Args:
        text: The stored text; all spans are code points of it.
        article: Id of the article.
        title: Headline, where the source gives it apart from the text.
        published: Date of publication; without it offices are not resolved and nothing is dated by "on Thursday".
        tagger_name: crf, neural, rules, or both (crf and neural; disagreement is flagged).
        standard: Yardstick of the bands.
        actors: Known actors; default those that ship.
        language: Language where the source tells it; else it is detected. Only English is read.
        only_statements: Leave out attributions without quotation whose cue is no verb of saying (plans, wishes, polls).

    Returns:
        The statements; an unsupported language or an empty text gives none and says why.
    """
    out = Reading()
    if len(text) > LONGEST_TEXT:
        out.problems.append(f"only the first {LONGEST_TEXT:,} of {len(text):,} characters were read")
        text = text[:LONGEST_TEXT]
    if problem := _unreadable(text, language):
        out.problems.append(problem)
        return out
    out.paragraphs = zones(text, title)
    interrupts = {i for i, p in enumerate(out.paragraphs) if p.zone not in (Zone.BODY, Zone.HEADLINE)}
    prepared = prepare(text, interrupts)
    reader = _Reader(text, article, title, published, standard, actors or registry(), prepared, out.paragraphs)
    main = tagger("crf" if tagger_name == "both" else tagger_name)
    second = tagger("neural") if tagger_name == "both" else None
    out.statements = reader.read(main, second, only_statements=only_statements)
    said = [span for s in out.statements for span in (*s.span, *([s.cue.span] if s.cue.span else []))]
    out.authorial = tuple(
        t
        for p in out.paragraphs
        if p.zone is Zone.BODY
        for t in certainty_of(text[p.start : p.end], standard=standard, offset=p.start, authorial=True)
        if not any(a < t.span[1] and t.span[0] < b for a, b in said)
    )
    return out


def _unreadable(text: str, language: str | None) -> str:
    if len(text.split()) < 5:
        return "there is no running text"
    found = detect_language(text[:5000])
    if found.code == "und":
        return "there is no running text whose language could be told"
    if found.code != "en":
        return f"the language is {found.code}, which is not supported; only English is read"
    if language and not language.lower().startswith("en"):
        return f"the source says its language is {language}, which is not supported; only English is read"
    return ""


@dataclass(slots=True)
class _Found:
    """An attribution on its way to a statement."""

    linked: Linked
    content: list[tuple[int, int]]
    sentence: int
    continued: bool = False


class _Reader:
    def __init__(
        self, text: str, article: str, title: str, published: date | None, standard: str, actors: Registry,
        prepared: Prepared, paragraphs: list[Paragraph],
    ) -> None:  # fmt: skip
        self.text, self.article, self.title, self.published = text, article, title, published
        self.standard, self.actors, self.p, self.paragraphs = standard, actors, prepared, paragraphs
        self.spans = prepared.tokens.spans
        self.sent_starts = [a for a, _ in prepared.sents]
        self.para_starts = [p.start for p in paragraphs]
        self.read_paras = [i for i, p in enumerate(paragraphs) if p.zone in _READ]
        self.order = {i: k for k, i in enumerate(self.read_paras)}
        quoted = [(self.spans[q.start][0], self.spans[q.end - 1][1]) for q in prepared.quotations]
        places = [(paragraphs[i].start, paragraphs[i].end) for i in self.read_paras]
        self.announced: dict[int, Linked] = {}
        self.cast: Cast = cast_of(text, places, actors, published, quoted)

    def read(self, main: Tagger, second: Tagger | None, *, only_statements: bool) -> list[Statement]:
        tags = main.tag(self.p)
        other = set(_content_tokens(second.tag(self.p))) if second else None
        linked = link(spans_of(tags), self.p.sents, self.p.paras, self.p.states, share_subject=True)
        found = [f for one in linked if one.content for f in self._whole_quotes(one)]
        self.announced = {
            self._paragraph(one.cue[0]): one for one in linked if one.cue and one.source and self._announces(one.cue[0])
        }
        found += self._uncovered_quotes(found)
        found = self._joined(found)
        found.sort(key=lambda f: f.content[0])
        out: list[Statement] = []
        chains: dict[int, tuple[Speaker, Said]] = {}
        last: tuple[int, Speaker, Said, _Found] | None = None
        for f in found:
            paragraph = self._paragraph(f.content[0][0])
            zone = self.paragraphs[paragraph].zone
            if zone not in _READ:
                continue
            speaker, cue = self._speaker(f, paragraph)
            said = self._when(f)
            root = self._root(f)
            if f.linked.cue is None and f.linked.source is None:
                speaker, said, f.continued = self._carry(f, paragraph, root, chains, last) or (speaker, said, False)
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

    # -- contents ----------------------------------------------------------------------------------------------------

    def _whole_quotes(self, one: Linked) -> list[_Found]:
        """A content that covers half of a quotation in its sentence gets the whole of it."""
        content = []
        for a, b in one.content:
            for q in self.p.quotations:
                if q.start < b and a < q.end:
                    inside = min(b, q.end) - max(a, q.start)
                    if inside >= 0.5 * (q.end - q.start) or (inside >= 0.5 * (b - a) and b - a >= 3):
                        a, b = min(a, q.start), max(b, q.end)
            content.append((a, b))
        merged = _merged(content)
        if one.cue is None:
            return [_Found(one, merged, self._sentence(merged[0][0]))]
        # what stands in another paragraph is not this cue's by the cue alone: a running quotation decides, or nothing
        home = self._paragraph(one.cue[0])
        own = [r for r in merged if self._paragraph(r[0]) == home]
        away = [r for r in merged if self._paragraph(r[0]) != home]
        out = [_Found(one, own, self._sentence(own[0][0]))] if own else []
        return out + [_Found(Linked(content=[r]), [r], self._sentence(r[0])) for r in away]

    def _uncovered_quotes(self, found: list[_Found]) -> list[_Found]:
        """Quotations of some length that no attribution covers become statements without a cue."""
        covered = {i for f in found for a, b in f.content for i in range(a, b)}
        taken = {i for f in found for r in (f.linked.source, f.linked.cue) if r for i in range(*r)}
        out = []
        for q in self.p.quotations:
            words = [i for i in range(q.start, q.end) if self.p.tokens.words[i][0].isalnum()]
            if q.single or len(words) < _MIN_QUOTE_WORDS + 1 or any(i in taken for i in words):
                continue
            if sum(i in covered for i in words) < 0.3 * len(words):
                out.append(_Found(Linked(content=[(q.start, q.end)]), [(q.start, q.end)], self._sentence(q.start)))
        return out

    def _joined(self, found: list[_Found]) -> list[_Found]:
        """Cueless stretches that touch the same quotation chain in one paragraph as an attribution with a cue join
        it.
        """
        out: list[_Found] = []
        by_place: dict[tuple[int, int], _Found] = {}
        for f in sorted(found, key=lambda f: (f.linked.cue is None, f.content[0])):
            quotation = self._quotation(f.content[0][0])
            key = (quotation, self._paragraph(f.content[0][0])) if quotation is not None else None
            if f.linked.cue is None and key is not None and key in by_place:
                by_place[key].content = _merged([*by_place[key].content, *f.content])
                continue
            for a, b in f.content:
                for k, q in enumerate(self.p.quotations):
                    if q.start < b and a < q.end:
                        by_place.setdefault((k, self._paragraph(q.start)), f)
            out.append(f)
        return out

    def _quotation(self, token: int) -> int | None:
        return next((k for k, q in enumerate(self.p.quotations) if q.start <= token < q.end), None)

    def _root(self, f: _Found) -> int | None:
        """First quotation of the chain that the content stands in."""
        for a, b in f.content:
            for k, q in enumerate(self.p.quotations):
                if q.start < b and a < q.end and q.end - q.start > _MIN_QUOTE_WORDS:
                    return _chain_root(self.p.quotations, k)
        return None

    def _carry(
        self, f: _Found, paragraph: int, root: int | None, chains: dict[int, tuple[Speaker, Said]],
        last: tuple[int, Speaker, Said, _Found] | None,
    ) -> tuple[Speaker, Said, bool] | None:  # fmt: skip
        """The speaker of a quotation without a cue, by what runs on from before; None where nothing is sure."""
        if root is not None and root in chains:
            speaker, said = chains[root]
            return _carried(speaker, "continued quotation"), said, True
        one = self.announced.get(self._body_before(paragraph))
        if one is not None and self._opens(f, paragraph):
            announced = _Found(one, f.content, f.sentence)
            speaker, _ = self._speaker(announced, self._body_before(paragraph))
            return _carried(speaker, "announced by the paragraph before"), self._when(announced), True
        if last is not None and self._carries_on(last, f, paragraph):
            return _carried(last[1], "quotation after the same speaker"), last[2], True
        return None

    def _carries_on(self, last: tuple[int, Speaker, Said, _Found], f: _Found, paragraph: int) -> bool:
        """Whether a wholly quoted paragraph without cue goes on with the speaker of the paragraph before it.

        Only after a paragraph whose last sentence holds that speaker's own quotation of some length: otherwise the
        quotation stays unattributed.
        """
        before, _, _, f_before = last
        if self.paragraphs[paragraph].zone is not Zone.BODY:
            return False
        same = before == paragraph
        if not same and self._body_before(paragraph) != before:
            return False
        a, b = self.p.paras[paragraph] if paragraph < len(self.p.paras) else (0, 0)
        if not same and sum(s > 0 for s in self.p.states[a:b]) < 0.9 * (b - a):
            return False
        ends = [q for q in self.p.quotations if any(q.start < y and x < q.end for x, y in f_before.content)]
        long_enough = [q for q in ends if q.end - q.start >= 8]
        if not long_enough:
            return False
        if same:
            return True
        last_sentence = self._sentence(self.p.paras[before][1] - 1)
        cue = f_before.linked.cue
        return self._sentence(long_enough[-1].end - 1) == last_sentence or (
            cue is not None and self._sentence(cue[0]) == last_sentence
        )

    def _announces(self, token: int) -> bool:
        """Whether the paragraph of a cue ends with a colon after it: "Mr X said:"."""
        p = self.paragraphs[self._paragraph(token)]
        _, b = self.p.sents[self._sentence(token)]
        return self.text[p.start : p.end].rstrip().endswith(":") and self.spans[b - 1][1] >= p.start + len(
            self.text[p.start : p.end].rstrip()
        )

    def _opens(self, f: _Found, paragraph: int) -> bool:
        """Whether the content is a quotation at the start of its paragraph."""
        return (
            self.p.states[f.content[0][0]] > 0
            and self.spans[f.content[0][0]][0] <= self.paragraphs[paragraph].start + 2
        )

    def _body_before(self, paragraph: int) -> int:
        return max((i for i in range(paragraph) if self.paragraphs[i].zone is Zone.BODY), default=-1)

    # -- speaker -----------------------------------------------------------------------------------------------------

    def _speaker(self, f: _Found, paragraph: int) -> tuple[Speaker, Cue]:
        one = f.linked
        cue = Cue()
        if one.cue:
            a, b = self._chars(*one.cue)
            cue = Cue(text=self.text[a:b], span=(a, b))
        source = one.source or (self._dashed(one.cue[0]) if one.cue else None)
        if source is None:
            return Speaker(), cue
        if one.cue and source[0] < one.cue[0] and _PASSIVE.search(cue.text) and not re.search(r"\bas\b", cue.text):
            return Speaker(), cue  # "was heavily criticised": the subject is not who says it
        a, b = self._source_chars(self._widened(source))
        sentence = self.p.sents[self._sentence(source[0])][0]
        speaker = resolve(
            self.text[a:b],
            a,
            self.order.get(paragraph, 0),
            self.cast,
            sentence_start=self.spans[sentence][0],
            text=self.text,
        )
        return speaker.model_copy(update={"mention_span": (a, b)}), cue

    def _widened(self, source: tuple[int, int]) -> tuple[int, int]:
        """The source with the words of its own noun phrase that the tagger left out: "the then X | leader"."""
        a, b = source
        words, lower = self.p.tokens.words, self.p.tokens.lower
        first, last = self.p.sents[self._sentence(a)]
        if lower[b - 1] in _PRONOUNS:
            return source
        while b < last and lower[b] in _NOUN_ROLES:
            b += 1
        if b > source[1]:
            while a > first and (lower[a - 1] in _BEFORE_ROLE or words[a - 1][0].isupper()):
                a -= 1
        return a, b

    def _dashed(self, cue: int) -> tuple[int, int] | None:
        """``Name – what it is – said``: the name, for a cue whose source was not found."""
        first, _ = self.p.sents[self._sentence(cue)]
        words = self.p.tokens.words
        dashes = [i for i in range(first, cue) if words[i] in ("–", "—", "--")]
        if len(dashes) < 2 or dashes[-1] != cue - 1:
            return None
        b = a = dashes[-2]
        while a > first and words[a - 1][0].isupper():
            a -= 1
        return (a, b) if a < b else None

    def _source_chars(self, source: tuple[int, int]) -> Span:
        """The source, without a leading adverbial and widened over a broken name ("th eRussian embassy")."""
        a, b = self._chars(*source)
        while a > 0 and self.text[a - 1].isalnum():
            a -= 1
        return a, b

    # -- statement ---------------------------------------------------------------------------------------------------

    def _statement(
        self, f: _Found, speaker: Speaker, cue: Cue, said: Said, zone: Zone, tagged_by: str, other: set[int] | None
    ) -> Statement:
        spans = tuple(self._chars(a, b) for a, b in f.content)
        tokens = [i for a, b in f.content for i in range(a, b)]
        quoted = sum(self.p.states[i] > 0 for i in tokens) / len(tokens)
        kind: Literal["direct", "indirect", "mixed"] = (
            "direct" if quoted > 0.95 else "mixed" if quoted > 0.05 else "indirect"
        )
        content = " … ".join(self.text[a:b].strip() for a, b in spans)
        review = []
        if not speaker.name:
            review.append("speaker not resolved" if speaker.mention else "unattributed")
        if f.linked.borrowed == "conjoined":
            review.append("subject shared with the cue before")
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

    def _when(self, f: _Found) -> Said:
        spans = [self._chars(a, b) for a, b in f.content]
        anchor = f.linked.cue[0] if f.linked.cue else f.content[0][0]
        a, b = self.p.sents[self._sentence(anchor)]
        start, end = self._chars(a, b)
        known = [r for r in (f.linked.cue, f.linked.source) if r]
        if known and min(x for x, _ in spans) < self._chars(*known[0])[0]:
            end = min(end, max(self._chars(*r)[1] for r in known) + 60)
        elif known:
            end = min(end, max(min(x for x, _ in spans), max(self._chars(*r)[1] for r in known)))
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

    def _is_statement(self, f: _Found, s: Statement) -> bool:
        if s.kind != "indirect" or s.zone == "headline" or f.linked.cue is None:
            return True
        return any(w in STATEMENT_VERBS for w in re.findall(r"[a-z]+", s.cue.text.lower()))

    # -- places ------------------------------------------------------------------------------------------------------

    def _chars(self, a: int, b: int) -> Span:
        return self.spans[a][0], self.spans[b - 1][1]

    def _sentence(self, token: int) -> int:
        return max(0, bisect_right(self.sent_starts, token) - 1)

    def _paragraph(self, token: int) -> int:
        return max(0, bisect_right(self.para_starts, self.spans[token][0]) - 1)


_SUBORDINATE = re.compile(
    r"^\s*(?:After|Before|Following|When|While|Since|As|Although|Though|Because)\b[^,]*(?:,[^,]*\bwhen\b[^,]*)?,"
)
"""A date in a leading clause is that of the clause."""
_PASSIVE = re.compile(r"\b(?:was|were|been|being|is|are)\s+(?:\w+ly\s+)?\w+(?:ed|told|said)\b", re.IGNORECASE)
_NOUN_ROLES = frozenset(
    [
        "leader",
        "spokesman",
        "spokeswoman",
        "spokesperson",
        "minister",
        "secretary",
        "mp",
        "senator",
        "chairman",
        "chair",
    ]
)
_BEFORE_ROLE = frozenset(["the", "then", "former", "a", "shadow", "deputy"])
_PRONOUNS = frozenset(["he", "she", "they", "it", "we", "i", "who", "which"])
_INNER = re.compile(
    r"(?:^|\b(?:that|while|but|and)\s+|[,;]\s+)[\"“]?(?P<subject>(?:[Tt]he\s+)?[A-Z][\w'.-]*(?:\s+[A-Z][\w'.-]*){0,4}),?\s+"
    r"(?:(?:has|had|have|recently|also|then|already|now|correctly)\s+){0,3}"
    r"(?:said|says|admitted|admits|claimed|claims|told|stated|conceded|insisted|denied|confirmed|announced)\b"
)


def _chain_root(quotations: list[Quotation], k: int) -> int:
    while quotations[k].continues >= 0:
        k = quotations[k].continues
    return k


def _carried(speaker: Speaker, how: str) -> Speaker:
    return speaker.model_copy(update={"resolution": how}) if speaker.name else speaker


def _merged(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    out: list[tuple[int, int]] = []
    for a, b in sorted(ranges):
        if out and a <= out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], b))
        else:
            out.append((a, b))
    return out


def _content_tokens(tags: Sequence[str]) -> list[int]:
    return [i for i, t in enumerate(tags) if t.endswith("-content")]


def _identity(article: str, text: str, spans: tuple[Span, ...]) -> str:
    """Stable id: article (or hash of its text) and place."""
    of = article or hashlib.sha256(text.encode()).hexdigest()[:12]
    digest = hashlib.sha256(f"{of}|{spans}".encode()).hexdigest()[:10]
    return f"{of}#{digest}" if article else f"st-{digest}"


def extract_table(
    articles: Sequence[Mapping[str, Any]], *, tagger: str, standard: str, progress: Progress | None = None
) -> tuple[list[Statement], list[Gap]]:
    """Statements of all rows of the table ``articles``; a gap for what could not be read."""
    out: list[Statement] = []
    gaps: list[Gap] = []
    for i, row in enumerate(articles):
        if progress is not None:
            progress(f"article {i + 1} of {len(articles)}", 0.8 * i / len(articles))
        published: datetime | None = row["published"]
        reading = extract(
            row["text"],
            article=row["article_id"],
            title=row["title"] or "",
            published=published.date() if published else None,
            tagger_name=tagger,  # type: ignore[arg-type]
            standard=standard,
            language=row["lang"],
        )
        out += [
            s.model_copy(
                update={"publisher": row["publisher"] or "", "url": row["url"] or "", "source_id": row["source_id"]}
            )
            for s in reading.statements
        ]
        told = list(reading.problems)
        if published is None and reading.statements:
            told.append("it has no date, so offices are not resolved and nothing is dated")
        gaps += [
            Gap(
                id=f"statements.article.{i}.{k}",
                room="statements",
                sentence=f"Article {row['article_id']}: {problem}.",
                mend="give its date with published, or an English text" if "date" in problem else "",
            )
            for k, problem in enumerate(told)
        ]
    return out, gaps
