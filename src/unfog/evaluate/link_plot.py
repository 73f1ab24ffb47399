"""Tippett plots of links: for every likelihood ratio, the share of same and of different pairs that reach it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from unfog.report import palette as c
from unfog.report.plot import Canvas, Scale

_WIDTH, _LEFT, _TOP, _HEIGHT = 560.0, 64.0, 74.0, 220.0
_ODDS = {-2: "1/100", -1: "1/10", 0: "1", 1: "10", 2: "100"}


def tippett_svg(name: str, rows: Sequence[Mapping[str, Any]], told: str) -> str:
    """One Tippett plot as SVG, the same bytes on every machine.

    Args:
        name: What was measured.
        rows: ``log10_lr`` rising, with the shares ``same`` and ``different`` that reach it.
        told: Figures beside it, with their N.
    """
    canvas = Canvas(_WIDTH, _TOP + _HEIGHT + 62)
    foot = _TOP + _HEIGHT
    x, y = Scale(-2.0, 2.0, _LEFT, _WIDTH - 16), Scale(0.0, 1.0, foot, _TOP)
    canvas.text(0, 14, name, bold=True)
    canvas.text(0, 32, told, colour=c.MUTED, size=11)
    canvas.text(0, 58, "pairs whose ratio is at least this", colour=c.MUTED, size=11)
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        canvas.line(_LEFT, y(share), _WIDTH - 16, y(share))
        canvas.text(_LEFT - 8, y(share) + 4, f"{100 * share:.0f} %", anchor="end", colour=c.MUTED, size=11)
    for power, odds in _ODDS.items():
        canvas.line(x(power), foot, x(power), foot + 5, c.MUTED)
        canvas.text(x(power), foot + 19, odds, anchor="middle", colour=c.MUTED, size=11)
    canvas.line(x(0), _TOP, x(0), foot, c.MUTED, dash="3 3")
    for key, colour, dash in (("same", c.BLUE, ""), ("different", c.VERMILLION, "6 3")):
        canvas.path(_stairs([(float(r["log10_lr"]), float(r[key])) for r in rows], x, y), stroke=colour, dash=dash)
    canvas.text((_LEFT + _WIDTH - 16) / 2, foot + 38, "likelihood ratio", anchor="middle", colour=c.MUTED, size=11)
    for at, word, colour, dash in (
        (_LEFT, "same operator", c.BLUE, ""),
        (_LEFT + 150, "different", c.VERMILLION, "6 3"),
    ):
        canvas.line(at, foot + 54, at + 26, foot + 54, colour, 2, dash=dash)
        canvas.text(at + 32, foot + 58, word, size=11)
    return canvas.svg(f"Tippett plot, {name}. {told}", alone=True)


def _stairs(points: Sequence[tuple[float, float]], x: Scale, y: Scale) -> list[tuple[float, float]]:
    """Flat up to each ratio that was met, and there down to the share that is larger."""
    line = [(x(-2.0), y(1.0))]
    above = [share for _, share in points[1:]] + [0.0]
    for (at, _), share in zip(points, above, strict=True):
        line += [(x(at), line[-1][1]), (x(at), y(share))]
    return [*line, (x(2.0), y(0.0))]
