"""The signals: what two accounts can share. Each declares key, filter, scope and window; the self-join is written once.

A signal's SQL gives one row per action: ``account`` (platform:account_id), ``object`` (what is shared), ``t_us``
(microseconds since 1970) and ``stratum``. Objects of scope ``platform`` carry the platform in their key; the others
meet across platforms. Empty, blank and missing cells are no object.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from unfog.errors import UsageError, did_you_mean

HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Signal:
    """One thing that accounts can share.

    Attributes:
        name: What ``--signal`` calls it.
        about: One sentence for help and docs.
        key: SQL expression of the object over a row of posts (``p``), or of the element ``x`` of ``unnest``.
        unnest: List column whose elements are the objects, if any.
        where: SQL condition over a row of posts.
        scope: ``platform`` if the same key on two platforms is two things, ``world`` if it is one.
        window_s: Window used where none is given, seconds; the source of the value is in the docs.
        unit_s: For pure synchrony: length of the slots of time that are counted as distinct, seconds.
        prepared: Name of a mapping table (``raw``, ``object``) that Python prepares, if any.
        lookup: SQL of the value looked up in that table where it need not be there; the key then uses ``m.object``.
    """

    name: str
    about: str
    key: str
    unnest: str = ""
    where: str = "TRUE"
    scope: str = "world"
    window_s: float = 60.0
    unit_s: float = 0.0
    prepared: str = ""
    lookup: str = ""


_URLS = r"(?:https?://|www\.)\S+"
NORMAL_TEXT = f"trim(regexp_replace(regexp_replace(lower(p.text), '{_URLS}', ' ', 'g'), '\\s+', ' ', 'g'))"
"""Text in lower case, without addresses, white space collapsed (portable SQL)."""

_OWN_TEXT = "p.repost_of IS NULL AND p.text IS NOT NULL"
_FIRST_MEDIA = "CASE WHEN len(p.media_hashes) > 0 THEN trim(p.media_hashes[1]) END"
_ANY = (
    "CASE WHEN trim(p.repost_of) <> '' THEN 'repost:' || p.platform || ':' || p.repost_of "
    f"WHEN {_FIRST_MEDIA} <> '' THEN 'media:' || {_FIRST_MEDIA} "
    "WHEN m.object <> '' THEN 'link:' || m.object "
    f"WHEN {NORMAL_TEXT} LIKE '% % %' THEN 'text:' || {NORMAL_TEXT} END"
)
_HOST = r"regexp_extract(lower(x), '^(?:[a-z][a-z0-9+.-]*://)?(?:[^/@]*@)?(?:www\.)?([^/:?#]+)', 1)"

SIGNALS: Mapping[str, Signal] = {
    s.name: s
    for s in (
        Signal("object", "Whatever a prepared table says they share.", "p.object_id"),
        Signal("repost", "Reposts of one post.", "p.repost_of", scope="platform"),
        Signal("link", "Posts with one address (canonical form).", "x", "urls", prepared="link"),
        Signal("domain", "Posts with an address on one host.", _HOST, "urls", where="TRUE"),
        Signal("text", "Posts with one text of three words or more.", NORMAL_TEXT, where=_OWN_TEXT),
        Signal("near-text", "Posts with nearly one text.", "p.text", where=_OWN_TEXT, prepared="near-text"),
        Signal("hashtags", "Posts with one hashtag.", "lower(x)", "hashtags"),
        Signal(
            "hashtag-sequence",
            "Posts with the same two or more hashtags in the same order.",
            "lower(array_to_string(p.hashtags, ' #'))",
            where="len(p.hashtags) >= 2",
            window_s=HOUR,
        ),
        Signal("mention", "Posts that mention one account.", "lower(x)", "mentions", scope="platform"),
        Signal("reply", "Replies to one post.", "p.reply_to", scope="platform"),
        Signal("thread", "Posts in one conversation.", "p.thread_id", scope="platform"),
        Signal("media", "Posts with one picture or video (by hash).", "x", "media_hashes"),
        Signal(
            "fast-repost",
            "Reposts of one post within the window of its publication.",
            "p.repost_of",
            scope="platform",
            window_s=10.0,
        ),
        Signal(
            "any-content",
            "Posts with one content: the post reposted, else the picture, else the address, else the text.",
            _ANY,
            prepared="link",
            lookup="CASE WHEN len(p.urls) > 0 THEN p.urls[1] END",
        ),
        Signal("synchrony", "Any posts at the same time; counted per half hour.", "'any'", unit_s=1800.0),
    )
}  # fmt: skip
"""Every signal by name."""


def signal(name: str) -> Signal:
    """The signal of that name; UsageError with the nearest known name if there is none."""
    if name not in SIGNALS:
        raise UsageError(f"there is no signal {name!r}{did_you_mean(name, SIGNALS)}; there are: {', '.join(SIGNALS)}")
    return SIGNALS[name]


STRATA = ("none", "community", "lang", "platform")
"""What the null models may condition on."""


def actions_sql(s: Signal, *, window_s: float, strata: str = "community", distinct: bool = False) -> str:
    """SELECT of the actions of a signal (DuckDB dialect, portable to Spark).

    Args:
        s: The signal.
        window_s: The window; ``fast-repost`` also filters by it.
        strata: Column to stratify by, or ``none``.
        distinct: Collapse rows that agree in account, object, time and post (duplicated posts, an element listed
            twice).
    """
    if strata not in STRATA:
        raise UsageError(f"cannot stratify by {strata!r}{did_you_mean(strata, STRATA)}; one of {', '.join(STRATA)}")
    stratum = "''" if strata == "none" else f"coalesce(p.{strata}, '')"
    fields = "p.platform, p.post_id, p.account_id, p.happened_at, p.happened_precision"
    source, key = "posts p", s.key
    if s.unnest:
        source = (
            f"(SELECT {fields}, p.{strata if strata != 'none' else 'platform'} AS layer, unnest(p.{s.unnest}) AS x "
            f"FROM posts p WHERE p.{s.unnest} IS NOT NULL) p"
        )
        if strata != "none":
            stratum = "coalesce(p.layer, '')"
        key = s.key.replace("x)", "p.x)").replace("(x", "(p.x") if s.key != "x" else "p.x"
        key = key.replace("p.p.x", "p.x")
    where = [f"({s.where})", "p.happened_at IS NOT NULL"]
    if s.lookup:
        source += f" LEFT JOIN prepared_{s.prepared} m ON m.raw = {s.lookup}"
        where.append(f"trim(coalesce({key}, '')) <> ''")
    elif s.prepared:
        where.append("m.object <> ''")
        column = "p.x" if s.unnest else key
        source += f" JOIN prepared_{s.prepared.replace('-', '_')} m ON m.raw = {column}"
        key = "m.object"
    else:
        where.append(f"trim(coalesce({key}, '')) <> ''")
    if s.name == "text":
        where.append(f"{key} LIKE '% % %'")
    if s.name == "fast-repost":
        source += " JOIN posts o ON o.platform = p.platform AND o.post_id = p.repost_of"
        where.append("o.account_id <> p.account_id")
        where.append(f"epoch_us(p.happened_at) - epoch_us(o.happened_at) BETWEEN 0 AND {round(window_s * 1_000_000)}")
    if s.scope == "platform":
        key = f"p.platform || ':' || {key}"
    body = (
        f"SELECT {'DISTINCT p.post_id AS post, ' if distinct else ''}"
        f"p.platform || ':' || p.account_id AS account, {key} AS object, "
        f"epoch_us(p.happened_at) AS t_us, {stratum} AS stratum FROM {source} WHERE {' AND '.join(where)}"
    )
    return f"SELECT account, object, t_us, stratum FROM ({body}) d" if distinct else body


def posts_sql(s: Signal, *, window_s: float) -> str:
    """The same actions with their posts: account, object, t_us, platform, post_id (for the evidence behind an edge)."""
    sql = actions_sql(s, window_s=window_s, strata="none")
    return sql.replace(
        "SELECT p.platform ||", "SELECT DISTINCT p.platform AS platform, p.post_id AS post_id, p.platform ||", 1
    )
