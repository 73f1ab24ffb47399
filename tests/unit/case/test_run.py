"""A whole run of a small case: findings, as-of, resumption, why."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import pytest

from unfog import case
from unfog.errors import CaseError, DataError, IntegrityError, UsageError

YEAR = datetime.now(UTC).year


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, case.RunResult]:
    folder = case.new_case(tmp_path_factory.mktemp("case") / "small").parent
    out = folder / "out"
    return folder, out, case.run(folder, out=out, as_of=[f"{YEAR}-01-15", f"{YEAR}-12-31"])


def hashes(out: Path) -> dict[str, str]:
    files = (p for p in out.rglob("*") if p.is_file() and p.name not in ("run.json", ".held"))
    return {str(p.relative_to(out)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def test_every_date_has_its_folder_and_the_latest_is_the_page(ran) -> None:
    _, out, result = ran
    assert list(result.folders) == [f"{YEAR}-01-15", f"{YEAR}-12-31"]
    for folder in result.folders.values():
        for name in ("findings.json", "judgement.json", "evidence.json", "index.html", "run.json"):
            assert (folder / name).is_file(), name
    assert result.page.read_bytes() == (out / f"{YEAR}-12-31" / "index.html").read_bytes()


def test_the_run_tells_how_each_file_was_read(ran) -> None:
    _, _, result = ran
    for folder in result.folders.values():
        (source,) = json.loads((folder / "run.json").read_text(encoding="utf-8"))["sources"]
        assert source["format"] == "observation-log" and "cannot tell" in source["notes"]
        kept, twice, refused = (source[f"rows_{k}"] for k in ("kept", "duplicate", "rejected"))
        assert source["rows_read"] == kept + twice + refused > 0


def test_what_was_not_public_is_not_known(ran) -> None:
    _, _, result = ran
    early, late = (case.read_findings(f) for f in result.folders.values())
    assert early.as_of < late.as_of
    rows = {d.as_of: next(f for f in d.findings if f.kind == "evidence-table").data["rows"] for d in (early, late)}
    assert [r["id"] for r in rows[late.as_of]] == ["E1"]
    assert not [r for r in rows[early.as_of] if not r.get("left_out")]


def test_a_second_run_reuses_everything_and_changes_nothing(ran) -> None:
    folder, out, _ = ran
    before = hashes(out)
    again = case.run(folder, out=out, as_of=[f"{YEAR}-01-15", f"{YEAR}-12-31"])
    assert {r.split("/")[1] for r in again.reused} >= {"coordination", "spread", "judgement"}
    assert hashes(out) == before


def test_a_damaged_table_or_stage_is_made_again(ran) -> None:
    folder, out, _ = ran
    before = hashes(out)
    label = f"{YEAR}-12-31"
    (out / label / ".stages" / "judgement.json").write_text("{}")
    tables = sorted((out / label / "tables").glob("*.parquet"))
    tables[0].write_bytes(b"")
    case.run(folder, out=out, as_of=[f"{YEAR}-01-15", label])
    assert hashes(out) == before


def test_a_changed_rating_changes_the_judgement_and_nothing_before_it(ran, tmp_path: Path) -> None:
    folder, out, _ = ran
    rating = folder / "ratings" / "first.toml"
    text = rating.read_text()
    try:
        rating.write_text(text.replace("one-group = 2.0", "one-group = 9.0"))
        again = case.run(folder, out=tmp_path / "o", as_of=[f"{YEAR}-12-31"])
        new = json.loads((again.folders[f"{YEAR}-12-31"] / "judgement.json").read_text())
        old = json.loads((out / f"{YEAR}-12-31" / "judgement.json").read_text())
        assert new["answers"][0]["posterior"]["value"] > old["answers"][0]["posterior"]["value"]
    finally:
        rating.write_text(text)


def test_documents_keep_to_their_schemas(ran, repo: Path) -> None:
    _, _, result = ran
    for folder in result.folders.values():
        for name in ("findings", "judgement", "evidence", "run"):
            schema = json.loads((repo / "schemas" / f"{name}.schema.json").read_text())
            jsonschema.validate(json.loads((folder / f"{name}.json").read_text()), schema)


def test_why_walks_back_and_names_what_it_cannot_find(ran) -> None:
    _, out, _ = ran
    folder = case.pick_folder(out)
    document = case.read_findings(folder)
    for finding in document.findings:
        found = case.explain(folder, finding.id)
        text = case.as_text(found)
        assert finding.sentence in text
        assert "Method" in text
    with pytest.raises(UsageError, match="no finding"):
        case.explain(folder, "zzz")
    with pytest.raises(UsageError, match="no result as of"):
        case.pick_folder(out, "1999-01-01")
    with pytest.raises(CaseError, match="unfog run"):
        case.pick_folder(out / "nothing")


def test_why_refuses_a_table_that_is_not_the_one(ran, tmp_path: Path) -> None:
    import shutil

    _, out, _ = ran
    copy = tmp_path / "copy"
    shutil.copytree(out / f"{YEAR}-12-31", copy)
    document = case.read_findings(copy)
    known = {t.name for t in document.tables}
    finding = next(f for f in document.findings if any(r.table in known for r in f.rows))
    table = next(r.table for r in finding.rows if r.table in known)
    (copy / "tables" / f"{table}.parquet").write_bytes(b"x")
    with pytest.raises(IntegrityError, match=table):
        case.explain(copy, finding.id)


def test_no_wall_clock_and_no_place_in_what_is_deterministic(ran) -> None:
    folder, _, result = ran
    for out in result.folders.values():
        for name in ("findings.json", "judgement.json", "evidence.json", "index.html"):
            text = (out / name).read_text()
            assert str(folder) not in text
            assert "/tmp/" not in text


def test_a_folder_that_cannot_be_made_is_said_so(ran, tmp_path: Path) -> None:
    folder, _, _ = ran
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match="--out"):
        case.run(folder, out=tmp_path / "file" / "out")


def test_weigh_reads_ratings_anew(ran) -> None:
    folder, out, _ = ran
    weighed = case.weigh_case(folder, as_of=f"{YEAR}-12-31", out=out)
    kept = json.loads((out / f"{YEAR}-12-31" / "judgement.json").read_text())
    assert weighed.document["answers"] == kept["answers"]
    assert weighed.measured_from == f"{YEAR}-12-31"
