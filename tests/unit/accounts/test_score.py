"""Features, boosted trees, places and the score: known answers, missing values, text form, honest lists."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from unfog.accounts import Score, account_features, fit_score, predictive_value, rank_accounts
from unfog.accounts.boost import Boosted, fit_boosted
from unfog.accounts.content import fit_places
from unfog.errors import InferenceError, UsageError

_spec = importlib.util.spec_from_file_location("accounts_rows", Path(__file__).with_name("conftest.py"))
assert _spec and _spec.loader
_rows = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_rows)
post = _rows.post


def test_features_by_hand(make: Any) -> None:
    posts = [
        post(1, "Anna12", "2019-01-07T09:00:00", community="x", urls=["https://www.a.example/1"], title="One"),
        post(2, "Anna12", "2019-01-07T09:10:00", community="y", urls=["https://a.example/2"], title="Two"),
        post(3, "Anna12", "2019-01-12T21:00:00", community="y", text="own words"),
        post(4, "bob", "2019-01-07T09:00:00", community="x", urls=["https://www.a.example/1"], title="one"),
    ]
    f = account_features(make(posts=posts))
    assert f.account_id.tolist() == ["Anna12", "bob"]
    row = dict(zip(f.names, f.values[0], strict=True))
    assert row["log_posts"] == pytest.approx(np.log(3))
    assert row["log_days"] == pytest.approx(np.log(2))
    assert row["most_in_a_day"] == 2
    assert row["weekend"] == pytest.approx(1 / 3)
    assert row["gaps_under_1h"] == 0.5
    assert row["gap_q05"] == pytest.approx(np.log10(601))
    assert row["with_link"] == pytest.approx(2 / 3)
    assert row["url_shared"] == 0.5  # one of two links is shared by another account
    assert row["said_shared"] == pytest.approx(1 / 3)
    assert row["community_moves"] == 0.5
    assert row["top_host"] == pytest.approx(2 / 3)
    assert row["handle_few-digits"] == 1
    assert sum(row[f"hour_{h:02d}"] for h in range(24)) == pytest.approx(1.0)
    assert np.isnan(dict(zip(f.names, f.values[1], strict=True))["gap_q50"])


def test_features_do_not_depend_on_order_and_survive_nothing(make: Any) -> None:
    posts = [post(i, f"u{i % 3}", f"2019-01-{1 + i:02d}T0{i % 9}:00:00") for i in range(12)]
    one, two = account_features(make(posts=posts)), account_features(make(posts=posts[::-1]))
    assert np.array_equal(one.values, two.values, equal_nan=True)
    assert account_features(make()).values.shape[0] == 0


def _moons(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 6))
    y = (np.sin(2 * x[:, 0]) + x[:, 1] * x[:, 2] + 0.3 * rng.normal(size=n)) > 0.4
    x[rng.random(n) < 0.2, 3] = np.nan
    return x, y


def test_trees_learn_what_no_line_can_and_ignore_noise() -> None:
    x, y = _moons(1500, 1)
    test, truth = _moons(800, 2)
    model = fit_boosted(x, y, trees=120)
    right = ((model.log_odds(test) > 0) == truth).mean()
    assert right > 0.85
    assert model.gain[:3].min() > 4 * model.gain[3:].max()


def test_missing_values_are_a_side_of_their_own() -> None:
    rng = np.random.default_rng(3)
    y = rng.random(400) < 0.5
    x = np.where(y, np.nan, 0.5)[:, None]
    assert ((fit_boosted(x, y, trees=30, columns=1.0).log_odds(x) > 0) == y).all()


def test_trees_repeat_themselves_and_survive_text() -> None:
    x, y = _moons(300, 4)
    one, two = fit_boosted(x, y, trees=20), fit_boosted(x, y, trees=20)
    assert np.array_equal(one.log_odds(x), two.log_odds(x))
    import json

    back = Boosted.read(json.loads(json.dumps(one.document())))
    assert np.array_equal(back.log_odds(x), one.log_odds(x))
    with pytest.raises(InferenceError, match="both classes"):
        fit_boosted(x, np.ones(300, dtype=bool))


def test_places_are_the_ridge_solution() -> None:
    documents = [["r/a", "r/a", "x.example"], ["r/a"], ["r/b"], ["r/b", "y.example"], ["r/a", "r/b"], ["r/b"]] * 4
    same = np.array([True, True, False, False, True, False] * 4)
    model = fit_places(documents, same, c=5.0)
    assert ((model.log_odds(documents) > 0) == same).mean() >= 5 / 6
    assert model.log_odds([["never seen"]])[0] == pytest.approx(model.intercept)
    # stationarity of the primal problem: weights = sum of c w (y - p) x
    from unfog.accounts.content import _matrix

    x = _matrix(documents, model.vocabulary, model.idf)
    p = 1 / (1 + np.exp(-(x @ model.weights + model.intercept)))
    w = np.where(same, same.size / (2 * same.sum()), same.size / (2 * (~same).sum()))
    assert model.weights == pytest.approx(x.T @ (5.0 * w * (same - p)), abs=1e-4)


@pytest.fixture(scope="module")
def fitted(make_once: Any) -> tuple[Score, Any]:
    posts = []
    for i in range(90):
        for k in range(1 if i >= 85 else 4):
            hour = (7 + k) if i < 30 else (i * 7 + k * 5) % 24
            posts.append(
                post(0, f"u{i:02d}", f"2019-01-{1 + (i + k) % 27:02d}T{hour:02d}:{i % 60:02d}:00", post_id=f"{i}-{k}")
            )
    features = account_features(make_once(posts=posts))
    return fit_score(features, np.arange(90) < 30, trained_on="a made-up office"), features


def test_a_list_says_how_often_it_would_be_wrong_and_labels_nobody(fitted: tuple[Score, Any]) -> None:
    score, features = fitted
    rows = rank_accounts(score, features, prevalence=0.01)
    ranked, thin = [r for r in rows if r["rank"]], [r for r in rows if not r["rank"]]
    assert {r["says"] for r in thin} == {"cannot tell"}
    assert {r["account_id"] for r in thin} == {f"u{i}" for i in range(85, 90)}
    assert [r["log10_lr"] for r in ranked] == sorted((r["log10_lr"] for r in ranked), reverse=True)
    assert all(r["ppv_low"] <= r["ppv_at_cut"] <= r["ppv_high"] for r in ranked)
    assert ranked[0]["ppv_low"] < 0.5  # at one in a hundred no list of thirty against sixty can promise much
    assert {r["trained_on"] for r in rows} == {"a made-up office"}
    assert sum(r["account_id"] < "u30" for r in ranked[:25]) >= 23
    assert not any(k in r for r in rows for k in ("label", "is_troll", "bot"))


def test_predictive_value_by_hand_and_prevalence(fitted: tuple[Score, Any]) -> None:
    score, _ = fitted
    cut = float(np.median(score.held_different))
    se, fp = (score.held_same >= cut).mean(), (score.held_different >= cut).mean()
    value, low, high = predictive_value(score, cut, 0.1)
    assert value == pytest.approx(0.1 * se / (0.1 * se + 0.9 * fp))
    assert low < value < high
    assert predictive_value(score, cut, 0.001)[0] < value
    with pytest.raises(UsageError, match="prevalence"):
        predictive_value(score, cut, 1.0)


def test_the_score_survives_text_and_wants_its_columns(fitted: tuple[Score, Any]) -> None:
    score, features = fitted
    back = Score.read(score.document())
    assert np.array_equal(back.log10_lr(features), score.log10_lr(features), equal_nan=True)
    with pytest.raises(UsageError, match="needs the columns"):
        score.log10_lr(features.only(features.names[:3]))
    with pytest.raises(UsageError, match="no account score"):
        Score.read("{}")
    with pytest.raises(InferenceError, match="20 accounts"):
        fit_score(features, np.arange(90) < 5, trained_on="x")
