"""A statement log: JSONL, CSV or XLSX, one recorded statement a row, in the speaker's own words.

Read like an observation log, because a date such as ``2019-10`` carries its precision in its spelling. A statement is
public from the end of the period in which it was said, unless the log tells otherwise.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from unfog.errors import UnfogError
from unfog.ingest.files import Opened
from unfog.ingest.reader import Projection, Reader, Record, Refused, Row, Time, listed, take
from unfog.ingest.readers.observation import _empty, _moment, _naive, _raw, _split
from unfog.ingest.sample import Sample
from unfog.ingest.spec import FileSpec

MAP = Projection(
    "statements",
    {
        "statement_id": take("id"),
        "said_on": Time(("date", "said_on"), note="2019, 2019-10, 2019-10-21 or a time with zone"),
        "said_on_precision": take("precision", note="may make `date` coarser, never finer"),
        "speaker": take("speaker"),
        "role": take("role"),
        "on_behalf_of": take("on_behalf_of"),
        "side": take("side"),
        "quote": take("quote"),
        "lang": take("language", "lang"),
        "certainty_words": listed("certainty_words"),
        "stance": take("stance"),
        "propositions": listed("propositions"),
        "scope": take("scope"),
        "context": take("context"),
        "publisher": take("publisher"),
        "url": take("url"),
        "note": take("note"),
        "public_from": Time(("public_from",), note="default: the end of the period of `date`"),
        "obtained_at": Time(("obtained_at",)),
    },
)
"""The field map, for the documentation and for :func:`_row`."""

_LISTS = ("certainty_words", "propositions")
_KNOWN = frozenset(f for t in MAP.columns.values() for f in t.fields)


def rows(source: Opened, spec: FileSpec) -> Iterator[Record]:
    """One record per statement."""
    left: dict[str, int] = {}
    for raw in _raw(source, spec):
        if isinstance(raw, Record):
            yield raw
            continue
        for key in raw:
            if key not in _KNOWN:
                left[key] = left.get(key, 0) + 1
        yield _record(raw)
    if left:
        told = ", ".join(f"{k} ({n})" for k, n in sorted(left.items()))
        yield Record(note=f"fields that nothing was made of: {told}")


def _record(raw: Mapping[str, Any]) -> Record:
    try:
        return Record((Row("statements", _row(raw)),))
    except (UnfogError, ValueError, OverflowError, RecursionError) as why:
        excerpt = json.dumps(raw, ensure_ascii=False, default=str)[:2000]
        return Record(refused=Refused(str(why) or type(why).__name__, excerpt))


def _row(raw: Mapping[str, Any]) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for column, how in MAP.columns.items():
        told = next((raw[f] for f in how.fields if f in raw and not _empty(raw[f])), None)
        if told is None or isinstance(how, Time):
            row[column] = told
        elif column in _LISTS:
            row[column] = [str(e) for e in told] if isinstance(told, list) else _split(str(told))
        elif isinstance(told, (dict, list)):
            raise ValueError(f"{how.fields[0]} must be a text, found {type(told).__name__}")
        else:
            row[column] = str(told)
    for column, name in (("statement_id", "id"), ("speaker", "speaker"), ("quote", "quote"), ("said_on", "date")):
        if row[column] is None:
            raise ValueError(f"no {name}")
    moment = _moment(row["said_on"], row["said_on_precision"])
    row["said_on"] = _naive(moment.start)
    row["said_on_precision"] = moment.precision.value
    row["public_from"] = _naive(_moment(row["public_from"]).end) if row["public_from"] else _naive(moment.end)
    row["obtained_at"] = _naive(_moment(row["obtained_at"]).end) if row["obtained_at"] else None
    return row


def _looks(sample: Sample) -> float:
    return 1.0 if sample.has("id", "speaker", "quote") and (sample.is_json or sample.is_table) else 0.0


READERS = (
    Reader(
        name="statement-log",
        title="Statement log (JSONL, CSV or XLSX)",
        version="1",
        looks=_looks,
        rows=rows,
        projections=(MAP,),
        cannot_tell=("what was said but not recorded", "the words around the quotation"),
        source="docs/reference/formats.md",
    ),
)
