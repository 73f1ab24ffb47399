"""Finding files, holding a folder, reviews, argued evidence."""

from __future__ import annotations

import math
import multiprocessing
from pathlib import Path

import pytest

from unfog.case.evidence import load_evidence
from unfog.case.files import Found, find
from unfog.case.lock import held
from unfog.case.review import add_review, reviews
from unfog.errors import CaseError, CaseHeldError, DataError, EvidenceError, SourceMissing, UsageError


def test_files_are_looked_for_beside_the_case_first(tmp_path: Path) -> None:
    case, data = tmp_path / "case", tmp_path / "data"
    for folder in (case, data):
        folder.mkdir()
        (folder / "b_posts.json").write_text("{}")
    (data / "a_posts.json").write_text("{}")
    roots = {"case": case, "data": data}
    assert [f.shown for f in find("*_posts.json", roots, where="posts[0]", optional=False)] == ["case:b_posts.json"]
    (case / "b_posts.json").unlink()
    assert [f.shown for f in find("*_posts.json", roots, where="posts[0]", optional=False)] == [
        "data:a_posts.json",
        "data:b_posts.json",
    ]
    assert find("no*", roots, where="posts[0]", optional=True) == []
    with pytest.raises(SourceMissing, match=r"posts\[0\].*no\*.*case folder.*data folder"):
        find("no*", roots, where="posts[0]", optional=False)


def test_a_path_cannot_lead_out_of_its_root(tmp_path: Path) -> None:
    case = tmp_path / "case"
    case.mkdir()
    (tmp_path / "secret.json").write_text("{}")
    (case / "link.json").symlink_to(tmp_path / "secret.json")
    for pattern in ("../secret.json", str(tmp_path / "secret.json"), "link.json"):
        with pytest.raises(CaseError):
            find(pattern, {"case": case}, where="posts[0]", optional=False)


def _hold(out: str, ready, leave) -> None:
    with held(Path(out)):
        ready.set()
        leave.wait(30)


def test_a_second_run_is_refused_and_told_who_holds_it(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    ready, leave = context.Event(), context.Event()
    other = context.Process(target=_hold, args=(str(tmp_path), ready, leave))
    other.start()
    assert ready.wait(60)
    with pytest.raises(CaseHeldError, match=f"process {other.pid}"), held(tmp_path):
        pass
    other.kill()
    other.join()
    with held(tmp_path):
        pass


def test_a_folder_that_cannot_be_written_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match="--out"), held(tmp_path / "file" / "out"):
        pass


def test_reviews_are_added_never_changed(tmp_path: Path) -> None:
    first = add_review(tmp_path, "spread.x", "unsure", "shared newsroom tool not ruled out", "ana")
    add_review(tmp_path, "spread.x", "withdrawn", "ruled out by now", "ana")
    found = reviews(tmp_path)
    assert found[0] == first
    assert [r.opinion.value for r in found] == ["unsure", "withdrawn"]
    with pytest.raises(UsageError):
        add_review(tmp_path, "spread.x", "guilty", "r", "ana")
    with pytest.raises(UsageError):
        add_review(tmp_path, "spread.x", "agree", " ", "ana")
    (tmp_path / "reviews.jsonl").write_text("not json\n")
    with pytest.raises(CaseError, match="line 1"):
        reviews(tmp_path)


ITEMS = """
[[evidence]]
id = "E1"
statement = "seen"
kind = "technical"
variable = "v"
reference = "a"
"""
RATES = """
rater = "one"
on = "2026-01-01"
[[rating]]
id = "E1"
reason = "r"
lr = { b = %s }
"""


def _files(tmp_path: Path, items: str, rates: str) -> tuple[Found, Found]:
    (tmp_path / "e.toml").write_text(items)
    (tmp_path / "r.toml").write_text(rates)
    return Found(tmp_path / "e.toml", "case:e.toml"), Found(tmp_path / "r.toml", "case:r.toml")


def test_ratings_are_read_as_ratios_and_kept_as_log10(tmp_path: Path) -> None:
    items, rates = _files(tmp_path, ITEMS, RATES % "5.0")
    (item,) = load_evidence(items, [rates])
    assert item.ratings[0].by == "one"
    assert item.ratings[0].log10_lr["b"] == pytest.approx(math.log10(5))


@pytest.mark.parametrize("lr", ["0", "-1.0", "inf", "nan", '"big"'])
def test_a_ratio_of_zero_or_infinity_names_the_item(tmp_path: Path, lr: str) -> None:
    items, rates = _files(tmp_path, ITEMS, RATES % lr)
    with pytest.raises(EvidenceError, match="E1"):
        load_evidence(items, [rates])


@pytest.mark.parametrize(
    ("items", "rates", "says"),
    [
        (ITEMS + ITEMS, RATES % "2.0", "twice"),
        (ITEMS, (RATES % "2.0").replace("E1", "E9"), "E9"),
        (ITEMS, "[[rating]]\nid='E1'\n", "rater"),
        (ITEMS.replace('"seen"', '"seen'), RATES % "2.0", "line"),
        (ITEMS.replace("technical", "magical"), RATES % "2.0", "kind"),
        (ITEMS + 'grade = "Z9"\n', RATES % "2.0", "grade"),
    ],
)
def test_bad_evidence_files_are_named(tmp_path: Path, items: str, rates: str, says: str) -> None:
    one, two = _files(tmp_path, items, rates)
    with pytest.raises((CaseError, EvidenceError), match=says):
        load_evidence(one, [two])
