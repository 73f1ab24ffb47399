"""Make a world: ``world`` in memory, ``stream`` block by block, ``write`` to files."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from unfog.errors import UsageError, did_you_mean
from unfog.model import TABLES
from unfog.simulate import crowds
from unfog.simulate.cascades import BLOCK, Period, background, period_for
from unfog.simulate.operations import operate, plan_for
from unfog.simulate.rows import PLATFORMS, REPOST, Rows, join, table
from unfog.simulate.scenarios import SCENARIOS, Scenario
from unfog.simulate.society import DAY, Society, found
from unfog.simulate.words import handles, uniform

I64 = npt.NDArray[np.int64]

BLOCK_ROWS = 500_000
POSTS_PER_ACCOUNT = 10
FEWEST = 200
_PLANTED = 900
SOURCE = "simulated"

TRUTH = pa.schema(
    [
        pa.field("platform", pa.string(), nullable=False),
        pa.field("account_id", pa.string(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("style", pa.string()),
        pa.field("group_id", pa.string()),
        pa.field("covert", pa.bool_(), nullable=False),
    ]
)
"""One row per account. ``kind``: ordinary, fandom, protest, breaking-news, newsroom, share-button or operator;
``style`` and ``group_id`` are given for operators, ``group_id`` also for crowds;
``covert`` is true for operators only."""


@dataclass(frozen=True)
class World:
    """A world with a known answer.

    Attributes:
        posts: Table of posts, by time.
        accounts: Table of accounts.
        truth: One row per account, see ``TRUTH``.
    """

    posts: pa.Table
    accounts: pa.Table
    truth: pa.Table


@dataclass
class _Cast:
    """Everybody in a world: the society, then the accounts of the operations."""

    society: Society
    period: Period
    planted: Rows
    kind: list[str]
    style: list[str]
    group: list[str]
    platform: I64
    client: I64
    background_rows: int


def world(scenario: str, posts: int, seed: int = 7) -> World:
    """A whole world in memory.

    Args:
        scenario: A name in ``SCENARIOS``.
        posts: Number of rows, at least 200.
        seed: The same seed gives the same world on every machine.

    Raises:
        UsageError: if the scenario is unknown or there are too few posts.
    """
    cast = _cast(_scenario(scenario), posts, seed)
    tables = list(_blocks(cast, seed, _scenario(scenario)))
    whole = pa.concat_tables(tables).combine_chunks()
    order = pc.sort_indices(whole, sort_keys=[("happened_at", "ascending"), ("post_id", "ascending")])
    return World(whole.take(order), _accounts(cast), _truth(cast))


def stream(scenario: str, posts: int, seed: int = 7) -> Iterator[pa.Table]:
    """The posts of a world in blocks of at most 500,000 rows, each block by time, in bounded memory."""
    recipe = _scenario(scenario)
    yield from _blocks(_cast(recipe, posts, seed), seed, recipe)


def write(
    scenario: str,
    posts: int,
    seed: int,
    out: Path,
    *,
    ndjson: bool = False,
    progress: Callable[[int], None] | None = None,
) -> dict[str, int]:
    """Write ``posts.parquet`` (or ``posts.ndjson``), ``accounts.parquet`` and ``truth.parquet`` into a folder.

    Args:
        scenario: A name in ``SCENARIOS``.
        posts: Number of rows.
        seed: Seed.
        out: Folder; made if it is not there.
        ndjson: Write posts as one JSON object a line instead of Parquet.
        progress: Called with the number of rows written so far.

    Returns:
        Rows by table.
    """
    recipe = _scenario(scenario)
    cast = _cast(recipe, posts, seed)
    out.mkdir(parents=True, exist_ok=True)
    done = 0
    target = out / ("posts.ndjson" if ndjson else "posts.parquet")
    part = target.with_name(target.name + ".part")
    schema = TABLES["posts"].arrow_schema()
    with part.open("wb") as sink:
        writer = None if ndjson else pq.ParquetWriter(sink, schema, compression="zstd")
        for block in _blocks(cast, seed, recipe):
            if writer is None:
                sink.write(_lines(block))
            else:
                writer.write_table(block, row_group_size=122_880)
            done += block.num_rows
            if progress:
                progress(done)
        if writer is not None:
            writer.close()
    part.replace(target)
    accounts, truth = _accounts(cast), _truth(cast)
    pq.write_table(accounts, out / "accounts.parquet", compression="zstd")
    pq.write_table(truth, out / "truth.parquet", compression="zstd")
    return {"posts": done, "accounts": accounts.num_rows, "truth": truth.num_rows}


def _lines(block: pa.Table) -> bytes:
    rows = block.to_pylist()
    return "".join(
        json.dumps(
            {k: v for k, v in row.items() if v is not None}, ensure_ascii=False, default=lambda t: t.isoformat() + "Z"
        )
        + "\n"
        for row in rows
    ).encode()


def _scenario(name: str) -> Scenario:
    if name not in SCENARIOS:
        raise UsageError(
            f"there is no scenario {name!r}{did_you_mean(name, SCENARIOS)}; there are: {', '.join(SCENARIOS)}"
        )
    return SCENARIOS[name]


def _cast(recipe: Scenario, posts: int, seed: int) -> _Cast:
    if posts < FEWEST:
        raise UsageError(f"a world needs at least {FEWEST} posts, {posts} were asked for")
    rng = np.random.default_rng([seed, 1])
    society = found(max(60, posts // POSTS_PER_ACCOUNT), rng)
    period = period_for(posts)
    if recipe.days is not None:
        period = Period(period.start, period.start + recipe.days * DAY)
    kind, style, group = (["ordinary"] * society.n, [""] * society.n, [""] * society.n)
    client = (uniform(np.arange(society.n), 31) * 3).astype(np.int64)
    platform = np.zeros(society.n, np.int64)
    parts: list[Rows] = []
    base = _PLANTED * BLOCK
    for name, share in recipe.crowds.items():
        rows = max(20, int(posts * share))
        match name:
            case "fandom":
                made, people, machines = crowds.fandom(society, rows, period, rng, base)
                client[machines] = 3
            case "protest":
                made, people = crowds.protest(society, rows, period, rng, base)
            case "breaking-news":
                made, people = crowds.breaking_news(society, rows, period, rng, base)
            case "newsroom":
                made, people = crowds.newsroom(society, rows, period, rng, base)
                client[people] = 3
            case _:
                made, people = crowds.share_button(society, rows, period, rng, base)
        for account in people.tolist():
            if kind[account] in ("ordinary", "breaking-news", "share-button"):
                kind[account], group[account] = name, name
        parts.append(made)
        base += 10**9
    popular = _popular(society, posts, period, seed, recipe)
    for name, share in recipe.operations.items():
        left = max(28, int(posts * share))
        number = 0
        while left > 0 and number < 10:
            plan = plan_for(name, left, int(rng.integers(0, society.topics)))
            made = operate(plan, len(kind), period, rng, base, popular)
            number += 1
            kind += ["operator"] * plan.size
            style += [name] * plan.size
            group += [f"{name}-{number}"] * plan.size
            where = np.arange(plan.size) % 3 if name == "cross-platform" else np.zeros(plan.size, np.int64)
            platform = np.concatenate([platform, where])
            client = np.concatenate([client, np.zeros(plan.size, np.int64)])
            parts.append(made)
            left -= max(1, len(made))
            base += 10**8
    planted = join(parts) if parts else background(society, 0, period, rng, _PLANTED)
    rest = max(100, posts - len(planted))
    return _Cast(society, period, planted, kind, style, group, platform, client, rest)


def _sizes(rows: int) -> list[int]:
    whole, rest = divmod(rows, BLOCK_ROWS)
    return [BLOCK_ROWS] * whole + ([rest] if rest else [])


def _background(society: Society, rows: int, period: Period, seed: int, block: int, recipe: Scenario) -> Rows:
    rng = np.random.default_rng([seed, 2, block])
    largest = int(rows * recipe.largest) if recipe.largest and block == 0 else None
    return background(society, rows, period, rng, block, largest)


def _popular(society: Society, posts: int, period: Period, seed: int, recipe: Scenario) -> tuple[I64, I64, I64]:
    """Reposts in popular cascades of the first block, for operations that hide in them."""
    none = np.zeros(0, np.int64)
    if "diluted" not in recipe.operations and "jittered" not in recipe.operations:
        return none, none, none
    rows = _background(society, min(BLOCK_ROWS, posts), period, seed, 0, recipe)
    shared = rows.take(rows.kind == REPOST)
    _, back, count = np.unique(shared.ref, return_inverse=True, return_counts=True)
    floor = min(30, int(np.quantile(count, 0.995))) if len(count) else 0
    hot = shared.take(count[back] >= max(3, floor))
    return hot.ref, hot.author, hot.time


def _blocks(cast: _Cast, seed: int, recipe: Scenario) -> Iterator[pa.Table]:
    everyone = np.arange(len(cast.kind))
    names = handles(everyone, np.array([k == "operator" for k in cast.kind]))
    sizes = _sizes(cast.background_rows)
    edges = np.linspace(0, len(cast.planted), len(sizes) + 1).astype(np.int64)
    for block, rows in enumerate(sizes):
        ordinary = _background(cast.society, rows, cast.period, seed, block, recipe)
        planted = cast.planted.take(np.arange(edges[block], edges[block + 1]))
        yield table(join([ordinary, planted]), cast.platform, cast.client, names, SOURCE)


def _accounts(cast: _Cast) -> pa.Table:
    n = len(cast.kind)
    everyone = np.arange(n)
    operator = np.array([k == "operator" for k in cast.kind])
    age_days = 30 + 3600 * uniform(everyone, 41) ** 1.5
    born = cast.period.start - (age_days * DAY).astype(np.int64)
    _, group_number = np.unique(np.array(cast.group), return_inverse=True)
    batch = cast.period.start - ((10 + 60 * uniform(group_number, 42)) * DAY).astype(np.int64)
    made = batch + (uniform(everyone, 43) * 3600e6).astype(np.int64)
    created = np.where(operator, made, born) // 1_000_000 * 1_000_000
    followers = (10 ** (3.5 * uniform(everyone, 44))).astype(np.int64)
    schema = TABLES["accounts"].arrow_schema()
    columns = {
        "platform": PLATFORMS.take(pa.array(cast.platform)),
        "account_id": pc.binary_join_element_wise("u", pc.cast(pa.array(everyone), pa.string()), ""),
        "handle": handles(everyone, operator),
        "created_at": pa.array(created).cast(pa.timestamp("us")),
        "created_precision": pa.repeat("second", n),
        "followers": pa.array(np.where(operator, followers // 20, followers)),
        "following": pa.array((10 ** (3.0 * uniform(everyone, 45))).astype(np.int64)),
        "public_from": pa.array(created).cast(pa.timestamp("us")),
        "source_id": pa.repeat(SOURCE, n),
    }
    return pa.Table.from_arrays(
        [columns[f.name].cast(f.type) if f.name in columns else pa.nulls(n, f.type) for f in schema], schema=schema
    )


def _truth(cast: _Cast) -> pa.Table:
    n = len(cast.kind)
    return pa.table(
        {
            "platform": PLATFORMS.take(pa.array(cast.platform)),
            "account_id": pc.binary_join_element_wise("u", pc.cast(pa.array(np.arange(n)), pa.string()), ""),
            "kind": pa.array(cast.kind),
            "style": pa.array([s or None for s in cast.style], pa.string()),
            "group_id": pa.array([g or None for g in cast.group], pa.string()),
            "covert": pa.array([k == "operator" for k in cast.kind]),
        },
        schema=TRUTH,
    )
