"""``unfog ingest`` of every file of the shared data that holds posts, tweets, ads, messages, documents or articles.

Each file is read by the verb itself, in its own process, as ``benchmarks/folders.toml`` tells. Beside it stand the rows
that another library counts in the file (pyarrow, csv, json), what became of them, and every count that the folder's
PROVENANCE.md states, looked up there word for word and counted again in the tables that were written.
Exit 1 where a row is lost, or a stated count is not reproduced.

python benchmarks/folders.py --data ../shared/data --work /tmp/folders
"""

from __future__ import annotations

import argparse
import bz2
import csv
import io
import json
import re
import subprocess
import sys
import tempfile
import time
import tomllib
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from unfog.engine import DuckEngine

HERE = Path(__file__).resolve().parent
RESULT = HERE / "results" / "folders.json"


def counted(path: Path) -> int:
    """Records of a file as another library counts them: a person with a list of posts, and each post."""
    if path.suffix == ".parquet":
        return int(pq.read_metadata(path).num_rows)
    if path.suffix == ".json":
        people = json.loads(path.read_bytes())
        return sum(1 + len(p.get("submissions", [])) + len(p.get("comments", [])) for p in people)
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as box:
            raw = box.read(box.namelist()[0])
    else:
        raw = bz2.decompress(path.read_bytes()) if path.suffix == ".bz2" else path.read_bytes()
    csv.field_size_limit(1 << 30)
    text = io.StringIO(raw.decode("utf-8"), newline="")
    return sum(1 for row in csv.reader(text, delimiter="\t" if ".tsv" in path.name else ",") if row) - 1


def toml(value: Any) -> str:
    """A value of a map as TOML."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{k} = {toml(v)}" for k, v in value.items()) + " }"
    return json.dumps(value, ensure_ascii=False)


def read(told: dict[str, Any], data: Path, folder: Path) -> dict[str, Any]:
    """Run the verb over the files of one entry and count what it wrote."""
    out = folder / "tables"
    paths = [data / p for p in told["paths"]]
    command = [sys.executable, "-m", "unfog.cli", "ingest", *map(str, paths), "--out", str(out), "--json"]
    if "map" in told:
        (folder / "map.toml").write_text("".join(f"{k} = {toml(v)}\n" for k, v in told["map"].items()), "utf-8")
        command += ["--map", str(folder / "map.toml")]
    if "platform" in told:
        command += ["--platform", told["platform"]]
    begun = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, cwd=data)
    if done.returncode:
        raise SystemExit(f"{told['paths']}: {done.stderr[-2000:]}")
    sources = json.loads(done.stdout)["sources"]
    total = Counter[str]()
    for s in sources:
        total.update({k: s[k] for k in ("rows_read", "rows_kept", "rows_duplicate", "rows_rejected")})
    row = {
        "files": told["paths"], "format": sources[0]["format"], "rows_in_file": sum(map(counted, paths)), **total,
        "seconds": round(time.monotonic() - begun, 1), "told": told.get("told", ""),
    }  # fmt: skip
    with DuckEngine(memory="1GB", threads=1) as engine:
        for path in sorted(out.glob("*.parquet")):
            engine.read_parquet(path.stem, [path])
        row["reasons"] = {
            r["reason"]: r["n"] for r in engine.rows("SELECT reason, count(*) AS n FROM rejects GROUP BY 1 ORDER BY 1")
        }
        provenance = (paths[0].parents[len(Path(told["paths"][0]).parts) - 2] / "PROVENANCE.md").read_text("utf-8")
        row["stated"] = []
        for phrase, sql in told.get("stated", {}).items():
            number = int(re.findall(r"\d[\d,]*", phrase)[0].replace(",", ""))
            row["stated"].append(
                {
                    "phrase": phrase,
                    "stands_there": phrase in provenance,
                    "stated": number,
                    "found": int(engine.scalar(sql)),
                }
            )
    adds = row["rows_read"] == row["rows_kept"] + row["rows_duplicate"] + row["rows_rejected"]
    row["ok"] = (
        adds
        and row["rows_read"] == row["rows_in_file"]
        and all(s["stands_there"] and s["stated"] == s["found"] for s in row["stated"])
    )
    return row


def table(rows: list[dict[str, Any]]) -> str:
    """The rows as Markdown."""
    out = [
        "| file | format | rows in file | read | kept | duplicate | rejected, why | stated in PROVENANCE: found |",
        "|---|---|--:|--:|--:|--:|---|---|",
    ]
    for r in rows:
        name = " + ".join(re.sub(r"^(\d\d)_[^/]*/(?:.*/)?", r"\1 ", f) for f in r["files"])
        why = "; ".join(f"{n:,} {reason}" for reason, n in r["reasons"].items())
        stated = "; ".join(f"{s['phrase']}: {s['found']:,}" for s in r["stated"])
        cells = [
            name + (f" ({r['told']})" if r["told"] else ""), r["format"],
            *(f"{r[k]:,}" for k in ("rows_in_file", "rows_read", "rows_kept", "rows_duplicate")),
            f"{r['rows_rejected']:,}" + (f": {why}" if why else ""), stated + ("" if r["ok"] else " **differs**"),
        ]  # fmt: skip
        out.append("| " + " | ".join(c.replace("|", "\\|") for c in cells) + " |")
    return "\n".join(out)


PAGE = """# What is read of the shared data

