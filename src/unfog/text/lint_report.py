"""What the linter found, as lines for a terminal and as SARIF for tools."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from unfog.text.lint import RULES, Problem


def plain_report(problems: Sequence[Problem], file: str) -> str:
    """One line per problem: ``file:line:column: level: message [rule]``."""
    lines = [
        f"{file}:{p.line}:{p.column}: {p.level}: {(p.where + ': ') if p.where else ''}{p.message} [{p.rule}]"
        for p in problems
    ]
    return "\n".join(lines)


def sarif_report(problems: Sequence[Problem], file: str, version: str) -> dict[str, Any]:
    """The same as a SARIF 2.1.0 log (OASIS standard, 27 March 2020)."""
    used = sorted({p.rule for p in problems})
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "unfog lint",
                        "version": version,
                        "rules": [{"id": r, "shortDescription": {"text": RULES[r]}} for r in used],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": [_result(p, used.index(p.rule), file) for p in problems],
            }
        ],
    }


def _result(p: Problem, index: int, file: str) -> dict[str, Any]:
    location: dict[str, Any] = {"physicalLocation": {"artifactLocation": {"uri": file}}}
    if p.where:
        location["logicalLocations"] = [{"fullyQualifiedName": p.where}]
    else:
        location["physicalLocation"]["region"] = {
            "startLine": p.line,
            "startColumn": p.column,
            "charOffset": p.start,
            "charLength": p.end - p.start,
            "snippet": {"text": p.excerpt},
        }
    return {
        "ruleId": p.rule,
        "ruleIndex": index,
        "level": p.level,
        "message": {"text": p.message},
        "locations": [location],
    }
