"""Train the CRF tagger: ``python -m unfog.statements.training.crf --data DIR --out DIR``; about ten minutes of one
core.

Two steps: the cue lexicon is counted on the training months, then python-crfsuite (L-BFGS, elastic net) learns the
labels from features that hold the labels of the rules. The test months are never read here.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from pathlib import Path

from unfog.statements.features import features, sequences
from unfog.statements.lexicon import use_counted
from unfog.statements.tokens import paragraphs
from unfog.statements.training import corpus

SETTINGS = {
    "c1": 0.15,
    "c2": 0.02,
    "max_iterations": 150,
    "feature.minfreq": 3,
    "feature.possible_transitions": False,
}


def count_cues(articles: list[corpus.GoldArticle]) -> dict[str, float]:
    """Word -> share of its occurrences that are part of a cue; at least 4 as cue and .45."""
    cue: Counter[str] = Counter()
    every: Counter[str] = Counter()
    for article in articles:
        for word, (role, _) in zip(article.tokens.lower, article.labels, strict=True):
            every[word] += 1
            cue[word] += role == "cue"
    kept = {
        w: round(cue[w] / every[w], 3)
        for w in cue
        if cue[w] >= 4 and cue[w] / every[w] >= 0.45 and w.isalpha() and len(w) > 2
    }
    return dict(sorted(kept.items()))


def train(articles: list[corpus.GoldArticle], model: Path, settings: dict[str, float]) -> None:
    """Learn from some articles and write the model file."""
    import pycrfsuite

    trainer = pycrfsuite.Trainer(algorithm="lbfgs", verbose=False)
    trainer.set_params(settings)
    for article in articles:
        rows = features(article.tokens, article.states, article.sents)
        tags = article.bio()
        for sequence in sequences(rows, paragraphs(article.tokens)):
            trainer.append([rows[i] for i in sequence], [tags[i] for i in sequence])
    trainer.train(str(model))


def main() -> None:
    """Command line of the training."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds PolNeAR's Parquet files")
    parser.add_argument("--out", type=Path, required=True, help="folder for cues.json and attribution.crfsuite")
    parser.add_argument("--before", default=corpus.TEST_FROM, help="train on months before this one")
    parser.add_argument("--iterations", type=int, default=int(SETTINGS["max_iterations"]))
    parser.add_argument("--c1", type=float, default=SETTINGS["c1"])
    parser.add_argument("--c2", type=float, default=SETTINGS["c2"])
    parser.add_argument("--keep-cues", action="store_true", help="use the shipped lexicon instead of counting it anew")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    begun = time.time()
    articles = corpus.read(args.data, before=args.before)
    if not args.keep_cues:
        counted = count_cues(articles)
        (args.out / "cues.json").write_text(json.dumps(counted, indent=0) + "\n", encoding="utf-8")
        use_counted(counted)
    settings = {**SETTINGS, "max_iterations": args.iterations, "c1": args.c1, "c2": args.c2}
    train(articles, args.out / "attribution.crfsuite", settings)
    print(f"{len(articles)} articles, {time.time() - begun:.0f} s", file=sys.stderr)  # noqa: T201


if __name__ == "__main__":
    main()
