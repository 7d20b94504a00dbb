import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import LCSseq

from boilerbench.metrics import metric
from boilerbench.text import NORMALISERS, TOKENISERS
from boilerbench.types import Gold

NAMES = ["lcs", "lcs[tok=char]", "lcs[norm=keep,tok=space]", "lcs[norm=lower,tok=word]", "rouge-l"]
TEXTS = st.lists(st.sampled_from("a b A c d-d Straße 日本 … \n".split(" "))).map(" ".join)


def longest(one, other):
    """The length of the longest common subsequence, by the table of all prefixes."""
    table = [0] * (len(other) + 1)
    for token in one:
        above = table[:]
        for place, other_token in enumerate(other, 1):
            table[place] = (
                above[place - 1] + 1
                if token == other_token
                else max(above[place], table[place - 1])
            )
    return table[-1]


def cut(made, text):
    return list(TOKENISERS[made.tok](NORMALISERS[made.norm](text)))


def counts(made, gold, text):
    return made.counts(made.prepare(Gold("page", gold)), text)


@pytest.mark.parametrize("name", NAMES)
@given(gold=TEXTS | st.text(), text=TEXTS | st.text())
def test_it_is_what_the_table_and_rapidfuzz_give(name, gold, text):
    made = metric(name)
    one, other = cut(made, gold), cut(made, text)
    expected = longest(one, other)
    assert expected == LCSseq.similarity(one, other)
    assert counts(made, gold, text) == {"lcs": expected, "gold": len(one), "text": len(other)}


@pytest.mark.parametrize("name", NAMES)
@given(gold=TEXTS, text=TEXTS)
def test_figures_are_shares_of_the_two_lengths(name, gold, text):
    made = metric(name)
    one, other = cut(made, gold), cut(made, text)
    common = longest(one, other)
    score = made.score(gold, text)
    if one or other:
        assert score.f1 == pytest.approx(2 * common / (len(one) + len(other)), abs=1e-15)
        assert score.precision == (common / len(other) if other else 0)
        assert score.recall == (common / len(one) if one else 0)
    else:
        both = 0 if made.empty == "zero" else 1
        assert (score.precision, score.recall, score.f1) == (both,) * 3


@pytest.mark.parametrize(
    ("name", "gold", "text", "expected"),
    [
        ("lcs", "a b c d", "b d", 2),
        ("lcs", "a b c", "c b a", 1),
        ("lcs", "The Cat", "the cat", 2),
        ("lcs", "日本語", "日語", 2),
        ("lcs[tok=char]", "kitten", "sitting", 4),
        ("lcs[norm=keep,tok=space]", "The Cat!", "The cat!", 1),
    ],
)
def test_cases_counted_by_hand(name, gold, text, expected):
    assert counts(metric(name), gold, text)["lcs"] == expected


def test_real_texts_are_what_rapidfuzz_gives(articles, outputs):
    made = metric("lcs[norm=keep,tok=word]")
    for page in sorted(articles)[::4]:
        one, other = (
            re.findall(r"\w+", text) for text in (articles[page], outputs["goose3"][page])
        )
        found = counts(made, articles[page], outputs["goose3"][page])["lcs"]
        assert found == LCSseq.similarity(one, other)


def test_tokens_whose_hashes_are_equal_are_told_apart():
    # Python hashes -1 as -2: names of numbers must not be compared by that.
    assert metric("lcs[tok=space]").score("-1 -1", "-2 -2").f1 == 0
