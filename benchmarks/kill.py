"""Kill runs with SIGKILL at random moments, go on, and compare every deterministic file with that of an unbroken run.

Two targets: a small case with all rooms (``unfog run``: invented posts of several formats and of a simulated society,
documents, articles, a log, argued evidence; or ``--case``), and the reading of a large file beside samples (``unfog
ingest``). Importing would be most of such a run, so a server imports the modules once and forks; the fork is the verb,
with its own process group, which is killed. A server lives for ten kills, so that hash seeds vary. Moments are uniform
over the duration of an unbroken run. A run that ends before its kill is compared too, and the next begins anew.
With ``--work`` the state is kept, so that a stopped measurement goes on where it was.

python benchmarks/kill.py --kills 100 --work /tmp/kills
python benchmarks/kill.py --kills 10 --case cases/uk-trade-leaks-2019 --data ../shared/data/02_reddit_uk_trade_leak
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import json
import os
import random
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import IO, Any, cast

import pyarrow as pa

REPO = Path(__file__).resolve().parent.parent
SAMPLES = REPO / "tests" / "data" / "ingest"
RESULT = REPO / "benchmarks" / "results" / "kill.json"
CLI = [sys.executable, "-m", "unfog.cli"]
LIVES = 10
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


def large_files(folder: Path, megabytes: int = 60) -> list[str]:
    """A large invented file, and the samples that need no map."""
    sys.path.insert(0, str(REPO / "benchmarks"))
    large = folder / "large.ndjson"
    if not large.exists():
        importlib.import_module("ingest").make(large, megabytes << 20)
    names = ("x-v2.json", "x-archive.csv", "reddit-pushshift.ndjson", "mastodon.json", "document.docx", "article.html")
    return [str(large), *(str(SAMPLES / n) for n in names)]


# -- the server --------------------------------------------------------------------------------------------------------


def serve() -> None:
    """Import what is told, then fork a run for every line: ``["run", ...]`` -> pid; ``["wait"]`` -> exit code."""
    for name in json.loads(sys.stdin.readline()):
        importlib.import_module(name)
    pid = 0
    for line in iter(sys.stdin.readline, ""):
        words = json.loads(line)
        if words == ["wait"]:
            _, status = os.waitpid(pid, 0)
            print(os.waitstatus_to_exitcode(status), flush=True)
            continue
        pid = os.fork()
        if pid == 0:
            os.setsid()
            nowhere = os.open(os.devnull, os.O_RDWR)
            for handle in (0, 1):
                os.dup2(nowhere, handle)
            sys.argv = ["unfog", *words]
            from unfog.cli.app import main as verb

            try:
                verb()
            except SystemExit as why:
                os._exit(int(why.code or 0))
            except BaseException:
                import traceback

                traceback.print_exc()
                os._exit(70)
            os._exit(0)
        print(pid, flush=True)


def modules(*words: str) -> list[str]:
    """What a run imports."""
    look = (
        "import sys, json; sys.argv = ['unfog', *sys.argv[1:]]\nfrom unfog.cli.app import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "sys.stderr.write(json.dumps([m for m in sys.modules if m.split('.')[0] != '__main__']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", look, *words], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    found = json.loads(done.stderr.strip().splitlines()[-1])
    return [
        m for m in found if m.split(".")[0] in ("unfog", "duckdb", "pyarrow", "numpy", "scipy", "sklearn", "pandas")
    ]


class Server:
    """Forks runs of the verb out of a process that has imported its modules."""

    def __init__(self, names: list[str], log: Path) -> None:
        environment = {**os.environ, "PYTHONHASHSEED": "random"}
        self.process = subprocess.Popen(
            [sys.executable, __file__, "--serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            stderr=log.open("a"), env=environment,
        )  # fmt: skip
        self.say(names)

    def say(self, words: list[str]) -> None:
        cast(IO[str], self.process.stdin).write(json.dumps(words) + "\n")
        cast(IO[str], self.process.stdin).flush()

    def begin(self, words: list[str]) -> int:
        """Fork a run; its pid, which is its process group."""
        self.say(words)
        return int(cast(IO[str], self.process.stdout).readline())

    def end(self, seconds: float | None = None) -> int | None:
        """Exit code of the run, or None where it still runs after ``seconds``."""
        self.say(["wait"])
        answer = cast(IO[str], self.process.stdout)
        if seconds is not None and not select.select([answer], [], [], seconds)[0]:
            return None
        return int(answer.readline())

    def close(self) -> None:
        cast(IO[str], self.process.stdin).close()
        self.process.wait()


# -- the measurement ---------------------------------------------------------------------------------------------------


def hashes(out: Path) -> dict[str, str]:
    """File -> hash of everything but the clock, the lock and what stages keep for themselves.

    The tables that reading keeps for itself (``.parts``) are held against each other row by row, in any order: nothing
    is promised of their order, and all that is written out of them is sorted.
    """
    return {
        p.relative_to(out).as_posix(): rows_hash(p) if p.suffix == ".arrow" else file_hash(p)
        for p in sorted(out.rglob("*"))
        if p.is_file() and p.name not in ("run.json", ".held", ".holder") and ".stages" not in p.parts
    }


def file_hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def rows_hash(path: Path) -> str:
    """Hash of the rows of an Arrow file, whatever their order."""
    with pa.memory_map(str(path)) as raw:
        try:
            table = pa.ipc.open_file(raw).read_all()
        except pa.ArrowInvalid:
            raw.seek(0)
            table = pa.ipc.open_stream(raw).read_all()
        rows = sorted(map(repr, zip(*(c.to_pylist() for c in table.columns), strict=True)))
    return hashlib.sha256("\n".join([*table.column_names, *rows]).encode("utf-8", "replace")).hexdigest()


def compare(state: dict[str, Any], broken: Path) -> None:
    """Hold a finished run against the unbroken one."""
    got, want = hashes(broken), state["want"]
    state["differ"] = sorted({*state["differ"], *(k for k in want.keys() | got.keys() if want.get(k) != got.get(k))})
    left = (p.name for pattern in ("*.part", "*.making-*") for p in broken.rglob(pattern))
    state["half"] = sorted({*state["half"], *left})
    state["compared"] += 1
    shutil.rmtree(broken)


def measured(name: str, words: list[str], kills: int, seed: int, work: Path) -> dict[str, Any]:
    """Kill a verb until there are enough kills; the state is written after each.

    Args:
        name: Of the target.
        words: The verb and its arguments; ``OUT`` stands for the folder that is written.
        kills: Wanted.
        seed: Of the moments.
        work: Keeps the state.
    """
    told, broken, log = work / f"{name}.json", work / f"{name}-broken", work / f"{name}.log"

    def into(folder: Path) -> list[str]:
        return [str(folder) if w == "OUT" else w for w in words]

    if told.is_file():
        state: dict[str, Any] = json.loads(told.read_text(encoding="utf-8"))
    else:
        whole = work / f"{name}-whole"
        shutil.rmtree(whole, ignore_errors=True)
        names = modules(*into(whole))
        shutil.rmtree(whole)
        server = Server(names, log)
        server.begin(into(whole))  # what the first run warms up is not measured
        server.end()
        shutil.rmtree(whole)
        begun = time.monotonic()
        server.begin(into(whole))
        if server.end():
            raise SystemExit(f"{' '.join(words)} cannot be run; look into {log}")
        state = {"unbroken_s": round(time.monotonic() - begun, 2), "modules": names, "want": hashes(whole)}
        state |= {"moments": [], "differ": [], "half": [], "compared": 0, "ended_before": 0}
        server.close()
        shutil.rmtree(broken, ignore_errors=True)
    while len(state["moments"]) < kills:
        server = Server(state["modules"], log)
        for _ in range(LIVES):
            if len(state["moments"]) >= kills:
                break
            rng = random.Random(f"{seed} {len(state['moments'])} {state['ended_before']}")
            wait = rng.uniform(0.0, state["unbroken_s"])
            group = server.begin(into(broken))
            code = server.end(wait)
            if code is None:
                os.killpg(group, signal.SIGKILL)
                code = int(cast(IO[str], server.process.stdout).readline())
            if code == -signal.SIGKILL:
                state["moments"].append(round(wait, 2))
            elif code:
                raise SystemExit(f"a run that was to go on ended with {code}; look into {broken} and {log}")
            else:
                compare(state, broken)
                state["ended_before"] += 1
            told.write_text(json.dumps(state), encoding="utf-8")
        server.close()
    if broken.exists() or not state["compared"]:
        quietly(*CLI, *into(broken))
        compare(state, broken)
        told.write_text(json.dumps(state), encoding="utf-8")
    return {
        "kills": len(state["moments"]), "unbroken_run_s": state["unbroken_s"], "files_compared": len(state["want"]),
        "finished_runs_compared": state["compared"], "files_that_differ": state["differ"],
        "half_written_files_left": state["half"], "moments_s": state["moments"],
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--case", type=Path, help="A case; default a small one with all rooms, and a large file")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--as-of", action="append", default=[])
    parser.add_argument("--kills", type=int, default=10, help="Two fifths of them while a large file is read")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--work", type=Path, help="Folder that keeps the state between runs; default a temporary one")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.serve:
        return serve()
    with tempfile.TemporaryDirectory(prefix="unfog-kills-") as temporary:
        work = args.work or Path(temporary)
        work.mkdir(parents=True, exist_ok=True)
        reading = 0 if args.case else args.kills * 2 // 5
        case = args.case or (work / "small" if (work / "small").is_dir() else small_case(work))
        words = ["run", str(case), "--out", "OUT", "--json", *(["--data", str(args.data)] if args.data else [])]
        words += [w for date in args.as_of for w in ("--as-of", date)]
        targets = {case.name: measured(case.name, words, args.kills - reading, args.seed, work)}
        if reading:
            words = ["ingest", *large_files(work), "--out", "OUT", "--keep-originals", "--json"]
            targets["ingest"] = measured("ingest", words, reading, args.seed, work)
    result = {"kills": sum(t["kills"] for t in targets.values()), "with_data": args.data is not None}
    for key in ("files_that_differ", "half_written_files_left"):
        result[key] = sorted({k for t in targets.values() for k in t[key]})
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps({**result, "targets": targets}, indent=1) + "\n", encoding="utf-8")
    told = {n: {k: v for k, v in t.items() if k != "moments_s"} for n, t in targets.items()}
    print(json.dumps({**result, "targets": told}, indent=1))
    sys.exit(1 if result["files_that_differ"] or result["half_written_files_left"] else 0)


if __name__ == "__main__":
    main()
