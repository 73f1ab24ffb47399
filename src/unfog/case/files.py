"""Finding the files that a case names, and refusing those that lie outside it."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from unfog.errors import CaseError, SourceMissing

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Found:
    """A file that a case names: where it lies, and the name under which it is spoken of (never an absolute path)."""

    path: Path
    shown: str


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def find(pattern: str, roots: dict[str, Path], *, where: str, optional: bool) -> list[Found]:
    """Find the files of a path or glob pattern in the first root that has any.

    Args:
        pattern: Path or glob, relative to the case folder or to the data folder.
        roots: Name -> folder, in the order in which they are searched (``case``, then ``data``).
        where: Dotted path into case.toml, for messages.
        optional: Whether it may be absent.

    Returns:
        Files sorted by name; empty only if ``optional``.

    Raises:
        CaseError: if the pattern leads out of its root.
        SourceMissing: if nothing was found and it is not optional; names every folder that was searched.
    """
    if Path(pattern).is_absolute() or ".." in Path(pattern).parts:
        raise CaseError(f"{pattern!r} must be relative to the case or to --data, without '..'", path=where)
    for name, root in roots.items():
        hits = sorted(p for p in root.glob(pattern) if p.is_file())
        for hit in hits:
            if not hit.resolve().is_relative_to(root.resolve()):
                raise CaseError(f"{hit.name} is a link that leads out of {name} folder; copy the file in", path=where)
        if hits:
            return [Found(p, f"{name}:{p.relative_to(root).as_posix()}") for p in hits]
    if optional:
        return []
    searched = ", ".join(f"{name} folder {os.fspath(root)}" for name, root in roots.items())
    raise SourceMissing(
        f"{where}: no file matches {pattern!r}; looked in {searched}. Give --data DIR, or mark it optional"
    )
