"""The linter of judgements: does a text say how sure it is in a way that can be read in one way only?

Two modes. Any text: words of one standard, each with its number, no likelihood beside confidence, no hedge in place of
a likelihood ratio, no "no evidence" without the search behind it. Our own findings: all that, and every number in a
sentence must resolve to a figure of its finding.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict

from unfog.text.certainty import Certainty, band_of, certainty_words
from unfog.text.yardstick import STANDARDS, yardstick

Severity = Literal["error", "warning", "note"]

RULES: dict[str, str] = {
    "mixed-standards": "All words of likelihood come from one named standard.",
    "number-missing": "A word of likelihood has its percentage or interval in the same sentence.",
    "number-outside-band": "The percentage beside a word lies in that word's band.",
    "likelihood-with-confidence": "Likelihood and analytic confidence never stand in one sentence (ICD 203).",
    "confidence-outside-standards": "Analytic confidence is high, moderate or low; other words are in no standard.",
    "hedge": "May, might, could, possibly, suggests, linked to, consistent with: not without a likelihood ratio.",
    "absence-without-search": "“No evidence” states what was searched and what the search could have found.",
    "no-as-of": "A judgement says as of which date it holds.",
    "number-unresolved": "Every number in the sentence of a finding is one of its figures.",
}


class Problem(BaseModel):
    """One place that breaks a rule.

    Attributes:
        rule: Id of the rule, see ``RULES``.
        level: error, warning or note.
        message: What is wrong and what to do.
        where: Finding id, or empty for plain text.
        start: Offset of the first code point in the text that was checked.
        end: Offset after the last.
        line: Line, from 1.
        column: Column, from 1.
        excerpt: The words.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    rule: str
    level: Severity
    message: str
    where: str = ""
    start: int
    end: int
    line: int
    column: int
    excerpt: str


_BREAK = re.compile(
    r"(?<!\b[A-Z])(?<!\bMr)(?<!\bDr)(?<!\bSt)(?<!\bvs)(?<!\bcf)(?<!\bMrs)(?<!e\.g)(?<!i\.e)"
    r"[.!?][\"”’')\]]*\s+(?=[\"“‘(\[]?[A-Z0-9])|\n\s*\n"
)
_PERCENT = re.compile(r"(\d{1,3}(?:\.\d+)?)\s?(?:%|per ?cent\b|percent\b)", re.IGNORECASE)
_RATIO = re.compile(r"likelihood ratio|\blog10\b|\bLR\b|\bBayes factor", re.IGNORECASE)
_SEARCH = re.compile(
    r"\bsearch(?:ed|es|ing)?\b|\blooked (?:for|at|through)\b|\bchecked\b|\bexamined\b|\bpower\b|\bof \d[\d,]* ",
    re.IGNORECASE,
)
_AS_OF = re.compile(
    r"\bas (?:of|at)\b|\bby \d{1,2} [A-Z][a-z]+ \d{4}|\bon the evidence (?:public|known) (?:by|on)\b|\bcut-off\b",
    re.IGNORECASE,
)
_INTERVAL_LEVEL = re.compile(r"\b90\s?% (?:interval|credible|confidence interval)", re.IGNORECASE)
_GRADES = {"high confidence", "moderate confidence", "low confidence"}


def sentences(text: str) -> list[tuple[int, int]]:
    """Offsets [start, end) of the sentences of a text; good enough to keep numbers and words together."""
    out, start = [], 0
    for m in _BREAK.finditer(text):
        out.append((start, m.end()))
        start = m.end()
    out.append((start, len(text)))
    return [(a, b) for a, b in out if text[a:b].strip()]


def lint_text(text: str, standard: str = "", *, where: str = "", whole: bool = True) -> tuple[Problem, ...]:
    """Check any text.

    Args:
        text: The text.
        standard: The yardstick that it claims to use; empty: the one that holds most of its words.
        where: What to write into ``Problem.where``.
        whole: Whether this is a whole document (then it must name an as-of date).

    Returns:
        Problems in the order of the text.
    """
    words = certainty_words(text)
    likely = [w for w in words if w.cls == "probability"]
    scale = standard or _best_standard(likely)
    found: list[Problem] = []
    report = Reporter(text, where, found)
    for w in likely:
        if w.term != "certain" and band_of(w.term, scale) is None:
            other = [s for s in STANDARDS if band_of(w.term, s)]
            told = f"is a word of {', '.join(other)}" if other else "is in no standard"
            report("mixed-standards", "error", w.start, w.end, f"“{w.text}” {told}, not of {scale}; use one standard")
    starts = [w.start for w in words]
    for a, b in sentences(text):
        inside = words[bisect.bisect_left(starts, a) : bisect.bisect_left(starts, b)]
        _sentence(text, a, b, inside, scale, report)
    if whole and likely and not _AS_OF.search(text):
        w = likely[0]
        report("no-as-of", "note", w.start, w.end, "the text judges, but does not say as of which date; add “as of …”")
    return tuple(sorted(found, key=lambda p: (p.start, p.end, p.rule)))


