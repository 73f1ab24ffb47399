"""The stage runner: a stage runs when its inputs changed, and leaves its result whole or not at all.

What a stage gave is kept as ``<out>/.stages/<name>.json`` with the hash of everything that went in and of every table
that came out. A stage whose hash still fits, and whose tables still match, is reused. A run that is killed loses
at most the stage it was in; the next run goes on from there and the deterministic files come out byte-identical.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from unfog.case.files import sha256_of
from unfog.engine import Engine
from unfog.model import TABLES, Evidence, Finding, Gap, StageResult
from unfog.model.finding import TableRef


@cache
def code_fingerprint() -> str:
    """Hash of the package's own sources and data: a result made by other code is never reused."""
    root = Path(__file__).resolve().parent.parent
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*")):
        if path.suffix in {".py", ".toml", ".json", ".sql", ".csv", ".j2", ".crfsuite"} and path.is_file():
            digest.update(path.relative_to(root).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def write_whole(path: Path, text: str) -> None:
    """Write a text file so that it is there whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    with part.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def canonical(value: Any) -> str:
    """The one JSON spelling of a value: sorted keys, no spaces to vary, real characters."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)


def pretty(value: Any) -> str:
    """A JSON document as a file: in the order given, one space of indent, a newline at the end."""
    return json.dumps(value, ensure_ascii=False, indent=1, default=str) + "\n"


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of a run.

    Attributes:
        name: Name of the room.
        run: Called with the engine; gives findings, evidence, gaps and names of tables it left in the engine.
        inputs: Everything that decides its result, JSON-safe: options, hashes of sources, results of earlier stages.
    """

    name: str
    run: Callable[[Engine], StageResult]
    inputs: Mapping[str, Any]


@dataclass(slots=True)
class Done:
    """What a run has so far."""

    findings: list[Finding] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    tables: list[TableRef] = field(default_factory=list)
    hashes: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, result: StageResult, tables: Sequence[TableRef], hash_: str) -> None:
        """Take over what a stage gave."""
        self.findings.extend(result.findings)
        self.evidence.extend(result.evidence)
        self.gaps.extend(result.gaps)
        self.tables.extend(tables)
        self.hashes[name] = hash_


def perform(stage: Stage, engine: Engine, folder: Path) -> tuple[StageResult, tuple[TableRef, ...], str, bool]:
    """Run a stage, or take its kept result if nothing that went in has changed.

    Args:
        stage: What to run.
        engine: The engine; tables of a reused stage are made known in it as if it had run.
        folder: Folder of the as-of date; tables go to ``folder/tables``.

    Returns:
        The result, its tables by hash, a hash of the whole for later stages, and whether it was reused.
    """
    want = hashlib.sha256(canonical([code_fingerprint(), stage.name, stage.inputs]).encode()).hexdigest()
    keep = folder / ".stages" / f"{stage.name}.json"
    if (kept := _kept(keep, want, folder)) is not None:
        result, refs = kept
        for ref in refs:
            engine.read_parquet(ref.name, [folder / ref.file])
        return result, refs, _result_hash(result, refs), True
    keep.unlink(missing_ok=True)
    result = stage.run(engine)
    refs = tuple(_write_table(name, engine, folder) for name in sorted(result.tables))
    document = {
        "inputs": want,
        "result": result.model_dump(mode="json"),
        "tables": [r.model_dump(mode="json") for r in refs],
    }
    text = canonical(document) + "\n"
    write_whole(keep, text)
    as_kept = StageResult.model_validate(
        json.loads(text)["result"]
    )  # a reused result and a new one are the same object
    return as_kept, refs, _result_hash(as_kept, refs), False


def _kept(keep: Path, want: str, folder: Path) -> tuple[StageResult, tuple[TableRef, ...]] | None:
    try:
        document = json.loads(keep.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if document.get("inputs") != want:
        return None
    refs = tuple(TableRef.model_validate(t) for t in document["tables"])
    for ref in refs:
        path = folder / ref.file
        if not path.is_file() or sha256_of(path) != ref.sha256:
            return None
    return StageResult.model_validate(document["result"]), refs


def _result_hash(result: StageResult, refs: Sequence[TableRef]) -> str:
    whole = [result.model_dump(mode="json"), [r.sha256 for r in refs]]
    return hashlib.sha256(canonical(whole).encode()).hexdigest()


def _write_table(name: str, engine: Engine, folder: Path) -> TableRef:
    known = TABLES.get(name)
    columns = engine.columns(name)
    order = known.key if known and set(known.key) <= set(columns) else tuple(columns)
    file = f"tables/{name}.parquet"
    rows = engine.write_parquet(name, folder / file, order_by=(*order, *(c for c in columns if c not in order)))
    return TableRef(
        name=name, file=file, sha256=sha256_of(folder / file), rows=rows, grain=known.grain if known else ""
    )
