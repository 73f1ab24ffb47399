"""The catalogue of a case: the entries of this package, and a folder of further ones, in our form or in others'."""

from __future__ import annotations

from pathlib import Path

from unfog.campaigns.catalogue import Entry
from unfog.campaigns.catalogue.load import check_catalogue, entry_of, read_document, shipped_entries
from unfog.campaigns.importers import Imported, Rejected, read_meta, read_stix
from unfog.campaigns.importers.result import slug
from unfog.errors import DataError, SourceMissing


def load_catalogue(
    folder: Path | None = None, *, shipped: bool = True, rejects: list[Rejected] | None = None
) -> tuple[Entry, ...]:
    """All entries, sorted by id.

    Args:
        folder: A folder of further entries: one per ``*.json`` file, which takes the place of the shipped one with its
            id; STIX 2.1 bundles (``*.json``) and Meta's threat reports (``*.csv``), whose campaigns never take a place:
            one with a known id becomes a part of that operation.
        shipped: Whether to begin with the entries of this package.
        rejects: Takes what of a bundle or table could not be used, with its reason.

    Raises:
        SourceMissing: if the folder is not there.
        FormatError: naming file and field that are wrong.
        DataError: if an id stands twice in one folder, ``part_of`` names nobody, or goes in a circle.
    """
    found: dict[str, Entry] = dict(shipped_entries()) if shipped else {}
    if folder is not None:
        if not folder.is_dir():
            raise SourceMissing(f"the catalogue folder {folder} is not there; give a folder of entries")
        own, others = _read(folder)
        found |= own
        for name, imported in others:
            for e in imported.entries:
                told = e.model_copy(update={"id": f"{e.id[:60]}.{slug(name)[:55]}", "part_of": e.id})
                e = told if e.id in found else e
                if e.id in found:
                    raise DataError(f"{name} has two campaigns with the id {e.id!r}")
                found[e.id] = e
            if rejects is not None:
                rejects += [Rejected(f"{name}: {r.where}", r.reason, r.excerpt) for r in imported.rejects]
    return check_catalogue(found.values())


def _read(folder: Path) -> tuple[dict[str, Entry], list[tuple[str, Imported]]]:
    """Entries in our form by id, and what was imported by file."""
    own: dict[str, Entry] = {}
    where: dict[str, str] = {}
    others = [(p.name, read_meta(p)) for p in sorted(folder.glob("*.csv"))]
    for path in sorted(folder.glob("*.json")):
        document = read_document(path)
        if isinstance(document, dict) and document.get("type") == "bundle":
            others.append((path.name, read_stix(path)))
            continue
        entry = entry_of(document, path.name)
        if entry.id in own:
            raise DataError(f"two entries have the id {entry.id!r}: {where[entry.id]} and {path.name}")
        own[entry.id], where[entry.id] = entry, path.name
    return own, others
