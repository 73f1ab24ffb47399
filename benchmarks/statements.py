"""Statements: figures of the taggers on the test months, and speed of the whole pipeline in articles an hour.

Speed is measured on PolNeAR articles cut or joined to about 750 words, through zones, tagger, linker, speakers,
certainty and figures, with as many processes as asked for.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import re
import time
from pathlib import Path
from typing import Any

from unfog.evaluate import statements as measuring
from unfog.statements.training import corpus

WORDS = 750
TAGGERS = ("rules", "crf", "neural")
PRINTED = ("docs/explanation/statements.md", "models/statements-crf.md", "models/statements-neural/README.md")
TABLED = (
    "content overlap F", "content token F", "attribution F (content IoU from .5)", "attribution F with right source",
    "direct quotations found", "mixed contents found", "indirect contents found", "statement verbs: contents found",
    "statement verbs: precision",
)  # fmt: skip


def texts(data: Path, articles: int) -> list[str]:
    """Texts of about 750 words, whole paragraphs, from the training months."""
    out: list[str] = []
    words, parts = 0, []
    for article in corpus.read(data, before="2016-06"):
        for paragraph in article.tokens.text.split("\n"):
            if not paragraph.strip():
                continue
            parts.append(paragraph)
            words += len(paragraph.split())
            if words >= WORDS:
                out.append("\n\n".join(parts))
                words, parts = 0, []
                if len(out) == articles:
                    return out
    return out


def one(job: tuple[str, str]) -> tuple[int, float]:
    from datetime import date

    from unfog.statements.extraction import extract

    begun = time.process_time()
    found = extract(job[0], published=date(2016, 1, 1), tagger_name=job[1])  # type: ignore[arg-type]
    return len(found.statements), time.process_time() - begun


def speed(data: Path, name: str, articles: int, processes: int) -> dict[str, float]:
    jobs = [(t, name) for t in texts(data, articles)]
    os.environ["OMP_NUM_THREADS"] = "1"
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        pool.map(one, jobs[: 2 * processes], chunksize=1)  # load the weights
        begun = time.perf_counter()
        done = pool.map(one, jobs, chunksize=4)
        spent = time.perf_counter() - begun
    statements, computing = sum(n for n, _ in done), sum(t for _, t in done)
    words = sum(len(t.split()) for t, _ in jobs)
    return {
        "articles": len(jobs),
        "words": words,
        "statements": statements,
        "processes": processes,
        "seconds": round(spent, 2),
        "articles_of_750_words_an_hour": round(words / WORDS / spent * 3600),
        "words_a_second": round(words / spent),
        "cpu_seconds": round(computing, 2),
        "articles_an_hour_if_each_process_had_a_core": round(words / WORDS / computing * 3600 * processes),
        "load_average": round(os.getloadavg()[0], 2),
    }


def table(result: dict[str, Any]) -> str:
    """The figures of all taggers side by side, as it stands in the explanation and the model cards."""
    sheets = {n: {f["name"].partition(": ")[2]: f for f in result[f"evaluation.{n}"]["measures"]} for n in TAGGERS}
    lines = ["| measure | rules | CRF | neural | floor CRF / neural | human |", "|---|---|---|---|---|---|"]
    for name in TABLED:
        crf, neural = sheets["crf"][name], sheets["neural"][name]
        floors = " / ".join(f["target"].removeprefix(">= ") or "–" for f in (crf, neural))
        human = crf["note"].removeprefix("human ") or "–"
        cells = [f"{f['value']:.3f} ({f['low']:.3f}–{f['high']:.3f})" for f in (crf, neural)]
        lines.append(
            f"| {name} | {sheets['rules'][name]['value']:.3f} | {cells[0]} | {cells[1]} | {floors} | {human} |"
        )
    return "\n".join(lines)


def write_tables(result: dict[str, Any]) -> None:
    """Put the table in place of the one before it, wherever it is printed."""
    for place in PRINTED:
        path = Path(place)
        text = path.read_text(encoding="utf-8")
        path.write_text(re.sub(r"\| measure \|(?:.*\|\n)+", lambda _: table(result) + "\n", text), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--articles", type=int, default=200)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--tagger", action="append", choices=TAGGERS)
    parser.add_argument("--no-figures", action="store_true", help="speed only")
    parser.add_argument("--no-speed", action="store_true", help="figures only")
    parser.add_argument(
        "--tables", action="store_true", help="put the figures into the explanation and the model cards"
    )
    parser.add_argument("--out", type=Path, default=Path("benchmarks/results/statements.json"))
    args = parser.parse_args()
    result: dict[str, Any] = json.loads(args.out.read_text()) if args.out.is_file() else {}
    if not args.no_figures:
        for name in args.tagger or TAGGERS:
            sheet = measuring.evaluate(args.data, taggers=[name])
            print(sheet.markdown())
            result[f"evaluation.{name}"] = sheet.model_dump()
    rates = dict(result.get("speed", {}))
    for name in (args.tagger or ["crf"]) if not args.no_speed else []:
        rates[name] = speed(
            args.data, name, args.articles if name != "neural" else min(args.articles, 40), args.processes
        )
        print(name, json.dumps(rates[name]))
    result["speed"] = rates
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    if args.tables:
        write_tables(result)


if __name__ == "__main__":
    main()
