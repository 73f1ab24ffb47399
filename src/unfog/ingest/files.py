"""Opening a file safely: where it really lies, what its bytes are, and unpacking within limits."""

from __future__ import annotations

import bz2
import codecs
import gzip
import hashlib
import io
import lzma
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

import zstandard

from unfog.errors import DataError, FormatError, LimitError, SourceMissing, UsageError
from unfog.ingest.limits import MIB, Limits

CHUNK = 8 * MIB
_FREE = 64 * MIB
_MAGIC = ((b"\x1f\x8b", "gzip"), (b"\x28\xb5\x2f\xfd", "zstd"), (b"BZh", "bzip2"), (b"\xfd7zXZ\x00", "xz"))
_BROKEN = (
    OSError, EOFError, zlib.error, lzma.LZMAError, zstandard.ZstdError, zipfile.BadZipFile, NotImplementedError,
    RuntimeError,
)  # fmt: skip
"""What unpacking may raise; ``zipfile`` tells of a password with a RuntimeError."""
LOOK = 256 * 1024
"""First bytes of a file that its format and coding are told by."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A file that was found, checked and hashed. ``member`` is the one data file inside a ZIP."""

    path: Path
    shown: str
    sha256: str
    size: int
    packing: str
    member: str | None = None

    @property
    def stem(self) -> str:
        """File name without its endings, kept to letters, digits, ``_`` and ``-``."""
        name = self.path.name.split(".")[0] or self.path.name
        kept = "".join(c if c.isascii() and (c.isalnum() or c in "_-") else "_" for c in name)
        return kept[:40] or "file"

    @property
    def source_id(self) -> str:
        """Short name of the source: stem and first 10 characters of the hash."""
        return f"{self.stem}-{self.sha256[:10]}"


def locate(path: Path, root: Path) -> tuple[Path, str]:
    """Find a file and make sure it is where it claims to be.

    A relative path, and a path below ``root``, must really lie below ``root``. Anywhere else the caller vouches for
    the path, but a link may not lead out of the folder that it lies in.

    Returns:
        The real path, and the path to show (relative to ``root`` where it lies below it).

    Raises:
        UsageError: the path has a NUL character.
        SourceMissing: there is no such file.
        DataError: it is not a regular file, or a link or ``..`` leads out of the case.
    """
    if "\x00" in str(path):
        raise UsageError(f"{str(path)!r} is not a path")
    root = root.resolve()
    asked = path if path.is_absolute() else root / path
    try:
        real = asked.resolve()
        inside = asked.is_relative_to(root) or not path.is_absolute()
        limit = root if inside else asked.parent.resolve()
        if not real.is_relative_to(limit):
            raise DataError(
                f"{path} leads out of {limit} to {real}; copy the file into the case, or name its real path"
            )
        if not real.exists():
            raise SourceMissing(f"{path} was asked for and is not there (looked at {real}); check the path")
        if not real.is_file():
            raise DataError(f"{path} is not a regular file; name a file, or a pattern that gives files")
    except (OSError, RuntimeError) as why:
        if isinstance(why, SourceMissing):
            raise
        raise DataError(f"cannot look at {path}: {why}") from None
    return real, real.relative_to(root).as_posix() if real.is_relative_to(root) else asked.name


def open_source(path: Path, root: Path, limits: Limits) -> Opened:
    """Locate, measure and hash a file (SHA-256 of its bytes as they lie on disk)."""
    real, shown = locate(path, root)
    try:
        size = real.stat().st_size
        if size > limits.file_bytes:
            raise LimitError(f"{shown} has {size:,} bytes, allowed are {limits.file_bytes:,}", limit="file_bytes")
        digest = hashlib.sha256()
        with real.open("rb") as handle:
            head = handle.read(8)
            digest.update(head)
            while chunk := handle.read(CHUNK):
                digest.update(chunk)
    except OSError as why:
        raise DataError(f"cannot read {shown}: {why.strerror or why}; check the permissions") from None
    packing = packing_of(head)
    member = None
    if packing == "none" and head.startswith(b"PK\x03\x04"):
        packing, member = _zip_packing(real, shown, limits)
    return Opened(real, shown, digest.hexdigest(), size, packing, member)


