"""Entries as files: those of this package, read once, and any other; and what all of them together must keep."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from unfog.campaigns.catalogue.entry import Entry
from unfog.campaigns.kinds import KINDS
from unfog.errors import DataError, FormatError, LimitError, did_you_mean

MAX_BYTES = 64 * 2**20
"""Largest entry file read; an entry is text that a person can check."""

HERE = Path(__file__).parent


@lru_cache(maxsize=1)
def shipped_entries() -> Mapping[str, Entry]:
    """The entries of this package by id, with what a second coder read."""
    return {e.id: _with_second(e) for e in map(read_entry, sorted(HERE.glob("*.json")))}


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


def read_document(path: Path) -> Any:
    """The JSON document of a file.

    Raises:
        FormatError: if it is not JSON. LimitError: if the file is too large.
    """
    if path.stat().st_size > MAX_BYTES:
        raise LimitError(f"{path.name} has more than {MAX_BYTES} bytes", limit="catalogue.max_bytes")
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as why:
        raise FormatError(f"{path.name} is not JSON in UTF-8: {why}; give one entry per file") from None


def read_entry(path: Path) -> Entry:
    """Read one entry.

    Raises:
        FormatError: with the dotted path of what is wrong. LimitError: if the file is too large.
    """
    return entry_of(read_document(path), path.name)


def entry_of(document: Any, name: str) -> Entry:
    """The entry that a document is.

    Raises:
        FormatError: naming the file and the dotted path of what is wrong.
    """
    try:
        return Entry.model_validate(document)
    except ValidationError as why:
        first = why.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the document"
        told = str(first["msg"]).removeprefix("Value error, ")
        raise FormatError(f"{name}: {where}: {told}; schemas/campaign.schema.json tells what an entry has") from None


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
