"""``unfog words``: what a word of probability means, by which standard, and what readers hear in it."""

from __future__ import annotations

from typing import Any

import typer

from unfog.cli.app import app, emit
from unfog.errors import UsageError, did_you_mean
from unfog.text.reader import SOURCE, ReaderView, reader_sentence, readers
from unfog.text.yardstick import Band, Yardstick, yardstick, yardsticks


@app.command()
def words(
    term: str = typer.Argument("", help="A word such as “almost certain”, or a percentage such as 84."),
    standard: str = typer.Option("", "--standard", help="phia, icd203, nato, ipcc, efsa or kent; all for one term."),
    as_json: bool = typer.Option(False, "--json", help="One JSON document on stdout."),
) -> None:
    """What a word of probability means, by which standard, and what readers hear in it.

    Example: `unfog words "realistic possibility"`, `unfog words 84 --standard icd203`, `unfog words --standard phia`
    """
    if not term:
        scale = yardstick(standard or "phia")
        emit(_scale_document(scale), as_json=as_json, text=_scale_text(scale))
        return
    scales = (yardstick(standard),) if standard else yardsticks()
    percent = _percent(term)
    if percent is not None:
        found = {s.id: s.word_at(percent).model_dump() for s in scales}
        lines = [
            f"{s.id:7} {found[s.id]['term']}{' (between bands)' if found[s.id]['between'] else ''}" for s in scales
        ]
        emit({"percent": percent, "words": found}, as_json=as_json, text="\n".join([f"{percent:g} %", *lines]))
        return
    bands = {s.id: s.band(term) for s in scales}
    view = readers(term)
    if view is None and not any(bands.values()):
        known = sorted({t for s in scales for b in s.bands for t in (b.term, *b.also)})
        raise UsageError(f"no yardstick asked for has the word {term!r}{did_you_mean(term.casefold(), known)}")
    document = {
        "term": term,
        "bands": {k: b.model_dump() if b else None for k, b in bands.items()},
        "readers": _view(view, bands) if view else None,
        "source": SOURCE,
    }
    emit(document, as_json=as_json, text=_term_text(term, scales, bands, view))


def _percent(text: str) -> float | None:
    try:
        return float(text.strip().rstrip("%").strip())
    except ValueError:
        return None


def _edges(b: Band) -> str:
    return f"{b.low:g} to {'below ' if not b.high_closed else ''}{b.high:g} %"


def _scale_document(scale: Yardstick) -> dict[str, Any]:
    rows = []
    for b in scale.bands:
        view = readers(b.term)
        rows.append(b.model_dump() | {"readers": _view(view, {scale.id: b}) if view else None})
    return scale.model_dump(exclude={"bands"}) | {"bands": rows, "readers_source": SOURCE}


def _scale_text(scale: Yardstick) -> str:
    lines = [f"{scale.title}", f"Edition: {scale.edition}", f"Source: {scale.source}", ""]
    for b in scale.bands:
        view = readers(b.term)
        heard = "" if view is None else f"  readers: {view.quantile(0.05)}-{view.median}-{view.quantile(0.95)}"
        also = f" / {' / '.join(b.also)}" if b.also else ""
        lines.append(f"{_edges(b):>18}  {b.term}{also}{heard}")
    lines += ["", f"Gaps: {scale.gap}", f"Edges: {scale.edge}"]
    lines += [scale.note] if scale.note else []
    return "\n".join([*lines, f"Readers' numbers are the 5 %, 50 % and 95 % quantiles ({SOURCE})."])


def _view(view: ReaderView, bands: dict[str, Band | None]) -> dict[str, Any]:
    return {
        "n": view.n,
        "quantiles": {str(q): view.quantile(q) for q in (0.05, 0.25, 0.5, 0.75, 0.95)},
        "within": {
            k: round(view.hear_within(b.low, b.high, high_closed=b.high_closed), 2) for k, b in bands.items() if b
        },
        "less": {k: round(view.hear_less_than(b.low), 2) for k, b in bands.items() if b},
    }


def _term_text(term: str, scales: tuple[Yardstick, ...], bands: dict[str, Band | None], view: ReaderView | None) -> str:
    lines = [term]
    for s in scales:
        b = bands[s.id]
        lines.append(f"{s.id:7} {_edges(b) if b else 'no such word'}")
    if view is not None:
        quantiles = ", ".join(f"{view.quantile(q)}" for q in (0.05, 0.25, 0.5, 0.75, 0.95))
        lines.append(f"readers {quantiles} (5, 25, 50, 75, 95 % quantiles, n = {view.n:,})")
        for name, band in bands.items():
            if band is not None:
                heard = reader_sentence(term, band.low, band.high, high_closed=band.high_closed)
                lines.append(f"{name:7} {heard}")
                break
        lines.append(f"Source of the readers' numbers: {SOURCE}")
    return "\n".join(lines)
