"""How numbers are written on paper: rounded to what they can bear, with their interval, never without their unit."""

from __future__ import annotations

import math

from unfog.model import Estimate, Figure
from unfog.text.writer import percent_text

MINUS = "\u2212"
NBSP = "\u00a0"
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(x: float, digits: int = 3) -> str:
    """A number with thousands separators and at most ``digits`` significant digits; integers stay whole."""
    if not math.isfinite(x):
        return "not finite"
    if x == int(x) and abs(x) < 1e15:
        text = f"{int(x):,}"
    elif abs(x) >= 10**digits:
        text = f"{x:,.0f}"
    elif abs(x) < 1e-4:
        return power(x)
    else:
        places = max(0, digits - 1 - math.floor(math.log10(abs(x))))
        text = f"{x:,.{places}f}".rstrip("0").rstrip(".")
    return text.replace("-", MINUS)


def power(x: float) -> str:
    """Scientific notation that people read: 3.1 × 10⁻⁶."""
    mantissa, exponent = f"{x:.1e}".split("e")
    return f"{mantissa.replace('-', MINUS)}{NBSP}×{NBSP}10{str(int(exponent)).translate(_SUPERSCRIPT)}"


def percent(share: float) -> str:
    """A share as a percentage, in the one spelling of the sentence writer; exact 0 and 1 (counts) stay themselves."""
    if share in (0.0, 1.0):
        return f"{100 * share:.0f}{NBSP}%"
    return f"{percent_text(100 * share)}{NBSP}%"


def times(log10_lr: float) -> str:
    """What a log10 LR means: "20 times as probable", or "1/20"."""
    size = abs(log10_lr)
    factor = 10**size
    if size < 0.02:
        return "speaks for neither"
    shown = number(factor, 2) if factor < 1e5 else power(factor)
    return f"×{NBSP}{shown}" if log10_lr > 0 else f"÷{NBSP}{shown}"


def value(x: float, unit: str) -> str:
    """One number with its unit, as a reader would say it."""
    u = unit.strip()
    if u in {"share", "probability"}:
        return percent(x)
    if u == "%":
        return percent(x / 100)
    if u in {"log10 LR", "log10_lr"}:
        sign = "+" if x > 0 else ""
        return f"{sign}{number(round(x, 2))} ({times(x)})"
    if u == "p":
        return number(x, 2) if x >= 1e-4 else power(x)
    if u == "s":
        return duration(x)
    return f"{number(x)}{NBSP}{u}" if u else number(x)


def duration(seconds: float) -> str:
    """Seconds in the largest unit that fits: 37 d 2 h, 4 h 10 min, 12 s."""
    s = abs(seconds)
    sign = MINUS if seconds < 0 else ""
    for size, big, small_size, small in ((86400, "d", 3600, "h"), (3600, "h", 60, "min"), (60, "min", 1, "s")):
        if s >= size:
            whole, rest = divmod(s, size)
            part = int(rest // small_size)
            tail = f" {part}{NBSP}{small}" if part else ""
            return f"{sign}{int(whole)}{NBSP}{big}{tail}"
    return f"{sign}{number(s)}{NBSP}s"


def is_exact(e: Estimate) -> bool:
    """Whether an estimate has no spread."""
    return e.low == e.high


def interval(e: Estimate, unit: str = "") -> str:
    """The 90 % interval in words, empty for an exact number."""
    if is_exact(e):
        return ""
    return f"{value(e.low, unit)} to {value(e.high, unit)}"


def figure(f: Figure) -> str:
    """A figure in one line: value, unit and 90 % interval. Its basis stands beside it as a mark, not in the text."""
    text = value(f.value.value, f.unit)
    span = interval(f.value, f.unit)
    return f"{text} ({span})" if span else text
