"""Two whole texts side by side: what is the same, added, missing or altered, with spans on both sides.

Runs of four words that stand exactly once in both texts are anchors; the longest chain of anchors in the same order
(patience alignment, B. Cohen 2003) parts the texts into short stretches, and these are aligned exactly by words
(Levenshtein). Linear in practice; a stretch without anchors of more than ``STRETCH`` words is told as altered whole.
What was moved is told as missing here and added there.
"""

from __future__ import annotations

import bisect
import re
from collections import Counter
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from unfog.text.tokens import Tokens, tokenise

RUN = 4
STRETCH = 2000
REDACTION = re.compile(r"[█■▇▆▮◼⬛]{2,}|\[?\bredacted\b\]?|\bx{6,}\b|_{8,}", re.I)

Kind = Literal["same", "added", "missing", "altered", "redacted"]


@dataclass(frozen=True, slots=True)
class Stretch:
    """One stretch of the alignment.

    Attributes:
        kind: same, added (only in b), missing (only in a), altered, or redacted (b shows that something is hidden).
        a_span: [start, end) in code points of a.
        b_span: The same in b; empty (start = end) where nothing stands for it.
        a_words: Words of a in it.
        b_words: Words of b in it.
    """

    kind: Kind
    a_span: tuple[int, int]
    b_span: tuple[int, int]
    a_words: int
    b_words: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two texts compared.

    Attributes:
        stretches: In order, covering all words of both texts.
        a_words: Words of a.
        b_words: Words of b.
        same_words: Words that stand in both at the same place.
    """

    stretches: tuple[Stretch, ...]
    a_words: int
    b_words: int
    same_words: int

    def words(self, kind: Kind) -> int:
        """Words of one kind, on the side where they stand (the larger side for altered)."""
        return sum(max(s.a_words, s.b_words) for s in self.stretches if s.kind == kind)


def _unique(words: NDArray[np.uint64]) -> dict[tuple[int, ...], int]:
    listed = words.tolist()
    runs = [tuple(listed[i : i + RUN]) for i in range(len(listed) - RUN + 1)]
    once = {run for run, n in Counter(runs).items() if n == 1}
    return {run: i for i, run in enumerate(runs) if run in once}


def _chain(a: NDArray[np.uint64], b: NDArray[np.uint64]) -> list[tuple[int, int]]:
    """Longest chain of unique common runs, increasing in both texts."""
    in_b = _unique(b)
    pairs = [(i, in_b[run]) for run, i in _unique(a).items() if run in in_b]
    pairs.sort()
    tails: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for k, (_, j) in enumerate(pairs):
        at = bisect.bisect_left(tails, j)
        before.append(ends[at - 1] if at else -1)
        if at == len(tails):
            tails.append(j)
            ends.append(k)
        else:
            tails[at], ends[at] = j, k
    chain: list[tuple[int, int]] = []
    k = ends[-1] if ends else -1
    while k >= 0:
        chain.append(pairs[k])
        k = before[k]
    return chain[::-1]


def compare(a: str, b: str) -> Comparison:
    """Compare two texts word by word.

    >>> c = compare("the committee shall meet every month in London", "the committee may meet every month in London")
    >>> [(s.kind, s.a_words, s.b_words) for s in c.stretches]
    [('same', 2, 2), ('altered', 1, 1), ('same', 5, 5)]
    """
    x, y = tokenise(a), tokenise(b)
    blocks: list[tuple[str, int, int, int, int]] = []
    i = j = 0
    for p, q in [*_chain(x.hashes, y.hashes), (len(x.hashes), len(y.hashes))]:
        if p < i or q < j:
            continue
        blocks += _between(x.hashes, y.hashes, i, p, j, q)
        size = RUN if p < len(x.hashes) and q < len(y.hashes) else 0
        if size:
            blocks.append(("same", p, p + size, q, q + size))
        i, j = p + size, q + size
    merged: list[tuple[str, int, int, int, int]] = []
    for block in blocks:
        if merged and merged[-1][0] == block[0]:
            last = merged[-1]
            merged[-1] = (last[0], last[1], block[2], last[3], block[4])
        else:
            merged.append(block)
    stretches = tuple(_stretch(a, b, x, y, block) for block in merged)
    same = sum(s.a_words for s in stretches if s.kind == "same")
    return Comparison(stretches, len(x.hashes), len(y.hashes), same)


def _between(
    x: NDArray[np.uint64], y: NDArray[np.uint64], i: int, p: int, j: int, q: int
) -> list[tuple[str, int, int, int, int]]:
    if i == p and j == q:
        return []
    if i == p or j == q:
        return [("added" if i == p else "missing", i, p, j, q)]
    if p - i > STRETCH or q - j > STRETCH:
        return [("altered", i, p, j, q)]
    names = {"equal": "same", "insert": "added", "delete": "missing", "replace": "altered"}
    codes = Levenshtein.opcodes(x[i:p].tolist(), y[j:q].tolist())
    return [(names[c.tag], i + c.src_start, i + c.src_end, j + c.dest_start, j + c.dest_end) for c in codes]


def _span(tokens: Tokens, begin: int, end: int) -> tuple[int, int]:
    if begin < end:
        return int(tokens.starts[begin]), int(tokens.ends[end - 1])
    at = int(tokens.ends[begin - 1]) if begin else 0
    return at, at


def _stretch(a: str, b: str, x: Tokens, y: Tokens, block: tuple[str, int, int, int, int]) -> Stretch:
    kind, i, p, j, q = block
    a_span, b_span = _span(x, i, p), _span(y, j, q)
    if kind in ("missing", "altered"):
        until = int(y.starts[q]) if q < len(y.starts) else len(b)
        since = int(y.ends[j - 1]) if j else 0
        if REDACTION.search(b[since:until]):
            kind = "redacted"
    return Stretch(kind, a_span, b_span, p - i, q - j)  # type: ignore[arg-type]
