"""What must hold for any text: words, spans, alignment, canonical addresses."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from unfog.text.alignment import compare
from unfog.text.normalise import fold, words
from unfog.text.tokens import tokenise
from unfog.text.urls import canonical_url

PLAIN = st.text(st.characters(exclude_categories=["Cs"]), max_size=80).filter(
    lambda t: "www" not in t.lower() and "://" not in t and "-\n" not in t and "-\r" not in t
)
FEW = st.lists(st.sampled_from(["a", "bb", "ccc", "dd", "e", "ff"]), max_size=40).map(" ".join)


@settings(max_examples=150, deadline=None)
@given(PLAIN)
def test_machine_code_and_python_see_the_same_words(text: str) -> None:
    tokens = tokenise(text)
    spans = list(zip(tokens.starts.tolist(), tokens.ends.tolist(), strict=True))
    assert [" ".join(words(text[a:b])) for a, b in spans] == words(text)
    assert all(a < b for a, b in spans) and all(b <= c for (_, b), (c, _) in pairwise(spans))


@settings(max_examples=100, deadline=None)
@given(PLAIN)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@settings(max_examples=150, deadline=None)
@given(FEW, FEW)
def test_alignment_covers_both_texts_once_and_mirrors(a: str, b: str) -> None:
    there, back = compare(a, b), compare(b, a)
    assert sum(s.a_words for s in there.stretches) == len(a.split())
    assert sum(s.b_words for s in there.stretches) == len(b.split())
    for s in there.stretches:
        if s.kind == "same":
            assert fold(a[s.a_span[0] : s.a_span[1]]) == fold(b[s.b_span[0] : s.b_span[1]])
    assert compare(a, a).same_words == len(a.split())
    assert (
        (there.same_words == len(a.split()) == len(b.split()))
        == (a == b)
        == (back.same_words == len(b.split()) == len(a.split()))
    )


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(["http://", "https://", "https://www.", ""]),
    st.sampled_from(["example.org", "EXAMPLE.org", "news.bbc.co.uk", "reddit.com"]),
    st.text("abcXYZ019/-_~%.", max_size=20),
    st.text("abc=&19", max_size=12),
)
def test_the_canonical_form_of_a_canonical_form_is_itself(scheme: str, host: str, path: str, query: str) -> None:
    once = canonical_url(f"{scheme}{host}/{path}?{query}")
    assert canonical_url("http://" + once) == once if once else True
