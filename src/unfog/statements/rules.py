"""Attributions by rules: cue lexicon and surface grammar around quotation marks. No training, no parser.

The output is a tag per token; alone it reaches content token F .81 on PolNeAR, and its labels are features of the CRF.
"""

from __future__ import annotations

from unfog.statements.lexicon import AUXILIARIES, BOUNDARIES, CLAUSE_WORDS, DETERMINERS, PRONOUNS, cue_lexicon
from unfog.statements.quotes import CLOSING, INSIDE, OPENING
from unfog.statements.tokens import Tokens

_SKIP_AFTER_SAID = frozenset(
    [
        "on", "in", "a", "statement", "reporters", "twitter", "facebook", "tuesday", "monday", "wednesday", "thursday",
        "friday", "saturday", "sunday", "during", "an", "interview", "him", "her", "them", "me", "us", "today",
        "yesterday", "cnn", "fox", "news", "bbc", "itv", "sky", "mps",
    ]
)  # fmt: skip
_PREPOSITIONS = frozenset(["in", "on", "at", "for", "with", "from", "to", "by", "after", "during"])
_STOP_RIGHT = frozenset(["that", "when", "as", "while", "after", "in", "on", "at", "during", "before", "but"])
_LONGEST_SOURCE = 25

Range = tuple[int, int]


class _Article:
    """Tags being put on one article."""

    def __init__(self, tokens: Tokens, states: list[int]) -> None:
        self.words = tokens.words
        self.lower = tokens.lower
        self.tags = ["O"] * len(tokens)
        self.quoted = [s in (OPENING, INSIDE, CLOSING) for s in states]
        self.quotes = _quotes(states)
        self.lexicon = cue_lexicon()

    def put(self, role: str, a: int, b: int) -> None:
        for k in range(a, b):
            if self.tags[k] == "O" and self.words[k][0] != "\n":
                self.tags[k] = ("B-" if k == a else "I-") + role

    def fill(self, a: int, b: int) -> None:
        """Mark free tokens as content; an interruption begins a new stretch."""
        first = True
        for k in range(max(a, 0), b):
            if self.tags[k] == "O" and self.words[k][0] != "\n":
                self.tags[k] = "B-content" if first else "I-content"
                first = False
            else:
                first = True

    def is_auxiliary(self, i: int) -> bool:
        """An auxiliary; a capitalised one is a name ("Theresa May", "Will")."""
        return self.lower[i] in AUXILIARIES and not self.words[i][0].isupper()

    def is_adverb(self, i: int) -> bool:
        return self.lower[i].endswith("ly") and self.lower[i] != "only"


def tag(tokens: Tokens, states: list[int], sents: list[Range]) -> list[str]:
    """B-/I-/O tags of source, cue and content."""
    article = _Article(tokens, states)
    for a, b in sents:
        _according_to(article, a, b)
        for cue in range(a, b):
            if article.lower[cue] in article.lexicon and not article.quoted[cue] and article.tags[cue] == "O":
                _around_cue(article, cue, a, b)
        _bare_quotes(article, a, b)
    return article.tags


def _quotes(states: list[int]) -> list[Range]:
    out: list[Range] = []
    i, n = 0, len(states)
    while i < n:
        if states[i] in (OPENING, INSIDE):
            j = i + 1
            while j < n and states[j] == INSIDE:
                j += 1
            if j < n and states[j] == CLOSING:
                j += 1
            if j - i >= 3:
                out.append((i, j))
            i = j
        else:
            i += 1
    return out


def _according_to(t: _Article, a: int, b: int) -> None:
    for i in range(a, b - 2):
        if t.lower[i] == "according" and t.lower[i + 1] == "to" and not t.quoted[i]:
            j = i + 2
            while j < b and t.words[j] not in (",", ".", ";", "“", '"', "”"):
                j += 1
            t.put("cue", i, i + 2)
            t.put("source", i + 2, j)
            if i - a < 3:
                t.fill(j + 1, b - 1)
            else:
                t.fill(a, i - 1 if t.words[i - 1] == "," else i)


def _around_cue(t: _Article, cue: int, a: int, b: int) -> None:
    quotes = [(x, y) for x, y in t.quotes if x < b and y > a]
    left, right = _left_source(t, cue, a), _right_source(t, cue + 1, b)
    start = cue
    while start - 1 >= a and (t.is_auxiliary(start - 1) or t.is_adverb(start - 1)):
        start -= 1
    inverted = bool(
        cue > a
        and right
        and (t.quoted[cue - 1] or (t.words[cue - 1] == "," and cue - 2 >= a and (t.quoted[cue - 2] or not left)))
    )
    if left and not inverted:
        if all(t.tags[k] == "O" for k in range(*left)):
            _source_before(t, cue, start, left, quotes, a, b)
    elif right and cue - a >= 3:
        _source_after(t, start, cue, right, quotes, a)


