"""Documents whose spread is traced: TXT, PDF (pypdfium2) and DOCX (python-docx)."""

from __future__ import annotations

import io
from collections.abc import Iterator

from unfog.errors import FormatError, LimitError
from unfog.ingest.cells import check_box, no_entities
from unfog.ingest.files import Opened, whole
from unfog.ingest.plaintext import decoded
from unfog.ingest.reader import Projection, Reader, Record, Row, take
from unfog.ingest.sample import Container, Sample, take_sample
from unfog.ingest.spec import FileSpec

MAP = Projection(
    "documents",
    {
        "doc_id": take("(file name)", note="the name of the file without its ending"),
        "title": take("title", note="of the file's own metadata"),
        "text": take("(text)", note="pages joined by a form feed"),
        "pages": take("(pages)", note="PDF only, and TXT with form feeds"),
    },
)
_FEW = 20


def rows(source: Opened, spec: FileSpec) -> Iterator[Record]:
    """One document per file."""
    container = take_sample(source, spec.limits).container
    data = whole(source, spec.limits, "document_bytes")
    notes: list[str] = []
    if container is Container.PDF:
        media, title, pages = "application/pdf", *_pdf(data, source, spec, notes)
    elif container is Container.DOCX:
        media, title, pages = (
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document", *_docx(data, source, spec)
        )  # fmt: skip
    else:
        text = decoded(data).replace("\r\n", "\n").replace("\r", "\n")
        media, title, pages = "text/plain", None, text.split("\f") if "\f" in text else [text]
    text = "\f".join(pages)
    if not text.strip():
        raise FormatError(f"{source.shown} holds no text")
    if len(text) > spec.limits.text_chars:
        raise LimitError(f"{source.shown} has {len(text):,} characters of text", limit="text_chars")
    values = {
        "doc_id": source.path.stem, "title": title, "media_type": media, "sha256": source.sha256, "text": text,
        "pages": pages if len(pages) > 1 or media == "application/pdf" else None,
    }  # fmt: skip
    yield Record((Row("documents", values),), note="; ".join(notes))


def _pdf(data: bytes, source: Opened, spec: FileSpec, notes: list[str]) -> tuple[str | None, list[str]]:
    import pypdfium2 as pdfium

    try:
        pdf = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as why:
        if "password" in str(why).lower():
            raise FormatError(f"{source.shown} is encrypted and needs a password; save a copy without one") from None
        raise FormatError(f"{source.shown} is a PDF that cannot be read ({why}); print it to a new PDF") from None
    try:
        count = len(pdf)
        if count > spec.limits.pdf_pages:
            raise LimitError(
                f"{source.shown} has {count:,} pages, allowed are {spec.limits.pdf_pages:,}", limit="pdf_pages"
            )
        pages: list[str] = []
        size = blank = 0
        for at in range(count):
            try:
                page = pdf[at]
                words = page.get_textpage()
                text = str(words.get_text_range(errors="replace"))
                words.close()
                page.close()
            except pdfium.PdfiumError:
                text = ""
            text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n").replace("\ufffe", "-")
            blank += not text.strip()
            size += len(text)
            if size > spec.limits.text_chars:
                raise LimitError(
                    f"{source.shown} has more than {spec.limits.text_chars:,} characters", limit="text_chars"
                )
            pages.append(text)
        if size - count < _FEW or blank == count:
            raise FormatError(
                f"{source.shown} has {count} pages and no text on them: they are images; run OCR over it "
                f"(for example: ocrmypdf in.pdf out.pdf) and read the result"
            )
        if blank:
            notes.append(f"{blank} of {count} pages have no text (images or blank): run OCR to read them")
        title = (pdf.get_metadata_dict().get("Title") or "").strip() or None
    finally:
        pdf.close()
    return title, pages


def _docx(data: bytes, source: Opened, spec: FileSpec) -> tuple[str | None, list[str]]:
    import docx

    check_box(source, spec.limits)
    try:
        no_entities(source)
        book = docx.Document(io.BytesIO(data))
        blocks: list[str] = []
        for block in book.iter_inner_content():
            if hasattr(block, "rows"):
                for row in block.rows:
                    blocks.append("\t".join(cell.text for cell in row.cells))
            else:
                blocks.append(block.text)
        title = (book.core_properties.title or "").strip() or None
    except FormatError:
        raise
    except Exception as why:
        raise FormatError(
            f"{source.shown} is a DOCX that cannot be read ({why}); save it again as DOCX or PDF"
        ) from None
    return title, ["\n".join(blocks)]


def _looks(sample: Sample) -> float:
    return 0.9 if sample.container in (Container.PDF, Container.DOCX) else 0.0


READERS = (
    Reader(
        name="document",
        title="Document (TXT, PDF, DOCX)",
        version="1",
        looks=_looks,
        rows=rows,
        projections=(MAP,),
        cannot_tell=("text in images, without OCR", "when the document was made: metadata can be set at will"),
        source="PDFium; ECMA-376",
    ),
)
