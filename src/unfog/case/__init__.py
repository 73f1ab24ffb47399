"""A case: ``case.toml``, its stages, its as-of dates, and a person's judgement as data."""

from unfog.case.config import CaseFile, load_case
from unfog.case.review import Opinion, Review, add_review, reviews
from unfog.case.run import RunResult, open_case, run
from unfog.case.scaffold import new_case
from unfog.case.weighing import Weighed, weigh_case
from unfog.case.why import as_of_folders, as_text, explain, find_finding, pick_folder, read_findings

__all__ = [
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
