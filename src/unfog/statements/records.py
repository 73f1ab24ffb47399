"""Statements that a person recorded: rows of the table ``statements`` and observations of kind ``statement``."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from unfog.statements.quantities import Estimate
from unfog.statements.statement import Speaker, Statement

_SPOKES = re.compile(
    r"\b(?:official )?(?:spokes(?:man|woman|person)|press secretary|embassy spokesperson)\b", re.IGNORECASE
)
_ACTOR = re.compile(r"^(?P<name>[^()]+?)\s*(?:\((?P<role>[^()]*)\))?$")
_REPORT_VERB = (
    r"(?:said|says|has said|admitted|admits|claimed|claims|conceded|told|stated|insisted|denied|confirmed|concluded)"
)
_CUT = {"year": 4, "month": 7, "day": 10}


def iso(moment: datetime | None, precision: str | None) -> tuple[str, str]:
    """ISO date as coarse as it is known, and its precision; ("", "") for none. Clock times are cut to the day."""
    if moment is None:
        return "", ""
    named = precision if precision in _CUT else "day"
    return moment.isoformat()[: _CUT[named]], named


def spokesperson(name: str, role: str) -> str:
    """The principal for whom a spokesperson speaks, by the words of name and role; "" if it is none.

    >>> spokesperson("Conservative Party spokesperson", "party")
    'Conservative Party'
    >>> spokesperson("Maria Zakharova", "spokeswoman, Russian MFA")
    'Russian MFA'
    """
    if match := _SPOKES.search(name):
        return re.sub(r"['’]s\s*$|['’]\s*$|,\s*$", "", name[: match.start()].strip()).strip() or re.sub(
            r"^\s*(?:for|of)\s+(?:the\s+)?", "", name[match.end() :]
        )
    if match := _SPOKES.search(role):
        after = re.sub(r"^[\s,]*(?:for|of)?\s*(?:the\s+)?", "", role[match.end() :])
        return re.sub(r"['’]s?$", "", role[: match.start()].strip(" ,")) or re.sub(r"\s*\(.*", "", after)
    return ""


def from_rows(rows: Sequence[Mapping[str, Any]]) -> list[Statement]:
    """Rows of the table ``statements`` as statements, without certainty and mapping."""
    out = []
    for row in rows:
        said_on, precision = iso(row["said_on"], row["said_on_precision"])
        name, role = row["speaker"], row["role"] or ""
        out.append(
            Statement(
                id=row["statement_id"],
                speaker=Speaker(
                    mention=name,
                    name=name,
                    role=role,
                    on_behalf_of=row["on_behalf_of"] or spokesperson(name, role),
                    side=row["side"] or "",
                    resolution="recorded",
                ),
                content=row["quote"],
                kind="direct",
                said_on=said_on,
                said_on_precision=precision,
                stance_recorded=row["stance"] or "",
                certainty_recorded=tuple(row["certainty_words"] or ()),
                propositions=tuple(row["propositions"] or ()),
                scope=row["scope"] or "",
                origin="record",
                publisher=row["publisher"] or "",
                url=row["url"] or "",
                source_id=row["source_id"],
                tagger="record",
            )
        )
    return out


def from_observations(rows: Sequence[Mapping[str, Any]], recorded: Sequence[Statement]) -> tuple[list[Statement], int]:
    """Observations of kind ``statement`` in the log's own words, without those that a record of the same day covers.

    Returns:
        The statements, and how many observations were left out because the words themselves are recorded.
    """
    known = {(_surname(s.speaker.name), s.said_on) for s in recorded}
    out, covered = [], 0
    for row in rows:
        said_on, precision = iso(row["happened_at"], row["happened_precision"])
        match = _ACTOR.match((row["actor"] or "").strip())
        name, role = (match["name"], match["role"] or "") if match else (row["actor"] or "", "")
        if (_surname(name), said_on) in known:
            covered += 1
            continue
        sources = _json_list(row["sources"])
        first = sources[0] if sources else {}
        out.append(
            Statement(
                id=row["observation_id"],
                speaker=Speaker(
                    mention=name, name=name, role=role, on_behalf_of=spokesperson(name, role), resolution="recorded"
                ),
                content=row["summary"],
                kind="indirect",
                said_on=said_on,
                said_on_precision=precision,
                origin="observation",
                publisher=str(first.get("publisher", "")),
                url=row["url"] or str(first.get("url", "")),
                source_id=row["source_id"],
                tagger="record",
                review=("in the words of the log, not of the speaker",),
            )
        )
    return out, covered


def estimates(rows: Sequence[Mapping[str, Any]]) -> dict[str, Estimate]:
    """Observations of kind ``estimate`` by id; each is a row of the census under its own id."""
    out = {}
    for row in rows:
        if row["value"] is None:
            continue
        on, _ = iso(row["happened_at"], row["happened_precision"])
        out[row["observation_id"]] = Estimate(
            id=row["observation_id"],
            value=float(row["value"]),
            unit=row["unit"] or "",
            by=row["actor"] or "",
            on=on,
            metric=row["metric"] or "",
            definition=row["definition"] or "",
            links=tuple(row["links_to"] or ()),
            census=row["observation_id"],
        )
    return out


def nested_speaker(content: str, names: Sequence[str]) -> str:
    """Who is reported inside the words as having said it: a known name or surname with a verb of saying; "" if
    nobody.
    """
    for name in sorted(set(names), key=lambda n: (-len(n), n)):
        for form in dict.fromkeys((name, _surname(name))):
            if len(form) > 3 and re.search(
                rf"\b{re.escape(form)}\b(?:\s*,[^,]{{0,40}},|,)?\s+(?:\w+\s+){{0,2}}?{_REPORT_VERB}\b",
                content,
                re.IGNORECASE,
            ):
                return name
    return ""


def same_house(name: str, speaker: Speaker) -> bool:
    """Whether a name is the speaker's own: the same person, principal or side ("the Government has concluded")."""
    own = f"{speaker.name} {speaker.on_behalf_of} {speaker.side}".lower()
    return name.lower() in own or _surname(name) in own.split()


def _surname(name: str) -> str:
    words = re.findall(r"[^\W\d_][\w’'.-]*", name)
    return words[-1].lower() if words else ""


def _json_list(text: str | None) -> list[dict[str, Any]]:
    try:
        found = json.loads(text or "[]")
    except ValueError:
        return []
    return [f for f in found if isinstance(f, dict)] if isinstance(found, list) else []
