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

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from rapidfuzz.distance import Indel

from unfog.engine import Engine
from unfog.engine.kernels.gram_join import GramIndex, GramRule, build_index, join, weigh
from unfog.text.normalise import fold

Progress = Callable[[str, float], None]

WHOLE = 0.9
"""Share of the text's words from which an appearance is verbatim rather than an excerpt."""

CLOSE = 0.95
"""Share of agreeing words from which a passage is a copy."""

CLOSE_LETTERS = 0.88
"""Share of agreeing letters from which a passage is a copy with the noise of OCR or typing."""

DENSE = 0.5
"""Share of agreeing words below which a passage needs half as much weight again."""

DISTINCT = 6
"""Fewest different words of a passage: 'ha ha ha ha' is no passage."""


@dataclass(frozen=True, slots=True)
class Needle:
    """A text to look for: its id and its words."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Match:
    """One text found in one other.

    Attributes:
        needle: Id of the text looked for.
        text_id: Id of where it was found.
        how: verbatim, excerpt or reworded.
        similarity: Share of aligned words that agree, 0 to 1.
        coverage: Share of the needle's words that were found, 0 to 1.
        words: Words of the passages on the side of the post.
        weight: Uncommon words among them.
        needle_spans: [start, end) in code points of the needle, one for each passage.
        text_spans: The same in the text where it was found.
    """

    needle: str
    text_id: str
    how: str
    similarity: float
    coverage: float
    words: int
    weight: float
    needle_spans: tuple[tuple[int, int], ...]
    text_spans: tuple[tuple[int, int], ...]

    @property
    def doc_span(self) -> str:
        """Spans in the needle as JSON."""
        return json.dumps(self.needle_spans)

    @property
    def post_span(self) -> str:
        """Spans in the post as JSON."""
        return json.dumps(self.text_spans)


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
    rule = rule or GramRule(least=min(6.0, min_weight))
    index = build_index([n.text for n in needles], rule)
    sizes = np.diff(index.bounds)
    too_short = tuple(n.id for n, size in zip(needles, sizes, strict=True) if size < rule.k)
    if len(index.keys) == 0:
        return Traced((), 0, too_short, {n.id: 0.0 for n in needles})
    searched = weigh(index, engine, haystack, background=background, progress=progress, total=total)
    table = join(index, engine, haystack, progress=progress, total=total)
    matches = _accept(table, needles, sizes, index, min_words, min_weight)
    return Traced(tuple(matches), searched, too_short, _common_shares(index, needles))


def _common_shares(index: GramIndex, needles: Sequence[Needle]) -> dict[str, float]:
    """Share of each needle's grams whose weight is below one half."""
    light = np.zeros(len(needles))
    grams = np.zeros(len(needles))
    owner = index.needle_of[index.places]
    np.add.at(grams, owner, 1.0)
    np.add.at(light, owner, np.repeat(index.weights < 0.5, np.diff(index.ptr)).astype(float))
    return {n.id: float(light[i] / grams[i]) if grams[i] else 0.0 for i, n in enumerate(needles)}


def _accept(
    table: pa.Table,
    needles: Sequence[Needle],
    sizes: np.ndarray[tuple[int], np.dtype[np.int64]],
    index: GramIndex,
    min_words: int,
    min_weight: float,
) -> list[Match]:
    if table.num_rows == 0:
        return []
    columns = {name: table.column(name).to_numpy() for name in table.column_names if name != "text_id"}
    words = columns["text_words"]
    density = columns["common_words"] / np.maximum(np.maximum(words, columns["needle_words"]), 1)
    good = (words >= min(min_words, 6)) & (columns["common_words"] >= DISTINCT) & (density >= 0.25)
    rows = np.flatnonzero(good)
    texts = table.column("text_id").take(pa.array(rows)).to_pylist()
    groups: dict[tuple[str, int], list[int]] = {}
    for row, text_id in zip(rows.tolist(), texts, strict=True):
        groups.setdefault((text_id, int(columns["needle"][row])), []).append(row)
    matches = []
    for (text_id, needle), members in sorted(groups.items()):
        span = int(words[members].sum())
        common = int(columns["common_words"][members].sum())
        weight = float(columns["weight"][members].sum())
        longest = int(words[members].max())
        wide = int(np.maximum(words[members], columns["needle_words"][members]).sum())
        share = common / max(wide, 1)
        needed = min_weight if share >= DENSE else 1.5 * min_weight
        short_needle = int(sizes[needle]) < min_words
        if weight < needed or (longest < min_words and span < 2 * min_words and not short_needle):
            continue
        starts, ends = columns["needle_start"][members], columns["needle_end"][members]
        covered = min(1.0, int(columns["needle_words"][members].sum()) / max(int(sizes[needle]), 1))
        order = np.argsort(columns["text_start"][members], kind="stable")
        matches.append(
            Match(
                needle=needles[needle].id,
                text_id=text_id,
                how="",
                similarity=round(min(1.0, share), 4),
                coverage=round(covered, 4),
                words=span,
                weight=round(weight, 2),
                needle_spans=tuple((int(starts[i]), int(ends[i])) for i in order),
                text_spans=tuple(
                    (int(columns["text_start"][members[i]]), int(columns["text_end"][members[i]])) for i in order
                ),
            )
        )
    return matches


def classify(match: Match, needle: str, text: str) -> Match:
    """Say how the needle appears, from the words and, where words differ, from the letters of the passages."""
    close = match.similarity >= CLOSE
    if not close:
        ours = " ".join(fold(needle[a:b]) for a, b in match.needle_spans)
        theirs = " ".join(fold(text[a:b]) for a, b in match.text_spans)
        close = Indel.normalized_similarity(ours, theirs) >= CLOSE_LETTERS
    how = "reworded" if not close else ("verbatim" if match.coverage >= WHOLE else "excerpt")
    return Match(
        match.needle, match.text_id, how, match.similarity, match.coverage, match.words, match.weight,
        match.needle_spans, match.text_spans,
    )  # fmt: skip
