"""The JSON Schemas of everything that unfog reads and writes, made from the code so that they cannot drift.

``python -m unfog.cli._schemas schemas`` writes them; CI fails if the committed ones differ.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from unfog.campaigns import Entry
from unfog.case.config import CaseFile
from unfog.case.review import Review
from unfog.case.stage import write_whole
from unfog.evaluate import Evaluation
from unfog.judgement import Judgement
from unfog.model import TABLES, Evidence, Findings
from unfog.statements import Statement

DRAFT = "https://json-schema.org/draft/2020-12/schema"

_RUN: dict[str, Any] = {
    "title": "run.json",
    "description": "When, where and how long a run was; the only output with a wall clock in it",
    "type": "object",
    "required": ["schema", "unfog", "begun", "ended", "seconds", "reused"],
    "properties": {
        "schema": {"const": "unfog.run/1"},
        "unfog": {"type": "string"},
        "python": {"type": "string"},
        "platform": {"type": "string"},
        "begun": {"type": "string", "format": "date-time"},
        "ended": {"type": "string", "format": "date-time"},
        "seconds": {"type": "object", "additionalProperties": {"type": "number"}},
        "reused": {"type": "array", "items": {"type": "string"}},
        "case_sha256": {"type": "string"},
        "case_files": {"type": "object", "additionalProperties": {"type": "string"}},
        "sources": {
            "description": "Each file as it was read; `notes` tells its clock: found, documented or assumed",
            "type": "array",
            "items": {
                "type": "object",
                "required": [
                    "source_id",
                    "path",
                    "sha256",
                    "format",
                    "rows_read",
                    "rows_kept",
                    "rows_duplicate",
                    "rows_rejected",
                    "notes",
                ],
                "properties": {
                    **{
                        k: {"type": "string"}
                        for k in ("source_id", "path", "sha256", "format", "reader_version", "notes")
                    },
                    **{
                        k: {"type": "integer"}
                        for k in ("bytes", "rows_read", "rows_kept", "rows_duplicate", "rows_rejected")
                    },
                },
                "additionalProperties": False,
            },
        },
    },
    "additionalProperties": False,
}


def schemas() -> Iterator[tuple[str, dict[str, Any]]]:
    """File name -> schema, for case.toml, every table and every document."""
    documents: dict[str, type[BaseModel]] = {
        "case": CaseFile,
        "findings": Findings,
        "judgement": Judgement,
        "evidence-item": Evidence,
        "campaign": Entry,
        "review": Review,
        "statement": Statement,
        "evaluation": Evaluation,
    }
    for name, model in documents.items():
        yield f"{name}.schema.json", {"$schema": DRAFT, **model.model_json_schema(by_alias=True)}
    evidence = Evidence.model_json_schema(by_alias=True)
    definitions = evidence.pop("$defs", {})
    yield (
        "evidence.schema.json",
        {
            "$schema": DRAFT,
            "title": "evidence.json",
            "description": "Every item that was weighed on a date",
            "type": "object",
            "required": ["schema", "as_of", "evidence"],
            "properties": {
                "schema": {"const": "unfog.evidence/1"},
                "as_of": {"type": "string"},
                "evidence": {"type": "array", "items": {"$ref": "#/$defs/Evidence"}},
            },
            "additionalProperties": False,
            "$defs": {**definitions, "Evidence": evidence},
        },
    )
    yield "run.schema.json", {"$schema": DRAFT, **_RUN}
    for table in TABLES.values():
        yield f"tables/{table.name}.schema.json", table.json_schema()


def write_schemas(folder: Path) -> list[Path]:
    """Write all schemas into a folder, remove those that are no longer made, and return the paths written."""
    written = []
    for name, schema in schemas():
        path = folder / name
        write_whole(path, json.dumps(schema, indent=1, ensure_ascii=False, sort_keys=True) + "\n")
        written.append(path)
    for stale in set(folder.rglob("*.schema.json")) - set(written):
        stale.unlink()
    return written


def main() -> None:
    """Command line of this module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where the schemas go, e.g. schemas")
    found = write_schemas(parser.parse_args().folder)
    sys.stdout.write(f"{len(found)} schemas\n")


if __name__ == "__main__":
    main()
