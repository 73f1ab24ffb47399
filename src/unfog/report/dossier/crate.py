"""RO-Crate 1.2 metadata: what an archive reads of a dossier or an export."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterable, Mapping
from typing import Any

from unfog.model import Findings

_MEDIA = {
    ".jsonl": "application/jsonl",
    ".parquet": "application/vnd.apache.parquet",
    ".gexf": "application/xml",
    ".graphml": "application/xml",
    ".py": "text/x-python",
    ".json": "application/json",
    ".csv": "text/csv",
}


def media_type(name: str) -> str:
    """IANA media type of a file name."""
    for ending, kind in _MEDIA.items():
        if name.endswith(ending):
            return kind
    return mimetypes.guess_type(name)[0] or "application/octet-stream"


def metadata(
    doc: Findings, files: Mapping[str, tuple[int, str]], *, about: Mapping[str, str], at: str, by: str, profile: str
) -> dict[str, Any]:
    """The content of ``ro-crate-metadata.json``.

    Args:
        doc: The findings.
        files: Name -> (bytes, SHA-256).
        about: Name -> what the file is.
        at: ISO date of publication.
        by: Who published it.
        profile: sealed or public.
    """
    parts = sorted(files)
    root: dict[str, Any] = {
        "@id": "./",
        "@type": "Dataset",
        "name": doc.title,
        "datePublished": at[:10],
        "conformsTo": {"@id": "#dossier"},
        "description": f"{doc.question or doc.title} Findings of unfog as of {doc.as_of}, {profile} profile.",
        "license": {"@id": "#terms"},
        "publisher": {"@id": "#sealer"},
        "hasPart": [{"@id": p} for p in parts],
        "mainEntity": {"@id": "findings.json"} if "findings.json" in files else {"@id": "./"},
    }
    graph: list[dict[str, Any]] = [
        {
            "@id": "ro-crate-metadata.json",
            "@type": "CreativeWork",
            "conformsTo": {"@id": "https://w3id.org/ro/crate/1.2"},
            "about": {"@id": "./"},
        },
        root,
        {"@id": "#sealer", "@type": "Organization", "name": by},
        {"@id": "#terms", "@type": "CreativeWork", "name": _terms(profile)},
        {"@id": "#dossier", "@type": "CreativeWork", "name": "unfog dossier, version 1"},
        {"@id": "#unfog", "@type": "SoftwareApplication", "name": "unfog", "version": doc.unfog},
        {
            "@id": "#run",
            "@type": "CreateAction",
            "name": f"unfog run of case {doc.case}, as of {doc.as_of}",
            "instrument": {"@id": "#unfog"},
            "result": [{"@id": p} for p in parts if p in {"findings.json", "judgement.json", "index.html"}],
        },
    ]
    for name in parts:
        size, sha256 = files[name]
        graph.append(
            {
                "@id": name,
                "@type": "File",
                "name": about.get(name, name.rsplit("/", 1)[-1]),
                "contentSize": str(size),
                "encodingFormat": media_type(name),
                "sha256": sha256,
            }
        )
    return {"@context": "https://w3id.org/ro/crate/1.2/context", "@graph": graph}


def _terms(profile: str) -> str:
    if profile == "sealed":
        return "Holds originals with personal data: for those who may see them, under the law of where they are held."
    return "Accounts are pseudonymous and still personal data; do not try to identify anyone."


def sized(files: Iterable[tuple[str, int, str]]) -> dict[str, tuple[int, str]]:
    """(name, bytes, hash) triples as the mapping that :func:`metadata` takes."""
    return {name: (size, sha) for name, size, sha in files}
