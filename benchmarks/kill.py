"""Kill a run with SIGKILL at random moments, go on, and compare every deterministic file with that of an unbroken run.

Without ``--case`` a small case with all rooms is made: invented posts of several formats and of a simulated society,
documents, articles, a log, argued evidence. A run that ends before its kill is compared too, and the next one begins
anew. With ``--work`` the state is kept, so that a stopped measurement goes on where it was.

python benchmarks/kill.py --kills 100 --work /tmp/kills
python benchmarks/kill.py --kills 10 --case cases/uk-trade-leaks-2019 --data ../shared/data/02_reddit_uk_trade_leak
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

REPO = Path(__file__).resolve().parent.parent
SAMPLES = REPO / "tests" / "data" / "ingest"
RESULT = REPO / "benchmarks" / "results" / "kill.json"
CLI = [sys.executable, "-m", "unfog.cli"]
SMALL = """
[[posts]]
path = "simulated.ndjson"
map.platform = "platform"
map.post_id = "post_id"
map.account_id = "account_id"
map.happened_at = "happened_at"
map.text = "text"
map.urls = "urls"
map.hashtags = "hashtags"
map.community = "community"

[[posts]]
path = "x-v2.json"

[[posts]]
path = "reddit-pushshift.ndjson"

[[posts]]
path = "mail.mbox"
public_from = 2026-01-01

[[articles]]
path = "article.html"

[[articles]]
path = "article.txt"

[[documents]]
path = "document.docx"

[[documents]]
path = "document.txt"
"""


def quietly(*command: str) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def small_case(folder: Path) -> Path:
    """A case in which every room has something to do, made of the scaffold, a simulated world and the samples."""
    case = folder / "small"
    quietly(*CLI, "new", str(case))
    quietly(*CLI, "simulate", "mixed", "--posts", "400", "--ndjson", "--out", str(folder / "world"))
    shutil.copy(folder / "world" / "posts.ndjson", case / "simulated.ndjson")
    for name in (line.split('"')[1] for line in SMALL.splitlines() if line.startswith("path")):
        if not (case / name).exists():
            shutil.copy(SAMPLES / name, case / name)
    told = case / "case.toml"
    text = told.read_text(encoding="utf-8").replace("from = 2026-01-01", "from = 2015-01-01")
    told.write_text(text + SMALL, encoding="utf-8")
    return case


def hashes(out: Path) -> dict[str, str]:
    """File -> hash of everything but the clock, the lock and what stages keep for themselves."""
    return {
        p.relative_to(out).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(out.rglob("*"))
        if p.is_file() and p.name not in ("run.json", ".held", ".holder") and ".stages" not in p.parts
    }


def compare(state: dict[str, Any], broken: Path) -> None:
    """Hold a finished run against the unbroken one."""
    got, want = hashes(broken), state["want"]
    differ = [k for k in want.keys() | got.keys() if want.get(k) != got.get(k)]
    state["differ"] = sorted({*state["differ"], *differ})
    state["half"] = sorted(
        {*state["half"], *(p.name for pattern in ("*.part", "*.making-*") for p in broken.rglob(pattern))}
    )
    state["compared"] += 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--case", type=Path, help="A case; default a small one with all rooms")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--as-of", action="append", default=[])
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--work", type=Path, help="Folder that keeps the state between runs; default a temporary one")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="unfog-kills-") as temporary:
        work = args.work or Path(temporary)
        work.mkdir(parents=True, exist_ok=True)
        state = measured(args, work)
    result = {
        "kills": len(state["moments"]),
        "moments_s": state["moments"],
        "unbroken_run_s": state["unbroken_s"],
        "files_compared": len(state["want"]),
        "finished_runs_compared": state["compared"],
        "files_that_differ": state["differ"],
        "half_written_files_left": state["half"],
        "case": args.case.name if args.case else "small, with all rooms",
        "with_data": args.data is not None,
    }
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(json.dumps({k: v for k, v in result.items() if k != "moments_s"}, indent=1))
    sys.exit(1 if state["differ"] or state["half"] else 0)


def measured(args: argparse.Namespace, work: Path) -> dict[str, Any]:
    """Kill until there are enough kills; the state is written after each."""
    told, broken = work / "state.json", work / "broken"
    case = args.case or (work / "small" if (work / "small").is_dir() else small_case(work))

    def command(out: Path) -> list[str]:
        cmd = [*CLI, "run", str(case), "--out", str(out), "--json"]
        cmd += ["--data", str(args.data)] if args.data else []
        return cmd + [word for date in args.as_of for word in ("--as-of", date)]

    if told.is_file():
        state: dict[str, Any] = json.loads(told.read_text(encoding="utf-8"))
    else:
        begun = time.monotonic()
        quietly(*command(work / "whole"))
        took = round(time.monotonic() - begun, 1)
        state = {
            "unbroken_s": took,
            "want": hashes(work / "whole"),
            "moments": [],
            "differ": [],
            "half": [],
            "compared": 0,
        }
    rng = random.Random(args.seed + len(state["moments"]))
    while len(state["moments"]) < args.kills:
        run = subprocess.Popen(command(broken), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait = rng.uniform(0.0, state["unbroken_s"])
        try:
            if run.wait(timeout=wait):
                raise SystemExit(f"a run that was to go on ended with {run.returncode}; look into {broken}")
            compare(state, broken)
            shutil.rmtree(broken)
        except subprocess.TimeoutExpired:
            os.kill(run.pid, signal.SIGKILL)
            run.wait()
            state["moments"].append(round(wait, 2))
        told.write_text(json.dumps(state), encoding="utf-8")
    quietly(*command(broken))
    compare(state, broken)
    return state


if __name__ == "__main__":
    main()
