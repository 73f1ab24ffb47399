"""Scores of span extraction, as the field defines them: per token, exact span, overlapping span.

- *token F*: roles of single tokens.
- *exact F*: spans with both boundaries right.
- *overlap F*: precision = predicted spans that overlap a true span of the role; recall = true spans overlapped.
"""

from __future__ import annotations

from collections.abc import Sequence

ROLES = ("source", "cue", "content")
Span = tuple[str, int, int]


def spans_of(tags: Sequence[str]) -> list[Span]:
    """Spans (role, start, end) of a B-/I-/O sequence."""
    out: list[Span] = []
    role, start = "", 0
    for i, tag in enumerate(tags):
        if role and tag != "I-" + role:
            out.append((role, start, i))
            role = ""
        if tag[0] == "B":
            role, start = tag[2:], i
    if role:
        out.append((role, start, len(tags)))
    return out


def f_score(precision: float, recall: float) -> float:
    """Harmonic mean, 0 where both are 0."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def score_spans(gold: Sequence[Sequence[str]], predicted: Sequence[Sequence[str]]) -> dict[str, dict[str, float]]:
    """Token, exact and overlap F per role over some articles.

    Args:
        gold, predicted: B-/I-/O tags per article.

    Returns:
        ``{role: {token, exact, overlap, overlap_precision, overlap_recall}}``, rounded to four places.
    """
    out: dict[str, dict[str, float]] = {}
    for role in ROLES:
        hit = extra = missed = 0
        exact = wanted = found = found_hit = wanted_hit = 0
        for g, p in zip(gold, predicted, strict=True):
            true = [(a, b) for r, a, b in spans_of(g) if r == role]
            said = [(a, b) for r, a, b in spans_of(p) if r == role]
            true_tokens = {i for a, b in true for i in range(a, b)}
            said_tokens = {i for a, b in said for i in range(a, b)}
            hit += len(true_tokens & said_tokens)
            extra += len(said_tokens - true_tokens)
            missed += len(true_tokens - said_tokens)
            exact += len(set(true) & set(said))
            wanted += len(true)
            found += len(said)
            found_hit += sum(any(b > c and a < d for c, d in true) for a, b in said)
            wanted_hit += sum(any(b > c and a < d for c, d in said) for a, b in true)
        precision, recall = found_hit / max(1, found), wanted_hit / max(1, wanted)
        out[role] = {
            "token": round(f_score(hit / max(1, hit + extra), hit / max(1, hit + missed)), 4),
            "exact": round(f_score(exact / max(1, found), exact / max(1, wanted)), 4),
            "overlap": round(f_score(precision, recall), 4),
            "overlap_precision": round(precision, 4),
            "overlap_recall": round(recall, 4),
        }
    return out
