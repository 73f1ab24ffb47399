"""What to read, and what came of it."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, field_validator

from unfog.errors import UsageError
from unfog.ingest.limits import Limits
from unfog.model import parse_moment

Time = datetime | date | str | None


class FileSpec(BaseModel):
    """One file to read, and what the case declares about it.

    Attributes:
        path: File; relative to ``root`` of :func:`unfog.ingest.ingest`, or absolute.
        format: Name of a reader (see docs/reference/formats.md); None detects it by content.
        map: For tables in no known layout: target column -> source column, or a TOML or JSON file with that.
        platform: Platform of all rows, where the format does not say it.
        population: What the file is a sample of.
        public_from: When anyone could have these rows; default each post's own time. A coarse date ends its period.
        obtained_at: When this case got the file; default unknown, and then nothing is known by clock "obtained".
        zone: IANA zone of clock times that carry none; default what the format documents, else UTC, noted as assumed.
        label: What every account of this file is said to be, e.g. "banned as part of a campaign"; with ``label_by``.
        label_by: Who says so.
        optional: The file may be missing; the source list then simply lacks it.
        limits: Limits that differ from the defaults, by name.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    path: Path
    format: str | None = None
    map: dict[str, Any] | Path | None = None
    platform: str | None = None
    population: str | None = None
    public_from: Time = None
    obtained_at: Time = None
    zone: str | None = None
    label: str | None = None
    label_by: str | None = None
    optional: bool = False
    limits: Limits = Limits()

    @field_validator("public_from", "obtained_at")
    @classmethod
    def _is_a_time(cls, value: Time) -> Time:
        if value is not None:
            try:
                parse_moment(value)
            except UsageError as why:
                raise ValueError(str(why)) from None
        return value

    @property
    def public_moment(self) -> datetime | None:
        """End of the period of ``public_from``, UTC."""
        return None if self.public_from is None else parse_moment(self.public_from).end

    @property
    def obtained_moment(self) -> datetime | None:
        """End of the period of ``obtained_at``, UTC."""
        return None if self.obtained_at is None else parse_moment(self.obtained_at).end

    def fingerprint(self, mapping: object) -> str:
        """Hash of everything in this declaration that changes what is read out of the same bytes."""
        told = {
            "format": self.format,
            "map": mapping,
            "platform": self.platform,
            "public_from": str(self.public_moment),
            "obtained_at": str(self.obtained_moment),
            "zone": self.zone,
            "label": [self.label, self.label_by],
            "limits": self.limits.model_dump(),
        }
        return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()


class SourceReport(BaseModel):
    """One line of the table ``sources``, for people."""

    model_config = ConfigDict(frozen=True)

    source_id: str
    path: str
    sha256: str
    bytes: int
    format: str
    reader_version: str
    rows_read: int
    rows_kept: int
    rows_duplicate: int
    rows_rejected: int
    population: str | None = None
    notes: str = ""


class IngestResult(BaseModel):
    """What :func:`unfog.ingest.ingest` did.

    Attributes:
        sources: One report per file, in the order of the table ``sources``.
        missing: Optional files that were not there.
        rows: Rows of each written table.
        files: Path of each written table.
        read_anew: Files that were read in this run; the others came from parts that an earlier run had finished.
    """

    model_config = ConfigDict(frozen=True)

    sources: tuple[SourceReport, ...]
    missing: tuple[str, ...] = ()
    rows: dict[str, int]
    files: dict[str, Path]
    read_anew: int = 0

    @property
    def rows_rejected(self) -> int:
        """Rows refused in all files."""
        return sum(s.rows_rejected for s in self.sources)
