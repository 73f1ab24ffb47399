"""Search a case for words: posts, articles, documents and log entries, best first, with where the words stand.

Words are folded as everywhere (case, accents, width), all must occur, and words in quotation marks must stand together.
Ranked by BM25 (Robertson & Zaragoza 2009, doi:10.1561/1500000019) within what was found.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

from unfog.engine import Engine
from unfog.errors import UsageError
from unfog.spread.events import iso
from unfog.text.normalise import words
from unfog.text.tokens import tokenise

PLACES = {
    "posts": "SELECT platform || ':' || post_id AS id, happened_at AS at, coalesce(community, platform) AS place, "
    "concat_ws(chr(10), title, text) AS body FROM posts",
    "articles": "SELECT article_id AS id, published AS at, coalesce(publisher, url) AS place, "
    "concat_ws(chr(10), title, text) AS body FROM articles",
    "documents": "SELECT doc_id AS id, public_from AS at, title AS place, text AS body FROM documents",
    "observations": "SELECT observation_id AS id, happened_at AS at, platform AS place, summary AS body "
    "FROM observations",
}
AROUND = 80
MAY_HOLD = (
    "contains(regexp_replace(lower(body), '[''`]|-[\\n\\r]\\s*', '', 'g'), $word) "
    "OR regexp_matches(body, '[^\\x00-\\x7F]')"
)
"""Bodies that may hold a word in ASCII: by its letters, or because letters beyond ASCII may fold to it."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One text that holds the words."""

    table: str
    id: str
    at: str
    place: str
    excerpt: str
    span: tuple[int, int]
    score: float

    def shown(self) -> dict[str, Any]:
        """As a JSON object."""
        return {
            "table": self.table, "id": self.id, "at": self.at, "place": self.place, "excerpt": self.excerpt,
            "span": list(self.span), "score": round(self.score, 4),
        }  # fmt: skip


def parse(query: str) -> list[list[str]]:
    """Phrases of a query: each word by itself, and words in quotation marks together.

    >>> parse('leak "trade papers"')
    [['trade', 'papers'], ['leak']]
    """
    phrases = [words(p) for p in re.findall(r'["“„](.+?)["”“]', query)]
    rest = re.sub(r'["“„](.+?)["”“]', " ", query)
    found = [p for p in phrases if p] + [[w] for w in words(rest)]
    if not found:
        raise UsageError(f"the query {query!r} holds no word to search for")
    return found


def search(engine: Engine, query: str, *, limit: int = 20) -> tuple[list[Hit], int]:
    """Best hits and the number of all hits.

    Args:
        engine: Holds the tables of a case.
        query: Words, and phrases in quotation marks; all must occur.
        limit: Most hits that are given.
    """
    phrases = parse(query)
    wanted = [tokenise(" ".join(p)).hashes.tolist() for p in phrases]
    telling = max((w for p in phrases for w in p), key=len)
    found: list[tuple[str, dict[str, Any], list[int], int, tuple[int, int]]] = []
    for table, sql in PLACES.items():
        where = f"WHERE {MAY_HOLD}" if telling.isascii() else ""
        rows = engine.rows(f"SELECT * FROM ({sql}) {where} ORDER BY id", **({"word": telling} if where else {}))
        for row in rows:
            tokens = tokenise(row["body"] or "")
            listed = tokens.hashes.tolist()
            counts, first = [], None
            for phrase in wanted:
                n = len(phrase)
                at = [i for i in range(len(listed) - n + 1) if listed[i] == phrase[0] and listed[i : i + n] == phrase]
                counts.append(len(at))
                if at and first is None:
                    first = (int(tokens.starts[at[0]]), int(tokens.ends[at[0] + n - 1]))
            if first is not None and all(counts):
                found.append((table, row, counts, max(1, len(listed)), first))
    usual = sum(f[3] for f in found) / max(1, len(found))
    hits = [
        Hit(
            table, str(row["id"]), iso(row["at"]), str(row["place"] or ""), _excerpt(row["body"], span), span,
            sum(_bm25(c, size, usual) * (1 + math.log(len(p))) for c, p in zip(counts, phrases, strict=True)),
        )
        for table, row, counts, size, span in found
    ]  # fmt: skip
    hits.sort(key=lambda h: (-h.score, h.at, h.table, h.id))
    return hits[:limit], len(hits)


def _bm25(count: int, size: int, usual: float) -> float:
    return count * 2.2 / (count + 1.2 * (0.25 + 0.75 * size / max(1.0, usual)))


def _excerpt(body: str, span: tuple[int, int]) -> str:
    begin, end = max(0, span[0] - AROUND), min(len(body), span[1] + AROUND)
    text = " ".join(body[begin:end].split())
    return ("… " if begin else "") + text + (" …" if end < len(body) else "")
