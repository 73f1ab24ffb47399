"""Addresses: finding them in text, one canonical form, registrable domain, and the id that a host gives to a thing.

Two addresses with the same canonical form lead to the same thing: scheme, ``www``, port, tracking parameters, mobile
and AMP variants, archive and redirect wrappers and the slug of a permalink do not count. Nothing is fetched: an address
behind a shortener stays unknown and :func:`is_shortener` says so. The public-suffix list is the one inside tldextract.

Sources: RFC 3986 section 6 (normalisation); courlan 1.4 (list of tracking parameters); Public Suffix List.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final, NamedTuple
from urllib.parse import parse_qs, quote, unquote, urlsplit, urlunsplit

import tldextract
from courlan import normalize_url

_SUFFIXES = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
_PRIVATE = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)

_SHORTENERS = (
    "bit.ly t.co goo.gl tinyurl.com ow.ly is.gd buff.ly dlvr.it ift.tt fb.me trib.al tr.im j.mp lnkd.in rebrand.ly "
    "cutt.ly shorturl.at clck.ru vk.cc u.to wp.me amzn.to nyti.ms wapo.st bbc.in reut.rs tiny.cc adf.ly bl.ink"
)
SHORTENERS: Final = frozenset(_SHORTENERS.split())
"""Hosts whose addresses say nothing about where they lead."""

_FILE_HOSTS = (
    "openload.co openload.cc oload.tv mega.nz mega.co.nz mediafire.com drive.google.com docs.google.com dropbox.com "
    "wetransfer.com we.tl 4shared.com scribd.com issuu.com anonfiles.com anonfile.com zippyshare.com uploaded.net "
    "rapidgator.net sendspace.com file.io gofile.io pixeldrain.com catbox.moe files.catbox.moe imgur.com i.imgur.com "
    "i.redd.it postimg.cc ibb.co pastebin.com ghostbin.com archive.org documentcloud.org onedrive.live.com "
    "1drv.ms yadi.sk disk.yandex.ru cloud.mail.ru dropmefiles.com userscloud.com"
)
FILE_HOSTS: Final = frozenset(_FILE_HOSTS.split())
"""Hosts where one address is one file: sharing it is sharing the thing."""

MAX_LENGTH: Final = 4096
_URL = re.compile(
    r"""(?:https?://|hxxps?://|www\.)[^\s<>"'\x00-\x1f\]\[{}|\\^`«»“”]+(?:\\_[^\s<>"'\x00-\x1f\]\[{}|\\^`«»“”]+)*""",
    re.I,
)
_HOST_VARIANT = re.compile(r"^(?:www\d?|m|mobile|amp|old|new|np|i\.amp|en-gb|web)\.(?=[^.]+\.[^.])", re.I)
_ARCHIVE = re.compile(r"^https?://web\.archive\.org/web/\d{4,14}(?:[a-z]{2}_)?/(?=https?:)", re.I)
_REDIRECT_PARAMETERS = ("url", "q", "u", "to", "target")
_REDIRECTORS = ("google.", "facebook.com", "vk.com", "youtube.com", "reddit.com", "instagram.com", "t.umblr.com")
_TRACKERS = re.compile(
    r"^(?:utm_\w+|fbclid|gclid|dclid|yclid|msclkid|igshid|igsh|mc_[ce]id|ref|ref_src|ref_url|source|cmpid|cmp|ito|ncid|"
    r"s_cid|smid|smtyp|ftag|_ga|spm|at_\w+|ns_\w+|feature|si|share|sh|context|_openstat|amp|outputtype|ocid|cid|sr_share)$",
    re.I,
)


class FoundUrl(NamedTuple):
    """An address as it stands in a text, with its span [start, end) in code points."""

    url: str
    start: int
    end: int


