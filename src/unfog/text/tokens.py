"""Words as numbers: 64-bit hashes of folded words with their spans, read straight from UTF-8 bytes.

The same machine code reads one text (:func:`tokenise`) and a million of them (the engine's gram join), so both see the
same words. Addresses are left out (they are compared by canonical form, not by their letters) and a word that is
hyphenated over a line end is one word again.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from unfog.text.compiled import compiled
from unfog.text.normalise import fold_tables

HASH_START = np.uint64(14695981039346656037)
HASH_PRIME = np.uint64(1099511628211)
LONE_FLAG = 1
NUMBER_FLAG = 2


class Tokens(NamedTuple):
    """Words of one text.

    Attributes:
        hashes: uint64 of shape (n,), FNV-1a over the folded code points.
        starts: int32 of shape (n,), first code point of the word in the text.
        ends: int32 of shape (n,), one past its last code point.
        flags: uint8 of shape (n,): ``LONE_FLAG`` where the word is one character of a script without spaces,
            ``NUMBER_FLAG`` where it holds a digit.
    """

    hashes: NDArray[np.uint64]
    starts: NDArray[np.int32]
    ends: NDArray[np.int32]
    flags: NDArray[np.uint8]


@compiled
def _stops_url(byte: int) -> bool:
    return byte <= 32 or byte == 41 or byte == 93 or byte == 62 or byte == 34 or byte == 124


@compiled
def scan(
    data: NDArray[np.uint8],
    begin: int,
    end: int,
    folded: NDArray[np.int32],
    kinds: NDArray[np.uint8],
    hashes: NDArray[np.uint64],
    starts: NDArray[np.int32],
    ends: NDArray[np.int32],
    flags: NDArray[np.uint8],
) -> int:
    """Words of the UTF-8 bytes ``data[begin:end]`` into the arrays given (each at least ``end - begin + 1`` long)."""
    n = 0
    at = begin
    point_at = 0
    inside = False
    flag = 0
    h = HASH_START
    while at < end:
        b = data[at]
        if b < 0x80:
            point = np.int64(b)
            width = 1
        elif b < 0xE0:
            point = (np.int64(b & 0x1F) << 6) | np.int64(data[at + 1] & 0x3F)
            width = 2
        elif b < 0xF0:
            point = (np.int64(b & 0x0F) << 12) | (np.int64(data[at + 1] & 0x3F) << 6) | np.int64(data[at + 2] & 0x3F)
            width = 3
        else:
            point = (
                (np.int64(b & 0x07) << 18)
                | (np.int64(data[at + 1] & 0x3F) << 12)
                | (np.int64(data[at + 2] & 0x3F) << 6)
                | np.int64(data[at + 3] & 0x3F)
            )
            width = 4
        kind = kinds[point] if point < kinds.shape[0] else (2 if point < 0x40000 else 0)
        if inside and point == 45 and at + 2 < end and (data[at + 1] == 10 or data[at + 1] == 13):
            ahead = at + 1
            while ahead < end and data[ahead] <= 32:
                ahead += 1
            if ahead < end and 97 <= data[ahead] <= 122:
                point_at += ahead - at
                at = ahead
                continue
        is_scheme = inside and point == 58 and at + 2 < end and data[at + 1] == 47 and data[at + 2] == 47
        is_www = (
            inside and point == 46 and n >= 0 and at - begin >= 3
            and (data[at - 1] | 32) == 119 and (data[at - 2] | 32) == 119 and (data[at - 3] | 32) == 119
            and point_at - starts[n] == 3
        )  # fmt: skip
        if is_scheme or is_www:
            inside = False
            h = HASH_START
            while at < end and not _stops_url(data[at]):
                if (data[at] & 0xC0) != 0x80:
                    point_at += 1
                at += 1
            continue
        if kind == 1:
            if not inside:
                inside = True
                flag = 0
                h = HASH_START
                starts[n] = point_at
            if 48 <= point <= 57:
                flag = NUMBER_FLAG
            if point < kinds.shape[0]:
                for i in range(folded.shape[1]):
                    c = folded[point, i]
                    if c == 0:
                        break
                    h = (h ^ np.uint64(c)) * HASH_PRIME
            ends[n] = point_at + 1
        elif kind != 3:
            if inside:
                hashes[n] = h
                flags[n] = flag
                n += 1
                inside = False
            if kind == 2:
                h = HASH_START
                if point < kinds.shape[0]:
                    for i in range(folded.shape[1]):
                        c = folded[point, i]
                        if c == 0:
                            break
                        h = (h ^ np.uint64(c)) * HASH_PRIME
                else:
                    h = (h ^ np.uint64(point)) * HASH_PRIME
                starts[n] = point_at
                ends[n] = point_at + 1
                hashes[n] = h
                flags[n] = LONE_FLAG
                n += 1
        at += width
        point_at += 1
    if inside:
        hashes[n] = h
        flags[n] = flag
        n += 1
    return n


def tokenise(text: str) -> Tokens:
    """Words of a text with their spans in code points.

    >>> t = tokenise("Trade, trade: https://example.org/trade")
    >>> len(t.hashes), bool(t.hashes[0] == t.hashes[1])
    (2, True)
    """
    data = np.frombuffer(text.encode("utf-8", "surrogatepass"), dtype=np.uint8)
    room = data.shape[0] + 1
    hashes = np.empty(room, np.uint64)
    starts = np.empty(room, np.int32)
    ends = np.empty(room, np.int32)
    flags = np.empty(room, np.uint8)
    folded, kinds = fold_tables()
    n = scan(data, 0, data.shape[0], folded, kinds, hashes, starts, ends, flags)
    return Tokens(hashes[:n].copy(), starts[:n].copy(), ends[:n].copy(), flags[:n].copy())
