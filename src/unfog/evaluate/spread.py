"""``unfog evaluate spread``: passages, known claims, templated comments, wire copy.

Each part says what its truth is. The reference case itself is a test (``tests/real/test_spread.py``), not a figure.
"""

from __future__ import annotations

import csv
import hashlib
import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

import pyarrow as pa

from unfog import spread
from unfog.engine import DuckEngine
from unfog.engine.kernels.gram_join import GramRule
from unfog.errors import SourceMissing
from unfog.evaluate.sheet import Evaluation
from unfog.evaluate.tracing import RUN, build, masked, score
from unfog.stats.intervals import wilson
from unfog.text.normalise import words
from unfog.text.ranking import Blend, Bm25

HERE = "SELECT id, text FROM texts_here"
ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.I)
LITERAL = GramRule(k=3, reach=1, rare_up_to=255, common_from=256, needles_from=1e9, least=4.0)
"""Nothing is common: for collections in which every text is a needle."""


def evaluate(data: Path, out: Path | None = None, *, posts: int = 20_000) -> Evaluation:
    """Measure the room.

    Args:
        data: Folder with the numbered data sets.
        out: Not used; the sheet is all there is.
        posts: Posts of the tracing workload (``benchmarks/tracing.py`` goes to a million).
    """
    sheet = Evaluation(room="spread", data="11, 12, 08, 14")
    found = 0
    for part, folder in ((_tracing, "14_documents"), (_claims, "11_narrative_matching/clef2020_task2"),
                         (_comments, "11_narrative_matching"), (_telegram, "12_telegram"),
                         (_listings, "08_metric_media_sites")):  # fmt: skip
        if (data / folder).is_dir():
            found += 1
            part(sheet, data / folder, posts)
        else:
            sheet.notes.append(f"{folder} is not under {data}: its part was left out")
    if not found:
        raise SourceMissing(f"none of the data sets 08, 11, 12 and 14 is under {data}")
    return sheet


def _column(path: Path, column: str, where: str = "TRUE") -> list[str]:
    with DuckEngine(memory="1GB", threads=1) as engine:
        engine.read_parquet("rows_here", [path])
        rows = engine.query(
            f'SELECT "{column}" AS c FROM rows_here WHERE "{column}" IS NOT NULL AND {where} ORDER BY ALL'
        )
        return [str(v) for v in rows.column(0).to_pylist()]


def _search(texts: Sequence[str], needles: Sequence[str], **options: object) -> tuple[spread.Match, ...]:
    with DuckEngine(memory="1GB", threads=1) as engine:
        engine.put("texts_here", pa.table({"id": [str(i) for i in range(len(texts))], "text": list(texts)}))
        named = [spread.Needle(str(i), t) for i, t in enumerate(needles)]
        return spread.trace(engine, named, HERE, **options).matches  # type: ignore[arg-type]


def _share(sheet: Evaluation, name: str, hits: int, n: int, **more: object) -> None:
    low, high = wilson(hits, n) if n else (None, None)
    sheet.add(name, hits / n if n else None, low=low, high=high, n=n, **more)


def _tracing(sheet: Evaluation, folder: Path, posts: int) -> None:
    """Passages of real e-mails; truth is containment."""
    texts = _column(next(folder.glob("*.parquet")), "text")
    work, stream = build(texts, min(1000, len(texts) // 3), posts, max(20, posts // 200))
    listed = list(stream)
    matches = _search([t for _, t in listed], work.documents)
    found = {(listed[int(m.text_id)][0], int(m.needle)) for m in matches}
    floors = {"verbatim": (0.99, 0.99), "excerpt of 12": (0.95, 0.90), "OCR 3%": (0.97, 0.97)}
    floors |= {f"excerpt of {n}": (0.99, 0.99) for n in (20, 50, 100, 200)}
    for row in score(work, found):
        kind = str(row["kind"])
        floor = floors.get(kind)
        for name, value, n in (
            ("precision to the letter", row["precision_to_the_letter"], row["found"]),
            ("precision to the word", row["precision"], row["found"]), ("recall", row["recall"], row["pairs"]),
        ):  # fmt: skip
            if not int(n) or math.isnan(float(value)):
                continue
            wanted = floor[1 if name == "recall" else 0] if floor else None
            hits = round(float(value) * int(n))
            _share(
                sheet, f"tracing, {kind}: {name}", hits, int(n), unit="pairs", split="nothing was trained",
                target="" if wanted is None else f">= {wanted}", met=None if wanted is None else float(value) >= wanted,
            )  # fmt: skip


def _rows(path: Path) -> list[list[str]]:
    csv.field_size_limit(1 << 24)
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file, delimiter="\t"))[1:]


