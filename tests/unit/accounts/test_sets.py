"""Who is in which set, and what happens when nobody is."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from pydantic import ValidationError

from unfog.accounts import Options, SetSpec, investigate
from unfog.errors import UsageError

_spec = importlib.util.spec_from_file_location("accounts_rows", Path(__file__).with_name("conftest.py"))
assert _spec and _spec.loader
_rows = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_rows)
post = _rows.post

POSTS = [post(i, f"a{i % 6}", f"2019-10-{1 + i % 20:02d}T09:{i % 60:02d}:00") for i in range(30)]


def spec(**more: object) -> SetSpec:
    return SetSpec.model_validate({"id": "s", **more})


@pytest.mark.parametrize(
    ("expression", "size"),
    [
        ("all accounts", 6),
        ("authors of source s", 6),
        ("accounts of source s", 2),
        ("labelled banned", 2),
        ("group g1", 3),
        ("sharers of https://a.example/x", 1),
        ("sharers of #Leak", 1),
    ],
)
def test_every_way_to_name_a_set(make, expression: str, size: int) -> None:
    posts = [*POSTS, post(90, "a1", "2019-10-01T10:00:00", urls=["https://a.example/x"])]
    posts.append(post(91, "a2", "2019-10-01T10:00:00", hashtags=["leak"]))
    engine = make(
        posts=posts,
        accounts=[{"platform": "forum", "account_id": a, "handle": a} for a in ("a0", "a1")],
        labels=[{"platform": "forum", "account_id": a, "label": "banned", "by": "the forum"} for a in ("a0", "a5")],
        groups=[{"group_id": "g1", "platform": "forum", "account_id": f"a{i}"} for i in range(3)],
    )
    told = investigate(engine, Options(sets=(spec(**{"from": expression}),), groups=False))
    assert engine.scalar("SELECT count(*) FROM set_members") == size
    assert {f.id.rsplit(".", 1)[1] for f in told.findings} == {"s"}
    assert told.tables == ("profile_accounts", "set_members")


def test_members_by_id_or_handle_and_the_missing_are_named(make) -> None:
    engine = make(posts=POSTS, accounts=[{"platform": "forum", "account_id": "a3", "handle": "Жёлтый"}])
    told = investigate(engine, Options(sets=(spec(members=("A0", "жёлтый", "nobody")),), groups=False))
    assert engine.scalar("SELECT count(*) FROM set_members") == 2
    assert any("1 declared accounts are in no table" in c for f in told.findings for c in f.caveats)


def test_labels_make_sets_by_themselves_with_their_author_and_date(make) -> None:
    from datetime import datetime

    day = datetime(2019, 12, 6)
    labels = [
        {"platform": "forum", "account_id": f"a{i}", "label": "banned", "by": "the forum", "public_from": day}
        for i in range(6)
    ]
    told = investigate(make(posts=POSTS, labels=labels), Options())
    assert {f.selected_by for f in told.findings} == {"the forum"}
    assert all(f.public_from.startswith("2019-12-06") for f in told.findings)


def test_empty_tables_give_gaps_and_no_exception(make) -> None:
    told = investigate(make(), Options())
    assert told.findings == ()
    assert [g.id for g in told.gaps] == ["accounts.no-sets"]
    told = investigate(make(), Options(sets=(spec(members=("x",)),)))
    assert [g.id for g in told.gaps] == ["accounts.empty.s"]


def test_bad_declarations_are_refused() -> None:
    with pytest.raises(ValidationError, match="either members or from"):
        spec()
    with pytest.raises(ValidationError, match="either members or from"):
        spec(members=("a",), **{"from": "all accounts"})
    with pytest.raises(ValidationError):
        Options.model_validate({"windw_h": 3})


def test_unreadable_set_and_double_id(make) -> None:
    with pytest.raises(UsageError, match="cannot read the set"):
        investigate(make(posts=POSTS), Options(sets=(spec(**{"from": "friends of a1"}),)))
    with pytest.raises(UsageError, match="share the id"):
        investigate(make(posts=POSTS), Options(sets=(spec(members=("a1",)), spec(members=("a2",)))))
