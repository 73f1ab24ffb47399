"""The report: one self-contained offline page, a pure function of ``findings.json``."""

from __future__ import annotations

import base64
import functools
import hashlib
from collections.abc import Mapping
from datetime import date
from importlib import resources
from pathlib import Path

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from unfog.model import Figure, Finding, Findings
from unfog.report import kinds, numbers
from unfog.report.data import cell, folded, rows
from unfog.report.kinds import judgement
from unfog.report.palette import dark_rules
from unfog.report.sections import arranged, title_of
from unfog.report.shown import join, lines, show, slug, table, visible


def page(findings: Findings) -> str:
    """The report as one HTML text.

    Args:
        findings: The whole of ``findings.json``.

    Returns:
        HTML that needs no other file, loads nothing and runs no script. The same findings give the same bytes.
    """
    style = stylesheet()
    answers = judgement.in_order([judgement.answer(f) for f in findings.findings if _is_answer(f)])
    html = (
        _environment()
        .from_string(_part("templates/page.html.j2"))
        .render(
            doc=findings,
            day=spoken_date(findings.as_of),
            gaps=sorted(findings.gaps, key=lambda g: (g.room, g.id)),
            answers=answers,
            panel=judgement.panel,
            brief=judgement.brief,
            sections=arranged(tuple(_with_statements(f, findings) for f in findings.findings)),
            finding=functools.partial(finding, known=frozenset(f.id for f in findings.findings)),
            mark=judgement.mark,
            inputs=_inputs(findings),
            tables=_tables(findings),
            sha=sha256_of(findings),
            style=Markup(style),  # noqa: S704 - our own file
            style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
            show=show,
            slug=slug,
        )
    )
    return html.rstrip() + "\n"


def write(findings: Findings, out: Path) -> Path:
    """Write ``index.html`` into a folder (whole or not at all) and return its path."""
    out.mkdir(parents=True, exist_ok=True)
    path = out / "index.html"
    part = path.with_suffix(".part")
    part.write_text(page(findings), encoding="utf-8")
    part.replace(path)
    return path


def canonical(findings: Findings) -> bytes:
    """``findings.json`` in its one spelling, as the run writes it."""
    return (findings.model_dump_json(indent=1, by_alias=True) + "\n").encode()


def sha256_of(findings: Findings) -> str:
    """Hash of the canonical spelling."""
    return hashlib.sha256(canonical(findings)).hexdigest()


@functools.cache
def stylesheet() -> str:
    """The style sheet with the dark colours of the charts put in; the web view uses the same one."""
    dark = "@media screen and (prefers-color-scheme:dark){\n" + dark_rules("") + "\n}\n"
    return _part("style.css") + dark


def finding(f: Finding, known: frozenset[str] = frozenset()) -> Markup:
    """One finding: sentence, figures, drawing, caveats, and everything needed to check it.

    Args:
        f: The finding.
        known: Ids that stand on the same page; only these become links.
    """
    verdict = (
        Markup('<span class="verdict">{}</span>').format(show(f.verdict.value))
        if f.verdict.value != "descriptive"
        else ""
    )
    sentence = Markup('<p class="sentence">{}</p>').format(show(f.sentence, 2000))
    caveats = (
        Markup('<ul class="caveats">{}</ul>').format(
            join(Markup("<li>{}</li>").format(show(c, 1000)) for c in f.caveats)
        )
        if f.caveats
        else Markup("")
    )
    return Markup(
        '<article class="finding" id="{}" aria-labelledby="{}-h"><header><h3 id="{}-h">{}</h3>{}</header>'
        "{}{}{}{}{}</article>"
    ).format(
        slug(f.id),
        slug(f.id),
        slug(f.id),
        show(_heading(f)),
        verdict,
        sentence,
        _figures(f),
        kinds.body(f),
        caveats,
        _proof(f, known),
    )


def _heading(f: Finding) -> str:
    """What a finding tells, and of what: ``First seen · trade papers``; an answer by its proposition."""
    tail = " ".join(f.id.split(".")[2:]).replace("-", " ")
    if _is_answer(f):
        return judgement.answer(f).proposition
    return title_of(f) + (f" · {tail}" if tail else "")


FIGURES = 4
"""Figures that stand open under a sentence; the others stand behind a line to click."""


def _figures(f: Finding) -> Markup:
    def listed(found: tuple[Figure, ...]) -> Markup:
        return Markup('<dl class="figs">{}</dl>').format(join(_figure(f, g) for g in found)) if found else Markup("")

    n = len(f.figures)
    shown = n if n <= FIGURES + 1 else FIGURES if n <= 9 else 0
    few, more = f.figures[:shown], f.figures[shown:]
    return listed(few) + folded(f"{len(more)}{' further' if few else ''} figures", listed(more))


def _figure(f: Finding, g: Figure) -> Markup:
    span = numbers.interval(g.value, g.unit)
    ci = Markup('<span class="ci">90&nbsp;% interval {}</span>').format(show(span)) if span else ""
    note = Markup('<span class="fnote">{}</span>').format(show(g.note, 300)) if g.note else ""
    mark = judgement.mark(g.basis.value) if g.basis.value != "counted" else ""
    return Markup('<div id="{}--{}"><dt{}>{}</dt><dd><data value="{}">{}</data> {}{}{}</dd></div>').format(
        slug(f.id),
        slug(g.name),
        Markup(' class="vh"') if g.name == g.unit else Markup(""),
        show(g.name.replace("_", " ")),
        repr(g.value.value),
        show(numbers.value(g.value.value, g.unit)),
        mark,
        ci,
        note,
    )


