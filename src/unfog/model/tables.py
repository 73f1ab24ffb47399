"""The tables, once: columns, types, grain and key. Readers write them, rooms read them, ``schemas/`` is made from them.

Types are DuckDB's. All times are UTC in microseconds (``TIMESTAMP``); keys are platform-scoped.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, DuckDB type, what it means, and whether it may be null."""

    name: str
    type: str
    doc: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the system.

    Attributes:
        name: Plural noun.
        grain: What one row is.
        key: Columns that identify a row; also the sort order in which it is written.
        columns: All columns, in order.
    """

    name: str
    grain: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Column names in order."""
        return tuple(c.name for c in self.columns)

    def column(self, name: str) -> Column:
        """The column of that name; KeyError if there is none."""
        for c in self.columns:
            if c.name == name:
                return c
        raise KeyError(name)

    def arrow_schema(self) -> pa.Schema:
        """The same columns as an Arrow schema."""
        return pa.schema([pa.field(c.name, _ARROW[c.type], nullable=not c.required) for c in self.columns])

    def ddl(self) -> str:
        """``CREATE TABLE`` body for DuckDB: ``name TYPE, name TYPE, ...``."""
        return ", ".join(f'"{c.name}" {c.type}' for c in self.columns)

    def json_schema(self) -> dict[str, Any]:
        """JSON Schema of one row as it is exported to JSONL."""
        props = {c.name: {**_JSON[c.type], "description": c.doc} for c in self.columns}
        for c in self.columns:
            if not c.required:
                kind = props[c.name].pop("type")
                props[c.name] = {"type": [kind, "null"], **props[c.name]}
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": self.name,
            "description": self.grain,
            "type": "object",
            "properties": props,
            "required": [c.name for c in self.columns if c.required],
            "additionalProperties": False,
            "x-key": list(self.key),
        }


_ARROW: Mapping[str, pa.DataType] = {
    "VARCHAR": pa.string(),
    "VARCHAR[]": pa.list_(pa.string()),
    "BIGINT": pa.int64(),
    "INTEGER": pa.int32(),
    "DOUBLE": pa.float64(),
    "BOOLEAN": pa.bool_(),
    "TIMESTAMP": pa.timestamp("us"),
}
_JSON: Mapping[str, dict[str, Any]] = {
    "VARCHAR": {"type": "string"},
    "VARCHAR[]": {"type": "array", "items": {"type": "string"}},
    "BIGINT": {"type": "integer"},
    "INTEGER": {"type": "integer"},
    "DOUBLE": {"type": "number"},
    "BOOLEAN": {"type": "boolean"},
    "TIMESTAMP": {"type": "string", "format": "date-time"},
}


def _c(name: str, type_: str, doc: str, *, required: bool = False) -> Column:
    return Column(name, type_, doc, required)


def _text(name: str, doc: str, *, required: bool = False) -> Column:
    return Column(name, "VARCHAR", doc, required)


def _time(name: str, doc: str) -> Column:
    return Column(name, "TIMESTAMP", doc)


_PLATFORM = _text("platform", "Platform in lower case: reddit, twitter, telegram, facebook, web ...", required=True)
_ACCOUNT = _text("account_id", "The platform's own id of the account, or its handle where none is known", required=True)
_PUBLIC = _time("public_from", "When anyone could know this; what 'as of' filters on")
_OBTAINED = _time("obtained_at", "When this case got it")
_SOURCE = _text("source_id", "The source this row came from (see sources)", required=True)

