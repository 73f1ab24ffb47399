"""Windows: reading ``60s`` or ``5min``, and estimating one from the data (Giglietto et al. 2020)."""

from __future__ import annotations

import re

import numpy as np

from unfog.coordination.data import MICRO, Columns
from unfog.errors import InferenceError, UsageError

_UNITS = {"ms": 0.001, "s": 1.0, "sec": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
_SPELLED = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$")
LEAST_OBJECTS = 10


def parse_window(text: str) -> float:
    """Seconds in ``60s``, ``5min``, ``1h``, ``0.5s`` or ``60``.

    Raises:
        UsageError: if it is no such length, or not above zero.
    """
    match = _SPELLED.match(text.lower())
    if not match or (match[2] or "s") not in _UNITS:
        raise UsageError(
            f"cannot read the window {text!r}; write for example 60s, 5min or 1h, or 'auto' to estimate it"
        )
    seconds = float(match[1]) * _UNITS[match[2] or "s"]
    if not seconds > 0:
        raise UsageError(f"the window is {text!r}; two actions need a window longer than 0 s to meet, e.g. 60s")
    return seconds


def estimate_window(columns: Columns, fastest: float = 0.1, share: float = 0.5) -> float:
    """Window from the data: how fast the fastest objects are taken up.

    Among the objects whose second sharer came soonest (quantile ``fastest``), the median time until ``share`` of their
    actions were done. It says how fast this place is at its fastest, organic haste included: a window to look through,
    not evidence.

    Args:
        columns: Encoded actions.
        fastest: Quantile of the delay of the second sharer.
        share: Share of an object's actions.

    Returns:
        Seconds, at least 1.

    Raises:
        InferenceError: if fewer than 10 objects have two sharers.

    References:
        Giglietto, Righetti, Rossi & Marino 2020, doi:10.1080/1369118X.2020.1739732 (``estimate_coord_interval``).
    """
    order = np.lexsort((columns.time, columns.object))
    object_, time, account = columns.object[order], columns.time[order], columns.account[order]
    if not len(time):
        raise InferenceError("a window cannot be estimated: the signal has no action at all")
    begin = np.flatnonzero(np.r_[True, object_[1:] != object_[:-1]])
    size = np.diff(np.r_[begin, len(object_)])
    index = np.repeat(np.arange(len(begin)), size)
    other = account != account[begin][index]
    second = np.full(len(begin), np.iinfo(np.int64).max)
    np.minimum.at(second, index[other], (time - time[begin][index])[other])
    shared = second < np.iinfo(np.int64).max
    if shared.sum() < LEAST_OBJECTS:
        raise InferenceError(
            f"a window cannot be estimated: only {int(shared.sum())} objects have two sharers, {LEAST_OBJECTS} are "
            "needed; give one, e.g. 60s"
        )
    fast = shared & (second <= np.quantile(second[shared], fastest))
    reach = begin + np.minimum(np.maximum(np.ceil(size * share).astype(np.int64) - 1, 1), size - 1)
    return float(max(1.0, np.median((time[reach] - time[begin])[fast]) / MICRO))
