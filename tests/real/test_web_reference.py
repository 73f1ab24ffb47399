"""The reference case in the browser's eyes: blind rating end to end, on the case's own files."""

from __future__ import annotations

import html
import os
import re
import shutil
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from unfog import case
from unfog.case.pipeline import open_case
from unfog.case.reference import shipped_case
from unfog.web import create_app

pytestmark = pytest.mark.real

DAY, TOKEN = "2020-07-16", "reference-token"


@pytest.fixture(scope="module")
def folder(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The case in a folder of its own, run; UNFOG_RAN names one that has been run already."""
    folder = tmp_path_factory.mktemp("case") / "uk-trade-leaks-2019"
    shutil.copytree(shipped_case(), folder, ignore=shutil.ignore_patterns("out"))
    if given := os.environ.get("UNFOG_RAN"):
        (folder / "out").symlink_to(given)
    else:
        case.run(folder, out=folder / "out", data=shared / "data" / "02_reddit_uk_trade_leak", as_of=[DAY])
    return folder


def client_of(folder: Path) -> TestClient:
    client = TestClient(create_app(folder / "out", token=TOKEN, case=folder), base_url="http://127.0.0.1")
    client.get("/", params={"token": TOKEN})
    return client


def figures(folder: Path, item: str) -> list[str]:
    """Reasons of the raters as they stand in the case's files."""
    return [r.reason for e in open_case(folder).argued if e.id == item for r in e.ratings]


def rate(client: TestClient, item: str, by: str) -> str:
    """Rate an item with the ratio that the rater thinks of first; gives the page that follows."""
    address = f"/{DAY}/evidence/{item}"
    page = client.get(address).text
    fields = dict.fromkeys(re.findall(r'name="(lr:[^"]+)"', page), "2")
    assert len(fields) >= 1
    form = re.search(r'name="form" value="([0-9a-f]{64})"', page)
    assert form is not None
    data = {"form": form[1], "by": by, "reason": f"what {by} thinks of it", **fields}
    done = client.post(address, data=data, headers={"origin": "http://127.0.0.1"})
    assert done.status_code == 200, done.text[-600:]
    return html.unescape(done.text)


def test_raters_of_the_reference_case_are_blind_until_they_have_rated(folder: Path) -> None:
    before = figures(folder, "E01")
    assert len(before) == 2
    for by, others in (("Ana", before), ("Cleo", [*before, "what Ana thinks of it"])):
        with client_of(folder) as client:
            for address in (
                f"/{DAY}/evidence",
                f"/{DAY}/evidence/E01",
                f"/{DAY}/evidence/E01.json",
                f"/{DAY}/evidence.json",
            ):
                page = html.unescape(client.get(address).text)
                assert not [reason for reason in others if reason[:60] in page], (by, address)
            after = rate(client, "E01", by)
            assert all(reason[:60] in after for reason in others), by
            again = client.get(f"/{DAY}/evidence.json").json()
            assert "E01" not in again["not_yet_rated"] and "E02" in again["not_yet_rated"]
    assert set(figures(folder, "E01")) == {*before, "what Ana thinks of it", "what Cleo thinks of it"}


def test_every_page_of_the_reference_case_answers_quickly_and_small(folder: Path) -> None:
    pages = ("", "spread", "groups", "sets", "documents", "statements", "campaigns", "evidence", "judgement", "provenance",
             "search?q=trade", "observations/new", "progress", "why/judgement.answer.p2")  # fmt: skip
    with client_of(folder) as client:
        for page in pages:
            answer = client.get(f"/{DAY}/{page}")
            assert answer.status_code == 200, page
            assert len(answer.content) < 1_500_000, (page, len(answer.content))