POSTS = Table(
    "posts",
    "one row per post, comment or repost on a platform",
    ("platform", "post_id"),
    (
        _PLATFORM,
        _text("post_id", "The platform's own id of the post", required=True),
        _ACCOUNT,
        _time("happened_at", "When it was posted, UTC; start of the period if the source is coarse"),
        _text("happened_precision", "microsecond, millisecond, second, minute, hour, day, month or year"),
        _PUBLIC,
        _OBTAINED,
        _text("kind", "post, comment, repost, quote, message, ad or article"),
        _text("title", "Title, where the platform has one"),
        _text("text", "Body, HTML entities resolved; null if there is none or it was removed"),
        _text("lang", "Language as the platform says it, BCP 47"),
        _text("repost_of", "post_id of the post that this one repeats"),
        _text("reply_to", "post_id of the post that this one answers"),
        _text("quote_of", "post_id of the post that this one quotes"),
        _text("thread_id", "post_id of the root of the conversation"),
        _c("urls", "VARCHAR[]", "Links in the post as the source gives them; empty cells are no link"),
        _c("hashtags", "VARCHAR[]", "Hashtags in order, without #, in lower case"),
        _c("mentions", "VARCHAR[]", "Accounts mentioned, without @, in lower case"),
        _c("media_hashes", "VARCHAR[]", "Hashes of attached media as algorithm:value"),
        _text("community", "Subreddit, group, channel, page or forum"),
        _text("object_id", "Whatever object a prepared table says the post shares (signal 'object')"),
        _text("permalink", "Address of the post"),
        _text("client", "Application that sent it, where told"),
        _c("removed", "BOOLEAN", "The body was removed before capture"),
        _SOURCE,
    ),
)

ENGAGEMENT = Table(
    "engagement",
    "one row per post and capture; counts are as captured, never 'at the time'",
    ("platform", "post_id", "captured_at"),
    (
        _PLATFORM,
        _text("post_id", "The post", required=True),
        _time("captured_at", "When the counts were read; null if the source does not tell"),
        _c("likes", "BIGINT", "Likes, favourites or score"),
        _c("reposts", "BIGINT", "Reposts, retweets, shares"),
        _c("replies", "BIGINT", "Replies or comments"),
        _c("views", "BIGINT", "Views or impressions"),
        _c("audience", "BIGINT", "Subscribers or members of the community, or followers of the account, at capture"),
        _SOURCE,
    ),
)

ACCOUNTS = Table(
    "accounts",
    "one row per account and source",
    ("platform", "account_id", "source_id"),
    (
        _PLATFORM,
        _ACCOUNT,
        _text("handle", "The name in the address of the account"),
        _text("name", "The name shown"),
        _time("created_at", "When the account was registered"),
        _text("created_precision", "Precision of created_at"),
        _text("about", "Self-description"),
        _text("lang", "Language setting"),
        _text("location", "Place as the account declares it"),
        _c("followers", "BIGINT", "Followers at capture"),
        _c("following", "BIGINT", "Accounts followed at capture"),
        _c("karma", "BIGINT", "Karma or reputation at capture"),
        _c("posts_total", "BIGINT", "Posts at capture as the platform counts them"),
        _c("suspended", "BOOLEAN", "Suspended, banned or deleted by the platform"),
        _PUBLIC,
        _OBTAINED,
        _SOURCE,
    ),
)

LABELS = Table(
    "labels",
    "one row per account, label and author of the label",
    ("platform", "account_id", "label", "by"),
    (
        _PLATFORM,
        _ACCOUNT,
        _text("label", "What it is said to be, e.g. 'banned as part of a campaign'", required=True),
        _text("by", "Who says so", required=True),
        _PUBLIC,
        _OBTAINED,
        _SOURCE,
    ),
)

DOCUMENTS = Table(
    "documents",
    "one row per document whose spread is traced",
    ("doc_id",),
    (
        _text("doc_id", "Name within the case", required=True),
        _text("title", "Title"),
        _text("media_type", "IANA media type of the original"),
        _text("sha256", "Hash of the original bytes", required=True),
        _text("text", "Extracted text", required=True),
        _c("pages", "VARCHAR[]", "Text page by page, where the format has pages"),
        _text("lang", "Language"),
        _PUBLIC,
        _OBTAINED,
        _SOURCE,
    ),
)

