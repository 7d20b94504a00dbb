import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boilerbench.corpora import load_corpus, webmainbench
from boilerbench.corpora.manifest import known
from boilerbench.corpora.webmainbench import unmarked
from boilerbench.errors import UserError

TRACES = re.compile(
    r'cc-select|cc-extraStyle|cc-unloaded|mark-selected|anno-uid|marked-t|selecto-| style=""'
)

SHEET = '<style id="cc-extraStyle" name="cc">\n.mark-selected { outline: 1px }\n</style>'


def line(**changes):
    made = {
        "track_id": "a",
        "url": "https://wiki.example/a",
        "html": '<p cc-select="true">Text</p>',
        "groundtruth_content": "# Text",
        "meta": {"language": "en", "style": "Article", "level": "mid"},
    } | changes
    return {key: value for key, value in made.items() if value is not ...}


def write(folder, name, *records):
    (folder / "data").mkdir(exist_ok=True)
    lines = (one if isinstance(one, str) else json.dumps(one) for one in records)
    (folder / "data" / name).write_text("\n".join(lines))


def read(folder, *records):
    write(folder, "set.jsonl", *records)
    return list(webmainbench.read(folder))


def broken(folder, *records):
    with pytest.raises(UserError) as caught:
        read(folder, *records)
    assert str(folder) in caught.value.message
    return caught.value.message


@pytest.fixture(scope="module")
def real(upstream):
    return load_corpus("webmainbench", upstream("webmainbench-sample"))


@pytest.fixture(scope="module")
def stored(upstream):
    """The pages of a real copy as stored, by id."""
    html = {}
    for file in sorted((upstream("webmainbench-sample") / "data").glob("*ample*.jsonl")):
        for record in map(json.loads, file.read_text(encoding="utf-8").splitlines()):
            html[record["track_id"]] = record["html"]
    return html


def test_a_real_copy_has_the_pinned_pages_and_digest(real):
    pinned = known()["webmainbench"]
    assert len(real) == pinned.split().pages == 5
    assert real.digest == pinned.split().digest
    assert pinned.commit.startswith(pinned.version)


def test_a_real_copy_states_languages_and_markdown(real):
    assert sorted(str(about["lang"]) for about in real.about.values()) == [
        "None", "en", "en", "en", "zh"
    ]  # fmt: skip
    assert all(gold.text and gold.text == gold.markdown for gold in real.gold.values())


def test_a_page_in_two_files_of_a_real_copy_keeps_the_later_gold(real, upstream):
    page_id = "33e291cd-5b26-48b1-977f-3c63b45e6d13"
    later = upstream("webmainbench-sample") / "data" / "WebMainBench_dataset_sample2.jsonl"
    records = map(json.loads, later.read_text(encoding="utf-8").splitlines())
    (text,) = [one["groundtruth_content"] for one in records if one["track_id"] == page_id]
    assert real.gold[page_id].text == text


def test_no_page_of_a_real_copy_has_a_trace_of_the_annotators_left(real, stored):
    for page in real.pages():
        html = page.html.decode()
        assert TRACES.search(stored[page.id])
        assert not TRACES.search(html)


def test_nothing_else_of_a_real_page_changes(real, stored):
    """What is gone is a list of known pieces, found by another way: the difference of both sides,
    read from left to right."""
    piece = re.compile(
        r'\s*\b(?:cc-select="true"|data-anno-uid="anno-uid-\w+"|style=""'
        r'|class="(?:mark-selected|cc-unloaded)")'
        r"|\s(?:mark-selected|cc-unloaded)(?=\")"
        r"|</?marked-(?:text|tail)(?:\s[^<>]*)?>"
        r'|<style id="cc-extraStyle"[^>]*>[^<]*</style>'
    )
    for page in real.pages():
        rest = re.sub(r"\s+", "", piece.sub("", stored[page.id]))
        assert re.sub(r"\s+", "", page.html.decode()) == rest


@pytest.mark.parametrize(
    ("html", "plain"),
    [
        ('<p cc-select="true">x</p>', "<p>x</p>"),
        ("<p cc-select>x</p>", "<p>x</p>"),
        ('<P CC-SELECT="true" Class="mark-selected" ID=a>x</P>', "<P ID=a>x</P>"),
        ('<p id="a" cc-select="true" title="b">', '<p id="a" title="b">'),
        ('<p data-anno-uid="anno-uid-1" style="">', "<p>"),
        ("<p style=''>", "<p>"),
        ('<p style="color: red" style>', '<p style="color: red" style>'),
        ('<p class="lead mark-selected">', '<p class="lead">'),
        ('<p class="mark-selected lead">', '<p class="lead">'),
        ('<p class="a mark-selected  b">', '<p class="a b">'),
        ("<p class=mark-selected>", "<p>"),
        ('<p class="a  b">', '<p class="a  b">'),
        ('<p class="">', '<p class="">'),
        ('<p class="mark-selected-2 cc-">', '<p class="mark-selected-2 cc-">'),
        ('<img src="" class="wide cc-unloaded" />', '<img src="" class="wide" />'),
        ('<br cc-select="true"/>', "<br/>"),
        ('<a href="x"cc-select="true">', '<a href="x">'),
        ('<marked-text cc-select="true">x <b>y</b></marked-text>', "x <b>y</b>"),
        ("<p>x<marked-tail>y</marked-tail></p>", "<p>xy</p>"),
        (f"<head>\n{SHEET}<style>p {{}}</style>", "<head>\n<style>p {}</style>"),
        ('<style ID=cc-extraStyle>', ""),
        ('<script data-anno-uid="a">if (1<2) x(\'<p style="">\')</script>',
         '<script>if (1<2) x(\'<p style="">\')</script>'),
        ('<textarea><p style=""></textarea><p style="">', '<textarea><p style=""></textarea><p>'),
        ('<!-- <p style=""> --><p style="">', '<!-- <p style=""> --><p>'),
        ('<p title=\'say style="" or >\' style="">', '<p title=\'say style="" or >\'>'),
        ('a < b and cc-select="true" > c', 'a < b and cc-select="true" > c'),
        ('<script cc-select="true">never closed', "<script>never closed"),
        ('<p cc-select="true', '<p cc-select="true'),
        ("", ""),
    ],
)  # fmt: skip
def test_marks_are_taken_out_and_all_else_stays(html, plain):
    assert unmarked(html) == plain


