"""Charts: each is drawn twice, for a wide and a narrow page, with a text alternative; its numbers stand in a table too.

Nothing runs in the page. What colour says, shape or position says as well; labels stand at the marks where they fit.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from unfog.report import palette as c
from unfog.report.numbers import number
from unfog.report.plot import (
    Canvas,
    Scale,
    breadth,
    day_of,
    label,
    legend,
    nice,
    powers,
    spoken,
    time_axis,
    wrapped,
)  # fmt: skip
from unfog.report.shown import visible

WIDE, NARROW = 700.0, 320.0
"""Widths in CSS pixels of the two drawings."""

Row = Mapping[str, Any]
Make = Callable[[float, bool], Canvas]

BASES = {"measured": ("square", c.MEASURED), "argued": ("diamond", c.ARGUED), "bound": ("triangle", c.BOUND),
         "counted": ("circle", c.COUNTED)}  # fmt: skip
"""Shape and colour of each basis of a number."""


def picture(make: Make, alt: str) -> Markup:
    """Both drawings of a chart as one figure body with its text alternative."""
    told = visible(alt, 1200)
    parts = [
        Markup('<div class="chart {}">{}</div>').format(kind, Markup(make(width, kind == "narrow").svg(told)))  # noqa: S704
        for width, kind in ((WIDE, "wide"), (NARROW, "narrow"))
    ]
    return Markup("").join(parts)


def columns(rows: Sequence[Row], x: str, y: str, *, x_title: str, y_title: str, alt: str) -> Markup:
    """Columns over an ordered x (hours, weekdays, minutes)."""

    def make(width: float, narrow: bool) -> Canvas:
        ticks = nice(0, max((float(r[y]) for r in rows), default=1.0) or 1.0, 4)
        left = breadth(number(ticks[-1]), 11) + 10
        canvas = Canvas(width, 196)
        up = Scale(0, ticks[-1], 150, 24)
        canvas.text(0, 11, y_title, colour=c.MUTED, size=11)
        for t in ticks:
            canvas.line(left, up(t), width, up(t))
            canvas.text(left - 6, up(t) + 4, number(t), anchor="end", colour=c.MUTED, size=11)
        step = (width - left) / max(1, len(rows))
        every = max(1, math.ceil((max((breadth(str(r[x]), 11) for r in rows), default=1) + 8) / step))
        for i, r in enumerate(rows):
            at = left + step * i
            if float(r[y]) > 0:
                canvas.rect(at + step * 0.1, up(float(r[y])), step * 0.8, 150 - up(float(r[y])), c.BLUE)
            if i % every == 0:
                canvas.text(at + step / 2, 166, str(r[x]), anchor="middle", colour=c.MUTED, size=11)
        canvas.line(left, 150, width, 150, c.MUTED)
        canvas.text(left + (width - left) / 2, 190, x_title, anchor="middle", colour=c.MUTED, size=11)
        return canvas

    return picture(make, alt)


def lanes_of(labels: Sequence[str], width: float, narrow: bool, head: float) -> tuple[Canvas, float, list[float]]:
    """A canvas with a labelled lane per row: canvas, left edge of the plot, the y of each lane."""
    left = 0.0 if narrow else min(270.0, max((breadth(t) for t in labels), default=0.0) + 14)
    canvas, at, y = Canvas(width, head), [], head
    for told in labels:
        lines = wrapped(told, width if narrow else left - 14)
        if narrow:
            for k, one in enumerate(lines):
                canvas.text(0, y + 14 + 15 * k, one)
            at.append(y + 15 * len(lines) + 11)
            y += 15 * len(lines) + 24
        else:
            room = max(26.0, 15.0 * len(lines) + 6)
            at.append(y + room / 2)
            for k, one in enumerate(lines):
                canvas.text(left - 14, y + room / 2 + 4 + 15 * (k - (len(lines) - 1) / 2), one, anchor="end")
            y += room
    canvas.height = y + 40
    return canvas, left + 6, at


def _rule(
    canvas: Canvas, x: float, spans: Sequence[tuple[float, float]], colour: str = c.RULE, opacity: float = 1
) -> None:
    """A line from top to axis, broken where a lane's label stands."""
    for top, end in spans:
        canvas.line(x, top, x, end, colour, opacity=opacity)


