"""``unfog search``: find words in everything that a case has read."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from unfog import case, spread
from unfog.case.asof import offer
from unfog.cli.app import app, emit
from unfog.cli.run import CaseArg, default_out
from unfog.engine import DuckEngine
from unfog.errors import CaseError
from unfog.model import AsOf


@app.command()
def search(
    folder: CaseArg,
    query: Annotated[str, typer.Argument(metavar="QUERY", help='Words, all of which must occur; "a phrase" in quotes')],
    as_of: Annotated[str | None, typer.Option("--as-of", metavar="DATE", help="Only what was public by then")] = None,
    limit: Annotated[int, typer.Option(min=1, help="Most hits that are printed")] = 20,
    out: Annotated[Path | None, typer.Option(help="Output folder of the run; default CASE/out")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One document on stdout")] = False,
) -> None:
    """Search the posts, articles, documents and log entries of a case that was run.

    Example: `unfog search cases/uk-trade-leaks-2019 '"trade papers" reddit'`
    """
    tables = (out or default_out(folder)) / "ingest"
    files = {p.stem: p for p in sorted(tables.glob("*.parquet"))}
    if not files:
        raise CaseError(f"nothing has been read into {tables} yet; run `unfog run` first")
    date = AsOf.parse(as_of) if as_of else AsOf.parse(case.load_case(folder).as_of[-1])
    with DuckEngine(memory="1GB") as engine:
        offer(engine, files, date)
        hits, total = spread.search(engine, query, limit=limit)
    lines = [f"{total} hit{'' if total == 1 else 's'} as of {date.label}", ""]
    for hit in hits:
        lines += [f"{hit.at or 'undated':20}  {hit.table} {hit.id}  {hit.place}", f"    {hit.excerpt}"]
    document = {"query": query, "as_of": date.label, "total": total, "hits": [h.shown() for h in hits]}
    emit(document, as_json=as_json, text="\n".join(lines))
