"""Reddit's own JSON: listings, and comment pages with their nested replies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from unfog.ingest.reader import Projection, Reader
from unfog.ingest.readers.pushshift import AUTHORS, COMMENTS, ENGAGEMENT, SUBMISSIONS
from unfog.ingest.sample import Sample

_MORE = "{kind} = 'more'"


def unfold(thing: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Every post and comment below a Listing or thing, parents first."""
    waiting: list[Any] = [thing]
    while waiting:
        top = waiting.pop(0)
        if not isinstance(top, Mapping):
            continue
        kind, data = top.get("kind"), top.get("data")
        if not isinstance(data, Mapping):
            yield top
        elif kind == "Listing":
            waiting[0:0] = [c for c in data.get("children") or [] if c is not None]
        elif kind in ("t1", "t3"):
            replies = data.get("replies")
            yield {**{k: v for k, v in data.items() if k != "replies"}, "kind": kind}
            if isinstance(replies, Mapping):
                waiting.insert(0, replies)
        else:
            yield {"kind": kind, "id": data.get("id"), "count": data.get("count")}


def _looks(sample: Sample) -> float:
    first = sample.records[0] if sample.records else {}
    if sample.is_json and sample.has("kind", "data"):
        return 0.95 if first.get("kind") in ("Listing", "t1", "t3") or first.get("kind") is None else 0.0
    return 0.0


def _only(p: Projection, kind: str, primary: bool) -> Projection:
    return Projection(p.table, p.columns, (), f"{{kind}} {kind}", primary)


READERS = (
    Reader(
        name="reddit-json",
        title="Reddit's own JSON (listings and comment pages)",
        version="1",
        looks=_looks,
        unfold=unfold,
        platform="reddit",
        projections=(
            _only(SUBMISSIONS, "= 't3'", True),
            _only(COMMENTS, "= 't1'", True),
            _only(ENGAGEMENT, "IN ('t1', 't3')", False),
            _only(AUTHORS, "IN ('t1', 't3')", False),
        ),
        cannot_tell=("comments behind 'load more' (counted as rejects)", "when the page was saved", "who voted"),
        source="reddit.com/dev/api",
    ),
)
