"""The yardstick as a small drawing: bands of the named standard, the 90 % interval and the central value."""

from __future__ import annotations

from markupsafe import Markup

from unfog.report import palette as c
from unfog.report.numbers import percent
from unfog.report.shown import show
from unfog.text.yardstick import STANDARDS, yardstick

W, H = 400.0, 26.0
_BAND = Markup('<rect x="{}" y="9" width="{}" height="8" fill="{}" opacity="{}"/>')
_INTERVAL = Markup('<rect x="{}" y="9" width="{}" height="8" rx="4" fill="{}" opacity="0.55"/>')


def scale(share: float, low: float | None, high: float | None, standard: str) -> Markup:
    """An SVG of 0 to 100 % with the standard's bands (where it is known), the interval and the point.

    Args:
        share: Central probability, 0 to 1.
        low: Lower end of the 90 % interval, 0 to 1.
        high: Upper end.
        standard: Name of the yardstick, e.g. ``phia``.
    """
    parts: list[Markup] = []
    for i, (a, b) in enumerate(bands(standard)):
        shade = "0.34" if i % 2 else "0.62"
        parts.append(_BAND.format(_px(a), f"{(b - a) * W:.1f}", c.RULE, shade))
    parts.append(
        Markup('<line x1="0" x2="{}" y1="13" y2="13" stroke="{}" stroke-width="1"/>').format(f"{W:.0f}", c.MUTED)
    )
    for t in (0.0, 0.25, 0.5, 0.75, 1.0):
        parts.append(
            Markup('<line x1="{0}" x2="{0}" y1="9" y2="17" stroke="{1}" stroke-width="1"/>').format(_px(t), c.MUTED)
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


def bands(standard: str) -> tuple[tuple[float, float], ...]:
    """Bands of a yardstick as shares, in order; empty for a standard that is not known."""
    if standard not in STANDARDS:
        return ()
    return tuple((b.low / 100, b.high / 100) for b in yardstick(standard).bands)
