"""The stage: tables in, appearances and findings out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from unfog.engine import Engine
from unfog.model import Finding, Gap, InputRef, StageResult, StepRef, parse_moment
from unfog.spread import findings, reach
from unfog.spread.attempts import find_attempts
from unfog.spread.breakout import by_day, is_public
from unfog.spread.comparing import compare_documents
from unfog.spread.events import Event
from unfog.spread.findings import Ground
from unfog.spread.gather import Gathered, appearances_table, gather
from unfog.spread.ledger import first_seen
from unfog.spread.options import Options, Target
from unfog.spread.sources import read_roles
from unfog.spread.tree import explicit_tree

Progress = Callable[[str, float], None]


def investigate(engine: Engine, options: Options, *, progress: Progress | None = None) -> StageResult:
    """Where each target went, who carried it, in what attempts, and when it broke out by whose hand.

    Args:
        engine: Every table of ``unfog.model.TABLES``, already as of the date asked for.
        options: Section ``[spread]``.
        progress: Called with a message and the share done.

    Returns:
        For each target the findings first-seen, appearances, attempts, breakout, handover, engagement, explicit-tree,
        reach-by-actor and conflicts, as far as there is something to say; the table ``appearances``.
    """
    compared = [compare_documents(engine, pair) for pair in options.comparisons]
    made: list[Finding] = [c for c in compared if isinstance(c, Finding)]
    gaps: list[Gap] = [c for c in compared if isinstance(c, Gap)]
    if not options.targets:
        engine.put("appearances", appearances_table([]))
        return StageResult(
            findings=tuple(made),
            gaps=(
                *gaps,
                _gap("no-target", "It cannot be known where anything went, because the case names no target.",
                     "add [[spread.targets]] with an id and documents, passages, seeds or links"),
            ),
            tables=("appearances",),
        )  # fmt: skip
    gathered = gather(engine, options, progress)
    baseline = reach.add_counts(engine, gathered.events)
    gaps += gathered.gaps
    for want in gathered.wanted:
        if want.lost:
            gaps.append(
                _gap(
                    f"lost.{findings.slug(want.target.id)}",
                    f"{len(want.lost)} of the documents or posts by which {want.target.id} is looked for "
                    f"{'is' if len(want.lost) == 1 else 'are'} not at hand, so copies of their text may be missed.",
                    "add the files that hold " + ", ".join(want.lost[:5]),
                )
            )
    steps = (
        *gathered.steps, StepRef(name=reach.CAPTURED.name, sql=reach.CAPTURED.bound()),
        StepRef(name=reach.BASELINE.name, sql=reach.BASELINE.bound()),
    )  # fmt: skip
    for target in options.targets:
        events = gathered.of(target.id)
        ground = _ground(engine, gathered, target, steps)
        if not events:
            gaps.append(
                _gap(
                    f"unseen.{findings.slug(target.id)}",
                    f"No appearance of {ground.title} was found among {gathered.searched} posts and articles and the "
                    "log; that is no proof that there was none.",
                    "add exports of other platforms, or entries of the log",
                )
            )
            continue
        made += _about(engine, options, ground, events, gaps, baseline)
    engine.put("appearances", appearances_table(gathered.events))
    return StageResult(findings=tuple(made), gaps=tuple(gaps), tables=("appearances",))


def _gap(name: str, sentence: str, mend: str) -> Gap:
    return Gap(id=f"spread.{name}", room="spread", sentence=sentence, mend=mend)


def _ground(engine: Engine, gathered: Gathered, target: Target, steps: Sequence[StepRef]) -> Ground:
    sources = engine.rows("SELECT source_id, path, sha256, population FROM sources ORDER BY source_id")
    populations = list(dict.fromkeys(s["population"] for s in sources if s["population"]))
    inputs = tuple(InputRef(source_id=s["source_id"], sha256=s["sha256"], path=s["path"] or "") for s in sources)
    population = (
        "; ".join(populations) or "the posts, articles and log entries of this case; not a sample of a platform"
    )
    return Ground(target.id, target.title or target.id, population, inputs, tuple(steps), gathered.searched)


def _about(
    engine: Engine, options: Options, ground: Ground, events: list[Event], gaps: list[Gap],
    baseline: dict[tuple[str, str], tuple[int, float]],
) -> list[Finding]:  # fmt: skip
    platforms = engine.rows("SELECT platform, count(*) AS n FROM posts GROUP BY platform ORDER BY platform")
    logged = engine.rows("SELECT * FROM observations ORDER BY observation_id")
    searched = ", ".join(f"{p['n']} posts of {p['platform']}" for p in platforms) or "no posts"
    searched += f", {len(logged)} entries of the log" if logged else ", no log"
    made = [
        findings.first_seen(ground, events, first_seen(events, searched)),
    ]
    ours = [e for e in events if e.role == "operator" and e.layer != "disclosure"]
    side = "Operators" if ours else "Accounts"
    if not ours:
        ours = [e for e in events if e.how != "reported" and e.layer != "disclosure"]
        gaps.append(
            _gap(
                f"operators.{findings.slug(ground.target)}",
                f"Nobody who carried {ground.title} is known as an operator at this date, so attempts are those of all "
                "who carried it, and spread by operators cannot be told from spread by others.",
                "name operators under [spread], or add labels",
            )
        )
    steps = by_day(events, options.breakout, options.communities)
    attempts, coarse = find_attempts(ground.target, ours, options.pause_h)
    made.append(findings.appearances(ground, events))
    if attempts:
        shown = _baseline(options, attempts[0].id, ours, baseline)
        made.append(findings.attempts(ground, attempts, coarse, side, options.pause_h, shown, steps))
    if steps:
        made.append(findings.breakout(ground, steps, events))
    if (handed := reach.find_handover(events, options.breakout)) is not None:
        made.append(findings.handover(ground, handed))
    moment = _moment(events, options, handed)
    if moment is not None:
        before = [e for e in events if e.end is not None and e.end < moment and is_public(e, options.breakout)]
        if before:
            split = reach.split_replies(before, moment)
            made.append(findings.engagement(ground, split, moment, reach.changes(events), before))
    roles = read_roles(engine, options)
    data = explicit_tree(engine, events, logged, roles)
    if data["edges"]:
        made.append(findings.tree(ground, data))
    made.append(findings.reach(ground, reach.reach_by_actor(events)))
    about = logged if len(options.targets) == 1 else [r for r in logged if r["target"] == ground.target]
    if rows := _conflicts(options, about, _known_until(engine)):
        made.append(findings.conflicts(ground, rows))
    return made


def _moment(events: Sequence[Event], options: Options, handed: reach.Handover | None) -> datetime | None:
    """Midnight of the day of the handover: what came before and after it is compared."""
    if handed is None or handed.taken.start is None:
        return None
    return datetime.combine(handed.taken.start.date(), datetime.min.time())


def _baseline(
    options: Options, _id: str, events: Sequence[Event], baseline: dict[tuple[str, str], tuple[int, float]]
) -> list[dict[str, Any]]:
    """Reactions of each appearance beside the usual ones of its community, where there are enough other posts."""
    rows = []
    for event in events:
        posts, usual = baseline.get((event.platform, event.community), (0, 0.0))
        if event.community and event.counts:
            enough = posts >= options.baseline_posts
            rows.append(
                {
                    "appearance": event.id,
                    "place": event.place,
                    "reactions": event.counts.get("replies", 0) + event.counts.get("likes", 0),
                    "usual": usual if enough else None,
                    "other_posts": posts,
                    "note": ""
                    if enough
                    else f"fewer than {options.baseline_posts} other posts of this community at hand",
                }
            )
    return rows


def _known_until(engine: Engine) -> datetime:
    """Latest moment from which anything at hand is public: nothing later may be told."""
    if engine.has("as_of"):
        at: datetime = engine.scalar('SELECT max("at") FROM as_of')
        return at
    known = [
        engine.scalar(f"SELECT max(public_from) FROM {t}") for t in ("posts", "observations", "articles", "labels")
    ]
    return max((k for k in known if k is not None), default=datetime.min)


def _conflicts(options: Options, logged: Sequence[dict[str, Any]], until: datetime) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [
        {
            "id": c.id, "topic": c.topic, "values": [{"says": v.says, "by": v.by} for v in c.values],
            "resolution": c.resolution, "from": "case",
        }
        for c in options.conflicts
        if not c.public_from or parse_moment(c.public_from).end.replace(tzinfo=None) <= until
    ]  # fmt: skip
    for row in logged:
        if row["conflict"]:
            rows.append(
                {
                    "id": row["observation_id"], "topic": row["summary"],
                    "values": [{"says": row["conflict"], "by": "log"}], "resolution": "", "from": "log",
                }
            )  # fmt: skip
    return rows
