"""Texts: documents and articles with their passages, the ledger, and search over all of them."""

from __future__ import annotations

from markupsafe import Markup

from unfog.errors import UsageError
from unfog.report.shown import handle, join, show, table
from unfog.web import told
from unfog.web.passages import marked, spans_of
from unfog.web.view import Ask, View, link, paged


def documents(ask: Ask) -> View:
    """Documents whose spread is traced."""
    sql = (
        "SELECT d.doc_id, d.title, d.media_type, length(d.text) AS characters, "
        "(SELECT count(*) FROM appearances a WHERE a.doc_id = d.doc_id) AS appearances FROM documents d"
    )
    tab, data = paged(
        ask,
        sql,
        ["document", "title", "type", "characters", "appearances"],
        lambda r: [
            link(ask.url("documents", str(r["doc_id"])), r["doc_id"]),
            show(r["title"] or ""),
            show(r["media_type"] or ""),
            f"{r['characters'] or 0:,}",
            f"{r['appearances']:,}",
        ],
        caption="Documents",
        order="doc_id",
        numeric=(3, 4),
    )
    named = "SELECT doc_id, count(*) AS n FROM appearances GROUP BY doc_id"
    other, more = paged(
        ask,
        named,
        ["traced", "appearances"],
        lambda r: [link(ask.url("documents", str(r["doc_id"])), r["doc_id"]), f"{r['n']:,}"],
        caption="Everything that was traced",
        order="doc_id",
        numeric=(1,),
    )
    return View("Documents", tab + other, {"documents": data, "traced": more}, "documents")


def document(ask: Ask) -> View:
    """One document with all passages that appeared elsewhere marked, and the list of appearances."""
    name = ask.path["doc"]
    found = ask.desk.rows("SELECT doc_id, title, text FROM documents WHERE doc_id = $d", d=name)
    passages = ask.desk.rows(
        "SELECT doc_span FROM appearances WHERE doc_id = $d AND doc_span IS NOT NULL LIMIT 5000", d=name
    )
    if not found and not ask.desk.count("SELECT count(*) FROM appearances WHERE doc_id = $d", d=name):
        raise UsageError(f"there is no document {name!r}")
    body = Markup("")
    if found:
        spans = [s for r in passages for s in spans_of(r["doc_span"])]
        body = Markup(
            '<div class="text" tabindex="0" role="region" aria-label="Text with marked passages">{}</div>'
        ).format(marked(str(found[0]["text"] or ""), spans))
    tab, data = paged(
        ask,
        "SELECT appearance_id, happened_at, precision AS happened_precision, platform, community, account_id, how, "
        "similarity FROM appearances WHERE doc_id = $d",
        ["when", "where", "who", "how", "agreement"],
        lambda r: [
            link(ask.url("appearance", str(r["appearance_id"])), told.when(r) or "undated"),
            show(r["community"] or r["platform"]),
            handle(r["account_id"] or ""),
            show(r["how"]),
            told.num(r["similarity"]),
        ],
        caption="Appearances",
        order="happened_at, appearance_id",
        numeric=(4,),
        d=name,
    )
    title = str(found[0]["title"] or name) if found else name
    return View(title, tab + body, {"doc_id": name, "appearances": data}, "documents")


_PANE = Markup('<section><h2>{}</h2><div class="text" tabindex="0" role="region" aria-label="{}">{}</div></section>')


