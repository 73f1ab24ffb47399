"""``Case``: a thin convenience over the public functions. It remembers three paths and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from unfog.case.config import CaseFile
from unfog.case.pipeline import Progress, RunResult, open_case, run
from unfog.case.review import Review, add_review, reviews
from unfog.case.weighing import Weighed, weigh_case
from unfog.case.why import explain, pick_folder, read_findings
from unfog.model import Findings


@dataclass(frozen=True, slots=True)
class Case:
    """A case folder, where its data lies, and where its results go.

    Attributes:
        folder: Folder with ``case.toml``.
        data: Folder for files that do not lie beside the case.
        out: Output folder; default ``out`` in the case folder.

    Example:
        >>> from unfog import Case
        >>> case = Case("cases/uk-trade-leaks-2019", out="out/uk")  # doctest: +SKIP
        >>> case.run().page  # doctest: +SKIP
        PosixPath('out/uk/index.html')
    """

    folder: Path | str
    data: Path | str | None = None
    out: Path | str | None = None

    @property
    def _folder(self) -> Path:
        return Path(self.folder)

    @property
    def _out(self) -> Path:
        return Path(self.out) if self.out is not None else self._folder / "out"

    @property
    def _data(self) -> Path | None:
        return None if self.data is None else Path(self.data)

    def check(self) -> CaseFile:
        """Read and check everything without running it; see :func:`unfog.case.open_case`."""
        return open_case(self._folder, self._data).file

    def run(
        self, as_of: Sequence[str] | None = None, *, clock: str = "public", progress: Progress | None = None
    ) -> RunResult:
        """Run the case; see :func:`unfog.case.run`."""
        return run(self._folder, out=self._out, data=self._data, as_of=as_of, clock=clock, progress=progress)

    def findings(self, as_of: str | None = None) -> Findings:
        """Findings of a date, default the latest that was run."""
        return read_findings(pick_folder(self._out, as_of))

    def why(self, finding: str, as_of: str | None = None) -> dict[str, Any]:
        """Everything behind a finding; see :func:`unfog.case.explain`."""
        return explain(pick_folder(self._out, as_of), finding)

    def weigh(self, as_of: str | None = None) -> Weighed:
        """The judgement alone; see :func:`unfog.case.weigh_case`."""
        return weigh_case(self._folder, as_of=as_of, out=self._out)

    def review(self, about: str, opinion: str, reason: str, by: str) -> Review:
        """Add a review; see :func:`unfog.case.add_review`."""
        return add_review(self._folder, about, opinion, reason, by)

    @property
    def reviews(self) -> tuple[Review, ...]:
        """All reviews in the order in which they were made."""
        return reviews(self._folder)
