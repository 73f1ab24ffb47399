from __future__ import annotations

import json
import re
import time
import tomllib
from pathlib import Path
from types import ModuleType

from starlette.testclient import TestClient

from unfog.case.review import reviews
from unfog.web import create_app
from unfog.web.security import MAX_BODY

TOKEN = "test-token-0123456789"
ORIGIN = {"origin": "http://127.0.0.1:8765"}


def form_of(client: TestClient, address: str) -> str:
    found = re.search(r'name="form" value="([0-9a-f]{64})"', client.get(address).text)
    assert found is not None
    return found[1]


def test_a_second_rater_does_not_see_the_first(client: TestClient, case: Path, world: ModuleType) -> None:
    address = f"/{world.LABEL}/evidence/E1"
    for twin in (address, address + ".json"):
        page = client.get(twin).text
        assert "SECRET-REASON-OF-BEN" not in page and "0.903" not in page
    data = {
        "form": form_of(client, address),
        "by": "Ana",
        "reason": 'Not rare "to me"\n=1+1',
        "lr:lantern": "3",
        "lr:mimic": "2,5",
    }
    after = client.post(address, data=data, headers=ORIGIN)
    assert after.status_code == 200
    assert "SECRET-REASON-OF-BEN" in after.text and "Not rare" in after.text
    files = sorted((case / "ratings").glob("ana-*.toml"))
    assert len(files) == 1
    stored = tomllib.loads(files[0].read_text(encoding="utf-8"))
    assert stored["rater"] == "Ana" and re.fullmatch(r"\d{4}-\d\d-\d\d", stored["on"])
    assert stored["rating"] == [{"id": "E1", "reason": 'Not rare "to me"\n=1+1', "lr": {"lantern": 3.0, "mimic": 2.5}}]
    again = client.post(address, data=data, headers=ORIGIN)
    assert again.status_code == 400 and "has rated" in again.text


def test_the_list_of_items_shows_no_figure_and_who_has_rated(client: TestClient, world: ModuleType) -> None:
    address = f"/{world.LABEL}/evidence"
    for twin in (address, address + ".json"):
        page = client.get(twin).text
        assert "SECRET-REASON-OF-BEN" not in page and "0.903" not in page and "E1" in page


def test_a_rating_that_the_case_would_not_read_is_refused(client: TestClient, case: Path, world: ModuleType) -> None:
    path = case / "case.toml"
    whole = path.read_text(encoding="utf-8")
    path.write_text(whole.replace("ratings/*.toml", "ratings/ben.toml"), encoding="utf-8")
    address = f"/{world.LABEL}/evidence/E1"
    data = {"form": form_of(client, address), "by": "Dora", "reason": "r", "lr:lantern": "3", "lr:mimic": "2"}
    answer = client.post(address, data=data, headers=ORIGIN)
    path.write_text(whole, encoding="utf-8")
    assert answer.status_code == 400 and "would not count" in answer.text
    assert not list((case / "ratings").glob("dora-*"))


def test_bad_ratings_are_refused_with_the_reason(client: TestClient, world: ModuleType) -> None:
    address = f"/{world.LABEL}/evidence/E1"
    form = form_of(client, address)
    for lr, word in (("0", "lie between"), ("inf", "lie between"), ("x", "not a number"), ("", "not a number")):
        answer = client.post(
            address, data={"form": form, "by": "Cleo", "reason": "r", "lr:lantern": lr, "lr:mimic": "1"}, headers=ORIGIN
        )
        assert answer.status_code == 400 and word in answer.text


