"""What is looked for, and how it was found."""

from __future__ import annotations

import json
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Needle:
    """A text to look for: its id and its words."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Match:
    """One text found in one other.

    Attributes:
        needle: Id of the text looked for.
        text_id: Id of where it was found.
        how: verbatim, excerpt or reworded.
        similarity: Share of aligned words that agree, 0 to 1.
        coverage: Share of the needle's words that were found, 0 to 1.
        words: Words of the passages on the side of the post.
        weight: Uncommon words among them.
        needle_spans: [start, end) in code points of the needle, one for each passage.
        text_spans: The same in the text where it was found.
    """

    needle: str
    text_id: str
    how: str
    similarity: float
    coverage: float
    words: int
    weight: float
    needle_spans: tuple[tuple[int, int], ...]
    text_spans: tuple[tuple[int, int], ...]

    @property
    def doc_span(self) -> str:
        """Spans in the needle as JSON."""
        return json.dumps(self.needle_spans)

    @property
    def post_span(self) -> str:
        """Spans in the post as JSON."""
        return json.dumps(self.text_spans)
