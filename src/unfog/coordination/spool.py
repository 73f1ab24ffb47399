"""Pairs on their way to a table: kept on disk between the join and the false-discovery rate, in bounded memory."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from unfog.engine.kernels import Pairs

F64 = npt.NDArray[np.float64]

COLUMNS: pa.Schema = pa.schema(
    [
        ("a", pa.int32()), ("b", pa.int32()), ("shared", pa.int32()), ("meetings", pa.int64()), ("first", pa.int64()),
        ("last", pa.int64()), ("a_first", pa.int64()), ("b_first", pa.int64()), ("common", pa.int32()),
        ("expect_tempo", pa.float64()), ("expect_burst", pa.float64()), ("expect_content", pa.float64()),
        ("ln_content", pa.float64()), ("ln_burst", pa.float64()), ("ln_tempo", pa.float64()),
    ]
)  # fmt: skip
"""Statistics of a pair in codes, and its three ln p."""


class Spool:
    """Rows of ``COLUMNS``, appended chunk by chunk to a temporary file and read back as often as needed."""

    def __init__(self, folder: Path | None = None) -> None:
        self._dir = tempfile.TemporaryDirectory(prefix="unfog-pairs-", dir=folder)
        self._path = Path(self._dir.name) / "pairs.arrow"
        self._sink = pa.OSFile(str(self._path), "wb")
        self._writer = pa.ipc.new_stream(self._sink, COLUMNS)
        self._done = False
        self.rows = 0

    def add(self, pairs: Pairs, ln: tuple[F64, F64, F64], keep: npt.NDArray[np.bool_]) -> None:
        """Append the pairs of a chunk for which ``keep`` is true."""
        columns: list[npt.NDArray[np.generic]] = [
            pairs.a, pairs.b, pairs.shared, pairs.meetings, pairs.first, pairs.last, pairs.a_first, pairs.b_first,
            pairs.common, pairs.expect_tempo, pairs.expect_burst, pairs.expect_content, *ln,
        ]  # fmt: skip
        batch = pa.RecordBatch.from_arrays([pa.array(c[keep]) for c in columns], schema=COLUMNS)
        if batch.num_rows:
            self._writer.write_batch(batch)
            self.rows += batch.num_rows

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The rows in the order in which they were added."""
        if not self._done:
            self._writer.close()
            self._sink.close()
            self._done = True
        with pa.memory_map(str(self._path)) as source:
            yield from pa.ipc.open_stream(source)

    def close(self) -> None:
        """Remove the file."""
        if not self._done:
            self._writer.close()
            self._sink.close()
            self._done = True
        self._dir.cleanup()
