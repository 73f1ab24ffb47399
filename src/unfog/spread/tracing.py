"""Passage tracing: which of some texts stand, whole or in part, in which of very many posts and articles.

Candidates come from shared runs of words (the engine's gram join), which also measures how common each run is; spans
and similarity come from exact alignment. How a text appears:

========= =============================================================================================
verbatim  at least 90 % of the text, at least 95 % of the words (or letters, for noise of OCR) agreeing
excerpt   less of it, agreeing as closely
reworded  aligned, but with fewer agreeing words
========= =============================================================================================

Assumption: the texts are in one language; a translation shares no runs of words and is not found here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from unfog.engine import Engine
from unfog.engine.kernels.gram_join import GramIndex, GramRule, build_index, join, weigh
from unfog.spread.judging import STRETCH_WEIGHT, Asked, judged
from unfog.spread.match import Match, Needle

Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Traced:
    """Result of a search: matches, and what was set aside.

    Attributes:
        matches: Sorted by text and needle.
        searched: Number of texts read.
        too_short: Ids of needles with fewer words than a gram, which cannot be found this way.
        common: Needle id -> share of its words that stand in many surroundings and count for nothing.
    """

    matches: tuple[Match, ...]
    searched: int
    too_short: tuple[str, ...]
    common: dict[str, float]


def trace(
    engine: Engine,
    needles: Sequence[Needle],
    haystack: str,
    *,
    min_words: int = 12,
    min_weight: float = 8.0,
    rule: GramRule | None = None,
    background: Sequence[str] = (),
    total: int = 0,
    progress: Progress | None = None,
) -> Traced:
    """Find the needles in a relation.

    Args:
        engine: Where the texts are.
        needles: Texts to look for. Fewer than four words cannot be found this way (see ``Traced.too_short``).
        haystack: SELECT of two columns: id and text.
        min_words: Shortest passage that counts, in words of the post (a character of a script without spaces is half).
        min_weight: Uncommon words that the passages of one post must have in sum.
        rule: How runs of words are made and weighed.
        background: Texts known to be common property; what stands in them counts for nothing.
        total: Number of texts, for progress.
        progress: Called with a message and the share done.

    Returns:
        Matches with spans on both sides; deterministic.
    """
    rule = rule or GramRule(least=STRETCH_WEIGHT * min_weight)
    index = build_index([n.text for n in needles], rule)
    too_short = tuple(n.id for n, size in zip(needles, np.diff(index.bounds), strict=True) if size < rule.k)
    if len(index.keys) == 0:
        return Traced((), 0, too_short, {n.id: 0.0 for n in needles})
    searched = weigh(index, engine, haystack, background=background, progress=progress, total=total)
    table = join(index, engine, haystack, progress=progress, total=total)

    def fetch(ids: list[str]) -> dict[str, str]:
        engine.put("spread_candidates", pa.table({"id": pa.array(ids, pa.string())}))
        rows = engine.query(
            f"SELECT h.id, h.text FROM ({haystack}) AS h INNER JOIN spread_candidates AS c ON h.id = c.id"
        )
        engine.drop("spread_candidates")
        return dict(zip(rows.column(0).to_pylist(), rows.column(1).to_pylist(), strict=True))

    matches = judged(index, table, needles, fetch, Asked(min_words, min_weight))
    return Traced(tuple(matches), searched, too_short, _common_shares(index, needles))


def _common_shares(index: GramIndex, needles: Sequence[Needle]) -> dict[str, float]:
    """Share of each needle's grams whose weight is below one half."""
    light = np.zeros(len(needles))
    grams = np.zeros(len(needles))
    owner = index.needle_of[index.places]
    np.add.at(grams, owner, 1.0)
    np.add.at(light, owner, np.repeat(index.weights < 0.5, np.diff(index.ptr)).astype(float))
    return {n.id: float(light[i] / grams[i]) if grams[i] else 0.0 for i, n in enumerate(needles)}
