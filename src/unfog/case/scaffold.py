"""``unfog new``: a case folder that runs as it is, with every section explained."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

from unfog.errors import UsageError

_CASE = """\
# What is asked. Every key is explained in the JSON Schema that ships with unfog (schemas/case.schema.json).
schema = 1

[case]
name = "{name}"
title = "Who spread this, and how sure can we be?"
period = {{ from = {year}-01-01, to = {year}-12-31 }}
as_of = [{year}-12-31]
seed = 7

[engine]
kind = "duckdb"
memory = "4GB"

# Posts: exports of platforms. `unfog ingest FILE --out DIR` tells what a file is; unknown columns get a proposed map.
# [[posts]]
# path = "posts.csv"
# optional = true
# population = "what these posts are a sample of"

# What investigators saw, one JSON object a line.
[[observations]]
path = "observations.jsonl"

# Argued evidence: items in one file, likelihood ratios of each rater in a file of their own.
[[evidence]]
path = "evidence.toml"
ratings = ["ratings/*.toml"]

# Questions with exhaustive answers. Prior ranges need a reference class and a reason.
[[variables]]
id = "operator"
question = "Who spread it?"
values = ["one-group", "organic", "other"]
prior = {{ one-group = [0.05, 0.3], organic = [0.5, 0.9], other = [0.02, 0.2] }}
reference = "texts of this kind that were looked into before: replace by a count of your own"
reason = "why this range and not another"

[[propositions]]
id = "P1"
says = "One group spread it"
when = {{ operator = ["one-group"] }}

# What is traced through posts and log. Entries of the log with this target are its appearances.
[[spread.targets]]
id = "the-text"
title = "the text"

[report]
standard = "phia"
redact = ["account.handle"]
"""

_OBSERVATIONS = (
    '{"id": "O1", "when": "%d-03-01T09:00:00Z", "precision": "second", "platform": "example forum", '
    '"actor": "account A", "kind": "post", "language": "en", "summary": "Replace this line by what you saw.", '
    '"target": "the-text", "layer": "document", "how": "verbatim", "role": "unknown", "links_to": [], '
    '"sources": [{"publisher": "own observation", "url": "", "date": "%d-03-01"}], "confidence": "high"}\n'
)

_EVIDENCE = """\
[[evidence]]
id = "E1"
statement = "Replace by what was observed, in one sentence."
kind = "behavioural"          # technical, behavioural or contextual
variable = "operator"
reference = "organic"         # the likelihood ratios stand against this value
origin = "who first produced this information"
grade = "B2"                  # Admiralty: source A-F, item 1-6; F and 6 mean missing
public_from = "{year}-03-01"
sources = [["publisher", "https://example.org", "{year}-03-01"]]
caveats = ["what weakens it"]
"""

_RATING = """\
rater = "{who}"
on = "{today}"

[[rating]]
id = "E1"
reason = "How often would this be seen under each answer?"
lr = {{ one-group = {lr}, other = 1.0 }}
"""


def new_case(folder: Path) -> Path:
    """Make a case folder that runs as it is.

    Returns:
        Path of the new ``case.toml``.

    Raises:
        UsageError: if the folder is there and not empty.
    """
    if folder.exists() and any(folder.iterdir()):
        raise UsageError(f"{folder} is not empty; give the name of a new folder")
    now = datetime.now(UTC)
    name = re.sub(r"[^a-z0-9-]+", "-", folder.resolve().name.lower()).strip("-") or "case"
    (folder / "ratings").mkdir(parents=True, exist_ok=True)
    files = {
        "case.toml": _CASE.format(name=name, year=now.year),
        "observations.jsonl": _OBSERVATIONS % (now.year, now.year),
        "evidence.toml": _EVIDENCE.format(year=now.year),
        "ratings/first.toml": _RATING.format(who="first rater", today=f"{now:%Y-%m-%d}", lr=2.0),
        "ratings/second.toml": _RATING.format(who="second rater", today=f"{now:%Y-%m-%d}", lr=1.5),
    }
    for file, text in files.items():
        (folder / file).write_text(text, encoding="utf-8")
    return folder / "case.toml"
