"""Shared indicators: one form on both sides, hosts that belong to everybody never match."""

from __future__ import annotations

from unfog.campaigns import Entry, EntryIndicator, Klass
from unfog.campaigns.indicators import indicator_table, match_table
from unfog.campaigns.shared_hosts import is_shared
from unfog.engine import DuckEngine


def known(id_: str, *pairs: tuple[str, str], public: str = "2020-01-01") -> Entry:
    found = tuple(EntryIndicator(kind=k, value=v, public_from=public) for k, v in pairs)
    return Entry(id=id_, name=id_, klass=Klass.COVERT, known_from=public, indicators=found)


def keys(
    engine: DuckEngine, entries: list[Entry], *seen: tuple[str, str], until: str = ""
) -> set[tuple[str, str, str]]:
    rows = indicator_table([(k, v, str(i)) for i, (k, v) in enumerate(seen)])
    found = match_table(engine, entries, rows, known=until).to_pylist()
    return {(r["campaign_id"], r["match_on"], r["key"]) for r in found}


def test_defanged_and_written_differently_is_the_same(engine: DuckEngine) -> None:
    e = known("a", ("domain-name", "Bad-News[.]example[.]org"))
    for seen in (
        "hxxps[:]//www[.]bad-news[.]example[.]org/x?utm_source=y#z",
        "http://BAD-NEWS.example.org",
        "https://m.bad-news.example.org:8080/path",
        "bad-news(.)example{.}org/x",
    ):
        assert keys(engine, [e], ("url", seen)) == {("a", "host", "bad-news.example.org")}, seen


def test_below_a_known_domain_matches_and_above_or_beside_does_not(engine: DuckEngine) -> None:
    e = known("a", ("domain-name", "bad.example.org"))
    assert keys(engine, [e], ("domain-name", "x.y.bad.example.org"))
    for other in ("example.org", "notbad.example.org", "bad.example.org.evil.net", "org"):
        assert not keys(engine, [e], ("domain-name", other)), other


def test_everybodys_hosts_match_by_address_only(engine: DuckEngine) -> None:
    e = known("a", ("url", "https://twitter.com/somebot/"), ("domain-name", "twitter.com"))
    assert not keys(engine, [e], ("url", "https://twitter.com/other"), ("domain-name", "twitter.com"))
    assert keys(engine, [e], ("url", "https://www.twitter.com/somebot")) == {("a", "url", "twitter.com/somebot")}
    assert is_shared("eu.com") and not is_shared("one.eu.com") and is_shared("nonsense")


def test_ids_hashes_and_case(engine: DuckEngine) -> None:
    e = known("a", ("x-analytics-id", "UA-1234-1"), ("file:md5", "AB" * 16), ("x-handle", "SomeOne"))
    seen = (("x-analytics-id", "ua-1234-1"), ("file:md5", "ab" * 16), ("x-handle", "someone"), ("x-handle", "someone2"))
    assert {k for _, k, _ in keys(engine, [e], *seen)} == {"x-analytics-id", "file:md5", "x-handle"}


def test_owners_say_how_telling_a_key_is(engine: DuckEngine) -> None:
    entries = [known("a", ("domain-name", "x.example.org")), known("b", ("domain-name", "x.example.org"))]
    rows = match_table(
        engine,
        entries,
        indicator_table([("url", "http://x.example.org/1", "p1"), ("url", "http://x.example.org/2", "p2")]),
    )
    assert [(r["campaign_id"], r["owners"], r["refs"], r["example"]) for r in rows.to_pylist()] == [
        ("a", 2, 2, "p1"),
        ("b", 2, 2, "p1"),
    ]


def test_what_was_not_yet_public_does_not_match(engine: DuckEngine) -> None:
    e = known("a", ("domain-name", "x.example.org"), public="2021-05-01")
    assert not keys(engine, [e], ("domain-name", "x.example.org"), until="2021-04-30")
    assert keys(engine, [e], ("domain-name", "x.example.org"), until="2021-05-01")


def test_hostile_values_are_only_text(engine: DuckEngine) -> None:
    e = known("a", ("domain-name", "x.example.org"))
    seen = ("'; DROP TABLE known_indicators; --", "\x00", "a" * 5000, "", "://", "http://", "%%%", "…")
    assert not keys(engine, [e], *(("url", v) for v in seen), *(("domain-name", v) for v in seen))


def test_nothing_matches_nothing(engine: DuckEngine) -> None:
    assert keys(engine, []) == set()
    assert keys(engine, [known("a", ("domain-name", "x.example.org"))]) == set()
