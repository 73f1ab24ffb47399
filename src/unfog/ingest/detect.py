"""Which reader reads this file: by what is in it, never by its name alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from unfog.errors import FormatError, UsageError, did_you_mean
from unfog.ingest.files import Opened
from unfog.ingest.mapping import mapped_reader, proposal_text, propose
from unfog.ingest.reader import Reader
from unfog.ingest.readers import READERS
from unfog.ingest.sample import Sample
from unfog.ingest.spec import FileSpec

_SURE = 0.5
_GENERIC = ("table", "csv", "parquet", "jsonl", "json")
"""Names under which a map is used; they all mean the same, since the container is detected."""


def sniff(sample: Sample) -> list[tuple[float, str]]:
    """Readers that recognise a sample, the surest first."""
    found = [(r.looks(sample), name) for name, r in READERS.items()]
    return sorted(((s, n) for s, n in found if s > 0), key=lambda t: (-t[0], t[1]))


def choose(source: Opened, sample: Sample, spec: FileSpec, told: Mapping[str, Any] | None) -> Reader:
    """The reader for a file; its notes tell of a file that is empty, and of columns that occur twice.

    Raises:
        UsageError: the named format does not exist.
        FormatError: no format fits; the message lists the columns and proposes a map.
    """
    reader = _chosen(source, sample, spec, told)
    seen = Counter(c.strip().lower() for c in sample.columns if c.strip()) if sample.is_table else Counter[str]()
    said = [f"the column {c!r} occurs {n} times: the first is read" for c, n in seen.items() if n > 1]
    said += ["the file is empty"] if not sample.head.strip() else []
    return replace(reader, note=lambda s: (*reader.note(s), *said)) if said else reader


def _chosen(source: Opened, sample: Sample, spec: FileSpec, told: Mapping[str, Any] | None) -> Reader:
    if told is not None:
        if spec.format not in (None, *_GENERIC):
            raise UsageError(
                f'{source.shown}: format {spec.format!r} has its own layout; leave out the map, or use format "table"'
            )
        if not (sample.is_table or sample.is_json):
            raise FormatError(
                f"{source.shown} is {sample.container}, not a table; a map needs CSV, Parquet, XLSX or JSON records"
            )
        return mapped_reader(told, sample, spec)
    if spec.format in _GENERIC:
        return _unmapped(source, sample, spec)
    if spec.format is not None:
        if spec.format not in READERS:
            names = sorted([*READERS, *_GENERIC])
            raise UsageError(
                f"unknown format {spec.format!r}{did_you_mean(spec.format, names)}; known are {', '.join(names)}"
            )
        return READERS[spec.format]
    found = sniff(sample)
    if found and found[0][0] >= _SURE:
        return READERS[found[0][1]]
    if sample.is_table or sample.is_json:
        return _unmapped(source, sample, spec)
    raise FormatError(
        f'{source.shown} is in no format that unfog knows ({sample.container}); name one with format = "..."'
    )


def _unmapped(source: Opened, sample: Sample, spec: FileSpec) -> Reader:
    """A table in no known layout is read without a map only where every column that it needs has our own name."""
    ours = {c: c for c in sample.columns if c in ("post_id", "account_id", "happened_at")}
    if len(ours) == 3:
        return mapped_reader({"columns": {t: c for t, c in propose(sample).items() if t == c}}, sample, spec)
    if not sample.columns:
        raise FormatError(
            f"{source.shown} has no rows that could be read as a table; check the file, or name its format"
        )
    raise FormatError(
        f"{source.shown} has the columns {', '.join(sample.columns[:60])}, which is no layout that unfog knows. "
        f"Save this as map.toml, correct it, and give it with --map:\n{proposal_text(sample)}"
    )
