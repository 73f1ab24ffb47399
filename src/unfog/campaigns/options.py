"""``[campaigns]`` of ``case.toml``: which set is compared with which campaigns, and what a person coded of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from unfog.campaigns.kinds import KINDS
from unfog.errors import did_you_mean
from unfog.model import parse_moment


class Coded(BaseModel):
    """A trait of the set that no table tells, as a person coded it.

    It is known as soon as one of the observations that it rests on is, and never before.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    trait: str = Field(description="Kind of trait: documents, names, disarm ...")
    value: tuple[str, ...] = Field(min_length=1, description="Words of the kind's vocabulary, or DISARM ids")
    observations: tuple[str, ...] = Field(min_length=1, description="Ids of observations that it rests on")
    by: str = Field(description="Who coded it")
    reason: str = Field(description="Why")

    @field_validator("value", mode="before")
    @classmethod
    def _one_or_many(cls, v: Any) -> Any:
        return (v,) if isinstance(v, str) else v

    @field_validator("trait")
    @classmethod
    def _known(cls, v: str) -> str:
        if v not in KINDS:
            raise ValueError(f"unknown trait kind {v!r}{did_you_mean(v, KINDS)}")
        return v

    @model_validator(mode="after")
    def _in_the_vocabulary(self) -> Self:
        words = KINDS[self.trait].vocabulary
        if words and (strange := sorted(set(self.value) - words)):
            raise ValueError(f"{self.trait} knows no {strange[0]!r}{did_you_mean(strange[0], words)}")
        return self


class Options(BaseModel):
    """Options of the room ``campaigns``.

    Attributes:
        against: Ids of catalogue entries that give evidence to the judgement. A contrast can name one campaign only, so
            a case that maps the contrast ``operator`` names the campaign here. All entries are compared in any case.
        catalogue: Folder of further entries.
        labels: Labels of accounts that make the set; default every label.
        roles: Roles in the observation log that make the set.
        coded: What a person coded of the set.
        act: ISO date of the act (the mimic gate compares with it); default the first post of the set.
        act_target: Document or text whose placing is the act, where the log has several.
        whole_accounts: Whether the posts are all that the accounts of the set posted. Only then can an account that was
            seen on one day be told to be single-use: a sample by topic makes everybody look so.
        as_of: ISO date up to which the catalogue is known; default that of the run.
        min_traits: Fewer comparable traits than this give "cannot tell".
        min_repeats: Fewer campaigns seen twice than this, or fewer in the background: "not calibratable".
        linked: log10 LR that the lower end of the interval must reach for "linked".
        rho: Assumed correlation within a dependence group.
        origin: Origin under which the evidence is grouped with argued items on the same posts.
        same_as: Kind of trait -> ids of argued items of the case that say the same; they then share a group.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    against: tuple[str, ...] = ()
    catalogue: Path | None = None
    labels: tuple[str, ...] = ()
    roles: tuple[str, ...] = ("operator",)
    coded: tuple[Coded, ...] = ()
    act: str = ""
    act_target: str = ""
    whole_accounts: bool = False
    as_of: str = ""
    min_traits: int = Field(default=3, ge=1)
    min_repeats: int = Field(default=1, ge=1)
    linked: float = Field(default=1.0, gt=0.0)
    rho: float = Field(default=0.6, ge=0.0, le=1.0)
    origin: str = "Reddit posts"
    same_as: dict[str, tuple[str, ...]] = Field(default_factory=dict)

    @field_validator("act", "as_of", mode="before")
    @classmethod
    def _date(cls, v: Any) -> str:
        return "" if v in (None, "") else str(parse_moment(v).end.isoformat() if not isinstance(v, str) else v)

    @field_validator("same_as")
    @classmethod
    def _kinds(cls, v: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        for kind in v:
            if kind not in KINDS:
                raise ValueError(f"unknown trait kind {kind!r}{did_you_mean(kind, KINDS)}")
        return v
