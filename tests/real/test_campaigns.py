"""The campaigns room on real data: reports, techniques, and the reference case as of 2 December 2019."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from unfog.campaigns import importers
from unfog.campaigns.counts import outside
from unfog.case.linking import link_case
from unfog.evaluate import Evaluation, link_codings, link_readings
from unfog.evaluate.link import incident_codes, open_set, techniques
from unfog.evaluate.link_reports import measure, pairs_of, reports

pytestmark = pytest.mark.real


def knowledge(shared: Path) -> Path:
    return shared / "data" / "09_campaign_knowledge_base"


def test_disarm_and_misp_are_whole(shared: Path) -> None:
    disarm = importers.read_stix(knowledge(shared) / "disarm" / "DISARM_stix.json")
    assert len(disarm.techniques) == 391 and len(disarm.parents) == 288 and not disarm.entries
    misp = importers.read_misp_galaxy(
        knowledge(shared) / "misp_galaxy" / "disarm-techniques.json", public_from="2025-02-10"
    )
    assert len(misp.techniques) == 298


def test_viginum_bundles_tell_owner_from_amplifier(shared: Path) -> None:
    found = {}
    for path in sorted((knowledge(shared) / "viginum").rglob("*_full.json")):
        for e in importers.read_stix(path).entries:
            found[e.id, e.known_from] = e
    kombat = found["portal-kombat", "2024-02-09"]
    domains = {i.value for i in kombat.indicators if i.kind == "domain-name"}
    assert len(domains) > 150 and "pravda-fr.com" in domains
    bots = found["rrn", "2024-02-09"]
    assert len(bots.indicators) > 250 and all("twitter.com/" in i.value for i in bots.indicators if i.kind == "url")
    assert len([i for i in found["rrn", "2023-07-31"].indicators if i.kind == "domain-name"]) > 300


def test_every_meta_file_is_read(shared: Path) -> None:
    files = sorted((knowledge(shared) / "meta_threat_research" / "indicators" / "csv").rglob("*.csv"))
    entries = [e for p in files for e in importers.read_meta(p).entries]
    assert len(files) >= 50 and len(entries) >= 50
    assert max(len(e.indicators) for e in entries) > 6000


def test_shipped_technique_overlap_is_what_the_data_give(shared: Path) -> None:
    assert len(incident_codes(shared / "data")) == 62
    sheet = Evaluation(room="link")
    learned = techniques(shared / "data", sheet)
    assert learned["exact"]["percentiles"][95] == pytest.approx(0.20, abs=0.005)
    assert learned["parent"]["percentiles"][95] == pytest.approx(2 / 3, abs=0.005)


def test_later_reports_share_indicators_and_other_operations_do_not(shared: Path) -> None:
    sheet = Evaluation(room="link")
    counts = measure(shared / "data", sheet)
    by = {m.name: m for m in sheet.measures}
    assert counts["same"][0] == counts["same"][1] == 3
    wrong = by["(b) different operations that share an exclusive indicator"].value
    assert wrong is not None and wrong < 0.02
    assert "not calibratable" in by["(b) later reports: Cllr"].note and by["(b) later reports: Cllr"].met is None
    found = reports(shared / "data")
    assert all(p.a.reporter != p.b.reporter for p in pairs_of(found) if p.same)


def test_nobody_is_linked_who_was_not_described() -> None:
    sheet = Evaluation(room="link")
    open_set(sheet)
    assert sheet.measures[0].value == 0.0 and sheet.measures[0].n == 15


def test_reference_case_on_2_december_2019(repo: Path, shared: Path, tmp_path: Path) -> None:
    case = repo / "cases" / "uk-trade-leaks-2019"
    done = link_case(case, out=tmp_path, as_of=["2019-12-02"], data=shared / "data" / "02_reddit_uk_trade_leak")
    (result,) = done.results.values()
    f = next(x for x in result.findings if x.id == "campaigns.link.secondary-infektion")
    rows = {w["trait"]: w for w in f.data["waterfall"]}
    assert rows["lead-account"]["outcome"] == rows["documents"]["outcome"] == "departs"
    assert rows["lead-account"]["log10_lr"] < 0 and rows["documents"]["log10_lr"] < 0
    assert rows["sites"]["outcome"] == "shows" and rows["sites"]["log10_lr_mimic"] == 0.0
    mimic = f.figure("same operator : mimic").value
    assert -0.5 < mimic.low <= mimic.value <= mimic.high <= 0.0, "near 1, and departures count against"
    assert f.data["verdict"] == "cannot tell"
    assert {e.contrast for e in result.evidence} == {"operator", "mimic"}
    written = json.loads((tmp_path / "2019-12-02" / "links.json").read_text(encoding="utf-8"))
    assert written["as_of"] == "2019-12-02" and (tmp_path / "2019-12-02" / "links.parquet").is_file()


def test_the_background_that_others_coded_is_what_their_list_gives(shared: Path) -> None:
    counted = link_codings.outside_counts(shared / "data", Evaluation(room="link"))
    assert counted == outside()


def test_two_codings_agree_where_the_sheets_tell_and_the_rest_weighs_nothing() -> None:
    sheet = Evaluation(room="link")
    link_codings.measure_codings(sheet)
    kappa, untold, again = (m.value for m in sheet.measures)
    assert kappa is not None and kappa > 0.8 and again == 1.0
    assert untold is not None and 0.2 < untold < 0.35
    for row in sheet.tables["f_codings"]:
        first_only = len(row["first_only"].split(", ")) if row["first_only"] else 0
        assert row["weighed"] <= row["coded_by_both"] and (not first_only or row["kind"] != "documents")


def test_ordinary_people_in_a_sample_by_topic_are_not_read_as_burners(shared: Path) -> None:
    sheet = Evaluation(room="link")
    link_readings.measure(shared / "data", sheet)
    told = {(r["set"], r["kind"]): r for r in sheet.tables["g_readings"]}
    assert told["reddit, banned in 2019", "account-use"]["tables"] == "single-use"
    crowd = told["twitter, Brexit users", "account-use"]
    assert "ordinary" in crowd["tables"] and "one day only" in crowd["seen"]
    assert not [r for r in sheet.tables["g_readings"] if r["outcome"] == "departs"]
