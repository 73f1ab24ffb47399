"""One run at a time: the output folder is held while a run writes to it, and the holder is named to the next one."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from unfog.errors import CaseHeldError, DataError

HELD = ".held"


@contextlib.contextmanager
def held(out: Path) -> Iterator[None]:
    """Hold an output folder. The lock dies with the process, so a killed run never blocks the next one.

    Raises:
        CaseHeldError: naming process, machine and start of the run that holds it.
        DataError: if the folder cannot be written.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        file = (out / HELD).open("a+", encoding="utf-8")
    except OSError as why:
        raise DataError(f"cannot write to {out}: {why.strerror}; choose another folder with --out") from None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            raise CaseHeldError(f"{out} is held by {_holder(file.read())}; wait for it, or use another --out") from None
        file.seek(0)
        file.truncate()
        me = {"pid": os.getpid(), "host": socket.gethostname(), "since": f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC"}
        file.write(json.dumps(me))
        file.flush()
        yield


def _holder(text: str) -> str:
    try:
        me = json.loads(text)
        return f"process {me['pid']} on {me['host']} since {me['since']}"
    except (ValueError, KeyError, TypeError):
        return "another run"
