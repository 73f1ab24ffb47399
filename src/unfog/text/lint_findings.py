"""The linter on our own findings: the rules of wording, and every number in a sentence is one of its figures."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from unfog.text.lint import Problem, Reporter, lint_text

_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_NOT_A_FIGURE = re.compile(
    r"\d{4}-\d{2}(?:-\d{2})?(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?Z?"
    rf"|\b\d{{1,2}} (?:{_MONTHS})(?: \d{{4}})?|\b(?:{_MONTHS}) \d{{4}}"
    r"|\b(?:in|of|since|from|until|to) (?:19|20)\d{2}\b(?!-)"
    r"|\b\d{1,2}:\d{2}(?::\d{2})?\b|\bUTC[+-]\d{1,2}\b|90 % (?:credible )?intervals?|“[^”]*”|\bhttps?://\S+|\blog10\b"
)
_NUMBER = re.compile(r"(?<![\w.,/#-])[-+−]?\d[\d,]*(?:\.\d+)?(?:[eE][-+]?\d+)?(?![\w/]|,\d)")
_SPELLED = {"s": (1.0, 60.0, 3600.0, 86400.0)}


def lint_findings(document: Mapping[str, Any]) -> tuple[Problem, ...]:
    """Check a findings document (``findings.json``): the rules of wording, and that every number resolves.

    Args:
        document: The document, or any mapping with a list ``findings`` of findings.
    """
    standard = str(document.get("standard") or "")
    out: list[Problem] = []
    for f in document.get("findings", ()):
        out += lint_finding(f, standard)
    return tuple(out)


def lint_finding(finding: Mapping[str, Any], standard: str = "") -> tuple[Problem, ...]:
    """Check the sentence of one finding."""
    text, where = str(finding.get("sentence", "")), str(finding.get("id", ""))
    quoted = _own_words(finding)
    checked = _blanked(text, quoted)
    out = [p for p in lint_text(checked, standard, where=where, whole=False) if p.rule not in {"hedge", "no-as-of"}]
    report = Reporter(text, where, out)
    figures = list(finding.get("figures", ()))
    bare = _NOT_A_FIGURE.sub(lambda m: " " * len(m[0]), checked)
    for m in _NUMBER.finditer(bare):
        if not _resolves(m[0], figures):
            told = (
                f"{m[0]} is none of the finding's figures ({', '.join(str(f.get('name')) for f in figures) or 'none'})"
            )
            report("number-unresolved", "error", m.start(), m.end(), told)
    return tuple(out)


def _own_words(finding: Mapping[str, Any]) -> list[str]:
    """Parts of the sentence that are somebody's statement and not ours: a proposition's own words."""
    data = finding.get("data") or {}
    says = str(data.get("says", "") if isinstance(data, Mapping) else "").rstrip(". ")
    return [says, says[:1].lower() + says[1:]] if says else []


def _blanked(text: str, parts: Iterable[str]) -> str:
    for part in parts:
        text = text.replace(part, " " * len(part)) if part else text
    return text


def _resolves(token: str, figures: Sequence[Mapping[str, Any]]) -> bool:
    plain = token.replace(",", "").replace("−", "-")
    x = float(plain)
    digits = re.sub(r"[eE].*$", "", plain).lstrip("+-")
    decimals = len(digits.split(".")[1]) if "." in digits else 0
    significant = max(1, len(digits.replace(".", "").lstrip("0")))
    for f in figures:
        value = f.get("value") or {}
        unit = str(f.get("unit", ""))
        for v in (value.get("value"), value.get("low"), value.get("high")):
            if v is None:
                continue
            for shown in _as_shown(float(v), unit):
                near = abs(shown - x) <= 0.5 * 10.0**-decimals * (1 + 1e-9) + 1e-12
                rounded = shown != 0 and float(f"{shown:.{significant}g}") == x
                capped = (x == 99.9 and shown > 99.9) or (x == 0.1 and 0 <= shown < 0.1)
                if near or rounded or capped:
                    return True
    return False


def _as_shown(v: float, unit: str) -> list[float]:
    """How a figure may be printed: as it is, a share in percent, a log as a ratio, seconds in larger units."""
    out = [v, -v]
    if unit in {"share", "probability", "p", ""}:
        out += [100.0 * v, 100.0 * (1.0 - v)]
    if unit.startswith("log10") and abs(v) < 300:
        out += [10.0**v, 10.0**-v]
    out += [v / s for s in _SPELLED.get(unit, ())]
    return out
