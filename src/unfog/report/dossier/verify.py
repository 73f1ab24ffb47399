#!/usr/bin/env python3
"""Check a dossier with the Python standard library alone: ``python3 verify.py BAG [--root HASH] [--json]``.

Recomputed, offline: every file's hash and that no file is missing or added; the chain of the custody log; that each
sentence of the page is a finding's and every figure in ``claims.json`` is that finding's; quotation spans; row counts
and column sums of the tables; and the central probability of every proposition, from the items and priors in
``judgement.json``.

What this proves: nothing was changed since the root hash was published, and the sums come out. It cannot prove that the
folder was not made anew as a whole: for that, compare the root hash with one that was published outside of it.
"""

from __future__ import annotations

import argparse
import hashlib
import html
import json
import math
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

MAX_FILE = 4 << 30
MAX_JSON = 1 << 30
TAG_FILES = ("bag-info.txt", "bagit.txt", "manifest-sha256.txt")
FREE_FILES = ("SIGNATURE.json",)
BAGIT = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
_LINE = re.compile(r"([0-9a-f]{64})  ([^\r\n\x00]+)")
TOLERANCE = 1e-9


class Bad(Exception):
    """Something does not hold; the message names it."""


# -- strict reading


def read_text(path: Path, limit: int = MAX_JSON) -> str:
    """UTF-8 text of bounded size without carriage returns."""
    if path.stat().st_size > limit:
        raise Bad(f"{path.name}: larger than {limit} bytes")
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as why:
        raise Bad(f"{path.name}: not UTF-8 at byte {why.start}") from None
    if "\r" in text:
        raise Bad(f"{path.name}: has carriage returns")
    return text


def _no_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    out = dict(pairs)
    if len(out) != len(pairs):
        raise Bad("a JSON object has the same key twice")
    return out


def _no_constant(name: str) -> Any:
    raise Bad(f"JSON holds {name}")


def parse(text: str, name: str) -> Any:
    """Strict JSON: no repeated keys, no NaN."""
    try:
        return json.loads(text, object_pairs_hook=_no_twice, parse_constant=_no_constant)
    except Bad as why:
        raise Bad(f"{name}: {why}") from None
    except (ValueError, RecursionError) as why:
        raise Bad(f"{name}: not JSON ({why})") from None


