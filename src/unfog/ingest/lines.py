"""Bytes to lines: Arrow batches of (row, line) in bounded memory, whatever the size of the file."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from unfog.ingest.files import Mender, Opened, unpacked
from unfog.ingest.limits import Limits

LINES = pa.schema([("line_no", pa.int64()), ("line", pa.string()), ("bad", pa.string())])


def too_long(limits: Limits) -> str:
    """The reason given where a line is refused for its length."""
    return f"line longer than {limits.line_bytes:,} bytes [limit: line_bytes]"


def line_batches(source: Opened, limits: Limits, mender: Mender) -> Iterator[pa.RecordBatch]:
    """Every line of a file with its number, counted from 1; blank lines are left out but counted.

    A line beyond ``limits.line_bytes`` comes without its text and with the reason in ``bad``. Memory stays near two
    chunks plus one line limit.
    """
    row = 0
    rest = b""
    skipping = 0
    last = False
    chunks = unpacked(source, limits)
    while not last:
        data = next(chunks, None)
        last = data is None
        data = mender.mend(data or b"", last=last)
        if skipping:
            end = data.find(b"\n")
            if end < 0 and not last:
                skipping += len(data)
                continue
            row += 1
            yield _one_bad(row, limits)
            skipping, data = 0, data[end + 1 :] if end >= 0 else b""
        block = rest + data
        rest = b""
        if last:
            if block and not block.endswith(b"\n"):
                block += b"\n"
        else:
            cut = block.rfind(b"\n") + 1
            block, rest = block[:cut], block[cut:]
        if block:
            batch, row = _batch(block, row, limits)
            yield batch
        if len(rest) > limits.line_bytes:
            skipping, rest = len(rest), b""


def _one_bad(row: int, limits: Limits) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays(
        [pa.array([row], pa.int64()), pa.array([None], pa.string()), pa.array([too_long(limits)], pa.string())],
        schema=LINES,
    )


def _batch(block: bytes, row: int, limits: Limits) -> tuple[pa.RecordBatch, int]:
    """Cut a block that ends with a newline into lines, without copying the text."""
    view = np.frombuffer(block, np.uint8)
    ends = np.flatnonzero(view == 10)
    starts = np.empty_like(ends)
    starts[0] = 0
    starts[1:] = ends[:-1] + 1
    numbers = np.arange(row + 1, row + 1 + len(ends))
    offsets = np.empty(len(ends) + 1, np.int32)
    offsets[0] = 0
    offsets[1:] = ends + 1
    text = pa.StringArray.from_buffers(len(ends), pa.py_buffer(offsets), pa.py_buffer(block))
    lengths = ends - starts
    long = lengths > limits.line_bytes
    blank = (lengths == 0) | ((lengths == 1) & (view[starts] == 13))
    bad = (
        pa.array([too_long(limits) if x else None for x in long.tolist()], pa.string())
        if long.any()
        else pa.nulls(len(ends), pa.string())
    )
    if long.any():
        text = pc.if_else(pa.array(long), pa.scalar(None, pa.string()), text)
    batch = pa.RecordBatch.from_arrays([pa.array(numbers, pa.int64()), text, bad], schema=LINES)
    if blank.any():
        batch = batch.filter(pa.array(~blank))
    return batch, row + len(ends)
