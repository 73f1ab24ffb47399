"""The hot steps as SQL: written once in DuckDB's dialect, run on DuckDB and on Spark, twins of the kernels.

They read a relation ``actions`` (account, object, t_us). Objects are cut into slots of one window, and each action
meets those of its own slot and of the two beside it, so that no object's popularity makes the join quadratic in its
length.
"""

from __future__ import annotations

from unfog.engine import Step

_SLOTS = """
  spread AS (
    SELECT account, object, t_us, slot FROM cut
    UNION ALL SELECT account, object, t_us, slot + 1 AS slot FROM cut
    UNION ALL SELECT account, object, t_us, slot - 1 AS slot FROM cut
  )
"""
_CUT = "cut AS (SELECT account, object, t_us, t_us // $window_us AS slot FROM actions)"

CO_ACTIONS = Step(
    "pairs_co_actions",
    f"""
    WITH {_CUT}, {_SLOTS}
    SELECT x.account AS account_a, y.account AS account_b,
      count(DISTINCT x.object) AS shared_objects, count(*) AS co_actions,
      min(least(x.t_us, y.t_us)) AS first_us, max(greatest(x.t_us, y.t_us)) AS last_us
    FROM cut x JOIN spread y ON y.object = x.object AND y.slot = x.slot AND x.account < y.account
      AND abs(x.t_us - y.t_us) <= $window_us
    GROUP BY x.account, y.account
    """,
    "one row per unordered account pair that meets, account_a < account_b",
    partition_by=("object",),
)

ACCOUNTS = Step(
    "profile_accounts",
    f"""
    WITH {_CUT}, {_SLOTS},
    met AS (
      SELECT x.account AS account, count(*) AS exposure
      FROM cut x JOIN spread y ON y.object = x.object AND y.slot = x.slot AND x.account <> y.account
        AND abs(x.t_us - y.t_us) <= $window_us
      GROUP BY x.account
    )
    SELECT a.account AS account, count(*) AS actions, count(DISTINCT a.object) AS objects,
      coalesce(max(met.exposure), 0) AS exposure
    FROM actions a LEFT JOIN met ON met.account = a.account
    GROUP BY a.account
    """,
    "one row per account",
    partition_by=("account",),
)

OBJECTS = Step(
    "profile_objects",
    f"""
    WITH {_CUT}, {_SLOTS},
    met AS (
      SELECT x.object AS object, count(*) AS close
      FROM cut x JOIN spread y ON y.object = x.object AND y.slot = x.slot AND x.account <> y.account
        AND abs(x.t_us - y.t_us) <= $window_us
      GROUP BY x.object
    )
    SELECT a.object AS object, count(*) AS actions, count(DISTINCT a.account) AS accounts,
      coalesce(max(met.close), 0) AS close
    FROM actions a LEFT JOIN met ON met.object = a.object
    GROUP BY a.object
    """,
    "one row per object",
    partition_by=("object",),
)

COMMON = Step(
    "pairs_common",
    """
    WITH seen AS (SELECT DISTINCT account, object FROM actions)
    SELECT p.account_a AS account_a, p.account_b AS account_b, count(*) AS common_objects
    FROM pairs_co_actions p
    JOIN seen u ON u.account = p.account_a
    JOIN seen v ON v.account = p.account_b AND v.object = u.object
    GROUP BY p.account_a, p.account_b
    """,
    "one row per pair that meets: objects that both act on at any lag",
)

BURST = Step(
    "pairs_expected_burst",
    """
    SELECT p.account_a AS account_a, p.account_b AS account_b,
      greatest(u.exposure * v.actions, v.exposure * u.actions) / CAST(t.total AS DOUBLE) AS expect_burst
    FROM pairs_co_actions p
    JOIN profile_accounts u ON u.account = p.account_a
    JOIN profile_accounts v ON v.account = p.account_b
    CROSS JOIN (SELECT count(*) AS total FROM actions) t
    """,
    "one row per pair that meets: expected meetings under the burst model, one stratum, no rhythm",
)

STEPS = (CO_ACTIONS, ACCOUNTS, OBJECTS, COMMON, BURST)
"""In the order in which they are run; the first three need ``window_us``."""
