"""Features of the CRF: words, shapes, quote state, cues around, and the label that the rules gave (the stacking)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from unfog.statements import rules
from unfog.statements.lexicon import cue_lexicon, source_lexicon
from unfog.statements.prepared import Prepared

Features = list[list[str] | None]
_BREAKS = frozenset("and but because while as when which who although though if after before so where since".split())  # noqa: SIM905
_AROUND = ((-3, "-3"), (-2, "-2"), (-1, "-1"), (1, "+1"), (2, "+2"), (3, "+3"))


class _Columns(NamedTuple):
    """What is known of each token of an article, by token."""

    words: list[str]
    lower: list[str]
    states: list[int]
    shapes: list[str]
    endings: list[str]
    ruled: list[str]
    cue: list[float]
    source: list[int]
    named: set[str]


def features(text: Prepared) -> Features:
    """Feature strings of every token; None for the tokens between paragraphs."""
    words, lower, states = text.tokens.words, text.tokens.lower, text.states
    ruled = rules.tag(text.tokens, states, text.sents)
    cues, sources = cue_lexicon(), source_lexicon()
    shapes = [_shape(w) for w in words]
    known = _Columns(
        words, lower, states, shapes, [w[-3:] for w in lower], ruled,
        [cues.get(w, 0.0) for w in lower], [sources.get(w, 0) for w in lower],
        {w for w, r, s in zip(lower, ruled, shapes, strict=True) if r.endswith("source") and s in "TU"},
    )  # fmt: skip
    out: Features = [None] * len(words)
    nth, before = 0, "^"
    for a, b in text.sents:
        if a == 0 or words[a - 1][0] == "\n":
            nth, before = 0, "^"
        share = _share(states, a, b)
        _sentence(known, a, b, out, f"{nth}|{share}", f"{before}|{share}")
        before = f"{share}{int(any(r.endswith('source') for r in ruled[a:b]))}{states[b - 1]}"
        nth = min(nth + 1, 2)
    return out


def _sentence(t: _Columns, a: int, b: int, out: Features, place: str, before: str) -> None:
    cues = [i for i in range(a, b) if t.cue[i] > 0 and t.states[i] != 2]
    marks = int(any(t.states[i] in (1, 3) for i in range(a, b)))
    last = t.words[b - 1] if not t.words[b - 1][0].isalnum() else "w"
    fixed = ["b", f"nc={min(len(cues), 3)}", f"qm={marks}", f"first={t.lower[a]}", f"last={last}", "nth=" + place,
             "prev=" + before, f"len={_bucket((b - a) // 4)}"]  # fmt: skip
    at = 0
    for i in range(a, b):
        while at < len(cues) and cues[at] < i:
            at += 1
        right = at + 1 if at < len(cues) and cues[at] == i else at
        row = [*fixed, f"pos={_bucket(i - a)}", f"end={_bucket(b - 1 - i)}"]
        _word(t, i, a, b, row)
        left_cue, right_cue = (cues[at - 1] if at else -1), (cues[right] if right < len(cues) else -1)
        row.append(f"lr={int(left_cue >= 0)}{int(right_cue >= 0)}|q={t.states[i]}")
        if left_cue >= 0:
            _left(t, i, b, left_cue, row)
        if right_cue >= 0:
            _right(t, i, b, right_cue, row)
        out[i] = row


def _word(t: _Columns, i: int, a: int, b: int, row: list[str]) -> None:
    """The token and its neighbours."""
    lower, shapes, ruled, states = t.lower, t.shapes, t.ruled, t.states
    w, q, r, sh = lower[i], states[i], ruled[i], shapes[i]
    row += ["w=" + w, "s3=" + t.endings[i], "s2=" + w[-2:], "sh=" + sh]
    for d, name in _AROUND:
        j = i + d
        if a <= j < b:
            row.append(f"w{name}={lower[j]}")
            row.append(f"sh{name}={shapes[j]}")
    row.append("sh5=" + "".join(shapes[max(a, i - 2) : i]) + "_" + sh + "_" + "".join(shapes[i + 1 : min(b, i + 3)]))
    if i > a:
        h = i - 1
        r_left, q_left, sh_left, cue_left, source_left = ruled[h], states[h], shapes[h], f"{t.cue[h]:.1f}", t.source[h]
        row += [f"w-1|w={lower[h]}|{w}", "s3-1=" + t.endings[h]]
        if h > a:
            row.append(f"w-2|w-1={lower[h - 1]}|{lower[h]}")
    else:
        r_left = q_left = sh_left = source_left = cue_left = "^"  # type: ignore[assignment]
    if i + 1 < b:
        j = i + 1
        r_right, q_right, sh_right, cue_right, source_right = (
            ruled[j],
            states[j],
            shapes[j],
            f"{t.cue[j]:.1f}",
            t.source[j],
        )
        row += [f"w|w+1={w}|{lower[j]}", "s3+1=" + t.endings[j]]
        if j + 1 < b:
            row.append(f"w+1|w+2={lower[j]}|{lower[j + 1]}")
    else:
        r_right = q_right = sh_right = source_right = cue_right = "$"  # type: ignore[assignment]
    marks, cue, source = f"{q_left}{q}{q_right}", f"{t.cue[i]:.1f}", t.source[i]
    row += [
        f"q={q}", "q3=" + marks, f"q3|w={marks}|{w}", f"sh3={sh_left}{sh}{sh_right}",
        "p=" + cue, f"ps={cue_left}|{cue}|{cue_right}",
        f"src={source}|{sh}", f"srcs={source_left}|{source}|{source_right}", f"nm={int(w in t.named)}|{sh}",
        "r=" + r, f"r-1={r_left}", f"r+1={r_right}", f"r={r}|q={q}", f"r={r}|w={w}",
    ]  # fmt: skip


def _left(t: _Columns, i: int, b: int, cue: int, row: list[str]) -> None:
    """The nearest cue before the token and what stands between."""
    w, q = t.lower[cue], t.states[i]
    between = t.lower[cue + 1 : i]
    away = _bucket(i - cue)
    after = t.lower[cue + 1] if cue + 1 < b else ""
    breaks = sum(x in _BREAKS for x in between)
    here = t.lower[i] if t.lower[i] in _BREAKS or t.lower[i] in ",;:-–—" else "0"
    row += [
        "lcw=" + w, "lcd=" + away, "lc1=" + after, f"lcw|1={w}|{after}", f"lcw|d={w}|{away}",
        f"lc_that={int('that' in between)}|comma={min(2, between.count(','))}|q={q}",
        f"lcr={t.ruled[cue]}|{t.ruled[i]}", f"lcp={t.cue[cue]:.1f}|{away}|q={q}",
        f"lcl={min(2, breaks)}|{here}|q={q}",
        f"lcs={int(t.states[cue] > 0)}{t.states[cue + 1] if cue + 1 < b else 0}|q={q}",
    ]  # fmt: skip


def _right(t: _Columns, i: int, b: int, cue: int, row: list[str]) -> None:
    """The nearest cue after the token and what stands between."""
    w, q = t.lower[cue], t.states[i]
    between = t.lower[i + 1 : cue]
    away = _bucket(cue - i)
    row += [
        "rcw=" + w, "rcd=" + away, f"rc_comma={min(2, between.count(','))}|q={q}", f"rcw|d={w}|{away}",
        f"rc-1={t.lower[cue - 1]}|{away}", f"rc1={t.lower[cue + 1] if cue + 1 < b else '$'}|{away}",
        f"rcr={t.ruled[cue]}|{t.ruled[i]}", f"rcp={t.cue[cue]:.1f}|{away}|q={q}",
        f"rcl={min(2, sum(x in _BREAKS for x in between))}|{away}",
    ]  # fmt: skip


def sequences(rows: Features, paras: Sequence[tuple[int, int]]) -> list[list[int]]:
    """Token indices of each CRF sequence: one per paragraph."""
    found = ([i for i in range(a, b) if rows[i] is not None] for a, b in paras)
    return [s for s in found if s]


def _share(states: list[int], a: int, b: int) -> str:
    """How much of a sentence stands in marks: nothing, part, all but a tenth."""
    quoted = sum(s > 0 for s in states[a:b])
    return "0" if not quoted else "1" if quoted > 0.9 * (b - a) else "p"


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
