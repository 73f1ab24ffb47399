"""Census: a number under an explicit definition, beside all other definitions and all published figures.

"150,000 fake accounts" is not a number until it is said what was counted. Every row of the table ``census`` has its
definition, unit, period and origin, and says what was not measured.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pyarrow as pa

from unfog.accounts.definitions import Census, Definition
from unfog.accounts.sets import who
from unfog.engine import Engine, Step, identifier, literal
from unfog.errors import UsageError, did_you_mean
from unfog.model import TABLES, Basis, Estimate, Figure, Finding, Gap, RowsRef, StepRef
from unfog.stats import rogan_gladen

REFUSED = "no corrected share: sensitivity and specificity were not measured on this population"


def take_census(engine: Engine, census: Census) -> tuple[tuple[Finding, ...], tuple[Gap, ...]]:
    """Count every definition and lay the published figures beside them.

    Needs ``posts``, ``accounts``, ``labels``, ``observations`` and ``profile_accounts``; leaves the table ``census``.

    Returns:
        One finding with all rows (and one that shows how far the definitions move the number), and gaps.
    """
    definitions = census.all_definitions()
    rows: list[dict[str, Any]] = []
    steps: list[StepRef] = []
    have_posts = bool(engine.scalar("SELECT count(*) FROM posts") or engine.scalar("SELECT count(*) FROM accounts"))
    known: dict[str, dict[str, Any]] = {}
    if have_posts:
        for d in definitions:
            row, step = _count(engine, d, census, known)
            rows.append(row)
            steps.append(step)
    notes = {p.id: p for p in census.published}
    for o in _published(engine):
        note = notes.get(o["observation_id"])
        origin = (note.origin if note and note.origin else o["actor"]) or ""
        rows.append(
            {
                "definition_id": o["observation_id"],
                "definition": o["definition"] or o["summary"],
                "unit": o["unit"] or o["metric"] or "",
                "period": o["period"] or "",
                "value": o["value"],
                "low": None,
                "high": None,
                "origin": origin,
                "computed": "published",
                "not_measured": note.not_measured if note else "not stated in the part seen",
            }
        )
    schema = TABLES["census"].arrow_schema()
    engine.put("census", pa.Table.from_pylist(rows, schema=schema) if rows else schema.empty_table())
    gaps = _gaps(have_posts, definitions, rows, notes)
    if not rows:
        return (), gaps
    return (_finding(census, rows, steps),), gaps


def _published(engine: Engine) -> list[dict[str, Any]]:
    if not engine.has("observations"):
        return []
    return engine.rows(
        "SELECT observation_id, actor, summary, metric, value, unit, definition, period FROM observations "
        "WHERE kind = 'estimate' AND value IS NOT NULL ORDER BY observation_id"
    )


def _count(
    engine: Engine, d: Definition, census: Census, known: dict[str, dict[str, Any]]
) -> tuple[dict[str, Any], StepRef]:
    sql = count_sql(engine, d)
    step = Step(f"count_{d.id}", sql, "one row: accounts and posts that meet the definition", keep=False)
    if sql not in known:
        known[sql] = engine.rows(sql)[0]
    found = known[sql]
    accounts, posts = int(found["accounts"]), int(found["posts"] or 0)
    value: float | None = float(accounts if d.unit == "accounts" else posts)
    low = high = value
    wanting = [d.not_measured] if d.not_measured else []
    if d.classifier is not None:
        value, low, high, said = _corrected(engine, d, accounts)
        wanting.append(said)
    row = {
        "definition_id": d.id,
        "definition": d.words(),
        "unit": d.unit,
        "period": str(d.period) if d.period else "all dates at hand",
        "value": value,
        "low": low,
        "high": high,
        "origin": d.population or census.population or "tables at hand",
        "computed": "computed",
        "not_measured": "; ".join(w for w in wanting if w),
        "accounts": accounts,
        "posts": posts,
    }
    return row, StepRef(name=step.name, sql=step.bound(), rows=1)


def count_sql(engine: Engine, d: Definition) -> str:
    """The definition as one query: how many accounts and how many posts meet it.

    Raises:
        UsageError: if the behaviour names a column that profiles do not have.
    """
    about_posts = [f"p.{c}" for c in ("happened_at IS NOT NULL",)] if d.period else []
    if d.period:
        first = literal(date.fromisoformat(d.period.from_))
        after = literal(date.fromisoformat(d.period.to) + timedelta(1))
        about_posts += [f"p.happened_at >= CAST({first} AS TIMESTAMP)", f"p.happened_at < CAST({after} AS TIMESTAMP)"]
    if d.language:
        about_posts.append(f"regexp_matches(lower(coalesce(p.lang, '')), {literal(d.language.lower())})")
    if d.topic:
        content = "lower(concat(coalesce(p.title, ''), ' ', coalesce(p.text, ''), {}))".format(
            "' #', coalesce(array_to_string(p.hashtags, ' #'), '')"
        )
        about_posts.append(f"regexp_matches({content}, {literal(d.topic.lower())})")
    about_accounts = ["TRUE"]
    if d.list and d.list != "all accounts":
        about_accounts.append(_in(who(d.list)))
    if d.classifier:
        about_accounts.append(_in(who(f"labelled {d.classifier.label}")))
    if d.place:
        about_accounts.append(
            _in(
                "SELECT platform, account_id FROM accounts WHERE "
                f"regexp_matches(lower(coalesce(location, '')), {literal(d.place.lower())})"
            )
        )
    if d.behaviour:
        known = engine.columns("profile_accounts")
        limits = []
        for column, (least, most) in sorted(d.behaviour.items()):
            if column not in known:
                raise UsageError(f"definition {d.id}: profiles have no column {column!r}{did_you_mean(column, known)}")
            limits += [f"{identifier(column)} >= {literal(least)}"] if least is not None else []
            limits += [f"{identifier(column)} <= {literal(most)}"] if most is not None else []
        about_accounts.append(_in(f"SELECT platform, account_id FROM profile_accounts WHERE {' AND '.join(limits)}"))
    where = " AND ".join(about_accounts)
    if about_posts:
        return (
            "SELECT count(DISTINCT concat(p.platform, ':', p.account_id)) AS accounts, count(*) AS posts FROM posts p "
            f"WHERE {' AND '.join(about_posts)} AND {where}"
        )
    return f"SELECT count(*) AS accounts, CAST(sum(p.posts) AS BIGINT) AS posts FROM profile_accounts p WHERE {where}"


def _in(sql: str) -> str:
    return f"EXISTS (SELECT 1 FROM ({sql}) AS s WHERE s.platform = p.platform AND s.account_id = p.account_id)"


def _corrected(engine: Engine, d: Definition, called: int) -> tuple[float | None, float, float, str]:
    """Rogan-Gladen with a Bayesian interval where errors were measured here; else no value, and 0 in the interval."""
    c = d.classifier
    assert c is not None  # noqa: S101  (the caller asks only for definitions with a classifier)
    base = d.model_copy(update={"classifier": None})
    (all_,) = engine.rows(count_sql(engine, base))
    n = int(all_["accounts"])
    here = bool(c.measured_on) and c.measured_on == d.population
    if n == 0 or c.sensitivity is None or c.specificity is None or not here:
        return None, 0.0, float(n), f"{called:,} of {n:,} were called; {REFUSED}"
    found = rogan_gladen(called, n, c.sensitivity, c.specificity)
    return (
        round(found.value * n, 1),
        round(found.low * n, 1),
        round(found.high * n, 1),
        f"{called:,} of {n:,} were called; corrected for {c.sensitivity[0]}/{c.sensitivity[1]} found and "
        f"{c.specificity[0]}/{c.specificity[1]} rightly left out",
    )


def _gaps(have: bool, definitions: tuple[Definition, ...], rows: list[dict[str, Any]], notes: Any) -> tuple[Gap, ...]:
    out = []
    if definitions and not have:
        out.append(
            Gap(
                id="accounts.census.no-posts",
                room="accounts",
                sentence=f"None of the {len(definitions)} definitions could be counted here: no posts are at hand.",
                mend="Give the posts that the definitions speak of as a source.",
            )
        )
    if lost := sorted(set(notes) - {r["definition_id"] for r in rows}):
        out.append(
            Gap(
                id="accounts.census.no-figure",
                room="accounts",
                sentence=f"Published figures of the census are not among the observations: {', '.join(lost)}.",
                mend="Add them to the observation log with kind = estimate, value, unit, definition and period.",
            )
        )
    return tuple(out)


def _finding(census: Census, rows: list[dict[str, Any]], steps: list[StepRef]) -> Finding:
    counted = [r for r in rows if r["unit"] == "accounts" and r["value"] is not None]
    figures = [
        Figure(
            name=f"{r['definition_id']}",
            value=Estimate(
                value=r["value"],
                low=min(_or(r["low"], r["value"]), r["value"]),
                high=max(_or(r["high"], r["value"]), r["value"]),
            ),
            unit=r["unit"],
            basis=Basis.COUNTED if r["computed"] == "computed" else Basis.ARGUED,
            note=f"{r['definition']}; {r['period']}; {r['origin']}",
        )
        for r in rows
        if r["value"] is not None
    ]
    here = sum(r["computed"] == "computed" for r in rows)
    figures.append(Figure(name="counted_here", value=Estimate.exact(here), unit="definitions"))
    figures.append(Figure(name="published", value=Estimate.exact(len(rows) - here), unit="figures"))
    sentence = (
        f"How many depends on what is counted: {here:,} definitions counted here stand beside "
        f"{len(rows) - here:,} published figures"
    )
    if counted:
        least, most = min(counted, key=_value), max(counted, key=_value)
        sentence += f", from {least['value']:,.0f} to {most['value']:,.0f} accounts"
    shown = [{k: v for k, v in r.items() if k not in ("accounts", "posts")} for r in rows]
    return Finding(
        id="accounts.census",
        room="accounts",
        kind="census",
        sentence=sentence + ".",
        figures=tuple(figures),
        method="Every definition is one query over posts, accounts, labels and profiles; published figures are quoted "
        "with their own definition, unit and period.",
        assumption="The tables at hand hold what their source says; counts are of these tables, not of the platform.",
        population=census.population,
        steps=tuple(steps),
        rows=(RowsRef(table="census", keys=tuple((str(r["definition_id"]),) for r in rows), total=len(rows)),),
        caveats=(
            "Figures with different definitions do not contradict each other.",
            "An account is no person, and being on a list is somebody's statement.",
        ),
        data={"title": census.title, "rows": shown},
    )


def _or(a: float | None, b: float) -> float:
    return b if a is None else a


def _value(r: dict[str, Any]) -> tuple[float, str]:
    return float(r["value"]), str(r["definition_id"])
