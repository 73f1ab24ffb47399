"""Rows on disk between two steps, so that no table has to fit into memory: Arrow IPC files packed with lz4.

Written once as a stream and read as often as one likes; a step that asks for three of thirty columns unpacks three.
Parquet is made for keeping and takes longer to write.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.dataset as ds
from numpy.typing import NDArray
from pyarrow import ipc

T = TypeVar("T")
BATCH_ROWS = 4096
"""Rows of one batch; a reader holds a few."""
_PACKED = ipc.IpcWriteOptions(compression="lz4")


def open_spool(path: Path, schema: pa.Schema) -> ipc.RecordBatchFileWriter:
    """A file to write batches of rows to; it can be read once it is closed."""
    return ipc.new_file(str(path), schema, options=_PACKED)


def write_spool(path: Path, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> None:
    """Write a stream of batches to a file.

    Raises:
        OSError: the file cannot be written, or the disk is full. What the stream itself raises.
    """
    with open_spool(path, schema) as out:
        for batch in batches:
            out.write_batch(batch)


class Spools(ds.FileSystemDataset):  # type: ignore[misc]  # pyarrow has no types
    """Spooled files that are read a batch or two ahead, where Arrow's own scanner would hold a hundred."""

    def scanner(self, **how: Any) -> ds.Scanner:
        """Columns and filter as asked; one batch ahead, on the reader's own thread."""
        return super().scanner(**how, batch_readahead=1, fragment_readahead=1, use_threads=False)


def read_spools(paths: Sequence[Path]) -> Spools:
    """Spooled files of one schema as something that an engine scans, picking columns and rows as it reads."""
    files = ds.dataset([str(p) for p in paths], format="ipc")
    return Spools(list(files.get_fragments()), files.schema, files.format, files.filesystem)


def whole_spool(path: Path) -> pa.Table:
    """All rows of a file in memory."""
    with ipc.open_file(str(path)) as file:
        return file.read_all()


def scatter(paths: Sequence[Path], schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> None:
    """Deal the rows of a stream out to one file per bucket.

    Args:
        paths: One file per bucket.
        schema: Of the files, in the order of the stream's columns.
        batches: Their last column is the number of the bucket, from 0.
    """
    files = [open_spool(p, schema) for p in paths]
    try:
        for batch in batches:
            buckets: NDArray[np.int64] = batch.column(batch.num_columns - 1).to_numpy(zero_copy_only=False)
            sorted_rows = batch.select(range(batch.num_columns - 1)).take(pa.array(np.argsort(buckets, kind="stable")))
            ends = np.cumsum(np.bincount(buckets, minlength=len(paths)))
            for file, start, end in zip(files, np.concatenate([[0], ends[:-1]]), ends, strict=True):
                if start < end:
                    file.write_batch(sorted_rows.slice(start, end - start))
    finally:
        for file in files:
            file.close()


def even(tables: Iterable[pa.Table], rows: int) -> Iterator[pa.RecordBatch]:
    """The rows of tables, in their order, in groups of exactly ``rows`` rows (the last may be shorter)."""
    held: list[pa.Table] = []
    n = 0
    for table in tables:
        at = 0
        while at < table.num_rows:
            piece = table.slice(at, rows - n)
            held.append(piece)
            at, n = at + piece.num_rows, n + piece.num_rows
            if n == rows:
                yield from pa.concat_tables(held).combine_chunks().to_batches(BATCH_ROWS)
                held, n = [], 0
    if held:
        yield from pa.concat_tables(held).combine_chunks().to_batches(BATCH_ROWS)


def ahead(made: Iterable[T]) -> Iterator[T]:
    """What an iterable gives, in order, the next one made in another thread while the last is in use."""
    making = iter(made)
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(next, making, None)
        while (last := coming.result()) is not None:
            coming = pool.submit(next, making, None)
            yield last
