"""Reading a catalogue: the one in the package, and any folder of entries beside it. Checked whole, read once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from unfog.campaigns.catalogue.entry import Entry
from unfog.campaigns.kinds import KINDS
from unfog.errors import DataError, FormatError, LimitError, SourceMissing, did_you_mean

MAX_BYTES = 64 * 2**20
"""Largest entry file read; an entry is text that a person can check."""

HERE = Path(__file__).parent


def load_catalogue(folder: Path | None = None, *, shipped: bool = True) -> tuple[Entry, ...]:
    """All entries, sorted by id.

    Args:
        folder: A folder of further ``*.json`` entries; one with the id of a shipped entry takes its place.
        shipped: Whether to begin with the entries of this package.

    Raises:
        SourceMissing: if the folder is not there.
        FormatError: naming file and field that are wrong.
        DataError: if an id stands twice in one folder, ``part_of`` names nobody, or goes in a circle.
    """
    found: dict[str, Entry] = dict(_read(HERE)) if shipped else {}
    if folder is not None:
        if not folder.is_dir():
            raise SourceMissing(f"the catalogue folder {folder} is not there; give a folder of *.json entries")
        found |= _read_folder(folder)
    return check_catalogue(found.values())


@lru_cache(maxsize=1)
def _read(folder: Path) -> Mapping[str, Entry]:
    return {k: _with_second(e) for k, e in _read_folder(folder).items()}


@lru_cache(maxsize=1)
def second_coding() -> Mapping[str, Any]:
    """The second coding of the shipped entries: ``rows`` as written blind, ``resolved`` afterwards, and ``repeats``."""
    document: Mapping[str, Any] = json.loads((HERE.parent / "second_coding.json").read_text(encoding="utf-8"))
    return document


def _with_second(entry: Entry) -> Entry:
    """The entry with what the second coder read, or both settled on; traits that were counted on data stay."""
    coded = second_coding()
    kinds = {str(r["kind"]) for r in coded["rows"]}
    read = {
        str(r["kind"]): tuple(map(str, r["value"]))
        for part in ("rows", "resolved")
        for r in coded[part]
        if r["campaign"] == entry.id
    }
    traits = tuple(
        t if t.computed_from or t.kind not in kinds else t.model_copy(update={"second": read.get(t.kind, ())})
        for t in entry.traits
    )
    return entry.model_copy(update={"traits": traits})


def _read_folder(folder: Path) -> dict[str, Entry]:
    entries: dict[str, Entry] = {}
    where: dict[str, str] = {}
    for path in sorted(folder.glob("*.json")):
        entry = read_entry(path)
        if entry.id in entries:
            raise DataError(f"two entries have the id {entry.id!r}: {where[entry.id]} and {path.name}")
        entries[entry.id], where[entry.id] = entry, path.name
    return entries


def read_entry(path: Path) -> Entry:
    """Read one entry.

    Raises:
        FormatError: with the dotted path of what is wrong. LimitError: if the file is too large.
    """
    if path.stat().st_size > MAX_BYTES:
        raise LimitError(f"{path.name} has more than {MAX_BYTES} bytes", limit="catalogue.max_bytes")
    try:
        raw: Any = json.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as why:
        raise FormatError(f"{path.name} is not JSON: {why}") from None
    try:
        entry = Entry.model_validate(raw)
    except ValidationError as why:
        first = why.errors()[0]
        raise FormatError(f"{path.name}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    return entry


def check_catalogue(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Entries sorted by id, after checking what one alone cannot show.

    Raises:
        DataError: for a doubled id, an unknown trait kind or word, or a ``part_of`` that leads nowhere or in a circle.
    """
    by_id: dict[str, Entry] = {}
    for e in entries:
        if e.id in by_id:
            raise DataError(f"two entries have the id {e.id!r}")
        by_id[e.id] = e
        for t in e.traits:
            if t.kind not in KINDS:
                raise DataError(f"{e.id}: unknown trait kind {t.kind!r}{did_you_mean(t.kind, KINDS)}")
            words = KINDS[t.kind].vocabulary
            for v in (*t.value, *(t.second or ())):
                if words and v not in words:
                    raise DataError(f"{e.id}: {t.kind} knows no {v!r}{did_you_mean(v, words)}")
    for e in by_id.values():
        seen = {e.id}
        at = e
        while at.part_of:
            if at.part_of not in by_id:
                raise DataError(f"{at.id}: part_of names {at.part_of!r}, which is no entry")
            at = by_id[at.part_of]
            if at.id in seen:
                raise DataError(f"{e.id}: part_of goes in a circle through {at.id}")
            seen.add(at.id)
    return tuple(by_id[k] for k in sorted(by_id))


def root_of(entry: Entry, entries: Mapping[str, Entry]) -> str:
    """Id of the operation that an entry is a part of at the end: the unit of calibration."""
    at, seen = entry, {entry.id}
    while at.part_of and at.part_of in entries and at.part_of not in seen:
        at = entries[at.part_of]
        seen.add(at.id)
    return at.id
