"""Pacing of a set: the gaps between posts, with the platform's own rate limit as the first explanation."""

from __future__ import annotations

import numpy as np

from unfog.accounts.clock import Times
from unfog.accounts.compare import Population
from unfog.accounts.options import Options
from unfog.accounts.told import count, finding, plural
from unfog.model import (
    Evidence,
    Finding,
    Gap,
    StepRef,
)
from unfog.stats import (
    gaps_s,
    pacing,
)


def pace(population: Population, times: Times, options: Options) -> tuple[Finding | None, Evidence | None, Gap | None]:
    """Gaps between submissions of one account within a sitting, with the platform's rate limit as first explanation."""
    spec = population.set.spec
    kept = times.kind == "post" if (times.kind == "post").any() else np.ones(times.us.size, dtype=bool)
    gaps = gaps_s(times.us[kept], times.account[kept], options.sitting_s) if times.us.size else np.array([])
    if gaps.size == 0:
        return (
            None,
            None,
            Gap(
                id=f"accounts.pacing.{spec.id}",
                room="accounts",
                sentence=f"The pacing of {spec.called} cannot be known: no account posted twice within a sitting.",
                mend="Give more posts of these accounts.",
            ),
        )
    platforms = sorted(set(population.inside["platform"].tolist()))
    limit = options.rate_limits.get(platforms[0]) if len(platforms) == 1 else None
    told = pacing(gaps, limit)
    equal = int((gaps == 0).sum())
    figures = [
        count("gaps", told.n, "gaps"),
        count("smallest_gap", told.minimum_s, "s"),
        count("first_quartile", told.quartiles_s[0], "s"),
        count("median_gap", told.quartiles_s[1], "s"),
        count("third_quartile", told.quartiles_s[2], "s"),
        count("equal_times", equal, "gaps"),
    ]
    sentence = (
        f"Between submissions of one account within a sitting {spec.called} leave at least "
        f"{told.minimum_s / 60:.2f} minutes, {told.quartiles_s[1] / 60:.1f} in the median of {plural(told.n, 'gap')}."
    )
    if limit:
        figures += [
            count("platform_limit", limit, "s", f"declared for {platforms[0]}"),
            count("below_limit", told.below_limit, "gaps"),
            count("just_above_limit", told.at_limit, "gaps", "from the limit to half above it"),
        ]
        sentence += (
            f" {platforms[0].capitalize()} makes new accounts wait {limit / 60:.0f} minutes, which explains this pace: "
            "it carries no weight."
            if told.explained
            else f" The platform's limit of {limit / 60:.0f} minutes does not explain this pace."
        )
    minutes = np.floor(gaps / 60.0).astype(np.int64)
    finished = finding(
        population,
        "pacing",
        sentence,
        figures,
        method="Gaps between successive submissions (comments apart) of one account, up to the length of a sitting; "
        "explained if at most one in a hundred is below the platform's limit and half lie up to half above it.",
        assumption="The declared limit held for these accounts at the time; limits loosen as accounts gain standing.",
        data={
            "explained_by_platform": told.explained,
            "by_minute": {str(m): int((minutes == m).sum()) for m in np.unique(minutes).tolist()},
        },
        steps=(StepRef(name="times_of_set", sql=times.sql, rows=int(times.us.size)),),
    )
    return finished, None, None
