"""Document comparison: a copy against an official, redacted or earlier one. Feeds the question of authenticity.

No collection of genuine, altered and forged leaks with their originals is at hand, so the comparison gives no
likelihood ratio of its own: what it shows is argued over by persons, on the contrast *authentic*.
"""

from __future__ import annotations

from unfog.engine import Engine
from unfog.model import Estimate, Figure, Finding, Gap, RowsRef
from unfog.spread.findings import count, slug
from unfog.spread.options import Against
from unfog.text.alignment import Comparison, compare

LISTED = 400
"""Differences listed in the finding; their number is always told in full."""


def compare_documents(engine: Engine, pair: Against) -> Finding | Gap:
    """Compare two documents of the case; a gap where one is not at hand."""
    texts: list[str] = []
    for doc in (pair.document, pair.reference):
        rows = engine.rows("SELECT text FROM documents WHERE doc_id = $doc", doc=doc)
        if not rows or not (rows[0]["text"] or "").strip():
            return Gap(
                id=f"spread.comparison.{slug(pair.document)}", room="spread",
                sentence=f"{pair.document} cannot be compared with {pair.reference}, because {doc} is not at hand.",
                mend=f"add {doc} under [[documents]]",
            )  # fmt: skip
        texts.append(rows[0]["text"])
    return comparison_finding(pair, compare(texts[0], texts[1]))


def comparison_finding(pair: Against, result: Comparison) -> Finding:
    """The finding of a comparison."""
    kinds = ("missing", "added", "altered", "redacted")
    share = result.same_words / max(1, result.a_words)
    words = {k: result.words(k) for k in kinds}  # type: ignore[arg-type]
    said = {"missing": "only in it", "added": "only there", "altered": "altered", "redacted": "redacted there"}
    parts = [f"{words[k]:,} {said[k]}" for k in kinds if words[k]]
    differing = [s for s in result.stretches if s.kind != "same"]
    return Finding(
        id=f"spread.comparison.{slug(pair.document)}.{slug(pair.reference)}",
        room="spread",
        kind="document-comparison",
        sentence=f"{100 * share:.1f} % of the {result.a_words:,} words of {pair.document} stand at the same place in "
        f"{pair.reference}" + (f"; words that differ: {', '.join(parts)}." if parts else "; nothing differs."),
        figures=(
            Figure(name="share same", value=Estimate.exact(share), unit="share"),
            count("words", result.a_words, "words"),
            count("words of the reference", result.b_words, "words"),
            count("same", result.same_words, "words"),
            *(count(k, words[k], "words") for k in kinds),
            count("differences", len(differing), "stretches"),
        ),
        method="Word by word: runs of four words unique in both are anchors, what is between is aligned exactly.",
        assumption="Both texts were read rightly; a page that is an image, or a moved passage, shows as a difference.",
        caveats=("How often altered or forged papers agree so far is not measured: no likelihood ratio is given.",),
        rows=(RowsRef(table="documents", keys=((pair.document,), (pair.reference,)), total=2),),
        data={
            "contrast": "authentic",
            "document": pair.document,
            "reference": pair.reference,
            "rows": [
                {
                    "kind": s.kind,
                    "span": list(s.a_span),
                    "span_there": list(s.b_span),
                    "words": s.a_words,
                    "words_there": s.b_words,
                }
                for s in differing[:LISTED]
            ],
        },
    )
