"""A person's judgement is data: who, when, about what, in which words. Entries are added, never edited or deleted."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from unfog.errors import CaseError, DataError, UsageError

REVIEWS = "reviews.jsonl"


class Opinion(StrEnum):
    """What a reviewer says of a finding, evidence item or statement."""

    AGREE = "agree"
    DISAGREE = "disagree"
    UNSURE = "unsure"
    WITHDRAWN = "withdrawn"


class Review(BaseModel):
    """One review. ``withdrawn`` takes an earlier one of the same author back; the earlier one stays to be read."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    about: str = Field(description="Id of the finding, evidence item or statement")
    kind: Literal["finding", "evidence", "statement", "observation", "account-set"] = "finding"
    opinion: Opinion
    reason: str = Field(min_length=1)
    by: str = Field(min_length=1)
    at: datetime


def add_review(case: Path, about: str, opinion: str, reason: str, by: str, *, kind: str = "finding") -> Review:
    """Append a review to ``reviews.jsonl`` of the case and return it.

    Raises:
        UsageError: if the opinion is unknown, or author or reason are empty.
        DataError: if the file cannot be written.
    """
    try:
        review = Review.model_validate(
            {"about": about, "kind": kind, "opinion": opinion, "reason": reason.strip(), "by": by.strip(),
             "at": datetime.now(UTC).replace(microsecond=0)}
        )  # fmt: skip
    except ValidationError as why:
        first = why.errors()[0]
        raise UsageError(f"review of {about!r}: {first['loc'][-1]}: {first['msg']}") from None
    try:
        with (case / REVIEWS).open("a", encoding="utf-8") as file:
            file.write(review.model_dump_json() + "\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as why:
        raise DataError(f"cannot write {REVIEWS}: {why.strerror}") from None
    return review


def reviews(case: Path) -> tuple[Review, ...]:
    """All reviews of a case in the order in which they were made."""
    path = case / REVIEWS
    if not path.is_file():
        return ()
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            found.append(Review.model_validate(json.loads(line)))
        except (ValueError, ValidationError) as why:
            raise CaseError(f"line {number} is not a review: {why}", file=REVIEWS) from None
    return tuple(found)
