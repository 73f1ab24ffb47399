"""The judgement as a few lines for a terminal: every proposition on the latest date, with word and number together."""

from __future__ import annotations

from unfog import case
from unfog.model import Findings


def answers_text(result: case.RunResult) -> str:
    """What ``unfog run`` and ``unfog demo`` print: the answers, what was not known, and where the report is."""
    latest = max(result.folders)
    document = case.read_findings(result.folders[latest])
    lines = [document.title, "", *answer_lines(document), ""]
    lines += [f"Not known: {sentence}" for sentence in result.missing]
    if result.rejects:
        lines.append(f"{result.rejects} rows could not be read; see {result.out / 'ingest' / 'rejects.parquet'}")
    lines.append(f"Report: {result.page}")
    lines.append(f"As of:  {', '.join(sorted(result.folders))}")
    return "\n".join(lines)


def answer_lines(document: Findings) -> list[str]:
    """The answers of one date, one line each; the sentences are those of the findings, unchanged."""
    answers = [f for f in document.findings if f.kind == "answer"]
    if not answers:
        return [f"As of {document.as_of}: {len(document.findings)} findings, no judgement."]
    return [f"As of {document.as_of}:", *(f"  {f.sentence}" for f in answers)]
