import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from boilerbench.corpora import pairs
from boilerbench.errors import UserError

BYTES = b"<p>\xff\x00caf\xe9</p>"


def write(folder, pages="html", texts="text", ids=("b", "a")):
    for place in (pages, texts):
        (folder / place).mkdir()
    for page_id in ids:
        (folder / pages / f"{page_id}.html").write_bytes(BYTES)
        (folder / texts / f"{page_id}.txt").write_text(f"Text of {page_id}.\n\n<b>\n")
    return folder


@pytest.fixture
def folder(tmp_path):
    return write(tmp_path)


def refused(folder):
    with pytest.raises(UserError) as caught:
        list(pairs.read(folder))
    assert str(folder) in caught.value.message
    return caught.value.message


@pytest.mark.parametrize(
    ("pages", "texts"),
    [
        *((pages, "text") for pages in pairs.PAGES),
        *(("html", texts) for texts in pairs.TEXTS),
        ("HTML", "corrected"),
    ],
)
def test_pages_and_texts_pair_by_name(tmp_path, pages, texts):
    (page, gold), (following, _) = pairs.read(write(tmp_path, pages, texts))
    assert (page.id, following.id, gold.page_id) == ("a", "b", "a")
    assert (page.html, page.url, page.kind) == (BYTES, None, None)
    assert (gold.text, gold.markdown) == ("Text of a.\n\n<b>", "")


def test_cleanevals_form_is_read_as_such(folder):
    (folder / "html" / "a.html").write_bytes(b'<text id="http://a.example/">x</text>')
    (folder / "text" / "a.txt").write_bytes(b"<h>T&auml;glich\n<p>caf\xe9")
    page, gold = next(pairs.read(folder))
    assert (page.html, page.url, page.site) == (b"x", "http://a.example/", "a.example")
    assert (gold.text, gold.markdown) == ("Täglich\ncafé", "# Täglich\n\ncafé")


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("c.htm", "c.txt"),
        ("c.HTML", "c.html.txt"),
        ("c.html", "c.html.corrected.txt"),
        ("c.d.html", "c.d.txt"),
    ],
)
def test_a_text_may_carry_its_pages_ending(folder, page, text):
    (folder / "html" / page).write_bytes(b"x")
    (folder / "text" / text).write_bytes(b"y")
    assert [one.id for one, _ in pairs.read(folder)] == ["a", "b", page.rpartition(".")[0]]


def test_other_files_do_not_matter(folder):
    for name in ("README", ".DS_Store", "._a.html", "list.csv"):
        (folder / "html" / name).write_text("x")
        (folder / "text" / name).write_text("x")
    assert len(list(pairs.read(folder))) == 2


def test_pages_without_a_text_are_counted_and_named(folder):
    for number in range(7):
        (folder / "html" / f"p{number}.html").write_bytes(b"x")
    message = refused(folder)
    assert "page without a text, 7 in all: p0, p1, p2, p3, p4 …" in message


def test_texts_without_a_page_are_named(folder):
    (folder / "html" / "b.html").unlink()
    assert "text without a page, 1 in all: b" in refused(folder)


@pytest.mark.parametrize("name", ["a.htm", "a.HTML"])
def test_two_files_of_one_id_are_refused(folder, name):
    (folder / "html" / name).write_bytes(b"x")
    assert "of one id" in refused(folder)


def test_folders_must_be_clear(folder, tmp_path):
    (folder / "raw").mkdir()
    assert "has several folders of pages: html and raw" in refused(folder)
    for place in ("html", "raw"):
        (folder / place).rename(folder / f"my-{place}")
    assert refused(folder) == f"{folder} has no folder of pages"
    (folder / "raw").mkdir()
    (folder / "text").rename(folder / "plain")
    with pytest.raises(UserError) as caught:
        list(pairs.read(folder))
    assert caught.value.message == f"{folder} has no folder of texts"
    assert "GoldStandard, text, texts, txt" in caught.value.hint


def test_pages_and_texts_may_lie_side_by_side(tmp_path):
    for page_id in "ba":
        (tmp_path / f"{page_id}.html").write_bytes(BYTES)
        (tmp_path / f"{page_id}.txt").write_text(page_id)
    (tmp_path / "images").mkdir()
    read = [(page.id, page.html, gold.text) for page, gold in pairs.read(tmp_path)]
    assert read == [("a", BYTES, "a"), ("b", BYTES, "b")]
    (tmp_path / "b.txt").unlink()
    assert "page without a text, 1 in all: b" in refused(tmp_path)


def test_an_empty_or_missing_folder_is_refused(tmp_path):
    write(tmp_path, ids=())
    assert "no pages in" in refused(tmp_path)
    assert "cannot read" in refused(tmp_path / "missing")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(page=st.binary().filter(lambda page: b"<text" not in page), text=st.binary())
def test_any_bytes_are_read_and_a_page_keeps_its_own(folder, page, text):
    (folder / "html" / "a.html").write_bytes(page)
    (folder / "text" / "a.txt").write_bytes(text)
    assert next(pairs.read(folder))[0].html == page