def _spans(canvas: Canvas, lanes: Sequence[float], top: float, narrow: bool) -> list[tuple[float, float]]:
    """Where a vertical line may run: all the way beside labels, and only along the marks under labels."""
    y = canvas.height - 38
    return [*((at - 8, at + 10) for at in lanes), (y - 4, y)] if narrow else [(top, y)]


def _below(
    canvas: Canvas,
    scale: Scale,
    ticks: Sequence[float],
    title: str,
    spans: Sequence[tuple[float, float]],
    told: Callable[[float], str],
) -> None:
    """A numeric axis under lanes, with faint lines."""
    y = spans[-1][1]
    most = max((breadth(told(t), 11) for t in ticks), default=10.0) + 12
    every = max(1, math.ceil(most * len(ticks) / max(1.0, scale.b - scale.a)))
    for k, t in enumerate(ticks):
        _rule(canvas, scale(t), spans, opacity=0.7)
        if k % every == 0:
            x = min(max(scale(t), most / 2 - 6), canvas.width - most / 2 + 6)
            canvas.text(x, y + 16, told(t), anchor="middle", colour=c.MUTED, size=11)
    canvas.text((scale.a + scale.b) / 2, y + 33, title, anchor="middle", colour=c.MUTED, size=11)


def _signed(x: float) -> str:
    return ("+" if x > 0 else "") + number(round(x, 2))


def intervals(rows: Sequence[Row], *, alt: str, least: int = 1, **how: Any) -> Markup:
    """Points with 90 % intervals, a lane each; rows have label, value, low, high and optionally basis.

    Fewer than ``least`` rows are no chart; ``how`` is that of :func:`points`.
    """
    return picture(points(rows, **how), alt) if len(rows) >= least else Markup("")


def points(rows: Sequence[Row], *, x_title: str, signed: bool = False, domain: Sequence[float] | None = None,
           log: bool = False, told: Callable[[float], str] | None = None) -> Make:  # fmt: skip
    """The drawing of :func:`intervals`.

    Args:
        rows: label, value, low, high and optionally basis.
        x_title: What the axis shows.
        signed: Whether numbers carry their sign and zero has a line.
        domain: Ends of the axis; default what the rows need.
        log: Whether the axis is logarithmic.
        told: How a number of the axis is written.
    """
    data = [(label(r["label"]), float(r["value"]), float(r.get("low", r["value"])), float(r.get("high", r["value"])),
             str(r.get("basis", "measured"))) for r in rows]  # fmt: skip
    bases = [b for b in BASES if any(d[4] == b for d in data)]

    def make(width: float, narrow: bool) -> Canvas:
        head = 26.0 if len(bases) > 1 else 6.0
        canvas, left, lanes = lanes_of([d[0] for d in data], width, narrow, head)
        low, high = min(d[2] for d in data), max(d[3] for d in data)
        low, high = (domain[0], domain[1]) if domain else (low, high) if log else (min(low, 0.0), max(high, 0.0))
        ticks = powers(low, high) if log else nice(low, high, 4 if narrow else 6)
        scale = Scale(ticks[0], ticks[-1], left, width - 10, log)
        spans = _spans(canvas, lanes, head, narrow)
        _below(canvas, scale, ticks, x_title, spans, told or (_signed if signed else number))
        if signed:
            _rule(canvas, scale(0), spans, c.MUTED)
        if len(bases) > 1:
            legend(canvas, [(*BASES[b], b) for b in bases], 0, 14)
        for y, (_, value, a, b, basis) in zip(lanes, data, strict=True):
            shape, colour = BASES.get(basis, BASES["counted"])
            canvas.line(scale(a), y, scale(b), y, colour, 4, opacity=0.4)
            canvas.mark(scale(value), y, shape, colour)
        return canvas

    return make


