"""``unfog link``: have we seen this operation before?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from unfog.case.linking import link_case
from unfog.cli._progress import progress_bar
from unfog.cli.app import app, emit
from unfog.cli.run import CaseArg


@app.command()
def link(
    folder: CaseArg,
    out: Annotated[Path, typer.Option(help="Output folder", show_default=False)],
    catalogue: Annotated[
        Path | None,
        typer.Option(
            help="Folder of further entries, STIX bundles or Meta tables; an entry with a known id takes its place"
        ),
    ] = None,
    data: Annotated[Path | None, typer.Option(help="Folder for files that do not lie beside the case")] = None,
    as_of: Annotated[
        list[str] | None, typer.Option("--as-of", metavar="DATE", help="Repeatable; default the case's dates")
    ] = None,
    clock: Annotated[
        str, typer.Option(help="public: what anyone could know; obtained: what this case knew")
    ] = "public",
    as_json: Annotated[bool, typer.Option("--json", help="One document on stdout")] = False,
) -> None:
    """Compare the operators of a case with every known campaign: a likelihood ratio, or "cannot tell".

    The ratio against an imitator is kept apart from that against somebody unrelated.

    Example: `unfog link cases/uk-trade-leaks-2019 --as-of 2019-12-02 --out out/link`
    """
    with progress_bar(quiet=as_json) as tell:
        done = link_case(folder, out=out, catalogue=catalogue, data=data, as_of=as_of, clock=clock, progress=tell)
    lines = []
    for date, result in done.results.items():
        lines.append(f"As of {date}:")
        lines += [f"  {f.sentence}" for f in result.findings]
        lines += [f"  {g.sentence}" for g in result.gaps]
    lines.append("Written: " + ", ".join(str(p) for p in done.files))
    document = {
        "as_of": {d: r.model_dump(mode="json") for d, r in done.results.items()},
        "files": [str(p) for p in done.files],
    }
    emit(document, as_json=as_json, text="\n".join(lines))
