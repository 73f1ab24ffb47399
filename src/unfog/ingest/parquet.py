"""A look at a Parquet file before anything is read out of it: its columns, and what its rows would take unpacked."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from unfog.errors import FormatError, LimitError
from unfog.ingest.files import Opened, guard_expansion
from unfog.ingest.limits import Limits

_WIDTH = 8
_BATCH = 1 << 16


def parquet_columns(source: Opened, limits: Limits) -> tuple[str, ...]:
    """Column names of a Parquet file.

    A dictionary page holds a value once, however many rows name it: 256 KB can stand for 300 GB of text. So texts in
    dictionaries are counted row by row, without being made, and whatever else there is by its unpacked size.

    Raises:
        FormatError: it is packed, or damaged.
        LimitError: its rows would take more than allowed.
    """
    if source.packing != "none":
        raise FormatError(f"{source.shown} is Parquet inside {source.packing}; unpack it first")
    try:
        with pq.ParquetFile(source.path) as plain:
            told, schema = plain.metadata, plain.schema_arrow
        shared, total = _by_dictionary(told)
        guard_expansion(source, limits, total)
        if shared:
            with pq.ParquetFile(source.path, read_dictionary=shared) as book:
                for batch in book.iter_batches(_BATCH, columns=shared, use_threads=False):
                    total += sum(_length(column) for column in batch.columns)
                    guard_expansion(source, limits, total)
    except LimitError:
        raise
    except Exception as why:
        raise FormatError(f"{source.shown} starts like Parquet but cannot be read: {why}") from None
    return tuple(schema.names)


def _by_dictionary(told: pq.FileMetaData) -> tuple[list[str], int]:
    """Texts that stand in dictionaries, and the bytes that all other columns take at least."""
    shared: set[str] = set()
    total = 0
    for group in (told.row_group(i) for i in range(told.num_row_groups)):
        for chunk in (group.column(i) for i in range(group.num_columns)):
            name = chunk.path_in_schema
            if chunk.has_dictionary_page and chunk.physical_type == "BYTE_ARRAY" and "." not in name:
                shared.add(name)
            else:
                total += max(chunk.total_uncompressed_size, chunk.num_values * _WIDTH)
    return sorted(shared), total


def _length(column: pa.Array) -> int:
    """Bytes of a text column written out."""
    if not isinstance(column, pa.DictionaryArray):
        return int(column.nbytes)
    each = pc.binary_length(column.dictionary.cast(pa.large_string()))
    return int(pc.sum(pc.take(each, column.indices)).as_py() or 0)
