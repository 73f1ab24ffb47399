from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest

from unfog.statements import extract, extraction
from unfog.statements.evaluation import spans_of
from unfog.statements.labels import placed, role, side, tags_of
from unfog.statements.linker import Linked, Tagged, link
from unfog.statements.prepared import Prepared, prepare
from unfog.statements.tagger import tagger


def tagged(text: Prepared, spans: Sequence[tuple[str, str]], chance: Sequence[float] = ()) -> Tagged:
    """Tags from (role, words) in order of place."""
    tags, at = ["O"] * len(text.tokens), 0
    for of, words in spans:
        wanted = prepare(words).tokens.words
        while text.tokens.words[at : at + len(wanted)] != wanted:
            at += 1
        tags[at : at + len(wanted)] = ["B-" + of, *["I-" + of] * (len(wanted) - 1)]
        at += len(wanted)
    return Tagged(tags, chance)


def linked(words: str, spans: Sequence[tuple[str, str]], *, share: bool = False) -> dict[str, str]:
    """Cue -> source."""
    text = prepare(words)
    at = text.tokens.words
    found = link(tagged(text, spans), text, share_subject=share)
    return {
        " ".join(at[slice(*f.cue)]): " ".join(at[slice(*f.source)]) if f.source else ""
        for f in found
        if f.cue is not None
    }


def test_the_source_beside_the_cue_is_taken_on_either_side() -> None:
    words = "Hale said the ice would hold. “It will not,” said Brandt."
    spans = [("source", "Hale"), ("cue", "said"), ("content", "the ice would hold"), ("content", "“It will not,”"),
             ("cue", "said"), ("source", "Brandt")]  # fmt: skip
    text = prepare(words)
    found = link(tagged(text, spans), text)
    assert [" ".join(text.tokens.words[slice(*f.source)]) for f in found if f.source] == ["Hale", "Brandt"]


def test_a_participle_reaches_back_to_the_subject() -> None:
    words = "Anna Hale went on to the next harbour in the north of the country, saying that the ice would hold."
    spans = [("source", "Anna Hale"), ("cue", "saying"), ("content", "that the ice would hold")]
    assert linked(words, spans) == {"saying": "Anna Hale"}


def test_conjoined_cues_share_the_subject_only_where_asked() -> None:
    words = "Hale said the ice would hold and warned that ships would stay away."
    spans = [("source", "Hale"), ("cue", "said"), ("content", "the ice would hold"), ("cue", "warned"),
             ("content", "that ships would stay away")]  # fmt: skip
    assert linked(words, spans) == {"said": "Hale", "warned": ""}
    assert linked(words, spans, share=True) == {"said": "Hale", "warned": "Hale"}


def test_a_source_is_nobodys_twice_and_never_of_another_paragraph() -> None:
    words = "Hale spoke first.\n\nThere it was said that the ice would hold."
    spans = [("source", "Hale"), ("cue", "was said"), ("content", "that the ice would hold")]
    assert linked(words, spans) == {"was said": ""}


def test_a_faint_source_is_taken_by_a_cue_that_has_none() -> None:
    text = prepare("Hale said the ice would hold.")
    spans = [("cue", "said"), ("content", "the ice would hold")]
    nobody, faint = (link(tagged(text, spans, [p, *[0.0] * 6]), text)[0] for p in (0.1, 0.8))
    assert nobody.source is None
    assert (faint.source, faint.borrowed) == ((0, 1), "faint")


def test_content_without_cue_counts_only_in_marks() -> None:
    text = prepare("“The ice will hold until May,” and then it rained. The ice held until May for everyone.")
    spans = [("content", "“The ice will hold until May,”"), ("content", "The ice held until May")]
    (only,) = link(tagged(text, spans), text)
    assert only == Linked(content=[(0, 9)])


def test_places_of_labels_and_back() -> None:
    text = prepare("“It will hold,” said Hale, “until May.” “So be it.”")
    words = text.tokens.words
    labels: list[tuple[str, int]] = [("O", -1)] * len(words)
    for a, b, of in ((0, 6, "content"), (6, 7, "cue"), (7, 8, "source"), (9, 14, "content")):
        labels[a:b] = [(of, 0)] * (b - a)
    labels[14:] = [("content", 0)] * (len(words) - 14)
    bio = ["B-content", *["I-content"] * 5, "B-cue", "B-source", "O", "B-content", *["I-content"] * (len(words) - 10)]
    given = placed(bio, labels, text.sents)
    assert [given[i] for i in (0, 6, 7, 8, 9, 14)] == [
        "B-content<", "B-cue", "B-source>", "M", "B-content>", "I-content=",
    ]  # fmt: skip
    assert spans_of(tags_of(given)) == spans_of(bio)
    assert (role("I-content="), side("I-content="), role("O"), side("B-cue")) == ("content", "=", "", "")


def test_a_role_that_begins_inside_is_given_a_beginning() -> None:
    assert tags_of(["M", "I-source<", "I-content>", "I-content="]) == ["O", "B-source<", "B-content>", "I-content="]


class Fixed:
    """A tagger that finds no content."""

    name = "network"

    def tag(self, text: Prepared) -> Tagged:
        return Tagged(["O"] * len(text.tokens))


@pytest.mark.parametrize("agrees", [True, False])
def test_disagreement_of_the_two_taggers_flags_a_statement(monkeypatch: pytest.MonkeyPatch, agrees: bool) -> None:
    monkeypatch.setattr(
        extraction, "tagger", lambda name: Fixed() if name == "network" and not agrees else tagger("crf")
    )
    text = 'Port minister Anna Hale said on Thursday: "The harbour will stay closed for the whole of the winter."'
    (s,) = extract(text, published=date(2020, 7, 16), tagger_name="both").statements
    assert ("the two taggers disagree" in s.review) is not agrees
    assert s.speaker.name == "Anna Hale"
