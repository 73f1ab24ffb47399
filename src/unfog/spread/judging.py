"""Which candidates are passages: common words that agree in a row, weighed against the letters that disagree.

The words of a candidate are aligned exactly. Words that agree are worth what they are as common property (an uncommon
word 1); letters that disagree between them cost. So a letter that a scanner misread costs little, a name, a number or a
clause that stands otherwise costs much: that tells a noisy copy from the same form filled in otherwise. The best
*stretches* under this score (as in local alignment: Smith & Waterman 1981, doi:10.1016/0022-2836(81)90087-5) are what
is weighed:

* a stretch of at least the shortest length counts by itself,
* rewording leaves only short stretches: they count together, from a higher weight on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from rapidfuzz.distance import LCSseq, Levenshtein

from unfog.engine.kernels.gram_join import GramIndex
from unfog.spread.match import Match, Needle
from unfog.text.normalise import fold
from unfog.text.tokens import LONE_FLAG, NUMBER_FLAG, Tokens, tokenise

WHOLE = 0.9
"""Share of the text's words from which an appearance is verbatim rather than an excerpt."""

CLOSE = 0.95
"""Share of agreeing words from which a passage is a copy."""

CLOSE_LETTERS = 0.86
"""Share of agreeing letters from which a passage is a copy with the noise of OCR or typing."""

UNLIKE = 0.5
"""Words that one disagreeing letter costs: a wrong letter (one on each side) takes one word."""

NUMBER = 10
"""Letters that a number counts which stands otherwise: as much as one word for another."""

OTHER_NUMBERS = 0.35
"""Share of numbers that stand otherwise from which short stretches are a form filled in otherwise, not rewording."""

STRETCH_WEIGHT = 0.375
"""Share of the weight asked for that one stretch of the shortest length must have."""

EDITED_WEIGHT = 1.75
"""Multiple of the weight asked for that several shorter stretches must have together."""

FURTHER = 0.5
"""What further stretches count beside the heaviest: chance gives many small ones in a long text."""

DISTINCT = 6
"""Fewest agreeing words of a passage."""

PAIRS_AT_ONCE = 50_000
"""Pairs of a text and a needle whose texts are fetched together."""

Fetch = Callable[[list[str]], dict[str, str]]
Ints = NDArray[np.int64]


class Passage(NamedTuple):
    """A row of the gram join (``gram_join.PASSAGES``)."""

    text_start: int
    text_end: int
    needle_start: int
    needle_end: int
    text_word: int
    needle_word: int
    text_words: int
    needle_words: int
    common_words: int
    weight: float

    @property
    def exact(self) -> bool:
        """Whether all words are the same."""
        return self.text_words == self.needle_words == self.common_words


class Stretch(NamedTuple):
    """Words in a row that agree up to noise: how many (in the text), and what they are worth."""

    words: int
    score: float


