"""The three chance models: what two accounts would share without knowing of each other.

* **content**: how many objects two accounts have in common at any lag, given how many each acts on and how popular the
  objects are (degree-corrected, by stratum, saturating for objects that nearly everybody acts on);
* **burst**: how often they meet within the window, given how many others act around the actions of the one and how
  active the other is (by stratum, times the likeness of their daily rhythms);
* **tempo**: given what they have in common, how often they should be within the window, from how close in time
  sharers of such objects are (strangers who meet nowhere else, pooled by size class, or on the object itself,
  whichever is larger; times the likeness of their daily rhythms).

Each expectation is the mean of a sum of nearly independent rare events. Above its mean, the upper tail of such a sum
is at most that of the binomial distribution with as many trials and the same mean, hence of the Poisson distribution
(Hoeffding 1956, doi:10.1214/aoms/1177728178): binomial tails are used for tempo, whose trials are the objects in
common, and Poisson tails for the other two, in logarithms and without a floor. q-values are Benjamini-Hochberg on
the *largest* of the three.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from unfog.engine.kernels import Actions, Baseline, Pairs, Profile, Tally
from unfog.stats import log_binomial_tail, log_poisson_tail

F64 = npt.NDArray[np.float64]
I64 = npt.NDArray[np.int64]

SLOTS = 24
SMALL_STRATUM = 1000
"""Strata with fewer accounts are joined into one: a null that only a group itself fills would explain the group
away."""
CLASS_OBJECTS = 50
HEAVY_SHARE = 0.005
MOST_HEAVY = 64
RHYTHM_PRIOR = 12.0


def closeness(profile: Profile, seen: Tally, prior_pairs: float = 10.0) -> F64:
    """Chance that two accounts which share a unit act on it within the window, as strangers do.

    Only accounts that meet on this unit and on *no other* count (strangers): whoever meets repeatedly, a covert
    group or a fandom, is left out of numerator and denominator and so cannot set its own baseline.

    Args:
        profile: Profile of the actions.
        seen: Who meets once and who meets again.
        prior_pairs: Weight of the size class against the unit's own tempo, in pairs of accounts.

    Returns:
        shape (units,). Share of close pairs among strangers, pooled over the units of the size class floor(log2
        sharers) (half a close pair is added, so that it is never 0); or the unit's own share, drawn towards the
        class, where it is larger (breaking news has its own tempo).
    """
    sharers = profile.unit_accounts
    several = sharers >= 2
    once = seen.once.astype(np.float64)
    possible = np.maximum(sharers * (sharers - 1) / 2.0 - seen.again, once)
    size = np.floor(np.log2(np.maximum(sharers, 2))).astype(np.int64)
    pooled = np.zeros(len(once))
    for s, members in _classes(size, several):
        pooled[several & (size == s)] = (once[members].sum() + 0.5) / (possible[members].sum() + 1.0)
    own = (once + prior_pairs * pooled) / (possible + prior_pairs)
    return np.asarray(np.where(several, np.clip(np.maximum(pooled, own), 0.0, 1.0), 0.0))


def _classes(size: I64, several: npt.NDArray[np.bool_]) -> list[tuple[int, npt.NDArray[np.bool_]]]:
    """Size classes with the units they are measured on: neighbours are taken in until there are enough."""
    out = []
    present = np.unique(size[several])
    for s in present.tolist():
        reach = 0
        members = several & (size == s)
        while members.sum() < CLASS_OBJECTS and reach < 6:
            reach += 1
            members = several & (np.abs(size - s) <= reach)
        out.append((s, members))
    return out


def rhythms(actions: Actions, prior: float = RHYTHM_PRIOR) -> tuple[npt.NDArray[np.float32], float]:
    """Daily rhythm of each account, UTC hours, drawn towards that of all accounts by ``prior`` actions.

    Returns:
        Rhythms of shape (accounts, 24), rows sum to 1, and the sum of squares of the common rhythm.
    """
    hour = (actions.time // 3_600_000_000 % SLOTS).astype(np.int64)
    counts = np.bincount(actions.account.astype(np.int64) * SLOTS + hour, minlength=actions.n_accounts * SLOTS)
    table = counts.reshape(-1, SLOTS).astype(np.float32)
    common = table.sum(axis=0, dtype=np.float64)
    common /= max(common.sum(), 1.0)
    if not common.sum():
        common[:] = 1.0 / SLOTS
    table += (prior * common).astype(np.float32)
    table /= table.sum(axis=1, keepdims=True)
    return table, float(np.sum(common * common))


def merge_strata(
    stratum: npt.NDArray[np.int32], account: npt.NDArray[np.int32], n: int
) -> tuple[npt.NDArray[np.int32], int]:
    """Join strata of fewer than 1,000 accounts into one; returns new codes and their number."""
    if n <= 1 or not len(stratum):
        return np.zeros(len(stratum), np.int32), 1
    seen = np.unique(stratum.astype(np.int64) << 32 | account.astype(np.int64)) >> 32
    accounts = np.bincount(seen, minlength=n)
    large = accounts >= SMALL_STRATUM
    code = np.where(large, np.cumsum(large), 0).astype(np.int32)
    if large.all():
        code -= 1
    return code[stratum], int(code.max()) + 1


def baseline(
    actions: Actions, profile: Profile, seen: Tally, *, rhythm: bool = True, prior_pairs: float = 10.0
) -> Baseline:
    """Everything that the join needs to add up the three expectations of a pair."""
    n, k = actions.n_accounts, actions.n_strata
    strata = actions.unit_stratum
    sharers = profile.unit_accounts.astype(np.float64)
    total_units = np.maximum(np.bincount(strata, weights=sharers, minlength=k), 1.0)
    share = sharers / total_units[strata] if len(strata) else sharers
    heavy = np.flatnonzero(share > HEAVY_SHARE)
    heavy = np.sort(heavy[np.argsort(-sharers[heavy], kind="stable")[:MOST_HEAVY]])
    ordinary = sharers.copy()
    ordinary[heavy] = 0.0
    pair_stubs = np.bincount(strata, weights=ordinary * np.maximum(ordinary - 1.0, 0.0), minlength=k)
    weight, even = rhythms(actions) if rhythm else (np.zeros((n, 0), np.float32), 1.0)
    start, stratum, acts, exposure, units = _by_stratum(actions, profile)
    return Baseline(
        closeness=closeness(profile, seen, prior_pairs),
        weight=weight,
        even=even,
        stratum_start=start,
        stratum=stratum,
        stratum_actions=acts,
        stratum_exposure=exposure,
        stratum_units=units,
        total_actions=np.maximum(
            np.bincount(strata, weights=profile.unit_actions.astype(np.float64), minlength=k), 1.0
        ),
        unit_term=pair_stubs / (total_units * np.maximum(total_units - 1.0, 1.0)),
        total_units=total_units,
        heavy=heavy.astype(np.int32),
        heavy_accounts=sharers[heavy],
    )


def _by_stratum(a: Actions, p: Profile) -> tuple[I64, npt.NDArray[np.int32], F64, F64, F64]:
    """Actions, exposure and distinct units of each account in each of its strata."""
    n = a.n_accounts
    if a.n_strata == 1:
        degree = np.diff(p.unit_start).astype(np.float64)
        return (
            np.arange(n + 1, dtype=np.int64),
            np.zeros(n, np.int32),
            p.actions.astype(np.float64),
            p.exposure.astype(np.float64),
            degree,
        )
    layer = a.unit_stratum[a.unit].astype(np.int64)
    key, index = np.unique(a.account.astype(np.int64) * a.n_strata + layer, return_inverse=True)
    acts = np.bincount(index, minlength=len(key)).astype(np.float64)
    exposure = np.bincount(index, weights=_others(a), minlength=len(key))
    who = np.repeat(np.arange(n), np.diff(p.unit_start))
    unit_key = who * a.n_strata + a.unit_stratum[p.unit_list]
    units = np.bincount(np.searchsorted(key, unit_key), minlength=len(key)).astype(np.float64)
    start: I64 = np.searchsorted(key, np.arange(n + 1) * a.n_strata).astype(np.int64)
    stratum: npt.NDArray[np.int32] = (key % a.n_strata).astype(np.int32)
    return start, stratum, acts, np.asarray(exposure, np.float64), units


def _others(a: Actions) -> F64:
    """Actions of other accounts within the window of each action."""
    slices = (a.high - a.low - 1).astype(np.float64)
    own = np.zeros(len(slices))
    position = a.by_account
    account = a.account[position]
    for step in range(1, len(position)):
        near = (account[step:] == account[:-step]) & (position[step:] < a.high[position[:-step]])
        if not near.any():
            break
        own[position[:-step][near]] += 1
        own[position[step:][near]] += 1
    return slices - own


def log_p(pairs: Pairs) -> tuple[F64, F64, F64]:
    """ln p of content, burst and tempo for pairs."""
    return (
        _poisson(pairs.common, pairs.expect_content),
        _poisson(pairs.shared, pairs.expect_burst),
        _binomial(pairs.shared, pairs.common, pairs.expect_tempo),
    )


def _poisson(count: npt.NDArray[np.int32], mean: F64) -> F64:
    """ln P(Poisson(mean) >= count), with the common case of one handled without a special function."""
    out = np.empty(len(mean))
    one = count == 1
    with np.errstate(divide="ignore"):
        out[one] = np.log(-np.expm1(-mean[one]))
    if not one.all():
        out[~one] = np.asarray(log_poisson_tail(count[~one], mean[~one]))
    return out


def _binomial(count: npt.NDArray[np.int32], trials: npt.NDArray[np.int32], mean: F64) -> F64:
    """ln P(Binomial(trials, mean / trials) >= count); a unit that was met but is not held in common cannot be."""
    n = np.maximum(trials, count)
    share = np.clip(mean / np.maximum(n, 1), 0.0, 1.0)
    out = np.empty(len(mean))
    one = count == 1
    with np.errstate(divide="ignore"):
        out[one] = np.log(-np.expm1(n[one] * np.log1p(-np.minimum(share[one], 1.0 - 1e-16))))
    if not one.all():
        out[~one] = np.asarray(log_binomial_tail(count[~one], n[~one], share[~one]))
    return out