Made by `python benchmarks/folders.py --data ../shared/data --markdown`: `unfog ingest` of every file there that holds
posts, tweets, ads, messages, documents or articles. *Rows in file* is counted by another library. *Stated* is what the
folder's PROVENANCE.md says, word for word, and what the written tables give. Folders 09 and 13 hold no such file.

"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="Folder of the shared data")
    parser.add_argument("--only", default="", help="Only files whose path holds this")
    parser.add_argument("--work", type=Path, help="Folder that keeps finished rows, so that a stopped run goes on")
    parser.add_argument(
        "--markdown", action="store_true", help="Print the table as Markdown, and write its page of the docs"
    )
    args = parser.parse_args()
    data, rows = args.data.resolve(), []
    for at, told in enumerate(tomllib.loads((HERE / "folders.toml").read_text("utf-8"))["file"]):
        if not any(args.only in p for p in told["paths"]):
            continue
        kept = args.work / f"{at}.json" if args.work else None
        if kept is not None and kept.is_file() and json.loads(kept.read_text("utf-8"))["entry"] == told:
            rows.append(json.loads(kept.read_text("utf-8"))["row"])
            continue
        with tempfile.TemporaryDirectory(prefix="unfog-folders-") as folder:
            rows.append(read(told, data, Path(folder)))
        print(f"{'ok' if rows[-1]['ok'] else 'DIFFERS'} {told['paths'][0]} {rows[-1]['rows_read']:,}", file=sys.stderr)
        if kept is not None:
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_text(json.dumps({"entry": told, "row": rows[-1]}, ensure_ascii=False), "utf-8")
    wrong = [r["files"] for r in rows if not r["ok"]]
    total = {k: sum(r[k] for r in rows) for k in ("rows_read", "rows_kept", "rows_duplicate", "rows_rejected")}
    result = {
        "entries": len(rows), "counts_stated": sum(len(r["stated"]) for r in rows), **total, "differ": wrong,
        "files": rows,
    }  # fmt: skip
    if not args.only:
        RESULT.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", "utf-8")
    if args.markdown:
        (HERE.parent / "docs" / "reference" / "datasets.md").write_text(PAGE + table(rows) + "\n", "utf-8")
    print(table(rows) if args.markdown else json.dumps({k: v for k, v in result.items() if k != "files"}, indent=1))
    for r in rows:
        if not r["ok"]:
            print(json.dumps(r, ensure_ascii=False, indent=1), file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
