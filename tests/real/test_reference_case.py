"""The reference case on the real archive: the facts that must come out."""

from __future__ import annotations

from pathlib import Path

import pytest

from unfog import case
from unfog.case.reference import shipped_case
from unfog.engine import DuckEngine
from unfog.model import Findings

pytestmark = pytest.mark.real

DAY = "2019-12-06"
BEFORE = "2019-12-02"


@pytest.fixture(scope="module")
def out(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reference")
    data = shared / "data" / "02_reddit_uk_trade_leak"
    case.run(shipped_case(), out=folder, data=data, as_of=[BEFORE, DAY])
    return folder


@pytest.fixture(scope="module")
def known(out: Path) -> Findings:
    return case.read_findings(out / DAY)


def of_kind(document: Findings, kind: str):
    found = [f for f in document.findings if f.kind == kind]
    assert found, f"no finding of kind {kind}; there are {sorted({f.kind for f in document.findings})}"
    return found


def test_all_items_of_the_archive_are_read(out: Path) -> None:
    with DuckEngine(memory="1GB") as engine:
        engine.read_parquet("posts", [out / "ingest" / "posts.parquet"])
        engine.read_parquet("accounts", [out / "ingest" / "accounts.parquet"])
        engine.read_parquet("rejects", [out / "ingest" / "rejects.parquet"])
        kinds = {r["kind"]: r["n"] for r in engine.rows("SELECT kind, count(*) AS n FROM posts GROUP BY kind")}
        assert kinds == {"post": 192, "comment": 15}
        assert engine.scalar("SELECT count(*) FROM accounts") == 61
        assert engine.scalar("SELECT count(DISTINCT account_id) FROM posts") == 49
        assert engine.scalar("SELECT count(*) FROM rejects") == 0
        first = engine.rows(
            "SELECT happened_at, lower(community) AS c FROM posts WHERE happened_at >= TIMESTAMP '2019-10-21' AND kind = 'post' "
            "AND (lower(community) LIKE '%wikileaks%' OR lower(community) LIKE '%worldpolitics%') "
            "ORDER BY happened_at LIMIT 2"
        )
    assert [str(r["happened_at"]) for r in first] == ["2019-10-21 08:50:34", "2019-10-21 12:09:26"]


def test_first_seen_tells_disclosure_and_document_apart(known: Findings) -> None:
    rows = [r for f in of_kind(known, "first-seen") for r in f.data["rows"]]
    text = str(rows)
    assert "2019-10-21 08:50:34" in text or "2019-10-21T08:50:34" in text
    assert "2019-07-10" in text, "the July press story is an earlier disclosure"
    layers = {r["layer"] for r in rows}
    assert {"disclosure", "document"} <= layers


def test_breakout_to_public_figures_on_27_november(known: Findings) -> None:
    days = [d for f in of_kind(known, "breakout") for d in f.data["days"]]
    before = [d for d in days if str(d["to"])[:10] < "2019-11-27"]
    assert before
    assert all(d["high"] <= 3 for d in before)
    at = [d for d in days if str(d["from"])[:10] <= "2019-11-27" <= str(d["to"])[:10]]
    assert any(d["low"] >= 5 for d in at)


def test_appearances_are_those_and_no_others(out: Path, known: Findings) -> None:
    table = next(t for t in known.tables if t.name == "appearances")
    with DuckEngine(memory="1GB") as engine:
        engine.read_parquet("appearances", [out / DAY / table.file])
        rows = engine.rows(
            "SELECT post_id, how, happened_at FROM appearances WHERE platform = 'reddit' ORDER BY happened_at"
        )
    ids = {r["post_id"] for r in rows}
    assert {"dkxm37", "dkzlfc", "dmuopk", "dlwnfj"} <= ids, ids
    allowed = {"dkxm37", "dkzlfc", "dmuopk", "dlwnfj", "f54wy5l", "f77lklt", "f503pqh"}
    assert {i for i in ids if not i.startswith("A")} <= allowed, ids - allowed


def test_hours_weekdays_and_single_use_as_counted(known: Findings) -> None:
    (hours,) = of_kind(known, "hours")
    assert hours.data["hours"] == [0] * 6 + [4, 34, 44, 50, 37, 17, 12, 7, 2] + [0] * 9
    assert hours.data["weekdays"] == [34, 31, 42, 57, 20, 23, 0]
    assert hours.selected_by == "Reddit"
    text = " ".join(f.sentence for f in of_kind(known, "single-use"))
    assert "46" in text
    assert "49" in text


def test_before_the_notice_the_set_is_not_known(out: Path) -> None:
    before = case.read_findings(out / BEFORE)
    assert not [f for f in before.findings if f.kind == "hours"]
    with DuckEngine(memory="1GB") as engine:
        table = next(t for t in before.tables if t.name == "appearances")
        engine.read_parquet("appearances", [out / BEFORE / table.file])
        assert (
            engine.scalar("SELECT count(*) FROM appearances WHERE happened_at > TIMESTAMP '2019-12-02 23:59:59.999999'")
            == 0
        )


def test_the_judgement_never_puts_the_part_above_the_whole(known: Findings) -> None:
    answers = {f.id.rsplit(".", 1)[1]: f for f in of_kind(known, "answer")}
    assert {"p0", "p1", "p2", "p3", "p4", "p5", "p6", "p7", "g1"} <= set(answers)

    def percent(name: str) -> float | None:
        posterior = answers[name].data.get("posterior")
        return None if posterior is None else posterior["value"]

    for part, whole in (("p4", "p3"), ("g1", "p3"), ("g1", "p6")):
        a, b = percent(part), percent(whole)
        if a is not None and b is not None:
            assert a <= b + 1e-9
    assert "not assessable" in answers["p7"].sentence.lower()


def test_the_page_shows_no_handle_that_the_case_redacts(out: Path) -> None:
    page = (out / DAY / "index.html").read_text().casefold()
    with DuckEngine(memory="1GB") as engine:
        engine.read_parquet("accounts", [out / "ingest" / "accounts.parquet"])
        handles = {r["handle"].casefold() for r in engine.rows("SELECT handle FROM accounts WHERE handle IS NOT NULL")}
    assert len(handles) == 61
    assert {h for h in handles if h in page} <= {"gregoratior", "ostermaxnn"}
