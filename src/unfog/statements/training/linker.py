"""Learn the ranker of sources: ``python -m unfog.statements.training.linker --data DIR --out DIR``; about a minute.

Pairs of annotated cues and sources of one paragraph in the training months, described by
:mod:`unfog.statements.ranker`; a pair is true where both are of one attribution. Logistic regression with an L2 penalty
(Newton's method), one for sources before their cue and one for sources after it.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt

from unfog.statements.evaluation import spans_of
from unfog.statements.ranker import FEATURES, Scene
from unfog.statements.training import corpus

Floats = npt.NDArray[np.float64]
L2 = 3.0


def pairs(article: corpus.GoldArticle) -> list[tuple[bool, bool, list[float]]]:
    """Pairs of an article: whether the source stands before the cue, whether both belong together, features."""
    spans = spans_of(article.bio())
    scene = Scene(
        article.prepared(),
        *(sorted((a, b) for role, a, b in spans if role == of) for of in ("cue", "source", "content")),
    )
    contents: dict[int, list[tuple[int, int]]] = {}
    for a, b in scene.contents:
        contents.setdefault(article.labels[a][1], []).append((a, b))
    out = []
    for cue in scene.cues:
        number = article.labels[cue[0]][1]
        for source in scene.candidates(cue):
            described = scene.describe(cue, source, contents.get(number, []))
            out.append((source[0] < cue[0], article.labels[source[0]][1] == number, described))
    return out


def fit(x: Floats, y: Floats, l2: float = L2, steps: int = 25) -> Floats:
    """Weights (features,) of a logistic regression of y (rows,) on x (rows, features)."""
    w = np.zeros(x.shape[1])
    for _ in range(steps):
        p = 1 / (1 + np.exp(-x @ w))
        slope = x.T @ (p - y) + l2 * w
        curve = (x * (p * (1 - p))[:, None]).T @ x + l2 * np.eye(len(w))
        w -= np.linalg.solve(curve, slope)
    return w


def main() -> None:
    """Command line of the training."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds PolNeAR's Parquet files")
    parser.add_argument("--out", type=Path, required=True, help="folder for linker.json")
    parser.add_argument("--before", default=corpus.TEST_FROM, help="learn from months before this one")
    args = parser.parse_args()
    found = [p for article in corpus.read(args.data, before=args.before) for p in pairs(article)]
    weights = {}
    for side, before in (("after", False), ("before", True)):
        rows = [(true, values) for is_before, true, values in found if is_before == before]
        w = fit(np.array([v for _, v in rows], float), np.array([t for t, _ in rows], float))
        weights[side] = {name: round(float(v), 3) for name, v in zip(FEATURES, w, strict=True)}
    args.out.mkdir(parents=True, exist_ok=True)
    (args.out / "linker.json").write_text(json.dumps(weights, indent=1) + "\n", encoding="utf-8")
    print(f"{len(found)} pairs, {sum(t for _, t, _ in found)} true", file=sys.stderr)  # noqa: T201


if __name__ == "__main__":
    main()
