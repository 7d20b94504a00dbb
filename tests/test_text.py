import re
import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from boilerbench.text import _MAY_LACK_SPACES, _TOKEN, _WORD, fold, tokens

# Letters, marks, digits and signs of many scripts, so that a generated text mixes them.
SCRIPTS = (
    "aZzßéİıſﬁ Ωσς Ж日本語々〇ゝひらがなカタカナーｶﾞ゛ヴ９ไทยภาษาน้ำ ລາວ ភាសាខ្មែរ မြန်မာ हिन्दी"
    " क्‍ष اللُّغة עִברית"
    " 한국어 ʼ ̈ ́ ͅ _-'’.,。、・\u00ad\u200b\u200d\u2060\ufeff𠮷👩🏽\t\n0٣²½"
)
MIXED = st.text(st.sampled_from(SCRIPTS) | st.characters(), max_size=40)


def cut(text):
    return tokens(fold(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("今天天气很好。", "今 天 天 气 很 好"),
        ("𠮷野家へ", "𠮷 野 家 へ"),
        ("スーパー・マーケット", "ス ー パ ー マ ー ケ ッ ト"),
        ("ｽｰﾊﾟｰ", "ス ー パ ー"),
        ("人々と〇", "人 々 と 〇"),
        ("Ｗｉｋｉ２の日本語mix", "wiki2 の 日 本 語 mix"),
        ("2024年12月", "2024 年 12 月"),
        ("น้ำใจดี 12", "น\u0e49\u0e4d า ใ จ ดี 12"),
        ("ພາສາລາວ", "ພ າ ສ າ ລ າ ວ"),
        ("ភាសាខ្មែរ", "ភា សា ខ្ មែ រ"),
        ("မြန်မာ", "မြ န် မာ"),
    ],
)
def test_scripts_without_spaces_are_cut_into_characters_with_their_marks(text, expected):
    assert cut(text) == [fold(part) for part in expected.split()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("हिन्दी भाषा, देवनागरी।", "हिन्दी भाषा देवनागरी"),
        ("اللُّغةُ العربيّة؟", "اللُّغةُ العربيّة"),
        ("עִברית, שלום", "עִברית שלום"),
        ("한국어 문장", "한국어 문장"),
        ("Ελληνικά, και", "ελληνικά και"),
        ("don't snake_case x-ray", "don t snake_case x ray"),
        ("обʼєкт", "обʼєкт"),
        ("cafe\u0301", "café"),
    ],
)
def test_other_scripts_are_cut_into_words(text, expected):
    assert cut(text) == expected.split()


def test_a_text_in_another_script_does_not_change_how_words_are_cut():
    assert cut("обʼєкт 日本") == ["обʼєкт", "日", "本"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Straße", "STRASSE"),
        ("ὈΔΥΣΣΕΎΣ", "ὀδυσσεύς"),
        ("ﬁne", "fine"),
        ("co\u00adoperate", "cooperate"),
        ("zero\u200bwidth", "zerowidth"),
        ("naïve", "nai\u0308ve"),
        ("ＡＢＣ　１２", "abc 12"),
        ("\ufeffstart", "start"),
        ("①", "1"),
        ("x\u00a0y", "x y"),
    ],
)
def test_texts_that_read_alike_fold_alike(one, other):
    assert fold(one) == fold(other)


def test_what_reads_differently_stays_different():
    assert len({fold(word) for word in ("resume", "résumé", "о", "o", "が", "か", "ス", "す")}) == 8


@pytest.mark.parametrize("text", ["", " \n\t", "…—!?", "👩🏽‍🚀", "\u200b\u00ad"])
def test_a_text_without_a_word_has_no_tokens(text):
    assert cut(text) == []


@given(MIXED)
@example("\u0345\u034f\u0301")
def test_fold_is_idempotent(text):
    assert fold(fold(text)) == fold(text)


@given(MIXED | st.text(st.characters(max_codepoint=0x2E7F)))
@example("обʼєкт")
def test_the_quick_pattern_gives_the_same_tokens(text):
    folded = fold(text)
    if not _MAY_LACK_SPACES.search(folded):
        assert _WORD(folded) == _TOKEN.findall(folded)


def test_the_quick_pattern_is_right_about_every_code_point_that_takes_it():
    quick = [chr(c) for c in range(0x2E80) if not _MAY_LACK_SPACES.search(chr(c))]
    text = " ".join(f"{c} a{c}b" for c in quick)
    assert _WORD(text) == _TOKEN.findall(text)


@given(MIXED)
def test_tokens_joined_by_spaces_give_the_same_tokens(text):
    found = cut(text)
    assert tokens(" ".join(found)) == found


@given(MIXED)
def test_tokens_stand_in_the_text_in_their_order_and_hold_no_space(text):
    folded, at = fold(text), 0
    for token in tokens(folded):
        at = folded.index(token, at) + len(token)
        assert token
        assert not any(c.isspace() for c in token)


@given(st.text(st.characters(max_codepoint=127)) | st.text(string.printable))
def test_ascii_is_lower_cased_words(text):
    assert cut(text) == re.findall(r"\w+", text.lower())