def waterfall(rows: Sequence[Row], *, x_title: str, alt: str) -> Markup:
    """A running sum, part by part; rows have label and value (the part)."""
    parts = [(label(r["label"]), float(r["value"])) for r in rows]
    total = math.fsum(v for _, v in parts)

    def make(width: float, narrow: bool) -> Canvas:
        canvas, left, lanes = lanes_of([*(n for n, _ in parts), "together"], width, narrow, 6)
        reached = [0.0]
        for _, v in parts:
            reached.append(reached[-1] + v)
        ticks = nice(min(*reached, 0.0), max(*reached, 0.0), 4 if narrow else 6)
        scale = Scale(ticks[0], ticks[-1], left, width - 46)
        spans = _spans(canvas, lanes, 6, narrow)
        _below(canvas, scale, ticks, x_title, spans, _signed)
        _rule(canvas, scale(0), spans, c.MUTED)
        for k, (y, v) in enumerate(zip(lanes, [*(v for _, v in parts), total], strict=True)):
            begin = 0.0 if k == len(parts) else reached[k]
            colour = c.INK if k == len(parts) else c.BLUE if v >= 0 else c.VERMILLION
            canvas.rect(scale(begin), y - 6, scale(begin + v) - scale(begin), 12, colour)
            if k < len(parts):
                for a, b in ((y, y + 10), (lanes[k + 1] - 8, lanes[k + 1])) if narrow else ((y, lanes[k + 1]),):
                    canvas.line(scale(begin + v), a, scale(begin + v), b, c.MUTED, dash="2 2")
            canvas.text(max(scale(begin), scale(begin + v)) + 6, y + 4, _signed(v), size=11, bold=k == len(parts))
        return canvas

    return picture(make, alt)


def _percent(x: float) -> str:
    return f"{100 * x:.0f} %"


def prior_curve(points: Sequence[Sequence[float]], prior: Sequence[float] | None, *, alt: str) -> Markup:
    """Posterior over prior: points are [prior, low, posterior, high]; the case's own prior range is shaded."""

    def make(width: float, narrow: bool) -> Canvas:
        side = min(width, 460.0)
        canvas = Canvas(side, 290)
        x, y = Scale(0, 1, 48, side - 14), Scale(0, 1, 232, 24)
        canvas.text(0, 11, "probability after the evidence", colour=c.MUTED, size=11)
        if prior and len(prior) >= 2:
            a, b = x(min(prior)), x(max(prior))
            canvas.rect(a, 24, max(b - a, 2), 208, c.AMBER, opacity=0.16)
            told = "prior of this case"
            at = min(max((a + b) / 2, 48 + breadth(told, 11) / 2), side - breadth(told, 11) / 2)
            canvas.text(at, 286, told, anchor="middle", colour=c.AMBER, size=11)
            canvas.line((a + b) / 2, 232, at, 275, c.AMBER, dash="2 2")
        for t in (0.0, 0.25, 0.5, 0.75, 1.0):
            canvas.line(48, y(t), side - 14, y(t), opacity=0.7)
            canvas.text(42, y(t) + 4, _percent(t), anchor="end", colour=c.MUTED, size=11)
            canvas.text(min(x(t), side - 18), 248, _percent(t), anchor="middle", colour=c.MUTED, size=11)
        canvas.path([(x(0), y(0)), (x(1), y(1))], stroke=c.GREY, width=1, dash="3 3")
        band = [(x(p[0]), y(p[3])) for p in points] + [(x(p[0]), y(p[1])) for p in reversed(points)]
        canvas.path(band, fill=c.BLUE, width=0, opacity=0.2)
        canvas.path([(x(p[0]), y(p[2])) for p in points], stroke=c.BLUE)
        canvas.text((48 + side) / 2, 266, "probability before it", anchor="middle", colour=c.MUTED, size=11)
        return canvas

    return picture(make, alt)


