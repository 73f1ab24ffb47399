"""``unfog simulate``: write a world with a known answer."""

from __future__ import annotations

from pathlib import Path

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeElapsedColumn

from unfog import simulate
from unfog.cli.app import app, emit, err


@app.command(name="simulate")
def simulate_(
    scenario: str = typer.Argument(..., help=f"One of: {', '.join(simulate.SCENARIOS)}."),
    posts: int = typer.Option(100_000, "--posts", min=1, help="Number of posts, 200 to 10 million and more."),
    seed: int = typer.Option(7, "--seed", help="The same seed gives the same world."),
    out: Path = typer.Option(..., "--out", file_okay=False, help="Folder for posts, accounts and truth."),
    ndjson: bool = typer.Option(False, "--ndjson", help="Write posts as NDJSON instead of Parquet."),
    json: bool = typer.Option(False, "--json", help="Print one JSON document."),
) -> None:
    """Simulate a society with a known answer: posts, accounts and who is who.

    Example: `unfog simulate mixed --posts 20000 --seed 7 --out world`
    """
    columns = ("{task.description}", BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task("posts", total=posts)
        rows = simulate.write(
            scenario, posts, seed, out, ndjson=ndjson, progress=lambda done: bar.update(task, completed=done)
        )
    document = {"scenario": scenario, "seed": seed, "out": str(out), "rows": rows}
    emit(
        document,
        as_json=json,
        text=f"wrote {rows['posts']:,} posts and {rows['accounts']:,} accounts to {out}; truth.parquet says who is who",
    )
