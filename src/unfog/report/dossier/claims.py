"""``claims.json``: from each sentence of the page to finding, figures, evidence, rows, files and quoted spans."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from unfog.model import Findings
from unfog.report.dossier.verify import plain_words
from unfog.report.shown import show


def shown_words(sentence: str) -> str:
    """The sentence as it stands on the page, without tags and with single spaces."""
    return plain_words(str(show(sentence, 2000)))


def claims(doc: Findings, spans: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The chain behind every sentence.

    Args:
        doc: The findings as they stand in the dossier (after pseudonyms).
        spans: Quotations with text hash, start, end (code points, half open) and hash.
    """
    return {
        "schema": "unfog.claims/1",
        "claims": [
            {
                "sentence": f.sentence,
                "shown": shown_words(f.sentence),
                "finding": f.id,
                "figures": [
                    {"name": g.name, "unit": g.unit, "basis": g.basis.value, **g.value.model_dump()} for g in f.figures
                ],
                "evidence": list(f.evidence),
                "rows": [{"table": r.table, "total": r.total} for r in f.rows],
                "inputs": sorted({i.sha256 for i in f.inputs}),
                "steps": [{"name": s.name, "sql_sha256": hashlib.sha256(s.sql.encode()).hexdigest()} for s in f.steps],
            }
            for f in sorted(doc.findings, key=lambda f: f.id)
        ],
        "spans": list(spans),
    }


def span(id_: str, text: str, start: int, end: int, *, withheld: bool = False) -> dict[str, Any]:
    """One quotation: half-open span in code points of a stored text, with the hash of what stands there."""
    return {
        "id": id_,
        "text_sha256": hashlib.sha256(text.encode()).hexdigest(),
        "start": start,
        "end": end,
        "sha256": hashlib.sha256(text[start:end].encode()).hexdigest(),
        "withheld": withheld,
    }
