"""What the page of a run may show: the case's redactions applied before anything is drawn."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path

import pyarrow.parquet as pq

from unfog.case.sections import ReportSection
from unfog.model import Findings
from unfog.report.dossier.redact import Pseudonyms

_WORD = re.compile(r"[\w.\-]+")
_COLUMNS = {"accounts": ("account_id", "handle", "name"), "posts": ("account_id",)}


def shown_findings(found: Findings, section: ReportSection, files: Mapping[str, Path]) -> Findings:
    """The findings as the page draws them: with ``account.handle`` in ``redact``, accounts stand under pseudonyms.

    The key is made from the tables' bytes, so that the same inputs give the same page and only who holds the data can
    tell who is who. Handles in ``allow`` stay.
    """
    if "account.handle" not in section.redact:
        return found
    digest = hashlib.sha256(b"unfog page\n")
    text = json.dumps(found.model_dump(mode="json", by_alias=True), ensure_ascii=False).casefold()
    words = frozenset(_WORD.findall(text))
    spoken: set[str] = set()
    for table, columns in _COLUMNS.items():
        if table not in files:
            continue
        digest.update(files[table].read_bytes())
        rows = pq.read_table(files[table], columns=list(columns))
        for column in columns:
            there = {n for n in rows.column(column).unique().to_pylist() if n}
            spoken |= {n for n in there if _occurs(n, text, words)}
    names = Pseudonyms(digest.digest(), frozenset(a.casefold() for a in section.allow))
    names.learn(sorted(spoken))
    raw = found.model_dump(mode="json", by_alias=True)
    for finding in raw["findings"]:
        for key in ("sentence", "figures", "method", "rows", "caveats", "data"):
            finding[key] = names.value(finding[key])
    return Findings.model_validate(raw)


def _occurs(name: str, text: str, words: frozenset[str]) -> bool:
    """Whether a name stands in a text: a handle of one word, or an address, a DID or a name of several words."""
    parts = _WORD.findall(name.casefold())
    if len(parts) == 1 and parts[0] == name.casefold():
        return parts[0] in words
    return all(p in words for p in parts) and json.dumps(name, ensure_ascii=False)[1:-1].casefold() in text
