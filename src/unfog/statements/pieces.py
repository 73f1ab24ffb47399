"""WordPiece (Schuster and Nakajima 2012, as in BERT, uncased) and the inputs of the neural tagger, without a
framework.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from unfog.statements.linker import Tagged
from unfog.statements.tokens import Tokens

TAGS = ("O", "B-source", "I-source", "B-cue", "I-cue", "B-content", "I-content")
"""Labels of both taggers, in the order of the neural output layer."""
TAG_INDEX = {tag: i for i, tag in enumerate(TAGS)}
_SOURCE = [i for i, tag in enumerate(TAGS) if tag.endswith("source")]

WINDOW = 254
"""Pieces per window, without [CLS] and [SEP]."""
NEWLINE_ID = 1
"""An unused entry of the vocabulary stands for the end of a paragraph."""
_MAX_PIECES = 8

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]


class WordPiece:
    """Greedy longest-match word pieces over a BERT vocabulary, lower-cased and without accents."""

    def __init__(self, vocabulary: list[str]) -> None:
        self.ids = {piece: i for i, piece in enumerate(vocabulary)}
        self.unknown = self.ids["[UNK]"]
        self.cls = self.ids["[CLS]"]
        self.sep = self.ids["[SEP]"]
        self._cache: dict[str, list[int]] = {}

    @classmethod
    def load(cls, path: Path) -> WordPiece:
        """Read ``vocab.txt``, one piece per line."""
        return cls(path.read_text(encoding="utf-8").splitlines())

    def encode(self, word: str) -> list[int]:
        """Ids of one word, at most eight, never empty."""
        known = self._cache.get(word)
        if known is not None:
            return known
        plain = "".join(c for c in unicodedata.normalize("NFD", word.lower()) if unicodedata.category(c) != "Mn")
        ids: list[int] = []
        for part in _basic(plain):
            ids.extend(self._pieces(part))
        ids = ids[:_MAX_PIECES] or [self.unknown]
        if len(self._cache) < 200_000:
            self._cache[word] = ids
        return ids

    def _pieces(self, word: str) -> list[int]:
        if len(word) > 100:
            return [self.unknown]
        out: list[int] = []
        start = 0
        while start < len(word):
            for end in range(len(word), start, -1):
                piece = word[start:end] if start == 0 else "##" + word[start:end]
                if piece in self.ids:
                    out.append(self.ids[piece])
                    start = end
                    break
            else:
                return [self.unknown]
        return out


def _basic(word: str) -> Iterator[str]:
    """BERT's basic tokens of a word: every punctuation mark stands alone."""
    current = ""
    for c in word:
        if c.isalnum():
            current += c
        else:
            if current:
                yield current
            current = ""
            if not c.isspace():
                yield c
    if current:
        yield current


def case_class(word: str) -> int:
    """0 lower, 1 Title, 2 UPPER, 3 punctuation, 4 number, 5 newline: what an uncased encoder cannot see."""
    if word[0] == "\n":
        return 5
    if not any(c.isalpha() for c in word):
        return 4 if any(c.isdigit() for c in word) else 3
    if word.isupper() and len(word) > 1:
        return 2
    return 1 if word[0].isupper() else 0


@dataclass(slots=True)
class Encoded:
    """A text as word pieces.

    Attributes:
        ids, cases, states: Per piece: vocabulary id, case class of its word, quote state of its word.
        word: Per piece: index of the word if it is the word's first piece, else -1.
    """

    ids: Ints
    cases: Ints
    states: Ints
    word: Ints


def encode(tokens: Tokens, quote_states: list[int], pieces: WordPiece) -> Encoded:
    """Word pieces of a text with their case classes and quote states."""
    ids: list[int] = []
    cases: list[int] = []
    states: list[int] = []
    first: list[int] = []
    for i, word in enumerate(tokens.words):
        of_word = [NEWLINE_ID] if word[0] == "\n" else pieces.encode(word)
        case = case_class(word)
        for j, piece in enumerate(of_word):
            ids.append(piece)
            cases.append(case)
            states.append(quote_states[i])
            first.append(i if j == 0 else -1)
    return Encoded(
        np.array(ids, np.int64), np.array(cases, np.int64), np.array(states, np.int64), np.array(first, np.int64)
    )


def windows(length: int, offset: int = 0, stride: int = WINDOW) -> list[tuple[int, int]]:
    """Piece ranges of the windows that cover a text of that length."""
    out = []
    i = -offset
    while i < length:
        a, b = max(0, i), min(length, i + WINDOW)
        if b > a:
            out.append((a, b))
        if b == length and stride < WINDOW:
            break
        i += stride
    return out


def batch(items: list[tuple[Encoded, int, int]], pieces: WordPiece) -> tuple[Ints, Ints, Ints, Ints]:
    """Padded arrays (ids, mask, cases, states) of some windows, each framed by [CLS] and [SEP]."""
    width = max(b - a for _, a, b in items) + 2
    ids = np.zeros((len(items), width), np.int64)
    mask = np.zeros_like(ids)
    cases = np.full_like(ids, 3)
    states = np.zeros_like(ids)
    for row, (text, a, b) in enumerate(items):
        n = b - a
        ids[row, 0], ids[row, n + 1] = pieces.cls, pieces.sep
        ids[row, 1 : n + 1] = text.ids[a:b]
        mask[row, : n + 2] = 1
        cases[row, 1 : n + 1] = text.cases[a:b]
        states[row, 1 : n + 1] = text.states[a:b]
    return ids, mask, cases, states


_FORBIDDEN = np.array(
    [[bool(b[0] == "I" and a[2:] != b[2:]) for b in TAGS] for a in TAGS],
)
_NO_START = np.array([tag[0] == "I" for tag in TAGS])


def viterbi(scores: npt.NDArray[np.floating]) -> list[int]:
    """Best tag sequence in which every I- follows its own B- or I-.

    Args:
        scores: (words, tags) log-probabilities.
    """
    if len(scores) == 0:
        return []
    penalty = np.where(_FORBIDDEN, -1e4, 0.0)
    best = scores[0] + np.where(_NO_START, -1e4, 0.0)
    back = np.zeros(scores.shape, np.int64)
    for t in range(1, len(scores)):
        total = best[:, None] + penalty
        back[t] = total.argmax(0)
        best = total.max(0) + scores[t]
    path = [int(best.argmax())]
    for t in range(len(scores) - 1, 0, -1):
        path.append(int(back[t, path[-1]]))
    return path[::-1]


def decoded(scores: npt.NDArray[np.floating]) -> Tagged:
    """Tags of the best sequence, and how likely each token is in a source, from log-probabilities (words, tags)."""
    return Tagged([TAGS[k] for k in viterbi(scores)], np.exp(scores)[:, _SOURCE].sum(1).tolist())
