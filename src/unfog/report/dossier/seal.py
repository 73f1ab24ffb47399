"""Seal a result: the folder of one as-of date, with its originals or with commitments to them, into a dossier."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import Any, Literal

from unfog.errors import IntegrityError, SourceMissing, UsageError
from unfog.model import Findings
from unfog.model.finding import TableRef
from unfog.report.dossier import claims as chain
from unfog.report.dossier import crate, redact, tables
from unfog.report.dossier.bag import Bag
from unfog.report.dossier.public import public_findings
from unfog.report.dossier.sign import sign
from unfog.report.dossier.verify import sha256_file
from unfog.report.page import canonical, page

Profile = Literal["sealed", "public"]

README = """This folder is a dossier made by unfog: findings, what they rest on, and a program that checks it.

Check it offline, with Python 3.11 or newer and nothing else:

    python3 data/verify.py --root HASH

HASH is the root hash that the publisher printed outside of this folder. Without it you learn that the folder is whole
and that its sums come out, not that it is the one that was published. Read data/index.html first.
"""


@dataclass(frozen=True, slots=True)
class Sealing:
    """Who seals, when, what may be seen.

    Attributes:
        by: Who seals.
        at: When, UTC.
        profile: ``sealed`` (originals) or ``public`` (pseudonyms, commitments).
        key: Secret key of the case, for pseudonyms and salts.
        allow: Handles that stay as they are in the public profile.
        originals: SHA-256 -> file; every input of the findings for the sealed profile.
        texts: Article id -> stored text, for quotations.
        raw: Tables as read (``posts``, ``accounts`` ...): Parquet files from which account names are learnt.
        signing_key: PEM file of an Ed25519 key, or None.
    """

    by: str
    at: datetime
    profile: Profile
    key: bytes
    allow: frozenset[str] = frozenset()
    originals: Mapping[str, Path] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    raw: Mapping[str, Path] = field(default_factory=dict)
    signing_key: Path | None = None


@dataclass(frozen=True, slots=True)
class Sealed:
    """What was sealed.

    Attributes:
        folder: The dossier.
        root: Root hash: publish it outside of the dossier.
        files: Number of payload files.
        profile: sealed or public.
        public_key: Key that signed, in hexadecimal; empty if nobody did.
    """

    folder: Path
    root: str
    files: int
    profile: Profile
    public_key: str = ""


def seal(result: Path, out: Path, sealing: Sealing) -> Sealed:
    """Make a dossier of one as-of folder.

    Args:
        result: Folder with ``findings.json``, ``evidence.json``, ``judgement.json`` and ``tables/``.
        out: New folder for the dossier.
        sealing: Who, when and for whom.

    Raises:
        SourceMissing: if a file of the result, or for the sealed profile an original, is not at hand.
        IntegrityError: if a table or original is not the one that the findings were made from.
        UsageError: if ``out`` is not empty, or nobody seals.
    """
    doc = Findings.model_validate_json(_read(result / "findings.json"))
    public = sealing.profile == "public"
    names = redact.Pseudonyms(sealing.key, frozenset(a.casefold() for a in sealing.allow))
    if public:
        for path in [*(_table(result, t) for t in doc.tables), *(sealing.raw[n] for n in sorted(sealing.raw))]:
            names.learn(redact.identifiers_in(path))
    bag = Bag(out, by=sealing.by, at=sealing.at)
    begun = {} if public else {"findings_sha256": sha256_file(result / "findings.json")}
    bag.note("begun", profile=sealing.profile, case=doc.case, as_of=doc.as_of, **begun)
    withheld: list[dict[str, Any]] = []
    shown = public_findings(doc, names, withheld) if public else doc
    _put_documents(bag, result, shown, names if public else None)
    _put_tables(bag, result, doc, names if public else None)
    spans = list(_spans(bag, result, doc, sealing, names if public else None))
    bag.put_json("claims.json", chain.claims(shown, spans))
    if public:
        _put_commitments(bag, doc, withheld)
    else:
        _put_originals(bag, doc, sealing)
    bag.put("verify.py", (resources.files("unfog.report.dossier") / "verify.py").read_bytes())
    bag.put("README.txt", README.encode())
    _put_crate(bag, shown, sealing)
    root = bag.seal(
        {
            "External-Description": doc.title,
            "External-Identifier": f"{doc.case} as of {doc.as_of}",
            "Source-Organization": sealing.by,
            "Unfog-Profile": sealing.profile,
            "Unfog-Version": doc.unfog,
        }
    )
    public_key = sign(out, root, sealing.signing_key) if sealing.signing_key is not None else ""
    count = sum(1 for p in (out / "data").rglob("*") if p.is_file())
    return Sealed(out, root, count, sealing.profile, public_key)


def _read(path: Path) -> bytes:
    if not path.is_file():
        raise SourceMissing(f"{path.name} is not in {path.parent}; run the case first")
    return path.read_bytes()


def _table(result: Path, ref: TableRef) -> Path:
    path = result / ref.file
    if not path.is_file():
        raise SourceMissing(f"{ref.file} is not in {result}; run the case again before sealing")
    if sha256_file(path) != ref.sha256:
        raise IntegrityError(f"{ref.file} is not the table that the findings were made from; run the case again")
    return path


def _put_documents(bag: Bag, result: Path, shown: Findings, names: redact.Pseudonyms | None) -> None:
    bag.put("findings.json", canonical(shown))
    bag.put("index.html", page(shown).encode())
    for name in ("evidence.json", "judgement.json"):
        path = result / name
        if not path.is_file():
            if name == "evidence.json" or any(f.room == "judgement" for f in shown.findings):
                raise SourceMissing(f"{name} is not in {result}; run the case again before sealing")
            continue
        content = path.read_bytes()
        if names is not None:
            document = _with_names(json.loads(content), names)
            content = (json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()
        bag.put(name, content)


_IDS = frozenset(
    {"id", "proposition", "variable", "reference", "value", "values", "given", "when", "scope", "central", "contrast"}
    | {"group", "groups", "items", "kind", "basis", "grade", "schema", "status"}
)
"""Keys whose texts the sums of a judgement hang on; they are left as they are."""


def _with_names(value: Any, names: redact.Pseudonyms) -> Any:
    """Pseudonyms in every text of a judgement or evidence document except in the names that its sums hang on."""
    if isinstance(value, dict):
        return {k: v if k in _IDS else _with_names(v, names) for k, v in value.items()}
    if isinstance(value, list):
        return [_with_names(v, names) for v in value]
    return names.text(value) if isinstance(value, str) else value


def _put_tables(bag: Bag, result: Path, doc: Findings, names: redact.Pseudonyms | None) -> None:
    told = []
    for ref in sorted(doc.tables, key=lambda t: t.name):
        tally = tables.Tally()
        file = f"tables/{ref.name}.jsonl"
        bag.stream(file, tables.jsonl(tables.rows_of(_table(result, ref)), tally, names.row if names else None))
        told.append({"name": ref.name, "file": file, "grain": ref.grain, "rows": tally.rows, "sums": tally.sums()})
        if names is None:
            bag.copy(f"tables/{ref.name}.parquet", result / ref.file, ref.sha256)
    bag.put_json("tables.json", {"schema": "unfog.tables/1", "tables": told})


def _spans(
    bag: Bag, result: Path, doc: Findings, sealing: Sealing, names: redact.Pseudonyms | None
) -> Iterator[dict[str, Any]]:
    """Quotations of the ledger, each with its span in the stored article; the public profile withholds the articles."""
    ledger = next((t for t in doc.tables if t.name == "ledger"), None)
    if ledger is None:
        return
    stored: set[str] = set()
    for row in tables.rows_of(_table(result, ledger)):
        text = sealing.texts.get(str(row.get("article_id") or ""))
        if text is None or not row.get("span"):
            continue
        for n, (start, end) in enumerate(json.loads(row["span"])):
            told = chain.span(f"{row['statement_id']}#{n}", text, start, end, withheld=names is not None)
            if names is not None:
                salt = redact.salt_of(sealing.key, told["id"])
                told["text_sha256"] = redact.commitment(salt, told["text_sha256"])
                told["sha256"] = redact.commitment(salt, told["sha256"])
            elif told["text_sha256"] not in stored:
                stored.add(told["text_sha256"])
                bag.put(f"texts/{told['text_sha256']}.txt", text.encode())
            yield told


def _put_originals(bag: Bag, doc: Findings, sealing: Sealing) -> None:
    listed = []
    for ref in sorted({(i.sha256, i.path or i.source_id) for i in doc.inputs}):
        sha256, name = ref
        path = sealing.originals.get(sha256)
        if path is None:
            raise SourceMissing(
                f"the original {name} is not at hand; give its folder with --data, or seal the public profile"
            )
        if not (bag.data / f"evidence/{sha256}").exists():
            bag.copy(f"evidence/{sha256}", path, sha256)
        listed.append({"name": name, "sha256": sha256, "file": f"evidence/{sha256}"})
    bag.put_json("originals.json", {"schema": "unfog.originals/1", "originals": listed})


def _put_commitments(bag: Bag, doc: Findings, withheld: list[dict[str, Any]]) -> None:
    """What is withheld, the salted commitment to it, and which of its numbers stay visible nevertheless."""
    seen: dict[str, list[str]] = {}
    for f in doc.findings:
        for i in f.inputs:
            seen.setdefault(i.path or i.source_id, []).extend(f"{f.id}: {g.name}" for g in f.figures)
    by_table = {t.file: [f"tables.json: rows and column sums of {t.name}"] for t in doc.tables}
    told = []
    for item in sorted(withheld, key=lambda w: (w["kind"], w["name"])):
        visible = by_table.get(item["name"], sorted(set(seen.get(item["name"], []))))
        told.append({**item, "visible_numbers": visible})
        bag.note("withheld", path=item["name"], commitment=item["commitment"])
    how = (
        "commitment = SHA-256('unfog commitment v1\\n' + salt + SHA-256(original)); "
        "salt = HMAC-SHA-256(case key, 'salt\\n' + name). Salt and original open it; neither can be found from here."
    )
    bag.put_json("commitments.json", {"schema": "unfog.commitments/1", "how": how, "withheld": told})


def _put_crate(bag: Bag, shown: Findings, sealing: Sealing) -> None:
    files = {}
    for path in sorted(bag.data.rglob("*")):
        name = path.relative_to(bag.data).as_posix()
        if path.is_file() and name != "custody.jsonl":
            files[name] = (path.stat().st_size, sha256_file(path))
    about = {
        "index.html": "The report",
        "findings.json": "All findings",
        "judgement.json": "The judgement with all its figures",
        "evidence.json": "Evidence items",
        "claims.json": "From each sentence to what it rests on",
        "tables.json": "Row counts and column sums",
        "verify.py": "Verifier, Python standard library only",
    }
    at = f"{sealing.at.astimezone(UTC):%Y-%m-%d}"
    document = crate.metadata(shown, files, about=about, at=at, by=sealing.by, profile=sealing.profile)
    bag.put_json("ro-crate-metadata.json", document)


def open_commitment(key: bytes, name: str, original: Path, commitment: str) -> bool:
    """Whether an original and the case key open a commitment of a public dossier."""
    if not original.is_file():
        raise UsageError(f"{original} is not a file")
    return redact.commitment(redact.salt_of(key, name), sha256_file(original)) == commitment
