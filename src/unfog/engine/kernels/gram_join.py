"""Sparse gram join: which passages of many texts stand in which of some needles, in two streaming passes.

Pass one reads every text and notes, for each gram of the needles, how many texts hold it and in how many different
surroundings it stands (words ``reach`` before and after; linear counting, Whang et al. 1990,
doi:10.1145/78922.78925). What stands in many surroundings is common: a header, a disclaimer, a share button, wire copy,
an official quotation. A copy of a needle keeps its surroundings, so wide copying does not make a needle common. Pass
two chains the uncommon grams into passages and aligns them.

Memory: the needles' words and grams, one batch of texts, and the passages found. Time: linear in texts plus shared
grams. Nothing is cut off: buffers that are too small are enlarged and the text is read again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from unfog.engine.door import Engine
from unfog.engine.kernels import gram_batch, gram_scan
from unfog.errors import UsageError
from unfog.text.normalise import fold_tables
from unfog.text.tokens import tokenise

Bytes = NDArray[np.uint8]
Progress = Callable[[str, float], None]

PASSAGES = pa.schema(
    [
        pa.field("needle", pa.int32(), nullable=False),
        pa.field("text_id", pa.string(), nullable=False),
        pa.field("text_start", pa.int32(), nullable=False),
        pa.field("text_end", pa.int32(), nullable=False),
        pa.field("needle_start", pa.int32(), nullable=False),
        pa.field("needle_end", pa.int32(), nullable=False),
        pa.field("text_word", pa.int32(), nullable=False),
        pa.field("needle_word", pa.int32(), nullable=False),
        pa.field("text_words", pa.int32(), nullable=False),
        pa.field("needle_words", pa.int32(), nullable=False),
        pa.field("common_words", pa.int32(), nullable=False),
        pa.field("weight", pa.float32(), nullable=False),
    ]
)
"""One row per passage; starts and ends are code points, ``text_word`` is the first word in its text and ``needle_word``
the first in the words of all needles, ``weight`` is in uncommon words."""


EDITED = 0.05
"""Share of the copies of a passage that may be edited: surroundings that were seen once only count beyond it."""


@dataclass(frozen=True, slots=True)
class GramRule:
    """How grams are made and weighed.

    Attributes:
        k: Words in a gram.
        reach: Distance in words at which the surroundings of a gram are looked at.
        rare_up_to: Surroundings up to which a gram has weight 1.
        common_from: Surroundings from which a gram has weight 0; between, weight falls with their logarithm.
        needles_from: Fewest needles in which a gram stands when it has weight 0 ...
        needle_share: ... or this share of all needles, if that is more; the weight falls from four tenths of it on.
        least: Smallest weight of a pair (text, needle) that is given, in uncommon words.
    """

    k: int = 4
    reach: int = 10
    rare_up_to: int = 4
    common_from: int = 20
    needles_from: float = 10.0
    needle_share: float = 0.01
    least: float = 4.0

    def __post_init__(self) -> None:
        if self.k < 2 or self.reach < 1 or not 1 <= self.rare_up_to < self.common_from <= gram_scan.BITS:
            raise UsageError(f"a gram rule needs k >= 2, reach >= 1 and rare_up_to < common_from <= 256, got {self}")


@dataclass(frozen=True, slots=True)
class GramIndex:
    """Needles as words and grams. ``weights`` is filled by :func:`weigh`."""

    rule: GramRule
    words: NDArray[np.uint64]
    starts: NDArray[np.int32]
    ends: NDArray[np.int32]
    flags: NDArray[np.uint8]
    bounds: NDArray[np.int64]
    needle_of: NDArray[np.int32]
    keys: NDArray[np.uint64]
    slots: NDArray[np.int32]
    ptr: NDArray[np.int64]
    places: NDArray[np.int32]
    weights: NDArray[np.float32]
    surroundings: NDArray[np.float32]
    holders: NDArray[np.int32]


def build_index(needles: Sequence[str], rule: GramRule) -> GramIndex:
    """Index the grams of the needles; a needle of fewer than ``k`` words has none."""
    read = [tokenise(text) for text in needles]
    bounds = np.concatenate([[0], np.cumsum([len(t.hashes) for t in read])]).astype(np.int64)
    words = np.concatenate([t.hashes for t in read]) if read else np.empty(0, np.uint64)
    starts = np.concatenate([t.starts for t in read]) if read else np.empty(0, np.int32)
    ends = np.concatenate([t.ends for t in read]) if read else np.empty(0, np.int32)
    flags = np.concatenate([t.flags for t in read]) if read else np.empty(0, np.uint8)
    needle_of = np.repeat(np.arange(len(read), dtype=np.int32), np.diff(bounds))
    raw = np.zeros(len(words), np.uint64)
    gram_scan.gram_keys(words, bounds, rule.k, raw)
    used = np.flatnonzero(raw)
    keys, inverse = np.unique(raw[used], return_inverse=True)
    order = np.argsort(inverse, kind="stable")
    ptr = np.concatenate([[0], np.cumsum(np.bincount(inverse, minlength=len(keys)))]).astype(np.int64)
    slots = np.full(1 << max(4, int(len(keys) * 2).bit_length()), -1, np.int32)
    gram_scan.build_table(keys, slots)
    return GramIndex(
        rule, words, starts, ends, flags, bounds, needle_of, keys, slots, ptr, used[order].astype(np.int32),
        np.ones(len(keys), np.float32), np.zeros(len(keys), np.float32), np.zeros(len(keys), np.int32),
    )  # fmt: skip


def utf8_batches(engine: Engine, sql: str, rows: int) -> Iterator[tuple[pa.Array, NDArray[np.int64], Bytes]]:
    """Batches of (id, text) as ids, byte offsets and UTF-8 bytes; null texts are empty."""
    for batch in engine.batches(sql, rows):
        ids = batch.column(0).cast(pa.string())
        texts = batch.column(1).cast(pa.large_string()).fill_null("")
        buffers = texts.buffers()
        offsets = np.frombuffer(buffers[1], np.int64, len(texts) + 1, texts.offset * 8)
        data = (
            np.frombuffer(buffers[2], np.uint8) if buffers[2] is not None and buffers[2].size else np.zeros(1, np.uint8)
        )
        yield ids, offsets, data


class _Scratch:
    """Arrays for the words of one text, enlarged as needed."""

    def __init__(self) -> None:
        self.room = 0
        self.grow(1 << 16)

    def grow(self, room: int) -> None:
        if room > self.room:
            self.room = room
            self.hashes = np.empty(room, np.uint64)
            self.starts = np.empty(room, np.int32)
            self.ends = np.empty(room, np.int32)
            self.flags = np.empty(room, np.uint8)
            self.masked = np.empty(room, np.uint64)
            self.worth = np.empty(room, np.float32)


def _longest(offsets: NDArray[np.int64]) -> int:
    return int(np.diff(offsets).max(initial=0)) + 2


def weigh(
    index: GramIndex,
    engine: Engine,
    haystack: str,
    *,
    background: Sequence[str] = (),
    rows: int = 65_536,
    progress: Progress | None = None,
    total: int = 0,
) -> int:
    """Pass one: fill ``index.weights`` from the surroundings of each gram. Returns the number of texts read.

    Args:
        index: Needles.
        engine: Where the texts are.
        haystack: SELECT of (id, text).
        background: Texts known to be common (boilerplate, wire copy): their grams get weight 0 whatever is counted.
        rows: Rows a batch.
        progress: Called with a message and the share done.
        total: Number of texts, for progress.
    """  # fmt: skip
    rule = index.rule
    keys, of_gram, slots, needles = _templates(index)
    votes = np.zeros((len(keys), 2), np.int32)
    seen = np.zeros((len(keys), 2, 2, gram_scan.BITS // 64), np.uint64)
    last, in_needles, in_texts = (
        np.full(len(keys), -1, np.int32),
        np.zeros(len(keys), np.int32),
        np.zeros(len(keys), np.int32),
    )
    folded, kinds = fold_tables()
    for d in range(len(index.bounds) - 1):
        words = needles[index.bounds[d] : index.bounds[d + 1]]
        gram_scan.mark_contexts(words, len(words), rule.k, rule.reach, keys, slots, seen, votes, in_needles, last, d)
    last[:] = -1
    scratch, number = _Scratch(), 0
    for _, offsets, data in utf8_batches(engine, haystack, rows):
        scratch.grow(_longest(offsets))
        number = gram_batch.weigh_batch(
            data, offsets, folded, kinds, scratch.hashes, scratch.starts, scratch.ends, scratch.flags, rule.k,
            rule.reach, keys, slots, seen, votes, in_texts, last, scratch.masked, number,
        )  # fmt: skip
        if progress:
            progress("weighing passages", number / max(total, number))
    known = 2 * votes >= (in_texts + in_needles)[:, None]
    different = np.maximum(_linear_count(seen[:, :, 1]), _linear_count(seen[:, :, 0]) - EDITED * votes)
    sides = np.where(known, different, np.inf).min(axis=1)
    surroundings = np.where(known.any(axis=1), sides, 0.0)
    place = np.full(len(index.words), -1, np.int64)
    place[index.places] = np.repeat(of_gram, np.diff(index.ptr))
    gram_scan.spread_commonness(place, index.bounds, in_texts, surroundings)
    many = max(rule.needles_from, rule.needle_share * (len(index.bounds) - 1))
    weights = np.minimum(
        _falling(surroundings, rule.rare_up_to, rule.common_from), _falling(in_needles, 0.4 * many, many)
    )
    index.surroundings[:], index.holders[:], index.weights[:] = (
        surroundings[of_gram],
        in_texts[of_gram],
        weights[of_gram],
    )
    for text in background:
        words = tokenise(text).hashes
        for at in range(len(words) - rule.k + 1):
            g = gram_scan.find(np.uint64(gram_scan.gram_key(words, at, rule.k)), index.keys, index.slots)
            if g >= 0:
                index.weights[g] = 0.0
    return number


def _templates(
    index: GramIndex,
) -> tuple[NDArray[np.uint64], NDArray[np.int64], NDArray[np.int32], NDArray[np.uint64]]:
    """Grams with their numbers masked: distinct keys, which of them each gram is, their table, and the masked words."""
    k, words = index.rule.k, np.empty_like(index.words)
    gram_scan.mask_numbers(index.words, index.flags, len(index.words), words)
    first = index.places[index.ptr[:-1]]
    raw = np.zeros(len(first), np.uint64)
    gram_scan.gram_keys_at(words, first, k, raw)
    keys, of_gram = np.unique(raw, return_inverse=True)
    slots = np.full(1 << max(4, int(len(keys) * 2).bit_length()), -1, np.int32)
    gram_scan.build_table(keys, slots)
    return keys, of_gram, slots, words


def _falling(count: NDArray[Any], start: float, stop: float) -> NDArray[np.float64]:
    """1 up to ``start``, 0 from ``stop`` on, falling with the logarithm between."""
    slope: NDArray[np.float64] = np.log(np.maximum(count, 1.0) / start) / np.log(stop / start)
    return np.clip(1.0 - slope, 0.0, 1.0)


def _linear_count(bits: NDArray[np.uint64]) -> NDArray[np.float64]:
    """Different things behind the bits of the last axis."""
    empty = gram_scan.BITS - np.bitwise_count(bits).sum(axis=-1).astype(np.float64)
    count: NDArray[np.float64] = -gram_scan.BITS * np.log(np.maximum(empty, 0.5) / gram_scan.BITS)
    return count


def join(
    index: GramIndex,
    engine: Engine,
    haystack: str,
    *,
    rows: int = 65_536,
    progress: Progress | None = None,
    total: int = 0,
) -> pa.Table:
    """Pass two: passages of all texts, in the order of the texts (schema :data:`PASSAGES`)."""  # fmt: skip
    folded, kinds = fold_tables()
    scratch, seen = _Scratch(), 0
    hit_p, hit_d, hit_g = (np.empty(1 << 16, np.int32) for _ in range(3))
    out, out_weight = np.empty((1 << 14, gram_batch.COLUMNS), np.int32), np.empty(1 << 14, np.float32)
    parts: list[pa.Table] = []
    for ids, offsets, data in utf8_batches(engine, haystack, rows):
        scratch.grow(_longest(offsets))
        first, texts = 0, len(offsets) - 1
        while first < texts:
            count, first, why, need = gram_batch.chain_batch(
                data, offsets, folded, kinds, scratch.hashes, scratch.starts, scratch.ends, scratch.flags,
                index.rule.k, index.keys, index.slots, index.weights, index.ptr, index.places,
                index.words, index.needle_of, index.bounds, hit_p, hit_d, hit_g, scratch.worth, index.rule.least,
                out, out_weight, first,
            )  # fmt: skip
            if count:
                parts.append(_table(index, ids, out[:count], out_weight[:count]))
            if why == gram_batch.MORE_HITS:
                hit_p, hit_d, hit_g = (np.empty(2 * need, np.int32) for _ in range(3))
            elif why == gram_batch.MORE_PASSAGES:
                out, out_weight = np.empty((need, gram_batch.COLUMNS), np.int32), np.empty(need, np.float32)
        seen += texts
        if progress:
            progress("aligning passages", seen / max(total, seen))
    return pa.concat_tables(parts) if parts else PASSAGES.empty_table()


def _table(index: GramIndex, ids: pa.Array, out: NDArray[np.int32], weight: NDArray[np.float32]) -> pa.Table:
    columns = {
        "needle": out[:, 0],
        "text_id": ids.take(pa.array(out[:, 6])),
        "text_start": out[:, 7],
        "text_end": out[:, 8],
        "needle_start": index.starts[out[:, 3]],
        "needle_end": index.ends[out[:, 4] - 1],
        "text_word": out[:, 1],
        "needle_word": out[:, 3],
        "text_words": out[:, 2] - out[:, 1],
        "needle_words": out[:, 4] - out[:, 3],
        "common_words": out[:, 5],
        "weight": weight.copy(),
    }
    return pa.table([pa.array(columns[f.name], f.type) for f in PASSAGES], schema=PASSAGES)
