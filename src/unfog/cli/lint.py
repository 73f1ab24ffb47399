"""``unfog lint``: does a text say how sure it is in a way that can be read in one way only?"""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import Any

import typer

from unfog._version import __version__
from unfog.cli.app import app, emit
from unfog.errors import FormatError, LimitError, SourceMissing
from unfog.text.lint import Problem, lint_text
from unfog.text.lint_findings import lint_findings
from unfog.text.lint_report import plain_report, sarif_report
from unfog.text.yardstick import yardstick

MAX_BYTES = 20_000_000


class Mode(StrEnum):
    """How a file is read."""

    AUTO = "auto"
    TEXT = "text"
    FINDINGS = "findings"


@app.command()
def lint(
    file: Path = typer.Argument(..., help="A text, or a findings.json; - reads stdin."),
    standard: str = typer.Option("", "--standard", help="The yardstick that the text claims to use."),
    mode: Mode = typer.Option(Mode.AUTO, "--mode", help="text: any text; findings: every number must resolve."),
    sarif: bool = typer.Option(False, "--sarif", help="SARIF 2.1.0 on stdout."),
    as_json: bool = typer.Option(False, "--json", help="One JSON document on stdout."),
) -> None:
    """Check the wording of a judgement: one standard, numbers beside words, likelihood and confidence apart.

    Example: `unfog lint statement.txt --standard phia`, `unfog lint findings.json --sarif`

    Exit 0: nothing found; 1: something found.
    """
    if standard:
        yardstick(standard)
    text = _read(file)
    document = _document(text, file, mode)
    problems = lint_findings(document) if document is not None else lint_text(text, standard)
    if sarif:
        emit(sarif_report(problems, file.name, __version__), as_json=True)
    else:
        shown = plain_report(problems, str(file)) or f"{file}: nothing found"
        emit({"file": str(file), "problems": [p.model_dump() for p in problems]}, as_json=as_json, text=shown)
    if _counts(problems):
        raise typer.Exit(1)


def _counts(problems: tuple[Problem, ...]) -> bool:
    return any(p.level != "note" for p in problems)


def _read(file: Path) -> str:
    if str(file) == "-":
        raw = sys.stdin.buffer.read(MAX_BYTES + 1)
    elif not file.is_file():
        raise SourceMissing(f"{file}: no such file; give a text or a findings.json")
    else:
        with file.open("rb") as handle:
            raw = handle.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise LimitError(f"{file}: larger than {MAX_BYTES:,} bytes", limit="lint.MAX_BYTES")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as why:
        raise FormatError(f"{file}: not UTF-8 text ({why.reason} at byte {why.start}); save it as UTF-8") from None


def _document(text: str, file: Path, mode: Mode) -> dict[str, Any] | None:
    if mode is Mode.TEXT:
        return None
    try:
        found = json.loads(text) if mode is Mode.FINDINGS or file.suffix == ".json" else None
    except (ValueError, RecursionError) as why:
        raise FormatError(f"{file}: not JSON ({why}); use --mode text to check it as a text") from None
    if isinstance(found, dict) and isinstance(found.get("findings"), list):
        return found
    if mode is Mode.FINDINGS:
        raise FormatError(f"{file}: no findings document: it has no list “findings”")
    return None
