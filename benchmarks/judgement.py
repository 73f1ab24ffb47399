"""Measure the judgement: simulated investigations, readers and forecasts, and speed.

python benchmarks/judgement.py --data ../shared/data          all figures -> benchmarks/results/judgement.json
python benchmarks/judgement.py --speed                        only the clock
python benchmarks/judgement.py --readers PARQUET              derive src/unfog/text/data/readers.json again
"""

from __future__ import annotations

import argparse
import json
import platform
import resource
import time
from pathlib import Path
from typing import Any

import numpy as np

from unfog.evaluate.judgement import evaluate
from unfog.evaluate.judgement_readers import recomputed
from unfog.judgement import Proposition, Settings, Variable, weigh
from unfog.judgement.items import known_items
from unfog.judgement.state import State
from unfog.judgement.worlds import Worlds
from unfog.model import Evidence, Grade, Kind, Rating

HERE = Path(__file__).resolve().parent
READERS = HERE.parent / "src" / "unfog" / "text" / "data" / "readers.json"


def big_case(n_items: int = 1000, n_origins: int = 100) -> tuple[list[Variable], list[Proposition], list[Evidence]]:
    """1,000 argued items of 100 origins on three variables of ten values: 1,000 worlds."""
    rng = np.random.default_rng(7)
    values = (*"abcdefghi", "other")
    ranges = dict.fromkeys(values, (0.05, 0.2))
    variables = [Variable(id=f"v{k}", values=values, prior=ranges, reference="r", reason="speed") for k in range(3)]
    propositions = [Proposition(id=f"P{k}", says=f"v{k} is a", when={f"v{k}": ("a",)}) for k in range(3)]
    evidence = []
    for i in range(n_items):
        rated = {v: float(x) for v, x in zip(values[:4], rng.normal(0, 0.5, 4), strict=True)}
        ratings = tuple(
            Rating(by=by, on="2020-01-01", reason="speed", log10_lr={k: x + d for k, x in rated.items()})
            for by, d in (("r1", 0.0), ("r2", 0.1))
        )
        evidence.append(
            Evidence(
                id=f"e{i:04}", statement=f"statement {i}", kind=Kind.TECHNICAL, variable=f"v{i % 3}", ratings=ratings,
                origin=f"origin {i % n_origins}", grade=Grade(source="B", item=2),
                public_from=f"2020-{1 + i % 12:02}-{1 + i % 28:02}",
            )
        )  # fmt: skip
    return variables, propositions, evidence


def speed() -> dict[str, Any]:
    """Wall and processor seconds: posterior with 10,000 draws, and the whole document with all sensitivity."""
    variables, propositions, evidence = big_case()
    small = Settings(draws=100)
    weigh(variables, propositions, (), evidence[:30], None, small, through_time=False)  # compiles the kernel
    settings = Settings()
    clock = [(time.perf_counter(), time.process_time())]
    worlds = Worlds.of(tuple(variables), settings.max_worlds)
    state = State.of(worlds, known_items(evidence, worlds, (), settings, None), settings, propositions)
    state.probabilities()
    state.drawn(settings.draws)
    clock.append((time.perf_counter(), time.process_time()))
    weigh(variables, propositions, (), evidence, None, settings, through_time=False)
    clock.append((time.perf_counter(), time.process_time()))
    (w0, c0), (w1, c1), (w2, c2) = clock
    return {
        "items": len(evidence), "worlds": len(worlds), "draws": settings.draws,
        "posterior_with_draws_s": round(w1 - w0, 3), "posterior_with_draws_cpu_s": round(c1 - c0, 3),
        "whole_document_s": round(w2 - w1, 3), "whole_document_cpu_s": round(c2 - c1, 3),
        "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "python": platform.python_version(), "numpy": np.__version__,
    }  # fmt: skip


def write_readers(parquet: Path) -> None:
    """Derive the shipped table of readers from CAPphrase."""
    counts = recomputed(parquet)
    (n,) = {c[-1] for c in counts.values()}
    head = {
        "source": "Derived from CAPphrase (A. J. Kucharski 2026), doi:10.5281/zenodo.18750055, "
        "github.com/adamkucharski/CAPphrase commit f12d355, licence CC BY 4.0",
        "what": "below[phrase][k] = number of readers whose answer was below k percent, k = 0 to 101",
        "command": "python benchmarks/judgement.py --readers PARQUET",
        "n": n,
    }
    lines = [f" {json.dumps(k)}: {json.dumps(v)}" for k, v in head.items()]
    rows = ",\n".join(f"  {json.dumps(k)}: {json.dumps(v)}" for k, v in counts.items())
    READERS.write_text("{\n" + ",\n".join([*lines, f' "below": {{\n{rows}\n }}']) + "\n}\n", encoding="utf-8")
    print(f"{READERS}: {len(counts)} phrases, {n} readers")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=HERE.parent.parent / "shared" / "data")
    parser.add_argument("--out", type=Path, default=HERE / "results")
    parser.add_argument("-n", type=int, default=1000, help="simulated investigations per world")
    parser.add_argument("--speed", action="store_true", help="only the clock")
    parser.add_argument("--readers", type=Path, help="capphrase_absolute_judgements.parquet")
    args = parser.parse_args()
    if args.readers:
        write_readers(args.readers)
        return
    clock = speed()
    print(json.dumps(clock, indent=1))
    if args.speed:
        return
    sheet = evaluate(args.data, None, n=args.n)
    print(sheet.markdown())
    args.out.mkdir(parents=True, exist_ok=True)
    told = sheet.model_dump() | {"speed": clock}
    (args.out / "judgement.json").write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
