"""MISP galaxy clusters: DISARM techniques, and threat actors with the sponsors that others suspect.

Source: https://github.com/MISP/misp-galaxy, format of ``clusters/*.json``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import ValidationError

from unfog.campaigns.catalogue import Attribution, Entry, Klass, Source
from unfog.campaigns.importers.result import Imported, read_json, slug
from unfog.errors import FormatError, UsageError
from unfog.model import parse_moment


def read_misp_galaxy(path: Path, *, public_from: str) -> Imported:
    """Read a galaxy cluster: techniques (values with an external id) or actors.

    Args:
        path: JSON file.
        public_from: ISO date of the version read; the format carries none.

    Raises:
        FormatError: if it is no cluster. UsageError: if ``public_from`` is no date.
    """
    parse_moment(public_from)
    raw = read_json(path)
    if not isinstance(raw, dict) or not isinstance(raw.get("values"), list):
        raise FormatError(f'{path.name} is not a MISP galaxy cluster: expected an object with "values"')
    out = Imported(notes=["MISP's attribution-confidence is a default in most entries and is not read as certainty"])
    taken: set[str] = set()
    for at, v in enumerate(raw["values"], 1):
        if not isinstance(v, dict) or not isinstance(v.get("value"), str) or not v["value"].strip():
            out.reject(str(at), "a value needs a name", v)
            continue
        given = v.get("meta")
        meta: dict[str, Any] = given if isinstance(given, dict) else {}
        code = str(meta.get("external_id", ""))
        if code:
            name = v["value"]
            if code in out.techniques and out.techniques[code] != name:
                out.reject(str(at), f"the id {code} stands twice", name)
            else:
                out.techniques[code] = name
            continue
        name = slug(v["value"])
        if name in taken:
            out.reject(str(at), "two values have this name", v["value"])
            continue
        try:
            out.entries.append(_actor(v, meta, name, public_from, path.name))
            taken.add(name)
        except (ValidationError, UsageError) as why:
            out.reject(str(at), str(why).splitlines()[0], v["value"])
    return out


def _actor(v: dict[str, Any], meta: dict[str, Any], name: str, public_from: str, file: str) -> Entry:
    said = []
    if sponsor := meta.get("cfr-suspected-state-sponsor"):
        said.append(
            Attribution(
                by="Council on Foreign Relations, as MISP quotes it",
                role="sponsor",
                to=str(sponsor),
                words="suspected state sponsor",
                certainty="suspected",
                date=public_from,
            )
        )
    names = [s for s in meta.get("synonyms", []) if isinstance(s, str)]
    refs = [r for r in meta.get("refs", []) if isinstance(r, str)]
    return Entry(
        id=name,
        name=v["value"],
        aliases=tuple(names),
        klass=Klass.COVERT,
        known_from=public_from,
        attributions=tuple(said),
        sources=tuple(Source(publisher=file, url=r) for r in refs[:20]),
    )
