"""What other tools got wrong, one smallest case each (see docs/explanation/coordination.md)."""

from __future__ import annotations

import inspect
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import unfog.coordination as room
from unfog.coordination import SIGNALS, Options, detect
from unfog.coordination.chance import baseline
from unfog.coordination.neartext import cluster
from unfog.engine import DuckEngine
from unfog.engine.kernels import Actions, arrange, join_pairs, profile, tally
from unfog.engine.kernels.selfjoin import chunks
from unfog.errors import UsageError
from unfog.model import TABLES

START = datetime(2021, 5, 1, 12)


def put(engine: DuckEngine, rows: list[dict[str, Any]]) -> None:
    full = [
        {
            "platform": "x", "post_id": f"p{i}", "source_id": "s", "happened_precision": "second",
            **{**r, "happened_at": START + timedelta(seconds=r.pop("t"))},
        }
        for i, r in enumerate(map(dict, rows))
    ]  # fmt: skip
    engine.put("posts", pa.Table.from_pylist(full, schema=TABLES["posts"].arrow_schema()))
    engine.drop("prepared_link")


def pairs(engine: DuckEngine, signal: str, **o: Any) -> list[dict[str, Any]]:
    window = o.pop("window", 60.0)
    detect(engine, [signal], window_s=window, options=Options(**{"min_shared": 1, **o}))
    return engine.rows("SELECT * FROM pairs ORDER BY account_a, account_b")


def laid_out(account: list[int], object_: list[int], seconds: list[int], window: int = 60) -> Actions:
    return arrange(
        np.array(account, np.int32), np.array(object_, np.int32), np.array(seconds, np.int64) * 1_000_000,
        window * 1_000_000, n_accounts=max(account) + 1,
    )  # fmt: skip


@pytest.mark.parametrize("cell", [None, [], [""], ["  "], [None]])
def test_1_empty_cells_are_no_object(engine: DuckEngine, cell: Any) -> None:
    put(engine, [{"account_id": a, "t": k, "urls": cell, "object_id": ""} for k, a in enumerate("abab")])
    assert pairs(engine, "link") == [] and pairs(engine, "object") == [] and pairs(engine, "domain") == []


def test_2_counts_are_per_account() -> None:
    a = laid_out([0] * 100 + [1], [0] * 101, [*range(0, 50), *range(0, 50), 25])
    p = profile(a)
    (found,) = join_pairs(a, p, baseline(a, p, tally(a)))
    assert p.actions.tolist() == [100, 1]
    assert p.exposure.tolist() == [100, 100]
    assert (found.shared[0], found.meetings[0]) == (1, 100)
    assert p.actions.min() / p.actions.max() == pytest.approx(0.01)


def test_3_participation_counts_the_accounts_own_actions(engine: DuckEngine) -> None:
    rows = [
        {"account_id": "A", "t": 0, "object_id": "P"}, {"account_id": "B", "t": 5, "object_id": "P"},
        {"account_id": "A", "t": 900, "object_id": "Q"}, {"account_id": "C", "t": 905, "object_id": "Q"},
        {"account_id": "C", "t": 5000, "object_id": "lone"},
    ]  # fmt: skip
    put(engine, rows)
    assert len(pairs(engine, "object")) == 2
    kept = pairs(engine, "object", min_participation=2)
    assert [(r["account_a"], r["account_b"]) for r in kept] == [("x:A", "x:C")]


def test_4_a_viral_object_takes_time_but_no_memory() -> None:
    n = 35_000
    rng = np.random.default_rng(0)
    seconds = np.sort(rng.integers(0, 86_400, n))
    a = laid_out(list(range(n)), [0] * n, seconds.tolist(), window=30)
    seen = tally(a)
    brute = sum(int(np.searchsorted(seconds, seconds[k] + 30, side="right")) - k - 1 for k in range(n))
    assert seen.meetings == seen.pairs == brute > 400_000
    p = profile(a)
    base = baseline(a, p, seen)
    sizes = [len(c) for c in join_pairs(a, p, base, min_shared=1, visits=100_000)]
    assert sum(sizes) == seen.pairs
    assert max(sizes) < 110_000 and len(chunks(a, 100_000)) == len(sizes)


def test_5_a_delay_of_a_day_and_five_seconds_is_not_fast(engine: DuckEngine) -> None:
    original = {"account_id": "star", "t": 0, "post_id": "o"}
    late = [{"account_id": a, "t": 86_405, "repost_of": "o"} for a in "ab"]
    put(engine, [original, *late])
    assert pairs(engine, "fast-repost", window=10.0) == []
    put(engine, [original, *({**r, "t": 5} for r in late)])
    assert len(pairs(engine, "fast-repost", window=10.0)) == 1


