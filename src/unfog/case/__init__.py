"""A case: ``case.toml``, its stages, its as-of dates, and a person's judgement as data.

Names are imported when they are first used, so that ``unfog why`` does not wait for rooms that it does not enter.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from unfog.case.config import CaseFile, load_case
    from unfog.case.facade import Case
    from unfog.case.pipeline import RunResult, open_case, run
    from unfog.case.review import Opinion, Review, add_review, reviews
    from unfog.case.scaffold import new_case
    from unfog.case.weighing import Weighed, weigh_case
    from unfog.case.why import as_of_folders, as_text, explain, find_finding, pick_folder, read_findings

_HOME = {
    "Case": "facade",
    "CaseFile": "config",
    "Opinion": "review",
    "Review": "review",
    "RunResult": "pipeline",
    "Weighed": "weighing",
    "add_review": "review",
    "as_of_folders": "why",
    "as_text": "why",
    "explain": "why",
    "find_finding": "why",
    "load_case": "config",
    "new_case": "scaffold",
    "open_case": "pipeline",
    "pick_folder": "why",
    "read_findings": "why",
    "reviews": "review",
    "run": "pipeline",
    "weigh_case": "weighing",
}

__all__ = [
    "Case",
    "CaseFile",
    "Opinion",
    "Review",
    "RunResult",
    "Weighed",
    "add_review",
    "as_of_folders",
    "as_text",
    "explain",
    "find_finding",
    "load_case",
    "new_case",
    "open_case",
    "pick_folder",
    "read_findings",
    "reviews",
    "run",
    "weigh_case",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
