"""``unfog trace``: where documents went, in files of posts and articles."""

from __future__ import annotations

import json as jsonlib
import tempfile
from pathlib import Path

import pyarrow as pa
import typer

from unfog import spread
from unfog.cli._progress import progress_bar
from unfog.cli.app import app, emit
from unfog.engine import DuckEngine
from unfog.errors import SourceMissing, UsageError
from unfog.ingest import FileSpec, ingest
from unfog.model import TABLES


@app.command()
def trace(
    documents: list[Path] = typer.Argument(..., metavar="DOC…", help="Documents to follow: PDF, DOCX or TXT."),
    files: list[Path] = typer.Option(..., "--in", help="Files with posts, articles or a log to search."),
    format_: str = typer.Option(
        "auto", "--format", help="Format of the files; 'posts' for Parquet in unfog's own columns."
    ),
    against: Path | None = typer.Option(
        None, "--against", help="Official, redacted or earlier version: compare the documents with it word by word."
    ),
    min_words: int = typer.Option(12, "--min-words", min=6, max=200, help="Shortest passage that counts, in words."),
    min_weight: float = typer.Option(8.0, "--min-weight", min=4.0, help="Uncommon words that a passage must have."),
    memory: str = typer.Option("4GB", "--memory", help="Memory limit of the engine."),
    map_: Path | None = typer.Option(None, "--map", help="Column map, for tables of your own."),
    out: Path = typer.Option(..., "--out", file_okay=False, help="Folder for appearances.parquet and findings.json."),
    json: bool = typer.Option(False, "--json", help="Print one JSON document."),
) -> None:
    """Find documents, whole or in part, copied, noisy or reworded, in posts and articles; with spans on both sides.

    Example: `unfog trace paper.pdf --in export.json --format reddit-pushshift --out traced`
    """
    docs = [*documents, *([against] if against else [])]
    for path in [*docs, *files]:
        if not path.exists():
            raise SourceMissing(f"there is no file {path}; give a document to follow and files to search")
    names = [p.stem for p in docs]
    if len(names) != len(set(names)):
        raise UsageError("two documents have the same file name; rename one, names are their ids")
    options = spread.Options(
        targets=tuple(spread.Target(id=p.stem, title=p.stem, documents=(p.stem,)) for p in documents),
        comparisons=tuple(spread.Against(document=p.stem, reference=against.stem) for p in documents)
        if against
        else (),
        min_words=min_words,
        min_weight=min_weight,
    )
    with (
        progress_bar(quiet=json) as tell,
        DuckEngine(memory=memory) as engine,
        tempfile.TemporaryDirectory(prefix="unfog-trace-") as work,
    ):
        _read(engine, docs, files, format_, map_, Path(work), lambda w, s: tell(w, s / 2))
        result = spread.investigate(engine, options, progress=lambda w, s: tell(w, 0.5 + s / 2))
        out.mkdir(parents=True, exist_ok=True)
        rows = engine.write_parquet("appearances", out / "appearances.parquet", TABLES["appearances"].key)
    text = jsonlib.dumps(result.model_dump(mode="json"), ensure_ascii=False, indent=1) + "\n"
    (out / "findings.json").write_text(text, encoding="utf-8")
    document = {
        "out": str(out / "appearances.parquet"),
        "appearances": rows,
        "findings": [{"id": f.id, "sentence": f.sentence} for f in result.findings],
        "gaps": [g.sentence for g in result.gaps],
    }
    lines = [f"wrote {rows:,} appearances to {out / 'appearances.parquet'}"]
    lines += [f"- {f.sentence}" for f in result.findings] + [f"Not known: {g.sentence}" for g in result.gaps]
    emit(document, as_json=json, text="\n".join(lines))


def _read(
    engine: DuckEngine, docs: list[Path], files: list[Path], format_: str, map_: Path | None, work: Path,
    tell: spread.Progress,
) -> None:  # fmt: skip
    """Make every table known; unfog's own Parquet is taken as it is."""
    own = format_ == "posts"
    specs = [FileSpec(path=p.resolve(), format="document") for p in docs]
    if not own:
        chosen = None if format_ == "auto" else format_
        specs += [FileSpec(path=p.resolve(), format=chosen, map=map_.resolve() if map_ else None) for p in files]
    root = specs[0].path.parent
    while not all(s.path.is_relative_to(root) for s in specs):
        root = root.parent
    ingest(specs, engine, work, root=root, progress=tell)
    if own:
        engine.read_parquet("posts_read", files)
        have = engine.columns("posts_read")
        if missing := [c for c in ("platform", "post_id") if c not in have]:
            raise UsageError(f"{files[0]} has no column {missing[0]!r}; --format posts wants unfog's own columns")
        columns = ", ".join(
            f'"{c.name}"' if c.name in have else f'CAST(NULL AS {c.type}) AS "{c.name}"'
            for c in TABLES["posts"].columns
        )
        engine.drop("posts")
        engine.execute(f"CREATE VIEW posts AS SELECT {columns} FROM posts_read", "posts")
    for name, table in TABLES.items():
        if not engine.has(name):
            engine.put(name, pa.Table.from_pylist([], schema=table.arrow_schema()))
