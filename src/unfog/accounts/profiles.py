"""Profiles of all accounts in one pass over the posts: integers and sufficient statistics, computed in SQL.

Every step is portable SQL; nothing here judges. ``profile_accounts`` has one row per (platform, account_id).
"""

from __future__ import annotations

from unfog.accounts.forms import form_sql
from unfog.engine import Engine, Handle, Step

_HOURS = ", ".join(f"count(CASE WHEN clock AND hour = {h} THEN 1 END) AS h{h:02d}" for h in range(24))
_DAYS = ", ".join(f"count(CASE WHEN weekday = {d} THEN 1 END) AS d{d}" for d in range(1, 8))
_SECOND = "CAST(floor(epoch_us(happened_at) / 1000000.0) AS BIGINT)"
_WIDE, _LATEST = 4_294_967_296, 4_294_967_295
_LONGEST = (
    f"CAST(floor(least(gap_s, 2147483647.0)) AS BIGINT) * {_WIDE} + {_LATEST} - least(greatest(second, 0), {_LATEST})"
)
"""Length of a silence and the second that ended it in one integer: the largest is the longest, earliest of equals."""
_FINE = "happened_precision IS NULL OR happened_precision NOT IN ('day', 'month', 'year', 'hour')"

COUNT_POSTS = Step(
    "count_posts",
    f"""
    SELECT platform, account_id,
      count(*) AS posts,
      count(happened_at) AS dated,
      count(CASE WHEN clock THEN 1 END) AS clocked,
      min(happened_at) AS first_at,
      max(happened_at) AS last_at,
      count(CASE WHEN kind = 'comment' OR reply_to IS NOT NULL THEN 1 END) AS replies,
      count(CASE WHEN kind = 'repost' OR repost_of IS NOT NULL THEN 1 END) AS reposts,
      count(CASE WHEN removed THEN 1 END) AS removed,
      count(DISTINCT lower(title)) AS titles,
      count(text) AS texts,
      count(DISTINCT text) AS distinct_texts,
      CAST(sum(length(text)) AS BIGINT) AS text_length,
      count(DISTINCT community) AS communities,
      count(community) AS in_community,
      count(DISTINCT lang) AS languages,
      CAST(sum(CASE WHEN urls IS NULL THEN 0 ELSE len(urls) END) AS BIGINT) AS links,
      count(CASE WHEN urls IS NOT NULL AND len(urls) > 0 THEN 1 END) AS with_link,
      CAST(sum(CASE WHEN hashtags IS NULL THEN 0 ELSE len(hashtags) END) AS BIGINT) AS hashtags,
      CAST(sum(CASE WHEN mentions IS NULL THEN 0 ELSE len(mentions) END) AS BIGINT) AS mentions,
      {_HOURS},
      {_DAYS}
    FROM (
      SELECT *, happened_at IS NOT NULL AND ({_FINE}) AS clock, extract(hour FROM happened_at) AS hour,
        (CAST(floor(epoch_us(happened_at) / 86400000000.0) AS BIGINT) + 3) % 7 + 1 AS weekday
      FROM posts
    ) AS p
    GROUP BY platform, account_id
    """,
    "one row per account that posted",
    partition_by=("platform", "account_id"),
)

TIME_GAPS = Step(
    "time_gaps",
    f"""
    SELECT platform, account_id,
      min(gap_s) AS min_gap_s,
      count(CASE WHEN gap_s < 60 THEN 1 END) AS gaps_under_1m,
      count(CASE WHEN gap_s < 3600 THEN 1 END) AS gaps_under_1h,
      count(CASE WHEN gap_s = 0 THEN 1 END) AS equal_times,
      max(gap_s) AS longest_gap_s,
      max(CASE WHEN gap_s > 0 THEN {_LONGEST} END) AS longest_key,
      count(CASE WHEN day = last_day THEN NULL ELSE 1 END) AS active_days,
      CAST(sum(CASE WHEN community <> last_community THEN 1 ELSE 0 END) AS BIGINT) AS topic_switches,
      CAST(sum(CASE WHEN lang <> last_lang THEN 1 ELSE 0 END) AS BIGINT) AS language_switches
    FROM (
      SELECT platform, account_id, community, lang, {_SECOND} AS second,
        CAST(happened_at AS DATE) AS day, lag(CAST(happened_at AS DATE)) OVER w AS last_day,
        CAST(epoch_us(happened_at) - lag(epoch_us(happened_at)) OVER w AS DOUBLE) / 1000000.0 AS gap_s,
        lag(community) OVER w AS last_community,
        lag(lang) OVER w AS last_lang
      FROM posts WHERE happened_at IS NOT NULL
      WINDOW w AS (PARTITION BY platform, account_id ORDER BY happened_at, post_id)
    ) AS g
    GROUP BY platform, account_id
    """,
    "one row per account with dated posts",
    partition_by=("platform", "account_id"),
)

