"""``unfog census``: how many, by which definition."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import Any

import typer

from unfog.accounts import Census, load_definitions, profile_accounts, take_census
from unfog.cli._progress import progress_bar
from unfog.cli.accounts import read_files, write_told
from unfog.cli.app import app, emit
from unfog.engine import DuckEngine
from unfog.errors import SourceMissing, UsageError
from unfog.model import TABLES, StageResult
from unfog.report import charts


@app.command()
def census(
    sources: list[Path] = typer.Argument(..., help="A case folder, or files with posts and observations."),
    definitions: Path | None = typer.Option(
        None, "--definitions", help="TOML with the definitions; default for a case: its own [accounts.census]."
    ),
    format_: str = typer.Option("auto", "--format", help="Format of the files; auto detects it."),
    data: Path | None = typer.Option(None, "--data", help="Folder in which a case looks for its files."),
    memory: str = typer.Option("4GB", "--memory", help="Memory limit of the engine."),
    out: Path = typer.Option(..., "--out", file_okay=False, help="Folder for census.csv, census.svg, findings.json."),
    json: bool = typer.Option(False, "--json", help="Print one JSON document."),
) -> None:
    """Count accounts or posts by explicit definitions, beside published figures with theirs.

    Example: `unfog census cases/brexit-referendum-2016 --data ../shared/data --out census`
    """
    files, wanted = _given(sources, definitions, data)
    asked = load_definitions(wanted)
    with (
        progress_bar(quiet=json) as tell,
        DuckEngine(memory=memory) as engine,
        tempfile.TemporaryDirectory(prefix="unfog-census-") as work,
    ):
        if files:
            read_files(engine, files, format_, None, Path(work), lambda w, s: tell(w, s / 2))
        for name in ("posts", "accounts", "labels", "groups", "observations", "sources"):
            if not engine.has(name):
                engine.put(name, TABLES[name].arrow_schema().empty_table())
        profile_accounts(engine)
        tell("counting", 0.6)
        findings, gaps = take_census(engine, asked)
        engine.write_csv("census", out / "census.csv", ("definition_id",))
        rows = engine.rows("SELECT * FROM census ORDER BY computed, unit, value, definition_id")
    document = write_told(StageResult(findings=findings, gaps=gaps), out)
    document["rows"] = rows
    chart(rows, asked, out / "census.svg")
    emit(document, as_json=json, text=_table(rows, [f.sentence for f in findings] + [g.sentence for g in gaps]))


def _given(sources: list[Path], definitions: Path | None, data: Path | None) -> tuple[list[Path], Path]:
    """Files to read and the file of definitions."""
    if len(sources) == 1 and sources[0].is_dir():
        import tomllib

        folder = sources[0]
        file = folder / "case.toml"
        if not file.is_file():
            raise UsageError(f"{folder} is no case: it has no case.toml; give a case folder or files")
        case = tomllib.loads(file.read_text(encoding="utf-8"))
        found: list[Path] = []
        for section in [*case.get("posts", ()), *case.get("observations", ())]:
            roots = [folder, *([data] if data else [])]
            hits = sorted({h for r in roots for h in (*r.glob(section["path"]), *r.glob(f"**/{section['path']}"))})
            if not hits and not section.get("optional"):
                raise SourceMissing(f"{file}: {section['path']} is neither beside the case nor under --data")
            found += hits[:1]
        return found, definitions or file
    if definitions is None:
        raise UsageError("give --definitions FILE: what is to be counted (a case brings its own)")
    for path in sources:
        if not path.is_file():
            raise SourceMissing(f"there is no file {path}; give files with posts or observations")
    return sources, definitions


def chart(rows: list[dict[str, Any]], asked: Census, path: Path) -> None:
    """Draw how far the number moves with the definition: accounts, then posts, each from the least to the most."""
    counts = [r for r in rows if r["value"] and r["value"] > 0 and r["unit"] in ("accounts", "posts", "tweets")]
    shown = [
        {
            "label": f"{_by(r)}, {r['unit']}",
            "value": r["value"],
            "basis": "counted" if r["computed"] == "computed" else "argued",
        }
        for r in sorted(counts, key=lambda r: (r["unit"] != "accounts", r["value"], r["definition_id"]))
    ]
    if shown:
        alt = f"{asked.title or 'How many, by which definition'}: {len(shown)} counts; argued ones are quoted."
        draw = charts.points(shown, x_title="number (logarithmic)", log=True)
        path.write_text(draw(charts.WIDE, False).svg(alt, alone=True), encoding="utf-8")


def _by(row: dict[str, Any]) -> str:
    """Who counted: the definition where it was counted here, the study where it was published."""
    if row["computed"] == "computed":
        return f"here: {row['definition_id'].partition('.')[2] or row['definition_id']}"
    study = re.split(r"[(;:]", row["origin"])[0].strip() or "published"
    return f"{row['definition_id']} {study}"


def _table(rows: list[dict[str, Any]], sentences: list[str]) -> str:
    lines = list(sentences)
    for r in rows:
        value = "–" if r["value"] is None else f"{r['value']:,.10g}"
        between = "" if r["low"] is None or r["low"] == r["high"] else f" [{r['low']:,.0f} to {r['high']:,.0f}]"
        lines.append(f"{value:>12}{between} {r['unit']:<10} {r['definition_id']}: {r['definition']} ({r['period']})")
    return "\n".join(lines)
