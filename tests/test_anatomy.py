"""What a corpus is said to be made of, by corpora small enough to count by hand."""

import json
from dataclasses import asdict

import pytest

from boilerbench.anatomy import anatomy
from boilerbench.corpora import load_corpus
from boilerbench.metrics.overlap import TOKEN
from boilerbench.types import Block, Corpus, Gold, Page

NAV = "<nav>home news</nav>"


def corpus(*pairs, name="c"):
    gold = {page.id: annotation for page, annotation in pairs}
    pages = [page for page, _ in pairs]
    return Corpus(name, "1", "CC0", "sha256:0", "", gold, lambda: iter(pages))


def pair(page_id, body, text, *, lang=None, kind=None, site=None, **annotated):
    page = Page(page_id, body.encode(), lang=lang, kind=kind, site=site)
    return page, Gold(page_id, text, **annotated)


def test_languages_kinds_levels_and_sites_are_counted_most_frequent_first_unknown_last():
    found = anatomy(
        corpus(
            pair("1", "", "", lang="en", kind="forum", site="b.example", level="easy"),
            pair("2", "", ""),
            pair("3", "", ""),
            pair("4", "", "", lang="de", kind="forum", site="a.example"),
            pair("5", "", "", lang="en", kind="article", site="a.example"),
        )
    )
    assert found.pages == 5
    assert list(found.languages.items()) == [("en", 2), ("de", 1), ("unknown", 2)]
    assert list(found.kinds.items()) == [("forum", 2), ("article", 1), ("unknown", 2)]
    assert list(found.levels.items()) == [("easy", 1), ("unknown", 4)]
    assert list(found.sites.items()) == [("a.example", 2), ("b.example", 1), ("unknown", 2)]
    assert found.pages_per_site.total == 3
    assert found.pages_per_site.mean == 1.5
    assert [part.kind for part in found.by_kind] == ["forum", "article", "unknown"]
    assert [part.pages for part in found.by_kind] == [2, 1, 2]


def test_sizes_are_bytes_and_tokens():
    found = anatomy(
        corpus(
            pair("1", "<p>Ünder way</p>", "Ünder"),
            pair("2", "<p>a b c d", "a b c d"),
            pair("3", "<script>x y z</script>", ""),
            pair("4", "<p>日本の", "日本"),
        )
    )
    assert [page.size for page in found.each] == [17, 10, 22, 12]
    assert found.size.total == 61
    assert (found.size.least, found.size.most) == (10, 22)
    assert [page.text_tokens for page in found.each] == [2, 4, 0, 3]
    assert [page.gold_tokens for page in found.each] == [1, 4, 0, 2]
    assert found.gold_tokens.total == 7
    assert (found.gold_tokens.lower, found.gold_tokens.median) == (0.75, 1.5)
    assert found.with_gold == 3
    assert [page.share for page in found.each] == [0.5, 1, None, pytest.approx(2 / 3)]
    assert found.share.median == pytest.approx(2 / 3)


def test_the_ceiling_is_the_mean_over_pages_a_page_without_gold_among_them():
    found = anatomy(
        corpus(
            pair("whole", f"{NAV}<p>a b c", "a b c", kind="article"),
            pair("absent", f"{NAV}<p>a b c", "a b c d", kind="forum"),
            pair("mixed", f"{NAV}<p>a b c <b>share</b>", "a b c", kind="forum"),
            pair("empty", NAV, "", kind="listing"),
            pair("script", f"{NAV}<script>a b</script>", "a b", kind="listing"),
        )
    )
    assert [page.recall for page in found.each] == [1, 3 / 4, 1, 1, 0]
    assert [page.f1 for page in found.each] == pytest.approx([1, 6 / 7, 6 / 7, 1, 0])
    assert found.ceiling.recall == pytest.approx((1 + 3 / 4 + 1 + 1 + 0) / 5)
    assert found.ceiling.f1 == pytest.approx((1 + 6 / 7 + 6 / 7 + 1 + 0) / 5)
    assert found.ceiling.at_most == found.ceiling.f1
    assert found.ceiling.proved == 5
    by_kind = {part.kind: part.ceiling for part in found.by_kind}
    assert by_kind["article"].f1 == 1
    assert by_kind["forum"].f1 == pytest.approx(6 / 7)
    assert by_kind["listing"].recall == 0.5


