"""``unfog run``: a case from files to findings to a page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from unfog import case
from unfog.cli._answers import answers_text
from unfog.cli._progress import progress_bar
from unfog.cli.app import app, emit

CaseArg = Annotated[Path, typer.Argument(metavar="CASE", help="Case folder with case.toml", show_default=False)]


def default_out(folder: Path) -> Path:
    """Where results of a case go unless told otherwise: ``out`` in the case folder."""
    return (folder.parent if folder.suffix == ".toml" else folder) / "out"


@app.command()
def run(
    folder: CaseArg,
    as_of: Annotated[
        list[str] | None, typer.Option("--as-of", metavar="DATE", help="Repeatable; default the case's dates")
    ] = None,
    data: Annotated[Path | None, typer.Option(help="Folder for files that do not lie beside the case")] = None,
    out: Annotated[Path | None, typer.Option(help="Output folder; default CASE/out")] = None,
    clock: Annotated[
        str, typer.Option(help="public: what anyone could know; obtained: what this case knew")
    ] = "public",
    as_json: Annotated[bool, typer.Option("--json", help="One document on stdout")] = False,
) -> None:
    """Run a case and write findings, judgement and a page for every as-of date.

    Example: `unfog run cases/uk-trade-leaks-2019 --as-of 2019-12-06 --out out/uk`
    """
    with progress_bar(quiet=as_json) as tell:
        result = case.run(folder, out=out or default_out(folder), data=data, as_of=as_of, clock=clock, progress=tell)
    emit(run_document(result), as_json=as_json, text=answers_text(result))


def run_document(result: case.RunResult) -> dict[str, Any]:
    """What ``unfog run --json`` prints."""
    return {
        "out": str(result.out),
        "page": str(result.page),
        "as_of": {label: str(folder) for label, folder in result.folders.items()},
        "reused": list(result.reused),
        "rows_rejected": result.rejects,
        "missing": list(result.missing),
    }
