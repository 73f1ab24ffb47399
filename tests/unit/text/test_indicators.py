"""Indicators are found defanged or not, and are shown harmless."""

import pytest

from unfog.text.indicators import defang, find_indicators, refang


def kinds(text: str) -> list[tuple[str, str]]:
    return [(i.kind, i.value) for i in find_indicators(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("beacon to hxxps[:]//bad[.]example[.]com/x.php", [("url", "https://bad.example.com/x.php")]),
        ("evil(.)co[.]uk", [("domain-name", "evil.co.uk")]),
        ("mail someone[at]example[.]org now", [("email-addr", "someone@example.org")]),
        ("from 10.0.0.1, not 999.1.1.1", [("ipv4-addr", "10.0.0.1")]),
        ("2001:db8::1 up", [("ipv6-addr", "2001:db8::1")]),
        ("d41d8cd98f00b204e9800998ecf8427e", [("file:md5", "d41d8cd98f00b204e9800998ecf8427e")]),
        ("tag UA-12345678-1", [("x-analytics-id", "UA-12345678-1")]),
        ("see t.me/some_channel", [("x-telegram", "some_channel")]),
        ("run setup.exe and report.pdf at 12:30", []),
        ("The end.Next sentence", []),
    ],
)
def test_finding(text: str, expected: list[tuple[str, str]]) -> None:
    assert kinds(text) == expected


def test_spans_point_into_the_original() -> None:
    text = "see hxxp://bad[.]com/x and good[.]org"
    first, second = find_indicators(text)
    assert text[first.start : first.end] == "hxxp://bad[.]com/x"
    assert text[second.start : second.end] == "good[.]org"


@pytest.mark.parametrize("value", ["https://bad.example/a.b", "bad.example", "10.0.0.1", "a@b.example"])
def test_defanging_is_undone_by_refanging(value: str) -> None:
    harmless = defang(value)
    assert "http:" not in harmless and "https:" not in harmless
    assert "." not in harmless.split("/a.b")[0].replace("[.]", "")
    assert refang(harmless) == value
