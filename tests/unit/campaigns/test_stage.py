"""The stage: a small log in, links out; as of a date; nothing in, a gap out."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from pydantic import ValidationError

from unfog.campaigns import Coded, Options, investigate
from unfog.campaigns.acts import actor_key, host_of_place, shown_name
from unfog.campaigns.observe import observe
from unfog.campaigns.passages import passage_keys
from unfog.engine import DuckEngine
from unfog.errors import UsageError
from unfog.judgement.groups import groups_of
from unfog.judgement.items import Item
from unfog.model import CONTRASTS, StageResult, Verdict, parse_moment

World = Callable[..., DuckEngine]
Row = Callable[..., dict[str, Any]]


def log(row: Row) -> list[dict[str, Any]]:
    """A burner-like story: two days, three places, two languages, then the press."""
    return [
        row("o1", "2019-10-21T08:00:00", "Jo Smith", "tiny-forum.example"),
        row("o2", "2019-10-22T08:00:00", "Max Muster", "Reddit", community="r/one", lang="de", how="translated"),
        row("o3", "2019-10-23T08:00:00", "Eva Probe", "meinbezirk.at (Austria)", lang="de", how="translated"),
        row("o4", "2019-11-27T08:00:00", "A Paper", "web", kind="article", role="media"),
    ]


def finding(result: StageResult, id_: str) -> Any:
    return next(f for f in result.findings if f.id == id_)


def test_empty_tables_give_a_gap_and_an_empty_table(world: World) -> None:
    engine = world()
    result = investigate(engine, Options())
    assert [g.id for g in result.gaps] == ["campaigns.no-set"] and not result.findings and not result.evidence
    assert engine.scalar("SELECT count(*) FROM links") == 0


def test_links_are_compared_with_every_known_campaign(world: World, observation: Row) -> None:
    engine = world(observations=log(observation))
    result = investigate(engine, Options(against=("secondary-infektion",), as_of="2021-01-01"))
    f = finding(result, "campaigns.link.secondary-infektion")
    trait = {w["trait"]: w for w in f.data["waterfall"]}
    assert trait["sites"]["outcome"] == "shows" and trait["translations"]["outcome"] == "shows"
    assert trait["lead-account"]["outcome"] == "cannot compare"  # a log does not hold all that an account posted
    assert f.verdict in (Verdict.CANNOT_TELL, Verdict.ATTRIBUTABLE)
    parts = sum(w["log10_lr"] for w in f.data["waterfall"] if w["log10_lr"] is not None)
    assert parts == pytest.approx(f.figure("same operator : unrelated").value.value, abs=1e-3)
    rows = engine.rows("SELECT * FROM links ORDER BY campaign_id")
    assert len(rows) == len(finding(result, "campaigns.catalogue").data["rows"]) > 10
    assert all(json.loads(r["traits"]) is not None for r in rows)
    assert all(s.sql for s in f.steps) and f.rows


def test_evidence_is_on_the_two_contrasts_and_in_one_group(world: World, observation: Row) -> None:
    engine = world(observations=log(observation))
    options = Options(against=("secondary-infektion",), as_of="2021-01-01", same_as={"sites": ("E02",)})
    items = investigate(engine, options).evidence
    assert {e.contrast for e in items} == {"operator", "mimic"} <= set(CONTRASTS)
    assert {e.origin for e in items} == {"Reddit posts"} and all("E02" in e.derived_from for e in items)
    for e in items:
        assert e.is_measured and e.measured_by is not None and e.measured_by.unit == "campaigns"
        assert e.measured_by.is_bound == (e.contrast == "mimic")
        n = e.measured_by.n_different
        assert n is not None and e.public_from
    assert not investigate(engine, Options(as_of="2021-01-01")).evidence


def test_what_the_accounts_room_used_falls_into_one_dependence_group(world: World) -> None:
    who = [f"a{i}" for i in range(40)]
    posts = [
        {"platform": "reddit", "post_id": f"p{a}", "account_id": a, "happened_at": datetime(2020, 1, 1 + i % 28, 9),
         "public_from": datetime(2020, 2, 1), "urls": ["https://homment.com/x"]}
        for i, a in enumerate(who)
    ]  # fmt: skip
    labels = [{"platform": "reddit", "account_id": a, "label": "banned", "by": "Reddit"} for a in who]
    engine = world(posts=posts, labels=labels)
    options = Options(against=("secondary-infektion",), as_of="2021-01-01")
    members = {"set_id": ["banned"] * 40, "platform": ["reddit"] * 40, "account_id": who}

    def grouped() -> set[tuple[str, ...]]:
        own = investigate(engine, options).evidence
        account = next(e for e in own if e.contrast == "operator").model_copy(
            update={"id": "accounts.single-use.banned", "origin": "accounts", "derived_from": ("set:banned",)}
        )
        at, flat = parse_moment("2021"), np.zeros(2)
        items = [Item(e, at, (0,), np.zeros((3, 2)), flat, 1.0, "") for e in (*own, account)]
        return {tuple(sorted(i.id for i in g.items)) for g in groups_of(items)}

    assert any(g == ("accounts.single-use.banned",) for g in grouped())  # without that room's table: apart
    engine.put("set_members", pa.table(members))
    (together,) = grouped()
    assert "accounts.single-use.banned" in together and len(together) > 1


def test_before_the_campaign_was_described_it_cannot_be_compared(world: World, observation: Row) -> None:
    engine = world(observations=log(observation))
    result = investigate(engine, Options(against=("secondary-infektion",), as_of="2019-06-01"))
    assert "campaigns.not-yet-known.secondary-infektion" in {g.id for g in result.gaps}
    assert not result.evidence and "secondary-infektion" not in {
        r["campaign_id"] for r in engine.rows("SELECT campaign_id FROM links")
    }


def test_the_runs_own_date_is_used(world: World, observation: Row) -> None:
    engine = world(observations=log(observation))
    engine.put("as_of", pa.table({"at": [datetime(2019, 6, 1)], "clock": ["public"]}))
    assert "campaigns.not-yet-known.secondary-infektion" in {
        g.id for g in investigate(engine, Options(against=("secondary-infektion",))).gaps
    }


def test_it_is_deterministic(world: World, observation: Row) -> None:
    options = Options(against=("secondary-infektion",), as_of="2021-01-01")
    rows = log(observation)
    one = investigate(world(observations=rows), options).model_dump_json()
    assert investigate(world(observations=rows[::-1]), options).model_dump_json() == one


def test_what_a_person_coded_counts_only_once_its_observations_are_known(world: World, observation: Row) -> None:
    coded = Coded(trait="documents", value=("genuine",), observations=("o4",), by="ana", reason="nobody said otherwise")
    with_paper = observe(world(observations=log(observation)), Options(coded=(coded,)))
    assert with_paper.traits["documents"].source == "coded by ana"
    without = observe(world(observations=log(observation)[:3]), Options(coded=(coded,)))
    assert "documents" not in without.traits


def test_a_lasting_lead_account_departs_from_a_burner(world: World, observation: Row) -> None:
    rows = log(observation)
    rows += [
        observation(f"p{i}", f"2019-0{i}-01T09:00:00", "Jo Smith", "tiny-forum.example", role="", target="")
        for i in (7, 8, 9)
    ]
    found = observe(world(observations=rows), Options())
    assert "single-use" not in found.traits["lead-account"].possible
    assert "single-use" in observe(world(observations=log(observation)), Options()).traits["lead-account"].possible


def test_retry_needs_places_days_and_no_pick_up_between(world: World, observation: Row) -> None:
    rows = log(observation)
    assert observe(world(observations=rows), Options()).traits["retry"].possible == {"yes"}
    early = [*rows[:3], {**rows[3], "happened_at": datetime(2019, 10, 21, 9)}]
    assert "retry" not in observe(world(observations=early), Options()).traits


def test_posts_of_labelled_accounts_tell_single_use_hours_and_links(world: World) -> None:
    posts, labels = [], []
    for i in range(40):
        labels.append({"platform": "reddit", "account_id": f"a{i}", "label": "banned", "by": "Reddit"})
        posts.append(
            {
                "platform": "reddit",
                "post_id": f"p{i}",
                "account_id": f"a{i}",
                "happened_at": datetime(2018, 1, 1 + i % 28, 9),
                "public_from": datetime(2019, 12, 6),
                "urls": ["https://homment.com/x", "https://www.reddit.com/y"],
            }
        )
    engine = world(posts=posts, labels=labels)
    found = observe(engine, Options(whole_accounts=True))
    assert found.traits["account-use"].possible == {"single-use"} and found.traits["account-use"].source == "posts"
    sample = observe(engine, Options()).traits["account-use"]  # of a sample by topic one day tells nothing
    assert {"single-use", "ordinary"} < sample.possible
    assert "homment.com" in found.traits["sites"].possible and found.selected_by == "Reddit"
    assert found.traits["shift"].possible == {"09:00-09:00"} and found.n_posts == 40
    assert observe(engine, Options(labels=("something else",))).n_accounts == 0


def test_shared_indicators_come_from_the_links_in_posts(world: World, tmp_path: Path) -> None:
    own = {
        "id": "local",
        "name": "Local",
        "klass": "covert operation",
        "known_from": "2018-01-01",
        "indicators": [{"kind": "domain-name", "value": "tiny-site[.]example", "public_from": "2018-01-01"}],
    }
    (tmp_path / "local.json").write_text(json.dumps(own), encoding="utf-8")
    posts = [
        {
            "platform": "reddit",
            "post_id": "p",
            "account_id": "a",
            "happened_at": datetime(2026, 1, 1),
            "public_from": datetime(2026, 1, 2),
            "urls": ["http://www.tiny-site.example/1"],
        }
    ]
    labels = [{"platform": "reddit", "account_id": "a", "label": "banned", "by": "Reddit"}]
    engine = world(posts=posts, labels=labels)
    result = investigate(engine, Options(catalogue=tmp_path, against=("local",), as_of="2026-02-01"))
    f = finding(result, "campaigns.link.local")
    shared = next(w for w in f.data["waterfall"] if w["trait"] == "indicators")
    assert shared["log10_lr"] > 1 and shared["could_be_copied"]
    assert engine.rows("SELECT key FROM indicator_matches") == [{"key": "tiny-site.example"}]


def test_wrong_options_are_told(world: World) -> None:
    with pytest.raises(UsageError, match='did you mean "spamouflage"'):
        investigate(world(), Options(against=("spamoflage",)))
    with pytest.raises(ValidationError, match='did you mean "documents"'):
        Coded(trait="document", value=("x",), observations=("o",), by="a", reason="b")
    with pytest.raises(ValidationError, match="extra"):
        Options.model_validate({"aginst": ["x"]})


def test_names_of_places_and_actors() -> None:
    assert [host_of_place(p) for p in ("X", "Before It's News", "newswire")] == ["twitter.com", "beforeitsnews.com", ""]
    assert actor_key("u/SomeOne") == "someone" and shown_name("'Max Muster'") == "Max Muster"


def test_a_passage_used_before_is_an_indicator(world: World, tmp_path: Path) -> None:
    text = "Short one. Große Männer, kleine “Taten” – und 42 weitere Gründe, dies noch einmal zu sagen!"
    (key,) = passage_keys(text)
    known = [{"kind": "x-passage", "value": key, "public_from": "2018-01-01"}]
    own = {"id": "local", "name": "L", "klass": "covert operation", "known_from": "2018-01-01", "indicators": known}
    (tmp_path / "local.json").write_text(json.dumps(own), encoding="utf-8")
    again = (
        "Ganz neu.\nGROSSE".replace("GROSSE", "große")
        + " männer kleine taten; und 42 weitere gründe dies noch einmal zu sagen. Ende"
    )
    post = {"platform": "reddit", "post_id": "p", "account_id": "a", "happened_at": datetime(2020, 1, 1), "text": again}
    labels = [{"platform": "reddit", "account_id": "a", "label": "banned", "by": "Reddit"}]
    engine = world(posts=[post], labels=labels)
    investigate(engine, Options(catalogue=tmp_path, as_of="2021-01-01"))
    found = engine.rows("SELECT match_on, key FROM indicator_matches")
    assert found == [{"match_on": "x-passage", "key": key}]