@dataclass(slots=True)
class _Aligned:
    """The passages of a pair, aligned.

    Attributes:
        stretches: Stretches above zero.
        letters: Letters of both sides of the passages that are not the same to the word.
        unlike: How many of them disagree.
        numbers: Places where the needle has numbers.
        others: Those of them at which the text has other numbers.
    """

    stretches: list[Stretch] = field(default_factory=list)
    letters: int = 0
    unlike: int = 0
    numbers: int = 0
    others: int = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a passage: shortest length in words, and weight in uncommon words."""

    words: int
    weight: float


def judged(index: GramIndex, table: pa.Table, needles: Sequence[Needle], fetch: Fetch, asked: Asked) -> list[Match]:
    """Matches among the passages of a gram join, sorted by text and needle.

    Args:
        index: Needles, weighed.
        table: Passages (schema ``gram_join.PASSAGES``).
        needles: Texts looked for, in the order of the index.
        fetch: Gives the texts of ids.
        asked: Length and weight asked for.
    """
    sizes = np.diff(index.bounds)
    columns = {n: table.column(n).to_numpy() for n in table.column_names if n != "text_id"}
    pairs = list(_pairs(columns, table.column("text_id"), sizes, asked))
    value = np.concatenate([[0.0], np.cumsum(worth(index))]).tolist()
    number = (index.flags & NUMBER_FLAG) > 0
    begins = np.concatenate([[False], number[1:] & ~number[:-1]]) if len(number) else number
    numbers = np.concatenate([[0], np.cumsum(begins)]).tolist()
    found: list[Match] = []
    spelling = _Spelling()
    for at in range(0, len(pairs), PAIRS_AT_ONCE):
        part = pairs[at : at + PAIRS_AT_ONCE]
        chosen = np.concatenate([rows for _, _, rows in part])
        listed = [Passage(*row) for row in zip(*(columns[n][chosen].tolist() for n in Passage._fields), strict=True)]
        read = _Read(fetch(sorted({text for text, rows in _grouped(part, listed) if not all(r.exact for r in rows)})))
        for (text_id, n, _), (_, rows) in zip(part, _grouped(part, listed), strict=True):
            match = _match(
                _View(index, value, numbers, needles[n], text_id, read, spelling), rows, int(sizes[n]), asked
            )
            if match:
                found.append(match)
    return found


def _grouped(part: Sequence[tuple[str, int, Ints]], listed: list[Passage]) -> Iterator[tuple[str, list[Passage]]]:
    at = 0
    for text_id, _, rows in part:
        yield text_id, listed[at : at + len(rows)]
        at += len(rows)


class _Read:
    """Texts, and the words of the one that was last asked for (pairs come in the order of the texts)."""

    def __init__(self, texts: dict[str, str]) -> None:
        self._texts = texts
        self._last = ""
        self._tokens: tuple[Tokens, list[int]] | None = None

    def __call__(self, text_id: str) -> tuple[str, Tokens, list[int]]:
        """The text, its words, and their hashes as integers."""
        if self._tokens is None or self._last != text_id:
            tokens = tokenise(self._texts[text_id])
            self._last, self._tokens = text_id, (tokens, tokens.hashes.tolist())
        return self._texts[text_id], *self._tokens


def worth(index: GramIndex) -> NDArray[np.float32]:
    """What each word of the needles is worth: the largest weight of a gram over it, halved for lone characters."""
    value = np.zeros(len(index.words), np.float32)
    weight = np.repeat(index.weights, np.diff(index.ptr))
    for step in range(index.rule.k):
        at = index.places + step
        value[at] = np.maximum(value[at], weight)
    value[(index.flags & LONE_FLAG) > 0] *= 0.5
    return value


def _pairs(
    columns: dict[str, NDArray[np.generic]], text_ids: pa.ChunkedArray, sizes: Ints, asked: Asked
) -> Iterator[tuple[str, int, Ints]]:
    """(text, needle, rows) of what may be a passage, sorted by text and needle; rows in the order of the text."""
    words, common, needle = columns["text_words"], columns["common_words"], columns["needle"]
    size = sizes[needle.astype(np.int64)]
    wide = np.maximum(words, columns["needle_words"])
    fewest = np.minimum(min(asked.words, DISTINCT), size)
    rows = np.flatnonzero((words >= fewest) & (common >= fewest) & (common >= 0.25 * wide))
    if not len(rows):
        return
    encoded = text_ids.take(pa.array(rows)).combine_chunks().dictionary_encode()
    names = encoded.dictionary.to_pylist()
    rank = np.empty(len(names), np.int64)
    rank[sorted(range(len(names)), key=names.__getitem__)] = np.arange(len(names))
    text = rank[encoded.indices.to_numpy()]
    names.sort()
    pair = text * len(sizes) + needle[rows]
    order = np.lexsort((columns["text_start"][rows], pair))
    rows, pair = rows[order], pair[order]
    first = np.flatnonzero(np.concatenate([[True], pair[1:] != pair[:-1]]))
    total = np.add.reduceat(columns["weight"][rows].astype(np.float64), first)
    longest = np.maximum.reduceat(words[rows], first)
    keep = (total >= STRETCH_WEIGHT * asked.weight) & ((longest >= asked.words) | (size[rows[first]] < asked.words))
    ends = np.concatenate([first[1:], [len(rows)]])
    for begin, end in zip(first[keep].tolist(), ends[keep].tolist(), strict=True):
        yield names[pair[begin] // len(sizes)], int(pair[begin] % len(sizes)), rows[begin:end]


class _View(NamedTuple):
    """One needle and one text."""

    grams: GramIndex
    value: list[float]
    numbers: list[int]
    needle: Needle
    text_id: str
    read: _Read
    spelling: _Spelling


def _match(view: _View, rows: list[Passage], size: int, asked: Asked) -> Match | None:
    """The match of one pair, or None."""
    pair = _Aligned()
    for row in rows:
        _align(view, row, pair)
    scores = [s.score for s in pair.stretches]
    best = max(scores, default=0.0)
    together = best + FURTHER * (sum(scores) - best)
    alone = any((s.words >= asked.words or size < asked.words) and s.score >= STRETCH_WEIGHT * asked.weight
                for s in pair.stretches)  # fmt: skip
    form = pair.others > max(1.0, OTHER_NUMBERS * pair.numbers)
    if not alone and (form or together < EDITED_WEIGHT * asked.weight):
        return None
    wide = sum(max(r.text_words, r.needle_words) for r in rows)
    similarity = min(1.0, sum(r.common_words for r in rows) / wide)
    coverage = min(1.0, sum(r.needle_words for r in rows) / max(size, 1))
    close = similarity >= CLOSE or pair.unlike <= (1.0 - CLOSE_LETTERS) * pair.letters
    return Match(
        needle=view.needle.id,
        text_id=view.text_id,
        how="reworded" if not close else "verbatim" if coverage >= WHOLE else "excerpt",
        similarity=round(similarity, 4),
        coverage=round(coverage, 4),
        words=sum(r.text_words for r in rows),
        weight=round(sum(r.weight for r in rows), 2),
        needle_spans=tuple((r.needle_start, r.needle_end) for r in rows),
        text_spans=tuple((r.text_start, r.text_end) for r in rows),
    )


def _align(view: _View, row: Passage, pair: _Aligned) -> None:
    """Align one passage and add it to the pair."""
    index, value = view.grams, view.value
    d, p = row.needle_word, row.text_word
    if row.exact:
        pair.stretches.append(Stretch(row.text_words, value[d + row.needle_words] - value[d]))
        return
    text, tokens, hashes = view.read(view.text_id)
    spelling = view.spelling
    pair.numbers += view.numbers[d + row.needle_words] - view.numbers[d]
    pair.letters += row.needle_end - row.needle_start + row.text_end - row.text_start
    score = peak = 0.0
    begin = top = 0
    ours, theirs = index.words[d : d + row.needle_words].tolist(), hashes[p : p + row.text_words]
    i = j = 0
    for block in Levenshtein.opcodes(ours, theirs).as_matching_blocks():
        if block.a > i or block.b > j:
            differ, other = _unlike(
                spelling.of(view.needle.text, ours, index.starts, index.ends, i, block.a, d),
                spelling.of(text, theirs, tokens.starts, tokens.ends, j, block.b, p),
            )
            pair.unlike += differ
            pair.others += other
            score -= UNLIKE * (max(NUMBER, differ) if other else differ)
            if score <= 0.0:
                if peak > 0.0:
                    pair.stretches.append(Stretch(top - begin, peak))
                score = peak = 0.0
                begin = top = block.b
        i, j = block.a + block.size, block.b + block.size
        score += value[d + i] - value[d + block.a]
        if score >= peak:
            peak, top = score, j
    if peak > 0.0:
        pair.stretches.append(Stretch(top - begin, peak))


class _Spelling:
    """Folded letters of words by their hash: most words of gaps were met before."""

    def __init__(self) -> None:
        self._known: dict[int, str] = {}

    def of(
        self, text: str, hashes: list[int], starts: NDArray[np.int32], ends: NDArray[np.int32],
        first: int, stop: int, shift: int,
    ) -> str:  # fmt: skip
        """Letters of the words ``first`` to ``stop`` of some hashes, whose spans begin at ``shift``; without blanks."""
        letters = ""
        for k in range(first, stop):
            word = self._known.get(hashes[k])
            if word is None:
                word = fold(text[starts[shift + k] : ends[shift + k]]).replace(" ", "")
                self._known[hashes[k]] = word
            letters += word
        return letters


_DIGITS = re.compile(r"\d+")


def _unlike(ours: str, theirs: str) -> tuple[int, bool]:
    """Letters without a partner, and whether both sides hold numbers that differ by more than lost digits."""
    differ = len(ours) + len(theirs) - 2 * int(LCSseq.similarity(ours, theirs))
    one, other = "".join(_DIGITS.findall(ours)), "".join(_DIGITS.findall(theirs))
    return differ, bool(one and other and min(len(one), len(other)) > LCSseq.similarity(one, other))
