"""Answers: how probable, in which word, and apart from that how much weight the reasoning bears.

A percentage never stands without its word nor a word without its percentage, and likelihood and confidence never share
a sentence (ICD 203, Analytic Standards, 2015): they are drawn as two separate statements.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from unfog.model import Finding
from unfog.report import charts
from unfog.report.data import Row, folded, generic, pick, plain_table, real, reals, rows
from unfog.report.numbers import number, percent, times, value
from unfog.report.scale import scale, scale_key
from unfog.report.shown import join, show, slug, table


@dataclass(frozen=True, slots=True)
class Answer:
    """What the report needs of one proposition's judgement.

    Attributes:
        finding: The finding it comes from.
        proposition: Its id, such as ``P2``.
        says: The proposition itself, a sentence.
        word: The yardstick's word (two where the interval spans bands); empty where there is no probability.
        status: ``answered``, ``ratios``, ``cannot tell`` or ``not assessable``.
        standard: The yardstick.
        share: Central probability, 0 to 1; None where there is none.
        low: Lower end of the 90 % interval.
        high: Upper end.
        sure: The sentence of confidence.
        confidence: All that the confidence comes from.
    """

    finding: Finding
    proposition: str
    says: str
    word: str
    status: str
    standard: str
    share: float | None
    low: float | None
    high: float | None
    sure: str = ""
    confidence: Mapping[str, Any] = field(default_factory=dict)

    @property
    def level(self) -> str:
        """low, moderate or high; empty where none was computed."""
        return str(self.confidence.get("level") or "")


def answer(f: Finding) -> Answer:
    """Read the answer out of a ``judgement.answer`` finding."""
    d = f.data
    central = real(d.get("percent"))
    span = reals(d.get("interval") or [])
    words = d.get("words") or d.get("wording")
    word = str(pick(words, "phrase", "word", default="")) if isinstance(words, Mapping) else str(d.get("word") or "")
    confidence = d.get("confidence")
    if central is None or not word:
        central, span, word = None, [], ""
    return Answer(
        finding=f,
        proposition=str(pick(d, "proposition", default=f.id.rsplit(".", 1)[-1].upper())),
        says=str(pick(d, "says", default=f.sentence)),
        word=word,
        status=str(pick(d, "status", default="answered" if central is not None else "not assessable")),
        standard=str(d.get("standard") or ""),
        share=None if central is None else _share(central),
        low=_share(span[0]) if len(span) == 2 else None,
        high=_share(span[1]) if len(span) == 2 else None,
        sure=str(d.get("confidence_sentence") or ""),
        confidence=confidence if isinstance(confidence, Mapping) else {},
    )


def _share(in_percent: float) -> float:
    return min(max(in_percent / 100, 0.0), 1.0)


def in_order(answers: Sequence[Answer]) -> list[Answer]:
    """P2 before P10."""
    return sorted(answers, key=lambda a: [int(p) if p.isdigit() else p for p in re.split(r"(\d+)", a.proposition)])


def panel(answers: Sequence[Answer]) -> Markup:
    """The panel at the top of the report: each proposition with its likelihood, and beneath, apart, its confidence."""
    told = in_order(answers)
    items = [
        Markup(
            '<li class="answer"><p class="says"><a class="ref" href="#{}">{}</a> {}</p>'
            '<div class="reading"><p class="likelihood"><span class="key">Likelihood</span> {}</p>{}</div>{}</li>'
        ).format(slug(a.finding.id), show(a.proposition), show(a.says), _likelihood(a), _bar(a), _level(a))
        for a in told
    ]
    standard = next((a.standard for a in told if a.share is not None), "")
    key = Markup('<div class="scalekey">{}</div>').format(scale_key(standard)) if standard else Markup("")
    return Markup('{}<ol class="answers">{}</ol>').format(key, join(items)) if items else Markup("")


def _likelihood(a: Answer) -> Markup:
    if a.share is None:
        told = Markup('<span class="word none">{}</span>').format(show(a.status))
        ratio = next((g for g in a.finding.figures if g.name == "log10_lr"), None)
        if a.status == "ratios" and ratio is not None:
            return Markup('{} <span class="span">likelihood ratio {}</span>').format(told, times(ratio.value.value))
        return told
    span = Markup("")
    if a.low is not None and a.high is not None:
        span = Markup(' <span class="span">90&nbsp;% interval {} to {}</span>').format(percent(a.low), percent(a.high))
    return Markup('<span class="word">{}</span> <span class="percent">{}</span>{}').format(
        show(a.word), percent(a.share), span
    )


def _bar(a: Answer) -> Markup:
    return scale(a.share, a.low, a.high, a.standard) if a.share is not None else Markup("")


def _level(a: Answer) -> Markup:
    if not a.level:
        return Markup("")
    return Markup(
        '<p class="confidence"><span class="key">Confidence</span> <span class="level level-{}">{}</span></p>'
    ).format(slug(a.level), show(a.level))


# -- the whole of one answer


def draw(f: Finding) -> Markup:
    """Everything behind one answer: its drivers and what would turn it; the rest behind lines to click."""
    a, d = answer(f), f.data
    reason = d.get("reason")
    moved = _part("One input at a time", _tornado(rows(d, "tornado"), a))
    moved += _part("Without one group of evidence", _removals(rows(d, "removals")))
    return (
        (Markup("<p>Why: {}.</p>").format(show(reason)) if reason else Markup(""))
        + _part("What drives it", _drivers(rows(d, "drivers")))
        + _part("What would turn it", _flips(rows(d, "flips")))
        + folded("If you began with another belief", _curve(a))
        + folded("How far each input moves it", moved)
        + folded("How much weight the reasoning bears", _confidence(a))
        + _settings(d)
    )


def _part(title: str, inner: Markup) -> Markup:
    if not inner:
        return Markup("")
    return Markup('<section class="part"><h4>{}</h4>{}</section>').format(title, inner)


def _curve(a: Answer) -> Markup:
    d = a.finding.data
    points = [p for p in (reals(p) for p in d.get("prior_curve") or []) if len(p) == 4]
    if not points:
        return Markup("")
    prior = d.get("prior")
    own = reals([prior.get("low"), prior.get("high")]) if isinstance(prior, Mapping) else []
    alt = (
        f"Curve: probability of {a.proposition} after the evidence, for every prior, with its 90 % band. "
        "The shaded strip is the case's own prior."
    )
    steps = points[:: max(1, len(points) // 9)]
    body = [[percent(p[0]), percent(p[2]), f"{percent(p[1])} to {percent(p[3])}"] for p in steps]
    tab = table(["before", "after", "90 % interval"], body, caption="The same for chosen priors", numeric=(0, 1, 2))
    begins = [
        [show(r.get("word")), percent(_share(real(r.get("prior_needed")) or 0.0))]
        for r in rows(d, "word_begins")
        if real(r.get("prior_needed")) is not None
    ]
    words = table(
        ["word", "due from a prior of"], begins, caption="The prior from which each word is due", numeric=(1,)
    )
    return charts.prior_curve(points, own, alt=alt) + folded("The curve as a table", tab + words)


def _drivers(found: list[Row]) -> Markup:
    bars: list[dict[str, Any]] = []
    body = []
    for r in found:
        lr, low, high = real(r.get("log10_lr")), real(r.get("low")), real(r.get("high"))
        if lr is None:
            return plain_table(found, "Drivers")
        low, high = (
            (lr if low is None else min(low, lr, high or lr)),
            (lr if high is None else max(high, lr, low or lr)),
        )
        basis = str(r.get("basis") or "argued")
        bars.append(
            {"label": f"{r.get('id')}  {r.get('statement')}", "value": lr, "low": low, "high": high, "basis": basis}
        )
        line = [
            show(r.get("id")),
            show(r.get("statement")),
            mark(basis),
            value(lr, "log10 LR"),
            f"{low:.2f} to {high:.2f}",
        ]
        body.append([*line, show(r.get("group") or "–")])
    if not bars:
        return Markup("")
    alt = f"Points: log10 LR of {len(bars)} items had each been alone; measured and argued ones have other shapes."
    picture = charts.intervals(bars[:8], x_title="log10 LR of the item alone", alt=alt, signed=True)
    head = ["item", "what was observed", "basis", "log10 LR alone", "90 % interval", "group"]
    return picture + folded("The same as a table", table(head, body, caption="Items by weight", numeric=(3, 4)))


def _flips(found: list[Row]) -> Markup:
    lines = [
        Markup("<li>{}: the word would be <b>{}</b></li>").format(_turn(r), show(r.get("word"))) for r in found[:4]
    ]
    return Markup('<ul class="caveats">{}</ul>').format(join(lines)) if lines else Markup("")


def _turn(r: Row) -> Markup:
    """``evidence weaker by a factor of 3``, ``a prior of 20 %``."""
    at = real(r.get("at"))
    if at is not None and r.get("kind") == "prior":
        return Markup("with a prior of {}").format(percent(_share(at)))
    if at is not None and r.get("kind") == "log10_lr":
        factor = 10 ** abs(at)
        size = "hardly" if factor < 1.1 else f"by a factor of {number(factor, 2)}"
        return Markup("with evidence {} {}").format(size, "weaker" if at < 0 else "stronger")
    return show(r.get("what"))


def _tornado(found: list[Row], a: Answer) -> Markup:
    bars: list[dict[str, Any]] = []
    for r in found:
        low, high = real(r.get("low")), real(r.get("high"))
        if low is None or high is None:
            continue
        low, high = min(low, high), max(low, high)
        middle = min(max(a.share if a.share is not None else low, low), high)
        bars.append({"label": str(r.get("what") or "?"), "low": low, "high": high, "value": middle, "basis": "counted"})
    if not bars:
        return Markup("")
    bars.sort(key=lambda b: (b["low"] - b["high"], b["label"]))
    body = [[show(b["label"]), percent(b["low"]), percent(b["high"])] for b in bars]
    tab = table(["input", "lowest", "highest"], body, caption="One input at a time", numeric=(1, 2))
    if len(bars) < 2:
        return tab
    alt = f"Bars: how far each of {len(bars)} inputs alone moves the probability; widest {bars[0]['label']}."
    title = "probability as one input moves through its range"
    picture = charts.intervals(bars[:10], x_title=title, alt=alt, domain=[0, 1], told=lambda x: f"{100 * x:.0f} %")
    return picture + folded("The same as a table", tab)


def _removals(found: list[Row]) -> Markup:
    body = []
    for r in found:
        p = real(r.get("percent"))
        told = f"{r.get('word')} ({percent(_share(p))})" if p is not None else "–"
        body.append([show(r.get("group")), show(told), value(real(r.get("log10_lr")) or 0.0, "log10 LR")])
    return table(["without", "the answer would be", "evidence left"], body, caption="Leave one group out", numeric=(2,))


def _confidence(a: Answer) -> Markup:
    if not a.confidence:
        return Markup("")
    lead = Markup("<p>{}</p>").format(show(a.sure)) if a.sure else _level(a)
    body = []
    for name in ("reliability", "range", "responsiveness"):
        part = a.confidence.get(name)
        if isinstance(part, Mapping):
            figure = real(part.get("value"))
            body.append(
                [name, show(part.get("level")), "–" if figure is None else f"{figure:.2f}", show(part.get("meaning"))]
            )
    tab = table(["part", "level", "figure", "what it is"], body, caption="What confidence is made of", numeric=(2,))
    gates = a.confidence.get("gates")
    lines = [Markup("<li>{}</li>").format(show(g)) for g in gates] if isinstance(gates, list | tuple) else []
    listed = Markup('<ul class="caveats">{}</ul>').format(join(lines)) if lines else Markup("")
    rest = {k: a.confidence[k] for k in ("kinds", "carrying") if a.confidence.get(k)}
    return lead + tab + listed + generic(rest, "Confidence")


def _settings(d: Mapping[str, Any]) -> Markup:
    body = []
    for key, what in (("rho_shown", "correlation within a group"), ("raters", "ratings of")):
        found = d.get(key)
        if isinstance(found, Mapping):
            body += [
                [show(f"{what} {k}"), percent(_share(100 * p))] for k, v in found.items() if (p := real(v)) is not None
            ]
    tab = table(["setting", "probability"], body, caption="The probability under other settings", numeric=(1,))
    caps = d.get("caps")
    lines = [Markup("<li>{}</li>").format(show(c)) for c in caps] if isinstance(caps, list | tuple) else []
    listed = (
        Markup('<p class="note">Caps that bit:</p><ul class="caveats">{}</ul>').format(join(lines)) if lines else ""
    )
    return folded("Raters, dependence and caps", tab + listed) if body or lines else Markup("")


def mark(basis: str) -> Markup:
    """The mark that tells measured from argued: a word, a shape and a colour."""
    known = {"measured", "argued", "counted", "bound"}
    cls = basis if basis in known else "counted"
    return Markup('<span class="basis basis-{}">{}</span>').format(cls, show(basis))
