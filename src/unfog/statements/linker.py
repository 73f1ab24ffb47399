"""Which source and which content belong to which cue.

Contents go to the cheapest cue by a deterministic cost; sources by a learned ranker (:mod:`unfog.statements.ranker`).
With true spans both put 97 % right on PolNeAR, so the hard part is finding the spans.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from unfog.statements.evaluation import spans_of
from unfog.statements.labels import side
from unfog.statements.lexicon import AUXILIARIES
from unfog.statements.prepared import Prepared
from unfog.statements.ranker import Range, Scene, between, gap, probability

SURE = 0.3
"""Least probability of a pair of cue and tagged source."""
FAINT = 0.3
"""Least probability of a token that is no tagged source but may be one; and least product of the probabilities of the
pair and of the source with which a cue without a source takes it.
"""


@dataclass(slots=True)
class Tagged:
    """What a tagger gives.

    Attributes:
        tags: B-/I-/O tag per token; a side may follow the role (:mod:`unfog.statements.labels`).
        source: Per token the probability of being in a source; empty where the tagger has none.
    """

    tags: list[str]
    source: Sequence[float] = ()


@dataclass(slots=True)
class Linked:
    """One attribution as token ranges; ``borrowed`` tells that the source is that of a conjoined cue (``conjoined``) or
    was not surely tagged (``faint``)."""

    cue: Range | None = None
    source: Range | None = None
    content: list[Range] = field(default_factory=list)
    borrowed: str = ""


def link(tagged: Tagged, text: Prepared, *, share_subject: bool = False) -> list[Linked]:
    """Attributions of an article.

    Args:
        tagged: Tags of the tokens.
        text: The article.
        share_subject: Conjoined cues ("X said A and said B") share the subject. Right for a ledger; PolNeAR, in which a
            token belongs to one attribution only, is scored without it.
    """
    spans = spans_of(tagged.tags)
    scene = Scene(text, *(sorted((a, b) for role, a, b in spans if role == of) for of in ("cue", "source", "content")))
    sides = [side(t) for t in tagged.tags]
    out = [Linked(cue=c) for c in scene.cues]
    _pair(out, scene, scene.sources)
    orphans = _attach_contents(out, scene, sides)
    for one in out:
        one.source, one.content = None, sorted(one.content)
    _pair([one for one in out if one.content], scene, scene.sources)
    _pair(
        [one for one in out if not one.content], scene, [s for s in scene.sources if s not in {o.source for o in out}]
    )
    if share_subject:
        _share(out, scene)
    _take_faint([one for one in out if one.content], scene, tagged.source)
    return [*out, *(Linked(content=[c]) for c in orphans if _in_marks(text, c))]


def _pair(out: list[Linked], scene: Scene, sources: Sequence[Range], source: Sequence[float] = ()) -> None:
    """Give cues without a source the likeliest free ones, likeliest pairs first."""
    options = []
    taken = {one.source for one in out if one.source}
    for i, one in enumerate(out):
        if one.cue is None or one.source is not None:
            continue
        for s in scene.candidates(one.cue):
            if s in taken or s not in sources:
                continue
            p = probability(scene.describe(one.cue, s, one.content), before=s[0] < one.cue[0])
            options.append((p * (max(source[s[0] : s[1]]) if source else 1.0), i, s))
    for p, i, s in sorted(options, key=lambda o: (-o[0], o[1], o[2])):
        if p >= (FAINT if source else SURE) and out[i].source is None and s not in taken:
            out[i].source = s
            out[i].borrowed = "faint" if source else ""
            taken.add(s)


def _take_faint(out: list[Linked], scene: Scene, source: Sequence[float]) -> None:
    """Sources that the tagger held for possible, for cues that have none."""
    if not source or all(one.source for one in out):
        return
    tagged = {i for spans in (scene.cues, scene.sources, scene.contents) for a, b in spans for i in range(a, b)}
    faint: list[Range] = []
    for i, p in enumerate(source):
        if p >= FAINT and i not in tagged:
            if faint and faint[-1][1] == i:
                faint[-1] = (faint[-1][0], i + 1)
            else:
                faint.append((i, i + 1))
    if faint:
        wider = Scene(scene.text, scene.cues, sorted([*scene.sources, *faint]), scene.contents)
        _pair(out, wider, faint, source)


def _attach_contents(out: list[Linked], scene: Scene, sides: Sequence[str]) -> list[Range]:
    """Give each content to the cheapest cue; contents that are too far from every cue come back."""
    sent_starts = [a for a, _ in scene.text.sents]
    para_starts = [a for a, _ in scene.text.paras]
    states = scene.text.states
    orphans = []
    for content in scene.contents:
        best: tuple[float, int] | None = None
        ends = {bisect_right(sent_starts, content[0]), bisect_right(sent_starts, content[1] - 1)}
        for i, one in enumerate(out):
            cue = one.cue
            if cue is None or abs(cue[0] - content[0]) > 400:
                continue
            same = bisect_right(sent_starts, cue[0]) in ends
            box = (min(cue[0], one.source[0]), max(cue[1], one.source[1])) if one.source else cue
            cost = gap(box, content) + 10 * between(cue, content, scene.cues) + (0 if same else 25)
            cost += 0 if content[1] > cue[0] else 1
            cost += 10 if _wrong_side(sides[content[0]], content, cue) else 0
            cost += 10 if not same and sides[content[0]] in ("<", ">") else 0
            cost += 40 if bisect_right(para_starts, cue[0]) != bisect_right(para_starts, content[0]) else 0
            cost += 30 if not same and states[content[0]] not in (1, 2) else 0
            if best is None or cost < best[0]:
                best = (cost, i)
        if best is not None and best[0] < 80:
            out[best[1]].content.append(content)
        else:
            orphans.append(content)
    return orphans


def _in_marks(text: Prepared, content: Range) -> bool:
    """Whether half of a content stands in marks: only then is it an attribution without a cue."""
    return 2 * sum(s > 0 for s in text.states[slice(*content)]) >= content[1] - content[0]


def _wrong_side(told: str, span: Range, cue: Range) -> bool:
    """Whether a span stands on the other side of this cue than the tagger gave it."""
    return told in ("<", ">") and (told == "<") != (span[0] < cue[0])


def _share(out: list[Linked], scene: Scene) -> None:
    """Give a cue that *and*, *but* or *or* joins to the one before the last source of its sentence."""
    starts = [a for a, _ in scene.text.sents]
    lower = scene.text.tokens.lower
    for one in out:
        if one.source is None and one.cue and one.content:
            first = starts[bisect_right(starts, one.cue[0]) - 1]
            at = one.cue[0] - 1
            while at > first and (lower[at] in AUXILIARIES or lower[at].endswith("ly")):
                at -= 1
            before = [s for s in scene.sources if first <= s[0] and s[1] <= one.cue[0]]
            if before and lower[at] in ("and", "but", "or"):
                one.source, one.borrowed = before[-1], "conjoined"
