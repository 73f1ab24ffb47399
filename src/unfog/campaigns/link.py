"""Have we seen this operation before? One campaign against one set: trait by trait, then together.

For each trait that can be compared, log10 P(seen | same operator) / P(seen | unrelated). "Unrelated" is any other
campaign of the catalogue, benign ones among them, so an operation that nobody has described comes out unrelated to all.

*Same operator : mimic* is kept apart. Who imitates a campaign can copy what was public before the act: such a trait, if
shown, tells nothing (LR 1). A departure counts against the same operator at most as much as against the unrelated.
These are structural bounds, argued and not measured: no labelled imitation exists to calibrate on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from unfog.campaigns.acts import Observed
from unfog.campaigns.catalogue import Entry, Trait, was_public
from unfog.campaigns.counts import Background, Count, known_repeats, log10_ratio, reliability, within_coding_error
from unfog.campaigns.kinds import KINDS
from unfog.campaigns.shared_hosts import is_shared
from unfog.campaigns.techniques import overlap_bound
from unfog.judgement.combine import combined
from unfog.model import Estimate, Kind, parse_moment

NOTHING = Estimate.exact(0.0)
NO_COUNT = Count(0, 0)


@dataclass(frozen=True, slots=True)
class Part:
    """One row of the waterfall.

    Attributes:
        kind: Kind of trait.
        outcome: ``shows``, ``departs``, ``cannot compare``, ``not calibratable`` or ``told only``.
        says: What was compared, in a sentence.
        log10_lr: Same operator : unrelated, within its cap; 0 where it has no weight.
        mimic: Same operator : mimic, a structural bound.
        same: Count behind P(seen | same operator).
        unrelated: Count behind P(seen | unrelated).
        cap: Rule of the cap where it bit.
        public_from: Since when the campaign's trait is public.
        before_act: Whether that was before the act, so that it could be imitated.
        spoofing_cost: Cost of imitating it.
        why_not: Why it has no weight.
        met: What exactly was met, where it is a list of sites.
        circular: Whether a count of ``same`` rests on a description that was recognised by this very trait.
    """

    kind: str
    outcome: str
    says: str
    log10_lr: Estimate = NOTHING
    mimic: Estimate = NOTHING
    same: Count = NO_COUNT
    unrelated: Count = NO_COUNT
    cap: str = ""
    public_from: str = ""
    before_act: bool = False
    spoofing_cost: str = ""
    why_not: str = ""
    met: tuple[str, ...] = ()
    circular: bool = False

    @property
    def weighed(self) -> bool:
        """Whether it takes part in the sum."""
        return self.outcome in ("shows", "departs") and not self.why_not


@dataclass(frozen=True, slots=True)
class Link:
    """What the comparison with one campaign gave.

    Attributes:
        entry: The campaign.
        parts: All traits compared, weighed or not, in the order of ``KINDS``.
        log10_lr: Same operator : unrelated, by kind of evidence and together (key ``all``).
        mimic: Same operator : mimic, likewise.
        verdict: ``linked``, ``unrelated``, ``cannot tell`` or ``not calibratable``.
        why: Reason of the verdict.
        rho: Assumed correlation within a group.
    """

    entry: Entry
    parts: tuple[Part, ...]
    log10_lr: Mapping[str, Estimate]
    mimic: Mapping[str, Estimate]
    verdict: str
    why: str
    rho: float = 0.6

    @property
    def weighed(self) -> tuple[Part, ...]:
        """Traits that took part in the sum."""
        return tuple(p for p in self.parts if p.weighed)

    @property
    def without(self) -> dict[str, Estimate]:
        """Same operator : unrelated without one trait, for each that was weighed; empty with fewer than two."""
        own = self.weighed
        return {p.kind: together([q for q in own if q is not p], self.rho)["all"] for p in own if len(own) > 1}


@dataclass(frozen=True, slots=True)
class Match:
    """Technical indicators that a campaign shares with the set.

    Attributes:
        keys: (kind of match, key, campaigns that have it), sorted.
        same: Reports of one operation that share at least one, of all such pairs of operations.
        unrelated: The same for reports of different operations.
    """

    keys: tuple[tuple[str, str, int], ...]
    same: Count
    unrelated: Count


def compare(
    entry: Entry,
    background: Background | Sequence[Entry],
    observed: Mapping[str, Observed],
    *,
    act: str,
    known: str = "",
    own_data: Sequence[str] = (),
    match: Match | None = None,
) -> tuple[Part, ...]:
    """Compare a set with one campaign, trait by trait.

    Args:
        entry: The campaign.
        background: The whole catalogue; of many candidates give one :class:`Background` by the same date.
        observed: Traits of the set.
        act: ISO date of the act (mimic gate).
        known: ISO date up to which the catalogue is known.
        own_data: Words by which the case's own sources are known; a trait that was computed from them has no weight.
        match: Shared indicators.
    """
    parts = []
    ground = background if isinstance(background, Background) else Background(background, known)
    for kind in KINDS.values():
        if kind.compare == "indicators":
            if match is not None and match.keys:
                parts.append(_indicator_part(match, entry, act))
            continue
        seen = observed.get(kind.id)
        versions = [t for t in entry.traits if t.kind == kind.id and was_public(t.public_from, known)]
        if seen is None and not versions:
            continue
        parts.append(_part(kind.id, seen, versions, entry, ground, act, known, own_data))
    return _once(parts)


def _once(parts: Sequence[Part]) -> tuple[Part, ...]:
    """How the accounts and how the first of them is used are one trait, unless the first is the exception."""
    by = {p.kind: p for p in parts}
    accounts, lead = by.get("account-use"), by.get("lead-account")
    if accounts and lead and accounts.weighed and lead.weighed and accounts.outcome == lead.outcome:
        told = replace(lead, log10_lr=NOTHING, mimic=NOTHING, cap="", why_not="the same as account-use; counted there")
        return tuple(told if p is lead else p for p in parts)
    return tuple(parts)


def _part(
    kind: str,
    seen: Observed | None,
    versions: Sequence[Trait],
    entry: Entry,
    ground: Background,
    act: str,
    known: str,
    own_data: Sequence[str],
) -> Part:
    cost = KINDS[kind].spoofing_cost
    told = seen.says if seen else "not seen of the set"
    if seen is None or not versions:
        why = "not coded for this campaign by that date" if not versions else "the tables do not tell it of this set"
        return Part(kind, "cannot compare", told, why_not=why, spoofing_cost=cost)
    versions = sorted(versions, key=lambda t: parse_moment(t.public_from).end)
    free = [t for t in versions if not _computed_from(t, own_data)]
    if not free:
        return Part(
            kind,
            "told only",
            told,
            public_from=versions[-1].public_from,
            spoofing_cost=cost,
            why_not="the campaign's trait was computed from these very posts",
        )
    own, how = free[-1], KINDS[kind].compare
    outcome, met = outcome_of(how, seen.possible, own.words)
    # an earlier description may lead to the same outcome: that is when it could first be copied
    first = next((t for t in free if outcome_of(how, seen.possible, t.words)[0] == outcome), own)
    more = sorted(own.words - frozenset(own.value))
    says = f"{told}; known of it: {', '.join((*own.value[:8], *more))}" + (
        f"; met: {', '.join(sorted(met))}" if how == "rare-sites" and met else ""
    )
    base = Part(
        kind,
        outcome,
        says,
        public_from=first.public_from,
        spoofing_cost=cost,
        before_act=not act or was_public(first.public_from, act),
        met=tuple(sorted(met)) if how == "rare-sites" else (),
    )
    if own.dispute:
        return replace(base, outcome="not calibratable", why_not=own.dispute)
    if how == "techniques":
        return replace(base, outcome="not calibratable", why_not=overlap_bound(seen.possible, frozenset(own.value)))
    if how in ("shown", "window"):
        return replace(base, outcome="told only", why_not="no background population for this trait")
    if outcome == "cannot compare":
        return replace(
            base, why_not="the rows leave several answers possible" if how == "word" else "no rare site in common"
        )
    same, unrelated = reliability(kind, known), ground.commonness(kind, own.words, entry)
    if same.of == 0 or unrelated.of == 0:
        what = "no campaign was described twice in this trait" if same.of == 0 else "no other campaign is coded in it"
        return replace(base, same=same, unrelated=unrelated, why_not=f"not calibratable: {what}")
    lr, cap = within_coding_error(*log10_ratio(same, unrelated, miss=outcome == "departs"))
    return replace(
        base,
        log10_lr=lr,
        mimic=_mimic(lr, outcome, base.before_act),
        same=same,
        unrelated=unrelated,
        cap=cap,
        circular=any(r.get("by_trait") for r in known_repeats(kind, known)),
    )


def _computed_from(trait: Trait, own_data: Sequence[str]) -> bool:
    return any(w and w in trait.computed_from.casefold() for w in own_data)


def outcome_of(how: str, possible: frozenset[str], known: frozenset[str]) -> tuple[str, frozenset[str]]:
    """What the comparison shows, and the words that were met."""
    if how == "rare-sites":
        shared = frozenset(s for s in possible & known if not is_shared(s))
        return ("shows" if shared else "cannot compare"), shared
    if possible <= known:
        return "shows", possible
    return ("cannot compare" if possible & known else "departs"), possible & known


def _mimic(lr: Estimate, outcome: str, before_act: bool) -> Estimate:
    """Same operator : mimic. A public trait that is shown: 1. A departure: between its weight and 1. Else as
    unrelated.
    """
    if not before_act:
        return lr
    if outcome == "shows":
        return NOTHING
    low = min(lr.low, 0.0)
    return Estimate(value=min(lr.value, 0.0) / 2.0, low=low, high=0.0)


def _indicator_part(match: Match, entry: Entry, act: str) -> Part:
    telling = [k for k in match.keys if k[2] == 1]
    first = min((i.public_from for i in entry.indicators), default="")
    says = f"{len(match.keys)} shared indicators, {len(telling)} of them of this campaign alone: "
    says += ", ".join(k[1] for k in match.keys[:5])
    before = not act or (bool(first) and was_public(first, act))
    base = Part("indicators", "shows", says, public_from=first, before_act=before, spoofing_cost="medium")
    if not telling:
        return replace(base, outcome="cannot compare", why_not="every shared indicator stands in several campaigns")
    if match.same.of == 0 or match.unrelated.of == 0:
        return replace(base, why_not="not calibratable: no pairs of reports")
    lr, cap = log10_ratio(match.same, match.unrelated)
    mimic = _mimic(lr, "shows", before)
    return replace(base, log10_lr=lr, mimic=mimic, same=match.same, unrelated=match.unrelated, cap=cap)


def together(parts: Sequence[Part], rho: float, *, mimic: bool = False) -> dict[str, Estimate]:
    """Parts of one kind of evidence are one dependence group; groups of different kinds add.

    The rule is the judgement's own (supporting and opposing apart, strongest first, shrunk by rho). The ends of the
    interval are taken with all parts at their ends at once, which is wide on purpose: they are dependent.

    Returns:
        Kind of evidence -> estimate, and ``all`` for the sum.
    """
    out: dict[str, Estimate] = {}
    for kind in Kind:
        own = [p.mimic if mimic else p.log10_lr for p in parts if p.weighed and KINDS[p.kind].kind is kind]
        if own:
            low, value, high = _sums(own, rho)
            out[kind.value] = Estimate(value=value, low=min(low, value), high=max(high, value))
    kinds = list(out.values())
    out["all"] = Estimate(
        value=sum(e.value for e in kinds), low=sum(e.low for e in kinds), high=sum(e.high for e in kinds)
    )
    return out


_ENDS = np.array([[-1.6448536269514722, 0.0, 1.6448536269514722]])


def _sums(parts: Sequence[Estimate], rho: float) -> list[float]:
    """The sum with all parts at their low ends, in the middle, and at their high ends."""
    logs = np.array([[[e.low, 0.0], [e.value, 0.0], [e.high, 0.0]] for e in parts])
    n = len(parts)
    found = combined(logs, np.full(n, 99.0), np.ones(n, dtype=np.bool_), np.repeat(_ENDS, n, axis=0), rho)
    return [float(x) for x in found[:, 0] - found[:, 1]]


def link(
    entry: Entry,
    parts: tuple[Part, ...],
    *,
    rho: float = 0.6,
    min_traits: int = 3,
    linked: float = 1.0,
) -> Link:
    """Put the parts of one campaign together and say what they allow to be said."""
    lr, mimic = together(parts, rho), together(parts, rho, mimic=True)
    weighed = [p for p in parts if p.weighed]
    total = lr["all"]
    if not weighed:
        verdict, why = "not calibratable", "no trait has both a count of repeats and a background"
    elif len(weighed) < min_traits and not any(p.kind == "indicators" for p in weighed):
        verdict, why = "cannot tell", f"{len(weighed)} traits can be weighed, at least {min_traits} are asked for"
    elif total.low >= linked:
        verdict, why = "linked", f"the lower end of the interval is at least {10**linked:g}"
    elif total.high <= -linked:
        verdict, why = "unrelated", f"the upper end of the interval is at most 1/{10**linked:g}"
    else:
        verdict, why = "cannot tell", "the interval does not reach far enough from 1 either way"
    return Link(entry, parts, lr, mimic, verdict, why, rho)
