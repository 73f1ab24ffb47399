"""Articles to statements: zones, quotations, tagger, linker, speakers, dates, certainty, figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Literal

from unfog.model import Gap
from unfog.statements.actors import Registry, registry
from unfog.statements.article import ArticleReader
from unfog.statements.prepared import prepare
from unfog.statements.statement import Statement, TermUse
from unfog.statements.tagger import tagger
from unfog.statements.uses import certainty_of
from unfog.statements.zones import Paragraph, Zone, zones
from unfog.text.language import detect_language

Progress = Callable[[str, float], None]
LONGEST_TEXT = 400_000
"""Code points of one article that are read; a longer text is no article. The rest is left out and told."""
READINGS_KEPT = 8_192
"""Articles whose reading is kept in memory within one run (about 30 kB each)."""


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
    reader = ArticleReader(text, article, title, published, standard, actors or registry(), prepared, out.paragraphs)
    main = tagger("crf" if tagger_name == "both" else tagger_name)
    second = tagger("network") if tagger_name == "both" else None
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


@lru_cache(maxsize=READINGS_KEPT)
def _read_once(
    text: str, article: str, title: str, published: date | None, tagger: str, standard: str, language: str | None
) -> Reading:
    """An article of a case; the ledger, the audit and every as-of date ask for the same ones."""
    return extract(
        text,
        article=article,
        title=title,
        published=published,
        tagger_name=tagger,  # type: ignore[arg-type]
        standard=standard,
        language=language,
    )


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
        day = published.date() if published else None
        reading = _read_once(row["text"], row["article_id"], row["title"] or "", day, tagger, standard, row["lang"])
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
