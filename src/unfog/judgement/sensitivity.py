"""What the answer hangs on: groups left out, inputs at the ends of their ranges, and what would change the word."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from unfog.judgement.combine import Z90, Floats
from unfog.judgement.document import Bar, Flip, Removal, WordBegins
from unfog.judgement.state import State, from_log_odds, log_odds
from unfog.text.yardstick import Yardstick

CURVE = from_log_odds(np.linspace(-3.0, 3.0, 61))
"""Priors along which the curve is drawn: odds of 1 in 1,000 to 1,000 to 1, evenly in log odds."""

MAX_BARS = 14
MAX_GONE = 6


def prior_curve(low: float, middle: float, high: float) -> tuple[tuple[float, float, float, float], ...]:
    """(prior, posterior at the low, middle and high log10 LR): for readers who hold another prior."""
    odds = log_odds(CURVE)
    after = [from_log_odds(odds + x) for x in (low, middle, high)]
    return tuple((float(p), float(a), float(b), float(c)) for p, a, b, c in zip(CURVE, *after, strict=True))


def word_begins(scale: Yardstick, log10_lr: float) -> tuple[WordBegins, ...]:
    """The prior from which each word of the yardstick is due, the evidence being what it is."""
    rows = []
    for word, edge in scale.edges():
        if 0.0 < edge < 100.0:
            prior = from_log_odds(log_odds(np.array([edge / 100.0])) - log10_lr)[0]
            rows.append(WordBegins(word=word, edge=edge, prior_needed=100.0 * float(prior)))
    return tuple(rows)


def removals(state: State, row: int, here: float, scale: Yardstick) -> tuple[Removal, ...]:
    """The answer without each group, the largest move first."""
    base = log_odds(state.priors)[row]
    out = []
    for g, group in enumerate(state.groups):
        p = float(state.removed[g, row])
        out.append(
            Removal(
                group=group.id,
                percent=100.0 * p,
                move=100.0 * (p - here),
                log10_lr=float(log_odds(np.array([p]))[0] - base),
                word=scale.word_at(100.0 * p).term,
            )
        )
    return tuple(sorted(out, key=lambda r: (-abs(r.move), r.group)))


class Tornado:
    """Inputs pushed to the ends of their ranges; computed once for all propositions."""

    def __init__(self, state: State, raters: dict[str, Floats]) -> None:
        here = state.probabilities()
        reach = np.abs(state.removed - here).max(axis=1) if len(state.groups) else np.zeros(0)
        self.bars: list[tuple[str, str, Floats, Floats]] = []
        for g in np.argsort(-reach, kind="stable")[:MAX_BARS]:
            ends = state.pushed(int(g), -Z90), state.pushed(int(g), Z90)
            self.bars.append((state.groups[int(g)].id, "group", *ends))
        for v in state.worlds.variables:
            if not v.has_prior:
                continue
            for value in v.values:
                both = [
                    state.probabilities(prior=state.worlds.prior(end=f"{v.id}={value}:{side}"))
                    for side in ("low", "high")
                ]
                self.bars.append((f"prior of {v.id} = {value}", "prior", both[0], both[1]))
        self.rho = {r: state.at_rho(r) for r in state.settings.rho_shown}
        if self.rho:
            ends = self.rho[min(self.rho)], self.rho[max(self.rho)]
            self.bars.append((f"dependence within groups, {min(self.rho):g} to {max(self.rho):g}", "rho", *ends))
        if len(raters) > 1:
            stack = np.stack(list(raters.values()))
            self.bars.append((f"raters ({', '.join(raters)})", "rater", stack.min(axis=0), stack.max(axis=0)))

    def of(self, row: int) -> tuple[Bar, ...]:
        """Bars of one proposition, the widest first; bars without width are left out."""
        bars = []
        for what, kind, a, b in self.bars:
            low, high = sorted((float(a[row]), float(b[row])))
            if high - low > 5e-5:
                bars.append(
                    Bar(what=what, kind=kind, low=100.0 * low, high=100.0 * high)  # type: ignore[arg-type]
                )
        return tuple(sorted(bars, key=lambda b: (-(b.high - b.low), b.what))[:MAX_BARS])


def flips(state: State, row: int, here: float, log10_lr: float, scale: Yardstick) -> tuple[Flip, ...]:
    """What would have to be otherwise for another word to be due."""
    word = scale.word_at(100.0 * here).term
    odds = float(log_odds(np.array([here]))[0])
    out: list[Flip] = []
    for direction, edges in (("less", _below(scale, here)), ("more", _above(scale, here))):
        edge = next(iter(edges), None)
        if edge is None:
            continue
        other = scale.word_at(edge[1]).term
        need = float(log_odds(np.array([edge[0] / 100.0]))[0]) - odds
        out.append(
            Flip(what=f"evidence worth {need:+.2f} in log10 ({direction})", kind="log10_lr", at=need, word=other)
        )
        prior = float(from_log_odds(np.array([odds + need - log10_lr]))[0])
        out.append(Flip(what=f"a prior of {100 * prior:.3g} %", kind="prior", at=100.0 * prior, word=other))
    for g, group in enumerate(state.groups):
        other = scale.word_at(100.0 * float(state.removed[g, row])).term
        if other != word:
            percent = 100.0 * float(state.removed[g, row])
            out.append(Flip(what=f"“{group.id}” had to be left out", kind="group", at=percent, word=other))
    many = _fewest(state, row, here)
    if many:
        names = ", ".join(f"“{state.groups[g].id}”" for g in many)
        percent = 100.0 * float(state.without_groups(many)[row])
        out.append(
            Flip(what=f"all of {names} had to be wrong", kind="groups", at=percent, word=scale.word_at(percent).term)
        )
    for rho in np.round(np.arange(0.0, 1.001, 0.1), 2):
        p = float(state.at_rho(float(rho))[row])
        if scale.word_at(100.0 * p).term != word:
            out.append(
                Flip(
                    what=f"dependence within groups of {rho:.1f}",
                    kind="rho",
                    at=float(rho),
                    word=scale.word_at(100.0 * p).term,
                )
            )
            break
    return tuple(out)


def _fewest(state: State, row: int, here: float) -> list[int]:
    """Greedily, the groups that would have to go for the answer to change sides (at most six; else empty)."""
    gone: list[int] = []
    p = here
    above = here >= 0.5
    while (p >= 0.5) == above:
        rest = [g for g in range(len(state.groups)) if g not in gone]
        if not rest or len(gone) == MAX_GONE:
            return []
        ranked = sorted(rest, key=lambda g: state.removed[g, row] if above else -state.removed[g, row])[:12]
        tried = {g: float(state.without_groups([*gone, g])[row]) for g in ranked}
        best = min(ranked, key=lambda g: tried[g] if above else -tried[g])
        if abs(tried[best] - p) < 1e-9:
            return []
        gone.append(best)
        p = tried[best]
    return gone if len(gone) > 1 else []


def _crossings(scale: Yardstick) -> list[tuple[float, float, float]]:
    """(edge, just below, just above), percent, wherever the word changes."""
    edges = sorted({x for b in scale.bands for x in (b.low, b.high) if 0.0 < x < 100.0})
    eps = 1e-6
    return [(x, x - eps, x + eps) for x in edges if scale.word_at(x - eps).term != scale.word_at(x + eps).term]


def _below(scale: Yardstick, p: float) -> Iterable[tuple[float, float]]:
    word = scale.word_at(100.0 * p).term
    return ((x, a) for x, a, _ in reversed(_crossings(scale)) if x <= 100.0 * p and scale.word_at(a).term != word)


def _above(scale: Yardstick, p: float) -> Iterable[tuple[float, float]]:
    word = scale.word_at(100.0 * p).term
    return ((x, b) for x, _, b in _crossings(scale) if x >= 100.0 * p and scale.word_at(b).term != word)
