"""Passage tracing at scale: 1,000 real e-mails as documents, up to a million posts cut from others.

    python benchmarks/tracing.py --data ../shared/data --posts 40000 1000000

Each size runs in a process of its own, so that its memory can be told. Prints a table and writes
``benchmarks/results/tracing.json``; a run there of another size or seed, and the other ways, stay as they are.
"""

from __future__ import annotations

import argparse
import json
import platform
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from unfog import spread
from unfog.engine import DuckEngine
from unfog.evaluate.tracing import Workload, build, score
from unfog.text.normalise import fold

HERE = Path(__file__).parent
SCHEMA = pa.schema([("id", pa.string()), ("text", pa.string())])


def prepare(texts: list[str], documents: int, posts: int, planted: int, seed: int, folder: Path) -> Workload:
    work, stream = build(texts, documents, posts, planted, seed)
    with pq.ParquetWriter(folder / "posts.parquet", SCHEMA) as writer:
        rows: list[tuple[str, str]] = []
        for row in stream:
            rows.append(row)
            if len(rows) == 50_000:
                writer.write_table(pa.table([[r[0] for r in rows], [r[1] for r in rows]], schema=SCHEMA))
                rows = []
        if rows:
            writer.write_table(pa.table([[r[0] for r in rows], [r[1] for r in rows]], schema=SCHEMA))
    (folder / "documents.json").write_text(json.dumps(work.documents), encoding="utf-8")
    return work


def measure(folder: Path) -> None:
    """In a process of its own: trace, and print what was found with time and memory."""
    documents = json.loads((folder / "documents.json").read_text(encoding="utf-8"))
    needles = [spread.Needle(str(i), d) for i, d in enumerate(documents)]
    with DuckEngine(memory="1GB", threads=1) as engine:
        engine.read_parquet("posts_read", [folder / "posts.parquet"])
        engine.put("tiny", pa.table([["x"], ["a word or two that stand nowhere else"]], schema=SCHEMA))
        spread.trace(engine, needles[:2], "SELECT id, text FROM tiny")
        wall, cpu = time.perf_counter(), time.process_time()
        traced = spread.trace(engine, needles, "SELECT id, text FROM posts_read")
        took, busy = time.perf_counter() - wall, time.process_time() - cpu
    found = sorted({(m.text_id, int(m.needle)) for m in traced.matches})
    (folder / "found.json").write_text(json.dumps(found), encoding="utf-8")
    result = {
        "posts": traced.searched, "wall_s": round(took, 1), "cpu_s": round(busy, 1), "pairs_found": len(found),
        "peak_memory_gb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, 2),
    }  # fmt: skip
    print(json.dumps(result))


def one_size(texts: list[str], documents: int, posts: int, planted: int, seed: int) -> dict[str, object]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        work = prepare(texts, documents, posts, planted, seed, folder)
        done = subprocess.run(
            [sys.executable, str(Path(__file__).resolve()), "--measure", name],
            capture_output=True,
            text=True,
            check=True,
        )
        figures = json.loads(done.stdout.strip().splitlines()[-1])
        found = {(p, int(d)) for p, d in json.loads((folder / "found.json").read_text(encoding="utf-8"))}
        figures["parquet_mb"] = round((folder / "posts.parquet").stat().st_size / 1e6, 1)
        return {"seed": seed, **figures, "kinds": score(work, found)}


def beside(texts: list[str], documents: int, planted: int, seconds: float) -> list[dict[str, object]]:
    """Other ways on the same planted posts, as far as they come in the time given."""
    work, stream = build(texts, documents, 0, planted)
    posts = [(p, t) for p, t in stream]
    random.Random(1).shuffle(posts)
    folded = [fold(d) for d in work.documents]
    rows: list[dict[str, object]] = []

    def run(name: str, finds) -> None:
        began, tried, found = time.process_time(), set(), set()
        for post, text in posts:
            if time.process_time() - began > seconds:
                break
            tried.add(post)
            found |= {(post, d) for d in finds(text)}
        spent = time.process_time() - began
        part = Workload(
            work.documents,
            {p: k for p, k in work.kinds.items() if p in tried},
            {p for p in work.whole if p[0] in tried},
            {p for p in work.touches if p[0] in tried},
            work.cuts,
            work.sources,
        )
        by_kind = {
            r["kind"]: [round(float(r[k]), 3) for k in ("recall", "precision_to_the_letter")]
            for r in score(part, found)
            if r["kind"] != "other"
        }
        rows.append(
            {
                "way": name,
                "posts_tried": len(tried),
                "cpu_s": round(spent, 1),
                "cpu_s_per_million_posts": round(1e6 * spent / max(1, len(tried))),
                "recall_precision": by_kind,
            }
        )

    run(
        "exact substring of the folded text",
        lambda t: [i for i, d in enumerate(folded) if len(t) > 40 and fold(t) in d],
    )
    from rapidfuzz import fuzz

    run(
        "rapidfuzz partial_ratio >= 85",
        lambda t: [i for i, d in enumerate(folded) if fuzz.partial_ratio(fold(t), d, score_cutoff=85)],
    )
    try:
        from datasketch import MinHash, MinHashLSH
    except ImportError:
        rows.append({"way": "datasketch LSH", "note": "not installed"})
        return rows

    def sketch(words: list[str]) -> MinHash:
        m = MinHash(num_perm=64)
        m.update_batch([" ".join(words[i : i + 2]).encode() for i in range(max(1, len(words) - 1))])
        return m

    lsh = MinHashLSH(threshold=0.5, num_perm=64)
    for i, d in enumerate(folded):
        words = d.split()
        for at in range(0, max(1, len(words) - 25), 25):
            lsh.insert(f"{i}/{at}", sketch(words[at : at + 50]))
    run(
        "datasketch LSH, windows of 50 words, Jaccard 0.5",
        lambda t: {int(k.split("/")[0]) for k in lsh.query(sketch(fold(t).split()))},
    )
    return rows


