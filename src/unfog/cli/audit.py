"""``unfog audit``: claims beside the public evidence of their day."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from unfog import case
from unfog.cli.app import app, emit
from unfog.cli.run import CaseArg, default_out


@app.command()
def audit(
    folder: CaseArg,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="DATE", help="Default: the latest date that was run")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Output folder of the run; default CASE/out")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One document on stdout")] = False,
) -> None:
    """Hold every dated claim of the ledger against the public evidence of its day, without the speaker's own claim.

    "Beyond" is no charge: a speaker may hold evidence that is not public.

    Example: `unfog audit cases/uk-trade-leaks-2019 --out out/uk-trade-leaks-2019`
    """
    document = case.read_findings(case.pick_folder(out or default_out(folder), as_of))
    found = [f for f in document.findings if f.kind == "audit"]
    gaps = [g.sentence for g in document.gaps if g.id == "statements.audit"]
    rows: list[dict[str, Any]] = [row for f in found for row in f.data["rows"]]
    lines = [*(f.sentence for f in found), *gaps, *map(_line, rows)]
    emit(
        {"as_of": document.as_of, "findings": [f.model_dump(mode="json") for f in found], "gaps": gaps},
        as_json=as_json,
        text="\n".join(lines),
    )


def _line(row: dict[str, Any]) -> str:
    claim = "no number" if row["claim_low"] is None else f"{row['claim_low']:g} to {row['claim_high']:g} %"
    public = "not judged" if row["public_low"] is None else f"{row['public_low']:g} to {row['public_high']:g} %"
    verdict = {"within": "within", "beyond": "beyond", "short": "short of"}.get(row["verdict"], "not comparable with")
    return (
        f"  {row['said_on']} {row['speaker']} on {row['proposition']}: “{row['said']}” ({claim}); "
        f"public evidence {public}: {verdict} it"
    )
