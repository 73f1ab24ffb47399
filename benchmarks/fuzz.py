"""Fuzz every reader: any bytes must give rows or rejects, or one clear refusal of the whole file; never a crash.

Samples of every format are mutated (bits, cuts, repeats, splices, hostile fragments) and read, half of them with the
format detected and half with a format named. A crash is any exception that is not a ``DataError`` or ``UsageError``,
or an account of rows that does not add up. Every 25 files are merged as one case. The crash list is written to
``benchmarks/results/fuzz.json``; with ``--go-on`` to what stands there, so that ten minutes can be taken in portions.

Run: ``python benchmarks/fuzz.py --seconds 600``
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path
from typing import Any

from unfog.engine import DuckEngine
from unfog.errors import DataError, UsageError
from unfog.ingest import READERS, FileSpec, Limits, ingest
from unfog.ingest.files import open_source
from unfog.ingest.forget import Veil
from unfog.ingest.macros import define_macros
from unfog.ingest.run import PARTS, read_one

HERE = Path(__file__).resolve().parent
SAMPLES = HERE.parent / "tests" / "data" / "ingest"
BATCH = 25
TIGHT = Limits(line_bytes=1 << 20, json_document_bytes=1 << 22, document_bytes=1 << 22, json_depth=200)
NASTY = [
    b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b'"', b"'", b"\\", b"\\u0000", b"\\ud800", b"{", b"}", b"[" * 500, b"]",
    b'{"a":' * 300, b"null", b"NaN", b"1e999", b"-1", b"9" * 400, b"99999999999999999999", b"0", b"\r", b"\n\n", b"\r\n", b",", b";", b"\t",
    b"=cmd|' /C calc'!A0", b"'; DROP TABLE posts; --", b"<!ENTITY a '&a;'>", b"<script>", b"\xe2\x80\xae", b"../../../etc/passwd",
    b"\r\r\r", b"\"\n\"", b"\\u0000\\u0000", b"Okt 21, 2019", b"21.10.2019 08:50", b"\x00a\x00b\x00c\x00d", b"PAR1",
    b"$.x", b"%s%n", b"{0}", b"2019-13-45T99:99:99Z", b"31/02/2019 25:61", b"-62135596800", b"253402300800000000", b"t3_", b"\xf0\x9f\x98\x80",
]  # fmt: skip


def mutated(data: bytes, others: list[bytes], rng: random.Random) -> bytes:
    """A few random changes to some bytes."""
    out = bytearray(data)
    for _ in range(rng.randint(1, 6)):
        at = rng.randrange(len(out) + 1)
        match rng.randrange(8):
            case 0 if out:
                out[at % len(out)] ^= 1 << rng.randrange(8)
            case 1:
                out[at:at] = rng.choice(NASTY)
            case 2:
                del out[at : at + rng.randint(1, 40)]
            case 3:
                out[at:at] = out[at : at + rng.randint(1, 200)] * rng.randint(1, 5)
            case 4:
                del out[at:]
            case 5:
                other = rng.choice(others)
                cut = rng.randrange(len(other) + 1)
                out[at:at] = other[cut : cut + rng.randint(1, 300)]
            case 6:
                out[at : at + 4] = rng.randbytes(4)
            case _:
                out[at : at + rng.randint(0, 12)] = rng.choice(NASTY)
        del out[400_000:]
    return bytes(out)


class Batch:
    """Some fuzzed files of one case: each is read by itself, then those that were read are merged as ``ingest`` does."""

    def __init__(self, engine: DuckEngine, folder: Path) -> None:
        self.engine, self.folder, self.parts = engine, folder, folder / "out" / PARTS
        self.read: list[FileSpec] = []
        self.parts.mkdir(parents=True)
        define_macros(engine)

    def tried(self, data: bytes, name: str, format_: str | None) -> str:
        """Read some bytes once; returns what came of it, or raises what should never be raised."""
        path = self.folder / name
        path.write_bytes(data)
        spec = FileSpec(path=path, format=format_, platform="any", limits=TIGHT)
        try:
            source = open_source(path, self.folder, TIGHT)
            done, _ = read_one(self.engine, spec, source, self.parts, self.folder, Veil())
        except (DataError, UsageError) as why:
            return type(why).__name__
        if done.part.rows_rejected > done.part.rows_read:
            raise AssertionError(f"more rejected than read: {done.part}")
        self.read.append(spec)
        return "read"

    def merged(self) -> None:
        """Merge what was read; the parts are found again, and every account of rows adds up."""
        result = ingest(self.read, self.engine, self.folder / "out", root=self.folder)
        if result.read_anew:
            raise AssertionError(f"{result.read_anew} parts were not found again")
        for s in result.sources:
            if s.rows_read != s.rows_kept + s.rows_duplicate + s.rows_rejected:
                raise AssertionError(f"rows do not add up: {s}")
        if result.rows["rejects"] < result.rows_rejected:
            raise AssertionError("a reject is missing")


class Crashes:
    """The crash list, with the bytes beside the result."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.told: list[dict[str, str]] = []

    def add(self, where: str, format_: str | None, number: int, data: dict[str, bytes]) -> None:
        """Keep the exception at hand and the files that led to it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for name, raw in data.items():
            (self.folder / f"{number}-{name}").write_bytes(raw)
        why = traceback.format_exc().strip().splitlines()[-1]
        self.told.append({"where": where, "format": format_ or "", "round": str(number), "why": why[:500]})
        print(f"CRASH {where} {format_}: {why[:300]}", file=sys.stderr, flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--go-on", action="store_true", help="Add to the result that stands there; needs another seed")
    parser.add_argument("--out", type=Path, default=HERE / "results" / "fuzz.json")
    args = parser.parse_args()
    rng = random.Random(args.seed)
    samples = {p.name: p.read_bytes() for p in sorted(SAMPLES.iterdir()) if not p.name.endswith(".toml")}
    outcomes: Counter[str] = Counter()
    by_format: Counter[str] = Counter()
    others, merges = list(samples.values()), 0
    crashes = Crashes(args.out.parent / "crashes")
    started, rounds = time.monotonic(), 0
    engine = DuckEngine(memory="400MB", threads=1)
    while time.monotonic() - started < args.seconds:
        with tempfile.TemporaryDirectory(prefix="unfog-fuzz-") as folder:
            batch = Batch(engine, Path(folder))
            for _ in range(BATCH):
                sample = rng.choice(list(samples))
                random_bytes = rng.random() <= 0.03
                data = rng.randbytes(rng.randrange(2000)) if random_bytes else mutated(samples[sample], others, rng)
                format_ = rng.choice([None, None, *READERS]) if rng.random() < 0.75 else None
                rounds += 1
                by_format[format_ or "detected"] += 1
                name = f"{rounds}-{sample}"
                try:
                    outcomes[batch.tried(data, name, format_)] += 1
                except Exception:
                    crashes.add(sample, format_, rounds, {sample: data})
                    engine.close()
                    engine = batch.engine = DuckEngine(memory="400MB", threads=1)
                    define_macros(engine)
            try:
                batch.merged()
                merges += 1
            except Exception:
                crashes.add("merge", None, rounds, {s.path.name: s.path.read_bytes() for s in batch.read})
                engine.close()
                engine = DuckEngine(memory="400MB", threads=1)
    before: dict[str, Any] = json.loads(args.out.read_text(encoding="utf-8")) if args.go_on else {}
    if args.seed in before.get("seeds", []):
        raise SystemExit(f"seed {args.seed} was used before; take another with --seed")
    document = {
        "seconds": round(before.get("seconds", 0) + time.monotonic() - started, 1),
        "cpu_s": round(before.get("cpu_s", 0) + time.process_time(), 1),
        "seeds": [*before.get("seeds", []), args.seed],
        "files_read": before.get("files_read", 0) + rounds,
        "merges": before.get("merges", 0) + merges,
        "outcomes": dict(sorted((outcomes + Counter(before.get("outcomes", {}))).items())),
        "by_format": dict(sorted((by_format + Counter(before.get("by_format", {}))).items())),
        "crashes": [*before.get("crashes", []), *crashes.told],
    }
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(json.dumps({k: v for k, v in document.items() if k != "by_format"}, ensure_ascii=False)[:3000])
    return 1 if document["crashes"] else 0


if __name__ == "__main__":
    raise SystemExit(main())
