"""Traps that real articles contain, each on invented text."""

from __future__ import annotations

from datetime import date

import pytest

from unfog.statements import Statement, extract, headline_conflicts
from unfog.statements.actors import load
from unfog.statements.zones import Zone, zones

ON = date(2020, 7, 16)


def read(text: str, **more: object) -> list[Statement]:
    found = extract(text, published=ON, **more)  # type: ignore[arg-type]
    assert found.problems == []
    return found.statements


def by_words(statements: list[Statement], words: str) -> Statement:
    (found,) = [s for s in statements if words in s.content]
    return found


STORY = """Minister warns of long winter in northern ports

Port minister Anna Hale said on Thursday that the harbour would stay closed. "We have no choice in this matter," she said.

In a written statement Ms Hale wrote: "On the basis of a long analysis the ministry has concluded that it is almost certain that the ice will hold.

"Ships of the northern line were kept in harbour before the storm and released late in the week after it.

Anna Hale arrives at the harbour office on the morning of the closure of the northern port

"Whilst there is no evidence of a wider closure, any attempt to sail is completely unacceptable."

The weather in the port was calm in the evening, and the crews went home.

"Nobody told us anything about this closure until it was far too late to act."

The union leader Tom Brandt denied that the crews had left early.
"""


def test_multi_paragraph_quotation_across_a_caption_keeps_its_speaker() -> None:
    found = read(STORY)
    for words in ("On the basis of a long analysis", "Ships of the northern line", "Whilst there is no evidence"):
        s = by_words(found, words)
        assert s.speaker.name == "Anna Hale"
        assert s.speaker.on_behalf_of == ""
    assert by_words(found, "Ships of the northern line").speaker.resolution == "continued quotation"


def test_orphan_quotation_stays_unattributed() -> None:
    s = by_words(read(STORY), "Nobody told us anything")
    assert (s.speaker.name, s.speaker.mention) == ("", "")
    assert "unattributed" in s.review


def test_pronoun_surname_and_date() -> None:
    found = read(STORY)
    assert by_words(found, "We have no choice").speaker.name == "Anna Hale"
    assert by_words(found, "harbour would stay closed").said_on == "2020-07-16"


def test_spans_are_places_in_the_stored_text() -> None:
    for s in read(STORY):
        for a, b in s.span:
            assert STORY[a:b].strip() in s.content
        if s.cue.span:
            assert STORY[slice(*s.cue.span)] == s.cue.text
        if s.speaker.mention_span and s.speaker.resolution not in ("continued quotation",):
            assert s.speaker.mention.split()[0] in STORY[slice(*s.speaker.mention_span)]


def test_spokesperson_is_an_actor_with_a_principal() -> None:
    found = read(
        "A spokesman for the Prime Minister said on Monday that the talks had been useful for the whole country.\n\n"
        '"There are many threats which are an issue for the government," the spokesman told reporters in Westminster. '
        "Labour and the Commons were not told by Downing Street."
    )
    first = by_words(found, "talks had been useful")
    assert first.speaker.on_behalf_of == "Boris Johnson"
    assert first.speaker.name == "Spokesperson for Boris Johnson"
    assert first.said_on == "2020-07-13"
    again = by_words(found, "There are many threats")
    assert again.speaker.on_behalf_of == "Boris Johnson"
    assert again.speaker.resolution == "spokesperson met before"


@pytest.mark.parametrize(("on", "name"), [(date(2018, 3, 12), "Theresa May"), (date(2020, 7, 16), "Boris Johnson")])
def test_an_office_is_who_held_it_on_the_day(on: date, name: str) -> None:
    text = "The Prime Minister said that the country would not accept it. Labour MPs in the Commons agreed with Downing Street."
    (s,) = extract(text, published=on).statements[:1]
    assert s.speaker.name == name
    assert extract(text).statements[0].speaker.name == ""  # without a date nobody is resolved by office


def test_claims_that_nobody_is_named_for_are_nobodys() -> None:
    s = "The MP Anna Hale lost her seat on the board on Thursday amid claims that she had closed the harbour too early."
    assert all(f.speaker.name != "Anna Hale" for f in read(s))


