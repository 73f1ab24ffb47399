"""The answer in one paragraph: what the evidence supports, leaves open, speaks against, and cannot tell.

Every word stands with its percentage; intervals stand in the panel beneath; confidence has a sentence of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from markupsafe import Markup

from unfog.report.kinds.answers import Answer, in_order
from unfog.report.numbers import percent
from unfog.report.shown import join, show
from unfog.text.writer import clause

_LIKELY, _SURE = Markup("<p>{}</p>"), Markup('<p class="sure">{}</p>')


def brief(answers: Sequence[Answer], day: str, clock: str = "public") -> Markup:
    """Two short paragraphs: likelihood, then, apart from it, confidence.

    Args:
        answers: What was judged.
        day: The date as of which, as a reader says it.
        clock: ``public`` (what anyone could know) or ``obtained``.
    """
    told = in_order(answers)
    known = sorted((a for a in told if a.share is not None), key=lambda a: -(a.share or 0.0))
    firm = [a for a in known if (a.low if a.low is not None else a.share or 0.0) >= 0.5]
    against = [a for a in known if (a.high if a.high is not None else a.share or 0.0) <= 0.5]
    open_ = [a for a in known if a not in firm and a not in against]
    silent = [a for a in told if a.share is None and a.status != "not assessable"]
    never = [a for a in told if a.share is None and a.status == "not assessable"]
    groups: list[tuple[str, list[Answer], Callable[[Answer], Markup]]] = [
        ("supports", firm, lambda a: _told("that", a)),
        ("leaves open", open_, lambda a: _told("whether", a)),
        ("speaks against", against, lambda a: _told("the statement that", a)),
        ("cannot tell", silent, lambda a: Markup("whether {}").format(_clause(a))),
    ]
    who = Markup("The evidence {} {}").format("public by" if clock == "public" else "at hand by", show(day))
    parts: list[Markup] = []
    for verb, found, tell in groups:
        if found:
            parts.append(Markup("{} {} {}.").format("It" if parts else who, verb, _listed([tell(a) for a in found])))
    if never:
        told_never = _listed([Markup("whether {}").format(_clause(a)) for a in never])
        parts.append(Markup("No data at hand can assess {}.").format(told_never))
    likely = join(parts, " ")
    sure = _confidence([a for a in told if a.level])
    out = _LIKELY.format(likely) if likely else Markup("")
    return out + (_SURE.format(sure) if sure else Markup(""))


def _clause(a: Answer) -> Markup:
    return show(clause(a.says), 400)


def _told(head: str, a: Answer) -> Markup:
    return Markup("{} {} (<b>{}</b>, {})").format(head, _clause(a), show(a.word), percent(a.share or 0.0))


def _listed(items: Sequence[Markup | str]) -> Markup:
    """``a; b; and c``: parts are long, so semicolons."""
    if len(items) == 1:
        return join(items)
    return Markup("{} and {}").format(join(items[:-1], "; ") + Markup(";"), items[-1])


def _confidence(answers: Sequence[Answer]) -> Markup:
    levels: dict[str, list[str]] = {}
    for a in answers:
        levels.setdefault(a.level, []).append(a.proposition)
    if not levels:
        return Markup("")
    if len(levels) == 1:
        (level,) = levels
        return Markup("Analytic confidence is {} throughout: see what each judgement rests on.").format(show(level))
    order = sorted(
        levels, key=lambda v: (["high", "moderate", "low"].index(v) if v in ("high", "moderate", "low") else 3, v)
    )
    told = [Markup("{} for {}").format(show(v), show(", ".join(levels[v]))) for v in order]
    return Markup("Analytic confidence is {}.").format(_listed(told) if len(told) > 2 else join(told, " and "))
