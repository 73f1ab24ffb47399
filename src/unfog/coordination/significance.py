"""How sure are we of a *group*? Found on one half of the objects, tested on the other, so nothing is dipped twice.

For every object of the test half that two or more members act on (at any lag), the share r of member pairs within the
window is one value in [0, 1]. Under the tempo model its mean is at most the closeness of strangers on such objects
times the likeness of the members' rhythms. Objects first shared in one hour are averaged into one observation. However
the pairs *within* an hour hang together, hours are taken as independent, and Hoeffding's bound for independent
variables in [0, 1] gives

    P(mean of r >= x) <= exp(-n KL(x || q)),     KL(x || q) = x ln(x / q) + (1 - x) ln((1 - x) / (1 - q))

with q the mean expectation (Hoeffding 1963, theorem 1, doi:10.1080/01621459.1963.10500830). Both halves are tested
on the other and the smaller p is doubled; signals are joined as in ``fusion``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from unfog.coordination.chance import closeness, rhythms
from unfog.coordination.layers import Layer, arranged
from unfog.engine.kernels import profile, tally

F64 = npt.NDArray[np.float64]


EPISODE = 3_600_000_000
"""Objects that are first shared in one hour (or one window, if that is longer) are one observation; microseconds."""


@dataclass(frozen=True)
class Ground:
    """What the test needs of one layer's half: closeness by unit, rhythms, and the rows."""

    closeness: F64
    rhythm: npt.NDArray[np.float32]
    even: float
    account: npt.NDArray[np.int32]
    unit: npt.NDArray[np.int32]
    time: npt.NDArray[np.int64]
    window: int


def ground(layer: Layer, keep: npt.NDArray[np.bool_] | None, prior_pairs: float) -> Ground:
    """Prepare a layer, or a part of its rows, for tests of groups."""
    a = arranged(layer, keep)
    weight, even = rhythms(a)
    return Ground(closeness(profile(a), tally(a), prior_pairs), weight, even, a.account, a.unit, a.time, a.window)


@dataclass(frozen=True)
class Shared:
    """Objects that two or more members act on: arrays of shape (objects,).

    Attributes:
        unit: Code of the object.
        members: Members that act on it.
        close: Share of member pairs whose first actions lie within the window.
        expected: What strangers' tempo and the members' rhythms would give.
        leader: Account that acts first (-1 on a tie).
        first: Time of the first action.
        present: By object, the members that act on it.
        times: By object, their first times.
    """

    unit: npt.NDArray[np.int64]
    members: npt.NDArray[np.int64]
    close: F64
    expected: F64
    leader: npt.NDArray[np.int64]
    first: npt.NDArray[np.int64]
    present: list[npt.NDArray[np.int64]]
    times: list[npt.NDArray[np.int64]]


def shared_objects(g: Ground, group: Sequence[int]) -> Shared:
    """Look at every object that members share, at any lag."""
    members = np.asarray(group, np.int64)
    mine = np.isin(g.account, members)
    account, unit, time = g.account[mine].astype(np.int64), g.unit[mine].astype(np.int64), g.time[mine]
    order = np.lexsort((time, account, unit))
    account, unit, time = account[order], unit[order], time[order]
    first_of_account = np.r_[True, (unit[1:] != unit[:-1]) | (account[1:] != account[:-1])] if len(unit) else mine[:0]
    account, unit, time = account[first_of_account], unit[first_of_account], time[first_of_account]
    starts = np.flatnonzero(np.r_[True, unit[1:] != unit[:-1]]) if len(unit) else np.zeros(0, np.int64)
    rhythm = g.rhythm[members].astype(np.float64)
    size = len(members)
    alike = 1.0
    if size > 1:
        total = rhythm.sum(axis=0)
        between = (float(total @ total) - float((rhythm * rhythm).sum())) / (size * (size - 1))
        alike = max(1.0, between / g.even)
    rows: list[tuple[int, int, float, float, int, int]] = []
    present: list[npt.NDArray[np.int64]] = []
    times: list[npt.NDArray[np.int64]] = []
    for s, e in zip(starts, np.r_[starts[1:], len(unit)][: len(starts)], strict=True):
        m = int(e - s)
        if m < 2:
            continue
        when = np.sort(time[s:e])
        close = int((np.searchsorted(when, when + g.window, side="right") - np.arange(m) - 1).sum())
        at = int(np.argmin(time[s:e]))
        tie = int((time[s:e] == time[s:e][at]).sum()) > 1
        rows.append(
            (
                int(unit[s]),
                m,
                close / (m * (m - 1) / 2),
                min(1.0, float(g.closeness[unit[s]]) * alike),
                -1 if tie else int(account[s:e][at]),
                int(when[0]),
            )
        )
        present.append(account[s:e])
        times.append(time[s:e])
    columns = list(zip(*rows, strict=True)) if rows else [()] * 6
    return Shared(
        np.array(columns[0], np.int64), np.array(columns[1], np.int64), np.array(columns[2], np.float64),
        np.array(columns[3], np.float64), np.array(columns[4], np.int64), np.array(columns[5], np.int64),
        present, times,
    )  # fmt: skip


