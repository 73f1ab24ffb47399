"""The windowed self-join: every pair of accounts that meets, with its statistics, in memory that does not grow with
pairs.

Account by account (Gustavson's row-wise sparse product, doi:10.1145/355791.355796): the partners of one account are
gathered in dense accumulators over all accounts, finished and handed on, so that an object shared 35,000 times costs
time but no memory. Time is linear in the number of meetings; nothing is truncated.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from unfog.engine.kernels.actions import Actions, Profile
from unfog.text.compiled import compiled

I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
F64 = npt.NDArray[np.float64]

VISITS = 6_000_000
"""Meetings per chunk; a chunk's pairs are at most as many."""


@dataclass(frozen=True)
class Tally:
    """What is known of all meeting pairs before any is kept.

    Attributes:
        pairs: Number of account pairs that meet at least once.
        meetings: Number of pairs of actions that meet.
        once: shape (units,), meetings of accounts that meet on this unit and on no other.
        again: shape (units,), account pairs that meet on this unit and on another one.
    """

    pairs: int
    meetings: int
    once: I64
    again: I64


@dataclass(frozen=True)
class Baseline:
    """Expectations that the join adds up for each kept pair.

    Attributes:
        closeness: shape (units,), chance that two actions of different accounts on this unit fall within the window.
        weight: shape (accounts, slots) float32, rhythm of each account, rows sum to 1; shape (0, 0) for none.
        even: Sum of squares of the mean rhythm (the product of two ordinary rhythms).
        stratum_start: shape (accounts + 1,), where an account begins in the next arrays.
        stratum: Strata that the account acts in, ascending.
        stratum_actions: Its actions there.
        stratum_exposure: Its exposure there.
        stratum_units: Its distinct units there.
        total_actions: shape (strata,).
        unit_term: shape (strata,), sum over ordinary units of K (K - 1) / (D (D - 1)), K accounts of a unit, D the
            sum of K.
        total_units: shape (strata,), D.
        heavy: Units that are too popular for the closed form.
        heavy_accounts: Their K.
    """

    closeness: F64
    weight: npt.NDArray[np.float32]
    even: float
    stratum_start: I64
    stratum: I32
    stratum_actions: F64
    stratum_exposure: F64
    stratum_units: F64
    total_actions: F64
    unit_term: F64
    total_units: F64
    heavy: I32
    heavy_accounts: F64


@dataclass(frozen=True)
class Pairs:
    """Pairs of accounts a < b, ordered by (a, b); all arrays of shape (n,).

    Attributes:
        a: Smaller code.
        b: Larger code.
        shared: Distinct units on which they meet.
        meetings: Pairs of actions that meet.
        first: Earliest action that is part of a meeting, microseconds.
        last: Latest action that is part of a meeting.
        a_first: Meetings in which a acts before b.
        b_first: Meetings in which b acts before a.
        common: Distinct units that both act on at any lag.
        expect_tempo: Expected number of shared units, given the units in common and how close actions on them are.
        expect_burst: Expected number of meetings, given the exposure of one and the activity of the other.
        expect_content: Expected number of units in common, given both degrees.
    """

    a: I32
    b: I32
    shared: I32
    meetings: I64
    first: I64
    last: I64
    a_first: I64
    b_first: I64
    common: I32
    expect_tempo: F64
    expect_burst: F64
    expect_content: F64

    def __len__(self) -> int:
        return len(self.a)


def chunks(a: Actions, visits: int = VISITS, first_account: int = 0) -> list[tuple[int, int]]:
    """Ranges of accounts with about ``visits`` visited partners each."""
    if not len(a.account):
        return []
    width = (a.high - a.low).astype(np.int64)[a.by_account]
    work = np.concatenate(([0], np.cumsum(width)))[a.account_start]
    edges = [first_account]
    while edges[-1] < a.n_accounts:
        target = work[edges[-1]] + visits
        edges.append(max(edges[-1] + 1, min(int(np.searchsorted(work, target)), a.n_accounts)))
    return list(pairwise(edges))


def tally(a: Actions, first_account: int = 0) -> Tally:
    """Count pairs and meetings, and tell units apart whose sharers meet nowhere else."""
    once, again = np.zeros(a.n_units, np.int64), np.zeros(a.n_units, np.int64)
    if not len(a.account):
        return Tally(0, 0, once, again)
    pairs, meetings = _tally(
        a.account, a.unit, a.low, a.high, a.by_account, a.account_start, first_account, a.n_accounts, once, again
    )
    return Tally(int(pairs), int(meetings), once, again)