def long_document(characters: int, posts: int = 2000) -> dict[str, object]:
    """``unfog trace`` on one very long document of made-up words; every other post is cut from it, 30 words each."""
    rng = random.Random(1)
    vocabulary = ["".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=rng.randint(3, 9))) for _ in range(50_000)]
    words = rng.choices(vocabulary, k=characters // 7)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "long.txt").write_text(" ".join(words), encoding="utf-8")
        rows = []
        for i in range(posts):
            at = rng.randrange(len(words) - 30)
            text = words[at : at + 30] if i % 2 else rng.choices(vocabulary, k=30)
            rows.append({"platform": "forum", "post_id": str(i), "text": " ".join(text)})
        pq.write_table(pa.Table.from_pylist(rows), folder / "posts.parquet")
        command = [
            sys.executable, "-m", "unfog.cli", "trace", str(folder / "long.txt"), "--in", str(folder / "posts.parquet"),
            "--format", "posts", "--out", str(folder / "out"), "--json",
        ]  # fmt: skip
        subprocess.run(command, check=True, capture_output=True)
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        found = {int(p) for p in pq.read_table(folder / "out" / "appearances.parquet")["post_id"].to_pylist()}
    return {
        "characters": len(" ".join(words)), "posts": posts, "cpu_s": round(used.ru_utime + used.ru_stime, 1),
        "peak_memory_gb": round(used.ru_maxrss / 1e6, 2), "recall": len({p for p in found if p % 2}) / (posts // 2),
        "false": len({p for p in found if not p % 2}),
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=HERE.parent.parent / "shared" / "data")
    parser.add_argument("--documents", type=int, default=1000)
    parser.add_argument("--posts", type=int, nargs="*", default=[40_000, 1_000_000])
    parser.add_argument("--planted", type=int, default=200)
    parser.add_argument("--seed", type=int, default=14)
    parser.add_argument("--beside", type=float, default=20.0, help="seconds for each other way; 0 leaves them out")
    parser.add_argument(
        "--long", type=int, default=0, help="trace one document of so many characters, up to 50 million"
    )
    parser.add_argument("--out", type=Path, default=HERE / "results" / "tracing.json")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.measure:
        measure(args.measure)
        return
    with DuckEngine(memory="1GB", threads=1) as engine:
        engine.read_parquet("mails", [args.data / "14_documents" / "clinton_foia_emails_ocr_3000.parquet"])
        texts = [r["text"] for r in engine.rows("SELECT text FROM mails ORDER BY path")]
    results: dict[str, object] = json.loads(args.out.read_text(encoding="utf-8")) if args.out.exists() else {}
    results["machine"] = f"{platform.machine()}, Python {platform.python_version()}"
    runs = {(r["posts"], r["seed"]): r for r in results.get("runs", [])}  # type: ignore[attr-defined]
    for posts in args.posts:
        run = one_size(texts, args.documents, posts, args.planted, args.seed)
        runs[run["posts"], run["seed"]] = run
        print({k: v for k, v in run.items() if k != "kinds"}, flush=True)
        for row in run["kinds"]:  # type: ignore[attr-defined]
            print(
                f"{row['kind']:20} recall {row['recall']:.3f}  precision {row['precision']:.3f} to the word,"
                f" {row['precision_to_the_letter']:.3f} to the letter  false {row['false']}"
            )
    results["runs"] = [runs[key] for key in sorted(runs)]
    if args.beside:
        results["beside"] = beside(texts, args.documents, max(20, args.planted // 10), args.beside)
        for other in results["beside"]:  # type: ignore[attr-defined]
            print(other)
    if args.long:
        results["long_document"] = long_document(args.long)
        print(results["long_document"])
    args.out.parent.mkdir(exist_ok=True)
    args.out.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
