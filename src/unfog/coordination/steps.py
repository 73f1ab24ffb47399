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

_NEAR = "y.object = x.object AND y.slot = x.slot AND abs(x.t_us - y.t_us) <= $window_us"

CO_ACTIONS = Step(
    "pairs_co_actions",
    f"""
    WITH {_CUT}, {_SLOTS}
    SELECT x.account AS account_a, y.account AS account_b,
      count(DISTINCT x.object) AS shared_objects, count(*) AS co_actions,
      min(least(x.t_us, y.t_us)) AS first_us, max(greatest(x.t_us, y.t_us)) AS last_us
    FROM cut x JOIN spread y ON {_NEAR} AND x.account < y.account
    GROUP BY x.account, y.account
    """,
    "one row per unordered account pair that meets, account_a < account_b",
    partition_by=("object",),
)


def _profile(of: str, others: str, met: str) -> Step:
    """Actions of each account or object, how many different ones of the other kind, and the meetings within the
    window."""
    return Step(
        f"profile_{of}s",
        f"""
        WITH {_CUT}, {_SLOTS},
        met AS (
          SELECT x.{of} AS {of}, count(*) AS {met}
          FROM cut x JOIN spread y ON {_NEAR} AND x.account <> y.account
          GROUP BY x.{of}
        )
        SELECT a.{of} AS {of}, count(*) AS actions, count(DISTINCT a.{others}) AS {others}s,
          coalesce(max(met.{met}), 0) AS {met}
        FROM actions a LEFT JOIN met ON met.{of} = a.{of}
        GROUP BY a.{of}
        """,
        f"one row per {of}",
        partition_by=(of,),
    )


ACCOUNTS = _profile("account", "object", "exposure")
OBJECTS = _profile("object", "account", "close")

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