ARTICLES = Table(
    "articles",
    "one row per news article or report",
    ("article_id",),
    (
        _text("article_id", "Name within the case", required=True),
        _text("url", "Address as given"),
        _text("publisher", "Publisher"),
        _text("title", "Headline"),
        _time("published", "Publication time or date"),
        _text("published_precision", "Precision of published"),
        _text("text", "Stored text; all offsets are code points of this text", required=True),
        _text("lang", "Language"),
        _text("sha256", "Hash of the original bytes", required=True),
        _PUBLIC,
        _OBTAINED,
        _SOURCE,
    ),
)

OBSERVATIONS = Table(
    "observations",
    "one row per entry of an investigator's observation log",
    ("observation_id",),
    (
        _text("observation_id", "Id within the log", required=True),
        _time("happened_at", "Start of the period in which it happened"),
        _time("happened_end", "End of that period"),
        _text("happened_precision", "Precision of the time"),
        _text("platform", "Platform or place"),
        _text("actor", "Who did it"),
        _text(
            "kind", "post, reply, repost, tweet, upload, article, statement, pickup, ban, contact, context, estimate"
        ),
        _text("lang", "Language"),
        _text("summary", "What happened, in the investigator's own words", required=True),
        _text("url", "Address"),
        _text("community", "Subreddit, group or forum"),
        _text("native_id", "The platform's own id"),
        _c("links_to", "VARCHAR[]", "Ids of observations that this one points to"),
        _text("target", "doc_id or text id that this entry is an appearance of, where it is one"),
        _text("layer", "disclosure, document, excerpt or narrative: what of the target appeared"),
        _text("how", "verbatim, excerpt, reworded, translated, link, image or reported, where it is an appearance"),
        _text("role", "Who acts: operator, independent, media, public-figure, authority, platform, unknown"),
        _c("removed", "BOOLEAN", "What was observed had been removed when it was captured"),
        _text("engagement", "Counts as captured, JSON object"),
        _text("sources", "JSON list of {publisher, url, date}"),
        _text("confidence", "high, medium or low as the log says"),
        _text("conflict", "What other sources say against it"),
        _text("metric", "For kind 'estimate': what was counted"),
        _c("value", "DOUBLE", "For kind 'estimate': the figure"),
        _text("unit", "For kind 'estimate': its unit"),
        _text("definition", "For kind 'estimate': what is in and what is out"),
        _text("period", "For kind 'estimate': the period it speaks of"),
        _PUBLIC,
        _OBTAINED,
        _SOURCE,
    ),
)

STATEMENTS = Table(
    "statements",
    "one row per recorded statement: what a named speaker said on a date, in the speaker's words",
    ("statement_id",),
    (
        _text("statement_id", "Id within the log", required=True),
        _time("said_on", "Start of the period in which it was said"),
        _text("said_on_precision", "Precision of said_on"),
        _text("speaker", "Who said it", required=True),
        _text("role", "Office or function of the speaker on that day"),
        _text("on_behalf_of", "Principal of a spokesperson, where told"),
        _text("side", "Camp of the speaker, as the log puts it"),
        _text("quote", "The words said", required=True),
        _text("lang", "Language of the words"),
        _c("certainty_words", "VARCHAR[]", "Words of certainty as the log's author read them"),
        _text("stance", "Stance as the log's author read it"),
        _c("propositions", "VARCHAR[]", "Ids of propositions it speaks to, where the log's author says so"),
        _text("scope", "Scope within the proposition, where the log's author says so"),
        _text("context", "What it was said about or in answer to, where the words do not tell"),
        _text("publisher", "Where it was printed"),
        _text("url", "Address"),
        _text("note", "Remark of the log's author"),
        _PUBLIC,
        _OBTAINED,
        _SOURCE,
    ),
)

