"""The ceiling against every subset of blocks, and against the metric that it is the ceiling of."""

from collections import Counter
from itertools import combinations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boilerbench.ceiling import ceiling
from boilerbench.metrics.overlap import TOKEN

TOKENS = st.sampled_from("abcdef")
PAGES = st.lists(st.lists(TOKENS | st.just("zz"), max_size=7), max_size=10)
GOLD = st.lists(TOKENS, max_size=16)


def f1(blocks, gold):
    """F1 of the blocks taken together, by the metric itself."""
    text = "\n".join(" ".join(block) for block in blocks)
    return TOKEN.score(" ".join(gold), text).f1


def best(blocks, gold):
    """The best F1 over all sets of blocks."""
    wanted = Counter(gold)
    found = 0.0
    for size in range(len(blocks) + 1):
        for chosen in combinations(blocks, size):
            held = Counter(token for block in chosen for token in block)
            if both := held.total() + wanted.total():
                found = max(found, 2 * (held & wanted).total() / both)
            else:
                found = 1.0
    return found


@given(blocks=PAGES, gold=GOLD)
def test_its_figures_are_those_of_the_metric(blocks, gold):
    found = ceiling(blocks, gold)
    assert found.f1 == pytest.approx(
        f1([blocks[number] for number in found.chosen], gold), abs=1e-12
    )
    everything = TOKEN.score(" ".join(gold), "\n".join(" ".join(block) for block in blocks))
    assert found.recall == (pytest.approx(everything.recall, abs=1e-12) if gold else 1)


@settings(max_examples=300)
@given(blocks=PAGES, gold=GOLD)
def test_no_set_of_blocks_is_above_the_bound_and_a_proved_one_is_the_best(blocks, gold):
    found, best_f1 = ceiling(blocks, gold), best(blocks, gold)
    assert found.f1 <= best_f1 + 1e-12
    assert best_f1 <= found.at_most + 1e-12
    if found.f1 == found.at_most:
        assert found.f1 == pytest.approx(best_f1, abs=1e-12)
    assert found.at_most <= 1


def test_on_small_pages_it_is_proved_to_be_the_best():
    random = Random(1)
    for _ in range(100):
        words = "abcdefghijklmnop"[: random.randint(2, 14)]
        blocks = [random.choices([*words, "zz", "zz"], k=random.randint(0, 9)) for _ in range(10)]
        gold = random.choices(words, k=random.randint(1, 40))
        found = ceiling(blocks, gold)
        assert found.f1 == found.at_most == pytest.approx(best(blocks, gold), abs=1e-12)


@given(blocks=PAGES, gold=GOLD)
def test_without_the_relaxation_the_bound_still_holds(blocks, gold):
    found = ceiling(blocks, gold, largest=0)
    assert found.f1 <= best(blocks, gold) + 1e-12
    assert best(blocks, gold) <= found.at_most + 1e-12


@given(blocks=PAGES, gold=GOLD, more=st.lists(TOKENS, max_size=5))
def test_another_block_never_lowers_it(blocks, gold, more):
    before, after = ceiling(blocks, gold), ceiling([*blocks, more], gold)
    assert after.recall >= before.recall
    assert after.at_most >= before.f1 - 1e-12


@pytest.mark.parametrize(
    ("blocks", "gold", "recall", "best_f1", "chosen"),
    [
        ([], "", 1, 1, ()),
        (["a"], "", 1, 1, ()),
        ([], "a", 0, 0, ()),
        (["b"], "a", 0, 0, ()),
        (["a b", "nav"], "a b", 1, 1, (0,)),
        # Gold that is not on the page.
        (["a b c", "nav"], "a b c d", 3 / 4, 6 / 7, (0,)),
        # Boilerplate in the block of the gold.
        (["a b c nav"], "a b c", 1, 6 / 7, (0,)),
        # A block with much boilerplate costs more than it brings.
        (["a b c d e f g", "h nav nav nav nav"], "a b c d e f g h", 1, 14 / 15, (0,)),
        # A title that stands twice on the page counts once, blocks without tokens not at all.
        (["", "a b", "a b", "c"], "a b c", 1, 1, None),
        # A token that the first choice lacks may stand in a block of its own elsewhere.
        (["a", "x", "b"], "a b", 1, 1, (0, 2)),
        # Single blocks do not tell: each of the pairs covers the gold, one of them exactly.
        (["a b", "c d", "a c x", "b d x"], "a b c d", 1, 1, (0, 1)),
    ],
)
def test_pages_whose_ceiling_is_plain(blocks, gold, recall, best_f1, chosen):
    found = ceiling([block.split() for block in blocks], gold.split())
    assert found.recall == recall
    assert found.f1 == found.at_most == pytest.approx(best_f1)
    if chosen is not None:
        assert found.chosen == chosen


def test_a_page_of_thousands_of_blocks_that_all_share_words():
    words = [f"w{number % 700}" for number in range(0, 40_000, 7)]
    blocks = [words[start : start + 3] + ["zz"] * (start % 2) for start in range(0, len(words), 3)]
    found = ceiling(blocks, words[:3000])
    assert found.recall == 1
    assert 0.9 < found.f1 <= found.at_most <= 1
