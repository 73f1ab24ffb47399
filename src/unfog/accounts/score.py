"""A score that ranks accounts *within a set that is already suspected*, and says how often it would be wrong.

It is no label: the output is an order, with the predictive value that each cut would have at a stated prevalence, and
"cannot tell" for accounts with too few posts. A score trained on one operation measures likeness to that operation.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unfog.accounts.boost import Boosted, fit_boosted
from unfog.accounts.features import Features
from unfog.errors import InferenceError, UsageError
from unfog.stats import Logistic, clopper_pearson, fit_logistic

F64 = NDArray[np.float64]
MEMBERS = 3
SETTINGS: dict[str, Any] = {"trees": 400, "rate": 0.04, "columns": 0.2, "depth": 5, "least": 4, "l2": 1.0}


@dataclass(frozen=True)
class Score:
    """A fitted score.

    Attributes:
        names: Feature columns it needs.
        models: Boosted trees, averaged.
        calibrator: From out-of-fold log-odds to log10 LR (class-balanced).
        held_same: Out-of-fold log10 LR of the accounts of the first class, sorted.
        held_different: Of the second class, sorted.
        min_posts: Fewer posts than this: cannot tell.
        trained_on: What it was trained on; printed with every list.
    """

    names: tuple[str, ...]
    models: tuple[Boosted, ...]
    calibrator: Logistic
    held_same: F64
    held_different: F64
    min_posts: int
    trained_on: str

    def log10_lr(self, features: Features) -> F64:
        """Calibrated log10 LR of accounts, NaN where an account has too few posts.

        Raises:
            UsageError: if a column is missing.
        """
        if missing := sorted(set(self.names) - set(features.names)):
            raise UsageError(f"the score needs the columns {', '.join(missing)}")
        x = features.only(self.names).values
        raw = np.mean([m.log_odds(x) for m in self.models], axis=0)
        out = self.calibrator.log10_lr(raw) if raw.size else raw
        return np.where(features.posts >= self.min_posts, out, np.nan)

    def document(self) -> str:
        """The score as JSON text."""
        return json.dumps(
            {
                "schema": "unfog.account-score/1", "names": self.names, "models": [m.document() for m in self.models],
                "calibrator": [self.calibrator.intercept, self.calibrator.slope, self.calibrator.n_same,
                               self.calibrator.n_different, self.calibrator.ridge],
                "held_same": self.held_same.tolist(), "held_different": self.held_different.tolist(),
                "min_posts": self.min_posts, "trained_on": self.trained_on,
            }
        )  # fmt: skip

    @classmethod
    def read(cls, text: str) -> Score:
        """The score from its JSON text."""
        d = json.loads(text)
        if d.get("schema") != "unfog.account-score/1":
            raise UsageError("this is no account score (schema unfog.account-score/1)")
        return cls(
            tuple(d["names"]), tuple(Boosted.read(m) for m in d["models"]), Logistic(*d["calibrator"]),
            np.array(d["held_same"]), np.array(d["held_different"]), int(d["min_posts"]), str(d["trained_on"]),
        )  # fmt: skip


def folds(same: NDArray[np.bool_], k: int, seed: int) -> NDArray[np.int64]:
    """Fold of each account, classes spread evenly."""
    rng = np.random.default_rng(seed)
    out = np.zeros(same.size, dtype=np.int64)
    for c in (False, True):
        index = np.flatnonzero(same == c)
        rng.shuffle(index)
        out[index] = np.arange(index.size) % k
    return out


def held_out(x: F64, same: NDArray[np.bool_], fold: NDArray[np.int64], seed: int = 7, members: int = MEMBERS) -> F64:
    """Natural log-odds of every account by models that did not see its fold."""
    out = np.zeros(same.size)
    for k in np.unique(fold).tolist():
        test = fold == k
        out[test] = np.mean(
            [fit_boosted(x[~test], same[~test], seed=seed + s, **SETTINGS).log_odds(x[test]) for s in range(members)],
            axis=0,
        )
    return out


def fit_score(
    features: Features, same: NDArray[np.bool_], *, trained_on: str, min_posts: int = 3, seed: int = 7
) -> Score:
    """Fit the score on labelled accounts; calibration and error rates come from accounts that each model did not see.

    Raises:
        InferenceError: with fewer than 20 accounts of either class.
    """
    y = np.asarray(same, dtype=bool)
    if min(int(y.sum()), int((~y).sum())) < 20:
        raise InferenceError(f"a score needs 20 accounts of either class, got {int(y.sum())} and {int((~y).sum())}")
    raw = held_out(features.values, y, folds(y, 5, seed), seed)
    calibrator = fit_logistic(raw, y)
    lr = calibrator.log10_lr(raw)
    models = tuple(fit_boosted(features.values, y, seed=seed + s, **SETTINGS) for s in range(MEMBERS))
    return Score(features.names, models, calibrator, np.sort(lr[y]), np.sort(lr[~y]), min_posts, trained_on)


def predictive_value(score: Score, cut: float, prevalence: float) -> tuple[float, float, float]:
    """Share of true ones among accounts at or above a cut, at a prevalence, with a 90 % interval.

    The interval takes Clopper-Pearson ends of sensitivity and false-positive rate against each other, so it also holds
    where no false positive was seen (rule of three).
    """
    if not 0 < prevalence < 1:
        raise UsageError(f"a prevalence lies between 0 and 1, got {prevalence}")
    hits, n = int((score.held_same >= cut).sum()), score.held_same.size
    alarms, m = int((score.held_different >= cut).sum()), score.held_different.size
    se, fp = clopper_pearson(hits, n), clopper_pearson(alarms, m)

    def value(s: float, f: float) -> float:
        total = prevalence * s + (1 - prevalence) * f
        return prevalence * s / total if total > 0 else prevalence

    return value(hits / n, alarms / m), value(se[0], fp[1]), value(se[1], fp[0])


def rank_accounts(score: Score, features: Features, prevalence: float) -> list[dict[str, Any]]:
    """Accounts in order of likeness, each with the predictive value of a cut at its place; thin ones last, unranked."""
    lr = score.log10_lr(features)
    order = sorted(range(lr.size), key=lambda i: (np.isnan(lr[i]), -lr[i], str(features.account_id[i])))
    rows = []
    for place, i in enumerate(order, 1):
        thin = bool(np.isnan(lr[i]))
        ppv = (None, None, None) if thin else predictive_value(score, float(lr[i]), prevalence)
        rows.append(
            {
                "rank": None if thin else place,
                "platform": str(features.platform[i]),
                "account_id": str(features.account_id[i]),
                "posts": int(features.posts[i]),
                "log10_lr": None if thin else round(float(lr[i]), 3),
                "says": "cannot tell" if thin else "ranked",
                "ppv_at_cut": ppv[0],
                "ppv_low": ppv[1],
                "ppv_high": ppv[2],
                "prevalence": prevalence,
                "trained_on": score.trained_on,
            }
        )
    return rows
