"""Speed of coordination detection beside coordination-network-toolkit, in the same run, on the same machine.

    python benchmarks/coordination.py compare --posts 1000000
    python benchmarks/coordination.py growth --from 10000 --to 10000000
    python benchmarks/coordination.py burst
    python benchmarks/coordination.py neartext --posts 1000000

Scope is read, pairs, write: ours reads Parquet with the chance models on and writes pairs.parquet; the other reads
its CSV into SQLite and computes its network there. Warm: numba's machine code is compiled before the clock starts.
Results go to ``benchmarks/results/coordination.json``, one entry per command.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import multiprocessing as mp
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).resolve().parent / "results" / "coordination.json"


def one_run(file: str, signal: str, window: float, memory: str, out: str, queue: Any) -> None:
    """Read, find pairs, write; in a process of its own so that peak memory is its own."""
    from unfog.coordination import Options, detect
    from unfog.engine import DuckEngine
    from unfog.model import TABLES
    from unfog.simulate import world

    with DuckEngine(memory="1GB") as warm:
        warm.put("posts", world("mixed", 2000, 1).posts)
        for r in detect(warm, [signal], window_s=window):
            r.spool.close()
    started, cpu = time.perf_counter(), time.process_time()
    with DuckEngine(memory=memory) as engine:
        if file.endswith(".csv"):
            read_csv(engine, file)
        else:
            engine.read_parquet("posts", [file])
        results = detect(engine, [signal], window_s=window, options=Options())
        pairs = engine.write_parquet("pairs", Path(out) / "pairs.parquet", TABLES["pairs"].key)
        called = engine.scalar("SELECT count(*) FROM pairs WHERE q_value <= 0.05")
        figures = {
            "seconds": time.perf_counter() - started,
            "cpu_seconds": time.process_time() - cpu,
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            "actions": sum(r.data.rows for r in results),
            "meetings": sum(r.tally.meetings for r in results),
            "pairs_that_meet": sum(r.tally.pairs for r in results),
            "pairs_written": pairs,
            "pairs_q_0.05": called,
        }
    queue.put(figures)


def read_csv(engine: Any, file: str) -> None:
    """The relation posts from the other tool's own CSV."""
    from unfog.model import TABLES

    have = {
        "platform": "'twitter'", "post_id": "message_id", "account_id": "user_id", "repost_of": "nullif(repost_id, '')",
        "reply_to": "nullif(reply_id, '')", "text": "nullif(message, '')", "source_id": "'csv'",
        "happened_at": "make_timestamp(CAST(timestamp AS BIGINT) * 1000000)", "happened_precision": "'second'",
        "urls": "CASE WHEN urls = '' THEN NULL ELSE string_split(urls, ' ') END",
    }  # fmt: skip
    listed = ", ".join(f'{have.get(c.name, f"CAST(NULL AS {c.type})")} AS "{c.name}"' for c in TABLES["posts"].columns)
    reader = f"read_csv('{file}', header = true, all_varchar = true, nullstr = '\\x01')"
    engine.execute(f"CREATE OR REPLACE TABLE posts AS SELECT {listed} FROM {reader}", "read")


def ours(file: Path, signal: str, window: float = 60.0, memory: str = "2GB") -> dict[str, Any]:
    context = mp.get_context("spawn")
    queue = context.Queue()
    with tempfile.TemporaryDirectory() as out:
        process = context.Process(target=one_run, args=(str(file), signal, window, memory, out, queue))
        process.start()
        figures: dict[str, Any] = queue.get()
        process.join()
    return figures


def simulate(scenario: str, posts: int, folder: Path) -> Path:
    from unfog.simulate import write

    file = folder / f"{scenario}-{posts}" / "posts.parquet"
    if not file.exists():
        write(scenario, posts, 7, file.parent)
    return file


