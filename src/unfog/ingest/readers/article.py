"""News articles and reports: TXT, or HTML from which trafilatura takes the body. Offsets are code points of the stored text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from unfog.errors import FormatError, UnfogError
from unfog.ingest.files import Opened, whole
from unfog.ingest.plaintext import decoded
from unfog.ingest.reader import Projection, Reader, Record, Row, Time, take
from unfog.ingest.sample import Container, Sample, take_sample
from unfog.ingest.spec import FileSpec
from unfog.model import Moment, Precision, parse_moment

MAP = Projection(
    "articles",
    {
        "article_id": take("(file name)", note="the name of the file without its ending"),
        "url": take("canonical", "og:url"),
        "publisher": take("og:site_name", "host name"),
        "title": take("og:title", "title", "h1"),
        "published": Time(
            ("article:published_time", "datePublished", "time[datetime]"),
            note="a clock time without zone keeps only its day",
        ),
        "text": take("(body)", note="trafilatura's main text, or the TXT file as it is with line ends as \\n"),
        "lang": take("html[lang]"),
    },
)
_HEADER = re.compile(r"^(title|url|publisher|published|date|lang)\s*:\s*(.+)$", re.IGNORECASE)
_NAMES = {"date": "published"}


def rows(source: Opened, spec: FileSpec) -> Iterator[Record]:
    """One article per file."""
    sample = take_sample(source, spec.limits)
    data = whole(source, spec.limits, "document_bytes")
    html = sample.container is Container.HTML
    values = html_values(decoded(data)) if html else _text(decoded(data))
    text = values["text"]
    if not text.strip():
        raise FormatError(f"{source.shown} holds no readable article text; save the page's text as TXT")
    if len(text) > spec.limits.text_chars:
        from unfog.errors import LimitError

        raise LimitError(f"{source.shown} has {len(text):,} characters of text", limit="text_chars")
    values["article_id"] = source.path.stem
    values["sha256"] = source.sha256
    moment = values.pop("moment")
    if moment is not None:
        values["published"] = moment.start.astimezone(UTC).replace(tzinfo=None)
        values["published_precision"] = moment.precision.value
        values["public_from"] = moment.end.astimezone(UTC).replace(tzinfo=None)
    note = "" if moment is not None else "no publication date was found; declare public_from"
    yield Record((Row("articles", values),), note=note)


def _text(raw: str) -> dict[str, Any]:
    """A TXT file; it may start with lines such as ``Title: ...`` and ``Published: 2019-12-02``, ended by a blank line."""
    text = raw.replace("\r\n", "\n").replace("\r", "\n")
    found: dict[str, Any] = {}
    lines = text.split("\n")
    for at, line in enumerate(lines[:12]):
        match = _HEADER.match(line)
        if match:
            key = match[1].lower()
            found[_NAMES.get(key, key)] = match[2].strip()
        elif not line.strip() and found:
            text = "\n".join(lines[at + 1 :]).lstrip("\n")
            break
        else:
            found = {}
            break
    moment = _moment(found.pop("published", None))
    return {**found, "text": text, "moment": moment}


def html_values(raw: str) -> dict[str, Any]:
    """Main text and metadata of a page; an empty text where it has none. Nothing is fetched and nothing is run."""
    import trafilatura
    from trafilatura.settings import use_config

    config = use_config()
    config.set("DEFAULT", "EXTRACTION_TIMEOUT", "0")
    try:
        found = trafilatura.bare_extraction(
            raw, include_comments=False, include_tables=True, with_metadata=True, config=config
        )
    except Exception:
        found = None
    about: dict[str, Any] = found.as_dict() if found is not None else {}
    text = str(about.get("text") or about.get("raw_text") or "")
    told = _meta(raw) or about.get("date")
    return {
        "text": text,
        "title": about.get("title"),
        "url": about.get("url"),
        "publisher": about.get("sitename") or about.get("hostname"),
        "lang": about.get("language") or _lang(raw),
        "moment": _moment(told),
    }


_META = re.compile(
    r"<meta\b[^>]{0,400}?(?:article:published_time|datePublished|og:published_time|\"date\"|parsely-pub-date)[^>]{0,400}?>",
    re.IGNORECASE,
)
_CONTENT = re.compile(r"content\s*=\s*[\"']([^\"']{4,40})[\"']", re.IGNORECASE)
_LD = re.compile(r"\"datePublished\"\s*:\s*\"([^\"]{4,40})\"")
_LANG = re.compile(r"<html\b[^>]{0,400}?\blang\s*=\s*[\"']?([A-Za-z-]{2,12})", re.IGNORECASE)


def _meta(raw: str) -> str | None:
    top = raw[:2_000_000]
    for tag in _META.finditer(top):
        if content := _CONTENT.search(tag[0]):
            return content[1]
    match = _LD.search(top)
    return match[1] if match else None


def _lang(raw: str) -> str | None:
    match = _LANG.search(raw[:20_000])
    return match[1].lower() if match else None


def _moment(told: object) -> Moment | None:
    if not told:
        return None
    text = str(told).strip()
    try:
        return parse_moment(text)
    except (UnfogError, ValueError, OverflowError):
        pass
    if match := re.match(r"(\d{4}-\d{2}-\d{2})", text):
        try:
            return parse_moment(match[1], Precision.DAY)
        except UnfogError:
            return None
    for spelling in ("%d %B %Y", "%B %d, %Y", "%d %b %Y", "%b %d, %Y"):
        try:
            day = datetime.strptime(text, spelling)
        except ValueError:
            continue
        return Moment(day.replace(tzinfo=UTC), Precision.DAY)
    return None


def _looks(sample: Sample) -> float:
    if sample.container is Container.HTML:
        return 0.6
    return 0.5 if sample.container is Container.TEXT and sample.ending in ("txt", "md", "text", "") else 0.0


READERS = (
    Reader(
        name="article",
        title="Article or report (TXT, HTML)",
        version="1",
        looks=_looks,
        rows=rows,
        projections=(MAP,),
        platform="web",
        cannot_tell=(
            "what the page said before or after it was saved",
            "the hour of publication where the page gives a clock without zone",
        ),
        source="Barbaresi 2021, Trafilatura, doi:10.18653/v1/2021.acl-demo.15",
    ),
)
