"""Actions laid out for a windowed self-join, and the profiles of accounts and objects that fall out of the layout.

An action is (account, object, time). Rows are sorted by (object, time, account); a second order goes by account. With
both, the partners of an action within the window are one slice, whatever the popularity of the object.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from unfog.text.compiled import compiled

I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
F64 = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Actions:
    """Actions in order (object, time, account); all arrays of shape (n,) unless said otherwise.

    Attributes:
        account: Code of the account.
        time: Microseconds.
        unit: What is counted as one shared thing: the object itself, or a slot of time for pure synchrony.
        low: First row of the same object within the window.
        high: Row after the last one.
        by_account: Row numbers ordered by account, then as above.
        account_start: shape (accounts + 1,), where each account begins in ``by_account``.
        unit_stratum: shape (units,), stratum of each unit.
        n_strata: Number of strata.
        window: Microseconds.
    """

    account: I32
    time: I64
    unit: I32
    low: I32
    high: I32
    by_account: I32
    account_start: I64
    unit_stratum: I32
    n_strata: int
    window: int

    @property
    def n_accounts(self) -> int:
        """Number of accounts."""
        return len(self.account_start) - 1

    @property
    def n_units(self) -> int:
        """Number of units."""
        return len(self.unit_stratum)


def arrange(
    account: I32,
    object_: I32,
    time: I64,
    window: int,
    *,
    n_accounts: int,
    unit: I32 | None = None,
    stratum: I32 | None = None,
    n_strata: int = 1,
) -> Actions:
    """Sort actions and find every action's slice of partners.

    Args:
        account: shape (n,), codes 0 .. n_accounts - 1.
        object_: shape (n,), codes.
        time: shape (n,), microseconds.
        window: Two actions meet if their times differ by at most this many microseconds.
        n_accounts: Number of accounts.
        unit: shape (n,), what is counted as one shared thing; default the object.
        stratum: shape (n,), stratum of each action; a unit belongs to the stratum of its first action.
        n_strata: Number of strata.
    """
    n = len(account)
    order = _order(object_, time, account)
    account, object_, time = account[order], object_[order], time[order]
    unit = object_ if unit is None else unit[order]
    n_units = int(unit.max()) + 1 if n else 0
    unit_stratum = np.zeros(n_units, np.int32)
    if stratum is not None and n_strata > 1 and n:
        _first_stratum(unit, stratum[order], unit_stratum)
    low, high = _bounds(object_, time, window)
    by_account, start = _group(account, n_accounts)
    return Actions(account, time, unit, low, high, by_account, start, unit_stratum, n_strata, window)


def _order(object_: I32, time: I64, account: I32) -> I64:
    if not len(time):
        return np.zeros(0, np.int64)
    span = time - time.min()
    bits = int(span.max()).bit_length()
    if bits + int(object_.max()).bit_length() <= 62:
        key = (object_.astype(np.int64) << bits) | span
        order = np.argsort(key)
        ordered = key[order]
        _settle(ordered, account, order)
        return order
    return np.lexsort((account, time, object_))


@compiled
def _settle(key: I64, account: I32, order: I64) -> None:
    """Sort runs of equal keys by account, so that the order is one and the same on every machine."""
    n = len(key)
    i = 0
    while i < n:
        j = i + 1
        while j < n and key[j] == key[i]:
            j += 1
        if j - i > 1:
            run = order[i:j].copy()
            run.sort()
            by = np.argsort(account[run], kind="mergesort")
            for k in range(j - i):
                order[i + k] = run[by[k]]
        i = j


@compiled
def _first_stratum(unit: I32, stratum: I32, out: I32) -> None:
    for i in range(len(unit) - 1, -1, -1):
        out[unit[i]] = stratum[i]


@compiled
def _bounds(object_: I32, time: I64, window: int) -> tuple[I32, I32]:
    n = len(object_)
    low = np.empty(n, np.int32)
    high = np.empty(n, np.int32)
    j = 0
    k = 0
    for i in range(n):
        while object_[j] != object_[i] or time[i] - time[j] > window:
            j += 1
        if k < i:
            k = i
        while k < n and object_[k] == object_[i] and time[k] - time[i] <= window:
            k += 1
        low[i] = j
        high[i] = k
    return low, high


@compiled
def _group(account: I32, n_accounts: int) -> tuple[I32, I64]:
    start = np.zeros(n_accounts + 1, np.int64)
    for a in account:
        start[a + 1] += 1
    for a in range(n_accounts):
        start[a + 1] += start[a]
    at = start[:-1].copy()
    out = np.empty(len(account), np.int32)
    for i in range(len(account)):
        a = account[i]
        out[at[a]] = i
        at[a] += 1
    return out, start


@dataclass(frozen=True)
class Profile:
    """Statistics of accounts and units, computed over all actions, before any minimum is applied.

    Attributes:
        actions: shape (accounts,), number of actions.
        exposure: shape (accounts,), number of actions of *others* on the same object within the window of own ones.
        unit_start: shape (accounts + 1,), where an account's distinct units begin in ``unit_list``.
        unit_list: Distinct units of each account, ascending in the order of the rows.
        unit_times: How often the account acts on that unit.
        unit_actions: shape (units,), actions.
        unit_accounts: shape (units,), distinct accounts.
        unit_close: shape (units,), ordered pairs of actions of different accounts within the window.
        unit_pairs: shape (units,), ordered pairs of actions of different accounts at any lag.
    """

    actions: I64
    exposure: I64
    unit_start: I64
    unit_list: I32
    unit_times: I32
    unit_actions: I64
    unit_accounts: I64
    unit_close: I64
    unit_pairs: I64


def profile(a: Actions) -> Profile:
    """Profiles of accounts and units; linear in the number of actions."""
    if not len(a.account):
        none, empty = np.zeros(a.n_accounts, np.int64), np.zeros(0, np.int64)
        codes = np.zeros(0, np.int32)
        return Profile(none, none, np.zeros(a.n_accounts + 1, np.int64), codes, codes, empty, empty, empty, empty)
    return Profile(
        np.diff(a.account_start), *_profile(a.time, a.unit, a.low, a.high, a.by_account, a.account_start, a.n_units)
    )


@compiled
def _profile(time: Any, unit: Any, low: Any, high: Any, by_account: Any, start: Any, n_units: Any) -> Any:
    n_accounts = len(start) - 1
    exposure = np.zeros(n_accounts, np.int64)
    unit_start = np.zeros(n_accounts + 1, np.int64)
    unit_list = np.empty(len(time), np.int32)
    unit_times = np.empty(len(time), np.int32)
    unit_actions = np.zeros(n_units, np.int64)
    unit_accounts = np.zeros(n_units, np.int64)
    close = np.zeros(n_units, np.int64)
    same = np.zeros(n_units, np.int64)
    m = 0
    for u in range(n_accounts):
        begin, end = start[u], start[u + 1]
        first = m
        for s in range(begin, end):
            i = by_account[s]
            own = 0
            k = s - 1
            while k >= begin and by_account[k] >= low[i]:
                own += 1
                k -= 1
            k = s + 1
            while k < end and by_account[k] < high[i]:
                own += 1
                k += 1
            others = high[i] - low[i] - 1 - own
            exposure[u] += others
            close[unit[i]] += others
            unit_actions[unit[i]] += 1
            if m > first and unit_list[m - 1] == unit[i]:
                unit_times[m - 1] += 1
            else:
                unit_list[m] = unit[i]
                unit_times[m] = 1
                m += 1
        for s in range(first, m):
            unit_accounts[unit_list[s]] += 1
            same[unit_list[s]] += np.int64(unit_times[s]) * unit_times[s]
        unit_start[u + 1] = m
    pairs = unit_actions * unit_actions - same
    return exposure, unit_start, unit_list[:m].copy(), unit_times[:m].copy(), unit_actions, unit_accounts, close, pairs
