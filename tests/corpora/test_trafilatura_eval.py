import json
import shutil

import pytest

from boilerbench.corpora import load_corpus, trafilatura_eval
from boilerbench.corpora.manifest import known
from boilerbench.errors import UserError

LATIN = "<p>Übung</p>".encode("latin-1")


def annotate(copy, annotations):
    (copy / "tests" / "evaldata.json").write_text(json.dumps(annotations))


def entry(file, wanted=("yes",), unwanted=("no",)):
    return {"file": file, "with": list(wanted), "without": list(unwanted), "title": "t"}


@pytest.fixture
def copy(tmp_path):
    for place, files in {"cache": ["b.html"], "eval": ["a.b.html", "b.html", "c.html"]}.items():
        (tmp_path / "tests" / place).mkdir(parents=True)
        for file in files:
            (tmp_path / "tests" / place / file).write_bytes(LATIN + place.encode())
    annotate(
        tmp_path,
        {
            "https://News.example/x ": entry("b.html", ["one", "two"]),
            "http://blog.example:80/y": entry("a.b.html"),
            "hard::c.html": entry("c.html"),
        },
    )
    return tmp_path


def broken(folder):
    with pytest.raises(UserError) as caught:
        list(trafilatura_eval.read(folder))
    assert f"{folder} is not a whole copy of trafilatura" in caught.value.message
    return caught.value.message


@pytest.fixture(scope="module")
def real(upstream):
    return load_corpus("trafilatura", upstream("trafilatura-eval"))


def test_a_real_copy_has_the_pinned_pages_and_digest(real):
    pinned = known()["trafilatura"]
    assert len(real) == pinned.split().pages == 990
    assert real.digest == pinned.split().digest
    assert pinned.commit.startswith(pinned.version)


def test_a_real_copy_has_the_published_number_of_snippets_and_no_text(real):
    assert sum(len(gold.must) for gold in real.gold.values()) == 2951
    assert sum(len(gold.must_not) for gold in real.gold.values()) == 2966
    assert all(gold.must and gold.must_not for gold in real.gold.values())
    assert {(gold.text, gold.markdown) for gold in real.gold.values()} == {("", "")}


def test_the_pages_of_a_real_copy_are_the_stored_bytes(real, upstream):
    tests = upstream("trafilatura-eval") / "tests"
    stored = {file.stem: file for place in ("eval", "cache") for file in (tests / place).iterdir()}
    pages = list(real.pages())
    assert [page.id for page in pages] == list(real.gold) == sorted(stored)
    assert all(page.html == stored[page.id].read_bytes() for page in pages)
    assert sum(page.url is None for page in pages) == 37
    assert all((page.site is None) == (page.url is None) for page in pages)
    assert {(page.lang, page.kind) for page in pages} == {(None, None)}


def test_pages_come_by_id_and_the_cache_hides_what_is_in_eval(copy):
    pages = list(trafilatura_eval.read(copy))
    assert [page.id for page, _ in pages] == ["a.b", "b", "c"]
    assert [page.html for page, _ in pages] == [LATIN + b"eval", LATIN + b"cache", LATIN + b"eval"]


def test_addresses_are_stripped_and_labels_are_none(copy):
    pages = [page for page, _ in trafilatura_eval.read(copy)]
    assert [page.url for page in pages] == [
        "http://blog.example:80/y",
        "https://News.example/x",
        None,
    ]
    assert [page.site for page in pages] == ["blog.example", "news.example", None]


def test_snippets_are_the_gold(copy):
    gold = {page.id: gold for page, gold in trafilatura_eval.read(copy)}["b"]
    assert (gold.page_id, gold.text, gold.must, gold.must_not) == ("b", "", ("one", "two"), ("no",))


def test_names_that_differ_in_their_suffix_alone_are_ids_as_a_whole(copy):
    (copy / "tests" / "eval" / "c.htm").write_bytes(b"x")
    annotate(copy, {"http://a": entry("c.html"), "http://b": entry("c.htm")})
    assert [page.id for page, _ in trafilatura_eval.read(copy)] == ["c.htm", "c.html"]


def test_one_page_under_two_addresses_is_refused(copy):
    annotate(copy, {"http://a": entry("c.html"), "http://b": entry("c.html")})
    assert "'c.html' is annotated twice: http://a and http://b" in broken(copy)


def test_a_missing_page_is_named(copy):
    (copy / "tests" / "eval" / "c.html").unlink()
    assert "c.html is missing" in broken(copy)


def test_missing_annotations_are_named(copy):
    (copy / "tests" / "evaldata.json").unlink()
    assert "evaldata.json is missing" in broken(copy)
    shutil.rmtree(copy / "tests")
    assert "evaldata.json is missing" in broken(copy)


@pytest.mark.parametrize(
    "annotations",
    [
        "",
        "[]",
        '{"http://a": 5}',
        '{"http://a": {"file": "c.html", "with": ["x"]}}',
        '{"http://a": {"file": "c.html", "with": "x", "without": []}}',
        '{"http://a": {"file": "c.html", "with": [5], "without": []}}',
        '{"http://a": {"with": [], "without": []}}',
        '{"http://a": {"file": "../evaldata.json", "with": [], "without": []}}',
        '{"http://[": {"file": "c.html", "with": [], "without": []}}',
    ],
)
def test_annotations_of_another_form_are_refused(copy, annotations):
    (copy / "tests" / "evaldata.json").write_text(annotations)
    broken(copy)
