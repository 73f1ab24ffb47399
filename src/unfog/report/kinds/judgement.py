"""Judgement: answers, the table of evidence, probability through time, and what to collect next."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from markupsafe import Markup

from unfog.model import Finding
from unfog.report import charts
from unfog.report.data import Row, cell, folded, generic, pick, plain_table, real, rows
from unfog.report.kinds import answers
from unfog.report.kinds.answers import Answer, answer, in_order, mark, panel
from unfog.report.kinds.brief import brief
from unfog.report.numbers import percent
from unfog.report.shown import show, table
from unfog.text.yardstick import STANDARDS, yardstick

__all__ = ["KINDS", "Answer", "answer", "brief", "in_order", "mark", "panel"]


def _weights(r: Row, key: str) -> Markup:
    """The figures of one item, value by value, strongest first."""
    used = r.get(key)
    if not isinstance(used, Mapping) or not used:
        return Markup('<span class="nil">–</span>')
    found = sorted(((x, str(k)) for k, v in used.items() if (x := real(v)) is not None), key=lambda t: (-t[0], t[1]))
    lines = [Markup("{} {}").format(show(k), f"{x:+.2f}".replace("-", "\u2212")) for x, k in found[:3]]
    more = Markup(" …") if len(found) > 3 else Markup("")
    return Markup("<br>").join(lines) + more


def _basis(r: Row) -> str:
    return "bound" if r.get("is_bound") else str(r.get("basis") or "argued")


def _evidence(f: Finding) -> Markup:
    found = rows(f.data, "rows")
    if not found:
        return Markup("")
    weighed, left = [], []
    for r in found:
        head = [show(r.get("id")), Markup("{}{}").format(show(r.get("statement")), _source(r)), mark(_basis(r))]
        if r.get("left_out"):
            left.append([*head[:1], show(r.get("statement")), head[2], show(r.get("left_out"))])
        else:
            weighed.append(
                [*head, _weights(r, "used"), Markup("{}{}").format(show(r.get("variable") or "–"), _notes(r))]
            )
    heads = ["item", "what was observed", "basis", "log10 support", "speaks to"]
    out = table(heads, weighed, caption="Evidence that was weighed, item by item", classes="evidence")
    out += table(["item", "what was observed", "basis", "why it weighs nothing"], left, caption="Left out, and why")
    inner = plain_table(
        [{"group": g.get("id"), "items": g.get("items"), "kinds": g.get("kinds"),
          "cap": g.get("cap") if g.get("cap_bit") else None}
         for g in rows(f.data, "groups")], "Dependence groups: what shares an origin counts as one"
    )  # fmt: skip
    inner += plain_table(rows(f.data, "rater_gaps"), "Where raters disagree")
    inner += generic({k: f.data[k] for k in ("grade_table", "settings") if k in f.data}, "Settings of the judgement")
    return out + folded("Groups, raters and settings", inner)


def _source(r: Row) -> Markup:
    """Where an item comes from, in small print: origin, kind, grade and the day it was public."""
    told = [str(r.get("origin") or "origin not stated"), str(r.get("kind") or "")]
    told += [f"grade {r['grade']}"] if r.get("grade") else []
    told += [f"public {str(r['public_from'])[:10]}"] if r.get("public_from") else []
    return Markup('<span class="fnote">{}</span>').format(show(" · ".join(t for t in told if t), 300))


def _notes(r: Row) -> Markup:
    told = [str(n) for n in r.get("notes") or [] if isinstance(n, str)]
    if r.get("cap_bit") and r.get("cap"):
        told.append(f"cap: {r['cap']}")
    if r.get("is_bound"):
        told.append("a bound, not an estimate")
    return Markup('<span class="fnote">{}</span>').format(show("; ".join(told), 500)) if told else Markup("")


def _through_time(f: Finding) -> Markup:
    found = f.data.get("points")
    standard = str(f.data.get("standard") or "phia")
    if not isinstance(found, Mapping):
        return Markup("")
    points: list[dict[str, Any]] = []
    body: list[list[Any]] = []
    for name, series in found.items():
        for r in series:
            p, low, high = (float(r[k]) for k in ("percent", "low", "high"))
            low, high = min(low, p), max(high, p)
            day = str(r["date"])[:10]
            points.append({"as_of": day, "proposition": name, "value": p / 100, "low": low / 100, "high": high / 100})
            word = yardstick(standard).word_at(p).term if standard in STANDARDS else "–"
            span = f"{percent(low / 100)} to {percent(high / 100)}"
            body.append(
                [
                    day,
                    show(name),
                    show(word),
                    percent(p / 100),
                    span,
                    show(", ".join(map(str, r.get("new") or [])), 120),
                ]
            )
    if not points:
        return Markup("")
    marks = [m for m in rows(f.data, "statements") if pick(m, "date")]
    names, dates = len({p["proposition"] for p in points}), len({p["as_of"] for p in points})
    alt = (
        f"Lines: probability of {names} propositions on {dates} dates with 90 % intervals. "
        "The table has word and number of each."
    )
    says = f.data.get("says")
    if isinstance(says, Mapping):
        for point in points:
            point["proposition"] = f"{point['proposition']}  {says.get(point['proposition'], '')}".strip()
    picture = charts.through_time(points, [{"date": str(m["date"])[:10], "label": ""} for m in marks], alt=alt)
    lines = [
        [str(i), show(str(m["date"])[:10]), show(m.get("speaker") or "–"), show(m.get("said") or "", 300)]
        for i, m in enumerate(marks, 1)
    ]
    said = table(["no.", "date", "speaker", "said"], lines, caption="Public statements marked in the chart")
    head = ["as of", "proposition", "word", "probability", "90 % interval", "new evidence"]
    tab = table(head, body, caption="Probability through time", numeric=(3, 4), limit=400)
    return picture + said + folded("The same as a table", tab)


def _next_best(f: Finding) -> Markup:
    body = []
    for r in rows(f.data, "rows"):
        bits = r.get("bits")
        if not isinstance(bits, Mapping):
            return Markup("")
        each = sorted(((x, str(k)) for k, v in bits.items() if (x := real(v)) is not None), reverse=True)
        told = ", ".join(f"{k} {x:.2f}" for x, k in each[:6])
        body.append([show(r.get("statement") or r.get("id")), show(told), f"{each[0][0]:.2f}" if each else "–"])
    head = ["not yet collected", "bits expected, by proposition", "most"]
    return table(head, body, caption="What further evidence would be worth", numeric=(2,))


def _circular(f: Finding) -> Markup:
    body = [
        [show(r.get("origin")), cell(r.get("publishers")), cell(r.get("items")), cell(r.get("false_corroboration"))]
        for r in rows(f.data, "circles")
    ]
    head = ["one origin", "published by", "items that rest on it", "counted as agreement elsewhere"]
    return table(head, body, caption="Reports that seem to agree and rest on one origin")


KINDS: dict[str, Callable[[Finding], Markup]] = {
    "answer": answers.draw,
    "evidence-table": _evidence,
    "through-time": _through_time,
    "next-best": _next_best,
    "circular-reporting": _circular,
}
