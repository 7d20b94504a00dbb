"""The adapters: what their library is given, and what comes of it."""

import html_text
import justext
import pytest
import trafilatura
from bs4 import BeautifulSoup
from readability import Document
from resiliparse.extract.html2text import extract_plain_text

from boilerbench.types import Page
from boilerbench.worker.adapters import bs4 as bs4_adapter
from boilerbench.worker.adapters import everything, nothing, readability_lxml
from boilerbench.worker.adapters import html_text as html_text_adapter
from boilerbench.worker.adapters import justext as justext_adapter
from boilerbench.worker.adapters import resiliparse as resiliparse_adapter
from boilerbench.worker.adapters import trafilatura as trafilatura_adapter
from boilerbench.worker.adapters.options import check_values
from boilerbench.worker.loop import Refused

ENGLISH = (
    "The old bridge at the end of the village was closed for the whole of the winter, and the "
    "people who lived on the other side had to walk for an hour to get to the shop. "
) * 3
GERMAN = (
    "Die alte Brücke am Ende des Dorfes war den ganzen Winter über gesperrt, und die Leute, die "
    "auf der anderen Seite wohnten, mussten eine Stunde gehen, um zu dem Laden zu kommen. "
) * 3
CHINESE = "村口的老桥整个冬天都封着，住在对岸的人要走一个小时才能到商店。" * 12


def page(text: str, lang: str | None = None, declared: str | None = None) -> Page:
    attribute = f' lang="{declared}"' if declared else ""
    html = (
        f'<!doctype html><html{attribute}><head><meta charset="utf-8"><title>t</title></head><body>'
        f'<ul><li><a href="/">Home</a></li></ul><p>{text}</p><p>{text}</p></body></html>'
    )
    return Page("p", html.encode(), lang=lang)


def just(one: Page, **options: object) -> str:
    extract, _ = justext_adapter.load(dict(options))
    return str(extract(one))


def by_library(one: Page, language: str, **options: object) -> str:
    found = justext.justext(one.html, justext.get_stoplist(language), **options)
    return "\n\n".join(p.text for p in found if not p.is_boilerplate)


@pytest.mark.parametrize(
    ("lang", "declared"), [("de", None), (None, "de"), (None, "de-AT"), ("de", "en"), (None, None)]
)
def test_justext_takes_the_stop_list_of_the_page_language(
    lang: str | None, declared: str | None
) -> None:
    one = page(GERMAN, lang, declared)
    assert just(one) == by_library(one, "German") != ""


def test_justext_with_english_on_a_german_page_finds_nothing() -> None:
    # Which is why the language matters.
    assert just(page(GERMAN), stoplist="English") == ""


def test_justext_believes_what_a_page_declares() -> None:
    one = page(GERMAN, declared="el")
    assert just(one) == by_library(one, "Greek") == ""


def test_justext_without_a_stop_list_for_the_language_uses_none() -> None:
    one = page(CHINESE, "zh")
    found = justext.justext(one.html, frozenset(), stopwords_low=0, stopwords_high=0)
    assert just(one) == "\n\n".join(p.text for p in found if not p.is_boilerplate)
    assert CHINESE in just(one)


def test_justext_options_reach_the_library() -> None:
    one = page("A short line that is not good by itself.", "en")
    assert just(one) != just(one, length_low=5, length_high=10)
    assert just(one, length_low=5, length_high=10) == by_library(
        one, "English", length_low=5, length_high=10
    )


def test_every_stop_list_of_the_table_is_there() -> None:
    assert set(justext_adapter.STOP_LISTS.values()) <= justext.get_stoplists()


@pytest.mark.parametrize("options", [{}, {"favor_precision": True}, {"include_tables": False}])
def test_trafilatura_is_called_as_documented(options: dict[str, object]) -> None:
    extract, given = trafilatura_adapter.load(options)
    one = page(ENGLISH)
    assert extract(one) == trafilatura.extract(one.html, **options)
    assert options.items() <= given.items()


def test_readability_becomes_text_by_html_text() -> None:
    extract, _ = readability_lxml.load({})
    one = page(ENGLISH)
    summary = Document(one.html).summary(html_partial=True)
    assert extract(one) == html_text.extract_text(summary)
    assert "Home" not in str(extract(one))


def test_everything_is_what_a_browser_paints() -> None:
    html = """<html><head><title>title</title><style>style {}</style></head><body>
      <nav>nav <a href="/">link</a></nav><script>script()</script><noscript>noscript</noscript>
      <template>template</template><p hidden>hidden</p><p style="color:red; DISPLAY : none">none</p>
      <p>one<br>two</p><!-- comment --><div>three</div><table><tr><td>four</td></tr></table>
      <button>five</button></body></html>"""
    extract, _ = everything.load({})
    assert str(extract(Page("p", html.encode()))).split() == [
        *("nav", "link", "one", "two", "three", "four", "five")
    ]


@pytest.mark.parametrize("html", [b"", b" ", b"\0", b"<!-- -->", b"<html></html>", b"%PDF-1.4"])
def test_the_reference_lines_take_any_page(html: bytes) -> None:
    for module in (everything, nothing):
        extract, _ = module.load({})
        extract(Page("p", html))


