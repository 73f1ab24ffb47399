"""``unfog ingest``: files to tables."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from unfog import ingest as reading
from unfog.cli._progress import progress_bar
from unfog.cli.app import app, emit
from unfog.engine import DuckEngine
from unfog.errors import UsageError


@app.command()
def ingest(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Files to read", show_default=False)],
    out: Annotated[Path, typer.Option(help="Folder for the tables (Parquet)", show_default=False)],
    format_: Annotated[
        str | None, typer.Option("--format", metavar="F", help="Format of all files; default: each by its content")
    ] = None,
    map_: Annotated[
        Path | None, typer.Option("--map", metavar="FILE", help="TOML or JSON: our column = your column")
    ] = None,
    platform: Annotated[str | None, typer.Option(help="Platform, where the format does not say it")] = None,
    zone: Annotated[str | None, typer.Option(help="Zone of clock times without one, e.g. Europe/London")] = None,
    population: Annotated[str | None, typer.Option(help="What the files are a sample of")] = None,
    public_from: Annotated[str | None, typer.Option(metavar="DATE", help="When anyone could have the rows")] = None,
    obtained_at: Annotated[str | None, typer.Option(metavar="DATE", help="When you got the files")] = None,
    keep_originals: Annotated[
        bool, typer.Option("--keep-originals", help="Keep a copy of every file under OUT/originals, by its hash")
    ] = False,
    memory: Annotated[str, typer.Option(help="Memory limit; beyond it the disk is used")] = "400MB",
    as_json: Annotated[bool, typer.Option("--json", help="One document on stdout")] = False,
) -> None:
    """Read platform exports, articles, documents and observation logs into tables.

    The format is detected by content. Rows that cannot be used are in `rejects.parquet` with file, row and reason; a
    table in no known layout gets a proposed map. A run that was stopped goes on where it was.

    Example: `unfog ingest exports/*.jsonl.zst --out tables`
    """
    try:
        specs = [
            reading.FileSpec(
                path=f.absolute(),
                format=format_,
                map=map_.absolute() if map_ else None,
                public_from=public_from,
                obtained_at=obtained_at,
                platform=platform,
                zone=zone,
                population=population,
            )
            for f in files
        ]
    except ValidationError as why:
        first = why.errors()[0]
        raise UsageError(f"--{str(first['loc'][0]).replace('_', '-')}: {first['msg']}") from None
    with DuckEngine(memory=memory) as engine, progress_bar(quiet=as_json) as tell:
        result = reading.ingest(
            specs, engine, out, root=Path.cwd(), progress=tell, originals=out / "originals" if keep_originals else None
        )
    emit(result.model_dump(mode="json"), as_json=as_json, text=_told(result))


def _told(result: reading.IngestResult) -> str:
    lines = []
    for s in result.sources:
        lines.append(
            f"{s.path} ({s.format}): {s.rows_read:,} rows read, {s.rows_kept:,} kept, {s.rows_duplicate:,} duplicate, "
            f"{s.rows_rejected:,} rejected"
        )
        lines += [f"  {note}" for note in s.notes.split("; ") if note]
    lines.append(", ".join(f"{rows:,} {name}" for name, rows in result.rows.items() if rows))
    if result.files:
        lines.append(f"tables in {result.files['posts'].parent}")
    return "\n".join(lines)
