"""Habits that the posts of a set tell by themselves: age of accounts, response, names, retries, languages.

Only tables of the case are read, never those of another room, so that ``unfog link`` and ``unfog run`` see the same.
Each reading is a set of words that the counts leave possible (90 % Wilson intervals); what they do not settle is open.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from unfog.campaigns.acts import POSTS_OF_SET, Observed
from unfog.engine import Engine, Step
from unfog.model import RowsRef
from unfog.stats import wilson
from unfog.text import detect_language

NEW_DAYS, AGED_DAYS, BLIND_DAYS = 30, 365, 90
"""First post within 30 days of registration: new. After a year: aged, if the data begin 90 days before that post."""
FEWEST = 30
"""Fewer posts than this tell no response, no retries and no languages."""
LITTLE, MUCH = 100, 1000
"""Best post of the set: below 100 reactions is little response, from 1,000 on it is some or a large one."""
LETTERS = 40
"""Fewest letters of a post whose language is detected; short ones are often taken for a language that is not there."""
SAMPLE = 2000
"""Posts of which the language is looked at, chosen by the hash of their id."""

_TAKEN_FOR = {"pcm": "en"}
"""Nigerian Pidgin: that is what the detector makes of English slang, on ordinary Reddit accounts in 2 % of posts."""
_PERSON = re.compile(r"^[^\W\d_]{2,}(?:[ .'’-][^\W\d_]{1,}){1,3}$")
_CAMEL = re.compile(r"^[A-Z][a-z]{2,}[A-Z][a-z]{2,}$")
_RANDOM = re.compile(r"^[A-Za-z]+[-_]?[0-9]{5,}$")

ACCOUNT_AGES = Step(
    "campaign_account_ages",
    f"""
SELECT count(*) AS accounts, count(created_at) AS dated,
  count(CASE WHEN age <= {NEW_DAYS} THEN 1 END) AS fresh,
  count(CASE WHEN age >= {AGED_DAYS} AND seen_before >= {BLIND_DAYS} THEN 1 END) AS aged
FROM (
  SELECT l.account_id, a.created_at, date_diff('day', a.created_at, l.first_at) AS age,
    date_diff('day', s.starts, l.first_at) AS seen_before
  FROM campaign_account_lives l
  LEFT JOIN (SELECT platform, account_id, min(created_at) AS created_at FROM accounts GROUP BY platform, account_id) a
    ON a.platform = l.platform AND a.account_id = l.account_id
  JOIN (SELECT platform, min(happened_at) AS starts FROM posts GROUP BY platform) s ON s.platform = l.platform
)
""",
    "one row: accounts of the set by their age at the first post",
)

RESPONSE = Step(
    "campaign_response",
    f"""
SELECT count(*) AS posts, max(reactions) AS best FROM (
  SELECT e.platform, e.post_id, max(coalesce(likes, 0) + coalesce(reposts, 0) + coalesce(replies, 0)) AS reactions
  FROM engagement e SEMI JOIN {POSTS_OF_SET} s ON s.platform = e.platform AND s.post_id = e.post_id
  WHERE likes IS NOT NULL OR reposts IS NOT NULL OR replies IS NOT NULL
  GROUP BY e.platform, e.post_id
)
""",
    "one row: posts of the set with counts, and the most reactions of one",
)

PLACINGS = Step(
    "campaign_placings",
    f"""
SELECT count(*) AS stories, count(CASE WHEN places >= 3 AND days >= 1 THEN 1 END) AS again,
  max(places) AS most, (SELECT count(DISTINCT concat(platform, ':', community)) FROM {POSTS_OF_SET}
    WHERE community IS NOT NULL) AS communities
FROM (
  SELECT story, count(DISTINCT concat(platform, ':', community)) AS places,
    date_diff('day', min(happened_at), max(happened_at)) AS days
  FROM (
    SELECT platform, community, happened_at,
      coalesce(nullif(lower(trim(title)), ''), lower(trim(substr(text, 1, 200)))) AS story
    FROM {POSTS_OF_SET} WHERE community IS NOT NULL AND happened_at IS NOT NULL
  ) WHERE length(story) >= 20 GROUP BY story
)
""",
    "one row: stories (equal title or beginning) of the set, and those placed in three places over a day or more",
)

STEPS = (ACCOUNT_AGES, RESPONSE, PLACINGS)


def account_age(engine: Engine) -> Observed | None:
    """Whether the accounts were registered for the act or had a life before it."""
    row = engine.rows(f"SELECT * FROM {ACCOUNT_AGES.name}")[0]
    n, fresh, aged = int(row["dated"]), int(row["fresh"]), int(row["aged"])
    if n < 3 or 2 * n < int(row["accounts"]):
        return None
    says = f"{fresh} of {n} accounts first posted within {NEW_DAYS} days of registration, {aged} after a year or more"
    possible = {w for w, k in (("new", fresh), ("aged", aged)) if wilson(k, n)[0] > 0.5} or {"new", "aged"}
    return _posts("account-age", possible, says, n, "campaign_account_lives")


def traction(engine: Engine) -> Observed | None:
    """What response the set's best post found, as captured."""
    row = engine.rows(f"SELECT * FROM {RESPONSE.name}")[0]
    n = int(row["posts"])
    if n < FEWEST:
        return None
    best = int(row["best"])
    possible = {"none", "low"} if best < LITTLE else {"low", "some"} if best < MUCH else {"some", "large"}
    says = f"of {n} posts with counts the most answered has {best} reactions"
    return _posts("traction", possible, says, n)


