"""Statements measured on PolNeAR's last months: what the taggers find, against human annotation.

Split by month: weights were trained on articles before 2016-09; the figures are of 2016-09 and 2016-10. The
official test compartment is not in these data. The intervals come from 500 resamplings of whole articles.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from unfog.errors import DataError
from unfog.evaluate.sheet import Evaluation
from unfog.statements.evaluation import (
    Attribution,
    Counts,
    attribution_counts,
    attribution_figures,
    span_counts,
    span_figures,
)
from unfog.statements.lexicon import STATEMENT_VERBS
from unfog.statements.linker import Tagged, link
from unfog.statements.tagger import Tagger, tagger
from unfog.statements.training import corpus

_FLOORS = {
    ("crf", "content.overlap"): 0.82,
    ("crf", "content.token"): 0.845,
    ("crf", "attribution"): 0.67,
    ("crf", "attribution.source"): 0.56,
    ("crf", "direct.recall"): 0.92,
    ("crf", "verbs.recall"): 0.80,
    ("crf", "verbs.precision"): 0.87,
    ("neural", "content.overlap"): 0.865,
    ("neural", "content.token"): 0.91,
    ("neural", "attribution"): 0.78,
    ("neural", "attribution.source"): 0.67,
    ("neural", "direct.recall"): 0.95,
    ("neural", "verbs.recall"): 0.91,
    ("neural", "verbs.precision"): 0.90,
}
_HUMAN = {
    "content.overlap": 0.877,
    "content.token": 0.917,
    "attribution": 0.795,
    "attribution.source": 0.746,
    "direct.recall": 0.98,
}
"""Agreement of two annotators on 20 other articles of the corpus: what can be had."""
_NAMES = {
    "content.overlap": "content overlap F",
    "content.token": "content token F",
    "attribution": "attribution F (content IoU from .5)",
    "attribution.source": "attribution F with right source",
    "direct.recall": "direct quotations found",
    "mixed.recall": "mixed contents found",
    "indirect.recall": "indirect contents found",
    "verbs.recall": "statement verbs: contents found",
    "verbs.precision": "statement verbs: precision",
    "source.overlap": "source overlap F",
    "cue.overlap": "cue overlap F",
}
_SPLIT = f"trained before {corpus.TEST_FROM}, measured from then on"
TAGGERS = ("rules", "crf", "neural")
RESAMPLINGS = 500


def evaluate(data: Path, out: Path | None = None, *, taggers: Sequence[str] = TAGGERS) -> Evaluation:
    """Measure every tagger whose weights are at hand.

    Args:
        data: Folder that holds ``10_quotes_statements``.
        out: Folder for ``statements.json``, if wanted.
        taggers: Which ones; the neural one takes about a minute of one core per 40,000 tokens.

    Raises:
        SourceMissing: if PolNeAR is not below ``data``.
    """
    sheet = Evaluation(room="statements", data="PolNeAR v1.0.0 (train and dev compartments), months from 2016-09")
    articles = corpus.read(data, since=corpus.TEST_FROM)
    for name in taggers:
        try:
            one = tagger(name)
            one.tag(articles[0].prepared())
        except DataError as why:
            sheet.notes.append(f"{name} was not measured: {why}")
            continue
        _measure(sheet, name, one, articles)
    sheet.notes += [
        "Stance, proposition slots, relations and speaker names have no gold labels in these data and are not "
        "measured.",
        "The corpus is American news of 2015 and 2016; British habits of quoting differ.",
        "Human agreement on 20 other articles: "
        + ", ".join(f"{_NAMES[k]} {v}" for k, v in _HUMAN.items())
        + " (field notes of the project, measured).",
    ]
    if out is not None:
        sheet.write(out)
    return sheet


def _measure(sheet: Evaluation, name: str, one: Tagger, articles: list[corpus.GoldArticle]) -> None:
    begun = time.perf_counter()
    tagged = [one.tag(a.prepared()) for a in articles]
    spent = time.perf_counter() - begun
    counts = [_counts(a, tags) for a, tags in zip(articles, tagged, strict=True)]
    whole = _figures(counts)
    low, high = _intervals(counts)
    for key, label in _NAMES.items():
        floor = _FLOORS.get((name, key))
        sheet.add(
            f"{name}: {label}",
            round(whole[key], 4),
            low=round(low[key], 4),
            high=round(high[key], 4),
            n=len(articles),
            unit="articles",
            split=_SPLIT,
            target=f">= {floor}" if floor else "",
            met=whole[key] >= floor if floor else None,
            note=f"human {_HUMAN[key]}" if key in _HUMAN else "",
        )
    sheet.add(
        f"{name}: tokens a second, one process",
        round(sum(len(a.tokens) for a in articles) / spent),
        n=len(articles),
        unit="articles",
        note="tagging only, as the machine was loaded",
    )
    sheet.tables[name] = [{"measure": k, "value": round(v, 4)} for k, v in sorted(whole.items())]


def _counts(article: corpus.GoldArticle, tagged: Tagged) -> Counts:
    linked = link(tagged, article.prepared())
    words = article.tokens.words
    said = []
    for one in linked:
        content = frozenset(i for a, b in one.content for i in range(a, b) if words[i][0] != "\n")
        if content:
            cue = frozenset(range(*one.cue)) if one.cue else frozenset()
            source = frozenset(range(*one.source)) if one.source else frozenset()
            said.append(Attribution(content, source, cue, _is_statement(article, cue)))
    quoted = [s > 0 for s in article.states]
    return Counter(
        {**span_counts(article.bio(), tagged.tags), **attribution_counts(true_attributions(article), said, quoted)}
    )


def true_attributions(article: corpus.GoldArticle) -> list[Attribution]:
    """The annotated attributions of an article as token sets."""
    found: dict[int, dict[str, set[int]]] = {}
    for i, (role, number) in enumerate(article.labels):
        if role != "O":
            found.setdefault(number, {r: set() for r in corpus.ROLES})[role].add(i)
    return [
        Attribution(
            frozenset(v["content"]),
            frozenset(v["source"]),
            frozenset(v["cue"]),
            _is_statement(article, frozenset(v["cue"])),
        )
        for v in found.values()
        if v["content"]
    ]


def _is_statement(article: corpus.GoldArticle, cue: frozenset[int]) -> bool:
    return any(article.tokens.lower[i] in STATEMENT_VERBS for i in cue)


def _figures(counts: list[Counts]) -> dict[str, float]:
    total: Counts = Counter()
    for c in counts:
        total.update(c)
    return {**span_figures(total), **attribution_figures(total)}


def _intervals(counts: list[Counts]) -> tuple[dict[str, float], dict[str, float]]:
    """5th and 95th percentile of each figure over resampled articles."""
    keys = sorted({k for c in counts for k in c})
    table = np.array([[c[k] for k in keys] for c in counts], np.int64)
    rng = np.random.default_rng(7)
    drawn: list[dict[str, Any]] = []
    for _ in range(RESAMPLINGS):
        rows = rng.integers(0, len(counts), len(counts))
        total: Counts = Counter(dict(zip(keys, map(int, table[rows].sum(0)), strict=True)))
        drawn.append({**span_figures(total), **attribution_figures(total)})
    low = {k: float(np.percentile([d[k] for d in drawn], 5)) for k in drawn[0]}
    high = {k: float(np.percentile([d[k] for d in drawn], 95)) for k in drawn[0]}
    return low, high
