"""(a) The Internet Research Agency across platforms and periods, against organic sets and other operations.

Each source is cut into parts by platform, period and kind of account; accounts are never in two parts of one platform.
Pairs of parts of one operation are "same"; all others are "different", also two parts of one organic population, which
are collected alike and so are hard. There is one operation with parts on three platforms, so the campaign-level N is 1.
"""

from __future__ import annotations

import bz2
import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv

from unfog.campaigns.profile import Profile, likeness, profile
from unfog.campaigns.shared_hosts import is_shared
from unfog.engine import DuckEngine, literal
from unfog.evaluate.link_reports import FEWEST, add_validity
from unfog.evaluate.sheet import Evaluation
from unfog.stats import bounded, cllr_min, fit_logistic, n_plus_one
from unfog.text import domain_of


@dataclass(frozen=True, slots=True)
class Part:
    """A set of posts of one population.

    Attributes:
        population: Operation, or organic population.
        platform: Where.
        slice: Period or kind of account.
        is_operation: Whether one operator runs it.
        profile: Its profile.
    """

    population: str
    platform: str
    slice: str
    is_operation: bool
    profile: Profile

    @property
    def name(self) -> str:
        """Population, platform and slice."""
        return f"{self.population}, {self.platform}, {self.slice}"


def parts(data: Path, engine: DuckEngine) -> Iterator[Part]:
    """All parts at hand; a missing file gives none."""
    reddit = data / "01_reddit_ira_vs_normal"
    if (reddit / "submissions.parquet").is_file():
        yield from _reddit(reddit, engine)
    banned = data / "02_reddit_uk_trade_leak" / "ecrows_author_activity.json"
    if banned.is_file():
        yield from _banned(banned, engine)
    twitter = data / "03_twitter_ira_538"
    if (twitter / "tweets.parquet").is_file():
        yield from _ira_twitter(twitter, engine)
    ads = data / "07_ira_facebook_ads" / "ads.parquet"
    for year in (2015, 2016, 2017) if ads.is_file() else ():
        sql = (
            "SELECT CAST(id AS VARCHAR) AS account_id, CAST(CAST(created AS TIMESTAMPTZ) AS TIMESTAMP) AS happened_at "
            f"FROM {_file(ads)} WHERE created LIKE '{year}%'"
        )
        yield _part(engine, sql, "ira", "facebook", str(year), True, handles=False, accounts=False)
    organic = data / "04_twitter_organic_controls"
    brexit = organic / "brexit_2016_mar_jun.parquet"
    for month in (3, 4, 5, 6) if brexit.is_file() else ():
        at = _SNOWFLAKE.format("tweet_id")
        sql = f"SELECT user_id AS account_id, {at} AS happened_at FROM {_file(brexit)} "
        sql += f"WHERE extract('month' FROM {at}) = {month}"
        yield _part(engine, sql, "brexit users", "twitter", f"2016-{month:02d}", False, handles=False)
    india = organic / "india_up_election_2017.parquet"
    for name, test in (("2017-02", "<"), ("2017-03", ">=")) if india.is_file() else ():
        sql = f"SELECT screenName AS account_id, CAST(created AS TIMESTAMP) AS happened_at FROM {_file(india)} "
        sql += f"WHERE created {test} '2017-03-01'"
        yield _part(engine, sql, "indian election users", "twitter", name, False)
    astro = data / "05_coordination_reference" / "ephemeral_astroturfing" / "botstream__deleted_tweets.csv.bz2"
    if astro.is_file():
        yield from _astroturfing(astro, engine)
    telegram = data / "12_telegram" / "nktkln_russian_news_channels.parquet"
    if telegram.is_file():
        yield from _telegram(telegram, engine)


_SNOWFLAKE = 'make_timestamp(((CAST("{}" AS BIGINT) >> 22) + 1288834974657) * 1000)'
"""Time inside a tweet's id, milliseconds since 2010-11-04T01:42:54.657Z."""


def _half(column: str, half: int) -> str:
    """Half of the accounts, by their name: no account is in both."""
    return f"ascii(substr(md5(CAST({column} AS VARCHAR)), 1, 1)) % 2 = {half}"