def by_episode(values: F64, means: F64, times: npt.NDArray[np.int64], length: int) -> tuple[F64, F64]:
    """Means of values and of expectations over the objects of one episode (block of ``length`` microseconds).

    Two people who are online at the same hour are close on everything that they share in that hour: objects of one
    hour are not independent, hours are taken to be.
    """
    _, index = np.unique(times // length, return_inverse=True)
    count = np.bincount(index)
    return np.bincount(index, weights=values) / count, np.bincount(index, weights=means) / count


def log_p_close(g: Ground, values: F64, means: F64, times: npt.NDArray[np.int64]) -> float:
    """ln p that members are no closer than strangers are, over the episodes in which they share something."""
    if not len(values):
        return 0.0
    return log_hoeffding(*by_episode(values, means, times, max(g.window, EPISODE)))


def log_hoeffding(values: F64, means: F64) -> float:
    """ln of Hoeffding's bound that independent values in [0, 1] with these means have a mean as large as seen."""
    n = len(values)
    if not n:
        return 0.0
    x, q = float(values.mean()), float(means.mean())
    if q >= 1.0 or x <= q:
        return 0.0
    q = max(q, 1e-12)
    divergence = x * np.log(x / q) + ((1.0 - x) * np.log((1.0 - x) / (1.0 - q)) if x < 1.0 else 0.0)
    return float(-n * divergence)


def log_p_member(grounds: Sequence[Ground], group: Sequence[int]) -> F64:
    """ln p that each member is no closer to the other members than strangers are, over all signals.

    Returns:
        shape (members,), in the order given. For each object that the member and another one act on, the share of
        the others within the window is the observation; Hoeffding's bound as for the group.
    """
    ln = np.zeros((max(1, len(grounds)), len(group)))
    for k, g in enumerate(grounds):
        for i, own in enumerate(_own_closeness(g, group)):
            ln[k, i] = log_p_close(g, *own)
    smallest = ln.min(axis=0)
    joined = np.log(len(ln)) + smallest - np.log(np.exp(np.maximum(smallest - ln, -700.0)).sum(axis=0))
    return np.asarray(np.minimum(joined, 0.0))


def _own_closeness(g: Ground, group: Sequence[int]) -> list[tuple[F64, F64, npt.NDArray[np.int64]]]:
    """By member: observed and expected share of the others within the window, and its time, by object shared."""
    seen = shared_objects(g, group)
    place = {m: i for i, m in enumerate(group)}
    values: list[list[float]] = [[] for _ in group]
    means: list[list[float]] = [[] for _ in group]
    times: list[list[int]] = [[] for _ in group]
    for row, (present, when) in enumerate(zip(seen.present, seen.times, strict=True)):
        near = (np.abs(when[:, None] - when[None, :]) <= g.window).sum(axis=1) - 1
        for account, n, time in zip(present.tolist(), near.tolist(), when.tolist(), strict=True):
            values[place[account]].append(n / (len(present) - 1))
            means[place[account]].append(float(seen.expected[row]))
            times[place[account]].append(time)
    return [(np.array(v), np.array(m), np.array(t, np.int64)) for v, m, t in zip(values, means, times, strict=True)]


def episodes_together(grounds: Sequence[Ground], group: Sequence[int]) -> int:
    """In how many different hours two members are within the window of each other, in the signal with most."""
    seen = [(g, shared_objects(g, group)) for g in grounds]
    return max((len(np.unique(s.first[s.close > 0] // max(g.window, EPISODE))) for g, s in seen), default=0)


def log_p_group(grounds: Sequence[Ground], group: Sequence[int]) -> float:
    """ln p of a group that was found elsewhere, over all signals (Cauchy combination)."""
    if len(group) < 2 or not grounds:
        return 0.0
    seen = [shared_objects(g, group) for g in grounds]
    ln = np.array([log_p_close(g, s.close, s.expected, s.first) for g, s in zip(grounds, seen, strict=True)])
    smallest = ln.min()
    return float(min(0.0, np.log(len(ln)) + smallest - np.log(np.exp(np.maximum(smallest - ln, -700.0)).sum())))