SOURCES = Table(
    "sources",
    "one row per file read; rows_read = rows_kept + rows_duplicate + rows_rejected, always",
    ("source_id",),
    (
        _text("source_id", "Short name: file stem and first characters of its hash", required=True),
        _text("path", "Path as given, relative to the case or the data folder", required=True),
        _text("sha256", "Hash of the bytes", required=True),
        _c("bytes", "BIGINT", "Size", required=True),
        _text("format", "Format it was read as", required=True),
        _text("reader_version", "Version of the reader", required=True),
        _c("rows_read", "BIGINT", "Raw rows seen", required=True),
        _c("rows_kept", "BIGINT", "Rows that became rows of a table", required=True),
        _c("rows_duplicate", "BIGINT", "Rows met before (their source is kept in post_sources)", required=True),
        _c("rows_rejected", "BIGINT", "Rows refused, each in rejects with a reason", required=True),
        _text("population", "What this file is a sample of, as the case declares it"),
        _text("notes", "What the reader found out or assumed: clock, zone, precision, what the format cannot tell"),
    ),
)

POST_SOURCES = Table(
    "post_sources",
    "one row per post and source that holds it",
    ("platform", "post_id", "source_id"),
    (_PLATFORM, _text("post_id", "The post", required=True), _SOURCE),
)

REJECTS = Table(
    "rejects",
    "one row per raw row that could not be used",
    ("source_id", "row"),
    (
        _SOURCE,
        _c("row", "BIGINT", "Row in the file, counted from 1", required=True),
        _text("reason", "Why it was refused", required=True),
        _text("excerpt", "First characters of the row"),
    ),
)

PAIRS = Table(
    "pairs",
    "one row per unordered account pair and signal, account_a < account_b",
    ("signal", "window_s", "account_a", "account_b"),
    (
        _text("account_a", "platform:account_id, the smaller of the two", required=True),
        _text("account_b", "platform:account_id, the larger of the two", required=True),
        _text("signal", "What they share", required=True),
        _c("window_s", "DOUBLE", "Window in seconds", required=True),
        _c("shared_objects", "BIGINT", "Distinct objects on which both act within the window", required=True),
        _c("co_actions", "BIGINT", "Pairs of actions within the window", required=True),
        _time("first_at", "First co-action"),
        _time("last_at", "Last co-action"),
        _c("p_content", "DOUBLE", "P under the content null (degree-corrected)"),
        _c("p_burst", "DOUBLE", "P under the burst-and-activity null"),
        _c("p_tempo", "DOUBLE", "P under the pooled size-matched tempo null"),
        _c("q_value", "DOUBLE", "Benjamini-Hochberg on the largest of the three over all possible pairs"),
        _c("log10_lr", "DOUBLE", "log10 likelihood ratio, or the p-value bound (see findings for which)"),
    ),
)

GROUPS = Table(
    "groups",
    "one row per account in a group",
    ("group_id", "platform", "account_id"),
    (
        _text("group_id", "Group", required=True),
        _PLATFORM,
        _ACCOUNT,
        _text("role", "first in the group, follows, outside the group"),
        _c("strength", "DOUBLE", "Share of the other members that it meets within the window"),
    ),
)

GROUP_STATS = Table(
    "group_stats",
    "one row per group",
    ("group_id",),
    (
        _text("group_id", "Group", required=True),
        _c("size", "BIGINT", "Accounts", required=True),
        _c("signals", "VARCHAR[]", "Signals that hold it together"),
        _c("p_group", "DOUBLE", "P of a group like this on null data"),
        _c("log10_lr", "DOUBLE", "log10 likelihood ratio or bound"),
        _c(
            "stability",
            "DOUBLE",
            "Mean Jaccard with its best match over windows and thresholds (found as a whole: on the two halves)",
        ),
        _text("explanation", "Ordinary explanations that fit, with their evidence"),
    ),
)

