"""The room's stage: the set of the case against every campaign of the catalogue, as of a date."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from unfog.campaigns import indicators as ix
from unfog.campaigns.acts import POSTS_OF_SET
from unfog.campaigns.catalogue import Entry, was_public
from unfog.campaigns.counts import Background, Count
from unfog.campaigns.findings import evidence_of, finding_of, open_set_finding, row_of
from unfog.campaigns.folder import load_catalogue
from unfog.campaigns.importers import Rejected
from unfog.campaigns.link import Link, Match, compare, link
from unfog.campaigns.observe import ObservedSet, observe
from unfog.campaigns.options import Options
from unfog.campaigns.passages import NOT_WORD, SENTENCE_END, SHORTEST
from unfog.engine import Engine, Step
from unfog.errors import UsageError, did_you_mean
from unfog.model import TABLES, Gap, StageResult, StepRef

OBSERVED_INDICATORS = Step(
    "campaign_observed_indicators",
    f"""
SELECT 'url' AS kind, url AS value, platform || ':' || post_id AS ref FROM (
  SELECT platform, post_id, unnest(urls) AS url FROM {POSTS_OF_SET})
UNION ALL
SELECT 'x-handle', account_id, platform || ':' || min(post_id) FROM {POSTS_OF_SET} GROUP BY platform, account_id
UNION ALL
SELECT 'x-media', hash, platform || ':' || post_id FROM (
  SELECT p.platform, p.post_id, unnest(p.media_hashes) AS hash FROM posts p
  SEMI JOIN {POSTS_OF_SET} s ON s.platform = p.platform AND s.post_id = p.post_id)
UNION ALL
SELECT 'x-passage', md5(passage), ref FROM (
  SELECT ref, trim(regexp_replace(lower(part), '{NOT_WORD}', ' ', 'g')) AS passage FROM (
    SELECT platform || ':' || post_id AS ref, unnest(string_split_regex(text, '{SENTENCE_END}')) AS part
    FROM {POSTS_OF_SET} WHERE text IS NOT NULL))
WHERE length(passage) >= {SHORTEST}
""",
    "one row per post and indicator in it",
)


@lru_cache(maxsize=1)
def indicator_counts() -> Mapping[str, Any]:
    """How often reports of one operation, and of different ones, share an indicator: see evaluate/link.py."""
    document: Mapping[str, Any] = json.loads(
        (Path(__file__).parent / "indicator_counts.json").read_text(encoding="utf-8")
    )
    return document


def investigate(
    engine: Engine, options: Options, *, progress: Callable[[str, float], None] | None = None
) -> StageResult:
    """Compare the set of a case with every campaign of the catalogue.

    Leaves the tables ``links`` (one row per campaign) and ``indicator_matches`` in the engine.

    Args:
        engine: All tables of ``unfog.model.TABLES``, filtered by as-of. The relation ``as_of`` tells the date.
        options: Section ``[campaigns]``.
        progress: Called with a word and the share done.

    Returns:
        One finding ``link`` per campaign with something to compare, one on the whole, evidence on the contrasts
        ``operator`` and ``mimic`` for the campaigns named in ``against``, and gaps.

    Raises:
        UsageError: if ``against`` names no entry. DataError, FormatError: if a catalogue folder is wrong.
    """
    tell = progress or (lambda _word, _share: None)
    known = options.as_of or _as_of(engine)
    rejects: list[Rejected] = []
    whole = load_catalogue(options.catalogue, rejects=rejects)
    ids = {e.id for e in whole}
    for name in options.against:
        if name not in ids:
            raise UsageError(f"campaigns.against: no entry {name!r} in the catalogue{did_you_mean(name, ids)}")
    entries = [e for e in whole if was_public(e.known_from or "9999", known)]
    tell("observe", 0.1)
    seen = observe(engine, options)
    gaps = _rejected(rejects)
    if not seen.n_accounts:
        engine.put("links", _links_table([]))
        gap = Gap(
            id="campaigns.no-set",
            room="campaigns",
            sentence=(
                "Cannot know whether the operation is a known one, because no account or log entry is "
                "marked as part of a set."
            ),
            mend="label accounts, or give entries of the observation log the role operator",
        )
        return StageResult(gaps=(gap,), tables=("links",))
    tell("indicators", 0.4)
    matches, steps = _matches(engine, entries, known)
    tell("compare", 0.6)
    act = options.act or (seen.first_act.date().isoformat() if seen.first_act else "")
    data, ground = _own_data(engine), Background(entries, known)
    links = [
        link(
            e,
            compare(e, ground, seen.traits, act=act, known=known, own_data=data, match=matches.get(e.id)),
            rho=options.rho,
            min_traits=options.min_traits,
            linked=options.linked,
        )
        for e in entries
        if e.klass.value != "list of indicators" or e.id in matches
    ]
    links.sort(key=lambda x: (-x.log10_lr["all"].value, x.entry.id))
    engine.put("links", _links_table(links))
    all_steps = (*seen.steps, *steps)
    findings = [finding_of(x, seen, all_steps, act, known) for x in links if _told(x, options, links)]
    findings.append(open_set_finding(links, seen, all_steps, known))
    sets = account_sets(engine)
    evidence = tuple(
        item for x in links if x.entry.id in options.against for item in evidence_of(x, seen, options, act, sets)
    )
    gaps += _gaps(links, seen, options, known, ids)
    tell("done", 1.0)
    findings.sort(key=lambda f: f.id)
    return StageResult(
        findings=tuple(findings), evidence=evidence, gaps=tuple(gaps), tables=("indicator_matches", "links")
    )


def _told(x: Link, options: Options, links: Sequence[Link]) -> bool:
    """Whether a campaign gets a finding of its own; the others stand in the table of the catalogue."""
    if x.entry.id in options.against or x.verdict == "linked":
        return True
    return not options.against and x in links[:1] and bool(x.weighed)


def _as_of(engine: Engine) -> str:
    if not engine.has("as_of"):
        return ""
    at = engine.scalar('SELECT max("at") FROM as_of')
    return "" if at is None else f"{at:%Y-%m-%dT%H:%M:%S.%fZ}"


def account_sets(engine: Engine) -> tuple[str, ...]:
    """Ids of the room accounts' sets that share an account with the set compared here; none before that room ran."""
    if not engine.has("set_members"):
        return ()
    rows = engine.rows(
        "SELECT DISTINCT set_id FROM set_members m "
        f"SEMI JOIN {POSTS_OF_SET} s ON s.platform = m.platform AND s.account_id = m.account_id ORDER BY set_id"
    )
    return tuple(str(r["set_id"]) for r in rows)


