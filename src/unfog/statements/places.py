"""Places in an article: which sentence, paragraph or quotation a token stands in, and its code points."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field

from unfog.statements.prepared import Prepared
from unfog.statements.statement import Span
from unfog.statements.zones import Paragraph, Zone

READ = (Zone.BODY, Zone.HEADLINE, Zone.CAPTION)
"""Zones that are read for statements."""
MIN_QUOTE_WORDS = 4
Range = tuple[int, int]


@dataclass(slots=True)
class Places:
    """An article as tokens and as zones.

    Attributes:
        text: The stored text.
        p: Its tokens, quote states, quotations and sentences.
        paragraphs: Its zones.
    """

    text: str
    p: Prepared
    paragraphs: list[Paragraph]
    _sentences: list[int] = field(init=False)
    _paragraphs: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self._sentences = [a for a, _ in self.p.sents]
        self._paragraphs = [p.start for p in self.paragraphs]

    def chars(self, a: int, b: int) -> Span:
        """Code points of the tokens [a, b)."""
        return self.p.tokens.spans[a][0], self.p.tokens.spans[b - 1][1]

    def sentence(self, token: int) -> int:
        """Index of the sentence of a token."""
        return max(0, bisect_right(self._sentences, token) - 1)

    def paragraph(self, token: int) -> int:
        """Index of the paragraph of a token."""
        return max(0, bisect_right(self._paragraphs, self.p.tokens.spans[token][0]) - 1)

    def body_before(self, paragraph: int) -> int:
        """Index of the last paragraph of the body before one; -1 where there is none."""
        return max((i for i in range(paragraph) if self.paragraphs[i].zone is Zone.BODY), default=-1)

    def quotation(self, token: int) -> int | None:
        """Index of the quotation that a token stands in."""
        return next((k for k, q in enumerate(self.p.quotations) if q.start <= token < q.end), None)

    def chain(self, content: list[Range]) -> int | None:
        """First quotation of the chain (quotations that carry each other on) that some ranges touch."""
        for a, b in content:
            for k, q in enumerate(self.p.quotations):
                if q.start < b and a < q.end and q.end - q.start > MIN_QUOTE_WORDS:
                    while self.p.quotations[k].continues >= 0:
                        k = self.p.quotations[k].continues
                    return k
        return None
