"""The pages as people meet them: in a real browser, in three widths, with axe-core looking for barriers."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any

import pytest

from unfog.model import Findings
from unfog.report import write

pytestmark = pytest.mark.browser

GOLDEN = Path(__file__).parents[1] / "golden" / "report" / "findings.json"
SHOTS = Path(__file__).parents[2] / "docs" / "screenshots"
WIDTHS = ((360, 800), (1280, 900), (3840, 2160))


@pytest.fixture(scope="session")
def paper(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = write(Findings.model_validate_json(GOLDEN.read_bytes()), tmp_path_factory.mktemp("paper"))
    return path.as_uri()


def barriers(page: Any, axe: str) -> list[str]:
    """Serious and critical findings of axe-core; it is injected past the page's own policy, in an isolated world."""
    session = page.context.new_cdp_session(page)
    session.send("Page.setBypassCSP", {"enabled": True})
    page.reload()
    page.evaluate(axe)
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = page.evaluate(
        "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})", tags
    )
    session.send("Page.setBypassCSP", {"enabled": False})
    return [
        f"{v['id']} ({v['impact']}): {v['nodes'][0]['html'][:160]} {v['nodes'][0]['failureSummary'][:300]}"
        for v in found["violations"]
        if v["impact"] in {"serious", "critical"}
    ]


def keep(page: Any, name: str, **more: Any) -> None:
    """Keep a screenshot for the documentation, when asked to (UNFOG_SCREENSHOTS=1)."""
    if os.environ.get("UNFOG_SCREENSHOTS"):
        SHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SHOTS / f"{name}.png", **more)


def test_a_barrier_that_is_put_there_is_found(page: Any, paper: str, axe: str, tmp_path: Path) -> None:
    bad = tmp_path / "bad.html"
    bad.write_text(
        '<!doctype html><html lang="en"><title>t</title><p style="color:#aaa;background:#fff">grey</p><input>'
    )
    page.goto(bad.as_uri())
    found = " ".join(barriers(page, axe))
    assert "color-contrast" in found and "label" in found


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), WIDTHS)
def test_the_report_fits_and_has_no_barrier(
    page: Any, paper: str, axe: str, width: int, height: int, scheme: str
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=scheme)
    page.goto(paper)
    assert page.evaluate("document.documentElement.scrollWidth") <= width, "the page scrolls sideways"
    small = page.evaluate(
        "[...document.querySelectorAll('.chart svg text')].filter(t => t.getClientRects().length)"
        ".map(t => t.getBoundingClientRect().height).filter(h => h > 0 && h < 8).length"
    )
    assert small == 0, f"{small} chart labels are too small to read"
    keep(page, f"report-{width}-{scheme}")
    assert barriers(page, axe) == []


def test_the_report_prints_without_loss(page: Any, paper: str, tmp_path: Path) -> None:
    page.goto(paper)
    page.emulate_media(media="print")
    assert page.locator("nav.toc").is_hidden()
    assert page.locator("#answer .answer").count() == 4
    page.pdf(path=tmp_path / "report.pdf", format="A4")
    assert (tmp_path / "report.pdf").stat().st_size > 50_000
    keep(page, "report-print", full_page=False)


def test_the_report_works_by_keyboard_alone(page: Any, paper: str) -> None:
    page.goto(paper)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.url.endswith("#answer")
    details = page.locator("#accounts-hours details.proof")
    details.locator("summary").focus()
    page.keyboard.press("Enter")
    assert details.get_attribute("open") is not None


def test_an_analyst_from_serve_to_a_reviewed_judgement(page: Any, site: Any) -> None:
    page.goto(site.entry)
    assert "token" not in page.url
    assert page.title() and "owned" not in page.title()
    page.get_by_role("link", name="Evidence", exact=True).click()
    page.get_by_role("link", name="E1", exact=True).last.click()
    assert "SECRET-REASON-OF-BEN" not in page.content()
    page.get_by_label("lantern").fill("4")
    page.get_by_label("mimic").fill("3.5")
    page.get_by_label("Reason").fill("Seen elsewhere too.")
    page.get_by_label("Your name").fill("Ana")
    page.get_by_role("button", name="Store the rating").click()
    assert "SECRET-REASON-OF-BEN" in page.content()
    keep(page, "web-evidence-1280")
    stored = sorted((site.case / "ratings").glob("ana-*.toml"))
    assert tomllib.loads(stored[0].read_text(encoding="utf-8"))["rating"][0]["lr"] == {"lantern": 4.0, "mimic": 3.5}

    page.get_by_role("link", name="Judgement", exact=True).click()
    page.locator("#judgement-answer-p1").get_by_text("Check this").click()
    page.locator("article#judgement-answer-p1 + p a").click()
    page.get_by_label("Your opinion").select_option("agree")
    page.get_by_label("Reason").fill("Checked against the ratings.")
    assert page.get_by_label("Your name").input_value() == "Ana"
    page.get_by_role("button", name="Store the review").click()
    assert page.get_by_role("cell", name="Checked against the ratings.").is_visible()
    page.get_by_label("Search posts and documents").fill("copper")
    page.get_by_role("button", name="Search").click()
    assert page.get_by_role("cell", name="copper").first.is_visible()


def test_every_page_is_free_of_barriers_and_runs_nothing(page: Any, site: Any, axe: str) -> None:
    page.goto(site.entry)
    for address in site.world.addresses():
        page.goto(site.address + address)
        assert page.title() != "owned", address
        assert page.evaluate("document.documentElement.scrollWidth") <= 1280, address
        assert barriers(page, axe) == [], address


@pytest.mark.parametrize(("width", "height"), WIDTHS)
def test_pages_fit_in_three_widths(page: Any, site: Any, width: int, height: int) -> None:
    page.set_viewport_size({"width": width, "height": height})
    page.goto(site.entry)
    for name, path in (
        ("overview", ""),
        ("group", "groups/g1"),
        ("document", "documents/papers"),
        ("judgement", "judgement"),
    ):
        page.goto(f"{site.address}/{site.world.LABEL}/{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        keep(page, f"web-{name}-{width}")