def _file(path: Path) -> str:
    return f"read_parquet({literal(str(path))})"


def _part(
    engine: DuckEngine,
    sql: str,
    population: str,
    platform: str,
    slice_: str,
    op: bool,
    *,
    handles: bool = True,
    accounts: bool = True,
) -> Part:
    engine.execute(f"CREATE OR REPLACE TEMP VIEW evaluated_part AS {sql}")
    own = profile(engine, "evaluated_part", handles=handles, accounts=accounts)
    return Part(population, platform, slice_, op, own)


def _reddit(folder: Path, engine: DuckEngine) -> Iterator[Part]:
    at = "CAST(CAST(created AS TIMESTAMPTZ) AS TIMESTAMP) AS happened_at"
    both = " UNION ALL ".join(
        f"SELECT author AS account_id, source_dir, {at} FROM {_file(folder / name)}"
        for name in ("submissions.parquet", "comments.parquet")
    )
    groups = (("SuspiciousAccounts", "ira"), ("NormalAccounts", "reddit users"), ("NormalAccounts2", "reddit users"))
    for half in (0, 1):
        for group, population in groups:
            sql = f"SELECT * FROM ({both}) WHERE source_dir = '{group}' AND {_half('account_id', half)}"
            yield _part(engine, sql, population, "reddit", f"{group} {half + 1}", population == "ira")


def _banned(path: Path, engine: DuckEngine) -> Iterator[Part]:
    """The accounts of Secondary Infektion that Reddit banned in 2019, in two halves: measured on, never fitted to."""
    made = [
        {
            "account_id": str(a["author"]),
            "happened_at": datetime.fromtimestamp(x["created_utc"], UTC).replace(tzinfo=None),
        }
        for a in json.loads(path.read_text(encoding="utf-8"))
        for x in (*a["submissions"], *a["comments"])
    ]
    engine.put("banned", pa.Table.from_pylist(made))
    for half in (0, 1):
        sql = f"SELECT * FROM banned WHERE {_half('account_id', half)}"
        yield _part(engine, sql, "secondary infektion", "reddit", f"accounts {half + 1}", True)


def _ira_twitter(folder: Path, engine: DuckEngine) -> Iterator[Part]:
    kinds = f"read_csv({literal(str(folder / 'authors.csv'))}, all_varchar = true)"
    columns = list(engine.query(f"SELECT * FROM {kinds} LIMIT 0").column_names)
    kind = next((c for c in columns if c.startswith("account_category")), "")
    name = next((c for c in columns if c in ("author", "author_id", "name")), columns[0])
    for category in ("RightTroll", "LeftTroll", "NewsFeed", "HashtagGamer") if kind else ():
        who = f'SELECT "{name}" AS n FROM {kinds} WHERE "{kind}" = {literal(category)}'
        sql = (
            "SELECT t.author_id AS account_id, CAST(t.publish_date AS TIMESTAMP) AS happened_at "
            f"FROM {_file(folder / 'tweets.parquet')} t SEMI JOIN ({who}) a ON a.n = t.author_id"
        )
        yield _part(engine, sql, "ira", "twitter", category, True)


def _astroturfing(path: Path, engine: DuckEngine) -> Iterator[Part]:
    with bz2.open(path) as file:
        table = pa_csv.read_csv(pa.BufferReader(file.read(64 * 2**20)))
    user = next((c for c in table.column_names if "user" in c.lower() or "author" in c.lower()), "")
    ids = ("tweet_id", "id", "tweetid", "id_str", "status_id")
    tweet = next((c for c in table.column_names if c.lower() in ids), "")
    if not user or not tweet:
        return
    engine.put("astro", table.select([user, tweet]))
    for half in (0, 1):
        sql = f'SELECT CAST("{user}" AS VARCHAR) AS account_id, {_SNOWFLAKE.format(tweet)} AS happened_at FROM astro '
        sql += "WHERE " + _half(f'"{user}"', half)
        yield _part(engine, sql, "turkish astroturfing bots", "twitter", f"accounts {half + 1}", True, handles=False)


