"""What the pages read: a finished result, its findings and tables, and the tables it was read from, as of its date."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from unfog.case.asof import INGEST_TABLES, offer
from unfog.case.config import CASE_FILE, CaseFile, load_case
from unfog.case.pipeline import open_case
from unfog.case.why import as_of_folders, read_findings
from unfog.engine import DuckEngine, Step
from unfog.engine.sql import Value
from unfog.errors import CaseError, UnfogError
from unfog.model import TABLES, AsOf, Evidence, Findings
from unfog.web.shelf import SQL, Shelf

PAGE = 50
"""Rows of one page of a table."""

COUNTS = 10_000
"""Numbers of rows that are remembered."""


class Desk:
    """One as-of folder, opened for reading.

    Args:
        folder: The as-of folder.
        memory: Limit of the engine that reads tables.
    """

    def __init__(self, folder: Path, memory: str = "1GB") -> None:
        self.folder = folder
        self.findings: Findings = read_findings(folder)
        self._lock = threading.Lock()
        self._counted: dict[tuple[str, str], int] = {}
        self._engine = DuckEngine(memory=memory, threads=2)
        self._offer(self._engine)
        self._engine.run(Step("shelf", SQL, "one row per text", keep=False))
        self.shelf = Shelf(self._offer)
        self.tables = {t.name: t for t in self.findings.tables}
        for ref in self.findings.tables:
            self._engine.read_parquet(ref.name, [folder / ref.file])
        for name, table in TABLES.items():
            if not self._engine.has(name):
                self._engine.put(name, table.arrow_schema().empty_table())

    def _offer(self, engine: DuckEngine) -> None:
        """The tables that the run read, as of its date."""
        ingest = self.folder.parent / "ingest"
        files = {n: p for n in INGEST_TABLES if (p := ingest / f"{n}.parquet").is_file()}
        label = self.findings.as_of.removesuffix("-obtained")
        if len(label) == 18 and label.endswith("Z"):
            label = f"{label[:13]}:{label[13:15]}:{label[15:]}"
        offer(engine, files, AsOf.parse(label, self.findings.clock))

    def rows(self, sql: str, /, **params: Value) -> list[dict[str, Any]]:
        """Rows of a SELECT with times as text. What asks for ``shelf`` is answered from it as soon as it is ready."""
        found = self.shelf.rows(sql, **params) if " shelf " in sql else None
        if found is None:
            with self._lock:
                found = self._engine.rows(sql, **params)
        return [{k: _plain(v) for k, v in r.items()} for r in found]

    def count(self, sql: str, /, **params: Value) -> int:
        """A number; a result does not change, so each is counted once."""
        key = (sql, repr(sorted(params.items())))
        if key not in self._counted:
            if len(self._counted) >= COUNTS:
                self._counted.clear()
            self._counted[key] = int(next(iter(self.rows(sql, **params)[0].values())) or 0)
        return self._counted[key]

    def has(self, table: str) -> bool:
        """Whether a table has any row."""
        return self.count(f'SELECT count(*) FROM (SELECT 1 FROM "{table}" LIMIT 1)') > 0 if table in TABLES else False

    def document(self, name: str) -> dict[str, Any]:
        """A JSON document of the folder; empty if it is not there."""
        path = self.folder / f"{name}.json"
        if not path.is_file():
            return {}
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return found

    def evidence(self) -> dict[str, Evidence]:
        """Evidence items as they were weighed, by id."""
        items = self.document("evidence").get("evidence", [])
        return {e.id: e for e in (Evidence.model_validate(i) for i in items)}

    def close(self) -> None:
        """Close the engine and remove the shelf."""
        self.shelf.close()
        self._engine.close()


class Desks:
    """All as-of folders of one case; each is opened when it is first asked for and again when it has been run anew."""

    def __init__(self, out: Path, case: Path | None) -> None:
        self.out = out
        self.case = case
        self._open: dict[str, tuple[float, Desk]] = {}
        self._lock = threading.Lock()

    def labels(self) -> list[str]:
        """As-of labels, oldest first."""
        return sorted(as_of_folders(self.out))

    def at(self, label: str) -> Desk:
        """The desk of a date.

        Raises:
            CaseError: if nothing was run for it.
        """
        folder = as_of_folders(self.out).get(label)
        if folder is None:
            raise CaseError(f"there is no result as of {label}; there are {', '.join(self.labels()) or 'none yet'}")
        changed = (folder / "findings.json").stat().st_mtime
        with self._lock:
            known = self._open.get(label)
            if known is None or known[0] != changed:
                if known is not None:
                    known[1].close()
                self._open[label] = (changed, Desk(folder))
            return self._open[label][1]

    def close(self) -> None:
        """Close all of them."""
        with self._lock:
            for _, desk in self._open.values():
                desk.close()
            self._open.clear()

    def argued(self) -> dict[str, Evidence]:
        """Argued items with all ratings as they stand in the case's files now."""
        if self.case is None:
            return {}
        return {e.id: e for e in open_case(self.case).argued}

    def declared(self) -> CaseFile | None:
        """The case file; None where only results are at hand."""
        if self.case is None or not (self.case / CASE_FILE).is_file():
            return None
        return load_case(self.case)

    def values(self) -> Mapping[str, tuple[str, ...]]:
        """Variable -> its values."""
        try:
            file = self.declared()
        except UnfogError:
            return {}
        return {v.id: v.values for v in file.variables} if file is not None else {}


def _plain(value: Any) -> Any:
    if hasattr(value, "isoformat"):
        return value.isoformat(sep=" ") if hasattr(value, "hour") else value.isoformat()
    return value
