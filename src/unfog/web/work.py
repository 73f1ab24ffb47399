"""The pages on which people add something: observations, ratings, reviews, and a run of the case with its progress."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from markupsafe import Markup

from unfog.case.notebook import KINDS, add_observation, add_rating, may_see, rating_file, values_of
from unfog.case.pipeline import run
from unfog.case.review import Opinion, add_review, reviews
from unfog.case.why import explain
from unfog.errors import UnfogError, UsageError
from unfog.model import Evidence
from unfog.report.data import plain_table
from unfog.report.kinds.answers import mark
from unfog.report.numbers import value
from unfog.report.page import finding as drawn
from unfog.report.shown import join, show, table
from unfog.web.desk import Desks
from unfog.web.pages import known, sql_of
from unfog.web.view import Ask, View, link

_FORM = Markup(
    '<form class="entry" method="post"><input type="hidden" name="form" value="{}">{}<p><button>{}</button></p></form>'
)
_FIELD = Markup('<p><label for="f-{0}">{1}</label><input id="f-{0}" name="{0}" value="{2}" maxlength="{3}"{4}>{5}</p>')
_AREA = Markup(
    '<p><label for="f-{0}">{1}</label><textarea id="f-{0}" name="{0}" maxlength="4000" required></textarea>{2}</p>'
)
_HINT = Markup('<span class="hint">{}</span>')


def _field(
    name: str, label: str, given: str = "", *, hint: str = "", required: bool = False, limit: int = 1000
) -> Markup:
    must = Markup(" required") if required else Markup("")
    return _FIELD.format(name, label, given, limit, must, _HINT.format(hint) if hint else "")


def _choice(name: str, label: str, options: tuple[str, ...]) -> Markup:
    each = join(Markup("<option>{}</option>").format(o) for o in options)
    return Markup('<p><label for="f-{0}">{1}</label><select id="f-{0}" name="{0}">{2}</select></p>').format(
        name, label, each
    )


def why(ask: Ask, desks: Desks) -> View:
    """Everything behind a finding, its rows, and what people have said of it; a form for one's own review."""
    f = known(ask, ask.path["finding"])
    told = explain(ask.desk.folder, f.id)
    rows = join(plain_table(found, f"Rows of {name}", limit=20) for name, found in told["rows"].items())
    made = [r for r in (reviews(desks.case) if desks.case else ()) if r.about == f.id]
    listed = table(
        ["on", "by", "opinion", "reason"],
        [[f"{r.at:%Y-%m-%d}", show(r.by), r.opinion.value, show(r.reason)] for r in made],
        caption="Reviews",
    )
    form = Markup("")
    if desks.case is not None:
        fields = _choice("opinion", "Your opinion", tuple(o.value for o in Opinion)) + _AREA.format(
            "reason", "Reason", ""
        )
        form = _FORM.format(
            ask.token, fields + _field("by", "Your name", ask.viewer, required=True, limit=100), "Store the review"
        )
    body = drawn(f) + rows + sql_of(f) + Markup("<h2>Reviews</h2>") + listed + form
    data = {**told, "reviews": [r.model_dump(mode="json") for r in made]}
    return View(f"Why: {f.id}", body, data)


def review(ask: Ask, desks: Desks, form: Mapping[str, str]) -> str:
    """Store a review; gives the address to go to."""
    f = known(ask, ask.path["finding"])
    add_review(_case(desks), f.id, form.get("opinion", ""), form.get("reason", ""), form.get("by", ""))
    return ask.url("why", f.id)


def evidence_list(ask: Ask, desks: Desks) -> View:
    """All items without any figure: whoever rates begins here and has seen nobody's opinion."""
    items = {**ask.desk.evidence(), **desks.argued()}
    rows, todo = [], []
    for e in sorted(items.values(), key=lambda e: e.id):
        mine = bool(ask.viewer) and any(r.by.casefold() == ask.viewer.casefold() for r in e.ratings)
        todo += [] if e.is_measured or mine else [e.id]
        state = "–" if e.is_measured else "rated by you" if mine else "not yet rated by you"
        basis = mark("measured" if e.is_measured else "argued")
        raters = str(len(e.ratings)) if not e.is_measured else "–"
        rows.append([link(ask.url("evidence", e.id), e.id), show(e.statement, 400), basis, raters, state])
    lead = Markup(
        "<p>No figure stands on this page. Open an item, rate it, and you see what the others gave it; "
        "the judgement shows all figures at once, so rate first.</p>"
    )
    head = ["item", "what was observed", "basis", "raters", "you"]
    tab = table(head, rows, caption="Items of evidence", numeric=(3,), limit=1000)
    return View("Evidence", lead + tab, {"items": sorted(items), "not_yet_rated": todo}, "evidence")