def test_everything_decodes_by_what_the_page_declares() -> None:
    extract, _ = everything.load({})
    declared = '<meta charset="iso-8859-7"><p>Καλημέρα</p>'.encode("iso-8859-7")
    assert extract(Page("p", declared)) == "Καλημέρα"
    assert extract(Page("p", "<p>Grüße</p>".encode())) == "Grüße"


def test_fast_is_no_fallback_where_a_release_calls_it_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def extract(
        filecontent: bytes, url: str | None = None, no_fallback: bool = False
    ) -> str | None:
        return "fast" if no_fallback else "slow"

    monkeypatch.setattr(trafilatura, "extract", extract)
    function, given = trafilatura_adapter.load({"fast": True})
    assert function(page(ENGLISH)) == "fast"
    assert given["no_fallback"] is True


@pytest.mark.parametrize("release", ["0.8.4", "0.8.4.1"])
def test_readability_releases_that_fail_on_bytes_get_text(
    monkeypatch: pytest.MonkeyPatch, release: str
) -> None:
    taken = []

    class Taking(Document):  # type: ignore[misc]
        def __init__(self, input: object, **options: object) -> None:
            taken.append(input)
            super().__init__(input, **options)

    monkeypatch.setattr(readability_lxml, "Document", Taking)
    monkeypatch.setattr(readability_lxml.metadata, "version", lambda name: release)
    extract, given = readability_lxml.load({})
    one = page(GERMAN)
    assert "Brücke" in str(extract(one))
    assert taken == [one.html.decode()]
    assert given["call"].startswith("Document(text)")


RICH = f"""<html><head><meta charset="utf-8"><title>title</title></head><body>
    <nav><a href="/">Home</a></nav><main><article><h1>The bridge</h1>
    <p>{ENGLISH} <a href="/target">link</a></p><ul><li>item</li></ul>
    <img src="/i.png" alt="alternative"><p>{ENGLISH}</p></article></main>
    <div class="comments"><p class="comment">{"The comment of a reader. " * 9}</p></div>
    </body></html>""".encode()


def test_resiliparse_gives_the_main_text_alone() -> None:
    extract, given = resiliparse_adapter.load({})
    text = str(extract(Page("p", RICH)))
    assert ENGLISH.strip() in text
    for left_out in ("Home", "alternative", "\u2022", "target", "comment"):
        assert left_out not in text
    assert given["main_content"] is True


def test_resiliparse_is_given_every_option_that_its_release_has(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _, given = resiliparse_adapter.load({"hidden_elements": True})
    assert (given["post_meta"], given["hidden_elements"]) == (True, True)

    def old(html: object, *, post_meta: object = None, **settings: bool) -> str:
        if "hidden_elements" in settings:
            raise TypeError("unexpected keyword argument")
        return f"{post_meta}"

    monkeypatch.setattr(resiliparse_adapter, "extract_plain_text", old)
    extract, given = resiliparse_adapter.load({"post_meta": False})
    assert "hidden_elements" not in given
    assert extract(Page("p", RICH)) == "False"
    with pytest.raises(Refused, match="unknown option 'hidden_elements'"):
        resiliparse_adapter.load({"hidden_elements": True})


@pytest.mark.parametrize("option", ["alt_texts", "list_bullets", "comments", "links"])
def test_resiliparse_options_reach_the_library(option: str) -> None:
    whole = {"main_content": option == "comments"}
    extract, _ = resiliparse_adapter.load({**whole, option: True})
    without = resiliparse_adapter.DEFAULTS | whole
    expected = extract_plain_text(RICH.decode(), **(without | {option: True}))
    assert extract(Page("p", RICH)) == expected != extract_plain_text(RICH.decode(), **without)


def test_beautiful_soup_gets_bytes_and_keeps_words_apart() -> None:
    extract, _ = bs4_adapter.load({})
    text = extract(
        Page("p", "<meta charset=cp1251><p>Мост<b>закрыт</b><script>x</script>".encode("cp1251"))
    )
    assert text == "Мост закрыт"
    extract, _ = bs4_adapter.load({"features": "html.parser", "separator": "|"})
    assert extract(Page("p", RICH)) == BeautifulSoup(RICH, "html.parser").get_text("|", strip=True)


def test_html_text_options_reach_the_library() -> None:
    extract, _ = html_text_adapter.load({"guess_layout": False})
    assert extract(Page("p", RICH)) == html_text.extract_text(RICH.decode(), guess_layout=False)
    assert "\n" not in str(extract(Page("p", RICH)))


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("flag", 1, "takes true or false"),
        ("count", "many", "takes a number"),
        ("count", True, "takes a number"),
        ("word", 3, "takes text"),
        ("wrod", "x", "did you mean word"),
    ],
)
def test_an_option_of_another_type_is_refused(name: str, value: object, complaint: str) -> None:
    with pytest.raises(Refused, match=complaint):
        check_values({name: value}, {"flag": False, "count": 3, "word": "a", "any": None})


def test_an_unknown_option_is_refused() -> None:
    modules = (
        *(everything, nothing, trafilatura_adapter, readability_lxml, justext_adapter),
        *(resiliparse_adapter, bs4_adapter, html_text_adapter),
    )
    for module in modules:
        with pytest.raises(Refused, match="unknown option 'colour'"):
            module.load({"colour": "red"})
