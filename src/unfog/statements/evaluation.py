"""Scores of extraction as the field defines them. All are ratios of counts that add up over articles.

- *token*: F of the roles of single tokens;
- *exact*: F of spans with both boundaries right;
- *overlap*: F of precision = predicted spans that overlap a true span of the role, recall = true spans overlapped;
- *attribution*: F after greedy one-to-one matching by content-token IoU, a match from one half on; *with source*:
  source tokens overlap too, or both have none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from unfog.statements.labels import role as role_of

ROLES = ("source", "cue", "content")
KINDS = ("direct", "mixed", "indirect")
Span = tuple[str, int, int]
Tokens = frozenset[int]
Counts = Counter[str]


def spans_of(tags: Sequence[str]) -> list[Span]:
    """Spans (role, start, end) of a B-/I-/O sequence, whose tags may carry a side."""
    out: list[Span] = []
    role, start = "", 0
    for i, tag in enumerate(tags):
        if role and not (tag[0] == "I" and role_of(tag) == role):
            out.append((role, start, i))
            role = ""
        if tag[0] == "B":
            role, start = role_of(tag), i
    if role:
        out.append((role, start, len(tags)))
    return out


def f_score(precision: float, recall: float) -> float:
    """Harmonic mean, 0 where both are 0."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def span_counts(gold: Sequence[str], predicted: Sequence[str]) -> Counts:
    """Counts of one article from which :func:`span_figures` computes its figures."""
    out: Counts = Counter()
    true_spans, said_spans = spans_of(gold), spans_of(predicted)
    for role in ROLES:
        true = [(a, b) for r, a, b in true_spans if r == role]
        said = [(a, b) for r, a, b in said_spans if r == role]
        true_tokens = {i for a, b in true for i in range(a, b)}
        said_tokens = {i for a, b in said for i in range(a, b)}
        out[role + ".hit"] = len(true_tokens & said_tokens)
        out[role + ".said_tokens"] = len(said_tokens)
        out[role + ".true_tokens"] = len(true_tokens)
        out[role + ".exact"] = len(set(true) & set(said))
        out[role + ".true"] = len(true)
        out[role + ".said"] = len(said)
        out[role + ".said_overlap"] = sum(any(b > c and a < d for c, d in true) for a, b in said)
        out[role + ".true_overlap"] = sum(any(b > c and a < d for c, d in said) for a, b in true)
    return out


def span_figures(counts: Counts) -> dict[str, float]:
    """``role.token``, ``role.exact``, ``role.overlap`` from the counts of one or more articles."""
    out = {}
    for role in ROLES:
        out[role + ".token"] = _f(counts, role + ".hit", role + ".said_tokens", role + ".hit", role + ".true_tokens")
        out[role + ".exact"] = _f(counts, role + ".exact", role + ".said", role + ".exact", role + ".true")
        out[role + ".overlap"] = _f(
            counts, role + ".said_overlap", role + ".said", role + ".true_overlap", role + ".true"
        )
    return out


def score_spans(gold: Iterable[Sequence[str]], predicted: Iterable[Sequence[str]]) -> dict[str, float]:
    """Figures over some articles, rounded to four places.

    Args:
        gold, predicted: B-/I-/O tags per article.
    """
    total: Counts = Counter()
    for g, p in zip(gold, predicted, strict=True):
        total.update(span_counts(g, p))
    return {k: round(v, 4) for k, v in span_figures(total).items()}


class Attribution(NamedTuple):
    """An attribution as sets of token indices; ``statement`` tells that its cue is a verb of saying."""

    content: Tokens
    source: Tokens
    cue: Tokens
    statement: bool = False


def attribution_counts(truth: Sequence[Attribution], said: Sequence[Attribution], quoted: Sequence[bool]) -> Counts:
    """Counts of one article from which :func:`attribution_figures` computes its figures.

    Args:
        truth, said: Attributions with content.
        quoted: Per token, whether it stands in quotation marks. A content is direct with more than .95 of its tokens
            in marks, indirect with up to .05, else mixed.
    """
    pairs = match(truth, said)
    matched = set(pairs.values())
    out: Counts = Counter(
        {
            "hit": len(pairs),
            "true": len(truth),
            "said": len(said),
            "source": sum(_same_source(truth[g], said[p]) for g, p in pairs.items()),
            "verbs.true": sum(a.statement for a in truth),
            "verbs.found": sum(truth[g].statement for g in pairs),
            "verbs.said": sum(a.statement for a in said),
            "verbs.right": sum(a.statement for i, a in enumerate(said) if i in matched),
        }
    )
    for g, one in enumerate(truth):
        share = sum(quoted[i] for i in one.content) / len(one.content)
        kind = "direct" if share > 0.95 else "mixed" if share > 0.05 else "indirect"
        out[kind + ".true"] += 1
        out[kind + ".hit"] += g in pairs
    return out


def attribution_figures(counts: Counts) -> dict[str, float]:
    """Attribution F, with source, recall by kind, and recall and precision of statement verbs."""
    return {
        "attribution": _f(counts, "hit", "said", "hit", "true"),
        "attribution.source": _f(counts, "source", "said", "source", "true"),
        **{f"{kind}.recall": _share(counts, kind + ".hit", kind + ".true") for kind in KINDS},
        "verbs.recall": _share(counts, "verbs.found", "verbs.true"),
        "verbs.precision": _share(counts, "verbs.right", "verbs.said"),
    }


def match(truth: Sequence[Attribution], said: Sequence[Attribution], threshold: float = 0.5) -> dict[int, int]:
    """Index of the predicted attribution of each matched true one."""
    pairs = []
    for g, a in enumerate(truth):
        for p, b in enumerate(said):
            both = len(a.content & b.content)
            if both:
                pairs.append((both / len(a.content | b.content), g, p))
    taken: set[int] = set()
    out: dict[int, int] = {}
    for overlap, g, p in sorted(pairs, reverse=True):
        if overlap >= threshold and g not in out and p not in taken:
            out[g] = p
            taken.add(p)
    return out


def _same_source(a: Attribution, b: Attribution) -> bool:
    return bool(a.source & b.source) or (not a.source and not b.source)


def _share(counts: Counts, part: str, whole: str) -> float:
    return counts[part] / counts[whole] if counts[whole] else 0.0


def _f(counts: Counts, right: str, said: str, found: str, true: str) -> float:
    return f_score(_share(counts, right, said), _share(counts, found, true))
