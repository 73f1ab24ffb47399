"""Charts: Vega-Lite specifications, drawn to SVG ahead of time by vl-convert. No script ever runs in the page.

A specification is a plain dict (``altair.Chart.from_dict`` opens it in a notebook). Each chart is drawn twice, for a
wide and for a narrow page, and carries a text alternative; the numbers behind it stand in a table beside it. The bytes
are the same on every machine: the Vega-Lite version is pinned and the font (Liberation Sans, metrically Arial) is
part of vl-convert.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import vl_convert
from markupsafe import Markup

from unfog.report import palette as c
from unfog.report.shown import show, visible

FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
VEGA_LITE = "5.21"
WIDE, NARROW = 660, 300
"""Inner widths in CSS pixels of the two drawings."""

Row = Mapping[str, Any]
Spec = dict[str, Any]

_CONFIG: Spec = {
    "background": "transparent",
    "font": FONT,
    "view": {"stroke": None},
    "padding": 4,
    "axis": {
        "labelColor": c.MUTED,
        "titleColor": c.MUTED,
        "domainColor": c.RULE,
        "tickColor": c.RULE,
        "gridColor": c.RULE,
        "gridOpacity": 0.6,
        "labelFontSize": 11,
        "titleFontSize": 11,
        "titleFontWeight": "normal",
        "labelLimit": 260,
    },
    "legend": {
        "labelColor": c.INK,
        "titleColor": c.MUTED,
        "orient": "top",
        "titleFontWeight": "normal",
        "labelFontSize": 11,
    },
    "header": {"labelColor": c.INK, "titleColor": c.MUTED, "labelFontSize": 12, "labelFontWeight": "bold"},
    "text": {"color": c.INK, "fontSize": 11},
}

_STRIP = re.compile(r"<rect width=\"[\d.]+\" height=\"[\d.]+\" fill=\"transparent\"\s*/>")
_SIZE = re.compile(r'^<svg ([^>]*?)width="([\d.]+)" height="([\d.]+)"')
_UNSAFE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


@functools.lru_cache(maxsize=256)
def _drawn(spec: str) -> str:
    svg: str = vl_convert.vegalite_to_svg(spec, vl_version=VEGA_LITE)
    return _STRIP.sub("", svg)


def draw(spec: Spec) -> str:
    """An SVG of a specification, as text, byte-identical from run to run."""
    full = {"$schema": "https://vega.github.io/schema/vega-lite/v5.json", "config": _CONFIG, **spec}
    return _drawn(json.dumps(full, sort_keys=True, ensure_ascii=False))


def label(text: object, limit: int = 44) -> str:
    """A text from outside as a chart label: one line, bounded, without controls."""
    one = " ".join(visible(_UNSAFE.sub(" ", str(text)), 400).split())
    return one if len(one) <= limit else one[: limit - 1].rstrip() + "…"


def _sized(m: re.Match[str]) -> str:
    """The opening tag with its width in em, so that charts grow with the text on a large screen."""
    return f'<svg {m[1]}width="{float(m[2]) / 16:.4g}em" role="img" aria-label="@ALT@"'


def picture(make: Any, alt: str) -> Markup:
    """Both drawings of a chart (``make(width, narrow) -> spec``) as one figure body with its text alternative."""
    parts = [Markup("")]
    for width, kind in ((WIDE, "wide"), (NARROW, "narrow")):
        svg = draw(make(width, kind == "narrow"))
        svg = re.sub(r' (?:role|aria-[a-z]+)="[^"]*"', "", svg)
        svg = _SIZE.sub(_sized, svg, count=1)
        svg = svg.replace("@ALT@", str(show(alt, 1200)))
        parts.append(Markup('<div class="chart {}">{}</div>').format(kind, Markup(svg)))  # noqa: S704 - made by Vega
    return Markup("").join(parts)


# -- forms that more than one finding uses ---------------------------------------------------------------------------


def columns(
    rows: Sequence[Row], x: str, y: str, *, x_title: str, y_title: str, alt: str, ordinal: bool = True
) -> Markup:
    """Columns over an ordered x (hours, weekdays, days)."""
    data = [{"x": str(r[x]) if ordinal else r[x], "y": r[y], "i": i} for i, r in enumerate(rows)]
    order = [d["x"] for d in data]

    def make(width: int, narrow: bool) -> Spec:
        every = max(1, -(-len(order) // (7 if narrow else 24)))
        kept = [v for i, v in enumerate(order) if i % every == 0]
        return {
            "width": width,
            "height": 130 if narrow else 150,
            "data": {"values": data},
            "mark": {"type": "bar", "color": c.BLUE},
            "encoding": {
                "x": {
                    "field": "x",
                    "type": "ordinal",
                    "sort": order,
                    "title": x_title,
                    "axis": {"labelAngle": 0, "values": kept, "ticks": False},
                },
                "y": {
                    "field": "y",
                    "type": "quantitative",
                    "title": y_title,
                    "axis": {"tickCount": 4, "domain": False},
                },
            },
        }

    return picture(make, alt)


def intervals(
    rows: Sequence[Row],
    *,
    x_title: str,
    alt: str,
    zero: bool = True,
    signed: bool = False,
    domain: Sequence[float] | None = None,
) -> Markup:
    """Horizontal bars or points with 90 % intervals; rows have label, value, low, high and optionally basis."""
    data = [
        {
            "label": label(r["label"], 60),
            "value": r["value"],
            "low": r.get("low", r["value"]),
            "high": r.get("high", r["value"]),
            "basis": r.get("basis", "measured"),
        }
        for r in rows
    ]
    order = list(dict.fromkeys(d["label"] for d in data))
    bases = [b for b in ("measured", "argued", "bound", "counted") if any(d["basis"] == b for d in data)]
    colour = {"measured": c.MEASURED, "argued": c.ARGUED, "bound": c.BOUND, "counted": c.COUNTED}
    shapes = {"measured": "square", "argued": "diamond", "bound": "triangle-right", "counted": "circle"}

    def make(width: int, narrow: bool) -> Spec:
        axis = {"labelLimit": 130 if narrow else 280, "domain": False, "ticks": False}
        scale: Spec = {"zero": zero}
        if domain is not None:
            scale = {"domain": list(domain)}
        y = {"field": "label", "type": "nominal", "sort": order, "title": None, "axis": axis}
        encode_colour = {
            "field": "basis",
            "type": "nominal",
            "scale": {"domain": bases, "range": [colour[b] for b in bases]},
            "legend": {"title": None} if len(bases) > 1 else None,
        }
        shape = {
            "field": "basis",
            "type": "nominal",
            "scale": {"domain": bases, "range": [shapes[b] for b in bases]},
            "legend": {"title": None} if len(bases) > 1 else None,
        }
        layers: list[Spec] = []
        if signed:
            layers.append(
                {"mark": {"type": "rule", "color": c.MUTED}, "encoding": {"x": {"datum": 0, "type": "quantitative"}}}
            )
        layers += [
            {
                "mark": {"type": "rule", "strokeWidth": 3, "opacity": 0.45},
                "encoding": {
                    "x": {
                        "field": "low",
                        "type": "quantitative",
                        "scale": scale,
                        "title": x_title,
                        "axis": {"tickCount": 4 if narrow else 8},
                    },
                    "x2": {"field": "high"},
                    "y": y,
                    "color": encode_colour,
                },
            },
            {
                "mark": {"type": "point", "filled": True, "size": 75, "opacity": 1},
                "encoding": {
                    "x": {"field": "value", "type": "quantitative"},
                    "y": y,
                    "color": encode_colour,
                    "shape": shape,
                },
            },
        ]
        return {
            "width": width - (150 if narrow else 250),
            "height": {"step": 24},
            "data": {"values": data},
            "layer": layers,
        }

    return picture(make, alt)


def waterfall(rows: Sequence[Row], *, x_title: str, alt: str) -> Markup:
    """A running sum of log10 LR, part by part; rows have label, value (the part) and optionally basis."""
    data: list[Spec] = []
    total = 0.0
    for r in rows:
        part = float(r["value"])
        data.append(
            {
                "label": label(r["label"], 60),
                "from": total,
                "to": total + part,
                "sign": "for" if part > 0 else "against",
                "text": f"{part:+.2f}".replace("-", "\u2212"),
            }
        )
        total += part
    data.append(
        {"label": "sum", "from": 0.0, "to": total, "sign": "sum", "text": f"{total:+.2f}".replace("-", "\u2212")}
    )
    order = list(dict.fromkeys(d["label"] for d in data))

    def make(width: int, narrow: bool) -> Spec:
        y = {
            "field": "label",
            "type": "nominal",
            "sort": order,
            "title": None,
            "axis": {"labelLimit": 130 if narrow else 280, "domain": False, "ticks": False},
        }
        return {
            "width": width - (150 if narrow else 260),
            "height": {"step": 24},
            "data": {"values": data},
            "layer": [
                {"mark": {"type": "rule", "color": c.MUTED}, "encoding": {"x": {"datum": 0, "type": "quantitative"}}},
                {
                    "mark": {"type": "bar", "height": 12},
                    "encoding": {
                        "x": {
                            "field": "from",
                            "type": "quantitative",
                            "title": x_title,
                            "axis": {"tickCount": 4 if narrow else 8},
                        },
                        "x2": {"field": "to"},
                        "y": y,
                        "color": {
                            "field": "sign",
                            "type": "nominal",
                            "legend": None,
                            "scale": {"domain": ["for", "against", "sum"], "range": [c.BLUE, c.VERMILLION, c.INK]},
                        },
                    },
                },
                {
                    "mark": {"type": "text", "align": "left", "dx": 5},
                    "encoding": {"x": {"field": "to", "type": "quantitative"}, "y": y, "text": {"field": "text"}},
                },
            ],
        }

    return picture(make, alt)


def prior_curve(points: Sequence[Sequence[float]], prior: Sequence[float] | None, *, alt: str) -> Markup:
    """Posterior over prior: points are [prior, low, posterior, high]; the case's own prior range is shaded."""
    data = [{"prior": p[0], "low": p[1], "posterior": p[2], "high": p[3]} for p in points]

    def make(width: int, narrow: bool) -> Spec:
        x = {
            "type": "quantitative",
            "title": "what you believed before (prior)",
            "scale": {"domain": [0, 1]},
            "axis": {"format": ".0%", "tickCount": 5},
        }
        y = {
            "type": "quantitative",
            "title": "after the evidence",
            "scale": {"domain": [0, 1]},
            "axis": {"format": ".0%", "tickCount": 5, "domain": False},
        }
        layers: list[Spec] = []
        if prior and len(prior) >= 2:
            layers.append(
                {
                    "data": {"values": [{"a": min(prior), "b": max(prior)}]},
                    "mark": {"type": "rect", "color": c.AMBER, "opacity": 0.18},
                    "encoding": {"x": {"field": "a", **x}, "x2": {"field": "b"}},
                }
            )
        layers += [
            {
                "mark": {"type": "line", "strokeDash": [3, 3], "color": c.GREY, "strokeWidth": 1},
                "data": {"values": [{"v": 0}, {"v": 1}]},
                "encoding": {"x": {"field": "v", **x}, "y": {"field": "v", **y}},
            },
            {
                "data": {"values": data},
                "mark": {"type": "area", "color": c.BLUE, "opacity": 0.2},
                "encoding": {"x": {"field": "prior", **x}, "y": {"field": "low", **y}, "y2": {"field": "high"}},
            },
            {
                "data": {"values": data},
                "mark": {"type": "line", "color": c.BLUE, "strokeWidth": 2},
                "encoding": {"x": {"field": "prior", **x}, "y": {"field": "posterior", **y}},
            },
        ]
        return {"width": min(width, 420), "height": 200 if narrow else 240, "layer": layers}

    return picture(make, alt)


