"""Web archives: WARC and WACZ. Pages become articles; everything else is told with its hash.

WARC is ISO 28500:2017. The reader is its own, in bounded memory: a record is read only up to the limit on documents.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import IO, Any, cast

from unfog.errors import FormatError, LimitError, UnfogError
from unfog.ingest.cells import check_box
from unfog.ingest.files import Opened
from unfog.ingest.limits import Limits
from unfog.ingest.plaintext import decoded
from unfog.ingest.reader import Projection, Reader, Record, Refused, Row, Time, take
from unfog.ingest.readers.article import html_values
from unfog.ingest.sample import Container, Sample, take_sample
from unfog.ingest.spec import FileSpec
from unfog.model import parse_moment

MAP = Projection(
    "articles",
    {
        "article_id": take("WARC-Record-ID", note="warc-<hash of the address and time of capture>"),
        "url": take("WARC-Target-URI"),
        "publisher": take("og:site_name", "host name"),
        "title": take("title"),
        "published": Time(("article:published_time", "datePublished")),
        "text": take("(body)", note="trafilatura's main text"),
        "sha256": take(
            "(payload)", note="SHA-256 of the page's bytes; WARC-Payload-Digest is checked where it is SHA-1"
        ),
        "public_from": Time(
            ("WARC-Date",), note="the capture proves that the page was public then; earlier only as it claims"
        ),
    },
)
_HEAD = 64 * 1024
_PAGES = ("text/html", "application/xhtml+xml", "text/plain")


def rows(source: Opened, spec: FileSpec) -> Iterator[Record]:
    """One record per response or resource."""
    others: dict[str, int] = {}
    container = take_sample(source, spec.limits).container
    for stream in _warcs(source, container, spec.limits):
        for headers, body, cut in _records(stream, spec.limits):
            kind = headers.get("warc-type", "")
            if "uf-broken" in headers:
                yield Record(refused=Refused(headers["uf-broken"]))
            elif kind not in ("response", "resource"):
                others[kind or "unnamed"] = others.get(kind or "unnamed", 0) + 1
            else:
                yield _page(headers, body, cut, spec)
    if others:
        told = ", ".join(f"{n} {k}" for k, n in sorted(others.items()))
        yield Record(note=f"WARC records that are no pages: {told}")


def _warcs(source: Opened, container: Container, limits: Limits) -> Iterator[IO[bytes]]:
    if container is not Container.WACZ:
        with source.path.open("rb") as raw:
            yield _plain(raw)
        return
    check_box(source, limits)
    with zipfile.ZipFile(source.path) as box:
        members = sorted(m for m in box.namelist() if re.search(r"\.warc(\.gz)?$", m, re.IGNORECASE))
        if not members:
            raise FormatError(f"{source.shown} is a WACZ without WARC files in it")
        for member in members:
            with box.open(member) as raw:
                yield _plain(raw)


def _plain(raw: IO[bytes]) -> IO[bytes]:
    start = raw.read(2)
    raw.seek(0)
    return cast(IO[bytes], gzip.GzipFile(fileobj=raw)) if start == b"\x1f\x8b" else raw


def _records(stream: IO[bytes], limits: Limits) -> Iterator[tuple[dict[str, str], bytes, bool]]:
    """Headers, the first bytes of the block, and whether it was cut off at the limit."""
    total = 0
    while True:
        try:
            line = stream.readline(_HEAD)
            while line in (b"\r\n", b"\n"):
                line = stream.readline(_HEAD)
            if not line:
                return
            if not line.startswith(b"WARC/"):
                yield {"uf-broken": "not a WARC record here; the rest of the file cannot be read"}, b"", False
                return
            headers = _headers(stream)
            length = int(headers.get("content-length", "-1"))
            if length < 0:
                raise ValueError("no Content-Length")
            body = stream.read(min(length, limits.document_bytes))
            left = length - len(body)
            while left > 0 and (skipped := len(stream.read(min(left, 1 << 20)))):
                left -= skipped
            if left > 0:
                yield {"uf-broken": "the file breaks off inside a record"}, b"", False
                return
        except (OSError, EOFError, zlib.error, ValueError, zipfile.BadZipFile) as why:
            yield {"uf-broken": f"damaged record ({why}); the rest of the file cannot be read"}, b"", False
            return
        total += length
        if total > limits.expanded_bytes:
            raise LimitError(
                f"the archive unpacks to more than {limits.expanded_bytes:,} bytes", limit="expanded_bytes"
            )
        yield headers, body, length > len(body)


def _headers(stream: IO[bytes]) -> dict[str, str]:
    found: dict[str, str] = {}
    size = 0
    while (line := stream.readline(_HEAD)) not in (b"\r\n", b"\n", b""):
        size += len(line)
        if size > _HEAD:
            raise ValueError("headers longer than 64 KiB")
        name, _, value = line.decode("utf-8", "replace").partition(":")
        found[name.strip().lower()] = value.strip()
    return found


def _page(headers: dict[str, str], block: bytes, cut: bool, spec: FileSpec) -> Record:
    url = headers.get("warc-target-uri", "").strip("<>")
    media, payload = _payload(headers, block, spec.limits)
    digest = hashlib.sha256(payload).hexdigest()
    told = f"{url} {media or 'unnamed media type'} {len(payload):,} bytes sha256:{digest}"
    if cut:
        return Record(refused=Refused("page longer than allowed [limit: document_bytes]", told))
    if media not in _PAGES:
        return Record(refused=Refused(f"no page: {media or 'media type not told'}", told))
    if (problem := _digest_problem(headers, payload)) is not None:
        return Record(refused=Refused(problem, told))
    try:
        captured = parse_moment(headers["warc-date"])
    except (KeyError, UnfogError, ValueError):
        return Record(refused=Refused("no readable WARC-Date", told))
    text = decoded(payload)
    values: dict[str, Any] = html_values(text) if media != "text/plain" else {"text": text, "moment": None}
    if not values["text"].strip():
        return Record(refused=Refused("the page has no readable text", told))
    if len(values["text"]) > spec.limits.text_chars:
        return Record(refused=Refused("more text than allowed [limit: text_chars]", told))
    moment = values.pop("moment")
    name = hashlib.sha256(f"{url} {headers['warc-date']}".encode()).hexdigest()[:16]
    values |= {"article_id": f"warc-{name}", "url": url or values.get("url"), "sha256": digest}
    values["public_from"] = _naive(captured.end)
    if moment is not None:
        values["published"], values["published_precision"] = _naive(moment.start), moment.precision.value
    return Record((Row("articles", values),))


def _naive(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)


def _payload(headers: dict[str, str], block: bytes, limits: Limits) -> tuple[str, bytes]:
    """Media type and body; the HTTP head is taken off and the body unpacked where it says gzip or deflate."""
    if headers.get("warc-type") == "resource":
        return headers.get("content-type", "").split(";")[0].strip().lower(), block
    head, _, body = block.partition(b"\r\n\r\n")
    http = {}
    for line in head.decode("latin-1").split("\r\n")[1:]:
        name, _, value = line.partition(":")
        http[name.strip().lower()] = value.strip()
    if "chunked" in http.get("transfer-encoding", "").lower():
        body = _dechunked(body)
    coding = http.get("content-encoding", "").lower()
    if coding in ("gzip", "x-gzip", "deflate"):
        body = _inflated(body, limits)
    return http.get("content-type", "").split(";")[0].strip().lower(), body


def _inflated(body: bytes, limits: Limits) -> bytes:
    for bits in (47, -15):
        try:
            return zlib.decompressobj(bits).decompress(body, limits.document_bytes)
        except zlib.error:
            continue
    return body


def _dechunked(body: bytes) -> bytes:
    out, stream = io.BytesIO(), io.BytesIO(body)
    while line := stream.readline(64):
        try:
            size = int(line.split(b";")[0].strip() or b"0", 16)
        except ValueError:
            return body
        if size <= 0:
            break
        out.write(stream.read(size))
        stream.readline(8)
    return out.getvalue()


def _digest_problem(headers: dict[str, str], payload: bytes) -> str | None:
    """A resource's digest covers exactly these bytes; a response's covers the coded body, which servers differ about."""
    told = headers.get("warc-payload-digest", "") or headers.get("warc-block-digest", "")
    if headers.get("warc-type") != "resource" or ":" not in told:
        return None
    import base64

    algorithm, _, value = told.partition(":")
    if algorithm.lower() == "sha256":
        raw = hashlib.sha256(payload)
    elif algorithm.lower() == "sha1":
        raw = hashlib.sha1(payload, usedforsecurity=False)
    else:
        return None
    same = value.strip().lower() in (
        raw.hexdigest(),
        base64.b32encode(raw.digest()).decode().lower().rstrip("="),
        base64.b32encode(raw.digest()).decode().lower(),
    )
    return None if same else f"the page does not match its own {algorithm} digest"


def _looks(sample: Sample) -> float:
    return 1.0 if sample.container in (Container.WARC, Container.WACZ) else 0.0


READERS = (
    Reader(
        name="web-archive",
        title="Web archive (WARC, WACZ)",
        version="1",
        looks=_looks,
        rows=rows,
        projections=(MAP,),
        platform="web",
        cannot_tell=(
            "whether the archive was made honestly: check its signature with the maker",
            "text drawn by scripts after loading",
        ),
        source="ISO 28500:2017; WACZ 1.1.1, specs.webrecorder.net/wacz",
    ),
)
