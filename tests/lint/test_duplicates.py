"""Duplicates: MinHash against brute force, shingles against sets of tuples."""

import random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from boilerbench.lint.duplicates import FEWEST, Fingerprint, duplicates, jaccard, near, shingles

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


def test_near_finds_what_brute_force_finds():
    drawn = random.Random(1)
    texts = []
    for _ in range(60):
        tokens = [str(drawn.randrange(400)) for _ in range(drawn.randrange(5, 200))]
        texts.append(tokens)
        for _ in range(3):
            changed = [t if drawn.random() > 0.01 else "changed" for t in tokens]
            texts.append(changed[: drawn.randrange(len(changed) * 4 // 5, len(changed) + 1)])
    found = list({text.tobytes(): text for text in map(shingles, texts)}.values())
    alike = {
        (one, other)
        for other in range(len(found))
        for one in range(other)
        if min(found[one].size, found[other].size) >= FEWEST
        and jaccard(found[one], found[other]) >= 0.8
    }
    proposed = near(found)
    assert len(alike) > 20
    assert alike <= proposed
    assert len(proposed) < len(found) * (len(found) - 1) / 2 / 10


def test_a_thousand_copies_are_a_thousand_pairs():
    copies = [shingles([str(n) for n in range(100)])] * 1000
    assert near(copies) == {(0, other) for other in range(1, 1000)}


def test_short_texts_are_not_compared():
    assert near([shingles(["a", "b", "c", "d", "e"])] * 3) == set()


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


def test_the_same_text_with_another_gold_contradicts_itself(views, prose):
    one, other = prose(1), prose(2)
    found = kinds(views, (f"<p>{one} {other}", one), (f"<div>{one} {other}</div>", other))
    assert found == {("0", "contradicting-gold"), ("1", "contradicting-gold")}


def test_the_same_article_under_two_addresses_is_a_near_duplicate(views, prose):
    text = prose(1)
    found = kinds(views, (f"<p>{text}", text), (f"<nav>{prose(2)}</nav><p>{text}", text))
    assert found == {("0", "near-duplicate"), ("1", "near-duplicate")}


def test_without_gold_the_visible_text_speaks(views, prose):
    found = kinds(views, (f"<p>{prose(1)}", ""), (f"<div>{prose(1)}</div>", ""), (prose(2), ""))
    assert found == {("0", "near-duplicate"), ("1", "near-duplicate")}
