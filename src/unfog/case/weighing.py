"""``unfog weigh``: the judgement alone, from the argued items and what an earlier run measured."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from unfog import judgement
from unfog.case.pipeline import open_case
from unfog.case.why import as_of_folders
from unfog.errors import CaseError
from unfog.model import AsOf, Evidence, Finding


@dataclass(frozen=True, slots=True)
class Weighed:
    """A judgement, its findings, and the date it is of."""

    as_of: str
    findings: tuple[Finding, ...]
    document: dict[str, Any]
    measured_from: str = ""


def weigh_case(folder: Path, *, as_of: str | None = None, clock: str = "public", out: Path | None = None) -> Weighed:
    """Weigh the evidence of a case as of a date, without reading posts.

    Measured items are taken from the run of the same date in ``out``, if there is one; the argued items are read anew,
    so that a changed rating shows at once.

    Raises:
        CaseError: if the case declares no variables, or makes no sense.
    """
    case = open_case(folder)
    date = AsOf.parse(as_of or max(case.file.as_of), clock)
    if not case.file.variables:
        raise CaseError("the case declares no [[variables]], so there is nothing to weigh", file="case.toml")
    kept = as_of_folders(out).get(date.label) if out is not None and out.is_dir() else None
    measured = _measured(kept) if kept is not None else ()
    ids = {e.id for e in case.argued}
    items = (*case.argued, *(e for e in measured if e.id not in ids))
    weighed = judgement.weigh(
        case.file.variables,
        case.file.propositions,
        case.file.contrasts,
        items,
        date,
        case.file.judgement,
        uncollected=case.file.uncollected,
    )
    document = weighed.model_dump(mode="json", by_alias=True)
    return Weighed(date.label, judgement.findings(weighed), document, kept.name if kept else "")


def _measured(folder: Path) -> tuple[Evidence, ...]:
    path = folder / "evidence.json"
    if not path.is_file():
        return ()
    items = json.loads(path.read_text(encoding="utf-8"))["evidence"]
    return tuple(e for e in (Evidence.model_validate(i) for i in items) if e.is_measured)