@compiled
def _tally(
    account: Any, unit: Any, low: Any, high: Any, by_account: Any, start: Any, u0: Any, u1: Any, once: Any, again: Any
) -> Any:
    n = len(start) - 1
    stamp = np.full(n, -1, np.int32)
    shared = np.zeros(n, np.int32)
    latest = np.full(n, -1, np.int32)
    pairs = 0
    meetings = 0
    for u in range(u0, u1):
        for s in range(start[u], start[u + 1]):
            i = by_account[s]
            for k in range(low[i], high[i]):
                v = account[k]
                if v <= u:
                    continue
                meetings += 1
                if stamp[v] != u:
                    stamp[v] = u
                    shared[v] = 1
                    latest[v] = unit[i]
                    pairs += 1
                elif latest[v] != unit[i]:
                    latest[v] = unit[i]
                    shared[v] += 1
        for s in range(start[u], start[u + 1]):
            i = by_account[s]
            for k in range(low[i], high[i]):
                v = account[k]
                if v <= u:
                    continue
                if shared[v] == 1:
                    once[unit[i]] += 1
                    shared[v] = -1
                elif shared[v] > 1 and latest[v] != -2 - unit[i]:
                    latest[v] = -2 - unit[i]
                    again[unit[i]] += 1
    return pairs, meetings


def join_pairs(
    a: Actions,
    p: Profile,
    base: Baseline,
    *,
    min_shared: int = 1,
    min_meetings: int = 1,
    allowed: npt.NDArray[np.bool_] | None = None,
    rare: float = 0.0,
    visits: int = VISITS,
    first_account: int = 0,
) -> Iterator[Pairs]:
    """Every pair that reaches the minima, chunk by chunk, in order.

    Args:
        a: Actions.
        p: Their profile.
        base: Expectations.
        min_shared: Least number of distinct shared units.
        min_meetings: Least number of meetings.
        allowed: shape (accounts,), accounts that may be part of a kept pair; default all.
        rare: Pairs below the minima are handed on as well if chance alone could leave them with a probability below
            this: a false-discovery rate has to count them. The caller tells them apart by their counts.
        visits: Chunk size.
        first_account: Only pairs in which both accounts have at least this code.
    """
    ok = np.ones(a.n_accounts, np.bool_) if allowed is None else allowed
    for u0, u1 in chunks(a, visits, first_account):
        yield Pairs(
            *_join(
                a.account, a.time, a.unit, a.low, a.high, a.by_account, a.account_start, u0, u1,
                p.unit_start, p.unit_list, p.unit_times,
                base.closeness, base.weight, base.even,
                base.stratum_start, base.stratum, base.stratum_actions, base.stratum_exposure, base.stratum_units,
                base.total_actions, base.unit_term, base.total_units,
                base.heavy, base.heavy_accounts, a.unit_stratum,
                min_shared, min_meetings, ok, rare,
            )
        )  # fmt: skip


@compiled
def _grow(old: Any, size: Any) -> Any:
    new = np.empty(size, old.dtype)
    new[: len(old)] = old
    return new


