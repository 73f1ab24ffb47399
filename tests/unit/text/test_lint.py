from __future__ import annotations

import json

import pytest

from unfog.text.lint import RULES, lint_text
from unfog.text.lint_findings import lint_finding
from unfog.text.lint_report import plain_report, sarif_report

GOVERNMENT = "It is almost certain that Russian actors sought to interfere."


def rules(text: str, standard: str = "", whole: bool = False) -> list[str]:
    return [p.rule for p in lint_text(text, standard, whole=whole)]


@pytest.mark.parametrize(
    ("text", "standard", "expected"),
    [
        ("It is almost certain (96 %) that they did.", "phia", []),
        ("It is almost certain that they did.", "phia", ["number-missing"]),
        ("It is likely (84 %) that they did.", "phia", ["number-outside-band"]),
        ("It is highly likely (92 %) that they did.", "phia", []),  # a gap: the weaker word is right
        ("It is almost certain (92 %) that they did.", "phia", ["number-outside-band"]),
        ("It is likely to highly likely (76 %; 90 % interval 60 to 88 %) that they did.", "phia", []),
        ("A 96 % chance makes it almost certain.", "phia", []),
        ("It is very likely (85 %).", "phia", ["mixed-standards"]),
        ("It is very likely (85 %).", "icd203", []),
        ("It is almost certain (97 %).", "nato", ["mixed-standards"]),
        ("We judge with high confidence that it is likely (60 %).", "phia", ["likelihood-with-confidence"]),
        ("It is likely (60 %). Confidence in this is another matter: we have high confidence.", "phia", []),
        ("The Government has reasonable confidence.", "", ["confidence-outside-standards"]),
        ("They may have been hacked.", "", ["hedge"]),
        ("They may have been hacked (likelihood ratio 3).", "", []),
        ("This suggests a link.", "", ["hedge"]),
        ("There is no evidence of a campaign.", "", ["absence-without-search"]),
        ("There is no evidence of a campaign; we searched 2,000 posts.", "", []),
        ("The papers were posted on 21 October.", "", []),
    ],
)
def test_rules(text: str, standard: str, expected: list[str]) -> None:
    assert rules(text, standard) == expected


def test_a_whole_text_says_as_of_when() -> None:
    assert "no-as-of" in rules(GOVERNMENT, "phia", whole=True)
    assert "no-as-of" not in rules("As of 16 July 2020: " + GOVERNMENT, "phia", whole=True)


def test_the_two_registers_of_16_july_2020() -> None:
    text = GOVERNMENT + " The Foreign Secretary spoke of reasonable confidence."
    assert set(rules(text)) == {"number-missing", "confidence-outside-standards"}


def test_positions() -> None:
    (p,) = lint_text("First line.\nIt is almost certain.", "phia", whole=False)
    assert (p.line, p.column, p.excerpt) == (2, 7, "almost certain")
    assert plain_report([p], "a.txt").startswith("a.txt:2:7: warning: ")


def figure(name: str, value: float, low: float, high: float, unit: str = "%") -> dict[str, object]:
    return {"name": name, "unit": unit, "value": {"value": value, "low": low, "high": high}}


def finding(sentence: str, *figures: dict[str, object], **data: object) -> dict[str, object]:
    return {"id": "room.kind", "sentence": sentence, "figures": list(figures), "data": data}


@pytest.mark.parametrize(
    ("sentence", "figures", "bad"),
    [
        ("61 accounts were banned.", [figure("n", 61, 61, 61, "accounts")], []),
        ("62 accounts were banned.", [figure("n", 61, 61, 61, "accounts")], ["62"]),
        ("1,234 posts on 2019-10-21 at 08:50:34.", [figure("n", 1234, 1234, 1234, "posts")], []),
        ("It came 37 days later.", [figure("lag", 37 * 86400, 0, 1e9, "s")], []),
        ("12.5 % of them.", [figure("share", 0.1249, 0.1, 0.2, "share")], []),
        ("A ratio of 9.1.", [figure("lr", 0.959, 0.9, 1.0, "log10 LR")], []),
        ("A ratio of 9.3.", [figure("lr", 0.959, 0.9, 1.0, "log10 LR")], ["9.3"]),
        ("Public from 22 June 2019 in 2019.", [], []),
        ("In “451 pages” he said.", [], []),
        ("There were 5.", [], ["5"]),
    ],
)
def test_every_number_of_a_finding_resolves(sentence: str, figures: list[dict[str, object]], bad: list[str]) -> None:
    found = [p.excerpt for p in lint_finding(finding(sentence, *figures)) if p.rule == "number-unresolved"]
    assert found == bad


def test_a_propositions_own_words_are_not_ours() -> None:
    says = "The 61 accounts belong together"
    sentence = "It is likely (60 %; 90 % interval 56 to 70 %) that the 61 accounts belong together."
    assert lint_finding(finding(sentence, figure("p", 60, 56, 70), says=says), "phia") == ()


def test_sarif_is_well_formed() -> None:
    found = lint_text(GOVERNMENT, "phia")
    log = sarif_report(found, "a.txt", "0.1.0")
    json.dumps(log)
    (run,) = log["runs"]
    assert log["version"] == "2.1.0"
    ids = [r["id"] for r in run["tool"]["driver"]["rules"]]
    assert set(ids) <= set(RULES)
    for result in run["results"]:
        assert ids[result["ruleIndex"]] == result["ruleId"]
        region = result["locations"][0]["physicalLocation"]["region"]
        assert GOVERNMENT[region["charOffset"] :][: region["charLength"]] == region["snippet"]["text"]


@pytest.mark.parametrize("piece", ["almost certain 97 % ", "It is likely. ", "call for ", "\n", "may be (", "5 %"])
def test_a_hostile_text_takes_time_in_proportion(piece: str) -> None:
    """300,000 characters of one kind: quadratic work would not come back."""
    lint_text(piece * (300_000 // len(piece)), "phia")
