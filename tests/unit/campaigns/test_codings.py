"""Two codings: a trait on which they differ is told and not weighed, here and in the background."""

from __future__ import annotations

import importlib
from collections.abc import Callable

import pytest

from unfog.campaigns import KINDS, Coded, Entry, Observed, load_catalogue
from unfog.campaigns.catalogue.load import second_coding
from unfog.campaigns.counts import (
    Background,
    Count,
    coding_error,
    commonness,
    known_repeats,
    outside,
    reliability,
    repeats,
)
from unfog.campaigns.link import compare
from unfog.errors import DataError
from unfog.evaluate.link_codings import kappa

room = importlib.import_module("unfog.campaigns.link")
Make = Callable[..., Entry]


def read(entry: Entry, *second: str) -> Entry:
    return entry.model_copy(update={"traits": (entry.traits[0].model_copy(update={"second": second}),)})


def test_the_shipped_entries_carry_a_second_reading_of_every_kind_that_was_coded_twice() -> None:
    kinds = {r["kind"] for r in second_coding()["rows"]}
    traits = [(e.id, t) for e in load_catalogue() for t in e.traits if t.kind in kinds and not t.computed_from]
    assert len(traits) > 100 and all(t.second is not None for _, t in traits)
    for row in (*second_coding()["rows"], *second_coding()["resolved"]):
        assert set(row["value"]) <= KINDS[row["kind"]].vocabulary
    by = {(e, t.kind): t for e, t in traits}
    assert by["macron-leaks", "account-use"].dispute.startswith("two coders differ")
    assert "do not tell" in by["star-blizzard", "account-use"].dispute
    assert not by["secondary-infektion", "documents"].dispute  # settled afterwards, with a reason and a source


def test_what_two_coders_read_differently_is_not_weighed(entry: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "reliability", lambda _kind, _known="": Count(3, 4))
    seen = {"documents": Observed("documents", frozenset({"forged"}), "seen", "log", 3)}
    others = [entry(f"o{i}", documents="none") for i in range(5)]

    def weighed(own: Entry) -> tuple[bool, str]:
        (part,) = (p for p in compare(own, [own, *others], seen, act="") if p.kind == "documents")
        return part.weighed, part.why_not

    own = entry("own", documents="forged")
    assert weighed(own) == (True, "")
    assert weighed(read(own, "forged")) == (True, "")
    assert weighed(read(own, "forged", "mixed")) == (True, "")
    assert weighed(read(own, "genuine")) == (False, "two coders differ: forged, and genuine")
    assert not weighed(read(own))[0]


def test_disputed_entries_leave_the_background_and_the_wider_reading_makes_a_trait_common(entry: Make) -> None:
    own, a, b = entry("own", documents="forged"), entry("a", documents="forged"), entry("b", documents="none")
    assert commonness("documents", ["forged"], own, [own, a, b]).of == 2
    assert commonness("documents", ["forged"], own, [own, read(a, "genuine"), b]).of == 1
    wide = commonness("documents", ["forged"], own, [own, a, read(b, "none", "forged")])
    assert (wide.hits, wide.of) == (2, 2)


def test_repeats_on_which_the_codings_do_not_agree_are_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    assert reliability("translations").of == 1  # three rows, two of which the sources do not tell
    assert sum(r["kind"] == "translations" for r in repeats()) == 3
    twice = [dict(known_repeats("retry")[0], campaign="x", again=again, second=again) for again in (True, False)]
    monkeypatch.setattr("unfog.campaigns.counts.repeats", lambda: tuple(twice))
    assert reliability("retry") == Count(0, 1)  # met once and not the other time is not "met again"


def test_campaigns_that_others_coded_count_by_their_date_and_never_against_themselves(entry: Make) -> None:
    rows = outside()["counts"]["language-count"]
    n = sum(r["n"] for r in rows)
    other = entry("other", language_count="many")
    assert n > 50 and commonness("language-count", ["many"], other, [other]).of == n
    own = entry("secondary-infektion", language_count="many")
    itself = sum(r["n"] for r in rows if r["of"] == "secondary-infektion")
    assert itself == 1 and commonness("language-count", ["many"], own, [own]).of == n - itself
    early = sum(r["n"] for r in rows if r["month"] <= "2018-12")
    assert 0 < commonness("language-count", ["many"], other, [other], "2018-12-31").of == early < n


def test_words_outside_the_vocabulary_are_refused_in_either_coding(entry: Make) -> None:
    from unfog.campaigns.catalogue import check_catalogue

    with pytest.raises(DataError, match='did you mean "forged"'):
        check_catalogue([read(entry("a", documents="none"), "forgd")])
    with pytest.raises(ValueError, match='did you mean "genuine"'):
        Coded(trait="documents", value=("genuin",), observations=("o1",), by="x", reason="y")


def test_kappa() -> None:
    assert kappa([("a", "a"), ("b", "b")]) == 1.0
    assert kappa([("a", "b"), ("b", "a")]) == -1.0
    assert kappa([("a", "a"), ("a", "a")]) is None and kappa([]) is None


def test_a_padded_catalogue_makes_no_trait_stronger_than_coding_is_sure(
    entry: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten thousand entries that are coded otherwise must not turn one described-twice campaign into a proof."""
    monkeypatch.setattr(room, "reliability", lambda _kind, _known="": Count(1, 1))
    error = coding_error()
    assert 0 < error.hits < 10 < error.of and error.who[0] == "dcleaks-guccifer2 names"
    own = entry("own", documents="forged", names="person")
    seen = {
        "documents": Observed("documents", frozenset({"forged"}), "seen", "log", 3),
        "names": Observed("names", frozenset({"random"}), "seen", "log", 3),
    }
    ground = Background([own, *(entry(f"o{i}", documents="none", names="random") for i in range(10_000))])
    parts = {p.kind: p for p in compare(own, ground, seen, act="")}
    assert 10 ** parts["documents"].log10_lr.value == pytest.approx(1 / error.rate)
    assert "two codings differ" in parts["documents"].cap
    assert parts["names"].log10_lr.value == pytest.approx(-0.301, abs=0.001)  # one campaign described twice
