import itertools
import random
import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boilerbench import dom
from boilerbench.corpora import load_corpus
from boilerbench.errors import UserError
from boilerbench.metrics.blocks import BLOCKS, CONTENT, DRAGNET_BLOCKS, aligned
from boilerbench.predictions import extractions, read_predictions
from boilerbench.types import Block, Gold

LABELS = BLOCKS.configured(by="labels")
SEQUENCES = st.lists(st.integers(0, 5), max_size=30)
LINES = st.lists(st.sampled_from("a b c d e".split()), max_size=5).map(" ".join)
CONFIGURED = [
    BLOCKS.configured(empty="both1"),
    BLOCKS.configured(empty="zero", weight="blocks"),
    BLOCKS.configured(empty="recall1", weight="blocks", threshold=0.1),
    BLOCKS.configured(empty="skip", threshold=0.9),
]


def unlabelled(*texts):
    return tuple(Block("", text) for text in texts)


def longest(a, b):
    """The length of a longest common subsequence, by the table that every textbook has."""
    row = [0] * (len(b) + 1)
    for x in a:
        before = row
        row = [0]
        for j, y in enumerate(b):
            row.append(before[j] + 1 if x == y else max(before[j + 1], row[j]))
    return row[-1]


def is_subsequence(a, b):
    rest = iter(b)
    return all(x in rest for x in a)


@given(page=SEQUENCES, text=SEQUENCES)
def test_an_alignment_is_a_longest_common_subsequence(page, text):
    places = aligned(page, text)
    assert places == sorted(set(places))
    assert is_subsequence([page[place] for place in places], text)
    assert len(places) == longest(page, text)


@given(page=SEQUENCES, text=SEQUENCES, largest=st.integers(1, 60))
def test_with_less_memory_it_is_a_common_subsequence_still(page, text, largest):
    places = aligned(page, text, largest)
    assert places == sorted(set(places))
    assert is_subsequence([page[place] for place in places], text)
    assert len(places) <= longest(page, text)


@given(page=SEQUENCES, largest=st.integers(1, 60))
def test_with_less_memory_a_text_is_still_equal_to_itself(page, largest):
    assert aligned(page, page, largest) == list(range(len(page)))


def prose(size, words, seed):
    """Numbers that are as frequent as words are in a language: the n-th 1/n as often."""
    weights = [1 / n for n in range(1, words + 1)]
    return random.Random(seed).choices(range(words), weights, k=size)


def test_with_less_memory_little_is_lost_of_text_that_is_like_language():
    page, other = prose(4000, 2000, seed=1), prose(4000, 2000, seed=2)
    text = [word for i in range(0, 4000, 100) for word in (page if i % 300 else other)[i : i + 100]]
    exact, cut = len(aligned(page, text)), len(aligned(page, text, 10_000))
    assert 0.97 * exact < cut <= exact


def test_a_page_of_many_words_needs_little_memory():
    # A bit for each pair of these would be 5 GB; and there is no word that stands there once.
    page, text = prose(200_000, 2, seed=1), prose(200_000, 2, seed=2)
    assert len(aligned(page, text)) > 150_000


@given(data=st.data(), sizes=st.lists(st.integers(1, 6), min_size=1, max_size=8))
@pytest.mark.parametrize("threshold", [0.0, 0.1, 0.5, 0.8])
@pytest.mark.parametrize("weight", ["tokens", "blocks"])
def test_it_is_what_counting_by_hand_gives(threshold, weight, data, sizes):
    # Each token is there once, so that there is one alignment only.
    numbers = itertools.count()
    page = [[f"t{next(numbers)}" for _ in range(size)] for size in sizes]
    chosen = st.lists(st.booleans(), min_size=sum(sizes), max_size=sum(sizes))
    tokens = list(itertools.chain(*page))
    gold, text = (set(itertools.compress(tokens, data.draw(chosen))) for _ in range(2))
    expected = dict.fromkeys(("tp", "fp", "fn", "tn", "all"), 0)
    for block in page:
        wanted, held = (
            sum(token in side for token in block) / len(block) > threshold for side in (gold, text)
        )
        name = ("t" if wanted == held else "f") + ("p" if held else "n")
        for count in (name, "all"):
            expected[count] += len(block) if weight == "tokens" else 1
    made = BLOCKS.configured(threshold=threshold, weight=weight)
    sides = [" x ".join(token for token in tokens if token in side) for side in (gold, text)]
    prepared = made.prepare(Gold("page", sides[0], blocks=unlabelled(*map(" ".join, page))))
    counts = made.counts(prepared, sides[1])
    assert counts == expected | {"neither": int(not any(sides))}


