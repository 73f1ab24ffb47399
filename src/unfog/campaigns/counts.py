"""How often a trait is met again in one campaign, and how often in an unrelated one: counts, one campaign one unit.

``reliability`` counts campaigns that were described twice (``repeats.json``); ``commonness`` counts the other entries
of the catalogue. Both are small. Their intervals say so, and no likelihood ratio can exceed N + 1 for N campaigns
behind it.
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

from unfog.campaigns.catalogue import Entry, root_of, was_public
from unfog.campaigns.catalogue.load import second_coding, shipped_entries
from unfog.campaigns.shared_hosts import is_shared
from unfog.model import Estimate
from unfog.stats import n_plus_one

_GRID = 200
_NAMED = 20


@dataclass(frozen=True, slots=True)
class Count:
    """Hits among independent campaigns, under Jeffreys' prior.

    Attributes:
        hits: Campaigns that show it.
        of: Campaigns looked at.
        who: Ids of those that show it, or of the first of them.
    """

    hits: int
    of: int
    who: tuple[str, ...] = field(default=(), compare=False)

    @property
    def rate(self) -> float:
        """Posterior mean of the rate: (hits + 1/2) / (of + 1)."""
        return (self.hits + 0.5) / (self.of + 1.0)

    def quantiles(self, at: NDArray[np.float64], *, miss: bool = False) -> NDArray[np.float64]:
        """Quantiles of the rate (of a miss: of its complement) under its Beta posterior, shape of ``at``."""
        a, b = self.hits + 0.5, self.of - self.hits + 0.5
        return np.asarray(special.betaincinv(b if miss else a, a if miss else b, at))


@lru_cache(maxsize=4096)
def log10_ratio(same: Count, unrelated: Count, *, miss: bool = False) -> tuple[Estimate, str]:
    """log10 LR of seeing (or, with ``miss``, not seeing) a trait, within N + 1, with its 90 % interval.

    The value is the ratio of the posterior means; the interval is that of the ratio of two independent Beta posteriors,
    from a grid of their quantiles. Neither leaves its side of 1: a campaign has its own trait at least as often as an
    unrelated one has it, so seeing it never opposes and missing it never supports, however small the counts.

    Returns:
        The estimate, and the cap's rule where it bit (empty otherwise).
    """
    top, bottom = (1.0 - same.rate, 1.0 - unrelated.rate) if miss else (same.rate, unrelated.rate)
    at = (np.arange(_GRID) + 0.5) / _GRID
    both = np.log10(same.quantiles(at, miss=miss))[:, None] - np.log10(unrelated.quantiles(at, miss=miss))[None, :]
    value = math.log10(top / bottom)
    low, high = (float(q) for q in np.quantile(both, (0.05, 0.95)))
    bounds = n_plus_one(same.of, unrelated.of)
    raw = Estimate(value=value, low=min(low, value), high=max(high, value))
    # a campaign has its own trait at least as often as an unrelated one: seeing it never opposes, missing it
    # never supports
    raw = raw.clipped(-math.inf, 0.0) if miss else raw.clipped(0.0, math.inf)
    clipped = raw.clipped(bounds.low, bounds.high)
    return clipped, bounds.rule if clipped.value != raw.value else ""


@lru_cache(maxsize=1)
def coding_error() -> Count:
    """Of the traits that both coders read in the sources: on how many do they share no word?"""
    first = {(e.id, t.kind): t.value for e in shipped_entries().values() for t in e.traits if not t.computed_from}
    read = {f"{r['campaign']} {r['kind']}": (first.get((r["campaign"], r["kind"])), r["value"])
            for r in second_coding()["rows"]}  # fmt: skip
    both = {k: (a, b) for k, (a, b) in read.items() if a}
    apart = tuple(sorted(k for k, (a, b) in both.items() if not set(a) & set(b)))
    return Count(len(apart), len(both), apart)


def within_coding_error(lr: Estimate, cap: str) -> tuple[Estimate, str]:
    """A ratio of coded words kept within what coding can tell: no share is known below the rate of wrong codes.

    However large a catalogue is, a word that nobody else has may be a wrong code. So no trait weighs more than one over
    the rate at which two codings differ.
    """
    error = coding_error()
    most = -math.log10(error.rate)
    kept = lr.clipped(-most, most)
    rule = f"two codings differ in {error.hits} of {error.of} traits: no ratio beyond {10**most:.0f}"
    return kept, rule if kept.value != lr.value else cap


@lru_cache(maxsize=1)
def repeats() -> tuple[Mapping[str, Any], ...]:
    """Campaigns described twice (``repeats.json``); ``second`` is what the second coder read, None if nothing."""
    text = (Path(__file__).parent / "repeats.json").read_text(encoding="utf-8")
    coded = second_coding()
    read = {_row(r): r["again"] for part in ("repeats", "repeats_resolved") for r in coded[part]}
    return tuple({**r, "second": read.get(_row(r), r["again"])} for r in json.loads(text)["rows"])


def _row(r: Mapping[str, Any]) -> tuple[str, str, str]:
    return str(r["campaign"]), str(r["kind"]), str(r["public_from"])


def known_repeats(kind: str, known: str = "") -> list[Mapping[str, Any]]:
    """Repeats of one kind that were public by a date and on which the two codings agree."""
    rows = (r for r in repeats() if r["kind"] == kind and r["second"] == r["again"])
    return [r for r in rows if was_public(str(r["public_from"]), known)]


def reliability(kind: str, known: str = "") -> Count:
    """Of the campaigns described twice by a date: in how many was the trait met again each time?"""
    by: dict[str, bool] = {}
    for r in known_repeats(kind, known):
        by[str(r["campaign"])] = by.get(str(r["campaign"]), True) and bool(r["again"])
    return Count(sum(by.values()), len(by), tuple(sorted(k for k, v in by.items() if v)))


@lru_cache(maxsize=1)
def outside() -> Mapping[str, Any]:
    """Counts of words over campaigns that others coded (``outside_counts.json``)."""
    document: Mapping[str, Any] = json.loads(
        (Path(__file__).parent / "outside_counts.json").read_text(encoding="utf-8")
    )
    return document


def _outside(kind: str, wanted: frozenset[str], own: str, known: str) -> tuple[int, int]:
    """Campaigns coded by others that show one of the words, and all; what may be the operation itself is out."""
    rows = [r for r in outside()["counts"].get(kind, []) if own != r["of"] and was_public(str(r["month"]), known)]
    return sum(int(r["n"]) for r in rows if r["word"] in wanted), sum(int(r["n"]) for r in rows)


class Background:
    """The other campaigns by kind of trait and word, each operation once, as known by a date.

    Plain lists of indicators are left out; entries that are not coded in a kind, or on which two coders differ, are not
    counted there. Built once, it answers for each of many candidates without looking at all entries again.
    """

    def __init__(self, entries: Iterable[Entry], known: str = "") -> None:
        all_of = {e.id: e for e in entries}
        self.known = known
        self._root = {k: root_of(e, all_of) for k, e in all_of.items()}
        self._words: dict[str, dict[str, set[str]]] = defaultdict(dict)
        for e in all_of.values():
            if e.klass.value == "list of indicators" or not was_public(e.known_from or "9999", known):
                continue
            for kind in {t.kind for t in e.traits}:
                t = e.trait(kind, known)
                if t is not None and not t.dispute:
                    self._words[kind].setdefault(self._root[e.id], set()).update(t.words)
        self._hits: dict[tuple[str, frozenset[str]], tuple[str, ...]] = {}

    def commonness(self, kind: str, words: Iterable[str], candidate: Entry) -> Count:
        """Of the campaigns that are not the candidate's operation: how many have one of these words?

        Sites count only if they do not belong to everybody. Campaigns that others coded in the same words
        (:func:`outside`) are added. ``who`` names the first ones.
        """
        own = self._root.get(candidate.id, candidate.id)
        wanted = frozenset(w for w in words if kind != "sites" or not is_shared(w))
        coded = self._words.get(kind, {})
        if (key := (kind, wanted)) not in self._hits:
            self._hits[key] = tuple(sorted(k for k, v in coded.items() if wanted & v))
        found = self._hits[key]
        more, of = _outside(kind, wanted, own, self.known)
        hits = len(found) - bool(wanted & coded.get(own, set()))
        return Count(hits + more, len(coded) - (own in coded) + of, tuple(x for x in found[:_NAMED] if x != own))


def commonness(kind: str, words: Iterable[str], candidate: Entry, entries: Iterable[Entry], known: str = "") -> Count:
    """Of the other campaigns known by a date: how many have one of these words? See :class:`Background`."""
    return Background(entries, known).commonness(kind, words, candidate)
