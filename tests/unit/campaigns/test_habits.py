"""What posts tell by themselves: age, response, retries, names, languages; and what they leave open."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from unfog.campaigns import Options, observe
from unfog.engine import DuckEngine

World = Callable[..., DuckEngine]
START = datetime(2019, 1, 1, 9)
TEXTS = {
    "en": "The ministers will meet in London tomorrow to talk about the trade agreement again.",
    "de": "Die Minister treffen sich morgen in London, um noch einmal über das Abkommen zu sprechen.",
    "fr": "Les ministres se retrouvent demain à Londres pour parler encore une fois de cet accord.",
    "es": "Los ministros se reúnen mañana en Londres para hablar otra vez sobre este acuerdo comercial.",
    "sv": "Ministrarna träffas i London i morgon för att prata om det nya handelsavtalet en gång till.",
}


def posts(n: int = 40, **more: Callable[[int], Any]) -> list[dict[str, Any]]:
    """``n`` posts of ``n`` accounts, a day apart; each keyword gives a column from the number of the post."""
    return [
        {
            "platform": "reddit", "post_id": f"p{i}", "account_id": f"a{i}", "happened_at": START + timedelta(days=i),
            "public_from": datetime(2020, 1, 1), "community": "r/one", **{k: f(i) for k, f in more.items()},
        }
        for i in range(n)
    ]  # fmt: skip


def labels(n: int = 40) -> list[dict[str, Any]]:
    return [{"platform": "reddit", "account_id": f"a{i}", "label": "set", "by": "someone"} for i in range(n)]


def accounts(age: Callable[[int], timedelta], n: int = 40, **more: Callable[[int], str]) -> list[dict[str, Any]]:
    return [
        {
            "platform": "reddit", "account_id": f"a{i}", "created_at": START + timedelta(days=i) - age(i),
            **{k: f(i) for k, f in more.items()},
        }
        for i in range(n)
    ]  # fmt: skip


def words(world: World, kind: str, **tables: Any) -> frozenset[str] | None:
    found = observe(world(labels=labels(), **tables), Options()).traits.get(kind)
    return found.possible if found else None


def earlier() -> list[dict[str, Any]]:
    """A post of somebody else, half a year before."""
    return [{**posts(1)[0], "post_id": "old", "account_id": "other", "happened_at": START - timedelta(days=180)}]


def test_age_at_first_post(world: World) -> None:
    fresh = accounts(lambda i: timedelta(days=3 if i < 35 else 800))
    old = accounts(lambda _: timedelta(days=800))
    assert words(world, "account-age", posts=posts(), accounts=fresh) == {"new"}
    assert words(world, "account-age", posts=[*earlier(), *posts()], accounts=old) == {"aged"}
    # the data begin with the set: nobody knows whether these accounts posted before
    assert words(world, "account-age", posts=posts(), accounts=old) == {"new", "aged"}
    assert words(world, "account-age", posts=posts(), accounts=fresh[:10]) is None
    assert words(world, "account-age", posts=posts()) is None


@pytest.mark.parametrize(("best", "told"), [(4, {"none", "low"}), (400, {"low", "some"}), (9000, {"some", "large"})])
def test_response_is_that_of_the_best_post(world: World, best: int, told: set[str]) -> None:
    counts = [
        {"platform": "reddit", "post_id": f"p{i}", "captured_at": datetime(2020, 1, 1), "likes": best if i == 7 else 0}
        for i in range(40)
    ]
    assert words(world, "traction", posts=posts(), engagement=counts) == told
    assert words(world, "traction", posts=posts(), engagement=counts[:20]) is None
    uncounted = [{**c, "likes": None} for c in counts]
    assert words(world, "traction", posts=posts(), engagement=uncounted) is None


def test_retry_is_told_by_equal_titles_in_three_places_and_its_absence_is_not(world: World) -> None:
    def title(i: int) -> str:
        return f"a title that is long enough {i // 4}"

    again = posts(200, title=title, community=lambda i: f"r/{i % 4}")
    alone = posts(200, title=lambda i: f"a title that is long enough {i}", community=lambda i: f"r/{i % 4}")
    known = labels(200)
    assert observe(world(labels=known, posts=again), Options()).traits["retry"].possible == {"yes"}
    assert observe(world(labels=known, posts=alone), Options()).traits["retry"].possible == {"yes", "no"}
    at_once = [{**p, "happened_at": START} for p in again]
    assert "yes" in observe(world(labels=known, posts=at_once), Options()).traits["retry"].possible
    assert observe(world(labels=known, posts=at_once), Options()).traits["retry"].possible != {"yes"}


def test_names_come_from_what_is_shown_or_the_handle(world: World) -> None:
    day = lambda _: timedelta(days=9)  # noqa: E731
    person = accounts(day, name=lambda i: "Mary Brook" if i < 36 else "x")
    random = accounts(day, handle=lambda i: f"mary_{8273600 + i}")
    assert words(world, "names", posts=posts(), accounts=person) == {"person"}
    assert words(world, "names", posts=posts(), accounts=random) == {"random"}
    assert words(world, "names", posts=posts()) is None  # "a0", "a1" ... are neither


def test_languages_are_counted_and_a_set_may_be_a_part_of_an_operation(world: World) -> None:
    def of(*codes: str) -> list[dict[str, Any]]:
        return posts(text=lambda i: TEXTS[codes[i % len(codes)]])

    assert words(world, "languages", posts=of(*TEXTS)) == set(TEXTS)
    assert words(world, "language-count", posts=of(*TEXTS)) == {"many"}
    assert words(world, "language-count", posts=of("en", "de")) == {"few", "many"}
    assert words(world, "language-count", posts=of("en")) == {"one", "few", "many"}
    stray = [{**p, "text": TEXTS["de"]} if i < 2 else p for i, p in enumerate(of("en"))]
    assert words(world, "languages", posts=stray) == {"en"}  # two posts of forty may be a detector's mistake
    told = posts(lang=lambda _: "uk-UA", text=lambda _: TEXTS["en"])
    assert words(world, "languages", posts=told) == {"uk"}
