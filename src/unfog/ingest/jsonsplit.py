"""A JSON list of records becomes one record a line, in bounded memory, without building the whole document."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pyarrow as pa

from unfog.errors import FormatError, LimitError
from unfog.ingest.files import Mender, Opened, unpacked, whole
from unfog.ingest.limits import Limits
from unfog.ingest.lines import LINES, too_long

_SPACE = re.compile(r"[ \t\r\n]*")
_BREAKS = str.maketrans({"\n": " ", "\r": " "})
_BATCH = 4096


def element_batches(source: Opened, limits: Limits, mender: Mender) -> Iterator[pa.RecordBatch]:
    """Every element of a top-level JSON array as a line, numbered from 1.

    Where the array is damaged, the elements before the damage are given and the rest is one bad row: there is no way to
    find the start of the next element for sure.
    """
    rows: list[tuple[int, str | None, str | None]] = []
    size = 0
    for row, text, bad in _elements(source, limits, mender):
        rows.append((row, text, bad))
        size += len(text or "")
        if len(rows) >= _BATCH or size > 8_000_000:
            yield _batch(rows)
            rows, size = [], 0
    if rows:
        yield _batch(rows)


def _batch(rows: list[tuple[int, str | None, str | None]]) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays(
        [pa.array(column, kind) for column, kind in zip(zip(*rows, strict=True), LINES.types, strict=True)],
        schema=LINES,
    )


def _elements(source: Opened, limits: Limits, mender: Mender) -> Iterator[tuple[int, str | None, str | None]]:
    decode = json.JSONDecoder(strict=False).raw_decode
    feed = _text(source, limits, mender)
    buffer = next(feed, "")
    at = _skip(buffer, 0)
    if at >= len(buffer) or buffer[at] != "[":
        yield 1, None, "not a JSON array"
        return
    at, row, ended = at + 1, 0, False
    while True:
        at = _skip(buffer, at)
        if at < len(buffer) and buffer[at] == "]":
            return
        if at < len(buffer) and buffer[at] == "," and row:
            at = _skip(buffer, at + 1)
        try:
            if at >= len(buffer):
                raise json.JSONDecodeError("end", "", 0)
            _, end = decode(buffer, at)
            if end >= len(buffer) and not ended:
                raise json.JSONDecodeError("may go on", "", 0)
        except (ValueError, RecursionError) as why:
            more = None if ended or isinstance(why, RecursionError) else next(feed, None)
            waiting = len(buffer) - at
            if more is not None and waiting <= limits.line_bytes:
                buffer, at = buffer[at:] + more, 0
                continue
            if more is None and not isinstance(why, RecursionError) and not ended:
                ended = True
                continue
            yield row + 1, None, _why(why, waiting, limits)
            return
        row += 1
        text = buffer[at:end]
        at = end
        if len(text.encode("utf-8", "replace")) > limits.line_bytes:
            yield row, None, too_long(limits)
        else:
            yield row, text.translate(_BREAKS), None


def _why(why: Exception, waiting: int, limits: Limits) -> str:
    if isinstance(why, RecursionError):
        return "JSON nested too deeply; the rest of the array cannot be read"
    if waiting > limits.line_bytes:
        return too_long(limits) + "; the rest of the array cannot be read"
    return "the JSON array breaks off or is damaged here; the rest of it cannot be read"


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _text(source: Opened, limits: Limits, mender: Mender) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    for data in unpacked(source, limits):
        if text := decoder.decode(mender.mend(data)):
            yield text
    yield decoder.decode(mender.mend(b"", last=True), True)


def document_batch(source: Opened, limits: Limits, mender: Mender) -> pa.RecordBatch:
    """A whole JSON document as one line.

    Raises:
        FormatError: it is not JSON. LimitError: it is larger or deeper than allowed.
    """
    raw = mender.mend(whole(source, limits, "json_document_bytes"), last=True).decode("utf-8", "replace")
    depth = _depth(raw)
    if depth > limits.json_depth:
        raise LimitError(f"{source.shown} nests {depth} levels, allowed are {limits.json_depth}", limit="json_depth")
    try:
        json.loads(raw, strict=False)
    except ValueError as why:
        raise FormatError(f"{source.shown} is not JSON: {why}") from None
    return pa.RecordBatch.from_arrays(
        [pa.array([1], pa.int64()), pa.array([raw]), pa.nulls(1, pa.string())], schema=LINES
    )


def _depth(text: str) -> int:
    """Deepest nesting of brackets outside strings."""
    level = deepest = 0
    for token in re.finditer(r'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]', text, re.DOTALL):
        mark = token[0]
        if mark in "[{":
            level += 1
            deepest = max(deepest, level)
        elif mark in "]}":
            level -= 1
    return deepest


def unfolded(
    batches: Iterator[pa.RecordBatch], unfold: Callable[[Mapping[str, Any]], Iterator[Mapping[str, Any]]]
) -> Iterator[pa.RecordBatch]:
    """Lines turned into flat records by a reader's ``unfold``; records are numbered anew from 1."""
    number = 0
    rows: list[tuple[int, str | None, str | None]] = []
    for batch in batches:
        for line, bad in zip(batch.column(1).to_pylist(), batch.column(2).to_pylist(), strict=True):
            for text, why in _flat(line, bad, unfold):
                number += 1
                rows.append((number, text, why))
                if len(rows) >= _BATCH:
                    yield _batch(rows)
                    rows = []
    if rows:
        yield _batch(rows)


def _flat(
    line: str | None, bad: str | None, unfold: Callable[[Mapping[str, Any]], Iterator[Mapping[str, Any]]]
) -> Iterator[tuple[str | None, str | None]]:
    value = one_record(line) if line is not None else None
    if bad is not None or not isinstance(value, dict):
        yield line, bad or ("not JSON" if value is None else "not a JSON object")
        return
    try:
        for record in unfold(value):
            raw = json.dumps(_plain(record), ensure_ascii=False)
            yield raw.encode("utf-8", "replace").decode("utf-8"), None
    except (AttributeError, KeyError, TypeError, ValueError, IndexError, RecursionError) as why:
        yield line, f"not laid out as this format is: {type(why).__name__} {why}"


def one_record(text: str) -> object:
    """A JSON text as Python sees it, or None; never raises for what it says."""
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None


def mended_line(text: str) -> str | None:
    """A line that the engine refuses but Python's JSON reader accepts, as JSON that the engine accepts.

    That is a lone surrogate (``\\ud83d`` without its pair, common where an export cut a text) or NaN.
    """
    value = one_record(text)
    if not isinstance(value, dict):
        return None
    try:
        raw = json.dumps(_plain(value), ensure_ascii=False)
    except (ValueError, RecursionError):
        return None
    return raw.encode("utf-8", "replace").decode("utf-8").replace("\x00", "\ufffd")


def _plain(value: object) -> object:
    match value:
        case dict():
            return {_plain(k): _plain(v) for k, v in value.items()}
        case list():
            return [_plain(v) for v in value]
        case str():
            return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\x00", "\ufffd")
        case float() if value != value or value in (float("inf"), float("-inf")):
            return None
        case _:
            return value
