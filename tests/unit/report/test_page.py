from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

import unfog.report
from unfog import report
from unfog.model import Estimate, Figure, Finding, Findings
from unfog.report.page import write

GOLDEN = Path(__file__).parents[2] / "golden" / "report" / "findings.json"


class Reader(HTMLParser):
    """Collects what the page would make a browser do."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.attributes: list[tuple[str, str, str | None]] = []
        self.text: list[str] = []
        self._quiet = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self._quiet += tag in {"style", "title"}
        for name, value in attrs:
            self.attributes.append((tag, name, value))
            if name == "id" and value:
                self.ids.append(value)
            if name in {"href", "src", "xlink:href"} and value:
                self.links.append(value)

    def handle_endtag(self, tag: str) -> None:
        self._quiet -= tag in {"style", "title"}

    def handle_data(self, data: str) -> None:
        if not self._quiet:
            self.text.append(data)


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    return reader


@pytest.fixture(scope="module")
def findings() -> Findings:
    return Findings.model_validate_json(GOLDEN.read_bytes())


@pytest.fixture(scope="module")
def page(findings: Findings) -> Reader:
    return read(report.page(findings))


def test_public_face() -> None:
    assert all(hasattr(unfog.report, name) for name in unfog.report.__all__)


def test_every_finding_stands_exactly_once(findings: Findings, page: Reader) -> None:
    for f in findings.findings:
        assert page.ids.count(f.id.replace(".", "-")) == 1, f.id


def test_ids_are_unique_and_every_inner_link_arrives(page: Reader) -> None:
    assert len(page.ids) == len(set(page.ids))
    for link in page.links:
        assert link.startswith("#"), f"the page would load {link}"
        assert link[1:] in page.ids, link


def test_every_figure_stands_in_its_finding(findings: Findings, page: Reader) -> None:
    values = {value for tag, name, value in page.attributes if tag == "data" and name == "value"}
    for f in findings.findings:
        for g in f.figures:
            assert repr(g.value.value) in values, (f.id, g.name)


def test_nothing_is_loaded_and_nothing_runs(page: Reader) -> None:
    assert not {"script", "iframe", "object", "embed", "link", "img", "form", "base"} & set(page.tags)
    assert not [a for a in page.attributes if a[1].startswith("on")]
    assert not [a for a in page.attributes if a[1] == "style"]


def test_likelihood_and_confidence_are_apart_and_words_have_their_numbers(findings: Findings) -> None:
    html = report.page(findings)
    for item in re.findall(r'<li class="answer">.*?</li>', html, re.S):
        likelihood = re.search(r'<p class="likelihood">.*?</p>', item, re.S)
        assert likelihood is not None
        assert "onfidence" not in likelihood[0]
        assert ("%" in likelihood[0]) != ("not assessable" in likelihood[0])
        confidence = re.search(r'<p class="confidence">.*?</p>', item, re.S)
        assert confidence is None or "%" not in confidence[0]


def test_the_same_findings_give_the_same_bytes_in_any_order(findings: Findings) -> None:
    turned = findings.model_copy(update={"findings": tuple(reversed(findings.findings))})
    one, two = report.page(findings), report.page(turned)
    assert re.sub(r'hash">[0-9a-f]{64}', "", one) == re.sub(r'hash">[0-9a-f]{64}', "", two)


def test_a_finding_of_an_unknown_kind_is_shown_whole() -> None:
    f = Finding(
        id="meadow.pollen.a", room="meadow", kind="pollen", sentence="Grass pollen rose.", method="Counted.",
        figures=(Figure(name="grains", value=Estimate(value=12.0, low=9.0, high=15.0), unit="grains"),),
        data={"rows": [{"tree": "birch", "grains": 12}], "note": "dry week"},
    )  # fmt: skip
    page = read(report.page(Findings(case="c", title="T", as_of="2031-01-01", unfog="0", findings=(f,))))
    text = " ".join(page.text)
    for word in ("Grass pollen rose.", "birch", "dry week", "grains", "9", "15"):
        assert word in text


@pytest.mark.parametrize(
    "data", [{"rows": 3}, {"days": [{"from": None}]}, {"hours": ["x"] * 24}, {"prior_curve": [1, 2]}]
)
def test_data_of_another_shape_breaks_nothing(data: dict[str, object], findings: Findings) -> None:
    for f in findings.findings:
        bent = f.model_copy(update={"data": {**f.data, **data}})
        assert f.id.replace(".", "-") in report.page(findings.model_copy(update={"findings": (bent,)}))


def test_an_empty_case_says_so(tmp_path: Path) -> None:
    path = write(Findings(case="c", title="T", as_of="2031-01-01", unfog="0"), tmp_path / "deep" / "out")
    assert "No probability was computed" in path.read_text(encoding="utf-8")
