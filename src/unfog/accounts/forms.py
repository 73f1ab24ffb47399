"""Forms of handles: the patterns that sign-up forms and generators leave, in any script; in Python and in SQL."""

from __future__ import annotations

import re

from unfog.engine import literal

FORMS: tuple[tuple[str, str, re.Pattern[str]], ...] = (
    ("suggested", "Word-Word-1234, as Reddit suggests", re.compile(r"^[A-Z][a-z]+[-_][A-Z][a-z]+[-_]?[0-9]{1,4}$")),
    ("capword-capword", "CapwordCapword", re.compile(r"^[A-Z][a-z]{2,}[A-Z][a-z]{2,}$")),
    ("capword", "Capword", re.compile(r"^[A-Z][a-z]+$")),
    ("lower", "lower", re.compile(r"^[a-z]+$")),
    ("joined", "word_word", re.compile(r"^[A-Za-z]+[-_][A-Za-z]+$")),
    ("few-digits", "word12", re.compile(r"^[A-Za-z]+[-_]?[0-9]{1,4}$")),
    ("many-digits", "word12345", re.compile(r"^[A-Za-z]+[-_]?[0-9]{5,}$")),
)
OTHER, OTHER_SCRIPT = "other", "other-script"
FORM_NAMES = {name: shown for name, shown, _ in FORMS} | {OTHER: "no common form", OTHER_SCRIPT: "another script"}
"""Form -> how it is shown."""


def handle_form(handle: str) -> str:
    """Form of a handle: one of :data:`FORMS`, ``other-script`` for letters outside ASCII, or ``other``.

    >>> handle_form("MaryBrook"), handle_form("Max_92831"), handle_form("жёлтый")
    ('capword-capword', 'many-digits', 'other-script')
    """
    for name, _, pattern in FORMS:
        if pattern.match(handle):
            return name
    return OTHER_SCRIPT if any(c.isalpha() and not c.isascii() for c in handle) else OTHER


def form_sql(column: str) -> str:
    """The same as SQL over a column (null stays null): the patterns mean the same to RE2, to Java and to Python."""
    cases = "".join(
        f" WHEN regexp_matches({column}, {literal(pattern.pattern)}) THEN {literal(name)}" for name, _, pattern in FORMS
    )
    script = f" WHEN regexp_matches({column}, '[^\\P{{L}}a-zA-Z]') THEN {literal(OTHER_SCRIPT)}"
    return f"CASE WHEN {column} IS NULL THEN NULL{cases}{script} ELSE {literal(OTHER)} END"
