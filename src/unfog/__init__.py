"""unfog: from posts, papers and statements to a judgement that a sceptic can check.

The import path is the API: ``from unfog import coordination`` gives a room with its own ``__all__``. Names of this
package are imported when they are first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from unfog._version import __version__

if TYPE_CHECKING:
    from unfog import (
        accounts,
        campaigns,
        case,
        coordination,
        engine,
        errors,
        evaluate,
        ingest,
        judgement,
        model,
        report,
        simulate,
        spread,
        statements,
        stats,
        text,
    )
    from unfog.case.facade import Case

__all__ = [
    "Case",
    "__version__",
    "accounts",
    "campaigns",
    "case",
    "coordination",
    "engine",
    "errors",
    "evaluate",
    "ingest",
    "judgement",
    "model",
    "report",
    "simulate",
    "spread",
    "statements",
    "stats",
    "text",
]


def __getattr__(name: str) -> Any:
    if name == "Case":
        return importlib.import_module("unfog.case.facade").Case
    if name in __all__:
        return importlib.import_module(f"unfog.{name}")
    raise AttributeError(f"module 'unfog' has no attribute {name!r}")
