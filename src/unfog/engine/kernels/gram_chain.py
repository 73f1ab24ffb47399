"""Machine code of the gram join, second half: from shared grams to passages of one text in all needles.

Shared grams are chained along the diagonal: the next gram of a chain continues it on both sides, with at most ``gap``
words between, and the words in the gap are aligned exactly (longest common subsequence). Chains are lengthened at both
ends while that pays, and where two chains of one needle claim the same words of the text the heavier one keeps them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from unfog.engine.kernels.gram_scan import common_words, extend, find, gram_key, stable_order
from unfog.text.compiled import compiled
from unfog.text.tokens import LONE_FLAG

GAP = 24
"""Most words between two grams of one chain, on either side."""

LOOK_BACK = 64
"""How many open chains of one needle are tried for a gram; grams common enough to need more have weight 0."""

LONE_WORD = 0.5
"""Weight of a common word that stands in a gap or at an end: it agrees, but it found nothing."""

PASSAGE = 6
"""Integer columns of a passage: needle, text start, text end, needle start, needle end, common words."""


@compiled
def collect_hits(
    words: NDArray[np.uint64],
    n: int,
    k: int,
    keys: NDArray[np.uint64],
    slots: NDArray[np.int32],
    weights: NDArray[np.float32],
    ptr: NDArray[np.int64],
    places: NDArray[np.int32],
    hit_p: NDArray[np.int32],
    hit_d: NDArray[np.int32],
    hit_g: NDArray[np.int32],
    worth: NDArray[np.float32],
) -> tuple[int, int]:
    """Shared grams of weight above 0 as (place in text, place in needles, gram); number of hits, words covered.

    The number may exceed the room given; then nothing beyond the room was stored and the caller comes again with more.
    ``worth[i]`` becomes the sum over the first i words of what each is worth: the largest weight of a known gram that
    covers it, 1 where there is none.
    """
    room = hit_p.shape[0]
    count = 0
    covered = 0
    until = 0
    for i in range(n + 1):
        worth[i] = -1.0
    for at in range(n - k + 1):
        g = find(gram_key(words, at, k), keys, slots)
        if g < 0:
            continue
        for i in range(at, at + k):
            worth[i] = max(worth[i], weights[g])
        if weights[g] <= 0.0:
            continue
        covered += at + k - max(at, until)
        until = at + k
        for j in range(ptr[g], ptr[g + 1]):
            if count < room:
                hit_p[count] = at
                hit_d[count] = places[j]
                hit_g[count] = g
            count += 1
    total = np.float32(0.0)
    for i in range(n + 1):
        own = np.float32(1.0) if worth[i] < 0.0 else worth[i]
        worth[i] = total
        total += own
    return count, covered


@compiled
def _size(flags: NDArray[np.uint8], begin: int, end: int) -> float:
    total = 0.0
    for i in range(begin, end):
        total += 0.5 if flags[i] & LONE_FLAG else 1.0
    return total


@compiled
def chain_hits(
    words: NDArray[np.uint64],
    flags: NDArray[np.uint8],
    n: int,
    k: int,
    needles: NDArray[np.uint64],
    needle_of: NDArray[np.int32],
    bounds: NDArray[np.int64],
    weights: NDArray[np.float32],
    hit_p: NDArray[np.int32],
    hit_d: NDArray[np.int32],
    hit_g: NDArray[np.int32],
    count: int,
    worth: NDArray[np.float32],
    least: float,
    out: NDArray[np.int32],
    out_weight: NDArray[np.float32],
    out_count: int,
) -> int:
    """Passages of one text, appended to ``out``; the new number of passages, or -1 where it is too small."""
    row = np.empty(GAP + 2, np.int32)
    row_hits = np.empty(GAP + 2, np.int32)
    owner = np.empty(count, np.int64)
    for i in range(count):
        owner[i] = needle_of[hit_d[i]]
    order = stable_order(owner)
    p0 = np.empty(count, np.int32)
    p1 = np.empty(count, np.int32)
    d0 = np.empty(count, np.int32)
    d1 = np.empty(count, np.int32)
    same = np.empty(count, np.int32)
    weight = np.empty(count, np.float32)
    last_weight = np.empty(count, np.float32)
    group = 0
    while group < count:
        needle = owner[order[group]]
        stop = group
        while stop < count and owner[order[stop]] == needle:
            stop += 1
        chains = 0
        for i in range(group, stop):
            p, d, w = hit_p[order[i]], hit_d[order[i]], weights[hit_g[order[i]]]
            best = -1
            best_cost = 1 << 30
            for back in range(min(chains, LOOK_BACK)):
                c = chains - 1 - back
                gap_p, gap_d = p - p1[c], d - d1[c]
                if gap_p < 0 or gap_d < 0:
                    if gap_p == gap_d and gap_p >= -k and best_cost > -1:
                        best, best_cost = c, -1
                elif gap_p <= GAP and gap_d <= GAP:
                    cost = 4 * abs(gap_p - gap_d) + gap_p + gap_d
                    if cost < best_cost:
                        best, best_cost = c, cost
            if best < 0:
                c = chains
                chains += 1
                p0[c], p1[c], d0[c], d1[c] = p, p + k, d, d + k
                same[c] = k
                weight[c] = w * _size(flags, p, p + k)
            elif best_cost == -1:
                c = best
                weight[c] += w * _size(flags, p1[c], p + k)
                if w > last_weight[c]:
                    weight[c] += (w - last_weight[c]) * _size(flags, p, p1[c])
                same[c] += p + k - p1[c]
                p1[c], d1[c] = p + k, d + k
            else:
                c = best
                between = common_words(words, p1[c], p, needles, d1[c], d, row)
                same[c] += between + k
                weight[c] += w * _size(flags, p, p + k)
                if between > 0:
                    weight[c] += LONE_WORD * between * (worth[p] - worth[p1[c]]) / (p - p1[c])
                p1[c], d1[c] = p + k, d + k
            last_weight[c] = w
        total = 0.0
        for c in range(chains):
            total += weight[c]
        if total >= 0.6 * least:
            for c in range(chains):
                a, b, hits = extend(words, p0[c], 0, needles, d0[c], bounds[needle], -1, GAP, row, row_hits)
                if hits > 0:
                    weight[c] += LONE_WORD * hits * (worth[p0[c]] - worth[p0[c] - a]) / a
                p0[c] -= a
                d0[c] -= b
                same[c] += hits
                a, b, hits = extend(words, p1[c], n, needles, d1[c], bounds[needle + 1], 1, GAP, row, row_hits)
                if hits > 0:
                    weight[c] += LONE_WORD * hits * (worth[p1[c] + a] - worth[p1[c]]) / a
                p1[c] += a
                d1[c] += b
                same[c] += hits
            lightness = np.empty(chains, np.int64)
            for c in range(chains):
                lightness[c] = -np.int64(weight[c] * 1000.0)
            ranked = stable_order(lightness)
            taken = np.zeros(n, np.uint8)
            first = out_count
            total = 0.0
            for r in range(chains):
                c = ranked[r]
                free = 0
                for i in range(p0[c], p1[c]):
                    free += 1 - taken[i]
                if 2 * free < p1[c] - p0[c]:
                    continue
                for i in range(p0[c], p1[c]):
                    taken[i] = 1
                if out_count >= out.shape[0]:
                    return -1
                out[out_count, 0] = needle
                out[out_count, 1] = p0[c]
                out[out_count, 2] = p1[c]
                out[out_count, 3] = d0[c]
                out[out_count, 4] = d1[c]
                out[out_count, 5] = same[c]
                out_weight[out_count] = weight[c]
                out_count += 1
                total += weight[c]
            if total < least:
                out_count = first
        group = stop
    return out_count
