"""Each test on a small world with a known answer, and on bad input."""

from __future__ import annotations

import importlib.util
import random
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from unfog.accounts import Likeness, Options, SetSpec, investigate, profile_accounts
from unfog.accounts.forms import handle_form
from unfog.accounts.handles import near_twins
from unfog.model import Finding, StageResult
from unfog.text.lint_findings import lint_finding

_spec = importlib.util.spec_from_file_location("accounts_rows", Path(__file__).with_name("conftest.py"))
assert _spec and _spec.loader
_rows = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_rows)
post = _rows.post

START = datetime(2019, 1, 7)


def people(
    n: int, seed: int, prefix: str = "p", communities: int = 12
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Ordinary accounts: many days, any waking hour, any weekday, registered over ten years, names of every form."""
    rng = random.Random(seed)
    posts, accounts = [], []
    for i in range(n):
        name = rng.choice(
            [f"user{prefix}{i}", f"Quiet{prefix.title()}Fox"[:10] + str(i), f"{prefix}_{i}_x", f"k{i}{prefix}"]
        )
        made = datetime(2009, 1, 1) + timedelta(seconds=rng.randrange(10 * 365 * 86400))
        accounts.append({"platform": "forum", "account_id": f"{prefix}{i}", "handle": name, "created_at": made})
        home, wake = rng.randrange(communities), rng.randrange(24)
        for _ in range(rng.choice([1, 2, 5, 9])):
            at = START + timedelta(
                days=rng.randrange(300), hours=(wake + rng.randrange(15)) % 24, minutes=rng.randrange(60)
            )
            posts.append(
                post(
                    len(posts),
                    f"{prefix}{i}",
                    at.isoformat(),
                    community=f"c{home}",
                    post_id=f"{prefix}{i}-{len(posts)}",
                )
            )
    return posts, accounts


def operation(n: int, seed: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Accounts made in one hour, used on one working day, by an office at UTC+3, named CapwordCapword."""
    rng = random.Random(seed)
    words = ["Amber", "Birch", "Cedar", "Delta", "Ember", "Flint", "Grove", "Haven", "Ivory", "Jade", "Karst", "Lumen"]
    posts, accounts = [], []
    for i in range(n):
        handle = words[i % 12] + words[(i // 12 + i) % 12].lower().capitalize() + "abcdefghijklmnop"[i // 12]
        made = datetime(2018, 3, 3, 10) + timedelta(seconds=rng.randrange(3000))
        accounts.append({"platform": "forum", "account_id": f"op{i}", "handle": handle, "created_at": made})
        day = START + timedelta(days=7 * rng.randrange(40) + rng.randrange(5), hours=6, minutes=rng.randrange(420))
        for k in range(3):
            at = day + timedelta(minutes=11 * k)
            posts.append(post(0, f"op{i}", at.isoformat(), community=f"c{k}", post_id=f"op{i}-{k}", title="one"))
    return posts, accounts


def run(make: Any, posts: list[dict[str, Any]], accounts: list[dict[str, Any]], **options: Any) -> StageResult:
    members = tuple(sorted(a["account_id"] for a in accounts if a["account_id"].startswith("op")))
    declared = {"id": "ours", "title": "the set", "members": members, "selected_by": "the forum"}
    ours = SetSpec.model_validate(declared | options.pop("spec", {}))
    return investigate(make(posts=posts, accounts=accounts), Options(sets=(ours,), groups=False, **options))


def of(told: StageResult, kind: str) -> Finding:
    return next(f for f in told.findings if f.kind == kind)


@pytest.fixture(scope="module")
def planted(make_once: Any) -> StageResult:
    posts, accounts = people(250, 1)
    more_posts, more_accounts = operation(40, 2)
    return run(make_once, posts + more_posts, accounts + more_accounts, rate_limits={"forum": 600.0})


def test_an_operation_shows_in_every_trait(planted: StageResult) -> None:
    assert {f.kind for f in planted.findings} == {
        "single-use", "hours", "weekdays", "pacing", "creation", "handles", "shift",
    }  # fmt: skip
    for kind in ("single-use", "hours", "weekdays", "creation", "handles"):
        p = of(planted, kind).figure("p_random_draw").value.value
        assert p < 1e-3, kind
    assert of(planted, "creation").figure("most_in_an_hour").value.value == 40
    cells = {c["zone"] for c in of(planted, "shift").data["not_told_apart"]}
    assert "UTC+3" in cells


def test_weight_is_a_bound_that_grows_with_cohorts_and_never_exceeds_them(planted: StageResult) -> None:
    items = {e.id.split(".")[1]: e for e in planted.evidence}
    assert {"single-use", "hours", "creation"} <= set(items)
    for e in items.values():
        assert e.measured_by is not None
        assert e.measured_by.is_bound
        n = e.measured_by.n_different
        assert n == 12
        assert 0 < e.likelihoods[0].log10_lr.value <= 1.12  # log10(13): never above N + 1
        assert e.selected_by == "the forum"
        assert e.derived_from == ("set:ours",)
    assert items["single-use"].contrast == "inauthentic"
    assert items["hours"].contrast == "control"


def test_pacing_at_the_platforms_limit_weighs_nothing(planted: StageResult) -> None:
    assert of(planted, "pacing").data["explained_by_platform"] is True
    assert "carries no weight" in of(planted, "pacing").sentence
    assert not [e for e in planted.evidence if "pacing" in e.id]


def test_a_trait_that_chose_the_set_weighs_nothing(make: Any) -> None:
    posts, accounts = people(200, 3)
    more_posts, more_accounts = operation(20, 4)
    told = run(make, posts + more_posts, accounts + more_accounts, spec={"selected_on": ("single-use",)})
    (item,) = [e for e in told.evidence if e.id == "accounts.single-use.ours"]
    assert item.selected_on_trait
    assert "chose the set" in of(told, "single-use").sentence
    assert not next(e for e in told.evidence if e.id == "accounts.hours.ours").selected_on_trait


def test_without_comparison_there_is_a_description_and_no_weight(make: Any) -> None:
    posts, accounts = operation(20, 5)
    told = run(make, posts, accounts)
    assert told.evidence == ()
    assert all(
        "No comparison population" in of(told, k).sentence for k in ("single-use", "hours", "weekdays", "handles")
    )
    declared = run(make, *map(list.__add__, people(100, 6), operation(20, 5)), spec={"comparison": "none"})  # type: ignore[arg-type]
    assert declared.evidence == ()


def test_every_number_of_a_sentence_is_a_figure(planted: StageResult) -> None:
    for f in planted.findings:
        assert lint_finding(f.model_dump(mode="json")) == (), f.sentence


def test_the_same_answer_twice_and_in_any_order(make: Any) -> None:
    posts, accounts = map(list.__add__, people(120, 7), operation(15, 8))
    one = run(make, posts, accounts)
    random.Random(1).shuffle(posts)
    random.Random(2).shuffle(accounts)
    assert run(make, posts, accounts) == one


def test_forms_of_handles() -> None:
    forms = {
        "MaryBrook": "capword-capword", "Ostermaxnn": "capword", "gregoratior": "lower", "joe_bloggs": "joined",
        "jack1984": "few-digits", "Max92831": "many-digits", "Quick-Fox-1234": "suggested", "жёлтый": "other-script",
        "名前": "other-script", "x.y.z": "other", "": "other", "👤": "other",
    }  # fmt: skip
    assert {h: handle_form(h) for h in forms} == forms


def test_forms_mean_the_same_in_sql(make: Any) -> None:
    names = [
        "MaryBrook", "Ostermaxnn", "gregoratior", "joe_bloggs", "jack1984", "jack١٩", "Max92831", "Quick-Fox-1234",
        "жёлтый", "名前", "שלום", "محمد", "naïve", "x.y.z", "", "👤", "a" * 400, "tab\there", "e\u0301",
    ]  # fmt: skip
    accounts = [{"platform": "forum", "account_id": f"{i:02d}", "handle": h} for i, h in enumerate(names)]
    engine = make(accounts=accounts)
    profile_accounts(engine)
    found = engine.rows("SELECT handle_form FROM profile_accounts ORDER BY account_id")
    assert [r["handle_form"] for r in found] == [handle_form(h) for h in names]


def test_profiles_by_hand(make: Any) -> None:
    posts = [
        post(1, "a", "2019-01-07T09:00:00", kind="comment", lang="en", community="x"),
        post(2, "a", "2019-01-07T09:00:30", lang="de", community="x", urls=["https://www.A.example:80/1?x"]),
        post(3, "a", "2019-09-01T10:00:00", lang="de", community="y", urls=["http://a.example"], text="same"),
        post(4, "a", "2019-09-02T10:00:00", lang="de", community="y", text="same"),
        post(5, "b", None),
        post(6, "c", "1901-01-01T00:00:00"),
        post(7, "c", "2019-01-01T00:00:00"),
    ]
    accounts = [
        {"platform": "forum", "account_id": "a", "handle": "MaryBrook", "created_at": datetime(2019, 1, 1),
         "followers": 10, "following": 4, "karma": 8},
        {"platform": "forum", "account_id": "d", "handle": None, "following": 0, "followers": 3},
    ]  # fmt: skip
    engine = make(posts=posts, accounts=accounts)
    profile_accounts(engine)
    a, b, c, d = engine.rows("SELECT * FROM profile_accounts ORDER BY account_id")
    assert (a["active_days"], a["gaps_under_1m"], a["topic_switches"], a["language_switches"]) == (3, 1, 1, 1)
    assert (a["top_host_links"], a["hosts"], a["texts"], a["distinct_texts"]) == (2, 1, 2, 1)
    assert a["awoke_at"] == datetime(2019, 9, 1, 10)
    assert a["longest_gap_s"] == pytest.approx(
        (datetime(2019, 9, 1, 10) - datetime(2019, 1, 7, 9, 0, 30)).total_seconds()
    )
    assert a["age_at_first_post_s"] == 6 * 86400 + 9 * 3600
    assert (a["handle_form"], a["followers_per_following"], a["karma_per_post"]) == ("capword-capword", 2.5, 2.0)
    assert (b["active_days"], b["dated"], b["awoke_at"], b["handle_form"]) == (0, 0, None, None)
    assert c["awoke_at"] == datetime(2019, 1, 1)  # a silence of a century is a silence, and no overflow
    assert (d["posts"], d["active_days"], d["followers_per_following"]) == (0, None, None)


def test_near_twins() -> None:
    assert near_twins(["katerina1", "katerina2", "completelyother"]) == 2
    assert near_twins(["ab", "ac"]) == 0
    assert near_twins([]) == 0


def test_sharers_are_compared_with_sharers_of_comparable_things(make: Any) -> None:
    posts = []
    for thing in range(13):
        for i in range(20):
            account = f"t{thing}-{i}"
            days = 1 if thing == 0 else 1 + (i + thing) % 4
            for d in range(days):
                urls = [f"https://x.example/{thing}"] if d == 0 else []
                posts.append(
                    post(0, account, f"2019-03-{1 + d:02d}T{i % 24:02d}:00:00", urls=urls, post_id=f"{account}-{d}")
                )
    ours = SetSpec.model_validate({"id": "ours", "from": "sharers of https://x.example/0", "selected_by": "us"})
    told = investigate(make(posts=posts), Options(sets=(ours,), groups=False, tests=("single-use",)))
    found = of(told, "single-use")
    assert found.figure("comparison_accounts").value.value == 240
    assert found.figure("cohorts").value.value == 12
    assert found.figure("cohorts_at_least").value.value == 0
    assert "as many accounts shared" in found.population
    (item,) = told.evidence
    assert item.measured_by is not None
    assert "sharers of one object" in item.measured_by.unit


def test_a_list_by_likeness_values_every_cut_and_labels_nobody(make: Any) -> None:
    posts, accounts = people(150, 21)
    known_posts, known = operation(40, 22)
    more_posts, more = operation(30, 23)
    for rows in (known_posts, known):
        for r in rows:
            r["account_id"] = "known" + r["account_id"]
    for r in known_posts:
        r["post_id"] = "known" + r["post_id"]
    mixed = (*(f"op{i}" for i in range(15)), "p1", "p2", "p3", "p4", "p5")
    ours = SetSpec.model_validate({"id": "ours", "title": "the set", "members": mixed, "selected_by": "the forum"})
    labels = [
        {"platform": "forum", "account_id": r["account_id"], "label": "known", "by": "the forum"} for r in known
    ]  # fmt: skip
    engine = make(posts=posts + known_posts + more_posts, accounts=accounts + known + more, labels=labels)
    options = Options(sets=(ours,), groups=False, tests=(), likeness=Likeness(known="labelled known"))
    told = investigate(engine, options)
    (found,) = told.findings
    assert told.evidence == ()
    assert lint_finding(found.model_dump(mode="json")) == ()
    rows = found.data["rows"]
    ranked = [r for r in rows if r["rank"]]
    assert [r["account_id"][:2] for r in ranked[:15]] == ["op"] * 15
    assert all(r["says"] == "cannot tell" for r in rows if not r["rank"])
    for r in ranked:
        assert all(low <= value <= high for value, low, high in (r[f"ppv_at_{p}"] for p in ("0.001", "0.01", "0.1")))
        assert r["ppv_at_0.001"][0] <= r["ppv_at_0.1"][0]
        assert not set(r) & {"label", "verdict", "bot"}
    assert found.figure("ranked").value.value + found.figure("cannot_tell").value.value == 20
    few = investigate(engine, options.model_copy(update={"likeness": Likeness(known="labelled nobody")}))
    assert [g.id for g in few.gaps] == ["accounts.likeness"]
