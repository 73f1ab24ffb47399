"""``unfog demo``: the reference case end to end."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from unfog import case
from unfog.case.reference import shipped_case
from unfog.cli._answers import answers_text
from unfog.cli._progress import progress_bar
from unfog.cli.app import app, emit
from unfog.cli.run import run_document


@app.command()
def demo(
    out: Annotated[Path, typer.Option(help="Output folder")] = Path("unfog-demo"),
    data: Annotated[Path | None, typer.Option(help="Folder with the real posts of the case, if you have it")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One document on stdout")] = False,
) -> None:
    """Run the case of the leaked UK–US trade papers and print the judgement and where the report is.

    Example: `unfog demo --out /tmp/demo`
    """
    with progress_bar(quiet=as_json) as tell:
        result = case.run(shipped_case(), out=out, data=data, progress=tell)
    emit(run_document(result), as_json=as_json, text=answers_text(result))
