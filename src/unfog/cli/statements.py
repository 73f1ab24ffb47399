"""``unfog statements``: who said what, in articles."""

from __future__ import annotations

import html
import json as json_
import tempfile
from pathlib import Path
from typing import Annotated, Any, Literal, cast

import typer

from unfog import statements as room
from unfog.cli._progress import progress_bar
from unfog.cli.app import app, emit, err
from unfog.engine import DuckEngine
from unfog.errors import LimitError, SourceMissing, UsageError
from unfog.ingest import FileSpec, ingest
from unfog.ingest.limits import Limits
from unfog.model import Precision, parse_moment
from unfog.text.yardstick import yardstick

LARGEST_PAGE = 16 * 1024 * 1024
"""Bytes of an HTML or TXT file that is still taken for an article. A larger page is refused before it is taken apart,
which would take minutes; the other files are read.
"""
_STYLE = (
    "body{max-width:46rem;margin:2rem auto;font:1.05rem/1.6 Georgia,serif;padding:0 1rem}mark{color:inherit}"
    "mark.content{background:#fff3c4}mark.source{background:#cfe8ff}mark.cue{background:#e3d7f7}"
    "mark.certainty{background:#ffd0c2;font-weight:bold}"
)


@app.command()
def statements(
    articles: Annotated[
        list[Path], typer.Argument(metavar="ARTICLE…", help="HTML, TXT, PDF or DOCX", show_default=False)
    ],
    out: Annotated[Path, typer.Option(metavar="FILE", help="JSONL to write, one statement a line", show_default=False)],
    published: Annotated[
        str | None, typer.Option(metavar="DATE", help="Date of publication, where the file does not tell it")
    ] = None,
    tagger: Annotated[str, typer.Option(help="crf, neural, both (disagreement is flagged) or rules")] = "crf",
    standard: Annotated[str, typer.Option(help="Yardstick of the bands beside words of certainty")] = "phia",
    actors: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Actor file (TOML) instead of the shipped one")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Also attributions that are no statements: wishes, plans, polls")
    ] = False,
    html_: Annotated[
        Path | None, typer.Option("--html", metavar="DIR", help="Write each article with highlights")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One document on stdout")] = False,
) -> None:
    """Find who said what in articles: source, cue, words, date, words of certainty and their use, stance, figures.

    Only English is read. What cannot be attributed is written as unattributed, never guessed.

    Example: `unfog statements article.html --published 2020-07-16 --out statements.jsonl`
    """
    if tagger not in ("crf", "neural", "both", "rules"):
        raise UsageError(f"--tagger {tagger!r} is not known; use crf, neural, both or rules")
    yardstick(standard)
    given = parse_moment(published) if published else None
    if given is not None and given.precision.seconds > Precision.DAY.seconds:
        raise UsageError(f"--published {published!r} is coarser than a day; give the day of publication")
    known = room.load_actors(actors) if actors else room.registry()
    rows: list[room.Statement] = []
    with progress_bar(quiet=as_json) as tell:
        texts, problems = _read(articles)
        for i, one in enumerate(texts):
            tell(one["article_id"], i / len(texts))
            when = given.start.date() if given else one["published"].date() if one["published"] else None
            text = room.unwrapped(one["text"]) if one["pages"] else one["text"]
            found = room.extract(
                text,
                article=one["article_id"],
                title=one["title"] or "",
                published=when,
                tagger_name=cast(Literal["rules", "crf", "neural", "both"], tagger),
                standard=standard,
                actors=known,
                language=one["lang"],
                only_statements=not everything,
            )
            rows += found.statements
            told = list(found.problems)
            if when is None:
                told.append("no date: offices are not resolved and nothing is dated; give --published")
            problems += [f"{one['article_id']}: {t}" for t in told]
            if html_ is not None:
                html_.mkdir(parents=True, exist_ok=True)
                page = room.highlighted(text, found.statements)
                title = html.escape(one["article_id"])
                (html_ / f"{one['article_id']}.html").write_text(
                    f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
                    f"<style>{_STYLE}</style>"
                    f"<h1>{title}</h1>{page}</html>\n",
                    encoding="utf-8",
                )
    _write(out, rows)
    for problem in problems:
        err.print(f"unfog: {problem}", markup=False)
    unattributed = sum(not s.speaker.name and not s.speaker.mention for s in rows)
    emit(
        {
            "articles": len(texts), "statements": len(rows), "unattributed": unattributed,
            "unnamed": sum(not s.speaker.name for s in rows) - unattributed,
            "for_review": sum(bool(s.review) for s in rows), "tagger": tagger, "problems": problems, "file": str(out),
        },
        as_json=as_json,
        text=f"{len(rows)} statements in {len(texts)} articles, {unattributed} unattributed: {out}",
    )  # fmt: skip


def _read(files: list[Path]) -> tuple[list[dict[str, Any]], list[str]]:
    """Articles of all files, and what was refused; documents (PDF, DOCX) come with their pages."""
    for file in files:
        if not file.is_file():
            raise SourceMissing(f"{file} is not there; give the path of an HTML, TXT, PDF or DOCX file")
    refused = [why for file in files if (why := _too_large(file))]
    files = [file for file in files if not _too_large(file)]
    if not files:
        raise LimitError("; ".join(refused), limit="document_bytes")
    with DuckEngine(memory="1GB") as engine, tempfile.TemporaryDirectory(prefix="unfog-statements-") as work:
        specs = [_spec(f) for f in files]
        ingest(specs, engine, Path(work), root=Path())
        found = engine.rows(
            "SELECT article_id, title, published, text, lang, FALSE AS pages, source_id FROM articles UNION ALL "
            "SELECT doc_id, title, NULL, text, lang, TRUE, source_id FROM documents ORDER BY article_id, source_id"
        )
    return found, refused


def _too_large(file: Path) -> str:
    size = file.stat().st_size
    if _is_document(file) or size <= LARGEST_PAGE:
        return ""
    return (
        f"{file.name} has {size:,} bytes, and a page of more than {LARGEST_PAGE:,} is not read as an article; "
        "save its text as TXT, one article a file"
    )


def _is_document(file: Path) -> bool:
    return file.suffix.lower() in (".pdf", ".docx")


def _spec(file: Path) -> FileSpec:
    """How a file is read."""
    if _is_document(file):
        return FileSpec(path=file.absolute(), format="document")
    return FileSpec(path=file.absolute(), format="article", limits=Limits(document_bytes=LARGEST_PAGE))


def _write(out: Path, rows: list[room.Statement]) -> None:
    out.parent.mkdir(parents=True, exist_ok=True)
    part = out.with_name(out.name + ".part")
    with part.open("w", encoding="utf-8", newline="\n") as file:
        for s in rows:
            file.write(json_.dumps(s.model_dump(mode="json"), ensure_ascii=False) + "\n")
    part.replace(out)
