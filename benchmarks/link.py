"""Links between campaigns: how good (on labelled data) and how fast (indicators of any number).

    python benchmarks/link.py                              # quality and speed
    python benchmarks/link.py --speed --observed 1000000 --known 100000
    python benchmarks/link.py --ship                       # also rewrite the counts that ship with the package

Writes benchmarks/results/link.json; the figures of docs/explanation/campaigns.md come from there.
"""

from __future__ import annotations

import argparse
import json
import platform
import random
import resource
import shutil
import time
from pathlib import Path
from typing import Any

import pyarrow as pa

from unfog.campaigns import KINDS, Entry, Klass, Observed, Trait, TraitKind, compare, indicators, link
from unfog.campaigns.counts import Background
from unfog.engine import DuckEngine
from unfog.evaluate.link import evaluate
from unfog.text import refang

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results" / "link.json"
ROOM = HERE.parent / "src" / "unfog" / "campaigns"


def speed(observed: int, known: int, threads: int | None) -> dict[str, Any]:
    """Join observed indicators (half of them defanged addresses with tracking parameters) with known ones."""
    catalogue = pa.table(
        {
            "kind": ["domain-name"] * known,
            "value": [f"bad{i}[.]example{i % 50}.com" for i in range(known)],
            "ref": [f"campaign-{i % 100}" for i in range(known)],
        }
    )
    seen = pa.table(
        {
            "kind": ["url" if i % 2 else "domain-name" for i in range(observed)],
            "value": [
                f"hxxps://www[.]sub.bad{i}.example{i % 50}.com/news/{i}?utm_source=x" if i % 2 else f"other{i}.org"
                for i in range(observed)
            ],
            "ref": [str(i) for i in range(observed)],
        }
    )
    with DuckEngine(memory="2GB", threads=threads) as engine:
        begun = time.perf_counter()
        keys = indicators.known_table(engine, catalogue)
        prepared = time.perf_counter() - begun
        plain = dictionary(catalogue, seen)
        begun, worked = time.perf_counter(), time.process_time()
        engine.put("observed_indicators", seen)
        indicators.match(engine, "observed_indicators")
        joined, worked = time.perf_counter() - begun, time.process_time() - worked
        hits = engine.scalar(f"SELECT count(*) FROM {indicators.MATCHES}")
    assert hits == min(known, observed) // 2, f"expected {min(known, observed) // 2} matches, got {hits}"
    return {
        "observed": observed,
        "known_keys": keys,
        "matches": hits,
        "prepare_s": round(prepared, 2),
        "match_s": round(joined, 2),
        "match_cpu_s": round(worked, 2),
        "dictionary": plain,
        "cpu_ratio_to_dictionary": round(worked / plain["cpu_s"], 2),
        "peak_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def wide(entries: int) -> dict[str, Any]:
    """Compare one set with a tenth of the entries and with all: the time should grow tenfold, not a hundredfold."""
    kinds = [k for k in KINDS.values() if k.vocabulary]
    rng = random.Random(7)

    def word(kind: TraitKind) -> tuple[str, ...]:
        return (rng.choice(sorted(kind.vocabulary)),)

    made = [
        Entry(
            id=f"made-{i}",
            name=f"Made {i}",
            klass=Klass.COVERT,
            known_from="2018-01-01",
            traits=tuple(Trait(kind=k.id, value=word(k), public_from="2018-01-01") for k in kinds),
        )
        for i in range(entries)
    ]
    seen = {k.id: Observed(k.id, frozenset(word(k)), "made up", "log", 3) for k in kinds}
    cpu = {}
    for n in (entries // 10, entries):
        begun = time.process_time()
        ground = Background(made[:n], "2021-01-01")
        links = [link(e, compare(e, ground, seen, act="2019-01-01", known="2021-01-01")) for e in made[:n]]
        cpu[n] = round(time.process_time() - begun, 2)
    return {
        "entries": list(cpu),
        "cpu_s": list(cpu.values()),
        "traits_each": len(kinds),
        "strongest_trait": round(10 ** max(p.log10_lr.value for x in links for p in x.parts), 1),
        "linked": sum(x.verdict == "linked" for x in links),
    }


def dictionary(catalogue: pa.Table, seen: pa.Table) -> dict[str, Any]:
    """The same join as plain Python would do it: refang, cut the host, look it and its parents up in a dictionary."""
    worked = time.process_time()
    known = {
        refang(v).removeprefix("www."): r
        for v, r in zip(catalogue["value"].to_pylist(), catalogue["ref"].to_pylist(), strict=True)
    }
    hits = set()
    for value in seen["value"].to_pylist():
        host = refang(value).split("://")[-1].split("/")[0].split(":")[0].lower().removeprefix("www.")
        while host.count("."):
            if host in known:
                hits.add(host)
            host = host.partition(".")[2]
    return {"cpu_s": round(time.process_time() - worked, 2), "matches": len(hits)}


def ship(counts: dict[str, Any]) -> None:
    """Rewrite the counts that ship with the package; everything else of those files stays."""
    for name, key in (
        ("indicator_counts", "indicators"),
        ("disarm_overlap", "techniques"),
        ("outside_counts", "outside"),
    ):
        path = ROOM / f"{name}.json"
        document = {**json.loads(path.read_text(encoding="utf-8")), **counts[key]}
        path.write_text(json.dumps(document, indent=1 if key == "indicators" else None) + "\n", encoding="utf-8")
    path = ROOM / "site_counts.json"
    document = {**json.loads(path.read_text(encoding="utf-8")), "kinds": counts["sites"]}
    path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=HERE.parent.parent / "shared" / "data")
    parser.add_argument("--speed", action="store_true", help="speed only")
    parser.add_argument("--observed", type=int, default=1_000_000)
    parser.add_argument("--known", type=int, default=100_000)
    parser.add_argument("--entries", type=int, default=10_000, help="entries of a made-up catalogue")
    parser.add_argument("--threads", type=int, default=None)
    parser.add_argument("--ship", action="store_true", help="rewrite the counts in src/unfog/campaigns")
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    kept: dict[str, Any] = json.loads(options.out.read_text(encoding="utf-8")) if options.out.is_file() else {}
    kept["machine"] = {"python": platform.python_version(), "system": platform.system()}
    kept["speed"] = speed(options.observed, options.known, options.threads)
    kept["catalogue"] = wide(options.entries)
    print(json.dumps({k: kept[k] for k in ("speed", "catalogue")}, indent=1))
    if not options.speed:
        folder = options.out.parent / "link"
        sheet = evaluate(options.data, folder)
        print(sheet.markdown())
        kept["quality"] = {
            "measures": [m.model_dump() for m in sheet.measures],
            "notes": sheet.notes,
            "codings": sheet.tables["f_codings"],
            "readings": sheet.tables["g_readings"],
        }
        if options.ship:
            ship(json.loads((folder / "counts.json").read_text(encoding="utf-8")))
        shutil.rmtree(folder)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
