"""The signals of a case, read once and kept as codes: what the whole pipeline is run on, again and again.

Every run (the case itself, one half of its objects, another window, an operation planted into it) is the same
function of columns, so that nothing is tested on what it was found on.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from unfog.coordination.data import Columns, SignalData, check_window, coarse_posts, layout, read
from unfog.coordination.detect import SignalPairs, pairs_of
from unfog.coordination.options import Options
from unfog.coordination.signals import Signal, signal
from unfog.engine import Engine
from unfog.engine.kernels import Actions

I32 = npt.NDArray[np.int32]
F64 = npt.NDArray[np.float64]
Progress = Callable[[str, float], None]

MICRO = 1_000_000
LONGEST_S = 86_400.0
"""No further scale looks through a longer window than a day, seconds."""
MOST_VISITS = 200_000_000
"""A further scale at which more pairs of actions than this would meet is left out."""
LOOSE = 0.01
"""Pairs with a larger p in every signal can never become an edge and are not carried on."""


@dataclass(frozen=True)
class Layer:
    """One signal of the case.

    Attributes:
        signal: The signal.
        window_s: Window, seconds.
        columns: Its actions; account codes are those of the case, the same in every layer.
        half: shape (n,), which half of the objects each action belongs to (0 or 1, by md5 of the object).
        strata: Column that the strata come from.
        coarse: Posts whose time is too coarse for the window.
    """

    signal: Signal
    window_s: float
    columns: Columns
    half: npt.NDArray[np.int8]
    strata: str
    coarse: int


@dataclass(frozen=True)
class Candidates:
    """Pairs that may become edges, over all signals; arrays of shape (n,), one row per pair and signal."""

    layer: I32
    a: I32
    b: I32
    shared: I32
    ln_p: F64


def load(
    engine: Engine, names: Sequence[str], options: Options, strata: str, progress: Progress | None = None
) -> tuple[list[Layer], pa.Array]:
    """Read all signals; returns layers and the accounts (platform:account_id, ascending) that their codes mean."""
    raw: list[tuple[Signal, float, Columns, int]] = []
    for k, name in enumerate(names):
        if progress:
            progress(f"reading {name}", k / max(1, len(names)))
        s = signal(name)
        window = options.windows.get(name, s.window_s)
        columns = read(engine, s, window, strata=strata)
        if not len(columns.time):
            continue
        check_window(engine, window)
        raw.append((s, window, columns, coarse_posts(engine, window)))
    empty = pa.array([], pa.string())
    accounts = pc.unique(pa.chunked_array([c.accounts for _, _, c, _ in raw] or [empty]).combine_chunks())
    accounts = accounts.take(pc.sort_indices(accounts))
    layers = []
    for s, window, columns, coarse in raw:
        place = pc.index_in(columns.accounts, accounts).to_numpy().astype(np.int32)
        moved = replace(columns, account=place[columns.account], accounts=accounts)
        half = _halves(moved, s)
        scales = (1.0,) if s.unit_s or s.name == "fast-repost" else tuple(dict.fromkeys(options.scales))
        for scale in scales:
            fits = window * scale <= LONGEST_S and _visits(moved, window * scale) <= MOST_VISITS
            if scale == scales[0] or fits:
                layers.append(Layer(s, window * scale, moved, half, strata, coarse))
    return layers, accounts


def _visits(c: Columns, window_s: float) -> int:
    """About how many pairs of actions meet: actions of an object in slots of the window, squared."""
    slot = c.time // max(1, round(window_s * MICRO))
    key = c.object.astype(np.int64) * (int(slot.max() - slot.min()) + 1) + (slot - slot.min())
    _, count = np.unique(key, return_counts=True)
    return int((count.astype(np.float64) ** 2).sum())


def _halves(c: Columns, s: Signal) -> npt.NDArray[np.int8]:
    """Half of each action's object: parity of the md5 of its name (of the slot of time for pure synchrony)."""
    if s.unit_s:
        slot = c.time // round(s.unit_s * MICRO)
        names, index = np.unique(slot, return_inverse=True)
        words = [str(v) for v in names.tolist()]
        return _parity(words)[index]
    count = np.bincount(c.object, minlength=len(c.objects))
    parity = np.zeros(len(c.objects), np.int8)
    several = np.flatnonzero(count > 1)
    parity[several] = _parity(c.objects.take(pa.array(several)).to_pylist())
    return parity[c.object]


def _parity(words: Sequence[str]) -> npt.NDArray[np.int8]:
    return np.array([hashlib.md5(w.encode(), usedforsecurity=False).digest()[0] & 1 for w in words], np.int8)


def arranged(layer: Layer, keep: npt.NDArray[np.bool_] | None = None, scale: float = 1.0) -> Actions:
    """The layer laid out for the self-join, with some of its rows or another window."""
    c = layer.columns
    if keep is not None:
        stratum = c.stratum[keep] if len(c.stratum) else c.stratum
        c = replace(c, account=c.account[keep], object=c.object[keep], time=c.time[keep], stratum=stratum)
    return layout(c, layer.signal, layer.window_s * scale)


def pairs(layer: Layer, o: Options, keep: npt.NDArray[np.bool_] | None = None, scale: float = 1.0) -> SignalPairs:
    """Pairs of a layer with their p-values."""
    actions = arranged(layer, keep, scale)
    c = layer.columns
    data = SignalData(
        layer.signal, layer.window_s * scale, actions, c.accounts, c.step, len(actions.account), layer.strata
    )
    return pairs_of(data, o)


def candidates(results: Sequence[SignalPairs], least: int, loose: float = LOOSE) -> Candidates:
    """Pairs of all signals that meet on at least so many objects and have a p-value worth carrying on."""
    parts: list[tuple[I32, I32, I32, I32, F64]] = []
    for k, r in enumerate(results):
        for batch in r.spool.batches():
            ln = [batch.column(n).to_numpy() for n in ("ln_content", "ln_burst", "ln_tempo")]
            largest = np.maximum(np.maximum(ln[0], ln[1]), ln[2])
            shared = batch.column("shared").to_numpy()
            ok = (largest <= np.log(loose)) & (shared >= least)
            a, b = batch.column("a").to_numpy()[ok], batch.column("b").to_numpy()[ok]
            parts.append((np.full(len(a), k, np.int32), a, b, shared[ok], largest[ok]))
    if not parts:
        none = np.zeros(0, np.int32)
        return Candidates(none, none, none, none, np.zeros(0))
    return Candidates(*(np.concatenate(x) for x in zip(*parts, strict=True)))