class Reporter:
    """Writes problems with line and column."""

    def __init__(self, text: str, where: str, found: list[Problem]) -> None:
        self.text, self.where, self.found = text, where, found
        self.lines = [0, *(m.end() for m in re.finditer("\n", text))]

    def __call__(self, rule: str, level: Severity, start: int, end: int, message: str) -> None:
        """Write one problem."""
        line = bisect.bisect_right(self.lines, start)
        self.found.append(
            Problem(
                rule=rule,
                level=level,
                message=message,
                where=self.where,
                start=start,
                end=end,
                line=line,
                column=start - self.lines[line - 1] + 1,
                excerpt=self.text[start:end],
            )
        )


def _sentence(text: str, a: int, b: int, words: Sequence[Certainty], scale: str, report: Reporter) -> None:
    said = text[a:b]
    numbers = [
        (float(m[1]), a + m.start(), a + m.end())
        for m in _PERCENT.finditer(said)
        if not _INTERVAL_LEVEL.match(said, m.start())
    ]
    likely = [w for w in words if w.cls == "probability"]
    sure = [w for w in words if w.cls == "confidence"]
    for w in likely:
        if not numbers:
            report(
                "number-missing",
                "warning",
                w.start,
                w.end,
                f"“{w.text}” without a number; put its percentage in brackets",
            )
    _bands(likely, numbers, scale, report)
    if likely and sure:
        w = sure[0]
        told = f"“{w.text}” stands in one sentence with “{likely[0].text}”; make two sentences"
        report("likelihood-with-confidence", "error", w.start, w.end, told)
    for w in sure:
        if w.term not in _GRADES:
            told = f"“{w.text}” is in no standard of confidence; use high, moderate or low, or give a likelihood"
            report("confidence-outside-standards", "warning", w.start, w.end, told)
    stated = bool(_RATIO.search(said))
    for w in words:
        if not stated and (w.cls == "hedge" or w.term == "suggested"):
            report(
                "hedge",
                "warning",
                w.start,
                w.end,
                f"“{w.text}” commits to nothing; give a word with its number, or an LR",
            )
        if w.cls == "absence" and not _SEARCH.search(text[a : b + 200]):
            told = f"“{w.text}” does not say what was searched, and what the search could have found"
            report("absence-without-search", "warning", w.start, w.end, told)


def _bands(
    likely: Sequence[Certainty], numbers: Sequence[tuple[float, int, int]], scale: str, report: Reporter
) -> None:
    """Each word, or range of words, against the percentage that follows it (failing that, the one before it)."""
    phrases: list[list[Certainty]] = []
    for w in likely:
        if phrases and _JOINS.fullmatch(report.text[phrases[-1][-1].end : w.start]):
            phrases[-1].append(w)
        else:
            phrases.append([w])
    ends = [p[0].start for p in phrases[1:]] + [len(report.text)] * bool(phrases)
    begins, ends_at = [n[1] for n in numbers], [n[2] for n in numbers]
    for phrase, limit in zip(phrases, ends, strict=True):
        bands = [b for w in phrase if (b := band_of(w.term, scale)) is not None]
        start, end = phrase[0].start, phrase[-1].end
        after = bisect.bisect_left(begins, end)
        found = after if after < len(begins) and begins[after] < limit else bisect.bisect_right(ends_at, start) - 1
        if not bands or found < 0:
            continue
        value, low, high = numbers[found][0], min(b[0] for b in bands), max(b[1] for b in bands)
        if not low <= value <= high and not _in_gap(value, bands, scale):
            words = report.text[start:end]
            told = f"{value:g} % is not “{words}” by {scale} ({low:g} to {high:g} %)"
            report("number-outside-band", "error", start, end, told)


_JOINS = re.compile(r"[”\"' ]*\b(?:to|and|or)\b[“\"' ]*(?:an? )?[“\"']?", re.IGNORECASE)
"""What stands between the two ends of a range: "likely to highly likely", "between “x” and “y”"."""


def _in_gap(value: float, bands: Sequence[tuple[float, float]], scale: str) -> bool:
    """Whether the number lies between two bands and the word is the weaker one, as the standard's policy has it."""
    if not 0.0 <= value <= 100.0:
        return False
    word = yardstick(scale).word_at(value)
    return word.between and (word.low, word.high) in bands


def _best_standard(words: Sequence[Certainty]) -> str:
    """The standard that has most of the words; the first in the list where several do."""
    return max(STANDARDS, key=lambda s: (sum(band_of(w.term, s) is not None for w in words), -STANDARDS.index(s)))
