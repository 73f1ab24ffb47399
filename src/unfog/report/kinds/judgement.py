"""Judgement: how probable, in which word, and apart from that how much weight the reasoning bears.

A percentage never stands without its word nor a word without its percentage, and likelihood and confidence never share
a sentence (ICD 203, Analytic Standards, 2015): they are drawn as two separate statements.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from unfog.model import Finding
from unfog.report import charts
from unfog.report.data import Row, cell, generic, human, ordered, pick, plain_table, real, reals, rows
from unfog.report.numbers import NBSP, percent
from unfog.report.scale import scale
from unfog.report.shown import join, show, slug, table


@dataclass(frozen=True, slots=True)
class Answer:
    """What the report needs of one proposition's judgement.

    Attributes:
        finding: The finding it comes from.
        proposition: Its id, such as ``P2``.
        says: The proposition itself, a sentence.
        word: The yardstick's word, or "not assessable".
        standard: The yardstick.
        share: Central probability, 0 to 1; None where it is not assessable.
        low: Lower end of the 90 % interval.
        high: Upper end.
        level: low, moderate or high confidence.
        confidence: All that the confidence comes from.
    """

    finding: Finding
    proposition: str
    says: str
    word: str
    standard: str
    share: float | None
    low: float | None
    high: float | None
    level: str
    confidence: Mapping[str, Any] = field(default_factory=dict)

    @property
    def likelihood(self) -> str:
        """Word and percentage together, or that it cannot be assessed."""
        if self.share is None:
            return self.word or "not assessable"
        shown = percent(self.share)
        if self.low is None or self.high is None:
            return f"{self.word} ({shown})"
        return f"{self.word} ({shown}; 90{NBSP}% interval {percent(self.low)} to {percent(self.high)})"


def _share(x: object, in_percent: bool) -> float | None:
    v = real(x)
    if v is None:
        return None
    return min(max(v / 100 if in_percent else v, 0.0), 1.0)


def answer(f: Finding) -> Answer:
    """Read the answer out of a ``judgement.answer`` finding."""
    d = f.data
    has_percent = real(d.get("percent")) is not None
    central = _share(d["percent"], True) if has_percent else _share(pick(d, "posterior", "probability", "value"), False)
    span = reals(pick(d, "interval", default=[]))
    low = high = None
    if len(span) == 2:
        scaled = max(span) > 1.0 or (has_percent and (real(d.get("percent")) or 0.0) > 1.0)
        low, high = _share(span[0], scaled), _share(span[1], scaled)
    confidence = d.get("confidence")
    conf: Mapping[str, Any] = (
        confidence if isinstance(confidence, Mapping) else {"level": confidence} if confidence else {}
    )
    name = str(pick(d, "proposition", "id", default=f.id.rsplit(".", 1)[-1].upper()))
    return Answer(
        finding=f,
        proposition=name,
        says=str(pick(d, "says", "statement", "text", default=f.sentence)),
        word=str(pick(d, "word", "term", default="not assessable")),
        standard=str(pick(d, "standard", default="")),
        share=central,
        low=low,
        high=high,
        level=str(pick(conf, "level", default="")),
        confidence=conf,
    )


def panel(answers: list[Answer]) -> Markup:
    """The panel at the top of the report: each proposition with its likelihood, and beneath, apart, its confidence."""
    items = []
    for a in answers:
        bar = scale(a.share, a.low, a.high, a.standard) if a.share is not None else Markup("")
        conf = (
            Markup(
                '<p class="confidence"><span class="key">Confidence</span> <span class="level level-{}">{}</span></p>'
            ).format(slug(a.level), show(a.level))
            if a.level
            else Markup("")
        )
        if a.share is None:
            odds = Markup('<span class="word none">{}</span>').format(show(a.word or "not assessable"))
        else:
            span = (
                Markup(' <span class="span">90&nbsp;% interval {} to {}</span>').format(percent(a.low), percent(a.high))
                if a.low is not None and a.high is not None
                else ""
            )
            odds = Markup('<span class="word">{}</span> <span class="percent">{}</span>{}').format(
                show(a.word), percent(a.share), span
            )
        items.append(
            Markup(
                '<li class="answer"><p class="says"><a class="ref" href="#{}">{}</a> {}</p>'
                '<div class="reading"><p class="likelihood"><span class="key">Likelihood</span> {}</p>{}</div>{}</li>'
            ).format(slug(a.finding.id), show(a.proposition), show(a.says), odds, bar, conf)
        )
    return Markup('<ol class="answers">{}</ol>').format(join(items)) if items else Markup("")


def _bars(found: list[Row]) -> list[dict[str, Any]]:
    out: list[dict[str, Any]] = []
    for r in found:
        value = real(pick(r, "log10_lr", "applied", "value", "weight", "move"))
        if value is None:
            low, high = real(r.get("low")), real(r.get("high"))
            if low is None or high is None:
                continue
            value = (low + high) / 2
        out.append(
            {"label": str(pick(r, "statement", "label", "item", "group", "id", "name", default="?")), "value": value}
        )
    return out


def _tornado(found: list[Row]) -> Markup:
    bars: list[dict[str, Any]] = []
    for r in found:
        low, high = real(pick(r, "low", "posterior_low")), real(pick(r, "high", "posterior_high"))
        if low is None or high is None:
            continue
        low, high = min(low, high), max(low, high)
        middle = real(pick(r, "value", "posterior", "central"))
        middle = (low + high) / 2 if middle is None else min(max(middle, low), high)
        bars.append(
            {
                "label": str(pick(r, "label", "name", "input", "item", "id", "what", default="?")),
                "low": low,
                "high": high,
                "value": middle,
            }
        )
    if len(bars) < 2:
        return Markup("")
    bars.sort(key=lambda b: (b["low"] - b["high"], b["label"]))
    scale_to = [0, 1] if all(b["low"] >= 0 and b["high"] <= 1 for b in bars) else None
    alt = f"Bars: how far each of {len(bars)} inputs alone moves the probability; the widest is {bars[0]['label']}."
    return charts.intervals(
        bars[:14], x_title="probability as one input moves through its range", alt=alt, domain=scale_to, zero=False
    )


def _part(title: str, inner: Markup, note: str = "") -> Markup:
    if not inner:
        return Markup("")
    tail = Markup('<p class="note">{}</p>').format(show(note)) if note else ""
    return Markup('<section class="part"><h4>{}</h4>{}{}</section>').format(title, inner, tail)


def _confidence(conf: Mapping[str, Any]) -> Markup:
    if not conf:
        return Markup("")
    level = show(conf.get("level") or "not rated")
    gates = rows(conf, "gates")
    scores = [(k, conf[k]) for k in ("reliability", "range", "responsiveness") if k in conf]
    terms = join(Markup("<div><dt>{}</dt><dd>{}</dd></div>").format(human(k), cell(v)) for k, v in scores)
    rest = generic(
        {k: v for k, v in conf.items() if k not in {"level", "reliability", "range", "responsiveness", "gates"}},
        "Confidence",
    )
    gate = (
        plain_table(gates, "Gates: what high confidence asks for")
        if gates
        else generic({"gates": conf["gates"]}, "Gates")
        if conf.get("gates")
        else ""
    )
    return Markup(
        '<p class="confidence"><span class="key">Confidence</span> <span class="level">{}</span></p>'
        '<dl class="terms">{}</dl>{}{}'
    ).format(level, terms, rest, gate)


_SHOWN = {
    "proposition",
    "says",
    "word",
    "standard",
    "percent",
    "interval",
    "prior_curve",
    "drivers",
    "confidence",
    "caps",
    "flip",
    "leave_one_out",
    "tornado",
    "prior",
    "log10_lr",
}


def _answer(f: Finding) -> Markup:
    a = answer(f)
    d = f.data
    out: list[Markup] = []
    curve = [p for p in (reals(p) for p in d.get("prior_curve") or []) if len(p) == 4]
    prior = reals(d.get("prior"))
    if len(prior) != 2 and isinstance(d.get("prior"), Mapping):
        prior = reals([d["prior"].get("low"), d["prior"].get("high")])
    weight: dict[str, Any] = {k: d[k] for k in ("prior", "log10_lr") if k in d}
    if weight:
        out.append(generic(weight, "Prior and weight of evidence"))
    if curve:
        alt = (
            f"Curve: probability of {a.proposition} after the evidence, for every prior, with its 90 % band. "
            "The shaded strip is the case's own prior."
        )
        steps = curve[:: max(1, len(curve) // 9)]
        body = [[percent(p[0]), percent(p[2]), f"{percent(p[1])} to {percent(p[3])}"] for p in steps]
        tab = table(["before", "after", "90 % interval"], body, caption="The same for chosen priors", numeric=(0, 1, 2))
        folded = Markup('<details class="fold"><summary>The curve as a table</summary>{}</details>').format(tab)
        out.append(_part("If you began elsewhere", charts.prior_curve(curve, prior, alt=alt) + folded))
    drivers = rows(d, "drivers")
    if drivers:
        bars = _bars(drivers)
        pic = Markup("")
        if len(bars) > 1:
            alt = f"Waterfall: {len(bars)} pieces of evidence and what each adds or takes, in log10 likelihood ratio."
            pic = charts.waterfall(bars[:12], x_title="log10 LR", alt=alt)
        out.append(_part("What drives it", pic + plain_table(drivers, "Drivers")))
    out.append(_part("What would turn it", generic({"flip": d["flip"]}, "Flip point") if d.get("flip") else Markup("")))
    tornado = rows(d, "tornado")
    out.append(_part("How far each input moves it", _tornado(tornado) + plain_table(tornado, "One input at a time")))
    out.append(_part("Without one piece of evidence", plain_table(rows(d, "leave_one_out"), "Leave one out")))
    out.append(_part("Caps that bit", generic({"caps": d["caps"]}, "Caps") if d.get("caps") else Markup("")))
    out.append(_part("How much weight the reasoning bears", _confidence(a.confidence)))
    out.append(generic(d, "Further", skip=_SHOWN))
    return join(out)


def mark(basis: str) -> Markup:
    """The mark that tells measured from argued: a word, a shape and a colour."""
    known = {"measured", "argued", "counted", "bound"}
    cls = basis if basis in known else "counted"
    return Markup('<span class="basis basis-{}">{}</span>').format(cls, show(basis))


def _evidence(f: Finding) -> Markup:
    found = rows(f.data, "rows", "items")
    out = []
    for r in found:
        basis = pick(r, "basis", "how")
        if basis is None:
            basis = "measured" if pick(r, "measured", "is_measured", "measured_by") else "argued"
        out.append(
            {
                **{k: v for k, v in r.items() if k not in {"basis", "how", "measured", "is_measured"}},
                "basis": str(basis),
            }
        )
    if not out:
        return Markup("")
    names = ordered(dict.fromkeys(k for r in out for k in r))
    lead = [n for n in ("id", "item", "statement", "basis") if n in names]
    names = lead + [n for n in names if n not in lead]
    numeric = [
        i
        for i, n in enumerate(names)
        if n != "basis" and all(real(r.get(n)) is not None or r.get(n) is None for r in out)
    ]
    body = [[mark(r["basis"]) if n == "basis" else cell(r.get(n)) for n in names] for r in out]
    tab = table([human(n) for n in names], body, caption="Evidence, item by item", numeric=numeric, classes="evidence")
    return tab + generic(f.data, "Evidence", skip=["rows", "items"])


def _through_time(f: Finding) -> Markup:
    points = []
    for r in rows(f.data, "points", "rows"):
        value = real(pick(r, "posterior", "value", "probability", "percent"))
        day = pick(r, "as_of", "date")
        if value is None or day is None:
            continue
        low, high = real(pick(r, "low", default=value)), real(pick(r, "high", default=value))
        low, high = (value if low is None else low), (value if high is None else high)
        if max(value, low, high) > 1.0:
            value, low, high = value / 100, low / 100, high / 100
        name = pick(r, "proposition", "id", default=f.kind)
        point = {"as_of": str(day)[:10], "proposition": name, "value": value}
        points.append({**point, "low": min(low, value), "high": max(high, value)})
    marks: list[dict[str, Any]] = [
        {"date": str(pick(m, "date", "said_on", "on"))[:10], "label": m}
        for m in rows(f.data, "statements", "marks")
        if pick(m, "date", "said_on", "on")
    ]
    picture = Markup("")
    if points:
        names = sorted({str(p["proposition"]) for p in points})
        dates = len({p["as_of"] for p in points})
        alt = (
            f"Lines: probability of {len(names)} propositions on {dates} dates with 90 % intervals. "
            "The table has word and number of each."
        )
        picture = charts.through_time(points, marks, alt=alt)
    said = Markup("")
    if marks:
        body = [
            [str(i + 1), m["date"], cell({k: v for k, v in m["label"].items() if k not in {"date", "said_on", "on"}})]
            for i, m in enumerate(marks)
        ]
        said = table(["no.", "date", "public statement"], body, caption="Public statements marked in the chart")
    body_rows = []
    for r, p in zip(rows(f.data, "points", "rows"), points, strict=False):
        body_rows.append(
            [
                p["as_of"],
                show(p["proposition"]),
                show(pick(r, "word", "phrase", default="–")),
                percent(p["value"]),
                f"{percent(p['low'])} to {percent(p['high'])}",
            ]
        )
    tab = table(
        ["as of", "proposition", "word", "probability", "90 % interval"],
        body_rows,
        caption="Probability through time",
        numeric=(3, 4),
    )
    if len(points) != len(rows(f.data, "points", "rows")):
        tab = plain_table(rows(f.data, "points", "rows"), "Probability through time")
    return picture + tab + said + generic(f.data, "Through time", skip=["points", "rows", "statements", "marks"])


KINDS: dict[str, Callable[[Finding], Markup]] = {
    "answer": _answer,
    "evidence-table": _evidence,
    "through-time": _through_time,
}
