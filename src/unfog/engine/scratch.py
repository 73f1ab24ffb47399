"""A folder for spilling that outlives nobody: gone when its engine closes, or swept by the next one after a kill."""

from __future__ import annotations

import contextlib
import fcntl
import shutil
import tempfile
from pathlib import Path

PREFIX = "unfog-spill-"
_HELD = "held"


class Scratch:
    """A folder of one engine.

    Args:
        given: Folder that the caller looks after; default a fresh temporary one, held by a lock that ends with the
            process however it ends, so that what killed processes left can be told from what others still use.
    """

    def __init__(self, given: Path | None = None) -> None:
        self._given = given
        if given is not None:
            self.path = given
            return
        sweep(Path(tempfile.gettempdir()))
        self.path = Path(tempfile.mkdtemp(prefix=PREFIX))
        self._lock = (self.path / "holding").open("w")
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        (self.path / "holding").rename(self.path / _HELD)

    def folder(self) -> Path:
        """The folder; made again where the engine removed it."""
        self.path.mkdir(parents=True, exist_ok=True)
        return self.path

    def close(self) -> None:
        """Remove the folder, unless the caller looks after it."""
        if self._given is None:
            shutil.rmtree(self.path, ignore_errors=True)
            self._lock.close()


def sweep(temporary: Path) -> None:
    """Remove the folders that killed processes left, as far as one may."""
    for left in temporary.glob(f"{PREFIX}*/{_HELD}"):
        with contextlib.suppress(OSError), left.open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(left.parent, ignore_errors=True)