@pytest.mark.parametrize("made", CONFIGURED, ids=lambda made: made.name)
@given(page=st.lists(LINES, max_size=6), gold=LINES, text=LINES)
def test_figures_are_shares_and_counts_are_whole(made, page, gold, text):
    score = made.score(Gold("page", gold, blocks=unlabelled(*page)), text)
    figures = np.array([score.precision, score.recall, score.f1, score.more["accuracy"]])
    assert np.all(np.isnan(figures) | ((figures >= 0) & (figures <= 1)))
    assert all(count >= 0 for count in score.counts.values())
    weighed = [len(text.split()) if made.weight == "tokens" else 1 for text in page if text]
    assert sum(score.counts[name] for name in ("tp", "fp", "fn", "tn")) == sum(weighed)


@given(page=st.lists(LINES, max_size=6), gold=LINES, text=LINES)
def test_swapping_gold_and_text_swaps_what_is_missing_and_what_is_too_much(page, gold, text):
    there = BLOCKS.score(Gold("page", gold, blocks=unlabelled(*page)), text)
    back = BLOCKS.score(Gold("page", text, blocks=unlabelled(*page)), gold)
    assert (there.precision, there.recall, there.f1) == (back.recall, back.precision, back.f1)
    assert there.more == pytest.approx(back.more, nan_ok=True)


@given(sizes=st.lists(st.integers(1, 5), min_size=1, max_size=6), data=st.data())
def test_whole_blocks_are_found_whole(sizes, data):
    numbers = itertools.count()
    page = [" ".join(f"t{next(numbers)}" for _ in range(size)) for size in sizes]
    content = data.draw(st.lists(st.sampled_from(page), min_size=1, unique=True))
    gold = "\n\n".join(block for block in page if block in content)
    labelled = tuple(Block("paragraph" if b in content else "advert", b) for b in page)
    for made in (BLOCKS, LABELS, DRAGNET_BLOCKS, BLOCKS.configured(weight="blocks")):
        score = made.score(Gold("page", gold, blocks=labelled), gold)
        assert (score.precision, score.recall, score.f1, score.more["accuracy"]) == (1, 1, 1, 1)
        assert made.score(Gold("page", gold, blocks=labelled), "").recall == 0
        everything = made.score(Gold("page", gold, blocks=labelled), "\n".join(page))
        assert everything.recall == 1
        assert everything.precision == everything.more["accuracy"]


@pytest.mark.parametrize(
    ("empty", "gold", "text", "expected"),
    [
        ("both1", "", "", (1, 1, 1)),
        ("both1", "", "a b", (0, 0, 0)),
        ("both1", "a b", "", (0, 0, 0)),
        # What does not stand on the page holds no block; but it is not nothing.
        ("both1", "", "x y z", (0, 0, 0)),
        ("both1", "x y z", "", (0, 0, 0)),
        ("zero", "", "", (0, 0, 0)),
        ("recall1", "", "a b", (0, 1, 0)),
        ("recall1", "", "", (1, 1, 1)),
        ("skip", "", "a b", (0, np.nan, 0)),
        ("skip", "a b", "", (np.nan, 0, 0)),
        ("skip", "", "", (np.nan, np.nan, np.nan)),
    ],
)
def test_nothing_to_find_and_nothing_found(empty, gold, text, expected):
    page = unlabelled("a b", "c", "…")
    score = BLOCKS.configured(empty=empty).score(Gold("page", gold, blocks=page), text)
    assert (score.precision, score.recall, score.f1) == pytest.approx(expected, nan_ok=True)


def test_a_page_without_blocks_has_no_accuracy():
    score = BLOCKS.score(Gold("page", "a b"), "a b")
    assert (score.precision, score.recall, score.f1) == (0, 0, 0)
    assert np.isnan(score.more["accuracy"])


def test_the_threshold_must_be_passed_and_not_met():
    page = Gold("page", "a b\nc d e f", blocks=unlabelled("a x", "b", "c d e x"))
    assert BLOCKS.prepare(page).wanted.tolist() == [False, True, True]
    ten = Gold("page", "a\nb", blocks=unlabelled("a 1 2 3 4 5 6 7 8 9", "b 1 2 3 4 5 6 7 8"))
    assert DRAGNET_BLOCKS.prepare(ten).wanted.tolist() == [False, True]


def test_dragnet_cuts_at_everything_but_letters_and_digits_and_keeps_the_case():
    prepared = DRAGNET_BLOCKS.prepare(Gold("page", "a", blocks=unlabelled("it's snake_case, Été")))
    assert list(prepared.vocabulary) == ["it", "s", "snake", "case", "Été"]