def _telegram(path: Path, engine: DuckEngine) -> Iterator[Part]:
    columns = engine.query(f"SELECT * FROM {_file(path)} LIMIT 0").column_names
    channel = next((c for c in columns if "channel" in c.lower()), "")
    date = next((c for c in columns if "date" in c.lower() or "time" in c.lower()), "")
    if not channel or not date:
        return
    for half in (0, 1):
        sql = f'SELECT CAST("{channel}" AS VARCHAR) AS account_id, CAST("{date}" AS TIMESTAMP) AS happened_at '
        sql += f"FROM {_file(path)} WHERE " + _half(f'"{channel}"', half)
        yield _part(engine, sql, "russian news channels", "telegram", f"channels {half + 1}", False, handles=False)


def measure(data: Path, sheet: Evaluation) -> None:
    """Add the figures of (a) to the sheet."""
    with DuckEngine(memory="2GB") as engine:
        found = list(parts(data, engine))
    combined = itertools.combinations(found, 2)
    pairs = [(a, b, s) for a, b in combined if (s := likeness(a.profile, b.profile)) is not None]
    truth = np.array([a.population == b.population and a.is_operation for a, b, _ in pairs])
    score = np.array([s for _, _, s in pairs])
    cluster = np.array([" | ".join(sorted({a.population, b.population})) for a, b, _ in pairs])
    operations = sorted({a.population for (a, _, _), t in zip(pairs, truth, strict=True) if t})
    others = sorted({p.population for p in found})
    sheet.tables["a_parts"] = [
        {
            "population": p.population,
            "platform": p.platform,
            "slice": p.slice,
            "operation": p.is_operation,
            "posts": p.profile.n_posts,
            "accounts": p.profile.n_accounts,
            "parts": ", ".join(p.profile.parts),
        }
        for p in found
    ]
    sheet.tables["a_pairs"] = [
        {"a": a.name, "b": b.name, "same": bool(t), "likeness": round(float(v), 4)}
        for (a, b, v), t in zip(pairs, truth, strict=True)
    ]
    if not truth.any() or truth.all():
        sheet.notes.append("(a) cannot be measured: pairs of both classes are needed")
        return
    note = f"not calibratable: {len(operations)} operations with several parts ({', '.join(operations)}); "
    note += "LR capped at N + 1"
    lr = np.zeros(len(pairs))
    for op in operations:  # leave one operation out: all pairs that touch it are test, the other operation trains
        touches = np.array([op in (a.population, b.population) for a, b, _ in pairs])
        train = ~touches
        if truth[train].any() and (~truth[train]).any():
            n = len(operations) - 1
            within = bounded(fit_logistic(score[train], truth[train]), n_plus_one(n, len(others) - 1))
            lr[touches] = within.log10_lr(score[touches])
    tested = np.array([a.population in operations or b.population in operations for a, b, _ in pairs])
    ok = len(operations) >= FEWEST
    add_validity(
        sheet,
        "(a) behaviour across platforms",
        lr[tested],
        truth[tested],
        cluster[tested],
        len(operations),
        len(others) - 1,
        "one operation left out at a time",
        note,
        ok,
    )
    across = np.array([a.platform != b.platform for a, b, _ in pairs])
    ira = tested & np.array(["ira" in (a.population, b.population) for a, b, _ in pairs])
    for name, mask in (("on one platform", ~across), ("across platforms", across)):
        m = ira & mask
        if truth[m].any() and not truth[m].all():
            auc = _auc(score[m], truth[m])
            told = f"{int(truth[m].sum())} same pairs, {int((~truth[m]).sum())} different; "
            told += f"best Cllr after recalibration {cllr_min(score[m], truth[m]):.2f}"
            sheet.add(f"(a) IRA parts, {name}: area under the curve of likeness", auc, n=1, unit="operation", note=told)
    measure_relative(found, sheet)


def _relative(found: list[Part], part: Part, what: str) -> np.ndarray[Any, Any] | None:
    """Log ratio of a part's shares to those of organic parts on its platform; None without such parts."""
    organic = [
        p.profile.parts[what]
        for p in found
        if p.platform == part.platform and not p.is_operation and p is not part and what in p.profile.parts
    ]
    own = part.profile.parts.get(what)
    if own is None or not organic:
        return None
    even = 0.1 / own.size
    ratio = np.log((own + even) / (np.mean(organic, axis=0) + even))
    return np.asarray(ratio - ratio.mean())


