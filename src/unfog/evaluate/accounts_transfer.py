"""Accounts across platforms: a score trained on Reddit applied to Twitter, and creation read from Twitter's ids.

Both Twitter sets were collected differently (whole timelines against one topic), and accounts of the ordinary set have
numbers where the others have handles: so only the clock, the gaps and the pace may be used, and no handle.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from unfog.accounts import Features, Options, SetSpec, account_features, investigate
from unfog.accounts.boost import fit_boosted
from unfog.accounts.relative import relative_features
from unfog.accounts.score import SETTINGS
from unfog.engine import DuckEngine
from unfog.evaluate.ranking import average_precision, recall_at, spread_over
from unfog.evaluate.sheet import Evaluation

F64 = NDArray[np.float64]
Truth = NDArray[np.bool_]
PACE = ("busiest_9h", "day_length", "weekend", "posts_per_day", "most_in_a_day")
MEMBERS = 3


def clock_and_pace(names: tuple[str, ...]) -> tuple[str, ...]:
    """Columns that mean the same wherever people post: hours, weekdays, gaps, pace."""
    return tuple(n for n in names if n.startswith(("hour_", "weekday_", "gap")) or n in PACE)


def measure_transfer(sheet: Evaluation, data: Path, train: Features, same: Truth) -> None:
    """Reddit -> Twitter by clock and pace, as they are and relative to each platform's ordinary accounts."""
    ira, ordinary = _files(data)
    if not (ira.is_file() and ordinary.is_file()):
        sheet.notes.append("data/03 or data/04 is absent: transfer to Twitter was not measured.")
        return
    with DuckEngine(memory="2GB") as engine:
        engine.execute(_POSTS.format(ira=str(ira), ordinary=str(ordinary)), "tweets")
        found = account_features(engine)
        listed = {r["account_id"] for r in engine.rows("SELECT account_id FROM posts WHERE source_id = 'listed'")}
    kept = found.posts >= 3
    truth = np.array([a in listed for a in found.account_id])[kept]
    test = found.of(kept)
    names = clock_and_pace(train.names)
    one, two = train.only(names), test.only(names)
    handles = tuple(n for n in train.names if n.startswith("handle_"))
    for how, a, b in (
        ("values as they are", one, two),
        (
            "relative to each platform's ordinary accounts",
            relative_features(one, ~same),
            relative_features(two, ~truth),
        ),
        ("leak hunt: handles alone, where ordinary accounts have numbers", train.only(handles), test.only(handles)),
    ):
        score = _transferred(a.values, same, b.values)
        interval = spread_over(average_precision, truth, score)
        sheet.add(
            f"transfer Reddit -> Twitter, {how}: AP", average_precision(truth, score), low=interval.low,
            high=interval.high, n=int(truth.size), unit="accounts",
            split="trained on data/01; tested on data/03 + data/04, minute times",
            note=f"chance is {truth.mean():.3f}; recall at precision 0.90: {recall_at(truth, score):.3f}",
        )  # fmt: skip


def _transferred(train: F64, same: Truth, test: F64) -> F64:
    models = [fit_boosted(train, same, seed=s, **SETTINGS) for s in range(MEMBERS)]
    return np.asarray(np.mean([m.log_odds(test) for m in models], axis=0))


def measure_creation(sheet: Evaluation, data: Path) -> None:
    """Were the accounts of Twitter's list made together? Read from ids, beside users who wrote of the referendum."""
    ira, ordinary = _files(data)
    if not (ira.is_file() and ordinary.is_file() and (ira.parent / "authors.csv").is_file()):
        return
    with DuckEngine(memory="2GB") as engine:
        engine.execute(_POSTS.format(ira=str(ira), ordinary=str(ordinary)), "tweets")
        engine.execute(_NUMBERED.format(authors=str(ira.parent / "authors.csv")), "numbers")
        listed = SetSpec.model_validate(
            {
                "id": "listed",
                "title": "the accounts on Twitter's list",
                "from": "labelled ira",
                "selected_by": "Twitter",
            }
        )
        told = investigate(engine, Options(sets=(listed,), groups=False, tests=("creation",)))
    found = next(f for f in told.findings if f.kind == "creation")
    near, p = found.figure("within_one_hundredth").value, found.figure("p_random_draw").note.partition("; ")[2]
    weight = next((e.likelihoods[0].log10_lr.value for e in told.evidence), 0.0)
    sheet.add(
        "accounts of Twitter's list within one hundredth of ids", near.value, low=near.low, high=near.high,
        n=int(found.figure("with_id_in_order").value.value), unit="accounts",
        split="ids of 934 listed accounts beside 23,533 users of the referendum's hashtags",
        note=f"scan, {p}; log10 LR bound {weight:.2f} by cohorts that share a first hashtag",
    )  # fmt: skip


def _files(data: Path) -> tuple[Path, Path]:
    return (
        data / "03_twitter_ira_538" / "tweets.parquet",
        data / "04_twitter_organic_controls" / "brexit_2016_mar_jun.parquet",
    )


_POSTS = """
CREATE OR REPLACE TABLE posts AS
SELECT 'twitter' AS platform, author_id AS account_id, concat('i', row_number() OVER ()) AS post_id,
  date_trunc('minute', strptime(publish_date, '%Y-%m-%d %H:%M:%S')) AS happened_at, CAST(NULL AS VARCHAR) AS community,
  CAST(NULL AS VARCHAR) AS title, content AS text, CAST([] AS VARCHAR[]) AS urls, CAST([] AS VARCHAR[]) AS hashtags,
  CAST([] AS VARCHAR[]) AS mentions, CAST(NULL AS VARCHAR) AS repost_of, CAST(NULL AS VARCHAR) AS reply_to,
  'post' AS kind, CAST(NULL AS VARCHAR) AS lang, false AS removed, 'minute' AS happened_precision,
  CAST(NULL AS TIMESTAMP) AS public_from, CAST(NULL AS VARCHAR) AS object_id, 'listed' AS source_id
FROM read_parquet('{ira}')
UNION ALL
SELECT 'twitter', CAST(user_id AS VARCHAR), concat('o', row_number() OVER ()),
  date_trunc('minute', epoch_ms((CAST(tweet_id AS BIGINT) >> 22) + 1288834974657)), lower(split_part(hashtags, ' ', 1)),
  NULL, text, CAST([] AS VARCHAR[]), CAST([] AS VARCHAR[]), CAST([] AS VARCHAR[]), NULL, NULL, 'post', NULL, false,
  'minute', NULL, NULL, 'ordinary'
FROM read_parquet('{ordinary}')
"""
_NUMBERED = """
CREATE TABLE numbers AS SELECT author_id AS author, CAST(max(external_author_id) AS VARCHAR) AS number
FROM read_csv('{authors}', all_varchar = true) WHERE external_author_id NOT LIKE '%E+%' GROUP BY author_id;
CREATE OR REPLACE TABLE posts AS SELECT p.* REPLACE (coalesce(n.number, p.account_id) AS account_id)
FROM posts p LEFT JOIN numbers n ON n.author = p.account_id;
CREATE TABLE labels AS SELECT DISTINCT platform, account_id, 'ira' AS label, 'Twitter' AS "by",
  CAST(NULL AS TIMESTAMP) AS public_from, source_id FROM posts WHERE source_id = 'listed'
"""
