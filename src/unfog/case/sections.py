"""The sections of case.toml that belong to the case itself; each room's own section is that room's ``Options``."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from unfog.model import AsOf, parse_moment


class Section(BaseModel):
    """Base of all sections: frozen, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Period(Section):
    """The period that the case is about. TOML dates; both ends belong to it."""

    from_: str = Field(alias="from")
    to: str
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    @field_validator("from_", "to", mode="before")
    @classmethod
    def _date(cls, v: Any) -> str:
        return str(parse_moment(v))


class About(Section):
    """``[case]``: what is asked, and as of when it is answered."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$", description="Short name; the folder's name")
    title: str = Field(description="The question in one line")
    question: str = Field(default="", description="The question at length, for the head of the report")
    period: Period
    as_of: tuple[str, ...] = Field(default=(), description="Dates on which the case is answered; default: period.to")
    seed: int = Field(default=7, ge=0, description="Seed of everything that is drawn by chance")
    retention: str = Field(default="", description="Day after which `unfog forget --expired` deletes what was kept")

    @field_validator("retention", mode="before")
    @classmethod
    def _day(cls, v: Any) -> str:
        return str(parse_moment(v)) if v else ""

    @field_validator("as_of", mode="before")
    @classmethod
    def _dates(cls, v: Any) -> tuple[str, ...]:
        listed = v if isinstance(v, list | tuple) else [v]
        return tuple(AsOf.parse(str(d)).label for d in listed)


class EngineSection(Section):
    """``[engine]``: which engine, and how much memory it may take."""

    kind: Literal["duckdb", "spark"] = Field(default="duckdb", description="duckdb (embedded) or spark")
    memory: str = Field(default="4GB", description="Memory limit; beyond it the engine spills to disk")
    threads: int | None = Field(default=None, ge=1, description="Threads; default all cores")


class SourceSection(Section):
    """One entry of ``[[posts]]``, ``[[observations]]``, ``[[articles]]`` or ``[[documents]]``."""

    path: str = Field(description="File or glob, looked for beside the case and then under --data")
    format: str | None = Field(default=None, description="Name of the reader; default: detected by content")
    map: dict[str, str] | None = Field(default=None, description="Column of ours -> column or SQL expression of theirs")
    platform: str | None = Field(default=None, description="Platform, where the format does not tell")
    optional: bool = Field(default=False, description="The case runs without it and says what it then cannot know")
    without: str = Field(default="", description="What cannot be known without it, in one sentence")
    population: str = Field(default="", description="What the file is a sample of")
    zone: str | None = Field(default=None, description="IANA zone of clock times that carry none")
    label: str | None = Field(default=None, description="What every account of this file is said to be")
    label_by: str | None = Field(default=None, description="Who says so")
    public_from: str | None = Field(default=None, description="When its content became public")
    obtained_at: str | None = Field(default=None, description="When this case got it")

    @field_validator("public_from", "obtained_at", mode="before")
    @classmethod
    def _moment(cls, v: Any) -> str | None:
        return None if v is None else str(parse_moment(v).end.isoformat())


class EvidenceSection(Section):
    """One entry of ``[[evidence]]``: a file of argued items and the files of their raters."""

    path: str = Field(description="TOML with [[evidence]] tables")
    ratings: tuple[str, ...] = Field(default=(), description="TOML files, one per rater, with [[rating]] tables")


class FileSection(Section):
    """One entry of ``[[statements]]``, ``[[conflicts]]`` or ``[[reviews]]``: a JSONL file of the case."""

    path: str
    optional: bool = False


class ReportSection(Section):
    """``[report]``: how the result is told."""

    standard: str = Field(default="phia", description="Yardstick of the probability words (see unfog words)")
    redact: tuple[str, ...] = Field(default=(), description="Fields shown as keyed pseudonyms, e.g. account.handle")
    allow: tuple[str, ...] = Field(
        default=(), description="Handles of public figures and named accounts shown as they are"
    )


class PrivacySection(Section):
    """``[privacy]``: how long the data may be kept."""

    retain_until: str | None = Field(default=None, description="Date after which `unfog forget --expired` removes data")
    purpose: str = Field(default="", description="Why the data is processed; goes into the assessment template")

    @field_validator("retain_until", mode="before")
    @classmethod
    def _date(cls, v: Any) -> str | None:
        return None if v is None else str(parse_moment(v))
