"""Detection: from posts to the table ``pairs``, every pair with three p-values, a q-value and a bound.

Statistics are computed over all actions before any minimum is applied; the minima only decide which pairs are written.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from unfog.coordination.chance import baseline, log_p
from unfog.coordination.data import SignalData, check_window, choose_strata, coarse_posts, layout, read
from unfog.coordination.options import Options
from unfog.coordination.signals import SIGNALS, Signal, signal
from unfog.coordination.spool import Spool
from unfog.coordination.window import estimate_window
from unfog.engine import Engine
from unfog.engine.kernels import Profile, Tally, join_pairs, profile, tally
from unfog.errors import UsageError
from unfog.model import TABLES
from unfog.stats import log_bh, p_value_bound

F64 = npt.NDArray[np.float64]
Progress = Callable[[str, float], None]

TINY = 5e-324
LN10 = math.log(10.0)


@dataclass
class SignalPairs:
    """What one signal gave.

    Attributes:
        data: Its actions.
        profile: Profiles of accounts and units.
        tally: Counts over all meeting pairs.
        possible: Number of possible pairs, N (N - 1) / 2 over the accounts that act at all.
        spool: The pairs that reach the minima.
        ln_q: ln q of those pairs, in the order of the spool.
        coarse: Posts whose time is coarser than the window.
    """

    data: SignalData
    profile: Profile
    tally: Tally
    possible: int
    spool: Spool
    ln_q: F64 = field(default_factory=lambda: np.zeros(0))
    coarse: int = 0


def detect(
    engine: Engine,
    signals: Sequence[str],
    *,
    window_s: float | None = None,
    estimate: bool = False,
    options: Options | None = None,
    progress: Progress | None = None,
) -> list[SignalPairs]:
    """Find all pairs of accounts that act together, for each signal, and leave them in the engine as ``pairs``.

    Args:
        engine: Holds the relation ``posts``.
        signals: Names of signals.
        window_s: Window for all of them, seconds; default each signal's own (or ``options.windows``).
        estimate: Estimate the window from the data instead.
        options: Minima, strata, rhythm.
        progress: Called with what is done and the share that is done.

    Returns:
        One result per signal that has any action, in the order given; close their spools when done.

    Raises:
        UsageError: for an unknown signal, or a window that the data cannot resolve.
    """
    o = options or Options()
    chosen = [signal(name) for name in signals]
    strata = choose_strata(engine, o.strata)
    results: list[SignalPairs] = []
    for k, s in enumerate(chosen):
        if progress:
            progress(f"signal {s.name}", k / max(1, len(chosen)))
        found = detect_signal(engine, s, window_s=window_s, estimate=estimate, options=o, strata=strata)
        if found is not None:
            results.append(found)
    put_pairs(engine, results)
    if progress:
        progress("pairs", 1.0)
    return results


def detect_signal(
    engine: Engine,
    s: Signal,
    *,
    window_s: float | None,
    estimate: bool = False,
    options: Options,
    strata: str,
) -> SignalPairs | None:
    """One signal; None where the posts hold no object of it."""
    window = window_s if window_s is not None else options.windows.get(s.name, s.window_s)
    if not window > 0:
        raise UsageError(f"the window is {window:g} s; two actions need a window longer than 0 s to meet, e.g. 60s")
    columns = read(engine, s, window, strata=strata)
    if not len(columns.time):
        return None
    if estimate:
        window = estimate_window(columns)
    check_window(engine, window)
    data = SignalData(s, window, layout(columns, s, window), columns.accounts, columns.step, len(columns.time), strata)
    del columns
    result = pairs_of(data, options)
    result.coarse = coarse_posts(engine, window)
    return result


def pairs_of(data: SignalData, o: Options) -> SignalPairs:
    """The self-join with its chance models and the false-discovery rate over all possible pairs."""
    actions = data.actions
    about = profile(actions)
    seen = tally(actions)
    base = baseline(actions, about, seen, rhythm=o.rhythm, prior_pairs=o.prior_sharers)
    n = actions.n_accounts
    possible = n * (n - 1) // 2
    # A pair whose largest p exceeds (pairs seen) / (pairs possible) has q = 1 and cannot change any q below 1.
    limit = min(1.0, seen.pairs / possible) if possible else 0.0
    rare = -math.log1p(-limit) if limit < 1.0 else math.inf
    allowed = about.actions >= o.min_participation
    spool = Spool()
    kept_p: list[F64] = []
    other_p: list[F64] = []
    chunks = join_pairs(
        actions, about, base, min_shared=o.min_shared, min_meetings=o.min_actions, allowed=allowed, rare=rare
    )
    for chunk in chunks:
        ln = log_p(chunk)
        largest = np.maximum(np.maximum(ln[0], ln[1]), ln[2])
        keep = (chunk.shared >= o.min_shared) & (chunk.meetings >= o.min_actions) & allowed[chunk.a] & allowed[chunk.b]
        spool.add(chunk, ln, keep)
        kept_p.append(largest[keep])
        rest = largest[~keep]
        other_p.append(rest[rest <= math.log(limit)] if limit > 0 else rest[:0])
    kept = np.concatenate(kept_p) if kept_p else np.zeros(0)
    other = np.concatenate(other_p) if other_p else np.zeros(0)
    ln_q = log_bh(np.concatenate([kept, other]), max(possible, len(kept) + len(other)))[: len(kept)]
    return SignalPairs(data, about, seen, possible, spool, ln_q)


def put_pairs(engine: Engine, results: Sequence[SignalPairs]) -> None:
    """Make the relation ``pairs`` from all signals."""
    schema = TABLES["pairs"].arrow_schema()
    engine.put("pairs", pa.RecordBatchReader.from_batches(schema, _rows(results, schema)))


def _rows(results: Sequence[SignalPairs], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    for result in results:
        done = 0
        for batch in result.spool.batches():
            yield _render(result, batch, result.ln_q[done : done + batch.num_rows], schema)
            done += batch.num_rows


def _render(result: SignalPairs, batch: pa.RecordBatch, ln_q: F64, schema: pa.Schema) -> pa.RecordBatch:
    n = batch.num_rows
    ln = [batch.column(name).to_numpy() for name in ("ln_content", "ln_burst", "ln_tempo")]
    largest = np.maximum(np.maximum(ln[0], ln[1]), ln[2])
    micro = pa.timestamp("us")
    columns = [
        result.data.accounts.take(batch.column("a")),
        result.data.accounts.take(batch.column("b")),
        pa.repeat(result.data.signal.name, n),
        pa.repeat(result.data.window_s, n),
        batch.column("shared").cast(pa.int64()),
        batch.column("meetings"),
        batch.column("first").cast(micro),
        batch.column("last").cast(micro),
        *(pa.array(probability(x)) for x in ln),
        pa.array(probability(ln_q)),
        pa.array(np.asarray(p_value_bound(0.0, log10_p=np.minimum(largest, 0.0) / LN10)).reshape(n)),
    ]
    return pa.RecordBatch.from_arrays([c.cast(f.type) for c, f in zip(columns, schema, strict=True)], schema=schema)


def probability(ln: F64) -> F64:
    """exp, but never 0: below the smallest number there is, that number is written."""
    return np.maximum(np.exp(np.minimum(ln, 0.0)), TINY)


def known_signals(engine: Engine, wanted: tuple[str, ...] | str) -> tuple[str, ...]:
    """The signals to look at; ``auto`` is every signal of which the posts hold an object, but synchrony."""
    if wanted != "auto" and not isinstance(wanted, str):
        return wanted
    filled = engine.rows(
        "SELECT count(object_id) AS object, count(repost_of) AS repost, "
        "count(CASE WHEN len(urls) > 0 THEN 1 END) AS link, count(text) AS text, "
        "count(CASE WHEN len(hashtags) > 0 THEN 1 END) AS hashtags, "
        "count(CASE WHEN len(mentions) > 0 THEN 1 END) AS mention, count(reply_to) AS reply, "
        "count(thread_id) AS thread, count(CASE WHEN len(media_hashes) > 0 THEN 1 END) AS media, "
        "count(CASE WHEN repost_of IS NOT NULL OR text IS NOT NULL OR len(media_hashes) > 0 OR len(urls) > 0 "
        "THEN 1 END) AS content FROM posts"
    )[0]
    needs = {
        "domain": "link", "near-text": "text", "hashtag-sequence": "hashtags", "fast-repost": "repost",
        "any-content": "content",
    }  # fmt: skip
    return tuple(name for name in SIGNALS if name != "synchrony" and filled[needs.get(name, name)])
