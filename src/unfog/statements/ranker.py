"""Which of the tagged sources is a cue's: a logistic ranker over pairs, learned on annotated attributions.

The probability that a source belongs to a cue is logistic in what lies between the two and in what they are; pairs are
then taken in order of probability, each cue and each source once. ``data/linker.json`` holds the weights, one set for
sources before their cue and one for sources after it. Learned by ``python -m unfog.statements.training.linker``.
"""

from __future__ import annotations

import json
import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

from unfog.statements.prepared import Prepared

Range = tuple[int, int]
FEATURES = (
    "bias", "gap", "adjacent", "one between", "far", "cues between", "contents between", "sources between",
    "nearest source", "nearest cue", "participle", "infinitive", "conjoined", "relative pronoun", "pronoun", "quoted",
    "quote differs", "comma", "own content between", "content before cue", "after own content", "length",
    "other sentence", "according", "mark between", "has content", "starts the sentence",
)  # fmt: skip
FURTHEST = 80
"""Tokens between a cue and a source beyond which they are not paired."""
_RELATIVE = frozenset(["who", "which", "that", "whom"])
_PRONOUN = frozenset(["he", "she", "they", "it", "we", "i", "you"])


@dataclass(slots=True)
class Scene:
    """The tagged spans of an article.

    Attributes:
        text: The article.
        cues, sources, contents: Token ranges.
    """

    text: Prepared
    cues: list[Range]
    sources: list[Range]
    contents: list[Range]
    _sents: list[int] = field(init=False)
    _paras: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self._sents = [a for a, _ in self.text.sents]
        self._paras = [a for a, _ in self.text.paras]

    def candidates(self, cue: Range) -> list[Range]:
        """Sources of the cue's paragraph within reach that do not overlap it."""
        home = bisect_right(self._paras, cue[0])
        return [
            s
            for s in self.sources
            if gap(cue, s) <= FURTHEST
            and not (s[0] < cue[1] and cue[0] < s[1])
            and bisect_right(self._paras, s[0]) == home
        ]

    def describe(self, cue: Range, source: Range, own: Sequence[Range]) -> list[float]:
        """Values of :data:`FEATURES` for one pair.

        Args:
            cue, source: The pair.
            own: Contents of the cue, in order of place.
        """
        lower, states = self.text.tokens.lower, self.text.states
        before = source[0] < cue[0]
        away = gap(cue, source)
        low, high = min(cue[1], source[1]), max(cue[0], source[0])
        same_side = [s for s in self.sources if (s[0] < cue[0]) == before]
        previous = lower[cue[0] - 1] if cue[0] else ""
        single = source[1] - source[0] == 1
        sentence = bisect_right(self._sents, source[0])
        quoted = states[source[0]] > 0
        return [
            1.0,
            math.log1p(away),
            away == 0,
            away == 1,
            away > 25,
            min(3, between(cue, source, self.cues)),
            min(3, between(cue, source, self.contents)),
            min(3, between(cue, source, self.sources)),
            min(same_side, key=lambda s: gap(cue, s)) == source,
            min(self.cues, key=lambda c: (gap(c, source), c)) == cue,
            lower[cue[0]].endswith("ing"),
            lower[cue[0]] == "to" or previous == "to",
            previous in ("and", "but", "or"),
            single and lower[source[0]] in _RELATIVE,
            single and lower[source[0]] in _PRONOUN,
            quoted,
            quoted != (states[cue[0]] > 0),
            "," in lower[low:high],
            any(low <= a and b <= high for a, b in own),
            bool(own) and own[0][0] < cue[0],
            bool(own) and source[0] >= own[-1][1],
            math.log1p(source[1] - source[0]),
            sentence != bisect_right(self._sents, cue[0]),
            lower[cue[0]] == "according",
            any(states[low:high]),
            bool(own),
            source[0] - self._sents[sentence - 1] <= 1,
        ]


def probability(values: Sequence[float], *, before: bool) -> float:
    """Probability of a pair from its description."""
    weights = _weights()[before]
    z = sum(w * v for w, v in zip(weights, values, strict=True))
    return 1.0 / (1.0 + math.exp(-max(-50.0, min(50.0, z))))


@cache
def _weights() -> tuple[list[float], list[float]]:
    """Weights for sources after their cue, and for sources before it."""
    raw = json.loads(resources.files("unfog.statements").joinpath("data", "linker.json").read_text(encoding="utf-8"))
    after, before = ([float(raw[side][name]) for name in FEATURES] for side in ("after", "before"))
    return after, before


def gap(x: Range, y: Range) -> int:
    """Tokens between two ranges; 0 where they touch or overlap."""
    return max(0, max(x[0], y[0]) - min(x[1], y[1]))


def between(x: Range, y: Range, spans: Sequence[Range]) -> int:
    """Spans that lie wholly between two ranges."""
    low, high = min(x[1], y[1]), max(x[0], y[0])
    return sum(1 for a, b in spans if a >= low and b <= high)
