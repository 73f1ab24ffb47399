"""``unfog forget``: an account that must not be held any more, or a case whose time is up."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from unfog import ingest
from unfog.case.config import load_case
from unfog.case.files import find
from unfog.cli.app import app, emit
from unfog.errors import UsageError
from unfog.model import parse_moment


@app.command()
def forget(
    folder: Annotated[Path, typer.Argument(metavar="CASE", help="Case folder with case.toml", show_default=False)],
    by: Annotated[str, typer.Option(help="Who decided; goes into the custody log", show_default=False)],
    account: Annotated[str | None, typer.Option(metavar="PLATFORM:ID", help="Account to forget")] = None,
    expired: Annotated[
        bool, typer.Option("--expired", help="Delete what the case kept, if its retention day is past")
    ] = False,
    reason: Annotated[str, typer.Option(help="Why; goes into the custody log")] = "",
    data: Annotated[Path | None, typer.Option(help="Folder for files that do not lie beside the case")] = None,
    out: Annotated[Path | None, typer.Option(help="Output folder of the case; default CASE/out")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One document on stdout")] = False,
) -> None:
    """Forget an account, or delete an expired case; the custody log keeps a tombstone.

    What can be computed again is deleted, and the next run leaves the account out. Files that lie outside the case's
    own store are listed, not touched: their keeper decides.

    Example: `unfog forget cases/mine --account reddit:someone --by "A. Officer" --reason "erasure request"`
    """
    if (account is None) == (not expired):
        raise UsageError("give either --account PLATFORM:ID or --expired")
    case = load_case(folder)
    roots = {"case": folder} | ({"data": data} if data else {})
    sections = [*case.posts, *case.articles, *case.documents, *case.observations]
    sources = [hit.path for s in sections for hit in find(s.path, roots, where="path", optional=True)]
    results = out or folder / "out"
    if account is not None:
        done = ingest.forget_account(folder, results, account, by=by, reason=reason, sources=sources)
    else:
        days = [d for d in (case.privacy.retain_until, case.case.retention) if d]
        if not days:
            raise UsageError(f"{folder}: case.toml names no day; add retain_until = 2030-12-31 under [privacy]")
        day = min(days, key=lambda d: parse_moment(d).end)
        if datetime.now(UTC) <= parse_moment(day).end:
            raise UsageError(f"{folder}: the retention day {day} is not past; nothing was deleted")
        done = ingest.forget_case(folder, results, by=by, reason=reason or f"retention until {day}", sources=sources)
    emit(asdict(done), as_json=as_json, text=_told(done))


def _told(done: ingest.Forgotten) -> str:
    lines = [", ".join(f"{n:,} rows of {t}" for t, n in done.rows.items() if n) or "no rows in the tables"]
    lines += [f"deleted {p}" for p in done.removed]
    lines += [f"still holds it, and is not ours to change: {p}" for p in done.still]
    lines.append("a tombstone stands in custody.jsonl; run the case again to compute it anew")
    return "\n".join(lines)
