"""What of the findings may leave the house: the public rendition."""

from __future__ import annotations

from typing import Any

from unfog.model import Findings
from unfog.report.dossier import redact

_SPOKEN = ("sentence", "figures", "method", "assumption", "population", "selected_by", "rows", "caveats", "data")


def public_findings(doc: Findings, names: redact.Pseudonyms, withheld: list[dict[str, Any]] | None = None) -> Findings:
    """The findings as the public may see them: pseudonyms, and commitments where hashes of originals stood.

    Args:
        doc: The findings.
        names: Pseudonyms, with the accounts of all tables learnt.
        withheld: Takes one entry per original and table whose hash was replaced: name, kind, commitment.
    """
    committed: dict[str, str] = {}

    def commit(name: str, kind: str, sha256: str) -> str:
        if name not in committed:
            committed[name] = redact.commitment(redact.salt_of(names.key, name), sha256)
            if withheld is not None:
                withheld.append({"name": names.text(name), "kind": kind, "commitment": committed[name]})
        return committed[name]

    def inputs(refs: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [
            {
                **r,
                "path": names.text(r["path"]),
                "source_id": names.text(r["source_id"]),
                "sha256": commit(r["path"] or r["source_id"], "original", r["sha256"]),
            }
            for r in refs
        ]

    raw = doc.model_dump(mode="json", by_alias=True)
    for f in raw["findings"]:
        for key in _SPOKEN:
            f[key] = names.value(f[key])
        for step in f["steps"]:
            step["sql"] = names.text(step["sql"])
        f["inputs"] = inputs(f["inputs"])
    for gap in raw["gaps"]:
        gap["sentence"], gap["mend"] = names.text(gap["sentence"]), names.text(gap["mend"])
    raw["inputs"] = inputs(raw["inputs"])
    for table in raw["tables"]:
        table["sha256"] = commit(table["file"], "table", table["sha256"])
    return Findings.model_validate(raw)
