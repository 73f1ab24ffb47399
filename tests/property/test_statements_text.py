"""Whatever the text, the readers of statements keep their promises and never raise."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from unfog.statements import certainty_of, extract, highlighted
from unfog.statements.dates import when_said
from unfog.statements.pieces import TAGS, viterbi
from unfog.statements.prepared import prepare
from unfog.statements.quantities import find_quantities
from unfog.statements.zones import zones

PARTS = st.sampled_from(
    ['"', "“", "”", "'", "‘", "’", " ", "\n", "\n\n", ". ", ", ", "said", "Anna Hale", "he", "the Prime Minister", "no", "3,000",
     "accounts", "almost certain", "evidence", "according to", "told", "that", "Mr ", "spokesman for", "–", "\u200b", "é", "İ", "𝒜"]
)  # fmt: skip
TEXTS = st.lists(PARTS, max_size=60).map(" ".join) | st.text(max_size=200)


@given(TEXTS)
def test_states_and_quotations_agree(text: str) -> None:
    p = prepare(text)
    assert len(p.states) == len(p.tokens)
    inside = {i for q in p.quotations for i in range(q.start, q.end)}
    assert all(p.states[i] == 0 for i in range(len(p.tokens)) if i not in inside)
    for k, q in enumerate(p.quotations):
        assert q.start < q.end
        assert q.continues < k


@given(TEXTS)
def test_zones_hold_all_that_is_not_blank(text: str) -> None:
    found = zones(text)
    covered = {i for p in found for i in range(p.start, p.end)}
    assert all(c.isspace() or i in covered for i, c in enumerate(text))


@settings(max_examples=60, deadline=None)
@given(TEXTS)
def test_extraction_keeps_to_the_text(text: str) -> None:
    story = "The minister said that the harbour would stay closed for the whole of the winter.\n\n" + text
    found = extract(story, published=date(2020, 7, 16))
    for s in found.statements:
        assert s.span == tuple(sorted(s.span))
        assert all(0 <= a < b <= len(story) for a, b in s.span)
        assert " … ".join(story[a:b].strip() for a, b in s.span) == s.content
    plain = highlighted(story, found.statements)
    assert "<script" not in plain.lower() or "<script" in story.lower()


@given(TEXTS)
def test_certainty_and_figures_stand_where_they_say(text: str) -> None:
    for t in certainty_of(text, offset=7):
        assert text[t.span[0] - 7 : t.span[1] - 7] == t.text
        assert t.low is None or 0 <= t.low <= t.high <= 100  # type: ignore[operator]
    for q in find_quantities(text, 7):
        assert text[q.span[0] - 7 : q.span[1] - 7] == q.text


@given(TEXTS, st.dates(date(1990, 1, 1), date(2030, 1, 1)))
def test_nothing_is_said_after_it_was_printed_unless_a_year_is_named(context: str, published: date) -> None:
    said = when_said(context, published)
    assert said.on[:10] <= published.isoformat() or said.precision in ("day", "month", "year")


@given(st.lists(st.lists(st.floats(-20, 0), min_size=len(TAGS), max_size=len(TAGS)), max_size=12))
def test_viterbi_never_begins_inside_a_span(rows: list[list[float]]) -> None:
    import numpy as np

    tags = [TAGS[k] for k in viterbi(np.array(rows).reshape(len(rows), len(TAGS)))]
    for before, tag in zip(["O", *tags], tags, strict=False):
        assert tag[0] != "I" or before[2:] == tag[2:]


def test_script_in_a_text_is_escaped_in_the_view() -> None:
    story = 'The minister said that <script>alert("x")</script> the harbour would stay closed & dry for the winter.'
    page = highlighted(story, extract(story, published=date(2020, 7, 16)).statements)
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
