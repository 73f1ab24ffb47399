"""Texts, hashtags, addresses and handles as pure functions of an integer, so that worlds can be streamed.

Nothing is stored: the text with id 7 is the same text in every block of a world, and a paraphrase is the same text with
a share of its words exchanged. Randomness is counter-based (splitmix64), hence independent of block sizes.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

U64 = npt.NDArray[np.uint64]
I64 = npt.NDArray[np.int64]
F64 = npt.NDArray[np.float64]

N_WORDS = 20_000
N_TOPIC_WORDS = 400
MIN_LENGTH = 6
MAX_LENGTH = 22
_ONSET = (
    "b",
    "br",
    "d",
    "dr",
    "f",
    "fl",
    "g",
    "gr",
    "k",
    "kl",
    "l",
    "m",
    "n",
    "p",
    "pl",
    "r",
    "s",
    "st",
    "t",
    "tr",
    "v",
    "z",
)
_NUCLEUS = ("a", "e", "i", "o", "u", "ai", "ea", "ou")
_CODA = ("", "", "l", "n", "r", "s", "t", "nd")


def mix(x: npt.NDArray[np.integer], salt: int = 0) -> U64:
    """Splitmix64 (Steele, Lea & Flood 2014, doi:10.1145/2660193.2660195): counters -> well-mixed 64 bits."""
    z = x.astype(np.uint64) + np.uint64((salt * 0x9E3779B97F4A7C15 + 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFFFFFF)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def uniform(x: npt.NDArray[np.integer], salt: int = 0) -> F64:
    """Counter -> uniform number in [0, 1), elementwise."""
    return (mix(x, salt) >> np.uint64(11)).astype(np.float64) * 2.0**-53


@cache
def lexicon() -> pa.Array:
    """The words of the simulated language: ``N_WORDS`` pronounceable strings, all different."""
    words: list[str] = []
    seen: set[str] = set()
    counter = 0
    while len(words) < N_WORDS:
        bits = int(mix(np.array([counter]), 77)[0])
        counter += 1
        syllables = 1 + bits % 3
        word = ""
        for k in range(syllables):
            b = bits >> (8 + 12 * k)
            word += _ONSET[b % 22] + _NUCLEUS[(b >> 5) % 8] + (_CODA[(b >> 8) % 8] if k == syllables - 1 else "")
        if word not in seen:
            seen.add(word)
            words.append(word)
    return pa.array(words, pa.string())


def texts(text_id: I64, topic: I64, variant: I64 | None = None, exchange: float = 0.12) -> pa.Array:
    """Texts of 6 to 22 Zipf-distributed words; half of the words come from the topic's own vocabulary.

    Args:
        text_id: shape (n,), one id per text; negative ids give null.
        topic: shape (n,), topic of each text.
        variant: shape (n,), 0 for the text itself, other numbers for paraphrases of it.
        exchange: share of words that a paraphrase exchanges.

    Returns:
        Arrow string array of length n.
    """
    length = np.where(
        text_id < 0, 0, MIN_LENGTH + (mix(text_id, 1) % np.uint64(MAX_LENGTH - MIN_LENGTH + 1)).astype(np.int64)
    )
    offsets = np.concatenate(([0], np.cumsum(length)))
    row = np.repeat(np.arange(len(text_id)), length)
    place = np.arange(offsets[-1]) - offsets[row]
    key = text_id[row] * 64 + place
    if variant is not None:
        changed = (variant[row] > 0) & (uniform(key * 8191 + variant[row], 2) < exchange)
        key = np.where(changed, key + (variant[row] << np.int64(40)), key)
    rank = np.minimum(N_WORDS ** uniform(key, 3), N_WORDS - 1).astype(np.int64)
    own = uniform(key, 4) < 0.5
    local = (topic[row] * 7919 + rank % N_TOPIC_WORDS * 13) % N_WORDS
    words = lexicon().take(pa.array(np.where(own, local, rank)))
    joined = pc.binary_join(pa.ListArray.from_arrays(pa.array(offsets.astype(np.int32)), words), " ")
    return pc.if_else(pa.array(text_id < 0), pa.scalar(None, pa.string()), joined)


def hashtags(text_id: I64, topic: I64) -> pa.Array:
    """Hashtags that go with a text: none for most, else one to four of the topic's tags, popular ones first."""
    none = (text_id < 0) | (uniform(text_id, 5) < 0.55)
    count = np.where(none, 0, 1 + (mix(text_id, 6) % np.uint64(4)).astype(np.int64))
    offsets = np.concatenate(([0], np.cumsum(count)))
    row = np.repeat(np.arange(len(text_id)), count)
    place = np.arange(offsets[-1]) - offsets[row]
    rank = (40 ** uniform(text_id[row] * 8 + place, 7)).astype(np.int64) - 1
    word = lexicon().take(pa.array((topic[row] * 101 + rank * 17 + 4000) % N_WORDS))
    return pa.ListArray.from_arrays(pa.array(offsets.astype(np.int32)), word)


def addresses(link_id: I64, sharer: I64) -> pa.Array:
    """Addresses of articles; one sharing in ten carries a tracking parameter, one in twenty an upper-case host."""
    host_rank = (300 ** uniform(link_id, 8)).astype(np.int64)
    host = lexicon().take(pa.array((host_rank * 31 + 900) % N_WORDS))
    slug = lexicon().take(pa.array((mix(link_id, 9) % np.uint64(N_WORDS)).astype(np.int64)))
    odd = uniform(sharer * 1_000_003 + link_id, 10)
    scheme = pc.if_else(pa.array(odd > 0.95), "https://WWW.", "https://www.")
    tail = pc.if_else(pa.array(odd < 0.1), "?utm_source=share", "")
    number = pc.cast(pa.array(link_id), pa.string())
    return pc.binary_join_element_wise(scheme, host, ".example/", slug, "-", number, tail, "")


def handles(account: I64, patterned: npt.NDArray[np.bool_]) -> pa.Array:
    """Handles: patterned ones are two capitalised words with digits, as made in batches; others vary."""
    first = lexicon().take(pa.array((mix(account, 11) % np.uint64(N_WORDS)).astype(np.int64)))
    second = lexicon().take(pa.array((mix(account, 12) % np.uint64(N_WORDS)).astype(np.int64)))
    number = pc.cast(pa.array((mix(account, 13) % np.uint64(9000)).astype(np.int64) + 100), pa.string())
    style = uniform(account, 14)
    plain = pc.binary_join_element_wise(first, second, "_")
    numbered = pc.binary_join_element_wise(first, number, "")
    batch = pc.binary_join_element_wise(pc.utf8_capitalize(first), pc.utf8_capitalize(second), number, "")
    free = pc.if_else(pa.array(style < 0.5), plain, numbered)
    return pc.if_else(pa.array(patterned), batch, free)
