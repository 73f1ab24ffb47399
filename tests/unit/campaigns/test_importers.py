"""Importers: what the formats say, and what becomes of bad, doubled, circular and defanged things."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from unfog.campaigns import importers
from unfog.campaigns.importers.result import day, indicators_in, slug
from unfog.campaigns.importers.tables import report_date
from unfog.errors import FormatError, SourceMissing, UsageError


def u(n: int) -> str:
    return f"00000000-0000-4000-8000-{n:012d}"


def obj(kind: str, n: int, **more: Any) -> dict[str, Any]:
    return {"type": kind, "id": f"{kind}--{u(n)}", "spec_version": "2.1", **more}


def rel(n: int, a: dict[str, Any], how: str, b: dict[str, Any]) -> dict[str, Any]:
    return obj("relationship", n, relationship_type=how, source_ref=a["id"], target_ref=b["id"])


def bundle(tmp_path: Path, *objects: Any) -> Path:
    path = tmp_path / "bundle.json"
    path.write_text(json.dumps({"type": "bundle", "id": f"bundle--{u(0)}", "objects": list(objects)}), encoding="utf-8")
    return path


CAMPAIGN = obj("campaign", 1, name="Alpha", aliases=["A"], first_seen="2022-03-10T00:00:00Z")
REPORT = obj("report", 2, name="Report on Alpha", published="2023-07-31T15:00:00Z", object_refs=[CAMPAIGN["id"]])
DOMAIN = obj("domain-name", 3, value="bad-news.example.org")
PATTERN = obj("attack-pattern", 4, name="Lookalike Domain", x_mitre_id="T0149.003")


def test_stix_gives_campaign_indicators_techniques_and_date(tmp_path: Path) -> None:
    who = obj("threat-actor", 5, name="Somebody")
    path = bundle(
        tmp_path,
        CAMPAIGN,
        REPORT,
        DOMAIN,
        PATTERN,
        who,
        rel(6, DOMAIN, "related-to", CAMPAIGN),
        rel(7, CAMPAIGN, "uses", PATTERN),
        rel(8, CAMPAIGN, "attributed-to", who),
    )
    got = importers.read_stix(path)
    (e,) = got.entries
    assert (e.id, e.known_from, e.active_from, e.aliases) == ("alpha", "2023-07-31", "2022-03-10", ("A",))
    assert [(i.kind, i.value) for i in e.indicators] == [("domain-name", "bad-news.example.org")]
    assert e.traits[0].value == ("T0149.003",) and got.techniques == {"T0149.003": "Lookalike Domain"}
    assert (e.attributions[0].to, e.attributions[0].certainty) == ("Somebody", "")
    assert not got.rejects


def test_stix_amplifying_is_not_owning(tmp_path: Path) -> None:
    bots = obj("campaign", 11, name="Beta")
    bot = obj("channel", 12, name="twitter.com/somebot99")
    site = obj("channel", 13, name="alpha-site.example.org")
    path = bundle(
        tmp_path, CAMPAIGN, REPORT, bots, bot, site, rel(14, bots, "uses", bot), rel(15, bot, "amplifies", site)
    )
    owned = {e.id: {i.value for i in e.indicators} for e in importers.read_stix(path).entries}
    assert owned["beta"] == {"https://twitter.com/somebot99"}
    assert owned["alpha"] == {"alpha-site.example.org"}


def test_stix_circles_duplicates_and_broken_objects_are_told(tmp_path: Path) -> None:
    old = {**DOMAIN, "modified": "2020-01-01T00:00:00Z", "value": "old.example.org"}
    new = {**DOMAIN, "modified": "2021-01-01T00:00:00Z", "value": "new.example.org"}
    gone = obj("domain-name", 20, value="gone.example.org", revoked=True)
    a, b = obj("identity", 21, name="a"), obj("identity", 22, name="b")
    path = bundle(
        tmp_path,
        CAMPAIGN,
        REPORT,
        old,
        new,
        new,
        gone,
        a,
        b,
        rel(23, a, "part-of", b),
        rel(24, b, "part-of", a),
        rel(25, a, "part-of", a),
        rel(26, DOMAIN, "related-to", CAMPAIGN),
        "not an object",
        {"type": "url"},
        {"type": "url", "id": "domain-name--1"},
        rel(27, a, "uses", {"id": "nothing--1"}),
    )
    got = importers.read_stix(path)
    assert [i.value for i in got.entries[0].indicators] == ["new.example.org"]
    reasons = " | ".join(r.reason for r in got.rejects)
    for told in (
        "latest version",
        "same object twice",
        "revoked",
        "with itself",
        "needs an id",
        "does not begin",
        "ends are not",
    ):
        assert told in reasons, told


@pytest.mark.parametrize("text", ["", "{", '{"type": "report"}', '{"type": "bundle"}', "[" * 100_000, "null"])
def test_stix_that_is_none_is_a_format_error(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FormatError, match=r"x\.json"):
        importers.read_stix(path)


def test_stix_parents_of_subtechniques(tmp_path: Path) -> None:
    parent = obj("attack-pattern", 31, name="Parent", external_references=[{"external_id": "T0149"}])
    got = importers.read_stix(bundle(tmp_path, parent, PATTERN, rel(32, PATTERN, "subtechnique-of", parent)))
    assert got.parents == {"T0149.003": "T0149"} and not got.entries


def test_misp_galaxy_actors_and_techniques(tmp_path: Path) -> None:
    values = [
        {
            "value": "APT Z",
            "meta": {"cfr-suspected-state-sponsor": "Ruritania", "synonyms": ["Zeta"], "attribution-confidence": "50"},
        },
        {"value": "APT Z"},
        {"value": "Post", "meta": {"external_id": "T0115"}},
        {"value": 3},
        "text",
        {"value": "Other", "meta": {"external_id": "T0115"}},
        {"value": "odd", "meta": 7},
    ]
    path = tmp_path / "g.json"
    path.write_text(json.dumps({"values": values}), encoding="utf-8")
    got = importers.read_misp_galaxy(path, public_from="2025-02-10")
    assert [e.id for e in got.entries] == ["apt-z", "odd"] and got.techniques == {"T0115": "Post"}
    sponsor = got.entries[0].attributions[0]
    assert (sponsor.role, sponsor.to, sponsor.certainty) == ("sponsor", "Ruritania", "suspected")
    assert len(got.rejects) == 4
    with pytest.raises(UsageError):
        importers.read_misp_galaxy(path, public_from="yesterday")


def csv(tmp_path: Path, name: str, text: str) -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_meta_killchain_layout_refangs(tmp_path: Path) -> None:
    text = "Tactic ,Technique,Procedure,Indicator\n0. x,0.6,y,bad[.]example[.]org\n0. x,0.9,y,63 accounts\n7. z,7.8,y,twitter[.]com/someone9\n"
    got = importers.read_meta(csv(tmp_path, "Q2_2024_Ruritania-BASED CIB NETWORK #1 .csv", text))
    (e,) = got.entries
    assert e.known_from == "2024-08-31"
    assert {(i.kind, i.value) for i in e.indicators} == {
        ("domain-name", "bad.example.org"),
        ("url", "https://twitter.com/someone9"),
    }


def test_meta_old_layout_splits_networks_and_leaves_malware_out(tmp_path: Path) -> None:
    text = (
        "indicator_type,indicator_value,comment,ds\ndomain_name,one.example.org,Ruritania: CIB,2022-09-27\n"
        "sha256,5d9027c76306efd5fb57f42dbbaa26f976657a523c32d8fd3fa628ee1417d0aa,APT36,2022-09-27\n"
        "domain_name,nothing,Ruritania: CIB,2022-09-27\n"
    )
    got = importers.read_meta(csv(tmp_path, "2022_09_x.csv", text))
    assert [e.id for e in got.entries] == ["meta-ruritania-cib"]
    assert [r.reason for r in got.rejects] == [
        "malware or intrusion, not an influence network",
        "no technical indicator in this row",
    ]
    with pytest.raises(FormatError, match="neither"):
        importers.read_meta(csv(tmp_path, "bad.csv", "a,b\n1,2\n"))
    with pytest.raises(FormatError, match="neither"):
        importers.read_meta(csv(tmp_path, "empty.csv", ""))


def test_domain_lists_group_date_and_reject(tmp_path: Path) -> None:
    text = (
        "op,domain,when\nA,a[.]example[.]org,2023-05-01\nB,b.example.org,\nB,not a domain,\nB,x.example.org,,too,many\n"
    )
    got = importers.read_domain_list(
        csv(tmp_path, "l.csv", text),
        name="op",
        public_from="2024-01-01",
        column="domain",
        group_by="op",
        date_column="when",
    )
    assert [(e.id, e.known_from) for e in got.entries] == [("op-a", "2023-05-01"), ("op-b", "2024-01-01")]
    assert [r.where for r in got.rejects] == ["4", "5"]
    with pytest.raises(FormatError, match="no column 'host'"):
        importers.read_domain_list(csv(tmp_path, "l.csv", text), name="op", public_from="2024", column="host")
    with pytest.raises(SourceMissing):
        importers.read_domain_list(tmp_path / "no.csv", name="op", public_from="2024", column="x")


def test_laundromat_keeps_what_tells_an_operator(tmp_path: Path) -> None:
    text = "indicator_type,indicator_content,domain_name\nga_id,UA-123456-1,one.example\ncss-class,abc,one.example\nga_id,,two.example\n"
    got = importers.read_laundromat(csv(tmp_path, "i.csv", text), public_from="2024-01-01")
    assert [(e.id, e.indicators[0].value) for e in got.entries] == [("laundromat-one-example", "UA-123456-1")]
    assert len(got.rejects) == 2


def test_dfrlab_and_euvsdisinfo(tmp_path: Path) -> None:
    text = "Campaign_ID,Year_of_Report,Content_Language,Primary_Disinformant_Nation_of_Origin\nX on Y,2019,English,Ruritania\n,,,\n"
    got = importers.read_dfrlab(csv(tmp_path, "d.csv", text))
    assert got.entries[0].known_from == "2019-12-31" and got.entries[0].attributions[0].role == "origin"
    assert len(got.rejects) == 1
    text = "date,id,title,countries,keywords,languages,outlets\n2021-02-18,u1,t,c,k,Russian,One+Two\n2020-01-01,u2,t,c,k,Russian,one\nx,u3,t,c,k,l,o\n"
    got = importers.read_euvsdisinfo(csv(tmp_path, "e.csv", text))
    assert {(i.value, i.public_from) for i in got.entries[0].indicators} == {
        ("one", "2020-01-01"),
        ("two", "2021-02-18"),
    }
    assert len(got.rows) == 2 and len(got.rejects) == 1


def test_small_words() -> None:
    assert slug("Türkiye _ Iran") == "t-rkiye-iran" and slug("!!!") == "unnamed"
    assert day("10/03/2022") == "2022-03-10" and day("soon") == ""
    assert report_date("Q4_2023_x.csv") == "2024-02-28" and report_date("other.csv") == ""
    found = indicators_in("see hxxps[:]//bad[.]example[.]org/x and t[.]me/channel9", "2024", "s")
    assert found[0].value == "https://bad.example.org/x"
    assert indicators_in("", "2024", "s") == []
