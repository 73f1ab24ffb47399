"""A case against the catalogue of known campaigns, without the other rooms."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from unfog import campaigns, ingest
from unfog.case.asof import offer
from unfog.case.pipeline import open_case
from unfog.case.stage import pretty, write_whole
from unfog.engine import DuckEngine
from unfog.model import AsOf, StageResult


@dataclass(frozen=True, slots=True)
class Linked:
    """What the comparison gave.

    Attributes:
        results: As-of label -> result of the room ``campaigns``.
        files: Files written.
    """

    results: dict[str, StageResult] = field(default_factory=dict)
    files: tuple[Path, ...] = ()


def link_case(
    folder: Path,
    *,
    out: Path,
    catalogue: Path | None = None,
    data: Path | None = None,
    as_of: Sequence[str] | None = None,
    clock: str = "public",
    progress: Callable[[str, float], None] | None = None,
) -> Linked:
    """Compare the set of a case with every known campaign, for each date.

    Writes ``DATE/links.json`` (findings, evidence, gaps) and ``DATE/links.parquet`` into ``out``.

    Args:
        folder: Case folder.
        out: Output folder.
        catalogue: Folder of further entries; default that of the case.
        data: Folder in which files that do not lie beside the case are looked for.
        as_of: Dates; default those of the case.
        clock: ``public`` or ``obtained``.
        progress: Called with a word and the share done.

    Raises:
        CaseError: if the case makes no sense. DataError: if a source or the catalogue cannot be read.
    """
    opened = open_case(folder.resolve(), data.resolve() if data is not None else None)
    options = opened.file.campaigns
    if catalogue is not None:
        options = options.model_copy(update={"catalogue": catalogue})
    dates = [AsOf.parse(d, clock) for d in (as_of or opened.file.as_of)]
    tell = progress or (lambda _word, _share: None)
    results: dict[str, StageResult] = {}
    files: list[Path] = []
    with DuckEngine(memory=opened.file.engine.memory, threads=opened.file.engine.threads) as engine:
        tables = ingest.ingest(opened.specs, engine, out / "ingest", root=opened.folder)
    for i, date in enumerate(dates):
        tell(date.label, i / len(dates))
        with DuckEngine(memory=opened.file.engine.memory, threads=opened.file.engine.threads) as engine:
            offer(engine, tables.files, date)
            result = campaigns.investigate(engine, options)
            path = out / date.label / "links.parquet"
            engine.write_parquet("links", path, order_by=("campaign_id",))
        write_whole(path.with_name("links.json"), pretty({"as_of": date.label, **result.model_dump(mode="json")}))
        results[date.label] = result
        files += [path, path.with_name("links.json")]
    tell("done", 1.0)
    return Linked(results, tuple(files))
