"""What can be set about the search for coordination; the section ``[coordination]`` of case.toml."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from unfog.coordination.signals import SIGNALS
from unfog.errors import did_you_mean


class Options(BaseModel):
    """Settings of the room, each with its default.

    Attributes:
        signals: Signals to look at; ``auto`` takes all of which the posts hold any object but ``synchrony``.
        windows: Windows in seconds that replace a signal's own, by signal.
        scales: Each signal is looked at through its window times each of these (a minute catches machines and chat
            groups, an hour people who are told what to share, a day forums), but no longer than a day; ``fast-repost``
            and ``synchrony`` through their own window only.
        strata: Column by which the null models are stratified; ``auto`` takes none (see the docs).
        q: False-discovery rate at which pairs are called.
        min_shared: Least number of distinct shared objects of a pair that may become an edge.
        min_actions: Least number of co-actions of such a pair.
        min_participation: Least number of actions of an account.
        min_group: Least number of accounts that are called a group.
        rhythm: Put the daily rhythm of each account inside the null models.
        resolution: Resolution of the Leiden clustering.
        consensus: Number of Leiden runs whose partitions are joined.
        power: Plant simulated operations to measure what would have been found.
        power_repeats: Operations planted per size and intensity.
        seed: Seed of all randomness.
        prior_sharers: Weight of the size class against an object's own tempo, in pairs.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    signals: tuple[str, ...] | Literal["auto"] = "auto"
    windows: dict[str, float] = Field(default_factory=dict)
    scales: tuple[float, ...] = (1.0, 60.0, 1440.0)
    strata: Literal["auto", "none", "community", "lang", "platform"] = "auto"
    q: float = Field(default=0.05, gt=0.0, lt=1.0)
    min_shared: int = Field(default=2, ge=1)
    min_actions: int = Field(default=1, ge=1)
    min_participation: int = Field(default=1, ge=1)
    min_group: int = Field(default=3, ge=2)
    rhythm: bool = True
    resolution: float = Field(default=1.0, gt=0.0)
    consensus: int = Field(default=20, ge=1, le=200)
    power: bool = True
    power_repeats: int = Field(default=10, ge=5, le=500)
    seed: int = 7
    prior_sharers: float = Field(default=10.0, gt=0.0)

    @field_validator("signals")
    @classmethod
    def _known(cls, names: tuple[str, ...] | str) -> tuple[str, ...] | str:
        if isinstance(names, str):
            return names
        for name in names:
            if name not in SIGNALS:
                raise ValueError(f"unknown signal {name!r}{did_you_mean(name, SIGNALS)}")
        return tuple(dict.fromkeys(names))

    @model_validator(mode="after")
    def _windows_fit(self) -> Self:
        for name, seconds in self.windows.items():
            if name not in SIGNALS:
                raise ValueError(f"windows: unknown signal {name!r}{did_you_mean(name, SIGNALS)}")
            if not seconds > 0:
                raise ValueError(f"windows.{name} = {seconds}: a window must be longer than 0 s")
        if not self.scales or any(not x > 0 for x in self.scales):
            raise ValueError(f"scales = {self.scales}: give one or more numbers above 0")
        return self
