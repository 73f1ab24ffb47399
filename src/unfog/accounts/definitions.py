"""Definitions of a census: what is counted, so exactly that another person counts the same."""

from __future__ import annotations

import itertools
import re
import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from unfog.errors import CaseError, SourceMissing
from unfog.model import parse_moment


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Period(_Section):
    """First and last day, UTC, both included."""

    from_: str = Field(alias="from")
    to: str

    @field_validator("from_", "to", mode="before")
    @classmethod
    def _day(cls, v: Any) -> str:
        return parse_moment(v).start.date().isoformat()

    @model_validator(mode="after")
    def _in_order(self) -> Period:
        if self.to < self.from_:
            raise ValueError(f"the period ends on {self.to}, before it begins on {self.from_}")
        return self

    def __str__(self) -> str:
        return f"{self.from_} to {self.to}"


class Classifier(_Section):
    """A label given by a classifier that errs, with what was measured of its errors."""

    label: str = Field(description="Label in the table of labels that means 'called'")
    sensitivity: tuple[int, int] | None = Field(default=None, description="[called, truly positive tested]")
    specificity: tuple[int, int] | None = Field(default=None, description="[not called, truly negative tested]")
    measured_on: str = Field(default="", description="Population on which both were measured")


class Definition(_Section):
    """One definition: every condition that is given must hold.

    A post counts if it lies in the period, matches the topic, and is of the language; an account counts if it has such
    a post and is on the list, declares the place, and behaves as said. Without a period or topic, accounts count that
    are listed without any post.
    """

    id: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")
    says: str = Field(default="", description="The definition in words; default: made from its parts")
    unit: Literal["accounts", "posts"] = Field(default="accounts", description="What is counted")
    list: str = Field(default="", description='Attribution list, as in sets: "labelled X", "accounts of source X" ...')
    place: str = Field(default="", description="Regular expression on the declared location")
    language: str = Field(default="", description="Regular expression on the language of the post")
    topic: str = Field(default="", description="Regular expression on title, text and hashtags, case ignored")
    period: Period | None = Field(default=None, description="Days within which posts count")
    behaviour: dict[str, tuple[float | None, float | None]] = Field(
        default_factory=dict, description="Column of profile_accounts -> [least, most]; null for no limit"
    )
    classifier: Classifier | None = Field(default=None, description="A classifier's label instead of a list")
    population: str = Field(default="", description="What the rows at hand are a sample of")
    not_measured: str = Field(default="", description="What the figure does not say")

    @field_validator("place", "language", "topic")
    @classmethod
    def _pattern(cls, v: str) -> str:
        try:
            re.compile(v)
        except re.error as why:
            raise ValueError(f"{v!r} is not a regular expression: {why}") from None
        return v

    def words(self) -> str:
        """The definition in words."""
        if self.says:
            return self.says
        parts = [f"{self.unit}"]
        parts += [f"on the list “{self.list}”"] if self.list else []
        parts += [f"called “{self.classifier.label}” by a classifier"] if self.classifier else []
        parts += [f"declared place matches “{self.place}”"] if self.place else []
        parts += [f"language matches “{self.language}”"] if self.language else []
        parts += [f"with a post that matches “{self.topic}”"] if self.topic else []
        parts += [f"{k} from {lo} to {hi}" for k, (lo, hi) in sorted(self.behaviour.items())]
        return ", ".join(parts)


class Axis(_Section):
    """One side of a grid: a part of the definition, and the values that it takes by name."""

    part: Literal["list", "place", "language", "topic", "period", "behaviour", "unit"]
    values: dict[str, Any]


class Grid(_Section):
    """All combinations of several axes over one base definition."""

    id: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")
    base: dict[str, Any] = Field(default_factory=dict)
    axes: tuple[Axis, ...]

    def definitions(self) -> tuple[Definition, ...]:
        """One definition per combination, named by its values."""
        out = []
        for choice in itertools.product(*(a.values.items() for a in self.axes)):
            parts = {a.part: value for a, (_, value) in zip(self.axes, choice, strict=True)}
            name = ".".join((self.id, *(label for label, _ in choice)))
            out.append(Definition.model_validate({**self.base, **parts, "id": name}))
        return tuple(out)


class Published(_Section):
    """What a published figure is not, and how it may be shown; the figure itself is an observation of kind estimate."""

    id: str
    origin: str = Field(default="", description="Study, in place of the observation's actor")
    not_measured: str = Field(description="What the figure does not say")


class Census(_Section):
    """A census: definitions, grids over definitions, and notes on published figures."""

    title: str = Field(default="", description="What is asked")
    definitions: tuple[Definition, ...] = ()
    grids: tuple[Grid, ...] = ()
    published: tuple[Published, ...] = ()
    population: str = Field(default="", description="What the rows at hand are a sample of")

    def all_definitions(self) -> tuple[Definition, ...]:
        """Definitions with those of the grids, in order; ids are unique."""
        found = [*self.definitions, *(d for g in self.grids for d in g.definitions())]
        ids = [d.id for d in found]
        if twice := sorted({i for i in ids if ids.count(i) > 1}):
            raise CaseError(f"two definitions share the id {twice[0]!r}", path="definitions")
        return tuple(found)


def load_definitions(path: Path) -> Census:
    """Read a census from TOML: the whole file, or its section ``[accounts.census]``.

    Raises:
        SourceMissing: if the file is not there.
        CaseError: naming the path into the file, if it is no TOML or a key makes no sense.
    """
    if not path.is_file():
        raise SourceMissing(f"there is no file {path}; give definitions as TOML (see docs/explanation/accounts.md)")
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as why:
        raise CaseError(f"not TOML: {why}", file=path.name) from None
    section = raw.get("accounts", {}).get("census") if "accounts" in raw else raw
    if section is None:
        raise CaseError("holds no census: neither definitions nor [accounts.census]", file=path.name)
    try:
        return Census.model_validate(section)
    except ValidationError as why:
        first = why.errors()[0]
        raise CaseError(first["msg"], path=".".join(map(str, first["loc"])), file=path.name) from None
