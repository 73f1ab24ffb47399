"""Mail: one message (EML) or many (MBOX). A message is a post on the platform "email"."""

from __future__ import annotations

import email
import email.policy
import email.utils
import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

from unfog.ingest.files import Opened, unpacked, whole
from unfog.ingest.plaintext import decoded
from unfog.ingest.reader import Projection, Reader, Record, Refused, Row, Time, take
from unfog.ingest.readers.article import html_values
from unfog.ingest.sample import Container, Sample, take_sample
from unfog.ingest.spec import FileSpec

MAP = Projection(
    "posts",
    {
        "post_id": take("Message-ID", note="without <>; a hash of the message where it has none"),
        "account_id": take("From", "Sender", note="the address in lower case, as claimed: anyone can write any From"),
        "happened_at": Time(
            ("Date",), note="the sender's own clock; -0000 means that the zone is not told, and is read as UTC"
        ),
        "title": take("Subject"),
        "text": take("(text/plain)", "(text/html)"),
        "reply_to": take("In-Reply-To"),
        "thread_id": take("References", note="the first"),
        "mentions": take("To", "Cc", note="addresses"),
        "media_hashes": take("(attachments)", note="SHA-256 of each"),
        "client": take("User-Agent", "X-Mailer"),
    },
)
_MAX_PARTS = 2000


def rows(source: Opened, spec: FileSpec) -> Iterator[Record]:
    """One record per message."""
    if take_sample(source, spec.limits).container is Container.MBOX:
        for raw in _messages(source, spec):
            yield raw if isinstance(raw, Record) else _record(raw, spec)
    else:
        yield _record(whole(source, spec.limits, "document_bytes"), spec)


def _messages(source: Opened, spec: FileSpec) -> Iterator[bytes | Record]:
    """Cut at ``From `` lines after a blank line (mboxrd: ``>From `` is unquoted)."""
    current: list[bytes] = []
    size, blank, rest = 0, True, b""
    for data in unpacked(source, spec.limits):
        lines = (rest + data).split(b"\n")
        rest = lines.pop()
        if len(rest) > spec.limits.document_bytes:
            rest = b""
            size = spec.limits.document_bytes + 1
        for line in lines:
            if blank and line.startswith(b"From ") and current:
                yield _joined(current, size, spec)
                current, size = [], 0
            size += len(line) + 1
            if size <= spec.limits.document_bytes:
                current.append(line)
            blank = line in (b"", b"\r")
    if rest:
        current.append(rest)
    if current:
        yield _joined(current, size, spec)


def _joined(lines: list[bytes], size: int, spec: FileSpec) -> bytes | Record:
    if size > spec.limits.document_bytes:
        return Record(refused=Refused("message longer than allowed [limit: document_bytes]", decoded(lines[0][:300])))
    if lines[0].startswith(b"From "):
        lines = lines[1:]
    return b"\n".join(x[1:] if x.startswith(b">From ") else x for x in lines)


def _record(raw: bytes, spec: FileSpec) -> Record:
    excerpt = decoded(raw[:600])
    try:
        message = email.message_from_bytes(raw, policy=email.policy.default)
        return _row(message, raw, spec, excerpt)
    except Exception as why:
        return Record(refused=Refused(f"mail that cannot be read: {type(why).__name__} {why}"[:300], excerpt))


def _row(message: EmailMessage, raw: bytes, spec: FileSpec, excerpt: str) -> Record:
    senders = _addresses(message, "From", "Sender")
    if not senders:
        return Record(refused=Refused("no address in From", excerpt))
    when, precision_note = _when(str(message.get("Date", "")))
    if when is None:
        return Record(refused=Refused("no readable Date", excerpt))
    text, hashes = _body(message, spec)
    name = str(message.get("Message-ID", "")).strip(" <>\t\r\n")
    references = str(message.get("References", "")).split()
    values: dict[str, Any] = {
        "platform": "email",
        "post_id": name or "sha256:" + hashlib.sha256(raw).hexdigest()[:32],
        "account_id": senders[0],
        "happened_at": when,
        "happened_precision": "second",
        "kind": "comment" if message.get("In-Reply-To") else "message",
        "title": str(message.get("Subject", "")).strip() or None,
        "text": text or None,
        "reply_to": str(message.get("In-Reply-To", "")).strip(" <>") or None,
        "thread_id": (references[0].strip("<>") if references else name) or None,
        "mentions": _addresses(message, "To", "Cc") or None,
        "media_hashes": hashes or None,
        "client": str(message.get("User-Agent", message.get("X-Mailer", ""))).strip() or None,
    }
    sender = email.utils.parseaddr(str(message.get("From", "")))[0].strip()
    account = {"platform": "email", "account_id": senders[0], "handle": senders[0], "name": sender or None}
    return Record((Row("posts", values), Row("accounts", account, primary=False)), note=precision_note)


def _addresses(message: EmailMessage, *names: str) -> list[str]:
    found = email.utils.getaddresses([str(v) for n in names for v in message.get_all(n, [])])
    return list(dict.fromkeys(a.strip().lower() for _, a in found if "@" in a))


def _when(told: str) -> tuple[datetime | None, str]:
    try:
        parsed = email.utils.parsedate_to_datetime(told)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None, ""
    note = ""
    if parsed.tzinfo is None:
        parsed, note = parsed.replace(tzinfo=UTC), "some messages do not tell their zone: read as UTC, assumed"
    try:
        return parsed.astimezone(UTC).replace(tzinfo=None), note
    except (OverflowError, ValueError):
        return None, ""


def _body(message: EmailMessage, spec: FileSpec) -> tuple[str, list[str]]:
    plain: list[str] = []
    pages: list[str] = []
    hashes: list[str] = []
    for at, part in enumerate(message.walk()):
        if at > _MAX_PARTS:
            break
        if part.is_multipart():
            continue
        payload = part.get_payload(decode=True)
        data = payload if isinstance(payload, bytes) else b""
        kind = part.get_content_type()
        if part.get_content_disposition() == "attachment" or not kind.startswith("text/"):
            hashes.append("sha256:" + hashlib.sha256(data).hexdigest())
        elif kind == "text/html":
            pages.append(_text_of(part, data))
        else:
            plain.append(_text_of(part, data))
    text = "\n".join(plain) if plain else "\n".join(html_values(p)["text"] for p in pages)
    return text.replace("\r\n", "\n").strip()[: spec.limits.text_chars], hashes


def _text_of(part: Any, data: bytes) -> str:
    charset = part.get_content_charset() or "utf-8"
    try:
        return data.decode(charset, "replace")
    except (LookupError, ValueError):
        return decoded(data)


def _looks(sample: Sample) -> float:
    return 0.95 if sample.container in (Container.MBOX, Container.EML) else 0.0


READERS = (
    Reader(
        name="mail",
        title="Mail (EML, MBOX)",
        version="1",
        looks=_looks,
        rows=rows,
        projections=(MAP,),
        platform="email",
        cannot_tell=(
            "who really sent it: check DKIM and the Received lines of the original",
            "Bcc recipients",
            "when it arrived",
        ),
        source="RFC 5322; RFC 4155",
    ),
)
