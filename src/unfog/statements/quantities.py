"""Figures in statements: the number, what it counts, and from which study it comes by how many hands.

A figure is linked to an estimate of the observation log only where value and unit agree; nothing is linked by
nearness of
topic alone. How many hands it went through is counted along the log's own ``links_to`` and never guessed beyond that.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from unfog.statements.statement import Quantity

_SCALE = {
    "hundred": 1e2,
    "thousand": 1e3,
    "million": 1e6,
    "billion": 1e9,
    "trillion": 1e12,
    "m": 1e6,
    "bn": 1e9,
    "k": 1e3,
}
_WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "hundreds": 100, "dozen": 12,
}  # fmt: skip
_QUALIFIER = (
    r"(?:at least|at most|more than|less than|fewer than|up to|as many as|as few as|nearly|almost|about|around|roughly|"
    r"approximately|an estimated|estimated|some|just|a mere|only|over|under|close to)"
)
_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_UNIT = (
    r"accounts?|bots?|trolls?|pages?|profiles?|users?|followers?|tweets?|retweets?|posts?|messages?|comments?|videos?|ads?|"
    r"adverts?|advertisements?|articles?|stories|documents?|papers?|emails?|people|voters?|votes?|operations?|campaigns?|"
    r"countries|impressions?|views?|links?|pence|cents?|dollars?|pounds?|euros?|roubles?|percent|per cent|p\b"
)
PATTERN = re.compile(
    rf"(?P<qual>\b{_QUALIFIER}\s+)?(?P<cur>[$£€])?(?P<num>{_NUMBER}|\b(?:{'|'.join(_WORDS)})\b)"
    rf"(?:\s*(?:-|–|to)\s*(?P<cur2>[$£€])?(?P<num2>{_NUMBER}))?"
    r"(?P<scale>\s?(?:hundred|thousand|million|billion|trillion|bn|m|k)\b)?(?P<pct>\s?%)?"
    rf"(?P<mid>(?:\s+(?!and\b|or\b|but\b|in\b|on\b|for\b|to\b|from\b|the\b)[A-Za-z-]+){{0,4}}?\s+(?P<unit>{_UNIT})\b)?"
    r"(?P<of>(?:\s+(?:based|linked|run|controlled|associated|from|of|in|about|on|with)\b"
    r"(?:\s+(?!had\b|has\b|have\b|was\b|were\b|is\b|are\b|to\b|that\b|which\b|who\b|by\b|and\b)[\w’'-]+){1,6})?)",
    re.IGNORECASE,
)
_CURRENCY = {"$": "dollars", "£": "pounds", "€": "euros"}
_SINGULAR = re.compile(r"(?<=[a-z]{2})s$")
_YEAR = re.compile(r"^(?:1[89]|20)\d\d$")
_DATE_BEFORE = re.compile(
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december|in|since|by|of)\s*$",
    re.I,
)
_MONTH_AFTER = re.compile(
    r"^(?:st|nd|rd|th)?\s+(?:january|february|march|april|may\b|june|july|august|september|october|november|december)",
    re.I,
)


def find_quantities(text: str, offset: int = 0) -> tuple[Quantity, ...]:
    """Figures with a unit, a currency or a per cent sign; bare numbers, dates, ages and clock times are not figures.

    Args:
        text: The words.
        offset: Where they begin in the stored text.
    """
    out = []
    for m in PATTERN.finditer(text):
        currency, unit = m["cur"], (m["unit"] or "").lower()
        if not unit and not currency and not m["pct"]:
            continue
        number = m["num"]
        if _YEAR.match(number) and (not m["mid"] or _DATE_BEFORE.search(text[: m.start("num")])) and not currency:
            continue
        if _MONTH_AFTER.match(text[m.end("num") :]):
            continue
        if m.start("num") > 0 and (text[m.start("num") - 1].isalnum() or text[m.start("num") - 1] in "-/:."):
            continue
        scale = _SCALE.get((m["scale"] or "").strip().lower(), 1.0)
        middle = re.sub(rf"\b(?:{_UNIT})$", "", (m["mid"] or "").strip(), flags=re.I).strip()
        of = " ".join(part for part in (middle, (m["of"] or "").strip()) if part)
        end = m.end()
        while end > m.start() and text[end - 1].isspace():
            end -= 1
        out.append(
            Quantity(
                value=_value(number) * scale,
                high=_value(m["num2"]) * scale if m["num2"] else None,
                unit=_unit(unit, currency, bool(m["pct"])),
                of=of,
                text=text[m.start() : end],
                span=(offset + m.start(), offset + end),
                qualifier=(m["qual"] or "").strip().lower(),
            )
        )
    return tuple(out)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A published figure of the observation log: what was counted, by whom, from which other entries it comes."""

    id: str
    value: float
    unit: str
    by: str
    on: str
    metric: str = ""
    definition: str = ""
    links: tuple[str, ...] = ()
    census: str = ""


