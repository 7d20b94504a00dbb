import json
from collections import Counter

import pytest

from boilerbench.corpora import daniel, load_corpus
from boilerbench.corpora.manifest import known
from boilerbench.errors import UserError

ONE, TWO, THREE = (f"2012010{n}_news.example_{n}" for n in (1, 2, 3))


@pytest.fixture
def copy(tmp_path):
    corpus = tmp_path / "corpora" / "Corpus_daniel_v2.1"
    for place, ids in {"html": (TWO, ONE), "reference": (ONE, TWO, THREE)}.items():
        (corpus / place).mkdir(parents=True)
        for page_id in ids:
            (corpus / place / page_id).write_bytes(
                b"<p>\xff</p>" if place == "html" else b"<p>x</p>"
            )
    languages = {ONE: "Greek", TWO: "Chinese", THREE: "Polish"}
    (corpus / "doc_lg.json").write_text(json.dumps(languages))
    return corpus


def read(copy):
    return list(daniel.read(copy.parents[1]))


def broken(copy):
    with pytest.raises(UserError) as caught:
        read(copy)
    assert f"{copy.parents[1]} is not a whole copy of daniel" in caught.value.message
    return caught.value.message


@pytest.fixture(scope="module")
def real(upstream):
    return load_corpus("daniel", upstream("daniel"))


def test_a_real_copy_has_the_pinned_pages_and_digest(real):
    pinned = known()["daniel"]
    assert len(real) == pinned.split().pages == 1689
    assert real.digest == pinned.split().digest
    assert pinned.commit.startswith(pinned.version)


def test_a_real_copy_has_its_languages_and_no_empty_gold(real):
    assert Counter(about["lang"] for about in real.about.values()) == {
        "en": 475, "zh": 401, "pl": 274, "el": 273, "ru": 266
    }  # fmt: skip
    assert all(gold.text for gold in real.gold.values())
    assert all("." in about["site"] for about in real.about.values())


def test_431_references_of_a_real_copy_have_no_page(real, upstream):
    references = upstream("daniel") / "corpora" / "Corpus_daniel_v2.1" / "reference"
    assert len({file.name for file in references.iterdir()} - set(real.gold)) == 431


def test_pages_come_by_id_with_language_and_site(copy):
    (page, gold), (following, _) = read(copy)
    assert (page.id, following.id) == (ONE, TWO)
    assert (page.html, page.lang, page.kind, page.url) == (b"<p>\xff</p>", "el", "article", None)
    assert (page.site, gold.text) == ("news.example", "x")


@pytest.mark.parametrize(
    ("reference", "text"),
    [
        ("<p>A</p>\n\n<p>B &amp; C&nbsp;</p>\n", "A\nB & C"),
        ("<p>broken\nover lines</p>", "broken\nover lines"),
        ("<p>&lt;p&gt;</p>", "<p>"),
        ("<p>\n</p>", ""),
    ],
)
def test_the_text_is_the_lines_without_tags_and_entities(copy, reference, text):
    (copy / "reference" / ONE).write_text(reference)
    assert read(copy)[0][1].text == text


@pytest.mark.parametrize("lost", [f"reference/{TWO}", "doc_lg.json"])
def test_what_is_missing_is_named(copy, lost):
    (copy / lost).unlink()
    assert f"{lost.split('/')[-1]} is missing" in broken(copy)


@pytest.mark.parametrize(
    ("file", "data"),
    [("doc_lg.json", b"[]"), ("doc_lg.json", b"{}"), ("html/plain", b""),
     ("doc_lg.json", json.dumps({ONE: "Klingon"}).encode()), (f"reference/{ONE}", b"\xff")],
)  # fmt: skip
def test_a_copy_of_another_form_is_refused(copy, file, data):
    (copy / file).write_bytes(data)
    broken(copy)
