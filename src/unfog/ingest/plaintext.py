"""Bytes of a text or web page to text: the encoding that is marked, else UTF-8, else Windows-1252."""

from __future__ import annotations

import re

_DECLARED = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,30})", re.IGNORECASE)
_SAFE = {
    "utf-8",
    "utf8",
    "iso-8859-1",
    "latin-1",
    "windows-1252",
    "windows-1251",
    "koi8-r",
    "iso-8859-2",
    "iso-8859-15",
    "windows-1250",
    "shift_jis",
    "euc-jp",
    "gb2312",
    "gbk",
    "gb18030",
    "big5",
    "euc-kr",
    "utf-16",
}


def decoded(data: bytes) -> str:
    """Text of a file; never raises, and holds neither NUL nor lone surrogates."""
    for mark, name in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return _whole(data.decode(name, "replace"))
    try:
        return _whole(data.decode("utf-8"))
    except UnicodeDecodeError:
        pass
    match = _DECLARED.search(data[:4096])
    name = match[1].decode("ascii").lower() if match else "windows-1252"
    if name not in _SAFE or name.startswith("utf"):
        name = "windows-1252" if not match else "utf-8"
    return _whole(data.decode(name, "replace"))


def _whole(text: str) -> str:
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")
