"""``unfog accounts``: what sets of accounts pretend to be, in files."""

from __future__ import annotations

import tempfile
import tomllib
from pathlib import Path
from typing import Any

import typer
from pydantic import ValidationError

from unfog.accounts import Options, investigate
from unfog.cli._progress import progress_bar
from unfog.cli.app import app, emit
from unfog.engine import DuckEngine
from unfog.errors import CaseError, SourceMissing, UsageError
from unfog.ingest import FileSpec, ingest
from unfog.model import StageResult


@app.command()
def accounts(
    files: list[Path] = typer.Argument(..., help="Files with posts or accounts."),
    format_: str = typer.Option("auto", "--format", help="Format of the files; auto detects it."),
    set_: Path | None = typer.Option(
        None, "--set", help="Accounts of one set, one a line, or TOML with [[sets]] as in section [accounts] of a case."
    ),
    map_: Path | None = typer.Option(None, "--map", help="Column map, for tables of your own."),
    memory: str = typer.Option("4GB", "--memory", help="Memory limit of the engine."),
    out: Path = typer.Option(..., "--out", file_okay=False, help="Folder for findings.json and profiles.parquet."),
    json: bool = typer.Option(False, "--json", help="Print one JSON document."),
) -> None:
    """Describe and test sets of accounts: single use, hours, weekdays, pacing, creation, handles, shift.

    Example: `unfog accounts author_activity.json --format reddit-pushshift --set banned.txt --out found`
    """
    for path in files:
        if not path.exists():
            raise SourceMissing(f"there is no file {path}; give the files with posts to examine")
    options = Options() if set_ is None else read_sets(set_)
    with (
        progress_bar(quiet=json) as tell,
        DuckEngine(memory=memory) as engine,
        tempfile.TemporaryDirectory(prefix="unfog-accounts-") as work,
    ):
        read_files(engine, files, format_, map_, Path(work), lambda w, s: tell(w, s / 2))
        told = investigate(engine, options, progress=lambda w, s: tell(w, 0.5 + s / 2))
        rows = engine.write_parquet("profile_accounts", out / "profiles.parquet", ("platform", "account_id"))
        engine.write_parquet("set_members", out / "set_members.parquet", ("set_id", "platform", "account_id"))
    document = write_told(told, out)
    document["profiles"] = rows
    lines = [f.sentence for f in told.findings] + [g.sentence for g in told.gaps]
    emit(document, as_json=json, text="\n".join([*lines, f"wrote {rows:,} profiles to {out / 'profiles.parquet'}"]))


def read_sets(path: Path) -> Options:
    """Options from a file of sets: TOML, or a plain list of accounts."""
    if not path.is_file():
        raise SourceMissing(f"there is no file {path}; give a list of accounts or TOML with [[sets]]")
    text = path.read_text(encoding="utf-8-sig")
    if path.suffix.lower() != ".toml":
        members = tuple(line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#"))
        if not members:
            raise UsageError(f"{path.name} names no account; give ids or handles, one a line")
        raw: dict[str, Any] = {"sets": [{"id": "listed", "title": f"the accounts in {path.name}", "members": members}]}
    else:
        try:
            raw = tomllib.loads(text)
        except tomllib.TOMLDecodeError as why:
            raise CaseError(f"not TOML: {why}", file=path.name) from None
        raw = raw.get("accounts", raw)
    try:
        return Options.model_validate(raw)
    except ValidationError as why:
        first = why.errors()[0]
        raise CaseError(first["msg"], path=".".join(map(str, first["loc"])), file=path.name) from None


def read_files(engine: DuckEngine, files: list[Path], format_: str, map_: Path | None, work: Path, tell: Any) -> None:
    """Read files into the model's tables."""
    specs = [
        FileSpec(path=p.resolve(), format=None if format_ == "auto" else format_, map=map_.resolve() if map_ else None)
        for p in files
    ]
    root = specs[0].path.parent
    while not all(s.path.is_relative_to(root) for s in specs):
        root = root.parent
    ingest(specs, engine, work, root=root, progress=tell)


def write_told(told: StageResult, out: Path) -> dict[str, Any]:
    """Write findings, evidence and gaps as one JSON document and return it."""
    import json as codec

    document = {
        "findings": [f.model_dump(mode="json") for f in told.findings],
        "evidence": [e.model_dump(mode="json") for e in told.evidence],
        "gaps": [g.model_dump(mode="json") for g in told.gaps],
    }
    out.mkdir(parents=True, exist_ok=True)
    (out / "findings.json").write_text(codec.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return document