@pytest.mark.parametrize("mention", ["The crews of Anna Hale", "Anna Hale’s crews", "A close friend of Ms Anna Hale"])
def test_somebodys_people_are_not_somebody(mention: str) -> None:
    text = f"{mention} said on Thursday that the harbour would stay closed for the whole of the winter."
    assert by_words(read(text), "harbour would stay closed").speaker.name != "Anna Hale"


def test_a_participle_speaks_for_the_subject_only_where_there_is_one() -> None:
    one = (
        "In March Theresa May sent a letter to the embassy, accusing them of “playing with the safety of the harbour”."
    )
    none = one.replace("Theresa May sent", "the crews of Anna Hale sent")
    assert by_words(read(one), "playing with the safety").speaker.name == "Theresa May"
    assert by_words(read(none), "playing with the safety").speaker.name == ""


def test_misprinted_principal_is_found_and_kept_as_printed() -> None:
    s = by_words(
        read(
            '"Produce the facts if you have any of them at all," a spokesperson for th eRussian embassy said on Friday.'
        ),
        "Produce the facts",
    )
    assert s.speaker.on_behalf_of == "Russian Embassy in London"


def test_epithet_by_constituency() -> None:
    text = (
        'Jeremy Corbyn spoke first. On Facebook, the Islington North MP wrote: "The papers we showed were all genuine."'
    )
    assert by_words(read(text), "papers we showed").speaker.name == "Jeremy Corbyn"


def test_headline_credits_the_principal_body_the_spokesman() -> None:
    text = (
        "Jeremy Corbyn: We need to see more evidence of foreign interference\n\n"
        "Jeremy Corbyn's spokesman said on Wednesday that there needed to be more evidence of foreign interference. The party "
        "had debated it in the Commons for hours."
    )
    found = read(text)
    (conflict,) = headline_conflicts(found)
    assert conflict.headline_speaker == "Jeremy Corbyn"
    assert conflict.on_behalf_of == "Jeremy Corbyn"
    assert "spokesperson" in conflict.how


def test_related_links_and_captions_are_told_from_the_body() -> None:
    text = (
        "Crews stay home as harbour closes\n\nBy Anna Writer\n\nThe harbour closed on Monday after a long night of ice.\n\n"
        "Minister 'asleep' during storm\n\nEXCL Harbour boss urges calm\n\nTom Brandt at the gate. Credit: XY\n\n"
        "It opened again on Tuesday, and the ships left.\n\nThe crews cheered."
    )
    assert [p.zone for p in zones(text)] == [
        Zone.HEADLINE, Zone.BYLINE, Zone.BODY, Zone.RELATED, Zone.RELATED, Zone.CAPTION, Zone.BODY, Zone.BODY,
    ]  # fmt: skip


def test_words_of_the_writer_are_authorial() -> None:
    found = extract(
        "The harbour was calm. The minister looks likely to stay in office, and the crews went home early.",
        published=ON,
    )
    assert [t.text for t in found.authorial] == ["likely"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "no running text"),
        ("Der Minister sagte am Donnerstag, der Hafen bleibe wegen des Eises noch lange geschlossen.", "not supported"),
        ("Le ministre a déclaré jeudi que le port resterait fermé à cause de la glace et du vent.", "not supported"),
    ],
)
def test_what_cannot_be_read_says_so(text: str, problem: str) -> None:
    found = extract(text, published=ON)
    assert found.statements == []
    assert problem in found.problems[0]


def test_nested_and_broken_marks_never_raise() -> None:
    text = 'He said “she told me ‘he "said” no’ and left” to \'them"" on Monday" and “then ”“ went.'
    extract(text, published=ON)


def test_an_actor_file_with_a_wrong_key_is_refused(tmp_path) -> None:  # type: ignore[no-untyped-def]
    from unfog.errors import DataError

    path = tmp_path / "actors.toml"
    path.write_text('[[person]]\nname = "A B"\nsex = "f"\n', encoding="utf-8")
    with pytest.raises(DataError, match="sex"):
        load(path)
