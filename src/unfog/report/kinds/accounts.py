"""Accounts: rhythm, registration, handles and the census, always of a set and never of a person."""

from __future__ import annotations

from collections.abc import Callable

from markupsafe import Markup

from unfog.model import Finding
from unfog.report import charts
from unfog.report.data import generic, pick, plain_table, real, reals, rows

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def _hours(f: Finding) -> Markup:
    out = Markup("")
    hours = reals(f.data.get("hours"))
    if len(hours) == 24:
        busy = [h for h, n in enumerate(hours) if n]
        span = f"between {busy[0]:02d} and {busy[-1] + 1:02d} o'clock UTC" if busy else "at no hour"
        peak = max(range(24), key=hours.__getitem__)
        alt = f"Columns: {sum(hours):.0f} posts by hour of day in UTC, all {span}, most at {peak:02d}."
        bars = [{"hour": f"{h:02d}", "posts": n} for h, n in enumerate(hours)]
        out += charts.columns(bars, "hour", "posts", x_title="hour of day, UTC", y_title="posts", alt=alt)
    weekdays = reals(f.data.get("weekdays"))
    if len(weekdays) == 7:
        parts = ", ".join(f"{d} {n:.0f}" for d, n in zip(DAYS, weekdays, strict=True))
        bars = [{"day": d, "posts": n} for d, n in zip(DAYS, weekdays, strict=True)]
        out += charts.columns(
            bars, "day", "posts", x_title="day of week, UTC", y_title="posts", alt=f"Columns by weekday: {parts}."
        )
    table = plain_table([{"hour (UTC)": f"{h:02d}", "posts": n} for h, n in enumerate(hours)], "Posts by hour")
    folded = (
        Markup('<details class="fold"><summary>The numbers as a table</summary>{}</details>').format(table)
        if table
        else ""
    )
    return out + folded + generic(f.data, "Rhythm", skip=["hours", "weekdays"])


def _census(f: Finding) -> Markup:
    found = rows(f.data, "rows", "definitions")
    bars = []
    for r in found:
        value = real(pick(r, "value", "count"))
        if value is not None and value > 0:
            low, high = real(r.get("low")), real(r.get("high"))
            bars.append(
                {
                    "label": str(pick(r, "definition_id", "id", "definition", default="?")),
                    "value": value,
                    "low": value if low is None else min(low, value),
                    "high": value if high is None else max(high, value),
                    "basis": "counted" if pick(r, "computed") == "computed" else "argued",
                }
            )
    return plain_table(found, "How many, by which definition") + generic(f.data, "Census", skip=["rows", "definitions"])


KINDS: dict[str, Callable[[Finding], Markup]] = {"hours": _hours, "census": _census}