COUNT_LINKS = Step(
    "count_links",
    """
    SELECT platform, account_id, max(n) AS top_host_links, count(*) AS hosts
    FROM (
      SELECT platform, account_id, host, count(*) AS n
      FROM (
        SELECT platform, account_id, lower(regexp_extract(url, '^[A-Za-z]+://(?:www[.])?([^/:?#]+)', 1)) AS host
        FROM (SELECT platform, account_id, unnest(urls) AS url FROM posts WHERE urls IS NOT NULL) AS u
      ) AS v
      WHERE host <> '' AND host IS NOT NULL
      GROUP BY platform, account_id, host
    ) AS w
    GROUP BY platform, account_id
    """,
    "one row per account that linked",
    partition_by=("platform", "account_id"),
)

DESCRIBE_ACCOUNTS = Step(
    "describe_accounts",
    """
    SELECT platform, account_id, min(handle) AS handle, count(DISTINCT lower(handle)) AS handles,
      min(created_at) AS created_at, max(followers) AS followers, max(following) AS following, max(karma) AS karma,
      max(CASE WHEN suspended THEN 1 ELSE 0 END) AS suspended, min(public_from) AS public_from
    FROM accounts GROUP BY platform, account_id
    """,
    "one row per account that is listed",
)

PROFILE_ACCOUNTS = Step(
    "profile_accounts",
    f"""
    SELECT coalesce(p.platform, a.platform) AS platform, coalesce(p.account_id, a.account_id) AS account_id,
      coalesce(a.handle, p.account_id, a.account_id) AS handle, {form_sql("a.handle")} AS handle_form,
      a.handles, a.created_at, a.followers, a.following, a.karma, a.suspended, a.public_from,
      CASE WHEN a.following > 0 THEN CAST(a.followers AS DOUBLE) / a.following END AS followers_per_following,
      CASE WHEN p.posts > 0 THEN CAST(a.karma AS DOUBLE) / p.posts END AS karma_per_post,
      CAST(epoch_us(p.first_at) - epoch_us(a.created_at) AS DOUBLE) / 1000000.0 AS age_at_first_post_s,
      coalesce(p.posts, 0) AS posts,
      p.* EXCLUDE (platform, account_id, posts),
      CASE WHEN p.posts > 0 THEN coalesce(g.active_days, 0) END AS active_days,
      CAST(to_timestamp({_LATEST} - g.longest_key % {_WIDE}) AS TIMESTAMP) AS awoke_at,
      g.* EXCLUDE (platform, account_id, active_days, longest_key),
      l.top_host_links, l.hosts
    FROM count_posts p
    FULL JOIN describe_accounts a ON a.platform = p.platform AND a.account_id = p.account_id
    LEFT JOIN time_gaps g ON g.platform = p.platform AND g.account_id = p.account_id
    LEFT JOIN count_links l ON l.platform = p.platform AND l.account_id = p.account_id
    """,
    "one row per account",
)

PICK_UNITS = Step(
    "pick_units",
    f"""
    SELECT platform, account_id, first_us
    FROM (
      SELECT platform, account_id, first_us, row_number() OVER (
        PARTITION BY platform, account_id
        ORDER BY md5(concat(platform, ':', account_id, ':', CAST(day AS VARCHAR))), day) AS k
      FROM (
        SELECT platform, account_id, CAST(happened_at AS DATE) AS day, epoch_us(min(happened_at)) AS first_us
        FROM posts WHERE happened_at IS NOT NULL AND ({_FINE})
        GROUP BY platform, account_id, CAST(happened_at AS DATE)
      ) AS days
    ) AS ranked
    WHERE k = 1
    """,
    "one row per account: the first post of one of its days, chosen by the hash of account and day",
    partition_by=("platform", "account_id"),
)

STEPS = (COUNT_POSTS, TIME_GAPS, COUNT_LINKS, DESCRIBE_ACCOUNTS, PROFILE_ACCOUNTS)


def profile_accounts(engine: Engine) -> Handle:
    """Run the profile steps; the result is the relation ``profile_accounts``, one row per account.

    Reads ``posts`` and ``accounts``. Hours and weekdays are UTC; posts with a time coarser than a minute have no hour.
    Columns: span (first_at, last_at, active_days), volume (posts, replies, reposts, removed), rhythm (h00 to h23, d1
    Monday to d7 Sunday, min_gap_s, gaps_under_1m), dormancy and awakening (longest_gap_s and awoke_at, the second that
    ended that silence; age_at_first_post_s), content (titles, texts, distinct_texts, communities, languages,
    topic_switches, language_switches), links (links, hosts, top_host_links), standing (followers_per_following,
    karma_per_post), and what the account says of itself (handle, handle_form, created_at, followers, following, karma,
    suspended).
    """
    last = Handle("")
    for step in STEPS:
        last = engine.run(step)
    return last
