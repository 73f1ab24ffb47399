"""A workload with known truth for passage tracing: real e-mails cut, damaged and hidden among very many posts.

Documents to look for are one part of a set of texts, all other posts are cut from the rest. Truth is *containment*, not
origin: a post is a true hit of every document that holds the same twelve words in a row, so a forwarded thread counts.
Runs of twelve words that stand, numbers masked, in one per cent of all texts or more are boilerplate (headers,
schedules, disclaimers); a hit on nothing else is false.

The e-mails are themselves read by OCR, so the same twelve words are often spelt in two ways. Precision is therefore
given twice: *to the word*, and *to the letter*, where twelve words also count that agree in 95 % of their letters and
in all of their digits (found by sliding every run over the whole document, a method of its own).
"""

from __future__ import annotations

import hashlib
import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from rapidfuzz.fuzz import partial_ratio_alignment

from unfog.text.normalise import words as folded_words

RUN = 12
"""Words in a row that make containment."""

LETTERS_AGREE = 0.95
"""Share of agreeing letters from which twelve words are the same but for scanning errors."""

LENGTHS = (12, 20, 50, 100, 200)
OCR_RATES = (0.01, 0.03, 0.06)
CONFUSED = {
    "e": "c", "c": "e", "l": "1", "i": "l", "o": "0", "a": "o", "n": "h", "h": "b", "t": "f", "s": "5", "u": "n",
    "r": "t", "m": "rn", "d": "cl", "g": "q", "b": "6", "w": "vv", "E": "F", "I": "l", "O": "0", "S": "5", "B": "8",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Source:
    """A text as words as they stand, with their folded form."""

    words: tuple[str, ...]
    folded: tuple[str, ...]
    common: list[bool] = field(default_factory=list)


@dataclass(slots=True)
class Workload:
    """Documents, posts and what is true of them.

    Attributes:
        documents: Texts to look for.
        kinds: Post id -> kind of post, for planted posts (all others are negatives of kind 'other').
        whole: (post, document) pairs in which the document holds the whole excerpt.
        touches: Pairs with a common run of at least ``RUN`` words that is no boilerplate; superset of ``whole``.
        cuts: Post -> the words that it was cut from, before any damage.
        sources: Texts of the documents as words, in their order.
    """

    documents: list[str]
    kinds: dict[str, str] = field(default_factory=dict)
    whole: set[tuple[str, int]] = field(default_factory=set)
    touches: set[tuple[str, int]] = field(default_factory=set)
    cuts: dict[str, tuple[tuple[Source, int, int], ...]] = field(default_factory=dict)
    sources: list[Source] = field(default_factory=list)

    def nearly(self, post: str, document: int) -> bool:
        """Whether some twelve words that are no boilerplate stand in the document but for scanning errors."""
        whole = "".join(self.sources[document].folded)
        for source, begin, end in self.cuts[post]:
            for i in range(begin, min(end, len(source.folded)) - RUN + 1):
                if source.common[i]:
                    continue
                run = "".join(source.folded[i : i + RUN])
                at = partial_ratio_alignment(run, whole, score_cutoff=100 * LETTERS_AGREE)
                if at and _digits(run) == _digits(whole[at.dest_start : at.dest_end]):
                    return True
        return False


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isdigit())


def as_source(text: str) -> Source:
    """Split a text so that each of its words has exactly one folded word."""
    pairs = [
        (w, f) for w in re.split(r"[\s/\\|<>@=_:;,()\[\]{}\"“”•■—–-]+", text) for f in (folded_words(w),) if len(f) == 1
    ]
    return Source(tuple(w for w, _ in pairs), tuple(f[0] for _, f in pairs))


def masked(words: Sequence[str]) -> tuple[str, ...]:
    """Words with their numbers made one: a header with another date and case number is the same header."""
    return tuple("#" if any(c.isdigit() for c in w) else w for w in words)


