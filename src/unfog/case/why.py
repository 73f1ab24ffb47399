"""``unfog why``: from a finding back to its figures, method, SQL, rows and files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from unfog.case.files import sha256_of
from unfog.engine import DuckEngine, identifier, literal
from unfog.errors import CaseError, IntegrityError, UsageError, did_you_mean
from unfog.model import TABLES, Figure, Finding, Findings, RowsRef

SHOWN_ROWS = 20


def read_findings(folder: Path) -> Findings:
    """Read ``findings.json`` of one as-of folder.

    Raises:
        CaseError: if there is none, or it is not of this version.
    """
    path = folder / "findings.json"
    if not path.is_file():
        raise CaseError(f"{path} does not exist; run `unfog run` first")
    try:
        return Findings.model_validate_json(path.read_bytes())
    except ValidationError as why:
        first = why.errors()[0]
        raise CaseError(
            f"not a findings document: {'.'.join(map(str, first['loc']))}: {first['msg']}", file=str(path)
        ) from None


def as_of_folders(out: Path) -> dict[str, Path]:
    """As-of label -> folder, in the order of the dates."""
    return {p.parent.name: p.parent for p in sorted(out.glob("*/findings.json"))}


def pick_folder(out: Path, as_of: str | None = None) -> Path:
    """The folder of a date, or of the latest one.

    Raises:
        CaseError: if nothing has been run there.
        UsageError: if that date has not been run; names those that have.
    """
    folders = as_of_folders(out)
    if not folders:
        raise CaseError(f"nothing has been run into {out} yet; run `unfog run` first")
    if as_of is None:
        return folders[max(folders)]
    if as_of not in folders:
        raise UsageError(f"no result as of {as_of}; there are results as of {', '.join(sorted(folders))}")
    return folders[as_of]


def find_finding(document: Findings, wanted: str) -> Finding:
    """The finding of that id; a UsageError names the nearest and lists the beginnings that fit."""
    by_id = {f.id: f for f in document.findings}
    if wanted in by_id:
        return by_id[wanted]
    near = [i for i in by_id if wanted in i]
    if len(near) == 1:
        return by_id[near[0]]
    hint = f"; did you mean one of {', '.join(near[:8])}?" if near else did_you_mean(wanted, by_id)
    raise UsageError(f"there is no finding {wanted!r} as of {document.as_of}{hint}")


def explain(folder: Path, wanted: str) -> dict[str, Any]:
    """Everything behind a finding, as one JSON-safe document.

    The tables it was read from are checked against their recorded hashes before a row is shown.

    Args:
        folder: Folder of an as-of date.
        wanted: Id of a finding, or an unambiguous part of it.

    Returns:
        ``{finding, rows: {table: [row, ...]}, derived_from: [...], evidence: [...], case, as_of}``.

    Raises:
        UsageError: if there is no such finding.
        IntegrityError: if a table does not match its hash.
    """
    document = read_findings(folder)
    finding = find_finding(document, wanted)
    known = {t.name: t for t in document.tables}
    rows: dict[str, list[dict[str, Any]]] = {}
    with DuckEngine(memory="1GB") as engine:
        for ref in finding.rows:
            table = known.get(ref.table)
            if table is None:
                continue
            path = folder / table.file
            if not path.is_file() or sha256_of(path) != table.sha256:
                raise IntegrityError(
                    f"{table.file} is not the table that {finding.id} was made from; run the case again"
                )
            engine.read_parquet("t", [path])
            rows[ref.table] = engine.rows(_select(ref)) if ref.keys else []
    parents = [f for f in document.findings if f.id in finding.derived_from]
    return {
        "case": document.case,
        "as_of": document.as_of,
        "finding": finding.model_dump(mode="json"),
        "rows": rows,
        "derived_from": [{"id": f.id, "sentence": f.sentence} for f in parents],
        "evidence": _evidence(folder, finding.evidence),
    }


def _select(ref: RowsRef) -> str:
    key = TABLES[ref.table].key if ref.table in TABLES else ()
    if not key:
        return f"SELECT * FROM t LIMIT {SHOWN_ROWS}"
    wanted = " OR ".join(
        "("
        + " AND ".join(f"CAST({identifier(c)} AS VARCHAR) = {literal(v)}" for c, v in zip(key, k, strict=False))
        + ")"
        for k in ref.keys[:SHOWN_ROWS]
    )
    order = ", ".join(identifier(c) for c in key)
    return f"SELECT * FROM t WHERE {wanted} ORDER BY {order}"


def _evidence(folder: Path, ids: tuple[str, ...]) -> list[dict[str, Any]]:
    path = folder / "evidence.json"
    if not ids or not path.is_file():
        return []
    items: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["evidence"]
    return [e for e in items if e["id"] in ids]


def as_text(found: dict[str, Any]) -> str:
    """The explanation as plain text for a terminal."""
    return "\n".join(_lines(found)) + "\n"


def _lines(found: dict[str, Any]) -> Iterator[str]:
    finding = Finding.model_validate(found["finding"])
    yield f"{finding.id}   (case {found['case']}, as of {found['as_of']})"
    yield ""
    yield f"  {finding.sentence}"
    yield ""
    for figure in finding.figures:
        yield f"  {_figure(figure)}"
    for label, text in (
        ("Verdict", finding.verdict.value),
        ("Method", finding.method),
        ("Assumes", finding.assumption),
        ("Population", finding.population),
        ("Set chosen by", finding.selected_by),
        ("Public from", finding.public_from),
    ):
        if text:
            yield f"  {label}: {text}"
    for caveat in finding.caveats:
        yield f"  But: {caveat}"
    for parent in found["derived_from"]:
        yield f"  Made from: {parent['id']}: {parent['sentence']}"
    for item in found["evidence"]:
        yield f"  Evidence: {item['id']}: {item['statement']}"
    for step in finding.steps:
        yield ""
        yield f"  SQL of step {step.name}" + (f" ({step.rows} rows)" if step.rows is not None else "") + ":"
        yield from (f"    {line}" for line in step.sql.strip().splitlines())
    for ref in finding.rows:
        shown = found["rows"].get(ref.table, [])
        yield ""
        yield f"  Rows of {ref.table}: {ref.total or len(ref.keys)}" + (f", first {len(shown)}:" if shown else "")
        for row in shown:
            yield "    " + ", ".join(f"{k}={_short(v)}" for k, v in row.items() if v not in (None, [], ""))
    if finding.inputs:
        yield ""
        for source in finding.inputs:
            yield f"  File: {source.path or source.source_id}  sha256 {source.sha256}"


def _figure(figure: Figure) -> str:
    v = figure.value
    interval = "" if v.low == v.high else f"  [90 %: {v.low:g} to {v.high:g}]"
    note = f"  ({figure.note})" if figure.note else ""
    return f"{figure.name} = {v.value:g} {figure.unit}{interval}  {figure.basis.value}{note}"


def _short(value: Any) -> str:
    text = str(value).replace("\n", " ")
    return text if len(text) <= 80 else text[:79] + "…"
