"""Who is in which set: declared sets, and the ones that labels, groups and sources make by themselves."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pyarrow as pa

from unfog.accounts.options import Options, SetSpec
from unfog.engine import Engine, Step, literal
from unfog.errors import UsageError

MEMBERS = "set_members"

_FROM = re.compile(r"^(all accounts|accounts of source|authors of source|labelled|group|sharers of)\s*(.*)$")

_SCHEMA = pa.schema([("set_id", pa.string()), ("platform", pa.string()), ("account_id", pa.string())])


@dataclass(frozen=True, slots=True)
class AccountSet:
    """A set with its members in the engine (relation ``set_members``).

    Attributes:
        spec: What was declared (or made from a label, group or source).
        size: Accounts in it.
        public_from: ISO time from which the set could be known by anyone; empty if nothing tells.
        population: What the rows are a sample of.
        missing: Declared members that no table knows.
        sql: How the members were found.
    """

    spec: SetSpec
    size: int
    public_from: str
    population: str
    missing: tuple[str, ...]
    sql: str


def slug(text: str) -> str:
    """A short name made of a longer one: lower case, digits and hyphens."""
    plain = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:40].strip("-")
    return plain or "set"


def default_sets(engine: Engine, options: Options) -> tuple[SetSpec, ...]:
    """Sets that the tables make by themselves: one per label; without labels one per source that lists accounts."""
    made: dict[str, SetSpec] = {}

    def add(name: str, **more: object) -> None:
        unique = name
        n = 2
        while unique in made:
            unique, n = f"{name}-{n}", n + 1
        made[unique] = SetSpec.model_validate({"id": unique, **more})

    for row in engine.rows('SELECT label, min("by") AS who FROM labels GROUP BY label ORDER BY label'):
        add(
            slug(row["label"]),
            title=f"the accounts labelled “{row['label']}”",
            **{"from": f"labelled {row['label']}"},
            selected_by=row["who"],
        )
    if not made:
        sql = (
            "SELECT a.source_id, min(s.population) AS population FROM accounts a LEFT JOIN sources s "
            "ON s.source_id = a.source_id GROUP BY a.source_id ORDER BY a.source_id"
        )
        for row in engine.rows(sql):
            add(
                slug(row["source_id"]),
                title=f"the accounts listed in {row['source_id']}",
                **{"from": f"accounts of source {row['source_id']}"},
                selected_by=row["population"] or f"whoever made {row['source_id']}",
            )
    return tuple(made.values())


def group_sets(engine: Engine, options: Options) -> tuple[SetSpec, ...]:
    """One set per group that coordination found; chosen by co-action, so timing traits must be judged with that."""
    if not options.groups:
        return ()
    sql = "SELECT group_id, count(*) AS n FROM groups GROUP BY group_id ORDER BY group_id"
    return tuple(
        SetSpec.model_validate(
            {
                "id": f"group-{slug(row['group_id'])}",
                "title": f"the coordinated group {row['group_id']}",
                "from": f"group {row['group_id']}",
                "selected_by": "unfog, by co-action (coordination)",
            }
        )
        for row in engine.rows(sql)
        if row["n"] >= options.min_accounts
    )


def who(expression: str, platform: str = "") -> str:
    """SQL that selects (platform, account_id) for a ``from`` expression.

    Raises:
        UsageError: if the expression is none of the known ones.
    """
    match = _FROM.match(expression.strip())
    if not match or (match[1] != "all accounts" and not match[2]):
        raise UsageError(
            f"cannot read the set {expression!r}; write all accounts, accounts of source ID, authors of source ID, "
            "labelled LABEL, group ID or sharers of TEXT"
        )
    kind, rest = match[1], match[2].strip()
    value = literal(rest)
    by_source = f"(source_id = {value} OR starts_with(source_id, {literal(rest + '-')}))"
    sql = {
        "all accounts": "SELECT platform, account_id FROM accounts UNION SELECT platform, account_id FROM posts",
        "accounts of source": f"SELECT DISTINCT platform, account_id FROM accounts WHERE {by_source}",
        "authors of source": f"SELECT DISTINCT platform, account_id FROM posts WHERE {by_source}",
        "labelled": f"SELECT DISTINCT platform, account_id FROM labels WHERE label = {value}",
        "group": f"SELECT DISTINCT platform, account_id FROM groups WHERE group_id = {value}",
        "sharers of": (
            f"SELECT DISTINCT platform, account_id FROM posts WHERE object_id = {value} OR repost_of = {value} "
            f"OR array_contains(hashtags, {literal(rest.lower().lstrip('#'))}) OR array_contains(urls, {value})"
        ),
    }[kind]
    return f"SELECT * FROM ({sql}) AS w WHERE platform = {literal(platform)}" if platform else sql


def build_sets(engine: Engine, options: Options) -> tuple[AccountSet, ...]:
    """Find the members of all sets; leaves relation ``set_members`` (set_id, platform, account_id) in the engine."""
    specs = (options.sets or default_sets(engine, options)) + group_sets(engine, options)
    ids = [s.id for s in specs]
    if twice := sorted({i for i in ids if ids.count(i) > 1}):
        raise UsageError(f"two sets share the id {twice[0]!r}; give each its own")
    parts: list[str] = []
    found: list[AccountSet] = []
    for spec in specs:
        sql, missing = _members_sql(engine, spec)
        parts.append(
            f"SELECT DISTINCT {literal(spec.id)} AS set_id, platform, account_id FROM ({sql}) AS m_{len(parts)}"
        )
        facts = _facts(engine, sql, spec)
        found.append(AccountSet(spec, facts[0], facts[1], facts[2], missing, sql))
    if parts:
        engine.run(Step(MEMBERS, " UNION ALL ".join(parts), "one row per set and account"))
    else:
        engine.put(MEMBERS, _SCHEMA.empty_table())
    return tuple(found)


def _members_sql(engine: Engine, spec: SetSpec) -> tuple[str, tuple[str, ...]]:
    if spec.from_:
        return who(spec.from_, spec.platform), ()
    listed = ", ".join(literal(m.lower()) for m in spec.members)
    where = f"lower(account_id) IN ({listed})" + (f" AND platform = {literal(spec.platform)}" if spec.platform else "")
    by_handle = f"lower(handle) IN ({listed})" + (f" AND platform = {literal(spec.platform)}" if spec.platform else "")
    sql = (
        f"SELECT platform, account_id FROM posts WHERE {where} UNION SELECT platform, account_id FROM accounts "
        f"WHERE {where} OR {by_handle}"
    )
    known = engine.rows(
        f"SELECT lower(account_id) AS i FROM ({sql}) AS k "
        f"UNION SELECT lower(handle) AS i FROM accounts WHERE {by_handle}"
    )
    have = {r["i"] for r in known}
    return sql, tuple(m for m in spec.members if m.lower() not in have)


def _facts(engine: Engine, sql: str, spec: SetSpec) -> tuple[int, str, str]:
    size = int(engine.scalar(f"SELECT count(*) FROM (SELECT DISTINCT platform, account_id FROM ({sql}) AS a) AS b"))
    on = f"JOIN ({sql}) AS m ON t.platform = m.platform AND t.account_id = m.account_id"
    when = engine.scalar(f"SELECT max(t.public_from) FROM accounts t {on}")
    if spec.from_.startswith("labelled"):
        labelled = engine.scalar(f"SELECT max(public_from) FROM labels WHERE label = {literal(spec.from_[9:].strip())}")
        when = max((w for w in (when, labelled) if w is not None), default=None)
    if when is None:
        when = engine.scalar(f"SELECT max(t.public_from) FROM posts t {on}")
    people = engine.rows(
        f"SELECT DISTINCT s.population FROM accounts t JOIN sources s ON t.source_id = s.source_id {on} "
        "WHERE s.population IS NOT NULL ORDER BY s.population"
    )
    public = spec.public_from or (when.isoformat() + "Z" if when is not None else "")
    return size, public, "; ".join(r["population"] for r in people)