def test_labels_decide_whatever_the_text_says():
    blocks = (Block("paragraph", "a b"), Block("advert", "c d"), Block("content", "e"))
    prepared = LABELS.prepare(Gold("page", "c d", blocks=blocks))
    assert prepared.wanted.tolist() == [True, False, True]
    assert BLOCKS.prepare(Gold("page", "c d", blocks=blocks)).wanted.tolist() == [
        False,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("blocks", "said"),
    [
        ((), "has blocks without labels"),
        ((Block("paragraph", "a"), Block("", "b")), "has blocks without labels"),
        ((Block("paragraph", "a"), Block("paragrph", "b")), "unknown label 'paragrph'"),
    ],
)
def test_labels_that_are_not_there_are_not_made_up(blocks, said):
    with pytest.raises(UserError, match=said) as caught:
        LABELS.prepare(Gold("the-page", "a", blocks=blocks))
    assert "'the-page'" in caught.value.message
    assert "by=alignment" in caught.value.hint


def test_names_and_parameters():
    assert LABELS.name == "blocks[by=labels]"
    assert LABELS.needs == "blocks"
    assert LABELS.signature.startswith("blocks|")
    assert "|by:labels|threshold:0.5|weight:tokens|v:1" in LABELS.signature
    for wrong in ({"by": "label"}, {"threshold": 1.5}, {"weight": "words"}):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            BLOCKS.configured(**wrong)


@pytest.fixture(scope="module")
def gazette():
    return load_corpus("gazette")


def test_labels_make_the_gold_text_of_gazette(gazette):
    for gold in gazette.gold.values():
        content = dict.fromkeys(block.text for block in gold.blocks if block.kind in CONTENT)
        assert "\n\n".join(content) == gold.text
        score = LABELS.score(gold, gold.text)
        # A block that the page shows twice is content twice, and in the gold text once.
        assert score.precision > 0.95
        assert score.f1 > 0.95


def test_labels_and_alignment_agree_but_for_what_a_page_shows_twice(gazette):
    for gold in gazette.gold.values():
        by_labels, by_alignment = (made.prepare(gold).wanted for made in (LABELS, BLOCKS))
        seen = [block for block in gold.blocks if BLOCKS.tokens(block.text)]
        text = " ".join(BLOCKS.tokens(gold.text))
        for block, label, guess in zip(seen, by_labels, by_alignment, strict=True):
            # Only where the words of a block are in the text too, such as a heading in the table
            # of contents, can the text alone not tell which of the two it is.
            if label != guess:
                assert " ".join(BLOCKS.tokens(block.text)) in text, gold.page_id


def test_the_blocks_of_gazette_by_parsing_hold_what_its_labels_hold(gazette):
    for page in gazette.pages():
        if re.search("--(jsonld-only|wrong-charset|no-charset)$", page.id):
            continue  # the text is in no block, or cannot be read
        gold = gazette.gold[page.id]
        ours = BLOCKS.prepare(replace(gold, blocks=dom.blocks(page.html)))
        theirs = BLOCKS.prepare(gold)
        content = [int(one.sizes[one.wanted].sum()) for one in (ours, theirs)]
        assert content[0] == pytest.approx(content[1], rel=0.02), page.id
        score = BLOCKS.score(replace(gold, blocks=dom.blocks(page.html)), gold.text)
        assert (score.precision, score.recall) == (1, 1)


def test_real_pages_give_plausible_figures(scrapinghub):
    corpus = load_corpus("scrapinghub", scrapinghub)
    golds = {
        page.id: replace(corpus.gold[page.id], blocks=dom.blocks(page.html))
        for page in itertools.islice(corpus.pages(), 0, None, 3)
    }
    prepared = {page_id: BLOCKS.prepare(gold) for page_id, gold in golds.items()}
    by_hand = [
        sum(one.sizes[one.wanted]) / len(BLOCKS.tokens(golds[page_id].text))
        for page_id, one in prepared.items()
    ]
    # Blocks are the annotators' units: those that are content make up the gold, no more, no less.
    assert np.mean(np.abs(np.array(by_hand) - 1) < 0.05) > 0.9
    found = {}
    for name in ("trafilatura", "html-text"):
        system = read_predictions(scrapinghub / "output" / f"{name}.json")
        counts = [
            BLOCKS.counts(prepared[one.page_id], one.text) for one in extractions(system, golds)
        ]
        columns = {n: np.array([c[n] for c in counts], np.float64) for n in BLOCKS.counted}
        found[name] = BLOCKS.aggregate(columns)
    assert 0.9 < found["trafilatura"]["f1"] < 0.99
    assert 0.9 < found["trafilatura"]["accuracy"] < 0.99
    # All the text of a page holds all of its blocks.
    assert found["html-text"]["recall"] > 0.99
    assert found["html-text"]["precision"] < 0.7
