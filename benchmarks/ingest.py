"""Speed and memory of reading NDJSON, beside ``duckdb read_json_auto`` and a ``json`` loop in the same run.

Makes invented Pushshift-like files of growing size, reads each with unfog (to sorted Parquet tables, with hashing,
checking, refusing and merging), and the largest with the two others (which only parse). Every reading runs in its own
process; wall time, CPU time and peak memory are its own. Target: 1 GB in about 20 s on 2 cores, under 1 GB of memory.

Run: ``python benchmarks/ingest.py --gb 0.25 0.5 1``
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
WORDS = [
    "harbour",
    "papers",
    "minister",
    "trade",
    "talks",
    "board",
    "river",
    "meeting",
    "officials",
    "spring",
    "council",
    "report",
    "forum",
    "bridge",
    "storm",
    "article",
    "evidence",
    "quiet",
    "heron",
    "otter",
    "letter",
    "budget",
    "ferry",
    "island",
    "north",
    "signal",
    "archive",
    "copy",
    "public",
]


def make(path: Path, size: int, seed: int = 7) -> int:
    """Write invented submissions and comments until the file has ``size`` bytes; returns the number of rows."""
    rng = random.Random(seed)
    rows = written = 0
    texts = [" ".join(rng.choices(WORDS, k=rng.randint(5, 220))) for _ in range(4000)]
    with path.open("w", encoding="utf-8") as out:
        while written < size:
            rows += 1
            sub, at = f"sub{rng.randrange(3000)}", 1_500_000_000 + rows // 3
            base = {
                "author": f"user{rng.randrange(200_000)}", "author_fullname": f"t2_{rng.randrange(10**6):x}", "created_utc": at,
                "id": f"{rows + 10**7:x}", "retrieved_on": at + 400, "score": rng.randrange(500), "subreddit": sub,
                "subreddit_id": f"t5_{rng.randrange(10**5):x}", "author_flair_text": None, "author_flair_css_class": None,
                "gilded": 0, "stickied": False, "distinguished": None, "edited": False, "all_awardings": [], "no_follow": True,
                "permalink": f"/r/{sub}/comments/{rows:x}/title/", "send_replies": True, "locked": False, "can_mod_post": False,
            }  # fmt: skip
            text = rng.choice(texts)
            if rng.random() < 0.3:
                text += f" see https://site{rng.randrange(900)}.example/{rng.randrange(9000)} &amp; more"
            if rows % 4:
                row = {
                    **base,
                    "body": text,
                    "link_id": f"t3_{rows // 4:x}",
                    "parent_id": f"t1_{rows:x}",
                    "controversiality": 0,
                }
            else:
                row = {
                    **base, "title": text[:90], "selftext": text, "url": f"https://site{rng.randrange(900)}.example/{rng.randrange(9000)}",
                    "domain": "site.example", "is_self": False, "num_comments": 3, "subreddit_subscribers": 1000, "over_18": False,
                    "thumbnail": "default", "media": None, "preview": {"images": [{"source": {"url": "https://i.example/x.jpg"}}]},
                }  # fmt: skip
            line = json.dumps(row, ensure_ascii=False) + "\n"
            out.write(line)
            written += len(line)
    return rows


def lines(path: Path) -> int:
    """Rows of a file that an earlier run made."""
    with path.open("rb") as data:
        return sum(block.count(b"\n") for block in iter(lambda: data.read(1 << 20), b""))


def child(what: str, path: Path) -> None:
    """One reading, in this process; prints its figures."""
    started, cpu = time.monotonic(), time.process_time()
    if what == "unfog":
        from unfog.engine import DuckEngine
        from unfog.ingest import FileSpec, ingest

        with tempfile.TemporaryDirectory(dir=path.parent) as out, DuckEngine(memory="400MB", threads=2) as engine:
            rows = ingest([FileSpec(path=path)], engine, Path(out), root=path.parent).rows["posts"]
    elif what == "duckdb":
        import duckdb

        con = duckdb.connect()
        con.execute("SET threads = 2")
        con.execute(f"CREATE TABLE t AS SELECT * FROM read_json_auto('{path}')")
        rows = con.execute("SELECT count(*) FROM t").fetchall()[0][0]
    else:
        with path.open(encoding="utf-8") as lines:
            rows = sum(1 for line in lines if json.loads(line))
    print(json.dumps({
        "rows": rows, "wall_s": round(time.monotonic() - started, 2), "cpu_s": round(time.process_time() - cpu, 2),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }))  # fmt: skip


def measured(what: str, path: Path) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, __file__, "--child", what, str(path)], capture_output=True, text=True, check=True
    )
    return dict(json.loads(done.stdout.strip().splitlines()[-1]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gb", type=float, nargs="+", default=[0.25, 0.5, 1.0])
    parser.add_argument(
        "--folder", type=Path, help="Keeps the files that are made, for a next run; default a temporary folder"
    )
    parser.add_argument("--out", type=Path, default=HERE / "results" / "ingest.json")
    parser.add_argument("--child", nargs=2, metavar=("WHAT", "FILE"), help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.child:
        child(args.child[0], Path(args.child[1]))
        return
    results = []
    with tempfile.TemporaryDirectory(prefix="unfog-bench-") as temporary:
        folder = args.folder or Path(temporary)
        for gb in sorted(args.gb):
            path = folder / f"posts-{gb}.ndjson"
            rows = lines(path) if path.is_file() else make(path, int(gb * 1e9))
            for what in ("unfog", "duckdb", "json") if gb == max(args.gb) else ("unfog",):
                figures = {"reader": what, "gb": round(path.stat().st_size / 1e9, 3), **measured(what, path)}
                assert figures["rows"] == rows, (figures, rows)
                results.append(figures)
                print(json.dumps(figures), flush=True)
    load = os.getloadavg()[0]
    document = {"cores": os.cpu_count(), "load_average": round(load, 1), "readings": results}
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
