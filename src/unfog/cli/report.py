"""``unfog report``: the page, and with ``--dossier`` the sealed folder that checks itself."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from unfog import report
from unfog.case.located import result_folder
from unfog.case.why import read_findings
from unfog.cli.app import app, emit


@app.command("report")
def report_command(
    case: Annotated[Path, typer.Argument(help="Case folder, or a folder that `unfog run` wrote to")],
    out: Annotated[Path, typer.Option("--out", help="Folder to write to")],
    as_of: Annotated[str | None, typer.Option("--as-of", help="Date of the result; default the latest run")] = None,
    json_: Annotated[bool, typer.Option("--json", help="One JSON document on stdout")] = False,
) -> None:
    """Draw the report of a case that has been run.

    Example: `unfog report cases/uk-trade-leaks-2019 --out paper`
    """
    findings = read_findings(result_folder(case, as_of))
    path = report.write(findings, out)
    done = {"page": str(path), "as_of": findings.as_of, "findings": len(findings.findings)}
    emit(done, as_json=json_, text=f"{path}: {len(findings.findings)} findings as of {findings.as_of}")
