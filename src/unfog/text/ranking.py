"""Ranking short texts by likeness of words and letters: which known claim is this post about?

BM25 (Robertson & Zaragoza 2009, doi:10.1561/1500000019) over folded words, and over letter 4-grams within words, which
stand in for stems and misspellings. The blend adds the two after each was divided by its best score for the query.
Nothing is learnt.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from unfog.text.normalise import words

Terms = Callable[[str], list[str]]


def letter_grams(text: str, n: int = 4) -> list[str]:
    """Letter n-grams within words, marked at the ends; a short word is one gram.

    >>> letter_grams("leaked")
    ['<lea', 'leak', 'eake', 'aked', 'ked>']
    """
    found = []
    for word in words(text):
        marked = f"<{word}>"
        found += [marked[i : i + n] for i in range(max(1, len(marked) - n + 1))]
    return found


class Bm25:
    """BM25 over a collection of texts.

    Args:
        texts: The collection.
        terms: How a text is cut into terms.
        k1: Saturation of repeated terms.
        b: Weight of length.
    """

    def __init__(self, texts: Sequence[str], terms: Terms = words, k1: float = 1.2, b: float = 0.75) -> None:
        self.terms = terms
        bags = [Counter(terms(t)) for t in texts]
        sizes = [bag.total() for bag in bags]
        usual = sum(sizes) / max(1, len(sizes))
        held: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for i, bag in enumerate(bags):
            for term, n in bag.items():
                held[term].append((i, n * (k1 + 1) / (n + k1 * (1 - b + b * sizes[i] / max(usual, 1e-9)))))
        self.size = len(bags)
        self.held: dict[str, tuple[NDArray[np.int64], NDArray[np.float64]]] = {}
        for term, places in held.items():
            rarity = math.log(1 + (len(bags) - len(places) + 0.5) / (len(places) + 0.5))
            self.held[term] = (np.array([p[0] for p in places]), rarity * np.array([p[1] for p in places]))

    def scores(self, query: str) -> NDArray[np.float64]:
        """Score of each text, shape (number of texts,)."""
        found = np.zeros(self.size)
        for term in sorted(set(self.terms(query))):
            if term in self.held:
                at, weight = self.held[term]
                found[at] += weight
        return found

    def rank(self, query: str, top: int = 5) -> list[int]:
        """Numbers of the best texts, best first; ties by number."""
        return _best(self.scores(query), top)


class Blend:
    """Words and letters together.

    Args:
        texts: The collection.
        letters: Weight of letter n-grams beside words of weight 1.
    """

    def __init__(self, texts: Sequence[str], letters: float = 1.0) -> None:
        self.parts = ((Bm25(texts), 1.0), (Bm25(texts, letter_grams), letters))

    def scores(self, query: str) -> NDArray[np.float64]:
        """Score of each text, shape (number of texts,)."""
        found = np.zeros(self.parts[0][0].size)
        for part, weight in self.parts:
            own = part.scores(query)
            found += weight * own / max(float(own.max(initial=0.0)), 1e-9)
        return found

    def rank(self, query: str, top: int = 5) -> list[int]:
        """Numbers of the best texts, best first; ties by number."""
        return _best(self.scores(query), top)


def _best(scores: NDArray[np.float64], top: int) -> list[int]:
    order = np.argsort(-scores, kind="stable")[:top]
    return [int(i) for i in order if scores[i] > 0]