def appearance(ask: Ask) -> View:
    """One appearance: the passage in the document beside the passage in the post."""
    found = ask.desk.rows("SELECT * FROM appearances WHERE appearance_id = $a", a=ask.path["appearance"])
    if not found:
        raise UsageError(f"there is no appearance {ask.path['appearance']!r}")
    a = found[0]
    doc = ask.desk.rows("SELECT title, text FROM documents WHERE doc_id = $d", d=a["doc_id"])
    post = ask.desk.rows(
        "SELECT title, text FROM posts WHERE platform = $p AND post_id = $i", p=a["platform"], i=a["post_id"]
    )
    seen = post or ask.desk.rows(
        "SELECT NULL AS title, summary AS text FROM observations WHERE observation_id = $i", i=a["post_id"]
    )
    panes = []
    for title, rows, spans in (("In the document", doc, a["doc_span"]), ("Where it appeared", seen, a["post_span"])):
        text = (
            "\n".join(str(x) for x in (rows[0]["title"], rows[0]["text"]) if x)
            if rows and title != "In the document"
            else ""
        )
        text = str(rows[0]["text"] or "") if rows and title == "In the document" else text
        inner = marked(text, spans_of(spans)) if text else Markup("No text is at hand.")
        panes.append(_PANE.format(title, title, inner))
    facts = table(
        ["", ""],
        [
            [k, show(a[k] if a[k] is not None else "–")]
            for k in ("platform", "community", "account_id", "happened_at", "how")
        ],
        caption="Appearance",
    )
    return View(
        f"Appearance of {a['doc_id']}",
        facts + Markup('<div class="two">{}</div>').format(join(panes)),
        {"appearance": a},
        "documents",
    )


def statements(ask: Ask) -> View:
    """The ledger and what was found in it."""
    found = told.of_rooms(ask, ["statements"])
    sql = "SELECT statement_id, said_on, speaker, on_behalf_of, content, stance, certainty, article_id, url FROM ledger"
    tab, data = paged(
        ask,
        sql,
        ["said on", "speaker", "content", "stance", "article"],
        lambda r: [
            show(r["said_on"] or "undated"),
            show(r["speaker"]),
            show(r["content"], 500),
            show(r["stance"] or ""),
            link(ask.url("articles", str(r["article_id"])), "read") if r["article_id"] else show("–"),
        ],
        caption="Ledger",
        order="said_on, statement_id",
    )
    body = tab + told.findings(ask, [f for f in found if f.kind != "ledger"]) + told.gaps(ask, ["statements"])
    return View("Who said what", body, {"findings": told.data(found), "ledger": data}, "statements")


def article(ask: Ask) -> View:
    """One article with its statements marked."""
    name = ask.path["article"]
    found = ask.desk.rows("SELECT * FROM articles WHERE article_id = $a", a=name)
    if not found:
        raise UsageError(f"there is no article {name!r}")
    passages = ask.desk.rows(
        "SELECT statement_id, speaker, content, span FROM ledger WHERE article_id = $a ORDER BY statement_id", a=name
    )
    spans = [s for r in passages for s in spans_of(r["span"])]
    body = Markup('<div class="text" tabindex="0" role="region" aria-label="Article">{}</div>').format(
        marked(str(found[0]["text"]), spans)
    )
    tab = table(
        ["statement", "speaker", "content"],
        [[show(r["statement_id"]), show(r["speaker"]), show(r["content"])] for r in passages],
        caption="Statements found in it",
    )
    facts = Markup('<p class="note">{} · {}</p>').format(
        show(found[0]["publisher"] or ""), show(found[0]["published"] or "")
    )
    return View(
        str(found[0]["title"] or name), facts + body + tab, {"article_id": name, "statements": passages}, "statements"
    )


def search(ask: Ask) -> View:
    """Posts and documents that hold some words."""
    q = ask.query.get("q", "").strip()[:200]
    if not q:
        return View("Search", Markup("<p>Write what to look for in the field above.</p>"), {"query": "", "total": 0})
    sql = (
        "SELECT what, id, platform, happened_at, happened_precision, who, concat_ws(' — ', title, text) AS words "
        "FROM shelf WHERE contains(folded, lower($q))"
    )
    to = {"document": "documents", "article": "articles"}
    tab, data = paged(
        ask,
        sql,
        ["what", "when", "who", "words"],
        lambda r: [
            link(ask.url(to[r["what"]], str(r["id"])), r["what"]) if r["what"] in to else show(r["what"]),
            show(told.when(r)),
            handle(r["who"] or ""),
            show(_around(str(r["words"] or ""), q)),
        ],
        caption=f"Found for “{q}”",
        order="what, happened_at, id",
        q=q,
    )
    return View(f"Search: {q}", tab or Markup("<p>Nothing was found.</p>"), {"query": q, **data})


def _around(text: str, q: str) -> str:
    at = text.casefold().find(q.casefold())
    begin = max(0, at - 120)
    return ("…" if begin else "") + text[begin : begin + 320] + ("…" if begin + 320 < len(text) else "")
