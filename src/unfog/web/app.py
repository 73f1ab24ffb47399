"""The web view of a case: pages and their JSON twins, forms, and the guard around them."""

from __future__ import annotations

import contextlib
import functools
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from jinja2 import Environment, StrictUndefined
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from unfog.errors import CaseError, UnfogError, UsageError
from unfog.report.page import spoken_date, stylesheet
from unfog.report.shown import show
from unfog.web.desk import Desks
from unfog.web.pages import PAGES, TABS
from unfog.web.security import MAX_BODY, Guard, check_form, form_token
from unfog.web.view import Ask, View
from unfog.web.work import FORMS, Runner, progress, start_run

NAME = "unfog-name"
"""Cookie that remembers the name under which somebody rates and reviews."""

Endpoint = Callable[[Request], Awaitable[Response]]


def create_app(out: Path, *, token: str, case: Path | None = None, data: Path | None = None) -> Starlette:
    """The application.

    Args:
        out: Folder that ``unfog run`` wrote to.
        token: Token that the first address must carry.
        case: Case folder, for forms and runs; None shows results only.
        data: Folder for files that do not lie beside the case.
    """
    desks, runner = Desks(out, case), Runner(case, out, data)
    site = _Site(desks, runner, token)
    routes = [Route("/", site.front), Route("/static/style.css", site.style)]
    for path, make in PAGES.items():
        routes += site.both(path, functools.partial(_plain, make))
    for path, (get, post) in FORMS.items():
        send = functools.partial(_sent, post, desks) if post is not None else None
        routes += site.both(path, functools.partial(_with, get, desks), send)
    routes += site.both("/progress", functools.partial(_with, progress, runner), functools.partial(_started, runner))
    return Starlette(
        lifespan=functools.partial(_open, desks),
        routes=routes,
        middleware=[Middleware(Guard, token=token)],
        exception_handlers={HTTPException: site.missing, UnfogError: site.refused},
    )


@contextlib.asynccontextmanager
async def _open(desks: Desks, _app: Starlette) -> AsyncIterator[None]:
    """Open the latest result before anybody asks, and close all at the end."""
    if labels := desks.labels():
        with contextlib.suppress(UnfogError):
            await run_in_threadpool(desks.at, labels[-1])
    yield
    desks.close()


def _plain(make: Callable[[Ask], View], ask: Ask) -> View:
    return make(ask)


def _with(make: Callable[[Ask, Any], View], what: Any, ask: Ask) -> View:
    return make(ask, what)


def _sent(post: Callable[[Ask, Desks, dict[str, str]], str], desks: Desks, ask: Ask, form: dict[str, str]) -> str:
    return post(ask, desks, form)


def _started(runner: Runner, ask: Ask, _form: dict[str, str]) -> str:
    return start_run(ask, runner)


class _Site:
    """Turns views into responses."""

    def __init__(self, desks: Desks, runner: Runner, token: str) -> None:
        self.desks, self.runner, self.token = desks, runner, token

    # -- addresses --------------------------------------------------------------------------------------------------

    def both(
        self, path: str, make: Callable[[Ask], View], send: Callable[[Ask, dict[str, str]], str] | None = None
    ) -> list[Route]:
        """A page and its twin. The twin of ``/x`` is ``/x.json``, that of the overview ``/overview.json``."""
        twin = "/overview.json" if path == "/" else f"{path}.json"
        methods = ["GET", "POST"] if send else ["GET"]
        page = self._endpoint(make, send, as_json=False)
        return [
            Route("/{label}" + twin, self._endpoint(make, None, as_json=True)),
            Route("/{label}" + path, page, methods=methods),
        ]

    def _endpoint(
        self, make: Callable[[Ask], View], send: Callable[[Ask, dict[str, str]], str] | None, *, as_json: bool
    ) -> Endpoint:
        async def endpoint(request: Request) -> Response:
            if request.method == "POST" and send is not None:
                async with request.form(max_files=0, max_fields=60, max_part_size=MAX_BODY) as raw:
                    form = {k: v for k, v in raw.items() if isinstance(v, str)}
                check_form(request, form.get("form", ""), self.token)
                ask = await run_in_threadpool(self._ask, request, form.get("by"))
                there = await run_in_threadpool(send, ask, form)
                response: Response = RedirectResponse(there, 303)
                if form.get("by"):
                    response.set_cookie(NAME, quote(form["by"][:100]), httponly=True, samesite="strict", path="/")
                return response
            ask = await run_in_threadpool(self._ask, request, None)
            view = await run_in_threadpool(make, ask)
            if as_json:
                text = json.dumps(view.data, ensure_ascii=False, indent=1, default=str)
                return Response(text + "\n", media_type="application/json")
            return self._html(request, view, ask)

        return endpoint

    def _ask(self, request: Request, by: str | None) -> Ask:
        label = request.path_params["label"]
        path = {k: unquote(v) for k, v in request.path_params.items() if k != "label"}
        viewer = by if by is not None else unquote(request.cookies.get(NAME, ""))
        desk = self.desks.at(label)
        return Ask(desk, label, path, dict(request.query_params), viewer.strip()[:100], form_token(self.token))

    # -- responses ---------------------------------------------------------------------------------------------------

    def _html(self, request: Request, view: View, ask: Ask | None) -> HTMLResponse:
        label = ask.label if ask else ""
        twin = ""
        if ask is not None:
            path = request.url.path.rstrip("/")
            twin = (f"/{label}/overview.json" if path == f"/{label}" else f"{path}.json") + (
                f"?{request.url.query}" if request.url.query else ""
            )
        html = _template().render(
            title=view.title,
            body=view.body,
            message=view.message,
            refresh=view.refresh,
            here=view.here,
            label=label,
            twin=twin,
            tabs=TABS,
            labels=self.desks.labels(),
            show=show,
            query=request.query_params.get("q", ""),
            spoken=spoken_date(label) if label else "",
            case_title=ask.desk.findings.title if ask else "",
        )
        return HTMLResponse(html, view.status)

    async def front(self, request: Request) -> Response:
        """The latest result; a word of help where there is none."""
        labels = await run_in_threadpool(self.desks.labels)
        if labels:
            return RedirectResponse(f"/{quote(labels[-1])}/", 303)
        raise CaseError("nothing has been run here yet; run `unfog run` first")

    async def style(self, _request: Request) -> Response:
        """The one style sheet."""
        own = (resources.files("unfog.web") / "web.css").read_text(encoding="utf-8")
        return Response(stylesheet() + own, media_type="text/css")

    async def missing(self, request: Request, why: Exception) -> Response:
        """A page that does not exist."""
        status = why.status_code if isinstance(why, HTTPException) else 404
        return self._told(request, "Not here", "There is no such page.", status)

    async def refused(self, request: Request, why: Exception) -> Response:
        """What was asked makes no sense; the message says what to do."""
        status = 404 if isinstance(why, CaseError) or str(why).startswith("there is no") else 400
        return self._told(
            request, "That cannot be done" if isinstance(why, UsageError) else "Not here", str(why), status
        )

    def _told(self, request: Request, title: str, message: str, status: int) -> Response:
        if request.url.path.endswith(".json"):
            return Response(json.dumps({"error": message}) + "\n", status, media_type="application/json")
        return self._html(request, View(title, show(""), message=message, status=status), None)


@functools.cache
def _template() -> Any:
    text = (resources.files("unfog.web") / "templates" / "page.html.j2").read_text(encoding="utf-8")
    return Environment(autoescape=True, undefined=StrictUndefined).from_string(text)
