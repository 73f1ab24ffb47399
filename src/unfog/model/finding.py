"""The finding: one sentence that a person may read, with everything needed to check it.

``findings.json`` is the only thing that pages, charts, dossiers and exports are made from.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from unfog.model.evidence import Evidence
from unfog.model.number import Estimate


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Basis(StrEnum):
    """What kind of number a figure is. Measured and argued numbers never look alike."""

    COUNTED = "counted"
    MEASURED = "measured"
    ARGUED = "argued"
    BOUND = "bound"


class Verdict(StrEnum):
    """The three verdicts that are never mixed, and the two that admit ignorance."""

    COORDINATED = "coordinated"
    INAUTHENTIC = "inauthentic"
    ATTRIBUTABLE = "attributable"
    DESCRIPTIVE = "descriptive"
    CANNOT_TELL = "cannot tell"


class Figure(_Document):
    """A number in a finding.

    Attributes:
        name: Name unique within the finding; sentences refer to figures by this name.
        value: The number with its 90 % interval (``Estimate.exact`` for counts).
        unit: ``accounts``, ``posts``, ``s``, ``log10 LR``, ``share``, ``p`` ...
        basis: counted, measured, argued or a bound.
        note: What limits it: a cap that bit, a population, an exclusion.
    """

    name: str
    value: Estimate
    unit: str
    basis: Basis = Basis.COUNTED
    note: str = ""


class InputRef(_Document):
    """A file or table that a finding was computed from, by hash."""

    source_id: str
    sha256: str
    path: str = ""


class StepRef(_Document):
    """A named step that was run for a finding, with the SQL as it was run."""

    name: str
    sql: str
    rows: int | None = None


class RowsRef(_Document):
    """The rows behind a finding: a table and the keys of its rows, in the table's key order."""

    table: str
    keys: tuple[tuple[str, ...], ...] = ()
    total: int = 0


class Finding(_Document):
    """One result, ready to be read and to be checked.

    Attributes:
        id: ``room.kind`` or ``room.kind.slug``; stable from run to run.
        room: The room that found it.
        kind: What sort of finding it is; pages group by it.
        sentence: Plain English. Numbers in it are formatted from ``figures``.
        figures: All numbers behind the sentence.
        verdict: One of the three verdicts, or descriptive, or cannot tell.
        method: How it was computed, one or two sentences.
        assumption: What must hold for it to mean what it says.
        population: What the rows are a sample of.
        selected_by: Who or what chose the set. A trait that chose the set carries no weight on that set.
        public_from: ISO time from which it could be known by anyone.
        inputs: Files behind it, by hash.
        steps: SQL behind it.
        rows: Rows behind it.
        derived_from: Ids of findings it was computed from.
        evidence: Ids of evidence items that it gave rise to.
        caveats: What a fair reader should be told.
        data: Further values for charts (JSON-safe, deterministic).
    """

    id: str = Field(pattern=r"^[a-z]+(\.[a-z0-9][a-z0-9_-]*)+$")
    room: str
    kind: str
    sentence: str
    figures: tuple[Figure, ...] = ()
    verdict: Verdict = Verdict.DESCRIPTIVE
    method: str
    assumption: str = ""
    population: str = ""
    selected_by: str = ""
    public_from: str = ""
    inputs: tuple[InputRef, ...] = ()
    steps: tuple[StepRef, ...] = ()
    rows: tuple[RowsRef, ...] = ()
    derived_from: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    caveats: tuple[str, ...] = ()
    data: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _figures_have_own_names(self) -> Finding:
        names = [f.name for f in self.figures]
        if len(names) != len(set(names)):
            raise ValueError(f"finding {self.id}: two figures share a name: {names}")
        return self

    def figure(self, name: str) -> Figure:
        """The figure of that name; KeyError if there is none."""
        for f in self.figures:
            if f.name == name:
                return f
        raise KeyError(f"{self.id} has no figure {name!r}")


class Gap(_Document):
    """Something that could not be known here, said plainly: what, why, and what would mend it."""

    id: str
    room: str
    sentence: str
    mend: str = ""


class StageResult(_Document):
    """What a room gives back.

    Attributes:
        findings: What it found.
        evidence: Items for the judgement.
        gaps: What it could not know.
        tables: Names of tables that it left in the engine.
        documents: File stem -> JSON-safe document that is written as it is (``judgement`` -> ``judgement.json``).
    """

    findings: tuple[Finding, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    gaps: tuple[Gap, ...] = ()
    tables: tuple[str, ...] = ()
    documents: dict[str, Any] = Field(default_factory=dict)


class TableRef(_Document):
    """An output table, by hash."""

    name: str
    file: str
    sha256: str
    rows: int
    grain: str = ""


class Findings(_Document):
    """The whole of ``findings.json``: versioned, deterministic, without wall clock."""

    schema_: Literal["unfog.findings/1"] = Field(default="unfog.findings/1", alias="schema")
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)
    case: str
    title: str
    question: str = ""
    as_of: str
    clock: Literal["public", "obtained"] = "public"
    unfog: str
    standard: str = "phia"
    findings: tuple[Finding, ...] = ()
    gaps: tuple[Gap, ...] = ()
    inputs: tuple[InputRef, ...] = ()
    tables: tuple[TableRef, ...] = ()
