"""``unfog weigh``: the judgement alone, without reading posts again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from unfog import case
from unfog.cli.app import app, emit
from unfog.cli.run import CaseArg, default_out


@app.command()
def weigh(
    folder: CaseArg,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="DATE", help="Default: the end of the case's dates")
    ] = None,
    clock: Annotated[str, typer.Option(help="public or obtained")] = "public",
    out: Annotated[
        Path | None, typer.Option(help="A run whose measured evidence is taken along; default CASE/out")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The judgement as JSON")] = False,
) -> None:
    """Weigh the evidence of a case as of a date: its argued items, and what an earlier run measured.

    Example: `unfog weigh cases/uk-trade-leaks-2019 --as-of 2019-12-02`
    """
    judged = case.weigh_case(folder, as_of=as_of, clock=clock, out=out or default_out(folder))
    lines = [f"As of {judged.as_of}:", *(f"  {f.sentence}" for f in judged.findings if f.kind == "answer")]
    emit(judged.document, as_json=as_json, text="\n".join(lines))