def link_quantities(
    quantities: Sequence[Quantity], estimates: Mapping[str, Estimate], said_on: str, speaker: str, content: str
) -> tuple[Quantity, ...]:
    """Give each figure its origin where an estimate of the log agrees in value and unit and was out by then.

    ``steps`` is 0 where the speaker made the count, 1 where the words name who did, and otherwise left unknown, plus
    the hand-overs that the log itself records between the estimate and the study it goes back to.
    """
    out = []
    for q in quantities:
        fits = [
            e for e in estimates.values() if _agrees(q, e) and (not said_on or not e.on or e.on[:10] <= _end(said_on))
        ]
        if not fits:
            out.append(q)
            continue
        best = min(fits, key=lambda e: (abs(e.value - q.value), e.on, e.id))
        study, hops = _study(best, estimates)
        own = _same_party(speaker, best.by)
        named = own or any(w in content.lower() for w in _names(best.by))
        steps = (hops if own else hops + 1) if named else None
        out.append(q.model_copy(update={"origin": study.id, "steps": steps, "census": best.census or study.census}))
    return tuple(out)


def _study(estimate: Estimate, estimates: Mapping[str, Estimate]) -> tuple[Estimate, int]:
    """Follow ``links_to`` to the estimate with the same value and unit that it was taken from."""
    current, hops, seen = estimate, 0, {estimate.id}
    while True:
        earlier = [
            estimates[i] for i in current.links
            if i in estimates and i not in seen and estimates[i].unit == current.unit
            and _close(estimates[i].value, current.value)
        ]  # fmt: skip
        if not earlier:
            return current, hops
        current = min(earlier, key=lambda e: (e.on, e.id))
        seen.add(current.id)
        hops += 1


def _agrees(q: Quantity, e: Estimate) -> bool:
    return _stem(q.unit) == _stem(e.unit) and (
        _close(q.value, e.value) or (bool(q.qualifier) and _rounded(q.value, e.value))
    )


def _close(a: float, b: float) -> bool:
    return abs(a - b) <= 0.005 * max(abs(a), abs(b), 1e-9)


def _rounded(said: float, true: float) -> bool:
    """Whether ``said`` is ``true`` rounded to one or two figures ("some 150,000" for 156,252)."""
    if true == 0:
        return said == 0
    digits = len(str(int(abs(true)))) if abs(true) >= 1 else 1
    return any(_close(said, step * (true // step)) or _close(said, round(true / step) * step) for step in
               (10.0 ** (digits - 1), 10.0 ** max(0, digits - 2), 5 * 10.0 ** max(0, digits - 2)))  # fmt: skip


def _value(number: str) -> float:
    low = number.lower()
    return float(_WORDS[low]) if low in _WORDS else float(number.replace(",", ""))


def _unit(unit: str, currency: str | None, percent: bool) -> str:
    if currency:
        return _CURRENCY[currency]
    if percent or unit in ("percent", "per cent"):
        return "per cent"
    return {"p": "pence", "ad": "adverts", "ads": "adverts", "advert": "adverts"}.get(unit, unit)


def _stem(unit: str) -> str:
    first = unit.lower().strip().split(" ")[0] if unit else ""
    return _SINGULAR.sub("", first)


def _names(by: str) -> list[str]:
    return [w.lower() for w in re.findall(r"[A-Z][\w&.-]{2,}", by) if w.lower() not in {"the", "university", "press"}]


def _same_party(speaker: str, by: str) -> bool:
    return bool(speaker) and any(n in speaker.lower() for n in _names(by))


def _end(date: str) -> str:
    return date[:10] if len(date) >= 10 else date + "-31"[: 10 - len(date)] if len(date) == 7 else date + "-12-31"
