"""First paint of every page of a large case: `python benchmarks/web.py [--posts 1000000] [--grouped 5000]`.

Writes a finished result with that many posts of about 200 characters and that many grouped accounts, starts
`unfog serve` on it, and opens every page in Chromium twice: the first time, and again. Prints first contentful paint,
the server's own time, bytes, and the server's largest resident memory; saves `results/web.json`. Without Chromium only
the server's time is measured.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

HERE = Path(__file__).parent
ARGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
PAINT = "() => performance.getEntriesByName('first-contentful-paint').map(e => e.startTime)[0] || null"


def world() -> Any:
    """The writer of test worlds."""
    spec = importlib.util.spec_from_file_location("world", HERE.parent / "tests" / "unit" / "web" / "world.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["world"] = module
    spec.loader.exec_module(module)
    return module


def with_words(path: Path, seed: int = 7) -> float:
    """Give the posts texts of 20 to 45 words from a vocabulary with a long tail; returns their mean length."""
    rng = np.random.default_rng(seed)
    letters = np.array(list("abcdefghijklmnopqrstuvwxyz"))
    vocabulary = np.array(["".join(rng.choice(letters, n)) for n in rng.integers(3, 10, 20_000)], dtype=object)
    table, parts, total = pq.read_table(path), [], 0
    for batch in table.select(["text"]).to_batches(max_chunksize=50_000):
        sizes = rng.integers(20, 46, batch.num_rows)
        words = vocabulary[(20_000 * rng.random(int(sizes.sum())) ** 3).astype(int)]
        ends = np.cumsum(sizes)
        texts = [" ".join(words[e - n : e]) for e, n in zip(ends, sizes, strict=True)]
        old = batch.column(0).to_pylist()
        texts = [o if "copper" in o or len(o) > 1000 else t for o, t in zip(old, texts, strict=True)]
        total += sum(len(t) for t in texts if len(t) < 1000)
        parts.append(pa.array(texts, pa.string()))
    column = pa.chunked_array(parts)
    pq.write_table(table.set_column(table.column_names.index("text"), "text", column), path, compression="zstd")
    return total / table.num_rows


def serve(result: Path) -> tuple[subprocess.Popen[str], str, float]:
    """Start `unfog serve`; gives the process, its address with token, and the seconds until it printed it."""
    begun = time.perf_counter()
    command = [sys.executable, "-m", "unfog.cli", "serve", str(result), "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout is not None
    address = process.stdout.readline().strip()
    return process, address, time.perf_counter() - begun


def memory(pid: int) -> float:
    """Largest resident memory of a process in MB (Linux)."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) / 1024 if found else float("nan")


def by_http(address: str, paths: list[str]) -> dict[str, dict[str, float]]:
    """Seconds and bytes of each page, first and again."""
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    base = address.split("/?")[0]
    for _ in range(200):
        try:
            opener.open(address).read()
            break
        except OSError:
            time.sleep(0.05)
    out: dict[str, dict[str, float]] = {}
    for path in paths:
        row: dict[str, float] = {}
        for name in ("first_s", "again_s"):
            begun = time.perf_counter()
            body = opener.open(base + path).read()
            row[name] = round(time.perf_counter() - begun, 3)
            row["bytes"] = len(body)
        out[path] = row
    return out


def by_chromium(address: str, paths: list[str]) -> dict[str, dict[str, float]]:
    """First contentful paint in seconds of each page, first and again; empty without Chromium or playwright."""
    found = os.environ.get("UNFOG_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return {}
    if not found:
        return {}
    out: dict[str, dict[str, float]] = {}
    with sync_playwright() as p:
        browser = p.chromium.launch(executable_path=found, args=ARGS)
        page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
        page.goto(address)
        for path in paths:
            row: dict[str, float] = {}
            for name in ("first_paint_s", "again_paint_s"):
                page.goto(address.split("/?")[0] + path)
                until, painted = time.monotonic() + 10, None
                while painted is None and time.monotonic() < until:
                    painted = page.evaluate(PAINT)
                    time.sleep(0.02)
                row[name] = round(painted / 1000, 3) if painted else float("nan")
            out[path] = row
        browser.close()
    return out


def main() -> None:
    """Build, serve, measure, print, save."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--posts", type=int, default=1_000_000)
    given.add_argument("--grouped", type=int, default=5_000)
    given.add_argument("--no-browser", action="store_true", help="measure the server's time only")
    given.add_argument("--keep", type=Path, help="folder to build in and keep")
    asked = given.parse_args()
    folder = asked.keep or Path(tempfile.mkdtemp(prefix="unfog-web-"))
    made = world()
    if not (folder / "case" / "out").is_dir():
        made.make_world(folder, posts=asked.posts, grouped=asked.grouped, case=False)
        length = with_words(folder / "case" / "out" / "ingest" / "posts.parquet")
        (folder / "length").write_text(f"{length:.1f}")
    paths = [p.replace("/groups/g1", "/groups/g100") for p in made.addresses()]
    paths += [f"/{made.LABEL}/search?q=nowhere-at-all", f"/{made.LABEL}/groups?page=2"]
    process, address, started = serve(folder / "case" / "out")
    try:
        early = by_http(address, [f"/{made.LABEL}/", f"/{made.LABEL}/search?q=copper"])
        painted = {} if asked.no_browser else by_chromium(address, paths)
        pages = by_http(address, paths)
        peak = memory(process.pid)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)
        if not asked.keep:
            shutil.rmtree(folder, ignore_errors=True)
    rows = {p: {**painted.get(p, {}), **pages[p]} for p in paths}
    for path, row in sorted(rows.items(), key=lambda r: -r[1].get("first_paint_s", r[1]["first_s"])):
        told = "  ".join(f"{k} {v:>8,.3f}" if k != "bytes" else f"{v:>9,.0f} bytes" for k, v in row.items())
        print(f"{told}  {path}")
    slowest = {
        k: max(r.get(k, 0.0) for r in rows.values()) for k in ("first_paint_s", "again_paint_s", "first_s", "again_s")
    }
    print(f"\n{asked.posts:,} posts, {asked.grouped:,} grouped accounts")
    before = early[f"/{made.LABEL}/search?q=copper"]["first_s"]
    print(f"address after {started:.2f} s; a search before the shelf stands takes {before:.2f} s")
    print(
        "slowest page: "
        + ", ".join(f"{k} {v:.2f}" for k, v in slowest.items())
        + f"; server's memory at most {peak:,.0f} MB"
    )
    result = {
        "posts": asked.posts, "grouped": asked.grouped, "load": round(os.getloadavg()[0], 1), "cores": os.cpu_count(),
        "start_s": round(started, 2), "before_the_shelf": early, "slowest": slowest,
        "memory_mb": round(peak), "pages": rows,
    }  # fmt: skip
    (HERE / "results" / "web.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
