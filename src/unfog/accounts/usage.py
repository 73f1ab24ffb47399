"""Single use: how many accounts of a set came, posted on one day, and were never used again."""

from __future__ import annotations

import numpy as np

from unfog.accounts.clock import Times
from unfog.accounts.compare import Population, by_cohort, random_draw, rank_among
from unfog.accounts.options import Options
from unfog.accounts.told import beside, count, evidence_item, finding, plural, share, test_figures
from unfog.model import Evidence, Finding, Gap, Verdict


def single_use(
    population: Population, _times: Times, options: Options
) -> tuple[Finding | None, Evidence | None, Gap | None]:
    """Share of accounts active on one day only, beside the comparison population.

    Accounts without any post at hand are not counted: they may have voted, read, or posted what nobody archived.
    """
    spec = population.set.spec
    posts, days = population.inside["posts"], population.inside["active_days"]
    usable = (posts > 0) & (days > 0)
    n, listed = int(usable.sum()), int(posts.size)
    if n == 0:
        return (
            None,
            None,
            Gap(
                id=f"accounts.single-use.{spec.id}",
                room="accounts",
                sentence=f"Whether {spec.called} were used once cannot be known: no dated post is at hand.",
                mend="Give the posts of these accounts as a source.",
            ),
        )
    once = usable & (days == 1)
    hits = int(once.sum())
    span = (population.inside["last_at"] - population.inside["first_at"]).astype("timedelta64[s]").astype(np.int64)
    longest = int(np.argmax(np.where(usable, days, 0)))
    one_title = int((usable & (population.inside["titles"] <= 1)).sum())
    draw = rank = None
    if population.compared and n >= options.min_accounts:
        out = population.outside["active_days"]
        draw = random_draw(hits, n, int((out == 1).sum()), int((out > 0).sum()), f"{spec.id}|single-use")
        cohorts = by_cohort(out == 1, out > 0, population.cohorts, options.min_cohort)
        rank = rank_among(hits / n, cohorts)
    figures = [
        count("accounts", listed, "accounts"),
        count("with_posts", n, "accounts"),
        count("one_day", hits, "accounts"),
        share("one_day_share", hits, n),
        count("at_most_one_title", one_title, "accounts"),
        count("median_posts", float(np.median(posts[usable])), "posts"),
        count("most_days", int(days[longest]), "days"),
        *test_figures(draw, rank),
    ]
    sentence = (
        f"Of {spec.called}, {plural(n, 'account')} {'has' if n == 1 else 'have'} posts at hand; {hits:,} "
        f"{'was' if hits == 1 else 'were'} active on a single day." + beside(draw, rank, population, "single-use")
    )
    rest = [
        {
            "account_id": str(population.inside["account_id"][i]),
            "posts": int(posts[i]),
            "active_days": int(days[i]),
            "span_days": round(float(span[i]) / 86400.0, 1),
        }
        for i in np.flatnonzero(usable & (days > 1))[:50]
    ]
    item = evidence_item(population, "single-use", "inauthentic", sentence, rank)
    told = finding(
        population,
        "single-use",
        sentence,
        figures,
        verdict=Verdict.DESCRIPTIVE if rank is None else Verdict.INAUTHENTIC,
        method="Accounts with exactly one UTC day of posts, of those with any post. Random draw: hypergeometric tail, "
        "randomised. Weight: rank of the share among organic cohorts of the comparison population.",
        assumption="The archive holds the posts of these accounts as fully as those of the others; deleted "
        "posts would make accounts look used once.",
        data={"not_single_use": rest, "accounts_without_posts": listed - n},
        caveats=("Accounts used longer are listed in the data; they are no burners.",) if rest else (),
        evidence=(item.id,) if item else (),
    )
    return told, item, None
