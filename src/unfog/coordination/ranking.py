"""Which accounts to look at first: a ranking by evidence and intensity, never a call.

The evidence of a pair is −ln of its joined p (Cauchy over signals and windows) under the larger of the content and the
burst model: would two accounts as active as these share things as popular as these? Tempo is left out, because it has
no power where two accounts share one thing only, which is what most accounts of small operations do; it has its say in
what is *called*. Evidence grows with activity at any intensity: −ln p is about n d²/2 for n actions and an effect of
size d. The most prolific accounts would always stand first, so the score is the geometric mean of evidence and evidence
per action, −ln p / √n.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from unfog.coordination.detect import SignalPairs

LN10 = np.log(10.0)

RANKING = pa.schema(
    [
        ("account", pa.string()), ("score", pa.float64()), ("log10_p", pa.float64()), ("partner", pa.string()),
        ("partners", pa.int64()), ("actions", pa.int64()),
    ]
)  # fmt: skip
"""One row per account that meets another one: platform:account_id, score, the joint p of the pair with its strongest
partner, that partner, accounts it meets, and its actions in the signal in which it has most."""


def rank_accounts(results: Sequence[SignalPairs]) -> pa.Table:
    """Rank the accounts of some signals and windows; give results made with ``min_shared=1`` to see single shares.

    Returns:
        A table as in ``RANKING``, highest score first, ties by account.
    """
    best: dict[tuple[str, str], list[float]] = {}
    actions: dict[str, int] = {}
    for r in results:
        names = r.data.accounts.to_pylist()
        for code, n in enumerate(r.profile.actions.tolist()):
            actions[names[code]] = max(actions.get(names[code], 0), int(n))
        for batch in r.spool.batches():
            ln = np.maximum(batch.column("ln_content").to_numpy(), batch.column("ln_burst").to_numpy())
            for a, b, x in zip(batch.column("a").to_pylist(), batch.column("b").to_pylist(), ln.tolist(), strict=True):
                best.setdefault((names[a], names[b]), []).append(x)
    top: dict[str, tuple[float, str, int]] = {}
    for (a, b), values in best.items():
        ln_p = _cauchy(values, len(results))
        for one, other in ((a, b), (b, a)):
            so_far = top.get(one)
            partner = (ln_p, other) if so_far is None or (ln_p, other) < so_far[:2] else so_far[:2]
            top[one] = (*partner, (so_far[2] if so_far else 0) + 1)
    rows = [
        {
            "account": a, "score": -ln_p / actions[a] ** 0.5, "log10_p": ln_p / LN10, "partner": partner,
            "partners": n, "actions": actions[a],
        }
        for a, (ln_p, partner, n) in top.items()
    ]  # fmt: skip
    rows.sort(key=lambda row: (-row["score"], row["account"]))
    return pa.Table.from_pylist(rows, schema=RANKING)


def _cauchy(ln_p: Sequence[float], looks: int) -> float:
    """ln of the joined p over ``looks`` signals and windows, of which those not given add nothing."""
    x = np.asarray(ln_p)
    smallest = float(x.min())
    return float(min(0.0, np.log(looks) + smallest - np.log(np.exp(np.maximum(smallest - x, -700.0)).sum())))
