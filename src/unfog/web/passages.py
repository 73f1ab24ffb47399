"""Texts with marked passages: spans are half open, in code points of the stored text."""

from __future__ import annotations

import json
from collections.abc import Iterable

from markupsafe import Markup, escape

from unfog.report.shown import defanged, visible

SHOWN = 60_000
"""Code points of a text that a page shows."""


def spans_of(raw: object) -> list[tuple[int, int]]:
    """Spans from a JSON list of [start, end); whatever is not one is left out."""
    try:
        found = json.loads(raw) if isinstance(raw, str) else raw
    except ValueError:
        return []
    if not isinstance(found, list):
        return []
    pairs = [p for p in found if isinstance(p, list) and len(p) == 2 and all(isinstance(x, int) for x in p)]
    return [(a, b) for a, b in pairs if 0 <= a < b]


def merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans in order, overlapping ones joined."""
    out: list[tuple[int, int]] = []
    for a, b in sorted(spans):
        if out and a <= out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], b))
        else:
            out.append((a, b))
    return out


def marked(text: str, spans: Iterable[tuple[int, int]]) -> Markup:
    """The text, escaped, with each span in ``<mark>``; a long text begins a little before its first passage."""
    known = [(a, min(b, len(text))) for a, b in merged(spans) if a < len(text)]
    begin = max(0, known[0][0] - 400) if len(text) > SHOWN and known else 0
    end = min(len(text), begin + SHOWN)
    parts: list[Markup] = [Markup("… ")] if begin else []
    at = begin
    for a, b in known:
        if a >= end:
            break
        parts += [_safe(text[at:a]), Markup("<mark>") + _safe(text[a : min(b, end)]) + Markup("</mark>")]
        at = min(b, end)
    parts.append(_safe(text[at:end]))
    if end < len(text):
        parts.append(Markup(" … ({} more characters)").format(f"{len(text) - end:,}"))
    return Markup("").join(parts)


def _safe(text: str) -> Markup:
    return escape(defanged(visible(text, SHOWN)))
