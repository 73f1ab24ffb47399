"""Section ``[spread]`` of case.toml: what is traced, who counts as an operator, and what counts as breaking out."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from unfog.model import parse_moment

LAYERS = ("disclosure", "document", "excerpt", "narrative")
"""What of a target appeared: that it exists or what it says, the thing itself, a passage of it, its story."""

ROLES = ("operator", "independent", "media", "public-figure", "authority", "platform", "unknown")
"""Who acts. Only the case, its log or its labels say so; nothing is inferred."""


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Target(_Section):
    """One thing whose spread is followed."""

    id: str = Field(min_length=1, description="Name; observations refer to it in their column 'target'")
    title: str = Field(default="", description="What it is, in a few words for the report")
    documents: tuple[str, ...] = Field(default=(), description="doc_ids whose text is searched for (layer 'document')")
    excerpts: tuple[str, ...] = Field(default=(), description="Passages to search for (layer 'excerpt')")
    narratives: tuple[str, ...] = Field(default=(), description="Phrases that carry its story (layer 'narrative')")
    seeds: tuple[str, ...] = Field(
        default=(), description="Posts that carry it: permalink or platform:post_id; their title and text are searched"
    )
    links: tuple[str, ...] = Field(default=(), description="Addresses of known copies; linking there is an appearance")
    media: tuple[str, ...] = Field(default=(), description="Hashes of its images as algorithm:value")


class Dated(_Section):
    """A person's narrowing of a coarse date, with the reason."""

    id: str = Field(description="observation_id or platform:post_id")
    from_: str = Field(alias="from", description="Earliest time, ISO 8601")
    to: str = Field(description="Latest time, ISO 8601; a date means the end of that day")
    because: str = Field(min_length=1, description="Why it cannot be outside")
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    @field_validator("from_", "to", mode="before")
    @classmethod
    def _readable(cls, v: object) -> str:
        return v if parse_moment(v) and isinstance(v, str) else str(v)  # type: ignore[arg-type]


class Action(_Section):
    """A policy response or other concrete action (Breakout category 6), as a person judges it."""

    id: str = Field(description="observation_id")
    because: str = Field(min_length=1, description="What was done, and why it is a response to this")
    certain: bool = Field(default=True, description="False where that is arguable: then only the upper bound is 6")


class Against(_Section):
    """Two documents to compare."""

    document: str = Field(description="doc_id of the copy in question")
    reference: str = Field(description="doc_id of the official, redacted or earlier version")


class ConflictValue(_Section):
    """One of the values that sources give."""

    says: str
    by: str = ""


class Conflict(_Section):
    """Where sources disagree; both stay, side by side."""

    id: str
    topic: str
    values: tuple[ConflictValue, ...] = Field(min_length=2)
    resolution: str = ""
    public_from: str = Field(default="", description="Not told before this date; empty means always")

    @field_validator("public_from", mode="before")
    @classmethod
    def _readable(cls, v: object) -> str:
        return str(parse_moment(v).end.isoformat()) if v else ""  # type: ignore[arg-type]


class Criteria(_Section):
    """What counts for the Breakout category (Nimmo 2020)."""

    layers: tuple[Literal["disclosure", "document", "excerpt", "narrative"], ...] = Field(
        default=("document", "excerpt", "narrative"),
        description="Layers that are the operation's; an earlier disclosure is not",
    )
    private: tuple[str, ...] = Field(
        default=("contact", "e-mail", "e-mail account", "private"), description="Places that are not public"
    )
    actions: tuple[Action, ...] = Field(default=(), description="Concrete actions that make category 6")


class Options(_Section):
    """Options of the room ``spread``."""

    targets: tuple[Target, ...] = Field(
        default=(), description="What is followed; none means the room says so and ends"
    )
    operators: tuple[str, ...] = Field(
        default=("labels",), description="Accounts as platform:account or name; 'labels' means every labelled account"
    )
    roles: dict[
        str, Literal["operator", "independent", "media", "public-figure", "authority", "platform", "unknown"]
    ] = Field(default_factory=dict, description="Actor or platform:account -> role; goes before log and labels")
    communities: dict[str, str] = Field(
        default_factory=dict,
        description="platform/community -> name, to make several places one community; else each is its own, and a "
        "platform without communities is one",
    )
    dated: tuple[Dated, ...] = Field(default=(), description="Coarse dates narrowed by a person, with the reason")
    comparisons: tuple[Against, ...] = Field(default=(), description="Documents compared word by word")
    min_words: int = Field(default=12, ge=6, le=200, description="Shortest passage that counts, in words")
    min_weight: float = Field(default=8.0, ge=4.0, description="Uncommon words that a passage must have")
    narrative_words: int = Field(default=5, ge=3, description="Shortest phrase of a narrative, found as it stands")
    pause_h: float = Field(
        default=24.0, gt=0, description="Hours without an appearance after which a new attempt begins"
    )
    own_comment_h: float = Field(
        default=1.0, ge=0, description="A post counts as linking if its author comments the link within so many hours"
    )
    baseline_posts: int = Field(default=20, ge=5, description="Fewest other posts that make a community's baseline")
    breakout: Criteria = Field(default_factory=Criteria)
    conflicts: tuple[Conflict, ...] = Field(default=(), description="Contradictions between sources, kept side by side")

    @model_validator(mode="after")
    def _own_ids(self) -> Self:
        ids = [t.id for t in self.targets]
        if len(ids) != len(set(ids)):
            raise ValueError(f"two targets share an id: {', '.join(sorted({i for i in ids if ids.count(i) > 1}))}")
        return self