def test_hidden_text_can_be_extracted_but_is_not_visible():
    found = anatomy(
        corpus(
            pair("noscript", f"{NAV}<noscript>a b</noscript>", "a b"),
            pair("style", f"{NAV}<p>a</p><p style='display:none'>b", "a b"),
        )
    )
    assert [page.visible for page in found.each] == [0, 0.5]
    assert [page.f1 for page in found.each] == [1, 1]
    assert (found.ceiling.visible, found.ceiling.recall) == (0.25, 1)


def test_snippets_are_counted_over_the_pages_that_have_any():
    found = anatomy(
        corpus(
            pair("1", "", "", must=("a", "b", "c"), must_not=("d",)),
            pair("2", "", "", must=("a",)),
            pair("3", "", ""),
        )
    )
    assert found.with_snippets == 2
    assert (found.must.mean, found.must_not.mean) == (2, 0.5)


def test_a_corpus_without_gold_text_has_no_ceiling():
    found = anatomy(corpus(pair("1", "<p>a", "", must=("a",))))
    assert found.ceiling is found.gold_tokens is found.share is found.pages_per_site is None
    assert found.by_kind[0].ceiling is None
    assert found.with_gold == 0
    assert found.each[0].f1 is None


def test_markdown_and_labelled_blocks_are_counted():
    found = anatomy(
        corpus(
            pair("1", "<p>a", "a", markdown="# a", blocks=(Block("heading", "a"),)),
            pair("2", "<p>a", "a", markdown="a"),
            pair("3", "<p>a", "a"),
        )
    )
    assert (found.with_markdown, found.with_blocks) == (2, 1)


def test_every_page_is_told_of_once():
    seen = []
    anatomy(corpus(*(pair(str(n), "<p>a", "a") for n in range(4))), lambda: seen.append(1))
    assert len(seen) == 4


def test_gazette_adds_up_and_can_be_written_as_json():
    gazette = load_corpus("gazette")
    found = anatomy(gazette)
    assert found.pages == found.with_gold == len(gazette)
    assert found.digest == gazette.digest
    for counts in (found.languages, found.kinds, found.levels, found.sites):
        assert sum(counts.values()) == found.pages
    assert sum(part.pages for part in found.by_kind) == found.pages
    assert found.gold_tokens.total == sum(
        len(TOKEN.tokens(gold.text)) for gold in gazette.gold.values()
    )
    assert [page.page_id for page in found.each] == [page.id for page in gazette.pages()]
    assert all(page.f1 <= page.at_most <= 1 for page in found.each)
    read = json.loads(json.dumps(asdict(found), allow_nan=False))
    assert read["ceiling"]["f1"] == found.ceiling.f1


@pytest.mark.slow
def test_scrapinghub_loses_little_and_that_to_blocks_with_boilerplate(upstream):
    found = anatomy(load_corpus("scrapinghub", upstream("scrapinghub")))
    assert (found.pages, found.ceiling.proved) == (181, 181)
    assert found.ceiling.recall > 0.9999
    assert 0.999 < found.ceiling.f1 < 1


@pytest.mark.parametrize(
    "body",
    [
        # Half of the rest is hidden in a block that is mostly something else.
        "<p>g0 g1 g2 g3 g4 g5 g6 g7</p><div hidden>g8 g9 " + "x " * 30 + "</div>",
        # Seen alone, the block is gold; with what is hidden in it, it is not.
        "<p>g0 g1 g2 g3 g4 g5 g6 g7 <span hidden>" + "x " * 30 + "</span></p><p hidden>g8 g9</p>",
    ],
)
def test_the_ceiling_is_the_best_of_what_is_seen_and_what_is_hidden(body):
    gold = " ".join(f"g{n}" for n in range(10))
    (page,) = anatomy(corpus(pair("1", body, gold))).each
    assert page.recall == 1
    assert page.f1 == pytest.approx(2 * 8 / 18)
    assert page.at_most >= page.f1
