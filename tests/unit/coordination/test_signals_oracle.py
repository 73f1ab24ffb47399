"""Every signal against a brute force in plain Python: the same pairs, shared objects and co-actions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import combinations
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from unfog.coordination import SIGNALS, Options, detect
from unfog.engine import DuckEngine
from unfog.model import TABLES
from unfog.text.urls import canonical_url

START = datetime(2020, 1, 1)
Key = tuple[str, str]


def posts(seed: int, n: int = 500) -> list[dict[str, Any]]:
    """Random posts with everything that a signal can read, empty, blank and missing cells among it."""
    rng = np.random.default_rng(seed)
    words = ["war", "is near", "we say no", "stop it now please", "  Stop it NOW please ", "one", ""]
    tags = ["a", "b", "C", "c"]
    out: list[dict[str, Any]] = []
    for i in range(n):
        platform = str(rng.choice(["x", "y"]))
        pick: Callable[..., Any] = lambda *v: v[int(rng.integers(len(v)))]  # noqa: E731
        original = pick(*out[:6]) if out and rng.random() < 0.5 else None
        same = original is not None and original["platform"] == platform
        out.append(
            {
                "platform": platform,
                "post_id": f"p{i}",
                "account_id": f"u{int(rng.integers(12))}",
                "happened_at": START + timedelta(seconds=float(rng.integers(0, 1800)) + float(pick(0, 0, 0.5))),
                "happened_precision": "millisecond",
                "text": pick(*words, None),
                "repost_of": original["post_id"] if same and rng.random() < 0.4 else pick(None, "", " ", "q1", "q2"),
                "reply_to": pick(None, "", "r1", "r2", "r3"),
                "thread_id": pick(None, "t1", "t2"),
                "urls": pick(None, [], [""], ["http://www.e.org/a?utm_source=x"], ["https://e.org/a"], ["e.org/b"] * 2),
                "hashtags": pick(None, [], [str(pick(*tags))], [str(pick(*tags)), str(pick(*tags))]),
                "mentions": pick(None, [], ["M1"], ["m1", "m2"]),
                "media_hashes": pick(None, [], ["phash:1"], ["phash:2", " "]),
                "object_id": pick(None, "", "  ", "o1", "o2", "o3", "o4"),
                "community": pick("c1", "c2", None),
                "source_id": "s",
            }
        )  # fmt: skip
    return out


def host(url: str) -> str:
    return url.lower().split("://")[-1].removeprefix("www.").split("/")[0]


def objects(name: str, row: dict[str, Any], by_id: dict[Key, dict[str, Any]], window: float) -> set[str]:
    """What a post shares, said again in Python."""
    p = row["platform"]
    listed = {
        "link": ("urls", canonical_url), "domain": ("urls", host), "hashtags": ("hashtags", str.lower),
        "mention": ("mentions", str.lower), "media": ("media_hashes", str),
    }  # fmt: skip
    if name in listed:
        column, form = listed[name]
        found = {form(x) for x in row[column] or [] if x and x.strip()}
        return {f"{p}:{x}" for x in found} if name == "mention" else found
    if name == "object":
        return {row["object_id"]} if row["object_id"] and row["object_id"].strip() else set()
    if name in ("repost", "reply", "thread"):
        v = row[{"repost": "repost_of", "reply": "reply_to", "thread": "thread_id"}[name]]
        return {f"{p}:{v}"} if v and v.strip() else set()
    if name == "fast-repost":
        o = by_id.get((p, row["repost_of"] or ""))
        if o is None or o["account_id"] == row["account_id"]:
            return set()
        delay = (row["happened_at"] - o["happened_at"]).total_seconds()
        return {f"{p}:{row['repost_of']}"} if 0 <= delay <= window else set()
    if name == "hashtag-sequence":
        tags = row["hashtags"] or []
        return {" #".join(tags).lower()} if len(tags) >= 2 else set()
    if name in ("text", "near-text"):
        text = " ".join((row["text"] or "").lower().split())
        if row["repost_of"] is not None or not text:
            return set()
        return {text} if name == "near-text" or len(text.split()) >= 3 else set()
    if name == "any-content":
        media = (row["media_hashes"] or [""])[0].strip()
        address = canonical_url((row["urls"] or [""])[0] or "")
        text = " ".join((row["text"] or "").lower().split())
        if (row["repost_of"] or "").strip():
            return {f"repost:{p}:{row['repost_of']}"}
        found = [f"media:{media}" * bool(media), f"link:{address}" * bool(address)]
        found.append(f"text:{text}" if len(text.split()) >= 3 else "")
        return {next(x for x in found if x)} if any(found) else set()
    return {"always"}


def brute(name: str, rows: list[dict[str, Any]], window: float) -> dict[Key, tuple[int, int]]:
    by_id = {(r["platform"], r["post_id"]): r for r in rows}
    acts: dict[str, list[tuple[str, datetime]]] = defaultdict(list)
    for r in rows:
        for o in objects(name, r, by_id, window):
            acts[o].append((f"{r['platform']}:{r['account_id']}", r["happened_at"]))
    met: dict[Key, list[str]] = defaultdict(list)
    for o, list_ in acts.items():
        for (a, s), (b, t) in combinations(list_, 2):
            if a != b and abs((s - t).total_seconds()) <= window:
                first = s if a < b else t
                unit = o if name != "synchrony" else str(int((first - datetime(1970, 1, 1)).total_seconds() // 1800))
                met[min(a, b), max(a, b)].append(unit)
    return {k: (len(set(v)), len(v)) for k, v in met.items()}


@pytest.fixture
def world(engine: DuckEngine) -> Iterator[tuple[DuckEngine, list[dict[str, Any]]]]:
    rows = posts(11)
    engine.put("posts", pa.Table.from_pylist(rows, schema=TABLES["posts"].arrow_schema()))
    yield engine, rows


@pytest.mark.parametrize("name", SIGNALS)
def test_signal_agrees_with_brute_force(name: str, world: tuple[DuckEngine, list[dict[str, Any]]]) -> None:
    engine, rows = world
    window = {"synchrony": 2.0, "fast-repost": 900.0}.get(name, 90.0)
    results = detect(engine, [name], window_s=window, options=Options(min_shared=1))
    expected = brute(name, rows, window)
    found = {
        (r["account_a"], r["account_b"]): (r["shared_objects"], r["co_actions"])
        for r in engine.rows("SELECT * FROM pairs")
    }
    assert found == expected
    assert len(expected) > 3
    assert results[0].tally.pairs == len(expected)


def test_duplicated_posts_and_twice_listed_links_count_once(engine: DuckEngine) -> None:
    rows = posts(3, 200)
    once = pa.Table.from_pylist(rows, schema=TABLES["posts"].arrow_schema())
    engine.put("posts", once)
    detect(engine, ["repost", "link", "object"], window_s=60, options=Options(min_shared=1))
    before = engine.query("SELECT * FROM pairs ORDER BY ALL")
    engine.drop("prepared_link")
    engine.put("posts", pa.concat_tables([once, once]))
    detect(engine, ["repost", "link", "object"], window_s=60, options=Options(min_shared=1))
    assert engine.query("SELECT * FROM pairs ORDER BY ALL").equals(before)