def test_7_an_option_that_is_given_changes_the_result_or_raises(engine: DuckEngine) -> None:
    put(engine, [{"account_id": a, "t": 30 * k, "object_id": "o"} for k, a in enumerate("ab")])
    assert len(pairs(engine, "object", window=30.0)) == 1
    assert pairs(engine, "object", window=29.0) == []
    with pytest.raises(ValueError, match="Extra inputs"):
        Options(windw=3)  # type: ignore[call-arg]
    with pytest.raises(UsageError, match="did you mean"):
        detect(engine, ["objekt"])


def test_8_texts_of_no_or_one_word_are_accepted() -> None:
    assert cluster(["", "a", "a", " ", "b", "!!"]) == ["", "text:1", "text:1", "", "text:4", ""]


def test_9_every_public_function_is_there_and_documented() -> None:
    for name in room.__all__:
        thing = getattr(room, name)
        assert not inspect.isfunction(thing) or (thing.__doc__ and len(thing.__doc__) > 30), name


def test_10_five_hundred_like_accounts_have_499_partners_each() -> None:
    n = 500
    a = laid_out(list(range(n)) * 2, [0] * n + [1] * n, [0] * n + [1000] * n)
    p = profile(a)
    found = list(join_pairs(a, p, baseline(a, p, tally(a)), min_shared=2))
    degree = np.bincount(np.concatenate([np.concatenate([c.a, c.b]) for c in found]))
    assert degree.tolist() == [499] * n


def test_11_windows_slide(engine: DuckEngine) -> None:
    put(engine, [{"account_id": "a", "t": 59, "object_id": "o"}, {"account_id": "b", "t": 60, "object_id": "o"}])
    assert len(pairs(engine, "object")) == 1
    put(engine, [{"account_id": "a", "t": 0, "object_id": "o"}, {"account_id": "b", "t": 61, "object_id": "o"}])
    assert pairs(engine, "object") == []


@pytest.mark.parametrize("name", SIGNALS)
def test_12_every_declared_signal_fires_on_its_own_example(engine: DuckEngine, name: str) -> None:
    text = "the very same words again"
    shared: dict[str, dict[str, Any]] = {
        "object": {"object_id": "o"}, "repost": {"repost_of": "q"}, "link": {"urls": ["e.org/a"]},
        "domain": {"urls": ["e.org/a"]}, "text": {"text": text}, "near-text": {"text": text},
        "hashtags": {"hashtags": ["t"]}, "hashtag-sequence": {"hashtags": ["t", "u"]}, "mention": {"mentions": ["m"]},
        "reply": {"reply_to": "q"}, "thread": {"thread_id": "q"}, "media": {"media_hashes": ["h:1"]},
        "fast-repost": {"repost_of": "star"}, "synchrony": {}, "any-content": {"text": text},
    }  # fmt: skip
    rows = [{"account_id": a, "t": 3 + k, **shared[name]} for k, a in enumerate("ab")]
    put(engine, [{"account_id": "c", "t": 0, "post_id": "star"}, *rows] if name == "fast-repost" else rows)
    for table in ("prepared_near_text",):
        engine.drop(table)
    found = pairs(engine, name, window=10.0)
    assert [(r["account_a"], r["account_b"], r["signal"]) for r in found] == [("x:a", "x:b", name)]


def test_objects_meet_across_platforms_but_post_ids_do_not(engine: DuckEngine) -> None:
    both = [
        {"account_id": "a", "t": 0, "platform": "x", "urls": ["https://e.org/a"], "repost_of": "1"},
        {"account_id": "a", "t": 9, "platform": "y", "urls": ["http://www.e.org/a"], "repost_of": "1"},
    ]
    put(engine, both)
    assert [(r["account_a"], r["account_b"]) for r in pairs(engine, "link")] == [("x:a", "y:a")]
    assert pairs(engine, "repost") == []


@pytest.mark.parametrize("window", [0.0, -1.0])
def test_a_window_of_nothing_is_refused(engine: DuckEngine, window: float) -> None:
    put(engine, [{"account_id": a, "t": 0, "object_id": "o"} for a in "ab"])
    with pytest.raises(UsageError, match="longer than 0 s"):
        pairs(engine, "object", window=window)


def test_a_window_finer_than_the_clock_is_refused_with_the_reason(engine: DuckEngine) -> None:
    rows = [{"account_id": str(k % 7), "t": 60 * k, "object_id": "o", "happened_precision": "minute"} for k in range(9)]
    put(engine, rows)
    with pytest.raises(UsageError, match="only; use a window of at least 60 s"):
        pairs(engine, "object", window=30.0)
    put(engine, [{**r, "happened_precision": "second"} for r in rows] * 7)
    with pytest.raises(UsageError, match="full minute"):
        pairs(engine, "object", window=30.0)
    assert pairs(engine, "object", window=60.0)


def test_one_account_one_object_and_null_columns_give_no_pair_and_no_error(engine: DuckEngine) -> None:
    put(engine, [{"account_id": "a", "t": k, "object_id": "o"} for k in range(5)])
    assert pairs(engine, "object") == []
    assert pairs(engine, "media") == []
