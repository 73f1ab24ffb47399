"""The guard at the door: token, host, origin, CSRF, size limits and headers. Nothing else in this room checks them.

The server listens on 127.0.0.1 for one person. The token keeps other programs and users of the machine out; the host
check keeps out pages that rebind a name of theirs to 127.0.0.1; SameSite, Origin and a token in each form keep out
cross-site requests (OWASP CSRF cheat sheet).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from unfog.errors import UsageError

COOKIE = "unfog"
MAX_BODY = 256 * 1024
LOCAL = frozenset({"127.0.0.1", "localhost", "[::1]", "testserver"})
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), camera=(), microphone=()",
    "Cache-Control": "no-store",
}


def new_token() -> str:
    """A token for one run of the server."""
    return secrets.token_urlsafe(32)


class TooLarge(Exception):
    """The body of a request is larger than it may be."""


class Guard:
    """ASGI middleware around the whole application.

    Args:
        app: The application.
        token: Token of this run.
    """

    def __init__(self, app: ASGIApp, token: str) -> None:
        self.app = app
        self.token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it here."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if refusal is not None:
            await refusal(scope, receive, self._with_headers(send))
            return
        if entry := self._entry(scope):
            await entry(scope, receive, self._with_headers(send))
            return
        try:
            await self.app(scope, self._bounded(receive), self._with_headers(send))
        except TooLarge:
            await PlainTextResponse("The form is too large.", 413)(scope, receive, self._with_headers(send))

    def _refusal(self, scope: Scope) -> PlainTextResponse | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        name = host if host.endswith("]") else host.rsplit(":", 1)[0] if ":" in host else host
        if name not in LOCAL:
            return PlainTextResponse("This server answers to 127.0.0.1 only.", 421)
        if scope["method"] not in ("GET", "HEAD"):
            origin = headers.get("origin", "")
            if scope["method"] != "POST" or (origin and origin != "null" and urlsplit(origin).netloc != host):
                return PlainTextResponse("This request comes from another place.", 403)
            if int(headers.get("content-length") or 0) > MAX_BODY:
                return PlainTextResponse("The form is too large.", 413)
        if self._known(headers) or self._given(scope):
            return None
        return PlainTextResponse("Open the address that `unfog serve` printed; it carries the token.", 403)

    def _entry(self, scope: Scope) -> RedirectResponse | None:
        """The first visit carries the token in the address: keep it in a cookie and drop it from the address."""
        if not self._given(scope):
            return None
        query = [(k, v) for k, v in parse_qsl(scope["query_string"].decode("latin-1")) if k != "token"]
        response = RedirectResponse(_safe_path(scope["path"]) + (f"?{urlencode(query)}" if query else ""), 303)
        response.set_cookie(COOKIE, self.token, httponly=True, samesite="strict", path="/")
        return response

    def _given(self, scope: Scope) -> bool:
        found = dict(parse_qsl(scope["query_string"].decode("latin-1"))).get("token", "")
        return bool(found) and hmac.compare_digest(found.encode(), self.token.encode())

    def _known(self, headers: Headers) -> bool:
        try:
            cookie = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
        except CookieError:
            return False
        return cookie is not None and hmac.compare_digest(cookie.value.encode(), self.token.encode())

    @staticmethod
    def _bounded(receive: Receive) -> Receive:
        seen = 0

        async def inner() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > MAX_BODY:
                raise TooLarge
            return message

        return inner

    @staticmethod
    def _with_headers(send: Send) -> Send:
        async def inner(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
            await send(message)

        return inner


def _safe_path(path: str) -> str:
    """A path on this server: never ``//host``, which a browser would take for another server."""
    return "/" + path.lstrip("/\\")


def form_token(token: str) -> str:
    """What each form carries: made from the token of this run, so no other site can know it."""
    return hmac.new(token.encode(), b"form", hashlib.sha256).hexdigest()


def check_form(request: Request, given: str, token: str) -> None:
    """Refuse a form that was not made here. Raises UsageError."""
    if not hmac.compare_digest(given.encode(), form_token(token).encode()):
        raise UsageError("the form is not from this page; reload it and send it again")
