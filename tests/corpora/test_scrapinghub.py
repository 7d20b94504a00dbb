import gzip
import json

import pytest

from boilerbench.corpora import load_corpus, scrapinghub
from boilerbench.corpora.manifest import known
from boilerbench.errors import UserError

PACKED = gzip.compress(b"<p>x</p>" * 50, mtime=0)


@pytest.fixture
def copy(tmp_path):
    (tmp_path / "html").mkdir()
    truth = {}
    for page_id in ("b", "a"):
        truth[page_id] = {"articleBody": f"text of {page_id}", "url": "https://news.example/x?y"}
        (tmp_path / "html" / f"{page_id}.html.gz").write_bytes(gzip.compress(b"<p>\xff\x00</p>"))
    (tmp_path / "ground-truth.json").write_text(json.dumps(truth))
    return tmp_path


def broken(folder):
    with pytest.raises(UserError) as caught:
        list(scrapinghub.read(folder))
    assert str(folder) in caught.value.message
    assert "not a whole copy of scrapinghub" in caught.value.message
    return caught.value.message


def test_a_real_copy_has_the_pinned_pages_and_digest(scrapinghub):
    pinned = known()["scrapinghub"]
    corpus = load_corpus("scrapinghub", scrapinghub)
    assert len(corpus) == pinned.split().pages == 181
    assert corpus.digest == pinned.split().digest
    assert (corpus.name, corpus.version, corpus.licence) == (
        "scrapinghub",
        pinned.version,
        pinned.licence,
    )
    assert pinned.commit.startswith(pinned.version)


def test_the_pages_of_a_real_copy_are_what_the_annotators_saw(scrapinghub):
    corpus = load_corpus("scrapinghub", scrapinghub)
    truth = json.loads((scrapinghub / "ground-truth.json").read_text(encoding="utf-8"))
    pages = list(corpus.pages())
    assert [page.id for page in pages] == list(corpus.gold) == sorted(truth)
    for page in pages:
        stored = (scrapinghub / "html" / f"{page.id}.html.gz").read_bytes()
        assert page.html == gzip.decompress(stored)
        assert corpus.gold[page.id].text == truth[page.id]["articleBody"]
        assert page.url == truth[page.id]["url"]
        assert page.site in page.url
        assert page.kind == "article"


def test_pages_come_by_id_with_their_bytes_and_site(copy):
    (page, gold), _ = scrapinghub.read(copy)
    assert (page.id, page.html, page.site) == ("a", b"<p>\xff\x00</p>", "news.example")
    assert (gold.page_id, gold.text) == ("a", "text of a")


def test_a_missing_page_is_named(copy):
    (copy / "html" / "b.html.gz").unlink()
    assert "b.html.gz is missing" in broken(copy)


def test_missing_gold_is_named(copy):
    (copy / "ground-truth.json").unlink()
    assert "ground-truth.json is missing" in broken(copy)


@pytest.mark.parametrize(
    "truth",
    ["", "[]", '{"a": 5}', '{"a": {"url": "x"}}', '{"a": {"articleBody": "x"}}',
     '{"a": {"url": 5, "articleBody": "x"}}'],
)  # fmt: skip
def test_gold_of_another_form_is_refused(copy, truth):
    (copy / "ground-truth.json").write_text(truth)
    broken(copy)


@pytest.mark.parametrize(
    "data",
    [b"plain", PACKED[:-12], PACKED[:10] + b"\xff" * 30],
    ids=["not packed", "cut short", "not to be unpacked"],
)
def test_a_damaged_page_is_refused(copy, data):
    (copy / "html" / "b.html.gz").write_bytes(data)
    broken(copy)
