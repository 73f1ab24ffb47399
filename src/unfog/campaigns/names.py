"""Is a site named like the sites of a network? A likelihood ratio anchored in the network's own way of naming.

A name's score says how much better its fourgrams fit the network than ordinary sites. What a score is worth differs by
network: one that names all its sites alike is telling, one that takes any name is not. So a score is held against two
groups that need no label: the network's own sites, each left out once, and ordinary sites (score-based likelihood
ratio, anchored in the source; Hepler et al. 2012, doi:10.1016/j.forsciint.2011.12.009). A calibrator fitted on other
operators then corrects what is left.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from unfog.errors import InferenceError
from unfog.stats import Logistic, bounded, fit_logistic, n_plus_one
from unfog.text import domain_of

GRAM = 4

_SHRINK = 5.0
"""Sites that the ordinary share weighs as much as."""

_REFERENCE = 200
"""Ordinary sites that scores are held against, at most."""

_WIDTH = 0.08
"""Standard deviation of a kernel, in scores. Silverman's rule is no better: networks are often half alike, half not."""

_BROAD = 0.5
"""Standard deviation of the broad part of a density, in scores: what no site was seen with stays possible."""

Floats = NDArray[np.float64]


@lru_cache(maxsize=1 << 16)
def grams(domain: str) -> frozenset[str]:
    """Fourgrams of a domain's own label, its ends marked, and its ending.

    >>> sorted(grams("ab-news.com"))
    ['.com', '^abn', 'abne', 'bnew', 'ews$', 'news']
    """
    label, _, ending = _site(domain).partition(".")
    marked = f"^{''.join(c for c in label if c.isalnum())}$"
    return frozenset(marked[i : i + GRAM] for i in range(max(1, len(marked) - GRAM + 1))) | {f".{ending}"}


def _site(domain: str) -> str:
    return domain_of(domain, private=True) or domain.lower()


@dataclass(frozen=True, slots=True)
class Ordinary:
    """How ordinary sites are named.

    Attributes:
        common: Fourgram -> share of ordinary sites that have it.
        unseen: Share taken for a fourgram that no ordinary site has.
        reference: Ordinary sites that scores are held against.
        n: Ordinary sites behind the shares.
    """

    common: Mapping[str, float]
    unseen: float
    reference: tuple[str, ...]
    n: int

    @classmethod
    def of(cls, sites: Iterable[str]) -> Ordinary:
        """Count the fourgrams of ordinary sites.

        Raises:
            InferenceError: if there is no ordinary site.
        """
        names = sorted(set(sites))
        if not names:
            raise InferenceError("how common a name's parts are needs ordinary sites to compare with, got none")
        count = Counter(g for n in names for g in grams(n))
        shares = {g: (k + 0.5) / (len(names) + 1) for g, k in sorted(count.items())}
        return cls(shares, 0.5 / (len(names) + 1), tuple(names[:: -(-len(names) // _REFERENCE)]), len(names))

    def score(self, site: str, network: Iterable[str]) -> float:
        """How much better a site's name fits a network's way of naming than that of ordinary sites.

        Mean over its fourgrams of log10 (share in the network, shrunk towards the ordinary share) / (ordinary share).
        The site itself never counts as part of the network. 0: no better; the order of the network does not matter.
        """
        members = {m for m in network if _site(m) != _site(site)}
        return self._score(grams(site), Counter(g for m in members for g in grams(m)), len(members))

    def _score(self, own: frozenset[str], count: Mapping[str, int], members: int, less: int = 0) -> float:
        total = 0.0
        for g in own:
            p = self.common.get(g, self.unseen)
            total += math.log10((count.get(g, 0) - less + _SHRINK * p) / (members - less + _SHRINK) / p)
        return total / len(own)

    def anchored(self, sites: Sequence[str], network: Iterable[str]) -> float:
        """Mean log10 of (density of a site's score among the network's own sites) / (among ordinary sites).

        Both densities have the same kernel width and the same broad part, which counts as one more site. Sites that
        stand in the network themselves are taken out of it first.

        Args:
            sites: Sites asked about, all of one operator by assumption.
            network: Known sites of the network.

        Raises:
            InferenceError: if fewer than two sites of the network are left, or none is asked about.
        """
        asked = {_site(s) for s in sites}
        members = sorted({m for m in network if _site(m) not in asked})
        if len(members) < 2 or not sites:
            raise InferenceError(f"a network needs two sites besides those asked about; got {len(members)}")
        count = Counter(g for m in members for g in grams(m))
        own = np.array([self._score(grams(m), count, len(members), less=1) for m in members])
        other = np.array([self._score(grams(r), count, len(members)) for r in self.reference if _site(r) not in asked])
        seen = np.array([self._score(grams(s), count, len(members)) for s in sites])
        centre = float(own.mean())
        ratio = np.log10(_density(seen, own, centre)) - np.log10(_density(seen, other, centre))
        return float(ratio.mean())


def _density(at: Floats, points: Floats, centre: float) -> Floats:
    """Kernel density of ``points`` with one broad kernel around ``centre`` among them, shape of ``at``."""
    narrow = np.exp(-0.5 * ((at[:, None] - points[None, :]) / _WIDTH) ** 2).sum(axis=1) / _WIDTH
    broad = np.exp(-0.5 * ((at - centre) / _BROAD) ** 2) / _BROAD
    return np.asarray((narrow + broad) / (points.size + 1.0))


@dataclass(frozen=True, slots=True)
class NameModel:
    """What a site's name is worth against a network.

    Attributes:
        ordinary: How ordinary sites are named.
        calibrator: Anchored log10 ratio -> log10 LR.
        n_operators: Operators that it was fitted on.
    """

    ordinary: Ordinary
    calibrator: Logistic
    n_operators: int

    def log10_lr(self, sites: Sequence[str], network: Iterable[str]) -> float:
        """log10 LR of sites against a network, same operator : different, within N + 1."""
        within = bounded(self.calibrator, n_plus_one(self.n_operators, self.n_operators, "operators"))
        return float(within.log10_lr([self.ordinary.anchored(sites, network)])[0])


def fit_names(
    pairs: Sequence[tuple[Sequence[str], Sequence[str]]], same: Sequence[bool], ordinary: Ordinary, n_operators: int
) -> NameModel:
    """Fit the worth of a name on sites and networks of known operators.

    Args:
        pairs: Sites asked about, and sites of one network.
        same: Whether the network's operator runs the sites.
        ordinary: How ordinary sites are named.
        n_operators: Operators behind the same pairs: the unit of the cap.
    """
    return NameModel(ordinary, fit_logistic([ordinary.anchored(a, b) for a, b in pairs], list(same)), n_operators)