def through_time(points: Sequence[Row], marks: Sequence[Row], *, alt: str) -> Markup:
    """Probability per proposition through time with 90 % intervals; public statements are numbered, dated rules.

    Points have as_of, proposition, value, low, high (0 to 1); marks have date.
    """
    names = list(dict.fromkeys(str(p["proposition"]) for p in points))
    ends = [day_of(p["as_of"]) for p in points] + [day_of(m["date"]) for m in marks]
    room = max(2.0, 0.03 * (max(ends) - min(ends)))

    def make(width: float, narrow: bool) -> Canvas:
        x = Scale(min(ends) - room, max(ends) + room, 42, width - 44)
        top = 22.0 if marks else 0.0
        canvas = Canvas(width, top)
        bottom = top
        for name in names:
            own = sorted((day_of(p["as_of"]), float(p["value"]), float(p["low"]), float(p["high"]))
                         for p in points if str(p["proposition"]) == name)  # fmt: skip
            lines = wrapped(label(name, 200), width, 3 if narrow else 2)
            for k, one in enumerate(lines):
                canvas.text(0, bottom + 14 + 15 * k, one, bold=True)
            y = Scale(0, 1, bottom + 15 * len(lines) + 78, bottom + 15 * len(lines) + 12)
            for t in (0.0, 0.5, 1.0):
                canvas.line(x.a, y(t), x.b, y(t), opacity=0.8)
                canvas.text(x.a - 6, y(t) + 4, _percent(t), anchor="end", colour=c.MUTED, size=10)
            for m in marks:
                canvas.line(x(day_of(m["date"])), y.b, x(day_of(m["date"])), y.a, c.GREY, dash="2 3")
            steps: list[tuple[float, float]] = []
            for at, value, _, _ in own:
                steps += ([(x(at), steps[-1][1])] if steps else []) + [(x(at), y(value))]
            canvas.path([*steps, (x.b, steps[-1][1])], stroke=c.BLUE, width=1.6)
            for at, value, low, high in own:
                canvas.line(x(at), y(low), x(at), y(high), c.BLUE, 5, opacity=0.35)
                canvas.mark(x(at), y(value), "circle", c.BLUE, 3.6)
            canvas.text(width, steps[-1][1] + 4, _percent(own[-1][1]), anchor="end", colour=c.BLUE, bold=True)
            bottom = y.a + 14
        near: list[list[tuple[float, int]]] = []
        for k, m in enumerate(marks, 1):
            at = x(day_of(m["date"]))
            if near and at - near[-1][-1][0] < 16:
                near[-1].append((at, k))
            else:
                near.append([(at, k)])
        for some in near:
            told = f"{some[0][1]}" if len(some) == 1 else f"{some[0][1]}–{some[-1][1]}"
            canvas.text((some[0][0] + some[-1][0]) / 2, 11, told, anchor="middle", colour=c.MUTED, size=11)
        time_axis(canvas, x, bottom - 8)
        canvas.height = bottom + 14
        return canvas

    return picture(make, alt)


def steps_by_day(rows: Sequence[Row], names: Mapping[int, str], *, alt: str, top: int = 6) -> Markup:
    """A category through time, each step labelled with who carried it; rows have from, to, low, high, by_whom.

    A band stands where the sources leave a range; ``names`` says what each category is.
    """
    data = [(day_of(r["from"]), day_of(r["to"]) + 1, float(r["low"]), float(r["high"]),
             label(r.get("by_whom") or "unknown"))
            for r in rows]  # fmt: skip
    low, high = min(d[0] for d in data), max(d[1] for d in data)

    def make(width: float, narrow: bool) -> Canvas:
        left = 20.0 if narrow else 236.0
        canvas = Canvas(width, 34.0 * top + 66)
        x, y = Scale(low, high, left, width - 6), Scale(0, top, 34.0 * top + 30, 30)
        for level in range(top + 1):
            canvas.text(left - 6, y(level) + 4, f"{level}", anchor="end", colour=c.MUTED, size=11, bold=True)
            for k, one in enumerate(lines := [] if narrow else wrapped(label(names.get(level, "")), left - 30, 2, 11)):
                canvas.text(
                    left - 24,
                    y(level) + 4 + 13 * (k - (len(lines) - 1) / 2),
                    one,
                    anchor="end",
                    colour=c.MUTED,
                    size=11,
                )
            canvas.line(left, y(level), width, y(level), opacity=0.7)
        edge: dict[float, float] = {}
        for a, b, lo, hi, who in data:
            colour = c.BLUE if hi < 4 else c.VERMILLION
            if hi > lo:
                canvas.rect(x(a), y(hi), x(b) - x(a), y(lo) - y(hi), colour, opacity=0.22)
            canvas.line(x(a), y(hi), x(b), y(hi), colour, 5)
            told = wrapped(who, max(90.0, x.b - x(a)) if narrow else 260, 1, 11)[0]
            at = max(left, min(x(a), width - breadth(told, 11)))
            if at > edge.get(hi, -1.0):
                canvas.text(at, y(hi) - 9, told, size=11)
                edge[hi] = at + breadth(told, 11) + 8
        time_axis(canvas, x, y(0))
        return canvas

    return picture(make, alt)