class Containment:
    """Which documents hold which runs of words of which texts, found by a plain dictionary of runs (the oracle)."""

    def __init__(self, sources: Sequence[Source], documents: Sequence[int]) -> None:
        plain = [masked(s.folded) for s in sources]
        in_texts: dict[tuple[str, ...], int] = defaultdict(int)
        for words in plain:
            for run in {words[i : i + RUN] for i in range(len(words) - RUN + 1)}:
                in_texts[run] += 1
        limit = max(3, len(sources) // 100)
        self.boilerplate = sorted(run for run, n in in_texts.items() if n >= limit)
        common = set(self.boilerplate)
        for source, words in zip(sources, plain, strict=True):
            source.common.extend(words[i : i + RUN] in common for i in range(len(words) - RUN + 1))
        holders: dict[tuple[str, ...], set[int]] = defaultdict(set)
        for number, at in enumerate(documents):
            folded = sources[at].folded
            for i in range(len(folded) - RUN + 1):
                holders[folded[i : i + RUN]].add(number)
        self.holders = {run: frozenset(d) for run, d in holders.items()}

    def touched(self, source: Source, begin: int, end: int) -> set[int]:
        """Documents that share a run with these words of a source, boilerplate left out."""
        found: set[int] = set()
        for i in range(begin, min(end, len(source.folded)) - RUN + 1):
            if not source.common[i]:
                found |= self.holders.get(source.folded[i : i + RUN], frozenset())
        return found

    def holding(self, source: Source, begin: int, end: int) -> set[int]:
        """Documents that hold every run of these words (so, in practice, all of them in a row)."""
        found: set[int] | None = None
        for i in range(begin, end - RUN + 1):
            here = self.holders.get(source.folded[i : i + RUN], frozenset())
            found = set(here) if found is None else found & here
        return found or set()

    def is_telling(self, source: Source, begin: int, end: int) -> bool:
        """Whether most runs of these words are no boilerplate, and the words are not one repeated."""
        runs = source.common[begin : end - RUN + 1]
        return bool(runs) and sum(runs) <= 0.2 * len(runs) and len(set(source.folded[begin:end])) >= 8


def ocr(text: str, rate: float, rng: random.Random) -> str:
    """Damage letters as OCR does: confusions, lost and split letters, lost blanks."""
    out = []
    for char in text:
        if rng.random() >= rate:
            out.append(char)
            continue
        fate = rng.random()
        if fate < 0.6:
            out.append(CONFUSED.get(char, rng.choice("aeiounrtslc") if char.isalpha() else char))
        elif fate < 0.8:
            continue
        else:
            out.append(char + rng.choice(" .'l1"))
    return "".join(out)


def reword(words: Sequence[str], share: float, vocabulary: Sequence[str], rng: random.Random) -> list[str]:
    """Replace, drop, add or swap a share of the words, at random places."""
    out: list[str] = []
    for word in words:
        if rng.random() >= share:
            out.append(word)
            continue
        fate = rng.random()
        if fate < 0.55:
            out.append(rng.choice(vocabulary))
        elif fate < 0.75:
            continue
        elif fate < 0.9:
            out += [word, rng.choice(vocabulary)]
        elif out:
            out.insert(len(out) - 1, word)
    return out


def reorder(words: Sequence[str], rng: random.Random, part: int = 25) -> list[str]:
    """Cut into parts and shuffle them."""
    parts = [list(words[i : i + part]) for i in range(0, len(words), part)]
    rng.shuffle(parts)
    return [w for p in parts for w in p]


def build(
    texts: Sequence[str], documents: int, posts: int, planted: int, seed: int = 14
) -> tuple[Workload, Iterator[tuple[str, str]]]:
    """Make the workload.

    Args:
        texts: Real texts; the first ``documents`` of a seeded shuffle are looked for, posts are cut from the rest.
        documents: Number of documents.
        posts: Number of posts in all.
        planted: Planted posts of each kind.
        seed: Seed.

    Returns:
        The workload and a generator of (post id, text). The truth is complete when the generator is used up.
    """
    rng = random.Random(seed)
    order = list(range(len(texts)))
    rng.shuffle(order)
    sources = [s for s in (as_source(texts[i]) for i in order) if len(s.words) >= 60]
    numbers = list(range(min(documents, len(sources) // 2)))
    oracle = Containment(sources, numbers)
    rest = sources[len(numbers) :]
    vocabulary = [w for s in rest[:300] for w in s.words if w.isalpha()]
    work = Workload([" ".join(sources[i].words) for i in numbers], sources=[sources[i] for i in numbers])
    return work, _posts(work, oracle, sources, numbers, rest, vocabulary, posts, planted, rng)


def _cut(oracle: Containment, source: Source, length: int, rng: random.Random) -> tuple[int, int] | None:
    for _ in range(20):
        if len(source.words) < length:
            return None
        at = rng.randrange(len(source.words) - length + 1)
        if oracle.is_telling(source, at, at + length):
            return at, at + length
    return None


def _posts(
    work: Workload, oracle: Containment, sources: Sequence[Source], numbers: Sequence[int], rest: Sequence[Source],
    vocabulary: Sequence[str], posts: int, planted: int, rng: random.Random,
) -> Iterator[tuple[str, str]]:  # fmt: skip
    made: list[tuple[str, str]] = []

    def plant(kind: str, length: int, change: Callable[[Sequence[str]], str]) -> None:
        n = tries = 0
        while n < planted and tries < 20 * planted:
            tries += 1
            source = sources[rng.choice(numbers)]
            cut = _cut(oracle, source, min(length, len(source.words)), rng)
            if cut is None:
                continue
            piece = source.words[cut[0] : cut[1]]
            post = f"{kind}-{n}"
            work.kinds[post] = kind
            work.cuts[post] = ((source, *cut),)
            work.whole |= {(post, d) for d in oracle.holding(source, *cut)}
            work.touches |= {(post, d) for d in oracle.touched(source, *cut)}
            made.append((post, change(piece)))
            n += 1

    def hidden(piece: Sequence[str]) -> str:
        around = rng.choice(rest)
        at = rng.randrange(max(1, len(around.words) - 120))
        before, after = around.words[at : at + rng.randint(10, 60)], around.words[at + 60 : at + rng.randint(70, 120)]
        post = f"quoted inside-{sum(1 for k in work.kinds.values() if k == 'quoted inside') - 1}"
        work.touches.update((post, d) for d in oracle.touched(around, at, at + 120))
        work.cuts[post] += ((around, at, at + 120),)
        return " ".join((*before, *piece, *after))

    plant("verbatim", 10**6, " ".join)
    for length in LENGTHS:
        plant(f"excerpt of {length}", length, " ".join)
    mixed = [20, 50, 100, 200]
    for rate in OCR_RATES:
        plant(f"OCR {rate:.0%}", rng.choice(mixed), lambda p, r=rate: ocr(" ".join(p), r, rng))  # type: ignore[misc]
    for length in mixed:
        plant(f"OCR 3%, {length} words", length, lambda p: ocr(" ".join(p), 0.03, rng))
    plant("re-ordered", 100, lambda p: " ".join(reorder(p, rng)))
    plant("reworded 15 %", 60, lambda p: " ".join(reword(p, 0.15, vocabulary, rng)))
    plant("reworded 40 %", 60, lambda p: " ".join(reword(p, 0.40, vocabulary, rng)))
    plant("quoted inside", 40, hidden)
    yield from made
    boilerplate = [" ".join(r) for r in oracle.boilerplate]
    for i in range(max(0, posts - len(made))):
        source = rng.choice(rest)
        length = rng.randint(10, 100)
        at = rng.randrange(max(1, len(source.words) - length))
        post = f"other-{i}"
        text = " ".join(source.words[at : at + length])
        if i % 20 == 0 and boilerplate:
            text = f"{rng.choice(boilerplate)} {text}"
        elif i % 20 == 1:
            text = " ".join(reword(source.words[at : at + length], 0.1, vocabulary, rng))
        work.touches |= {(post, d) for d in oracle.touched(source, at, at + length)}
        work.cuts[post] = ((source, at, at + length),)
        yield post, text


LOOKED_AT = 400
"""Most false finds of one kind that are looked at to the letter; the rest is taken to be like them."""


def score(work: Workload, found: set[tuple[str, int]]) -> list[dict[str, float | int | str]]:
    """Precision and recall for each kind of post.

    Recall: share of the pairs in which the document holds the whole excerpt that were found. Precision: share of the
    pairs found that have a run in common (before the damage), to the word and to the letter.
    """
    rows: list[dict[str, float | int | str]] = []
    wanted: dict[str, set[tuple[str, int]]] = defaultdict(set)
    got: dict[str, set[tuple[str, int]]] = defaultdict(set)
    for pair in work.whole:
        wanted[work.kinds.get(pair[0], "other")].add(pair)
    for pair in found:
        got[work.kinds.get(pair[0], "other")].add(pair)
    for kind in dict.fromkeys([*work.kinds.values(), "other"]):
        right = len(got[kind] & work.touches)
        wrong = sorted(got[kind] - work.touches, key=lambda p: hashlib.sha256(f"{p}".encode()).digest())
        looked = wrong[:LOOKED_AT]
        near = sum(work.nearly(*p) for p in looked) * len(wrong) / max(1, len(looked))
        rows.append(
            {
                "kind": kind,
                "posts": sum(1 for k in work.kinds.values() if k == kind),
                "pairs": len(wanted[kind]),
                "recall": len(wanted[kind] & found) / len(wanted[kind]) if wanted[kind] else float("nan"),
                "found": len(got[kind]),
                "precision": right / len(got[kind]) if got[kind] else float("nan"),
                "precision_to_the_letter": (right + near) / len(got[kind]) if got[kind] else float("nan"),
                "false": len(wrong),
            }
        )
    return rows
