"""DISARM techniques that findings speak of: one table, read by the exports and by whoever imports.

A technique is named only where a finding shows that it was *used*; a finding that describes or cannot tell names none.
Ids of our own begin with ``x-unfog-``: DISARM has none for them (all 391 names and descriptions were searched).

Source: DISARM Framework, version 1.6 (CC BY-SA 4.0), ids and names only.
"""

from __future__ import annotations

from dataclasses import dataclass

from unfog.model.finding import Finding, Verdict


@dataclass(frozen=True, slots=True)
class Technique:
    """A technique: id, name, and whether it is DISARM's or ours."""

    id: str
    name: str

    @property
    def source(self) -> str:
        """Name of the framework, as STIX external references want it."""
        return "unfog" if self.id.startswith("x-unfog-") else "DISARM"


POST_CONTENT = Technique("T0115", "Post Content")
CROSS_POSTING = Technique("T0119", "Cross-Posting")
ACCOUNT_ASSET = Technique("T0146", "Account Asset")
FABRICATED_PERSONA = Technique("T0143.002", "Fabricated Persona")
TRADITIONAL_MEDIA = Technique("T0117", "Attract Traditional Media")
CO_ACTION = Technique("x-unfog-co-action", "Co-action beyond chance by a group of accounts")
SINGLE_USE = Technique("x-unfog-single-use", "Accounts that are used once")


def techniques(f: Finding) -> tuple[Technique, ...]:
    """Techniques whose use a finding shows; empty for most."""
    named: list[Technique] = []
    if f.room == "coordination" and f.verdict is Verdict.COORDINATED:
        named.append(CO_ACTION)
    if f.room == "accounts" and f.verdict is Verdict.INAUTHENTIC:
        named += [ACCOUNT_ASSET, *([FABRICATED_PERSONA] if f.kind in {"handles", "creation"} else [])]
        named += [SINGLE_USE] if f.kind == "single-use" else []
    if f.room == "spread" and f.kind == "appearances":
        figures = {g.name: g.value.value for g in f.figures}
        named += [POST_CONTENT] if figures.get("appearances", 0) > 0 else []
        named += [CROSS_POSTING] if figures.get("platforms", 0) > 1 else []
    return tuple(named)
