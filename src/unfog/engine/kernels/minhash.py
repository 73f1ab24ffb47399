"""Near-duplicate texts by MinHash and banding, verified by exact Jaccard similarity of their sets of words.

Broder 1997 (doi:10.1109/SEQUEN.1997.666900). 20 bands of 3 rows: a pair with similarity 0.5 becomes a candidate with
probability 0.93, with 0.6 0.99, with 0.3 0.42; candidates are then compared exactly, so there is no false match. Cost
grows with the number of texts and of matches, never with the number of pairs.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from unfog.text.compiled import compiled
from unfog.text.normalise import fold_tables
from unfog.text.tokens import scan

I64 = npt.NDArray[np.int64]
U64 = npt.NDArray[np.uint64]

BANDS = 20
ROWS = 3
BATCH = 65_536


def near_duplicates(texts: pa.Array | pa.ChunkedArray, least: float = 0.5, fewest: int = 4) -> I64:
    """Cluster texts by the Jaccard similarity of their sets of folded words.

    Args:
        texts: Arrow strings of length n.
        least: A text joins a cluster if its similarity with the cluster's first text is at least this.
        fewest: Texts with fewer distinct words join only texts with the very same words.

    Returns:
        shape (n,): number of the first text of the cluster; a text alone has its own number. Texts without any word
        have -1.
    """
    words, start = _word_sets(texts)
    n = len(start) - 1
    root = np.arange(n, dtype=np.int64)
    size = np.diff(start)
    signature = _signatures(words, start, BANDS * ROWS)
    whole = _set_hash(words, start)
    order = np.argsort(whole, kind="stable")
    _merge_run(whole, order, words, start, root, 1.0)
    short = size < fewest
    for band in range(BANDS):
        key = _band(signature, band * ROWS, ROWS)
        key[short] = whole[short]
        order = np.argsort(key, kind="stable")
        _merge_run(key, order, words, start, root, least)
    return np.where(size == 0, -1, _flatten(root))


def _word_sets(texts: pa.Array | pa.ChunkedArray) -> tuple[U64, I64]:
    """Distinct word hashes of each text, ascending, one behind the other, and where each text begins."""
    folded, kinds = fold_tables()
    parts: list[U64] = []
    sizes: list[I64] = []
    whole = texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
    for at in range(0, len(whole), BATCH):
        raw = whole.slice(at, BATCH).cast(pa.large_binary())
        part = pa.concat_arrays([raw])
        buffers = part.buffers()
        offsets = np.frombuffer(buffers[1], np.int64)[part.offset : part.offset + len(part) + 1]
        data = np.frombuffer(buffers[2], np.uint8) if buffers[2] is not None else np.zeros(0, np.uint8)
        longest = int(np.diff(offsets).max()) + 1 if len(part) else 1
        words, count = _sets(data, offsets, folded, kinds, longest)
        parts.append(words)
        sizes.append(count)
    sizes_ = np.concatenate(sizes) if sizes else np.zeros(0, np.int64)
    return (np.concatenate(parts) if parts else np.zeros(0, np.uint64)), np.concatenate(([0], np.cumsum(sizes_)))


@compiled
def _sets(data: Any, offsets: Any, folded: Any, kinds: Any, longest: Any) -> Any:
    n = len(offsets) - 1
    hashes = np.empty(longest, np.uint64)
    starts = np.empty(longest, np.int32)
    ends = np.empty(longest, np.int32)
    halves = np.empty(longest, np.uint8)
    out = np.empty(1024, np.uint64)
    count = np.zeros(n, np.int64)
    m = 0
    for i in range(n):
        found = scan(data, offsets[i], offsets[i + 1], folded, kinds, hashes, starts, ends, halves)
        words = np.sort(hashes[:found])
        while m + found > len(out):
            more = np.empty(len(out) * 2, np.uint64)
            more[:m] = out[:m]
            out = more
        for k in range(found):
            if k == 0 or words[k] != words[k - 1]:
                out[m] = words[k]
                m += 1
                count[i] += 1
    return out[:m].copy(), count


@compiled
def _mix(x: Any) -> Any:
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


@compiled
def _signatures(words: Any, start: Any, rows: Any) -> Any:
    n = len(start) - 1
    out = np.full((n, rows), np.uint32(0xFFFFFFFF), np.uint32)
    for i in range(n):
        for k in range(start[i], start[i + 1]):
            h1 = _mix(words[k])
            h2 = _mix(words[k] ^ np.uint64(0x9E3779B97F4A7C15)) | np.uint64(1)
            for r in range(rows):
                h1 += h2
                value = np.uint32(_mix(h1) >> np.uint64(32))
                if value < out[i, r]:
                    out[i, r] = value
    return out


@compiled
def _set_hash(words: Any, start: Any) -> Any:
    n = len(start) - 1
    out = np.empty(n, np.uint64)
    for i in range(n):
        h = np.uint64(1469598103934665603)
        for k in range(start[i], start[i + 1]):
            h = _mix(h ^ words[k]) + np.uint64(k - start[i])
        out[i] = h
    return out


@compiled
def _band(signature: Any, first: Any, rows: Any) -> Any:
    n = len(signature)
    out = np.empty(n, np.uint64)
    for i in range(n):
        h = np.uint64(first + 1)
        for r in range(rows):
            h = _mix(h ^ np.uint64(signature[i, first + r]))
        out[i] = h
    return out


@compiled
def _root(root: Any, i: Any) -> Any:
    while root[i] != i:
        root[i] = root[root[i]]
        i = root[i]
    return i


@compiled
def _similar(words: Any, start: Any, a: Any, b: Any, least: Any) -> Any:
    i, j = start[a], start[b]
    n, m = start[a + 1] - i, start[b + 1] - j
    if min(n, m) < least * max(n, m):
        return False
    both = 0
    while i < start[a + 1] and j < start[b + 1]:
        if words[i] == words[j]:
            both += 1
            i += 1
            j += 1
        elif words[i] < words[j]:
            i += 1
        else:
            j += 1
    return both >= least * (n + m - both)


@compiled
def _merge_run(key: Any, order: Any, words: Any, start: Any, root: Any, least: Any) -> Any:
    """Join texts with equal keys to the first text of the run, or to the one before, where they are alike."""
    n = len(order)
    i = 0
    while i < n:
        j = i + 1
        while j < n and key[order[j]] == key[order[i]]:
            j += 1
        for k in range(i + 1, j):
            for other in (order[i], order[k - 1]):
                a, b = _root(root, order[k]), _root(root, other)
                if a == b:
                    break
                if start[a + 1] == start[a] or start[b + 1] == start[b]:
                    break
                if _similar(words, start, a, b, least):
                    root[max(a, b)] = min(a, b)
                    break
        i = j


@compiled
def _flatten(root: Any) -> Any:
    out = np.empty(len(root), np.int64)
    for i in range(len(root)):
        out[i] = _root(root, i)
    return out