def _claims(sheet: Evaluation, folder: Path, _: int) -> None:
    """CLEF-2020 CheckThat! task 2: which checked claim is a tweet about? MAP@5 on the development tweets."""
    docs = _rows(folder / "verified_claims.docs.tsv")
    queries = {r[0]: r[1] for r in _rows(folder / "dev__tweets.queries.tsv")}
    truth: dict[str, set[str]] = defaultdict(set)
    for line in (folder / "dev__tweet-vclaim-pairs.qrels").read_text(encoding="utf-8").splitlines():
        query, _zero, doc, _one = line.split()
        truth[query].add(doc)
    texts = [f"{r[1]} {r[2]}" for r in docs]
    figures = {}
    for name, model in (("BM25 over words", Bm25(texts)), ("words and letters", Blend(texts, 0.5))):
        total = 0.0
        for query in truth:
            ranked = [docs[i][0] for i in model.rank(queries[query])]
            hits = [ranked[: i + 1] for i, d in enumerate(ranked) if d in truth[query]]
            right = sum(sum(d in truth[query] for d in h) / len(h) for h in hits)
            total += right / min(5, len(truth[query]))
        figures[name] = total / len(truth)
    for name, value in figures.items():
        sheet.add(
            f"known claims (CLEF-2020, dev): MAP@5, {name}", value, n=len(truth), unit="tweets",
            split="nothing was trained; letters weigh 0.5, set beforehand",
            target="" if name.startswith("BM25") else "above BM25",
            met=None if name.startswith("BM25") else value > figures["BM25 over words"],
        )  # fmt: skip


