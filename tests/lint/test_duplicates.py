"""Duplicates: MinHash against brute force, shingles against sets of tuples."""

import random
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boilerbench.lint import duplicates as module
from boilerbench.lint.duplicates import (
    FEWEST,
    GOLDS,
    TEXTS,
    Fingerprint,
    Near,
    duplicates,
    jaccard,
    shingles,
)

TOKENS = st.lists(st.sampled_from("abcde"), max_size=40)


def tuples(tokens):
    return set(zip(tokens, tokens[1:], tokens[2:], tokens[3:], strict=False))


@given(TOKENS, TOKENS)
def test_jaccard_is_that_of_the_sets_of_shingles(one, other):
    first, second = tuples(one), tuples(other)
    union = first | second
    expected = len(first & second) / len(union) if union else 0.0
    assert jaccard(shingles(one), shingles(other)) == expected


@given(TOKENS, st.integers(0, 40))
def test_the_order_of_tokens_counts(tokens, place):
    turned = tokens[place:] + tokens[:place]
    same = tuples(tokens) == tuples(turned)
    assert np.array_equal(shingles(tokens), shingles(turned)) == same


def proposed(texts, shape):
    near = Near(*shape)
    return {(one, place) for place, text in enumerate(texts) for one in near.add(place, text)}


@pytest.mark.parametrize(("shape", "index"), [(GOLDS, 0.8), (TEXTS, 0.9)])
def test_near_finds_what_brute_force_finds(shape, index):
    drawn = random.Random(1)
    texts = []
    for _ in range(60):
        tokens = [str(drawn.randrange(400)) for _ in range(drawn.randrange(5, 200))]
        texts.append(tokens)
        for _ in range(3):
            changed = [t if drawn.random() > 0.01 else "changed" for t in tokens]
            shortest = round(index * len(changed))
            texts.append(changed[: drawn.randrange(shortest, len(changed) + 1)])
    found = list({text.tobytes(): text for text in map(shingles, texts)}.values())
    alike = {
        (one, other)
        for other in range(len(found))
        for one in range(other)
        if min(found[one].size, found[other].size) >= FEWEST
        and jaccard(found[one], found[other]) >= index
    }
    pairs = proposed(found, shape)
    assert len(alike) > 20
    assert alike <= pairs
    assert len(pairs) < len(found) * (len(found) - 1) / 2 / 10


def test_a_thousand_copies_are_a_thousand_pairs():
    copies = [shingles([str(n) for n in range(100)])] * 1000
    assert proposed(copies, TEXTS) == {(0, other) for other in range(1, 1000)}


def test_short_texts_are_not_compared():
    assert proposed([shingles(["a", "b", "c", "d", "e"])] * 3, GOLDS) == set()


def kinds(views, *pages):
    prints = [
        Fingerprint("c", str(n), page.page.html, gold.text.encode(), *texts)
        for n, (page, gold) in enumerate(views(*given) for given in pages)
        for texts in [(shingles(gold.tokens), shingles(page.tokens))]
    ]
    return {(defect.page_id, defect.kind) for defect in duplicates(prints)}


def test_two_short_articles_between_the_same_menus_are_two_pages(views, prose):
    menu = f"<nav>{prose('menu', 200)}</nav>"
    one, other = prose(1, 4), prose(2, 4)
    assert kinds(views, (f"{menu}<p>{one}", one), (f"{menu}<p>{other}", other)) == set()


def test_pages_that_share_their_furniture_are_not_all_compared(views, prose, monkeypatch):
    """The menu is 70 % of each page: 60 pages are 1,770 pairs."""
    menu = f"<nav>{prose('menu', 21)}</nav>"
    pages = [(f"{menu}<p>{text}", text) for text in (prose(n, 9) for n in range(60))]
    compared = []
    monkeypatch.setattr(module, "jaccard", lambda *texts: compared.append(texts) or jaccard(*texts))
    assert kinds(views, *pages) == set()
    assert len(compared) / 2 < 200


def test_the_same_text_with_another_gold_contradicts_itself(views, prose):
    one, other = prose(1), prose(2)
    found = kinds(views, (f"<p>{one} {other}", one), (f"<div>{one} {other}</div>", other))
    assert found == {("0", "contradicting-gold"), ("1", "contradicting-gold")}


def test_the_same_bytes_are_found_however_short_they_are(views):
    found = kinds(views, ("<p>A ferry", ""), ("<p>A barge", ""), ("<p>A ferry", "ferry"))
    assert found == {(n, kind) for n in "02" for kind in ("duplicate-page", "contradicting-gold")}


def test_golds_that_only_their_own_page_shows_do_not_contradict_each_other(views, prose):
    """Two notices, each on its page, in the midst of much that both have."""
    shared, one, other = prose("shared", 100), prose(1, 1), prose(2, 1)
    pages = [views(f"<p>{text}</p><p>{shared}", text) for text in (one, other)]
    assert jaccard(*(shingles(page.tokens) for page, _ in pages)) > module.SAME_PAGE
    assert (
        kinds(views, (f"<p>{one}</p><p>{shared}", one), (f"<p>{other}</p>{shared}", other)) == set()
    )


def test_the_same_article_under_two_addresses_is_a_near_duplicate(views, prose):
    text = prose(1)
    found = kinds(views, (f"<p>{text}", text), (f"<nav>{prose(2)}</nav><p>{text}", text))
    assert found == {("0", "near-duplicate"), ("1", "near-duplicate")}


def test_without_gold_the_visible_text_speaks(views, prose):
    found = kinds(views, (f"<p>{prose(1)}", ""), (f"<div>{prose(1)}</div>", ""), (prose(2), ""))
    assert found == {("0", "near-duplicate"), ("1", "near-duplicate")}


def test_a_finding_says_which_page_is_like_it_and_how(views, prose):
    text = prose(1)
    given = [(f"<p>{text}", text), (f"<p>{text}</p><nav>{prose(2)}", text)]
    page, gold = views(*given[0])
    other, _ = views(*given[1])
    (one, _) = duplicates([Fingerprint.of("c", page, gold), Fingerprint.of("d", other, gold)])
    assert re.fullmatch(r"like d/p: gold 1\.00, visible text 0\.\d\d", one.detail)