def test_reviews_and_observations_are_data_with_author_and_date(
    client: TestClient, case: Path, world: ModuleType
) -> None:
    why = f"/{world.LABEL}/why/judgement.answer.p1"
    done = client.post(
        why,
        data={"form": form_of(client, why), "opinion": "unsure", "reason": "shared tool <b>", "by": "Ana"},
        headers=ORIGIN,
    )
    assert done.status_code == 200 and "shared tool &lt;b&gt;" in done.text
    made = reviews(case)[-1]
    assert (made.by, made.opinion.value, made.about) == ("Ana", "unsure", "judgement.answer.p1")
    new = f"/{world.LABEL}/observations/new"
    entry = {
        "form": form_of(client, new),
        "when": "2031-03-08T09:00Z",
        "summary": "A press conference.",
        "by": "Ana",
        "kind": "statement",
    }
    assert client.post(new, data=entry, headers=ORIGIN).status_code == 200
    lines = (case / "observations.jsonl").read_text(encoding="utf-8").splitlines()
    stored = json.loads(lines[-1])
    assert stored["id"] == "W001" and stored["entered_by"] == "Ana" and stored["entered_at"].endswith("Z")
    assert client.post(new, data={**entry, "when": "soon"}, headers=ORIGIN).status_code == 400
    assert client.post(new, data={**entry, "summary": " "}, headers=ORIGIN).status_code == 400


def test_the_guard(case: Path, world: ModuleType) -> None:
    app = create_app(case / "out", token=TOKEN, case=case)
    home, form = f"/{world.LABEL}/", f"/{world.LABEL}/observations/new"
    with TestClient(app, base_url="http://127.0.0.1:8765") as stranger:
        assert stranger.get(home).status_code == 403
        assert stranger.get(home, params={"token": "wrong"}).status_code == 403
        assert stranger.get("/static/style.css").status_code == 403
        for cookie in ("unfog=wrong", "unfog=", "a=b; ;;;=;"):
            assert stranger.get(home, headers={"cookie": cookie}).status_code == 403
        sent = stranger.get("/%2Fevil.example/", params={"token": TOKEN}, follow_redirects=False)
        assert sent.headers["location"] == "/evil.example/"
    with TestClient(app, base_url="http://evil.example") as rebound:
        assert rebound.get(home, params={"token": TOKEN}).status_code == 421
    with TestClient(app, base_url="http://127.0.0.1:8765") as known:
        first = known.get(home, params={"token": TOKEN}, follow_redirects=False)
        cookie = first.headers["set-cookie"].lower()
        assert (
            first.status_code == 303
            and "httponly" in cookie
            and "samesite=strict" in cookie
            and TOKEN not in first.headers["location"]
        )
        page = known.get(home)
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
        assert page.headers["x-content-type-options"] == "nosniff"
        good = {"form": form_of(known, form), "when": "2031", "summary": "s", "by": "b", "kind": "post"}
        assert known.post(form, data=good, headers={"origin": "http://evil.example"}).status_code == 403
        assert known.post(form, data={**good, "form": "0" * 64}, headers=ORIGIN).status_code == 400
        assert known.post(form, data={k: v for k, v in good.items() if k != "form"}, headers=ORIGIN).status_code == 400
        assert known.post(form, data={**good, "summary": "x" * (MAX_BODY + 1)}, headers=ORIGIN).status_code == 413
        typed = {**ORIGIN, "content-type": "application/x-www-form-urlencoded"}
        assert known.post(form, content=(b"x" * 1000 for _ in range(400)), headers=typed).status_code == 413
        assert known.delete(form, headers=ORIGIN).status_code == 403
        assert known.post(home, headers=ORIGIN).status_code == 405


def test_a_run_can_be_started_and_followed(tmp_path: Path, world: ModuleType) -> None:
    folder = world.make_world(tmp_path, posts=20, grouped=10)
    with TestClient(create_app(folder / "out", token=TOKEN, case=folder), base_url="http://127.0.0.1:8765") as c:
        c.get("/", params={"token": TOKEN})
        address = f"/{world.LABEL}/progress"
        assert c.post(address, data={"form": form_of(c, address)}, headers=ORIGIN).status_code == 200
        for _ in range(600):
            told = c.get(address + ".json").json()
            if not told["running"]:
                break
            time.sleep(0.1)
        assert told["failed"] == "" and told["what"] == "done" and told["steps"]
        assert c.get(f"/{world.LABEL}/").status_code == 200