def as_csv(file: Path, out: Path) -> Path:
    """The same posts in the fixed columns of coordination-network-toolkit."""
    import pyarrow.parquet as pq

    with out.open("w", newline="", encoding="utf-8") as sink:
        writer = csv.writer(sink)
        writer.writerow(["message_id", "user_id", "username", "repost_id", "reply_id", "message", "timestamp", "urls"])
        columns = ["post_id", "account_id", "repost_of", "reply_to", "text", "happened_at", "urls"]
        for batch in pq.ParquetFile(file).iter_batches(columns=columns):
            rows = zip(*(batch.column(c).to_pylist() for c in columns), strict=True)
            for post, account, repost, reply, text, when, urls in rows:
                stamp = (
                    int(when.timestamp()) if when.tzinfo else int((when - when.__class__(1970, 1, 1)).total_seconds())
                )
                line = [post, account, account, repost or "", reply or "", text or "", stamp, " ".join(urls or [])]
                writer.writerow(line)
    return out


def theirs(file: Path, command: str, window: float, folder: Path) -> dict[str, Any]:
    """coordination-network-toolkit through its own command line, two processes; ingest and network timed apart."""
    database = folder / f"cnt-{file.stem}.db"
    database.unlink(missing_ok=True)
    tool = Path(sys.executable).parent / "compute_networks"
    steps = {
        "read": [str(tool), str(database), "preprocess", str(file)],
        "network": [str(tool), str(database), "compute", command, "--time_window", str(int(window)), "--n_cpus", "2",
                    "--min_edge_weight", "2"],
    }  # fmt: skip
    out: dict[str, Any] = {}
    for name, step in steps.items():
        started, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(step, capture_output=True, text=True, check=False)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        out[f"{name}_seconds"] = time.perf_counter() - started
        out[f"{name}_cpu_seconds"] = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        if done.returncode:
            raise SystemExit(f"{' '.join(step)} failed:\n{done.stderr[-800:]}")
    out["seconds"] = out["read_seconds"] + out["network_seconds"]
    out["cpu_seconds"] = out["read_cpu_seconds"] + out["network_cpu_seconds"]
    return out


