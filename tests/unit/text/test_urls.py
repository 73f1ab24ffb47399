"""Addresses that lead to one thing have one form; others keep apart."""

import pytest

from unfog.text.urls import canonical_url, canonical_urls, domain_of, find_urls, host_of, is_file, is_shortener

SAME = [
    ("https://www.reddit.com/r/x/comments/abc12/a_slug/", "https://redd.it/abc12", "reddit.com/comments/abc12"),
    (
        "https://old.reddit.com/comments/abc12",
        "http://np.reddit.com/r/y/comments/ABC12/other",
        "reddit.com/comments/abc12",
    ),
    (
        "https://youtu.be/dQw4w9WgXcQ?t=3",
        "https://m.youtube.com/watch?v=dQw4w9WgXcQ&feature=share",
        "youtube.com/watch/dQw4w9WgXcQ",
    ),
    ("https://x.com/a/status/12?s=20", "https://mobile.twitter.com/b/status/12", "twitter.com/i/status/12"),
    ("https://t.me/s/Channel/5", "https://telegram.me/channel/5", "t.me/channel/5"),
    (
        "https://web.archive.org/web/20191127101010/https://example.org/a",
        "http://www.example.org/a/?utm_source=q",
        "example.org/a",
    ),
    ("https://www.google.com/url?q=https://example.org/a&sa=D", "example.org/a/amp/", "example.org/a"),
    ("https://openload.cc/f/Tok3n~1571405477~1.2.3.4~x", "https://openload.co/f/Tok3n/file.pdf", "openload.co/f/Tok3n"),
    (
        "https://drive.google.com/file/d/1234567890abc/view?usp=sharing",
        "https://drive.google.com/open?id=1234567890abc",
        "drive.google.com/file/1234567890abc",
    ),
    (
        "http://EXAMPLE.org:80//a%7Eb//?b=2&a=1#top",
        "https://example.org/a~b?a=1&b=2&fbclid=1",
        "example.org/a~b?a=1&b=2",
    ),
    (
        "https://münchen.example/straße",
        "https://xn--mnchen-3ya.example/stra%C3%9Fe",
        "xn--mnchen-3ya.example/stra%C3%9Fe",
    ),
]


@pytest.mark.parametrize(("one", "other", "form"), SAME)
def test_variants_of_one_thing_have_one_form(one: str, other: str, form: str) -> None:
    assert canonical_url(one) == form
    assert canonical_url(other) == form
    assert canonical_url("https://" + form) == form, "the form is its own form"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://reddit.com/comments/abc12", "https://reddit.com/comments/abc13"),
        ("https://www.reddit.com/r/x/comments/abc12/s/", "https://www.reddit.com/r/x/comments/abc12/s/cmnt1"),
        ("https://example.org/a?id=1", "https://example.org/a?id=2"),
        ("https://mega.nz/#!AAAAAAAA!k", "https://mega.nz/#!BBBBBBBB!k"),
        ("https://example.org:8080/a", "https://example.org/a"),
    ],
)
def test_different_things_stay_apart(one: str, other: str) -> None:
    assert canonical_url(one) != canonical_url(other)


@pytest.mark.parametrize(
    "bad",
    ["", "javascript:alert(1)", "http://[::1", "mailto:a@b.org", "http://localhost", "a b", "http://" + "a" * 5000],
)
def test_what_is_no_address_gives_nothing(bad: str) -> None:
    assert canonical_url(bad) == ""
    assert host_of(bad) == ""


def test_finding_keeps_the_span_and_drops_markdown() -> None:
    text = "Look [here](https://example.org/a\\_b), (https://en.wikipedia.org/wiki/X_(y)) and hxxps://bad.example/z!"
    found = find_urls(text)
    assert [u.url for u in found] == [
        "https://example.org/a_b",
        "https://en.wikipedia.org/wiki/X_(y)",
        "hxxps://bad.example/z",
    ]
    assert text[found[1].start : found[1].end] == "https://en.wikipedia.org/wiki/X_(y)"
    assert canonical_urls(text, ["https://example.org/a_b/"])[:2] == [
        "example.org/a_b",
        "en.wikipedia.org/wiki/X_%28y%29",
    ]


def test_hosts_domains_files_and_shorteners() -> None:
    assert domain_of("https://news.bbc.co.uk/1") == "bbc.co.uk"
    assert domain_of("a.blogspot.com") == "blogspot.com"
    assert domain_of("a.blogspot.com", private=True) == "a.blogspot.com"
    assert domain_of("not a host") == ""
    assert is_shortener("http://bit.ly/x") and not is_shortener("https://bit.ly.example.org")
    assert is_file("https://i.imgur.com/abcdef.png") and not is_file("https://imgur.com")