def sha256_file(path: Path) -> str:
    """SHA-256 of a file, read in pieces."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()


def manifest(path: Path) -> dict[str, str]:
    """A BagIt manifest: path -> hash, sorted, unique, plain relative paths only."""
    out: dict[str, str] = {}
    text = read_text(path)
    if text and not text.endswith("\n"):
        raise Bad(f"{path.name}: does not end with a line end")
    for number, line in enumerate(text.splitlines(), 1):
        match = _LINE.fullmatch(line)
        if not match:
            raise Bad(f"{path.name}: line {number} is not 'hash  path'")
        name = match[2]
        if name.startswith("/") or "\\" in name or any(p in {"", ".", ".."} for p in name.split("/")):
            raise Bad(f"{path.name}: line {number} names a path that leads elsewhere: {name!r}")
        if name in out:
            raise Bad(f"{path.name}: {name} is listed twice")
        out[name] = match[1]
    if list(out) != sorted(out):
        raise Bad(f"{path.name}: lines are not sorted")
    return out


def files_of(bag: Path) -> Iterator[str]:
    """Relative paths of everything in the bag; links and special files are refused."""
    for folder, folders, names in os.walk(bag):
        for name in (*folders, *names):
            path = Path(folder) / name
            if path.is_symlink() or not (path.is_file() or path.is_dir()):
                raise Bad(f"{path.relative_to(bag).as_posix()}: links and special files have no place in a dossier")
        for name in names:
            yield (Path(folder) / name).relative_to(bag).as_posix()


# -- the checks


def root_hash(bag: Path) -> str:
    """The one hash that stands for the whole: SHA-256 of ``tagmanifest-sha256.txt``."""
    return sha256_file(bag / "tagmanifest-sha256.txt")


def check_files(bag: Path) -> Iterator[str]:
    """Hashes, missing files, added files, the fixed tag files."""
    found = set(files_of(bag))
    for name in ("tagmanifest-sha256.txt", *TAG_FILES):
        if name not in found:
            raise Bad(f"{name}: missing; this is not a dossier")
    if read_text(bag / "bagit.txt") != BAGIT:
        yield "bagit.txt: is not the two lines of BagIt 1.0"
    tags, payload = manifest(bag / "tagmanifest-sha256.txt"), manifest(bag / "manifest-sha256.txt")
    if tuple(tags) != TAG_FILES:
        yield f"tagmanifest-sha256.txt: lists {', '.join(tags)} instead of {', '.join(TAG_FILES)}"
    listed = {**tags, **payload}
    size = 0
    for name, wanted in listed.items():
        if name not in found:
            yield f"{name}: missing"
            continue
        path = bag / name
        if path.stat().st_size > MAX_FILE:
            yield f"{name}: larger than {MAX_FILE} bytes"
        elif sha256_file(path) != wanted:
            yield f"{name}: changed since it was sealed"
        if name in payload:
            size += path.stat().st_size
            if not name.startswith("data/"):
                yield f"{name}: payload outside of data/"
    for name in sorted(found - set(listed) - {"tagmanifest-sha256.txt", *FREE_FILES}):
        yield f"{name}: was added after sealing"
    oxum = f"Payload-Oxum: {size}.{len(payload)}"
    if oxum not in read_text(bag / "bag-info.txt").splitlines():
        yield f"bag-info.txt: does not say {oxum!r}"


def check_custody(data: Path) -> Iterator[str]:
    """Every entry of the custody log names the hash of the one before it, and every sealed file has its entry."""
    lines = read_text(data / "custody.jsonl").splitlines()
    before = "0" * 64
    sealed: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        entry = parse(line, f"custody.jsonl line {number}")
        if entry.get("seq") != number:
            yield f"custody.jsonl: entry {number} has number {entry.get('seq')}"
        if entry.get("previous") != before:
            yield f"custody.jsonl: entry {number} does not follow entry {number - 1}"
        before = hashlib.sha256(line.encode()).hexdigest()
        if entry.get("event") == "sealed":
            sealed[str(entry["path"])] = str(entry["sha256"])
    for name in files_of(data):
        if name != "custody.jsonl" and sealed.get(name) != sha256_file(data / name):
            yield f"custody.jsonl: has no entry for data/{name} as it is"
    for name in sealed:
        if not (data / name).is_file():
            yield f"custody.jsonl: data/{name} was sealed and is not there"


def plain_words(page: str) -> str:
    """The words of the page without tags, with single spaces."""
    page = re.sub(r"<(style|title)\b.*?</\1>", " ", page, flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page)).split())


def _same(a: object, b: object) -> bool:
    if (
        isinstance(a, int | float)
        and isinstance(b, int | float)
        and not isinstance(a, bool)
        and not isinstance(b, bool)
    ):
        return math.isclose(a, b, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    return a == b


def check_claims(data: Path) -> Iterator[str]:
    """Sentence -> finding -> figures -> evidence -> rows -> span: every arrow arrives."""
    findings = {f["id"]: f for f in parse(read_text(data / "findings.json"), "findings.json")["findings"]}
    claims = parse(read_text(data / "claims.json"), "claims.json")
    known = {e["id"] for e in parse(read_text(data / "evidence.json"), "evidence.json")["evidence"]}
    words = plain_words(read_text(data / "index.html"))
    told = set()
    for claim in claims["claims"]:
        name = claim["finding"]
        told.add(name)
        f = findings.get(name)
        if f is None:
            yield f"claims.json: {name} is not in findings.json"
            continue
        if claim["sentence"] != f["sentence"]:
            yield f"claims.json: the sentence of {name} is not the finding's"
        if claim["shown"] not in words:
            yield f"index.html: does not say the sentence of {name}"
        if len(claim["figures"]) != len(f["figures"]):
            yield f"claims.json: {name} has other figures than the finding"
        for mine, theirs in zip(claim["figures"], f["figures"], strict=False):
            if mine["name"] != theirs["name"] or not all(
                _same(mine[k], theirs["value"][k]) for k in ("value", "low", "high")
            ):
                yield f"claims.json: figure {mine['name']} of {name} is not the finding's"
        if claim["evidence"] != f["evidence"]:
            yield f"claims.json: {name} names other evidence than the finding"
        for item in claim["evidence"]:
            if item not in known:
                yield f"claims.json: evidence {item} of {name} is not in evidence.json"
    for name in sorted(set(findings) - told):
        yield f"claims.json: has no claim for {name}"
    yield from check_spans(data, claims.get("spans", []))


def check_spans(data: Path, spans: list[dict[str, Any]]) -> Iterator[str]:
    """Every quotation is, to the letter, what stands at its span of the stored text (code points, half open)."""
    texts: dict[str, str] = {}
    for span in spans:
        name = f"texts/{span['text_sha256']}.txt"
        if not (data / name).is_file():
            if not span.get("withheld"):
                yield f"{name}: the text behind {span['id']} is missing"
            continue
        if name not in texts:
            texts[name] = (data / name).read_bytes().decode("utf-8")
        start, end = span["start"], span["end"]
        piece = texts[name][start:end]
        if not 0 <= start < end <= len(texts[name]) or hashlib.sha256(piece.encode()).hexdigest() != span["sha256"]:
            yield f"claims.json: {span['id']} does not stand at {start} to {end} of {name}"


def check_tables(data: Path) -> Iterator[str]:
    """Row counts and the sum of every numeric column."""
    wanted = parse(read_text(data / "tables.json"), "tables.json")
    for table in wanted["tables"]:
        rows, sums = 0, dict.fromkeys(table["sums"], 0.0)
        parts: dict[str, list[float]] = {c: [] for c in sums}
        path = data / table["file"]
        if not path.is_file():
            yield f"{table['file']}: missing"
            continue
        with path.open(encoding="utf-8", newline="\n") as file:
            for line in file:
                row = parse(line, table["file"])
                rows += 1
                for column, part in parts.items():
                    value = row.get(column)
                    if value is not None:
                        part.append(float(value))
        if rows != table["rows"]:
            yield f"{table['file']}: has {rows} rows, {table['rows']} were sealed"
        for column, part in parts.items():
            if not math.isclose(math.fsum(part), table["sums"][column], rel_tol=TOLERANCE, abs_tol=TOLERANCE):
                yield f"{table['file']}: column {column} sums to {math.fsum(part)!r}, not {table['sums'][column]!r}"


# -- the central posterior, once more, from scratch


def check_posterior(data: Path) -> Iterator[str]:
    """The probability of every proposition at the centre of all ranges."""
    document = parse(read_text(data / "judgement.json"), "judgement.json")
    recipe = document.get("central")
    again = posteriors(recipe) if recipe else {}
    answers = {a["proposition"]: a for a in document["answers"]}
    findings = parse(read_text(data / "findings.json"), "findings.json")["findings"]
    printed = {
        f["data"].get("proposition"): f["data"] for f in findings if f["room"] == "judgement" and f["kind"] == "answer"
    }
    for proposition, data_ in printed.items():
        if data_.get("percent") is not None and proposition not in again:
            yield f"findings.json: {proposition} is printed with a percentage that judgement.json gives no sum for"
    for proposition, value in again.items():
        said = answers[proposition].get("posterior") if proposition in answers else None
        if said is not None and not math.isclose(said["value"], value, rel_tol=1e-9, abs_tol=1e-9):
            yield f"judgement.json: {proposition} comes out at {value:.9f}, not {said['value']:.9f}"
        percent = printed.get(proposition, {}).get("percent")
        if said is not None and percent is not None and abs(percent - 100 * value) > 1e-6:
            yield f"findings.json: {proposition} is printed as {percent}, it comes out at {100 * value:.6f}"


def posteriors(recipe: dict[str, Any]) -> dict[str, float]:
    """Weigh again: enumerate the worlds, combine each group, cap, multiply by the prior, normalise.

    Within a group, for each value: supports above the value supported least, sorted by strength, the largest over j of
    (sum of the first j) / (1 + (j - 1) rho). A cap scales log ratios down until the largest pairwise ratio meets it.
    """
    variables = recipe["variables"]
    names = [v["id"] for v in variables]
    values = {v["id"]: v["values"] for v in variables}
    tied = _unions([tuple(sorted(names.index(n) for n in b["scope"])) for b in recipe["blocks"]])
    proven = {t: [0.0] * _size(t, names, values) for t in tied}
    argued = {t: [0.0] * _size(t, names, values) for t in tied}
    for block in recipe["blocks"]:
        scope = tuple(names.index(n) for n in block["scope"])
        whole, alone = _block(block, recipe["rho"])
        over = next(t for t in tied if set(scope) <= set(t))
        for cell, at in enumerate(_projection(over, scope, names, values)):
            proven[over][cell] += alone[at]
            argued[over][cell] += whole[at] - alone[at]
    totals = {}
    for t in tied:
        factor = _factor(recipe["overall_cap_log10"], argued[t])
        totals[t] = [p + a * factor for p, a in zip(proven[t], argued[t], strict=True)]
    everything = tuple(range(len(names)))
    lookups = {t: _projection(everything, t, names, values) for t in tied}
    weights: list[tuple[list[str], float, float]] = []
    for number, world in enumerate(_cells(everything, names, values)):
        prior = 1.0
        for v, value in zip(variables, world, strict=True):
            state = world[names.index(v["given"])] if v["given"] else ""
            prior *= v["prior"][state][v["values"].index(value)]
        weights.append((world, prior, math.fsum(totals[t][lookups[t][number]] for t in tied)))
    top = max(w[2] for w in weights)
    scaled = [(world, prior * 10.0 ** (log - top)) for world, prior, log in weights]
    whole_sum = math.fsum(w for _, w in scaled)
    out = {}
    for p in recipe["propositions"]:
        held = [w for world, w in scaled if all(world[names.index(n)] in wanted for n, wanted in p["when"].items())]
        out[p["id"]] = math.fsum(held) / whole_sum
    return out


def _block(block: dict[str, Any], rho: float) -> tuple[list[float], list[float]]:
    cells = len(block["items"][0]["log10"])
    whole, alone = [0.0] * cells, [0.0] * cells
    for part in sorted({i["part"] for i in block["items"]}):
        mine = [i for i in block["items"] if i["part"] == part]
        whole = [a + b for a, b in zip(whole, _combined(mine, cells, rho), strict=True)]
        proven = [i for i in mine if i["measured"]]
        if proven:
            alone = [a + b for a, b in zip(alone, _combined(proven, cells, rho), strict=True)]
    factor = _factor(block["cap_log10"], whole)
    return [x * factor for x in whole], [x * factor for x in alone]


def _combined(items: list[dict[str, Any]], cells: int, rho: float) -> list[float]:
    supports = []
    for item in items:
        least, most = min(item["log10"]), max(item["log10"])
        scale = item["cap_log10"] / (most - least) if most - least > item["cap_log10"] else 1.0
        supports.append([(x - least) * scale for x in item["log10"]])
    out = []
    for k in range(cells):
        best = total = 0.0
        for j, x in enumerate(sorted((s[k] for s in supports if s[k] > 0.0), reverse=True)):
            total += x
            best = max(best, total / (1.0 + j * rho))
        out.append(best)
    return out


def _factor(cap: float, logs: list[float]) -> float:
    span = max(logs) - min(logs)
    return cap / span if span > cap + 1e-12 else 1.0


def _size(scope: tuple[int, ...], names: list[str], values: dict[str, list[str]]) -> int:
    return math.prod(len(values[names[k]]) for k in scope)


def _cells(scope: tuple[int, ...], names: list[str], values: dict[str, list[str]]) -> Iterator[list[str]]:
    rows: list[list[str]] = [[]]
    for k in scope:
        rows = [[*r, v] for r in rows for v in values[names[k]]]
    yield from rows


def _projection(
    over: tuple[int, ...], onto: tuple[int, ...], names: list[str], values: dict[str, list[str]]
) -> list[int]:
    """For each cell of the larger scope, the number of its cell in the smaller one (last varies fastest)."""
    out = []
    for cell in _cells(over, names, values):
        number = 0
        for k in onto:
            known = values[names[k]]
            number = number * len(known) + known.index(cell[over.index(k)])
        out.append(number)
    return out


def _unions(scopes: list[tuple[int, ...]]) -> list[tuple[int, ...]]:
    merged: list[set[int]] = []
    for scope in scopes:
        now = set(scope)
        for other in [m for m in merged if m & now]:
            now |= other
            merged.remove(other)
        merged.append(now)
    return sorted(tuple(sorted(m)) for m in merged)


CHECKS = (
    ("custody log", check_custody),
    ("claims and quotations", check_claims),
    ("table sums", check_tables),
    ("central probabilities", check_posterior),
)


def verify(bag: Path, root: str = "") -> dict[str, Any]:
    """All checks. Returns ``{root, ok, faults: [str], checked: [str]}``; never raises for a fault of the bag."""
    faults: list[str] = []
    checked: list[str] = []
    found = ""
    try:
        faults += check_files(bag)
        found = root_hash(bag)
        checked.append("files")
        if root and root.lower() != found:
            faults.append(f"the root hash is {found}, published was {root.lower()}: not the dossier that was sealed")
    except (Bad, OSError) as why:
        faults.append(str(why))
    for name, check in CHECKS:
        try:
            faults += check(bag / "data")
            checked.append(name)
        except (Bad, OSError) as why:
            faults.append(str(why))
        except (KeyError, TypeError, ValueError, IndexError, AttributeError, StopIteration) as why:
            faults.append(f"{name}: a document has not the shape it was sealed with ({type(why).__name__}: {why})")
    return {"root": found, "ok": not faults, "faults": faults, "checked": checked}


def main(argv: list[str] | None = None) -> int:
    """Command line of the verifier: exit 0 if everything holds, 1 if not."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    here = Path(__file__).resolve().parent
    parser.add_argument("bag", nargs="?", type=Path, default=here.parent if here.name == "data" else here)
    parser.add_argument("--root", default="", help="root hash as published outside of the dossier")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(argv)
    result = verify(given.bag, given.root)
    if given.json:
        sys.stdout.write(json.dumps(result, indent=1) + "\n")
    else:
        for fault in result["faults"]:
            sys.stdout.write(f"WRONG  {fault}\n")
        for name in result["checked"]:
            sys.stdout.write(f"checked  {name}\n")
        sys.stdout.write(f"root hash  {result['root']}\n")
        if not given.root:
            sys.stdout.write("No published root hash was given: compare the one above with it.\n")
        sys.stdout.write("Everything holds.\n" if result["ok"] else f"{len(result['faults'])} faults.\n")
    return 0 if result["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
