"""``unfog report``: the page, and with ``--dossier`` the sealed folder that checks itself."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from unfog.case.dossier import seal_case, write_report
from unfog.cli.app import app, emit


@app.command("report")
def report_command(
    case: Annotated[Path, typer.Argument(metavar="CASE", help="Case folder, or a folder that `unfog run` wrote to")],
    out: Annotated[Path, typer.Option("--out", help="Folder to write to; for a dossier it must be new")],
    dossier: Annotated[bool, typer.Option("--dossier", help="Seal a dossier instead of the page alone")] = False,
    as_of: Annotated[str | None, typer.Option("--as-of", metavar="DATE", help="Default: the latest run")] = None,
    profile: Annotated[
        str, typer.Option("--profile", help="public: pseudonyms, originals withheld; sealed: with originals")
    ] = "public",
    by: Annotated[str, typer.Option("--by", help="Who seals; printed in the custody log")] = "",
    data: Annotated[Path | None, typer.Option("--data", help="Folder of originals beside the case")] = None,
    key: Annotated[Path | None, typer.Option("--key", help="Secret key of pseudonyms; default CASE/secret.key")] = None,
    sign: Annotated[Path | None, typer.Option("--sign", help="Ed25519 key (PEM) to sign the root hash with")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One document on stdout")] = False,
) -> None:
    """Draw the report of a case that has been run, or seal it as a dossier.

    Example: `unfog report cases/uk-trade-leaks-2019 --dossier --by "Ana, Newsroom" --out dossier`
    """
    if dossier:
        sealed = seal_case(case, out, by=by, profile=profile, as_of=as_of, data=data, key_file=key, signing_key=sign)
        done = {"dossier": str(sealed.folder), "profile": sealed.profile, "root": sealed.root, "files": sealed.files}
        text = f"{sealed.folder}: {sealed.files} files, {sealed.profile} profile\nroot hash {sealed.root}"
        text += "\nPublish the root hash outside of the dossier: only then can a later change be found."
        signed = {"public_key": sealed.public_key} if sealed.public_key else {}
        text += f"\nsigned with {sealed.public_key}" if sealed.public_key else ""
        emit({**done, **signed}, as_json=as_json, text=text)
        return
    path, findings = write_report(case, out, as_of)
    drawn = {"page": str(path), "as_of": findings.as_of, "findings": len(findings.findings)}
    emit(drawn, as_json=as_json, text=f"{path}: {len(findings.findings)} findings as of {findings.as_of}")
