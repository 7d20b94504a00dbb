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


def write(copy, page_id, made, split="dev", html=b"<p>\xff\x00</p>"):
    (copy / split / "ground-truth" / f"{page_id}.json").write_text(json.dumps(made))
    (copy / split / "html" / f"{page_id}.html.gz").write_bytes(gzip.compress(html))


@pytest.fixture
def copy(tmp_path):
    for split in wcxb.SPLITS:
        for place in ("ground-truth", "html"):
            (tmp_path / split / place).mkdir(parents=True)
    write(tmp_path, "0002", record())
    write(tmp_path, "0001", record())
    write(tmp_path, "0002", record(truth={"main_content": "Another lamp."}), "test", b"x")
    return tmp_path


def one(copy, **changes):
    write(copy, "0001", record(**changes))
    return next(wcxb.read(copy, "dev"))


def broken(folder, split="dev"):
    with pytest.raises(UserError) as caught:
        list(wcxb.read(folder, split))
    assert f"{folder} is not a whole copy of wcxb" in caught.value.message
    return caught.value.message


@pytest.fixture(scope="module")
def real(upstream):
    return load_corpus("wcxb", upstream("wcxb-dev"))


def test_a_real_copy_has_the_pinned_pages_and_digest(real):
    pinned = known()["wcxb"]
    split = pinned.split("dev")
    assert len(real) == split.pages == 1497
    assert real.digest == split.digest
    assert pinned.commit.startswith(pinned.version)
    assert pinned.split() == split
    assert [one.name for one in pinned.splits] == list(wcxb.SPLITS)


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
    (page, gold), (following, _) = wcxb.read(copy, "dev")
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


def test_each_split_has_its_own_pages_whatever_stands_in_the_other(copy):
    (copy / "dev" / "ground-truth" / "0002.json").write_text("")
    ((page, gold),) = wcxb.read(copy, "test")
    assert (page.id, page.html, page.kind, gold.text) == ("0002", b"x", "product", "Another lamp.")
    assert "0002.json" in broken(copy)


def test_a_copy_may_lack_the_other_split(copy):
    shutil.rmtree(copy / "test")
    assert len(list(wcxb.read(copy, "dev"))) == 2
    assert "test is missing" in broken(copy, "test")


def test_an_unknown_split_is_refused(copy):
    (copy / "devv").mkdir()
    with pytest.raises(UserError, match="unknown split of wcxb 'devv'") as caught:
        next(wcxb.read(copy, "devv"))
    assert "did you mean dev?" in caught.value.hint


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
