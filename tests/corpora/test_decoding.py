import pytest
from hypothesis import given
from hypothesis import strategies as st

from boilerbench.corpora.decoding import decoded

TEXT = "Übung “naïve” € Łódź"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_unicode_is_found_with_and_without_a_mark(encoding):
    assert decoded(TEXT.encode(encoding)) == TEXT


def test_everything_else_is_windows_1252():
    assert decoded("Übung “naïve” €".encode("windows-1252")) == "Übung “naïve” €"
    assert decoded(b"caf\xe9 \x81") == "café \ufffd"


def test_a_zero_byte_alone_does_not_make_utf_16():
    assert decoded(b"a \x00 stray zero byte") == "a \x00 stray zero byte"


def test_line_ends_become_one_kind():
    assert decoded(b"a\r\nb\rc\n") == "a\nb\nc\n"


@given(st.binary())
def test_it_never_fails_and_gives_text_that_a_file_can_hold(data):
    decoded(data).encode()


@given(st.text(st.characters(exclude_characters="\r\0", exclude_categories=["Cs"])))
def test_utf_8_comes_back(text):
    text = text.removeprefix("\ufeff")
    if not text.startswith("\ufeff"):
        assert decoded(text.encode()) == text
