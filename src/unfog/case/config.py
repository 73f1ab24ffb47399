"""``case.toml``: one file that says what is asked, what is at hand, and how it is to be weighed.

Every room's section is that room's own ``Options``; here they are only put together, so that an option is declared,
documented and checked in one place.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from unfog.accounts import Options as AccountsOptions
from unfog.campaigns import Options as CampaignsOptions
from unfog.case.evidence import read_toml
from unfog.case.sections import (
    About,
    EngineSection,
    EvidenceSection,
    PrivacySection,
    ReportSection,
    Section,
    SourceSection,
)
from unfog.coordination import Options as CoordinationOptions
from unfog.errors import CaseError, EvidenceError, did_you_mean
from unfog.judgement import ContrastMap, Proposition, Settings, Uncollected, Variable, check_declared
from unfog.spread import Options as SpreadOptions
from unfog.statements import Options as StatementsOptions

CASE_FILE = "case.toml"


class CaseFile(Section):
    """The whole of ``case.toml``."""

    schema_: Literal[1] = Field(alias="schema", description="Version of this layout; 1")
    case: About
    engine: EngineSection = Field(default_factory=EngineSection)
    posts: tuple[SourceSection, ...] = Field(default=(), description="Exports of platforms")
    observations: tuple[SourceSection, ...] = Field(default=(), description="Observation logs")
    articles: tuple[SourceSection, ...] = Field(default=(), description="News articles and reports")
    documents: tuple[SourceSection, ...] = Field(default=(), description="Documents whose spread is traced")
    evidence: tuple[EvidenceSection, ...] = Field(default=(), description="Argued evidence")
    variables: tuple[Variable, ...] = Field(default=(), description="Questions with their answers and priors")
    propositions: tuple[Proposition, ...] = Field(default=(), description="Statements to be judged")
    contrasts: tuple[ContrastMap, ...] = Field(default=(), description="How findings speak to the variables")
    uncollected: tuple[Uncollected, ...] = Field(default=(), description="Evidence that could still be collected")
    coordination: CoordinationOptions = Field(default_factory=CoordinationOptions)
    accounts: AccountsOptions = Field(default_factory=AccountsOptions)
    spread: SpreadOptions = Field(default_factory=SpreadOptions)
    campaigns: CampaignsOptions = Field(default_factory=CampaignsOptions)
    statements: StatementsOptions = Field(default_factory=StatementsOptions)
    judgement: Settings = Field(default_factory=Settings)
    report: ReportSection = Field(default_factory=ReportSection)
    privacy: PrivacySection = Field(default_factory=PrivacySection)

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    @property
    def as_of(self) -> tuple[str, ...]:
        """Dates on which the case is answered."""
        return self.case.as_of or (self.case.period.to,)


def load_case(folder: Path) -> CaseFile:
    """Read and check ``case.toml``.

    Args:
        folder: The case folder, or the path of a case file.

    Returns:
        The checked case.

    Raises:
        CaseError: naming the dotted path of what is wrong, what was found, and the nearest known key.
    """
    path = folder if folder.suffix == ".toml" else folder / CASE_FILE
    if not path.is_file():
        raise CaseError(f"{path} does not exist; `unfog new DIR` makes a case that runs")
    raw = read_toml(path, path.name)
    try:
        case = CaseFile.model_validate(raw)
        check_declared(case.variables, case.propositions, case.contrasts)
    except ValidationError as why:
        raise _as_case_error(why, path.name, raw) from None
    except EvidenceError as why:
        raise CaseError(str(why), file=path.name) from None
    return case


def _as_case_error(why: ValidationError, file: str, raw: dict[str, Any]) -> CaseError:
    problems = why.errors()
    first = problems[0]
    where = _dotted(first["loc"])
    if first["type"] == "extra_forbidden":
        known = _known_keys(first["loc"][:-1])
        message = f"unknown key{did_you_mean(str(first['loc'][-1]), known)}; known here: {', '.join(sorted(known))}"
    elif first["type"] == "missing":
        message = "is missing"
    else:
        message = f"{re.sub('^Value error, ', '', first['msg'])}" + _found(first)
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return CaseError(message + more, path=where, file=file)


def _found(problem: Any) -> str:
    value = problem.get("input")
    simple = isinstance(value, str | int | float | bool) or value is None
    return f", got {value!r}" if simple and problem["type"] != "value_error" else ""


def _dotted(loc: tuple[int | str, ...]) -> str:
    text = ""
    for part in loc:
        text += f"[{part}]" if isinstance(part, int) else (f".{part}" if text else str(part))
    return text


def _known_keys(loc: tuple[int | str, ...]) -> set[str]:
    model: type[BaseModel] = CaseFile
    for part in loc:
        if isinstance(part, int):
            continue
        field = next((f for n, f in model.model_fields.items() if part in (n, f.alias)), None)
        inner = _inner_model(field.annotation) if field else None
        if inner is None:
            return set()
        model = inner
    return {f.alias or n for n, f in model.model_fields.items()}


def _inner_model(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for part in get_args(annotation):
        if (found := _inner_model(part)) is not None:
            return found
    return None
