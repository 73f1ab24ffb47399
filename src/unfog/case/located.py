"""Where the result of a case lies: from a case folder, a folder of results, or one as-of folder."""

from __future__ import annotations

from pathlib import Path

from unfog.case.why import pick_folder
from unfog.errors import CaseError, SourceMissing


def result_folder(given: Path, as_of: str | None = None) -> Path:
    """The as-of folder (the one with ``findings.json``) that a person means.

    Args:
        given: A case folder (with ``case.toml`` and ``out/``), a folder of results, or one as-of folder.
        as_of: Date label; default the latest one that was run.

    Raises:
        SourceMissing: if the path does not exist.
        CaseError: if nothing was run there.
        UsageError: if that date was not run; names those that were.
    """
    if not given.exists():
        raise SourceMissing(f"{given} does not exist; give a case folder, or a folder that `unfog run` wrote to")
    if not given.is_dir():
        raise CaseError(f"{given} is a file; give the case folder, or a folder that `unfog run` wrote to")
    if (given / "findings.json").is_file() and as_of is None:
        return given
    if (given / "findings.json").is_file():
        return pick_folder(given.parent, as_of)
    if any(given.glob("*/findings.json")):
        return pick_folder(given, as_of)
    return pick_folder(given / "out", as_of)
