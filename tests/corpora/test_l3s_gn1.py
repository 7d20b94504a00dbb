import shutil

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from boilerbench.corpora import l3s_gn1
from boilerbench.errors import UserError
from boilerbench.metrics.blocks import BOILERPLATE, CONTENT
from boilerbench.types import Block

ONE, TWO = "0a1b2c3d-0000-4000-8000-000000000001", "0a1b2c3d-0000-4000-8000-000000000002"
BYTES = b"<p>\xff\x00caf\xe9</p>"


def span(label, text):
    return f'<span class="x-nc-sel{label}">{text}</span>'


ANNOTATED = f"""<html><head><title>{span(1, "unseen")}</title></head><body>
<div>{span(0, "Home")} {span(0, "Sport")}</div>
<h1>{span(1, "Bridge opens")}</h1>
<p>{span(2, "The bridge ")}<a href="#">{span(2, "opened")}</a>{span(2, " at noon.")}</p>
<p>{span(2, "It is long.<br>")}</p>
<p>{span(3, "Photo: R. &amp; Sons")}</p>
<ul><li>{span(4, "More news")}</li></ul>
<p>{span(5, "Great!")}</p>
<p>Nobody labelled this.</p>
<div class="x-nc-invisible">{span(2, "not shown")}</div>
<script>var x = "{span(2, "code")}";</script>
</body></html>"""


@pytest.fixture
def copy(tmp_path):
    for place in ("original", "annotated"):
        (tmp_path / place).mkdir()
        for page_id in (TWO, ONE):
            html = BYTES if place == "original" else ANNOTATED.encode()
            (tmp_path / place / f"{page_id}.html").write_bytes(html)
    (tmp_path / "url-mapping.txt").write_text(f"<urn:uuid:{ONE}>\thttp://news.example/1?a=b c\n\n")
    return tmp_path


def broken(copy):
    with pytest.raises(UserError) as caught:
        list(l3s_gn1.read(copy))
    assert f"{copy} is not a whole copy of l3s-gn1" in caught.value.message
    assert "\n" not in caught.value.message
    return caught.value.message


def test_pages_come_by_id_with_their_own_bytes_and_address(copy):
    (page, gold), (following, _) = l3s_gn1.read(copy)
    assert (page.id, following.id, gold.page_id) == (ONE, TWO, ONE)
    assert page.html == BYTES
    assert (page.url, page.site) == ("http://news.example/1?a=b c", "news.example")
    assert (following.url, following.site) == (None, None)
    assert (page.kind, page.lang) == ("article", None)


def test_the_gold_text_is_headline_full_text_and_supplemental(copy):
    _, gold = next(l3s_gn1.read(copy))
    assert gold.text.splitlines() == [
        "Bridge opens",
        "The bridge opened at noon.",
        "It is long.",
        "Photo: R. & Sons",
    ]


def test_blocks_label_the_whole_visible_page_in_order(copy):
    _, gold = next(l3s_gn1.read(copy))
    assert gold.blocks == (
        Block("boilerplate", "Home Sport"),
        Block("heading", "Bridge opens"),
        Block("content", "The bridge opened at noon."),
        Block("content", "It is long."),
        Block("content", "Photo: R. & Sons"),
        Block("related", "More news"),
        Block("comments", "Great!"),
        Block("boilerplate", "Nobody labelled this."),
    )


def test_its_kinds_are_those_that_metrics_know():
    assert set(l3s_gn1.KINDS.values()) <= CONTENT | BOILERPLATE
    assert set(l3s_gn1.KINDS.values()) & CONTENT == l3s_gn1.WANTED


@pytest.mark.parametrize(
    ("html", "blocks"),
    [
        # A span that holds another has no text of its own.
        (f"<p>{span(2, 'outer ' + span(2, 'inner'))}</p>", ["boilerplate outer", "content inner"]),
        (f"<p>{span(2, 'a <b>bold</b> word')}</p>", ["content a bold word"]),
        (f"<p>{span(2, 'one')}{span(0, 'two')}</p>", ["content one", "boilerplate two"]),
        (f"<p>{span(2, 'one<br>two')}</p>", ["content one", "content two"]),
        (f"<td>{span(2, 'cell')}</td>", ["content cell"]),
        ('<span class="big x-nc-sel1 red">x</span>', ["heading x"]),
        ('<span class="x-nc-sel9">x</span>', ["boilerplate x"]),
        ("", []),
        (f"{span(2, ' ')}", []),
    ],
)
def test_blocks_end_where_a_label_or_a_line_does(html, blocks):
    assert [f"{block.kind} {block.text}" for block in l3s_gn1.labelled(html)] == blocks


def test_a_page_nested_beyond_the_stack_is_read():
    html = "<div>" * 5000 + span(2, "deep")
    assert l3s_gn1.labelled(html) == (Block("content", "deep"),)


def test_annotations_in_another_encoding_are_read(copy):
    (copy / "annotated" / f"{ONE}.html").write_bytes(f"<p>{span(2, 'café')}".encode("latin-1"))
    assert next(l3s_gn1.read(copy))[1].text == "café"


def test_the_archives_own_folder_may_stand_around_it(copy):
    inner = copy / l3s_gn1.FOLDER
    inner.mkdir()
    for name in ("original", "annotated", "url-mapping.txt"):
        shutil.move(copy / name, inner / name)
    assert [page.id for page, _ in l3s_gn1.read(copy)] == [ONE, TWO]


@pytest.mark.parametrize("place", ["original", "annotated"])
def test_a_page_without_its_other_copy_is_named(copy, place):
    (copy / place / f"{TWO}.html").unlink()
    assert f"{place}/{TWO}.html is missing" in broken(copy)


@pytest.mark.parametrize("lost", ["original", "annotated", "url-mapping.txt"])
def test_what_is_missing_is_named(copy, lost):
    file = copy / lost
    shutil.rmtree(file) if file.is_dir() else file.unlink()
    assert f"{lost} is missing" in broken(copy)


@pytest.mark.parametrize("line", ["x", f"<urn:uuid:{ONE}>", f"<urn:uuid:{ONE}>\thttp://["])
def test_a_mapping_of_another_form_is_refused(copy, line):
    (copy / "url-mapping.txt").write_text(line)
    broken(copy)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(page=st.binary(), annotated=st.binary())
def test_any_bytes_are_read_and_a_page_keeps_its_own(copy, page, annotated):
    (copy / "original" / f"{ONE}.html").write_bytes(page)
    (copy / "annotated" / f"{ONE}.html").write_bytes(annotated)
    assert next(l3s_gn1.read(copy))[0].html == page


@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.text(st.characters(categories=["L", "N"]), min_size=1)),
        max_size=8,
    )
)
def test_every_labelled_text_is_in_its_block(found):
    html = "".join(f"<p>{span(label, text)}</p>" for label, text in found)
    kinds = [l3s_gn1.KINDS[f"x-nc-sel{label}"] for label, _ in found]
    assert [(block.kind, block.text) for block in l3s_gn1.labelled(html)] == [
        (kind, text) for kind, (_, text) in zip(kinds, found, strict=True)
    ]
