from __future__ import annotations

import json
import re
from pathlib import Path
from types import ModuleType

import pytest
from starlette.testclient import TestClient

from unfog.web import create_app
from unfog.web.passages import marked, merged, spans_of


def test_every_page_and_its_twin_answer(client: TestClient, world: ModuleType) -> None:
    for address in world.addresses():
        page = client.get(address)
        assert page.status_code == 200, (address, page.text[-400:])
        assert page.headers["content-type"].startswith("text/html")
        assert "<script" not in page.text.lower(), address
        assert not re.search(r"<[^>]+\son\w+=", page.text), address
        assert not re.search(r'(?:src|href)="(?:https?:)?//', page.text), address
        assert not re.search(r'<[a-z]+[^>]*\sstyle="', page.text), address
        assert "\u202e" not in page.text, address
        assert len(page.text) < 3_000_000, address
        twin = re.search(r'<a href="([^"]+\.json[^"]*)">This page as JSON', page.text)
        assert twin is not None, address
        data = client.get(twin[1].replace("&amp;", "&"))
        assert data.status_code == 200 and data.headers["content-type"] == "application/json", twin[1]
        assert isinstance(json.loads(data.text), dict)


def test_links_between_pages_arrive(client: TestClient, world: ModuleType) -> None:
    seen: set[str] = set()
    for address in world.addresses():
        for href in re.findall(r'href="(/[^"#]*)', client.get(address).text):
            there = href.replace("&amp;", "&")
            if there not in seen and len(seen) < 150:
                seen.add(there)
                assert client.get(there).status_code == 200, there
    assert len(seen) > 60


def test_tables_are_paged_and_bad_numbers_are_no_error(client: TestClient, world: ModuleType) -> None:
    first = client.get(f"/{world.LABEL}/groups/g1.json").json()
    assert first["edges"]["pages"] > 1 and len(first["edges"]["rows"]) == 50
    second = client.get(f"/{world.LABEL}/groups/g1.json?page=2").json()
    assert second["edges"]["rows"][0] != first["edges"]["rows"][0]
    for number in ("0", "-1", "x", "99999999999999999999", "٣"):
        assert client.get(f"/{world.LABEL}/groups/g1?page={number}").status_code == 200


def test_search_finds_and_percent_is_a_percent(client: TestClient, world: ModuleType) -> None:
    assert client.get(f"/{world.LABEL}/search.json?q=copper").json()["total"] > 10
    assert client.get(f"/{world.LABEL}/search.json?q=%25").json()["total"] == 0
    assert client.get(f"/{world.LABEL}/search.json?q=' OR 1=1 --").json()["total"] == 0


def test_filter_by_signal(client: TestClient, world: ModuleType) -> None:
    found = client.get(f"/{world.LABEL}/groups/g1.json?signal=link").json()["edges"]["rows"]
    assert {r["signal"] for r in found} == {"link"}


def test_what_does_not_exist_is_told_without_a_traceback(client: TestClient, world: ModuleType) -> None:
    for address in (
        "/nowhere",
        f"/{world.LABEL}/groups/none",
        "/2001-01-01/",
        f"/{world.LABEL}/why/none",
        f"/{world.LABEL}/articles/..%2F..%2Fetc",
    ):
        answer = client.get(address)
        assert answer.status_code in (400, 404), address
        assert "Traceback" not in answer.text


def test_a_result_without_case_shows_and_takes_no_forms(tmp_path: Path, world: ModuleType) -> None:
    folder = world.make_world(tmp_path, posts=50, grouped=10, case=False)
    with TestClient(create_app(folder / "out", token="t"), base_url="http://127.0.0.1") as c:
        c.get("/?token=t")
        for address in world.addresses():
            assert c.get(address).status_code == 200, address
        assert '<form class="entry"' not in c.get(f"/{world.LABEL}/evidence/E1").text


@pytest.mark.parametrize(
    ("raw", "wanted"), [("[[0, 2], [1, 4]]", [(0, 4)]), ("x", []), (None, []), ("[[3, 1]]", []), ("[1]", [])]
)
def test_spans(raw: object, wanted: list[tuple[int, int]]) -> None:
    assert merged(spans_of(raw)) == wanted


def test_marked_text_is_escaped_inside_and_outside() -> None:
    out = str(marked("a<b>c</b> naïve 😀 end", [(1, 4), (16, 17)]))
    assert out == "a<mark>&lt;b&gt;</mark>c&lt;/b&gt; naïve <mark>😀</mark> end"
