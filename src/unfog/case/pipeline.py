"""A run: files to tables once, then every room for every as-of date, then the page."""

from __future__ import annotations

import platform
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from unfog import accounts, campaigns, coordination, ingest, judgement, report, spread, statements
from unfog._version import __version__
from unfog.case.asof import INGEST_TABLES, offer
from unfog.case.audit import audit_claims
from unfog.case.config import CASE_FILE, CaseFile, load_case
from unfog.case.evidence import load_evidence
from unfog.case.files import Found, find, sha256_of
from unfog.case.lock import held
from unfog.case.sections import SourceSection
from unfog.case.shown import shown_findings
from unfog.case.stage import Done, Stage, perform, pretty, write_whole
from unfog.engine import DuckEngine, Engine
from unfog.errors import CaseError
from unfog.model import TABLES, AsOf, Evidence, Finding, Findings, Gap, InputRef, StageResult
from unfog.model.finding import TableRef

Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class RunResult:
    """What a run left.

    Attributes:
        out: Output folder.
        folders: As-of label -> folder, in the order of the dates.
        page: The page to open.
        reused: Stages whose kept result was taken, as ``date/stage``.
        rejects: Rows that could not be read.
        missing: Optional files that were not there, with what cannot be known without them.
    """

    out: Path
    folders: dict[str, Path]
    page: Path
    reused: tuple[str, ...] = ()
    rejects: int = 0
    missing: tuple[str, ...] = ()


@dataclass(slots=True)
class _Case:
    """A case with its files found."""

    folder: Path
    file: CaseFile
    roots: dict[str, Path]
    specs: list[ingest.FileSpec] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    argued: tuple[Evidence, ...] = ()
    hashes: dict[str, str] = field(default_factory=dict)


def open_case(folder: Path, data: Path | None = None) -> _Case:
    """Read a case and find every file that it names, without reading any data.

    Raises:
        CaseError, SourceMissing, EvidenceError: naming what is wrong and where.
    """
    case_folder = (folder.parent if folder.suffix == ".toml" else folder).absolute()
    roots = {"case": case_folder}
    if data is not None:
        if not data.is_dir():
            raise CaseError(f"--data {data} is not a folder")
        roots["data"] = data.absolute()
    case = _Case(case_folder, load_case(folder), roots)
    for kind in ("posts", "observations", "articles", "documents"):
        for i, section in enumerate(getattr(case.file, kind)):
            _add_sources(case, kind, i, section)
    for name in case.file.statements.files:
        _add_sources(case, "statements.files", 0, SourceSection(path=name, format="statement-log"))
    for i, entry in enumerate(case.file.evidence):
        items = find(entry.path, roots, where=f"evidence[{i}].path", optional=False)
        raters = [f for r in entry.ratings for f in find(r, roots, where=f"evidence[{i}].ratings", optional=False)]
        for one in items:
            case.argued += load_evidence(one, raters)
        case.hashes |= {f.shown: sha256_of(f.path) for f in (*items, *raters)}
    ids = [e.id for e in case.argued]
    if len(ids) != len(set(ids)):
        twice = sorted({i for i in ids if ids.count(i) > 1})
        raise CaseError(f"evidence ids stand in more than one file: {', '.join(twice)}")
    return case


def _add_sources(case: _Case, kind: str, i: int, section: SourceSection) -> None:
    hits = find(section.path, case.roots, where=f"{kind}[{i}].path", optional=section.optional)
    if not hits:
        what = section.without or f"whatever {section.path} would have shown"
        case.gaps.append(
            Gap(
                id=f"missing.{kind}.{i}",
                room="ingest",
                sentence=f"The optional file {section.path} is not at hand, so this run cannot know {what}.",
                mend="put it beside the case, or give its folder with --data"
                + (f" ({section.population})" if section.population else ""),
            )
        )
    default = {"observations": "observation-log", "documents": "document"}.get(kind)
    for hit in hits:
        case.specs.append(_spec(section, hit, section.format or default))


def _spec(section: SourceSection, hit: Found, format_: str | None) -> ingest.FileSpec:
    return ingest.FileSpec(
        path=hit.path,
        format=format_,
        map=section.map,
        platform=section.platform,
        population=section.population or None,
        public_from=section.public_from,
        obtained_at=section.obtained_at,
        zone=section.zone,
        label=section.label,
        label_by=section.label_by,
    )


