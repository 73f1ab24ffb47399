"""Features of the CRF: words, shapes, quote state, cues around, and the label that the rules gave (the stacking)."""

from __future__ import annotations

from unfog.statements import rules
from unfog.statements.lexicon import cue_lexicon
from unfog.statements.tokens import Tokens

Sequence = list[list[str]]


def features(tokens: Tokens, states: list[int], sents: list[tuple[int, int]]) -> list[list[str] | None]:
    """Feature strings of every token; None for the tokens between paragraphs."""
    words, lower, n = tokens.words, tokens.lower, len(tokens)
    ruled = rules.tag(tokens, states, sents)
    lexicon = cue_lexicon()
    chance = [lexicon.get(w, 0.0) for w in lower]
    shapes = [_shape(w) for w in words]
    out: list[list[str] | None] = [None] * n
    for a, b in sents:
        cues = [i for i in range(a, b) if chance[i] > 0 and states[i] != 2]
        marks = any(states[i] in (1, 3) for i in range(a, b))
        fixed = ["b", f"nc={min(len(cues), 3)}", f"qm={int(marks)}", f"first={lower[a]}"]
        at = 0
        for i in range(a, b):
            while at < len(cues) and cues[at] < i:
                at += 1
            on_cue = at < len(cues) and cues[at] == i
            left = cues[at - 1] if at else -1
            right = cues[at + 1] if on_cue and at + 1 < len(cues) else cues[at] if at < len(cues) and not on_cue else -1
            out[i] = [
                *fixed,
                *_word(lower, words, shapes, i, a, b),
                f"q={states[i]}",
                f"p={chance[i]:.1f}",
                f"pos={_bucket(i - a)}",
                f"end={_bucket(b - 1 - i)}",
                *_cues(lower, states, i, b, left, right),
                f"r={ruled[i]}",
                "r-1=" + (ruled[i - 1] if i > a else "^"),
                "r+1=" + (ruled[i + 1] if i + 1 < b else "$"),
                f"r={ruled[i]}|q={states[i]}",
                f"r={ruled[i]}|w={lower[i]}",
            ]
    return out


def _word(lower: list[str], words: list[str], shapes: list[str], i: int, a: int, b: int) -> list[str]:
    w = lower[i]
    out = ["w=" + w, "s3=" + w[-3:], "sh=" + shapes[i]]
    for d, tag in ((-3, "-3"), (-2, "-2"), (-1, "-1"), (1, "+1"), (2, "+2"), (3, "+3")):
        j = i + d
        if a <= j < b:
            out.append(f"w{tag}={lower[j]}")
            out.append(f"sh{tag}={shapes[j]}")
        elif d in (-1, 1):
            out.append("edge" + tag)
    if i > a:
        out.append(f"w-1|w={lower[i - 1]}|{w}")
    if i + 1 < b:
        out.append(f"w|w+1={w}|{lower[i + 1]}")
    return out


def _cues(lower: list[str], states: list[int], i: int, b: int, left: int, right: int) -> list[str]:
    q = states[i]
    out = [f"lr={int(left >= 0)}{int(right >= 0)}|q={q}"]
    if left >= 0:
        between = lower[left + 1 : i]
        out += [
            "lcw=" + lower[left],
            "lcd=" + _bucket(i - left),
            f"lc_that={int('that' in between)}|comma={min(2, between.count(','))}|q={q}",
            "lc1=" + (lower[left + 1] if left + 1 < b else ""),
        ]
    else:
        out.append(f"nolc|q={q}")
    if right >= 0:
        between = lower[i + 1 : right]
        out += [
            "rcw=" + lower[right],
            "rcd=" + _bucket(right - i),
            f"rc_comma={min(2, between.count(','))}|q={q}",
        ]
    else:
        out.append(f"norc|q={q}")
    return out


def sequences(rows: list[list[str] | None], paras: list[tuple[int, int]]) -> list[list[int]]:
    """Token indices of each CRF sequence: one per paragraph."""
    return [[i for i in range(a, b) if rows[i] is not None] for a, b in paras]


def _shape(word: str) -> str:
    c = word[0]
    if c.isdigit():
        return "N"
    if not c.isalpha():
        return "P"
    if c.isupper():
        return "U" if len(word) > 1 and word.isupper() else "T"
    return "l"


def _bucket(n: int) -> str:
    return str(n) if n < 4 else "4-7" if n < 8 else "8-15" if n < 16 else "16+"
