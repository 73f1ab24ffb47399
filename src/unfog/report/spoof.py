"""Letters that pass for others: words that mix scripts, and names that read like another in plain letters.

Marks, never alters: what stands in the data stays, and a word in double brackets says what the eye cannot see.
Source: Unicode Technical Standard #39, version 16 (2024), 4 (confusables) and 5.1 (mixed scripts); the map holds
the letters of its table that pass for ASCII in Cyrillic, Greek and Armenian; other forms fold by NFKC.
"""

from __future__ import annotations

import functools
import re
import unicodedata

_CYRILLIC = dict(zip("аеорсхуіјѕԁһӏԛԝкАВЕКМНОРСТУХЅІЈԚԜԌ", "aeopcxyijsdhlqwkABEKMHOPCTYXSIJQWG", strict=True))
_GREEK = dict(zip("οανικρυχΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "oavikpuxABEZHIKMNOPTYX", strict=True))
_ARMENIAN = dict(zip("օոսհզցյ", "onuhqgj", strict=True))
LOOKS = {**_CYRILLIC, **_GREEK, **_ARMENIAN}
"""Letter -> the ASCII letter that it passes for."""

_TOGETHER = (
    frozenset({"Latin", "Cjk", "Hiragana", "Katakana", "Katakana-hiragana"}),
    frozenset({"Latin", "Cjk", "Bopomofo"}), frozenset({"Latin", "Cjk", "Hangul"}),
)  # fmt: skip
"""Scripts that are written in one word (UTS #39, highly restrictive)."""

_WORD = re.compile(r"\w*[^\W\d_\x00-\x7f]\w*")


@functools.lru_cache(maxsize=4096)
def _script(letter: str) -> str:
    name = unicodedata.name(letter, "")
    first = name.split(" ")[0]
    if first in ("FULLWIDTH", "MATHEMATICAL", "MICRO", "FEMININE", "MASCULINE", "MODIFIER", "SUPERSCRIPT", "SUBSCRIPT"):
        return ""
    return first.capitalize()


def mixed(word: str) -> str:
    """``Cyrillic+Latin`` for a word whose letters come from scripts that nobody writes together; else empty."""
    found = {s for x in word if x.isalpha() and (s := "Latin" if x.isascii() else _script(x))}
    return "+".join(sorted(found)) if len(found) > 1 and not any(found <= t for t in _TOGETHER) else ""


def marked(text: str) -> str:
    """The text with a mark after each word that mixes scripts: ``раураl⟦Cyrillic+Latin⟧``."""
    if text.isascii():
        return text
    return _WORD.sub(lambda m: f"{m[0]}⟦{how}⟧" if (how := mixed(m[0])) else m[0], text)


def passes_for(name: str) -> str:
    """The plain-letter name that a name reads like without being it; empty if there is none."""
    if name.isascii():
        return ""
    plain = unicodedata.normalize("NFKC", "".join(LOOKS.get(x, x) for x in name))
    return plain if plain.isascii() and plain != name else ""
