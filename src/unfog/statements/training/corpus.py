"""PolNeAR (Newell, Margolin and Ruths 2018, v1.0.0) as token labels. The corpus states no licence: its text stays out.

Split by month: articles published from ``TEST_FROM`` on are the test months and are seen by no training run; the
official test compartment is not among these data at all.
"""

from __future__ import annotations

import bisect
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow.parquet as pq

from unfog.errors import SourceMissing
from unfog.statements.prepared import Prepared
from unfog.statements.quotes import Quotation, quote
from unfog.statements.tokens import Tokens, paragraphs, sentences, tokenize

TEST_FROM = "2016-09"
"""First month of the test part of our own split (104 articles of 2016-09 and 2016-10)."""
TUNE_FROM = "2016-07"
"""First month of the part of training on which settings were chosen."""

ROLES = ("source", "cue", "content")


@dataclass(slots=True)
class Attribution:
    """One annotated attribution: character spans per role."""

    source: list[tuple[int, int]] = field(default_factory=list)
    cue: list[tuple[int, int]] = field(default_factory=list)
    content: list[tuple[int, int]] = field(default_factory=list)


@dataclass(slots=True)
class GoldArticle:
    """An article with its annotation.

    Attributes:
        name: File name in the corpus.
        month: Month of publication, ``YYYY-MM``.
        tokens, states, quotations, sents: The text as the taggers see it.
        labels: Role and number of the attribution per token, ("O", -1) outside.
        attributions: The annotated attributions as character spans.
    """

    name: str
    month: str
    tokens: Tokens
    states: list[int]
    quotations: list[Quotation]
    sents: list[tuple[int, int]]
    labels: list[tuple[str, int]]
    attributions: list[Attribution]

    def bio(self) -> list[str]:
        """Labels as B-/I-/O strings; two attributions that touch are kept apart."""
        out: list[str] = []
        previous: tuple[str, int] | None = None
        for label in self.labels:
            if label[0] == "O":
                out.append("O")
                previous = None
            else:
                out.append(("I-" if label == previous else "B-") + label[0])
                previous = label
        return out

    def prepared(self) -> Prepared:
        """The text as the taggers see it."""
        return Prepared(self.tokens, self.states, self.quotations, paragraphs(self.tokens), self.sents)


def read(data: Path, *, since: str = "", before: str = "9999") -> list[GoldArticle]:
    """Articles published in months [since, before), first annotator of each, sorted by name.

    Raises:
        SourceMissing: if the two Parquet files are not below ``data``.
    """
    folder = find(data)
    gold: dict[str, dict[str, dict[str, Attribution]]] = defaultdict(
        lambda: defaultdict(lambda: defaultdict(Attribution))
    )
    for row in pq.read_table(folder / "polnear_spans.parquet").to_pylist():
        spans = getattr(gold[row["filename"]][row["annotator"]][row["attribution_id"]], row["role"].lower())
        spans.extend(tuple(map(int, piece.split())) for piece in row["offsets"].split(";"))
    out = []
    for row in sorted(pq.read_table(folder / "polnear_articles.parquet").to_pylist(), key=lambda r: r["filename"]):
        month = str(row["publication_date"])[:7]
        if not since <= month < before or row["filename"] not in gold:
            continue
        by_annotator = gold[row["filename"]]
        chosen = by_annotator[min(by_annotator)]
        out.append(prepare(row["filename"], month, row["text"], [chosen[k] for k in sorted(chosen, key=_number)]))
    return out


def find(data: Path) -> Path:
    """The folder that holds PolNeAR: ``data`` itself or a folder in it."""
    for folder in (data, *sorted(p for p in data.glob("*") if p.is_dir())):
        if (folder / "polnear_articles.parquet").is_file() and (folder / "polnear_spans.parquet").is_file():
            return folder
    raise SourceMissing(
        f"looked for polnear_articles.parquet and polnear_spans.parquet in {data} and its folders, found neither; "
        "give the folder that holds them with --data"
    )


def prepare(name: str, month: str, text: str, attributions: list[Attribution]) -> GoldArticle:
    """Tokenise a text and carry the character annotation over to tokens."""
    tokens = tokenize(text)
    states, quotations = quote(tokens, paragraphs(tokens))
    labels: list[tuple[str, int]] = [("O", -1)] * len(tokens)
    for number, attribution in enumerate(attributions):
        for role in ROLES:
            for start, end in getattr(attribution, role):
                i = max(0, bisect.bisect_right(tokens.starts, start) - 1)
                while i < len(tokens) and tokens.spans[i][0] < end:
                    if tokens.spans[i][1] > start and tokens.words[i][0] != "\n" and labels[i][0] == "O":
                        labels[i] = (role, number)
                    i += 1
    return GoldArticle(name, month, tokens, states, quotations, sentences(tokens, states), labels, attributions)


def _number(identifier: str) -> tuple[int, str]:
    digits = "".join(c for c in identifier if c.isdigit())
    return (int(digits) if digits else 0, identifier)
