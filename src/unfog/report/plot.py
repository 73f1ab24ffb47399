"""SVG drawn by hand: a canvas, scales and axes. Small, without script, and the same bytes on every machine.

Coordinates are CSS pixels at a base of 16 px; the page sets the width in em, so charts grow with its text.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from markupsafe import escape

from unfog.report import palette as c
from unfog.report.shown import defanged, visible

SIZE = 12.0
"""Font size of labels."""

FONT = "Inter,'Source Sans 3','Segoe UI','Helvetica Neue',Arial,'Liberation Sans',sans-serif"
_NARROW, _BROAD = frozenset("ijlfrtI.,:;|!'’()[]/ "), frozenset("mwMW%@—…")


def label(text: object, limit: int = 90) -> str:
    """A text from outside as a chart label: one line, bounded, without controls, addresses defanged."""
    one = " ".join(visible("".join(" " if unicodedata.category(x) == "Cc" else x for x in str(text)[:400])).split())
    one = defanged(one)
    return one if len(one) <= limit else one[: limit - 1].rstrip() + "…"


def breadth(text: str, size: float = SIZE) -> float:
    """About how many pixels a text takes in an Arial-like face; wide scripts count double."""
    units = (
        0.29 if x in _NARROW else 0.86 if x in _BROAD else 1.0 if unicodedata.east_asian_width(x) in "WF" else 0.57
        for x in text
    )  # fmt: skip
    return size * math.fsum(units)


def wrapped(text: str, room: float, lines: int = 2, size: float = SIZE) -> list[str]:
    """A text in at most ``lines`` lines of a width; what is left over is cut with an ellipsis."""
    out: list[str] = [""]
    for word in text.split():
        tried = f"{out[-1]} {word}".strip()
        if breadth(tried, size) <= room or not out[-1]:
            out[-1] = tried
        else:
            out.append(word)
    kept = out[:lines]
    if len(out) > lines or breadth(kept[-1], size) > room:
        while kept[-1] and breadth(kept[-1] + "…", size) > room:
            kept[-1] = kept[-1][:-1].rstrip()
        kept[-1] += "…"
    return kept


def _n(x: float) -> str:
    told = f"{x:.1f}".removesuffix(".0")
    return "0" if told == "-0" else told


@dataclass
class Canvas:
    """What has been drawn so far.

    Attributes:
        width: Pixels.
        height: Pixels; may grow while drawing.
    """

    width: float
    height: float
    parts: list[str] = field(default_factory=list)

    def line(self, x1: float, y1: float, x2: float, y2: float, colour: str = c.RULE, width: float = 1, *,
             dash: str = "", opacity: float = 1) -> None:  # fmt: skip
        """A straight line."""
        more = (f' stroke-dasharray="{dash}"' if dash else "") + (f' opacity="{opacity}"' if opacity < 1 else "")
        at = f'x1="{_n(x1)}" y1="{_n(y1)}" x2="{_n(x2)}" y2="{_n(y2)}"'
        self.parts.append(f'<line {at} stroke="{colour}" stroke-width="{_n(width)}"{more}/>')

    def rect(
        self, x: float, y: float, w: float, h: float, colour: str, *, opacity: float = 1, round_: float = 0
    ) -> None:
        """A filled rectangle; a negative width runs to the left."""
        x, w = (x + w, -w) if w < 0 else (x, w)
        more = (f' rx="{_n(round_)}"' if round_ else "") + (f' opacity="{opacity}"' if opacity < 1 else "")
        at = f'x="{_n(x)}" y="{_n(y)}" width="{_n(w)}" height="{_n(h)}"'
        self.parts.append(f'<rect {at} fill="{colour}"{more}/>')

    def path(self, points: Sequence[tuple[float, float]], *, stroke: str = "none", fill: str = "none", width: float = 2,
             opacity: float = 1, dash: str = "") -> None:  # fmt: skip
        """A polyline, or with ``fill`` a closed area."""
        d = "M" + "L".join(f"{_n(x)} {_n(y)}" for x, y in points) + ("Z" if fill != "none" else "")
        more = (f' opacity="{opacity}"' if opacity < 1 else "") + (f' stroke-dasharray="{dash}"' if dash else "")
        self.parts.append(f'<path d="{d}" fill="{fill}" stroke="{stroke}" stroke-width="{_n(width)}"{more}/>')

    def arc(self, x1: float, y1: float, x2: float, y2: float, colour: str, dash: str = "") -> None:
        """A curved tie between two points."""
        bend = max(12.0, abs(x2 - x1) / 3)
        d = f"M{_n(x1)} {_n(y1)}C{_n(x1 + bend)} {_n(y1)} {_n(x2 - bend)} {_n(y2)} {_n(x2)} {_n(y2)}"
        more = f' stroke-dasharray="{dash}"' if dash else ""
        self.parts.append(f'<path d="{d}" fill="none" stroke="{colour}" stroke-width="1.2" opacity="0.55"{more}/>')

    def text(self, x: float, y: float, text: str, *, anchor: str = "start", colour: str = c.INK, size: float = SIZE,
             bold: bool = False) -> None:  # fmt: skip
        """A text, escaped; ``y`` is its base line."""
        more = "" if anchor == "start" else f' text-anchor="{anchor}"'
        more += "" if size == SIZE else f' font-size="{_n(size)}"'
        more += ' font-weight="600"' if bold else ""
        self.parts.append(f'<text x="{_n(x)}" y="{_n(y)}" fill="{colour}"{more}>{escape(text)}</text>')

    def mark(self, x: float, y: float, shape: str, colour: str, r: float = 4.6) -> None:
        """A point: square, diamond, triangle, ring or circle, so that shape says what colour says."""
        corners = {"square": ((-1, -1), (1, -1), (1, 1), (-1, 1)),
                   "diamond": ((0, -1.3), (1.3, 0), (0, 1.3), (-1.3, 0)),
                   "triangle": ((-1, -1.1), (1.2, 0), (-1, 1.1))}.get(shape)  # fmt: skip
        if corners:
            self.path([(x + a * r, y + b * r) for a, b in corners], fill=colour, width=0)
        else:
            inner = f'fill="{c.PAPER}" stroke="{colour}" stroke-width="2"' if shape == "ring" else f'fill="{colour}"'
            self.parts.append(f'<circle cx="{_n(x)}" cy="{_n(y)}" r="{_n(r)}" {inner}/>')

    def svg(self, alt: str, *, alone: bool = False) -> str:
        """The whole drawing with its text alternative; ``alone`` makes it a file of its own."""
        own = f' xmlns="http://www.w3.org/2000/svg" width="{_n(self.width)}" height="{_n(self.height)}"'
        size = own if alone else f' width="{self.width / 16:.4g}em"'
        head = f'<svg viewBox="0 0 {_n(self.width)} {_n(self.height)}"{size} role="img" aria-label="{escape(alt)}">'
        return f'{head}<g font-family="{FONT}" font-size="{_n(SIZE)}">{"".join(self.parts)}</g></svg>'


@dataclass(frozen=True, slots=True)
class Scale:
    """A number to a pixel, linear or logarithmic."""

    low: float
    high: float
    a: float
    b: float
    log: bool = False

    def __call__(self, x: float) -> float:
        """Pixel of a value, kept inside of the frame."""
        low, high = self.low, self.high
        if self.log:
            low, high, x = math.log10(low), math.log10(high), math.log10(max(x, low))
        share = 0.5 if high == low else (x - low) / (high - low)
        return self.a + min(max(share, 0.0), 1.0) * (self.b - self.a)


def nice(low: float, high: float, count: int = 5) -> list[float]:
    """Round ticks that enclose a range: steps of 1, 2 or 5 times a power of ten."""
    if high - low <= 1e-9 * max(1.0, abs(low)):
        high = low + 1
    raw = (high - low) / max(1, count)
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(m * power for m in (1, 2, 5, 10) if m * power >= raw * 0.999 or m == 10)
    first = math.floor(low / step + 1e-9)
    ticks = [first * step]
    while ticks[-1] < high - 1e-9 * step:
        ticks.append((first + len(ticks)) * step)
    return [round(t, 12) for t in ticks]


def powers(low: float, high: float) -> list[float]:
    """Powers of ten that enclose a range."""
    return [10.0**k for k in range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)]


# -- time ------------------------------------------------------------------------------------------------------------


def day_of(text: str) -> float:
    """ISO date or time as days since 1970. Raises ValueError."""
    at = datetime.fromisoformat(str(text).strip().replace("Z", "+00:00"))
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() / 86_400


def _date(day: float) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=day)


def spoken(day: float, *, year: bool = True) -> str:
    """``21 Oct 2019``."""
    at = _date(day)
    return f"{at.day} {at:%b}" + (f" {at.year}" if year else "")


def dates(low: float, high: float, count: int) -> list[tuple[float, str]]:
    """Ticks of a time axis: days, weeks, months or years, at most ``count``; the year stands where it changes."""
    span = max(high - low, 1.0)
    first = _date(low)
    found: list[float] = []
    for step in (1, 2, 7, 14):
        if span / step <= count:
            begin = math.ceil(low)
            found = [float(begin + k * step) for k in range(int((high - begin) // step) + 1)]
            break
    months = 1
    while not found:
        ahead = ((first.year * 12 + first.month - 1) // months + k for k in range(4 * count + 4))
        ticks = (datetime(m * months // 12, m * months % 12 + 1, 1, tzinfo=UTC).timestamp() / 86_400 for m in ahead)
        inside = [t for t in ticks if low <= t <= high]
        if 0 < len(inside) <= count or months > 1200:
            found = inside or [low]
        months = {1: 2, 2: 3, 3: 6, 6: 12}.get(months, months * 2)
    out, last = [], None
    for t in found:
        out.append((t, spoken(t, year=_date(t).year != last)))
        last = _date(t).year
    return out


def time_axis(canvas: Canvas, scale: Scale, y: float, top: float | None = None) -> None:
    """Dates beneath a chart, with faint lines up to ``top``."""
    count = max(2, int((scale.b - scale.a) // 92))
    edge = -math.inf
    for t, told in dates(scale.low, scale.high, count):
        x = scale(t)
        if top is not None:
            canvas.line(x, top, x, y, opacity=0.7)
        canvas.line(x, y, x, y + 4, c.MUTED)
        half = breadth(told, 11) / 2
        at = min(max(x, half), canvas.width - half)
        if at - half > edge + 8:
            canvas.text(at, y + 17, told, anchor="middle", colour=c.MUTED, size=11)
            edge = at + half


def legend(canvas: Canvas, items: Iterable[tuple[str, str, str]], x: float, y: float) -> float:
    """Shape, colour and word of each kind in rows; gives the y beneath it."""
    at = x
    for shape, colour, word in items:
        need = breadth(word, 11) + 30
        if at + need > canvas.width and at > x:
            at, y = x, y + 18
        canvas.mark(at + 6, y - 4, shape, colour, 4.2)
        canvas.text(at + 16, y, word, colour=c.MUTED, size=11)
        at += need
    return y + 10
