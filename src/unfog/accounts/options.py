"""What a case may say about its sets of accounts: section ``[accounts]`` of case.toml."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from unfog.accounts.definitions import Census
from unfog.model import parse_moment

Kind = Literal["hours", "weekdays", "pacing", "single-use", "creation", "handles", "shift"]
KINDS: tuple[Kind, ...] = ("single-use", "hours", "weekdays", "pacing", "creation", "handles", "shift")


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class SetSpec(_Section):
    """One declared set of accounts: who is in it, who chose it, and by what."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$", description="Short name; part of the ids of its findings")
    title: str = Field(default="", description="What to call the set in a sentence")
    platform: str = Field(default="", description="Platform; empty: every platform")
    members: tuple[str, ...] = Field(default=(), description="Ids or handles of the accounts")
    from_: str = Field(
        default="",
        alias="from",
        description='"all accounts", "accounts of source ID", "authors of source ID", "labelled LABEL", '
        '"group ID" or "sharers of TEXT" (a link, hashtag or object id)',
    )
    selected_by: str = Field(default="", description="Who chose the set")
    selected_on: tuple[Kind, ...] = Field(default=(), description="Traits that chose the set: they weigh nothing on it")
    public_from: str = Field(default="", description="When the set became public; default: when its accounts did")
    comparison: str = Field(
        default="everyone else",
        description='Comparison population: "everyone else" on the platform, "none", or as in from',
    )

    @field_validator("public_from", mode="before")
    @classmethod
    def _moment(cls, v: Any) -> str:
        return "" if v in (None, "") else parse_moment(v).end.isoformat()

    @model_validator(mode="after")
    def _one_way(self) -> SetSpec:
        if bool(self.members) == bool(self.from_):
            raise ValueError(f"set {self.id}: give either members or from")
        return self

    @property
    def called(self) -> str:
        """The set's name in a sentence."""
        return self.title or f"the set “{self.id}”"


class DeclaredShift(_Section):
    """A working pattern that the case asks about, against all others in the grid."""

    zones: tuple[str, ...] = Field(description='Names of zones in the grid, such as "UTC+3"')
    habits: tuple[str, ...] = Field(default=("office",), description="office, early, late or night")


class Likeness(_Section):
    """A known operation whose ways order the accounts of other sets; never a label, and no evidence."""

    known: str = Field(
        description='Accounts of the known operation, as in from: "labelled X", "accounts of source X" ...'
    )
    ordinary: str = Field(default="everyone else", description='Ordinary accounts: "everyone else", or as in from')
    prevalence: tuple[Annotated[float, Field(gt=0, lt=1)], ...] = Field(
        default=(0.001, 0.01, 0.1), min_length=1, description="Shares of such accounts for which each cut is valued"
    )
    min_posts: int = Field(default=3, ge=2, description="Accounts with fewer dated posts: cannot tell")


class Options(_Section):
    """Section ``[accounts]``: sets, and the declared numbers that their tests use."""

    sets: tuple[SetSpec, ...] = Field(
        default=(),
        description="Sets to examine; default: one per label, one per group, else one per source that lists accounts",
    )
    tests: tuple[Kind, ...] = Field(default=KINDS, description="Tests to make")
    groups: bool = Field(default=True, description="Examine the groups that coordination found as well")
    min_accounts: int = Field(default=5, ge=2, description="Smallest set that is tested; smaller ones are described")
    min_comparison: int = Field(default=50, ge=20, description="Smallest comparison population")
    min_cohort: int = Field(default=10, ge=5, description="Smallest organic cohort that counts as one comparison set")
    sitting_s: Annotated[float, Field(gt=0)] = Field(default=3600.0, description="Longer gaps are pauses, not pacing")
    rate_limits: dict[str, float] = Field(
        default={"reddit": 600.0},
        description="Seconds a platform makes a new account wait between submissions (Reddit: about ten minutes)",
    )
    declared_shift: DeclaredShift | None = Field(default=None, description="Working pattern asked about")
    likeness: Likeness | None = Field(
        default=None, description="Order the accounts of each set by likeness to a known one"
    )
    census: Census | None = Field(default=None, description="Definitions to count, and notes on published figures")
    window_h: int = Field(default=9, ge=1, le=23, description="Width of the busiest window of the hours test")
