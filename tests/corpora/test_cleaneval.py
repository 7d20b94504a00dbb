import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from boilerbench.corpora import cleaneval
from boilerbench.corpora.cleaneval import Segment, Wrapper
from boilerbench.errors import UserError
from boilerbench.metrics.markdown import structure

BARE = b"\n<html><meta charset=utf-8>\n<p>\xff\x00caf\xe9</p></html>\n"
WRAPPED = b'<text id="http://a.example/x?y=1&amp;z" title="A > B" encoding="utf8">' + BARE
WRAPPED += b"</text>\n"
GOLD = """
URL: http://b.example/gold

   <h>On bridges &#8211; a
     history

   <p>A bridge, wrapped over
   two lines, of R. &amp; Sons.
   <P> Capital mark.
   <l>one
   <l>two

   unmarked
"""
TEXT = """On bridges – a history
A bridge, wrapped over two lines, of R. & Sons.
Capital mark.
one
two
unmarked"""
MARKDOWN = """# On bridges – a history

A bridge, wrapped over two lines, of R. \\& Sons.

Capital mark.

- one

- two

unmarked"""


def write(folder, pages="orig", golds="clean"):
    for place, ending, data in ((pages, ".html", WRAPPED), (golds, ".txt", GOLD.encode())):
        (folder / place).mkdir(parents=True)
        for page_id in ("2", "10", "1"):
            (folder / place / f"{page_id}{ending}").write_bytes(data)
    return folder


@pytest.fixture
def copy(tmp_path):
    return write(tmp_path)


def broken(copy, read=cleaneval.read, name="cleaneval"):
    with pytest.raises(UserError) as caught:
        list(read(copy))
    assert f"{copy} is not a whole copy of {name}" in caught.value.message
    assert "\n" not in caught.value.message
    return caught.value.message


@pytest.mark.parametrize(("pages", "golds"), cleaneval.FOLDERS)
@pytest.mark.parametrize("place", cleaneval.PLACES)
def test_pages_come_by_id_from_both_layouts(tmp_path, place, pages, golds):
    write(tmp_path / place, pages, golds)
    (page, gold), *others = cleaneval.read(tmp_path)
    assert [page.id, *(other.id for other, _ in others)] == ["1", "10", "2"]
    assert page.html == BARE + b"\n"
    assert (page.url, page.site, page.kind) == ("http://a.example/x?y=1&z", "a.example", None)
    assert (gold.page_id, gold.text, gold.markdown) == ("1", TEXT, MARKDOWN)
    assert gold.blocks == ()


def test_the_portals_pages_are_articles(tmp_path):
    page, _ = next(cleaneval.read_portal(write(tmp_path, "input", "GoldStandard")))
    assert page.kind == "article"
    assert "orig/ and clean/" in broken(tmp_path / "x", cleaneval.read_portal, "cleanportaleval")


def test_the_address_is_that_of_the_gold_where_the_wrapper_has_none(copy):
    (copy / "orig" / "1.html").write_bytes(b"<p>x</p>")
    page, _ = next(cleaneval.read(copy))
    assert (page.html, page.url, page.site) == (b"<p>x</p>", "http://b.example/gold", "b.example")


@pytest.mark.parametrize("stated", ["", "mailto:x", "http://[", "none"])
def test_what_is_no_address_is_none(copy, stated):
    (copy / "orig" / "1.html").write_bytes(b'<text id="%s">x</text>' % stated.encode())
    (copy / "clean" / "1.txt").write_text(f"URL: {stated}\n<p>x")
    page, gold = next(cleaneval.read(copy))
    assert (page.url, page.site, page.html, gold.text) == (None, None, b"x", "x")


def test_a_page_that_nobody_cleaned_is_left_out(copy):
    (copy / "clean" / "2.txt").unlink()
    (copy / "clean" / "._1.txt").write_text("a file manager's")
    assert [page.id for page, _ in cleaneval.read(copy)] == ["1", "10"]


def test_gold_without_its_page_is_named(copy):
    (copy / "orig" / "2.html").unlink()
    assert "2.html is missing" in broken(copy)


def test_missing_folders_are_named(tmp_path):
    assert "input/ and GoldStandard/ are missing" in broken(tmp_path)


