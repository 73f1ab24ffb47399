"""Spread: where it went, who carried it, when it broke out and by whose hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from markupsafe import Markup

from unfog.model import Finding
from unfog.report import charts
from unfog.report.data import Row, cell, folded, generic, pick, plain_table, real, rows
from unfog.report.shown import handle, show, table, visible

_HOW = {"text+log": "post at hand and log", "text": "post at hand", "log": "log only"}


def _where(r: Row) -> str:
    place, community = str(r.get("platform") or ""), str(r.get("community") or "")
    return f"{place}/{community}" if community and community not in place else place


def _when(r: Row) -> Markup:
    """A time as exact as its source tells it."""
    at, precision = str(r.get("when") or ""), str(r.get("precision") or "")
    return cell({"year": at[:4], "month": at[:7], "day": at[:10]}.get(precision, at))


def _first_seen(f: Finding) -> Markup:
    found = rows(f.data, "rows")
    if not any("proven" in r or "claimed" in r for r in found):
        return plain_table(found, "First seen")
    body = [
        [
            show(r.get("layer")), cell(r.get("proven")), cell(r.get("claimed")), handle(r.get("who") or "–"),
            show(r.get("where") or "–"), "removed" if r.get("removed") else "yes",
        ]
        for r in found
    ]  # fmt: skip
    head = ["what was seen", "first, by a post at hand", "first, as told", "who", "where", "still there"]
    tab = table(head, body, caption="First seen, layer by layer")
    return tab + folded("All columns", plain_table(found, "Everything about the first appearances"))


def _dots(f: Finding, listed: str = "rows") -> list[dict[str, Any]]:
    """Appearances per day, platform and role; from the rows, or from daily counts where there are no rows."""
    counted: dict[tuple[str, str, str], float] = {}
    for r in rows(f.data, listed):
        if pick(r, "when") and r.get("precision") not in ("year", "month"):
            key = (str(r["when"])[:10], str(r.get("platform") or "unknown"), str(r.get("role") or ""))
            counted[key] = counted.get(key, 0.0) + 1
    if not counted:
        for r in rows(f.data, "by_platform_day", "days", "rows", "by_day"):
            day, n = pick(r, "day", "date", "happened_on"), real(pick(r, "count", "n", "appearances", "posts"))
            if day and n is not None:
                key = (str(day)[:10], str(pick(r, "platform", "community", default="unknown")), "")
                counted[key] = counted.get(key, 0.0) + n
    return [{"date": d, "platform": p, "role": role, "count": n} for (d, p, role), n in sorted(counted.items())]


def _appearances(f: Finding) -> Markup:
    dots = _dots(f)
    if not dots:
        return generic(f.data, "Appearances")
    total, platforms = sum(d["count"] for d in dots), len({d["platform"] for d in dots})
    told = charts.span(dots[0]["date"], dots[-1]["date"])
    alt = f"Dots: {total:.0f} dated appearances on {platforms} platforms from {told}; the table has every one."
    listed = [
        [_when(r), show(_where(r)), handle(r.get("who") or "–"), show(r.get("role") or "–"), show(r.get("how") or "–"),
         show(_HOW.get(str(r.get("found_by")), r.get("found_by") or "–"))]
        for r in rows(f.data, "rows")
    ]  # fmt: skip
    head = ["when", "where", "who", "role", "how", "known from"]
    inner = table(head, listed, caption="Every appearance") or generic(f.data, "Appearances")
    return charts.dots_by_day(dots, alt=alt) + folded("The appearances as a table", inner)


def _attempts(f: Finding) -> Markup:
    found = rows(f.data, "rows", "attempts")
    if not any("start" in r for r in found):
        return plain_table(found, "Attempts") + generic(f.data, "Attempts", skip=["rows", "attempts"])
    body = []
    for i, r in enumerate(found, 1):
        days = list(dict.fromkeys(str(r.get(k) or "")[:10] for k in ("start", "end")))
        got = r.get("engagement_as_captured")
        got = got if isinstance(got, Mapping) else {}
        new = [*(r.get("language_leap") or []), *(r.get("new_platforms") or [])]
        body.append(
            [
                str(i), Markup("<br>").join(cell(d) for d in days), cell(r.get("communities") or r.get("platforms")),
                cell(r.get("languages")), cell(new), cell(pick(r, "n", "count")), cell(got.get("replies_before")),
                cell(got.get("replies")),
            ]
        )  # fmt: skip
    head = [
        "attempt",
        "when",
        "where",
        "in",
        "new in it",
        "appearances",
        "replies before the breakout",
        "replies as captured",
    ]
    skip = ["rows", "attempts", "appearances", "breakout"]
    more = plain_table(found, "Attempts, all columns") + generic(f.data, "Attempts", skip=skip)
    return (
        _attempts_drawn(f)
        + table(head, body, caption="Attempts", numeric=(5, 6, 7))
        + folded("All columns, and the usual response", more)
    )


def _attempts_drawn(f: Finding) -> Markup:
    """Appearances of the attempts by platform and day, with the day on which the highest category was reached."""
    if not rows(f.data, "appearances") or not (dots := _dots(f, "appearances")):
        return Markup("")
    reached = f.data.get("breakout")
    reached = reached if isinstance(reached, Mapping) else {}
    event = (str(reached["day"])[:10], f"Breakout category {reached['category']}") if reached else None
    alt = f"Dots: the appearances of all attempts by platform, from {charts.span(dots[0]['date'], dots[-1]['date'])}"
    alt += f"; a line marks {event[1]} on {event[0]}." if event else "."
    return charts.dots_by_day(dots, alt=alt, event=event)


def _breakout(f: Finding) -> Markup:
    days = [
        r for r in rows(f.data, "days", "rows") if pick(r, "from") and real(pick(r, "high", "category")) is not None
    ]
    if not days:
        return Markup("")
    bars: list[dict[str, Any]] = []
    for r in days:
        high, low, start = (
            real(pick(r, "high", "category")) or 0.0,
            real(pick(r, "low", "category")) or 0.0,
            str(r["from"]),
        )
        who = visible(pick(r, "by_whom", "who", default="unknown"))
        bars.append({"from": start, "to": str(pick(r, "to", default=start)), "low": low, "high": high, "by_whom": who})
    top, told = max(b["high"] for b in bars), charts.span(bars[0]["from"], bars[-1]["to"])
    names = f.data.get("names")
    known = {int(k): str(v) for k, v in names.items() if str(k).isdigit()} if isinstance(names, Mapping) else {}
    alt = f"Steps: Breakout category from {told}; highest {top:.0f} of 6. The table has each step."
    columns = ["from", "to", "low", "high", "by_whom", "criterion", "possibly"]
    tab = plain_table(days, "Breakout by day, and by whom", columns)
    return charts.steps_by_day(bars, known, alt=alt) + folded("The steps as a table", tab)


def _handover(f: Finding) -> Markup:
    both = (("first by the operators", f.data.get("first")), ("taken over", f.data.get("taken_over")))
    ends = [(n, r) for n, r in both if isinstance(r, Mapping)]
    body = [
        [
            n,
            _when(r),
            handle(r.get("who") or "–"),
            show(r.get("role") or "–"),
            show(_where(r)),
            show(r.get("how") or "–"),
        ]
        for n, r in ends
    ]
    figures = {g.name: g.value.value for g in f.figures}
    split = Markup("")
    if all(f"{who} {side}" in figures for who in ("operators", "all") for side in ("before", "after")):
        lines = [
            [side, f"{figures[f'operators {k}']:.0f}", f"{figures[f'all {k}'] - figures[f'operators {k}']:.0f}"]
            for side, k in (("until then", "before"), ("from that day on", "after"))
        ]
        split = table(
            ["public appearances", "by operators", "by others"], lines, caption="Who carried it", numeric=(1, 2)
        )
    return table(["", "when", "who", "role", "where", "how"], body, caption="From whose hand to whose") + split


def _engagement(f: Finding) -> Markup:
    figures = {g.name: g.value.value for g in f.figures}
    picture = Markup("")
    if figures.get("replies"):
        when = str(f.data.get("moment") or "that day")[:10]
        parts = [
            (f"replies known to come before {when}", figures.get("before", 0.0)),
            (f"replies from {when} on", figures.get("after", 0.0)),
        ]
        if figures.get("not told apart"):
            parts.append(("replies that cannot be placed", figures["not told apart"]))
        picture = charts.split(parts, alt="Bar: " + ", ".join(f"{v:.0f} {n}" for n, v in parts) + ".")
    tab = plain_table(
        rows(f.data, "change_points"),
        "Days on which the rate of replies changed",
        ["day", "a_day_before", "a_day_after"],
    )
    return picture + folded("Days on which the rate changed", tab)


def _tree(f: Finding) -> Markup:
    nodes = [r for r in rows(f.data, "nodes") if pick(r, "when")]
    if not nodes:
        return Markup("")
    at = {r.get("id"): i for i, r in enumerate(nodes)}
    dots = [{"date": str(r["when"])[:10], "platform": str(pick(r, "platform", "label", default="?")),
             "role": str(r.get("role") or ""), "count": real(r.get("n")) or 1.0} for r in nodes]  # fmt: skip
    edges = rows(f.data, "edges")
    ties = [(at[e["from"]], at[e["to"]]) for e in edges if e.get("from") in at and e.get("to") in at]
    alt = f"Dots joined by curves: {len(ties)} references between {len(nodes)} posts and reports; the table has each."
    name = {
        r.get("id"): f"{str(r['when'])[:10]} {pick(r, 'label', 'platform', default='')}, {r.get('who') or '?'}"
        for r in nodes
    }
    body = [
        [show(name.get(e.get("from"), e.get("from"))), show(e.get("kind")), show(name.get(e.get("to"), e.get("to")))]
        for e in edges
    ]
    tab = table(["this", "is a", "to or of"], body, caption="References, one by one")
    return charts.dots_by_day(dots, alt=alt, ties=ties) + folded("The references as a table", tab)


def _reach(f: Finding) -> Markup:
    found = rows(f.data, "rows")
    if not any("audience_as_captured" in r for r in found):
        return plain_table(found, "Reach by actor")
    body = [
        [
            handle(r.get("who") or "–"), show(r.get("role") or "–"), cell(r.get("appearances")),
            cell(str(r.get("first") or "")[:10]),
            cell(r.get("places")), cell(r.get("replies") if r.get("engagement_known_for") else None),
            cell(r.get("audience_as_captured") if r.get("audience_known_for") else None),
        ]
        for r in found
    ]  # fmt: skip
    head = ["who", "role", "appearances", "first", "places", "replies", "members of these places"]
    few = table(head, body[:8], caption="Who carried it, most first", numeric=(2, 5, 6))
    all_ = table(head, body, caption="Everybody who carried it", numeric=(2, 5, 6))
    return few + (folded(f"All {len(body)}", all_) if len(body) > 8 else Markup(""))


def _conflicts(f: Finding) -> Markup:
    body = []
    for r in rows(f.data, "rows"):
        told = [v for v in r.get("values") or [] if isinstance(v, Mapping)]
        said = Markup("<br>").join(
            Markup("{}: <b>{}</b>").format(show(v.get("by") or "?"), show(v.get("says"))) for v in told
        )
        body.append([show(r.get("topic")), said or cell(r.get("values")), cell(r.get("resolution"))])
    return table(["point", "what each source says", "resolution on file"], body, caption="Where sources differ")


_DIFFERS = {"missing": "only in it", "added": "only in the reference", "altered": "altered", "redacted": "redacted"}


def _comparison(f: Finding) -> Markup:
    figures = {g.name: g.value.value for g in f.figures}
    parts = [
        (f"words {told}", n) for k, told in [("same", "that agree"), *_DIFFERS.items()] if (n := figures.get(k, 0.0))
    ]
    alt = "Bar: " + ", ".join(f"{n:.0f} {told}" for told, n in parts) + "."
    body = [
        [
            cell(_DIFFERS.get(str(r.get("kind")), r.get("kind"))),
            cell(r.get("words")),
            cell(r.get("span")),
            cell(r.get("words_there")),
            cell(r.get("span_there")),
        ]
        for r in rows(f.data, "rows")
    ]
    head = ["difference", "words", "characters", "words in the reference", "characters there"]
    tab = table(head, body, caption="Where the two differ", numeric=(1, 3), limit=60)
    return (charts.split(parts, alt=alt) if parts else Markup("")) + folded(f"{len(body)} differences, one by one", tab)


KINDS: dict[str, Callable[[Finding], Markup]] = {
    "first-seen": _first_seen, "appearances": _appearances, "attempts": _attempts, "breakout": _breakout,
    "handover": _handover, "engagement": _engagement, "explicit-tree": _tree, "reach-by-actor": _reach,
    "conflicts": _conflicts,
    "document-comparison": _comparison,
}  # fmt: skip
