"""The pages that show a result. Each takes an :class:`Ask` and gives a :class:`View`; none writes anything."""

from __future__ import annotations

from collections.abc import Callable

from markupsafe import Markup

from unfog.case.why import find_finding
from unfog.model import Finding
from unfog.report.kinds import judgement
from unfog.report.shown import join, lines, show, table
from unfog.web import groups, texts, told
from unfog.web.view import Ask, View, link, paged

TABS = (
    ("", "Overview"),
    ("spread", "Timeline and spread"),
    ("groups", "Groups"),
    ("sets", "Sets of accounts"),
    ("documents", "Documents"),
    ("statements", "Statements"),
    ("campaigns", "Campaigns"),
    ("evidence", "Evidence"),
    ("judgement", "Judgement"),
    ("provenance", "Provenance"),
)
"""Path and name of each tab."""


def overview(ask: Ask) -> View:
    """The answer, and where to go on."""
    doc = ask.desk.findings
    answers = judgement.in_order(
        [judgement.answer(f) for f in doc.findings if f.kind == "answer" and f.room == "judgement"]
    )
    cards = []
    for path, name in TABS[1:]:
        rooms = {"sets": "accounts", "groups": "coordination", "documents": "spread"}.get(path, path)
        first = next(
            (f.sentence for f in told.of_rooms(ask, [rooms])), "Nothing was found here, or nothing could be looked for."
        )
        cards.append(
            Markup('<li><a href="{}"><b>{}</b><span>{}</span></a></li>').format(ask.url(path), name, show(first, 200))
        )
    question = Markup('<p class="question">{}</p>').format(show(doc.question)) if doc.question else Markup("")
    add = Markup("<p>{} · {}</p>").format(
        link(ask.url("observations", "new"), "Add an observation"),
        link(ask.url("progress"), "Run the case and follow it"),
    )
    body = question + judgement.panel(answers) + Markup('<ul class="cards">{}</ul>').format(join(cards)) + add
    body += told.gaps(ask, {g.room for g in doc.gaps})
    data = {
        "case": doc.case,
        "title": doc.title,
        "as_of": doc.as_of,
        "answers": told.data([a.finding for a in answers]),
        "gaps": [g.model_dump(mode="json") for g in doc.gaps],
    }
    return View(doc.title, _answers_to_why(ask, body, [a.finding for a in answers]), data)


def _answers_to_why(ask: Ask, body: Markup, found: list[Finding]) -> Markup:
    """Links of the panel go to the finding's own page here."""
    text = str(body)
    for f in found:
        old = f'href="#{f.id.replace(".", "-")}"'
        text = text.replace(old, f'href="{ask.url("why", f.id)}"')
    return Markup(text)  # noqa: S704 - our own markup with our own addresses


def spread(ask: Ask) -> View:
    """Timeline and spread."""
    found = told.of_rooms(ask, ["spread"])
    sql = "SELECT observation_id, happened_at, happened_precision, platform, actor, kind, summary FROM observations"
    tab, data = paged(
        ask,
        sql,
        ["when", "platform", "actor", "kind", "what"],
        lambda r: [
            show(told.when(r)),
            show(r["platform"] or ""),
            show(r["actor"] or ""),
            show(r["kind"] or ""),
            show(r["summary"], 600),
        ],
        caption="Observations",
        order="happened_at, observation_id",
    )
    body = told.findings(ask, found) + Markup("<h2>Timeline</h2>") + tab + told.gaps(ask, ["spread"])
    return View("Timeline and spread", body, {"findings": told.data(found), "observations": data}, "spread")


def sets(ask: Ask) -> View:
    """Sets of accounts."""
    found = told.of_rooms(ask, ["accounts"])
    body = told.findings(ask, found) + told.gaps(ask, ["accounts"])
    return View("Sets of accounts", body, {"findings": told.data(found)}, "sets")


def campaigns(ask: Ask) -> View:
    """Known campaigns, trait by trait."""
    found = told.of_rooms(ask, ["campaigns"])
    body = told.findings(ask, found) + told.gaps(ask, ["campaigns"])
    return View("Have we seen this before?", body, {"findings": told.data(found)}, "campaigns")


def judged(ask: Ask) -> View:
    """The judgement."""
    found = told.of_rooms(ask, ["judgement"])
    care = Markup(
        '<p class="care">Here stand the figures of all raters. To rate an item yourself, do so first, on {}.</p>'
    )
    body = care.format(link(ask.url("evidence"), "on its own page")) + told.findings(ask, found)
    return View("Judgement", body + told.gaps(ask, ["judgement"]), {"findings": told.data(found)}, "judgement")


def provenance(ask: Ask) -> View:
    """Every file, what became of its rows, and every table with its hash."""
    sql = (
        "SELECT source_id, path, sha256, format, rows_read, rows_kept, rows_duplicate, rows_rejected, population "
        "FROM sources"
    )
    files, data = paged(
        ask,
        sql,
        ["file", "format", "read", "kept", "met before", "refused", "sample of", "SHA-256"],
        lambda r: [
            show(r["path"]),
            show(r["format"]),
            f"{r['rows_read']:,}",
            f"{r['rows_kept']:,}",
            f"{r['rows_duplicate']:,}",
            link(ask.url("rejects", str(r["source_id"])), f"{r['rows_rejected']:,}") if r["rows_rejected"] else "0",
            show(r["population"] or ""),
            Markup('<span class="hash">{}</span>').format(show(r["sha256"][:16])),
        ],
        caption="Files",
        order="path, source_id",
        numeric=(2, 3, 4, 5),
    )
    tables = table(
        ["table", "rows", "SHA-256"],
        [
            [show(t.name), f"{t.rows:,}", Markup('<span class="hash">{}</span>').format(show(t.sha256[:16]))]
            for t in ask.desk.findings.tables
        ],
        caption="Tables of this result",
        numeric=(1,),
    )
    return View(
        "Provenance",
        files + tables,
        {"files": data, "tables": [t.model_dump() for t in ask.desk.findings.tables]},
        "provenance",
    )


def rejects(ask: Ask) -> View:
    """Rows of a file that could not be used, each with its reason."""
    tab, data = paged(
        ask,
        'SELECT "row", reason, excerpt FROM rejects WHERE source_id = $s',
        ["row", "reason", "begins with"],
        lambda r: [f"{r['row']:,}", show(r["reason"]), show(r["excerpt"] or "", 200)],
        caption="Refused rows",
        order='"row"',
        numeric=(0,),
        s=ask.path["source"],
    )
    return View(f"Refused rows of {ask.path['source']}", tab, data, "provenance")


def sql_of(f: Finding) -> Markup:
    """The queries of a finding as they were run."""
    return join(Markup("<h2>Step {}</h2><pre>{}</pre>").format(show(s.name), lines(s.sql)) for s in f.steps)


def known(ask: Ask, name: str) -> Finding:
    """The finding of that id; UsageError if there is none."""
    return find_finding(ask.desk.findings, name)


PAGES: dict[str, Callable[[Ask], View]] = {
    "/": overview,
    "/spread": spread,
    "/groups": groups.groups,
    "/groups/{group}": groups.group,
    "/pair/{a}/{b}": groups.pair,
    "/sets": sets,
    "/documents": texts.documents,
    "/documents/{doc}": texts.document,
    "/appearance/{appearance}": texts.appearance,
    "/statements": texts.statements,
    "/articles/{article}": texts.article,
    "/campaigns": campaigns,
    "/judgement": judged,
    "/search": texts.search,
    "/provenance": provenance,
    "/rejects/{source}": rejects,
}
"""Address within a result -> page."""
