"""Bytes to tables: one small reader per format, rejects with reasons, nothing lost, nothing let in."""

from unfog.ingest.detect import sniff
from unfog.ingest.limits import Limits
from unfog.ingest.originals import check_original, keep_original
from unfog.ingest.reader import Part, Projection, Reader, Record, Refused, Row, Take, Time
from unfog.ingest.readers import READERS
from unfog.ingest.run import WRITTEN, ingest
from unfog.ingest.spec import FileSpec, IngestResult, SourceReport

__all__ = [
    "READERS",
    "WRITTEN",
    "FileSpec",
    "IngestResult",
    "Limits",
    "Part",
    "Projection",
    "Reader",
    "Record",
    "Refused",
    "Row",
    "SourceReport",
    "Take",
    "Time",
    "check_original",
    "ingest",
    "keep_original",
    "sniff",
]
