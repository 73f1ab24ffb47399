"""An investigator's observation log: JSONL, CSV or XLSX, one observation a row."""

from __future__ import annotations

from unfog.ingest.logs import Log
from unfog.ingest.reader import Projection, Reader, Time, listed, take
from unfog.ingest.sample import Sample

MAP = Projection(
    "observations",
    {
        "observation_id": take("id"),
        "happened_at": Time(
            ("when",), note="2019, 2019-10, 2019-10-21 or a time with zone; happened_end is the end of that period"
        ),
        "happened_precision": take("precision", note="may make `when` coarser, never finer"),
        "platform": take("platform"),
        "actor": take("actor"),
        "kind": take("kind"),
        "lang": take("language", "lang"),
        "summary": take("summary"),
        "url": take("url"),
        "community": take("subreddit", "community"),
        "native_id": take("native_id"),
        "links_to": listed("links_to"),
        "target": take("target"),
        "layer": take("layer"),
        "how": take("how"),
        "role": take("role"),
        "engagement": take("engagement", note="kept as a JSON object"),
        "sources": take("sources", note="kept as a JSON list"),
        "confidence": take("confidence"),
        "conflict": take("conflict"),
        "metric": take("metric"),
        "value": take("value"),
        "unit": take("unit"),
        "definition": take("definition"),
        "period": take("period"),
        "public_from": Time(("public_from",), note="default: the end of the period of `when`"),
        "obtained_at": Time(("obtained_at",)),
    },
)
LOG = Log(
    MAP,
    time="happened_at",
    precision="happened_precision",
    end="happened_end",
    needs={"observation_id": "no id", "summary": "no summary", "happened_at": "no date in `when`"},
    lists=("links_to",),
    documents=("engagement", "sources"),
    numbers=("value",),
)


def _looks(sample: Sample) -> float:
    return 1.0 if sample.has("id", "when", "summary") and (sample.is_json or sample.is_table) else 0.0


READERS = (
    Reader(
        name="observation-log",
        title="Observation log (JSONL, CSV or XLSX)",
        version="1",
        looks=_looks,
        rows=LOG.rows,
        projections=(MAP,),
        cannot_tell=("what was not written down",),
        source="docs/reference/formats.md",
    ),
)