def find_urls(text: str) -> list[FoundUrl]:
    """Addresses in a text, markdown brackets and closing punctuation left off.

    >>> [u.url for u in find_urls("see [this](https://example.org/a_b) or www.example.com.")]
    ['https://example.org/a_b', 'www.example.com']
    """
    found = []
    for match in _URL.finditer(text):
        raw = match[0].replace("\\_", "_")
        trimmed = raw.rstrip(".,;:!?*_~…'\"")
        while trimmed.endswith(")") and trimmed.count(")") > trimmed.count("("):
            trimmed = trimmed[:-1].rstrip(".,;:!?*_~")
        if len(trimmed) > 7:
            found.append(FoundUrl(trimmed, match.start(), match.end() - (len(raw) - len(trimmed))))
    return found


def _unwrap(url: str) -> str:
    for _ in range(3):
        if match := _ARCHIVE.match(url):
            url = url[match.end() :]
            continue
        parts = urlsplit(url)
        host = parts.netloc.lower()
        if "cdn.ampproject.org" in host and (found := re.match(r"^/[cv]/(?:s/)?(.+)$", parts.path)):
            url = "https://" + found[1] + (f"?{parts.query}" if parts.query else "")
            continue
        leaves = parts.path.rstrip("/").endswith(("/url", "/l.php", "/away.php", "/redirect", "/out", "/r"))
        if leaves and any(r in host for r in _REDIRECTORS):
            values = parse_qs(parts.query)
            inner = next((values[p][0] for p in _REDIRECT_PARAMETERS if p in values), "")
            if inner.startswith(("http://", "https://")):
                url = inner
                continue
        break
    return url


def _permalink(host: str, path: str, query: dict[str, list[str]]) -> tuple[str, str] | None:
    """(host, path) of a thing whose id is known from the shape of its address; None for other addresses."""
    if host == "redd.it" and (m := re.match(r"^/(\w+)", path)):
        return "reddit.com", f"/comments/{m[1].lower()}"
    if host == "reddit.com" and (
        m := re.match(r"^(?:/(?:r|u|user)/[^/]+)?/comments/(\w+)(?:/[^/]*(?:/(\w+))?)?", path)
    ):
        return "reddit.com", f"/comments/{m[1].lower()}" + (f"/_/{m[2].lower()}" if m[2] else "")
    if host == "youtu.be" and len(path) > 1:
        return "youtube.com", "/watch/" + path[1:].split("/")[0]
    if host == "youtube.com" and (v := query.get("v")):
        return "youtube.com", "/watch/" + v[0]
    if host == "youtube.com" and (m := re.match(r"^/(?:embed|shorts|v|live)/([\w-]{6,})", path)):
        return "youtube.com", "/watch/" + m[1]
    if host in ("twitter.com", "x.com", "nitter.net") and (
        m := re.match(r"^/[^/]+(?:/web)?/status(?:es)?/(\d+)", path)
    ):
        return "twitter.com", f"/i/status/{m[1]}"
    if host in ("twitter.com", "x.com"):
        return "twitter.com", path.lower().rstrip("/")
    if host in ("t.me", "telegram.me", "telegram.dog"):
        return "t.me", re.sub(r"^/s/", "/", path).lower().rstrip("/")
    if host in ("drive.google.com", "docs.google.com"):
        if m := re.match(r"^/(?:file|document|spreadsheets|presentation)/d/([\w-]{10,})", path):
            return "drive.google.com", "/file/" + m[1]
        if path.startswith(("/open", "/uc")) and (i := query.get("id")):
            return "drive.google.com", "/file/" + i[0]
    if host in ("openload.co", "openload.cc", "oload.tv") and (m := re.match(r"^/(?:f|embed|stream)/([\w-]+)", path)):
        return "openload.co", "/f/" + m[1].split("~")[0]
    if host in ("imgur.com", "i.imgur.com") and (m := re.match(r"^/(?:a/|gallery/)?(\w{5,})", path)):
        return "imgur.com", "/" + m[1]
    if host == "mega.co.nz":
        return "mega.nz", path
    return None


