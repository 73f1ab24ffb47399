"""(g) Words that the tables tell of a set, beside those that reports tell of its campaign; and of ordinary accounts.

A trait is only worth comparing if both roads lead to one word. Sets of known operations are read as ``unfog link``
reads the set of a case; sets of ordinary accounts show how usual a reading is on its platform.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from unfog.campaigns import Options, importers, load_catalogue, observe
from unfog.campaigns.catalogue import Entry
from unfog.campaigns.kinds import KINDS
from unfog.campaigns.link import outcome_of
from unfog.campaigns.shared_hosts import is_shared
from unfog.engine import DuckEngine, literal
from unfog.evaluate.sheet import Evaluation
from unfog.ingest import FileSpec, ingest
from unfog.model import TABLES
from unfog.text import domain_of

_WHOLE = ("reddit SuspiciousAccounts", "reddit NormalAccounts", "reddit, banned in 2019")
"""Sets of which all posts were collected; the others are samples by topic or period."""
_READ = ("account-use", "account-age", "names", "retry", "traction", "language-count")


def measure(data: Path, sheet: Evaluation) -> None:
    """Add the readings, and the share that agrees with the reports, to the sheet."""
    entries = {e.id: e for e in load_catalogue()}
    rows = []
    for name, campaign, engine in _sets(data):
        with engine:
            seen = observe(engine, Options(whole_accounts=name in _WHOLE))
        for kind in _READ:
            found = seen.traits.get(kind)
            rows.append(
                {
                    "set": name,
                    "campaign": campaign,
                    "kind": kind,
                    "tables": " or ".join(sorted(found.possible)) if found else "open",
                    "reports": _reported(entries.get(campaign), kind),
                    "outcome": _outcome(entries.get(campaign), kind, found.possible if found else frozenset()),
                    "seen": found.says if found else "",
                }
            )
    sheet.tables["g_readings"] = rows
    known = [r for r in rows if r["campaign"]]
    told = [r for r in known if r["outcome"] in ("shows", "departs")]
    if not told:
        sheet.notes.append("(g) readings cannot be measured: no set of a known operation is there")
        return
    sheet.add(
        "(g) words told by the tables of an operation's own set that its reports tell too",
        sum(r["outcome"] == "shows" for r in told) / len(told),
        n=len({r["campaign"] for r in told}),
        unit="operations",
        note=f"{sum(r['outcome'] == 'shows' for r in told)} of {len(told)} readings in "
        f"{len({r['set'] for r in told})} sets, {len(known) - len(told)} more are open; departs: "
        + (", ".join(f"{r['kind']} ({r['set']})" for r in told if r["outcome"] == "departs") or "none"),
    )


def measure_rare_sites(data: Path, sheet: Evaluation) -> None:
    """How many ordinary accounts link to a campaign's rare sites, and whether these are known as outlets of others."""
    path = data / "01_reddit_ira_vs_normal" / "submissions.parquet"
    trait = next(t for e in load_catalogue() if e.id == "secondary-infektion" for t in e.traits if t.kind == "sites")
    rare = sorted(s for s in trait.value if not is_shared(s))
    if not path.is_file():
        return
    with DuckEngine(memory="1GB") as engine:
        rows = engine.rows(
            "SELECT source_dir = 'SuspiciousAccounts' AS ira, author, array_agg(DISTINCT lower(domain)) AS hosts "
            f"FROM read_parquet({literal(str(path))}) WHERE domain IS NOT NULL GROUP BY ALL"
        )
    met = {
        ira: [{domain_of(h) for h in r["hosts"]} & set(rare) for r in rows if r["ira"] == ira] for ira in (True, False)
    }
    told = "; ".join(
        f"{name}: {sum(map(bool, met[k]))} of {len(met[k])} accounts "
        f"({', '.join(sorted(set().union(*met[k]))) or 'none'})"
        for k, name in ((False, "ordinary"), (True, "IRA"))
    )
    cases = data / "09_campaign_knowledge_base" / "euvsdisinfo_cases_cknabs.csv"
    if cases.is_file():
        outlets = [i.value for e in importers.read_euvsdisinfo(cases).entries for i in e.indicators]
        also = sorted(s for s in rare if any(s.rsplit(".", 1)[0] in o for o in outlets))
        told += f"; among {len(outlets)} outlets of EUvsDisinfo: {', '.join(also) or 'none'}"
    sheet.add(
        "(g) ordinary Reddit accounts that link to a rare site of Secondary Infektion",
        sum(bool(m) for m in met[False]) / len(met[False]),
        n=len(met[False]),
        unit="accounts",
        note=f"{', '.join(rare)}: {told}",
    )


