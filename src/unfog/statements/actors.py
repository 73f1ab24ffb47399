"""Who people and organisations are, by name, alias and office on a date.

Offices are half-open periods, so that "the Prime Minister" in an article of 2017 and in one of 2020 are two people.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz

from unfog.errors import DataError


@dataclass(frozen=True, slots=True)
class Office:
    """An office held from a day (inclusive) to a day (exclusive; None: still)."""

    office: str
    of: str
    start: date
    end: date | None

    def holds(self, on: date) -> bool:
        """Whether it is held on a day."""
        return self.start <= on and (self.end is None or on < self.end)


@dataclass(frozen=True, slots=True)
class Actor:
    """A person or organisation."""

    name: str
    person: bool
    gender: str = ""
    side: str = ""
    aliases: tuple[str, ...] = ()
    offices: tuple[Office, ...] = ()

    @property
    def surname(self) -> str:
        """Last word of a person's name, lower case."""
        return self.name.split()[-1].lower() if self.person else ""

    def office_on(self, on: date | None) -> str:
        """First office held on a day, "" for none or for no day."""
        return next((o.office for o in self.offices if on is not None and o.holds(on)), "")


@dataclass(slots=True)
class Registry:
    """All known actors with their indices."""

    actors: list[Actor]
    _names: dict[str, Actor] = field(default_factory=dict)
    _surnames: dict[str, list[Actor]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for actor in self.actors:
            for name in (actor.name, *actor.aliases):
                self._names[plain(name)] = actor
            if actor.person:
                self._surnames.setdefault(actor.surname, []).append(actor)

    def named(self, text: str) -> Actor | None:
        """The actor of that name or alias, "the" and case apart."""
        return self._names.get(plain(text))

    def surname(self, word: str) -> list[Actor]:
        """Persons of that surname."""
        return self._surnames.get(word.lower(), [])

    def near(self, text: str, at_least: float = 88.0) -> Actor | None:
        """The one actor whose name or alias is a misprint away; None if there is none or more than one."""
        wanted = plain(text)
        if len(wanted) < 8:
            return None
        good = {
            id(a): a
            for name, a in self._names.items()
            if abs(len(name) - len(wanted)) <= 4 and fuzz.ratio(name, wanted) >= at_least
        }
        return next(iter(good.values())) if len(good) == 1 else None

    def holders(self, office: str, of: str = "") -> list[tuple[Actor, Office]]:
        """Everyone who held an office, in order of time; ``of`` narrows it to a country."""
        found = [(a, o) for a in self.actors for o in a.offices if o.office == office and (not of or o.of == of)]
        return sorted(found, key=lambda f: (f[1].start, f[0].name))

    def offices(self) -> set[str]:
        """Names of all offices."""
        return {o.office for a in self.actors for o in a.offices}


_ARTICLE = re.compile(r"^(?:the|a|an)\s+", re.IGNORECASE)


def plain(text: str) -> str:
    """Lower case, straight apostrophes, without a leading article and outer marks."""
    return _ARTICLE.sub("", re.sub(r"\s+", " ", text.replace("’", "'").strip(' ,.;:"“”').lower()))


def load(path: Path) -> Registry:
    """Read an actor file (TOML).

    Raises:
        DataError: naming the file and what is wrong with it.
    """
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        return Registry(
            [
                *(_actor(p, True) for p in raw.get("person", [])),
                *(_actor(o, False) for o in raw.get("organisation", [])),
            ]
        )
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as why:
        raise DataError(f"the actor file {path} cannot be read: {why!r}; compare it with the one that ships") from None


def _actor(raw: dict[str, Any], person: bool) -> Actor:
    unknown = set(raw) - {"name", "gender", "side", "aliases", "offices"}
    if unknown:
        raise ValueError(f"unknown key {sorted(unknown)[0]!r} at {raw.get('name')!r}")
    offices = tuple(
        Office(o["office"].lower(), o.get("of", ""), _day(o["from"]), _day(o["to"]) if "to" in o else None)
        for o in raw.get("offices", [])
    )
    return Actor(
        raw["name"], person, raw.get("gender", ""), raw.get("side", ""), tuple(raw.get("aliases", ())), offices
    )


def _day(value: object) -> date:
    if isinstance(value, date):
        return value
    return date.fromisoformat(str(value))


@cache
def registry() -> Registry:
    """The actors that ship with unfog."""
    return load(Path(str(resources.files("unfog.statements").joinpath("data", "actors.toml"))))