@lru_cache(maxsize=262_144)
def canonical_url(url: str) -> str:
    """The one form of an address: ``host/path?query`` without scheme; empty where the text is no address.

    >>> canonical_url("https://www.reddit.com/r/x/comments/dkzlfc/some_slug/?utm_source=share")
    'reddit.com/comments/dkzlfc'
    >>> canonical_url("http://EXAMPLE.org:80/a%7Eb/?b=2&a=1&fbclid=zz#top")
    'example.org/a~b?a=1&b=2'
    """
    text = html.unescape(url.strip().strip("<>")).replace("\\_", "_").replace("\\", "")
    text = re.sub(r"^hxxp", "http", text, flags=re.I).replace("[.]", ".")
    if not text or len(text) > MAX_LENGTH or any(c.isspace() for c in text):
        return ""
    if not re.match(r"^[a-z][a-z0-9+.-]*:", text, re.I):
        text = "http://" + text.lstrip("/")
    if not text.lower().startswith(("http://", "https://")):
        return ""
    try:
        text = _unwrap(text)
        parts = urlsplit(text)
        host = (parts.hostname or "").rstrip(".")
        port = parts.port
    except ValueError:
        return ""
    if "." not in host and not host.startswith("["):
        return ""
    try:
        host = host.encode("idna").decode("ascii") if not host.isascii() else host
    except UnicodeError:
        return ""
    bare = _HOST_VARIANT.sub("", host.lower())
    path = re.sub(r"/{2,}", "/", parts.path)
    query = parse_qs(parts.query, keep_blank_values=True, max_num_fields=200) if parts.query.count("&") < 200 else {}
    if known := _permalink(bare, path, query):
        return known[0] + known[1]
    if bare == "mega.nz" and parts.fragment:
        return (
            "mega.nz/" + (path.strip("/") + "/" if path.strip("/") else "") + parts.fragment.lstrip("!").split("!")[0]
        )
    path = re.sub(r"/(?:amp|index\.(?:html?|php))?/?$", "", path)
    kept = sorted((k, v) for k, vs in query.items() if not _TRACKERS.match(k) for v in vs)
    wanted = "&".join(f"{quote(k, safe='')}={quote(v, safe='/:,')}" for k, v in kept)
    try:
        clean = normalize_url(urlunsplit(("http", bare, quote(unquote(path), safe="/~:@!$&'()*+,;="), wanted, "")))
    except ValueError:
        return ""
    rest = re.sub(r"^[^/?]*", "", str(clean).removeprefix("http://")).removesuffix("/")
    return bare + (f":{port}" if port and port not in (80, 443) else "") + rest


@lru_cache(maxsize=131_072)
def host_of(url: str) -> str:
    """Host of an address in its canonical form; empty where there is none."""
    return re.split(r"[/?:]", canonical_url(url), maxsplit=1)[0]


@lru_cache(maxsize=131_072)
def domain_of(url_or_host: str, *, private: bool = False) -> str:
    """Registrable domain of an address or host, empty where there is none.

    Args:
        url_or_host: ``https://news.bbc.co.uk/x`` or ``news.bbc.co.uk``.
        private: Treat suffixes under which anybody may register (``blogspot.com``, ``github.io``) as suffixes.

    >>> domain_of("https://news.bbc.co.uk/1/hi")
    'bbc.co.uk'
    """
    found = (_PRIVATE if private else _SUFFIXES)(host_of(url_or_host))
    return f"{found.domain}.{found.suffix}" if found.domain and found.suffix else ""


def is_shortener(url: str) -> bool:
    """Whether the address hides where it leads."""
    return host_of(url) in SHORTENERS


def is_file(url: str) -> bool:
    """Whether the address is one file on a file or image host, not the host's front page."""
    canonical = canonical_url(url)
    return canonical.split("/")[0] in FILE_HOSTS and "/" in canonical


def canonical_urls(text: str | None, given: Iterable[str] | None = None) -> list[str]:
    """Canonical addresses in a text and a list of links together, each once, in order of first occurrence."""
    raw = [*(given or ()), *(u.url for u in find_urls(text or ""))]
    return list(dict.fromkeys(c for u in raw if u and (c := canonical_url(u))))
