import gzip
import json
import shutil
from collections import Counter

import pytest

from boilerbench.corpora import load_corpus, wcxb
from boilerbench.corpora.manifest import known
from boilerbench.errors import UserError

EMPTY = """0585 0602 0618 2840 2906 2966 3008 4577 4681 4720 4721 4722 4750 4763 4788 4802 4829
4850 4868 4871 4893""".split()


def record(**changes):
    made = {
        "url": "https://shop.example/lamp",
        "_internal": {"page_type": {"primary": "product"}},
        "ground_truth": {
            "main_content": "A lamp.",
            "main_content_markdown": "# A lamp.",
            "with": ["lamp"],
            "without": ["cart"],
        },
    }
    made["ground_truth"] |= changes.pop("truth", {})
    return made | changes


def write(copy, page_id, made):
    (copy / "dev" / "ground-truth" / f"{page_id}.json").write_text(json.dumps(made))
    (copy / "dev" / "html" / f"{page_id}.html.gz").write_bytes(gzip.compress(b"<p>\xff\x00</p>"))


@pytest.fixture
def copy(tmp_path):
    for place in ("ground-truth", "html"):
        (tmp_path / "dev" / place).mkdir(parents=True)
    write(tmp_path, "0002", record())
    write(tmp_path, "0001", record())
    return tmp_path


def one(copy, **changes):
    write(copy, "0001", record(**changes))
    return next(wcxb.read(copy))


def broken(folder):
    with pytest.raises(UserError) as caught:
        list(wcxb.read(folder))
    assert f"{folder} is not a whole copy of wcxb" in caught.value.message
    return caught.value.message


@pytest.fixture(scope="module")
def real(upstream):
    return load_corpus("wcxb", upstream("wcxb-dev"))


def test_a_real_copy_has_the_pinned_pages_and_digest(real):
    pinned = known()["wcxb"]
    assert len(real) == pinned.pages == 1497
    assert real.digest == pinned.digest
    assert pinned.commit.startswith(pinned.version)


def test_a_real_copy_has_the_page_kinds_of_its_gold_files(real):
    assert Counter(about["kind"] for about in real.about.values()) == {
        "article": 793,
        "service": 165,
        "product": 119,
        "collection": 117,
        "forum": 113,
        "listing": 99,
        "documentation": 91,
    }


def test_the_empty_golds_of_a_real_copy_stay_in(real):
    assert [page_id for page_id, gold in real.gold.items() if not gold.text] == EMPTY
    assert len(EMPTY) == 21
    assert [page_id for page_id in EMPTY if real.gold[page_id].must] == ["4802", "4893"]
    assert [page_id for page_id, gold in real.gold.items() if not gold.markdown] == EMPTY


def test_a_real_copy_has_its_snippets_and_addresses(real):
    assert sum(len(gold.must) for gold in real.gold.values()) == 6659
    assert sum(len(gold.must_not) for gold in real.gold.values()) == 5824
    nowhere = [page_id for page_id, about in real.about.items() if about["url"] is None]
    assert nowhere == ["0551", "4129", "4281", "4314", "4547"]


def test_pages_come_by_id_with_their_bytes_and_gold(copy):
    (page, gold), (following, _) = wcxb.read(copy)
    assert (page.id, following.id) == ("0001", "0002")
    assert (page.html, page.url) == (b"<p>\xff\x00</p>", "https://shop.example/lamp")
    assert (page.site, page.kind, page.lang) == ("shop.example", "product", None)
    assert (gold.text, gold.markdown, gold.must, gold.must_not) == (
        "A lamp.",
        "# A lamp.",
        ("lamp",),
        ("cart",),
    )


@pytest.mark.parametrize(
    ("stated", "kind"),
    [("forum", "forum"), ({"primary": "category"}, "collection"), ("category", "collection")],
)
def test_a_page_type_may_be_a_plain_word_and_category_is_collection(copy, stated, kind):
    page, _ = one(copy, _internal={"page_type": stated})
    assert page.kind == kind


def test_null_gold_is_empty(copy):
    nothing = {"main_content": None, "main_content_markdown": None, "with": None, "without": None}
    _, gold = one(copy, truth=nothing)
    assert (gold.text, gold.markdown, gold.must, gold.must_not) == ("", "", (), ())


@pytest.mark.parametrize("url", [None, ""])
def test_an_absent_address_is_none(copy, url):
    page, _ = one(copy, url=url)
    assert (page.url, page.site) == (None, None)


def test_the_test_split_is_not_read(copy):
    shutil.copytree(copy / "dev", copy / "test")
    (copy / "test" / "ground-truth" / "0001.json").write_text("")
    assert len(list(wcxb.read(copy))) == 2


@pytest.mark.parametrize("lost", ["ground-truth/0002.json", "html/0002.html.gz"])
def test_a_missing_half_of_a_page_is_named(copy, lost):
    (copy / "dev" / lost).unlink()
    assert f"{lost.split('/')[1]} is missing" in broken(copy)


@pytest.mark.parametrize("lost", ["html", "ground-truth"])
def test_a_missing_folder_is_named(copy, lost):
    shutil.rmtree(copy / "dev" / lost)
    assert f"{lost} is missing" in broken(copy)


@pytest.mark.parametrize(
    "changes",
    [
        {"_internal": {}},
        {"_internal": {"page_type": None}},
        {"ground_truth": "text"},
        {"truth": {"main_content": 5}},
        {"truth": {"with": "x"}},
        {"truth": {"without": [None]}},
        {"url": 5},
    ],
)
def test_gold_of_another_form_is_refused(copy, changes):
    truth = changes.get("truth", {})
    write(copy, "0001", record(truth=truth) | {k: v for k, v in changes.items() if k != "truth"})
    broken(copy)


def test_a_damaged_page_or_gold_is_named(copy):
    (copy / "dev" / "html" / "0002.html.gz").write_bytes(b"plain")
    assert "0002.html.gz" in broken(copy)
    (copy / "dev" / "ground-truth" / "0001.json").write_text("{")
    assert "0001.json" in broken(copy)