def _reported(entry: Entry | None, kind: str) -> str:
    trait = entry.trait(kind) if entry else None
    return " or ".join(sorted(trait.words)) + (", disputed" if trait.dispute else "") if trait else ""


def _outcome(entry: Entry | None, kind: str, possible: frozenset[str]) -> str:
    free = [t for t in entry.traits if t.kind == kind and not t.computed_from] if entry else []
    if not possible or not free or free[-1].dispute:
        return "open"
    found = outcome_of(KINDS[kind].compare, possible, free[-1].words)[0]
    return "open" if found == "cannot compare" else found


def _sets(data: Path) -> Iterator[tuple[str, str, DuckEngine]]:
    """Name, id of the campaign (empty: ordinary accounts), and an engine with the tables of a case."""
    reddit = data / "01_reddit_ira_vs_normal"
    if (reddit / "submissions.parquet").is_file():
        for group, campaign in (("SuspiciousAccounts", "internet-research-agency"), ("NormalAccounts", "")):
            yield f"reddit {group}", campaign, _world(_reddit(reddit, group))
    tweets = data / "03_twitter_ira_538" / "tweets.parquet"
    if tweets.is_file():
        sql = (
            "SELECT 'twitter' AS platform, author_id AS account_id, CAST(publish_date AS TIMESTAMP) AS happened_at, "
            f"NULL AS community, NULL AS title, content AS text FROM read_parquet({literal(str(tweets))})"
        )
        yield "twitter, IRA", "internet-research-agency", _world(sql)
    brexit = data / "04_twitter_organic_controls" / "brexit_2016_mar_jun.parquet"
    if brexit.is_file():
        sql = (
            "SELECT 'twitter' AS platform, CAST(user_id AS VARCHAR) AS account_id, NULL AS community, NULL AS title, "
            "text, make_timestamp(((CAST(tweet_id AS BIGINT) >> 22) + 1288834974657) * 1000) AS happened_at "
            f"FROM read_parquet({literal(str(brexit))})"
        )
        yield "twitter, Brexit users", "", _world(sql)
    banned = data / "02_reddit_uk_trade_leak" / "ecrows_author_activity.json"
    if banned.is_file():
        yield "reddit, banned in 2019", "secondary-infektion", _read(banned)


def _reddit(folder: Path, group: str) -> str:
    sub, com = (f"read_parquet({literal(str(folder / f'{n}.parquet'))})" for n in ("submissions", "comments"))
    at = "CAST(CAST(created AS TIMESTAMPTZ) AS TIMESTAMP)"
    return (
        f"SELECT 'reddit' AS platform, author AS account_id, {at} AS happened_at, subreddit AS community, title, "
        f"selftext AS text FROM {sub} WHERE source_dir = {literal(group)} UNION ALL "
        f"SELECT 'reddit', author, {at}, subreddit, NULL, body FROM {com} WHERE source_dir = {literal(group)}"
    )


def _world(posts: str) -> DuckEngine:
    """An engine in which every account of a relation is labelled; tables that the data do not have are empty."""
    engine = _empty()
    order = "account_id, happened_at, title, text"
    numbered = f"SELECT *, CAST(row_number() OVER (ORDER BY {order}) AS VARCHAR) AS post_id FROM ({posts})"
    engine.execute(f"CREATE TEMP TABLE given AS {numbered}")
    types, given = {c.name: c.type for c in TABLES["posts"].columns}, set(engine.columns("given"))
    rest = ", ".join(f"CAST(NULL AS {t}) AS {c}" for c, t in types.items() if c not in given)
    engine.put("posts", engine.query(f"SELECT *, {rest} FROM given"))
    return _label(engine)


def _read(path: Path) -> DuckEngine:
    engine = _empty()
    with tempfile.TemporaryDirectory() as work, DuckEngine(memory="1GB") as reader:
        ingest([FileSpec(path=Path(path.name), format="reddit-pushshift")], reader, Path(work), root=path.parent)
        for name in ("posts", "engagement", "accounts"):
            engine.put(name, reader.query(f"SELECT * FROM {name}"))
    return _label(engine)


def _label(engine: DuckEngine) -> DuckEngine:
    sql = "SELECT DISTINCT platform, account_id, 'set' AS label, 'the data' AS \"by\" FROM posts"
    engine.put("labels", engine.query(sql))
    return engine


def _empty() -> DuckEngine:
    engine = DuckEngine(memory="2GB")
    for name, table in TABLES.items():
        engine.put(name, pa.schema([f.with_nullable(True) for f in table.arrow_schema()]).empty_table())
    return engine
