"""Bytes to text as a browser does it that has no headers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boilerbench.worker.adapters.decoding import decoded
from boilerbench.worker.adapters.language import declared, primary
from tests.encodings import SENTENCES

POLISH = "Zażółć gęślą jaźń na moście, który był zamknięty przez całą zimę. " * 20
GREEK = "Το παλιό γεφύρι στην άκρη του χωριού ήταν κλειστό όλο τον χειμώνα. " * 20


def test_a_byte_order_mark_is_above_what_is_declared() -> None:
    html = '<meta charset="iso-8859-2"><p>Grüße</p>'
    for encoding, mark in [
        ("utf-8", b"\xef\xbb\xbf"),
        ("utf-16-le", b"\xff\xfe"),
        ("utf-16-be", b"\xfe\xff"),
    ]:
        assert decoded(mark + html.encode(encoding)) == html


@pytest.mark.parametrize(
    "declaration",
    [
        '<meta charset="iso-8859-2">',
        "<META CHARSET=latin2>",
        '<meta http-equiv="Content-Type" content="text/html; charset=ISO-8859-2">',
        '<?xml version="1.0" encoding="iso-8859-2"?>',
    ],
)
def test_what_a_page_declares_is_believed(declaration: str) -> None:
    html = f"{declaration}<p>{POLISH}</p>"
    assert decoded(html.encode("iso-8859-2")) == html


def test_what_is_declared_in_a_comment_is_not() -> None:
    html = f'<!-- <meta charset="iso-8859-2"> --><p>{POLISH}</p>'
    assert decoded(html.encode()) == html


def test_latin_1_is_windows_1252_as_in_browsers() -> None:
    html = '<meta charset="iso-8859-1"><p>“100 €”</p>'
    assert decoded(html.encode("cp1252")) == html


def test_a_page_whose_declaration_could_be_read_is_not_utf_16() -> None:
    html = '<meta charset="utf-16"><p>Grüße</p>'
    assert decoded(html.encode()) == html


@pytest.mark.parametrize("unknown", ["", '<meta charset="nonsense">', '<meta charset="utf-7">'])
def test_without_a_declaration_valid_utf_8_is_utf_8(unknown: str) -> None:
    html = f"{unknown}<p>Grüße aus Łódź</p>"
    assert decoded(html.encode()) == html


@pytest.mark.parametrize(
    ("text", "encoding"),
    [(GREEK, "iso-8859-7"), ("村口的老桥整个冬天都封着。" * 30, "gb18030"), (POLISH, "cp1250")],
)
def test_everything_else_is_detected(text: str, encoding: str) -> None:
    html = f"<p>{text}</p>"
    assert decoded(html.encode(encoding)) == html


@pytest.mark.parametrize("times", [1, 10])
@pytest.mark.parametrize("encoding", SENTENCES)
def test_a_page_that_declares_nothing_is_read_in_its_language(encoding: str, times: int) -> None:
    html = SENTENCES[encoding] * times
    assert decoded(html.encode(encoding)) == html


@pytest.mark.parametrize("encoding", SENTENCES)
def test_a_page_that_declares_its_encoding_is_read_in_it(encoding: str) -> None:
    html = f'<meta charset="{encoding}">{SENTENCES[encoding]}'
    assert decoded(html.encode(encoding)) == html


def test_a_stray_byte_spoils_no_more_than_itself() -> None:
    html = '<meta charset="utf-8"><p>Grüße'.encode() + b"\xff" + " aus Łódź</p>".encode()
    assert decoded(html) == '<meta charset="utf-8"><p>Grüße\ufffd aus Łódź</p>'


@pytest.mark.parametrize(
    "name", ["rot13", "hex", "idna", "punycode", "undefined", "unicode_escape", "utf-7", "nonsense"]
)
def test_what_no_page_is_written_in_is_not_believed(name: str) -> None:
    html = f'<meta charset="{name}"><p>die alte Br\xfccke am Ende des Dorfes</p>'
    assert decoded(html.encode("cp1252")) == html


def test_an_undeclared_page_with_a_stray_byte_is_utf_8_all_the_same() -> None:
    html = "<p>Grüße aus Łódź, wo die alte Brücke steht".encode() + b"\xff</p>"
    assert decoded(html) == "<p>Grüße aus Łódź, wo die alte Brücke steht\ufffd</p>"


@given(st.binary(max_size=200), st.sampled_from(["", '<meta charset="big5">', "\ufeff"]))
def test_any_bytes_become_text(html: bytes, before: str) -> None:
    assert isinstance(decoded(before.encode() + html), str)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=100))
def test_utf_8_comes_back_as_it_was(text: str) -> None:
    html = f'<meta charset="utf-8">{text}'
    assert decoded(html.encode()) == html.replace("\0", "")


@pytest.mark.parametrize(
    ("stated", "subtag"),
    [("de", "de"), ("de-AT", "de"), ("zh_Hans_CN", "zh"), (" EN ", "en"), ("", None), (None, None)],
)
def test_the_primary_subtag_of_a_language(stated: str | None, subtag: str | None) -> None:
    assert primary(stated) == subtag


@pytest.mark.parametrize(
    ("html", "subtag"),
    [
        ('<!doctype html><html lang="pt-BR">', "pt"),
        ("<HTML class=x LANG=el>", "el"),
        ("<html xmlns='x' xml:lang='ru'>", "ru"),
        ('<html><body lang="de">', None),
        ('<html hreflang="de">', None),
        ('<html lang="">', None),
        ("", None),
    ],
)
def test_the_language_that_a_page_declares(html: str, subtag: str | None) -> None:
    assert declared(html) == subtag
