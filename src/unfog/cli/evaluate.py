"""``unfog evaluate``: measure a room on labelled data."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Annotated

import typer

from unfog.cli.app import app, emit
from unfog.errors import SourceMissing, UsageError, did_you_mean
from unfog.evaluate import Evaluation

ROOMS = {
    "judgement": "judgement",
    "coordination": "coordination",
    "accounts": "accounts",
    "spread": "spread",
    "link": "link",
    "statements": "statements",
}
"""Name on the command line -> module in ``unfog.evaluate``."""


@app.command()
def evaluate(
    room: Annotated[str, typer.Argument(metavar="ROOM", help=", ".join(ROOMS))],
    data: Annotated[Path, typer.Option(help="Folder with the labelled data")],
    out: Annotated[
        Path | None, typer.Option(help="Folder for the sheet as JSON, with figures where there are any")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The sheet as JSON")] = False,
) -> None:
    """Measure a room on labelled data and print every figure with its interval, n, split and target.

    Example: `unfog evaluate judgement --data ../shared/data`
    """
    if room not in ROOMS:
        raise UsageError(f"unknown room {room!r}{did_you_mean(room, ROOMS)}; one of {', '.join(ROOMS)}")
    if not data.is_dir():
        raise SourceMissing(f"--data {data} is not a folder")
    sheet: Evaluation = importlib.import_module(f"unfog.evaluate.{ROOMS[room]}").evaluate(data, out)
    if out is not None:
        sheet.write(out)
    emit(sheet.model_dump(), as_json=as_json, text=sheet.markdown())
