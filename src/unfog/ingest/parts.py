"""Work that survives a kill: what one file gave is written once, whole or not at all, and found again by its hash."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from unfog.engine import DuckEngine
from unfog.ingest.project import Projected
from unfog.model import TABLES

CORE_VERSION = "2"
"""Changes whenever the same bytes and reader could give other parts."""


class Part(BaseModel):
    """What is known of one finished file, beside its rows."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: str
    reader_version: str
    rows_read: int
    rows_rejected: int
    notes: tuple[str, ...]
    files: Mapping[str, tuple[str, ...]]
    """Table, or ``rejects`` -> files of its rows, as :class:`~unfog.ingest.project.Projected` has them."""


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
    return part if all((folder / key / f).is_file() for files in part.files.values() for f in files) else None


@contextlib.contextmanager
def making(folder: Path, key: str) -> Iterator[Path]:
    """A folder for the files of a part that is being made; gone afterwards, unless :func:`finish_part` gave it its name."""
    made = folder / f"{key}.making-{os.getpid()}"
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir(parents=True)
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def finish_part(engine: DuckEngine, made: Path, final: Path, reader: str, version: str, done: Projected) -> Part:
    """Write the rejects and what is known; the folder appears whole or not at all."""
    engine.spool("ingest_rejected", "SELECT * FROM ingest_refused", made / "rejects.arrow")
    part = Part(
        format=reader,
        reader_version=version,
        rows_read=done.rows_read,
        rows_rejected=int(engine.scalar("SELECT count(*) FROM ingest_rejected")),
        notes=tuple(done.notes),
        files={**{t: tuple(f) for t, f in done.files.items()}, "rejects": ("rejects.arrow",)},
    )
    engine.drop("ingest_rejected")
    done.release(engine)
    _write_json(made / "part.json", part.model_dump(mode="json"))
    shutil.rmtree(final, ignore_errors=True)
    made.replace(final)
    return part


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
