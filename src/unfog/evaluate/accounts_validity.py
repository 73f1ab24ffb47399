"""Do the set tests keep their promise? P(p <= a) <= a on organic worlds, for every test of ``accounts``.

Two promises, as the room makes two: random draws of ordinary accounts are called no more often than a (exact
tests), and
*organic sets* that are no random draw, the sharers of one link among ordinary people and open crowds, rank among the
sharers of comparable links no higher than chance (the p that gives weight).
"""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unfog.accounts import Options, SetSpec, investigate, profile_accounts
from unfog.accounts.clock import compare_hours, unit_hours
from unfog.accounts.compare import Columns, Population, random_draw, read_columns
from unfog.accounts.days import compare_days, free_days, unit_days
from unfog.accounts.forms import handle_form
from unfog.accounts.handles import strongest_form
from unfog.accounts.profiles import PICK_UNITS
from unfog.engine import DuckEngine
from unfog.evaluate.sheet import Evaluation
from unfog.simulate import world
from unfog.stats import clopper_pearson, rescale, scan, uniforms

F64 = NDArray[np.float64]
ALPHAS = (0.05, 0.01, 0.001)
SIZE = 40


def organic_columns(posts: int = 20_000, seed: int = 11) -> Columns:
    """Profiles of an organic world, one row per account that posted, with the form of its handle."""
    w = world("organic", posts, seed=seed)
    with DuckEngine(memory="1GB", threads=1) as engine:
        engine.put("posts", w.posts)
        engine.put("accounts", w.accounts)
        profile_accounts(engine)
        engine.run(PICK_UNITS)
        return read_columns(
            engine,
            "SELECT p.platform, p.account_id, p.handle, p.created_at, p.posts, p.active_days, u.first_us, '' AS cohort "
            "FROM profile_accounts p LEFT JOIN pick_units u ON u.account_id = p.account_id "
            "AND u.platform = p.platform WHERE p.posts > 0 ORDER BY p.platform, p.account_id",
        )


def _single_use(s: Population, key: str) -> float:
    a, b = s.inside["active_days"], s.outside["active_days"]
    return random_draw(int((a == 1).sum()), a.size, int((b == 1).sum()), b.size, key).p


def _hours(s: Population, _key: str) -> float:
    return float(compare_hours(s, unit_hours(s.inside), Options())[0].p)


def _weekdays(s: Population, _key: str) -> float:
    return float(compare_days(s, unit_days(s.inside), Options())[0].p)


def _holidays(_s: Population, key: str) -> float:
    """Runs of days over three years, as campaigns have them; the worlds themselves are too short for holidays."""
    rng = np.random.default_rng(int(float(uniforms([key])[0]) * 2**32))
    days = rng.integers(15_000, 16_000, SIZE)[:, None] + np.arange(4)
    found = free_days(days.ravel() * 86_400_000_000)
    return min(1.0, float(found[0]["p"]) * len(found))


def _creation(s: Population, key: str) -> float:
    mine, theirs = (c["created_at"].astype(np.int64) / 1e6 for c in (s.inside, s.outside))
    return float(scan(rescale(mine, theirs, uniforms(f"{key}{k}" for k in s.keys("inside"))), (0.01, 0.05, 0.2)).p)


def _handles(s: Population, key: str) -> float:
    return float(strongest_form(s.inside["form"], s.outside["form"], key)[0].p)


EXACT: dict[str, Callable[[Population, str], float]] = {
    "single-use": _single_use, "hours": _hours, "weekdays": _weekdays, "holidays": _holidays, "creation": _creation,
    "handles": _handles,
}  # fmt: skip


def random_set_p(kind: str, columns: Columns, sets: int, seed: int = 0) -> F64:
    """p-values of random sets of forty ordinary accounts, shape (sets,)."""
    columns = {**columns, "form": np.array([handle_form(h) for h in columns["handle"]], dtype=object)}
    n, out = columns["posts"].size, np.zeros(sets)
    for i in range(sets):
        chosen = np.zeros(n, dtype=bool)
        chosen[np.random.default_rng([seed, i]).choice(n, SIZE, replace=False)] = True
        inside, outside = ({k: v[side] for k, v in columns.items()} for side in (chosen, ~chosen))
        spec: Any = SimpleNamespace(spec=SimpleNamespace(id=f"set-{seed}-{i}"))
        out[i] = EXACT[kind](Population(spec, inside, outside, "", outside["cohort"], ""), f"{kind}|{seed}|{i}")
    return out


def organic_set_p(sets: int = 40, posts: int = 30_000, seed: int = 12) -> dict[str, F64]:
    """Rank p of sharers of one link in a world of ordinary people and open crowds, through the whole room."""
    w = world("crowds", posts, seed=seed)
    found: dict[str, list[float]] = {}
    with DuckEngine(memory="1GB", threads=1) as engine:
        engine.put("posts", w.posts)
        engine.put("accounts", w.accounts)
        shared = engine.rows(
            "SELECT object FROM (SELECT DISTINCT account_id, coalesce(object_id, repost_of, urls[1]) AS object "
            "FROM posts) AS s WHERE object IS NOT NULL GROUP BY object HAVING count(*) BETWEEN 15 AND 120 "
            "ORDER BY md5(object)"
        )
        for row in shared[:sets]:
            spec = SetSpec.model_validate({"id": "sharers", "from": f"sharers of {row['object']}"})
            asked = Options(
                sets=(spec,), groups=False, tests=("single-use", "hours", "weekdays", "creation", "handles")
            )
            for f in investigate(engine, asked).findings:
                named = {g.name: g.value.value for g in f.figures}
                if "cohorts" in named:
                    found.setdefault(f.kind, []).append((1 + named["cohorts_at_least"]) / (named["cohorts"] + 1))
    return {kind: np.array(p) for kind, p in sorted(found.items())}


def measure_validity(sheet: Evaluation, sets: int = 2000, organic: int = 40) -> None:
    """Table ``validity`` and one measure per test: the rates at .05, .01, .001 with Clopper-Pearson ends."""
    columns = organic_columns()
    rows: list[dict[str, Any]] = []
    for kind in EXACT:
        rows += _rates(f"{kind}, exact p of random sets", random_set_p(kind, columns, sets))
    for kind, p in organic_set_p(organic).items():
        rows += _rates(f"{kind}, rank p of sharers of one thing", p)
    sheet.tables["validity"] = rows
    for row in rows:
        if row["alpha"] < 0.05 and row["n"] * row["alpha"] < 1:
            continue
        sheet.add(
            f"P(p <= {row['alpha']:g}): {row['test']}", row["rate"], low=row["low"], high=row["high"], n=row["n"],
            unit="sets", split="organic worlds", target=f"<= {row['alpha']:g}", met=row["low"] <= row["alpha"],
            note="met: the 90 % interval does not lie above",
        )  # fmt: skip


def _rates(test: str, p: F64) -> list[dict[str, Any]]:
    out = []
    for a in ALPHAS:
        hits = int((p <= a).sum())
        low, high = clopper_pearson(hits, p.size)
        out.append({"test": test, "alpha": a, "rate": hits / p.size, "low": low, "high": high, "n": int(p.size)})
    return out
