"""Machine code of the gram join over a batch of texts: the loops of its two passes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from unfog.engine.kernels.gram_chain import PASSAGE, chain_hits, collect_hits
from unfog.engine.kernels.gram_scan import mark_contexts, mask_numbers
from unfog.text.compiled import compiled
from unfog.text.tokens import scan

COLUMNS = PASSAGE + 3
"""A passage and: text of the batch, its first code point, one past its last."""

DONE, MORE_HITS, MORE_PASSAGES = 0, 1, 2


@compiled
def weigh_batch(
    data: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    folded: NDArray[np.int32],
    kinds: NDArray[np.uint8],
    hashes: NDArray[np.uint64],
    starts: NDArray[np.int32],
    ends: NDArray[np.int32],
    flags: NDArray[np.uint8],
    k: int,
    reach: int,
    keys: NDArray[np.uint64],
    slots: NDArray[np.int32],
    seen: NDArray[np.uint64],
    votes: NDArray[np.int32],
    holders: NDArray[np.int32],
    last: NDArray[np.int32],
    masked: NDArray[np.uint64],
    number: int,
) -> int:
    """Pass one over a batch; texts are numbered on from ``number``, the next free number is returned."""  # fmt: skip
    for t in range(offsets.shape[0] - 1):
        n = scan(data, offsets[t], offsets[t + 1], folded, kinds, hashes, starts, ends, flags)
        mask_numbers(hashes, flags, n, masked)
        mark_contexts(masked, n, k, reach, keys, slots, seen, votes, holders, last, number)
        number += 1
    return number


@compiled
def chain_batch(
    data: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    folded: NDArray[np.int32],
    kinds: NDArray[np.uint8],
    hashes: NDArray[np.uint64],
    starts: NDArray[np.int32],
    ends: NDArray[np.int32],
    flags: NDArray[np.uint8],
    k: int,
    keys: NDArray[np.uint64],
    slots: NDArray[np.int32],
    weights: NDArray[np.float32],
    ptr: NDArray[np.int64],
    places: NDArray[np.int32],
    needles: NDArray[np.uint64],
    needle_of: NDArray[np.int32],
    bounds: NDArray[np.int64],
    hit_p: NDArray[np.int32],
    hit_d: NDArray[np.int32],
    hit_g: NDArray[np.int32],
    worth: NDArray[np.float32],
    least: float,
    out: NDArray[np.int32],
    out_weight: NDArray[np.float32],
    first: int,
) -> tuple[int, int, int, int]:
    """Pass two over a batch from text ``first`` on.

    Returns how many passages stand in ``out``, the text that was reached, DONE or what ran out of room, and how much
    room is needed.
    """  # fmt: skip
    count = 0
    for t in range(first, offsets.shape[0] - 1):
        n = scan(data, offsets[t], offsets[t + 1], folded, kinds, hashes, starts, ends, flags)
        hits, covered = collect_hits(hashes, n, k, keys, slots, weights, ptr, places, hit_p, hit_d, hit_g, worth)
        if hits > hit_p.shape[0]:
            return count, t, MORE_HITS, hits
        if covered == 0:
            continue
        after = chain_hits(
            hashes, flags, n, k, needles, needle_of, bounds, weights, hit_p, hit_d, hit_g, hits, worth, least, out,
            out_weight, count,
        )  # fmt: skip
        if after < 0:
            return count, t, MORE_PASSAGES, out.shape[0] * 2
        for i in range(count, after):
            out[i, 6] = t
            out[i, 7] = starts[out[i, 1]]
            out[i, 8] = ends[out[i, 2] - 1]
        count = after
    return count, offsets.shape[0] - 1, DONE, 0
