from __future__ import annotations

from unfog.statements.prepared import prepare
from unfog.statements.quotes import CLOSING, INSIDE, OPENING, OUTSIDE, quote
from unfog.statements.tokens import paragraphs, sentences, tokenize


def quoted(text: str) -> list[str]:
    p = prepare(text)
    return [text[p.tokens.spans[q.start][0] : p.tokens.spans[q.end - 1][1]] for q in p.quotations]


def test_straight_and_curly_marks() -> None:
    assert quoted('She said "it is late" and left.') == ['"it is late"']
    assert quoted("She said “it is late” and left.") == ["“it is late”"]


def test_opened_straight_closed_curly_with_a_stray_mark() -> None:
    text = '"We want to see more of this […] and then talk,” the aide told reporters."'
    assert quoted(text) == ['"We want to see more of this […] and then talk,”']


def test_apostrophes_are_no_marks() -> None:
    assert quoted("The minister's aide didn't say whose dogs' leads were lost.") == []


def test_unclosed_paragraphs_continue_one_quotation() -> None:
    text = 'Ms Hale said: "The first part goes on.\n\n"The second does too.\n\n"The third ends here."\n\nA new story.'
    found = prepare(text).quotations
    assert [q.continues for q in found] == [-1, 0, 1]
    assert [q.closed for q in found] == [False, False, True]


def test_caption_does_not_end_a_running_quotation() -> None:
    text = 'Ms Hale said: "The first part goes on.\n\nMs Hale at the gate. Credit: XY\n\n"The second ends here."'
    tokens = tokenize(text)
    _, found = quote(tokens, paragraphs(tokens), skip={1})
    assert [q.continues for q in found] == [-1, 0]


def test_a_paragraph_without_mark_ends_it() -> None:
    found = prepare('Ms Hale said: "The first part goes on.\n\nThen it rained.\n\n"Somebody else speaks."').quotations
    assert [q.continues for q in found] == [-1, -1]


def test_single_marks_only_where_no_double_ones_stand() -> None:
    assert quoted("Ministers 'knew nothing about it', says Hale") == ["'knew nothing about it'"]
    assert len(prepare("He said \"they called it 'a small and silly thing' then\".").quotations) == 1


def test_states_of_tokens() -> None:
    p = prepare('He said "no way".')
    assert [p.states[i] for i in range(len(p.tokens))] == [OUTSIDE, OUTSIDE, OPENING, INSIDE, INSIDE, CLOSING, OUTSIDE]


def test_tokens_tile_the_text() -> None:
    text = "Mr. O’Neill’s U.S. trip—won’t cost £1,200.50…  “Really?”\n\nNo."
    tokens = tokenize(text)
    rebuilt = ""
    at = 0
    for a, b in tokens.spans:
        assert text[at:a].strip() == ""
        rebuilt += text[at:a] + text[a:b]
        at = b
    assert rebuilt + text[at:] == text


def test_sentences_keep_initials_and_abbreviations_whole() -> None:
    tokens = tokenize("Mr. J. Smith came. He left at 5 p.m. on Monday. All right.")
    found = [tokens.text[tokens.spans[a][0] : tokens.spans[b - 1][1]] for a, b in sentences(tokens, [0] * len(tokens))]
    assert found[0] == "Mr. J. Smith came."
    assert found[-1] == "All right."
