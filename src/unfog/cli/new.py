"""``unfog new``: a case folder that runs as it is."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from unfog import case
from unfog.cli.app import app, emit


@app.command()
def new(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to make")],
    as_json: Annotated[bool, typer.Option("--json", help="One document on stdout")] = False,
) -> None:
    """Make a case folder that runs as it is, with every section explained.

    Example: `unfog new my-case && unfog run my-case`
    """
    made = case.new_case(folder)
    emit({"case": str(made)}, as_json=as_json, text=f"Made {made}. Next: unfog check {folder} && unfog run {folder}")
