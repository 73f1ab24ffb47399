"""Careful reading of ``Finding.data``: rooms give JSON, and a page must stand whatever is in it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

from markupsafe import Markup

from unfog.report.numbers import number, percent
from unfog.report.shown import handle, join, show, table

Row = Mapping[str, Any]


def rows(data: Mapping[str, Any], *keys: str) -> list[Row]:
    """The first of these keys that holds a list of objects; empty if none does."""
    for key in keys:
        found = data.get(key)
        if isinstance(found, list | tuple) and found and all(isinstance(r, Mapping) for r in found):
            return list(found)
    return []


def pick(row: Row, *keys: str, default: Any = None) -> Any:
    """The value of the first key that is there and not null."""
    for key in keys:
        if row.get(key) is not None:
            return row[key]
    return default


def real(x: object) -> float | None:
    """A finite number, or None."""
    if isinstance(x, bool) or not isinstance(x, int | float) or not math.isfinite(x):
        return None
    return float(x)


def reals(x: object) -> list[float]:
    """A list of finite numbers; empty if it is anything else."""
    if not isinstance(x, list | tuple):
        return []
    out = [real(v) for v in x]
    return [v for v in out if v is not None] if all(v is not None for v in out) else []


def human(key: str) -> str:
    """A key as words: ``log10_lr`` stays, underscores go."""
    return {"log10_lr": "log10 LR", "by_whom": "by whom", "as_of": "as of", "n": "n"}.get(key, key.replace("_", " "))


_TIME = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)(?:\.\d+)?(?:Z|\+00:00)?)?")
_DAY_LONG = re.compile(r"(\d{4}-\d{2}-\d{2})T00:00:00Z/(\d{4}-\d{2}-\d{2})T23:59:59Z")


def moment(text: str) -> Markup | None:
    """A date or UTC time as a reader writes it, unbroken; a span of whole days as dates; None for other texts."""
    if span := _DAY_LONG.fullmatch(text):
        a, b = span.groups()
        return Markup('<span class="when">{}</span>').format(a if a == b else f"{a} to {b}")
    if match := _TIME.fullmatch(text):
        day, clock = match.groups()
        return Markup('<span class="when">{}</span>').format(f"{day} {clock} UTC" if clock else day)
    return None


def cell(x: Any) -> Markup:
    """Any JSON value as a table cell."""
    if isinstance(x, str) and (told := moment(x)) is not None:
        return told
    if x is None or x == "" or x == [] or x == {}:
        return Markup('<span class="nil">–</span>')
    if isinstance(x, bool):
        return Markup("yes") if x else Markup("no")
    if isinstance(x, int | float):
        return Markup("{}").format(number(float(x)) if not isinstance(x, int) else number(x))
    if isinstance(x, Mapping):
        return join((Markup("{} {}").format(show(human(str(k))), cell(v)) for k, v in x.items()), "; ")
    if isinstance(x, list | tuple):
        if len(x) == 2 and all(real(v) is not None for v in x):
            return Markup("{} to {}").format(cell(x[0]), cell(x[1]))
        return join((cell(v) for v in x[:40]), ", ") + (f" … and {len(x) - 40} more" if len(x) > 40 else "")
    return show(x, 600)


_FIRST = (
    "id", "item", "attempt_id", "group_id", "definition_id", "campaign_id", "label", "name", "layer", "status",
    "as_of", "date", "day", "from", "to", "said_on", "when", "earliest", "happened_at", "precision", "platform",
    "speaker", "who", "by", "on_behalf_of", "where", "community", "proposition", "statement", "trait", "gate",
    "definition", "origin", "said", "certainty", "content", "how", "kind", "word", "percent", "value", "unit",
    "low", "high", "log10_lr", "log10_lr_low", "log10_lr_high", "interval", "count", "size", "by_whom",
)  # fmt: skip
_RANK = {name: i for i, name in enumerate(_FIRST)}


def ordered(names: Iterable[str]) -> list[str]:
    """Column names as a reader wants them: who and when first, numbers after, the rest as they come."""
    return sorted(names, key=lambda n: _RANK.get(n, len(_RANK)))


_NAMES = frozenset({"account_id", "account_a", "account_b", "handle", "who", "actor", "account"})


def plain_table(found: list[Row], caption: str, columns: Iterable[str] | None = None, limit: int = 60) -> Markup:
    """Rows of objects as a table."""
    if not found:
        return Markup("")
    names = list(columns or ordered(dict.fromkeys(k for r in found for k in r)))
    names = [n for n in names if any(r.get(n) not in (None, "", [], {}) for r in found)] or names
    numeric = [i for i, n in enumerate(names) if all(real(r.get(n)) is not None or r.get(n) is None for r in found)]
    body = [[handle(r[n]) if n in _NAMES and r.get(n) else cell(r.get(n)) for n in names] for r in found]
    return table([human(n) for n in names], body, caption=caption, numeric=numeric, limit=limit)


def folded(title: str, inner: Markup) -> Markup:
    """Something that is there for whoever looks for it, behind a line to click."""
    if not inner:
        return Markup("")
    return Markup('<details class="fold"><summary>{}</summary>{}</details>').format(title, inner)


def generic(data: Mapping[str, Any], title: str, skip: Iterable[str] = ()) -> Markup:
    """Everything in a finding's data, shown plainly: objects as tables, the rest as a list of terms."""
    left = [(k, v) for k, v in data.items() if k not in set(skip) and v not in (None, "", [], {})]
    terms: list[Markup] = []
    tables: list[Markup] = []
    for key, value in left:
        if isinstance(value, list | tuple) and value and all(isinstance(r, Mapping) for r in value):
            tables.append(plain_table(list(value), f"{title}: {human(key)}" if key != "rows" else title))
        elif isinstance(value, Mapping) and value and all(isinstance(v, Mapping) for v in value.values()):
            tables.append(plain_table([{human(key): k, **v} for k, v in value.items()], f"{title}: {human(key)}"))
        elif isinstance(value, Mapping) and len(value) > 6:
            tables.append(
                plain_table([{human(key): k, "value": v} for k, v in value.items()], f"{title}: {human(key)}")
            )
        else:
            terms.append(Markup("<div><dt>{}</dt><dd>{}</dd></div>").format(show(human(key)), cell(value)))
    listed = Markup('<dl class="terms">{}</dl>').format(join(terms)) if terms else Markup("")
    return listed + join(tables)


def share(x: object) -> str:
    """A number in [0, 1] as a percentage; anything else as it is."""
    v = real(x)
    return percent(v) if v is not None else "–"