def measure_relative(found: list[Part], sheet: Evaluation) -> None:
    """Hours and weekdays against what is usual on the platform: does the IRA depart alike on two platforms?"""
    scores, truth = [], []
    for a, b in itertools.combinations(found, 2):
        if a.platform == b.platform or "ira" not in (a.population, b.population):
            continue
        pairs = [(_relative(found, a, w), _relative(found, b, w)) for w in ("hour", "weekday")]
        alike = [float(np.corrcoef(x, y)[0, 1]) for x, y in pairs if x is not None and y is not None]
        if alike:
            scores.append(float(np.mean(alike)))
            truth.append(a.population == b.population)
    same = np.array(truth)
    if same.any() and not same.all():
        told = f"{int(same.sum())} same pairs, {int((~same).sum())} different; platforms without organic parts left out"
        name = "(a) IRA parts, across platforms: area under the curve, hours and weekdays relative to the platform"
        sheet.add(name, _auc(np.array(scores), same), n=1, unit="operation", note=told)


def measure_domains(data: Path, sheet: Evaluation, draws: int = 200) -> None:
    """Domains that the IRA advertised on Facebook: do its Reddit accounts link to them more than ordinary accounts do?

    Twitter cannot take part: its links are unexpanded t.co addresses.
    """
    ads, reddit = data / "07_ira_facebook_ads" / "ads.parquet", data / "01_reddit_ira_vs_normal" / "submissions.parquet"
    if not ads.is_file() or not reddit.is_file():
        sheet.notes.append("(a) shared domains cannot be measured: advertisements or Reddit submissions are not there")
        return
    with DuckEngine(memory="1GB") as engine:
        raw = engine.rows(f"SELECT DISTINCT lower(url) AS url FROM {_file(ads)} WHERE url LIKE 'http%' ORDER BY url")
        advertised = {d for r in raw if (d := domain_of(str(r["url"]), private=True)) and not is_shared(d)}
        rows = engine.rows(
            f"SELECT author, source_dir = 'SuspiciousAccounts' AS ira, array_agg(DISTINCT lower(domain)) AS domains "
            f"FROM {_file(reddit)} WHERE domain IS NOT NULL GROUP BY author, ira ORDER BY author"
        )
    hits = {str(r["author"]): advertised & {str(x).removeprefix("www.") for x in r["domains"]} for r in rows}
    own = [str(r["author"]) for r in rows if r["ira"]]
    rest = [str(r["author"]) for r in rows if not r["ira"]]
    users: dict[str, set[str]] = {}
    for author in rest:
        for d in hits[author]:
            users.setdefault(d, set()).add(author)
    rare = {d for d in advertised if len(users.get(d, ())) <= max(1, len(rest) // 200)}
    n_own = len(set().union(*(hits[a] & rare for a in own)))
    rng = np.random.default_rng(7)
    drawn = [
        len(set().union(*(hits[a] & rare for a in rng.choice(rest, len(own), replace=False)))) for _ in range(draws)
    ]
    carriers = sum(bool(hits[a] & rare) for a in own)
    few = max(1, len(rest) // 200)
    told = (
        f"of {len(advertised)} advertised domains, those that at most {few} of {len(rest)} ordinary accounts link to; "
    )
    told += f"by {carriers} of {len(own)} accounts; in {draws} draws of as many ordinary accounts: "
    told += f"mean {np.mean(drawn):.2f}, most {max(drawn)}"
    name = "(a) domains advertised on Facebook that IRA accounts on Reddit link to"
    sheet.add(name, float(n_own), n=1, unit="operation", note=told)


def _auc(score: np.ndarray[Any, Any], truth: np.ndarray[Any, Any]) -> float:
    a, b = score[truth], score[~truth]
    return float((a[:, None] > b[None, :]).mean() + 0.5 * (a[:, None] == b[None, :]).mean())
