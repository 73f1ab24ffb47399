"""What people add to a case through a form: observations and ratings, as data with author and date.

Entries are appended, never edited: an observation is a line of ``observations.jsonl``, a rating a table in a TOML file
of that rater and day. A second rater must not see the first's figures; :func:`may_see` decides that in one place.
"""

from __future__ import annotations

import json
import math
import os
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from unfog.errors import DataError, UsageError
from unfog.model import Evidence, parse_moment

OBSERVATIONS = "observations.jsonl"
KINDS = (
    "post",
    "reply",
    "repost",
    "tweet",
    "upload",
    "article",
    "statement",
    "pickup",
    "ban",
    "contact",
    "context",
    "estimate",
)
MAX_TEXT = 4_000


def add_observation(
    case: Path,
    *,
    when: str,
    summary: str,
    by: str,
    platform: str = "",
    actor: str = "",
    kind: str = "context",
    url: str = "",
    source: str = "",
    now: datetime | None = None,
) -> dict[str, Any]:
    """Append an observation to the case's log and return it.

    Raises:
        UsageError: if the date cannot be read, or summary, author or kind are missing or too long.
        DataError: if the log cannot be written.
    """
    moment = parse_moment(when)
    at = (now or datetime.now(UTC)).replace(microsecond=0)
    texts = {"summary": summary, "platform": platform, "actor": actor, "url": url, "source": source, "by": by}
    for name, value in texts.items():
        if len(value) > MAX_TEXT:
            raise UsageError(f"{name}: {len(value)} characters are more than {MAX_TEXT}")
    if not summary.strip() or not by.strip():
        raise UsageError("an observation needs a summary and the name of whoever enters it")
    if kind not in KINDS:
        raise UsageError(f"unknown kind {kind!r}; one of {', '.join(KINDS)}")
    entry: dict[str, Any] = {
        "id": _fresh_id(case),
        "when": when.strip(),
        "precision": moment.precision.value,
        "platform": _line(platform),
        "actor": _line(actor),
        "kind": kind,
        "summary": summary.strip(),
        "url": _line(url),
        "links_to": [],
        "sources": [
            {"publisher": _line(source) or "own observation", "url": _line(url), "date": at.date().isoformat()}
        ],
        "public_from": when.strip(),
        "obtained_at": at.isoformat().replace("+00:00", "Z"),
        "entered_by": _line(by),
        "entered_at": at.isoformat().replace("+00:00", "Z"),
    }
    append_line(
        case / OBSERVATIONS, json.dumps({k: v for k, v in entry.items() if v not in ("", None)}, ensure_ascii=False)
    )
    return entry


def _line(text: str) -> str:
    return " ".join(text.split())


def _fresh_id(case: Path) -> str:
    path = case / OBSERVATIONS
    taken = set()
    if path.is_file():
        taken = set(re.findall(r'"id":\s*"W(\d+)"', path.read_text(encoding="utf-8", errors="replace")))
    return f"W{max((int(t) for t in taken), default=0) + 1:03d}"


def append_line(path: Path, line: str) -> None:
    """Append one line and make sure that it is on the disk."""
    try:
        lead = ""
        if path.is_file() and path.stat().st_size:
            with path.open("rb") as end:
                end.seek(-1, os.SEEK_END)
                lead = "" if end.read(1) == b"\n" else "\n"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8", newline="\n") as file:
            file.write(lead + line + "\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as why:
        raise DataError(f"cannot write {path.name}: {why.strerror}") from None


def add_rating(
    case: Path, item: Evidence, by: str, lrs: Mapping[str, float], reason: str, *, now: datetime | None = None
) -> Path:
    """Write one person's likelihood ratios for an item into ``ratings/<rater>-<date>.toml`` and return that file.

    Args:
        case: Case folder.
        item: The item, with the ratings it has.
        by: Who rates.
        lrs: Value of the item's variable -> likelihood ratio (not its log) against the reference value.
        reason: Why; required.

    Raises:
        UsageError: if a ratio is not above 0 and finite, the reason or name is missing, or this person has rated it.
    """
    by, reason = _line(by), reason.strip()
    if not by or not reason:
        raise UsageError("a rating needs the rater's name and a reason")
    if len(reason) > MAX_TEXT or len(by) > 100:
        raise UsageError(f"the name may have 100 and the reason {MAX_TEXT} characters")
    if item.is_measured:
        raise UsageError(
            f"{item.id} is measured by {item.measured_by.calibrator if item.measured_by else ''}, not rated"
        )
    if any(r.by.casefold() == by.casefold() for r in item.ratings):
        raise UsageError(
            f"{by} has rated {item.id} already; a rating is not edited, write to the case's editor to withdraw it"
        )
    bad = [f"{v}: {x}" for v, x in lrs.items() if not (math.isfinite(x) and 1e-6 <= x <= 1e6)]
    if bad or not lrs:
        raise UsageError(f"likelihood ratios lie between 0.000001 and 1,000,000: {', '.join(bad) or 'none was given'}")
    day = (now or datetime.now(UTC)).date().isoformat()
    path = case / rating_file(by, now)
    if not path.is_file():
        append_line(path, f"rater = {_toml(by)}\non = {_toml(day)}")
    table = ", ".join(f"{_toml(v)} = {float(x)!r}" for v, x in lrs.items())
    append_line(path, f"\n[[rating]]\nid = {_toml(item.id)}\nreason = {_toml(reason)}\nlr = {{ {table} }}")
    return path


def rating_file(by: str, now: datetime | None = None) -> str:
    """Name of the file of a rater and day, from the case folder on: ``ratings/ana-2031-03-03.toml``."""
    slug = re.sub(r"[^a-z0-9]+", "-", by.casefold()).strip("-") or "rater"
    return f"ratings/{slug}-{(now or datetime.now(UTC)).date().isoformat()}.toml"


def _toml(text: str) -> str:
    """A TOML basic string."""
    return json.dumps(re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", "", text), ensure_ascii=False)


def may_see(item: Evidence, viewer: str) -> bool:
    """Whether somebody may see the others' ratings of an item: only after rating it, or where nobody has to."""
    return item.is_measured or not item.ratings or any(r.by.casefold() == viewer.casefold() for r in item.ratings)


def values_of(item: Evidence, declared: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """Values of the item's variable other than its reference: what a rater gives a ratio for."""
    names = item.variable.split("+")
    cells = [""]
    for name in names:
        cells = [f"{c}+{v}" if c else v for c in cells for v in declared.get(name, ())]
    return tuple(c for c in cells if c and c != item.reference)
