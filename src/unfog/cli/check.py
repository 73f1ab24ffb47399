"""``unfog check``: is this case fit to run?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from unfog import case
from unfog.cli.app import app, emit
from unfog.cli.run import CaseArg
from unfog.errors import UnfogError


@app.command()
def check(
    folder: CaseArg,
    data: Annotated[Path | None, typer.Option(help="Folder for files that do not lie beside the case")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One document on stdout")] = False,
) -> None:
    """Check a case without running it: every key, file, prior, proposition and rating. Exit 1 if something is wrong.

    Example: `unfog check cases/uk-trade-leaks-2019 --data DIR`
    """
    try:
        opened = case.open_case(folder, data)
    except UnfogError as wrong:
        emit({"ok": False, "problem": str(wrong)}, as_json=as_json, text=f"Not fit to run: {wrong}")
        raise typer.Exit(1) from None
    found = {
        "ok": True,
        "case": opened.file.case.name,
        "as_of": list(opened.file.as_of),
        "files": [spec.path.name for spec in opened.specs],
        "evidence": len(opened.argued),
        "variables": len(opened.file.variables),
        "propositions": len(opened.file.propositions),
        "not_at_hand": [gap.sentence for gap in opened.gaps],
    }
    text = (
        f"{found['case']}: fit to run as of {', '.join(opened.file.as_of)}; {len(opened.specs)} files, "
        f"{found['evidence']} evidence items, {found['variables']} variables, {found['propositions']} propositions."
    )
    emit(found, as_json=as_json, text="\n".join([text, *(f"But: {gap.sentence}" for gap in opened.gaps)]))
