"""From tables to actions: runs a signal's SQL, encodes it, checks the window against the clock of the data."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from unfog.coordination.chance import merge_strata
from unfog.coordination.prepare import prepare
from unfog.coordination.signals import Signal, actions_sql
from unfog.engine import Engine, Step
from unfog.engine.kernels import Actions, arrange, encode
from unfog.errors import UsageError
from unfog.model import Precision

MICRO = 1_000_000


@dataclass(frozen=True)
class SignalData:
    """The actions of one signal.

    Attributes:
        signal: The signal.
        window_s: Window in seconds.
        actions: Laid out for the self-join.
        accounts: Arrow strings platform:account_id, by code.
        step: The SQL as it was run.
        rows: Number of actions.
        strata: Column that the strata come from.
    """

    signal: Signal
    window_s: float
    actions: Actions
    accounts: pa.Array
    step: Step
    rows: int
    strata: str


@dataclass(frozen=True)
class Columns:
    """Encoded actions before they are laid out; all arrays of shape (n,)."""

    account: npt.NDArray[np.int32]
    object: npt.NDArray[np.int32]
    time: npt.NDArray[np.int64]
    stratum: npt.NDArray[np.int32]
    accounts: pa.Array
    objects: pa.Array
    n_strata: int
    step: Step


def read(engine: Engine, signal: Signal, window_s: float, *, strata: str = "none") -> Columns:
    """Run the signal's SQL and encode its rows; duplicated posts are collapsed where there are any."""
    prepare(engine, signal)
    name = f"actions_{signal.name.replace('-', '_')}"
    for distinct in (bool(signal.unnest), True):
        sql = actions_sql(signal, window_s=window_s, strata=strata, distinct=distinct)
        step = Step(name, sql, "one row per action of the signal", keep=False)
        names = ("account", "object", "stratum") if strata != "none" else ("account", "object")
        coded = encode(engine.batches(f"SELECT {', '.join(names)}, t_us FROM ({sql}) a"), names, ("t_us",))
        columns = Columns(
            account=coded.codes["account"],
            object=coded.codes["object"],
            time=coded.numbers["t_us"],
            stratum=coded.codes.get("stratum", np.zeros(0, np.int32)),
            accounts=coded.words["account"],
            objects=coded.words["object"],
            n_strata=len(coded.words["stratum"]) if "stratum" in coded.words else 1,
            step=step,
        )
        if distinct or not _repeats(columns):
            return columns
    raise AssertionError("unreachable")


def _repeats(c: Columns) -> bool:
    """Whether two rows agree in object, account and time: only then can a post be there twice."""
    if len(c.time) < 2:
        return False
    order = np.lexsort((c.time, c.account)) if len(c.time) < 5000 else _by_account_time(c)
    same = (c.account[order][1:] == c.account[order][:-1]) & (c.time[order][1:] == c.time[order][:-1])
    if not same.any():
        return False
    hit = np.zeros(len(order), bool)
    hit[1:] |= same
    hit[:-1] |= same
    rows = order[hit]
    keys = np.stack([c.account[rows].astype(np.int64), c.time[rows], c.object[rows].astype(np.int64)])
    return bool(np.unique(keys, axis=1).shape[1] < keys.shape[1])


def _by_account_time(c: Columns) -> npt.NDArray[np.int64]:
    span = c.time - c.time.min()
    bits = int(span.max()).bit_length()
    if bits + int(c.account.max()).bit_length() > 62:
        return np.lexsort((c.time, c.account))
    return np.argsort((c.account.astype(np.int64) << bits) | span)


def layout(columns: Columns, signal: Signal, window_s: float) -> Actions:
    """Lay encoded actions out for the self-join; for pure synchrony, slots of time are the units."""
    unit = None
    if signal.unit_s:
        slot = columns.time // round(signal.unit_s * MICRO)
        unit = (slot - (slot.min() if len(slot) else 0)).astype(np.int32)
    stratum, n_strata = merge_strata(columns.stratum, columns.account, columns.n_strata)
    return arrange(
        columns.account,
        columns.object,
        columns.time,
        round(window_s * MICRO),
        n_accounts=len(columns.accounts),
        unit=unit,
        stratum=stratum if n_strata > 1 else None,
        n_strata=n_strata,
    )


def choose_strata(engine: Engine, wanted: str) -> str:
    """``auto`` becomes ``none``: a group that works in one topic fills that stratum's baseline and hides in it.

    What a topic does to organic pairs is caught by the tempo model, which conditions on what two accounts share; in
    organic worlds of 100,000 posts with hidden circles nobody was called without strata. Ask for strata by name.
    """
    return "none" if wanted == "auto" else wanted


def check_window(engine: Engine, window_s: float) -> None:
    """Refuse a window that the clock of the data cannot resolve.

    Raises:
        UsageError: if the window is not above 0, or shorter than the precision of most posts, declared or seen (all
            times on full minutes, hours or days).
    """
    if not window_s > 0:
        raise UsageError(f"the window is {window_s:g} s; two actions need a window longer than 0 s to meet, e.g. 60s")
    counts = engine.rows(
        "SELECT coalesce(happened_precision, 'second') AS precision, count(*) AS n FROM posts "
        "WHERE happened_at IS NOT NULL GROUP BY 1 ORDER BY 1"
    )
    total = sum(r["n"] for r in counts)
    coarse = [r for r in counts if Precision(r["precision"]).seconds > window_s]
    if total and sum(r["n"] for r in coarse) > 0.5 * total:
        worst = max((Precision(r["precision"]) for r in coarse), key=lambda p: p.seconds)
        raise UsageError(
            f"the window is {window_s:g} s, but {sum(r['n'] for r in coarse)} of {total} posts tell the time to "
            f"the {worst.value} only; use a window of at least {worst.seconds:g} s"
        )
    if total >= 50:
        for name, length in (("day", 86400), ("hour", 3600), ("minute", 60)):
            if length > window_s:
                whole = engine.scalar(
                    "SELECT count(*) FROM posts WHERE happened_at IS NOT NULL "
                    f"AND epoch_us(happened_at) % {length * MICRO} = 0"
                )
                if whole >= 0.99 * total:
                    raise UsageError(
                        f"the window is {window_s:g} s, but {whole} of {total} posts lie on a full {name}: the source "
                        f"tells the time to the {name} only; use a window of at least {length} s"
                    )


def coarse_posts(engine: Engine, window_s: float) -> int:
    """Number of posts whose time is too coarse for the window (they are kept; the report says so)."""
    counts = engine.rows(
        "SELECT coalesce(happened_precision, 'second') AS precision, count(*) AS n FROM posts GROUP BY 1 ORDER BY 1"
    )
    return sum(int(r["n"]) for r in counts if Precision(r["precision"]).seconds > window_s)
