"""Forgetting: an account that must not be held any more, or a case whose time is up.

What can be computed again is deleted, so that nothing of the account is left in it; the next run computes it anew
without the account, whose rows are then refused as forgotten and still counted. The account itself is remembered only
as a salted hash. Kept originals that hold it are removed and leave a tombstone in the case's custody log, which is
chained: each entry carries the SHA-256 of the one before it.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from unfog.engine import DuckEngine, identifier, literal, quoted_path
from unfog.errors import DataError, IntegrityError, UsageError

LEDGER = "forgotten.jsonl"
CUSTODY = "custody.jsonl"
REASON = "forgotten: removed on request, see custody.jsonl"


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was forgotten.

    Attributes:
        rows: Rows that named the account, by table.
        removed: Paths that were deleted, relative to the case.
        still: Files outside the kept originals that hold the account still; only their keeper can decide on them.
    """

    rows: dict[str, int]
    removed: tuple[str, ...]
    still: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Veil:
    """Which accounts a case has forgotten: salted hashes, nothing that names them."""

    salt: str = ""
    hashes: tuple[str, ...] = ()

    def hides(self, platform: str | None, account_id: str | None) -> bool:
        """Whether this account is forgotten."""
        return bool(self.hashes) and self.hashed(platform or "", account_id or "") in self.hashes

    def hashed(self, platform: str, account_id: str) -> str:
        """The salted hash of an account."""
        return hashlib.sha256(f"{self.salt}{platform.lower()}:{account_id}".encode()).hexdigest()

    def sql(self, platform: str, account_id: str) -> str:
        """SQL condition that is true for forgotten accounts; arguments are SQL."""
        told = f"sha256({literal(self.salt)} || lower({platform}) || ':' || {account_id})"
        return f"{told} IN ({', '.join(literal(h) for h in self.hashes)})"


def read_veil(case: Path) -> Veil:
    """The accounts that a case has forgotten."""
    path = case / LEDGER
    if not path.is_file():
        return Veil()
    try:
        lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        return Veil(str(lines[0]["salt"]), tuple(sorted(str(e["account"]) for e in lines[1:])))
    except (OSError, ValueError, KeyError, IndexError, TypeError) as why:
        raise DataError(f"{path} cannot be read ({why}); without it forgotten accounts would come back") from None


def forget_account(
    case: Path, out: Path, account: str, *, by: str, reason: str, sources: Sequence[Path] = ()
) -> Forgotten:
    """Forget one account of a case.

    Args:
        case: Case folder; gets ``forgotten.jsonl`` and ``custody.jsonl``.
        out: Output folder of the case.
        account: ``platform:account_id``.
        by: Who decided.
        reason: Why, e.g. "erasure request of 3 May".
        sources: Files that the case reads; those that hold the account are listed.

    Raises:
        UsageError: the account has no platform, or nobody decided.
        DataError: a folder cannot be written.
    """
    platform, colon, account_id = account.partition(":")
    if not colon or not platform or not account_id:
        raise UsageError(f"write the account as platform:id, for example reddit:{account}")
    if not by.strip():
        raise UsageError("forgetting needs the name of whoever decided it (--by)")
    rows = _counted(out / "ingest", platform.lower(), account_id)
    holding = [p for p in sources if _holds(p, account_id)]
    originals = [p for p in _originals(out) if _holds(p, account_id)]
    _remember(case, platform, account_id)
    removed = _erase_derived(case, out)
    for path in originals:
        removed.append(_erase(path, case))
    veil = read_veil(case)
    _custody(
        case, by, "forgotten", reason=reason, account=veil.hashed(platform, account_id), rows=rows,
        tombstones=[p.name for p in originals], removed=removed,
    )  # fmt: skip
    return Forgotten(rows, tuple(removed), tuple(str(p) for p in holding))


def forget_case(case: Path, out: Path, *, by: str, reason: str, sources: Sequence[Path] = ()) -> Forgotten:
    """Delete everything that a case computed or kept of its sources; the custody log stays.

    Raises:
        UsageError: nobody decided. DataError: a folder cannot be deleted.
    """
    if not by.strip():
        raise UsageError("forgetting needs the name of whoever decided it (--by)")
    tombstones = [p.name for p in _originals(out)]
    removed = _erase_derived(case, out)
    if out.is_dir():
        removed.append(_erase(out, case))
    _custody(case, by, "expired", reason=reason, tombstones=tombstones, removed=removed)
    return Forgotten({}, tuple(removed), tuple(str(p) for p in sources if p.exists()))


