"""Machine code of the gram join: index of grams, contexts of grams, and passages of one text against all needles.

All positions are words. A gram is ``k`` consecutive words; its key mixes their hashes in order.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from unfog.text.compiled import compiled
from unfog.text.tokens import NUMBER_FLAG

MIX = np.uint64(0x9E3779B97F4A7C15)
MASK = np.uint64(0x6E756D626572)
DROP = 6
BITS = 256
"""Distinct contexts are counted by linear counting on this many bits a side."""


@compiled
def mixed(h: np.uint64) -> np.uint64:
    """Finalise a 64-bit hash (splitmix64)."""
    h = (h ^ (h >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    h = (h ^ (h >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return h ^ (h >> np.uint64(31))


@compiled
def gram_key(words: NDArray[np.uint64], at: int, k: int) -> np.uint64:
    """Key of the gram that starts at a word."""
    h = np.uint64(k)
    for i in range(k):
        h = h * MIX + words[at + i]
    return mixed(h)


@compiled
def gram_keys(words: NDArray[np.uint64], bounds: NDArray[np.int64], k: int, out: NDArray[np.uint64]) -> int:
    """Keys of all grams that lie inside one needle; ``out`` has one place per word, unused places stay 0."""
    n = 0
    for d in range(bounds.shape[0] - 1):
        for at in range(bounds[d], bounds[d + 1] - k + 1):
            out[at] = gram_key(words, at, k)
            n += 1
    return n


@compiled
def gram_keys_at(words: NDArray[np.uint64], places: NDArray[np.int32], k: int, out: NDArray[np.uint64]) -> None:
    """Keys of the grams that start at the places given."""
    for i in range(places.shape[0]):
        out[i] = gram_key(words, places[i], k)


@compiled
def mask_numbers(words: NDArray[np.uint64], flags: NDArray[np.uint8], n: int, out: NDArray[np.uint64]) -> None:
    """The words with every word that holds a digit made the same: two forms with other numbers are one template."""
    for i in range(n):
        out[i] = MASK if flags[i] & NUMBER_FLAG else words[i]


@compiled
def build_table(keys: NDArray[np.uint64], slots: NDArray[np.int32]) -> None:
    """Open-addressed table over distinct keys; ``slots`` (power of two, filled with -1) holds key numbers."""
    mask = np.uint64(slots.shape[0] - 1)
    for i in range(keys.shape[0]):
        s = keys[i] & mask
        while slots[np.int64(s)] >= 0:
            s = (s + np.uint64(1)) & mask
        slots[np.int64(s)] = i


@compiled
def find(key: np.uint64, keys: NDArray[np.uint64], slots: NDArray[np.int32]) -> int:
    """Number of a key, or -1."""
    mask = np.uint64(slots.shape[0] - 1)
    s = key & mask
    while True:
        i = slots[np.int64(s)]
        if i < 0:
            return -1
        if keys[i] == key:
            return int(i)
        s = (s + np.uint64(1)) & mask


@compiled
def _see(seen: NDArray[np.uint64], g: int, side: int, one: np.uint64, other: np.uint64) -> None:
    """Set the bit of a surrounding; where it is set already, the bit of what was seen again."""
    b = mixed(one * MIX + other) & np.uint64(BITS - 1)
    at, bit = np.int64(b >> np.uint64(6)), np.uint64(1) << (b & np.uint64(63))
    again = seen[g, side, 0, at] & bit
    seen[g, side, 1, at] |= again
    seen[g, side, 0, at] |= bit


@compiled
def mark_contexts(
    words: NDArray[np.uint64],
    n: int,
    k: int,
    reach: int,
    keys: NDArray[np.uint64],
    slots: NDArray[np.int32],
    seen: NDArray[np.uint64],
    votes: NDArray[np.int32],
    holders: NDArray[np.int32],
    last: NDArray[np.int32],
    text_number: int,
) -> None:
    """For each needle gram in a text: remember which words stood ``reach`` words before and after it.

    ``seen`` has, for each gram and side, the bits of what was seen and of what was seen again; ``votes`` (one row a
    gram) counts how often there were such words at all, left and right.
    """
    for at in range(n - k + 1):
        g = find(gram_key(words, at, k), keys, slots)
        if g < 0:
            continue
        if last[g] != text_number:
            last[g] = text_number
            holders[g] += 1
        if at >= reach + 2:
            votes[g, 0] += 1
            _see(seen, g, 0, words[at - reach], words[at - reach - 1])
        after = at + k + reach
        if after < n:
            votes[g, 1] += 1
            _see(seen, g, 1, words[after - 1], words[after])


@compiled
def common_words(
    a: NDArray[np.uint64], a0: int, a1: int, b: NDArray[np.uint64], b0: int, b1: int, row: NDArray[np.int32]
) -> int:
    """Length of the longest common subsequence of two short stretches of words."""
    m = b1 - b0
    if a1 <= a0 or m <= 0:
        return 0
    for j in range(m + 1):
        row[j] = 0
    for i in range(a0, a1):
        diagonal = 0
        for j in range(m):
            above = row[j + 1]
            if a[i] == b[b0 + j]:
                row[j + 1] = diagonal + 1
            elif row[j] > above:
                row[j + 1] = row[j]
            diagonal = above
    return int(row[m])


@compiled
def extend(
    a: NDArray[np.uint64],
    a0: int,
    a_limit: int,
    b: NDArray[np.uint64],
    b0: int,
    b_limit: int,
    step: int,
    window: int,
    row: NDArray[np.int32],
    hits: NDArray[np.int32],
) -> tuple[int, int, int]:
    """Lengthen a match beyond its end (step 1) or before its start (step -1) while it pays.

    A common word pays 1, a word without partner costs 1; the end is reached where the best score lies more than
    ``DROP`` below the highest so far. Returns how many words were added on each side and how many of them are common.
    """  # fmt: skip
    n = min(window, (a_limit - a0) * step)
    m = min(window, (b_limit - b0) * step)
    best, best_i, best_j, best_hits = 0, 0, 0, 0
    if n <= 0 or m <= 0:
        return 0, 0, 0
    for j in range(m + 1):
        row[j] = -j
        hits[j] = 0
    for i in range(1, n + 1):
        diagonal, diagonal_hits = row[0], hits[0]
        row[0] = -i
        hits[0] = 0
        highest = -i
        x = a[a0 + step * (i - 1) + (0 if step > 0 else -1)]
        for j in range(1, m + 1):
            above, above_hits = row[j], hits[j]
            if x == b[b0 + step * (j - 1) + (0 if step > 0 else -1)]:
                score, found = diagonal + 1, diagonal_hits + 1
            else:
                score, found = diagonal - 1, diagonal_hits
                if above - 1 > score:
                    score, found = above - 1, above_hits
                if row[j - 1] - 1 > score:
                    score, found = row[j - 1] - 1, hits[j - 1]
            diagonal, diagonal_hits = above, above_hits
            row[j] = score
            hits[j] = found
            highest = max(highest, score)
            if score > best:
                best, best_i, best_j, best_hits = score, i, j, found
        if highest < best - DROP:
            break
    return best_i, best_j, best_hits


@compiled
def stable_order(values: NDArray[np.int64]) -> NDArray[np.int64]:
    """Stable ascending order of integers (bottom-up merge sort; compiles faster than numba's argsort)."""
    n = values.shape[0]
    order = np.arange(n)
    other = np.empty(n, np.int64)
    width = 1
    while width < n:
        for low in range(0, n, 2 * width):
            mid, high = min(low + width, n), min(low + 2 * width, n)
            i, j = low, mid
            for at in range(low, high):
                if i < mid and (j >= high or values[order[i]] <= values[order[j]]):
                    other[at] = order[i]
                    i += 1
                else:
                    other[at] = order[j]
                    j += 1
        order, other = other, order
        width *= 2
    return order


@compiled
def spread_commonness(
    of_place: NDArray[np.int64],
    bounds: NDArray[np.int64],
    holders: NDArray[np.int32],
    surroundings: NDArray[np.float64],
) -> None:
    """A gram next to a common one, held by as many texts, is part of the same common passage.

    ``of_place`` is the gram that starts at each word of the needles (-1 for none).
    """
    for d in range(bounds.shape[0] - 1):
        for step in (1, -1):
            first, stop = (bounds[d] + 1, bounds[d + 1]) if step == 1 else (bounds[d + 1] - 2, bounds[d] - 1)
            at = first
            while at != stop and bounds[d] <= at < bounds[d + 1]:
                here, there = of_place[at], of_place[at - step]
                if here >= 0 and there >= 0 and surroundings[there] > surroundings[here]:
                    a, b = holders[here], holders[there]
                    if abs(a - b) <= 0.2 * max(a, b):
                        surroundings[here] = surroundings[there]
                at += step
