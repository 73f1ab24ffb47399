"""Groups: who acts together, the network, and the posts behind each edge."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from unfog.errors import UsageError
from unfog.report.shown import handle, join, show, table
from unfog.web import told
from unfog.web.network import SHOWN, draw
from unfog.web.view import Ask, View, link, paged


def groups(ask: Ask) -> View:
    """All groups."""
    found = told.of_rooms(ask, ["coordination"])
    sql = (
        "SELECT g.group_id, count(*) AS size, any_value(s.p_group) AS p_group, any_value(s.log10_lr) AS log10_lr, "
        "any_value(s.explanation) AS explanation FROM groups g LEFT JOIN group_stats s ON g.group_id = s.group_id "
        "GROUP BY g.group_id"
    )
    tab, data = paged(
        ask,
        sql,
        ["group", "accounts", "p", "log10 LR", "ordinary explanations"],
        lambda r: [
            link(ask.url("groups", str(r["group_id"])), r["group_id"]),
            f"{r['size']:,}",
            told.num(r["p_group"]),
            told.num(r["log10_lr"]),
            show(r["explanation"] or ""),
        ],
        caption="Groups",
        order="size DESC, group_id",
        numeric=(1, 2, 3),
    )
    body = tab + told.findings(ask, found) + told.gaps(ask, ["coordination"])
    return View("Which accounts act together", body, {"findings": told.data(found), "groups": data}, "groups")


def group(ask: Ask) -> View:
    """One group: its network, its accounts and its edges, with a filter by signal."""
    name, signal = ask.path["group"], ask.query.get("signal", "")
    members = ask.desk.rows(
        "SELECT platform, account_id, role, strength FROM groups WHERE group_id = $g "
        "ORDER BY strength DESC NULLS LAST, account_id",
        g=name,
    )
    if not members:
        raise UsageError(f"there is no group {name!r}")
    inner = (
        "SELECT p.* FROM pairs p JOIN groups a ON p.account_a = a.platform || ':' || a.account_id AND a.group_id = $g "
        "JOIN groups b ON p.account_b = b.platform || ':' || b.account_id AND b.group_id = $g"
    )
    signals = [
        str(r["signal"]) for r in ask.desk.rows(f"SELECT DISTINCT signal FROM ({inner}) AS t ORDER BY signal", g=name)
    ]
    if signal:
        inner += " WHERE p.signal = $s"
    params = {"g": name, **({"s": signal} if signal else {})}
    top = [f"{m['platform']}:{m['account_id']}" for m in members[:SHOWN]]
    drawn_edges = ask.desk.rows(
        f"SELECT * FROM ({inner}) AS t WHERE account_a IN (SELECT unnest($top)) AND account_b IN (SELECT unnest($top)) "
        "ORDER BY shared_objects DESC, account_a, account_b LIMIT 1000",
        **params,
        top=top,
    )
    alt = f"Network of {len(top)} of {len(members):,} accounts of group {name}; the table beneath has every edge."
    options = join(
        Markup("<option{}>{}</option>").format(Markup(" selected") if s == signal else "", show(s))
        for s in ["", *signals]
    )
    form = Markup(
        '<form class="filter" method="get"><p><label for="signal">Signal</label>'
        '<select id="signal" name="signal">{}</select></p>'
        "<button>Show</button></form>"
    ).format(options)
    edges, data = paged(
        ask,
        inner,
        ["pair", "signal", "shared", "co-actions", "q", "log10 LR"],
        lambda r: [
            link(ask.url("pair", str(r["account_a"]), str(r["account_b"])), f"{r['account_a']} – {r['account_b']}"),
            show(r["signal"]),
            f"{r['shared_objects'] or 0:,}",
            f"{r['co_actions'] or 0:,}",
            told.num(r["q_value"]),
            told.num(r["log10_lr"]),
        ],
        caption="Edges",
        order="shared_objects DESC, account_a, account_b, signal",
        numeric=(2, 3, 4, 5),
        **params,
    )
    people, who = paged(
        ask,
        "SELECT platform, account_id, role, strength FROM groups WHERE group_id = $g",
        ["account", "platform", "role", "strength"],
        lambda r: [handle(r["account_id"]), show(r["platform"]), show(r["role"] or ""), told.num(r["strength"])],
        caption="Accounts",
        order="strength DESC NULLS LAST, account_id",
        numeric=(3,),
        g=name,
    )
    note = Markup('<p class="note">Drawn: the {} accounts with the strongest ties of {}.</p>').format(
        len(top), f"{len(members):,}"
    )
    body = form + draw(top, drawn_edges, alt=alt) + (note if len(members) > len(top) else Markup("")) + edges + people
    return View(f"Group {name}", body, {"group": name, "edges": data, "accounts": who, "signals": signals}, "groups")


_POSTS = (
    "SELECT platform, id AS post_id, who AS account_id, happened_at, happened_precision, community, title, text, urls "
    "FROM shelf WHERE what = 'post' AND platform = $who_platform AND who = $who_account"
)


def pair(ask: Ask) -> View:
    """The posts behind an edge: what both accounts acted on, side by side in time."""
    a, b = ask.path["a"], ask.path["b"]
    edges = ask.desk.rows(
        "SELECT * FROM pairs WHERE account_a = $a AND account_b = $b ORDER BY signal, window_s", a=a, b=b
    )
    tab = table(
        ["signal", "window, s", "shared", "co-actions", "first", "last"],
        [
            [
                show(e["signal"]),
                told.num(e["window_s"]),
                e["shared_objects"],
                e["co_actions"],
                show(e["first_at"] or ""),
                show(e["last_at"] or ""),
            ]
            for e in edges
        ],
        caption="What they share",
        numeric=(1, 2, 3),
    )
    both = (
        f"WITH x AS ({_POSTS.replace('$who', '$a')}), y AS ({_POSTS.replace('$who', '$b')}), "
        "ux AS (SELECT DISTINCT unnest(urls) AS u FROM x), uy AS (SELECT DISTINCT unnest(urls) AS u FROM y), "
        "shared AS (SELECT coalesce(list(u), []) AS us FROM ux WHERE u IN (SELECT u FROM uy)) "
        "SELECT p.platform, p.post_id, p.account_id, p.happened_at, p.happened_precision, p.community, p.title, "
        "p.text, coalesce(list_has_any(p.urls, shared.us), false) AS shares "
        "FROM (SELECT * FROM x UNION ALL SELECT * FROM y) AS p, shared"
    )
    found, data = paged(
        ask,
        both,
        ["when", "account", "where", "text", "shares a link"],
        lambda r: [
            show(told.when(r)),
            handle(r["account_id"]),
            show(r["community"] or r["platform"]),
            show(_words(r), 500),
            "yes" if r["shares"] else "",
        ],
        caption="Posts of both accounts, those with a shared link first",
        order="shares DESC NULLS LAST, happened_at, post_id",
        a_platform=a.partition(":")[0],
        a_account=a.partition(":")[2],
        b_platform=b.partition(":")[0],
        b_account=b.partition(":")[2],
    )
    return View(f"{a} and {b}", tab + found, {"a": a, "b": b, "edges": edges, "posts": data}, "groups")


def _words(r: dict[str, Any]) -> str:
    return " — ".join(str(x) for x in (r.get("title"), r.get("text")) if x) or "(no text was captured)"
