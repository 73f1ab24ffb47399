"""``unfog verify``: everything that the dossier's own verify.py checks, and the signature and the intervals."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from unfog.cli.app import app, emit
from unfog.errors import IntegrityError, SourceMissing
from unfog.judgement.recipe import replay
from unfog.report import dossier


@app.command()
def verify(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Dossier")],
    root: Annotated[str, typer.Option("--root", help="Root hash as published outside of the dossier")] = "",
    public_key: Annotated[str, typer.Option("--public-key", help="Key it must be signed with, 64 hex digits")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="One document on stdout")] = False,
) -> None:
    """Check a dossier: exit 0 if everything holds, 1 if anything does not.

    Example: `unfog verify dossier --root 9f2c…`
    """
    if not folder.is_dir():
        raise SourceMissing(f"{folder} is not a folder; give the folder of a dossier")
    result: dict[str, Any] = dossier.verify_dossier(folder, root)
    faults: list[str] = result["faults"]
    for name, check in (("signature", _signature), ("intervals", _intervals)):
        try:
            told = check(folder, result["root"], public_key)
        except IntegrityError as why:
            faults.append(str(why))
        else:
            result["checked"] += [name] if told else []
            result |= {"public_key": told} if name == "signature" and told else {}
    result["ok"] = not faults
    result["root_published"] = bool(root)
    lines = [
        *(f"WRONG  {f}" for f in faults),
        *(f"checked  {c}" for c in result["checked"]),
        f"root hash  {result['root']}",
    ]
    if not root:
        lines.append("No published root hash was given: compare the one above with it.")
    lines.append("Everything holds." if result["ok"] else f"{len(faults)} faults.")
    emit(result, as_json=as_json, text="\n".join(lines))
    raise typer.Exit(0 if result["ok"] else 1)


def _signature(folder: Path, root: str, public_key: str) -> str:
    """The public key that signed; empty if nobody did and nobody asked."""
    if not public_key and not (folder / "SIGNATURE.json").exists():
        return ""
    return dossier.check_signature(folder, root, public_key)


def _intervals(folder: Path, _root: str, _key: str) -> str:
    """Draw the judgement's intervals again, with its own seed."""
    path = folder / "data" / "judgement.json"
    if not path.is_file():
        return ""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        again = replay(document["central"]) if document.get("central") else {}
        said = {a["proposition"]: a["posterior"] for a in document["answers"] if a.get("posterior")}
    except (ValueError, KeyError, TypeError, AttributeError) as why:
        raise IntegrityError(f"judgement.json cannot be read: {why}") from None
    for name, printed in said.items():
        if name not in again:
            raise IntegrityError(f"judgement.json: {name} is not in its recipe")
        for end in ("low", "value", "high"):
            if abs(getattr(again[name], end) - printed[end]) > 1e-9:
                raise IntegrityError(
                    f"judgement.json: the {end} end of {name} comes out at {getattr(again[name], end):.9f}, "
                    f"not {printed[end]:.9f}"
                )
    return "yes" if said else ""
