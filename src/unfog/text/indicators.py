"""Technical indicators in reports: finding them defanged or not, and making them harmless to show.

Kinds are STIX 2.1 observable names where there is one (``domain-name``, ``url``, ``ipv4-addr``, ``ipv6-addr``,
``email-addr``, ``file:md5`` ...), otherwise ``x-`` names: advertising and analytics ids, wallets, handles, channels.
A dotted word is a domain only if its ending is on the public-suffix list inside tldextract; file names are not.

Source: STIX 2.1 (OASIS, 2021) section 6; common defanging practice ``hxxp``, ``[.]``, ``[at]``.
"""

from __future__ import annotations

import ipaddress
import re
from typing import Final, NamedTuple

from unfog.text.urls import domain_of, find_urls


class Indicator(NamedTuple):
    """One indicator: kind, value in canonical (fanged) form, and span [start, end) in code points of the text."""

    kind: str
    value: str
    start: int
    end: int


_FANGS = (
    (re.compile(r"h(?:xx|XX|\*\*|tt)p(s?)(?:\[:\]|:)//", re.I), r"http\1://"),
    (re.compile(r"\[\.\]|\(\.\)|\{\.\}|\[dot\]|\(dot\)|\[punkt\]|\\\.", re.I), "."),
    (re.compile(r"\[@\]|\[at\]|\(at\)|\{at\}", re.I), "@"),
    (re.compile(r"\[:\]"), ":"),
    (re.compile(r"\[/\]"), "/"),
)


def refang(text: str) -> str:
    """Undo defanging: ``hxxps[:]//bad[.]example`` becomes ``https://bad.example``."""
    for pattern, into in _FANGS:
        text = pattern.sub(into, text)
    return text


def defang(text: str) -> str:
    """Make an address, host, IP or e-mail address harmless: nothing that shows it will turn it into a link.

    >>> defang("https://bad.example/a.b")
    'hxxps://bad[.]example/a.b'
    """
    text = re.sub(r"\bhttp(s?)://", r"hxxp\1://", text, flags=re.I)
    if match := re.match(r"^(hxxps?://)?([^/\s?#]+)(.*)$", text, re.S):
        head = match[2].replace(".", "[.]").replace("@", "[@]")
        return (match[1] or "") + head + match[3]
    return text


_LABEL: Final = r"[a-z0-9\u00a1-\uffff](?:[a-z0-9\u00a1-\uffff-]{0,61}[a-z0-9\u00a1-\uffff])?"
_EMAIL = re.compile(rf"(?<![\w.+-])[a-z0-9._%+-]{{1,64}}@(?:{_LABEL}\.){{1,6}}[a-z]{{2,24}}\b", re.I)
_DOMAIN = re.compile(
    rf"(?<![\w@./-])(?:{_LABEL}\.){{1,8}}(?:xn--[a-z0-9-]+|[a-z\u00a1-\uffff]{{2,24}})(?![\w@]|\.\w)", re.I
)
_IPV4 = re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.]*\d)")
_IPV6 = re.compile(r"(?<![\w:])(?:[0-9a-f]{1,4}:|:){2,7}(?:[0-9a-f]{1,4}|:)?(?![\w:])", re.I)
_HASH = re.compile(r"(?<![0-9a-z])(?:[0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{32})(?![0-9a-z])", re.I)
_OTHERS = (
    ("x-analytics-id", re.compile(r"\b(?:UA-\d{4,10}(?:-\d{1,4})?|G-[A-Z0-9]{8,12}|GTM-[A-Z0-9]{5,9})\b")),
    ("x-advertising-id", re.compile(r"\bca-pub-\d{16}\b")),
    ("x-wallet-eth", re.compile(r"\b0x[0-9a-fA-F]{40}\b")),
    ("x-wallet-btc", re.compile(r"\b(?:bc1[02-9ac-hj-np-z]{25,60}|[13][1-9A-HJ-NP-Za-km-z]{25,34})\b")),
    ("x-telegram", re.compile(r"(?<![\w.])(?:t\.me|telegram\.me)/(?:s/)?([A-Za-z]\w{4,31})")),
)
_ENDINGS = "exe dll php html htm asp aspx js css json xml txt pdf doc docx xls zip rar py sh md"
_FILE_ENDINGS = frozenset(_ENDINGS.split())
_HASH_KIND = {32: "file:md5", 40: "file:sha1", 64: "file:sha256"}


def _refanged_with_map(text: str) -> tuple[str, list[int]]:
    """Refanged text and, for each of its code points (and its end), the position in the original."""
    where = list(range(len(text) + 1))
    for pattern, into in _FANGS:
        out: list[str] = []
        positions: list[int] = []
        at = 0
        for match in pattern.finditer(text):
            new = match.expand(into)
            out.append(text[at : match.start()])
            positions.extend(where[at : match.start()])
            out.append(new)
            positions.extend([where[match.start()]] * len(new))
            at = match.end()
        out.append(text[at:])
        positions.extend(where[at:])
        text, where = "".join(out), positions
    return text, where


def find_indicators(text: str) -> list[Indicator]:
    """All indicators of a text, defanged or not, in order; a part of a longer one is not told again.

    >>> [(i.kind, i.value) for i in find_indicators("C2 at hxxp://bad[.]com/x and 10[.]1[.]2[.]3")]
    [('url', 'http://bad.com/x'), ('ipv4-addr', '10.1.2.3')]
    """
    plain, where = _refanged_with_map(text)
    found: list[tuple[int, int, str, str]] = [(u.start, u.end, "url", u.url) for u in find_urls(plain)]
    for kind, pattern in _OTHERS:
        found += [(m.start(), m.end(), kind, m[m.lastindex or 0]) for m in pattern.finditer(plain)]
    found += [(m.start(), m.end(), "email-addr", m[0].lower()) for m in _EMAIL.finditer(plain)]
    for match in _IPV4.finditer(plain):
        if all(int(part) < 256 for part in match[0].split(".")):
            found.append((match.start(), match.end(), "ipv4-addr", str(match[0])))
    for match in _IPV6.finditer(plain):
        try:
            found.append((match.start(), match.end(), "ipv6-addr", str(ipaddress.IPv6Address(match[0]))))
        except ValueError:
            continue
    for match in _HASH.finditer(plain):
        if not match[0].isdigit():
            found.append((match.start(), match.end(), _HASH_KIND[len(match[0])], match[0].lower()))
    for match in _DOMAIN.finditer(plain):
        name = match[0].lower()
        if match[0].rsplit(".", 1)[-1].istitle() and not match[0].istitle():
            continue  # "the end.Next sentence"
        if name.rsplit(".", 1)[-1] not in _FILE_ENDINGS and domain_of(name):
            found.append((match.start(), match.end(), "domain-name", name))
    kept: list[Indicator] = []
    end = -1
    for start, stop, kind, value in sorted(found, key=lambda f: (f[0], -f[1], f[2])):
        if start >= end:
            kept.append(Indicator(kind, value, where[start], where[stop]))
            end = stop
    return kept
