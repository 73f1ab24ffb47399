"""From a case to what a dossier needs of it: originals, stored texts, tables as read, public handles, key."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq

from unfog import report
from unfog.case.config import CASE_FILE, load_case
from unfog.case.files import sha256_of
from unfog.case.located import result_folder
from unfog.case.pipeline import open_case
from unfog.case.sections import ReportSection
from unfog.case.shown import shown_findings
from unfog.case.why import read_findings
from unfog.errors import UsageError
from unfog.model import Findings
from unfog.report import dossier
from unfog.report.dossier.redact import Pseudonyms, identifiers_in

KEY_FILE = "secret.key"
"""Key of the pseudonyms and salts; lies beside case.toml, never in a dossier."""

_WITH_ACCOUNTS = ("posts", "accounts", "labels", "observations")


def _read(ingest: Path) -> dict[str, Path]:
    """Tables as read in which an account can stand."""
    return {n: p for n in _WITH_ACCOUNTS if (p := ingest / f"{n}.parquet").is_file()}


def pseudonyms(given: Path, result: Path, key_file: Path | None = None) -> Pseudonyms:
    """Pseudonyms for a public export: every account that the case has read is known to them.

    Args:
        given: Case folder, or a folder that ``unfog run`` wrote to.
        result: The as-of folder.
        key_file: Secret key; default ``secret.key`` beside ``case.toml``, made if it is not there.
    """
    own = given if (given / CASE_FILE).is_file() else None
    allow = frozenset(a.casefold() for a in load_case(own).report.allow) if own else frozenset()
    names = Pseudonyms(dossier.case_key(key_file or (own or result.parent) / KEY_FILE), allow)
    for path in _read(result.parent / "ingest").values():
        names.learn(identifiers_in(path))
    return names


def write_report(given: Path, out: Path, as_of: str | None = None) -> tuple[Path, Findings]:
    """Draw the page of a result again, with the redactions that its case asks for.

    From a folder of results without its case, where nobody can say what may be shown, accounts are redacted.
    """
    result = result_folder(given, as_of)
    section = load_case(given).report if (given / CASE_FILE).is_file() else ReportSection(redact=("account.handle",))
    findings = read_findings(result)
    return report.write(shown_findings(findings, section, _read(result.parent / "ingest")), out), findings


def seal_case(
    given: Path,
    out: Path,
    *,
    by: str,
    profile: str = "public",
    as_of: str | None = None,
    data: Path | None = None,
    key_file: Path | None = None,
    signing_key: Path | None = None,
    at: datetime | None = None,
) -> dossier.Sealed:
    """Seal the result of a case as a dossier.

    Args:
        given: Case folder, or a folder that ``unfog run`` wrote to.
        out: New folder.
        by: Who seals.
        profile: ``public`` (pseudonyms and commitments) or ``sealed`` (with originals).
        as_of: Date of the result; default the latest.
        data: Folder of originals that do not lie beside the case.
        key_file: Secret key; default ``secret.key`` beside ``case.toml``, made if it is not there.
        signing_key: PEM file of an Ed25519 key.
        at: When; default now.

    Raises:
        UsageError: for an unknown profile, a folder that is not empty, or a missing name.
        SourceMissing, IntegrityError: if a table or original is not at hand, or not what it was.
    """
    if profile not in ("sealed", "public"):
        raise UsageError(f'unknown profile {profile!r}; use "public" or "sealed"')
    result = result_folder(given, as_of)
    folder = given if (given / CASE_FILE).is_file() else None
    allow: frozenset[str] = frozenset()
    originals: dict[str, Path] = {}
    if folder is not None:
        allow = frozenset(load_case(folder).report.allow)
        if profile == "sealed":
            originals = {sha256_of(p): p for p in _originals(folder, data)}
    sealing = dossier.Sealing(
        by=by,
        at=at or datetime.now(UTC),
        profile="sealed" if profile == "sealed" else "public",
        key=dossier.case_key(key_file or (folder or result.parent) / KEY_FILE),
        allow=allow,
        originals=originals,
        texts=_texts(result.parent / "ingest"),
        raw=_read(result.parent / "ingest"),
        signing_key=signing_key,
    )
    return dossier.seal(result, out, sealing)


def _originals(folder: Path, data: Path | None) -> Iterator[Path]:
    """Files of the case that its findings may have been computed from."""
    for spec in open_case(folder, data).specs:
        yield Path(spec.path)
    for root in (folder, *([data] if data is not None else [])):
        for pattern in ("*.toml", "*.jsonl", "*/*.toml", "*/*.jsonl"):
            yield from (p for p in root.glob(pattern) if p.is_file())


def _texts(ingest: Path) -> dict[str, str]:
    """Stored texts of articles, by article id."""
    path = ingest / "articles.parquet"
    if not path.is_file():
        return {}
    rows = pq.read_table(path, columns=["article_id", "text"]).to_pylist()
    return {str(r["article_id"]): str(r["text"]) for r in rows}
