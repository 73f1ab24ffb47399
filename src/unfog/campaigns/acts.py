"""What the set did: its posts and its entries in the observation log, as one relation of acts."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime

from unfog.engine import Engine, Step, literal
from unfog.model import RowsRef

POSTS_OF_SET = "campaign_set_posts"

_HOSTS = {
    "reddit": "reddit.com",
    "twitter": "twitter.com",
    "x": "twitter.com",
    "facebook": "facebook.com",
    "instagram": "instagram.com",
    "youtube": "youtube.com",
    "medium": "medium.com",
    "telegram": "t.me",
    "before it's news": "beforeitsnews.com",
    "4chan": "4chan.org",
    "vk": "vk.com",
    "livejournal": "livejournal.com",
    "tumblr": "tumblr.com",
    "tiktok": "tiktok.com",
    "pastebin": "pastebin.com",
}
_IN_TEXT = re.compile(r"(?<![\w.@-])((?:[a-z0-9-]{1,63}\.){1,4}[a-z]{2,24})\b", re.I)
_ACTING = frozenset({"post", "reply", "repost", "tweet", "comment", "message", "quote"})


@dataclass(frozen=True, slots=True)
class Observed:
    """A trait as observed of the set.

    Attributes:
        kind: Kind of trait.
        possible: Words (or hosts, languages, ids) that the rows leave possible or show.
        says: What was seen, in a sentence.
        source: ``posts``, ``log`` or ``coded by NAME``.
        n: Units behind it.
        rows: Rows behind it.
    """

    kind: str
    possible: frozenset[str]
    says: str
    source: str
    n: int
    rows: RowsRef = field(default_factory=lambda: RowsRef(table="observations"))


@dataclass(frozen=True, slots=True)
class Act:
    """One post of the set, or one entry of the log that tells of one.

    Attributes:
        ref: ``posts`` or ``observations`` and the id there.
        host: Host of the site, empty where the log does not name it.
        place: Platform as told.
        actor: Account as told, folded; unique within ``host``.
        shown: The name shown.
        at: When, or the start of the period.
        day: Its UTC day, or the period where the log is coarser.
        lang: Language.
        target: What it carries.
        how: How (translated, verbatim ...).
        community: Where on the site.
    """

    ref: tuple[str, str]
    host: str
    place: str
    actor: str
    shown: str
    at: datetime | None
    day: str
    lang: str
    target: str
    how: str
    community: str


def host_of_place(platform: str) -> str:
    """Host of a platform as a log names it; empty where it names none.

    >>> host_of_place("meinbezirk.at (Austria)"), host_of_place("Reddit"), host_of_place("a small site")
    ('meinbezirk.at', 'reddit.com', '')
    """
    folded = platform.strip().casefold()
    if folded in _HOSTS:
        return _HOSTS[folded]
    found = _IN_TEXT.search(folded)
    return found[1] if found else ""


def actor_key(actor: str) -> str:
    """One spelling of an actor: without quotation marks, @ and bracketed remarks, folded.

    >>> actor_key("@gregoratior (Wilbur Gregoratior)"), actor_key("'Max Ostermann'")
    ('gregoratior', 'max ostermann')
    """
    bare = re.sub(r"\s*\([^)]*\)\s*$", "", actor).strip().strip("'\"‘’“”").lstrip("@").removeprefix("u/")
    return bare.casefold()


def shown_name(actor: str) -> str:
    """The name shown to readers: what stands in brackets behind a handle, else the name itself."""
    found = re.search(r"\(([^)]*)\)\s*$", actor)
    return (found[1] if found else actor).strip().strip("'\"‘’“”").lstrip("@")


def posts_step(labels: tuple[str, ...]) -> Step:
    """Posts of labelled accounts: one row per post of the set."""
    which = f"WHERE label IN ({', '.join(literal(x) for x in labels)})" if labels else ""
    sql = f"""
SELECT p.platform, p.post_id, p.account_id, p.happened_at, p.lang, p.community, p.urls, p.title, p.text
FROM posts p SEMI JOIN (SELECT DISTINCT platform, account_id FROM labels {which}) l
  ON l.platform = p.platform AND l.account_id = p.account_id
"""
    return Step(POSTS_OF_SET, sql, "one row per post of an account of the set")


def log_acts(engine: Engine, roles: tuple[str, ...]) -> tuple[list[Act], list[Act], dict[str, str]]:
    """Acts in the observation log.

    Returns:
        Acts of the set; all acts of the same actors (their lives, whatever the role); and observation id -> public
        time.
    """
    rows = engine.rows(
        "SELECT observation_id, happened_at, happened_precision, platform, actor, kind, lang, community, target, how, "
        "role, public_from FROM observations ORDER BY happened_at NULLS LAST, observation_id"
    )
    acts = [(str(r["role"] or ""), _act(r)) for r in rows if str(r["kind"] or "") in _ACTING and r["actor"]]
    own = [a for role, a in acts if role in roles]
    actors = {(a.host or a.place, a.actor) for a in own}
    lives = [a for _, a in acts if (a.host or a.place, a.actor) in actors]
    return own, lives, {str(r["observation_id"]): str(r["public_from"] or "") for r in rows}


def _act(r: dict[str, object]) -> Act:
    at = r["happened_at"]
    precision = str(r["happened_precision"] or "day")
    form = {"month": "%Y-%m", "year": "%Y"}.get(precision, "%Y-%m-%d")
    when = at if isinstance(at, datetime) else None
    return Act(
        ref=("observations", str(r["observation_id"])),
        host=host_of_place(str(r["platform"] or "")),
        place=str(r["platform"] or ""),
        actor=actor_key(str(r["actor"])),
        shown=shown_name(str(r["actor"])),
        at=when,
        day=when.strftime(form) if when else "",
        lang=str(r["lang"] or ""),
        target=str(r["target"] or ""),
        how=str(r["how"] or ""),
        community=str(r["community"] or ""),
    )


ACCOUNT_LIVES = Step(
    "campaign_account_lives",
    f"""
SELECT platform, account_id, count(*) AS items, count(DISTINCT CAST(happened_at AS DATE)) AS days,
       min(happened_at) AS first_at, max(happened_at) AS last_at
FROM {POSTS_OF_SET} WHERE happened_at IS NOT NULL GROUP BY platform, account_id
""",
    "one row per account of the set: items, active days, first and last",
)

SET_HOSTS = Step(
    "campaign_set_hosts",
    f"""
SELECT host, count(*) AS items, count(DISTINCT account_id) AS accounts FROM (
  SELECT account_id, CASE WHEN host LIKE 'www.%' THEN substr(host, 5) ELSE host END AS host FROM (
    SELECT account_id, lower(regexp_extract(url, '^(?:[a-zA-Z]+://)?([^/?#:]+)', 1)) AS host
    FROM (SELECT account_id, unnest(urls) AS url FROM {POSTS_OF_SET})
  )
) WHERE host LIKE '%.%' GROUP BY host
""",
    "one row per host that posts of the set link to",
)
