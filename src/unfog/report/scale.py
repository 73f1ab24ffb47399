"""The yardstick as a small drawing: bands of the named standard, the 90 % interval and the central value."""

from __future__ import annotations

from markupsafe import Markup

from unfog.report import palette as c
from unfog.report.numbers import percent
from unfog.report.plot import breadth
from unfog.report.shown import show
from unfog.text.yardstick import STANDARDS, yardstick

W, H = 400.0, 26.0
_BAND = Markup('<rect x="{}" y="{}" width="{}" height="{}" fill="{}"/>')
_LEADER = Markup('<line x1="{0}" x2="{0}" y1="12" y2="{1}" stroke="{2}" stroke-width="0.8"/>')
_WORD = Markup('<text x="{}" y="{}" text-anchor="middle" fill="{}">{}</text>')
_INTERVAL = Markup('<rect x="{}" y="10" width="{}" height="6" rx="3" fill="{}" opacity="0.6"/>')


def scale(share: float, low: float | None, high: float | None, standard: str) -> Markup:
    """An SVG of 0 to 100 % with the standard's bands (where it is known), the interval and the point.

    Args:
        share: Central probability, 0 to 1.
        low: Lower end of the 90 % interval, 0 to 1.
        high: Upper end.
        standard: Name of the yardstick, e.g. ``phia``.
    """
    parts = [_BAND.format(_px(a), 6, f"{(b - a) * W:.1f}", 14, c.RULE) for a, b, _ in bands(standard)]
    parts.append(
        Markup('<line x1="0" x2="{}" y1="13" y2="13" stroke="{}" stroke-width="1"/>').format(f"{W:.0f}", c.MUTED)
    )
    if low is not None and high is not None:
        width = max((high - low) * W, 2.0)
        parts.append(_INTERVAL.format(_px(low), f"{width:.1f}", c.BLUE))
    parts.append(
        Markup('<circle cx="{}" cy="13" r="6.5" fill="{}" stroke="{}" stroke-width="2"/>').format(
            _px(share), c.BLUE, c.PAPER
        )
    )
    alt = f"Scale from 0 to 100 %: {percent(share)}" + (
        f", interval {percent(low)} to {percent(high)}" if low is not None and high is not None else ""
    )
    return Markup('<svg class="scale" viewBox="-8 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        f"{W + 16:.0f}", f"{H:.0f}", show(alt), Markup("").join(parts)
    )


def _px(share: float) -> str:
    return f"{share * W:.1f}"


def scale_key(standard: str) -> Markup:
    """The same scale once, with the words of the yardstick at their bands; empty for a standard that is not known."""
    found = bands(standard)
    if not found:
        return Markup("")
    parts: list[Markup] = []
    taken: list[tuple[int, float, float]] = []
    for a, b, word in sorted(found, key=lambda band: abs(band[0] + band[1] - 1)):
        middle, half = (a + b) / 2 * W, breadth(word, 10.5) / 2 + 4
        at = min(max(middle, half), W - half)
        row = next(r for r in range(9) if all(r != k or at + half <= x or at - half >= y for k, x, y in taken))
        taken.append((row, at - half, at + half))
        y = 21 + 13 * row
        parts.append(_BAND.format(_px(a), 4, f"{(b - a) * W:.1f}", 7, c.RULE))
        parts.append(_LEADER.format(f"{middle:.1f}", y - 9, c.MUTED))
        parts.append(_WORD.format(f"{at:.1f}", y, c.MUTED, show(word)))
    alt = "Words of the yardstick: " + ", ".join(f"{w} {percent(a)} to {percent(b)}" for a, b, w in found)
    return Markup(
        '<svg class="scale" viewBox="-8 2 {} 46" role="img" aria-label="{}" font-size="10.5">{}</svg>'
    ).format(f"{W + 16:.0f}", show(alt), Markup("").join(parts))


def bands(standard: str) -> tuple[tuple[float, float, str], ...]:
    """Bands of a yardstick as shares with their words, in order; empty for a standard that is not known."""
    if standard not in STANDARDS:
        return ()
    return tuple((b.low / 100, b.high / 100, b.term) for b in yardstick(standard).bands)