def dots_by_day(
    rows: Sequence[Row], *, alt: str, ties: Sequence[tuple[int, int]] = (), event: tuple[str, str] | None = None
) -> Markup:
    """A lane per platform and a dot per day, area by count; rows have date, platform, count and optionally role.

    Lanes stand in the order of their first dot. ``ties`` are pairs of row numbers that are joined by a curve; ``event``
    is a day and its name, drawn as a line across the lanes.
    """
    data = [(day_of(r["date"]), label(r["platform"], 60), float(r["count"]), str(r.get("role") or "")) for r in rows]
    first: dict[str, tuple[float, int]] = {}
    for i, d in enumerate(data):
        first[d[1]] = min(first.get(d[1], (math.inf, 0)), (d[0], i))
    order = sorted(first, key=lambda p: first[p])
    days = [d[0] for d in data] + ([day_of(event[0])] if event else [])
    low, high = min(days), max(days)
    room = max(1.0, 0.03 * (high - low))
    roles = {"operator": ("circle", c.VERMILLION, "operators"), "": ("circle", c.BLUE, "others")}
    mixed = any(d[3] == "operator" for d in data)

    def make(width: float, narrow: bool) -> Canvas:
        head = (26.0 if mixed else 6.0) + (16.0 if event else 0.0)
        canvas, left, lanes = lanes_of(order, width, narrow, head)
        x = Scale(low - room, high + room, left, width - 8)
        y = dict(zip(order, lanes, strict=True))
        if mixed:
            legend(canvas, roles.values(), 0, 14)
        for at in lanes:
            canvas.line(left, at, width, at, opacity=0.8)
        canvas.height -= 16
        time_axis(canvas, x, canvas.height - 22, head)
        if event:
            day = x(day_of(event[0]))
            canvas.line(day, head - 4, day, canvas.height - 38, c.INK, dash="3 3")
            canvas.text(day, head - 9, event[1], anchor="end" if day > (left + width) / 2 else "start")
        for a, b in ties:
            canvas.arc(x(data[a][0]), y[data[a][1]], x(data[b][0]), y[data[b][1]], c.GREY)
        most = max(d[2] for d in data)
        for at, platform, count, role in sorted(data, key=lambda d: (-d[2], d)):
            shape, colour, _ = roles["operator" if role == "operator" else ""]
            canvas.mark(x(at), y[platform], shape, colour, 4 + 7 * math.sqrt((count - 1) / most) if most > 1 else 4)
        return canvas

    return picture(make, alt)


def split(parts: Sequence[tuple[str, float]], *, alt: str) -> Markup:
    """One bar in parts (before and after), each labelled with its number."""
    whole = math.fsum(v for _, v in parts) or 1.0

    def make(width: float, narrow: bool) -> Canvas:
        canvas = Canvas(width, 30 + 18 * len(parts))
        at = 0.0
        for k, (name, v) in enumerate(parts):
            colour = c.SERIES[k % len(c.SERIES)]
            canvas.rect(at, 2, max(0.0, width * v / whole - 1), 18, colour)
            at += width * v / whole
            canvas.mark(6, 37 + 18 * k, "square", colour, 4)
            canvas.text(18, 41 + 18 * k, wrapped(f"{number(v)} {label(name)}", width - 18, 1)[0])
        return canvas

    return picture(make, alt)


def span(a: str, b: str) -> str:
    """Two ISO dates as a person says them."""
    return f"{spoken(day_of(a))} to {spoken(day_of(b))}"
