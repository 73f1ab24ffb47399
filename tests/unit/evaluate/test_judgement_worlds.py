"""The simulated investigations themselves, and that the judgement beats naive adding where evidence is dependent."""

from __future__ import annotations

import numpy as np
import pytest

from unfog.evaluate.judgement import ach_cllr, figures, mean_cllr
from unfog.evaluate.judgement_worlds import (
    MEASURED,
    PRIOR,
    VALUES,
    WORLDS,
    Investigation,
    _measured,
    ach_scores,
    bayes,
    correlated,
    engine_answer,
    naive_bayes,
    re_reported,
    run,
)


def test_the_oracle_is_right_where_items_are_independent() -> None:
    rng = np.random.default_rng(1)
    for _ in range(20):
        inv = correlated(0.0)(rng)
        assert bayes(inv.joint) == pytest.approx(naive_bayes(inv.logs))


def test_the_engine_is_exact_on_single_items() -> None:
    rng = np.random.default_rng(2)
    for _ in range(20):
        inv = correlated(0.0, ((1, 1, 1),))(rng)
        assert engine_answer(_measured(inv), MEASURED) == pytest.approx(bayes(inv.joint), abs=1e-9)


def test_word_for_word_repeats_do_not_move_the_engine() -> None:
    rng = np.random.default_rng(3)
    inv = re_reported(rng)
    once = dict.fromkeys(zip(inv.origins, inv.statements, strict=True))
    keep = [i for i, k in enumerate(zip(inv.origins, inv.statements, strict=True)) if once.pop(k, 1) is None]
    slim = Investigation(
        inv.truth,
        inv.logs[keep],
        tuple(inv.origins[i] for i in keep),
        tuple(inv.statements[i] for i in keep),
        inv.joint,
        inv.fit[keep],
    )
    assert len(slim.logs) == len(inv.logs) - 4
    assert engine_answer(_measured(inv), MEASURED) == pytest.approx(engine_answer(_measured(slim), MEASURED), abs=1e-9)


def test_ach_rewards_vagueness() -> None:
    # "other" fits everything a little; the true value misses once
    fit = np.array([[0.9, 0.01, 0.01, 0.25], [0.9, 0.01, 0.01, 0.25], [0.1, 0.5, 0.5, 0.25]])
    assert ach_scores(fit).tolist() == [1.0, 4.0, 4.0, 0.0]
    assert bayes(np.log10(fit).sum(axis=0)).argmax() == 0


def test_figures_by_hand() -> None:
    truth = np.eye(4)[[0, 1, 2, 3]]
    flat = np.tile(PRIOR, (4, 1))
    assert mean_cllr(flat, truth) == pytest.approx(1.0)  # the prior given back is no evidence
    assert mean_cllr(np.clip(truth, 0.001, 0.999), truth) < 0.02
    assert ach_cllr(1.0 - truth, truth) == pytest.approx(0.0, abs=1e-6)


def test_a_dependent_world_by_the_whole_engine() -> None:
    world = next(w for w in WORLDS if w.name == "rho 0.9")
    row = figures(world, run(world, 250, 5))
    assert row["unfog"]["cllr"] < row["naive Bayes"]["cllr"]
    assert row["unfog"]["sure_high"] >= 0.95
    assert len(VALUES) == 4
