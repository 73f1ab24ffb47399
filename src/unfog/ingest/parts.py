"""Work that survives a kill: what one file gave is written once, whole or not at all, and found again by its hash."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from unfog.engine import DuckEngine, identifier, quoted_path
from unfog.ingest.project import Projected, part_relation
from unfog.model import TABLES

CORE_VERSION = "2"
"""Changes whenever the same bytes and reader could give other parts."""


class Part(BaseModel):
    """What is known of one finished file, beside its Parquet files."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: str
    reader_version: str
    rows_read: int
    rows_rejected: int
    notes: tuple[str, ...]
    tables: tuple[str, ...]


def part_key(sha256: str, stem: str, reader: str, version: str, fingerprint: str) -> str:
    """Name of a part: a hash of the bytes, the reader and everything declared about the file."""
    told = json.dumps([CORE_VERSION, sha256, stem, reader, version, fingerprint])
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def find_part(folder: Path, key: str) -> Part | None:
    """A part that an earlier run finished, or None."""
    told = folder / key / "part.json"
    try:
        part = Part.model_validate_json(told.read_bytes())
    except (OSError, ValueError):
        return None
    return part if all((folder / key / f"{t}.parquet").is_file() for t in part.tables) else None


def write_part(engine: DuckEngine, folder: Path, key: str, reader: str, version: str, done: Projected) -> Part:
    """Write the relations ``ingest_part_*`` and ``ingest_refused``; the folder appears whole or not at all."""
    making = folder / f"{key}.making-{os.getpid()}"
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(parents=True)
    try:
        for table in done.tables:
            _copy(engine, part_relation(table), making / f"{table}.parquet")
        _copy(engine, "ingest_refused", making / "rejects.parquet")
        rejected = int(engine.scalar("SELECT count(*) FROM ingest_refused"))
        part = Part(
            format=reader,
            reader_version=version,
            rows_read=done.rows_read,
            rows_rejected=rejected,
            notes=tuple(done.notes),
            tables=(*done.tables, "rejects"),
        )
        _write_json(making / "part.json", part.model_dump())
        shutil.rmtree(folder / key, ignore_errors=True)
        making.replace(folder / key)
    finally:
        shutil.rmtree(making, ignore_errors=True)
    done.release(engine)
    return part


def _copy(engine: DuckEngine, relation: str, path: Path) -> None:
    """Parts are read once or twice and then rewritten: fast packing without dictionaries is worth more than small files."""
    to = f"TO {quoted_path(path)} (FORMAT parquet, COMPRESSION lz4_raw, DICTIONARY_SIZE_LIMIT 1, ROW_GROUP_SIZE 16384)"
    engine.execute(f"COPY (SELECT * FROM {identifier(relation)}) {to}", f"write {path.name}")


def sweep(folder: Path) -> None:
    """Remove what a killed run left half-made."""
    for left in folder.glob("*.making-*"):
        shutil.rmtree(left, ignore_errors=True)


def _write_json(path: Path, document: Mapping[str, Any]) -> None:
    with path.open("w", encoding="utf-8") as out:
        json.dump(document, out, ensure_ascii=False, indent=1, sort_keys=True)
        out.write("\n")
        out.flush()
        os.fsync(out.fileno())


def part_tables() -> tuple[str, ...]:
    """Tables that readers write."""
    return tuple(t for t in TABLES if t in _READ)


_READ = frozenset(("posts", "engagement", "accounts", "labels", "documents", "articles", "observations", "statements"))