def run(
    folder: Path,
    *,
    out: Path,
    data: Path | None = None,
    as_of: Sequence[str] | None = None,
    clock: str = "public",
    progress: Progress | None = None,
) -> RunResult:
    """Run a case.

    A run that was stopped goes on from where it was; whatever has not changed is not computed again.

    Args:
        folder: Case folder.
        out: Output folder; held while the run lasts.
        data: Folder in which files that do not lie beside the case are looked for.
        as_of: Dates; default those of the case.
        clock: ``public`` (what anyone could know) or ``obtained`` (what this case knew).
        progress: Called with the name of a stage and the share done, 0 to 1.

    Returns:
        Where everything is.

    Raises:
        CaseError: if the case makes no sense. CaseHeldError: if another run holds ``out``.
        DataError: if a source cannot be read at all, or ``out`` cannot be written.
    """
    case = open_case(folder, data)
    dates = [AsOf.parse(d, clock) for d in (as_of or case.file.as_of)]
    tell = progress or (lambda _stage, _share: None)
    with held(out):
        started = time.monotonic()
        with DuckEngine(memory=case.file.engine.memory, threads=case.file.engine.threads) as engine:
            tables = ingest.ingest(
                case.specs, engine, out / "ingest", root=case.folder, progress=lambda w, s: tell(f"ingest {w}", s)
            )
        spent = {"ingest": time.monotonic() - started}
        folders: dict[str, Path] = {}
        reused: list[str] = []
        for date in dates:
            folders[date.label] = out / date.label
            reused += _run_date(case, date, tables, out / date.label, spent, tell)
        latest = folders[max(folders)]
        page = out / "index.html"
        write_whole(page, (latest / "index.html").read_text(encoding="utf-8"))
    return RunResult(out, folders, page, tuple(reused), tables.rows_rejected, tuple(g.sentence for g in case.gaps))


def _run_date(
    case: _Case, date: AsOf, tables: ingest.IngestResult, folder: Path, spent: Mapping[str, float], tell: Progress
) -> list[str]:
    begun, clock = datetime.now(UTC), time.monotonic()
    done = Done(gaps=list(case.gaps))
    seconds = dict(spent)
    reused: list[str] = []
    with DuckEngine(memory=case.file.engine.memory, threads=case.file.engine.threads) as engine:
        offer(engine, tables.files, date)
        sources = _sources(engine)
        stages = list(_stages(case, date, tables, done, tell))
        for i, make in enumerate(stages):
            stage = make()
            tell(f"{date.label} {stage.name}", i / len(stages))
            at = time.monotonic()
            result, refs, hash_, was_kept = perform(stage, engine, folder)
            done.add(stage.name, result, refs, hash_)
            for name, document in result.documents.items():
                write_whole(folder / f"{name}.json", pretty(document))
            seconds[stage.name] = time.monotonic() - at
            if was_kept:
                reused.append(f"{date.label}/{stage.name}")
        by_table = _sources_by_table(engine, sources)
    found = _findings(case, date, done, tuple(sources.values()), by_table, _ingested(tables))
    write_whole(folder / "findings.json", found.model_dump_json(indent=1, by_alias=True) + "\n")
    items = [e.model_dump(mode="json") for e in sorted(_all_evidence(case, done), key=lambda e: e.id)]
    head = {"schema": "unfog.evidence/1", "as_of": date.label}
    write_whole(folder / "evidence.json", pretty({**head, "evidence": items}))
    tell(f"{date.label} report", 1.0)
    write_whole(folder / "index.html", report.page(shown_findings(found, case.file.report, tables.files)))
    seconds["all"] = time.monotonic() - clock
    write_whole(folder / "run.json", pretty(_run_document(begun, seconds, reused, case, tables)))
    return reused


def _stages(
    case: _Case, date: AsOf, tables: ingest.IngestResult, done: Done, tell: Progress
) -> Iterable[Callable[[], Stage]]:
    """The stages in order. Each is made when its turn comes, so that it sees the hashes of those before it."""
    base = {
        "as_of": date.label,
        "seed": case.file.case.seed,
        "tables": {n: sha256_of(p) for n, p in tables.files.items()},
    }

    def room(name: str, work: Callable[[Engine], StageResult], needs: Sequence[str] = (), **more: Any) -> Stage:
        options = getattr(case.file, name).model_dump(mode="json", by_alias=True)
        before = {n: done.hashes[n] for n in needs}
        return Stage(name, work, {**base, "options": options, "before": before, **more})

    file = case.file
    inner = {n: (lambda w, s, n=n: tell(f"{date.label} {n}: {w}", s)) for n in _ROOMS}
    yield lambda: room(
        "coordination", lambda e: coordination.investigate(e, file.coordination, progress=inner["coordination"])
    )
    yield lambda: room(
        "accounts", lambda e: accounts.investigate(e, file.accounts, progress=inner["accounts"]), ["coordination"]
    )
    yield lambda: room(
        "spread", lambda e: spread.investigate(e, file.spread, progress=inner["spread"]), ["coordination"]
    )
    yield lambda: room(
        "campaigns",
        lambda e: campaigns.investigate(e, file.campaigns, progress=inner["campaigns"]),
        ["accounts", "spread"],
    )
    yield lambda: room("statements", lambda e: statements.investigate(e, file.statements, progress=inner["statements"]))

    def judge() -> Stage:
        items = _all_evidence(case, done)
        told = [e.model_dump(mode="json") for e in items]
        declared = [
            [v.model_dump(mode="json") for v in group] for group in (file.variables, file.propositions, file.contrasts)
        ]
        return room("judgement", lambda _e: _weigh(case, date, items), evidence=told, declared=declared)

    yield judge

    def audited() -> Stage:
        items = _all_evidence(case, done)
        before = {n: done.hashes[n] for n in ("statements", "judgement")}
        inputs = {**base, "before": before, "evidence": [e.model_dump(mode="json") for e in items]}
        return Stage("audit", lambda e: audit_claims(file, e, items), inputs)

    if file.variables:
        yield audited


