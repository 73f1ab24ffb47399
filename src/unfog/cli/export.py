"""``unfog export``: findings and tables in the formats of other people's tools."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from unfog.case.dossier import pseudonyms
from unfog.case.located import result_folder
from unfog.cli.app import app, emit
from unfog.errors import UsageError
from unfog.report import exports


@app.command()
def export(
    case: Annotated[Path, typer.Argument(metavar="CASE", help="Case folder, or a folder that `unfog run` wrote to")],
    to: Annotated[str, typer.Option("--to", help="stix, gexf, graphml, ro-crate, csv or parquet")],
    out: Annotated[Path, typer.Option("--out", help="Folder to write to")],
    as_of: Annotated[str | None, typer.Option("--as-of", metavar="DATE", help="Default: the latest run")] = None,
    profile: Annotated[
        str, typer.Option("--profile", help="public: accounts as keyed pseudonyms; sealed: everything as it is")
    ] = "public",
    key: Annotated[Path | None, typer.Option("--key", help="Secret key of pseudonyms; default CASE/secret.key")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One document on stdout")] = False,
) -> None:
    """Write a finished case as STIX 2.1, GEXF, GraphML, RO-Crate, CSV or Parquet.

    Example: `unfog export cases/uk-trade-leaks-2019 --to stix --out exchange`
    """
    if profile not in ("public", "sealed"):
        raise UsageError(f'unknown profile {profile!r}; use "public" or "sealed"')
    result = result_folder(case, as_of)
    names = pseudonyms(case, result, key) if profile == "public" else None
    written = exports.export(result, to, out, names)
    done = {"to": to, "profile": profile, "files": [str(p) for p in written]}
    emit(done, as_json=as_json, text="\n".join(str(p) for p in written))
