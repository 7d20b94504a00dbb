import re
import sys
import unicodedata

import pytest
import regex
from hypothesis import example, given
from hypothesis import strategies as st

from boilerbench import text as texts
from boilerbench.runs import Runs

PATTERNS = {
    "word": re.compile(r"\w+"),
    "regex word": regex.compile(r"\w+"),
    "alnum": re.compile(r"[a-z0-9]+"),
    "dragnet": re.compile(r"[^\W_]+"),
}
USED = {
    "word": texts.python_words,
    "alnum": texts.rouge_tokens,
    "dragnet": texts.dragnet_tokens,
}
# Surrogates among them, alone or in pairs, which are two characters to Python and no pair.
ANY = st.characters() | st.characters(categories=["Cs"]) | st.characters(max_codepoint=0xFF)
BASIC = st.characters(max_codepoint=0xFFFF, exclude_categories=["Cs"])
SPACES = [chr(n) for n in range(sys.maxunicode + 1) if chr(n).isspace()]
SPACED = st.text(st.sampled_from([*SPACES, "a", "_", "é", "ß", "日", "\u0301", "\u200d", "\ufeff"]))


@pytest.mark.parametrize("name", PATTERNS)
@given(text=st.text(ANY) | st.text(BASIC) | SPACED)
@example("")
@example(" ")
@example("a\x00b\x1cc\x85d\xa0e\u2028f\u3000g")
@example("a\ud800b")
@example("\ud83d\ude00")
@example("a\U0001d400b 𝔘")
@example("\udfff\ud800")
def test_it_is_what_findall_gives(name, text):
    assert Runs(PATTERNS[name])(text) == PATTERNS[name].findall(text)


@pytest.mark.parametrize("name", USED)
@given(text=st.text(BASIC))
def test_those_in_use_are_what_findall_gives(name, text):
    assert USED[name](text) == PATTERNS[name].findall(text)


@pytest.mark.parametrize("name", PATTERNS)
def test_every_character_of_the_basic_plane_is_in_the_class_or_not_as_findall_has_it(name):
    runs, pattern = Runs(PATTERNS[name]), PATTERNS[name]
    basic = [chr(n) for n in range(0x10000) if not 0xD800 <= n < 0xE000]
    joined = " ".join(basic)
    assert runs(joined) == pattern.findall(joined)
    together = "".join(basic)
    assert runs(together) == pattern.findall(together)


@pytest.mark.parametrize("name", PATTERNS)
def test_no_white_space_is_in_a_class(name):
    assert not [space for space in SPACES if PATTERNS[name].fullmatch(space)]


@given(st.text(BASIC))
def test_the_fast_way_of_our_own_tokens_is_the_pattern(text):
    folded = texts.fold(text)
    assert texts.tokens(folded) == texts._TOKEN.findall(folded)


def test_marks_are_part_of_a_word_to_us_and_not_to_published_scripts():
    hindi = "हिन्दी"
    assert any(unicodedata.combining(c) or unicodedata.category(c) == "Mc" for c in hindi)
    assert texts.tokens(hindi) == [hindi]
    assert texts.python_words(hindi) == re.findall(r"\w+", hindi) != [hindi]