_ROOMS = ("coordination", "accounts", "spread", "campaigns", "statements")


def _all_evidence(case: _Case, done: Done) -> tuple[Evidence, ...]:
    found = {e.id: e for e in (*case.argued, *done.evidence)}
    if len(found) != len(case.argued) + len(done.evidence):
        raise CaseError("a room emitted an evidence item under an id that the case has already used")
    return tuple(found.values())


def _weigh(case: _Case, date: AsOf, items: Sequence[Evidence]) -> StageResult:
    """Judgement of one date, with the audit of public statements against it."""
    file = case.file
    if not file.variables:
        gap = Gap(
            id="judgement.none",
            room="judgement",
            sentence="The case declares no variables, so nothing was weighed.",
            mend="declare [[variables]] and [[propositions]] in case.toml",
        )
        return StageResult(gaps=(gap,))
    weighed = judgement.weigh(
        file.variables, file.propositions, file.contrasts, items, date, file.judgement, uncollected=file.uncollected
    )
    document = weighed.model_dump(mode="json", by_alias=True)
    return StageResult(findings=judgement.findings(weighed), documents={"judgement": document})


def _sources(engine: Engine) -> dict[str, InputRef]:
    rows = engine.rows("SELECT source_id, path, sha256 FROM sources ORDER BY source_id")
    return {r["source_id"]: InputRef(source_id=r["source_id"], sha256=r["sha256"], path=r["path"]) for r in rows}


def _sources_by_table(engine: Engine, sources: Mapping[str, InputRef]) -> dict[str, tuple[InputRef, ...]]:
    by_table: dict[str, tuple[InputRef, ...]] = {}
    for name in INGEST_TABLES:
        if "source_id" in engine.columns(name):
            ids = [r["source_id"] for r in engine.rows(f"SELECT DISTINCT source_id FROM {name} ORDER BY source_id")]
            by_table[name] = tuple(sources[i] for i in ids if i in sources)
    return by_table


def _ingested(tables: ingest.IngestResult) -> tuple[TableRef, ...]:
    """The tables that all dates share, as the folder of a date sees them."""
    return tuple(
        TableRef(name=n, file=f"../ingest/{p.name}", sha256=sha256_of(p), rows=tables.rows[n], grain=TABLES[n].grain)
        for n, p in sorted(tables.files.items())
    )


def _with_inputs(finding: Finding, by_table: Mapping[str, tuple[InputRef, ...]]) -> Finding:
    """A finding that names no files gets those that feed the tables it was read from."""
    if finding.inputs:
        return finding
    found: dict[str, InputRef] = {}
    for ref in finding.rows:
        for source in by_table.get(ref.table, ()):
            found[source.source_id] = source
    return finding.model_copy(update={"inputs": tuple(found[k] for k in sorted(found))})


def _findings(
    case: _Case,
    date: AsOf,
    done: Done,
    sources: tuple[InputRef, ...],
    by_table: Mapping[str, tuple[InputRef, ...]],
    read: tuple[TableRef, ...],
) -> Findings:
    about = case.file.case
    declared = tuple(InputRef(source_id=n, sha256=h, path=n) for n, h in sorted(case.hashes.items()))
    findings = [_with_inputs(f, by_table) for f in done.findings]
    ids = [f.id for f in findings]
    if len(ids) != len(set(ids)):
        twice = sorted({i for i in ids if ids.count(i) > 1})
        raise CaseError(f"two findings share an id: {', '.join(twice)}")
    return Findings(
        case=about.name,
        title=about.title,
        question=about.question,
        as_of=date.label,
        clock=date.clock.value,
        unfog=__version__,
        standard=case.file.report.standard,
        findings=tuple(findings),
        gaps=tuple(done.gaps),
        inputs=(*sources, *declared),
        tables=tuple(sorted((*done.tables, *read), key=lambda t: t.name)),
    )


def _run_document(
    begun: datetime, seconds: Mapping[str, float], reused: Sequence[str], case: _Case, tables: ingest.IngestResult
) -> dict[str, Any]:
    """The only file with a wall clock in it: when, where, how long, what was reused, and how each file was read."""
    return {
        "schema": "unfog.run/1",
        "unfog": __version__,
        "python": sys.version.split()[0],
        "platform": platform.platform(),
        "begun": begun.isoformat(timespec="seconds"),
        "ended": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": {k: round(v, 3) for k, v in seconds.items()},
        "reused": list(reused),
        "case_sha256": sha256_of(case.folder / CASE_FILE),
        "case_files": case.hashes,
        "sources": [s.model_dump(exclude={"population"}) for s in tables.sources],
    }
