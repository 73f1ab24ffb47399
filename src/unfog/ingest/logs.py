"""Logs that people write: JSONL, CSV or XLSX, one observation or statement a row.

Read in Python, because a date such as ``2019-10`` or ``2019-10-21T08:50Z`` carries its precision in its spelling.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from unfog.errors import UnfogError
from unfog.ingest.cells import Amiss, Cells, amiss_of, csv_rows, xlsx_rows
from unfog.ingest.files import Mender, Opened, unpacked
from unfog.ingest.jsonsplit import element_batches, one_record
from unfog.ingest.lines import line_batches
from unfog.ingest.reader import Projection, Record, Refused, Row, Time
from unfog.ingest.sample import Container, take_sample
from unfog.ingest.spec import FileSpec
from unfog.model import Moment, parse_moment


@dataclass(frozen=True, slots=True)
class Log:
    """A kind of log.

    Attributes:
        map: Its field map.
        time: Column of the time that a row tells; the column of its precision follows it.
        precision: Column of that precision.
        needs: Column -> what is said where a row lacks it.
        end: Column for the end of the period that the time names, if there is one.
        lists: Columns that hold lists.
        documents: Columns that are kept as JSON.
        numbers: Columns that hold numbers.
    """

    map: Projection
    time: str
    precision: str
    needs: Mapping[str, str]
    end: str = ""
    lists: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()

    def rows(self, source: Opened, spec: FileSpec) -> Iterator[Record]:
        """One record a row, and at the end a note on fields that nothing was made of."""
        known = {f for t in self.map.columns.values() for f in t.fields}
        left = Counter[str]()
        for raw in _raw(source, spec):
            if isinstance(raw, Record):
                yield raw
                continue
            left.update(k for k in raw if k not in known)
            yield self._record(raw)
        if left:
            told = ", ".join(f"{k} ({n})" for k, n in sorted(left.items()))
            yield Record(note=f"fields that nothing was made of: {told}")

    def _record(self, raw: Mapping[str, Any]) -> Record:
        try:
            return Record((Row(self.map.table, self._row(raw)),))
        except (UnfogError, ValueError, OverflowError, RecursionError) as why:
            excerpt = json.dumps(raw, ensure_ascii=False, default=str)[:2000]
            return Record(refused=Refused(str(why) or type(why).__name__, excerpt))

    def _row(self, raw: Mapping[str, Any]) -> dict[str, Any]:
        row = {column: self._value(column, raw) for column in self.map.columns}
        for column, missing in self.needs.items():
            if row[column] is None:
                raise ValueError(missing)
        moment = _moment(row[self.time], row[self.precision])
        row[self.time], row[self.precision] = _naive(moment.start), moment.precision.value
        if self.end:
            row[self.end] = _naive(moment.end)
        row["public_from"] = _naive(_moment(row["public_from"]).end) if row["public_from"] else _naive(moment.end)
        row["obtained_at"] = _naive(_moment(row["obtained_at"]).end) if row["obtained_at"] else None
        if row.get("platform"):
            row["platform"] = row["platform"].lower()
        return row

    def _value(self, column: str, raw: Mapping[str, Any]) -> Any:
        how = self.map.columns[column]
        told = next((raw[f] for f in how.fields if f in raw and not _empty(raw[f])), None)
        if told is None or isinstance(how, Time):
            return told
        if column in self.lists:
            return [str(e) for e in told] if isinstance(told, list) else _split(str(told))
        if column in self.documents:
            return told if isinstance(told, str) else json.dumps(told, ensure_ascii=False, sort_keys=True)
        if column in self.numbers:
            return float(str(told).replace(",", ""))
        if isinstance(told, (dict, list)):
            raise ValueError(f"{how.fields[0]} must be a text, found {type(told).__name__}")
        return str(told)


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