@compiled
def _join(
    account: Any,
    time: Any,
    unit: Any,
    low: Any,
    high: Any,
    by_account: Any,
    start: Any,
    u0: Any,
    u1: Any,
    unit_start: Any,
    unit_list: Any,
    unit_times: Any,
    closeness: Any,
    weight: Any,
    even: Any,
    stratum_start: Any,
    stratum: Any,
    s_actions: Any,
    s_exposure: Any,
    s_units: Any,
    total_actions: Any,
    unit_term: Any,
    total_units: Any,
    heavy: Any,
    heavy_accounts: Any,
    unit_stratum: Any,
    min_shared: Any,
    min_meetings: Any,
    allowed: Any,
    rare: Any,
) -> Any:
    n = len(start) - 1
    n_strata = len(total_actions)
    stamp = np.full(n, -1, np.int32)
    shared = np.zeros(n, np.int32)
    latest = np.zeros(n, np.int32)
    meetings = np.zeros(n, np.int64)
    first = np.zeros(n, np.int64)
    last = np.zeros(n, np.int64)
    lead = np.zeros(n, np.int64)
    trail = np.zeros(n, np.int64)
    seen_q = np.zeros(n, np.float64)
    touched = np.empty(n, np.int32)
    mark = np.zeros(len(unit_stratum), np.int32)
    u_actions = np.zeros(n_strata, np.float64)
    u_exposure = np.zeros(n_strata, np.float64)
    u_units = np.zeros(n_strata, np.float64)
    slots = weight.shape[1]
    room = 1024
    out_a = np.empty(room, np.int32)
    out_b = np.empty(room, np.int32)
    out_shared = np.empty(room, np.int32)
    out_meet = np.empty(room, np.int64)
    out_first = np.empty(room, np.int64)
    out_last = np.empty(room, np.int64)
    out_lead = np.empty(room, np.int64)
    out_trail = np.empty(room, np.int64)
    out_common = np.empty(room, np.int32)
    out_tempo = np.empty(room, np.float64)
    out_burst = np.empty(room, np.float64)
    out_content = np.empty(room, np.float64)
    m = 0
    for u in range(u0, u1):
        count = 0
        for s in range(start[u], start[u + 1]):
            i = by_account[s]
            t = time[i]
            o = unit[i]
            for k in range(low[i], high[i]):
                v = account[k]
                if v <= u:
                    continue
                early = min(t, time[k])
                late = max(t, time[k])
                if stamp[v] != u:
                    stamp[v] = u
                    touched[count] = v
                    count += 1
                    shared[v] = 1
                    latest[v] = o
                    meetings[v] = 1
                    first[v] = early
                    last[v] = late
                    lead[v] = 0
                    trail[v] = 0
                    seen_q[v] = closeness[o]
                else:
                    meetings[v] += 1
                    if latest[v] != o:
                        latest[v] = o
                        shared[v] += 1
                        seen_q[v] += closeness[o]
                    if early < first[v]:
                        first[v] = early
                    if late > last[v]:
                        last[v] = late
                if t < time[k]:
                    lead[v] += 1
                elif t > time[k]:
                    trail[v] += 1
        if count == 0:
            continue
        partners = np.sort(touched[:count])
        loaded = False
        for v in partners:
            kept = shared[v] >= min_shared and meetings[v] >= min_meetings and allowed[u] and allowed[v]
            if not kept and (rare <= 0.0 or (shared[v] == 1 and seen_q[v] > rare)):
                continue
            if not loaded:
                loaded = True
                for s in range(unit_start[u], unit_start[u + 1]):
                    mark[unit_list[s]] = unit_times[s]
                for s in range(stratum_start[u], stratum_start[u + 1]):
                    u_actions[stratum[s]] = s_actions[s]
                    u_exposure[stratum[s]] = s_exposure[s]
                    u_units[stratum[s]] = s_units[s]
            forth = 0.0
            back = 0.0
            content = 0.0
            for s in range(stratum_start[v], stratum_start[v + 1]):
                c = stratum[s]
                if u_actions[c] > 0.0:
                    forth += u_exposure[c] * s_actions[s] / total_actions[c]
                    back += s_exposure[s] * u_actions[c] / total_actions[c]
                    content += u_units[c] * s_units[s] * unit_term[c]
                    for h in range(len(heavy)):
                        if unit_stratum[heavy[h]] == c:
                            share = heavy_accounts[h] / total_units[c]
                            content += (1.0 - np.exp(-u_units[c] * share)) * (1.0 - np.exp(-s_units[s] * share))
            alike = 1.0
            if slots > 0:
                dot = 0.0
                for h in range(slots):
                    dot += weight[u, h] * weight[v, h]
                alike = max(1.0, dot / even)
            tempo = 0.0
            common = 0
            for s in range(unit_start[v], unit_start[v + 1]):
                o = unit_list[s]
                times = mark[o]
                if times > 0:
                    common += 1
                    q = min(1.0, closeness[o] * alike)
                    tries = times * unit_times[s]
                    tempo += q if tries == 1 else 1.0 - (1.0 - q) ** tries
            if m == room:
                room *= 2
                out_a = _grow(out_a, room)
                out_b = _grow(out_b, room)
                out_shared = _grow(out_shared, room)
                out_meet = _grow(out_meet, room)
                out_first = _grow(out_first, room)
                out_last = _grow(out_last, room)
                out_lead = _grow(out_lead, room)
                out_trail = _grow(out_trail, room)
                out_common = _grow(out_common, room)
                out_tempo = _grow(out_tempo, room)
                out_burst = _grow(out_burst, room)
                out_content = _grow(out_content, room)
            out_a[m] = u
            out_b[m] = v
            out_shared[m] = shared[v]
            out_meet[m] = meetings[v]
            out_first[m] = first[v]
            out_last[m] = last[v]
            out_lead[m] = lead[v]
            out_trail[m] = trail[v]
            out_common[m] = common
            out_tempo[m] = tempo
            out_burst[m] = max(forth, back) * alike
            out_content[m] = content
            m += 1
        if loaded:
            for s in range(unit_start[u], unit_start[u + 1]):
                mark[unit_list[s]] = 0
            for s in range(stratum_start[u], stratum_start[u + 1]):
                u_actions[stratum[s]] = 0.0
                u_exposure[stratum[s]] = 0.0
                u_units[stratum[s]] = 0.0
    return (
        out_a[:m].copy(), out_b[:m].copy(), out_shared[:m].copy(), out_meet[:m].copy(), out_first[:m].copy(),
        out_last[:m].copy(), out_lead[:m].copy(), out_trail[:m].copy(), out_common[:m].copy(), out_tempo[:m].copy(),
        out_burst[:m].copy(), out_content[:m].copy(),
    )  # fmt: skip
