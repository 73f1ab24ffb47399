"""STIX 2.x bundles: VIGINUM's technical reports, the DISARM framework, and what OpenCTI exports.

One entry per ``campaign`` object (or ``intrusion-set`` where there is none, or the ``report`` itself). Observables go
to the campaign that is nearest in the graph of relationships. ``confidence`` is never read as certainty: STIX merges
"highly likely" with "almost certain", and published bundles carry defaults (75, 90, 100).

Source: STIX 2.1, OASIS Standard, 10 June 2021.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from unfog.campaigns.catalogue import Attribution, Entry, EntryIndicator, Klass, Source, Trait
from unfog.campaigns.importers.result import Imported, day, indicators_in, read_json, slug
from unfog.errors import FormatError, LimitError

MAX_OBJECTS = 1_000_000
"""More objects than this are refused."""

_ROOTS = ("campaign", "intrusion-set", "report")
_VALUES = {
    "domain-name": ("domain-name", "value"),
    "url": ("url", "value"),
    "ipv4-addr": ("ipv4-addr", "value"),
    "ipv6-addr": ("ipv6-addr", "value"),
    "email-addr": ("email-addr", "value"),
    "mac-addr": ("mac-addr", "value"),
    "user-account": ("x-handle", "account_login"),
}
_CARRIES = frozenset(
    {
        "uses",
        "related-to",
        "resolves-to",
        "part-of",
        "belongs-to",
        "owns",
        "controls",
        "consists-of",
        "hosts",
        "publishes",
        "communicates-with",
        "indicates",
        "based-on",
        "object",
    }
)
"""Relationships along which ownership is read. Amplifying, targeting or impersonating something is not owning it."""
_PASSES = frozenset(
    {
        "campaign",
        "intrusion-set",
        "infrastructure",
        "grouping",
        "channel",
        "domain-name",
        "url",
        "ipv4-addr",
        "ipv6-addr",
        "email-addr",
        "user-account",
        "media-content",
        "indicator",
        "threat-actor",
    }
)
"""Objects through which a path may go on; techniques, places, persons and narratives are shared by many."""
_WHO = frozenset({"threat-actor", "identity", "location", "intrusion-set"})


def read_stix(path: Path, *, public_from: str = "") -> Imported:
    """Read a STIX bundle.

    Args:
        path: JSON file.
        public_from: ISO date of publication; default that of the bundle's report, else the latest ``modified``.

    Raises:
        FormatError: if it is not a bundle. LimitError: if it has too many objects. A bad object is never raised, it
            goes to ``rejects``.
    """
    raw = read_json(path)
    if not isinstance(raw, dict) or raw.get("type") != "bundle" or not isinstance(raw.get("objects"), list):
        raise FormatError(f'{path.name} is not a STIX bundle: expected {{"type": "bundle", "objects": [...]}}')
    if len(raw["objects"]) > MAX_OBJECTS:
        raise LimitError(f"{path.name} has {len(raw['objects'])} objects", limit="stix.max_objects")
    out = Imported()
    objects = _objects(raw["objects"], out)
    _techniques(objects, out)
    when = day(public_from) or _published(objects)
    edges = _edges(objects, out)
    roots = _roots(objects)
    if roots and not when:
        out.reject(path.name, "no date of publication in the bundle; give public_from")
        return out
    nearest = _nearest(objects, edges, roots)
    for root in roots:
        try:
            out.entries.append(_entry(root, objects, edges, nearest, when, path.name))
        except ValidationError as why:
            out.reject(root, f"makes no entry: {why.errors()[0]['msg']}", objects[root].get("name", ""))
    return out


def _objects(raw: list[Any], out: Imported) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for at, o in enumerate(raw, 1):
        if not isinstance(o, dict) or not isinstance(o.get("id"), str) or not isinstance(o.get("type"), str):
            out.reject(str(at), "an object needs an id and a type", o)
        elif not o["id"].startswith(o["type"] + "--"):
            out.reject(str(at), "the id does not begin with the object's type", o["id"])
        elif o.get("revoked") is True:
            out.reject(o["id"], "revoked by its author")
        elif o["id"] in found:
            newer = str(o.get("modified", "")) > str(found[o["id"]].get("modified", ""))
            same = o == found[o["id"]]
            reason = "the same object twice" if same else "the id stands twice; the latest version is kept"
            out.reject(o["id"], reason)
            if newer:
                found[o["id"]] = o
        else:
            found[o["id"]] = o
    return found


def _techniques(objects: Mapping[str, dict[str, Any]], out: Imported) -> None:
    ids: dict[str, str] = {}
    for o in objects.values():
        if o["type"] == "attack-pattern" and (code := technique_id(o)):
            ids[o["id"]] = code
            out.techniques[code] = str(o.get("name", ""))
    for o in objects.values():
        if o["type"] == "relationship" and o.get("relationship_type") == "subtechnique-of":
            child, parent = ids.get(str(o.get("source_ref"))), ids.get(str(o.get("target_ref")))
            if child and parent and child != parent:
                out.parents[child] = parent


def technique_id(pattern: Mapping[str, Any]) -> str:
    """DISARM (or ATT&CK) id of an attack pattern, empty where it has none."""
    known = [pattern.get("x_mitre_id")]
    refs = pattern.get("external_references")
    known += [r.get("external_id") for r in refs if isinstance(r, dict)] if isinstance(refs, list) else []
    return next((k for k in known if isinstance(k, str) and k.startswith("T")), "")


def _published(objects: Mapping[str, dict[str, Any]]) -> str:
    reports = [day(str(o.get("published", ""))) for o in objects.values() if o["type"] == "report"]
    dates = [d for d in reports if d] or [day(str(o.get("modified", ""))) for o in objects.values()]
    return max((d for d in dates if d), default="")


def _edges(objects: Mapping[str, dict[str, Any]], out: Imported) -> dict[str, list[tuple[str, str]]]:
    """Neighbours of each object, both ways, as (other id, relationship type)."""
    edges: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for o in objects.values():
        if o["type"] == "relationship":
            a, b = o.get("source_ref"), o.get("target_ref")
            if not isinstance(a, str) or not isinstance(b, str) or a not in objects or b not in objects:
                out.reject(o["id"], "a relationship whose ends are not in the bundle", f"{a} -> {b}")
            elif a == b:
                out.reject(o["id"], "a relationship of an object with itself", a)
            else:
                kind = str(o.get("relationship_type", ""))
                edges[a].append((b, kind))
                edges[b].append((a, f"{kind} of"))
        for ref in o.get("object_refs", []) if o["type"] in ("report", "grouping") else []:
            if ref in objects:
                edges[o["id"]].append((ref, "object"))
                edges[ref].append((o["id"], "object of"))
    return edges


def _roots(objects: Mapping[str, dict[str, Any]]) -> list[str]:
    for kind in _ROOTS:
        found = sorted(o["id"] for o in objects.values() if o["type"] == kind and o.get("name"))
        if found:
            return found
    return []


def _nearest(
    objects: Mapping[str, dict[str, Any]], edges: Mapping[str, list[tuple[str, str]]], roots: list[str]
) -> dict[str, str]:
    """Object id -> root, by breadth; circles end where they began. What no root reaches goes to the report's
    subject.
    """
    owner = {r: r for r in roots}
    queue = deque(roots)
    while queue:
        at = queue.popleft()
        if objects[at]["type"] not in _PASSES:
            continue
        for other, how in sorted(edges.get(at, ())):
            if other not in owner and how.removesuffix(" of") in _CARRIES:
                owner[other] = owner[at]
                queue.append(other)
    titles = " ".join(str(o.get("name", "")) for o in objects.values() if o["type"] == "report").casefold()
    subjects = [r for r in roots if str(objects[r]["name"]).casefold() in titles] if len(roots) > 1 else roots
    if len(subjects) == 1:
        owner |= {k: subjects[0] for k in objects if k not in owner}
    return owner


def _entry(
    root: str,
    objects: Mapping[str, dict[str, Any]],
    edges: Mapping[str, list[tuple[str, str]]],
    nearest: Mapping[str, str],
    when: str,
    file: str,
) -> Entry:
    o = objects[root]
    own = [objects[k] for k, r in sorted(nearest.items()) if r == root]
    indicators: dict[tuple[str, str], EntryIndicator] = {}
    for x in own:
        for i in _indicators(x, when, file):
            indicators.setdefault((i.kind, i.value), i)
    codes = sorted({c for x in own if x["type"] == "attack-pattern" and (c := technique_id(x))})
    said = _attributions(o, root, edges, objects, when)
    traits = (Trait(kind="disarm", value=tuple(codes), public_from=when, coded_by=file),) if codes else ()
    return Entry(
        id=slug(str(o["name"])),
        name=str(o["name"]),
        aliases=tuple(a for a in o.get("aliases", []) if isinstance(a, str)),
        klass=Klass.COVERT,
        active_from=day(str(o.get("first_seen", ""))),
        active_to=day(str(o.get("last_seen", ""))),
        known_from=when,
        attributions=said,
        traits=traits,
        indicators=tuple(indicators[k] for k in sorted(indicators)),
        sources=(Source(publisher=file, date=when),),
    )


def _indicators(o: Mapping[str, Any], when: str, file: str) -> list[EntryIndicator]:
    kind = str(o["type"])
    if kind == "file" and isinstance(o.get("hashes"), dict):
        pairs = [(f"file:{a.lower().replace('-', '')}", str(h).lower()) for a, h in sorted(o["hashes"].items())]
        return [EntryIndicator(kind=k, value=v, public_from=when, source=file) for k, v in pairs]
    if kind == "indicator":
        return indicators_in(str(o.get("pattern", "")), when, file)
    if kind == "channel":
        return indicators_in(str(o.get("name", "")), when, file)
    if kind in _VALUES:
        as_kind, field = _VALUES[kind]
        value = str(o.get(field, "")).strip()
        if not value:
            return []
        if as_kind in ("domain-name", "url"):
            return indicators_in(value, when, file)
        return [EntryIndicator(kind=as_kind, value=value.lower(), public_from=when, source=file)]
    return []


def _attributions(
    o: Mapping[str, Any],
    root: str,
    edges: Mapping[str, list[tuple[str, str]]],
    objects: Mapping[str, dict[str, Any]],
    when: str,
) -> tuple[Attribution, ...]:
    maker = objects.get(str(o.get("created_by_ref", "")), {}).get("name", "author of the bundle")
    found = []
    for other, how in sorted(edges.get(root, ())):
        if how == "attributed-to" and objects[other]["type"] in _WHO:
            role = "origin" if objects[other]["type"] == "location" else "operator"
            to = str(objects[other].get("name", "unknown"))
            found.append(
                Attribution.model_validate(
                    {
                        "by": maker,
                        "role": role,
                        "to": to,
                        "date": when,
                        "words": "a relationship 'attributed-to' in the bundle",
                    }
                )
            )
    return tuple(found)
