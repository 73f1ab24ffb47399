"""Articles to statements (the pipeline)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from unfog.model import Gap
from unfog.statements.statement import Statement


def extract_table(
    articles: Sequence[Mapping[str, Any]],
    *,
    tagger: str,
    standard: str,
    progress: Callable[[str, float], None] | None = None,
) -> tuple[list[Statement], list[Gap]]:
    """Statements of all articles; a gap for each that could not be read as English."""
    raise NotImplementedError
