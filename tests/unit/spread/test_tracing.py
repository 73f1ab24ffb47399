"""Passages are found whole, in part, noisy and reworded; what is common property is not."""

from __future__ import annotations

import random

import pyarrow as pa
import pytest

from unfog.engine import DuckEngine
from unfog.spread import Needle, Traced, trace

DOCUMENT = (
    "The harbour committee met on the ninth of May and decided that the archive shall be opened to every citizen who asks "
    "in writing. No clerk may refuse such a request without giving a reason in plain words, and the reason shall be kept "
    "for seven years. The treasurer warned that copying the old ledgers would cost more than the office earns in a month. "
    "She asked for a second reading room with better lamps, a lock on the map cabinet, and two assistants until autumn."
)
WORDS = DOCUMENT.split()
FOOTER = "This message is confidential and intended only for the person to whom it is addressed please delete it"
OTHER = (
    "Quite another story about {0} ferries that ran late because {0} storms tore the cables near lighthouse number {0} "
)


def name(i: int) -> str:
    """A made-up word without digits (numbers are masked where commonness is counted)."""
    return "q" + "".join("abcdefghij"[int(d)] for d in f"{i:03d}")


def search(engine: DuckEngine, posts: list[str | None], needles: list[str] | None = None, **options: float) -> Traced:
    engine.put(
        "posts_here", pa.table({"id": [str(i) for i in range(len(posts))], "text": pa.array(posts, pa.string())})
    )
    texts = [Needle(f"n{i}", t) for i, t in enumerate(needles or [DOCUMENT])]
    return trace(engine, texts, "SELECT id, text FROM posts_here", **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("post", "how"),
    [
        (DOCUMENT, "verbatim"),
        (DOCUMENT.upper().replace(" ", "\n"), "verbatim"),
        (" ".join(WORDS[20:32]), "excerpt"),
        ("He wrote this: " + " ".join(WORDS[10:40]) + " and I think that it is scandalous.", "excerpt"),
        (
            " ".join(WORDS[:60]).replace("archive", "arch1ve").replace("citizen", "citlzen").replace("plain", "plaln"),
            "excerpt",
        ),
        (" ".join(w if i % 6 else "undoubtedly" for i, w in enumerate(WORDS)), "reworded"),
    ],
)
def test_how_it_appears(engine: DuckEngine, post: str, how: str) -> None:
    (match,) = search(engine, [post, OTHER.format(3)]).matches
    assert (match.needle, match.text_id, match.how) == ("n0", "0", how)


def test_spans_point_at_the_same_words_on_both_sides(engine: DuckEngine) -> None:
    post = "Läs detta — " + " ".join(WORDS[20:45]) + " 🙂 slut"
    (match,) = search(engine, [post]).matches
    (ours,), (theirs,) = match.needle_spans, match.text_spans
    assert DOCUMENT[ours[0] : ours[1]] == post[theirs[0] : theirs[1]] == " ".join(WORDS[20:45])
    assert match.similarity == 1.0


def test_a_shuffled_copy_is_found_in_pieces(engine: DuckEngine) -> None:
    post = " ".join(WORDS[50:75] + WORDS[0:25])
    (match,) = search(engine, [post]).matches
    assert len(match.needle_spans) == 2
    assert match.needle_spans[0][0] > match.needle_spans[1][0]


@pytest.mark.parametrize("post", ["", None, "ok", " ".join(WORDS[20:27]), OTHER.format(5), " ".join(WORDS[::-1])])
def test_what_is_no_passage(engine: DuckEngine, post: str | None) -> None:
    assert search(engine, [post]).matches == ()


def test_a_footer_in_many_other_posts_counts_for_nothing(engine: DuckEngine) -> None:
    """The same footer under forty different posts is common property, even where the document carries it too."""
    rng = random.Random(3)
    posts: list[str | None] = [" ".join([*(name(rng.randrange(1000)) for _ in range(25)), FOOTER]) for _ in range(40)]
    traced = search(engine, [*posts, " ".join(WORDS[:30])], [f"{DOCUMENT} {FOOTER}"])
    assert [m.text_id for m in traced.matches] == ["40"]
    assert traced.common["n0"] > 0.05
    alone = search(engine, posts[:3], [f"{DOCUMENT} {FOOTER}"])
    assert len(alone.matches) == 3, "in three posts nothing shows that it is common"


