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
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from rapidfuzz.distance import Indel

from unfog.engine import Engine
from unfog.engine.kernels.gram_join import GramIndex, GramRule, build_index, join, weigh
from unfog.text.normalise import fold

Progress = Callable[[str, float], None]
Ints = NDArray[np.int64]

WHOLE = 0.9
"""Share of the text's words from which an appearance is verbatim rather than an excerpt."""

CLOSE = 0.95
"""Share of agreeing words from which a passage is a copy."""

CLOSE_LETTERS = 0.86
"""Share of agreeing letters from which a passage is a copy with the noise of OCR or typing."""

COPY_WEIGHT = 0.25
"""Share of the weight asked for that is enough for a copy of at least the shortest length."""

NOISY_WEIGHT = 0.75
"""Share of the weight asked for that is enough where the letters agree."""

NUMBERS = 3
"""Fewest numbers in a passage by which a form that is filled in otherwise is told from a copy."""

NUMBERS_AGREE = 0.65
"""Share of the numbers that must agree; below it a passage is the same form with other dates, times or amounts."""

FORM_WEIGHT = 5.0
"""Multiple of the weight asked for at which a passage counts although its numbers differ."""

REWORDED_WEIGHT = 1.75
"""Multiple of the weight asked for that a passage needs whose words and letters differ: forms with other names and
times inside look like rewording."""

FURTHER = 0.5
"""What further passages of the same pair count beside the heaviest: chance gives many small ones in a long text."""

DISTINCT = 6
"""Fewest agreeing words of a passage."""


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
    rule = rule or GramRule(least=COPY_WEIGHT * min_weight)
    index = build_index([n.text for n in needles], rule)
    sizes = np.diff(index.bounds)
    too_short = tuple(n.id for n, size in zip(needles, sizes, strict=True) if size < rule.k)
    if len(index.keys) == 0:
        return Traced((), 0, too_short, {n.id: 0.0 for n in needles})
    searched = weigh(index, engine, haystack, background=background, progress=progress, total=total)
    table = join(index, engine, haystack, progress=progress, total=total)
    candidates = _candidates(table, needles, sizes, min_words, min_weight)
    matches = _judged(engine, candidates, needles, haystack, sizes, min_words, min_weight)
    return Traced(tuple(matches), searched, too_short, _common_shares(index, needles))


def _common_shares(index: GramIndex, needles: Sequence[Needle]) -> dict[str, float]:
    """Share of each needle's grams whose weight is below one half."""
    light = np.zeros(len(needles))
    grams = np.zeros(len(needles))
    owner = index.needle_of[index.places]
    np.add.at(grams, owner, 1.0)
    np.add.at(light, owner, np.repeat(index.weights < 0.5, np.diff(index.ptr)).astype(float))
    return {n.id: float(light[i] / grams[i]) if grams[i] else 0.0 for i, n in enumerate(needles)}


Candidate = tuple[int, Match, bool, float]
"""Number of the needle, match without verdict, whether its heaviest passage is a copy, and its weight as counted."""


def _candidates(
    table: pa.Table, needles: Sequence[Needle], sizes: Ints, min_words: int, min_weight: float
) -> list[Candidate]:
    """Candidates, sorted by text and needle."""
    if table.num_rows == 0:
        return []
    columns = {name: table.column(name).to_numpy() for name in table.column_names if name != "text_id"}
    words, common, weight = columns["text_words"], columns["common_words"], columns["weight"]
    wide = np.maximum(words, columns["needle_words"])
    fewest = np.minimum(min(min_words, DISTINCT), sizes[columns["needle"]])
    rows = np.flatnonzero((words >= fewest) & (common >= fewest) & (common >= 0.25 * wide))
    needle = columns["needle"][rows]
    texts = table.column("text_id").take(pa.array(rows)).to_pylist()
    groups: dict[tuple[str, int], list[int]] = {}
    for row, text_id, n in zip(rows.tolist(), texts, needle.tolist(), strict=True):
        groups.setdefault((text_id, n), []).append(row)
    found = []
    for (text_id, n), members in sorted(groups.items()):
        total, span, longest = float(weight[members].sum()), int(words[members].sum()), int(words[members].max())
        short_needle = int(sizes[n]) < min_words
        if total < COPY_WEIGHT * min_weight or (longest < min_words and not short_needle):
            continue
        best = max(members, key=lambda m: float(weight[m]))
        copied = bool(common[best] >= CLOSE * wide[best] and (words[best] >= min_words or short_needle))
        order = sorted(members, key=lambda m: int(columns["text_start"][m]))
        match = Match(
            needle=needles[n].id,
            text_id=text_id,
            how="",
            similarity=round(min(1.0, float(common[members].sum() / max(wide[members].sum(), 1))), 4),
            coverage=round(min(1.0, float(columns["needle_words"][members].sum() / max(int(sizes[n]), 1))), 4),
            words=span,
            weight=round(total, 2),
            needle_spans=tuple((int(columns["needle_start"][m]), int(columns["needle_end"][m])) for m in order),
            text_spans=tuple((int(columns["text_start"][m]), int(columns["text_end"][m])) for m in order),
        )
        strongest = float(weight[best])
        found.append((n, match, copied, strongest + FURTHER * (total - strongest)))
    return found


TEXTS_AT_ONCE = 20_000
"""Texts of candidates that are fetched together."""


def _judged(
    engine: Engine, candidates: list[Candidate], needles: Sequence[Needle], haystack: str,
    sizes: Ints, min_words: int, min_weight: float,
) -> list[Match]:  # fmt: skip
    """Candidates that are passages: a copy by its words, a noisy copy by its letters, else by much more weight."""
    matches = []
    for at in range(0, len(candidates), TEXTS_AT_ONCE):
        part = candidates[at : at + TEXTS_AT_ONCE]
        ids = sorted({m.text_id for _, m, _, _ in part})
        engine.put("spread_candidates", pa.table({"id": pa.array(ids, pa.string())}))
        join_sql = f"SELECT h.id, h.text FROM ({haystack}) AS h INNER JOIN spread_candidates AS c ON h.id = c.id"
        rows = engine.query(join_sql)
        texts = dict(zip(rows.column(0).to_pylist(), rows.column(1).to_pylist(), strict=True))
        for n, match, copied, weight in part:
            ours = " ".join(fold(needles[n].text[a:b]) for a, b in match.needle_spans)
            theirs = " ".join(fold(texts[match.text_id][a:b]) for a, b in match.text_spans)
            how = _how(match, ours, theirs)
            share = COPY_WEIGHT if copied else REWORDED_WEIGHT if how == "reworded" else NOISY_WEIGHT
            if not copied and not _same_numbers(ours, theirs):
                share = FORM_WEIGHT
            if weight >= share * min_weight:
                matches.append(replace(match, how=how))
    engine.drop("spread_candidates")
    return matches


def _how(match: Match, ours: str, theirs: str) -> str:
    """How the needle appears, from the words and, where words differ, from the letters of the passages."""
    close = match.similarity >= CLOSE or Indel.normalized_similarity(ours, theirs) >= CLOSE_LETTERS
    return "reworded" if not close else ("verbatim" if match.coverage >= WHOLE else "excerpt")


def _same_numbers(ours: str, theirs: str) -> bool:
    """Whether the numbers of two passages agree, or are too few to tell."""
    one, other = (Counter(w for w in text.split() if any(c.isdigit() for c in w)) for text in (ours, theirs))
    most = max(one.total(), other.total())
    return min(one.total(), other.total()) < NUMBERS or (one & other).total() >= NUMBERS_AGREE * most