@given(st.text("<>/ab \n\"'=!-x", max_size=60))
def test_a_page_without_marks_stays_as_it_is(html):
    assert unmarked(html) == html


def test_a_record_becomes_a_page_and_its_gold(tmp_path):
    ((page, gold),) = read(tmp_path, line())
    assert (page.id, page.html, page.url) == ("a", b"<p>Text</p>", "https://wiki.example/a")
    assert (page.lang, page.kind, page.site) == ("en", "article", "wiki.example")
    assert (gold.page_id, gold.text, gold.markdown) == ("a", "# Text", "# Text")


def test_older_forms_of_a_record_are_read(tmp_path):
    old = line(track_id=..., id="0", meta=..., language="zh", url=None)
    old |= {"groundtruth_content": None, "convert_main_content": "*x*"}
    ((page, gold),) = read(tmp_path, old)
    assert (page.id, page.lang, page.kind, page.url, page.site) == ("0", "zh", None, None, None)
    assert gold.text == "*x*"


@pytest.mark.parametrize(
    ("stated", "lang"),
    [("en", "en"), ("EN", "en"), ("Chinese", "zh"), ("mixed words", None), ("", None),
     (None, None)],
)  # fmt: skip
def test_a_language_is_a_code_or_none(tmp_path, stated, lang):
    ((page, _),) = read(tmp_path, line(meta={"language": stated}))
    assert page.lang == lang


@pytest.mark.parametrize(
    ("style", "kind"),
    [("Content Listing", "listing"), ("Content_Listing", "listing"), ("Forum", "forum"),
     ("Forum_or_Article_with_commentsection", None), ("Other", None), (None, None)],
)  # fmt: skip
def test_a_style_is_one_of_our_kinds_or_none(tmp_path, style, kind):
    ((page, _),) = read(tmp_path, line(meta={"style": style}))
    assert page.kind == kind


def test_pages_come_by_id_from_all_files_but_the_made_up_ones(tmp_path):
    write(tmp_path, "a.jsonl", line(track_id="c"), "", line(track_id="a"))
    write(tmp_path, "test_model.jsonl", line(track_id="d"))
    pages = read(tmp_path, line(track_id="b"))
    assert [page.id for page, _ in pages] == ["a", "b", "c"]


@pytest.mark.parametrize("later_first", [True, False])
def test_the_record_with_meta_wins(tmp_path, later_first):
    both = [line(groundtruth_content="new"), line(groundtruth_content="old", meta=...)]
    ((_, gold),) = read(tmp_path, *(both if later_first else both[::-1]))
    assert gold.text == "new"


def test_the_same_id_twice_is_refused_where_neither_is_the_later(tmp_path):
    message = broken(tmp_path, line(), line())
    assert "set.jsonl, line 1 and set.jsonl, line 2 hold the id 'a'" in message
    broken(tmp_path, line(), line(meta=..., html="<p>other</p>"))


def test_a_folder_without_files_is_refused(tmp_path):
    with pytest.raises(UserError, match=r"not a whole copy of webmainbench: \*\.jsonl is missing"):
        list(webmainbench.read(tmp_path))


def test_files_may_lie_in_the_folder_itself(tmp_path):
    (tmp_path / "set.jsonl").write_text(json.dumps(line()))
    assert len(list(webmainbench.read(tmp_path))) == 1


@pytest.mark.parametrize(
    "changes",
    [{"track_id": ...}, {"track_id": 5}, {"html": ...}, {"html": 5}, {"groundtruth_content": ...},
     {"groundtruth_content": 5}, {"meta": 5}, {"meta": {"language": 5}}, {"url": 5}],
)  # fmt: skip
def test_a_record_of_another_form_is_refused(tmp_path, changes):
    broken(tmp_path, line(**changes))


def test_marks_that_cannot_be_taken_out_are_an_error(tmp_path):
    message = broken(tmp_path, line(html='<p>x<!-- <p cc-select="true"> -->'))
    assert "set.jsonl, line 1: marks of the annotators" in message


def test_what_is_not_json_is_refused(tmp_path):
    assert "line 1: not JSON" in broken(tmp_path, "{")
