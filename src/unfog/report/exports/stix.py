"""STIX 2.1: every finding a note with an extension that holds it whole, so that reading back loses nothing.

``confidence`` is never written: STIX's own scales merge "highly likely" with "almost certain" (its appendix A), and a
number there would be taken for a probability. Probabilities travel in our extension, with word, yardstick and interval.
Accounts are not exported as observables: a finding speaks of sets.

Source: STIX 2.1, OASIS Standard, 10 June 2021, sections 4.10 (note), 4.16 (report), 7.3 (extension definition).
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from unfog.errors import FormatError, IntegrityError
from unfog.model import Finding, Findings
from unfog.model.disarm import Technique, techniques

NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://github.com/unfog/unfog/stix/1")
EXTENSION = "extension-definition--" + str(uuid.uuid5(NAMESPACE, "extension finding 1"))
SCHEMA = "https://github.com/unfog/unfog/blob/main/schemas/findings.schema.json"


def bundle(doc: Findings) -> dict[str, Any]:
    """A bundle with one report, one note per finding and gap, and the techniques that findings show.

    Ids and times are functions of the content: the same findings give the same bundle.
    """
    at = _time(doc.as_of)
    common = {"spec_version": "2.1", "created": at, "modified": at}
    made = {"type": "identity", "id": _id("identity", "unfog"), "name": "unfog", "identity_class": "system"}
    maker: dict[str, Any] = {**made, **common}
    common["created_by_ref"] = maker["id"]
    extension = {
        "type": "extension-definition",
        "id": EXTENSION,
        **common,
        "name": "unfog finding",
        "schema": SCHEMA,
        "version": "1.0.0",
        "description": "A finding with figures, 90 % intervals, basis (counted, measured, argued, bound), verdict, "
        "method and proof; probabilities with their word and yardstick.",
        "extension_types": ["property-extension"],
    }
    found = {f.id: techniques(f) for f in doc.findings}
    patterns = {t: _pattern(t, common) for t in sorted({t for ts in found.values() for t in ts}, key=lambda t: t.id)}
    report_id = _id("report", f"{doc.case} {doc.as_of} {doc.clock}")
    notes = [_note(f, doc, report_id, [patterns[t]["id"] for t in found[f.id]], common) for f in doc.findings]
    head = doc.model_dump(mode="json", by_alias=True, exclude={"findings"})
    report = {
        "type": "report",
        "id": report_id,
        **common,
        "name": doc.title or doc.case,
        "published": at,
        "report_types": ["threat-report"],
        "description": doc.question or doc.title or doc.case,
        "object_refs": [maker["id"], *(n["id"] for n in notes), *(p["id"] for p in patterns.values())],
        "extensions": {EXTENSION: {"extension_type": "property-extension", "document": head}},
    }
    objects = [maker, extension, report, *notes, *patterns.values()]
    return {"type": "bundle", "id": _id("bundle", f"{doc.case} {doc.as_of} {doc.clock}"), "objects": objects}


def text(doc: Findings) -> str:
    """The bundle as JSON."""
    return json.dumps(bundle(doc), ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def read(raw: Mapping[str, Any]) -> Findings:
    """Read a bundle that :func:`bundle` made.

    Raises:
        FormatError: if it is not a bundle with an unfog report.
        IntegrityError: if a note's words are not those of the finding that it holds.
    """
    if raw.get("type") != "bundle" or not isinstance(raw.get("objects"), list):
        raise FormatError('not a STIX bundle: expected {"type": "bundle", "objects": [...]}')
    ours = [(o, o["extensions"][EXTENSION]) for o in raw["objects"] if EXTENSION in o.get("extensions", {})]
    heads = [e["document"] for o, e in ours if o.get("type") == "report"]
    if len(heads) != 1:
        raise FormatError(f"the bundle holds {len(heads)} reports of unfog, not one")
    findings = []
    for o, e in ours:
        if o.get("type") == "note":
            if o.get("abstract") != e["finding"]["sentence"]:
                raise IntegrityError(f"the note {o['id']} says something else than the finding it holds")
            findings.append((e["position"], e["finding"]))
    try:
        return Findings.model_validate({**heads[0], "findings": [f for _, f in sorted(findings, key=lambda x: x[0])]})
    except ValidationError as why:
        raise FormatError(f"the bundle's findings cannot be read: {why.errors()[0]['msg']}") from None


def _note(f: Finding, doc: Findings, report: str, patterns: list[str], common: dict[str, str]) -> dict[str, Any]:
    extension: dict[str, Any] = {
        "extension_type": "property-extension",
        "position": doc.findings.index(f),
        "finding": f.model_dump(mode="json"),
    }
    if f.room == "judgement" and f.kind == "answer" and f.data.get("percent") is not None:
        words = f.data.get("words") or {}
        extension["probability"] = {
            "proposition": f.data.get("proposition"),
            "percent": f.data["percent"],
            "interval_90": f.data.get("interval"),
            "word": words.get("phrase") if isinstance(words, Mapping) else "",
            "yardstick": f.data.get("standard"),
        }
    content = " ".join(p for p in (f.method, f"Assumes: {f.assumption}" if f.assumption else "", *f.caveats) if p)
    return {
        "type": "note",
        "id": _id("note", f"{doc.case} {doc.as_of} {doc.clock} {f.id}"),
        **common,
        "abstract": f.sentence,
        "content": content or f.sentence,
        "labels": [f.room, f.kind, f.verdict.value.replace(" ", "-")],
        "object_refs": [report, *patterns],
        "extensions": {EXTENSION: extension},
    }


def _pattern(t: Technique, common: dict[str, str]) -> dict[str, Any]:
    refs = [{"source_name": t.source, "external_id": t.id}]
    return {
        "type": "attack-pattern",
        "id": _id("attack-pattern", t.id),
        **common,
        "name": t.name,
        "external_references": refs,
    }


def _id(type_: str, name: str) -> str:
    return f"{type_}--{uuid.uuid5(NAMESPACE, f'{type_} {name}')}"


def _time(as_of: str) -> str:
    """The as-of date as a STIX timestamp (the end of a day that is known to the day)."""
    match = re.match(r"(\d{4}-\d{2}-\d{2})(?:T(\d{2})(\d{2})(\d{2})Z)?", as_of)
    if not match:
        return "1970-01-01T00:00:00.000Z"
    day, h, m, s = match.groups()
    return f"{day}T{h}:{m}:{s}.000Z" if h else f"{day}T23:59:59.000Z"
