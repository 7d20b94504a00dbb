"""What a user picks of a corpus: pages, and which of their blocks are gold."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boilerbench.corpora import load_corpus
from boilerbench.corpora.selection import read_as, select
from boilerbench.errors import UserError
from boilerbench.types import Block, Corpus, Gold, Page, Selection

KINDS = ("article", "forum", None)
LANGS = ("en", "de", None)


def corpus_of(size, **about):
    """Page i has the i-th of three kinds and of three languages, and a site of its own."""
    pages = [
        Page(f"p{i:03}", b"<p>x", None, LANGS[i // 3 % 3], KINDS[i % 3], f"s{i}.example")
        for i in range(size)
    ]
    blocks = (
        Block("title", "Tea"),
        Block("paragraph", "Green tea is tea."),
        Block("caption", "A cup"),
        Block("paragraph", "Green tea is tea."),
        Block("list", "black\nwhite"),
    )
    text = "Green tea is tea.\n\nblack\nwhite"
    gold = {
        p.id: Gold(
            p.id, text, ("Green tea", "black white"), ("A cup",), blocks, "Green tea is tea."
        )
        for p in pages
    }
    known = {p.id: {"url": None, "lang": p.lang, "kind": p.kind, "site": p.site} for p in pages}
    return Corpus(
        "c", "1", "CC0", "sha256:0", "", gold, lambda: iter(pages), known, None,
        ("paragraph", "list"),
    )  # fmt: skip


def ids(corpus):
    return [page.id for page in corpus.pages()]


def test_nothing_selected_is_the_corpus_itself():
    corpus = corpus_of(5)
    assert select(corpus, Selection()) is corpus
    assert select(corpus, Selection(sample=5)) is corpus
    assert select(corpus, Selection(gold=("paragraph", "list"))) is corpus


def test_pages_by_kind_language_and_site():
    corpus = corpus_of(18)
    forums = select(corpus, Selection(kinds=("forum",)))
    assert (
        ids(forums)
        == list(forums.gold)
        == list(forums.about)
        == [f"p{i:03}" for i in range(1, 18, 3)]
    )
    assert len(select(corpus, Selection(kinds=("forum", "article")))) == 12
    assert ids(select(corpus, Selection(kinds=("forum",), langs=("de",)))) == ["p004", "p013"]
    assert ids(select(corpus, Selection(langs=("unknown",), sites=("s7.example",)))) == ["p007"]
    assert forums.unselected == set(corpus.gold) - set(forums.gold)
    assert forums.digest != corpus.digest
    assert str(forums.selection) == "kind forum"


def test_the_digest_is_that_of_a_corpus_of_the_selected_pages():
    corpus = corpus_of(6)
    one_way = select(corpus, Selection(kinds=("forum",), langs=("en",)))
    assert one_way.digest == select(corpus, Selection(sites=("s1.example",))).digest
    assert one_way.digest != select(corpus, Selection(sites=("s2.example",))).digest


@given(st.integers(1, 30), st.integers(0, 40), st.integers(0, 40), st.integers(0, 5))
def test_a_smaller_sample_is_part_of_a_larger_one(size, one, other, seed):
    corpus = corpus_of(size)
    small, large = (
        ids(select(corpus, Selection(sample=n, seed=seed)))
        for n in sorted((max(one, 1), max(other, 1)))
    )
    assert len(small) == min(size, max(1, min(one, other)))
    assert set(small) <= set(large)
    assert small == sorted(small)


def test_samples_are_those_of_other_machines_and_differ_by_seed():
    corpus = corpus_of(12)
    assert ids(select(corpus, Selection(sample=3, seed=1))) == SAMPLE_OF_SEED_1
    assert ids(select(corpus, Selection(sample=3, seed=2))) != SAMPLE_OF_SEED_1


# The first three by the SHA-256 of "1:p000" to "1:p011", as sha256sum prints it.
SAMPLE_OF_SEED_1 = ["p003", "p008", "p010"]
STRATIFIED_SAMPLE_OF_SEED_1 = ["p003", "p010", "p018", "p032"]


def test_every_page_is_as_likely_as_any_other():
    corpus = corpus_of(20)
    drawn = [
        page for seed in range(400) for page in ids(select(corpus, Selection(sample=5, seed=seed)))
    ]
    counts = [drawn.count(page) for page in corpus.gold]
    assert sum(counts) == 2000
    # Binomial, 400 draws of probability 1/4: six standard deviations of 8.7 about 100.
    assert 48 < min(counts) < max(counts) < 152


@pytest.mark.parametrize(
    ("selection", "says"),
    [
        (Selection(kinds=("forun",)), "did you mean forum"),
        (Selection(langs=("fr",)), "unknown lang of a page in c 'fr'"),
        (Selection(kinds=("article",), sites=("s1.example",)), "is kind article; site s1"),
        (Selection(sample=0), "a sample of 0 pages"),
        (Selection(sample=-5), "a sample of -5 pages"),
        (Selection(gold=("titel",)), "did you mean title"),
        (Selection(gold=("+title", "list")), "some kinds have a sign and some have none"),
        (Selection(gold=("-paragraph", "-list")), "leaves no kind"),
    ],
)  # fmt: skip
def test_what_is_not_there_is_a_clear_error(selection, says):
    with pytest.raises(UserError, match=says):
        select(corpus_of(9), selection)


def test_without_labels_there_is_one_reading():
    bare = dataclasses.replace(corpus_of(1), gold={"p000": Gold("p000", "x")})
    with pytest.raises(UserError, match="no labelled blocks"):
        select(bare, Selection(gold=("title",)))
    unsaid = dataclasses.replace(corpus_of(1), reading=())
    with pytest.raises(UserError, match="does not say which kinds"):
        select(unsaid, Selection(gold=("+title",)))


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (("title", "paragraph"), "Tea\n\nGreen tea is tea."),
        (("lists",), "black\nwhite"),
        (("+captions",), "Green tea is tea.\n\nA cup\n\nblack\nwhite"),
        (("-list", "+title"), "Tea\n\nGreen tea is tea."),
    ],
)
def test_another_reading_is_another_gold(written, text):
    corpus = corpus_of(2)
    read = select(corpus, Selection(gold=written))
    assert {gold.text for gold in read.gold.values()} == {text}
    assert read.digest != corpus.digest
    assert len(read) == 2
    assert not read.unselected


def test_snippets_follow_the_reading():
    gold = corpus_of(1).gold["p000"]
    titled = read_as(gold, ("title", "caption", "list"))
    assert titled.must == ("black white",)
    assert titled.must_not == ()
    assert titled.markdown == ""
    assert read_as(gold, ("list", "paragraph")) is gold


def test_gazette_by_its_own_reading_is_gazette():
    gazette = load_corpus("gazette")
    same = load_corpus("gazette", selection=Selection(gold=gazette.reading))
    assert same.digest == gazette.digest
    titled = load_corpus("gazette", selection=Selection(gold=("+title",)))
    assert all(len(titled.gold[i].text) > len(gazette.gold[i].text) for i in gazette.gold)


class TestStrata:
    BY = ("kind", "lang")

    @given(st.integers(1, 60), st.integers(1, 60), st.integers(0, 9))
    def test_every_stratum_has_its_share(self, size, n, seed):
        corpus = corpus_of(size)
        drawn = ids(select(corpus, Selection(sample=n, seed=seed, strata=self.BY)))
        assert len(drawn) == min(n, size)
        strata = {i: (about["kind"], about["lang"]) for i, about in corpus.about.items()}
        every, found = list(strata.values()), [strata[page] for page in drawn]
        for stratum in set(every):
            share = every.count(stratum) * min(n, size) / size
            assert abs(found.count(stratum) - share) <= 2

    @given(st.integers(1, 40), st.integers(1, 40), st.integers(1, 40))
    def test_a_smaller_sample_is_part_of_a_larger_one(self, size, one, other):
        smaller, larger = (
            set(ids(select(corpus_of(size), Selection(sample=n, strata=self.BY))))
            for n in sorted((one, other))
        )
        assert smaller <= larger

    def test_it_is_the_same_on_every_machine_and_says_so(self):
        picked = Selection(sample=4, seed=1, strata=self.BY)
        corpus = select(corpus_of(40), picked)
        assert ids(corpus) == STRATIFIED_SAMPLE_OF_SEED_1
        assert str(corpus.selection) == "sample 4 by kind and lang seed 1"
        assert Selection.stored(dataclasses.asdict(picked)) == picked

    def test_pages_that_stand_alone_do_not_come_all_at_once(self):
        samples = [
            ids(select(corpus_of(9), Selection(sample=5, seed=seed, strata=("site",))))
            for seed in range(40)
        ]
        assert set(map(len, samples)) == {5}
        assert set().union(*samples) == set(corpus_of(9).gold)

    def test_an_unknown_one_is_named(self):
        with pytest.raises(UserError, match="did you mean kind"):
            select(corpus_of(3), Selection(sample=1, strata=("kid",)))


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ({"kinds": ["article"], "years": [1999]}, "has no 'years'\n.*a newer boilerbench"),
        ({"kinds": "article"}, "kinds of a selection of pages cannot be 'article'"),
        ({"strata": [1]}, "strata of a selection of pages cannot be"),
        ({"sample": "ten"}, "sample of a selection of pages cannot be 'ten'"),
    ],
)
def test_what_is_no_stored_selection(said, says):
    with pytest.raises(UserError, match=says):
        Selection.stored(said)


def test_what_was_cut_down_knows_the_whole():
    corpus = corpus_of(9)
    assert select(corpus, Selection()).whole is None
    assert select(corpus, Selection(sample=3)).whole == corpus.digest
    assert select(corpus, Selection(sample=3, gold=("+title",))).whole is None
