"""What the case declares of every account of a file: a label, who says so, and from when that was public."""

from __future__ import annotations

from unfog.engine import DuckEngine, identifier, literal
from unfog.ingest.project import ALONG, Projected, add_rows, part_relation
from unfog.ingest.spec import FileSpec
from unfog.model import TABLES


def declare_labels(engine: DuckEngine, spec: FileSpec, done: Projected) -> None:
    """Label every account that the file lists or that wrote one of its posts, if the case declares a label."""
    if not spec.label:
        return
    accounts = [
        f"SELECT DISTINCT platform, account_id FROM {identifier(part_relation(t))}"
        for t in ("accounts", "posts")
        if t in done.tables
    ]
    if not accounts:
        return
    value = {
        "label": literal(spec.label),
        "by": literal(spec.label_by or "not told"),
        "public_from": literal(spec.public_moment),
        "obtained_at": literal(spec.obtained_moment),
    }
    columns = ", ".join(
        f"CAST({value.get(c.name, identifier(c.name) if c.name in ('platform', 'account_id') else 'NULL')} AS {c.type}) "
        f"AS {identifier(c.name)}"
        for c in TABLES["labels"].columns
    )
    rows = f"SELECT *, 0::BIGINT AS row FROM ({' UNION '.join(accounts)})"
    labels = f"SELECT {columns}, {ALONG} FROM ({rows})"
    add_rows(engine, "labels", labels, done)
