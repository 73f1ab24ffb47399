"""``unfog detect``: who acts together, in files, by one or several signals."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import typer

from unfog import coordination
from unfog.cli._progress import progress_bar
from unfog.cli.app import app, emit
from unfog.engine import DuckEngine
from unfog.errors import SourceMissing, UsageError
from unfog.ingest import FileSpec, ingest
from unfog.model import TABLES


@app.command()
def detect(
    files: list[Path] = typer.Argument(..., help="Files with posts."),
    format_: str = typer.Option(
        "auto", "--format", help="Format of the files; 'posts' for Parquet in unfog's own columns."
    ),
    signal: list[str] = typer.Option(..., "--signal", help=f"What is shared: {', '.join(coordination.SIGNALS)}."),
    window: str = typer.Option(
        None, "--window", help="60s, 5min, 1h, or 'auto' to estimate it; default: the signal's own."
    ),
    min_shared: int = typer.Option(
        2, "--min-shared", min=1, help="Write pairs with this many distinct shared objects."
    ),
    min_actions: int = typer.Option(1, "--min-actions", min=1, help="... and this many pairs of actions."),
    min_participation: int = typer.Option(
        1, "--min-participation", min=1, help="... of accounts with this many actions."
    ),
    all_pairs: bool = typer.Option(
        False, "--all-pairs", help="Write every pair that meets once: all three minima are 1."
    ),
    strata: str = typer.Option(
        "auto", "--strata", help="Column the chance models condition on: auto, none, community, lang, platform."
    ),
    memory: str = typer.Option("4GB", "--memory", help="Memory limit of the engine."),
    map_: Path | None = typer.Option(None, "--map", help="Column map, for tables of your own."),
    out: Path = typer.Option(..., "--out", file_okay=False, help="Folder for pairs.parquet."),
    json: bool = typer.Option(False, "--json", help="Print one JSON document."),
) -> None:
    """Find pairs of accounts that act together, each with three p-values and a false-discovery rate.

    Example: `unfog detect shares.parquet --format coortweet --signal object --window 60s --out found`
    """
    if all_pairs:
        min_shared = min_actions = min_participation = 1
    estimate = window is not None and window.strip().lower() == "auto"
    seconds = None if window is None or estimate else coordination.parse_window(window)
    options = coordination.Options.model_validate(
        {
            "min_shared": min_shared,
            "min_actions": min_actions,
            "min_participation": min_participation,
            "strata": _strata(strata),
        }
    )
    for name in signal:
        coordination.signal(name)
    with progress_bar(quiet=json) as tell, DuckEngine(memory=memory) as engine:
        with tempfile.TemporaryDirectory(prefix="unfog-detect-") as work:
            _read(engine, files, format_, map_, Path(work), tell)
            results = coordination.detect(
                engine,
                signal,
                window_s=seconds,
                estimate=estimate,
                options=options,
                progress=lambda w, s: tell(w, 0.5 + s / 2),
            )
            written = engine.write_parquet("pairs", out / "pairs.parquet", TABLES["pairs"].key)
        counts = {
            r["signal"]: r
            for r in engine.rows(
                "SELECT signal, count(*) AS n, count(CASE WHEN q_value <= 0.05 THEN 1 END) AS called "
                "FROM pairs GROUP BY signal ORDER BY signal"
            )
        }
    document: dict[str, Any] = {"out": str(out / "pairs.parquet"), "pairs": written, "signals": []}
    lines = [f"wrote {written:,} pairs to {out / 'pairs.parquet'}"]
    found = {r.data.signal.name: r for r in results}
    for name in dict.fromkeys(signal):
        r = found.get(name)
        if r is None:
            document["signals"].append({"signal": name, "actions": 0, "pairs": 0})
            lines.append(f"{name}: the posts hold no object of this signal")
            continue
        c = counts.get(name, {"n": 0, "called": 0})
        document["signals"].append(
            {
                "signal": name, "window_s": r.data.window_s, "strata": r.data.strata, "actions": r.data.rows,
                "accounts": r.data.actions.n_accounts, "possible_pairs": r.possible, "pairs_that_meet": r.tally.pairs,
                "pairs": c["n"], "pairs_q_0.05": c["called"],
            }
        )  # fmt: skip
        lines.append(
            f"{name}, window {r.data.window_s:g} s: {r.data.rows:,} actions of {r.data.actions.n_accounts:,} accounts; "
            f"of {r.possible:,} possible pairs {r.tally.pairs:,} meet, {c['n']:,} are written, {c['called']:,} have "
            "q <= 0.05"
        )
        r.spool.close()
    emit(document, as_json=json, text="\n".join(lines))


def _strata(value: str) -> str:
    if value not in ("auto", *coordination.STRATA):
        raise UsageError(f"cannot stratify by {value!r}; one of auto, {', '.join(coordination.STRATA)}")
    return value


def _read(engine: DuckEngine, files: list[Path], format_: str, map_: Path | None, work: Path, tell: Any) -> None:
    """Read the files into the relation posts; unfog's own Parquet is taken as it is."""
    for path in files:
        if not path.exists():
            raise SourceMissing(f"there is no file {path}; give the files with posts to search")
    if format_ == "posts":
        engine.read_parquet("posts_read", files)
        have = engine.columns("posts_read")
        for column in ("platform", "post_id", "account_id", "happened_at"):
            if column not in have:
                raise UsageError(f"{files[0]} has no column {column!r}; --format posts wants unfog's own columns")
        columns = ", ".join(
            f'"{c.name}"' if c.name in have else f'CAST(NULL AS {c.type}) AS "{c.name}"'
            for c in TABLES["posts"].columns
        )
        engine.execute(f"CREATE OR REPLACE VIEW posts AS SELECT {columns} FROM posts_read", "posts")
        return
    specs = [
        FileSpec(path=p.resolve(), format=None if format_ == "auto" else format_, map=map_.resolve() if map_ else None)
        for p in files
    ]
    roots = [s.path.parent for s in specs]
    root = Path(roots[0])
    while not all(r.is_relative_to(root) for r in roots):
        root = root.parent
    ingest(specs, engine, work, root=root, progress=lambda what, share: tell(what, share / 2))
