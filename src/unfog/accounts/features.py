"""How each account behaves, as numbers: volume, clock, gaps, repetition, links, places, handle. No words, no names.

Features that need other accounts (how many others shared the same link) look at all accounts of the tables, never at
labels. Unknown values are NaN; the score treats them as such.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from unfog.accounts.forms import FORMS, handle_form
from unfog.engine import Engine

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
DAY = 86_400_000_000
HOUR = 3_600_000_000

_SQL = """
SELECT p.platform, p.account_id, epoch_us(p.happened_at) AS us,
  coalesce(p.community, '') AS community,
  lower(coalesce(p.title, substr(p.text, 1, 200), '')) AS said,
  coalesce(p.urls[1], '') AS url,
  lower(coalesce(regexp_extract(p.urls[1], '^[A-Za-z]+://(?:www[.])?([^/:?#]+)', 1), '')) AS host,
  coalesce(length(p.text), 0) AS text_length,
  length(coalesce(p.title, p.text, '')) AS title_length,
  CASE WHEN p.repost_of IS NOT NULL OR p.kind = 'repost' THEN 1 ELSE 0 END AS repost,
  CASE WHEN p.reply_to IS NOT NULL OR p.kind = 'comment' THEN 1 ELSE 0 END AS reply
FROM posts p WHERE p.happened_at IS NOT NULL $where
ORDER BY p.platform, p.account_id, us, p.post_id
"""


@dataclass(frozen=True)
class Features:
    """A matrix of behaviour.

    Attributes:
        platform: Platform of each account, shape (n,).
        account_id: Id of each account, shape (n,).
        names: Names of the columns.
        values: Shape (n, columns); NaN where unknown.
        posts: Dated posts of each account.
        first_us: Time of its first post.
    """

    platform: NDArray[np.object_]
    account_id: NDArray[np.object_]
    names: tuple[str, ...]
    values: F64
    posts: I64
    first_us: I64

    def of(self, kept: NDArray[np.bool_]) -> Features:
        """Some of the accounts, with all columns."""
        return Features(
            self.platform[kept], self.account_id[kept], self.names, self.values[kept], self.posts[kept],
            self.first_us[kept],
        )  # fmt: skip

    def only(self, names: tuple[str, ...]) -> Features:
        """The same accounts with some columns."""
        index = [self.names.index(n) for n in names]
        return Features(self.platform, self.account_id, names, self.values[:, index], self.posts, self.first_us)


def account_features(engine: Engine, where: str = "") -> Features:
    """Behaviour of all accounts with dated posts.

    Args:
        engine: Holds ``posts``.
        where: Further SQL condition on posts ``p``, such as ``p.kind = 'post'``.
    """
    table = engine.query(_SQL.replace("$where", f"AND ({where})" if where else ""))
    return features_of(table)


def features_of(posts: pa.Table) -> Features:
    """Features of a table with the columns of the query above, sorted by account and time."""
    account = pc.binary_join_element_wise(posts["platform"], posts["account_id"], "\x1f")
    who = _codes(account)
    n = posts.num_rows
    starts = np.flatnonzero(np.r_[True, who[1:] != who[:-1]]) if n else np.zeros(0, dtype=np.int64)
    ends = np.r_[starts[1:], n]
    count = (ends - starts).astype(np.int64)
    acc = np.repeat(np.arange(starts.size), count)
    us = posts["us"].to_numpy(zero_copy_only=False).astype(np.int64)
    columns: dict[str, F64] = {}
    _volume(columns, us, acc, starts, ends, count)
    _clock(columns, us, acc, count)
    _gaps(columns, us, acc, starts)
    _places(columns, posts, acc, count)
    ids = posts["account_id"].take(pa.array(starts)).to_pylist() if n else []
    platforms = posts["platform"].take(pa.array(starts)).to_pylist() if n else []
    _handles(columns, [str(i) for i in ids])
    values = np.stack(list(columns.values()), axis=1) if starts.size else np.zeros((0, len(columns)))
    return Features(
        np.array(platforms, dtype=object), np.array(ids, dtype=object), tuple(columns), values, count, us[starts]
    )


def _codes(column: pa.ChunkedArray) -> I64:
    encoded = (
        column.combine_chunks().dictionary_encode()
        if isinstance(column, pa.ChunkedArray)
        else column.dictionary_encode()
    )
    return np.asarray(encoded.indices.to_numpy(zero_copy_only=False), dtype=np.int64)


def _mean(values: F64, acc: I64, count: I64) -> F64:
    return np.asarray(np.bincount(acc, weights=values, minlength=count.size) / np.maximum(count, 1))


def _volume(out: dict[str, F64], us: I64, acc: I64, starts: I64, ends: I64, count: I64) -> None:
    day = us // DAY
    new_day = np.r_[True, (day[1:] != day[:-1]) | (acc[1:] != acc[:-1])] if us.size else np.zeros(0, dtype=bool)
    days = np.bincount(acc, weights=new_day, minlength=count.size)
    span = (us[ends - 1] - us[starts]) / DAY if us.size else np.zeros(0)
    which = np.cumsum(new_day) - 1
    per_day = np.bincount(which) if us.size else np.zeros(0)
    most = np.zeros(count.size)
    np.maximum.at(most, acc[new_day], per_day)
    out["log_posts"] = np.log(count)
    out["log_days"] = np.log(np.maximum(days, 1))
    out["log_span"] = np.log(span + 0.01)
    out["posts_per_day"] = count / np.maximum(days, 1)
    out["most_in_a_day"] = most
    out["days_per_span"] = days / (span + 1.0)


def _clock(out: dict[str, F64], us: I64, acc: I64, count: I64) -> None:
    hour, n = us % DAY // HOUR, count.size
    table = np.bincount(acc * 24 + hour, minlength=24 * n).reshape(n, 24).astype(np.float64)
    usual = table.sum(axis=0) / max(table.sum(), 1.0)
    shrunk = (table + 3.0 * usual) / (count[:, None] + 3.0)  # thin accounts lean on everybody's day
    smooth = 0.5 * shrunk + 0.25 * np.roll(shrunk, 1, axis=1) + 0.25 * np.roll(shrunk, -1, axis=1)
    for h in range(24):
        out[f"hour_{h:02d}"] = smooth[:, h]
    windows = np.stack([smooth[:, (np.arange(9) + s) % 24].sum(axis=1) for s in range(24)], axis=1)
    out["busiest_9h"] = windows.max(axis=1) if n else np.zeros(0)
    out["busiest_start"] = windows.argmax(axis=1).astype(np.float64) if n else np.zeros(0)
    angle = (us % DAY) / DAY * 2 * np.pi
    c, s = _mean(np.cos(angle), acc, count), _mean(np.sin(angle), acc, count)
    out["day_cos"], out["day_sin"], out["day_length"] = c, s, np.hypot(c, s)
    weekday = (us // DAY + 3) % 7
    week = np.bincount(acc * 7 + weekday, minlength=7 * n).reshape(n, 7).astype(np.float64)
    for d in range(7):
        out[f"weekday_{d + 1}"] = (week[:, d] + 0.7) / (count + 5.0)
    out["weekend"] = week[:, 5:].sum(axis=1) / np.maximum(count, 1)


def _gaps(out: dict[str, F64], us: I64, acc: I64, starts: I64) -> None:
    n = starts.size
    gap = np.diff(us) / 1e6
    own = np.diff(acc) == 0 if us.size else np.zeros(0, dtype=bool)
    gap, who = gap[own], acc[1:][own]
    order = np.lexsort((gap, who))
    gap, who = np.log10(gap[order] + 1.0), who[order]
    first = np.searchsorted(who, np.arange(n))
    size = np.bincount(who, minlength=n)
    for q in (0.05, 0.25, 0.5, 0.75, 0.95):
        at = first + np.minimum((q * size).astype(np.int64), np.maximum(size - 1, 0))
        value = np.full(n, np.nan)
        value[size > 0] = gap[at[size > 0]]
        out[f"gap_q{int(100 * q):02d}"] = value
    with np.errstate(divide="ignore", invalid="ignore"):
        for name, limit in (("1m", 60.0), ("10m", 600.0), ("1h", 3600.0)):
            near = np.bincount(who, weights=gap < np.log10(limit + 1.0), minlength=n)
            out[f"gaps_under_{name}"] = near / size
        mean = np.bincount(who, weights=gap, minlength=n) / size
        square = np.bincount(who, weights=gap * gap, minlength=n) / size
        out["gap_spread"] = np.sqrt(np.maximum(square - mean * mean, 0.0))


def _places(out: dict[str, F64], posts: pa.Table, acc: I64, count: I64) -> None:
    n = count.size
    for name in ("host", "community", "url", "said"):
        code = _codes(posts[name])
        empty = np.asarray(pc.equal(posts[name], "").to_numpy(zero_copy_only=False), dtype=bool)
        pair, times = (
            np.unique(np.stack([acc, code]), axis=1, return_counts=True)
            if acc.size
            else (np.zeros((2, 0), int), np.zeros(0, int))
        )
        kinds = np.bincount(pair[0], minlength=n)
        top = np.zeros(n)
        np.maximum.at(top, pair[0], times)
        out[f"{name}s_per_post"] = kinds / np.maximum(count, 1)
        out[f"top_{name}"] = top / np.maximum(count, 1)
        out[f"log_{name}s"] = np.log(np.maximum(kinds, 1))
        sharers = np.bincount(pair[1], minlength=int(code.max(initial=-1)) + 1)[code] if acc.size else np.zeros(0)
        known = (~empty).astype(np.float64)
        have = np.bincount(acc, weights=known, minlength=n)
        with np.errstate(divide="ignore", invalid="ignore"):
            if name in ("url", "said"):
                out[f"{name}_shared"] = np.bincount(acc, weights=known * (sharers > 1), minlength=n) / have
            else:
                logs = np.log(np.maximum(sharers, 1)) * known
                mean = np.bincount(acc, weights=logs, minlength=n) / have
                square = np.bincount(acc, weights=logs * logs, minlength=n) / have
                out[f"{name}_crowd"] = mean
                out[f"{name}_crowd_spread"] = np.sqrt(np.maximum(square - mean * mean, 0.0))
        if name in ("host", "community"):
            step = (np.diff(code) != 0) & (np.diff(acc) == 0) if acc.size else np.zeros(0, dtype=bool)
            moves = np.bincount(acc[1:][step], minlength=n) if acc.size else np.zeros(0)
            out[f"{name}_moves"] = np.where(count > 1, moves / np.maximum(count - 1, 1), np.nan)
        if name == "url":
            out["with_link"] = have / np.maximum(count, 1)
    length = posts["text_length"].to_numpy(zero_copy_only=False).astype(np.float64)
    title = np.log1p(posts["title_length"].to_numpy(zero_copy_only=False).astype(np.float64))
    out["with_text"] = _mean((length > 0).astype(np.float64), acc, count)
    out["title_length"] = _mean(title, acc, count)
    spread = _mean(title * title, acc, count) - out["title_length"] ** 2
    out["title_length_spread"] = np.sqrt(np.maximum(spread, 0.0))
    for name in ("repost", "reply"):
        out[f"{name}_share"] = _mean(posts[name].to_numpy(zero_copy_only=False).astype(np.float64), acc, count)


def _handles(out: dict[str, F64], handles: list[str]) -> None:
    forms = [handle_form(h) for h in handles]
    for name, _, _ in FORMS:
        out[f"handle_{name}"] = np.array([float(f == name) for f in forms])
    out["handle_length"] = np.array([float(len(h)) for h in handles])
    out["handle_digits"] = np.array([float(sum(c.isdigit() for c in h)) for h in handles])
    out["handle_capitals"] = np.array([float(sum(c.isupper() for c in h)) for h in handles])
    out["handle_marks"] = np.array([float(sum(not c.isalnum() for c in h)) for h in handles])
    out["handle_vowels"] = np.array([sum(c in "aeiouAEIOU" for c in h) / max(len(h), 1) for h in handles])
