"""Strings to integers, batch by batch: the rows' strings are never all in memory at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc


@dataclass(frozen=True)
class Codes:
    """Encoded columns.

    Attributes:
        codes: Column name -> int32 codes of shape (n,); code k is the k-th smallest string (byte order).
        words: Column name -> Arrow array of the distinct strings, ascending.
        numbers: Numeric column name -> int64 of shape (n,).
    """

    codes: dict[str, npt.NDArray[np.int32]]
    words: dict[str, pa.Array]
    numbers: dict[str, npt.NDArray[np.int64]]


def encode(batches: Iterable[pa.RecordBatch], strings: Sequence[str], numbers: Sequence[str]) -> Codes:
    """Read a stream of batches into codes and numbers.

    Nulls in string columns are coded as the empty string; nulls in numeric columns are an error of the caller.
    """
    parts: dict[str, list[pa.Array]] = {name: [] for name in strings}
    figures: dict[str, list[npt.NDArray[np.int64]]] = {name: [] for name in numbers}
    for batch in batches:
        for name in strings:
            column = batch.column(name)
            if column.null_count:
                column = pc.fill_null(column, "")
            parts[name].append(column.dictionary_encode())
        for name in numbers:
            figures[name].append(batch.column(name).to_numpy(zero_copy_only=False).astype(np.int64, copy=False))
    codes: dict[str, npt.NDArray[np.int32]] = {}
    words: dict[str, pa.Array] = {}
    for name in strings:
        codes[name], words[name] = _unify(parts.pop(name))
    joined = {k: np.concatenate(v) if v else np.zeros(0, np.int64) for k, v in figures.items()}
    return Codes(codes, words, joined)


def _unify(chunks: list[pa.Array]) -> tuple[npt.NDArray[np.int32], pa.Array]:
    if not chunks:
        return np.zeros(0, np.int32), pa.array([], pa.string())
    unified = pa.chunked_array(chunks).unify_dictionaries()
    dictionary = unified.chunk(0).dictionary if unified.num_chunks else pa.array([], pa.string())
    order = pc.sort_indices(dictionary).to_numpy()
    rank = np.empty(len(order), np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    code = np.concatenate([c.indices.to_numpy(zero_copy_only=False) for c in unified.chunks])
    return rank[code], dictionary.take(pa.array(order))
