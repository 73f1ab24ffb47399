"""Traits of the set, from posts, the observation log and what a person coded. What cannot be told stays unknown.

A word trait is observed as the set of words that the rows leave possible. It *shows* a campaign's trait if every
possible word is one of the campaign's, *departs* from it if none is, and is unknown otherwise.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from unfog.campaigns import acts as a
from unfog.campaigns import habits
from unfog.campaigns.acts import Observed
from unfog.campaigns.kinds import USES
from unfog.campaigns.options import Options
from unfog.engine import Engine
from unfog.model import RowsRef, StepRef
from unfog.stats import wilson

_LASTING_DAYS = 30
_FIRST_PLACE = {
    "reddit.com": "forum",
    "4chan.org": "image-board",
    "twitter.com": "social",
    "facebook.com": "social",
    "instagram.com": "social",
    "vk.com": "social",
    "tiktok.com": "social",
    "medium.com": "self-publishing",
    "homment.com": "self-publishing",
    "beforeitsnews.com": "self-publishing",
    "meinbezirk.at": "self-publishing",
    "indybay.org": "self-publishing",
    "pastebin.com": "self-publishing",
    "livejournal.com": "self-publishing",
    "wordpress.com": "self-publishing",
    "t.me": "messenger",
}


@dataclass(frozen=True, slots=True)
class ObservedSet:
    """Everything observed of the set.

    Attributes:
        traits: Kind -> observed trait.
        first_act: When the first act of the set (or of the target) happened.
        n_accounts: Accounts of the set.
        n_posts: Posts of the set.
        n_log: Acts in the log.
        selected_by: Who chose the accounts, where labels did.
        known_from: When the latest row that was used became public.
        steps: SQL as run.
    """

    traits: dict[str, Observed]
    first_act: datetime | None
    n_accounts: int
    n_posts: int
    n_log: int
    selected_by: str
    known_from: str
    steps: tuple[StepRef, ...]


def observe(engine: Engine, options: Options) -> ObservedSet:
    """Look at the set. Empty tables give no traits."""
    steps = (a.posts_step(options.labels), a.ACCOUNT_LIVES, a.SET_HOSTS, *habits.STEPS)
    for step in steps:
        engine.run(step)
    own, lives, public = a.log_acts(engine, options.roles)
    if options.act_target:
        own = [x for x in own if x.target == options.act_target]
    posts = engine.rows("SELECT * FROM campaign_account_lives ORDER BY platform, account_id")
    seen: dict[str, Observed] = {}
    made: Sequence[Callable[[], Observed | None]] = (
        lambda: _sites(engine, own, posts),
        lambda: _site_order(own),
        lambda: _account_use(posts, lives, options.whole_accounts),
        lambda: _lead(own, lives, posts, options.whole_accounts),
        lambda: _larger(_names(own), habits.names(engine)),
        lambda: _translations(own),
        lambda: _retry(engine, own) or habits.retry(engine),
        lambda: habits.account_age(engine),
        lambda: habits.traction(engine),
        lambda: _shift(engine),
    )
    for make in made:
        if (found := make()) is not None:
            seen[found.kind] = found
    for found in _languages(engine, own):
        seen[found.kind] = found
    for c in options.coded:
        if known := sorted(o for o in c.observations if o in public):
            rows = RowsRef(table="observations", keys=tuple((k,) for k in known), total=len(known))
            seen[c.trait] = Observed(c.trait, frozenset(c.value), c.reason, f"coded by {c.by}", len(known), rows)
    first = min((x.at for x in own if x.at), default=None)
    by = engine.rows('SELECT DISTINCT "by" AS who FROM labels ORDER BY who') if posts else []
    used = [public[x.ref[1]] for x in (*own, *lives)]
    if posts:
        used.append(
            str(
                engine.scalar(
                    f"SELECT max(p.public_from) FROM posts p SEMI JOIN {a.POSTS_OF_SET} s "
                    "ON s.platform = p.platform AND s.post_id = p.post_id"
                )
            )
        )
        own_first = engine.scalar("SELECT min(first_at) FROM campaign_account_lives")
        first = first or own_first
    return ObservedSet(
        traits=seen,
        first_act=first,
        n_accounts=len({(x.host or x.place, x.actor) for x in own} | {("posts", str(p["account_id"])) for p in posts}),
        n_posts=sum(int(p["items"]) for p in posts),
        n_log=len(own),
        selected_by=" and ".join(str(r["who"]) for r in by),
        known_from=max((u.replace(" ", "T") + "Z" for u in used if u and u != "None"), default=""),
        steps=tuple(StepRef(name=s.name, sql=s.bound()) for s in steps),
    )


def _refs(acts: Sequence[a.Act]) -> RowsRef:
    keys = tuple(sorted({(x.ref[1],) for x in acts}))
    return RowsRef(table="observations", keys=keys[:200], total=len(keys))


def _sites(engine: Engine, own: Sequence[a.Act], posts: Sequence[dict[str, object]]) -> Observed | None:
    hosts = {x.host for x in own if x.host}
    linked = (
        {str(r["host"]) for r in engine.rows("SELECT host FROM campaign_set_hosts ORDER BY host")} if posts else set()
    )
    both = hosts | linked | ({"reddit.com"} if any(p["platform"] == "reddit" for p in posts) else set())
    if not both:
        return None
    told = f"{len(hosts)} sites with acts in the log" + (f", {len(linked)} hosts linked in posts" if linked else "")
    source = "posts and log" if linked and hosts else "posts" if linked else "log"
    return Observed("sites", frozenset(both), told, source, len(both), _refs([x for x in own if x.host]))


def _site_order(own: Sequence[a.Act]) -> Observed | None:
    dated = [x for x in own if x.at and x.target]
    if len(dated) < 2:
        return None
    first = min(dated, key=lambda x: (x.at or datetime.max, x.ref))
    word = _FIRST_PLACE.get(first.host, "")
    possible = {word} if word else {"self-publishing", "own-site", "cloned-site", "hacked-site", "press"}
    return Observed(
        "site-order", frozenset(possible), f"first placed on {first.place}", "log", len(dated), _refs([first])
    )


def _account_use(posts: Sequence[dict[str, object]], lives: Sequence[a.Act], whole: bool) -> Observed | None:
    days: dict[tuple[str, str], set[str]] = defaultdict(set)
    for x in lives:
        days[x.host or x.place, x.actor].add(x.day)
    source, n, once = "log", len(days), sum(len(d) == 1 for d in days.values())
    if len(posts) >= max(5, n):
        source, n, once = "posts", len(posts), sum(int(str(p["days"])) == 1 for p in posts)
    if n < 3:
        return None
    low, high = wilson(once, n)
    if low > 0.5 and whole and source == "posts":
        possible = frozenset({"single-use"})
    elif high < 0.5:
        possible = USES - {"single-use", "none"}
    else:
        possible = USES - {"none"}
    rows = _refs(lives) if source == "log" else RowsRef(table="campaign_account_lives", total=n)
    return Observed("account-use", possible, f"{once} of {n} accounts were active on one day only", source, n, rows)


def _lead(
    own: Sequence[a.Act], lives: Sequence[a.Act], posts: Sequence[dict[str, object]], whole: bool
) -> Observed | None:
    dated = [x for x in own if x.at and x.target]
    if not dated:
        return None
    first = min(dated, key=lambda x: (x.at or datetime.max, x.ref))
    same = [x for x in lives if (x.host or x.place, x.actor) == (first.host or first.place, first.actor)]
    days = {x.day for x in same}
    times = sorted(x.at for x in same if x.at)
    span = times[-1] - times[0]
    items, told = len(same), False
    for p in posts:
        if str(p["account_id"]).casefold() == first.actor and first.host.startswith(str(p["platform"])):
            items, kept = max(items, int(str(p["items"]))), int(str(p["days"]))
            days, told = days if len(days) >= kept else {str(i) for i in range(kept)}, whole
    if len(days) == 1 and told:
        possible = frozenset({"single-use"})
    elif span.days >= _LASTING_DAYS:
        possible = USES - {"single-use", "none"}
    else:
        possible = USES - {"none"}
    says = f"the account that placed it first has {items} items on {len(days)} days, over {span.days} days"
    return Observed("lead-account", possible, says, "log", items, _refs(same))


def _names(own: Sequence[a.Act]) -> Observed | None:
    names: dict[tuple[str, str], bool] = {}
    for x in own:
        key = (x.host or x.place, x.actor)
        names[key] = names.get(key, False) or habits.name_form(x.shown, x.shown) == "person"
    if len(names) < 3:
        return None
    person = sum(names.values())
    if person * 2 < len(names):
        return None
    says = f"{person} of {len(names)} names read as a first and a last name"
    return Observed("names", frozenset({"person"}), says, "log", len(names), _refs(own))


def _translations(own: Sequence[a.Act]) -> Observed | None:
    by: dict[str, list[a.Act]] = defaultdict(list)
    for x in own:
        if x.target and x.lang:
            by[x.target].append(x)
    told = max(by.values(), key=lambda x: len(x), default=[])
    if len(told) < 3:
        return None
    langs = sorted({x.lang for x in told})
    yes = len(langs) > 1 or any(x.how == "translated" for x in told)
    says = f"{len(told)} placings in {', '.join(langs)}"
    return Observed("translations", frozenset({"yes" if yes else "no"}), says, "log", len(told), _refs(told))


def _retry(engine: Engine, own: Sequence[a.Act]) -> Observed | None:
    by: dict[str, list[a.Act]] = defaultdict(list)
    for x in own:
        if x.target and x.at:
            by[x.target].append(x)
    most: list[a.Act] = sorted(by.values(), key=len)[-1] if by else []
    told = sorted(most, key=lambda x: (x.at or datetime.max, x.ref))
    if len(told) < 2:
        return None
    taken = engine.scalar(
        "SELECT min(happened_at) FROM observations WHERE target = $target AND role IN ('media', "
        "'public-figure', 'authority') "
        "AND happened_at >= $first",
        target=told[0].target,
        first=told[0].at,
    )
    before = [x for x in told if taken is None or (x.at and x.at < taken)]
    places = {(x.host or x.place, x.community) for x in before}
    lasted = (before[-1].at - before[0].at).days if before and before[-1].at and before[0].at else 0
    if len(places) >= 3 and lasted >= 1:
        says = (
            f"placed {len(before)} times in {len(places)} places over {lasted} days before anyone of the "
            f"press or public life took it up"
        )
        return Observed("retry", frozenset({"yes"}), says, "log", len(before), _refs(before))
    return None


def _larger(log: Observed | None, posts: Observed | None) -> Observed | None:
    """The one with more units behind it; the log's where they are equal."""
    return max((x for x in (log, posts) if x), key=lambda x: x.n, default=None)