def retry(engine: Engine) -> Observed | None:
    """Whether stories are placed again elsewhere on later days; that they are not, equal titles cannot tell."""
    row = engine.rows(f"SELECT * FROM {PLACINGS.name}")[0]
    n, again = int(row["stories"]), int(row["again"])
    if n < FEWEST or int(row["communities"]) < 3:
        return None
    possible = {"yes"} if wilson(again, n)[0] > 0.1 else {"yes", "no"}  # reworded and translated copies are not seen
    says = f"{again} of {n} stories were placed in three or more places over a day or more"
    return _posts("retry", possible, says, n)


def names(engine: Engine) -> Observed | None:
    """How the accounts are named: by the name shown, else the handle, else the id."""
    rows = engine.rows(
        "SELECT l.account_id AS id, min(a.name) AS shown, min(a.handle) AS handle FROM campaign_account_lives l "
        "LEFT JOIN accounts a ON a.platform = l.platform AND a.account_id = l.account_id "
        "GROUP BY l.platform, l.account_id ORDER BY id"
    )
    forms = Counter(name_form(str(r["shown"] or ""), str(r["handle"] or r["id"])) for r in rows)
    n = len(rows)
    if n < 3:
        return None
    top = next((w for w in ("person", "random") if wilson(forms[w], n)[0] > 0.5), "")
    if not top:
        return None
    reads = "read as a first and a last name" if top == "person" else "end in five digits or more"
    return _posts("names", {top}, f"{forms[top]} of {n} names {reads}", n, "campaign_account_lives")


def name_form(shown: str, handle: str) -> str:
    """``person``, ``random`` or nothing.

    >>> name_form("", "MaryBrook"), name_form("Mary Brook", "mb1"), name_form("", "mary_8273645"), name_form("", "x")
    ('person', 'person', 'random', '')
    """
    if _RANDOM.match(handle):
        return "random"
    return "person" if _PERSON.match(shown) or _CAMEL.match(handle) else ""


def languages(engine: Engine) -> Counter[str]:
    """Languages of posts: as the platform says, else as detected; one that fewer than 3 posts or 2 % have is left out.

    At most :data:`SAMPLE` posts are looked at.
    """
    rows = engine.rows(
        f"SELECT lang, title, text FROM {POSTS_OF_SET} WHERE lang IS NOT NULL OR title IS NOT NULL OR text IS NOT NULL "
        f"ORDER BY md5(concat(platform, ':', post_id)), post_id LIMIT {SAMPLE}"
    )
    codes = Counter(_lang(r["lang"], r["title"], r["text"]) for r in rows)
    del codes["und"]
    least = max(3.0, 0.02 * sum(codes.values()))
    return Counter({k: n for k, n in sorted(codes.items()) if n >= least})


def _lang(told: object, title: object, text: object) -> str:
    if told and str(told) != "und":
        return str(told).split("-")[0].lower()
    code = detect_language(" ".join(str(x) for x in (title, text) if x), letters=LETTERS).code
    return _TAKEN_FOR.get(code, code)


def language_count(langs: Iterable[str], n: int, rows: RowsRef) -> Observed | None:
    """Number of languages. A set may be a part of an operation: it can show fewer languages than that, never more."""
    found = sorted(set(langs))
    if not found:
        return None
    possible = {"many"} if len(found) >= 5 else {"few", "many"} if len(found) > 1 else {"one", "few", "many"}
    says = f"{len(found)} languages ({', '.join(found)})" if len(found) > 1 else f"one language ({found[0]})"
    return Observed("language-count", frozenset(possible), says, "posts and log", n, rows)


def _posts(kind: str, possible: set[str], says: str, n: int, table: str = POSTS_OF_SET) -> Observed:
    return Observed(kind, frozenset(possible), says, "posts", n, RowsRef(table=table, total=n))
