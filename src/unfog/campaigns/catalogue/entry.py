"""What is known of one campaign: who says so, in which words, since when, and which traits could be recognised again.

An entry is a document in our own words. Each attribution keeps who made it, its words, its date and whether it was
later reversed; operator (who ran the accounts) and sponsor (who had it done) are told apart. Each trait says since when
it is public, because from that day anybody could imitate it.
"""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from unfog.errors import UsageError
from unfog.model import parse_moment


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _iso(v: str) -> str:
    if v:
        try:
            parse_moment(v)
        except UsageError as why:
            raise ValueError(str(why)) from None
    return v


class Klass(StrEnum):
    """What sort of thing an entry is. Controls are benign or ordinary: a method that links everything to something
    must not link them."""

    COVERT = "covert operation"
    LEAK = "control: open leak"
    MOVEMENT = "control: movement"
    FANDOM = "control: fandom"
    COMMERCIAL = "control: commercial or spam"
    LIST = "list of indicators"


class Source(_Document):
    """Where something can be read."""

    publisher: str
    url: str = ""
    date: str = ""


class Attribution(_Document):
    """One party's answer to "who was it", as that party gave it.

    Attributes:
        by: Who says it.
        role: ``operator`` (who ran it), ``sponsor`` (who had it done), ``origin`` (from where), ``acquisition`` (who
            obtained the material) or ``none`` (expressly nobody).
        to: Whom it names; ``unknown`` where it says that it does not know.
        words: In which words, ours or at most a few of theirs.
        certainty: The party's own word of certainty, where it used one.
        date: When it was said.
        reversed_by: Who later said otherwise, where somebody did.
        reversed_on: When.
        reversed_to: What they said instead.
        source: Where to read it.
    """

    by: str
    role: Literal["operator", "sponsor", "origin", "acquisition", "none"]
    to: str
    words: str
    certainty: str = ""
    date: str
    reversed_by: str = ""
    reversed_on: str = ""
    reversed_to: str = ""
    source: Source | None = None

    @field_validator("date", "reversed_on")
    @classmethod
    def _dates(cls, v: str) -> str:
        return _iso(v)


class Trait(_Document):
    """Something by which the campaign could be recognised again.

    Attributes:
        kind: A kind of ``unfog.campaigns.kinds.KINDS``.
        value: What it showed: words of the kind's vocabulary, hosts, languages or technique ids.
        share: Share of accounts or items that show it, where counted, as (hits, of).
        says: In a sentence.
        public_from: Since when anyone could read of it, and so imitate it.
        coded_by: Who put it into these words.
        second: What a second coder read in the same sources: words, none if they do not tell it; null if coded once.
        computed_from: Data set that the value was computed from, where it was; such a trait says nothing about that
            set.
        source: Where to read it.
    """

    kind: str
    value: tuple[str, ...] = Field(min_length=1)
    share: tuple[int, int] | None = None
    says: str = ""
    public_from: str
    coded_by: str = "unfog"
    second: tuple[str, ...] | None = None
    computed_from: str = ""
    source: Source | None = None

    @field_validator("public_from")
    @classmethod
    def _dated(cls, v: str) -> str:
        if not v:
            raise ValueError("public_from is required: without it nobody can say who could have imitated the trait")
        return _iso(v)

    @property
    def words(self) -> frozenset[str]:
        """All that either coder read in the sources: the wider reading makes a trait common, so it never helps it."""
        return frozenset(self.value) | frozenset(self.second or ())

    @property
    def dispute(self) -> str:
        """Why two codings do not bear this trait; empty if they meet in a word, or if it was coded once."""
        if self.second is None or set(self.second) & set(self.value):
            return ""
        if not self.second:
            return "one of two coders finds that the sources do not tell it"
        return f"two coders differ: {' or '.join(self.value)}, and {' or '.join(self.second)}"


class EntryIndicator(_Document):
    """A technical indicator: a domain, address, id or hash, and since when it is public."""

    kind: str
    value: str
    public_from: str
    source: str = ""

    @field_validator("public_from")
    @classmethod
    def _dated(cls, v: str) -> str:
        if not v:
            raise ValueError("public_from is required")
        return _iso(v)


class Entry(_Document):
    """One campaign, control or list.

    Attributes:
        id: Short name, lower case with dashes.
        name: Name in use.
        aliases: Other names.
        klass: What sort of thing it is.
        active_from: First activity known.
        active_to: Last activity known; empty if it goes on or nobody knows.
        known_from: Since when the campaign is publicly known as one.
        operator: Who ran it, as far as established by the latest unreversed attribution; ``unknown`` otherwise.
        sponsor: Who had it done; ``unknown`` otherwise. More than one may hold: both are lists of names in a sentence.
        part_of: Id of a larger operation that it belongs to.
        attributions: All that were made, in order of date.
        traits: What it could be recognised by.
        indicators: Technical indicators.
        disarm: DISARM technique ids with who coded them.
        sources: Where to read about it.
        caveats: What a fair reader should be told.
    """

    schema_: Literal["unfog.campaign/1"] = Field(default="unfog.campaign/1", alias="schema")
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)
    id: str = Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,119}$")
    name: str
    aliases: tuple[str, ...] = ()
    klass: Klass
    active_from: str = ""
    active_to: str = ""
    known_from: str = ""
    operator: str = "unknown"
    sponsor: str = "unknown"
    part_of: str = ""
    attributions: tuple[Attribution, ...] = ()
    traits: tuple[Trait, ...] = ()
    indicators: tuple[EntryIndicator, ...] = ()
    sources: tuple[Source, ...] = ()
    caveats: tuple[str, ...] = ()

    @field_validator("active_from", "active_to", "known_from")
    @classmethod
    def _dates(cls, v: str) -> str:
        return _iso(v)

    @model_validator(mode="after")
    def _one_trait_of_a_kind_per_day(self) -> Self:
        keys = [(t.kind, t.public_from) for t in self.traits]
        if len(keys) != len(set(keys)):
            twice = sorted({k for k in keys if keys.count(k) > 1})
            raise ValueError(f"{self.id}: trait {twice[0][0]!r} stands twice with the date {twice[0][1]}")
        return self

    @property
    def is_control(self) -> bool:
        """Whether it is a benign or ordinary control."""
        return self.klass.value.startswith("control")

    def trait(self, kind: str, known: str = "") -> Trait | None:
        """The latest trait of a kind that was public by a date (ISO; empty = ever)."""
        found = [t for t in self.traits if t.kind == kind and was_public(t.public_from, known)]
        return max(found, key=lambda t: parse_moment(t.public_from).end, default=None)


@lru_cache(maxsize=65536)
def was_public(public_from: str, by: str) -> bool:
    """Whether something with this date was public by the end of another; an empty ``by`` means no limit."""
    return not by or parse_moment(public_from).end <= parse_moment(by).end