def _own_data(engine: Engine) -> tuple[str, ...]:
    """Words by which the case's sources can be recognised in ``computed_from``: the first word of each file's name."""
    if not engine.has("sources"):
        return ()
    names = [str(r["path"]).rsplit("/", 1)[-1] for r in engine.rows("SELECT DISTINCT path FROM sources ORDER BY path")]
    words = {n.casefold().replace("-", "_").split("_", 1)[0].split(".", 1)[0] for n in names}
    return tuple(sorted(w for w in words if len(w) >= 4))


def _matches(engine: Engine, entries: Sequence[Entry], known: str) -> tuple[dict[str, Match], tuple[StepRef, ...]]:
    ix.known_keys(engine, entries, known=known)
    engine.run(OBSERVED_INDICATORS)
    steps = (OBSERVED_INDICATORS, *ix.match(engine, OBSERVED_INDICATORS.name))
    rows = engine.rows(
        f"SELECT campaign_id, match_on, key, owners FROM {ix.MATCHES} ORDER BY campaign_id, match_on, key"
    )
    told = indicator_counts()
    public = was_public(str(told["public_from"]), known)
    same, unrelated = (Count(*told[k]) if public else Count(0, 0) for k in ("same", "unrelated"))
    found: dict[str, list[tuple[str, str, int]]] = {}
    for r in rows:
        found.setdefault(str(r["campaign_id"]), []).append((str(r["match_on"]), str(r["key"]), int(r["owners"])))
    refs = tuple(StepRef(name=s.name, sql=s.bound()) for s in steps)
    return {k: Match(tuple(v), same, unrelated) for k, v in found.items()}, refs


def _links_table(links: Sequence[Link]) -> pa.Table:
    return pa.Table.from_pylist([row_of(x) for x in links], schema=TABLES["links"].arrow_schema())


def _rejected(rejects: Sequence[Rejected]) -> list[Gap]:
    if not rejects:
        return []
    told = "; ".join(f"{r.where[:80]}: {r.reason[:120]}" for r in rejects[:3])
    return [
        Gap(
            id="campaigns.catalogue-rejects",
            room="campaigns",
            sentence=f"Of the catalogue folder {len(rejects)} rows or objects could not be used ({told}).",
            mend="mend the files, or write these campaigns as entries of your own",
        )
    ]


def _gaps(links: Sequence[Link], seen: ObservedSet, options: Options, known: str, ids: set[str]) -> list[Gap]:
    gaps = []
    compared = {x.entry.id for x in links}
    for name in options.against:
        if name in ids and name not in compared:
            gaps.append(
                Gap(
                    id=f"campaigns.not-yet-known.{name}",
                    room="campaigns",
                    sentence=f"Cannot compare with {name}, because by that date nobody had described it in public.",
                    mend="ask again as of a later date",
                )
            )
    loose = sorted({p.kind for x in links for p in x.parts if "not calibratable" in p.why_not})
    if loose:
        gaps.append(
            Gap(
                id="campaigns.not-calibratable",
                room="campaigns",
                sentence=(
                    f"Cannot say what these traits are worth, because too few campaigns were described "
                    f"twice or coded: {', '.join(loose)}."
                ),
                mend="add campaigns with two independent descriptions to the catalogue",
            )
        )
    if not seen.n_posts:
        gaps.append(
            Gap(
                id="campaigns.no-posts",
                room="campaigns",
                sentence=(
                    "Cannot compare links, hours and single use from posts, because no labelled account "
                    "has posts here; the observation log alone was used."
                ),
                mend="give the posts of the set",
            )
        )
    return gaps