def _proof(f: Finding, known: frozenset[str]) -> Markup:
    terms: list[tuple[str, Markup]] = [
        ("finding", Markup("<code>{}</code>").format(show(f.id))),
        ("method", show(f.method, 2000)),
    ]
    for name, text in (
        ("assumes", f.assumption),
        ("population", f.population),
        ("set chosen by", f.selected_by),
        ("public from", f.public_from),
    ):
        if text:
            terms.append((name, show(text, 2000)))
    for name, ids in (("computed from", f.derived_from), ("gave evidence", f.evidence)):
        if ids:
            terms.append((name, join((_link(i) if i in known else show(i) for i in ids), ", ")))
    if f.rows:
        terms.append(
            (
                "rows behind it",
                join(
                    (
                        Markup("{} in <code>{}</code>{}").format(f"{r.total:,}", show(r.table), _keys(r.keys))
                        for r in f.rows
                    ),
                    "; ",
                ),
            )
        )
    if f.inputs:
        terms.append(
            (
                "inputs",
                join(
                    (
                        Markup('{} <span class="hash">{}</span>').format(
                            show(i.path or i.source_id), show(i.sha256[:16])
                        )
                        for i in f.inputs[:40]
                    ),
                    ", ",
                ),
            )
        )
    listed = join(Markup("<div><dt>{}</dt><dd>{}</dd></div>").format(n, v) for n, v in terms)
    steps = join(
        Markup(
            '<p class="note">step <code>{}</code>{}</p><pre tabindex="0" aria-label="SQL of step {}">{}</pre>'
        ).format(show(s.name), f" · {s.rows:,} rows" if s.rows is not None else "", show(s.name), lines(s.sql))
        for s in f.steps
    )
    return Markup(
        '<details class="proof"><summary>Check this</summary><div><dl class="terms">{}</dl>{}</div></details>'
    ).format(listed, steps)


def _link(id_: str) -> Markup:
    return Markup('<a href="#{}">{}</a>').format(slug(id_), show(id_))


def _keys(keys: tuple[tuple[str, ...], ...]) -> Markup:
    if not keys:
        return Markup("")
    shown = join((cell(" / ".join(k)) for k in keys[:8]), "; ")
    return Markup(" (for example {})").format(shown) if len(keys) > 8 else Markup(" ({})").format(shown)


def _inputs(doc: Findings) -> Markup:
    listed = [
        [show(i.path or i.source_id), Markup('<span class="hash">{}</span>').format(show(i.sha256))] for i in doc.inputs
    ]
    return table(
        ["file", "SHA-256"], listed, caption=f"{len(listed)} files that this report was computed from", limit=300
    )


def _tables(doc: Findings) -> Markup:
    listed = [
        [show(t.name), f"{t.rows:,}", show(t.grain), Markup('<span class="hash">{}</span>').format(show(t.sha256))]
        for t in doc.tables
    ]
    return table(
        ["table", "rows", "one row is", "SHA-256"],
        listed,
        caption="Tables that stand beside this report",
        numeric=(1,),
        limit=300,
    )


MARKED = 14
"""Public statements that are marked on the curve through time."""


def _with_statements(f: Finding, doc: Findings) -> Finding:
    """The curve through time with the dated public words of certainty of the ledger marked on it."""
    if f.room != "judgement" or f.kind != "through-time" or "statements" in f.data:
        return f
    points = f.data.get("points")
    dates = [str(p["date"]) for ps in points.values() for p in ps] if isinstance(points, Mapping) else []
    told: dict[tuple[str, str], dict[str, str]] = {}
    for g in doc.findings:
        if g.room == "statements" and g.kind == "ledger" and dates:
            for r in rows(g.data, "marks") or rows(g.data, "rows"):
                day = str(r.get("date") or r.get("said_on") or "")
                word = _asserted(r.get("certainty"))
                if len(day) == 10 and min(dates) <= day <= doc.as_of[:10] and (word or r.get("date")):
                    speaker, content = str(r.get("speaker") or ""), f"“{r.get('content') or ''}”"
                    had = told.get((day, speaker))
                    said = f"{had['said']} {content}" if had else content
                    told[(day, speaker)] = {"date": day, "speaker": speaker, "said": said}
    marks = [told[k] for k in sorted(told)]
    marks = marks[-MARKED:]
    says = {a.proposition: a.says for a in (judgement.answer(g) for g in doc.findings if _is_answer(g))}
    return f.model_copy(update={"data": {**f.data, "statements": marks, "says": says}})


def _asserted(certainty: object) -> str:
    """The first word of probability or confidence that the speaker uses in earnest."""
    if isinstance(certainty, str):
        return certainty
    for term in certainty if isinstance(certainty, list | tuple) else ():
        if (
            isinstance(term, Mapping)
            and term.get("use") == "asserted"
            and term.get("class") in ("probability", "confidence")
        ):
            return str(term.get("term") or "")
    return ""


def _is_answer(f: Finding) -> bool:
    return f.room == "judgement" and f.kind == "answer"


def spoken_date(as_of: str) -> str:
    """``2019-12-02`` as 2 December 2019; anything else as it is."""
    try:
        d = date.fromisoformat(as_of[:10])
    except ValueError:
        return visible(as_of)
    day = f"{d.day} {d:%B} {d.year}"
    return day if len(as_of) == 10 or "T23:59:59" in as_of else f"{day} ({visible(as_of, 60)})"


@functools.cache
def _part(name: str) -> str:
    return (resources.files("unfog.report") / name).read_text(encoding="utf-8")


@functools.cache
def _environment() -> Environment:
    return Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=False, lstrip_blocks=False)