def save(key: str, figures: Any) -> None:
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    whole = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    whole[key] = figures
    RESULTS.write_text(json.dumps(whole, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    print(json.dumps({key: figures}, indent=1))


def compare(posts: int, folder: Path, signals: list[str]) -> None:
    file = simulate("synchronised", posts, folder)
    table = folder / f"posts-{posts}.csv"
    if not table.exists():
        as_csv(file, table)
    for signal in signals:
        command = {"repost": "co_retweet", "link": "co_link", "text": "co_tweet", "reply": "co_reply"}[signal]
        mine = ours(table, signal)
        other = theirs(table, command, 60.0, folder)
        figures = {
            "posts": posts,
            "unfog": mine,
            "coordination-network-toolkit 1.5.2": other,
            "factor": other["seconds"] / mine["seconds"],
            "factor_cpu": other["cpu_seconds"] / mine["cpu_seconds"],
            "factor_their_network_step_alone_to_our_whole": other["network_seconds"] / mine["seconds"],
        }
        save(f"compare_{signal}_{posts}", figures)


def growth(first: int, last: int, folder: Path) -> None:
    rows = []
    n = first
    while n <= last:
        file = simulate("synchronised", n, folder)
        rows.append({"posts": n, **ours(file, "repost")})
        print(json.dumps(rows[-1]))
        n *= 10
    x = [math.log(r["posts"]) for r in rows if r["posts"] >= 100_000]
    y = [math.log(r["seconds"]) for r in rows if r["posts"] >= 100_000]
    mx, my = sum(x) / len(x), sum(y) / len(y)
    exponent = sum((a - mx) * (b - my) for a, b in zip(x, y, strict=True)) / sum((a - mx) ** 2 for a in x)
    save("growth", {"signal": "repost", "window_s": 60, "rows": rows, "exponent_from_100k": exponent})
    plot(rows, exponent)


def plot(rows: list[dict[str, Any]], exponent: float) -> None:
    """Seconds over posts, both logarithmic."""
    from unfog.report.plot import Canvas, Scale, powers

    canvas = Canvas(480, 330)
    canvas.text(0, 12, f"read, pairs, write; exponent {exponent:.2f} from 100k", bold=True)
    ends = [powers(min(r[k] for r in rows), max(r[k] for r in rows)) for k in ("posts", "seconds")]
    x, y = Scale(ends[0][0], ends[0][-1], 50, 460, log=True), Scale(ends[1][0], ends[1][-1], 290, 30, log=True)
    for t in ends[0]:
        canvas.line(x(t), 30, x(t), 290)
        canvas.text(x(t), 308, f"{t:,.0f}", anchor="end" if t == ends[0][-1] else "middle")
    for t in ends[1]:
        canvas.line(50, y(t), 460, y(t))
        canvas.text(44, y(t) + 4, f"{t:g} s", anchor="end")
    at = [(x(r["posts"]), y(r["seconds"])) for r in sorted(rows, key=lambda r: r["posts"])]
    canvas.path(at, stroke="#0060a0")
    for one in at:
        canvas.mark(*one, "circle", "#0060a0")
    alt = f"Seconds against posts on logarithmic axes; exponent {exponent:.2f} from 100,000 posts on."
    (RESULTS.parent / "coordination-growth.svg").write_text(canvas.svg(alt, alone=True), encoding="utf-8")


def burst(posts: int, folder: Path) -> None:
    """An organic world and one object that 34,514 further accounts share in a day, half of them within half an hour."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    source = simulate("organic", posts, folder)
    file = folder / f"burst-{posts}.parquet"
    shares = 34_514
    rng = np.random.default_rng(7)
    delay = np.minimum(rng.lognormal(np.log(1800.0), 1.5, shares), 86_399.0)
    table = pq.read_table(source)
    start = table["happened_at"][0].cast(pa.int64()).as_py()
    when = pa.array(start + (delay * 1e6).astype(np.int64)).cast(pa.timestamp("us"))
    columns = {
        "platform": pa.repeat("twitter", shares),
        "post_id": pa.array([f"burst{k}" for k in range(shares)]),
        "account_id": pa.array([f"sharer{k}" for k in range(shares)]),
        "happened_at": when,
        "happened_precision": pa.repeat("second", shares),
        "kind": pa.repeat("repost", shares),
        "repost_of": pa.repeat("viral", shares),
        "community": pa.repeat("topic-0", shares),
        "source_id": pa.repeat("simulated", shares),
    }
    more = [columns.get(f.name, pa.nulls(shares, f.type)) for f in table.schema]
    pq.write_table(pa.concat_tables([table, pa.Table.from_arrays(more, schema=table.schema)]), file)
    save("burst", {"posts": posts + shares, "shares_of_one_object": shares, **ours(file, "repost")})


def neartext(posts: int, folder: Path) -> None:
    save(
        f"neartext_{posts}",
        {"posts": posts, **ours(simulate("paraphrasing", posts, folder), "near-text", memory="3GB")},
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["compare", "growth", "burst", "neartext"])
    parser.add_argument("--posts", type=int, default=1_000_000)
    parser.add_argument("--from", dest="first", type=int, default=10_000)
    parser.add_argument("--to", dest="last", type=int, default=10_000_000)
    parser.add_argument("--signal", action="append", help="for compare: repost, link, text, reply; default repost")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "unfog-benchmark")
    args = parser.parse_args()
    args.folder.mkdir(parents=True, exist_ok=True)
    if args.what == "compare":
        compare(args.posts, args.folder, args.signal or ["repost"])
    elif args.what == "growth":
        growth(args.first, args.last, args.folder)
    elif args.what == "burst":
        burst(args.posts, args.folder)
    else:
        neartext(args.posts, args.folder)


if __name__ == "__main__":
    main()