def _zip_packing(path: Path, shown: str, limits: Limits) -> tuple[str, str | None]:
    """A ZIP is an Office file, a WACZ, or one packed data file; only the last is unpacked here."""
    try:
        with zipfile.ZipFile(path) as box:
            members = [m for m in box.infolist() if not m.is_dir() and not m.filename.startswith("__MACOSX/")]
    except _BROKEN as why:
        raise FormatError(f"{shown} starts like a ZIP file but cannot be read: {why}") from None
    if len(members) > limits.archive_members:
        raise LimitError(
            f"{shown} holds {len(members):,} files, allowed are {limits.archive_members:,}", limit="archive_members"
        )
    names = {m.filename for m in members}
    if names & {"[Content_Types].xml", "datapackage.json"}:
        return "none", None
    if len(members) != 1:
        few = ", ".join(sorted(names)[:5])
        raise FormatError(f"{shown} holds {len(members)} files ({few} ...); unpack it and name the files to read")
    return "zip", members[0].filename


def _packed(source: Opened, limits: Limits) -> BinaryIO:
    match source.packing:
        case "gzip":
            return cast(BinaryIO, gzip.open(source.path, "rb"))
        case "bzip2":
            return cast(BinaryIO, bz2.open(source.path, "rb"))
        case "xz":
            return cast(BinaryIO, lzma.open(source.path, "rb"))
        case "zstd":
            unpack = zstandard.ZstdDecompressor(max_window_size=limits.zstd_window_bytes)
            raw = source.path.open("rb")
            return cast(BinaryIO, unpack.stream_reader(raw, read_across_frames=True, closefd=True))
        case "zip":
            return cast(BinaryIO, zipfile.ZipFile(source.path).open(source.member or ""))
        case _:
            return source.path.open("rb")


def unpacked(source: Opened, limits: Limits, chunk: int = CHUNK) -> Iterator[bytes]:
    """The bytes of a file, unpacked where it is packed, in chunks.

    Raises:
        LimitError: unpacking gives more than the limits allow (a decompression bomb).
        FormatError: the packing is damaged; everything before the damage has been given.
    """
    total = 0
    try:
        with _packed(source, limits) as stream:
            while data := stream.read(chunk):
                total += len(data)
                if source.packing != "none":
                    guard_expansion(source, limits, total)
                yield data
    except _BROKEN as why:
        raise FormatError(
            f"{source.shown} cannot be unpacked ({source.packing}) beyond byte {total:,}: {why}; get the file again"
        ) from None


def guard_expansion(source: Opened, limits: Limits, total: int) -> None:
    """Refuse what unpacks to more than allowed, in bytes or beside its packed size."""
    if total > limits.expanded_bytes:
        raise LimitError(f"{source.shown} unpacks to more than {limits.expanded_bytes:,} bytes", limit="expanded_bytes")
    if total > _FREE and total > limits.expansion_ratio * max(source.size, 1):
        raise LimitError(
            f"{source.shown} unpacks to more than {limits.expansion_ratio} times its size", limit="expansion_ratio"
        )


def packing_of(data: bytes) -> str:
    """How bytes are packed, by their first ones; "none" where they are not."""
    return next((name for magic, name in _MAGIC if data.startswith(magic)), "none")


def head(source: Opened, limits: Limits, size: int = LOOK) -> bytes:
    """The first unpacked bytes; damage further on is not looked at."""
    parts = io.BytesIO()
    try:
        for data in unpacked(source, limits, chunk=size):
            parts.write(data)
            if parts.tell() >= size:
                break
    except FormatError:
        if not parts.tell():
            raise
    return parts.getvalue()[:size]