def evidence(ask: Ask, desks: Desks) -> View:
    """One item of evidence; the others' ratings are shown only to those who have rated it themselves."""
    item = _item(ask, desks)
    seen = may_see(item, ask.viewer)
    rows = [
        ["statement", show(item.statement)],
        ["kind", item.kind.value],
        ["basis", mark("measured" if item.is_measured else "argued")],
        ["speaks to", show(item.variable or item.contrast)],
        ["against", show(item.reference)],
        ["origin", show(item.origin or "not stated")],
        ["grade", show(str(item.grade))],
        ["public from", show(item.public_from)],
    ]
    rows += [["caveat", show(c)] for c in item.caveats] + [["source", show(" · ".join(s))] for s in item.sources]
    body = table(["", ""], rows, caption=f"Item {item.id}")
    if item.is_measured and item.measured_by is not None:
        body += Markup("<p>Measured by {}.</p>").format(show(item.measured_by.calibrator))
    elif seen and item.ratings:
        body += table(
            ["rater", "on", "log10 LR", "reason"],
            [
                [
                    show(r.by),
                    show(r.on),
                    show(", ".join(f"{k} {value(x, 'log10 LR')}" for k, x in r.log10_lr.items())),
                    show(r.reason),
                ]
                for r in item.ratings
            ],
            caption="Ratings",
        )
    elif item.ratings:
        body += Markup(
            '<p class="care">{} rated this item. You see the figures after you have stored your own.</p>'
        ).format("1 person has" if len(item.ratings) == 1 else f"{len(item.ratings)} persons have")
    body += _rating_form(ask, desks, item)
    shown = item.model_dump(mode="json")
    if not seen:
        shown |= {"ratings": f"{len(item.ratings)} hidden until you have rated", "likelihoods": []}
    return View(f"Evidence {item.id}", body, {"item": shown}, "evidence")


def _rating_form(ask: Ask, desks: Desks, item: Evidence) -> Markup:
    mine = any(r.by.casefold() == ask.viewer.casefold() for r in item.ratings) if ask.viewer else False
    values = values_of(item, desks.values())
    if item.is_measured or mine or desks.case is None or not values:
        return Markup("")
    ratios = join(_field(f"lr:{v}", f"{v}", "1", hint="", required=True, limit=20) for v in values)
    lead = Markup(
        "<p>How many times as probable is this observation under each answer as under <b>{}</b>? "
        "1 says nothing, 10 speaks for, 0.1 against.</p>"
    ).format(show(item.reference))
    group = Markup("<fieldset><legend>Likelihood ratios</legend>{}</fieldset>").format(ratios)
    fields = (
        lead
        + group
        + _AREA.format("reason", "Reason", "")
        + _field("by", "Your name", ask.viewer, required=True, limit=100)
    )
    return Markup("<h2>Rate this item</h2>") + _FORM.format(ask.token, fields, "Store the rating")


def _item(ask: Ask, desks: Desks) -> Evidence:
    found = {**ask.desk.evidence(), **desks.argued()}
    if ask.path["item"] not in found:
        raise UsageError(f"there is no evidence item {ask.path['item']!r}")
    return found[ask.path["item"]]


def rate(ask: Ask, desks: Desks, form: Mapping[str, str]) -> str:
    """Store a rating; gives the address to go to."""
    item = _item(ask, desks)
    lrs = {}
    for v in values_of(item, desks.values()):
        raw = form.get(f"lr:{v}", "").strip().replace(",", ".")
        try:
            lrs[v] = float(raw)
        except ValueError:
            raise UsageError(f"{v}: {raw!r} is not a number") from None
    folder, by = _case(desks), form.get("by", "")
    if not counted(desks, rating_file(by)):
        raise UsageError(
            f"case.toml does not read {rating_file(by)}, so this rating would not count; "
            'write ratings = ["ratings/*.toml"] under [[evidence]]'
        )
    add_rating(folder, item, by, lrs, form.get("reason", ""))
    return ask.url("evidence", item.id)


def counted(desks: Desks, name: str) -> bool:
    """Whether the case reads a file of ratings of that name."""
    file = desks.declared()
    return file is not None and any(fnmatch(name, p) for section in file.evidence for p in section.ratings)


