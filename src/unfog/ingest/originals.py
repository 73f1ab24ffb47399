"""Originals by content: a file is kept once under its SHA-256, whole or not at all, and never rewritten."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from pathlib import Path

from unfog.errors import IntegrityError
from unfog.ingest.files import CHUNK, Opened


def keep_original(source: Opened, folder: Path) -> Path:
    """Copy a file to ``folder/<sha256>``, read-only, if it is not there; what a killed run left half copied is removed.

    Raises:
        IntegrityError: the file changed between hashing and copying, or a kept original no longer matches its name.
    """
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / source.sha256
    for left in folder.glob(f"{source.sha256}.making-*"):
        left.unlink(missing_ok=True)
    if kept.exists():
        return kept
    making = folder / f"{source.sha256}.making-{os.getpid()}"
    try:
        with source.path.open("rb") as old, making.open("wb") as new:
            shutil.copyfileobj(old, new, CHUNK)
            new.flush()
            os.fsync(new.fileno())
        check_original(making, source.sha256)
        making.chmod(0o444)
        making.replace(kept)
    finally:
        with contextlib.suppress(OSError):
            making.unlink(missing_ok=True)
    return kept


def check_original(path: Path, sha256: str) -> None:
    """Raise IntegrityError if a file's bytes do not have this hash."""
    digest = hashlib.sha256()
    with path.open("rb") as handle:
        while chunk := handle.read(CHUNK):
            digest.update(chunk)
    if digest.hexdigest() != sha256:
        raise IntegrityError(f"{path} does not match its hash {sha256[:16]}...; it changed after it was hashed")
