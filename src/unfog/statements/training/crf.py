"""Train the CRF tagger: ``python -m unfog.statements.training.crf --data DIR --out DIR``; about ten minutes of one
core.

Two steps: cue and source words are counted on the training months, then python-crfsuite (L-BFGS, elastic net) learns
the labels from features that hold the labels of the rules. The test months are never read here.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from pathlib import Path

from unfog.statements.features import features, sequences
from unfog.statements.labels import placed
from unfog.statements.lexicon import use_counted
from unfog.statements.training import corpus

SETTINGS = {
    "c1": 0.15,
    "c2": 0.02,
    "max_iterations": 90,
    "feature.minfreq": 3,
    "feature.possible_transitions": False,
}


def count(articles: list[corpus.GoldArticle], role: str, least: float) -> dict[str, float]:
    """Word -> share of its occurrences that are part of a role; from 4 occurrences in the role and ``least`` on."""
    inside: Counter[str] = Counter()
    every: Counter[str] = Counter()
    for article in articles:
        for word, (of, _) in zip(article.tokens.lower, article.labels, strict=True):
            every[word] += 1
            inside[word] += of == role
    kept = {w: round(n / every[w], 3) for w, n in inside.items() if n >= 4 and n / every[w] >= least}
    return dict(sorted(kept.items()))


def count_words(articles: list[corpus.GoldArticle]) -> tuple[dict[str, float], dict[str, float]]:
    """Statistics of cue words (letters only, from .45) and of source words (from .1)."""
    cues = {w: n for w, n in count(articles, "cue", 0.45).items() if w.isalpha() and len(w) > 2}
    return cues, count(articles, "source", 0.1)


def train(articles: list[corpus.GoldArticle], model: Path, settings: dict[str, float]) -> None:
    """Learn from some articles and write the model file."""
    import pycrfsuite

    trainer = pycrfsuite.Trainer(algorithm="lbfgs", verbose=False)
    trainer.set_params(settings)
    for article in articles:
        text = article.prepared()
        rows = features(text)
        labels = placed(article.bio(), article.labels, article.sents)
        for sequence in sequences(rows, text.paras):
            trainer.append([rows[i] for i in sequence], [labels[i] for i in sequence])
    trainer.train(str(model))


def main() -> None:
    """Command line of the training."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds PolNeAR's Parquet files")
    parser.add_argument(
        "--out", type=Path, required=True, help="folder for cues.json, sources.json and attribution.crfsuite"
    )
    parser.add_argument("--before", default=corpus.TEST_FROM, help="train on months before this one")
    parser.add_argument("--iterations", type=int, default=int(SETTINGS["max_iterations"]))
    parser.add_argument("--c1", type=float, default=SETTINGS["c1"])
    parser.add_argument("--c2", type=float, default=SETTINGS["c2"])
    parser.add_argument(
        "--keep-words", action="store_true", help="use the shipped word statistics instead of counting them anew"
    )
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    begun = time.time()
    articles = corpus.read(args.data, before=args.before)
    if not args.keep_words:
        cues, sources = count_words(articles)
        for name, counted in (("cues", cues), ("sources", sources)):
            (args.out / f"{name}.json").write_text(json.dumps(counted, indent=0) + "\n", encoding="utf-8")
        use_counted(cues, sources)
    settings = {**SETTINGS, "max_iterations": args.iterations, "c1": args.c1, "c2": args.c2}
    train(articles, args.out / "attribution.crfsuite", settings)
    print(f"{len(articles)} articles, {time.time() - begun:.0f} s", file=sys.stderr)  # noqa: T201


if __name__ == "__main__":
    main()
