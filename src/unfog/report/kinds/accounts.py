"""Accounts: rhythm, registration, handles and the census, always of a set and never of a person."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from markupsafe import Markup

from unfog.model import Finding
from unfog.report import charts
from unfog.report.data import cell, folded, generic, pick, plain_table, real, reals, rows
from unfog.report.numbers import number, times
from unfog.report.shown import show, table

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def _by_hour(hours: list[float]) -> Markup:
    busy = [h for h, n in enumerate(hours) if n]
    told = f"between {busy[0]:02d} and {busy[-1] + 1:02d} o'clock UTC" if busy else "at no hour"
    peak = max(range(24), key=hours.__getitem__)
    alt = f"Columns: {sum(hours):.0f} posts by hour of day in UTC, all {told}, most at {peak:02d}."
    bars = [{"hour": f"{h:02d}", "posts": n} for h, n in enumerate(hours)]
    return charts.columns(bars, "hour", "posts", x_title="hour of day, UTC", y_title="posts", alt=alt)


def _by_day(weekdays: list[float]) -> Markup:
    bars = [{"day": d, "posts": n} for d, n in zip(DAYS, weekdays, strict=True)]
    alt = "Columns by weekday: " + ", ".join(f"{d} {n:.0f}" for d, n in zip(DAYS, weekdays, strict=True)) + "."
    return charts.columns(bars, "day", "posts", x_title="day of week, UTC", y_title="posts", alt=alt)


def _hours(f: Finding) -> Markup:
    hours, weekdays = reals(f.data.get("hours")), reals(f.data.get("weekdays"))
    out = _by_hour(hours) if len(hours) == 24 and f.kind == "hours" else Markup("")
    days = _by_day(weekdays) if len(weekdays) == 7 else Markup("")
    out += days if f.kind == "weekdays" else folded("Days of the week", days)
    tab = plain_table([{"hour (UTC)": f"{h:02d}", "posts": n} for h, n in enumerate(hours)], "Posts by hour")
    return out + folded("The numbers as tables", tab + generic(f.data, "Rhythm", skip=["hours", "weekdays"]))


def _counts(key: str, x: str, title: str, unit: str, order: Callable[[str], Any] = str) -> Callable[[Finding], Markup]:
    """A drawing of ``{value: count}`` under a key as columns in the order of the values."""

    def draw(f: Finding) -> Markup:
        found = f.data.get(key)
        if not isinstance(found, Mapping) or not found:
            return Markup("")
        each = sorted(((str(k), v) for k, n in found.items() if (v := real(n)) is not None), key=lambda t: order(t[0]))
        bars = [{"x": k, "n": n} for k, n in each]
        most = max(each, key=lambda t: t[1])
        alt = f"Columns: {sum(n for _, n in each):.0f} {unit} by {title}; most, {most[1]:.0f}, at {most[0]}."
        picture = charts.columns(bars, "x", "n", x_title=title, y_title=unit, alt=alt)
        tab = plain_table([{x: b["x"], unit: b["n"]} for b in bars], title.capitalize())
        return picture + folded("The numbers as a table", tab + generic(f.data, title, skip=[key]))

    return draw


def _shift(f: Finding) -> Markup:
    left = rows(f.data, "not_told_apart")
    body = [
        [show(r.get("zone")), show(r.get("habit")), cell(f"{times(real(r.get('log10_relative')) or 0.0)}")]
        for r in left
    ]
    zones = f.data.get("zones")
    each = (
        sorted(((str(k), v) for k, x in zones.items() if (v := real(x)) is not None), key=lambda t: -t[1])
        if isinstance(zones, Mapping)
        else []
    )
    bars = [{"label": k, "value": v, "basis": "counted"} for k, v in each[:12]]
    alt = f"Points: how well each of {len(each)} time zones fits the hours; best {each[0][0] if each else '–'}."
    picture = (
        charts.intervals(bars, x_title="fit against the best zone, log10", alt=alt, signed=True)
        if len(bars) > 1
        else Markup("")
    )
    tab = table(["zone", "working habit", "against the best"], body, caption="Patterns that cannot be told apart")
    return tab + folded("Every zone and calendar", picture + generic(f.data, "Working day", skip=["not_told_apart"]))


def _single_use(f: Finding) -> Markup:
    found = rows(f.data, "not_single_use")
    return folded(
        f"The {len(found)} accounts that were used longer", plain_table(found, "Accounts used on more than one day")
    )


def _census(f: Finding) -> Markup:
    found = rows(f.data, "rows", "definitions")
    bars, body = [], []
    for r in found:
        value, low, high = real(pick(r, "value", "count")), real(r.get("low")), real(r.get("high"))
        here = pick(r, "computed") == "computed"
        unit = str(r.get("unit") or "")
        what = str(pick(r, "definition", "definition_id", "id", default="?"))
        if value is not None and value > 0 and unit in ("", "accounts"):
            a, b = value if low is None else min(low, value), value if high is None else max(high, value)
            basis = "counted" if here else "argued"
            bars.append({"label": what, "value": value, "low": max(a, 1e-9), "high": b, "basis": basis})
        told = "–" if value is None else number(value)
        span = f"{number(low)} to {number(high)}" if low is not None and high is not None and low != high else "–"
        body.append([show(what), f"{told} {unit}".strip(), span, show(r.get("period") or "–"),
                     "counted here" if here else "published",
                     show(r.get("origin") or "–")])  # fmt: skip
    alt = f"Points on a logarithmic scale: {len(bars)} counts of accounts, each by its own definition."
    picture = charts.intervals(bars, x_title="accounts (logarithmic)", alt=alt, log=True, least=2)
    head = ["what is counted", "how many", "range", "period", "basis", "source"]
    return picture + folded("Every definition", table(head, body, caption="How many, by which definition"))


KINDS: dict[str, Callable[[Finding], Markup]] = {
    "hours": _hours, "weekdays": _hours, "census": _census, "shift": _shift, "single-use": _single_use,
    "pacing": _counts("by_minute", "minutes", "minutes between one post and the next", "gaps", int),
    "creation": _counts("by_day", "day", "day of registration", "accounts"),
    "handles": _counts("forms", "form", "form of the handle", "handles"),
}  # fmt: skip
