"""Accounts of a set in order of likeness to a known operation: a list to read from the top, never a label.

The score is trained on the tables of the case itself, calibrated on accounts that each model did not see, and every row
says how often a cut at its place would be right, at prevalences that the case declares. It gives no evidence.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from unfog.accounts.features import account_features
from unfog.accounts.options import Likeness
from unfog.accounts.score import Score, predictive_value, rank_accounts
from unfog.accounts.score import fit_score as fit
from unfog.accounts.sets import MEMBERS, AccountSet, who
from unfog.accounts.told import SHOWN_ROWS, count, percent, plural
from unfog.engine import Engine, literal
from unfog.errors import InferenceError
from unfog.model import Basis, Estimate, Figure, Finding, Gap, RowsRef, Verdict

Key = tuple[str, str]


def likeness(
    engine: Engine, sets: Sequence[AccountSet], options: Likeness
) -> tuple[tuple[Finding, ...], tuple[Gap, ...]]:
    """Train on the known operation and order every set that is not part of it.

    Returns:
        One finding per set; a gap where too few accounts are known to learn from.
    """
    known = _keys(engine, who(options.known))
    members = {s.spec.id: _keys(engine, f"SELECT * FROM {MEMBERS} WHERE set_id = {literal(s.spec.id)}") for s in sets}
    asked = [s for s in sets if members[s.spec.id] - known]
    if not asked:
        return (), ()
    taken = known.union(*members.values())
    everyone_else = options.ordinary == "everyone else"
    ordinary = set() if everyone_else else _keys(engine, who(options.ordinary)) - taken
    features = account_features(engine)
    keys: list[Key] = list(zip(features.platform.tolist(), features.account_id.tolist(), strict=True))
    enough = features.posts >= options.min_posts
    same = np.array([k in known for k in keys], dtype=bool)
    other = np.array([k not in taken if everyone_else else k in ordinary for k in keys], dtype=bool)
    train = (same | other) & enough
    name = f"“{options.known}” against “{options.ordinary}”"
    try:
        score = fit(features.of(train), same[train], trained_on=name, min_posts=options.min_posts)
    except InferenceError as why:
        gap = Gap(
            id="accounts.likeness",
            room="accounts",
            sentence=f"No order by likeness to “{options.known}” can be made: {why}.",
            mend="Give posts of at least 20 accounts of the known operation and 20 ordinary ones.",
        )
        return (), (gap,)
    found = []
    for s in asked:
        wanted = members[s.spec.id] - known
        here = features.of(np.array([k in wanted for k in keys], dtype=bool))
        lists = {p: rank_accounts(score, here, p) for p in options.prevalence}
        found.append(_finding(s, len(wanted), score, lists))
    return tuple(found), ()


def _keys(engine: Engine, sql: str) -> set[Key]:
    return {(r["platform"], r["account_id"]) for r in engine.rows(f"SELECT platform, account_id FROM ({sql}) AS k")}


def _finding(s: AccountSet, listed: int, score: Score, lists: dict[float, list[dict[str, Any]]]) -> Finding:
    rows = next(iter(lists.values()))
    ranked = sum(r["rank"] is not None for r in rows)
    figures = [
        count("accounts", listed, "accounts"),
        count("ranked", ranked, "accounts"),
        count("cannot_tell", listed - ranked, "accounts", f"fewer than {score.min_posts} dated posts"),
        count("min_posts", score.min_posts, "posts"),
        count("trained_on_known", score.held_same.size, "accounts"),
        count("trained_on_ordinary", score.held_different.size, "accounts"),
    ]
    sentence = (
        f"By likeness to {score.trained_on}, {plural(ranked, 'account')} of {listed:,} of {s.spec.called} can be put "
        f"in order; of {listed - ranked:,} one cannot tell (fewer than {score.min_posts:,} posts)."
    )
    cut = float(np.quantile(score.held_different, 0.99))
    above = sum(r["log10_lr"] is not None and r["log10_lr"] >= cut for r in rows)
    figures.append(count("above_cut", above, "accounts", "more alike than 99 % of the ordinary accounts held out"))
    valued = []
    for i, p in enumerate(lists, 1):
        value, low, high = predictive_value(score, cut, p)
        figures += [
            Figure(name=f"prevalence_{i}", value=Estimate.exact(p), unit="share", basis=Basis.ARGUED),
            Figure(
                name=f"predictive_value_{i}",
                value=Estimate(value=value, low=low, high=high),
                unit="share",
                basis=Basis.MEASURED,
                note=f"of accounts above the cut, if {p:g} of all such accounts were of this kind",
            ),
        ]
        valued.append(f"{percent(value)} ({percent(low)} to {percent(high)}) if {percent(p)} of such accounts are")
    sentence += (
        " Of those above a cut that one ordinary account in a hundred passes, this share would be of that kind: "
        + "; ".join(valued)
        + "."
    )
    shown = [
        {k: v for k, v in row.items() if k not in ("trained_on", "prevalence", "ppv_at_cut", "ppv_low", "ppv_high")}
        | {f"ppv_at_{p:g}": _told(lists[p][i]) for p in lists}
        for i, row in enumerate(rows[:SHOWN_ROWS])
    ]
    return Finding(
        id=f"accounts.likeness.{s.spec.id}",
        room="accounts",
        kind="likeness",
        sentence=sentence,
        figures=tuple(figures),
        verdict=Verdict.CANNOT_TELL if ranked == 0 else Verdict.DESCRIPTIVE,
        method="Boosted trees on behaviour, calibrated on accounts that each model did not see; predictive values from "
        "sensitivity and false-positive rate of those, Clopper-Pearson ends of both taken against each other.",
        assumption="Accounts of this set stand to the ordinary ones as the known operation does; likeness to one "
        "operation says nothing about another, and decays as operations change.",
        population=score.trained_on,
        selected_by=s.spec.selected_by,
        public_from=s.public_from,
        rows=(
            RowsRef(
                table="accounts", keys=tuple((r["platform"], r["account_id"]) for r in rows[:SHOWN_ROWS]), total=listed
            ),
        ),
        caveats=("An order to read from the top, and no label: no account is called anything.",),
        data={"rows": shown, "trained_on": score.trained_on, "cut_log10_lr": round(cut, 3)},
    )


def _told(row: dict[str, Any]) -> list[float] | None:
    """Predictive value with its ends, as one cell."""
    if row["ppv_at_cut"] is None:
        return None
    return [round(float(row[k]), 4) for k in ("ppv_at_cut", "ppv_low", "ppv_high")]
