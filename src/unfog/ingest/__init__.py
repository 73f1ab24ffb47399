"""Bytes to tables: one small reader per format, rejects with reasons, nothing lost, nothing let in."""

from unfog.ingest.detect import sniff
from unfog.ingest.forget import Forgotten, check_custody, forget_account, forget_case
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
    "Forgotten",
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
    "check_custody",
    "check_original",
    "forget_account",
    "forget_case",
    "ingest",
    "keep_original",
    "sniff",
]
