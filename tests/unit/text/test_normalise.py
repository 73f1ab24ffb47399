"""What folding makes one, and what it keeps apart."""

import pytest

from unfog.text.language import detect_language
from unfog.text.normalise import fold, words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Don’t", "don't"),
        ("ﬁle", "file"),
        ("STRASSE", "straße"),
        ("e\u0301t\u00e9", "été"),
        ("zero\u200bwidth", "zerowidth"),
        ("soft\u00adhyphen", "softhyphen"),
        ("Ａｂｃ１", "abc1"),
        ("ёлка", "елка"),
        ("العَرَبِيَّة", "العربية"),
        ("İstanbul", "istanbul"),
        ("a—b", "a b"),
    ],
)
def test_one_word_in_two_spellings(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_scripts_without_spaces_give_one_word_a_character() -> None:
    assert words("你好，世界") == ["你", "好", "世", "界"]
    assert words("ไทย")[0] == "ไ"
    assert words("abc 東京 x") == ["abc", "東", "京", "x"]


def test_different_words_stay_different() -> None:
    assert fold("trade") != fold("trad")
    assert fold("किताब") != fold("कतब"), "vowel signs of Indic scripts are letters"
    assert fold("") == fold(" \n\t…!") == ""


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("The committee published its report on the matter yesterday.", "en"),
        ("Der Ausschuss hat gestern seinen Bericht dazu veröffentlicht.", "de"),
        ("Комитет опубликовал вчера свой доклад по этому вопросу.", "ru"),
        ("委員会は昨日この問題に関する報告書を公表した。", "ja"),
        ("ok", "und"),
        ("https://example.org/der-ausschuss-hat-gestern", "und"),
        ("", "und"),
    ],
)
def test_language_or_undetermined(text: str, code: str) -> None:
    assert detect_language(text).code == code
