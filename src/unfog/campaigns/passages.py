"""Passages that a campaign used before, as hashes: an entry can list them without repeating the text.

A passage is a sentence of at least forty letters, in lower case, with everything but letters and digits as one space.
List its key in an entry as ``{"kind": "x-passage", "value": passage_keys(text)[0], ...}``; the room makes the same keys
of the posts of a set.
"""

from __future__ import annotations

import hashlib
import re
from typing import Final

SENTENCE_END: Final = "[.!?\\n]+"
"""Where sentences are cut, in the syntax of RE2 and Java alike."""
NOT_WORD: Final = "[^\\p{L}\\p{N}]+"
SHORTEST: Final = 40
"""Shorter sentences are said by many."""

_NOT_WORD = re.compile(r"[\W_]+")


def passage_keys(text: str) -> list[str]:
    """Keys of the sentences of a text that are long enough, each once, in order.

    >>> passage_keys("Too short. " + "word " * 12)[0] == passage_keys(("WORD, " * 12) + "!")[0]
    True
    """
    parts = (_NOT_WORD.sub(" ", p.lower()).strip() for p in re.split(SENTENCE_END, text))
    found = (hashlib.md5(p.encode(), usedforsecurity=False).hexdigest() for p in parts if len(p) >= SHORTEST)
    return list(dict.fromkeys(found))
