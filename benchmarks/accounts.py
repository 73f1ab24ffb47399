"""Profiles of all accounts, 10 million simulated posts: seconds and peak memory, beside polars in the same run.

    python benchmarks/accounts.py --posts 10000000

Writes benchmarks/results/accounts.json. Each engine runs in a process of its own, reads the same Parquet file and gives
the same columns; the counts are compared.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).resolve().parent / "results" / "accounts.json"


def ours(posts: Path, accounts: Path, threads: int, memory: str) -> dict[str, Any]:
    from unfog.accounts import profile_accounts
    from unfog.engine import DuckEngine

    begun = time.perf_counter()
    with DuckEngine(memory=memory, threads=threads) as engine:
        engine.read_parquet("posts", [posts])
        engine.read_parquet("accounts", [accounts])
        profile_accounts(engine)
        row = engine.rows(
            "SELECT count(*) AS accounts, CAST(sum(posts) AS BIGINT) AS posts, "
            "CAST(sum(active_days) AS BIGINT) AS days, CAST(sum(h09) AS BIGINT) AS h09, "
            "CAST(sum(gaps_under_1h) AS BIGINT) AS near, "
            "CAST(sum(top_host_links) AS BIGINT) AS top FROM profile_accounts"
        )[0]
    return {"seconds": time.perf_counter() - begun, **row}


def polars(posts: Path, accounts: Path, threads: int, memory: str) -> dict[str, Any]:
    os.environ["POLARS_MAX_THREADS"] = str(threads)
    import polars as pl

    begun = time.perf_counter()
    key = ["platform", "account_id"]
    lazy = pl.scan_parquet(posts)
    t = pl.col("happened_at")
    counted = lazy.group_by(key).agg(
        pl.len().alias("posts"),
        t.min().alias("first_at"),
        t.max().alias("last_at"),
        t.dt.date().n_unique().alias("active_days"),
        (pl.col("kind").eq("comment") | pl.col("reply_to").is_not_null()).sum().alias("replies"),
        (pl.col("kind").eq("repost") | pl.col("repost_of").is_not_null()).sum().alias("reposts"),
        pl.col("removed").sum(),
        pl.col("title").str.to_lowercase().n_unique().alias("titles"),
        pl.col("text").drop_nulls().n_unique().alias("distinct_texts"),
        pl.col("text").str.len_chars().sum().alias("text_length"),
        pl.col("community").drop_nulls().n_unique().alias("communities"),
        pl.col("lang").drop_nulls().n_unique().alias("languages"),
        pl.col("urls").list.len().sum().alias("links"),
        pl.col("hashtags").list.len().sum().alias("hashtags"),
        pl.col("mentions").list.len().sum().alias("mentions"),
        *[t.dt.hour().eq(h).sum().alias(f"h{h:02d}") for h in range(24)],
        *[t.dt.weekday().eq(d).sum().alias(f"d{d}") for d in range(1, 8)],
    )
    ordered = lazy.select(*key, "happened_at", "post_id", "community", "lang").sort(*key, "happened_at", "post_id")
    gap = t.diff().dt.total_microseconds().over(key) / 1e6
    gaps = (
        ordered.with_columns(
            gap.alias("gap"),
            (pl.col("community") != pl.col("community").shift().over(key)).alias("moved"),
            (pl.col("lang") != pl.col("lang").shift().over(key)).alias("switched"),
        )
        .group_by(key)
        .agg(
            pl.col("gap").min().alias("min_gap_s"),
            pl.col("gap").max().alias("longest_gap_s"),
            (pl.col("gap") < 60).sum().alias("gaps_under_1m"),
            (pl.col("gap") < 3600).sum().alias("gaps_under_1h"),
            pl.col("moved").sum(),
            pl.col("switched").sum(),
        )
    )
    hosts = (
        lazy.select(*key, "urls")
        .explode("urls")
        .with_columns(
            pl.col("urls").str.extract(r"^[A-Za-z]+://(?:www[.])?([^/:?#]+)", 1).str.to_lowercase().alias("host")
        )
        .drop_nulls("host")
        .group_by(*key, "host")
        .len()
        .group_by(key)
        .agg(pl.col("len").max().alias("top_host_links"), pl.len().alias("hosts"))
    )
    listed = pl.scan_parquet(accounts).select(*key, "handle", "created_at", "followers", "karma")
    profile = (
        counted.join(gaps, on=key, how="left")
        .join(hosts, on=key, how="left")
        .join(listed, on=key, how="full", coalesce=True)
    ).collect()
    out = profile.select(
        pl.len().alias("accounts"), pl.col("posts").sum(), pl.col("active_days").sum().alias("days"),
        pl.col("h09").sum(),
        pl.col("gaps_under_1h").sum().alias("near"), pl.col("top_host_links").sum().alias("top"),
    ).to_dicts()[0]  # fmt: skip
    return {"seconds": time.perf_counter() - begun, **{k: int(v) for k, v in out.items()}}


def measured(engine: str, posts: Path, accounts: Path, threads: int, memory: str) -> dict[str, Any]:
    """Run one engine in its own process and add its peak memory."""
    command = [sys.executable, __file__, "--only", engine, "--file", str(posts), "--accounts", str(accounts)]
    command += ["--threads", str(threads), "--memory", memory]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        return {"engine": engine, "failed": (done.stderr.strip().splitlines() or [f"exit {done.returncode}"])[-1]}
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, default=10_000_000)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--memory", default="4GB", help="limit of unfog's engine; polars has none")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--folder", type=Path, help="keep or find the simulated posts here")
    parser.add_argument("--only", help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--accounts", type=Path, help=argparse.SUPPRESS)
    a = parser.parse_args()
    if a.only:
        load = os.getloadavg()[0]
        found = {"unfog": ours, "polars": polars}[a.only](a.file, a.accounts, a.threads, a.memory)
        peak = (
            next(int(x.split()[1]) for x in Path("/proc/self/status").read_text().splitlines() if x.startswith("VmHWM"))
            / 1024
        )
        print(
            json.dumps(
                {
                    "engine": a.only,
                    "load_before": round(load, 1),
                    "cpu_seconds": round(sum(resource.getrusage(resource.RUSAGE_SELF)[:2]), 1),
                    "peak_mb": round(peak),
                    **found,
                }
            )
        )
        return
    from unfog.simulate import write

    with tempfile.TemporaryDirectory() as made:
        folder = a.folder or Path(made)
        if not (folder / "posts.parquet").is_file():
            print(f"simulating {a.posts:,} posts", file=sys.stderr)
            write("mixed", a.posts, a.seed, folder)
        runs = [
            measured(e, folder / "posts.parquet", folder / "accounts.parquet", a.threads, a.memory)
            for e in ("unfog", "polars")
        ]
    same = [
        {k: r[k] for k in ("accounts", "posts", "days", "h09", "near", "top") if k in r}
        for r in runs
        if "failed" not in r
    ]
    agree = len(same) == 2 and same[0] == same[1]
    result = {"posts": a.posts, "threads": a.threads, "memory": a.memory, "seed": a.seed, "agree": agree, "runs": runs}
    print(json.dumps(result, indent=1))
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