def _source_before(t: _Article, cue: int, start: int, source: Range, quotes: list[Range], a: int, b: int) -> None:
    t.put("source", *source)
    t.put("cue", start, cue + 1)
    after = cue + 1
    word = t.lower[cue]
    if word in ("said", "told", "wrote", "tweeted"):
        while after < b and t.lower[after] in _SKIP_AFTER_SAID:
            after += 1
    if word in ("told", "reminded", "informed", "assured"):
        k = after
        while k < b and t.lower[k] != "that" and not t.quoted[k] and t.words[k] not in ",.:" and k - after < 8:
            k += 1
        if k < b and (t.lower[k] == "that" or t.quoted[k]):
            after = k
    if after < b and t.words[after] in (",", ":"):
        after += 1
    before = [(x, y) for x, y in quotes if y <= source[0]]
    if before and b - after < 12 and not any(t.quoted[after:b]):
        for x, y in before:
            t.fill(x, y)
    elif sum(t.words[k] != "." for k in range(after, b)) >= 2:
        end = b
        while end > after and t.words[end - 1] in ".;,":
            end -= 1
        t.fill(after, end)
        for x, y in before:
            t.fill(x, y)
    elif source[0] - a >= 4:
        t.fill(a, source[0] - 1 if t.words[source[0] - 1] == "," else source[0])


def _source_after(t: _Article, start: int, cue: int, source: Range, quotes: list[Range], a: int) -> None:
    t.put("cue", start, cue + 1)
    t.put("source", *source)
    before = [(x, y) for x, y in quotes if y <= start + 1]
    if before:
        for x, y in before:
            t.fill(x, y)
        if before[0][0] > a + 1:
            t.fill(a, before[0][0])
    else:
        t.fill(a, start - 1 if t.words[start - 1] == "," else start)
    for x, y in quotes:
        if x >= source[1]:
            t.fill(x, y)


def _bare_quotes(t: _Article, a: int, b: int) -> None:
    """A quoted sentence without a cue carries the attribution before it on."""
    for x, y in t.quotes:
        if a <= x < b and t.tags[x] == "O" and y - x >= 5 and sum(t.quoted[a:b]) / max(1, b - a) > 0.7:
            t.fill(x, y)


def _left_source(t: _Article, cue: int, low: int) -> Range | None:
    """The noun phrase that ends right before the cue group."""
    j = cue - 1
    while j >= low and (t.is_auxiliary(j) or t.is_adverb(j)):
        j -= 1
    if j >= low and t.words[j] == ",":
        return _apposition(t, j, low)
    k = j
    while (
        k >= low
        and j - k <= 14
        and t.words[k] not in BOUNDARIES
        and t.lower[k] not in CLAUSE_WORDS
        and not (t.lower[k] in t.lexicon and k < j)
    ):
        k -= 1
    if k == j:
        return (j, j + 1) if j >= low and t.lower[j] in ("who", "which") else None
    start = k + 1
    for m in range(j, start - 1, -1):
        if t.lower[m] in PRONOUNS:
            return m, j + 1
    if t.lower[start] in _PREPOSITIONS:
        m = j
        while m > start and (t.words[m][0].isupper() or t.words[m] in ("of", "'s", "’s")):
            m -= 1
        if m < j:
            return m + 1, j + 1
    return start, j + 1


def _apposition(t: _Article, comma: int, low: int) -> Range | None:
    """``Name, role words, said``: the name and the role."""
    m = comma - 1
    while m >= low and t.words[m] not in (",", "“", "”", '"') and comma - m < _LONGEST_SOURCE:
        m -= 1
    if m <= low or t.words[m] != ",":
        return None
    head = m - 1
    while (
        head >= low
        and t.words[head] not in BOUNDARIES
        and t.lower[head] not in CLAUSE_WORDS
        and t.lower[head] not in t.lexicon
    ):
        head -= 1
    if head + 1 < m and (t.words[head + 1][0].isupper() or t.lower[head + 1] in DETERMINERS):
        return head + 1, comma + 1
    return None


def _right_source(t: _Article, j: int, high: int) -> Range | None:
    """The noun phrase that begins right after the cue."""
    if j >= high:
        return None
    if t.lower[j] in PRONOUNS and t.lower[j] not in ("who", "which"):
        return j, j + 1
    if not (t.words[j][0].isupper() or t.lower[j] in DETERMINERS):
        return None
    k = j
    while k < high and t.words[k] not in (".", "“", "”", '"', ";", ":", "?", "!") and t.lower[k] not in _STOP_RIGHT:
        if t.words[k] == ",":
            follows = k + 1 < high and (t.lower[k + 1] in DETERMINERS or t.words[k + 1][0].islower())
            if not follows:
                break
        k += 1
        if k - j > _LONGEST_SOURCE:
            break
    while k > j and t.words[k - 1] == ",":
        k -= 1
    return (j, k) if k > j else None