def through_time(points: Sequence[Row], marks: Sequence[Row], *, alt: str) -> Markup:
    """Probability per proposition through time with 90 % intervals; public statements are dated rules.

    Points have as_of, proposition, value, low, high (0 to 1); marks have date and label.
    """
    names = sorted({str(p["proposition"]) for p in points})
    rules = [{"t": m["date"], "n": str(i + 1)} for i, m in enumerate(marks)]

    def panel(name: str, width: int, narrow: bool) -> Spec:
        own = [p for p in points if str(p["proposition"]) == name]
        data = {"values": [{"t": p["as_of"], "v": p["value"], "low": p["low"], "high": p["high"]} for p in own]}
        x = {
            "field": "t",
            "type": "temporal",
            "title": None,
            "axis": {"tickCount": 3 if narrow else 6, "format": "%-d %b %Y", "grid": False, "labelAngle": 0},
        }
        y = {
            "type": "quantitative",
            "title": None,
            "scale": {"domain": [0, 1]},
            "axis": {"format": ".0%", "values": [0, 0.25, 0.5, 0.75, 1], "domain": False},
        }
        layers: list[Spec] = []
        if rules:
            at = {"data": {"values": rules}, "encoding": {"x": x}}
            layers.append({**at, "mark": {"type": "rule", "color": c.GREY, "strokeDash": [2, 3]}})
            number = {"x": x, "text": {"field": "n"}}
            layers.append(
                {**at, "mark": {"type": "text", "color": c.MUTED, "y": -7, "fontSize": 10}, "encoding": number}
            )
        value = {"x": x, "y": {"field": "v", **y}}
        span = {"x": x, "y": {"field": "low", **y}, "y2": {"field": "high"}}
        line = {"type": "line", "color": c.BLUE, "strokeWidth": 1.5, "interpolate": "step-after"}
        layers += [
            {"data": data, "mark": line, "encoding": value},
            {
                "data": data,
                "mark": {"type": "rule", "color": c.BLUE, "strokeWidth": 5, "opacity": 0.35},
                "encoding": span,
            },
            {
                "data": data,
                "mark": {"type": "point", "filled": True, "color": c.BLUE, "size": 60, "opacity": 1},
                "encoding": value,
            },
        ]
        title = {
            "text": label(name, 40 if narrow else 90),
            "anchor": "start",
            "fontSize": 12,
            "color": c.INK,
            "offset": 14 if rules else 6,
            "fontWeight": "bold",
        }
        return {"title": title, "width": width - 20, "height": 84, "layer": layers}

    def make(width: int, narrow: bool) -> Spec:
        return {
            "vconcat": [panel(n, width, narrow) for n in names],
            "spacing": 18,
            "resolve": {"scale": {"x": "shared"}},
        }

    return picture(make, alt)


