"""One function for every format: a finished result in, files out."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from unfog.errors import IntegrityError, SourceMissing, UsageError, did_you_mean
from unfog.model import Findings
from unfog.model.finding import TableRef
from unfog.report.dossier import crate, redact, tables
from unfog.report.dossier.public import public_findings
from unfog.report.dossier.verify import sha256_file
from unfog.report.exports import graph, stix
from unfog.report.page import canonical, page

FORMATS = ("stix", "gexf", "graphml", "ro-crate", "csv", "parquet")
"""Formats that :func:`export` writes."""

Q_SHOWN = 0.05
"""Pairs of a graph export: those within one group, or with a q-value up to this; the file says how many it leaves."""


def export(result: Path, to: str, out: Path, names: redact.Pseudonyms | None = None) -> list[Path]:
    """Write a finished result in another format. Tables pass row by row: none is held in memory.

    Args:
        result: As-of folder with ``findings.json`` and ``tables/``.
        to: One of ``FORMATS``.
        out: Folder, made if it is not there.
        names: Pseudonyms for the public profile, with what the case has read already learnt; the accounts of the
            result's tables are learnt here. None exports accounts and texts as they are.

    Returns:
        The files that were written.

    Raises:
        UsageError: for an unknown format. SourceMissing, IntegrityError: if a table is not there or not what it was.
    """
    if to not in FORMATS:
        raise UsageError(f"unknown format {to!r}{did_you_mean(to, FORMATS)}; one of {', '.join(FORMATS)}")
    path = result / "findings.json"
    if not path.is_file():
        raise SourceMissing(f"{path} does not exist; run the case first")
    doc = Findings.model_validate_json(path.read_bytes())
    known = {t.name: t for t in doc.tables}
    if names is not None:
        for ref in doc.tables:
            names.learn(redact.identifiers_in(_table(result, ref)))
        doc = public_findings(doc, names)
    out.mkdir(parents=True, exist_ok=True)
    match to:
        case "stix":
            return [write_lines(out / f"{doc.case}.stix.json", [stix.text(doc)])]
        case "gexf" | "graphml":
            return [_graph(result, known, to, out / f"{doc.case}.{to}", doc, names)]
        case "csv":
            figures = write_lines(out / "findings.csv", tables.csv_lines(_figures(doc)))
            return [figures, *_csv(result, known, out, names)]
        case "parquet":
            return list(_parquet(result, known, out, names))
        case _:
            return _crate(result, known, out, doc, names)


def write_lines(path: Path, lines: Iterable[str]) -> Path:
    """Write a stream of text, whole or not at all."""
    part = path.with_name(path.name + ".part")
    with part.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(lines)
    part.replace(path)
    return path


def _table(result: Path, ref: TableRef) -> Path:
    path = result / ref.file
    if not path.is_file():
        raise SourceMissing(f"{ref.file} is not in {result}; run the case again")
    if sha256_file(path) != ref.sha256:
        raise IntegrityError(f"{ref.file} is not the table that the findings were made from; run the case again")
    return path


def _rows(result: Path, ref: TableRef, names: redact.Pseudonyms | None) -> Iterator[dict[str, Any]]:
    for row in tables.rows_of(_table(result, ref)):
        yield names.row(row) if names is not None else row


def _figures(doc: Findings) -> Iterator[dict[str, Any]]:
    """One row per figure; findings without figures have one row as well."""
    for f in doc.findings:
        head = {"finding": f.id, "room": f.room, "kind": f.kind, "verdict": f.verdict.value, "sentence": f.sentence}
        for g in f.figures:
            yield {
                **head,
                "figure": g.name,
                **g.value.model_dump(),
                "unit": g.unit,
                "basis": g.basis.value,
                "note": g.note,
            }
        if not f.figures:
            none = {"figure": None, "value": None, "low": None, "high": None, "unit": None, "basis": None, "note": None}
            yield {**head, **none}


def _csv(result: Path, known: Mapping[str, TableRef], out: Path, names: redact.Pseudonyms | None) -> Iterator[Path]:
    for name, ref in sorted(known.items()):
        yield write_lines(out / f"{name}.csv", tables.csv_lines(_rows(result, ref, names)))


def _parquet(result: Path, known: Mapping[str, TableRef], out: Path, names: redact.Pseudonyms | None) -> Iterator[Path]:
    for name, ref in sorted(known.items()):
        target = out / f"{name}.parquet"
        if names is None:
            shutil.copyfile(_table(result, ref), target)
        else:
            file = pq.ParquetFile(_table(result, ref))
            with pq.ParquetWriter(target, file.schema_arrow, compression="zstd") as writer:
                for batch in file.iter_batches(batch_size=20_000):
                    rows = [names.row(r) for r in batch.to_pylist()]
                    writer.write_table(pa.Table.from_pylist(rows, schema=file.schema_arrow))
        yield target


def _graph(
    result: Path, known: Mapping[str, TableRef], to: str, path: Path, doc: Findings, names: redact.Pseudonyms | None
) -> Path:
    """Nodes are held in memory, edges are read twice: once to count and to meet their ends, once to be written."""
    groups = list(_rows(result, known["groups"], names)) if "groups" in known else []
    member = {f"{g['platform']}:{g['account_id']}": g["group_id"] for g in groups}
    nodes, kept, left = graph.nodes_of(groups), 0, 0

    def pairs() -> Iterator[tuple[bool, dict[str, Any]]]:
        for p in _rows(result, known["pairs"], names) if "pairs" in known else ():
            same = member.get(p["account_a"]) is not None and member.get(p["account_a"]) == member.get(p["account_b"])
            q = p.get("q_value")
            yield same or (q is not None and q <= Q_SHOWN), p

    for keep, p in pairs():
        kept, left = kept + keep, left + (not keep)
        if keep:
            graph.meet(nodes, p)
    told = f"{kept} pairs within groups or with q up to {Q_SHOWN}; {left} others left out."
    about = f"{doc.title} As of {doc.as_of}. {told}"
    edges = (p for keep, p in pairs() if keep)
    return write_lines(path, graph.FORMATS[to](dict(sorted(nodes.items())), edges, about))


def _crate(
    result: Path, known: Mapping[str, TableRef], out: Path, doc: Findings, names: redact.Pseudonyms | None
) -> list[Path]:
    (out / "tables").mkdir(exist_ok=True)
    written = list(_parquet(result, known, out / "tables", names))
    (out / "findings.json").write_bytes(canonical(doc))
    (out / "index.html").write_text(page(doc), encoding="utf-8", newline="\n")
    written += [out / "findings.json", out / "index.html"]
    files = {p.relative_to(out).as_posix(): (p.stat().st_size, sha256_file(p)) for p in written}
    profile = "sealed" if names is None else "public"
    document = crate.metadata(doc, files, about={}, at=doc.as_of, by="unfog", profile=profile)
    text = json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    return [*written, write_lines(out / "ro-crate-metadata.json", [text])]
