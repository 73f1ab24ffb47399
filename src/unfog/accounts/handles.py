"""Handles: generators, letters that the population would not choose, near twins, recycled names; in any script."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from unfog.accounts.clock import Times
from unfog.accounts.compare import Draw, Population, Rank, rank_strongest, strongest_draw
from unfog.accounts.forms import FORM_NAMES, handle_form
from unfog.accounts.options import Options
from unfog.accounts.told import beside, count, evidence_item, finding, percent, share, test_figures
from unfog.model import Evidence, Finding, Gap
from unfog.stats import uniforms

TWIN_LIMIT = 4000


def handles(
    population: Population, _times: Times, options: Options
) -> tuple[Finding | None, Evidence | None, Gap | None]:
    """Forms of the set's handles, how unlike the population's they are, near twins and recycled names."""
    spec = population.set.spec
    mine = [str(h) for h in population.inside["handle"]]
    forms = np.array([handle_form(h) for h in mine], dtype=object)
    common = Counter(forms.tolist()).most_common()
    common.sort(key=lambda c: (-c[1], c[0]))
    twins = near_twins(mine)
    shared = sum(n - 1 for n in Counter(h.lower() for h in mine).values() if n > 1)
    renamed = int((population.inside["handles"] > 1).sum())
    draw: Draw | None = None
    rank: Rank | None = None
    top = common[0][0]
    strange: tuple[int, int] | None = None
    if population.compared and len(mine) >= options.min_accounts:
        theirs = np.array([handle_form(str(h)) for h in population.outside["handle"]], dtype=object)
        draw, top = strongest_form(forms, theirs, spec.id)
        names = np.array(list(FORM_NAMES), dtype=object)
        everyone = np.ones(theirs.size, dtype=bool)
        rank = rank_strongest(
            forms[:, None] == names, theirs[:, None] == names, everyone, population, options.min_cohort
        )
        strange = _strange(population, mine)
    hits = int((forms == top).sum())
    figures = [
        count("accounts", len(mine), "accounts"),
        share("form_share", hits, len(mine), f"handles of the form {FORM_NAMES[top]}"),
        count("in_form", hits, "handles"),
        count("near_twins", twins, "accounts", "another handle of the set lies within two edits"),
        count("shared_names", shared, "accounts", "same handle, another account id"),
        count("renamed", renamed, "accounts", "more than one handle for one account id"),
        *test_figures(draw, rank),
    ]
    if strange:
        figures.append(share("unlike_population", *strange, "beyond the population's 95th percentile of surprise"))
    sentence = (
        f"{percent(hits / len(mine))} of the handles of {spec.called} have the form “{FORM_NAMES[top]}”; "
        f"{twins:,} {'has' if twins == 1 else 'have'} a near twin in the set."
    ) + beside(draw, rank, population, "handles")
    item = evidence_item(population, "handles", "inauthentic", sentence, rank)
    told = finding(
        population,
        "handles",
        sentence,
        figures,
        method="Each handle has one of nine forms; the form most over-represented beside the comparison population is "
        "named (hypergeometric tail, Bonferroni over forms, randomised). Near twins: two edits or fewer at six letters "
        "or more. Unlike the population: surprise per letter under a letter-triple model of its handles.",
        assumption="Handles of the comparison population were chosen in the same years and by the same sign-up form; "
        "platforms that suggest names give many accounts one form.",
        data={"forms": dict(common)},
        evidence=(item.id,) if item else (),
    )
    return told, item, None


def strongest_form(mine: NDArray[Any], theirs: NDArray[Any], set_id: str) -> tuple[Draw, str]:
    """The form most over-represented beside the comparison population (Bonferroni over forms)."""
    forms = [(name, int((mine == name).sum()), int((theirs == name).sum())) for name in FORM_NAMES]
    return strongest_draw(forms, mine.size, theirs.size, f"{set_id}|handles")


def near_twins(names: Sequence[str]) -> int:
    """Handles (six letters or more) with another of the set within two edits; names beyond 4,000 are not compared."""
    long = sorted({n.lower() for n in names if len(n) >= 6})[:TWIN_LIMIT]
    if len(long) < 2:
        return 0
    distance = process.cdist(long, long, scorer=Levenshtein.distance, score_cutoff=2, dtype=np.uint8)
    np.fill_diagonal(distance, 255)
    return int((distance <= 2).any(axis=1).sum())


class Letters:
    """Letter-triple model with back-off: how surprising is a handle to a population, in bits per letter?"""

    def __init__(self, names: Sequence[str]) -> None:
        self.triples: Counter[str] = Counter()
        self.pairs: Counter[str] = Counter()
        for n in names:
            padded = f"\x02\x02{n}\x03"
            for i in range(2, len(padded)):
                self.triples[padded[i - 2 : i + 1]] += 1
                self.pairs[padded[i - 2 : i]] += 1
        self.letters = max(64, len({t[2] for t in self.triples}))

    def surprise(self, name: str) -> float:
        """Mean bits per letter."""
        padded = f"\x02\x02{name}\x03"
        bits = 0.0
        for i in range(2, len(padded)):
            seen, before = self.triples[padded[i - 2 : i + 1]], self.pairs[padded[i - 2 : i]]
            bits -= math.log2((seen + 0.5) / (before + 0.5 * self.letters))
        return bits / max(1, len(padded) - 2)


def _strange(population: Population, mine: Sequence[str]) -> tuple[int, int]:
    """Handles of the set that are more surprising than 95 % of the population's, each scored by a half it is not in."""
    theirs = [str(h) for h in population.outside["handle"]]
    half = uniforms(f"{k}|half" for k in population.keys("outside")) < 0.5
    models = [Letters([h for h, s in zip(theirs, half, strict=True) if s == side]) for side in (True, False)]
    usual = np.array([models[1 if s else 0].surprise(h) for h, s in zip(theirs, half, strict=True)])
    cut = float(np.quantile(usual, 0.95))
    side = uniforms(f"{k}|half" for k in population.keys("inside")) < 0.5
    score = np.array([models[1 if s else 0].surprise(h) for h, s in zip(mine, side, strict=True)])
    return int((score > cut).sum()), len(mine)
