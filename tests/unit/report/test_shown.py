from __future__ import annotations

import pytest
from markupsafe import Markup

from unfog.report import numbers, shown


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("<script>alert(1)</script>", "&lt;script&gt;"),
        ("exe\u202egpj.pdf", "⟦U+202E⟧"),
        ("a\u2066b\u2069", "⟦U+2066⟧b⟦U+2069⟧"),
        ("see https://bad.example/x.y?z", "hxxps://bad[.]example/x.y?z"),
        ("javascript:alert(1)", "javascript[:]alert(1)"),
        ("nul\x00bell\x07", "nul\ufffdbell\ufffd"),
        ("zero\u200bwidth", "⟦U+200B⟧"),
        ('" onload="x', "&#34; onload=&#34;x"),
    ],
)
def test_hostile_text_is_harmless_and_visible(given: str, wanted: str) -> None:
    assert wanted in str(shown.show(given))


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("раураl", "раураl⟦Cyrillic+Latin⟧"),
        ("see αdmin now", "see αdmin⟦Greek+Latin⟧ now"),
        ("naïve Ødegård 95 %", "naïve Ødegård 95 %"),
        ("Привет, мир", "Привет, мир"),
        ("東京タワー Tシャツ", "東京タワー Tシャツ"),
        ("한국K팝", "한국K팝"),
        ("20 µm", "20 µm"),
    ],
)
def test_words_that_mix_scripts_are_marked_and_others_are_not(given: str, wanted: str) -> None:
    assert str(shown.show(given)) == wanted


@pytest.mark.parametrize(
    ("given", "like"),
    [("раура", "paypa"), ("ｐａｙｐａｌ", "paypal"), ("𝐩𝐚𝐲", "pay"), ("Привет", ""), ("plain", ""), ("Ødegård", "")],
)
def test_a_handle_that_reads_like_another_says_so(given: str, like: str) -> None:
    assert (f"⟦reads like {like}⟧" in str(shown.handle(given))) == bool(like)


def test_long_text_is_cut_and_counted() -> None:
    out = str(shown.show("x" * 10_000_000, limit=100))
    assert len(out) < 200
    assert "9,999,900 more characters" in out


def test_table_escapes_cells_and_says_what_it_leaves_out() -> None:
    out = shown.table(["a"], [["<b>"]] * 5, caption="c<", limit=2)
    assert "<b>" not in out and "&lt;b&gt;" in out and "c&lt;" in out and "3 further rows" in out
    assert shown.table(["a"], [], caption="c") == Markup("")


@pytest.mark.parametrize(
    ("x", "unit", "wanted"),
    [
        (1234.0, "posts", "1,234\u00a0posts"),
        (0.972, "share", "97\u00a0%"),
        (0.9999, "share", "more than 99.9\u00a0%"),
        (1.26, "log10 LR", "+1.26 (×\u00a018)"),
        (-0.38, "log10 LR", "\u22120.38 (÷\u00a02.4)"),
        (3.1e-6, "p", "3.1\u00a0×\u00a010⁻⁶"),
        (93_600.0, "s", "1\u00a0d 2\u00a0h"),
        (-5.5, "", "\u22125.5"),
    ],
)
def test_numbers_as_written(x: float, unit: str, wanted: str) -> None:
    assert numbers.value(x, unit) == wanted
