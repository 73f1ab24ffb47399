"""When it was said: words of time beside the cue, read from the date of the article, with the precision they have."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
_FULL = re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th)?\s+({'|'.join(_MONTHS)})(?:,?\s+(\d{{4}}))?\b", re.IGNORECASE)
_US = re.compile(rf"\b({'|'.join(_MONTHS[:4])}|{'|'.join(_MONTHS[5:])}|May)\.?\s+(\d{{1,2}})(?:,\s*(\d{{4}}))?\b")
_MONTH = re.compile(
    rf"\b(?:in|since|last|during)\s+(?:early\s+|late\s+|mid-?)?({'|'.join(m.title() for m in _MONTHS)})"
    r"(?:\s+(\d{4}))?\b"
)
_YEAR = re.compile(r"\b(?:in|during)\s+((?:19|20)\d\d)\b")
_WEEKDAY = re.compile(rf"\b(?:on\s+|last\s+)?({'|'.join(d.title() for d in _DAYS)})\b")
_TODAY = re.compile(r"\b(?:today|tonight|this (?:morning|afternoon|evening))\b", re.IGNORECASE)
_YESTERDAY = re.compile(r"\b(?:yesterday|last night)\b", re.IGNORECASE)
_WEEK = re.compile(r"\b(?:(?:earlier|later) )?this week\b", re.IGNORECASE)
_LAST_WEEK = re.compile(r"\blast week\b", re.IGNORECASE)
_BEFORE = re.compile(
    r"\b(?:previously|earlier this (?:month|year)|recent(?:ly)?|last (?:month|year)|in the past|once|then)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Said:
    """ISO date as coarse as it is known, its precision, and the words that told it.

    Precision: day, month, year; ``week`` (the date is its Monday); ``before`` (some time before the date);
    ``published`` (no later than the article; no words tell more); "" (nothing is known).
    """

    on: str = ""
    precision: str = ""
    words: str = ""


def when_said(context: str, published: date | None) -> Said:
    """Read the words of time of a sentence, outside what was said.

    Args:
        context: The sentence without the content of the statement.
        published: Date of the article; without it only full dates can be read.
    """
    if match := _FULL.search(context) or None:
        day, month, year = int(match[1]), _MONTHS.index(match[2].lower()) + 1, match[3]
        if found := _full(day, month, year, published):
            return Said(found.isoformat(), "day", match[0])
    if match := _US.search(context):
        found = _full(int(match[2]), _MONTHS.index(match[1].lower()) + 1, match[3], published)
        if found:
            return Said(found.isoformat(), "day", match[0])
    if match := _MONTH.search(context):
        month = _MONTHS.index(match[1].lower()) + 1
        if match[2]:
            return Said(f"{match[2]}-{month:02d}", "month", match[0])
        if published is not None:
            year = published.year if month <= published.month else published.year - 1
            return Said(f"{year}-{month:02d}", "month", match[0])
    if match := _YEAR.search(context):
        return Said(match[1], "year", match[0])
    if published is None:
        return Said()
    if match := _YESTERDAY.search(context):
        return Said((published - timedelta(days=1)).isoformat(), "day", match[0])
    if match := _TODAY.search(context):
        return Said(published.isoformat(), "day", match[0])
    if match := _WEEKDAY.search(context):
        back = (published.weekday() - _DAYS.index(match[1].lower())) % 7
        if match[0].lower().startswith("last") and back == 0:
            back = 7
        return Said((published - timedelta(days=back)).isoformat(), "day", match[0])
    monday = published - timedelta(days=published.weekday())
    if match := _LAST_WEEK.search(context):
        return Said((monday - timedelta(days=7)).isoformat(), "week", match[0])
    if match := _WEEK.search(context):
        return Said(monday.isoformat(), "week", match[0])
    if match := _BEFORE.search(context):
        return Said(published.isoformat(), "before", match[0])
    return Said(published.isoformat(), "published", "")


def _full(day: int, month: int, year: str | None, published: date | None) -> date | None:
    try:
        if year:
            return date(int(year), month, day)
        if published is None:
            return None
        found = date(published.year, month, day)
        return found if found <= published else date(published.year - 1, month, day)
    except ValueError:
        return None
