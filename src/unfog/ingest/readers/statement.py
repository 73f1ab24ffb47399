"""A statement log: JSONL, CSV or XLSX, one recorded statement a row, in the speaker's own words.

A statement is public from the end of the period in which it was said, unless the log tells otherwise.
"""

from __future__ import annotations

from unfog.ingest.logs import Log
from unfog.ingest.reader import Projection, Reader, Time, listed, take
from unfog.ingest.sample import Sample

MAP = Projection(
    "statements",
    {
        "statement_id": take("id"),
        "said_on": Time(("date", "said_on"), note="2019, 2019-10, 2019-10-21 or a time with zone"),
        "said_on_precision": take("precision", note="may make `date` coarser, never finer"),
        "speaker": take("speaker"),
        "role": take("role"),
        "on_behalf_of": take("on_behalf_of"),
        "side": take("side"),
        "quote": take("quote"),
        "lang": take("language", "lang"),
        "certainty_words": listed("certainty_words"),
        "stance": take("stance"),
        "propositions": listed("propositions"),
        "scope": take("scope"),
        "context": take("context"),
        "publisher": take("publisher"),
        "url": take("url"),
        "note": take("note"),
        "public_from": Time(("public_from",), note="default: the end of the period of `date`"),
        "obtained_at": Time(("obtained_at",)),
    },
)
LOG = Log(
    MAP,
    time="said_on",
    precision="said_on_precision",
    needs={"statement_id": "no id", "speaker": "no speaker", "quote": "no quote", "said_on": "no date"},
    lists=("certainty_words", "propositions"),
)


def _looks(sample: Sample) -> float:
    return 1.0 if sample.has("id", "speaker", "quote") and (sample.is_json or sample.is_table) else 0.0


READERS = (
    Reader(
        name="statement-log",
        title="Statement log (JSONL, CSV or XLSX)",
        version="1",
        looks=_looks,
        rows=LOG.rows,
        projections=(MAP,),
        cannot_tell=("what was said but not recorded", "the words around the quotation"),
        source="docs/reference/formats.md",
    ),
)
