"""Measure the room ``accounts`` on data/01 (score, both splits, leakage), transfer, and the 61 banned accounts.

The score is measured beside a plain baseline in the same splits: boosted trees on counts, hours, weekdays and handle
form, and the same plus logistic regression on communities and domains.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unfog.accounts import (
    Features,
    account_features,
    load_definitions,
    profile_accounts,
    take_census,
)
from unfog.accounts.content import fit_places
from unfog.accounts.score import folds, held_out
from unfog.engine import DuckEngine
from unfog.errors import SourceMissing
from unfog.evaluate.accounts_banned import measure_banned
from unfog.evaluate.accounts_transfer import measure_creation, measure_transfer
from unfog.evaluate.accounts_validity import measure_validity
from unfog.evaluate.ranking import average_precision, recall_at, spread_over
from unfog.evaluate.sheet import Evaluation
from unfog.ingest import FileSpec, ingest
from unfog.stats import cllr, cllr_min, fit_logistic, rule_of_three, wilson

F64 = NDArray[np.float64]
Truth = NDArray[np.bool_]
FOLDS = 5
PLAIN = ("log_posts", "log_days", "log_span", "posts_per_day")
TARGETS = {"behaviour": (0.897, 0.672), "full": (0.966, 0.905)}
"""Figures of the plain baseline that the task names: average precision and recall at precision 0.90, by account."""


@dataclass(frozen=True)
class _Set:
    features: Features
    same: Truth
    places: list[list[str]]
    seconds: F64


def cohort_folds(first_us: NDArray[np.int64], k: int = FOLDS) -> NDArray[np.int64]:
    """Fold of each account by the 30 days in which its first post lies; whole cohorts stay together."""
    _, cohort = np.unique(first_us // (30 * 86_400_000_000), return_inverse=True)
    size, total = np.bincount(cohort), np.zeros(k)
    place = np.zeros(size.size, dtype=np.int64)
    for c in np.argsort(-size, kind="stable").tolist():
        place[c] = int(total.argmin())
        total[place[c]] += size[c]
    return np.asarray(place[cohort])


def evaluate(data: Path, out: Path | None = None) -> Evaluation:
    """Measure; parts whose data are absent are left out with a note.

    With ``out`` the sheet is written after every part, so that a stopped run keeps what it measured.
    """
    sheet = Evaluation(room="accounts", data=data.name)
    reddit = data / "01_reddit_ira_vs_normal"
    if not (reddit / "submissions.parquet").is_file():
        raise SourceMissing(f"{reddit / 'submissions.parquet'} is not there; --data wants the folder of all data sets")
    train = _reddit(reddit)
    parts: tuple[Callable[[], None], ...] = (
        lambda: _census(sheet, data),
        lambda: measure_banned(sheet, data, train.features, train.same),
        lambda: measure_creation(sheet, data),
        lambda: measure_transfer(sheet, data, train.features, train.same),
        lambda: measure_validity(sheet),
        lambda: _both_splits(sheet, train),
        lambda: _leakage(sheet, train),
    )
    for part in parts:
        part()
        if out is not None:
            sheet.write(out)
    return sheet


def _reddit(folder: Path) -> _Set:
    """Submissions only: comments were collected for all IRA accounts but for a sample of the others (a leak)."""
    with tempfile.TemporaryDirectory() as work, DuckEngine(memory="2GB") as engine:
        spec = FileSpec(path=Path("submissions.parquet"), format="reddit-frame")
        ingest([spec], engine, Path(work), root=folder)
        features = account_features(engine, "p.kind = 'post'")
        label = {
            r["account_id"]: r["label"] == "SuspiciousAccounts"
            for r in engine.rows("SELECT account_id, label FROM labels ORDER BY account_id")
        }
        token = {
            r["account_id"]: r["tokens"]
            for r in engine.rows(
                "SELECT account_id, array_agg(token ORDER BY token) AS tokens FROM (SELECT account_id, "
                "concat('r/', lower(community)) AS token FROM posts WHERE community IS NOT NULL UNION ALL "
                "SELECT account_id, lower(regexp_extract(urls[1], '^[A-Za-z]+://(?:www[.])?([^/:?#]+)', 1)) AS token "
                "FROM posts WHERE len(urls) > 0) AS t GROUP BY account_id"
            )
        }
        second = {
            r["account_id"]: (r["whole"], r["mean"])
            for r in engine.rows(
                "SELECT account_id, avg(CASE WHEN s = 0 THEN 1.0 ELSE 0.0 END) AS whole, avg(s) AS mean FROM (SELECT "
                "account_id, extract(second FROM happened_at) AS s FROM posts) AS t GROUP BY account_id"
            )
        }
    ids = features.account_id.tolist()
    return _Set(
        features, np.array([label[a] for a in ids]), [token.get(a, []) for a in ids],
        np.array([second[a] for a in ids], dtype=np.float64),
    )  # fmt: skip


def _plain(f: Features) -> F64:
    wanted = [n for n in f.names if n in PLAIN or n.startswith(("hour_", "weekday_", "handle_"))]
    return f.only(tuple(wanted)).values


def _content(s: _Set, fold: NDArray[np.int64]) -> F64:
    out = np.zeros(s.same.size)
    for k in np.unique(fold).tolist():
        test = fold == k
        model = fit_places([d for d, t in zip(s.places, test, strict=True) if not t], s.same[~test])
        out[test] = model.log_odds([d for d, t in zip(s.places, test, strict=True) if t])
    return out


def _both_splits(sheet: Evaluation, s: _Set) -> None:
    n = int(s.same.size)
    for split, fold in (
        ("by account, 5 folds", folds(s.same, FOLDS, 1)),
        ("by first-post cohort (30 days), 5 folds", cohort_folds(s.features.first_us)),
    ):
        behaviour = held_out(s.features.values, s.same, fold)
        plain = held_out(_plain(s.features), s.same, fold)
        content = _content(s, fold)
        variants = {
            "behaviour": (behaviour, plain),
            "full": (behaviour + content, plain + content),
        }
        for name, (ours, base) in variants.items():
            for what, f, at in (("AP", average_precision, 0), ("recall at precision 0.90", recall_at, 1)):
                value, beside = f(s.same, ours), f(s.same, base)
                spread = spread_over(f, s.same, ours)
                goal = max(beside, TARGETS[name][at]) if split.startswith("by account") else beside
                sheet.add(
                    f"{name} {what}", value, low=spread.low, high=spread.high, n=n, unit="accounts", split=split,
                    target=f"> {goal:.3f}", met=value > goal, note=f"plain baseline here: {beside:.3f}",
                )  # fmt: skip
        lr = fit_logistic(behaviour, s.same).log10_lr(behaviour)
        sheet.add(
            "behaviour Cllr",
            cllr(lr, s.same),
            n=n,
            unit="accounts",
            split=split,
            note=f"Cllr_min {cllr_min(lr, s.same):.3f}",
        )
        _false_positives(sheet, s.same, behaviour, split)


def _false_positives(sheet: Evaluation, same: Truth, score: F64, split: str) -> None:
    ordered = np.sort(score[same])
    cut = ordered[int(0.5 * ordered.size)]
    alarms, m = int((score[~same] >= cut).sum()), int((~same).sum())
    bound = float(rule_of_three(m)) if alarms == 0 else float(wilson(alarms, m)[1])
    sheet.add(
        "false-positive rate where half of the operation is found", alarms / m, low=wilson(alarms, m)[0], high=bound,
        n=m, unit="ordinary accounts", split=split,
        note=f"{alarms} alarms; {'rule of three, 95 %' if alarms == 0 else 'Wilson'}; some 'ordinary' ones are feeds",
    )  # fmt: skip


def _leakage(sheet: Evaluation, s: _Set) -> None:
    """What the way of collecting alone would give: period, activity, text field; and the score without each."""
    fold = folds(s.same, FOLDS, 1)
    base = float(s.same.mean())
    alone: dict[str, F64] = {
        "time of first post (period)": s.features.first_us[:, None] / 8.64e10,
        "number of posts (activity cap, missing prolific accounts)": s.features.posts[:, None].astype(np.float64),
        "second of the minute (time format, schedulers)": s.seconds,
        "posts with a text of their own (kind of submission)": s.features.only(("with_text",)).values,
    }
    for name, x in alone.items():
        found = held_out(x, s.same, fold, members=1)
        sheet.add(
            f"leak hunt: {name} alone, AP", average_precision(s.same, found), n=int(s.same.size), unit="accounts",
            split="by account", note=f"chance is {base:.3f}",
        )  # fmt: skip
    volume = {"log_posts", "log_days", "log_span", "posts_per_day", "most_in_a_day", "days_per_span"}
    for name, drop in (
        ("volume and span", volume),
        ("kind of submission", {"with_text", "with_link", "top_url", "urls_per_post", "log_urls"}),
        (
            "what other accounts share",
            {n for n in s.features.names if n.endswith(("_shared", "_crowd", "_crowd_spread"))},
        ),
    ):
        keep = tuple(n for n in s.features.names if n not in drop)
        found = held_out(s.features.only(keep).values, s.same, fold, members=1)
        sheet.add(
            f"behaviour AP without {name}", average_precision(s.same, found), n=int(s.same.size), unit="accounts",
            split="by account", note=f"recall at precision 0.90: {recall_at(s.same, found):.3f}",
        )  # fmt: skip
    sheet.notes += [
        "Comments are left out: they were collected for every IRA account but for a sample of the others.",
        "Time format is the same for both classes (25 characters, +00:00); the second of the minute alone says how "
        "much a scheduler or a coarser clock would.",
        "71 files of the most prolific ordinary accounts are missing upstream, so volume separates too well; see the "
        "figure without volume.",
        "Prevalence here is artificial (12 %): predictive values are stated for other prevalences by unfog itself.",
    ]


def _census(sheet: Evaluation, data: Path) -> None:
    tweets = data / "03_twitter_ira_538" / "tweets.parquet"
    if not tweets.is_file():
        sheet.notes.append("data/03 is absent: the census was not recounted.")
        return
    package = Path(__file__).resolve().parent.parent
    roots = (package / "_cases", package.parent.parent / "cases")
    case = next((r / "brexit-referendum-2016" for r in roots if (r / "brexit-referendum-2016").is_dir()), roots[-1])
    with tempfile.TemporaryDirectory() as work, DuckEngine(memory="2GB") as engine:
        ingest([FileSpec(path=Path(tweets.name), format=None)], engine, Path(work), root=tweets.parent)
        profile_accounts(engine)
        take_census(engine, load_definitions(case / "case.toml"))
        rows: list[dict[str, Any]] = engine.rows(
            "SELECT definition_id, unit, period, value FROM census WHERE computed = 'computed' ORDER BY definition_id"
        )
    sheet.tables["census"] = rows
    found = {r["definition_id"]: r["value"] for r in rows}
    for key, whole in (
        ("ira.accounts.brexit.regulated", 109), ("ira.tweets.brexit.regulated", 833),
        ("ira.accounts.brexit.all", 499), ("ira.tweets.brexit.all", 3313),
    ):  # fmt: skip
        sheet.add(
            f"census {key}", found.get(key), split="934 of 2,856 accounts, eight months",
            target=f"at most {whole}", met=found.get(key, 0) <= whole, note=f"whole list: {whole:,}",
        )  # fmt: skip
