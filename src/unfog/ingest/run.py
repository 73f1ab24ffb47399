"""Files in, tables out: the one public call of this room."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import socket
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from unfog.engine import DuckEngine, identifier
from unfog.errors import CaseHeldError, DataError, EngineError, SourceMissing, UnfogError
from unfog.ingest.declared import declare_labels
from unfog.ingest.detect import choose
from unfog.ingest.files import Opened, open_source
from unfog.ingest.forget import Veil, read_veil
from unfog.ingest.macros import define_macros
from unfog.ingest.mapping import read_map
from unfog.ingest.merge import Piece, forget_merged, merge
from unfog.ingest.originals import keep_original
from unfog.ingest.parts import Part, find_part, finish_part, making, part_key, sweep
from unfog.ingest.project import project
from unfog.ingest.raw import forget_fields, load
from unfog.ingest.reader import Reader
from unfog.ingest.rowwise import read_rowwise
from unfog.ingest.sample import Sample, take_sample
from unfog.ingest.spec import FileSpec, IngestResult, SourceReport
from unfog.model import TABLES

Progress = Callable[[str, float], None]
PARTS = ".parts"
WRITTEN = (
    "posts",
    "engagement",
    "accounts",
    "labels",
    "documents",
    "articles",
    "observations",
    "statements",
    "sources",
    "post_sources",
    "rejects",
)
"""Tables that every run writes, empty ones too."""


@dataclass(frozen=True, slots=True)
class _Read:
    spec: FileSpec
    source: Opened
    part: Part
    folder: Path


def ingest(
    files: Sequence[FileSpec],
    engine: DuckEngine,
    out: Path,
    *,
    root: Path,
    progress: Progress | None = None,
    originals: Path | None = None,
) -> IngestResult:
    """Read files into the model's tables.

    Every file is read once: what it gave is kept under ``out/.parts`` by the hash of its bytes, so that a run that was
    killed goes on where it stopped. The tables are written as Parquet sorted by their key, byte-identical whatever the
    order of ``files``, and known to the engine by their names afterwards.

    Args:
        files: What to read.
        engine: Does the work and holds the tables.
        out: Folder for the Parquet files; made if missing.
        root: Folder that relative paths start from and may not leave.
        progress: Called with a message and a share from 0 to 1.
        originals: Folder that keeps a copy of every file under its hash; none if None.

    Returns:
        One report per file, and what was written.

    Raises:
        SourceMissing: a file that is not optional is not there.
        FormatError: a file cannot be read in the format named, or in none. LimitError: a limit on a file bit.
        CaseHeldError: another run writes into ``out``.
        DataError: the folder cannot be written, or the disk is full; finished files are kept.
    """
    tell = progress or (lambda message, share: None)
    with _held(out):
        parts = out / PARTS
        with _writing(out):
            parts.mkdir(exist_ok=True)
            sweep(parts)
        define_macros(engine)
        veil = read_veil(root)
        missing: list[str] = []
        seen: dict[tuple[str, str], _Read] = {}
        anew = 0
        for at, spec in enumerate(files):
            tell(f"reading {spec.path.name}", at / (len(files) + 1))
            try:
                source = open_source(spec.path, root, spec.limits)
            except SourceMissing:
                if not spec.optional:
                    raise
                missing.append(str(spec.path))
                continue
            if originals is not None:
                with _writing(originals):
                    keep_original(source, originals)
            with _writing(out):
                read, fresh = read_one(engine, spec, source, parts, root, veil)
            anew += fresh
            seen.setdefault((source.shown, source.sha256), read)
        tell("merging", len(files) / (len(files) + 1))
        reads = [seen[k] for k in sorted(seen)]
        with _writing(out):
            result = _finish(engine, reads, out, sorted(missing), anew)
        tell("done", 1.0)
        return result


def read_one(
    engine: DuckEngine, spec: FileSpec, source: Opened, parts: Path, root: Path, veil: Veil
) -> tuple[_Read, int]:
    """What one file gives, without merging: its finished part, and whether it was read anew (1) or found again (0)."""
    mapping = read_map(spec, root)
    sample = take_sample(source, spec.limits)
    reader = choose(source, sample, spec, mapping)
    key = part_key(
        source.sha256, source.path.name, reader.name, reader.version, spec.fingerprint([mapping, veil.hashes])
    )
    part = find_part(parts, key)
    if part is not None:
        return _Read(spec, source, part, parts / key), 0
    part = _read(engine, spec, source, sample, reader, parts, key, veil)
    return _Read(spec, source, part, parts / key), 1


def _read(
    engine: DuckEngine,
    spec: FileSpec,
    source: Opened,
    sample: Sample,
    reader: Reader,
    parts: Path,
    key: str,
    veil: Veil,
) -> Part:
    try:
        with making(parts, key) as folder:
            if reader.rows is not None:
                done = read_rowwise(engine, reader, source, spec, folder, veil)
            else:
                loaded = load(
                    engine, source, sample, reader.parts(sample), reader.all_fields, spec.limits, reader.unfold
                )
                done = project(engine, reader, spec, folder, veil)
                done.notes = [*loaded.notes, *done.notes]
            declare_labels(engine, spec, done)
            done.notes += [*reader.note(sample), *(f"cannot tell: {c}" for c in reader.cannot_tell)]
            return finish_part(engine, folder, parts / key, reader.name, reader.version, done)
    finally:
        forget_fields(engine)


def _finish(engine: DuckEngine, reads: Sequence[_Read], out: Path, missing: list[str], anew: int) -> IngestResult:
    ids: dict[str, int] = {}
    pieces, named = [], []
    for read in reads:
        source_id = read.source.source_id
        ids[source_id] = ids.get(source_id, 0) + 1
        if ids[source_id] > 1:
            source_id += f"-{ids[source_id]}"
        pieces.append(Piece(source_id, read.folder, read.part))
        named.append((source_id, read))
    counts, clocks = merge(engine, pieces)
    reports = []
    for source_id, read in named:
        kept, duplicate = counts[source_id]
        part = read.part
        if part.rows_read != kept + duplicate + part.rows_rejected:
            raise EngineError(
                "count rows",
                "",
                f"{read.source.shown}: {part.rows_read} rows read, but {kept} kept, {duplicate} duplicate "
                f"and {part.rows_rejected} rejected; this is a bug in the reader {part.format}",
            )
        reports.append(
            SourceReport(
                source_id=source_id, path=read.source.shown, sha256=read.source.sha256, bytes=read.source.size,
                format=part.format, reader_version=part.reader_version, rows_read=part.rows_read, rows_kept=kept,
                rows_duplicate=duplicate, rows_rejected=part.rows_rejected, population=read.spec.population,
                notes="; ".join(n.replace(";", ",") for n in (*part.notes, *clocks.get(source_id, ()))),
            )
        )  # fmt: skip
    schema = TABLES["sources"].arrow_schema()
    engine.put("ingest_sources", pa.Table.from_pylist([r.model_dump() for r in reports], schema=schema))
    rows, paths = {}, {}
    for name in WRITTEN:
        path = out / f"{name}.parquet"
        rows[name] = engine.write_parquet(f"ingest_{name}", path, _order(name))
        paths[name] = path
    forget_merged(engine, pieces)
    for name, path in paths.items():
        engine.read_parquet(name, [path])
    return IngestResult(sources=tuple(reports), missing=tuple(missing), rows=rows, files=paths, read_anew=anew)


def _order(name: str) -> list[str]:
    """The key, which no two merged rows share; a raw row alone may be refused for two reasons."""
    return [*TABLES[name].key, *(["reason"] if name == "rejects" else [])]


@contextlib.contextmanager
def _held(out: Path) -> Iterator[None]:
    """Hold the folder: a second run is refused, and told who holds it. The hold ends with the process, however it ends."""
    with _writing(out):
        out.mkdir(parents=True, exist_ok=True)
        handle = (out / ".holder").open("a+", encoding="utf-8")
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            handle.seek(0)
            raise CaseHeldError(
                f"another run is writing into {out} ({handle.read().strip() or 'it does not say who'}); wait for it, or use another --out"
            ) from None
        handle.truncate(0)
        handle.write(f"process {os.getpid()} on {socket.gethostname()}\n")
        handle.flush()
        try:
            yield
        finally:
            with contextlib.suppress(OSError):
                handle.truncate(0)


@contextlib.contextmanager
def _writing(folder: Path) -> Iterator[None]:
    """Turn what goes wrong with a folder or disk into words."""
    try:
        yield
    except UnfogError as why:
        if isinstance(why, EngineError) and (
            "No space left" in why.engine_message or "disk" in why.engine_message.lower()
        ):
            raise DataError(_full(folder)) from why
        raise
    except OSError as why:
        if why.errno == errno.ENOSPC:
            raise DataError(_full(folder)) from None
        raise DataError(
            f"cannot write into {folder}: {why.strerror or why}; check that it is a folder that you may write to"
        ) from None


def _full(folder: Path) -> str:
    return f"no space is left for {folder}; make room and run the same command again: files that were read are kept"


def relations() -> tuple[str, ...]:
    """Names of the relations that a run leaves in the engine."""
    return tuple(identifier(n) for n in WRITTEN)