def test_known_common_property_can_be_given(engine: DuckEngine) -> None:
    posts: list[str | None] = [f"{OTHER.format('x')} {FOOTER}"]
    assert search(engine, posts, [f"{DOCUMENT} {FOOTER}"]).matches
    engine.put("posts_here", pa.table({"id": ["0"], "text": posts}))
    given = trace(engine, [Needle("n", f"{DOCUMENT} {FOOTER}")], "SELECT id, text FROM posts_here", background=[FOOTER])
    assert given.matches == ()


def test_wide_copying_does_not_make_a_document_common(engine: DuckEngine) -> None:
    posts: list[str | None] = [f"{OTHER.format(name(i))} {DOCUMENT} {OTHER.format(name(i + 99))}" for i in range(60)]
    assert len(search(engine, posts).matches) == 60


def test_the_same_form_with_other_numbers_is_no_copy(engine: DuckEngine) -> None:
    form = "Schedule for Monday 4 May: 8 15 leave the house, 8 35 arrive at the office, 9 05 staff meeting, 10 45 call with {}"
    other = form.replace("4 May", "17 June").replace("8 15", "7 50").replace("8 35", "8 20").replace("9 05", "9 30")
    traced = search(
        engine, [other.replace("10 45", "11 20").format("the mayor of the island")], [form.format("the bishop")]
    )
    assert traced.matches == ()


@pytest.mark.parametrize(
    "text",
    [
        "الاجتماع الذي عقدته لجنة الميناء قرر فتح الأرشيف لكل مواطن يطلب ذلك كتابة دون أن يرفض أي موظف هذا الطلب بغير سبب واضح",
        "ועדת הנמל החליטה לפתוח את הארכיון לכל אזרח שיבקש זאת בכתב ואף פקיד לא יסרב לבקשה כזאת בלי לתת סיבה במילים פשוטות",
        "港湾委員会は五月九日に会合を開き書面で求めるすべての市民に文書館を公開することを決定したいかなる職員も理由なく拒否できない",
    ],
)
def test_right_to_left_and_scripts_without_spaces(engine: DuckEngine, text: str) -> None:
    (match,) = search(engine, [f"x {text} y", OTHER.format(1)], [text]).matches
    assert match.how == "verbatim"
    (span,) = match.text_spans
    assert f"x {text} y"[span[0] : span[1]] == text


def test_empty_inputs_give_empty_results(engine: DuckEngine) -> None:
    assert search(engine, []).matches == ()
    nothing = search(engine, ["x"], [""])
    assert nothing.matches == () and nothing.too_short == ("n0",)
    engine.put("posts_here", pa.table({"id": ["0"], "text": ["x"]}))
    assert trace(engine, [], "SELECT id, text FROM posts_here").matches == ()


def test_order_of_posts_and_batches_do_not_matter(engine: DuckEngine) -> None:
    posts: list[str | None] = [" ".join(WORDS[i : i + 25]) for i in range(0, 50, 5)] + [
        OTHER.format(i) for i in range(30)
    ]
    one = {(posts[int(m.text_id)], m.how, m.similarity, m.doc_span) for m in search(engine, posts).matches}
    backwards = posts[::-1]
    two = {(backwards[int(m.text_id)], m.how, m.similarity, m.doc_span) for m in search(engine, backwards).matches}
    assert one == two and len(one) == 10


def test_scanner_noise_costs_little_and_another_filling_costs_much(engine: DuckEngine) -> None:
    """Two texts that differ in as many words: letters misread in one, other names and numbers in the other."""
    form = "Call sheet for {} on {} March: {} asked to speak with you about the {} question before the council meets"
    ours = form.format("Minister Abara", "14", "the embassy", "fishing")
    noisy = ours.replace("Abara", "Abora").replace("embassy", "embas sy").replace("fishing", "fishlng")
    other = form.format("Chancellor Vogt", "29", "his deputy", "railway")
    assert [m.text_id for m in search(engine, [noisy, other], [ours]).matches] == ["0"]


def test_edited_copies_do_not_make_a_passage_common(engine: DuckEngine) -> None:
    """Three hundred copies, of which ten stand among other words each: still no common property."""
    short, rng = " ".join(WORDS[20:34]), random.Random(5)

    def other_words() -> str:
        return " ".join(name(rng.randrange(1000)) for _ in range(14))

    posts: list[str | None] = [f"{OTHER.format('x')} {short} {OTHER.format('y')}"] * 290
    few = search(engine, [*posts, *(f"{other_words()} {short} {other_words()}" for _ in range(10))])
    assert len(few.matches) == 300 and few.common["n0"] == 0.0
    many = search(engine, [*posts, *(f"{other_words()} {short} {other_words()}" for _ in range(60))])
    assert many.common["n0"] > 0.05, "beyond the share that edits explain it is common property"