def check_custody(case: Path) -> int:
    """Entries of a case's custody log; raises IntegrityError where the chain is broken."""
    previous, number = "0" * 64, 0
    path = case / CUSTODY
    for line in path.read_bytes().splitlines() if path.is_file() else []:
        number += 1
        entry = json.loads(line)
        if entry.get("seq") != number or entry.get("previous") != previous:
            raise IntegrityError(f"{path}: entry {number} does not follow the one before it; the log was changed")
        previous = hashlib.sha256(line).hexdigest()
    return number


def _custody(case: Path, by: str, event: str, **more: object) -> None:
    seq = check_custody(case) + 1
    path = case / CUSTODY
    lines = path.read_bytes().splitlines() if path.is_file() else []
    previous = hashlib.sha256(lines[-1]).hexdigest() if lines else "0" * 64
    entry = {
        "seq": seq, "previous": previous, "at": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}", "by": by.strip(),
        "event": event, **more,
    }  # fmt: skip
    with path.open("ab") as log:
        log.write(json.dumps(entry, ensure_ascii=False, sort_keys=True).encode() + b"\n")
        log.flush()
        os.fsync(log.fileno())


def _remember(case: Path, platform: str, account_id: str) -> None:
    veil = read_veil(case)
    salt = veil.salt or secrets.token_hex(16)
    digest = Veil(salt).hashed(platform, account_id)
    if digest in veil.hashes:
        return
    path = case / LEDGER
    text = "" if veil.salt else json.dumps({"salt": salt}) + "\n"
    with path.open("a", encoding="utf-8") as ledger:
        ledger.write(text + json.dumps({"account": digest}) + "\n")
        ledger.flush()
        os.fsync(ledger.fileno())


def _erase_derived(case: Path, out: Path) -> list[str]:
    """Everything under ``out`` but kept originals and the hold of a run."""
    removed = []
    for path in sorted(out.iterdir()) if out.is_dir() else []:
        if path.name == "ingest" and path.is_dir():
            removed += [_erase(p, case) for p in sorted(path.iterdir()) if p.name not in ("originals", ".holder")]
        elif path.name != ".held":
            removed.append(_erase(path, case))
    return removed


def _erase(path: Path, case: Path) -> str:
    try:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.chmod(0o600)
            path.unlink()
    except OSError as why:
        raise DataError(
            f"cannot delete {path}: {why.strerror or why}; check the permissions and run it again"
        ) from None
    return path.relative_to(case).as_posix() if path.is_relative_to(case) else path.name


def _originals(out: Path) -> list[Path]:
    folder = out / "ingest" / "originals"
    return sorted(p for p in folder.iterdir() if p.is_file()) if folder.is_dir() else []


def _holds(path: Path, account_id: str) -> bool:
    """Whether the bytes of a file, unpacked where it is packed, name the account."""
    from unfog.ingest.files import open_source, unpacked
    from unfog.ingest.limits import Limits

    needle = account_id.encode()
    tail = b""
    try:
        for data in unpacked(open_source(path, path.parent, Limits()), Limits()):
            if needle in tail + data:
                return True
            tail = data[-len(needle) :]
    except DataError:
        return True  # what cannot be looked into may hold it
    if path.suffix == ".parquet" or path.read_bytes()[:4] == b"PAR1":
        return _in_parquet(path, account_id)
    return False


def _in_parquet(path: Path, account_id: str) -> bool:
    with DuckEngine(memory="500MB") as engine:
        engine.read_parquet("held", [path])
        texts = [c for c, t in engine.columns("held").items() if t == "VARCHAR"]
        told = " OR ".join(f"contains({identifier(c)}, {literal(account_id)})" for c in texts)
        return bool(texts) and bool(engine.scalar(f"SELECT count(*) FROM held WHERE {told}"))


def _counted(tables: Path, platform: str, account_id: str) -> dict[str, int]:
    found = {}
    with DuckEngine(memory="500MB") as engine:
        for name in ("posts", "accounts", "labels"):
            path = tables / f"{name}.parquet"
            if path.is_file():
                found[name] = int(
                    engine.scalar(
                        f"SELECT count(*) FROM read_parquet({quoted_path(path)}) "
                        f"WHERE platform = {literal(platform)} AND account_id = {literal(account_id)}"
                    )
                )
    return found