@pytest.mark.parametrize(
    ("tag", "wrapper"),
    [
        (b'<text id="u">', Wrapper()),
        (b'<TEXT ID="http://a/" >', Wrapper("http://a/")),
        (b'<text title="&lt;b&gt; <b>" encoding="gb2312">', Wrapper(None, "<b> <b>", "gb2312")),
        (b'<text id="http://a/" title="5" TV" encoding="utf8">', Wrapper("http://a/", "5", "utf8")),
        (b'<text id="http://a/"\ntitle="over\nlines">', Wrapper("http://a/", "over\nlines")),
        (b"<text id=x>", Wrapper()),
    ],
)
def test_the_wrapper_goes_and_what_it_says_can_be_told(tag, wrapper):
    page = b'<p title="x">1 > 0</p>'
    assert cleaneval.unwrapped(tag + page + b"</text>") == (page, wrapper)
    assert cleaneval.unwrapped(b"\xef\xbb\xbf\n" + tag + page) == (
        b"\xef\xbb\xbf\n" + page,
        wrapper,
    )


@pytest.mark.parametrize(
    "page",
    [b"", b"<textarea>x</text>", b"<p><text id='u'>x</text>", b"<svg><text x='1'>y</text></svg>"],
)
def test_a_page_without_a_wrapper_stays_as_it_is(page):
    assert cleaneval.unwrapped(page) == (page, Wrapper())


def test_an_end_tag_inside_the_page_stays():
    page = b"<svg><text>y</text></svg>"
    assert cleaneval.unwrapped(b'<text id="u">' + page)[0] == page


@given(st.binary())
def test_a_wrapped_page_keeps_its_bytes(page):
    assert cleaneval.unwrapped(b'<text id="u">' + page + b"</text>")[0] == page


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(page=st.binary(), gold=st.binary())
def test_any_bytes_are_read(copy, page, gold):
    (copy / "orig" / "1.html").write_bytes(page)
    (copy / "clean" / "1.txt").write_bytes(gold)
    found, _ = next(cleaneval.read(copy))
    assert found.html == cleaneval.unwrapped(page)[0]


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("", []),
        ("URL: http://a/", []),
        ("plain", [Segment("p", "plain")]),
        ("<h>\n\n  Title\n\nText\n", [Segment("h", "Title"), Segment("p", "Text")]),
        ("<l>a</l> b", [Segment("l", "a"), Segment("p", "b")]),
        ("<p>URL: kept", [Segment("p", "URL: kept")]),
        ("<p>a <l>b", [Segment("p", "a"), Segment("l", "b")]),
        ("<p>&lt;p&gt; &#039;x&#039;&nbsp;y", [Segment("p", "<p> 'x' y")]),
        ("<pThe {p} <b>", [Segment("p", "<pThe {p} <b>")]),
        ("<p>&#" + "9" * 5000 + ";", [Segment("p", "&#" + "9" * 5000 + ";")]),
    ],
)
def test_segments(text, segments):
    assert cleaneval.segments(text)[1] == segments


@given(
    st.lists(
        st.tuples(
            st.sampled_from("phl"),
            st.text(st.sampled_from("ab1 2#*_-+=>~|`[]()!.:\\&;<x/\n"), min_size=1),
        ),
        max_size=6,
    )
)
def test_the_markdown_has_the_segments_and_no_other_structure(marked):
    _, found = cleaneval.segments("\n".join(f"<{mark}>{text}" for mark, text in marked))
    _, gold = cleaneval.pair("1", b"", "\n".join(f"<{m}>{t}" for m, t in marked).encode())
    shown = structure(gold.markdown)
    assert [one.text for one in shown.headings] == [one.text for one in found if one.mark == "h"]
    assert [one.text for one in shown.items] == [one.text for one in found if one.mark == "l"]
    assert (shown.tables, shown.code) == ((), ())
    assert gold.text == "\n".join(one.text for one in found)


def test_long_runs_of_white_space_take_no_quadratic_time():
    cleaneval.segments("\n" * 300_000 + " " * 300_000 + "<p>x" + " \n" * 300_000)
    cleaneval.is_marked(" " * 600_000 + "\n" * 300_000)
    cleaneval.unwrapped(b"<text " + b' a="' * 100_000)
    cleaneval.unwrapped(b"<text " + b" " * 300_000)
    cleaneval.unwrapped(b'<text id="u">' + b"</text " * 100_000 + b" " * 300_000)