def steps_by_day(rows: Sequence[Row], *, alt: str, y_title: str, top: int = 6) -> Markup:
    """A category through time: rows have from, to, low, high (Breakout 1-6); a band where sources leave a range."""
    data = [
        {"a": r["from"], "b": r["to"], "low": r["low"], "high": r["high"], "who": str(r.get("by_whom") or "unknown")}
        for r in rows
    ]
    whos = sorted({d["who"] for d in data})

    def make(width: int, narrow: bool) -> Spec:
        y = {
            "type": "quantitative",
            "title": y_title,
            "scale": {"domain": [0, top]},
            "axis": {"values": list(range(top + 1)), "format": "d", "domain": False},
        }
        x = {
            "field": "a",
            "type": "temporal",
            "title": None,
            "axis": {"tickCount": 3 if narrow else 6, "format": "%-d %b %Y", "grid": False},
        }
        colour = {
            "field": "who",
            "type": "nominal",
            "scale": {"domain": whos, "range": [c.SERIES[i % 7] for i in range(len(whos))]},
            "legend": {"title": None, "columns": 2 if narrow else 4, "labelLimit": 140 if narrow else 260},
        }
        return {
            "width": width,
            "height": 150,
            "data": {"values": data},
            "layer": [
                {
                    "mark": {"type": "bar", "opacity": 0.3},
                    "encoding": {
                        "x": x,
                        "x2": {"field": "b"},
                        "y": {"field": "low", **y},
                        "y2": {"field": "high"},
                        "color": colour,
                    },
                },
                {
                    "mark": {"type": "rule", "strokeWidth": 4},
                    "encoding": {"x": x, "x2": {"field": "b"}, "y": {"field": "high", **y}, "color": colour},
                },
            ],
        }

    return picture(make, alt)


def dots_by_day(rows: Sequence[Row], *, alt: str) -> Markup:
    """Appearances: a dot per day and platform, area by count; rows have date, platform, count."""
    data = [{"t": r["date"], "p": label(r["platform"], 30), "n": r["count"]} for r in rows]
    order = sorted({d["p"] for d in data})

    def make(width: int, narrow: bool) -> Spec:
        return {
            "width": width - (90 if narrow else 110),
            "height": {"step": 26},
            "data": {"values": data},
            "mark": {"type": "circle", "color": c.BLUE, "opacity": 0.75},
            "encoding": {
                "x": {
                    "field": "t",
                    "type": "temporal",
                    "title": None,
                    "axis": {"tickCount": 3 if narrow else 7, "format": "%-d %b %Y", "grid": False},
                },
                "y": {
                    "field": "p",
                    "type": "nominal",
                    "sort": order,
                    "title": None,
                    "axis": {"domain": False, "grid": True, "ticks": False},
                },
                "size": {"field": "n", "type": "quantitative", "scale": {"range": [25, 420]}, "legend": None},
            },
        }

    return picture(make, alt)
