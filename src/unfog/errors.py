"""Everything that unfog raises on purpose, in one tree.

    UnfogError
    ├── UsageError        the call's words are wrong                 (ValueError)
    ├── CaseError         case.toml or a file it names is wrong; carries the dotted path into the file
    │   └── CaseHeldError another run holds this case
    ├── DataError         a source cannot be read at all (a bad *row* is never raised, it goes to ``rejects``)
    │   ├── SourceMissing the file is not there                      (FileNotFoundError)
    │   ├── FormatError   the bytes are not in the format asked for
    │   └── LimitError    a limit against hostile input bit; carries the limit's name
    ├── EngineError       a named step failed; carries step, SQL and the engine's own words
    ├── EvidenceError     an evidence item, variable or prior makes no sense; carries its id
    ├── InferenceError    the numbers do not allow what was asked (weak inference says "no verdict" instead)
    └── IntegrityError    a dossier, finding or original does not match its hash

Every message says what was asked, what was found and what to do. The command line prints ``str(error)`` and exits with
2; a traceback is a bug.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

__all__ = [
    "CaseError",
    "CaseHeldError",
    "DataError",
    "EngineError",
    "EvidenceError",
    "FormatError",
    "InferenceError",
    "IntegrityError",
    "LimitError",
    "SourceMissing",
    "UnfogError",
    "UsageError",
    "did_you_mean",
]


class UnfogError(Exception):
    """Root of all errors that unfog raises on purpose."""


class UsageError(UnfogError, ValueError):
    """The call's words are wrong: an unknown option value, a window of zero, a signal that does not exist."""


class CaseError(UnfogError):
    """A case file is wrong. ``path`` is the dotted path into the file, as in ``evidence[3].grade``."""

    def __init__(self, message: str, *, path: str = "", file: str = "") -> None:
        self.path = path
        self.file = file
        where = ": ".join(part for part in (file, path) if part)
        super().__init__(f"{where}: {message}" if where else message)


class CaseHeldError(CaseError):
    """Another run holds this case; the message names the holder."""


class DataError(UnfogError):
    """A source cannot be read at all."""


class SourceMissing(DataError, FileNotFoundError):
    """A file that was asked for is not there."""

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else ""


class FormatError(DataError):
    """The bytes are not in the format asked for."""


class LimitError(DataError):
    """A limit against hostile input bit. ``limit`` is its name, so that a person can raise it knowingly."""

    def __init__(self, message: str, *, limit: str) -> None:
        self.limit = limit
        super().__init__(f"{message} [limit: {limit}]")


class EngineError(UnfogError):
    """A named step failed. Carries the step's name, its SQL and the engine's own message."""

    def __init__(self, step: str, sql: str, message: str) -> None:
        self.step = step
        self.sql = sql
        self.engine_message = message
        super().__init__(f"step {step!r} failed: {message.strip()}")


class EvidenceError(UnfogError):
    """An evidence item, variable, prior or proposition makes no sense. ``item`` is its id."""

    def __init__(self, item: str, message: str) -> None:
        self.item = item
        super().__init__(f"{item}: {message}")


class InferenceError(UnfogError):
    """The numbers do not allow what was asked of them."""


class IntegrityError(UnfogError):
    """A dossier, finding or original does not match what was recorded of it."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return `` (did you mean "x"?)`` for the nearest known word, or an empty string."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f' (did you mean "{near[0]}"?)' if near else ""
