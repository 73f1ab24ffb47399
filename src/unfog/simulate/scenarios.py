"""The scenarios: what lives in each world besides ordinary people. Shares are of all rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from unfog.simulate.operations import STYLES


@dataclass(frozen=True)
class Scenario:
    """A recipe for a world.

    Attributes:
        name: What ``unfog simulate`` calls it.
        about: One sentence.
        crowds: Open crowds -> share of the rows.
        operations: Styles of covert operations -> share of the rows.
        largest: Largest cascade as a share of the rows (None: two per cent of the background).
        days: Length in days (None: by size).
    """

    name: str
    about: str
    crowds: Mapping[str, float] = field(default_factory=dict)
    operations: Mapping[str, float] = field(default_factory=dict)
    largest: float | None = None
    days: int | None = None


_CROWDS = {"fandom": 0.06, "protest": 0.04, "breaking-news": 0.05, "newsroom": 0.03, "share-button": 0.02}

SCENARIOS: Mapping[str, Scenario] = {
    s.name: s
    for s in (
        Scenario("organic", "Ordinary people only: circles, topics, time zones, sessions, heavy-tailed cascades."),
        Scenario(
            "fandom",
            "Ordinary people and the fans of one star, with push notifications and schedulers.",
            {"fandom": 0.15},
        ),
        Scenario("protest", "Ordinary people and a protest in three evening waves.", {"protest": 0.12}),
        Scenario("breaking-news", "Ordinary people and three breaking stories.", {"breaking-news": 0.15}),
        Scenario("newsroom", "Ordinary people and mirrored outlets of one publisher.", {"newsroom": 0.08}),
        Scenario("share-button", "Ordinary people and a share button with a template text.", {"share-button": 0.06}),
        Scenario("crowds", "All open crowds at once and no covert operation.", _CROWDS),
        *(
            Scenario(style, f"Ordinary people and covert operations in the style '{style}'.", {}, {style: 0.03})
            for style in STYLES
        ),
        Scenario(
            "mixed", "All open crowds and covert operations in every style.", _CROWDS, dict.fromkeys(STYLES, 0.01)
        ),
        Scenario(
            "burst",
            "One day in which one object is shared by a large part of all accounts, and operations beside it.",
            {},
            {"synchronised": 0.01},
            largest=0.35,
            days=1,
        ),
    )
}
"""Every scenario by name."""
