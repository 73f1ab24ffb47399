"""Kill a run with SIGKILL at random moments, go on, and compare every deterministic file with that of an unbroken run.

python benchmarks/kill.py --case cases/uk-trade-leaks-2019 --kills 10
python benchmarks/kill.py --kills 100 --as-of 2019-12-06
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

REPO = Path(__file__).resolve().parent.parent
RESULT = REPO / "benchmarks" / "results" / "kill.json"


def hashes(out: Path) -> dict[str, str]:
    """File -> hash of everything but the clock, the lock and what stages keep for themselves."""
    return {
        p.relative_to(out).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(out.rglob("*"))
        if p.is_file() and p.name not in ("run.json", ".held") and ".stages" not in p.parts and "parts" not in p.parts
    }


def command(case: Path, out: Path, data: Path | None, as_of: list[str]) -> list[str]:
    cmd = [sys.executable, "-m", "unfog.cli", "run", str(case), "--out", str(out), "--json"]
    if data is not None:
        cmd += ["--data", str(data)]
    for date in as_of:
        cmd += ["--as-of", date]
    return cmd


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--case", type=Path, default=REPO / "cases" / "uk-trade-leaks-2019")
    parser.add_argument("--data", type=Path, default=REPO.parent / "shared" / "data" / "02_reddit_uk_trade_leak")
    parser.add_argument("--as-of", action="append", default=[])
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args()
    data = args.data if args.data.is_dir() else None
    rng = random.Random(args.seed)
    with tempfile.TemporaryDirectory() as tmp:
        whole, broken = Path(tmp) / "whole", Path(tmp) / "broken"
        begun = time.monotonic()
        subprocess.run(command(args.case, whole, data, args.as_of), check=True, stdout=subprocess.DEVNULL)
        unbroken_s = time.monotonic() - begun
        want = hashes(whole)
        kills, finished_early, moments = 0, 0, []
        while kills < args.kills:
            if kills % 5 == 0:  # begin anew now and then, so that every stage is hit
                shutil.rmtree(broken, ignore_errors=True)
            run = subprocess.Popen(
                command(args.case, broken, data, args.as_of), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            wait = rng.uniform(0.0, unbroken_s)
            try:
                run.wait(timeout=wait)
                finished_early += 1
                shutil.rmtree(broken, ignore_errors=True)
                continue
            except subprocess.TimeoutExpired:
                os.kill(run.pid, signal.SIGKILL)
                run.wait()
                kills += 1
                moments.append(round(wait, 2))
        subprocess.run(command(args.case, broken, data, args.as_of), check=True, stdout=subprocess.DEVNULL)
        got = hashes(broken)
        half = [p.name for p in broken.rglob("*.part")]
    differ = sorted(k for k in want.keys() | got.keys() if want.get(k) != got.get(k))
    result = {
        "kills": kills,
        "moments_s": moments,
        "unbroken_run_s": round(unbroken_s, 1),
        "files_compared": len(want),
        "files_that_differ": differ,
        "half_written_files_left": half,
        "case": args.case.name,
        "with_data": data is not None,
    }
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=1))
    sys.exit(1 if differ or half else 0)


if __name__ == "__main__":
    main()
