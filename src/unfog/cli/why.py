"""``unfog why``: what stands behind a finding."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from unfog import case
from unfog.cli.app import app, emit
from unfog.cli.run import CaseArg, default_out


@app.command()
def why(
    folder: CaseArg,
    finding: Annotated[
        str, typer.Argument(metavar="FINDING", help="Id of a finding, or a part of it that fits one only")
    ],
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="DATE", help="Default: the latest date that was run")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Output folder of the run; default CASE/out")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One document on stdout")] = False,
) -> None:
    """Print the figures, method, SQL, rows and files behind a finding.

    Example: `unfog why cases/uk-trade-leaks-2019 spread.first-seen --out out/uk-trade-leaks-2019`
    """
    found = case.explain(case.pick_folder(out or default_out(folder), as_of), finding)
    emit(found, as_json=as_json, text=case.as_text(found))
