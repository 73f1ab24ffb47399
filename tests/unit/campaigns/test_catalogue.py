"""The catalogue: whole, dated, in our own words, and strict about what it takes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest
from pydantic import ValidationError

from unfog.campaigns import KINDS, Entry, Klass, Trait, load_catalogue
from unfog.campaigns.catalogue import check_catalogue, read_entry, root_of, was_public
from unfog.campaigns.counts import repeats
from unfog.campaigns.importers import Rejected
from unfog.errors import DataError, FormatError, SourceMissing

Make = Callable[..., Entry]
CODED_EVERYWHERE = ("account-use", "lead-account", "names", "documents", "translations", "site-order", "disarm")


def test_shipped_entries_are_whole_and_dated() -> None:
    entries = load_catalogue()
    assert len(entries) == 15
    assert sum(e.is_control for e in entries) == 5
    for e in entries:
        assert e.known_from and e.sources and e.attributions, e.id
        assert all(a.date and a.words and a.by for a in e.attributions), e.id
        assert {t.kind for t in e.traits} >= set(CODED_EVERYWHERE), e.id
        assert all(KINDS[t.kind] for t in e.traits)


def test_operator_and_sponsor_are_told_apart_and_reversals_kept() -> None:
    by_id = {e.id: e for e in load_catalogue()}
    spam = by_id["spamouflage"].attributions[0]
    assert (spam.by, spam.reversed_by, spam.reversed_on) == ("Graphika", "Meta", "2023-08-29")
    ghost = by_id["ghostwriter"]
    assert any(a.role == "sponsor" and a.reversed_to == "Belarus" for a in ghost.attributions)
    si = by_id["secondary-infektion"]
    assert si.operator == si.sponsor == "unknown"
    assert all(e.sponsor == "none" for e in by_id.values() if e.is_control)


def test_secondary_infektion_was_public_in_june_2019_and_its_own_posts_are_marked() -> None:
    si = next(e for e in load_catalogue() if e.id == "secondary-infektion")
    early = si.trait("account-use", "2019-12-02")
    assert early is not None and early.public_from == "2019-06-22" and not early.computed_from
    late = si.trait("account-use", "2020-01-01")
    assert late is not None and late.computed_from and late.share == (46, 49)
    assert si.trait("shift", "2019-12-02") is None
    assert si.trait("sites", "2019-06-01") is None


def test_a_coarse_date_is_public_at_its_end() -> None:
    assert not was_public("2019-06", "2019-06-22")
    assert was_public("2019-06", "2019-06-30")
    assert was_public("2019-06-22", "")


def test_repeats_name_known_campaigns_and_kinds() -> None:
    ids = {e.id for e in load_catalogue()}
    for r in repeats():
        assert r["campaign"] in ids and r["kind"] in KINDS and isinstance(r["again"], bool)
        assert r["source"].startswith("https://") and r["public_from"]


def write(folder: Path, name: str, **fields: object) -> None:
    base = {"id": name, "name": name, "klass": "covert operation", "known_from": "2020-01-01"}
    (folder / f"{name}.json").write_text(json.dumps({**base, **fields}), encoding="utf-8")


def test_a_folder_adds_and_replaces(tmp_path: Path) -> None:
    write(tmp_path, "new-one")
    write(tmp_path, "spamouflage", caveats=["mine"])
    entries = {e.id: e for e in load_catalogue(tmp_path)}
    assert len(entries) == 16 and entries["spamouflage"].caveats == ("mine",)
    assert [e.id for e in load_catalogue(tmp_path, shipped=False)] == ["new-one", "spamouflage"]
    assert list(entries) == sorted(entries)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"traits": [{"kind": "documents", "value": ["forgd"], "public_from": "2020"}]}, 'did you mean "forged"'),
        ({"traits": [{"kind": "docments", "value": ["forged"], "public_from": "2020"}]}, 'did you mean "documents"'),
        ({"part_of": "nobody"}, "no entry"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, fields: dict[str, object], told: str) -> None:
    write(tmp_path, "one", **fields)
    with pytest.raises(DataError, match=told):
        load_catalogue(tmp_path)


def test_circles_and_doubled_ids_are_refused(tmp_path: Path, entry: Make) -> None:
    a, b = entry("a").model_copy(update={"part_of": "b"}), entry("b").model_copy(update={"part_of": "a"})
    with pytest.raises(DataError, match="circle"):
        check_catalogue([a, b])
    with pytest.raises(DataError, match="two entries"):
        check_catalogue([entry("a"), entry("a")])
    assert root_of(a, {"a": a, "b": b}) in ("a", "b")
    write(tmp_path, "one")
    (tmp_path / "two.json").write_text((tmp_path / "one.json").read_text(), encoding="utf-8")
    with pytest.raises(DataError, match=r"one\.json and two\.json"):
        load_catalogue(tmp_path)


WRONG_KEY = '{"id": "x", "name": "x", "klass": "covert operation", "wrong": 1}'


@pytest.mark.parametrize("text", ["{", "[1, 2]", '{"id": "x"}', "[" * 5000, WRONG_KEY])
def test_unreadable_entries_name_the_file(tmp_path: Path, text: str) -> None:
    path = tmp_path / "bad.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FormatError, match=r"bad\.json"):
        read_entry(path)


def test_a_missing_folder_says_what_to_give(tmp_path: Path) -> None:
    with pytest.raises(SourceMissing, match="folder of"):
        load_catalogue(tmp_path / "nowhere")


def test_a_trait_without_a_date_is_refused(entry: Make) -> None:
    with pytest.raises(ValidationError, match="public_from"):
        Trait(kind="documents", value=("forged",), public_from="")
    twice = [{"kind": "documents", "value": ["forged"], "public_from": "2020"}] * 2
    with pytest.raises(ValidationError, match="stands twice"):
        Entry.model_validate({**entry("x").model_dump(by_alias=True), "traits": twice})
    assert Klass.LIST.value == "list of indicators"


def test_shipped_entries_are_valid_under_the_published_schema(repo: Path) -> None:
    schema = json.loads((repo / "schemas" / "campaign.schema.json").read_text(encoding="utf-8"))
    files = sorted((repo / "src" / "unfog" / "campaigns" / "catalogue").glob("*.json"))
    assert len(files) == 15
    for path in files:
        jsonschema.validate(json.loads(path.read_text(encoding="utf-8")), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"id": "x", "name": "x", "klass": "nonsense"}, schema)


def bundle(folder: Path, name: str, id_: str, *more: dict[str, object]) -> None:
    campaign = {"type": "campaign", "id": f"campaign--{id_}", "name": id_, "modified": "2023-05-01T00:00:00Z"}
    objects = [campaign, {"type": "domain-name", "id": f"domain-name--{id_}", "value": f"{id_}.example"}, *more]
    (folder / name).write_text(json.dumps({"type": "bundle", "id": "bundle--1", "objects": objects}), encoding="utf-8")


def test_a_folder_may_hold_bundles_and_tables_of_others(tmp_path: Path) -> None:
    bundle(tmp_path, "a.json", "doppelganger", {"type": "relationship"}, {"no": "type"})
    bundle(tmp_path, "b.json", "newcomer")
    table = "indicator_type,indicator_value,comment,ds\ndomain,bad[.]some-site.com,Some Network,2023-05-01\n"
    (tmp_path / "Q2_2023_table.csv").write_text(table, encoding="utf-8")
    rejects: list[Rejected] = []
    entries = {e.id: e for e in load_catalogue(tmp_path, rejects=rejects)}
    assert entries["doppelganger"].traits and not entries["doppelganger"].part_of  # the shipped entry keeps its place
    assert entries["doppelganger.a-json"].part_of == "doppelganger" and "newcomer" in entries
    assert [i.value for i in entries["meta-some-network"].indicators] == ["bad.some-site.com"]
    assert rejects and all(r.where.startswith("a.json") and r.reason for r in rejects)


def test_a_file_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    write(tmp_path, "one")
    path = tmp_path / "one.json"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert read_entry(path).id == "one"
