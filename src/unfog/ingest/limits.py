"""Limits against hostile input, each with a name that is printed when it bites and can be raised knowingly."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

MIB = 1 << 20


class Limits(BaseModel):
    """What one file may cost. All sizes are bytes.

    A limit on a *row* puts the row into ``rejects``; a limit on a *file* raises ``LimitError``. Both name the limit.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    file_bytes: int = Field(default=1 << 40, gt=0, description="Size of a file as it lies on disk")
    expanded_bytes: int = Field(default=1 << 40, gt=0, description="Size of a compressed file once unpacked")
    expansion_ratio: int = Field(
        default=200, gt=1, description="Unpacked size over packed size, beyond the first 64 MiB"
    )
    zstd_window_bytes: int = Field(default=1 << 31, gt=0, description="Memory that a zstd frame may ask for")
    archive_members: int = Field(default=100_000, gt=0, description="Files inside an archive")
    line_bytes: int = Field(default=16 * MIB, gt=0, description="One line of NDJSON or one element of a JSON array")
    json_document_bytes: int = Field(
        default=256 * MIB, gt=0, description="A JSON document that is not a list of records"
    )
    json_depth: int = Field(default=500, gt=1, description="Nesting of a JSON document that is read as a whole")
    cell_bytes: int = Field(default=8 * MIB, gt=0, description="One cell of a CSV or spreadsheet file")
    columns: int = Field(default=4096, gt=0, description="Columns of a CSV, Parquet or spreadsheet file")
    sheet_rows: int = Field(default=1_048_576, gt=0, description="Rows of a spreadsheet")
    document_bytes: int = Field(default=256 * MIB, gt=0, description="A document, article, mail or web page")
    text_chars: int = Field(default=50_000_000, gt=0, description="Text taken out of one document, in code points")
    pdf_pages: int = Field(default=10_000, gt=0, description="Pages of a PDF")
    xml_bytes: int = Field(default=256 * MIB, gt=0, description="Unpacked parts of a DOCX or XLSX file together")
    excerpt_chars: int = Field(default=200, gt=0, description="Characters of a rejected row that are kept")