def _languages(engine: Engine, own: Sequence[a.Act]) -> list[Observed]:
    posts = habits.languages(engine)
    langs = sorted({x.lang for x in own if x.lang} | set(posts))
    n, rows = sum(posts.values()) + sum(bool(x.lang) for x in own), _refs([x for x in own if x.lang])
    told = Observed("languages", frozenset(langs), f"in {', '.join(langs)}", "posts and log", n, rows)
    count = habits.language_count(langs, n, rows)
    return [told, count] if count else []


def _shift(engine: Engine) -> Observed | None:
    minute = "extract('hour' FROM happened_at) * 60 + extract('minute' FROM happened_at)"
    row = engine.rows(
        f"SELECT min({minute}) AS earliest, max({minute}) AS latest, count(*) AS n "
        f"FROM {a.POSTS_OF_SET} WHERE happened_at IS NOT NULL"
    )[0]
    if not row["n"] or int(row["n"]) < 30:
        return None
    ends = (divmod(int(row[k]), 60) for k in ("earliest", "latest"))
    window = "-".join(f"{hour:02d}:{minutes:02d}" for hour, minutes in ends)
    return Observed(
        "shift",
        frozenset({window}),
        f"{row['n']} posts between {window} UTC",
        "posts",
        int(row["n"]),
        RowsRef(table=a.POSTS_OF_SET, total=int(row["n"])),
    )