def observation_form(ask: Ask, desks: Desks) -> View:
    """A form for what somebody saw."""
    if desks.case is None:
        return View("Add an observation", Markup("<p>Only results are at hand here, no case folder to write to.</p>"))
    fields = (
        _field(
            "when",
            "When",
            hint="2031, 2031-03, 2031-03-08 or 2031-03-08T09:00Z: as exact as you know it",
            required=True,
        )
        + _choice("kind", "Kind", KINDS)
        + _field("platform", "Platform or place")
        + _field("actor", "Who did it", hint="an account or office, never a private person's name")
        + _AREA.format("summary", "What happened, in your own words", "")
        + _field("url", "Address")
        + _field("source", "Source", hint="publisher, or empty for your own observation")
        + _field("by", "Your name", ask.viewer, required=True, limit=100)
    )
    return View("Add an observation", _FORM.format(ask.token, fields, "Store the observation"), {"kinds": list(KINDS)})


def observe(ask: Ask, desks: Desks, form: Mapping[str, str]) -> str:
    """Store an observation; gives the address to go to."""
    entry = add_observation(
        _case(desks),
        when=form.get("when", ""),
        summary=form.get("summary", ""),
        by=form.get("by", ""),
        platform=form.get("platform", ""),
        actor=form.get("actor", ""),
        kind=form.get("kind", ""),
        url=form.get("url", ""),
        source=form.get("source", ""),
    )
    return ask.url("progress", stored=entry["id"])


def _case(desks: Desks) -> Path:
    if desks.case is None:
        raise UsageError("only results are at hand here, no case folder to write to")
    return desks.case


class Runner:
    """Runs the case in a thread of its own, one run at a time, and remembers how far it is."""

    def __init__(self, case: Path | None, out: Path, data: Path | None = None) -> None:
        self.case, self.out, self.data = case, out, data
        self._lock = threading.Lock()
        self.state: dict[str, Any] = {"running": False, "what": "", "share": 0.0, "steps": [], "failed": ""}

    def start(self) -> None:
        """Begin a run; nothing happens if one is under way."""
        with self._lock:
            if self.state["running"] or self.case is None:
                return
            self.state = {"running": True, "what": "starting", "share": 0.0, "steps": [], "failed": ""}
        threading.Thread(target=self._work, name="unfog-run", daemon=True).start()

    def _tell(self, what: str, share: float) -> None:
        with self._lock:
            self.state |= {"what": what, "share": min(max(float(share), 0.0), 1.0)}
            if not self.state["steps"] or self.state["steps"][-1] != what:
                self.state["steps"] = [*self.state["steps"][-39:], what]

    def _work(self) -> None:
        failed = ""
        try:
            if self.case is not None:
                run(self.case, out=self.out, data=self.data, progress=self._tell)
        except UnfogError as why:
            failed = str(why)
        with self._lock:
            self.state |= {"running": False, "share": 1.0, "failed": failed, "what": "stopped" if failed else "done"}

    def told(self) -> dict[str, Any]:
        """How far the run is."""
        with self._lock:
            return dict(self.state)


def progress(ask: Ask, runner: Runner) -> View:
    """How far a run is; the page asks again every two seconds while one is under way."""
    told = runner.told()
    stored = ask.query.get("stored", "")
    parts = [Markup("<p>Stored as {}. It counts in the next run.</p>").format(show(stored, 20))] if stored else []
    if told["running"]:
        bar = '<p><label for="bar">{}</label></p><progress id="bar" max="1" value="{}"></progress>'
        parts.append(Markup(bar).format(show(told["what"], 200), f"{told['share']:.3f}"))  # noqa: S704 - our own text
    elif told["failed"]:
        parts.append(Markup('<p class="care">The run stopped: {}</p>').format(show(told["failed"])))
    elif told["what"] == "done":
        parts.append(Markup("<p>The run is done. {}</p>").format(link(ask.url(""), "See the result")))
    if told["steps"]:
        parts.append(
            Markup("<ol>{}</ol>").format(join(Markup("<li>{}</li>").format(show(s, 200)) for s in told["steps"]))
        )
    if not told["running"] and runner.case is not None:
        parts.append(_FORM.format(ask.token, Markup("<p>Only what has changed is computed again.</p>"), "Run the case"))
    return View("Progress", join(parts), told, refresh=2 if told["running"] else 0)


def start_run(ask: Ask, runner: Runner) -> str:
    """Begin a run; gives the address of its progress."""
    if runner.case is None:
        raise UsageError("only results are at hand here, no case to run")
    runner.start()
    return ask.url("progress")


Get = Callable[[Ask, Desks], View]
Post = Callable[[Ask, Desks, Mapping[str, str]], str]
FORMS: dict[str, tuple[Get, Post | None]] = {
    "/why/{finding}": (why, review),
    "/evidence": (evidence_list, None),
    "/evidence/{item}": (evidence, rate),
    "/observations/new": (observation_form, observe),
}
"""Address within a result -> (page, what happens when its form is sent)."""
