"""Words of attribution: how often a word is part of a cue or of a source, and which words are verbs of saying.

``data/cues.json`` and ``data/sources.json`` hold word statistics of the training months of PolNeAR (no text); the lists
below are written by hand.
"""

from __future__ import annotations

import json
from functools import cache
from importlib import resources

AUXILIARIES = frozenset(
    [
        "has", "have", "had", "is", "are", "was", "were", "be", "been", "being", "will", "would", "could", "should",
        "may", "might", "must", "did", "does", "do", "not", "n't", "also", "later", "then", "previously", "repeatedly",
        "recently", "since", "never",
    ]
)  # fmt: skip
PRONOUNS = frozenset(["he", "she", "they", "it", "we", "i", "who", "which"])
DETERMINERS = frozenset(
    [
        "the", "a", "an", "his", "her", "their", "its", "our", "some", "many", "most", "several", "one", "another",
        "both", "all", "these", "those", "this", "that", "two", "three",
    ]
)  # fmt: skip
BOUNDARIES = frozenset([",", ";", ":", "(", ")", "—", "–", "-", "--", "“", "”", '"', "``", "''", ".", "?", "!"])
CLAUSE_WORDS = frozenset(
    [
        "that", "and", "but", "as", "while", "because", "when", "if", "although", "though", "whether", "so", "or",
        "after", "before", "since", "until", "which", "who", "where", "what", "how", "why", "than",
    ]
)  # fmt: skip

STATEMENT_VERBS = frozenset(
    [
        "say", "says", "said", "saying", "tell", "tells", "told", "telling", "deny", "denies", "denied", "denying",
        "claim", "claims", "claimed", "claiming", "accuse", "accuses", "accused", "accusing", "according", "urge",
        "urges", "urged", "urging", "state", "states", "stated", "stating", "add", "adds", "added", "adding", "write",
        "writes", "wrote", "writing", "tweet", "tweets", "tweeted", "announce", "announces", "announced", "announcing",
        "argue", "argues", "argued", "arguing", "insist", "insists", "insisted", "insisting", "warn", "warns", "warned",
        "warning", "admit", "admits", "admitted", "admitting", "acknowledge", "acknowledges", "acknowledged", "reply",
        "replies", "replied", "respond", "responds", "responded", "explain", "explains", "explained", "reveal",
        "reveals", "revealed", "suggest", "suggests", "suggested", "suggesting", "note", "notes", "noted", "noting",
        "declare", "declares", "declared", "declaring", "assert", "asserts", "asserted", "asserting", "allege",
        "alleges", "alleged", "confirm", "confirms", "confirmed", "conclude", "concludes", "concluded", "report",
        "reports", "reported", "reporting", "ask", "asks", "asked", "asking", "call", "calls", "called", "calling",
        "demand", "demands", "demanded", "demanding", "promise", "promises", "promised", "pledge", "pledged", "vow",
        "vowed", "refuse", "refused", "decline", "declined", "reject", "rejects", "rejected", "dismiss", "dismisses",
        "dismissed", "condemn", "condemns", "condemned", "criticise", "criticised", "criticize", "criticized",
        "describe", "describes", "described", "continue", "continued", "recall", "recalled", "testify", "testified",
        "maintain", "maintains", "maintained", "contend", "contends", "contended", "comment", "commented", "remark",
        "remarked", "joke", "joked", "quip", "quipped", "repeat", "repeated", "reiterate", "reiterated", "cite",
        "cites", "cited", "citing", "predict", "predicts", "predicted", "propose", "proposed", "complain",
        "complained", "caution", "cautioned", "conceded", "concede", "concedes",
    ]
)  # fmt: skip
"""Verbs by which the ledger takes an attribution for a statement; PolNeAR also marks wishes, plans and polls."""

_BRITISH = {
    "slammed": 0.7, "blasted": 0.7, "hailed": 0.6, "rowed": 0.3, "quizzed": 0.4, "hinted": 0.7, "branded": 0.6,
    "dubbed": 0.4, "lambasted": 0.7, "rubbished": 0.8, "criticised": 0.6, "recognises": 0.4, "apologised": 0.6,
    "emphasised": 0.8, "summarised": 0.6, "insists": 0.8, "vows": 0.7, "urges": 0.8, "warns": 0.85, "backs": 0.3,
    "admits": 0.85, "reveals": 0.7, "accuses": 0.8, "accused": 0.7, "claims": 0.6,
}  # fmt: skip
"""Reporting verbs of British headlines that an American corpus hardly knows; the figures are guesses of the same
kind.
"""


_counted: dict[str, dict[str, float]] = {}


def use_counted(cues: dict[str, float], sources: dict[str, float]) -> None:
    """Take freshly counted statistics instead of the shipped ones (for training)."""
    _counted.update(cues=cues, sources=sources)
    cue_lexicon.cache_clear()
    source_lexicon.cache_clear()


@cache
def cue_lexicon() -> dict[str, float]:
    """Lower-case word -> share of its occurrences that are in a cue, with British additions."""
    return {**_BRITISH, **_statistics("cues")}


@cache
def source_lexicon() -> dict[str, int]:
    """Lower-case word -> fifth (1 to 5) of its occurrences that are in a source, from one in ten on."""
    return {word: min(4, int(5 * share)) + 1 for word, share in _statistics("sources").items()}


def _statistics(name: str) -> dict[str, float]:
    if name in _counted:
        return _counted[name]
    raw = resources.files("unfog.statements").joinpath("data", f"{name}.json").read_text(encoding="utf-8")
    found: dict[str, float] = json.loads(raw)
    return found
