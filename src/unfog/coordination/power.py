"""What could have been seen? Operations of known size and intensity are planted into the case's own data and looked
for.

A planted operation has ``size`` accounts; in each of ``actions`` joint actions every account joins with probability
0.7, within the window, on an object of its own. Its accounts also do what ordinary accounts do: each repeats the
actions of a randomly drawn account of the case a few minutes later. It counts as found if at least half of its
accounts, and at least the smallest group, hang together by edges at the case's own false-discovery rate, everything
else in the case included. Groups that only the test on halves of the objects would find do not count: the power told is
a lower bound.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from unfog.coordination.chance import baseline, log_p
from unfog.coordination.data import layout
from unfog.coordination.fusion import components
from unfog.coordination.layers import Layer
from unfog.coordination.options import Options
from unfog.engine.kernels import join_pairs, profile, tally
from unfog.stats import log_bh, wilson

MICRO = 1_000_000
TAKE_UP = 0.7
GOAL = 0.8
SIZES = (3, 5, 10, 20, 50)
INTENSITIES = (2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 50)
LARGE = 300_000


@dataclass(frozen=True)
class Power:
    """How often planted operations of one size were found.

    Attributes:
        signal: Signal in which they were planted.
        window_s: Window within which they acted, seconds.
        size: Accounts of the operation.
        actions: Fewest joint actions with which at least 80 % were found; 0 if even the most tried were not enough.
        power: Share found at that intensity (at the highest tried, where ``actions`` is 0).
        low: Lower end of its 90 % interval.
        high: Upper end.
        repeats: Operations planted.
        most: Highest intensity tried.
    """

    signal: str
    window_s: float
    size: int
    actions: int
    power: float
    low: float
    high: float
    repeats: int
    most: int


def measure(
    layers: Sequence[Layer], n_accounts: int, ln_p_case: npt.NDArray[np.float64], o: Options, most_layers: int = 3
) -> list[Power]:
    """Fewest joint actions that would have been found with 80 % power, by signal and size of the operation.

    Args:
        layers: The case.
        n_accounts: Accounts in it.
        ln_p_case: Joined ln p of the case's own pairs: planted ones compete with them for the false-discovery rate.
        o: Options of the case.
        most_layers: Signals in which operations are planted, through their shortest window; those with most actions
            first.
    """
    apt = [x for x in layers if x.signal.name in ("object", "any-content", "repost", "link", "text", "reply", "media")]
    by_size = sorted(apt or layers, key=lambda x: (-len(x.columns.time), x.signal.name, x.window_s))
    shortest = {x.signal.name: x for x in sorted(by_size, key=lambda x: -x.window_s)}
    chosen = [x for x in by_size if x is shortest[x.signal.name]][:most_layers]
    out = []
    for layer in chosen:
        large = len(layer.columns.time) > LARGE
        repeats = max(5, o.power_repeats // 4) if large else o.power_repeats
        for size in SIZES[1:4] if large else SIZES:
            out.append(_search(layer, size, n_accounts, len(layers), ln_p_case, o, repeats))
    return out


def _search(
    layer: Layer,
    size: int,
    n_accounts: int,
    n_layers: int,
    ln_p_case: npt.NDArray[np.float64],
    o: Options,
    repeats: int,
) -> Power:
    """Smallest intensity that reaches the goal, by bisection (power grows with intensity)."""
    tried: dict[int, int] = {}

    def found(step: int) -> int:
        if step not in tried:
            tried[step] = sum(
                plant(layer, size, INTENSITIES[step], n_accounts, n_layers, ln_p_case, o, [o.seed, size, step, r])
                for r in range(repeats)
            )
        return tried[step]

    low, high = -1, len(INTENSITIES) - 1
    if found(high) < GOAL * repeats:
        share = tried[high] / repeats
        ends = wilson(tried[high], repeats)
        return Power(layer.signal.name, layer.window_s, size, 0, share, *ends, repeats, INTENSITIES[high])
    while high - low > 1:
        middle = (low + high) // 2
        if found(middle) >= GOAL * repeats:
            high = middle
        else:
            low = middle
    ends = wilson(tried[high], repeats)
    return Power(
        layer.signal.name,
        layer.window_s,
        size,
        INTENSITIES[high],
        tried[high] / repeats,
        *ends,
        repeats,
        INTENSITIES[-1],
    )


def plant(
    layer: Layer, size: int, actions: int, n_accounts: int, n_layers: int, ln_p_case: npt.NDArray[np.float64],
    o: Options, seed: Sequence[int],
) -> bool:  # fmt: skip
    """Plant one operation and tell whether it is found."""
    rng = np.random.default_rng(list(seed))
    c = layer.columns
    takes = rng.random((actions, size)) < TAKE_UP
    index, member = np.nonzero(takes)
    start, end = int(c.time.min()), int(c.time.max())
    begin = rng.integers(start, max(end, start + 1), actions)
    spread = max(1, round(layer.window_s * MICRO * 0.75))
    when = begin[index] + rng.integers(0, spread, len(index))
    models = rng.choice(np.unique(c.account), size)
    cover = [np.flatnonzero(c.account == m) for m in models]
    copied = np.concatenate(cover)
    hider = np.repeat(np.arange(size), [len(x) for x in cover])
    lag = (rng.exponential(600.0 + 3.0 * layer.window_s, len(copied)) * MICRO).astype(np.int64)
    objects = int(c.object.max()) + 1
    n = int(c.account.max()) + 1
    stratum = c.stratum
    if len(stratum):
        # the operation works where its models do
        home = c.stratum[rng.integers(0, len(c.stratum), actions)]
        stratum = np.concatenate([stratum, home[index], c.stratum[copied]])
    planted = replace(
        c,
        account=np.concatenate([c.account, n + member, n + hider]).astype(np.int32),
        object=np.concatenate([c.object, objects + index, c.object[copied]]).astype(np.int32),
        time=np.concatenate([c.time, when, c.time[copied] + lag]),
        stratum=stratum.astype(np.int32),
        accounts=[None] * (n + size),
    )
    a = layout(planted, layer.signal, layer.window_s)
    about = profile(a)
    base = baseline(a, about, tally(a), rhythm=o.rhythm, prior_pairs=o.prior_sharers)
    edges_a: list[int] = []
    edges_b: list[int] = []
    own: list[npt.NDArray[np.float64]] = []
    least = max(2, o.min_shared)
    for chunk in join_pairs(a, about, base, min_shared=least, min_meetings=o.min_actions, first_account=n):
        ln = log_p(chunk)
        own.append(np.maximum(np.maximum(ln[0], ln[1]), ln[2]) + np.log(n_layers))
        edges_a += chunk.a.tolist()
        edges_b += chunk.b.tolist()
    ours = np.minimum(np.concatenate(own), 0.0) if own else np.zeros(0)
    total = n_accounts + size
    together = np.concatenate([ln_p_case, ours])
    ln_q = log_bh(together, max(total * (total - 1) // 2, len(together)))[len(ln_p_case) :]
    ok = np.flatnonzero(ln_q <= np.log(o.q))
    group = components([edges_a[k] for k in ok], [edges_b[k] for k in ok], o.min_group)
    return bool(group) and len(group[0]) >= max(o.min_group, size / 2)
