"""The one way in which texts are made comparable: what is a letter, what is dropped, and which letters are one.

A code point is folded by itself (``unicodedata`` NFKD after case folding), so that a table can stand for it and kernels
in machine code agree with Python to the letter:

* case, width, ligatures and compatibility forms are one (``ﬁ`` = fi, ``Ａ`` = a, ``ß`` = ss);
* accents of the Latin, Greek and Cyrillic kind and the vowel points of Hebrew and Arabic are dropped (``é`` = e,
  ``й`` = и), marks of other scripts are letters;
* zero-width characters, soft hyphens, direction marks and apostrophes vanish (``don’t`` = dont);
* everything that is neither letter nor number separates words;
* in scripts written without spaces (Han, kana, Thai, Lao, Khmer, Burmese) each character is a word of weight one half.

It fails where two words differ only in an accent (German *schon*, *schön*): alignment is then a little too kind.

Source: Unicode Standard Annex 15 (normalisation forms), https://www.unicode.org/reports/tr15/.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

TABLE_SIZE: Final = 0x20000
"""Code points below this are looked up; those above are ideographs of the supplementary planes, or separators."""

LAST_IDEOGRAPH: Final = 0x40000

SEPARATOR: Final = 0
LETTER: Final = 1
LONE: Final = 2
DROPPED: Final = 3
WIDTH: Final = 4
"""Longest folded form kept of one code point."""

_MARKS = ((0x0300, 0x036F), (0x0591, 0x05C7), (0x0610, 0x061A), (0x064B, 0x065F), (0x0670, 0x0670), (0x06D6, 0x06ED))
_LONE = (
    (0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x3005, 0x3007), (0x3040, 0x30FF), (0x31F0, 0x31FF),
    (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF),
)  # fmt: skip
_APOSTROPHES = frozenset("'’‘ʼ`´＇")


def _within(point: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(low <= point <= high for low, high in ranges)


def _fold_one(char: str) -> str:
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", char).casefold())
    kept = (c for c in folded if not _within(ord(c), _MARKS))
    return "".join(c for c in kept if unicodedata.category(c)[0] in "LNM")


def kind_of(char: str) -> int:
    """SEPARATOR, LETTER, LONE (a word by itself) or DROPPED."""
    point = ord(char)
    category = unicodedata.category(char)
    if char in _APOSTROPHES or category == "Cf" or _within(point, _MARKS):
        return DROPPED
    if category[0] not in "LNM":
        return SEPARATOR
    if not _fold_one(char):
        return DROPPED if category[0] == "M" else SEPARATOR
    return LONE if _within(point, _LONE) or 0x20000 <= point < LAST_IDEOGRAPH else LETTER


@cache
def fold_tables() -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
    """The fold as arrays, for kernels.

    Returns:
        ``folded`` of shape (TABLE_SIZE, WIDTH), zero-padded code points, and ``kinds`` of shape (TABLE_SIZE,).
    """
    folded = np.zeros((TABLE_SIZE, WIDTH), dtype=np.int32)
    kinds = np.zeros(TABLE_SIZE, dtype=np.uint8)
    for point in range(TABLE_SIZE):
        if 0xD800 <= point <= 0xDFFF:
            continue
        char = chr(point)
        kinds[point] = kind = kind_of(char)
        if kind in (LETTER, LONE):
            for i, c in enumerate(_fold_one(char)[:WIDTH]):
                folded[point, i] = ord(c)
    folded.setflags(write=False)
    kinds.setflags(write=False)
    return folded, kinds


class _Translation(dict[int, "str | int | None"]):
    """Table for ``str.translate``; what lies above the arrays is a word by itself (ideographs) or a separator."""

    def __missing__(self, point: int) -> str:
        return f" {chr(point)} " if point < LAST_IDEOGRAPH else " "


@cache
def _translation() -> _Translation:
    folded, kinds = fold_tables()
    table = _Translation()
    for point in range(TABLE_SIZE):
        kind = kinds[point]
        if kind == DROPPED:
            table[point] = None
        elif kind == SEPARATOR:
            table[point] = " "
        else:
            form = "".join(chr(c) for c in folded[point] if c)
            if kind == LONE:
                table[point] = f" {form} "
            else:
                table[point] = form if form != chr(point) else point
    return table


def fold(text: str) -> str:
    """Folded text: words in one form, one blank between them. Two texts with the same fold are the same text.

    >>> fold("Don’t  PANIC — it’s only the naïve ﬁling!")
    'dont panic its only the naive filing'
    """
    return " ".join(text.translate(_translation()).split())


def words(text: str) -> list[str]:
    """Folded words in order.

    >>> words("UK–US trade")
    ['uk', 'us', 'trade']
    """
    return fold(text).split()
