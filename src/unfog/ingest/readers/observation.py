"""An investigator's observation log: JSONL, CSV or XLSX, one observation a row.

Read in Python, because a date such as ``2019-10`` or ``2019-10-21T08:50Z`` carries its precision in its spelling.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from unfog.errors import UnfogError
from unfog.ingest.cells import Amiss, Cells, amiss_of, csv_rows, xlsx_rows
from unfog.ingest.files import Mender, Opened, unpacked
from unfog.ingest.jsonsplit import element_batches, one_record
from unfog.ingest.lines import line_batches
from unfog.ingest.reader import Projection, Reader, Record, Refused, Row, Time, listed, take
from unfog.ingest.sample import Container, Sample, take_sample
from unfog.ingest.spec import FileSpec
from unfog.model import Moment, parse_moment

MAP = Projection(
    "observations",
    {
        "observation_id": take("id"),
        "happened_at": Time(
            ("when",), note="2019, 2019-10, 2019-10-21 or a time with zone; happened_end is the end of that period"
        ),
        "happened_precision": take("precision", note="may make `when` coarser, never finer"),
        "platform": take("platform"),
        "actor": take("actor"),
        "kind": take("kind"),
        "lang": take("language", "lang"),
        "summary": take("summary"),
        "url": take("url"),
        "community": take("subreddit", "community"),
        "native_id": take("native_id"),
        "links_to": listed("links_to"),
        "target": take("target"),
        "layer": take("layer"),
        "how": take("how"),
        "role": take("role"),
        "engagement": take("engagement", note="kept as a JSON object"),
        "sources": take("sources", note="kept as a JSON list"),
        "confidence": take("confidence"),
        "conflict": take("conflict"),
        "metric": take("metric"),
        "value": take("value"),
        "unit": take("unit"),
        "definition": take("definition"),
        "period": take("period"),
        "public_from": Time(("public_from",), note="default: the end of the period of `when`"),
        "obtained_at": Time(("obtained_at",)),
    },
)
"""The field map, for the documentation and for :func:`_row`."""

_JSON_COLUMNS = ("engagement", "sources")
_KNOWN = frozenset(f for t in MAP.columns.values() for f in t.fields)


def rows(source: Opened, spec: FileSpec) -> Iterator[Record]:
    """One record per observation."""
    left: dict[str, int] = {}
    first = True
    for raw in _raw(source, spec):
        record = raw if isinstance(raw, Record) else _record(raw)
        if not isinstance(raw, Record):
            for key in raw:
                if key not in _KNOWN:
                    left[key] = left.get(key, 0) + 1
        if first:
            first = False
        yield record
    if left:
        told = ", ".join(f"{k} ({n})" for k, n in sorted(left.items()))
        yield Record(note=f"fields that nothing was made of: {told}")


def _raw(source: Opened, spec: FileSpec) -> Iterator[Mapping[str, Any] | Record]:
    sample = take_sample(source, spec.limits)
    if sample.container is Container.XLSX:
        yield from _cells(xlsx_rows(source, spec.limits))
    elif sample.container is Container.CSV:
        with tempfile.TemporaryDirectory(prefix="unfog-log-") as folder:
            path, mender = Path(folder) / "log.csv", Mender()
            with path.open("wb") as out:
                for data in unpacked(source, spec.limits):
                    out.write(mender.mend(data))
                out.write(mender.mend(b"", last=True))
            yield from _cells(csv_rows(path, sample.delimiter, spec.limits))
    else:
        split = element_batches if sample.container is Container.JSON_ARRAY else line_batches
        for batch in split(source, spec.limits, Mender()):
            for line, bad in zip(batch.column(1).to_pylist(), batch.column(2).to_pylist(), strict=True):
                value = one_record(line) if line is not None else None
                if isinstance(value, dict):
                    yield value
                else:
                    yield Record(refused=Refused(bad or "not a JSON object", line or ""))


def _cells(cells: Cells) -> Iterator[Mapping[str, Any] | Record]:
    header = [h.strip() for h in cells.header]
    for row in cells.rows:
        if isinstance(row, Amiss):
            yield Record(refused=Refused(row.reason, row.excerpt))
        elif amiss := amiss_of(row, len(header)):
            yield Record(refused=Refused(amiss, ",".join(row)))
        else:
            yield dict(zip(header, row, strict=False))


def _record(raw: Mapping[str, Any]) -> Record:
    try:
        return Record((Row("observations", _row(raw)),))
    except (UnfogError, ValueError, OverflowError, RecursionError) as why:
        excerpt = json.dumps(raw, ensure_ascii=False, default=str)[:2000]
        return Record(refused=Refused(str(why) or type(why).__name__, excerpt))


def _row(raw: Mapping[str, Any]) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for column, how in MAP.columns.items():
        told = next((raw[f] for f in how.fields if f in raw and not _empty(raw[f])), None)
        if told is None:
            row[column] = None
        elif column == "links_to":
            row[column] = [str(e) for e in told] if isinstance(told, list) else _split(str(told))
        elif column in _JSON_COLUMNS:
            row[column] = told if isinstance(told, str) else json.dumps(told, ensure_ascii=False, sort_keys=True)
        elif column == "value":
            row[column] = float(str(told).replace(",", ""))
        elif isinstance(how, Time):
            row[column] = told
        elif isinstance(told, (dict, list)):
            raise ValueError(f"{how.fields[0]} must be a text, found {type(told).__name__}")
        else:
            row[column] = str(told)
    if row["observation_id"] is None:
        raise ValueError("no id")
    if row["summary"] is None:
        raise ValueError("no summary")
    if row["happened_at"] is None:
        raise ValueError("no date in `when`")
    moment = _moment(row["happened_at"], row["happened_precision"])
    row["happened_at"], row["happened_end"] = _naive(moment.start), _naive(moment.end)
    row["happened_precision"] = moment.precision.value
    row["platform"] = row["platform"].lower() if row["platform"] else None
    row["public_from"] = _naive(_moment(row["public_from"]).end) if row["public_from"] else row["happened_end"]
    row["obtained_at"] = _naive(_moment(row["obtained_at"]).end) if row["obtained_at"] else None
    return row


def _moment(told: object, precision: str | None = None) -> Moment:
    text = str(told).strip()
    if re.fullmatch(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}(:\d{2})?", text):
        raise ValueError(f"the time {text!r} has no zone; add Z or an offset such as +01:00")
    return parse_moment(text, precision)


def _naive(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)


def _empty(value: object) -> bool:
    return value is None or value == [] or value == {} or (isinstance(value, str) and not value.strip())


def _split(text: str) -> list[str]:
    value = one_record(text) if text.lstrip().startswith("[") else None
    if isinstance(value, list):
        return [str(v) for v in value]
    return [p for p in re.split(r"[,;\s]+", text.strip("[] ")) if p]


def _looks(sample: Sample) -> float:
    return 1.0 if sample.has("id", "when", "summary") and (sample.is_json or sample.is_table) else 0.0


READERS = (
    Reader(
        name="observation-log",
        title="Observation log (JSONL, CSV or XLSX)",
        version="1",
        looks=_looks,
        rows=rows,
        projections=(MAP,),
        cannot_tell=("what was not written down",),
        source="docs/reference/formats.md",
    ),
)
