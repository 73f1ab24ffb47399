"""Words with offsets, sentences, paragraphs. One regular expression; every newline run is a token of its own.

Offsets are code points of the stored text, half-open, and never change: nothing is rewritten.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field

_LETTER = r"[^\W\d_]"
TOKEN = re.compile(
    r"\n+"
    r"|\.\.\.|…|``|''|--+"
    r"|[A-Z](?:\.[A-Z])+\.?"
    r"|(?:Mr|Mrs|Ms|Dr|Sen|Rep|Gov|Gen|Lt|St|Jr|Sr|Prof|Rev|Hon|Capt|Col|Sgt|No|vs)\.(?=\s)"
    rf"|{_LETTER}+(?=n['’]t\b)|n['’]t\b"
    rf"|{_LETTER}+(?:-{_LETTER}+)*"
    r"|['’](?:s|re|ve|ll|d|m)\b"
    r"|[$£€]?\d+(?:[.,:/]\d+)*%?"
    r"|\S"
)
"""The tokeniser. Changing it makes every trained weight file stale, so its source is hashed into the model cards."""

ABBREVIATION = re.compile(r"^(?:Mr|Mrs|Ms|Dr|Sen|Rep|Gov|Gen|Lt|St|Jr|Sr|Prof|Rev|Hon|Capt|Col|Sgt|No|vs)\.$")
_INITIAL = re.compile(r"^[A-Z]$")


@dataclass(slots=True)
class Tokens:
    """A tokenised text.

    Attributes:
        text: The stored text.
        spans: [start, end) of each token in code points.
        words: Surface forms; a token of newlines keeps its newlines.
        lower: Lower-cased surface forms with curly apostrophes made straight.
    """

    text: str
    spans: list[tuple[int, int]]
    words: list[str]
    lower: list[str]
    starts: list[int] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.spans)


def tokenize(text: str) -> Tokens:
    """Cut a text into tokens; the concatenation of tokens and the white space between them is the text."""
    spans = [m.span() for m in TOKEN.finditer(text)]
    words = [text[a:b] for a, b in spans]
    return Tokens(text, spans, words, [w.lower().replace("’", "'") for w in words], [a for a, _ in spans])


def tokenizer_version() -> str:
    """Hash of the token expression, by which a weight file tells whether it still fits."""
    return hashlib.sha256(TOKEN.pattern.encode()).hexdigest()[:12]


def sentences(tokens: Tokens, states: list[int]) -> list[tuple[int, int]]:
    """Token ranges of sentences; a newline always ends one, a stop does when a capital, digit or mark follows.

    Args:
        tokens: The text.
        states: Quote state of each token (see :mod:`unfog.statements.quotes`); closing marks stay with their sentence.
    """
    words, spans, n = tokens.words, tokens.spans, len(tokens)
    out: list[tuple[int, int]] = []
    start = 0
    for i, word in enumerate(words):
        if word[0] == "\n":
            if i > start:
                out.append((start, i))
            start = i + 1
        elif word in (".", "?", "!"):
            j = i + 1
            while j < n and states[j] == 3:
                j += 1
            if j >= n or words[j][0] == "\n":
                continue
            if word == "." and i > start and _INITIAL.match(words[i - 1]) and spans[i - 1][1] == spans[i][0]:
                continue  # "J. Smith"
            following = words[j]
            starts_new = following[0].isupper() or following[0].isdigit() or following[0] in "“\"`‘'«"
            if starts_new and spans[j][0] > spans[j - 1][1] and j > start:
                out.append((start, j))
                start = j
    if start < n:
        out.append((start, n))
    return out


def paragraphs(tokens: Tokens) -> list[tuple[int, int]]:
    """Token ranges between newline tokens; empty ones are left out."""
    out: list[tuple[int, int]] = []
    start = 0
    for i, word in enumerate(tokens.words):
        if word[0] == "\n":
            if i > start:
                out.append((start, i))
            start = i + 1
    if start < len(tokens):
        out.append((start, len(tokens)))
    return out
