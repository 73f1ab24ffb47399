"""Argued evidence from TOML: the items in one file, the likelihood ratios of each rater in a file of their own."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from unfog.case.files import Found
from unfog.errors import CaseError, EvidenceError
from unfog.model import Evidence, Rating


def load_evidence(items: Found, ratings: Sequence[Found]) -> tuple[Evidence, ...]:
    """Read the items and give each the ratings that its raters made.

    Ratings are written as likelihood ratios (``lr = { value = 3.0 }``) and stored as log10.

    Raises:
        CaseError: if a file is not TOML, an id stands twice, or a rating names an item that does not exist.
        EvidenceError: naming the item, if an LR is 0, infinite, or an item makes no sense.
    """
    by_item: dict[str, list[Rating]] = {}
    for file in ratings:
        for item, rating in _ratings(file):
            by_item.setdefault(item, []).append(rating)
    evidence: dict[str, Evidence] = {}
    for raw in _tables(items, "evidence"):
        name = str(raw.get("id", "item without id"))
        if name in evidence:
            raise CaseError(f"the evidence item {name!r} stands twice", file=items.shown)
        try:
            own = Evidence.model_validate({"ratings": by_item.pop(name, []), **raw})
        except ValidationError as why:
            first = why.errors()[0]
            raise EvidenceError(name, f"{'.'.join(map(str, first['loc']))}: {first['msg']} ({items.shown})") from None
        evidence[name] = own
    if by_item:
        unknown = ", ".join(sorted(by_item))
        raise CaseError(f"ratings speak of items that do not exist: {unknown}", file=items.shown)
    return tuple(evidence.values())


def _tables(file: Found, key: str) -> list[dict[str, Any]]:
    document = read_toml(file.path, file.shown)
    tables = document.get(key, [])
    if not isinstance(tables, list) or not all(isinstance(t, dict) for t in tables):
        raise CaseError(f"expected [[{key}]] tables", file=file.shown, path=key)
    return tables


def _ratings(file: Found) -> list[tuple[str, Rating]]:
    document = read_toml(file.path, file.shown)
    by, on = str(document.get("rater", "")), str(document.get("on", ""))
    if not by or not on:
        raise CaseError('a file of ratings begins with rater = "..." and on = "..."', file=file.shown)
    found = []
    for raw in _tables(file, "rating"):
        item = str(raw.get("id", ""))
        try:
            lrs = {str(value): _log10(float(lr)) for value, lr in dict(raw["lr"]).items()}
            found.append((item, Rating(by=by, on=on, log10_lr=lrs, reason=str(raw.get("reason", "")))))
        except KeyError:
            raise EvidenceError(item, f"the rating by {by} has no lr = {{ value = number }}") from None
        except (TypeError, ValueError, ValidationError):
            raise EvidenceError(
                item, f"the rating by {by} needs likelihood ratios above 0 and below infinity, got {raw.get('lr')}"
            ) from None
    return found


def _log10(lr: float) -> float:
    if not (lr > 0 and math.isfinite(lr)):
        raise ValueError(lr)
    return math.log10(lr)


def read_toml(path: Path, shown: str) -> dict[str, Any]:
    """Read a TOML file; a CaseError tells line and column of what is wrong."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as why:
        raise CaseError(f"not valid TOML: {why}", file=shown) from None
    except UnicodeDecodeError as why:
        raise CaseError(f"not UTF-8 at byte {why.start}", file=shown) from None
    except OSError as why:
        raise CaseError(f"cannot be read: {why.strerror}", file=shown) from None