APPEARANCES = Table(
    "appearances",
    "one row per appearance of a document or text in a post, article or observation",
    ("appearance_id",),
    (
        _text("appearance_id", "Stable id", required=True),
        _PLATFORM,
        _text("post_id", "Post, article or observation id", required=True),
        _time("happened_at", "When"),
        _text("precision", "Precision of happened_at"),
        _text("community", "Where"),
        _text("account_id", "Who"),
        _text("how", "verbatim, excerpt, reworded, translated, link, image or reported", required=True),
        _c("similarity", "DOUBLE", "Share of the post's matched words that agree, 0 to 1"),
        _text("doc_id", "Which document or text", required=True),
        _text("target", "Target of the case that it is an appearance of"),
        _text("layer", "disclosure, document, excerpt or narrative"),
        _text("role", "Who acts: operator, independent, media, public-figure, authority, platform, unknown"),
        _text("lang", "Language, ISO 639-1, where it is known"),
        _text("found_by", "text, link, own-comment, image or log; several are joined by +"),
        _c("observation_ids", "VARCHAR[]", "Entries of the observation log that are the same event"),
        _text("doc_span", "JSON list of [start, end) in code points of the document"),
        _text("post_span", "JSON list of [start, end) in code points of the post"),
        _text("attempt_id", "The attempt it belongs to"),
    ),
)

CENSUS = Table(
    "census",
    "one row per definition",
    ("definition_id",),
    (
        _text("definition_id", "Id of the definition", required=True),
        _text("definition", "What is counted, in words", required=True),
        _text("unit", "accounts, tweets ...", required=True),
        _text("period", "The period"),
        _c("value", "DOUBLE", "The count or published figure"),
        _c("low", "DOUBLE", "Lower end of the 90 % interval, where one can be given"),
        _c("high", "DOUBLE", "Upper end"),
        _text("origin", "Study or rule that the figure comes from"),
        _text("computed", "'computed' from tables at hand or 'published'"),
        _text("not_measured", "What the figure does not say"),
    ),
)

LINKS = Table(
    "links",
    "one row per known campaign that was compared with",
    ("campaign_id",),
    (
        _text("campaign_id", "Catalogue entry", required=True),
        _c("log10_lr_unrelated", "DOUBLE", "same operator : unrelated"),
        _c("log10_lr_unrelated_low", "DOUBLE", "lower end of its 90 % interval"),
        _c("log10_lr_unrelated_high", "DOUBLE", "upper end"),
        _c("log10_lr_mimic", "DOUBLE", "same operator : mimic"),
        _text("verdict", "linked, unrelated, cannot tell, not calibratable"),
        _text("traits", "JSON list of traits with their part in the sum"),
    ),
)

LEDGER = Table(
    "ledger",
    "one row per statement, from articles, statement logs and observation logs",
    ("statement_id",),
    (
        _text("statement_id", "Stable id", required=True),
        _text("said_on", "ISO date, as coarse as it is known"),
        _text("said_on_precision", "day, month, year or period"),
        _text("speaker", "Name, or the words that stand for the speaker, or 'unattributed'", required=True),
        _text("resolution", "How the name was found"),
        _text("role", "Office or function on that day"),
        _text("on_behalf_of", "Principal of a spokesperson"),
        _text("side", "Camp"),
        _text("kind", "direct, indirect or mixed"),
        _text("content", "What was said", required=True),
        _text("cue", "The words that attribute it"),
        _text("stance", "What the speaker does with the claim"),
        _c("propositions", "VARCHAR[]", "Declared propositions it speaks to; empty is unmapped"),
        _text("scope", "Scope within the proposition"),
        _text("certainty", "JSON list of words of certainty with class, use and bands"),
        _text("quantities", "JSON list of figures"),
        _text("article_id", "Article it was found in"),
        _text("span", "JSON list of [start, end) in code points of the article"),
        _text("publisher", "Where it was printed"),
        _text("url", "Address"),
        _text("tagger", "Which tagger found it, or 'record'"),
        _c("review", "VARCHAR[]", "Why a person should look at it"),
    ),
)

TABLES: Mapping[str, Table] = {
    t.name: t
    for t in (
        POSTS, ENGAGEMENT, ACCOUNTS, LABELS, DOCUMENTS, ARTICLES, OBSERVATIONS, STATEMENTS, SOURCES, POST_SOURCES,
        REJECTS, PAIRS, GROUPS, GROUP_STATS, APPEARANCES, CENSUS, LINKS, LEDGER,
    )
}  # fmt: skip
"""Every table of the system by name."""