def _comments(sheet: Evaluation, folder: Path, _: int) -> None:
    """FCC comments: pairs of one hand-made cluster, by share of aligned words; threshold from the other half."""
    path = folder / "fcc_net_neutrality_comments_kao_clusters.csv"
    if not path.is_file():
        return
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    halves: dict[int, list[dict[str, str]]] = {0: [], 1: []}
    for row in rows:
        halves[hashlib.sha256(row["docid"].encode()).digest()[0] % 2].append(row)
    fitted: dict[int, list[tuple[float, bool]]] = {}
    totals: dict[int, int] = {}
    for half, mine in halves.items():
        texts = [r["text_data"] for r in mine]
        sizes = [max(1, len(words(t))) for t in texts]
        matches = _search(texts, texts, rule=LITERAL, min_words=6, min_weight=4.0)
        scored: dict[tuple[int, int], float] = {}
        for m in matches:
            pair = (min(int(m.needle), int(m.text_id)), max(int(m.needle), int(m.text_id)))
            if pair[0] != pair[1]:
                scored[pair] = max(scored.get(pair, 0.0), min(1.0, m.weight / min(sizes[pair[0]], sizes[pair[1]])))

        def same(i: int, j: int, mine: list[dict[str, str]] = mine) -> bool:
            return mine[i]["level_0"] != "-1" and mine[i]["level_0"] == mine[j]["level_0"]

        fitted[half] = [(s, same(i, j)) for (i, j), s in scored.items()]
        sizes_of = Counter(r["level_0"] for r in mine if r["level_0"] != "-1")
        totals[half] = sum(n * (n - 1) // 2 for n in sizes_of.values())
    true_positive = called = wanted = 0
    for half in (0, 1):
        other = 1 - half
        best = max((t / 20 for t in range(1, 20)), key=lambda t: _f1(fitted[other], totals[other], t))
        true_positive += sum(1 for s, right in fitted[half] if right and s >= best)
        called += sum(1 for s, _ in fitted[half] if s >= best)
        wanted += totals[half]
    f1 = 2 * true_positive / max(1, called + wanted)
    sheet.add(
        "templated comments (FCC): pairwise F1", f1, n=len(rows), unit="comments",
        split="two halves by hash of docid; threshold from the other half",
        note=f"precision {true_positive / max(1, called):.3f}, recall {true_positive / max(1, wanted):.3f}; "
        "clusters joined by wording only: pairs, not chains",
    )  # fmt: skip


def _f1(pairs: list[tuple[float, bool]], total: int, threshold: float) -> float:
    right = sum(1 for s, same in pairs if same and s >= threshold)
    return 2 * right / max(1, sum(1 for s, _ in pairs if s >= threshold) + total)


Pairs = set[tuple[int, int]]


def _shared(
    texts: Sequence[Sequence[str]], needles: Sequence[int], limit: int, keep: Callable[[int, int], bool]
) -> tuple[Pairs, Pairs, Pairs]:
    """(needle, text) pairs that share a common run, one that is not, and one of their own.

    A run is common if ``limit`` texts hold it, numbers masked; it is their own if none of its words lies in a common
    run (a footer with one word before it is no passage).
    """
    held: Counter[tuple[str, ...]] = Counter()
    for text in texts:
        plain = masked(text)
        held.update({plain[i : i + RUN] for i in range(len(plain) - RUN + 1)})
    index: dict[tuple[str, ...], set[int]] = defaultdict(set)
    for n in needles:
        for i in range(len(texts[n]) - RUN + 1):
            index[tuple(texts[n][i : i + RUN])].add(n)
    common: Pairs = set()
    other: Pairs = set()
    own: Pairs = set()
    for j, text in enumerate(texts):
        plain, runs = masked(text), range(len(text) - RUN + 1)
        often = [held[plain[i : i + RUN]] >= limit for i in runs]
        for i in runs:
            pairs = {(n, j) for n in index.get(tuple(text[i : i + RUN]), ()) if n != j and keep(n, j)}
            (common if often[i] else other).update(pairs)
            if pairs and not any(often[max(0, i - RUN + 1) : i + RUN]):
                own |= pairs
    return common, other, own


def _common_property(
    sheet: Evaluation, name: str, texts: list[str], needles: list[int], limit: int, keep: Callable[[int, int], bool]
) -> None:
    """Pairs that share only common runs must not be found, those that share a run of their own should be.

    Addresses are words of a common run (footers are made of them), but not of a passage of their own: they are compared
    as links.
    """
    common, other, _ = _shared([words(t) for t in texts], needles, limit, keep)
    common -= other
    _, _, own = _shared([words(ADDRESS.sub(" ", t)) for t in texts], needles, limit, keep)
    matches = _search(texts, [texts[n] for n in needles])
    found = {(needles[int(m.needle)], int(m.text_id)) for m in matches}
    _share(sheet, f"{name}: pairs sharing only common property that were set aside", len(common - found), len(common),
           unit="pairs", note=f"common: a run of {RUN} words, numbers masked, in {limit} texts or more")  # fmt: skip
    _share(sheet, f"{name}: pairs sharing a passage of their own that were found", len(own & found), len(own),
           unit="pairs", note=f"own: a run of {RUN} words of which none lies in a common run, without addresses",
    )  # fmt: skip


def _telegram(sheet: Evaluation, folder: Path, _: int) -> None:
    texts = _column(next(folder.glob("nktkln*.parquet")), "text")
    texts = [t for t in texts if t.strip()]
    chosen = [i for i, t in enumerate(texts) if len(words(t)) >= 20]
    chosen.sort(key=lambda i: hashlib.sha256(texts[i].encode()).digest())
    _common_property(sheet, "Telegram news channels", texts, chosen[:500], 20, lambda a, b: texts[a] != texts[b])


def _listings(sheet: Evaluation, folder: Path, _: int) -> None:
    texts = _column(folder / "stories.parquet", "description")
    texts = sorted(set(texts), key=lambda t: hashlib.sha256(t.encode()).digest())[:20_000]
    chosen = [i for i, t in enumerate(texts) if len(words(t)) >= 20][:500]
    _common_property(sheet, "Metric Media listings", texts, chosen, 20, lambda a, b: texts[a] != texts[b])