def whole(source: Opened, limits: Limits, limit: str) -> bytes:
    """All unpacked bytes, where the named limit allows it."""
    most = int(getattr(limits, limit))
    parts = io.BytesIO()
    for data in unpacked(source, limits):
        parts.write(data)
        if parts.tell() > most:
            raise LimitError(f"{source.shown} has more than {most:,} bytes", limit=limit)
    return parts.getvalue()


class Mender:
    """Makes any bytes valid UTF-8 without NUL, chunk by chunk, and counts what it replaced.

    The first 256 KiB decide whether the bytes are UTF-16 or UTF-32 (by their mark, or by where their NULs stand), and
    whether lines end with carriage returns alone, which become line feeds.
    """

    def __init__(self) -> None:
        self.replaced = 0
        self.nul = 0
        self._rest = b""
        self._first = True
        self._coding = ""
        self._decode: Callable[[bytes, bool], str] | None = None
        self._returns = False

    def mend(self, data: bytes, *, last: bool = False) -> bytes:
        """The same bytes where they are sound; otherwise U+FFFD stands where something could not be read."""
        data = self._rest + data
        self._rest = b""
        if self._first:
            if len(data) < LOOK and not last:
                self._rest = data
                return b""
            data = self._begin(data, last)
        if self._decode is not None:
            data = self._decode(data, last).encode("utf-8", "replace")
        if not last:
            cut = _sound_end(data)
            data, self._rest = data[:cut], data[cut:]
        try:
            data.decode("utf-8")
        except UnicodeDecodeError:
            text = data.decode("utf-8", "replace")
            self.replaced += text.count("\ufffd") - data.count(b"\xef\xbf\xbd")
            data = text.encode("utf-8")
        if b"\x00" in data:
            self.nul += data.count(b"\x00")
            data = data.replace(b"\x00", b"\xef\xbf\xbd")
        return data.replace(b"\r", b"\n") if self._returns else data

    def _begin(self, data: bytes, last: bool) -> bytes:
        self._first = False
        top = data[:LOOK]
        self._coding = _wide(top)
        if self._coding:
            self._decode = codecs.getincrementaldecoder(self._coding)("replace").decode
            top = top.decode(self._coding, "replace").encode("utf-8", "replace")
        if len(data) > len(top) or not last:
            top = top[:-1]  # its line feed may be the next byte
        self._returns = b"\r" in top and b"\n" not in top
        return data.removeprefix(b"\xef\xbb\xbf")

    def notes(self) -> list[str]:
        """What was replaced, in words."""
        said = []
        if self.replaced:
            said.append(f"{self.replaced:,} byte sequences were not UTF-8 and stand as U+FFFD")
        if self.nul:
            said.append(f"{self.nul:,} NUL characters stand as U+FFFD")
        if self._coding:
            told = "" if self._coding in ("utf-16", "utf-32") else ", told by its NULs: it has no mark"
            said.append(f"the file is {self._coding[:6].upper()}{told}")
        if self._returns:
            said.append("lines end with carriage returns alone, which are read as line ends")
        return said


def _wide(top: bytes) -> str:
    """Name of the coding of bytes in UTF-16 or UTF-32, "" for all others. Without a mark, NULs in at least 40 % of the
    even (odd) places and almost none in the others tell: a text that is mostly ASCII."""
    if top.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        return "utf-32"
    if top.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    even, odd = top[0::2], top[1::2]
    shares = even.count(0) / max(len(even), 1), odd.count(0) / max(len(odd), 1)
    if len(top) >= 8 and max(shares) > 0.4 and min(shares) < 0.02:
        return "utf-16-be" if shares[0] > shares[1] else "utf-16-le"
    return ""


def _sound_end(data: bytes) -> int:
    """Index up to which the last character is whole."""
    for back in range(1, min(4, len(data)) + 1):
        byte = data[-back]
        if byte < 0x80:
            return len(data)
        if byte >= 0xC0:
            need = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return len(data) - back if need > back else len(data)
    return len(data)
